"""The calculation of a carbon amount from stock volumes at two dates; exact, no floats.

CO2e = V · D · BEF · (1 + R) · CF · 44/12 per stratum (V stock m³, D basic wood density t/m³,
BEF biomass expansion factor, R root-to-shoot ratio, CF carbon fraction), as in AR-CM-001/003.
The period amount is the change between the two dates, less the deduction for uncertainty, the
baseline, leakage and other deductions, rounded down to 0.01 t at the end only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor

from core.errors import FieldError, InputError, RuleViolation
from core.i18n import N_
from core.messages import register
from core.values.area import Area
from core.values.tonnes import Tonnes

register(
    {
        "carbon.no_strata": N_("There is no parcel to compute an amount for."),
        "carbon.group_missing": N_(
            "{label}: no parameter group is assigned to the species; choose one."
        ),
        "carbon.group_unknown": N_(
            "{label}: the parameter set has no group “{group}”; choose another group or set."
        ),
        "carbon.volume_missing_t1": N_("{label}: the stock volume at the first date is missing."),
        "carbon.volume_missing_t2": N_("{label}: the stock volume at the second date is missing."),
        "carbon.volume_negative": N_("{label}: a stock volume is never below zero."),
        "carbon.by_hand": N_(
            "{label}: {group} is not computed from stock volume; enter the amount of the "
            "measuring report by hand, with the page."
        ),
        "carbon.page_missing": N_("{label}: give the page of the report the amount stands on."),
        "carbon.uncertainty_high": N_(
            "The uncertainty of {percent} % is above {limit} %: more sample plots are needed."
        ),
        "carbon.uncertainty_negative": N_("An uncertainty is never below zero."),
        "carbon.deduction_negative": N_("A deduction is never below zero."),
        "carbon.period_order": N_("The monitoring period ends before it starts."),
        "carbon.parameter_range": N_(
            "{group}: {name} must lie between {low} and {high}, not {value}."
        ),
        "carbon.parameter_twice": N_("The group “{group}” is there twice."),
    }
)

#: Molar mass of CO2 over carbon.
CO2_PER_CARBON = Fraction(44, 12)

#: Groups that no stock volume describes: amounts are entered by hand with the page of the report.
BY_HAND_WORDS = ("竹",)

#: Uncertainty up to (percent) -> rate deducted (percent), as commonly quoted from AR-CM-001;
#: above the last step more plots are needed. Default of the dated office setting.
DEFAULT_UNCERTAINTY_STEPS: tuple[tuple[int, int], ...] = ((10, 0), (20, 6), (30, 11))

#: Plausible amounts in t CO2e per hectare and year; defaults of dated office settings.
DEFAULT_RATE_LOW = 1
DEFAULT_RATE_HIGH = 20

#: Physical bounds: outside of them a number has slipped a digit.
_BOUNDS = {
    "wood_density": ("D", Decimal("0.1"), Decimal("1.3")),
    "bef": ("BEF", Decimal(1), Decimal(5)),
    "root_shoot": ("R", Decimal(0), Decimal(2)),
    "carbon_fraction": ("CF", Decimal("0.3"), Decimal("0.7")),
}


class RateVerdict(StrEnum):
    """What an amount per hectare and year looks like."""

    PLAUSIBLE = "plausible"
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True)
class SpeciesParameter:
    """The parameters of one species group.

    Attributes:
        group: 优势树种（组）.
        wood_density: D, t/m³.
        bef: biomass expansion factor, above-ground over stem.
        root_shoot: R, below-ground over above-ground.
        carbon_fraction: CF, tC per t dry matter.
    """

    group: str
    wood_density: Decimal
    bef: Decimal
    root_shoot: Decimal
    carbon_fraction: Decimal

    @property
    def factor(self) -> Fraction:
        """Exact t CO2e per m³ of stock."""
        expanded = (
            Fraction(self.wood_density) * Fraction(self.bef) * (1 + Fraction(self.root_shoot))
        )
        return expanded * Fraction(self.carbon_fraction) * CO2_PER_CARBON

    @property
    def formula(self) -> str:
        """The factor with its numbers, as printed in the annex."""
        return (
            f"{self.wood_density} × {self.bef} ×（1＋{self.root_shoot}）"
            f"× {self.carbon_fraction} × 44/12"
        )


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """One parcel or stratum to compute.

    Attributes:
        label: how messages and the annex name it (parcel number or place).
        group: parameter group, assigned by a person; never guessed from the species.
        stock_t1: stock at the first date, m³.
        stock_t2: stock at the second date, m³.
        by_hand: t CO2e of the period from the measuring report, where no volume describes it.
        report_page: where in the report that amount stands.
    """

    label: str
    group: str
    stock_t1: Decimal | None = None
    stock_t2: Decimal | None = None
    by_hand: Tonnes | None = None
    report_page: str = ""


@dataclass(frozen=True)
class StratumAmount:
    """What one stratum contributes.

    Attributes:
        label: of the stratum.
        group: its parameter group.
        factor: t CO2e per m³; None for an amount entered by hand.
        exact: t CO2e of the period, unrounded.
        tonnes: the same, rounded down on its own: for lists; the sum may be larger by 0.01 t each.
        formula: the line of the annex with numbers put in.
    """

    label: str
    group: str
    factor: Fraction | None
    exact: Fraction
    tonnes: Tonnes
    formula: str


@dataclass(frozen=True)
class Deductions:
    """What is taken off the change in stock: t CO2e, and the uncertainty of the survey in %."""

    baseline: Decimal = Decimal(0)
    leakage: Decimal = Decimal(0)
    other: Decimal = Decimal(0)
    uncertainty_percent: Decimal = Decimal(0)
    steps: tuple[tuple[int, int], ...] = DEFAULT_UNCERTAINTY_STEPS


@dataclass(frozen=True)
class CarbonAmount:
    """The result of a calculation.

    Attributes:
        tonnes: the amount of the period, rounded down to 0.01 t; zero or less means no gain.
        exact: the same, unrounded.
        gross: change in stock over all strata, before any deduction.
        uncertainty_rate: percent taken off `gross` for uncertainty.
        strata: one line per stratum, in the order given.
        formula: the annex's text, one line per stratum and the sum with numbers put in.
    """

    tonnes: Tonnes
    exact: Fraction
    gross: Fraction
    uncertainty_rate: int
    strata: tuple[StratumAmount, ...]
    formula: str


def is_by_hand(group: str) -> bool:
    """Whether amounts of this group or species are entered by hand (bamboo)."""
    return any(word in group for word in BY_HAND_WORDS)


def uncertainty_rate(percent: Decimal, steps: Sequence[tuple[int, int]]) -> int:
    """Percent to deduct for an uncertainty of `percent`; each step includes its upper bound.

    Raises:
        RuleViolation: ``carbon.uncertainty_high`` above the last step: more plots are needed.
        InputError: an uncertainty below zero.
    """
    if percent < 0:
        raise InputError.of("uncertainty", "carbon.uncertainty_negative")
    for limit, rate in steps:
        if percent <= limit:
            return rate
    raise RuleViolation("carbon.uncertainty_high", percent=percent, limit=steps[-1][0])


def compute(
    strata: Sequence[Stratum],
    parameters: Mapping[str, SpeciesParameter],
    deductions: Deductions | None = None,
) -> CarbonAmount:
    """The carbon amount of a monitoring period.

    Raises:
        InputError: every stratum that cannot be computed, at once; field is its position
            ``strata[1]`` from 1.
        RuleViolation: uncertainty above the last step.
    """
    taken = deductions or Deductions()
    _check(strata, parameters, taken)
    lines = tuple(_line(stratum, parameters) for stratum in strata)
    gross = sum((line.exact for line in lines), Fraction(0))
    rate = uncertainty_rate(taken.uncertainty_percent, taken.steps)
    # A loss is not made smaller by being uncertain: the deduction always lowers the amount.
    exact = gross - abs(gross) * Fraction(rate, 100)
    exact -= Fraction(taken.baseline) + Fraction(taken.leakage) + Fraction(taken.other)
    tonnes = Tonnes.rounded_down(exact)
    formula = _formula(lines, gross, rate, taken, tonnes)
    return CarbonAmount(tonnes, exact, gross, rate, lines, formula)


def _check(
    strata: Sequence[Stratum], parameters: Mapping[str, SpeciesParameter], taken: Deductions
) -> None:
    errors = [] if strata else [FieldError("strata", "carbon.no_strata")]
    for position, stratum in enumerate(strata, start=1):
        wrong = _stratum_error(stratum, parameters)
        if wrong:
            code, params = wrong
            facts = {"label": stratum.label, **params}
            errors.append(FieldError(f"strata[{position}]", code, facts))
    amounts = {"baseline": taken.baseline, "leakage": taken.leakage, "deductions": taken.other}
    for name, amount in amounts.items():
        if amount < 0:
            errors.append(FieldError(name, "carbon.deduction_negative"))
    if errors:
        raise InputError(*errors)


def _stratum_error(
    stratum: Stratum, parameters: Mapping[str, SpeciesParameter]
) -> tuple[str, dict[str, object]] | None:
    if stratum.by_hand is not None:
        return None if stratum.report_page.strip() else ("carbon.page_missing", {})
    if not stratum.group:
        return "carbon.group_missing", {}
    if is_by_hand(stratum.group):
        return "carbon.by_hand", {"group": stratum.group}
    if stratum.group not in parameters:
        return "carbon.group_unknown", {"group": stratum.group}
    for volume, when in ((stratum.stock_t1, "t1"), (stratum.stock_t2, "t2")):
        if volume is None:
            return f"carbon.volume_missing_{when}", {}
        if volume < 0:
            return "carbon.volume_negative", {}
    return None


def _line(stratum: Stratum, parameters: Mapping[str, SpeciesParameter]) -> StratumAmount:
    if stratum.by_hand is not None:
        exact = Fraction(stratum.by_hand.units, 100)
        formula = f"{stratum.label}（{stratum.group}）：{stratum.by_hand.plain}（监测核算报告第{stratum.report_page.strip()}页）"
        return StratumAmount(stratum.label, stratum.group, None, exact, stratum.by_hand, formula)
    parameter = parameters[stratum.group]
    before, after = stratum.stock_t1 or Decimal(0), stratum.stock_t2 or Decimal(0)
    exact = (Fraction(after) - Fraction(before)) * parameter.factor
    formula = (
        f"{stratum.label}（{stratum.group}）：（{after}－{before}）"
        f"× {parameter.formula} ＝ {shown(exact)}"
    )
    return StratumAmount(
        stratum.label,
        stratum.group,
        parameter.factor,
        exact,
        Tonnes.rounded_down(exact),
        formula,
    )


def shown(value: Fraction) -> str:
    """An exact figure to four decimals, the rest cut off (not rounded), for the annex."""
    cut = floor(abs(value) * 10_000)
    sign = "-" if value < 0 and cut else ""
    return f"{sign}{cut // 10_000}.{cut % 10_000:04d}"


def _formula(
    lines: Sequence[StratumAmount],
    gross: Fraction,
    rate: int,
    taken: Deductions,
    tonnes: Tonnes,
) -> str:
    text = [line.formula for line in lines]
    text.append(f"两期碳储量变化合计 ＝ {shown(gross)}")
    text.append(
        f"不确定性 {taken.uncertainty_percent}%，扣减率 {rate}%；基线 {taken.baseline}，"
        f"泄漏 {taken.leakage}，其他扣减 {taken.other}（吨二氧化碳当量）"
    )
    net = f"{shown(gross)} ×（1－{rate}%）" if rate else shown(gross)
    text.append(
        f"监测期碳减排量 ＝ {net} － {taken.baseline} － {taken.leakage} － {taken.other}，"
        f"向下取至 0.01 吨 ＝ {tonnes.plain} 吨"
    )
    return "\n".join(text)


def years(first: date, last: date) -> Fraction:
    """Length of a period, both ends included: whole years, and days of 365 for what is left.

    Raises:
        InputError: the period ends before it starts.
    """
    if last < first:
        raise InputError.of("period", "carbon.period_order")
    after = last + timedelta(days=1)
    whole = after.year - first.year
    anniversary = _same_day(first, first.year + whole)
    if anniversary > after:
        whole -= 1
        anniversary = _same_day(first, first.year + whole)
    return whole + Fraction((after - anniversary).days, 365)


def _same_day(day: date, year: int) -> date:
    if (day.month, day.day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return day.replace(year=year)


def rate_per_ha_year(tonnes: Tonnes, area: Area, period: tuple[date, date]) -> Fraction:
    """Exact t CO2e per hectare and year; zero for an area of zero."""
    if area.m2 == 0:
        return Fraction(0)
    return Fraction(tonnes.units, 100) / Fraction(area.m2, 10_000) / years(*period)


def judge_rate(
    rate: Fraction, low: int = DEFAULT_RATE_LOW, high: int = DEFAULT_RATE_HIGH
) -> RateVerdict:
    """Whether a rate is plausible; the bounds themselves are."""
    if rate < low:
        return RateVerdict.LOW
    return RateVerdict.HIGH if rate > high else RateVerdict.PLAUSIBLE


def check_parameters(parameters: Sequence[SpeciesParameter]) -> None:
    """Refuse a set with a number out of its physical bounds or a group given twice.

    Raises:
        InputError: every wrong number, field ``parameters[3].bef`` from 1.
    """
    errors: list[FieldError] = []
    seen: set[str] = set()
    for position, parameter in enumerate(parameters, start=1):
        place = f"parameters[{position}]"
        if parameter.group in seen:
            errors.append(
                FieldError(f"{place}.group", "carbon.parameter_twice", {"group": parameter.group})
            )
        seen.add(parameter.group)
        for attribute, (name, low, high) in _BOUNDS.items():
            value: Decimal = getattr(parameter, attribute)
            if not low <= value <= high:
                facts = {"group": parameter.group, "name": name, "value": value}
                facts |= {"low": low, "high": high}
                errors.append(FieldError(f"{place}.{attribute}", "carbon.parameter_range", facts))
    if errors:
        raise InputError(*errors)
