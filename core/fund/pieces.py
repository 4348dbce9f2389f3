"""Texts of a PDF or OFD page with their places, in reading order: the eyes of :mod:`ereceipt`.

Everything here comes from outside: pages, texts and bytes are limited, an OFD archive may not
swell, its XML may declare nothing, and whatever is wrong ends in one sentence.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from core.errors import InputError
from core.i18n import N_
from core.messages import register

register(
    {
        "fund.pdf_unreadable": N_(
            "The PDF “{name}” is damaged or locked by a password; type the fields instead."
        ),
        "fund.ofd_unreadable": N_(
            "The file “{name}” is no OFD document that can be read; type the fields instead."
        ),
    }
)

#: Limits far above any receipt: pages, texts on them, parts of an archive, unpacked bytes.
MOST_PAGES = 5
MOST_PIECES = 5_000
MOST_PARTS = 500
MOST_UNPACKED = 20_000_000
#: How much further down the next page begins.
_PAGE = 100_000.0


@dataclass(frozen=True)
class Piece:
    """A run of text: `x` from the left, `y` of its middle from the top, in units of the page."""

    x: float
    y: float
    height: float
    width: float
    text: str


def lines_of(pieces: Sequence[Piece]) -> list[str]:
    """The lines of a page from top to bottom; wide gaps become three blanks, narrow ones one."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: (one.y, one.x)):
        last = rows[-1][0] if rows else None
        if last is not None and abs(piece.y - last.y) <= 0.6 * min(piece.height, last.height):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return ["".join(_joined(sorted(row, key=lambda one: one.x))) for row in rows]


def _joined(row: Sequence[Piece]) -> Iterator[str]:
    end = None
    for piece in row:
        if end is not None:
            gap = piece.x - end
            yield "   " if gap > 2 * piece.height else " " if gap > 0.3 * piece.height else ""
        yield piece.text
        end = piece.x + piece.width


# --- PDF ------------------------------------------------------------------------------------


def pieces_of_pdf(data: bytes, name: str) -> list[Piece]:
    """The texts of a PDF; none for one that is only a picture.

    Raises:
        InputError: field `file`; damaged, or locked by a password.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise InputError.of("file", "fund.pdf_unreadable", name=name) from None
    try:
        return [
            piece
            for number in range(min(len(document), MOST_PAGES))
            for piece in _pdf_page(document, number)
        ][:MOST_PIECES]
    except pypdfium2.PdfiumError:
        raise InputError.of("file", "fund.pdf_unreadable", name=name) from None
    finally:
        document.close()


def _pdf_page(document: Any, number: int) -> Iterator[Piece]:
    page = document[number]
    top = page.get_height()
    texts = page.get_textpage()
    for at in range(min(texts.count_rects(), MOST_PIECES)):
        left, bottom, right, upper = texts.get_rect(at)
        text = " ".join(texts.get_text_bounded(left, bottom, right, upper).split())
        if text:
            middle = top - (bottom + upper) / 2 + number * _PAGE
            yield Piece(left, middle, max(upper - bottom, 1.0), right - left, text)


# --- OFD ------------------------------------------------------------------------------------


def pieces_of_ofd(data: bytes, name: str) -> list[Piece]:
    """The texts of an OFD document (GB/T 33190), those of its page templates included.

    Raises:
        InputError: field `file`; no OFD document, damaged, locked, or swelling beyond all measure.
    """
    wrong = InputError.of("file", "fund.ofd_unreadable", name=name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _parts(archive)
            if not parts:
                raise wrong
            pages = [_ofd_page(archive.read(part), at) for part, at in parts]
    except (
        zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError,
        RuntimeError, UnicodeError, ValueError,
    ):  # fmt: skip
        raise wrong from None
    return [piece for page in pages for piece in page][:MOST_PIECES]


def _parts(archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, float]]:
    """The parts with texts, each with where its page begins; empty when this is no document."""
    found = archive.infolist()
    if len(found) > MOST_PARTS or not any(one.filename.endswith("OFD.xml") for one in found):
        return []
    wanted = [one for one in found if one.filename.endswith("Content.xml")]
    plain = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if any(one.compress_type not in plain for one in wanted):
        return []
    if sum(one.file_size for one in wanted) > MOST_UNPACKED:
        return []
    templates = [one for one in wanted if "/Tpls/" in one.filename or "/Tpl" in one.filename]
    pages = [one for one in wanted if one not in templates][:MOST_PAGES]
    # A template lies below the first page: labels there, values here.
    return [(one, 0.0) for one in templates] + [
        (one, at * _PAGE) for at, one in enumerate(sorted(pages, key=lambda part: part.filename))
    ]


def _ofd_page(xml: bytes, offset: float) -> list[Piece]:
    reader = _OfdReader(offset)
    reader.read(xml)
    return reader.pieces


class _OfdReader:
    """Reads TextObject and TextCode of one page; a document type or an entity is refused."""

    def __init__(self, offset: float) -> None:
        self.pieces: list[Piece] = []
        self._offset = offset
        self._box: tuple[float, ...] = ()
        self._size = 0.0
        self._at: tuple[float, float] | None = None
        self._text: list[str] = []

    def read(self, xml: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.Parse(xml, True)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag.endswith("TextObject"):
            self._box = tuple(float(one) for one in attributes.get("Boundary", "").split())
            self._size = float(attributes.get("Size", "0"))
        elif tag.endswith("TextCode") and len(self._box) == 4:
            self._at = (float(attributes.get("X", "0")), float(attributes.get("Y", "0")))
            self._text = []

    def _characters(self, text: str) -> None:
        if self._at is not None:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        if not tag.endswith("TextCode") or self._at is None:
            return
        text = " ".join("".join(self._text).split())
        left, top, width, height = self._box
        x, baseline = self._at
        size = self._size or height
        if text and len(self.pieces) < MOST_PIECES:
            # Two lines of one object have one box; the baseline tells them apart.
            middle = top + (baseline - 0.35 * size if baseline else height / 2)
            self.pieces.append(
                Piece(left + x, middle + self._offset, max(size, 0.1), width - x, text)
            )
        self._at = None


def _refuse(*_declared: object) -> None:
    raise ValueError("a page of a receipt declares nothing")
