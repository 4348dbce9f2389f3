"""Things at fixed places of a page, in millimetres from its upper left corner."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from core.documents import fonts, ornament, qr, text
from core.documents.blocks import form_row, signature_words
from core.documents.facts import holds
from core.documents.layout import COLOURS, Cell, Sheet, draw_cell, draw_lines, style
from core.documents.pdf import MM, Surface
from core.documents.templates import (
    Fixed,
    Frame,
    PlacedForm,
    PlacedLine,
    PlacedText,
    Qr,
    Seal,
)
from core.documents.text import Style

Box = tuple[float, float, float, float]
#: Width of the caption of a seal, in radii of its circle: it stays well inside.
_CAPTION = 1.62
_PLACED = Style("song", 10.5, 16.0, "left")


def draw(sheet: Sheet, element: Fixed) -> None:
    """Draw one placed element on the current page."""
    if holds(element.when, sheet.facts):
        _DRAW[type(element)](sheet, element)


def _corner(sheet: Sheet, element: Fixed) -> tuple[float, float]:
    return element.at[0] * MM, sheet.surface.height - element.at[1] * MM


def _text(sheet: Sheet, element: PlacedText) -> None:
    look = style(element, _PLACED)
    words = sheet.fill(element.text)
    if not words.strip():
        return
    left, top = _corner(sheet, element)
    room = element.width * MM
    if element.smallest and not element.height:
        look = text.shrunk(words, look, room, element.smallest)
    elif element.smallest:
        look = _into(words, look, (room, element.height * MM), element.smallest)
    draw_lines(sheet.surface, text.wrap(words, look, room), look, (left, top, room))


def _into(words: str, look: Style, box: tuple[float, float], smallest: float) -> Style:
    """The largest size down to `smallest` at which the lines fit into (width, height)."""
    while look.size > smallest and text.height(text.wrap(words, look, box[0]), look) > box[1]:
        look = replace(look, size=look.size - 0.5, leading=look.leading * (1 - 0.5 / look.size))
    return look


def _form(sheet: Sheet, element: PlacedForm) -> None:
    for _is_value, cell, box in cells(sheet, element):
        draw_cell(sheet.surface, cell, box)


def cells(sheet: Sheet, element: PlacedForm) -> Iterator[tuple[bool, Cell, Box]]:
    """Every cell of a form: whether it is a value, what it holds, and (x, y, width, height)."""
    left, top = _corner(sheet, element)
    rows, heights = _fitted(sheet, element)
    slack = max(0.0, element.height * MM - sum(heights)) / len(rows)
    for row, needed in zip(rows, heights, strict=True):
        height = needed + slack
        x = left
        for n, (cell, width) in enumerate(row):
            yield n % 2 == 1, cell, (x, top - height, width, height)
            x += width
        top -= height


#: How a form is fitted into its box: share of the row height, and most lines of a value (0: as the
#: template says). The last step is the tightest there is; what it cuts stands in the annex.
_STEPS = ((1.0, 0), (0.88, 0), (0.78, 0), (0.78, 1))


def _fitted(
    sheet: Sheet, element: PlacedForm
) -> tuple[list[list[tuple[Cell, float]]], list[float]]:
    """Set the rows into the height of the box: lower rows first, then one line for each value."""
    before = list(sheet.overflow)
    for share, lines in _STEPS:
        sheet.overflow[:] = before
        tried = replace(element, lines=lines or element.lines)
        rows = [form_row(sheet, tried, n, element.width * MM) for n in range(len(element.rows))]
        heights = [
            max(element.row_height * share * MM, *(cell.height for cell, _ in row)) for row in rows
        ]
        if not element.height or sum(heights) <= element.height * MM:
            break
    return rows, heights


def _line(sheet: Sheet, element: PlacedLine) -> None:
    left, top = _corner(sheet, element)
    sheet.surface.colour(COLOURS[element.colour])
    sheet.surface.line(
        left, top, left + element.width * MM, top - element.height * MM, element.stroke
    )


def _frame(sheet: Sheet, element: Frame) -> None:
    ornament.draw(sheet.surface, element.seed, fold=element.fold)


def _qr(sheet: Sheet, element: Qr) -> None:
    if sheet.qr_text:
        left, top = _corner(sheet, element)
        side = element.width * MM
        draw_code(sheet.surface, sheet.qr_text, (left, top - side, side))


def draw_code(surface: Surface, words: str, box: tuple[float, float, float]) -> None:
    """A code as filled squares in the square (x, y, side); runs of squares are one rectangle."""
    x, y, side = box
    rows = _rows(words)
    step = side / len(rows)
    surface.colour(COLOURS["black"])
    path = []
    for n, row in enumerate(rows):
        base = y + side - (n + 1) * step
        path += [
            f"{x + a * step:.3f} {base:.3f} {(b - a) * step:.3f} {step:.3f} re" for a, b in row
        ]
    surface.raw(" ".join([*path, "f"]))


@lru_cache(maxsize=4)
def _rows(words: str) -> list[list[tuple[int, int]]]:
    return [_runs(row) for row in qr.squares(words)]


def _runs(row: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer("1+", row)]


def _seal(sheet: Sheet, element: Seal) -> None:
    left, top = _corner(sheet, element)
    width, height = element.width * MM, element.height * MM
    middle = (left + width / 2, top - height / 2)
    radius = element.diameter * MM / 2
    sheet.surface.colour((0.78, 0.85, 0.80))
    sheet.surface.circle(*middle, radius, 0.35, "[1.2 2.4] 0")
    base = replace(_PLACED, align="center")
    words = sheet.fill(element.caption)
    room = min(width, radius * _CAPTION)
    look = text.shrunk(words, base, room, 8)
    lines = text.wrap(words, look, room)
    below = middle[1] + len(lines) * look.leading / 2
    draw_lines(sheet.surface, lines, look, (middle[0] - room / 2, below, room))
    several = {one.role for one in sheet.shown}
    if element.signatory in several:
        inside = (left, top - height, width, height)
        sheet.field(element.signatory, inside)
    elif element.signature:
        _signature(sheet, (middle[0], middle[1] - radius - 2.6 * MM), width)


def _signature(sheet: Sheet, at: tuple[float, float], width: float) -> None:
    x, y = at
    for words, colour in signature_words(sheet):
        sheet.surface.colour(COLOURS[colour])
        size = min(7.5, width / fonts.width("kai", words, 1.0))
        sheet.surface.text((x - fonts.width("kai", words, size) / 2, y), "kai", size, words)
        y -= 9


_DRAW: dict[type, Callable[[Sheet, Any], None]] = {
    PlacedText: _text,
    PlacedForm: _form,
    PlacedLine: _line,
    Frame: _frame,
    Qr: _qr,
    Seal: _seal,
}
