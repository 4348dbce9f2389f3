"""Reading parcels: frozen summaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from core.i18n import N_
from core.parcels.conflicts import place_of
from core.parcels.geometry import Shape, from_wkb
from core.parcels.model import Parcel, ParcelClaim
from core.values.area import Area
from core.values.cells import Shown
from core.values.listing import Align, ColumnSpec, FilterSpec, ListQuery


@dataclass(frozen=True, kw_only=True)
class ParcelSummary:
    """A parcel as lists, papers and forms show it. `shape` is None where no boundary is known."""

    id: int
    version: int
    township_code: str
    township: str
    village_code: str
    village: str
    place_name: str
    compartment: str
    sub_compartment: str
    sub_compartment_key: str
    data_year: int | None
    estate_unit_no: str
    right_cert_no: str
    area: Area
    species: str
    species_group: str
    origin: str
    forest_class: str
    forest_category: str
    age_group: str
    source_srid: int | None
    shape: Shape | None

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return place_of(self.township, self.village, self.place_name)


@dataclass(frozen=True)
class ClaimLine:
    """One claim on a parcel, live or given up."""

    owner_kind: str
    owner_id: int
    period: tuple[date, date]
    live: bool
    released_reason: str


_PLAIN = tuple(name for name in ParcelSummary.__dataclass_fields__ if name != "shape")


def parcels(session: Session, ids: Sequence[int]) -> list[ParcelSummary]:
    """Parcels in the order of `ids`; unknown ids are left out."""
    rows = {row.id: row for row in session.scalars(select(Parcel).where(Parcel.id.in_(ids)))}
    return [_summary(rows[one]) for one in ids if one in rows]


def _summary(row: Parcel) -> ParcelSummary:
    shape = from_wkb(row.geometry) if row.geometry else None
    return ParcelSummary(**{name: getattr(row, name) for name in _PLAIN}, shape=shape)


def claims_on(session: Session, parcel_id: int) -> list[ClaimLine]:
    """Every claim on a parcel, oldest first: the land's history."""
    rows = session.scalars(
        select(ParcelClaim).where(ParcelClaim.parcel_id == parcel_id).order_by(ParcelClaim.id)
    )
    return [
        ClaimLine(
            row.owner_kind,
            row.owner_id,
            (row.period_from, row.period_to),
            row.live,
            row.released_reason,
        )
        for row in rows
    ]


def parcels_of(session: Session, owner: tuple[str, int]) -> list[int]:
    """Ids of the parcels a record holds now, in the order they were entered."""
    return list(
        session.scalars(
            select(ParcelClaim.parcel_id)
            .where(
                ParcelClaim.owner_kind == owner[0],
                ParcelClaim.owner_id == owner[1],
                ParcelClaim.live,
            )
            .order_by(ParcelClaim.parcel_id)
        )
    )


#: A list of parcels never loads their boundaries.
_LINES = select(
    Parcel.id,
    Parcel.township,
    Parcel.village,
    Parcel.place_name,
    Parcel.compartment,
    Parcel.sub_compartment,
    Parcel.data_year,
    Parcel.estate_unit_no,
    Parcel.right_cert_no,
    Parcel.species,
    Parcel.area,
    Parcel.geometry.is_not(None).label("drawn"),
)


class _Parcels:
    """The list of parcels (see :class:`core.values.listing.RecordSource`)."""

    kind = "parcel"
    columns = (
        ColumnSpec("place", N_("Place"), 20, sortable=False),
        ColumnSpec("sub_compartment", N_("Compartment and sub-compartment"), 14, sortable=False),
        ColumnSpec("data_year", N_("Data year"), 6, Align.CENTRE, sortable=False),
        ColumnSpec("estate_unit_no", N_("Real-estate unit number"), 30),
        ColumnSpec("right_cert_no", N_("Right certificate number"), 30),
        ColumnSpec("species", N_("Species"), 10, sortable=False),
        ColumnSpec("area_mu", N_("Area (mu)"), 9, Align.RIGHT, sortable=False),
        ColumnSpec("area_ha", N_("Area (ha)"), 9, Align.RIGHT, sortable=False),
        ColumnSpec("boundary", N_("Boundary"), 6, Align.CENTRE, sortable=False),
    )
    filters = (
        FilterSpec("state", N_("State"), (("claimed", N_("Claimed")), ("free", N_("Not claimed")))),
    )

    def ids(self, session: Session, query: ListQuery) -> list[int]:
        """Ids in the order asked for; the newest first unless told otherwise."""
        order: dict[str, ColumnElement[str]] = {
            "estate_unit_no": Parcel.estate_unit_no.expression,
            "right_cert_no": Parcel.right_cert_no.expression,
        }
        column = order.get(query.sort)
        ascending = bool(query.sort) and not query.descending
        last = Parcel.id.asc() if ascending else Parcel.id.desc()
        chosen = self._selected(query)
        if column is not None:
            chosen = chosen.order_by(column.desc() if query.descending else column.asc())
        return list(session.scalars(chosen.order_by(last)))

    def count(self, session: Session, query: ListQuery) -> int:
        """How many parcels the query finds."""
        found = self._selected(query).subquery()
        return session.scalar(select(func.count()).select_from(found)) or 0

    def rows(self, session: Session, ids: Sequence[int]) -> dict[int, tuple[object, ...]]:
        """Values in column order."""
        found = session.execute(_LINES.where(Parcel.id.in_(list(ids))))
        return {
            row.id: (
                place_of(row.township, row.village, row.place_name),
                f"{row.compartment} {row.sub_compartment}".strip(),
                row.data_year or None,
                row.estate_unit_no,
                row.right_cert_no,
                row.species,
                Shown(row.area, f"{row.area.mu:,}"),
                Shown(row.area, f"{row.area.ha:,}"),
                Shown(bool(row.drawn), "√" if row.drawn else ""),
            )
            for row in found
        }

    def _selected(self, query: ListQuery) -> Select[int]:
        chosen = select(Parcel.id)
        held = exists().where(ParcelClaim.parcel_id == Parcel.id, ParcelClaim.live)
        state = query.filters.get("state", "")
        if state:
            chosen = chosen.where(held if state == "claimed" else ~held)
        text = query.text.strip()
        if text:
            chosen = chosen.where(
                or_(
                    Parcel.estate_unit_no.startswith(text.upper(), autoescape=True),
                    Parcel.right_cert_no.contains(text, autoescape=True),
                    (Parcel.township + Parcel.village + Parcel.place_name).contains(
                        text, autoescape=True
                    ),
                    Parcel.species.contains(text, autoescape=True),
                )
            )
        return chosen


PARCELS = _Parcels()
