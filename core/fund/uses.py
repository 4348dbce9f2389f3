"""What the fund's money was spent on: grants paid, by kind of use, with its share of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import require
from core.fund.model import Grant
from core.fund.states import GrantState, Use
from core.values.money import Money


@dataclass(frozen=True)
class UseLine:
    """Grants of one kind; `percent` of everything paid in these days, two places, half up."""

    use: Use
    count: int
    amount: Money
    percent: Decimal


def uses(session: Session, first: date, last: date) -> list[UseLine]:
    """Grants paid in these days, by kind of use; kinds without any are left out.

    Management costs are a line of their own, because they are what a donor asks about first.

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    rows = session.execute(
        select(Grant.use, Grant.amount).where(
            Grant.state == GrantState.PAID, Grant.decided_on.between(first, last)
        )
    ).all()
    total = sum(row.amount.fen for row in rows)
    lines = []
    for use in Use:
        amounts = [row.amount.fen for row in rows if row.use is use]
        if amounts:
            share = Decimal(sum(amounts) * 100) / total
            percent = share.quantize(Decimal("0.01"), ROUND_HALF_UP)
            lines.append(UseLine(use, len(amounts), Money(sum(amounts)), percent))
    return lines
