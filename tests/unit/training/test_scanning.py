"""Scans as offices make them: turned, grey, noisy, 150 dpi, in every file a scanner writes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from core.documents.render import render
from core.documents.templates import shipped
from core.errors import InputError
from core.training import scanning
from core.training.scanning import Reading, find_codes, read_file
from core.training.sign_in import Layout, code_of, layout_of
from core.training.states import RowVerdict
from tests import training

TOKEN = "ABCDEFGH"
ROWS = 12
SIGNED = frozenset({1, 2, 4, 6, 7, 9, 11})


@dataclass(frozen=True)
class Page:
    """A signed page at 300 dpi, and where things stand on it."""

    picture: Image.Image
    layout: Layout


@cache
def page() -> Page:
    """The shipped sheet, drawn by poppler, with the names of some written into it."""
    template = shipped("sign_in_sheet")
    rows = [
        {"name": f"学员{n}", "unit": "林业站", "code": code_of(TOKEN, n)}
        for n in range(1, ROWS + 1)
    ]
    facts = {
        "course_name": "业务培训班", "day": "2026-10-12", "half_day": "上午", "topic": "政策",
        "position": "1", "total": "5", "expected": "12", "items": rows,
    }  # fmt: skip
    (picture,) = training.rasterised(render(template, facts), 300)
    layout = layout_of(template)
    for code in find_codes(picture):
        if code.row in SIGNED:
            training.sign(picture, code, layout, code.row)
    return Page(picture, layout)


def read(data: bytes, name: str = "scan.pdf") -> Reading:
    return read_file(name, data, lambda token: page().layout if token == TOKEN else None)


def verdicts(found: Reading) -> dict[int, RowVerdict]:
    return {row: one.verdict for row, one in found.sheets[TOKEN].items()}


def expected() -> dict[int, RowVerdict]:
    return {
        row: RowVerdict.SIGNED if row in SIGNED else RowVerdict.BLANK for row in range(1, ROWS + 1)
    }


@pytest.mark.parametrize(
    ("skew", "noise", "dpi"),
    [(0.0, 8, 150), (-4.0, 20, 150), (3.0, 28, 150), (180.0, 20, 150), (1.5, 12, 200), (-1.0, 8, 300)],
)  # fmt: skip
def test_that_a_degraded_scan_is_read_row_by_row(skew: float, noise: float, dpi: int) -> None:
    scan = training.scanned(page().picture, skew=skew, noise=noise, dpi=dpi)
    assert verdicts(read(training.as_pdf([scan]))) == expected()


def test_that_a_sideways_page_is_read() -> None:
    scan = training.scanned(page().picture, skew=0.7).transpose(Image.Transpose.ROTATE_90)
    assert verdicts(read(training.as_pdf([scan]))) == expected()


def _file(kind: str, scan: Image.Image) -> bytes:
    out = io.BytesIO()
    black = scan.point([0 if value < 140 else 255 for value in range(256)]).convert("1")
    match kind:
        case "tiff":
            black.save(out, "TIFF", compression="group4", save_all=True, append_images=[black])
        case "fax pdf":
            black.save(out, "PDF", resolution=150.0)
        case "packed pdf":
            canvas = Canvas(out, pagesize=scan.size)
            canvas.drawImage(ImageReader(scan.convert("RGB")), 0, 0, *scan.size)
            canvas.showPage()
            canvas.save()
        case _:
            scan.convert("RGB").save(out, kind)
    return out.getvalue()


def _packed(scan: Image.Image, *, predictor: bool) -> bytes:
    """A PDF with the dots themselves, packed plainly or as PNG packs them."""
    import zlib

    lines = [scan.crop((0, y, scan.width, y + 1)).tobytes() for y in range(scan.height)]
    if predictor:
        lines = [b"\x01" + bytes((b - a) % 256 for a, b in zip(b"\0" + one[:-1], one, strict=True)) for one in lines]  # fmt: skip
    body = zlib.compress(b"".join(lines))
    parms = b"/DecodeParms << /Predictor 15 /Columns %d >>" % scan.width if predictor else b""
    head = b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray "
    image = head % scan.size + b"/BitsPerComponent 8 /Filter /FlateDecode %s /Length %d >>" % (parms, len(body))  # fmt: skip
    return _pdf(image + b"\nstream\n" + body + b"\nendstream")


def _pdf(image: bytes, kids: bytes = b"[3 0 R]") -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids %s >>" % kids,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /I 4 0 R >> >> >>",
        image,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 5\n0000000000 65535 f \n%strailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (table, len(out))
    )


@pytest.mark.parametrize("predictor", [False, True])
def test_that_dots_packed_in_a_pdf_are_read(predictor: bool) -> None:
    scan = training.scanned(page().picture, noise=4)
    assert verdicts(read(_packed(scan, predictor=predictor))) == expected()


def test_that_a_small_file_does_not_fill_the_memory() -> None:
    import zlib

    bomb = zlib.compress(bytes(200_000_000), 9)
    image = b"<< /Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(bomb), bomb)  # fmt: skip
    assert read(_pdf(image)).without == (1,)
    huge = image.replace(b"/Width 10 /Height 10", b"/Width 99999 /Height 99999")
    with pytest.raises(InputError):
        read(_pdf(huge))


def test_that_pages_in_a_ring_are_refused_in_words() -> None:
    with pytest.raises(InputError):
        read(_pdf(b"null", kids=b"[2 0 R]"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "tiff", "fax pdf", "packed pdf"])
def test_that_every_file_of_a_scanner_is_read(kind: str) -> None:
    scan = training.scanned(page().picture, noise=4)
    found = read(_file(kind, scan), f"scan.{kind}")
    assert verdicts(found) == expected()
    assert found.pages == (2 if kind == "tiff" else 1)


def test_that_a_covered_code_is_not_guessed() -> None:
    spoiled = page().picture.copy()
    for code in find_codes(spoiled):
        if code.row in {3, 4}:
            x, y, half = code.middle.real, code.middle.imag, abs(code.along) / 3
            ImageDraw.Draw(spoiled).ellipse((x - half, y - half, x + half, y + half), fill=90)
    found = read(training.as_pdf([training.scanned(spoiled)]))
    assert set(verdicts(found)) == set(range(1, ROWS + 1)) - {3, 4}


def test_that_little_ink_is_doubtful_and_specks_are_none() -> None:
    picture = page().picture.copy()
    draw = ImageDraw.Draw(picture)
    for code in find_codes(picture):
        unit = abs(code.along) / page().layout.side
        x, y = code.middle.real + unit * page().layout.offset, code.middle.imag
        if code.row == 3:  # a tick
            draw.line([(x, y), (x + unit * 2.5, y + unit * 1)], fill=60, width=round(unit * 0.4))
        if code.row == 5:  # dust
            draw.ellipse((x, y, x + unit * 0.4, y + unit * 0.4), fill=60)
    found = verdicts(read(training.as_pdf([training.scanned(picture)])))
    assert (found[3], found[5]) == (RowVerdict.DOUBTFUL, RowVerdict.BLANK)


def test_that_a_printed_watermark_is_no_signature() -> None:
    picture = page().picture.copy()
    marked = Image.new("L", picture.size, 255)
    ImageDraw.Draw(marked).rectangle((0, 0, *picture.size), fill=237)
    picture = Image.blend(picture, Image.composite(marked, picture, picture.point(lambda v: v > 200 and 255)), 1)  # fmt: skip
    assert verdicts(read(training.as_pdf([training.scanned(picture)]))) == expected()


def test_that_a_sheet_of_another_office_is_told_apart() -> None:
    data = training.as_pdf([training.scanned(page().picture)])
    found = read_file("scan.pdf", data, lambda _token: None)
    assert found.sheets == {TOKEN: {}}


def test_that_a_page_without_codes_is_named() -> None:
    blank = Image.new("L", (1240, 1754), 240)
    found = read(training.as_pdf([blank, training.scanned(page().picture)]))
    assert (found.pages, found.without) == (2, (1,))
    assert verdicts(found) == expected()


@pytest.mark.parametrize(
    "data", [b"", b"not a picture", b"%PDF-1.7\nbroken", b"\x89PNG\r\n\x1a\nbroken"]
)
def test_that_a_file_that_is_no_scan_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read(data)
    assert refused.value.fields[0].code == "training.scan_unreadable"


def test_that_a_letter_without_pictures_is_no_scan() -> None:
    data = render(shipped("course_roster"), {
        "course_name": "班", "organizer": "局", "period": "今日", "file_number": "1",
        "items": [], "count": "0", "date": "2026-11-25", "office_name": "局",
    })  # fmt: skip
    with pytest.raises(InputError):
        read(data)


def test_that_a_bomb_of_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "MOST_PAGES", 1)
    tiny = Image.new("L", (40, 40), 255)
    with pytest.raises(InputError) as refused:
        read(training.as_pdf([tiny, tiny]))
    assert refused.value.fields[0].code == "training.scan_large"
