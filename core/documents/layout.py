"""Where things stand: pages, the cursor, cells. Drawing order is reading order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.documents import fonts, text
from core.documents.facts import fill
from core.documents.fields import Box, Field
from core.documents.pdf import MM, PdfFile, Surface
from core.documents.templates import Page, Signatory, Typography
from core.documents.text import Style

COLOURS = {
    "black": (0.0, 0.0, 0.0),
    "grey": (0.35, 0.35, 0.35),
    "faint": (0.62, 0.66, 0.63),
    "red": (0.76, 0.07, 0.09),
    "green": (0.106, 0.369, 0.247),
}
SIZES = {"A4": (210 * MM, 297 * MM), "A4 landscape": (297 * MM, 210 * MM)}
PADDING = 1.6 * MM
PADDING_DOWN = 1.0 * MM
#: Side of the code on letters and forms.
CODE = 22 * MM
#: GB/T 9704-2012: 三号 body, 28 characters to a line, 22 lines to a page.
LETTER = Style("song", 15.75, 29.0, "justify", 2)
SEE_ANNEX = "（见附页）"


@dataclass(frozen=True)
class Signed:
    """A signature that an original carries, shown again on its copies."""

    role: str
    signer: str
    at: datetime
    is_test: bool


@dataclass(frozen=True)
class Marks:
    """What a paper is besides an original. `signer` is printed beside the seal space.

    `signed` are the signatures of the original where several signed it.
    """

    sample: bool = False
    copy: int = 0
    void: bool = False
    test_certificate: bool = False
    signer: str = ""
    signed: tuple[Signed, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """The words written across every page, most important first."""
        words = []
        if self.void:
            words.append("作废")
        if self.copy:
            words.append(f"复制件 第{self.copy}份，仅供查阅，不作持证凭据")
        if self.sample:
            words.append("培训样张")
        return tuple(words)


@dataclass
class Sheet:
    """A paper being laid out: the current page, how far down it is filled, what overflowed.

    `tail` is the height of what must follow the present block on the same page (落款), `keep` what
    a heading takes along.
    """

    pdf: PdfFile
    facts: Mapping[str, Any]
    marks: Marks
    qr_text: str = ""
    body: Style = LETTER
    signatories: tuple[Signatory, ...] = ()
    template_signatures: tuple[Signatory, ...] = ()
    overflow: list[tuple[str, str]] = field(default_factory=list)
    footed: list[tuple[Surface, Page]] = field(default_factory=list)
    page: Page = field(default_factory=Page)
    surface: Surface = field(init=False)
    y: float = 0.0
    tail: float = 0.0
    keep: float = 0.0

    @property
    def left(self) -> float:
        """Left edge of the text area."""
        return self.page.margins[3] * MM

    @property
    def room(self) -> float:
        """Width of the text area."""
        return self.surface.width - (self.page.margins[1] + self.page.margins[3]) * MM

    @property
    def bottom(self) -> float:
        """Lowest point of the text area; the code stands below it."""
        lowest = self.page.margins[2] * MM
        return max(lowest, CODE + 7 * MM) if self.page.qr else lowest

    def new_page(self) -> None:
        """Go to the top of a new page of the current kind."""
        self.surface = self.pdf.page(*SIZES[self.page.size])
        self.y = self.surface.height - self.page.margins[0] * MM
        _watermark(self.surface, self.marks)
        self.surface.colour(COLOURS["black"])
        self.footed.append((self.surface, self.page))

    def need(self, height: float) -> bool:
        """Make sure `height` points are free; True when that took a new page."""
        if self.y - height >= self.bottom - 0.01:
            return False
        self.new_page()
        return True

    @property
    def shown(self) -> tuple[Signatory, ...]:
        """Those who sign here, or who signed the original of which this is a copy."""
        if self.signatories:
            return self.signatories
        again = {mark.role for mark in self.marks.signed}
        return tuple(one for one in self.template_signatures if one.role in again)

    def field(self, role: str, box: Box) -> None:
        """Here signs one of several; on a copy, here the original shows who signed."""
        for place, one in enumerate(self.signatories, start=1):
            if one.role == role and self.pdf.slot is not None:
                self.pdf.fields.append((self.surface, Field(place, one.title, box)))
        for mark in self.marks.signed:
            if mark.role == role:
                self._show_again(mark, box)

    def _show_again(self, mark: Signed, box: Box) -> None:
        from core.documents.appearance import picture

        drawing = picture(mark.signer, mark.at, box[2:], is_test=mark.is_test)
        self.surface.form(f"Sig{mark.role}", drawing, (0, 0, *box[2:]))
        self.surface.place(f"Sig{mark.role}", (1, 0, 0, 1, *box[:2]))

    def fill(self, words: str) -> str:
        """A template text with the facts put in."""
        return fill(words, self.facts)


#: Tones of the words across a page: what ends or limits a paper is read before what it says.
_VOID, _COPY, _PALE = (0.972, 0.86, 0.86), (0.90, 0.77, 0.75), (0.93, 0.93, 0.93)
_LARGEST, _APART = 120.0, 26.0


def _watermark(surface: Surface, marks: Marks) -> None:
    """The words across the page, under each other and never over each other."""
    words = marks.lines()
    if not words:
        return
    length = (surface.width**2 + surface.height**2) ** 0.5
    direction = (surface.width / length, surface.height / length)
    sizes = [min(length * 0.6 / fonts.width("hei", line, 1.0), _LARGEST) for line in words]
    at = -(sum(sizes) + _APART * (len(words) - 1)) / 2
    for line, size in zip(words, sizes, strict=True):
        surface.colour(_tone(line))
        shift = at + size / 2
        at += size + _APART
        centre = (
            surface.width / 2 + shift * direction[1],
            surface.height / 2 - shift * direction[0],
        )
        surface.turned_text(centre, direction, "hei", size, line)


def _tone(line: str) -> tuple[float, float, float]:
    if line == "作废":
        return _VOID
    return _COPY if line.startswith("复制件") else _PALE


def style(block: Typography, base: Style) -> Style:
    """The base style with what the block says otherwise; leading follows a changed size."""
    size = block.size or base.size
    leading = block.leading or (base.leading if size == base.size else size * 1.5)
    return Style(
        block.font or base.font,
        size,
        leading,
        block.align or base.align,
        base.indent if block.indent < 0 else block.indent,
        block.tracking or base.tracking,
        COLOURS[block.colour],
    )


def draw_line(
    surface: Surface, line: text.Line, look: Style, box: tuple[float, float, float]
) -> None:
    """Draw one line; `box` is (left, baseline, room)."""
    left, baseline, room = box
    room -= line.indent
    left += line.indent
    slack = room - fonts.width(look.font, line.text, look.size, look.tracking)
    tracking = look.tracking
    if look.align == "center":
        left += slack / 2
    elif look.align == "right":
        left += slack
    elif look.align == "justify" and not line.ends and len(line.text) > 1:
        tracking += slack / (len(line.text) - 1)
    surface.text((left, baseline), look.font, look.size, line.text, tracking)


def draw_lines(
    surface: Surface, lines: Sequence[text.Line], look: Style, box: tuple[float, float, float]
) -> None:
    """Draw lines downwards; `box` is (left, top, room)."""
    left, top, room = box
    surface.colour(look.colour)
    for n, line in enumerate(lines):
        middle = top - (n + 0.5) * look.leading
        draw_line(surface, line, look, (left, middle - fonts.MIDDLE * look.size, room))


@dataclass(frozen=True)
class Cell:
    """A cell that has been set: its lines and their style."""

    lines: Sequence[text.Line]
    look: Style

    @property
    def height(self) -> float:
        """Height with padding."""
        return len(self.lines) * self.look.leading + 2 * PADDING_DOWN


def set_cell(words: str, look: Style, width: float) -> Cell:
    """Set a text into a cell of this outer width."""
    return Cell(text.wrap(words, look, width - 2 * PADDING), look)


def set_value(
    words: str, look: Style, width: float, limits: tuple[float, int]
) -> tuple[Cell, bool]:
    """Set a value by the rule shrink, then wrap, then annex; True when it has to go there.

    `limits` is (smallest size, most lines; 0 lines means no limit).
    """
    smallest, most = limits
    room = width - 2 * PADDING
    smaller = text.shrunk(words, look, room, smallest)
    if "\n" in words or smaller.size > smallest:
        cell = Cell(text.wrap(words, smaller, room), smaller)
    else:
        tight = replace(smaller, leading=smaller.size * 1.3)
        cell = Cell(text.wrap(words, tight, room), tight)
    if not most or len(cell.lines) <= most:
        return cell, False
    return Cell(_cut(words, cell.look, room, most), cell.look), True


def _cut(words: str, look: Style, room: float, most: int) -> Sequence[text.Line]:
    """As many of the names between 、 as fit, with the words 见附页; a single name gets dots."""
    names = words.split("、")
    shortened = [f"{'、'.join(names[:n])}等{SEE_ANNEX}" for n in range(len(names) - 1, 0, -1)]
    if len(names) == 1:
        shortened = [f"{words[:n]}……{SEE_ANNEX}" for n in range(len(words) - 1, 0, -1)]
    for kept in shortened:
        lines = text.wrap(kept, look, room)
        if len(lines) <= most:
            return lines
    return text.wrap(SEE_ANNEX, look, room)


def draw_cell(surface: Surface, cell: Cell, box: tuple[float, float, float, float]) -> None:
    """Draw a cell's outline and its lines in the middle of (x, y, width, height)."""
    surface.colour(COLOURS["black"])
    surface.rectangle(box)
    draw_content(surface, cell, box)


def draw_content(surface: Surface, cell: Cell, box: tuple[float, float, float, float]) -> None:
    """Draw a cell's lines in the middle of (x, y, width, height), without its outline."""
    x, y, width, height = box
    content = len(cell.lines) * cell.look.leading
    top = y + height - (height - content) / 2
    draw_lines(surface, cell.lines, cell.look, (x + PADDING, top, width - 2 * PADDING))
