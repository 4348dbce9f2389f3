"""Who else holds this land: the box index, against a look at every stored boundary."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from math import cos, isqrt, pi, sin
from time import perf_counter
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.cli.benches.scratch import fill, scratch_office
from core.database import Database
from core.parcels.conflicts import conflicts
from core.parcels.ddl import ZONE_OFFSET
from core.parcels.model import Parcel, ParcelClaim
from core.parcels.rules import Keys
from core.values.area import Area
from core.values.comparison import Comparison, percentile_95

_WEST, _SOUTH, _STEP = 39_500_000.0, 3_600_000.0, 200.0
_VERTICES, _CHECKS, _NAIVE_CHECKS = 17, 300, 3
_PERIOD = (date(2021, 1, 1), date(2025, 12, 31))


def overlap(rows: int = 100_000) -> Comparison:
    """95th percentile in ms of checking one new parcel against so many stored ones."""
    chance = random.Random(20261125)  # noqa: S311 - a repeatable field of parcels, not a secret
    with scratch_office() as database:
        _plant(database, rows)
        asked = [
            _ring(chance.uniform(0, isqrt(rows)), chance.uniform(0, isqrt(rows)))
            for _ in range(_CHECKS)
        ]
        with database.read() as session:
            ours = [_timed(session, ring) for ring in asked]
            naive = [_every_boundary(session, ring) for ring in asked[:_NAIVE_CHECKS]]
    for (_, found), (_, expected) in zip(ours, naive, strict=False):
        if found != expected:
            raise AssertionError("both ways must find the same parcels")
    return Comparison(
        "overlap", "ms", percentile_95([ms for ms, _ in ours]), min(ms for ms, _ in naive)
    )


def _ring(column: float, row: float) -> Any:
    """A parcel of 17 corners, about two hectares, in a cell of 200 m."""
    import shapely

    x, y = _WEST + column * _STEP, _SOUTH + row * _STEP
    corners = [
        (
            x + (80 + 15 * (n % 3)) * cos(2 * pi * n / _VERTICES),
            y + (80 + 15 * (n % 3)) * sin(2 * pi * n / _VERTICES),
        )
        for n in range(_VERTICES)
    ]
    return shapely.Polygon(corners)


def _plant(database: Database, count: int) -> None:
    """So many parcels side by side, each with a live claim."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    parcels, boxes, claims = [], [], []
    for number, ring in enumerate(_field(count), start=1):
        west, south, east, north = ring.bounds
        parcels.append(
            {
                "id": number, "version": 1, "township_code": "341182101", "township": "镇", "village": "村",
                "right_cert_no": f"B{number:09d}", "area": Area(round(ring.area)), "species": "麻栎",
                "geometry": ring.wkb, "source_srid": 4527, "min_x": west, "min_y": south,
                "max_x": east, "max_y": north, "created_at": now,
            }
        )  # fmt: skip
        boxes.append((number, west - ZONE_OFFSET, east - ZONE_OFFSET, south, north))
        claims.append(
            {"parcel_id": number, "owner_kind": "certificate", "owner_id": number,
             "period_from": _PERIOD[0], "period_to": _PERIOD[1], "live": True, "claimed_at": now}
        )  # fmt: skip
    fill(database, Parcel.__table__, parcels)  # type: ignore[arg-type]
    fill(database, ParcelClaim.__table__, claims)  # type: ignore[arg-type]
    with database.write() as session:
        line = text("INSERT INTO parcel_box VALUES (:id, :west, :east, :south, :north)")
        names = ("id", "west", "east", "south", "north")
        session.connection().execute(line, [dict(zip(names, box, strict=True)) for box in boxes])


def _field(count: int) -> Iterator[Any]:
    side = isqrt(count - 1) + 1
    return (_ring(number % side, number // side) for number in range(count))


def _timed(session: Session, ring: Any) -> tuple[float, list[int]]:
    keys = Keys(geometry=ring.wkb, bounds=ring.bounds)
    start = perf_counter()
    found = conflicts(session, keys, _PERIOD)
    return (perf_counter() - start) * 1000, sorted({one.parcel_id for one in found})


def _every_boundary(session: Session, ring: Any) -> tuple[float, list[int]]:
    """Without an index: read every claimed boundary and intersect it."""
    import shapely

    start = perf_counter()
    statement = select(Parcel.id, Parcel.geometry).join(ParcelClaim).where(ParcelClaim.live)
    found = [
        number
        for number, wkb in session.execute(statement)
        if wkb is not None and ring.intersection(shapely.from_wkb(wkb)).area > 1
    ]
    return (perf_counter() - start) * 1000, sorted(set(found))
