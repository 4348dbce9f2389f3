"""A PDF/A-2b file with a signature slot, on reportlab's document and font layers.

Drawing goes through `Surface`, which writes page operators directly: reportlab's canvas repeats
its state for every string, and a certificate is mostly strings.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from core.clock import CHINA
from core.documents import fonts
from core.documents.fields import Field, Slot, dictionary, pdf_date, utf16, widget, with_range

if TYPE_CHECKING:
    from reportlab.pdfbase.pdfdoc import PDFDocument

MM = 72 / 25.4
PRODUCER = "Lintan"
NAMESPACE = "https://lintan.example/ns/paper/1.0/"


@dataclass(frozen=True)
class Metadata:
    """What the file says about itself; printed nowhere, read by archives and the verifier."""

    title: str
    number: str
    record_hash: str
    template: str
    author: str
    created: datetime
    mark: str = ""


class Surface:
    """One page being drawn. Points, origin at the lower left corner, as in PDF."""

    def __init__(self, document: PDFDocument, width: float, height: float) -> None:
        self.document = document
        self.width = width
        self.height = height
        self._code: list[str] = []
        self._forms: dict[str, Any] = {}

    def raw(self, operators: str) -> None:
        """Append page operators as they are."""
        self._code.append(operators)

    def colour(self, rgb: tuple[float, float, float]) -> None:
        """Fill and stroke colour, RGB 0-1."""
        r, g, b = rgb
        self._code.append(f"{r:.3g} {g:.3g} {b:.3g} rg {r:.3g} {g:.3g} {b:.3g} RG")

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.4) -> None:
        """A straight line."""
        self._code.append(f"{width:.3g} w {x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S")

    def rectangle(self, box: tuple[float, float, float, float], width: float = 0.4) -> None:
        """The outline of (x, y, width, height)."""
        x, y, w, h = box
        self._code.append(f"{width:.3g} w {x:.2f} {y:.2f} {w:.2f} {h:.2f} re S")

    def fill(self, box: tuple[float, float, float, float]) -> None:
        """A filled (x, y, width, height)."""
        x, y, w, h = box
        self._code.append(f"{x:.2f} {y:.2f} {w:.2f} {h:.2f} re f")

    def polygon(self, points: list[tuple[float, float]], paint: str, width: float = 0.4) -> None:
        """A closed path through the points, painted with a PDF operator: S, f or B."""
        head, *rest = points
        path = [f"{width:.3g} w {head[0]:.2f} {head[1]:.2f} m"]
        path += [f"{x:.2f} {y:.2f} l" for x, y in rest]
        self._code.append(" ".join([*path, "h", paint]))

    def circle(self, x: float, y: float, radius: float, width: float = 0.4, dash: str = "") -> None:
        """A circle around (x, y); `dash` in PDF notation, for instance "[2 2] 0"."""
        k = 0.5523 * radius
        r = radius
        dashed = (f"{dash} d ", " [] 0 d") if dash else ("", "")
        self._code.append(
            f"{dashed[0]}{width:.3g} w {x + r:.2f} {y:.2f} m "
            f"{x + r:.2f} {y + k:.2f} {x + k:.2f} {y + r:.2f} {x:.2f} {y + r:.2f} c "
            f"{x - k:.2f} {y + r:.2f} {x - r:.2f} {y + k:.2f} {x - r:.2f} {y:.2f} c "
            f"{x - r:.2f} {y - k:.2f} {x - k:.2f} {y - r:.2f} {x:.2f} {y - r:.2f} c "
            f"{x + k:.2f} {y - r:.2f} {x + r:.2f} {y - k:.2f} {x + r:.2f} {y:.2f} c S{dashed[1]}"
        )

    def text(
        self, at: tuple[float, float], role: str, size: float, line: str, tracking: float = 0.0
    ) -> None:
        """Draw one line with its baseline starting at `at`, in the current colour."""
        self._code.append(f"BT {at[0]:.2f} {at[1]:.2f} Td {self._show(role, size, line, tracking)}")

    def turned_text(
        self,
        at: tuple[float, float],
        cos_sin: tuple[float, float],
        role: str,
        size: float,
        line: str,
    ) -> None:
        """Draw one line centred on `at`, turned by the angle given as (cosine, sine)."""
        cos, sin = cos_sin
        half = fonts.width(role, line, size) / 2
        x = at[0] - half * cos + fonts.MIDDLE * size * sin
        y = at[1] - half * sin - fonts.MIDDLE * size * cos
        matrix = f"{cos:.4f} {sin:.4f} {-sin:.4f} {cos:.4f} {x:.2f} {y:.2f} Tm"
        self._code.append(f"BT {matrix} {self._show(role, size, line, 0.0)}")

    def _show(self, role: str, size: float, line: str, tracking: float) -> str:
        parts = [f"{tracking:.3f} Tc"]
        for name, run in fonts.runs(role, line):
            font = fonts.load(name)
            for subset, codes in font.splitString(run, self.document):
                resource = font.getSubsetInternalName(subset, self.document)
                parts.append(f"{resource} {size:.4g} Tf <{codes.hex()}> Tj")
        return " ".join([*parts, "ET"])

    def form(self, name: str, deflated: bytes, box: tuple[float, float, float, float]) -> None:
        """Make a picture that was deflated once for all documents known to this page."""
        self._forms[name] = _raw_stream(
            {
                "Type": "/XObject",
                "Subtype": "/Form",
                "FormType": 1,
                "Filter": "/FlateDecode",
                "BBox": "[{:.2f} {:.2f} {:.2f} {:.2f}]".format(*box),
                "Resources": "<< >>",
            },
            deflated,
        )

    def place(self, name: str, matrix: tuple[float, float, float, float, float, float]) -> None:
        """Draw a known picture under a PDF matrix (a b c d e f)."""
        self._code.append("q {:.5g} {:.5g} {:.5g} {:.5g} {:.2f} {:.2f} cm".format(*matrix))
        self._code.append(f"/{name} Do Q")

    def finish(self, annotations: list[Any]) -> None:
        """Add the page to the document."""
        from reportlab.pdfbase import pdfdoc

        page = pdfdoc.PDFPage()
        page.pagewidth, page.pageheight = round(self.width, 2), round(self.height, 2)
        page.Contents = _raw_stream(
            {"Filter": "/FlateDecode"}, zlib.compress("\n".join(self._code).encode("ascii"), 3)
        )
        resources = pdfdoc.PDFDictionary({"Font": pdfdoc.PDFObjectReference("BasicFonts")})
        if self._forms:
            resources["XObject"] = pdfdoc.PDFDictionary(
                {name: self.document.Reference(form) for name, form in self._forms.items()}
            )
        page.Resources = resources
        page.Annots = pdfdoc.PDFArray(annotations) if annotations else None
        page.ExtGState = None
        self.document.addPage(page)


def _raw_stream(dictionary: dict[str, Any], content: bytes) -> Any:
    return _classes().stream(dictionary, content)


@dataclass(frozen=True)
class _Classes:
    stream: Any
    literal: Any
    catalog: Any
    document: Any


@cache
def _classes() -> _Classes:
    """Our few PDF objects; made on first use because reportlab is a heavy import."""
    from reportlab.pdfbase import pdfdoc

    def closed_stream(self: Any, document: Any) -> bytes:
        # PDF/A-2 clause 6.1.7.1: an end of line stands before `endstream`; reportlab leaves it out.
        dictionary = pdfdoc.PDFDictionary(self.dictionary.dict)
        content = self.content.encode() if isinstance(self.content, str) else self.content
        if self.filters and "Filter" not in dictionary:
            content = zlib.compress(content, 1)  # outlines hardly shrink: 3 % for 5 times the work
            dictionary["Filter"] = "/FlateDecode"
        dictionary["Length"] = len(content)
        head: bytes = dictionary.format(document)
        return head + b"\nstream\r\n" + content + b"\r\nendstream\n"

    pdfdoc.PDFStream.format = closed_stream

    class RawStream(pdfdoc.PDFStream):  # type: ignore[misc]
        def __init__(self, dictionary: dict[str, Any], content: bytes) -> None:
            super().__init__(pdfdoc.PDFDictionary(dictionary), content)

    class Literal(pdfdoc.PDFObject):  # type: ignore[misc]
        __RefOnly__ = 1

        def __init__(self, value: bytes) -> None:
            self.value = value

        def format(self, document: Any) -> bytes:
            return self.value

    class Catalog(pdfdoc.PDFCatalog):  # type: ignore[misc]
        __NoDefault__ = [*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents", "Perms"]  # noqa: RUF012
        __Refs__ = __NoDefault__

    class Document(pdfdoc.PDFDocument):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(dummyoutline=1, compression=1, invariant=1, pdfVersion=(1, 7))
            self.Catalog = Catalog()
            self.Catalog.Pages = self.Pages
            self.Catalog.Lang = "(zh-CN)"

        def ID(self) -> bytes:  # noqa: N802 - reportlab's name
            identifier: bytes = self.file_id
            return identifier

        def data(self) -> bytes:
            for font in self.delayedFonts:
                font.addObjects(self)
            finished: bytes = self.format()
            return finished

    return _Classes(RawStream, Literal, Catalog, Document)


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:lintan="{namespace}">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<xmp:CreateDate>{created}</xmp:CreateDate><xmp:ModifyDate>{created}</xmp:ModifyDate>
<xmp:CreatorTool>{producer}</xmp:CreatorTool><pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<lintan:number>{number}</lintan:number><lintan:recordHash>{record_hash}</lintan:recordHash>
<lintan:template>{template}</lintan:template><lintan:mark>{mark}</lintan:mark>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Lintan paper</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>lintan</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""

_PROPERTIES = (
    ("number", "Number of the paper"),
    ("recordHash", "SHA-256 of the frozen record in canonical JSON"),
    ("template", "Template and its version"),
    ("mark", "What the paper is besides an original: copy, void, sample"),
)


@cache
def _property_list() -> str:
    return "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"
        for name, description in _PROPERTIES
    )


def _xmp(about: Metadata) -> bytes:
    return _XMP.format(
        namespace=NAMESPACE,
        properties=_property_list(),
        producer=PRODUCER,
        title=escape(about.title),
        author=escape(about.author),
        created=about.created.astimezone(CHINA).isoformat(timespec="seconds"),
        number=escape(about.number),
        record_hash=about.record_hash,
        template=escape(about.template),
        mark=escape(about.mark),
    ).encode()


@cache
def _srgb() -> bytes:
    import resources

    return zlib.compress((Path(resources.__file__).parent / "icc" / "srgb.icc").read_bytes())


@dataclass
class PdfFile:
    """A paper being written: add surfaces page by page, then `save`."""

    about: Metadata
    slot: Slot | None = None
    pages: list[Surface] = field(default_factory=list)
    #: Where several sign in turn: each one's field, in order, and the page it is on.
    fields: list[tuple[Surface, Field]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.document = _classes().document()

    def page(self, width: float, height: float) -> Surface:
        """A new page of this size in points."""
        self.pages.append(Surface(self.document, width, height))
        return self.pages[-1]

    def save(self) -> bytes:
        """The file; with a slot, /Contents is zeros and /ByteRange is already final."""
        document = self.document
        widgets = self._widgets() if self.slot else {}
        for surface in self.pages:
            surface.finish(widgets.get(id(surface), []))
        self._describe()
        with fonts.FINISHING:
            data: bytes = document.data()
        return with_range(data, 0, self.slot.size * 2) if self.slot else data

    def _literal(self, value: bytes) -> Any:
        return self.document.Reference(_classes().literal(value))

    def _describe(self) -> None:
        about, document, catalog = self.about, self.document, self.document.Catalog
        profile = document.Reference(_raw_stream({"N": 3, "Filter": "/FlateDecode"}, _srgb()))
        intent = profile.format(document)
        catalog.OutputIntents = self._literal(
            b"[ << /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1)"
            b" /Info (sRGB IEC61966-2.1) /DestOutputProfile " + intent + b" >> ]"
        )
        catalog.Metadata = document.Reference(
            _raw_stream({"Type": "/Metadata", "Subtype": "/XML"}, _xmp(about))
        )
        document.file_id = self._identifier()
        document.info = _classes().literal(self._info())

    def _identifier(self) -> bytes:
        from hashlib import sha256

        seed = (
            f"{self.about.number}|{self.about.record_hash}|{self.about.created}|{self.about.mark}"
        )
        half = sha256(seed.encode()).hexdigest()[:32].upper().encode()
        return b"[<" + half + b"><" + half + b">]"

    def _info(self) -> bytes:
        about = self.about
        moment = pdf_date(about.created).encode()
        return (
            b"<< /Title "
            + utf16(about.title)
            + b" /Author "
            + utf16(about.author)
            + b" /Creator ("
            + PRODUCER.encode()
            + b") /Producer ("
            + PRODUCER.encode()
            + b") /CreationDate ("
            + moment
            + b") /ModDate ("
            + moment
            + b") >>"
        )

    def _widgets(self) -> dict[int, list[Any]]:
        """Every signature field by its page: the first one signed, those after it prepared.

        One signature certifies that nothing changes any more (DocMDP P=1) and shows nothing; the
        first of several that nothing but the prepared fields is filled (P=2).
        """
        slot = self.slot
        assert slot is not None
        several = sorted(self.fields, key=lambda one: one[1].place)
        first = several[0] if several else (self.pages[0], Field(1))
        value = self._reference(dictionary(slot, 2 if several else 1))
        made = [(first[0], self._literal(widget(first[1], value, self._look(first[1]))))]
        made += [
            (surface, self._literal(widget(each, b"", self._blank(each))))
            for surface, each in several[1:]
        ]
        written = b" ".join(each.format(self.document) for _surface, each in made)
        catalog = self.document.Catalog
        catalog.AcroForm = self._literal(b"<< /Fields [ " + written + b" ] /SigFlags 3 >>")
        catalog.Perms = self._literal(b"<< /DocMDP " + value + b" >>")
        pages: dict[int, list[Any]] = {}
        for surface, each in made:
            pages.setdefault(id(surface), []).append(each)
        return pages

    def _reference(self, value: bytes) -> bytes:
        reference: bytes = self._literal(value).format(self.document)
        return reference

    def _look(self, signed: Field) -> bytes:
        """What the first of several signatures shows."""
        from core.documents.appearance import picture

        if not signed.visible:
            return b""
        assert self.slot is not None
        drawing = picture(
            self.slot.name, self.slot.signed_at, signed.box[2:], is_test=self.slot.is_test
        )
        return self._form(drawing, signed)

    def _blank(self, empty: Field) -> bytes:
        """What a field shows that is still to be signed: PDF/A asks for something (6.3.3)."""
        return self._form(zlib.compress(b""), empty)

    def _form(self, drawing: bytes, of: Field) -> bytes:
        from core.documents.revisions import form

        return self._reference(form(drawing, of.box[2:]))
