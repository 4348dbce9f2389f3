"""Reading parcel boundaries from GeoJSON, WKT and Shapefile, and comparing them.

Everything is stored as WKB in CGCS2000 / 3-degree Gauss-Kruger zone 39 (EPSG:4527), easting
first whatever the axis order of the authority says (pyproj ``always_xy``). Areas and overlaps are
planar areas in that projection.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from core.errors import InputError
from core.i18n import N_, _
from core.messages import register
from core.values.area import Area

if TYPE_CHECKING:
    from pyproj import Transformer

register(
    {
        "parcels.srid_unknown": N_(
            "Coordinate system EPSG:{srid} is not supported; use one of {known}."
        ),
        "parcels.srid_text": N_("“{value}” is not a coordinate system; write one of {known}."),
        "parcels.srid_missing": N_(
            "The file does not say its coordinate system; choose one of {known}."
        ),
        "parcels.axes_swapped": N_(
            "The coordinates look as if latitude (or northing) came first; write longitude "
            "(or easting) first."
        ),
        "parcels.outside": N_(
            "The coordinates ({x}, {y}) do not belong to EPSG:{srid}; they would fit "
            "EPSG:{fitting}. Choose the coordinate system the boundary was measured in."
        ),
        "parcels.outside_all": N_(
            "The coordinates ({x}, {y}) do not belong to EPSG:{srid}; check the file."
        ),
        "parcels.not_polygon": N_("The boundary must be a polygon; this is a {kind}."),
        "parcels.empty_shape": N_("The boundary is empty."),
        "parcels.ring_open": N_(
            "The boundary is not closed: its last point must repeat the first one."
        ),
        "parcels.ring_short": N_("A boundary needs at least three different points."),
        "parcels.ring_invalid": N_(
            "The boundary is not valid near ({x}, {y}): {reason}. Correct it in the drawing."
        ),
        "parcels.coordinate": N_("The boundary has a coordinate that is not a number."),
        "parcels.too_many_points": N_(
            "The boundary has {count} points; more than {limit} cannot be used."
        ),
        "parcels.too_small": N_("The boundary encloses no area."),
    }
)

STORED_SRID = 4527
#: EPSG code -> name, range of eastings (or longitudes) and of northings (or latitudes) in China.
SYSTEMS: dict[int, tuple[str, tuple[float, float], tuple[float, float]]] = {
    4490: ("CGCS2000 经纬度", (73.0, 136.0), (3.0, 54.0)),
    4527: ("CGCS2000 三度带 39 带", (39.2e6, 39.8e6), (0.3e6, 6.0e6)),
    4528: ("CGCS2000 三度带 40 带", (40.2e6, 40.8e6), (0.3e6, 6.0e6)),
    4548: ("CGCS2000 三度带 117° 无带号", (0.2e6, 0.8e6), (0.3e6, 6.0e6)),
    4549: ("CGCS2000 三度带 120° 无带号", (0.2e6, 0.8e6), (0.3e6, 6.0e6)),
}
MAX_POINTS = 100_000

#: What GEOS calls the ways a boundary can be invalid, for people.
_REASONS = {
    "Self-intersection": N_("it crosses itself"),
    "Ring Self-intersection": N_("it touches itself in a point"),
    "Hole lies outside shell": N_("a hole lies outside of the outer ring"),
    "Nested holes": N_("a hole lies inside another hole"),
    "Interior is disconnected": N_("the inside is cut in two"),
    "Nested shells": N_("an outer ring lies inside another"),
    "Duplicate Rings": N_("a ring is there twice"),
}


@dataclass(frozen=True)
class Shape:
    """A boundary as it is stored.

    Attributes:
        wkb: polygon or multipolygon in EPSG:4527, easting first.
        bounds: min east, min north, max east, max north in metres.
        area: planar area.
    """

    wkb: bytes
    bounds: tuple[float, float, float, float]
    area: Area

    @property
    def wkt(self) -> str:
        """The boundary as WKT with centimetres, for export and for a sketch."""
        import shapely

        return str(shapely.to_wkt(shapely.from_wkb(self.wkb), rounding_precision=2))

    @property
    def rings(self) -> list[list[tuple[float, float]]]:
        """Every ring as points (east, north), for a sketch."""
        import shapely

        geometry = shapely.from_wkb(self.wkb)
        polygons = shapely.get_parts(geometry)
        rings = [ring for polygon in polygons for ring in shapely.get_rings(polygon)]
        return [[(float(x), float(y)) for x, y in shapely.get_coordinates(ring)] for ring in rings]


def from_geometry(geometry: Any, srid: int) -> Shape:
    """A checked boundary from a shapely geometry in `srid`.

    Raises:
        InputError: field ``"geometry"`` with a ``parcels.*`` code that says what to correct.
    """
    import shapely

    if srid not in SYSTEMS:
        raise _wrong("srid_unknown", srid=srid, known=known_systems())
    kind = geometry.geom_type
    if geometry.is_empty:
        raise _wrong("empty_shape")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise _wrong("not_polygon", kind=kind)
    count = int(shapely.get_num_coordinates(geometry))
    if count > MAX_POINTS:
        raise _wrong("too_many_points", count=count, limit=MAX_POINTS)
    flat = shapely.force_2d(geometry)
    _check_place(flat, srid)
    _check_validity(flat)
    stored = flat if srid == STORED_SRID else transform(flat, srid, STORED_SRID)
    area = float(stored.area)
    if area < 1:
        raise _wrong("too_small")
    west, south, east, north = (float(bound) for bound in stored.bounds)
    wkb = bytes(shapely.to_wkb(stored, byte_order=1))
    return Shape(wkb, (west, south, east, north), Area.rounded(area))


def from_wkb(wkb: bytes) -> Shape:
    """The shape of a stored boundary; no checks, it was checked when it was stored."""
    import shapely

    geometry = shapely.from_wkb(wkb)
    west, south, east, north = (float(bound) for bound in geometry.bounds)
    return Shape(wkb, (west, south, east, north), Area.rounded(float(geometry.area)))


def known_systems() -> str:
    """The supported codes as one text, for messages."""
    return "、".join(f"EPSG:{srid}（{name}）" for srid, (name, _x, _y) in SYSTEMS.items())


def transform(geometry: Any, source: int, target: int) -> Any:
    """The geometry in another coordinate system, easting (longitude) first on both sides."""
    import shapely

    return shapely.transform(geometry, _transformer(source, target).transform, interleaved=False)


@cache
def _transformer(source: int, target: int) -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


def _wrong(code: str, **params: object) -> InputError:
    return InputError.of("geometry", f"parcels.{code}", **params)


def _check_place(geometry: Any, srid: int) -> None:
    import numpy as np
    import shapely

    # GEOS leaves NaN out of the bounds.
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise _wrong("coordinate")
    bounds = [float(bound) for bound in geometry.bounds]
    if _fits(bounds, srid):
        return
    swapped = [bounds[1], bounds[0], bounds[3], bounds[2]]
    if _fits(swapped, srid):
        raise _wrong("axes_swapped")
    x, y = round(bounds[0], 4), round(bounds[1], 4)
    fitting = [code for code in SYSTEMS if _fits(bounds, code)]
    if fitting:
        raise _wrong("outside", x=x, y=y, srid=srid, fitting="/".join(map(str, fitting)))
    raise _wrong("outside_all", x=x, y=y, srid=srid)


def _fits(bounds: Sequence[float], srid: int) -> bool:
    _name, (west, east), (south, north) = SYSTEMS[srid]
    return west <= bounds[0] and bounds[2] <= east and south <= bounds[1] and bounds[3] <= north


def _check_validity(geometry: Any) -> None:
    import shapely

    if geometry.is_valid:
        return
    reason, _bracket, place = str(shapely.is_valid_reason(geometry)).partition("[")
    x, _blank, y = place.rstrip("]").partition(" ")
    raise _wrong("ring_invalid", x=x, y=y, reason=_(_REASONS.get(reason, reason)))


def check_rings(rings: Iterable[Sequence[Sequence[Any]]]) -> None:
    """Refuse rings that are not closed, too short or not made of numbers.

    Raises:
        InputError: field ``"geometry"``.
    """
    for ring in rings:
        for point in ring:
            if len(point) < 2 or not all(_is_number(value) for value in point[:2]):
                raise _wrong("coordinate")
        if not ring:
            raise _wrong("empty_shape")
        if list(ring[0][:2]) != list(ring[-1][:2]):
            raise _wrong("ring_open")
        if len({(point[0], point[1]) for point in ring}) < 3:
            raise _wrong("ring_short")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def overlap(first: bytes, second: bytes, tolerance_m2: float) -> Area | None:
    """The area two stored boundaries share, or None where it is not above the tolerance.

    Boundaries that only touch have no interior in common (DE-9IM ``T********`` is false), however
    long the common edge; digitising the same edge twice leaves slivers, hence the tolerance.
    """
    import shapely

    one, other = shapely.from_wkb(first), shapely.from_wkb(second)
    return overlap_of(one, other, tolerance_m2)


def overlap_of(one: Any, other: Any, tolerance_m2: float) -> Area | None:
    """The same for shapely geometries; prepare `one` when it is compared with many."""
    import shapely

    if not shapely.relate_pattern(one, other, "T********"):
        return None
    shared = float(shapely.intersection(one, other).area)
    return Area.rounded(shared) if shared > tolerance_m2 else None
