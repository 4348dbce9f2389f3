"""Commitments 认捐: the list, what has arrived of each, and how one ends without all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlalchemy.orm import Session

from core import history, settings
from core.database import load_for_edit, require, today
from core.errors import InputError, NotFound, RuleViolation
from core.fund.donors import DonorFacts, donor_facts, outstanding
from core.fund.model import Donation, Donor, Pledge, Purpose
from core.fund.states import DonationState
from core.history import TimelineEntry
from core.i18n import N_, listed
from core.parties.model import Party
from core.search.lists import RecordList
from core.values.cells import term
from core.values.columns import MoneyColumn
from core.values.listing import Align, ColumnSpec, FilterSpec
from core.values.money import Money

PLEDGE = "fund_pledge"
#: Instalments that have arrived.
HERE = (DonationState.ARRIVED, DonationState.REVIEWED, DonationState.RECEIPTED)
STATE_TITLES = {
    "open": N_("Being fulfilled"),
    "overdue": N_("Overdue"),
    "fulfilled": N_("Fulfilled"),
    "cancelled": N_("Cancelled"),
}


@dataclass(frozen=True, kw_only=True)
class Instalment:
    """A donation that names the commitment; it counts once it has arrived."""

    id: int
    code: str
    received_on: date
    amount: Money | None
    state: DonationState


@dataclass(frozen=True, kw_only=True)
class PledgeLine:
    """A commitment in short; `state` is a key of `STATE_TITLES`."""

    id: int
    version: int
    agreement: str
    amount: Money
    left: Money
    promised_on: date
    due_on: date | None
    state: str

    @property
    def arrived(self) -> Money:
        """What has arrived of it, as far as it was promised."""
        return self.amount - self.left


@dataclass(frozen=True, kw_only=True)
class PledgeDetail:
    """A commitment with its instalments."""

    line: PledgeLine
    donor: DonorFacts
    purpose: str
    purpose_id: int
    cancelled_reason: str
    instalments: tuple[Instalment, ...]
    timeline: tuple[TimelineEntry, ...]


def pledge_line(session: Session, pledge_id: int) -> PledgeLine:
    """A commitment and what is still to come.

    Raises:
        NotFound: no such commitment.
    """
    row = session.get(Pledge, pledge_id)
    if row is None:
        raise NotFound("record.not_found")
    left = outstanding(session, row.id)
    return PledgeLine(
        id=row.id,
        version=row.version,
        agreement=row.agreement,
        amount=row.amount,
        left=left,
        promised_on=row.promised_on,
        due_on=row.due_on,
        state=_state(row, left, today(session)),
    )


def _state(row: Pledge, left: Money, day: date) -> str:
    if row.cancelled_reason:
        return "cancelled"
    if left == Money(0):
        return "fulfilled"
    return "overdue" if row.due_on is not None and row.due_on < day else "open"


def open_pledges(session: Session, donor_id: int) -> list[PledgeLine]:
    """The commitments of a donor that still expect money, the oldest first."""
    ids = session.scalars(
        select(Pledge.id)
        .where(Pledge.donor_id == donor_id, Pledge.cancelled_reason == "")
        .order_by(Pledge.promised_on, Pledge.id)
    )
    lines = [pledge_line(session, one) for one in ids]
    return [one for one in lines if one.left > Money(0)]


def pledge_detail(session: Session, pledge_id: int) -> PledgeDetail:
    """A commitment with its instalments and its history.

    Raises:
        NotFound: no such commitment.
    """
    line = pledge_line(session, pledge_id)
    row = session.get_one(Pledge, pledge_id)
    rows = session.scalars(
        select(Donation)
        .where(Donation.pledge_id == pledge_id)
        .order_by(Donation.received_on, Donation.id)
    )
    return PledgeDetail(
        line=line,
        donor=donor_facts(session, row.donor_id),
        purpose=session.get_one(Purpose, row.purpose_id).name,
        purpose_id=row.purpose_id,
        cancelled_reason=row.cancelled_reason,
        instalments=tuple(
            Instalment(
                id=one.id,
                code=one.code,
                received_on=one.received_on,
                amount=one.amount,
                state=one.state,
            )
            for one in rows
        ),
        timeline=tuple(history.timeline(session, PLEDGE, pledge_id)),
    )


def cancel_pledge(session: Session, pledge_id: int, version: int, reason: str) -> None:
    """Say that the rest of a commitment will not come; what arrived stays.

    Raises:
        NotPermitted: without `fund.record`.
        InputError: without a reason.
        RuleViolation: `fund.pledge_cancelled`, it was cancelled before.
        StaleRecord: somebody changed it since `version`.
    """
    require(session, "fund.record")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    row = load_for_edit(session, Pledge, pledge_id, version)
    if row.cancelled_reason:
        raise RuleViolation("fund.pledge_cancelled", reason=row.cancelled_reason)
    row.cancelled_reason = reason.strip()
    history.record(session, PLEDGE, pledge_id, "pledge_cancelled", reason=row.cancelled_reason)
    session.flush()


_NOTHING = literal(Money(0), MoneyColumn)
_ARRIVED: ColumnElement[Money] = (
    select(func.coalesce(func.sum(Donation.amount), _NOTHING, type_=MoneyColumn))
    .where(Donation.pledge_id == Pledge.id, Donation.state.in_(HERE))
    .correlate(Pledge)
    .scalar_subquery()
)
_OPEN = and_(Pledge.cancelled_reason == "", Pledge.amount > _ARRIVED)


def _of_state(session: Session, value: str) -> ColumnElement[bool]:
    day = today(session)
    late = Pledge.due_on < day
    soon = day + timedelta(days=int(settings.get(session, "fund.pledge_warn_days")))
    meanings: dict[str, ColumnElement[bool]] = {
        "open": _OPEN,
        "overdue": and_(_OPEN, late),
        "due": and_(_OPEN, Pledge.due_on <= soon),
        "fulfilled": and_(Pledge.cancelled_reason == "", Pledge.amount <= _ARRIVED),
        "cancelled": Pledge.cancelled_reason != "",
    }
    if value not in meanings:
        raise InputError.of("filter", "form.choice", value=value, choices=listed(meanings))
    return meanings[value]


def _shown_state(reason: str, amount: Money, arrived: Money) -> str:
    if reason:
        return "cancelled"
    return "fulfilled" if arrived >= amount else "open"


PLEDGES = RecordList(
    kind=PLEDGE,
    columns=(
        ColumnSpec("donor", N_("Donor"), 16),
        ColumnSpec("purpose", N_("Purpose"), 9),
        ColumnSpec("promised_on", N_("Promised on"), 7, Align.CENTRE),
        ColumnSpec("amount", N_("Amount (yuan)"), 9, Align.RIGHT),
        ColumnSpec("arrived", N_("Arrived (yuan)"), 9, Align.RIGHT, sortable=False),
        ColumnSpec("due_on", N_("Due"), 7, Align.CENTRE),
        ColumnSpec("state", N_("State"), 6, sortable=False),
        ColumnSpec("agreement", N_("Agreement"), 12, sortable=False),
    ),
    key=Pledge.id.expression,
    orders={
        "promised_on": Pledge.promised_on.expression,
        "donor": Party.pinyin.expression,
        "purpose": Purpose.code.expression,
        "amount": Pledge.amount.expression,
        "due_on": Pledge.due_on.expression,
    },
    texts=(Party.name.expression, Pledge.agreement.expression),
    fetch=select(
        Pledge.id,
        Party.name,
        Purpose.name,
        Pledge.promised_on,
        Pledge.amount,
        _ARRIVED,
        Pledge.due_on,
        Pledge.cancelled_reason,
        Pledge.agreement,
    )
    .join(Donor, Donor.id == Pledge.donor_id)
    .join(Party, Party.id == Donor.party_id)
    .join(Purpose, Purpose.id == Pledge.purpose_id),
    cells=lambda row: (
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        term(_shown_state(row[7], row[4], row[5]), STATE_TITLES),
        row[8],
    ),
    conditions={"state": _of_state},
    offers=(
        FilterSpec("state", N_("State"), (("due", N_("Due or overdue")), *STATE_TITLES.items())),
    ),
)
