"""Use cases of land: entering parcels, and claiming them for a monitoring period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from core import history
from core.database import load_for_edit, now, require, today
from core.errors import NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parcels.ddl import ZONE_OFFSET
from core.parcels.model import Parcel, ParcelClaim
from core.parcels.rules import NewParcel, check_parcel, check_period, sub_compartment_key

register(
    {
        "parcels.claimed": N_(
            "This parcel is part of a record in progress or issued; its keys, area and boundary "
            "can no longer be changed."
        ),
    }
)

PARCEL = "parcel"

#: What identifies a parcel or measures it: fixed while anybody claims the land.
_FIXED = (
    "township_code",
    "village_code",
    "compartment",
    "sub_compartment",
    "data_year",
    "estate_unit_no",
    "right_cert_no",
    "area",
    "geometry",
)


def add_parcel(session: Session, new: NewParcel) -> int:
    """Enter a parcel.

    Raises:
        InputError: every wrong field at once.
        NotPermitted: without `parcels.edit`.
    """
    require(session, "parcels.edit")
    parcel = Parcel(created_at=now(session))
    _fill(parcel, check_parcel(new, this_year=today(session).year))
    session.add(parcel)
    session.flush()
    index_boxes(session, [parcel])
    history.record(session, PARCEL, parcel.id, "added")
    return parcel.id


def edit_parcel(session: Session, parcel_id: int, version: int, new: NewParcel) -> int:
    """Save a parcel again; its identity and measure only while nobody claims it.

    Returns:
        the new version.

    Raises:
        InputError: every wrong field at once.
        RuleViolation: ``parcels.claimed``.
        StaleRecord: somebody else saved it since `version`.
    """
    require(session, "parcels.edit")
    parcel = load_for_edit(session, Parcel, parcel_id, version)
    before = {name: getattr(parcel, name) for name in _FIXED}
    _fill(parcel, check_parcel(new, this_year=today(session).year))
    moved = any(getattr(parcel, name) != value for name, value in before.items())
    if moved and _is_claimed(session, parcel_id):
        raise RuleViolation("parcels.claimed")
    session.flush()
    index_boxes(session, [parcel])
    history.record(session, PARCEL, parcel.id, "edited")
    return parcel.version


def _fill(parcel: Parcel, new: NewParcel) -> None:
    for name in (
        "township_code",
        "township",
        "village_code",
        "village",
        "place_name",
        "compartment",
        "sub_compartment",
        "data_year",
        "estate_unit_no",
        "right_cert_no",
        "area",
        "species",
        "species_group",
        "origin",
        "forest_class",
        "forest_category",
        "age_group",
    ):
        setattr(parcel, name, getattr(new, name))
    parcel.sub_compartment_key = sub_compartment_key(
        new.township_code, new.village_code, new.compartment, new.sub_compartment
    )
    shape = new.shape
    parcel.geometry = shape.wkb if shape else None
    parcel.source_srid = new.source_srid if shape else None
    bounds = shape.bounds if shape else (None, None, None, None)
    parcel.min_x, parcel.min_y, parcel.max_x, parcel.max_y = bounds


def _is_claimed(session: Session, parcel_id: int) -> bool:
    live = select(ParcelClaim.id).where(ParcelClaim.parcel_id == parcel_id, ParcelClaim.live)
    return session.scalar(live.limit(1)) is not None


def index_boxes(session: Session, parcels: Sequence[Parcel]) -> None:
    """Write the boxes of parcels into the R*Tree; PostgreSQL keeps its own index."""
    if session.get_bind().dialect.name != "sqlite" or not parcels:
        return
    session.execute(
        text("DELETE FROM parcel_box WHERE id = :id"), [{"id": parcel.id} for parcel in parcels]
    )
    boxes = [_box(parcel) for parcel in parcels if parcel.min_x is not None]
    if boxes:
        session.execute(
            text("INSERT INTO parcel_box VALUES (:id, :min_x, :max_x, :min_y, :max_y)"), boxes
        )


def _box(parcel: Parcel) -> dict[str, Any]:
    assert parcel.min_x is not None  # the caller looked
    assert parcel.max_x is not None  # the four bounds come together
    return {
        "id": parcel.id,
        "min_x": parcel.min_x - ZONE_OFFSET,
        "max_x": parcel.max_x - ZONE_OFFSET,
        "min_y": parcel.min_y,
        "max_y": parcel.max_y,
    }


def rebuild_boxes(session: Session) -> int:
    """Write the whole R*Tree anew from the stored bounds; for repair. Returns how many boxes."""
    if session.get_bind().dialect.name != "sqlite":
        return 0
    session.execute(text("DELETE FROM parcel_box"))
    written = session.execute(
        text(
            "INSERT INTO parcel_box SELECT id, min_x - :offset, max_x - :offset, min_y, max_y "
            "FROM parcel WHERE min_x IS NOT NULL"
        ),
        {"offset": ZONE_OFFSET},
    )
    return int(written.rowcount)  # type: ignore[attr-defined]  # a cursor result of an INSERT


def claim(
    session: Session,
    parcel_id: int,
    owner_kind: str,
    owner_id: int,
    period_from: date,
    period_to: date,
) -> None:
    """Hold a parcel for a monitoring period in the name of a record.

    Claiming says nothing about conflicts: `conflicts` does, and the caller's rules decide. An
    owner that claims a parcel again for another period replaces its own claim.

    Args:
        session: a write session.
        parcel_id: the parcel.
        owner_kind: kind (table name) of the record that claims.
        owner_id: its id.
        period_from: first day of the monitoring period.
        period_to: last day, included.

    Raises:
        InputError: the period ends before it starts.
        NotFound: no such parcel.
    """
    check_period(period_from, period_to)
    if session.get(Parcel, parcel_id) is None:
        raise NotFound("record.not_found")
    mine = session.scalar(
        _live_claims(owner_kind, owner_id).where(ParcelClaim.parcel_id == parcel_id)
    )
    if mine and (mine.period_from, mine.period_to) == (period_from, period_to):
        return
    if mine:
        _give_up(session, mine, "replaced")
    session.add(
        ParcelClaim(
            parcel_id=parcel_id,
            owner_kind=owner_kind,
            owner_id=owner_id,
            period_from=period_from,
            period_to=period_to,
            live=True,
            claimed_at=now(session),
        )
    )
    session.flush()


def release(
    session: Session,
    owner_kind: str,
    owner_id: int,
    *,
    reason: str = "",
    parcel_ids: Sequence[int] | None = None,
) -> int:
    """Give up the live claims of a record, all or those on some parcels.

    The claims stay, with when and why. Returns how many were given up.
    """
    claims = _live_claims(owner_kind, owner_id)
    if parcel_ids is not None:
        claims = claims.where(ParcelClaim.parcel_id.in_(parcel_ids))
    found = list(session.scalars(claims))
    for one in found:
        _give_up(session, one, reason)
    session.flush()
    return len(found)


def hand_over(session: Session, owner: tuple[str, int], to: tuple[str, int], *, reason: str) -> int:
    """Pass every live claim of one record to another (application → certificate).

    The land is held without a gap: both happen in the caller's transaction.
    """
    found = list(session.scalars(_live_claims(*owner)))
    for one in found:
        _give_up(session, one, reason)
        claim(session, one.parcel_id, *to, one.period_from, one.period_to)
    session.flush()
    return len(found)


def _live_claims(owner_kind: str, owner_id: int) -> Select[ParcelClaim]:
    return select(ParcelClaim).where(
        ParcelClaim.owner_kind == owner_kind, ParcelClaim.owner_id == owner_id, ParcelClaim.live
    )


def _give_up(session: Session, claim_row: ParcelClaim, reason: str) -> None:
    claim_row.live = False
    claim_row.released_at = now(session)
    claim_row.released_reason = reason
