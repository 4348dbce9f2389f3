"""Balances of purposes: exact, never below zero, each change a line that stays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import actor
from core.errors import NotFound, RuleViolation
from core.fund.model import FundEntry, Purpose
from core.i18n import N_
from core.messages import register
from core.values.money import Money

register(
    {
        "fund.balance_short": N_(
            "“{purpose}” holds {balance} yuan; {wanted} yuan cannot be taken from it."
        ),
        "fund.purpose_unknown": N_("There is no purpose “{name}” in use."),
    }
)


def book(
    session: Session, purpose_id: int, amount: Money, kind: str, record: tuple[str, int], on: date
) -> FundEntry:
    """Change a balance; the row of the purpose stays locked until the end of the transaction.

    Args:
        session: a write session.
        purpose_id: whose balance.
        amount: above zero adds, below takes away.
        kind: `gift`, `correction`, `refund`, `rebooking` or `grant`.
        record: kind and id of the record that is the reason.
        on: day of booking.

    Raises:
        NotFound: no such purpose.
        RuleViolation: `fund.balance_short`.
    """
    session.flush()
    purpose = session.scalar(
        select(Purpose)
        .where(Purpose.id == purpose_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if purpose is None:
        raise NotFound("record.not_found")
    left = purpose.balance + amount
    if left < Money(0):
        raise RuleViolation(
            "fund.balance_short", purpose=purpose.name, balance=purpose.balance, wanted=-amount
        )
    purpose.balance = left
    entry = FundEntry(
        purpose_id=purpose_id,
        amount=amount,
        balance=left,
        kind=kind,
        record_kind=record[0],
        record_id=record[1],
        booked_on=on,
        account_id=actor(session).account_id,
    )
    session.add(entry)
    session.flush()
    return entry


def wrong(session: Session) -> list[str]:
    """Purposes whose balance is not the sum of their lines; empty when the books agree."""
    sums: dict[int, int] = {}
    for purpose_id, amount in session.execute(select(FundEntry.purpose_id, FundEntry.amount)):
        sums[purpose_id] = sums.get(purpose_id, 0) + amount.fen
    return [
        one.name
        for one in session.scalars(select(Purpose).order_by(Purpose.id))
        if one.balance.fen != sums.get(one.id, 0) or one.balance.fen < 0
    ]
