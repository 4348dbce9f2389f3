"""Balances of a bank's statement by day, and of an account over some days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from core.values.money import Money


@dataclass(frozen=True)
class Move:
    """One row of a statement: what it added to the balance (money out is negative), and the sum."""

    day: date
    amount: Money
    balance: Money

    @property
    def before(self) -> Money:
        """The balance before it."""
        return self.balance - self.amount


@dataclass(frozen=True, kw_only=True)
class DayBalance:
    """An account on one day: opening + credits - debits = closing."""

    day: date
    opening: Money
    debits: Money
    closing: Money

    def as_data(self) -> dict[str, object]:
        """As it is kept with its statement, amounts in 分."""
        return {
            "day": self.day.isoformat(),
            "opening": self.opening.fen,
            "debits": self.debits.fen,
            "closing": self.closing.fen,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> DayBalance:
        """As it was kept."""
        return cls(
            day=date.fromisoformat(str(data["day"])),
            opening=Money(int(str(data["opening"]))),
            debits=Money(int(str(data["debits"]))),
            closing=Money(int(str(data["closing"]))),
        )


def days_of(moves: Sequence[Move | None]) -> tuple[DayBalance, ...]:
    """The days of a statement, the oldest first, whichever end its newest row stands at.

    Nothing where a row has no balance, or a balance does not follow from the one before.
    """
    known = [one for one in moves if one is not None]
    if len(known) < len(moves):
        return ()
    ordered = next((each for each in (known, known[::-1]) if _follows(each)), [])
    by_day: dict[date, list[Move]] = {}
    for one in ordered:
        by_day.setdefault(one.day, []).append(one)
    return tuple(
        DayBalance(
            day=day,
            opening=rows[0].before,
            debits=sum((-one.amount for one in rows if one.amount < Money(0)), Money(0)),
            closing=rows[-1].balance,
        )
        for day, rows in by_day.items()
    )


def _follows(moves: Sequence[Move]) -> bool:
    return all(
        first.balance == second.before and first.day <= second.day
        for first, second in pairwise(moves)
    )


@dataclass(frozen=True, kw_only=True)
class AccountBalance:
    """An account of a bank over some days.

    Attributes:
        credits: of its lines that were read.
        agrees: whether the closing balance follows from the opening one, day by day; if not, rows
            of a day are missing among what was read.
    """

    bank: str
    opening: Money
    credits: Money
    debits: Money
    closing: Money
    agrees: bool


def over(bank: str, days: Iterable[DayBalance], credits_: Money) -> AccountBalance | None:
    """An account over its days; None without any. Of a day told twice the later one holds."""
    told = {one.day: one for one in days}
    ordered = [told[day] for day in sorted(told)]
    if not ordered:
        return None
    opening, closing = ordered[0].opening, ordered[-1].closing
    debits = sum((one.debits for one in ordered), Money(0))
    unbroken = all(first.closing == second.opening for first, second in pairwise(ordered))
    return AccountBalance(
        bank=bank,
        opening=opening,
        credits=credits_,
        debits=debits,
        closing=closing,
        agrees=unbroken and opening + credits_ - debits == closing,
    )
