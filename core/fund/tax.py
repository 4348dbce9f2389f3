"""How much of donations may be deducted: a calculation with dated parameters, not a ruling.

Sources: 企业所得税法 第九条 (12 % of the annual profit, the rest within three years), 财税〔2018〕15号
(the oldest carry-over first, then the current year), 个人所得税法 第六条 (30 % of taxable income).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from core import settings
from core.errors import InputError
from core.i18n import N_
from core.messages import register
from core.values.money import Money

register({"fund.tax_negative": N_("Amounts of this calculation are not below zero.")})


@dataclass(frozen=True)
class Parameters:
    """The shares in percent and the years of carry-over that hold on a day."""

    enterprise_percent: int = 12
    carry_years: int = 3
    individual_percent: int = 30


@dataclass(frozen=True)
class YearLine:
    """What of one year's gifts is deducted now, carried on, or lost."""

    year: int
    open: Money
    deducted: Money
    carried: Money
    lapsed: Money


@dataclass(frozen=True)
class Deduction:
    """The limit of the year and each line, the oldest first."""

    limit: Money
    lines: tuple[YearLine, ...]

    @property
    def deducted(self) -> Money:
        """What is deducted in all."""
        return sum((one.deducted for one in self.lines), Money(0))

    @property
    def carried(self) -> Money:
        """What may still be deducted in later years."""
        return sum((one.carried for one in self.lines), Money(0))


def parameters(session: Session, on: date) -> Parameters:
    """The parameters of a day."""
    names = ("enterprise_percent", "carry_years", "individual_percent")
    return Parameters(*(int(settings.get(session, f"fund.{one}", on)) for one in names))


def enterprise(
    year: int, profit: Money, gifts: Money, carried: Sequence[tuple[int, Money]], rule: Parameters
) -> Deduction:
    """An enterprise's deduction in a year.

    Args:
        year: the tax year.
        profit: annual accounting profit; a loss allows nothing.
        gifts: donations of the year with valid receipts.
        carried: what is left of earlier years, (year, amount).
        rule: share and years.

    Raises:
        InputError: an amount below zero.
    """
    if gifts < Money(0) or any(amount < Money(0) for _year, amount in carried):
        raise InputError.of("amount", "fund.tax_negative")
    limit = Money(max(profit.fen, 0) * rule.enterprise_percent // 100)
    left, lines = limit, []
    for of_year, amount in [*sorted(carried), (year, gifts)]:
        usable = amount if of_year + rule.carry_years >= year else Money(0)
        deducted = min(usable, left)
        left -= deducted
        rest = amount - deducted
        last = of_year + rule.carry_years <= year
        lines.append(
            YearLine(
                of_year,
                amount,
                deducted,
                Money(0) if last else rest,
                rest if last else Money(0),
            )
        )
    return Deduction(limit, tuple(lines))


def individual(year: int, income: Money, gifts: Money, rule: Parameters) -> Deduction:
    """An individual's deduction: a share of the taxable income, nothing is carried over.

    Raises:
        InputError: gifts below zero.
    """
    if gifts < Money(0):
        raise InputError.of("amount", "fund.tax_negative")
    limit = Money(max(income.fen, 0) * rule.individual_percent // 100)
    deducted = min(gifts, limit)
    return Deduction(limit, (YearLine(year, gifts, deducted, Money(0), gifts - deducted),))
