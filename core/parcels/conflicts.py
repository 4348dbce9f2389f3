"""Double certification: who else holds the same land in an overlapping monitoring period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, select, text
from sqlalchemy.orm import Session

from core import settings
from core.database.veil import lifted
from core.errors import NotFound
from core.i18n import N_
from core.messages import register, sentence
from core.parcels.ddl import PG_BOX, ZONE_OFFSET
from core.parcels.geometry import overlap_of
from core.parcels.model import Parcel, ParcelClaim
from core.parcels.rules import (
    Keys,
    NewParcel,
    SameLand,
    SameLandBy,
    Severity,
    same_land,
    sub_compartment_key,
)
from core.values.area import Area

register(
    {
        "parcels.conflict_parcel": N_("{place} is the same parcel; held by {owner} for {period}."),
        "parcels.conflict_geometry": N_(
            "{place} overlaps by {mu} mu; held by {owner} for {period}."
        ),
        "parcels.conflict_estate_unit": N_(
            "{place} has the same real-estate unit number; held by {owner} for {period}."
        ),
        "parcels.conflict_right_cert": N_(
            "{place} has the same right certificate number; held by {owner} for {period}."
        ),
        "parcels.conflict_sub_compartment": N_(
            "{place} has the same sub-compartment number of the same data year; held by {owner} "
            "for {period}."
        ),
        "parcels.warn_sub_compartment": N_(
            "{place} has the same sub-compartment number of another data year; numbers are given "
            "anew, so compare the maps. Held by {owner} for {period}."
        ),
        "parcels.warn_estate_unit": N_(
            "{place} has the same real-estate unit number, but the boundaries do not overlap: "
            "compare the maps. Held by {owner} for {period}."
        ),
    }
)

TOLERANCE_SETTING = "parcels.overlap_tolerance_m2"
settings.declare(
    settings.SettingSpec(
        TOLERANCE_SETTING,
        N_("Overlap that counts as touching (m²)"),
        1,
        "int",
        N_("The same edge digitised twice leaves slivers; overlaps above this are refused."),
        least=0,
        most=10_000,
    )
)

_COLUMNS = (
    Parcel.id,
    Parcel.township,
    Parcel.village,
    Parcel.place_name,
    Parcel.estate_unit_no,
    Parcel.right_cert_no,
    Parcel.sub_compartment_key,
    Parcel.data_year,
    Parcel.geometry,
)
_CLAIM_COLUMNS = (
    ParcelClaim.owner_kind,
    ParcelClaim.owner_id,
    ParcelClaim.period_from,
    ParcelClaim.period_to,
)


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A live claim on what is, or may be, the same land in an overlapping period.

    Attributes:
        parcel_id: the other parcel.
        place: where it is, in words.
        owner_kind: kind of the record that holds it.
        owner_id: its id.
        period: the period it is held for.
        by: which comparison says so.
        severity: block, or warn where the comparison proves nothing.
        overlap: shared area, known from boundaries only.
    """

    parcel_id: int
    place: str
    owner_kind: str
    owner_id: int
    period: tuple[date, date]
    by: SameLandBy
    severity: Severity
    overlap: Area | None = None

    @property
    def code(self) -> str:
        """Message code of the sentence."""
        start = "conflict" if self.severity is Severity.BLOCK else "warn"
        return f"parcels.{start}_{self.by.value}"

    def params(self, owner: str = "") -> Mapping[str, object]:
        """Facts of the sentence; `owner` is how the caller names the other record."""
        return {
            "place": self.place,
            "owner": owner or f"{self.owner_kind} {self.owner_id}",
            "period": f"{self.period[0]}—{self.period[1]}",
            "mu": self.overlap.mu if self.overlap else "",
        }

    def text(self, owner: str = "") -> str:
        """The sentence in the language of the screen."""
        return sentence(self.code, self.params(owner))


def keys_of(new: NewParcel) -> Keys:
    """The comparison keys of a parcel that is not stored yet."""
    return Keys(
        estate_unit_no=new.estate_unit_no,
        right_cert_no=new.right_cert_no,
        sub_compartment_key=sub_compartment_key(
            new.township_code, new.village_code, new.compartment, new.sub_compartment
        ),
        data_year=new.data_year,
        geometry=new.shape.wkb if new.shape else None,
        bounds=new.shape.bounds if new.shape else None,
    )


def stored_keys(session: Session, parcel_id: int) -> Keys:
    """The comparison keys of a stored parcel.

    Raises:
        NotFound: no such parcel.
    """
    bounds = (Parcel.min_x, Parcel.min_y, Parcel.max_x, Parcel.max_y)
    row = session.execute(select(*_COLUMNS, *bounds).where(Parcel.id == parcel_id)).first()
    if row is None:
        raise NotFound("record.not_found")
    return _keys(row, (row.min_x, row.min_y, row.max_x, row.max_y) if row.geometry else None)


def conflicts(
    session: Session,
    parcel: int | Keys,
    period: tuple[date, date],
    *,
    ignore_owner: tuple[str, int] | None = None,
) -> list[Conflict]:
    """Live claims on the same land in an overlapping period, blocking ones first.

    Args:
        session: any session.
        parcel: id of a stored parcel, or the keys of one that is not stored.
        period: first and last day of the monitoring period.
        ignore_owner: kind and id of the record that asks.
    """
    keys = stored_keys(session, parcel) if isinstance(parcel, int) else parcel
    tolerance = overlap_tolerance(session)
    rows = _candidates(session, keys, period, ignore_owner)
    judged = zip(rows, _judge(keys, rows, tolerance), strict=True)
    found = [_conflict(row, verdict) for row, verdict in judged if verdict]
    return sorted(
        found, key=lambda one: (one.severity.value, one.parcel_id, one.owner_kind, one.owner_id)
    )


def overlap_tolerance(session: Session) -> float:
    """Shared area in m² up to which boundaries count as touching: a dated office setting."""
    return float(settings.get(session, TOLERANCE_SETTING))


def _keys(row: Any, bounds: tuple[float, float, float, float] | None = None) -> Keys:
    return Keys(
        parcel_id=row.id,
        estate_unit_no=row.estate_unit_no,
        right_cert_no=row.right_cert_no,
        sub_compartment_key=row.sub_compartment_key,
        data_year=row.data_year,
        geometry=row.geometry,
        bounds=bounds,
    )


#: Parcels that share a key or a piece of the box: each branch has its own index, and a key that is
#: NULL finds nothing.
_SAME_KEY = (
    "SELECT id FROM parcel WHERE id = :parcel_id "
    "UNION SELECT id FROM parcel WHERE estate_unit_no = :estate_unit_no "
    "UNION SELECT id FROM parcel WHERE right_cert_no = :right_cert_no "
    "UNION SELECT id FROM parcel WHERE sub_compartment_key = :sub_compartment_key "
    "UNION "
)
_IN_BOX = {
    "sqlite": (
        "SELECT id FROM parcel_box WHERE max_x >= :west AND min_x <= :east "
        "AND max_y >= :south AND min_y <= :north"
    ),
    "postgresql": (
        f"SELECT id FROM parcel WHERE {PG_BOX} "  # noqa: S608 - our own constant
        "&& box(point(CAST(:east AS float8), CAST(:north AS float8)), "
        "point(CAST(:west AS float8), CAST(:south AS float8)))"
    ),
}


_CANDIDATES = text(_SAME_KEY + _IN_BOX["sqlite"])
_LIVE = (
    select(*_COLUMNS, *_CLAIM_COLUMNS)
    .join(ParcelClaim, ParcelClaim.parcel_id == Parcel.id)
    .where(
        ParcelClaim.live,
        ParcelClaim.period_from <= bindparam("period_to", type_=Date),
        ParcelClaim.period_to >= bindparam("period_from", type_=Date),
    )
)
_HELD = _LIVE.where(ParcelClaim.parcel_id.in_(bindparam("ids", expanding=True)))
#: One way to the server instead of two. An array, because PostgreSQL takes a box for 0.5 % of all
#: parcels and would read every claim of a plain join; of an array it expects a few.
_HELD_AT_ONCE = _LIVE.where(
    text(f"parcel_claim.parcel_id = ANY (ARRAY({_SAME_KEY}{_IN_BOX['postgresql']}))")
)
_CHUNK = 500


def _candidates(
    session: Session,
    keys: Keys,
    period: tuple[date, date],
    ignore: tuple[str, int] | None,
) -> list[Any]:
    """Live claims of an overlapping period on parcels that share a key or a piece of the box."""
    dialect = session.get_bind().dialect.name
    offset = ZONE_OFFSET if dialect == "sqlite" else 0
    west, south, east, north = keys.bounds or (None, None, None, None)
    values = {
        "parcel_id": keys.parcel_id,
        "estate_unit_no": keys.estate_unit_no or None,
        "right_cert_no": keys.right_cert_no or None,
        "sub_compartment_key": keys.sub_compartment_key or None,
        "west": None if west is None else west - offset,
        "east": None if east is None else east - offset,
        "south": south,
        "north": north,
    }
    within = {"period_from": period[0], "period_to": period[1]}
    # A claim counts whoever asks: an expert's recusal must not let land be certified twice.
    with lifted(session):
        if dialect == "postgresql":
            found = list(session.execute(_HELD_AT_ONCE, {**values, **within}))
        else:
            found = list(_held(session, values, within))
    return [row for row in found if (row.owner_kind, row.owner_id) != ignore]


def _held(
    session: Session, values: Mapping[str, object], within: Mapping[str, object]
) -> Iterator[Any]:
    """SQLite walks the boxes first and then asks for a few claims at a time: no way is far."""
    ids = sorted(session.execute(_CANDIDATES, values).scalars())
    for start in range(0, len(ids), _CHUNK):
        yield from session.execute(_HELD, {"ids": ids[start : start + _CHUNK], **within})


def _judge(keys: Keys, rows: Sequence[Any], tolerance: float) -> list[SameLand | None]:
    import shapely

    mine = shapely.from_wkb(keys.geometry) if keys.geometry else None
    if mine is not None:
        shapely.prepare(mine)
    verdicts = []
    for row in rows:
        shared = None
        if mine is not None and row.geometry is not None:
            shared = overlap_of(mine, shapely.from_wkb(row.geometry), tolerance)
        verdicts.append(same_land(keys, _keys(row), shared))
    return verdicts


def _conflict(row: Any, verdict: SameLand) -> Conflict:
    return Conflict(
        parcel_id=row.id,
        place=place_of(row.township, row.village, row.place_name),
        owner_kind=row.owner_kind,
        owner_id=row.owner_id,
        period=(row.period_from, row.period_to),
        by=verdict.by,
        severity=verdict.severity,
        overlap=verdict.overlap,
    )


def place_of(township: str, village: str, place_name: str) -> str:
    """Where a parcel is, in words: 女山湖镇滩头村圩堤外滩."""
    return f"{township}{village}{place_name}"


@dataclass(frozen=True)
class InternalOverlap:
    """Two parcels of one record that are the same land: it would be counted twice."""

    first_id: int
    second_id: int
    by: SameLandBy
    overlap: Area | None


def internal_overlaps(session: Session, parcel_ids: Sequence[int]) -> list[InternalOverlap]:
    """Pairs of parcels of one record that are the same land, by the same comparison."""
    import shapely

    rows = list(session.execute(select(*_COLUMNS).where(Parcel.id.in_(parcel_ids))))
    tolerance = overlap_tolerance(session)
    shapes = [shapely.from_wkb(row.geometry) if row.geometry else None for row in rows]
    found = []
    for at, row in enumerate(rows):
        for other in range(at + 1, len(rows)):
            shared = None
            if shapes[at] is not None and shapes[other] is not None:
                shared = overlap_of(shapes[at], shapes[other], tolerance)
            verdict = same_land(_keys(row), _keys(rows[other]), shared)
            # One right certificate may cover many parcels of an application.
            counts = verdict and verdict.severity is Severity.BLOCK
            if verdict and counts and verdict.by is not SameLandBy.RIGHT_CERT:
                found.append(InternalOverlap(row.id, rows[other].id, verdict.by, verdict.overlap))
    return found
