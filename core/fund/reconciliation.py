"""The bank reconciled with the register for a period, and its paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import require
from core.documents.service import DocumentSummary
from core.errors import InputError
from core.fund.bank import LIVE
from core.fund.bank_balances import AccountBalance, DayBalance, over
from core.fund.bank_model import BankLine, BankStatement
from core.fund.model import Donation, IssuingUnit
from core.fund.papers import put
from core.fund.states import Form, LineVerdict
from core.values.money import Money

ACCOUNT_FACTS = ("bank", "opening", "credits", "debits", "closing")


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """Both sides of a period; `agrees` when nothing is open and nothing is missing.

    Attributes:
        accounts: opening and closing balance of each bank whose statements say them.
    """

    credits: Money
    matched: Money
    not_gifts: Money
    open: Money
    registered: Money
    missing: tuple[Donation, ...]
    lines: tuple[BankLine, ...]
    accounts: tuple[AccountBalance, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether each credit is explained, each transfer has its credit, and balances follow."""
        told = all(one.agrees for one in self.accounts)
        return self.open == Money(0) and not self.missing and told


def reconcile(session: Session, first: date, last: date) -> Reconciliation:
    """Every credit and every transfer of these days, side by side.

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    lines = session.scalars(
        select(BankLine)
        .where(BankLine.traded_on.between(first, last))
        .order_by(BankLine.traded_on, BankLine.id)
    ).all()
    gifts = session.scalars(
        select(Donation)
        .where(
            Donation.received_on.between(first, last),
            Donation.form == Form.TRANSFER,
            Donation.state.in_(LIVE),
        )
        .order_by(Donation.received_on, Donation.id)
    ).all()
    taken = set(
        session.scalars(select(BankLine.donation_id).where(BankLine.donation_id.is_not(None)))
    )

    def total(verdict: LineVerdict) -> Money:
        return sum((one.credit for one in lines if one.verdict is verdict), Money(0))

    return Reconciliation(
        credits=sum((one.credit for one in lines), Money(0)),
        matched=total(LineVerdict.MATCHED),
        not_gifts=total(LineVerdict.NOT_A_GIFT),
        open=total(LineVerdict.OPEN),
        registered=sum((one.amount for one in gifts if one.amount), Money(0)),
        missing=tuple(one for one in gifts if one.id not in taken),
        lines=tuple(lines),
        accounts=_accounts(session, lines, first, last),
    )


def _accounts(
    session: Session, lines: Sequence[BankLine], first: date, last: date
) -> tuple[AccountBalance, ...]:
    """The account of each bank over these days, from the balances its statements say."""
    days: dict[str, list[DayBalance]] = defaultdict(list)
    chosen = select(BankStatement).where(BankStatement.undone_at.is_(None))
    for one in session.scalars(chosen.order_by(BankStatement.id)):
        told = map(DayBalance.from_data, one.balances)
        days[one.bank] += [day for day in told if first <= day.day <= last]
    found = []
    for bank, each in sorted(days.items()):
        # Statements without balances may tell the days before or after these.
        told_on = {day.day for day in each}
        got = (
            one.credit
            for one in lines
            if one.bank == bank and told_on and min(told_on) <= one.traded_on <= max(told_on)
        )
        found.append(over(bank, each, sum(got, Money(0))))
    return tuple(one for one in found if one is not None)


def reconciliation_paper(
    session: Session, unit_id: int, first: date, last: date
) -> DocumentSummary:
    """The reconciliation as a paper.

    Raises:
        NotPermitted: without `fund.report`.
        InputError: field `first`; nothing lies in these days.
    """
    found = reconcile(session, first, last)
    if not found.lines and not found.missing:
        raise InputError.of("first", "fund.no_lines")
    ids = [one.donation_id for one in found.lines if one.donation_id]
    rows = session.execute(select(Donation.id, Donation.code).where(Donation.id.in_(ids)))
    codes = {one.id: one.code for one in rows}
    facts: dict[str, object] = {
        "unit_name": session.get_one(IssuingUnit, unit_id).name,
        "first": first,
        "last": last,
        "items": [
            {
                "traded_on": one.traded_on.isoformat(),
                "payer": one.payer_name,
                "credit": str(one.credit),
                "donation": codes.get(one.donation_id or 0, ""),
                "remark": one.reason or one.memo,
            }
            for one in found.lines
        ],
        "registered": str(found.registered),
        "missing": str(sum((one.amount for one in found.missing if one.amount), Money(0))),
    }
    facts |= {
        name: str(getattr(found, name)) for name in ("credits", "matched", "not_gifts", "open")
    }
    if found.accounts:
        facts["accounts"] = [
            {
                **{name: str(getattr(one, name)) for name in ACCOUNT_FACTS},
                "check": "相符" if one.agrees else "不符",
            }
            for one in found.accounts
        ]
    if found.missing:
        facts["without"] = [
            {
                "code": one.code,
                "received_on": one.received_on.isoformat(),
                "amount": str(one.amount),
            }
            for one in found.missing
        ]
    return put(session, "bank_reconciliation", ("fund_unit", unit_id), facts)
