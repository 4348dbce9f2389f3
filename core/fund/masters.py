"""What the fund rests on, as its tab shows it: purposes, uses of funds, campaigns, units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from core import attachments, history, settings
from core.attachments import AttachmentSummary
from core.database import today
from core.documents.service import DocumentSummary, papers_of
from core.errors import NotFound
from core.fund.face import people
from core.fund.model import (
    Campaign,
    Donation,
    FundEntry,
    Grant,
    IssuingUnit,
    Purpose,
    UnitQualification,
)
from core.fund.reports import COUNTED
from core.fund.states import GrantState, Use
from core.history import TimelineEntry
from core.i18n import N_
from core.search.lists import RecordList, equals, year_of
from core.values.cells import term
from core.values.listing import Align, ColumnSpec, FilterSpec
from core.values.money import Money

PURPOSE = "fund_purpose"
GRANT = "fund_grant"
CAMPAIGN = "fund_campaign"
UNIT = "fund_unit"
ACTIVE_TITLES = {True: N_("In use"), False: N_("Not in use")}
GRANT_TITLES = {
    GrantState.REQUESTED: N_("To be decided"),
    GrantState.PAID: N_("Agreed and paid"),
    GrantState.REFUSED: N_("Refused"),
}
ENTRY_TITLES = {
    "gift": N_("Donation"),
    "correction": N_("Correction"),
    "refund": N_("Refund"),
    "rebooking": N_("Moved to another donor"),
    "grant": N_("Use of funds"),
}
#: Movements of a purpose shown in its pane; the rest is in the reports.
MOST_ENTRIES = 30
_YES_NO = (("yes", N_("In use")), ("no", N_("Not in use")))


def _active(column: Any) -> Any:
    def condition(_session: Session, value: str) -> ColumnElement[bool]:
        return column.is_(value == "yes")  # type: ignore[no-any-return]  # an SQL expression

    return condition


def _used() -> ColumnElement[Any]:
    return (
        select(func.coalesce(func.sum(-FundEntry.amount), 0))
        .where(FundEntry.purpose_id == Purpose.id, FundEntry.kind == "grant")
        .correlate(Purpose)
        .scalar_subquery()
    )


def _money(value: object) -> Money:
    return value if isinstance(value, Money) else Money(int(str(value)))


def _purpose_cells(row: Any) -> tuple[object, ...]:
    used, balance = _money(row[4]), row[5]
    return row[1], row[2], row[3], balance + used, used, balance, term(row[6], ACTIVE_TITLES)


PURPOSES = RecordList(
    kind=PURPOSE,
    columns=(
        ColumnSpec("code", N_("Code"), 5),
        ColumnSpec("name", N_("Purpose"), 12),
        ColumnSpec("restricted", N_("Restricted"), 5, Align.CENTRE, sortable=False),
        ColumnSpec("received", N_("Received (yuan)"), 9, Align.RIGHT, sortable=False),
        ColumnSpec("used", N_("Used (yuan)"), 9, Align.RIGHT),
        ColumnSpec("balance", N_("Balance (yuan)"), 9, Align.RIGHT),
        ColumnSpec("state", N_("State"), 6),
    ),
    key=Purpose.id.expression,
    orders={
        "code": Purpose.code.expression,
        "name": Purpose.name.expression,
        "used": _used(),
        "balance": Purpose.balance.expression,
        "state": Purpose.active.expression,
    },
    texts=(Purpose.code.expression, Purpose.name.expression),
    fetch=select(
        Purpose.id,
        Purpose.code,
        Purpose.name,
        Purpose.restricted,
        _used(),
        Purpose.balance,
        Purpose.active,
    ),
    cells=_purpose_cells,
    descending=False,
    conditions={"active": _active(Purpose.active)},
    offers=(FilterSpec("active", N_("State"), _YES_NO),),
)

GRANTS = RecordList(
    kind=GRANT,
    columns=(
        ColumnSpec("requested_on", N_("Asked on"), 7, Align.CENTRE),
        ColumnSpec("purpose", N_("Purpose"), 10),
        ColumnSpec("payee", N_("Paid to"), 13),
        ColumnSpec("subject", N_("What for"), 14),
        ColumnSpec("amount", N_("Amount (yuan)"), 9, Align.RIGHT),
        ColumnSpec("state", N_("State"), 7),
    ),
    key=Grant.id.expression,
    orders={
        "requested_on": Grant.requested_on.expression,
        "purpose": Purpose.code.expression,
        "payee": Grant.payee.expression,
        "subject": Grant.subject.expression,
        "amount": Grant.amount.expression,
        "state": Grant.state.expression,
    },
    texts=(Grant.payee.expression, Grant.subject.expression, Purpose.name.expression),
    fetch=select(
        Grant.id,
        Grant.requested_on,
        Purpose.name,
        Grant.payee,
        Grant.subject,
        Grant.amount,
        Grant.state,
    ).join(Purpose, Purpose.id == Grant.purpose_id),
    cells=lambda row: (*row[1:6], term(row[6], GRANT_TITLES)),
    conditions={
        "state": equals(Grant.state, GrantState),
        "year": year_of(Grant.requested_on),
        "purpose": lambda _session, value: or_(Purpose.code == value, Purpose.name == value),
    },
    offers=(
        FilterSpec(
            "state", N_("State"), tuple((one.value, title) for one, title in GRANT_TITLES.items())
        ),
        FilterSpec("year", N_("Year"), ()),
        FilterSpec("purpose", N_("Purpose"), ()),
    ),
)


def _running(session: Session, value: str) -> ColumnElement[bool]:
    day = today(session)
    now_ = and_(Campaign.starts_on <= day, or_(Campaign.ends_on.is_(None), Campaign.ends_on >= day))
    return now_ if value == "yes" else ~now_


CAMPAIGNS = RecordList(
    kind=CAMPAIGN,
    columns=(
        ColumnSpec("name", N_("Campaign"), 16),
        ColumnSpec("filing_number", N_("Filed under"), 12),
        ColumnSpec("unit", N_("Unit"), 14),
        ColumnSpec("starts_on", N_("From"), 7, Align.CENTRE),
        ColumnSpec("ends_on", N_("To"), 7, Align.CENTRE),
    ),
    key=Campaign.id.expression,
    orders={
        "starts_on": Campaign.starts_on.expression,
        "name": Campaign.name.expression,
        "filing_number": Campaign.filing_number.expression,
        "unit": IssuingUnit.name.expression,
        "ends_on": Campaign.ends_on.expression,
    },
    texts=(Campaign.name.expression, Campaign.filing_number.expression),
    fetch=select(
        Campaign.id,
        Campaign.name,
        Campaign.filing_number,
        IssuingUnit.name,
        Campaign.starts_on,
        Campaign.ends_on,
    ).join(IssuingUnit, IssuingUnit.id == Campaign.unit_id),
    cells=lambda row: tuple(row[1:]),
    conditions={"running": _running},
    offers=(FilterSpec("running", N_("Running"), (("yes", N_("Yes")), ("no", N_("No")))),),
)


def _last_year() -> ColumnElement[Any]:
    return (
        select(func.max(UnitQualification.last_year))
        .where(UnitQualification.unit_id == IssuingUnit.id)
        .correlate(IssuingUnit)
        .scalar_subquery()
    )


def _expiring(session: Session, value: str) -> ColumnElement[bool]:
    """Units in use whose last qualified year or whose permit ends within the days of warning."""
    limit = today(session) + timedelta(days=int(settings.get(session, "fund.unit_warn_days")))
    # A qualification ends with the last day of its last year.
    whole = limit.year if (limit.month, limit.day) == (12, 31) else limit.year - 1
    years = _last_year() <= whole
    permit = and_(
        IssuingUnit.fundraising_until.is_not(None), IssuingUnit.fundraising_until <= limit
    )
    soon = and_(IssuingUnit.active, or_(years, permit))
    return soon if value == "yes" else not_(func.coalesce(soon, False))


UNITS = RecordList(
    kind=UNIT,
    columns=(
        ColumnSpec("name", N_("Unit"), 18),
        ColumnSpec("credit_code", N_("Credit code"), 11),
        ColumnSpec("licence", N_("Licence for receipts"), 11),
        ColumnSpec("qualified", N_("Qualified until"), 7, Align.CENTRE, sortable=False),
        ColumnSpec("state", N_("State"), 6),
    ),
    key=IssuingUnit.id.expression,
    orders={
        "name": IssuingUnit.name.expression,
        "credit_code": IssuingUnit.credit_code.expression,
        "licence": IssuingUnit.licence_number.expression,
        "state": IssuingUnit.active.expression,
    },
    texts=(IssuingUnit.name.expression, IssuingUnit.credit_code.expression),
    fetch=select(
        IssuingUnit.id,
        IssuingUnit.name,
        IssuingUnit.credit_code,
        IssuingUnit.licence_number,
        _last_year(),
        IssuingUnit.active,
    ),
    cells=lambda row: (*row[1:5], term(row[5], ACTIVE_TITLES)),
    descending=False,
    conditions={"active": _active(IssuingUnit.active), "expiring": _expiring},
    offers=(
        FilterSpec("active", N_("State"), _YES_NO),
        FilterSpec(
            "expiring",
            N_("Qualification or permit runs out"),
            (("yes", N_("Yes")), ("no", N_("No"))),
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    """One movement of a purpose with the balance after it."""

    booked_on: date
    kind: str
    amount: Money
    balance: Money
    record_kind: str
    record_id: int


@dataclass(frozen=True, kw_only=True)
class PurposeDetail:
    """A purpose with its latest movements, the newest first."""

    id: int
    code: str
    name: str
    restricted: bool
    active: bool
    received: Money
    used: Money
    asked: Money
    balance: Money
    entries: tuple[EntryLine, ...]
    timeline: tuple[TimelineEntry, ...]


def purpose_detail(session: Session, purpose_id: int) -> PurposeDetail:
    """One purpose; `asked` is what open requests would take.

    Raises:
        NotFound: no such purpose.
    """
    row = session.get(Purpose, purpose_id)
    if row is None:
        raise NotFound("record.not_found")
    entries = session.scalars(
        select(FundEntry).where(FundEntry.purpose_id == purpose_id).order_by(FundEntry.id.desc())
    ).all()
    used = sum((-one.amount for one in entries if one.kind == "grant"), Money(0))
    open_ = session.scalars(
        select(Grant.amount).where(
            Grant.purpose_id == purpose_id, Grant.state == GrantState.REQUESTED
        )
    )
    return PurposeDetail(
        id=row.id,
        code=row.code,
        name=row.name,
        restricted=row.restricted,
        active=row.active,
        received=row.balance + used,
        used=used,
        asked=sum(open_, Money(0)),
        balance=row.balance,
        entries=tuple(
            EntryLine(
                booked_on=one.booked_on,
                kind=one.kind,
                amount=one.amount,
                balance=one.balance,
                record_kind=one.record_kind,
                record_id=one.record_id,
            )
            for one in entries[:MOST_ENTRIES]
        ),
        timeline=tuple(history.timeline(session, PURPOSE, purpose_id)),
    )


@dataclass(frozen=True, kw_only=True)
class GrantDetail:
    """A use of funds as the pane shows it."""

    id: int
    version: int
    purpose_id: int
    purpose: str
    balance: Money
    payee: str
    subject: str
    amount: Money
    state: GrantState
    requested_by: int
    requester: str
    requested_on: date
    decider: str
    decided_on: date | None
    reason: str
    use: Use
    timeline: tuple[TimelineEntry, ...]
    papers: tuple[DocumentSummary, ...]
    files: tuple[AttachmentSummary, ...]


def grant_detail(session: Session, grant_id: int) -> GrantDetail:
    """One use of funds.

    Raises:
        NotFound: no such request.
    """
    row = session.get(Grant, grant_id)
    if row is None:
        raise NotFound("record.not_found")
    purpose = session.get_one(Purpose, row.purpose_id)
    names = people(session, [row.requested_by, row.decided_by])
    return GrantDetail(
        id=row.id,
        version=row.version,
        purpose_id=row.purpose_id,
        purpose=purpose.name,
        balance=purpose.balance,
        payee=row.payee,
        subject=row.subject,
        amount=row.amount,
        state=row.state,
        requested_by=row.requested_by,
        requester=names.get(row.requested_by, ""),
        requested_on=row.requested_on,
        decider=names.get(row.decided_by or 0, ""),
        decided_on=row.decided_on,
        reason=row.reason,
        use=row.use,
        timeline=tuple(history.timeline(session, GRANT, grant_id)),
        papers=tuple(papers_of(session, GRANT, grant_id)),
        files=tuple(attachments.attachments(session, GRANT, grant_id)),
    )


@dataclass(frozen=True, kw_only=True)
class CampaignDetail:
    """A public campaign and what came in under it."""

    id: int
    unit_id: int
    unit: str
    name: str
    filing_number: str
    starts_on: date
    ends_on: date | None
    donations: int
    amount: Money
    timeline: tuple[TimelineEntry, ...]


def campaign_detail(session: Session, campaign_id: int) -> CampaignDetail:
    """One campaign.

    Raises:
        NotFound: no such campaign.
    """
    row = session.get(Campaign, campaign_id)
    if row is None:
        raise NotFound("record.not_found")
    amounts = session.scalars(
        select(Donation.amount).where(
            Donation.campaign_id == campaign_id, Donation.state.in_(COUNTED)
        )
    ).all()
    return CampaignDetail(
        id=row.id,
        unit_id=row.unit_id,
        unit=session.get_one(IssuingUnit, row.unit_id).name,
        name=row.name,
        filing_number=row.filing_number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        donations=len(amounts),
        amount=sum((one for one in amounts if one is not None), Money(0)),
        timeline=tuple(history.timeline(session, CAMPAIGN, campaign_id)),
    )


@dataclass(frozen=True, kw_only=True)
class UnitDetail:
    """An issuing unit; its account is masked.

    Attributes:
        qualifications: first year, last year and notice.
        qualified: whether gifts of today may be deducted.
    """

    id: int
    version: int
    name: str
    credit_code: str
    licence_number: str
    fundraising_permit: str
    fundraising_until: date | None
    account_name: str
    bank: str
    account_mask: str
    active: bool
    qualifications: tuple[tuple[int, int, str], ...]
    qualified: bool
    timeline: tuple[TimelineEntry, ...]


def unit_detail(session: Session, unit_id: int) -> UnitDetail:
    """One issuing unit.

    Raises:
        NotFound: no such unit.
    """
    row = session.get(IssuingUnit, unit_id)
    if row is None:
        raise NotFound("record.not_found")
    lines = session.scalars(
        select(UnitQualification)
        .where(UnitQualification.unit_id == unit_id)
        .order_by(UnitQualification.first_year, UnitQualification.id)
    ).all()
    year = today(session).year
    return UnitDetail(
        id=row.id,
        version=row.version,
        name=row.name,
        credit_code=row.credit_code,
        licence_number=row.licence_number,
        fundraising_permit=row.fundraising_permit,
        fundraising_until=row.fundraising_until,
        account_name=row.account_name,
        bank=row.bank,
        account_mask=row.account_mask,
        active=row.active,
        qualifications=tuple((one.first_year, one.last_year, one.notice) for one in lines),
        qualified=any(one.first_year <= year <= one.last_year for one in lines),
        timeline=tuple(history.timeline(session, UNIT, unit_id)),
    )


def unit_choices(session: Session) -> tuple[tuple[str, str], ...]:
    """Units in use: id as text, and name."""
    rows = session.execute(
        select(IssuingUnit.id, IssuingUnit.name).where(IssuingUnit.active).order_by(IssuingUnit.id)
    )
    return tuple((str(row.id), row.name) for row in rows)


def purpose_choices(session: Session) -> tuple[tuple[str, str], ...]:
    """Purposes that hold money or are in use: id as text, and name with the balance."""
    rows = session.scalars(
        select(Purpose)
        .where(or_(Purpose.active, Purpose.balance > Money(0)))
        .order_by(Purpose.code)
    )
    return tuple((str(row.id), f"{row.name}（{row.balance}）") for row in rows)
