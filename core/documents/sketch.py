"""The sketch of parcels: outlines to scale, labels, north arrow, scale bar. No coordinates.

Parcels come as `{"label": text, "rings": [[[x, y], …], …]}` with whole decimetres of a plane
projection: surveying secrecy keeps coordinates off the paper, and floats out of the frozen facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.documents import fonts
from core.documents.pdf import MM, Surface

GROUND = (0.945, 0.965, 0.945)
EDGE = (0.16, 0.42, 0.28)
LABEL = 7.5
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class _View:
    """From plane decimetres to points on the page."""

    scale: float
    dx: float
    dy: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.dx + x * self.scale, self.dy + y * self.scale


def _fit(points: list[tuple[int, int]], box: tuple[float, float, float, float]) -> _View:
    x, y, width, height = box
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    scale = min(width / max(east - west, 1), height / max(north - south, 1))
    return _View(
        scale,
        x + (width - (east + west) * scale) / 2,
        y + (height - (north + south) * scale) / 2,
    )


def _bar(view: _View, longest: float) -> tuple[int, float]:
    """A round length in metres that is at most `longest` points on the page."""
    metre = 10 * view.scale
    best = (1, metre)
    for power in range(6):
        for step in _STEPS:
            metres = step * 10**power
            if metres * metre <= longest:
                best = (metres, metres * metre)
    return best


def draw(
    surface: Surface, parcels: Sequence[Mapping[str, Any]], box: tuple[float, float, float, float]
) -> None:
    """Draw the parcels into (x, y, width, height) in points; those without outline are named."""
    surface.colour((0, 0, 0))
    surface.rectangle(box)
    shown = [parcel for parcel in parcels if parcel.get("rings")]
    _name_missing(surface, [parcel for parcel in parcels if not parcel.get("rings")], box)
    points = [(x, y) for parcel in shown for ring in parcel["rings"] for x, y in ring]
    if not points:
        return
    x, y, width, height = box
    view = _fit(points, (x + 6 * MM, y + 14 * MM, width - 22 * MM, height - 20 * MM))
    for parcel in shown:
        _outline(surface, view, parcel)
    for parcel in shown:
        _label(surface, view, parcel)
    _north(surface, x + width - 10 * MM, y + height - 20 * MM)
    _scale(surface, view, (x + 8 * MM, y + 5 * MM))


def _name_missing(
    surface: Surface, missing: list[Mapping[str, Any]], box: tuple[float, float, float, float]
) -> None:
    if not missing:
        return
    x, y, width, _ = box
    labels = [str(parcel.get("label", "")) for parcel in missing]
    words = f"地块{'、'.join(labels)}无图形"
    if fonts.width("kai", words, LABEL) > width / 2:
        words = f"另有{len(labels)}个地块无图形"
    left = x + width - fonts.width("kai", words, LABEL) - 4 * MM
    surface.text((left, y + 4 * MM), "kai", LABEL, words)


def _outline(surface: Surface, view: _View, parcel: Mapping[str, Any]) -> None:
    paths = []
    for ring in parcel["rings"]:
        head, *rest = (view.point(*point) for point in ring)
        paths.append(f"{head[0]:.2f} {head[1]:.2f} m")
        paths += [f"{px:.2f} {py:.2f} l" for px, py in rest]
        paths.append("h")
    surface.raw("{:.3g} {:.3g} {:.3g} rg".format(*GROUND))
    surface.raw("{:.3g} {:.3g} {:.3g} RG 0.6 w 1 j".format(*EDGE))
    surface.raw(" ".join([*paths, "B*"]))  # even-odd: a hole stays white


def _label(surface: Surface, view: _View, parcel: Mapping[str, Any]) -> None:
    label = str(parcel.get("label", ""))
    outer = parcel["rings"][0]
    centre = view.point(
        sum(p[0] for p in outer) / len(outer), sum(p[1] for p in outer) / len(outer)
    )
    surface.colour((0, 0, 0))
    width = fonts.width("song", label, LABEL)
    surface.text((centre[0] - width / 2, centre[1] - LABEL * fonts.MIDDLE), "song", LABEL, label)


def _north(surface: Surface, x: float, y: float) -> None:
    surface.colour((0, 0, 0))
    up, side = 10 * MM, 2.2 * MM
    surface.polygon([(x, y + up), (x, y + 2 * MM), (x - side, y)], "f")
    surface.polygon([(x, y + up), (x, y + 2 * MM), (x + side, y)], "S", 0.5)
    width = fonts.width("hei", "北", 9)
    surface.text((x - width / 2, y + up + 1.5 * MM), "hei", 9, "北")


def _scale(surface: Surface, view: _View, at: tuple[float, float]) -> None:
    metres, length = _bar(view, 45 * MM)
    x, y = at
    surface.colour((0, 0, 0))
    surface.fill((x, y, length / 2, 1.2 * MM))
    surface.rectangle((x + length / 2, y, length / 2, 1.2 * MM), 0.4)
    for along, text in ((0.0, "0"), (length / 2, _half(metres)), (length, f"{metres} m")):
        width = fonts.width("song", text, LABEL)
        surface.text(
            (x + along - (width / 2 if along < length else LABEL / 2), y + 2 * MM),
            "song",
            LABEL,
            text,
        )


def _half(metres: int) -> str:
    return str(metres // 2) if metres % 2 == 0 else f"{metres / 2:.1f}"
