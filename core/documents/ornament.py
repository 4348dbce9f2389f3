"""The border and ground of a certificate: interlaced sine curves, rosettes, tree rings.

Vectors from a seed, no picture, nothing that imitates an emblem or a bank note. Each part is
deflated once per process and placed by reference, so a border costs a few hundred bytes a page.
"""

from __future__ import annotations

import math
import random
import zlib
from dataclasses import dataclass
from functools import lru_cache

from core.documents.pdf import MM, Surface

DARK = (0.106, 0.369, 0.247)
LIGHT = (0.435, 0.647, 0.525)
RING = (0.925, 0.953, 0.933)
BAND = 8.0 * MM
INSET = 9.0 * MM
TILE = 11.0 * MM


@dataclass(frozen=True)
class Curve:
    """One line of a drawing: points, RGB, width in points, and whether it closes."""

    points: tuple[tuple[float, float], ...]
    ink: tuple[float, float, float]
    width: float
    closed: bool = False

    def operators(self) -> str:
        """The curve as PDF operators."""
        head, *rest = self.points
        r, g, b = self.ink
        steps = " ".join(f"{x:.2f} {y:.2f} l" for x, y in rest)
        end = "s" if self.closed else "S"
        return (
            f"{r:.3g} {g:.3g} {b:.3g} RG {self.width:.3g} w "
            f"{head[0]:.2f} {head[1]:.2f} m {steps} {end}"
        )


def _tile(chance: random.Random) -> list[Curve]:
    """One period of the band: two families of sines crossing each other."""
    samples = 24
    reach = BAND / 2 - 1.2
    lean = chance.uniform(0.45, 0.62)
    curves = []
    for strands, waves, height, ink, width in (
        (9, 1, reach, DARK, 0.22),
        (6, 2, reach * lean, LIGHT, 0.18),
    ):
        for strand in range(strands):
            phase = 2 * math.pi * strand / strands
            points = tuple(
                (
                    TILE * step / samples,
                    height * math.sin(2 * math.pi * waves * step / samples + phase),
                )
                for step in range(samples + 1)
            )
            curves.append(Curve(points, ink, width))
    return curves


def _rosette(chance: random.Random) -> list[Curve]:
    """A corner: closed trochoids around the middle of a square of the band's width."""
    reach = BAND * 0.49
    petals = chance.choice((9, 11, 13))
    curves = []
    for strand in range(4):
        turn = 2 * math.pi * strand / (4 * petals)
        points = []
        for step in range(181):
            angle = 2 * math.pi * step / 180
            radius = reach * (0.7 + 0.3 * math.cos(petals * (angle + turn)))
            points.append((radius * math.cos(angle), radius * math.sin(angle)))
        curves.append(Curve(tuple(points), DARK, 0.2, closed=True))
    ellipses = (_ellipse(reach, math.pi * strand / 6) for strand in range(6))
    return curves + [Curve(points, LIGHT, 0.2, closed=True) for points in ellipses]


def _ellipse(reach: float, turn: float) -> tuple[tuple[float, float], ...]:
    points = []
    for step in range(73):
        angle = 2 * math.pi * step / 72
        x, y = reach * 0.52 * math.cos(angle), reach * 0.2 * math.sin(angle)
        points.append(
            (x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn))
        )
    return tuple(points)


def _rings(width: float, height: float, chance: random.Random) -> list[Curve]:
    """Growth rings around a pith in the right panel, each a little unlike the one inside it."""
    middle = (width * 0.735, height * 0.5)
    waves = [(k, chance.uniform(-1, 1) / k, chance.uniform(0, 2 * math.pi)) for k in range(2, 8)]
    curves = []
    radius = 2.0
    while radius < height * 0.40:
        points = []
        for step in range(73):
            angle = 2 * math.pi * step / 72
            uneven = sum(a * math.cos(k * angle + p + radius / 160) for k, a, p in waves)
            r = radius * (1 + 0.055 * uneven)
            points.append((middle[0] + r * math.cos(angle) * 1.12, middle[1] + r * math.sin(angle)))
        curves.append(Curve(tuple(points), RING, 0.5, closed=True))
        radius += chance.uniform(2.4, 5.2)
    return curves


@lru_cache(maxsize=16)
def drawings(width: float, height: float, seed: int) -> dict[str, list[Curve]]:
    """The parts of a border for a page of this size in points."""
    chance = random.Random(seed)  # noqa: S311 - an ornament, not a secret
    return {
        "Tile": _tile(chance),
        "Rosette": _rosette(chance),
        "Rings": _rings(width, height, chance),
    }


@lru_cache(maxsize=16)
def _deflated(width: float, height: float, seed: int) -> dict[str, bytes]:
    return {
        name: zlib.compress("\n".join(curve.operators() for curve in curves).encode(), 9)
        for name, curves in drawings(width, height, seed).items()
    }


Placement = tuple[float, float, float, float, float, float, str]


def placements(width: float, height: float) -> list[Placement]:
    """Where the parts go: a PDF matrix (a b c d e f) and the name of the part."""
    left, bottom = INSET + BAND / 2, INSET + BAND / 2
    right, top = width - left, height - bottom
    found: list[Placement] = [(1, 0, 0, 1, 0, 0, "Rings")]
    for length, sides in (
        (right - left, ((left, bottom, 1, 0), (left, top, 1, 0))),
        (top - bottom, ((left, bottom, 0, 1), (right, bottom, 0, 1))),
    ):
        room = length - BAND
        count = round(room / TILE)
        stretch = room / (count * TILE)
        for x, y, cos, sin in sides:
            for n in range(count):
                along = BAND / 2 + n * TILE * stretch
                found.append(
                    (
                        cos * stretch,
                        sin * stretch,
                        -sin,
                        cos,
                        x + cos * along,
                        y + sin * along,
                        "Tile",
                    )
                )
    return found + [(1, 0, 0, 1, x, y, "Rosette") for x in (left, right) for y in (bottom, top)]


def draw(surface: Surface, seed: int, *, fold: bool) -> None:
    """Border and ground of the whole page; `fold` marks the middle of a two-panel sheet."""
    width, height = surface.width, surface.height
    half, inside = BAND / 2, INSET + BAND + 2.6
    boxes = {
        "Rings": (inside, inside, width - inside, height - inside),
        "Tile": (-0.2, -half, TILE + 0.2, half),
        "Rosette": (-half, -half, half, half),
    }
    for name, deflated in _deflated(round(width, 2), round(height, 2), seed).items():
        surface.form(name, deflated, boxes[name])
    for *matrix, name in placements(width, height):
        a, b, c, d, e, f = matrix
        surface.place(name, (a, b, c, d, e, f))
    _rules(surface)
    if fold:
        surface.colour(LIGHT)
        surface.raw("[0.6 2.2] 0 d")
        surface.line(width / 2, INSET + 2 * BAND, width / 2, height - INSET - 2 * BAND, 0.35)
        surface.raw("[] 0 d")


def _rules(surface: Surface) -> None:
    """The straight lines on both sides of the band."""
    surface.colour(DARK)
    for offset, weight in ((-2.2, 0.9), (0.0, 0.25), (BAND, 0.25), (BAND + 2.0, 0.6)):
        edge = INSET + offset
        surface.rectangle((edge, edge, surface.width - 2 * edge, surface.height - 2 * edge), weight)
