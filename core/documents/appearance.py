"""What a signature shows in its field: who signed and when, drawn as outlines.

The name is the one in the signing certificate. The verifier accepts in a later revision only a
picture of this kind: filled paths and colours, no text, no image, nothing outside its box.
"""

from __future__ import annotations

import re
import zlib
from datetime import datetime

from core.clock import CHINA
from core.documents import fonts, outlines
from core.documents.layout import COLOURS

Size = tuple[float, float]
_MOST = 1 << 20
_NUMBER = rb"-?\d{1,5}(?:\.\d{1,3})?"
_OPERATION = re.compile(
    rb"(?:"
    + rb"(?:%(n)s ){2}[ml]|(?:%(n)s ){6}c|(?:%(n)s ){4}re|(?:%(n)s ){3}(?:rg|RG)|%(n)s w|[hfS]"
    % {b"n": _NUMBER}
    + rb")(?=[ \n]|$)[ \n]?"
)


def picture(name: str, at: datetime, size: Size, *, is_test: bool = False) -> bytes:
    """The deflated drawing for a box of this size in points."""
    width, height = size
    day = at.astimezone(CHINA)
    moment = f"{day.year}年{day.month}月{day.day}日 {day:%H:%M}"
    small = [(moment, "grey")]
    if is_test:
        small.append(("测试证书，不具法律效力", "red"))
    row = min(9.0, height / (len(small) + 2.4))
    lines = _name_lines(name, (width - 6, height - row * 1.25 * len(small) - 4))
    code = [_colour("red"), f"0.6 w 0.50 0.50 {width - 1:.2f} {height - 1:.2f} re S"]
    top = height - 2
    for words, big in lines:
        top -= big * 1.15
        code.append(_line(words, big, (width, top + big * 0.2)))
    for words, colour in small:
        top -= row * 1.25
        natural = fonts.width("kai", words, 1.0)
        code += [_colour(colour), _line(words, min(row, (width - 6) / natural), (width, top + 2))]
    return zlib.compress("\n".join(code).encode("ascii"), 6)


def _colour(name: str) -> str:
    red, green, blue = COLOURS[name]
    return f"{red:.3f} {green:.3f} {blue:.3f} rg {red:.3f} {green:.3f} {blue:.3f} RG"


def _line(words: str, size: float, place: tuple[float, float]) -> str:
    width, y = place
    x = (width - fonts.width("kai", words, size)) / 2
    return outlines.line("kai", words, (x, y), size)


def _name_lines(name: str, room: Size) -> list[tuple[str, float]]:
    """The name in one line or two, as large as the room allows, at most 16 points."""
    best: list[tuple[str, float]] = []
    for rows in (1, 2):
        per = -(-len(name) // rows)
        parts = [name[n : n + per] for n in range(0, len(name), per)]
        widest = max((fonts.width("kai", part, 1.0) for part in parts), default=1.0)
        size = min(16.0, room[0] / widest, room[1] / (1.15 * rows))
        if not best or size > best[0][1] * 1.1:
            best = [(part, size) for part in parts]
    return best


def is_picture(deflated: bytes) -> bool:
    """Whether this is a drawing of ours and nothing else. Never raises."""
    inflater = zlib.decompressobj()
    try:
        code = inflater.decompress(deflated, _MOST)
    except zlib.error:
        return False
    if not inflater.eof or inflater.unused_data:
        return False
    at = 0
    while at < len(code):
        found = _OPERATION.match(code, at)
        if found is None:
            return False
        at = found.end()
    return True
