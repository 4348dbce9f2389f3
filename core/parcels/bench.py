"""Finding double certification among many parcels, against comparing with each of them."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, insert, make_url, select, text
from sqlalchemy.orm import Session

from core.clock import FixedClock
from core.parcels.conflicts import Conflict, conflicts, overlap_tolerance
from core.parcels.geometry import from_geometry, overlap_of
from core.parcels.model import Parcel, ParcelClaim
from core.parcels.rules import Keys
from core.parcels.service import rebuild_boxes
from core.settings.model import Setting
from core.values.area import Area
from core.values.comparison import Comparison, percentile
from db.base import Base, ddl
from db.engine import create_engine_for

if TYPE_CHECKING:
    from sqlalchemy import URL

_PERIOD = (date(2021, 1, 1), date(2025, 12, 31))
_CORNER = (39_560_000.0, 3_600_000.0)
_SPACING = 160.0
_VERTICES = 16
_QUERIES = 400
_NAIVE_QUERIES = 3
#: The quietest round counts: what else runs on the machine is not ours.
_ROUNDS = 3
_CHUNK = 5000
_NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
_SCHEMA = "lintan_bench"


def overlap(rows: int = 100_000, url: str | None = None) -> Comparison:
    """Milliseconds (p95) to check a new parcel against `rows` stored ones.

    Args:
        rows: stored parcels, all claimed in the same period.
        url: a PostgreSQL database in which a scratch schema may be made; SQLite in a temporary
            file otherwise.

    Raises:
        AssertionError: the fast way and the naive way do not find the same.
    """
    # Seeded: the same land in every run.
    chance = random.Random(20261125)  # noqa: S311
    with _scratch(url) as engine:
        _fill(engine, rows, chance)
        with Session(engine) as session:
            session.info["clock"] = FixedClock(_NOW)
            probes = [_probe(rows, chance) for _ in range(_QUERIES)]
            rounds = [_ours(session, probes) for _ in range(_ROUNDS)]
            times, used, found = min(rounds, key=lambda one: percentile(one[0], 95))
            naive_times, naive = _naive(session, probes[:_NAIVE_QUERIES])
        if [_what(each) for each in found[:_NAIVE_QUERIES]] != naive:
            raise AssertionError
    details = (
        f"{engine.dialect.name}, {rows} parcels, {_QUERIES} checks, quietest of {_ROUNDS} rounds: "
        f"p50 {percentile(times, 50):.2f}, max {max(times):.2f}, processor p95 {percentile(used, 95):.2f} ms; "
        f"{sum(map(bool, found))} with conflicts"
    )
    return Comparison("overlap", "ms", percentile(times, 95), percentile(naive_times, 50), details)


@contextmanager
def _scratch(url: str | None) -> Iterator[Engine]:
    if url is not None:
        yield from _on_server(make_url(url))
        return
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine_for(f"sqlite:///{Path(folder) / 'bench.db'}")
        try:
            _make_tables(engine)
            yield engine
        finally:
            engine.dispose()


def _on_server(url: URL) -> Iterator[Engine]:
    owner = create_engine_for(url)
    with owner.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {_SCHEMA}"))
    engine = owner.execution_options(schema_translate_map={None: _SCHEMA})
    try:
        _make_tables(engine)
        yield engine
    finally:
        with owner.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {_SCHEMA} CASCADE"))
        owner.dispose()


def _make_tables(engine: Engine) -> None:
    models = (Parcel, ParcelClaim, Setting)
    tables = [table for table in Base.metadata.sorted_tables if table.name in _names(models)]
    with engine.begin() as connection:
        for table in tables:
            table.create(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL search_path TO {_SCHEMA}"))
        for extra in ddl(Base.metadata, engine.dialect.name):
            for statement in extra.create:
                if "parcel" in statement:
                    connection.execute(text(statement))


def _names(models: Iterable[type[Base]]) -> set[str]:
    return {model.__tablename__ for model in models}


def _fill(engine: Engine, rows: int, chance: random.Random) -> None:
    with engine.begin() as connection, Session(connection) as session:
        session.info["clock"] = FixedClock(_NOW)
        for start in range(0, rows, _CHUNK):
            ids = range(start + 1, min(start + _CHUNK, rows) + 1)
            session.execute(insert(Parcel), [_parcel(one, rows, chance) for one in ids])
            session.execute(insert(ParcelClaim), [_claim(one) for one in ids])
        rebuild_boxes(session)
        session.flush()
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _blot(centre: tuple[float, float], radius: float, chance: random.Random) -> Any:
    """A parcel of a natural shape with 17 points."""
    import shapely

    turns = [2 * math.pi * step / _VERTICES for step in range(_VERTICES)]
    ring = [
        (
            centre[0] + radius * chance.uniform(0.8, 1.2) * math.cos(turn),
            centre[1] + radius * chance.uniform(0.8, 1.2) * math.sin(turn),
        )
        for turn in turns
    ]
    return shapely.Polygon(ring)


def _place(one: int, rows: int) -> tuple[float, float]:
    side = math.isqrt(rows) + 1
    return (
        _CORNER[0] + (one % side) * _SPACING,
        _CORNER[1] + (one // side) * _SPACING,
    )


def _parcel(one: int, rows: int, chance: random.Random) -> dict[str, Any]:
    shape = from_geometry(_blot(_place(one, rows), 72, chance), 4527)
    return {
        "id": one,
        "version": 1,
        "township_code": "341182101",
        "township": "三界镇",
        "village_code": "901",
        "village": "分场",
        "place_name": str(one),
        "compartment": f"{one % 10_000:04d}",
        "sub_compartment": f"{one // 10_000:05d}",
        "sub_compartment_key": f"341182101901{one % 10_000:04d}{one // 10_000:05d}",
        "data_year": 2025,
        "estate_unit_no": f"341182101901GE{one % 100_000:05d}L{one:08d}",
        "right_cert_no": f"皖（2019）明光市不动产权第{one:07d}号",
        "area": Area(shape.area.m2),
        "species": "麻栎",
        "species_group": "栎类",
        "origin": "",
        "forest_class": "",
        "forest_category": "",
        "age_group": "",
        "geometry": shape.wkb,
        "source_srid": 4527,
        "min_x": shape.bounds[0],
        "min_y": shape.bounds[1],
        "max_x": shape.bounds[2],
        "max_y": shape.bounds[3],
        "created_at": _NOW,
    }


def _claim(one: int) -> dict[str, Any]:
    return {
        "parcel_id": one,
        "owner_kind": "application",
        "owner_id": one,
        "period_from": _PERIOD[0],
        "period_to": _PERIOD[1],
        "live": True,
        "claimed_at": _NOW,
        "released_reason": "",
    }


def _probe(rows: int, chance: random.Random) -> Keys:
    """A new parcel somewhere among the stored ones, with numbers of its own."""
    x, y = _place(chance.randrange(1, rows + 1), rows)
    centre = (x + chance.uniform(-80, 80), y + chance.uniform(-80, 80))
    shape = from_geometry(_blot(centre, chance.uniform(30, 150), chance), 4527)
    number = chance.randrange(90_000_000, 99_999_999)
    return Keys(
        estate_unit_no=f"341182101902GE00001L{number}",
        right_cert_no=f"皖（2026）明光市不动产权第{number}号",
        sub_compartment_key=f"3411821019020001{number % 100_000:05d}",
        data_year=2025,
        geometry=shape.wkb,
        bounds=shape.bounds,
    )


def _ours(
    session: Session, probes: list[Keys]
) -> tuple[list[float], list[float], list[list[Conflict]]]:
    """Milliseconds on the clock and of this thread's processor time, and what was found."""
    _prepare(session)
    conflicts(session, probes[0], _PERIOD)  # plans and libraries are loaded once per process
    times, used, found = [], [], []
    for probe in probes:
        start, worked = perf_counter(), thread_time()
        found.append(conflicts(session, probe, _PERIOD))
        used.append((thread_time() - worked) * 1000)
        times.append((perf_counter() - start) * 1000)
    return times, used, found


def _prepare(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL search_path TO {_SCHEMA}"))


def _what(found: list[Conflict]) -> list[tuple[int, int]]:
    return sorted((one.parcel_id, one.overlap.m2) for one in found if one.overlap)


def _naive(session: Session, probes: list[Keys]) -> tuple[list[float], list[list[tuple[int, int]]]]:
    """Read every claimed parcel and compare with each, as a program without an index would."""
    import shapely

    tolerance = overlap_tolerance(session)
    claimed = (
        select(Parcel.id, Parcel.geometry)
        .join(ParcelClaim, ParcelClaim.parcel_id == Parcel.id)
        .where(
            ParcelClaim.live,
            ParcelClaim.period_from <= _PERIOD[1],
            ParcelClaim.period_to >= _PERIOD[0],
        )
    )
    times, found = [], []
    for probe in probes:
        start = perf_counter()
        mine = shapely.from_wkb(probe.geometry)
        shared = []
        for parcel_id, wkb in session.execute(claimed):
            area = overlap_of(mine, shapely.from_wkb(wkb), tolerance)
            if area:
                shared.append((parcel_id, area.m2))
        times.append((perf_counter() - start) * 1000)
        found.append(sorted(shared))
    return times, found
