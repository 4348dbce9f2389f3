"""What the fund rests on, as its tab shows it: purposes, uses of funds, campaigns, units."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from core import settings
from core.database import today
from core.fund.model import (
    Campaign,
    FundEntry,
    Grant,
    IssuingUnit,
    Purpose,
    UnitQualification,
)
from core.fund.states import GrantState
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
