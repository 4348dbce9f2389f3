"""Tax withheld from pay for services 劳务报酬: review fees, lecture fees."""

from __future__ import annotations

from dataclasses import dataclass

from core.values.money import Money


@dataclass(frozen=True)
class TaxStep:
    """A step of the withholding table: income up to `upto` (分; None without end), %, quick 分."""

    upto: int | None
    percent: int
    quick: int


@dataclass(frozen=True)
class TaxRule:
    """How tax is withheld.

    Attributes:
        free: deducted from pay of at most `free_upto`, in 分.
        free_upto: in 分.
        free_percent: deducted from higher pay.
        steps: by the income that is left.
    """

    free: int
    free_upto: int
    free_percent: int
    steps: tuple[TaxStep, ...]


def withheld(gross: Money, rule: TaxRule) -> Money:
    """The tax of one payment, rounded half up to 分 once at its end.

    Source of the default rule: 国家税务总局公告2018年第61号 第八条 and its 预扣率表二.
    """
    fen = gross.fen
    if fen <= rule.free_upto:
        hundredths = max(fen - rule.free, 0) * 100
    else:
        hundredths = fen * (100 - rule.free_percent)
    for step in rule.steps:
        if step.upto is None or hundredths <= step.upto * 100:
            return Money(max((hundredths * step.percent + 5000) // 10_000 - step.quick, 0))
    return Money(0)


def withheld_now(gross: Money, earlier: tuple[Money, Money], rule: TaxRule) -> Money:
    """The tax of a payment when `earlier` pay and tax of the same month belong to it.

    Pay for the same matter within a month is one payment (个人所得税法实施条例 第十四条).
    """
    before, tax_before = earlier
    due = withheld(before + gross, rule)
    return due - tax_before if due > tax_before else Money(0)
