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


@dataclass(frozen=True)
class _Parts:
    """Deflated drawings and the length of one tile of the band in points."""

    tile: bytes
    rosette: bytes
    rings: bytes
    tile_length: float


def _path(points: list[tuple[float, float]], *, closed: bool = False) -> str:
    head, *rest = points
    steps = " ".join(f"{x:.2f} {y:.2f} l" for x, y in rest)
    return f"{head[0]:.2f} {head[1]:.2f} m {steps} {'s' if closed else 'S'}"


def _ink(rgb: tuple[float, float, float], width: float) -> str:
    return "{:.3g} {:.3g} {:.3g} RG".format(*rgb) + f" {width:.3g} w 1 j"


def _tile(length: float, chance: random.Random) -> str:
    """One period of the band: two families of sines crossing each other."""
    samples = 24
    xs = [length * i / samples for i in range(samples + 1)]
    reach = BAND / 2 - 1.2
    code = [_ink(DARK, 0.22)]
    for strand in range(9):
        phase = 2 * math.pi * strand / 9
        code.append(_path([(x, reach * math.sin(2 * math.pi * x / length + phase)) for x in xs]))
    code.append(_ink(LIGHT, 0.18))
    lean = chance.uniform(0.45, 0.62)
    for strand in range(6):
        phase = 2 * math.pi * strand / 6
        code.append(
            _path([(x, reach * lean * math.sin(4 * math.pi * x / length + phase)) for x in xs])
        )
    return "\n".join(code)


def _rosette(chance: random.Random) -> str:
    """A corner: closed trochoids around the middle of a square of the band's width."""
    reach = BAND * 0.49
    petals = chance.choice((9, 11, 13))
    code = [_ink(DARK, 0.2)]
    for strand in range(4):
        turn = 2 * math.pi * strand / (4 * petals)
        points = []
        for step in range(181):
            angle = 2 * math.pi * step / 180
            radius = reach * (0.7 + 0.3 * math.cos(petals * (angle + turn)))
            points.append((radius * math.cos(angle), radius * math.sin(angle)))
        code.append(_path(points, closed=True))
    code.append(_ink(LIGHT, 0.2))
    for strand in range(6):
        turn = math.pi * strand / 6
        points = []
        for step in range(73):
            angle = 2 * math.pi * step / 72
            x, y = reach * 0.52 * math.cos(angle), reach * 0.2 * math.sin(angle)
            points.append(
                (x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn))
            )
        code.append(_path(points, closed=True))
    return "\n".join(code)


def _rings(width: float, height: float, chance: random.Random) -> str:
    """Growth rings around a pith in the right panel, each a little unlike the one inside it."""
    centre = (width * 0.735, height * 0.5)
    waves = [(k, chance.uniform(-1, 1) / k, chance.uniform(0, 2 * math.pi)) for k in range(2, 8)]
    code = [_ink(RING, 0.5)]
    radius = 2.0
    while radius < height * 0.40:
        points = []
        for step in range(73):
            angle = 2 * math.pi * step / 72
            uneven = sum(a * math.cos(k * angle + p + radius / 160) for k, a, p in waves)
            r = radius * (1 + 0.055 * uneven)
            points.append((centre[0] + r * math.cos(angle) * 1.12, centre[1] + r * math.sin(angle)))
        code.append(_path(points, closed=True))
        radius += chance.uniform(2.4, 5.2)
    return "\n".join(code)


@lru_cache(maxsize=16)
def _parts(width: float, height: float, seed: int) -> _Parts:
    chance = random.Random(seed)  # noqa: S311 - an ornament, not a secret
    length = 11.0 * MM
    tile, rosette, rings = (
        zlib.compress(code.encode(), 9)
        for code in (_tile(length, chance), _rosette(chance), _rings(width, height, chance))
    )
    return _Parts(tile, rosette, rings, length)


def draw(surface: Surface, seed: int, *, fold: bool) -> None:
    """Border and ground of the whole page; `fold` marks the middle of a two-panel sheet."""
    width, height = surface.width, surface.height
    parts = _parts(round(width, 2), round(height, 2), seed)
    half = BAND / 2
    surface.form("Rings", parts.rings, (0, 0, width, height))
    surface.form("Tile", parts.tile, (-0.2, -half, parts.tile_length + 0.2, half))
    surface.form("Rosette", parts.rosette, (-BAND, -BAND, BAND, BAND))
    surface.place("Rings", (1, 0, 0, 1, 0, 0))
    _band(surface, parts.tile_length)
    _rules(surface)
    if fold:
        surface.colour(LIGHT)
        surface.raw("[0.6 2.2] 0 d")
        surface.line(width / 2, INSET + 2 * BAND, width / 2, height - INSET - 2 * BAND, 0.35)
        surface.raw("[] 0 d")


def _band(surface: Surface, tile: float) -> None:
    left, bottom = INSET + BAND / 2, INSET + BAND / 2
    right, top = surface.width - left, surface.height - bottom
    margin, half = BAND * 0.5, BAND / 2
    for length, places in (
        (right - left, ((left, bottom, 1, 0), (left, top, 1, 0))),
        (top - bottom, ((left, bottom, 0, 1), (right, bottom, 0, 1))),
    ):
        room = length - 2 * margin
        count = round(room / tile)
        stretch = room / (count * tile)
        for x, y, cos, sin in places:
            for n in range(count):
                along = margin + n * tile * stretch
                surface.place(
                    "Tile",
                    (cos * stretch, sin * stretch, -sin, cos, x + cos * along, y + sin * along),
                )
    for x in (left, right):
        for y in (bottom, top):
            surface.colour((1, 1, 1))
            surface.fill((x - half, y - half, BAND, BAND))
            surface.place("Rosette", (1, 0, 0, 1, x, y))


def _rules(surface: Surface) -> None:
    """The straight lines on both sides of the band."""
    surface.colour(DARK)
    for offset, weight in ((-2.2, 0.9), (0.0, 0.25), (BAND, 0.25), (BAND + 2.0, 0.6)):
        edge = INSET + offset
        surface.rectangle((edge, edge, surface.width - 2 * edge, surface.height - 2 * edge), weight)
