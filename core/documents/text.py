"""Lines of Chinese text: breaking by the usual rules, shrinking, justifying. Lengths in points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from core.documents import fonts

#: May not begin a line / may not end one (GB/T 15834 clause 5.1.10).
NO_START = frozenset("、，。．；：！？,.;:!?％%‰℃）)】〕］]｝}》〉」』”’…—·～")
NO_END = frozenset("（(【〔［[｛{《〈「『“‘￥¥")


@dataclass(frozen=True)
class Style:
    """How a text is set: size and leading in points, indent in characters, colour as RGB 0-1."""

    font: str = "song"
    size: float = 10.5
    leading: float = 16.0
    align: str = "left"  # left | center | right | justify
    indent: float = 0.0
    tracking: float = 0.0
    colour: tuple[float, float, float] = (0, 0, 0)


@dataclass(frozen=True)
class Line:
    """One set line; `ends` when it closes a paragraph (such a line is not justified)."""

    text: str
    indent: float
    ends: bool


def _units(text: str) -> list[str]:
    """What may not be torn apart: single ideographs, whole numbers and Latin words."""
    units: list[str] = []
    word = ""
    for character in text:
        if character.isascii() and character != " ":
            word += character
            continue
        if word:
            units.append(word)
            word = ""
        units.append(character)
    if word:
        units.append(word)
    return units


def _pieces(unit: str, style: Style, room: float) -> list[str]:
    """A word that is wider than the line has to be torn after all, best behind a hyphen."""
    if len(unit) == 1 or fonts.width(style.font, unit, style.size, style.tracking) <= room:
        return [unit]
    pieces = [""]
    for part in re.split(r"(?<=[-/_.])", unit):
        if pieces[-1] and _too_wide(pieces[-1] + part, style, room):
            pieces.append("")
        for character in part:
            if pieces[-1] and _too_wide(pieces[-1] + character, style, room):
                pieces.append("")
            pieces[-1] += character
    return pieces


def _too_wide(word: str, style: Style, room: float) -> bool:
    return fonts.width(style.font, word, style.size, style.tracking) > room


def _carry(line: list[str], unit: str) -> list[str]:
    """What must follow `unit` to the next line so that no rule of line ends is broken."""
    carried: list[str] = []
    head = unit
    while len(line) > 1 and (head[0] in NO_START or line[-1] in NO_END):
        head = line.pop()
        carried.insert(0, head)
    return carried


def _wrap_paragraph(text: str, style: Style, room: float) -> list[Line]:
    lines: list[Line] = []
    indent = style.indent * style.size
    current: list[str] = []
    used = 0.0
    narrowest = room - indent
    for unit in (p for u in _units(text) for p in _pieces(u, style, narrowest)):
        advance = fonts.width(style.font, unit, style.size) + style.tracking * len(unit)
        if current and used + advance - style.tracking > room - indent + 0.01:
            carried = _carry(current, unit)
            lines.append(Line("".join(current).rstrip(" "), indent, ends=False))
            current, indent = carried, 0.0
            used = sum(
                fonts.width(style.font, u, style.size) + style.tracking * len(u) for u in carried
            )
        if current or unit != " ":
            current.append(unit)
            used += advance
    lines.append(Line("".join(current), indent, ends=True))
    return lines


@lru_cache(maxsize=8192)  # labels and set phrases are the same on every paper of a batch
def wrap(text: str, style: Style, room: float) -> tuple[Line, ...]:
    """Break a text into lines not wider than `room` points; newlines end paragraphs."""
    paragraphs = fonts.clean(text).split("\n")
    return tuple(line for p in paragraphs for line in _wrap_paragraph(p, style, room))


def balanced(text: str, style: Style, room: float) -> tuple[Line, ...]:
    """Break a text into as few lines as `wrap` does, and these as even as can be.

    For a title or a name in the middle of its place: its last line is never a single character
    (GB/T 9704, 7.3.1: lines of a title are symmetric and of fitting length).
    """
    lines = wrap(text, style, room)
    best, narrower = lines, room
    while len(lines) == len(best) > 1 and narrower > style.size * 2:
        best = lines
        narrower -= style.size / 2
        lines = wrap(text, style, narrower)
    return best


def height(lines: Sequence[Line], style: Style) -> float:
    """Height of set lines in points."""
    return len(lines) * style.leading


def shrunk(text: str, style: Style, room: float, smallest: float) -> Style:
    """The style with the largest size down to `smallest` at which no line has to be broken."""
    widest = max(fonts.width(style.font, line, 1.0) for line in fonts.clean(text).split("\n"))
    size = style.size
    while size > smallest and widest * size > room:
        size -= 0.5
    if size == style.size:
        return style
    size = max(size, smallest)
    return replace(style, size=size, leading=min(style.leading, size * 1.35), indent=0, tracking=0)
