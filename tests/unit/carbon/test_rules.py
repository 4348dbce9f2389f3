"""The carbon amount: equal to the sample, exact, and never rounded up."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import messages
from core.carbon.rules import (
    CarbonAmount,
    Deductions,
    RateVerdict,
    SpeciesParameter,
    Stratum,
    check_parameters,
    compute,
    is_by_hand,
    judge_rate,
    rate_per_ha_year,
    shown,
    uncertainty_rate,
    years,
)
from core.carbon.seed import shipped_groups, shipped_parameters
from core.errors import InputError, RuleViolation
from core.values.area import Area
from core.values.tonnes import Tonnes

PARAMETERS = {one.group: one for one in shipped_parameters()}
PERIOD = (date(2021, 1, 1), date(2025, 12, 31))


def sample(name: str) -> list[dict[str, str]]:
    text = files("resources").joinpath("sample", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def stratum(row: dict[str, str]) -> Stratum:
    return Stratum(
        label=row["parcel_id"],
        group=row["group"],
        stock_t1=Decimal(row["stock_m3_t1"]),
        stock_t2=Decimal(row["stock_m3_t2"]),
    )


def of(
    group: str, before: object, after: object, deductions: Deductions | None = None
) -> CarbonAmount:
    one = Stratum(
        label="P", group=group, stock_t1=Decimal(str(before)), stock_t2=Decimal(str(after))
    )
    return compute([one], PARAMETERS, deductions)


@pytest.mark.parametrize("row", sample("parcels.csv"), ids=lambda row: row["parcel_id"])
def test_that_each_parcel_of_the_sample_has_its_tonnes_and_rate(row: dict[str, str]) -> None:
    amount = compute([stratum(row)], PARAMETERS)
    assert amount.tonnes.plain == amount.strata[0].tonnes.plain == row["tco2e"]
    rate = rate_per_ha_year(amount.tonnes, Area.from_ha(row["area_ha"]), PERIOD)
    assert f"{float(rate):.2f}" == row["rate"]
    assert judge_rate(rate) is RateVerdict.PLAUSIBLE


def test_that_each_application_of_the_sample_has_its_tonnes() -> None:
    expected = {row["application_id"]: row["tonnes"] for row in sample("applications.csv")}
    for application, rows in groupby(sample("parcels.csv"), lambda row: row["application_id"]):
        amount = compute([stratum(row) for row in rows], PARAMETERS)
        if expected[application]:
            assert amount.tonnes.plain == expected[application]


def naive(row: SpeciesParameter, before: Decimal, after: Decimal) -> Decimal:
    """The same in high-precision decimals, in another order of operations."""
    per_m3 = row.carbon_fraction * 44 * row.wood_density * row.bef * (1 + row.root_shoot) / 12
    return after * per_m3 - before * per_m3


volumes = st.decimals(0, 10**6, places=2, allow_nan=False, allow_infinity=False)


@given(st.sampled_from(sorted(PARAMETERS)), volumes, volumes)
def test_that_the_amount_is_the_formula_rounded_down(
    group: str, before: Decimal, after: Decimal
) -> None:
    amount = of(group, before, after)
    assert abs(Fraction(naive(PARAMETERS[group], before, after)) - amount.exact) < Fraction(
        1, 10**12
    )
    assert 0 <= amount.exact - Fraction(amount.tonnes.units, 100) < Fraction(1, 100)


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(PARAMETERS)), volumes, volumes), min_size=1, max_size=8
    )
)
def test_that_rounding_happens_once_at_the_end(rows: list[tuple[str, Decimal, Decimal]]) -> None:
    strata = [
        Stratum(label=str(at), group=group, stock_t1=before, stock_t2=after)
        for at, (group, before, after) in enumerate(rows)
    ]
    amount = compute(strata, PARAMETERS)
    apart = sum(line.tonnes.units for line in amount.strata)
    assert 0 <= amount.tonnes.units - apart < len(rows)
    assert amount.exact == sum((line.exact for line in amount.strata), Fraction(0))
    assert compute(list(reversed(strata)), PARAMETERS).tonnes == amount.tonnes


@given(volumes, volumes, volumes)
def test_that_periods_add_up_exactly(first: Decimal, second: Decimal, third: Decimal) -> None:
    whole = of("栎类", first, third)
    parts = of("栎类", first, second).exact + of("栎类", second, third).exact
    assert whole.exact == parts


@given(volumes, st.decimals(0, 1000, places=2), st.decimals(0, 30, places=1))
def test_that_deductions_never_raise_the_amount(
    after: Decimal, taken: Decimal, uncertainty: Decimal
) -> None:
    free = of("杉木", 100, after)
    less = of("杉木", 100, after, Deductions(taken, taken, taken, uncertainty))
    assert less.exact <= free.exact
    assert less.gross == free.gross
    assert less.exact == free.gross - abs(free.gross) * Fraction(
        less.uncertainty_rate, 100
    ) - 3 * Fraction(taken)


@pytest.mark.parametrize(
    "percent, rate", [("0", 0), ("10", 0), ("10.01", 6), ("20", 6), ("20.1", 11), ("30", 11)]
)
def test_that_uncertainty_steps_include_their_upper_bound(percent: str, rate: int) -> None:
    assert uncertainty_rate(Decimal(percent), Deductions().steps) == rate


def test_that_too_much_uncertainty_needs_more_plots() -> None:
    with pytest.raises(RuleViolation) as caught:
        of("栎类", 1, 2, Deductions(uncertainty_percent=Decimal("30.1")))
    assert caught.value.code == "carbon.uncertainty_high"
    with pytest.raises(InputError):
        of("栎类", 1, 2, Deductions(uncertainty_percent=Decimal(-1)))


def errors(strata: list[Stratum], deductions: Deductions | None = None) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        compute(strata, PARAMETERS, deductions)
    assert messages.text(caught.value)
    return [(wrong.field, wrong.code) for wrong in caught.value.fields]


def test_that_every_stratum_that_cannot_be_computed_is_named_at_once() -> None:
    one, two = Decimal(1), Decimal(2)
    strata = [
        Stratum(label="朴树地块", group="", stock_t1=one, stock_t2=two),
        Stratum(label="P2", group="没有的组", stock_t1=one, stock_t2=two),
        Stratum(label="P3", group="栎类", stock_t1=one),
        Stratum(label="P4", group="栎类", stock_t1=-one, stock_t2=two),
        Stratum(label="毛竹", group="竹林", stock_t1=one, stock_t2=two),
        Stratum(label="毛竹", group="竹林", by_hand=Tonnes(100)),
        Stratum(label="P7", group="栎类", stock_t1=one, stock_t2=two),
    ]
    assert errors(strata) == [
        ("strata[1]", "carbon.group_missing"),
        ("strata[2]", "carbon.group_unknown"),
        ("strata[3]", "carbon.volume_missing_t2"),
        ("strata[4]", "carbon.volume_negative"),
        ("strata[5]", "carbon.by_hand"),
        ("strata[6]", "carbon.page_missing"),
    ]
    assert errors([]) == [("strata", "carbon.no_strata")]
    fine = [Stratum(label="P", group="栎类", stock_t1=one, stock_t2=two)]
    assert errors(fine, Deductions(baseline=-one)) == [("baseline", "carbon.deduction_negative")]


def test_that_bamboo_enters_by_hand_with_its_page() -> None:
    bamboo = Stratum(label="毛竹园", group="毛竹", by_hand=Tonnes.parse("12.34"), report_page="27")
    oak = Stratum(label="P01", group="栎类", stock_t1=Decimal(0), stock_t2=Decimal(100))
    amount = compute([oak, bamboo], PARAMETERS)
    assert amount.exact == PARAMETERS["栎类"].factor * 100 + Fraction("12.34")
    assert "第27页" in amount.formula
    assert is_by_hand("毛竹林")
    assert not is_by_hand("栎类")


def test_that_the_annex_can_be_recomputed_from_its_text() -> None:
    rows = [row for row in sample("parcels.csv") if row["application_id"] == "A01"]
    amount = compute([stratum(row) for row in rows], PARAMETERS)
    lines = amount.formula.splitlines()
    for line, result in zip(lines, amount.strata, strict=False):
        _label, _colon, sum_ = line.partition("：")
        left, _equals, right = sum_.partition("＝")
        for old, new in (("（", "("), ("）", ")"), ("－", "-"), ("＋", "+"), ("×", "*")):
            left = left.replace(old, new)
        value = Fraction(eval(exact_literals(left)))  # noqa: S307 - digits and signs only, checked
        assert value == result.exact
        assert shown(value) == right.strip()
    assert lines[-1].endswith("5195.54 吨")
    assert "5195.5449" in lines[-3]


def exact_literals(text: str) -> str:
    import re

    assert re.fullmatch(r"[0-9.()\s*/+\-]+", text)
    return re.sub(r"\d+(\.\d+)?", lambda found: f"F('{found[0]}')", text).replace("F(", "Fraction(")


@pytest.mark.parametrize(
    "first, last, expected",
    [
        (date(2021, 1, 1), date(2025, 12, 31), Fraction(5)),
        (date(2020, 2, 29), date(2024, 2, 28), Fraction(4)),
        (date(2021, 7, 1), date(2021, 7, 1), Fraction(1, 365)),
        (date(2012, 1, 1), date(2023, 12, 31), Fraction(12)),
        (date(2021, 1, 1), date(2022, 6, 30), 1 + Fraction(181, 365)),
    ],
)
def test_that_years_are_whole_from_day_to_day(first: date, last: date, expected: Fraction) -> None:
    assert years(first, last) == expected


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 20_000))
def test_that_a_longer_period_is_longer(first: date, days: int) -> None:
    from datetime import timedelta

    last = first + timedelta(days=days)
    assert years(first, last) <= years(first, last + timedelta(days=1))
    assert abs(years(first, last) - Fraction(days + 1) / Fraction("365.25")) < Fraction(1, 90)


def test_that_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(InputError):
        years(date(2025, 1, 2), date(2025, 1, 1))


def test_that_a_slipped_decimal_point_is_implausible() -> None:
    poplar = next(row for row in sample("parcels.csv") if row["parcel_id"] == "P12")
    area = Area.from_ha(poplar["area_ha"])
    slipped = of("杨树", poplar["stock_m3_t1"], Decimal(1348) * area.ha)
    assert judge_rate(rate_per_ha_year(slipped.tonnes, area, PERIOD)) is RateVerdict.HIGH
    lost = of("杨树", poplar["stock_m3_t1"], poplar["stock_m3_t1"])
    assert judge_rate(rate_per_ha_year(lost.tonnes, area, PERIOD)) is RateVerdict.LOW
    assert judge_rate(Fraction(20)) is judge_rate(Fraction(1)) is RateVerdict.PLAUSIBLE
    assert rate_per_ha_year(Tonnes(100), Area(0), PERIOD) == 0


def test_that_the_shipped_parameters_lie_within_their_bounds() -> None:
    check_parameters(shipped_parameters())
    assert len(shipped_parameters()) == 18
    assert shipped_groups()["麻栎"] == "栎类"
    assert set(shipped_groups().values()) <= set(PARAMETERS)
    assert round(float(PARAMETERS["栎类"].factor), 3) == 2.170
    assert round(float(PARAMETERS["马尾松"].factor), 3) == 1.120


def test_that_a_slipped_parameter_is_refused() -> None:
    oak = PARAMETERS["栎类"]
    slipped = SpeciesParameter(
        "栎类", oak.wood_density * 10, oak.bef, oak.root_shoot, Decimal("0.05")
    )
    with pytest.raises(InputError) as caught:
        check_parameters([oak, slipped])
    assert [wrong.field for wrong in caught.value.fields] == [
        "parameters[2].group",
        "parameters[2].wood_density",
        "parameters[2].carbon_fraction",
    ]


def test_that_shown_figures_are_cut_and_not_rounded() -> None:
    cases: dict[Any, str] = {
        Fraction(19999, 10000): "1.9999",
        Fraction(199999, 100000): "1.9999",
        Fraction(-1, 3): "-0.3333",
        Fraction(-1, 10**9): "0.0000",
    }
    assert {value: shown(value) for value in cases} == cases
