"""Reading a scan of signed sheets: the code of each row is found, and ink in its signature box.

Nothing of the database is needed here. The middle of each code tells where its row stands, the
column of all codes how far the page is turned, their size how large a millimetre is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import InputError
from core.i18n import N_
from core.messages import register
from core.training.scan_pages import pages
from core.training.sign_in import Layout, parse_code
from core.training.states import RowVerdict

if TYPE_CHECKING:
    from PIL.Image import Image

register(
    {
        "training.scan_unreadable": N_(
            "“{name}” cannot be read as a picture or as a PDF of pictures; scan it as PDF, JPEG, "
            "PNG or TIFF with 150 dpi or more."
        ),
        "training.scan_large": N_("“{name}” has more than {most} pages; read it in parts."),
    }
)

MOST_PAGES = 200
#: Ink of a signature, in mm²: less than the first is none, from the second on it is one.
SPECK, SIGNATURE = 0.5, 2.0
#: How much darker than the paper ink is, of 255; a printed watermark is 20 darker.
_CONTRAST = 55
#: Dots to a millimetre of the pictures ink is counted on (about 150 dpi).
_DOTS = 6
#: Kept clear of the lines around the box, in mm.
_INSET = 1.5


@dataclass(frozen=True)
class Code:
    """A code that was found: token, row, its middle and its right-hand direction, in dots.

    `along` points along the row to the right, as long as the code is wide.
    """

    token: str
    row: int
    middle: complex
    along: complex


@dataclass(frozen=True)
class RowRead:
    """What a scan says of one row; `ink` in mm²."""

    row: int
    page: int
    ink: float

    @property
    def verdict(self) -> RowVerdict:
        """Signed, not signed, or doubtful."""
        if self.ink >= SIGNATURE:
            return RowVerdict.SIGNED
        return RowVerdict.BLANK if self.ink < SPECK else RowVerdict.DOUBTFUL


@dataclass(frozen=True)
class Reading:
    """What a file says.

    Attributes:
        pages: how many it has.
        sheets: token → row → what was read.
        without: pages on which no code was found, from 1.
    """

    pages: int
    sheets: Mapping[str, Mapping[int, RowRead]]
    without: tuple[int, ...]


def read_file(name: str, data: bytes, layout: Callable[[str], Layout | None]) -> Reading:
    """Read a scan.

    Args:
        name: of the file, for errors.
        data: a PDF of pictures, or a picture (a TIFF may have many pages).
        layout: where things stand on the rows of the sheet with this token; None for one that is
            not known, which is then left out.

    Raises:
        InputError: field `file`; it cannot be read, or has too many pages.
    """
    sheets: dict[str, dict[int, RowRead]] = {}
    without = []
    count = 0
    for count, page in enumerate(pages(name, data), start=1):
        if count > MOST_PAGES:
            raise InputError.of("file", "training.scan_large", name=name, most=MOST_PAGES)
        codes = find_codes(page)
        if not codes:
            without.append(count)
        for token in dict.fromkeys(one.token for one in codes):
            where = layout(token)
            of_sheet = [one for one in codes if one.token == token]
            if where is None:
                sheets.setdefault(token, {})
                continue
            for read in _rows(page, of_sheet, where, count):
                known = sheets.setdefault(token, {}).get(read.row)
                if known is None or known.ink < read.ink:
                    sheets[token][read.row] = read
    return Reading(count, sheets, tuple(without))


def _rows(page: Image, codes: list[Code], layout: Layout, number: int) -> Iterator[RowRead]:
    unit = _millimetre(codes, layout)
    for one in codes:
        yield RowRead(one.row, number, ink(page, one.middle, unit, layout))


def _millimetre(codes: list[Code], layout: Layout) -> complex:
    """One millimetre to the right, in dots.

    The size is the mean of all codes; the direction is square to the column in which they stand,
    which is far more exact than the corners of one small code.
    """
    mean = sum(one.along for one in codes) / len(codes)
    size = sum(abs(one.along) for one in codes) / len(codes) / layout.side
    ends = sorted(codes, key=lambda one: one.row)
    column = ends[-1].middle - ends[0].middle
    if len(codes) < 3 or not column:
        return mean / abs(mean) * size
    # Down is a quarter turn clockwise from right; y grows downwards, so that is times i.
    right = column / abs(column) / 1j
    agrees = (right * mean.conjugate()).real / abs(mean)
    return right * size if agrees > math.cos(math.radians(5)) else mean / abs(mean) * size


def ink(page: Image, middle: complex, unit: complex, layout: Layout) -> float:
    """How much ink stands in the signature box of a row, in mm².

    Args:
        page: the picture, grey.
        middle: of the row's code, in dots.
        unit: one millimetre to the right, in dots.
        layout: where things stand on a row.
    """
    from PIL import Image, ImageFilter

    width, height = layout.width - 2 * _INSET, layout.side
    corner = middle + unit * (layout.offset - width / 2 - height / 2 * 1j)
    step = unit / _DOTS
    size = (round(width * _DOTS), round(height * _DOTS))
    # Output dot (x, y) is taken from corner + x·step + y·step·i.
    matrix = (step.real, -step.imag, corner.real, step.imag, step.real, corner.imag)
    box = page.transform(
        size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC, fillcolor=255
    )
    counts = box.filter(ImageFilter.MedianFilter(3)).histogram()
    return sum(counts[: max(0, _paper(counts) - _CONTRAST)]) / _DOTS**2


def _paper(counts: list[int]) -> int:
    """The grey of the paper: what three quarters of the box are not brighter than."""
    enough, seen = sum(counts) * 3 // 4, 0
    for grey, count in enumerate(counts):
        seen += count
        if seen >= enough:
            return grey
    return 255


# --- codes -----------------------------------------------------------------------------------


def find_codes(page: Image) -> list[Code]:
    """The codes of rows on a page, each once, by row.

    The page is looked at as it is, larger, and smoothed, until two looks find nothing new.
    """
    found: dict[tuple[str, int], Code] = {}
    idle = 0
    for picture, scale in _looks(page):
        before = len(found)
        for one in _decoded(picture, scale):
            found.setdefault((one.token, one.row), one)
        idle = idle + 1 if len(found) == before else 0
        if idle == 2 or (idle and not found and scale > 1):
            break
    return sorted(found.values(), key=lambda one: (one.token, one.row))


def _looks(page: Image) -> Iterator[tuple[Image, float]]:
    """The page in the forms worth looking at, with how much larger each is."""
    from PIL import Image, ImageFilter

    yield page, 1.0
    scale = 2.0 if max(page.size) < 2600 else 1.0
    size = (round(page.width * scale), round(page.height * scale))
    larger = page.resize(size, Image.Resampling.BICUBIC) if scale > 1 else page
    yield larger, scale
    yield larger.filter(ImageFilter.GaussianBlur(1.2 * scale / 2)), scale
    yield page.filter(ImageFilter.MedianFilter(3)).resize(size, Image.Resampling.BICUBIC), scale
    yield larger.filter(ImageFilter.UnsharpMask(2, 160, 2)), scale


def _decoded(picture: Image, scale: float) -> Iterator[Code]:
    import zxingcpp

    kinds = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(picture, formats=kinds)
    for one in found:
        known = parse_code(one.text)
        if known is None:
            continue
        at = one.position
        corners = [
            complex(p.x, p.y) / scale
            for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        ]
        along = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
        yield Code(known[0], known[1], sum(corners) / 4, along)
