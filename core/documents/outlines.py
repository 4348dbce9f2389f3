"""Text as filled outlines: what a signature shows needs no font in the revision that adds it.

A signature that is added to a finished file may not touch the fonts in it. The outlines are read
from the glyph table of our own TrueType fonts (OpenType specification, `glyf`).
"""

from __future__ import annotations

import struct
from functools import lru_cache

from core.documents import fonts

Point = tuple[float, float]
Curve = list[tuple[Point, bool]]  # points of a closed contour, and whether each lies on it

_ON, _X_SHORT, _Y_SHORT, _REPEAT, _X_SAME, _Y_SAME = 1, 2, 4, 8, 16, 32
_WORDS, _OFFSETS, _SCALE, _MORE, _SCALES, _MATRIX = 1, 2, 8, 32, 64, 128


def line(role: str, text: str, at: Point, size: float) -> str:
    """PDF operators that fill one line of text whose baseline starts at `at`.

    Raises RuleViolation("documents.missing_glyph") when no font has a character.
    """
    x, y = at
    parts = []
    for character in fonts.clean(text):
        font, advance = fonts.measure(role, character)
        face = fonts.load(font).face
        glyph = face.charToGlyph[ord(character)]
        scale = size / face.unitsPerEm
        parts += [_path(curve, (x, y), scale) for curve in _glyph(font, glyph)]
        x += advance * size
    return "\n".join([*parts, "f"]) if parts else ""


@lru_cache(maxsize=512)
def _glyph(font: str, glyph: int, depth: int = 0) -> tuple[Curve, ...]:
    face = fonts.load(font).face
    start, end = face.glyphPos[glyph], face.glyphPos[glyph + 1]
    if start == end:
        return ()
    data: bytes = face.get_table("glyf")[start:end]
    (count,) = struct.unpack_from(">h", data)
    if count >= 0:
        return _simple(data, count)
    return tuple(_composed(font, data, depth)) if depth < 6 else ()


def _simple(data: bytes, count: int) -> tuple[Curve, ...]:
    ends = struct.unpack_from(f">{count}H", data, 10)
    if not ends:
        return ()
    at = 10 + 2 * count
    at += 2 + struct.unpack_from(">H", data, at)[0]  # instructions
    flags: list[int] = []
    while len(flags) <= ends[-1]:
        flag = data[at]
        at += 1
        times = 1
        if flag & _REPEAT:
            times += data[at]
            at += 1
        flags += [flag] * times
    xs, at = _coordinates(data, at, flags, (_X_SHORT, _X_SAME))
    ys, at = _coordinates(data, at, flags, (_Y_SHORT, _Y_SAME))
    points = [((float(x), float(y)), bool(f & _ON)) for x, y, f in zip(xs, ys, flags, strict=False)]
    starts = [0, *(end + 1 for end in ends)]
    return tuple(points[a : b + 1] for a, b in zip(starts, ends, strict=False))


def _coordinates(
    data: bytes, at: int, flags: list[int], bits: tuple[int, int]
) -> tuple[list[int], int]:
    short, same = bits
    value, values = 0, []
    for flag in flags:
        if flag & short:
            value += data[at] if flag & same else -data[at]
            at += 1
        elif not flag & same:
            value += struct.unpack_from(">h", data, at)[0]
            at += 2
        values.append(value)
    return values, at


def _composed(font: str, data: bytes, depth: int) -> list[Curve]:
    curves: list[Curve] = []
    at, more = 10, True
    while more:
        flags, glyph = struct.unpack_from(">HH", data, at)
        at += 4
        shape = (">hh" if flags & _OFFSETS else ">HH") if flags & _WORDS else ">bb"
        dx, dy = struct.unpack_from(shape, data, at)
        at += struct.calcsize(shape)
        numbers = 1 if flags & _SCALE else 2 if flags & _SCALES else 4 if flags & _MATRIX else 0
        given = [n / 16384 for n in struct.unpack_from(f">{numbers}h", data, at)]
        at += 2 * numbers
        a, b, c, d = {0: (1, 0, 0, 1), 4: tuple(given)}.get(
            numbers, (given[0], 0, 0, given[-1]) if given else (1, 0, 0, 1)
        )
        moved = (dx, dy) if flags & _OFFSETS else (0, 0)
        curves += [
            [((a * x + c * y + moved[0], b * x + d * y + moved[1]), on) for (x, y), on in curve]
            for curve in _glyph(font, glyph, depth + 1)
        ]
        more = bool(flags & _MORE)
    return curves


def _path(curve: Curve, origin: Point, scale: float) -> str:
    """A closed path; TrueType's quadratic curves as the cubic ones of PDF."""
    points = _with_middles(curve)

    def placed(point: Point) -> Point:
        return origin[0] + point[0] * scale, origin[1] + point[1] * scale

    last = placed(points[0][0])
    words = [f"{last[0]:.2f} {last[1]:.2f} m"]
    rest = [*points[1:], points[0]]
    n = 0
    while n < len(rest):
        point = placed(rest[n][0])
        if rest[n][1]:
            words.append(f"{point[0]:.2f} {point[1]:.2f} l")
            last = point
            n += 1
            continue
        end = placed(rest[n + 1][0])
        first = (last[0] + 2 * (point[0] - last[0]) / 3, last[1] + 2 * (point[1] - last[1]) / 3)
        second = (end[0] + 2 * (point[0] - end[0]) / 3, end[1] + 2 * (point[1] - end[1]) / 3)
        words.append(" ".join(f"{x:.2f} {y:.2f}" for x, y in (first, second, end)) + " c")
        last = end
        n += 2
    return " ".join([*words, "h"])


def _with_middles(curve: Curve) -> Curve:
    """The contour from a point on it, with the unwritten points between two controls put in."""
    full: Curve = []
    for n, (point, on) in enumerate(curve):
        before, before_on = curve[n - 1]
        if not on and not before_on:
            full.append((((point[0] + before[0]) / 2, (point[1] + before[1]) / 2), True))
        full.append((point, on))
    start = next((n for n, (_point, on) in enumerate(full) if on), 0)
    return full[start:] + full[:start]
