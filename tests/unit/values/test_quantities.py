"""Tonnes, areas, volumes, ranges and dates."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, RuleViolation
from core.values.area import Area
from core.values.dates import chinese_date, chinese_period, parse_date, periods_overlap
from core.values.ranges import SerialRange
from core.values.tonnes import Tonnes
from core.values.volume import Volume


def sample(name: str) -> list[dict[str, str]]:
    text = files("resources").joinpath("sample", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("row", [r for r in sample("applications.csv") if r["tonnes"]])
def test_that_tonnes_of_the_sample_have_its_capitals(row: dict[str, str]) -> None:
    tonnes = Tonnes.parse(row["tonnes"])
    if row["tonnes_capital"]:
        assert tonnes.capitals() == row["tonnes_capital"]
    assert tonnes.plain == row["tonnes"]


def test_that_whole_tonnes_end_in_zheng_and_zeros_are_kept_inside() -> None:
    assert Tonnes(10000).capitals() == "壹佰吨整"
    assert Tonnes(5).capitals() == "零点零伍吨"
    assert Tonnes(47850).capitals() == "肆佰柒拾捌点伍吨"
    assert Tonnes(0).capitals() == "零吨整"
    with pytest.raises(ValueError):
        Tonnes(-1).capitals()


@given(st.integers(0, 10**13))
def test_that_tonnes_read_back_and_capitals_differ(units: int) -> None:
    tonnes = Tonnes(units)
    assert Tonnes.parse(str(tonnes)) == Tonnes.parse(f"{tonnes.plain}吨") == tonnes
    assert tonnes.capitals() != Tonnes(units + 1).capitals()


@given(st.fractions(-1000, 1000))
def test_that_rounding_tonnes_never_goes_up(exact: Fraction) -> None:
    units = Tonnes.rounded_down(exact).units
    assert Fraction(units, 100) <= exact < Fraction(units + 1, 100)


@pytest.mark.parametrize("row", sample("parcels.csv"))
def test_that_hectares_of_the_sample_are_its_mu(row: dict[str, str]) -> None:
    area = Area.from_ha(row["area_ha"])
    assert str(area.ha) == row["area_ha"]
    assert str(area.mu) == row["area_mu"]


@given(st.integers(0, 10**11))
def test_that_an_area_survives_both_units(m2: int) -> None:
    area = Area(m2)
    assert Area.from_ha(area.ha) == area
    # Two decimals of mu are coarser than a square metre, but stable from then on.
    assert Area.from_mu(area.mu).mu == area.mu
    assert abs(Area.from_mu(area.mu).m2 - m2) <= 4


def test_that_areas_say_both_units_and_refuse_lost_digits() -> None:
    assert str(Area.from_ha("38.42")) == "576.30 亩（38.4200 公顷）"
    assert Area.from_mu("15亩") == Area.from_ha("1公顷") == Area(10_000)
    assert Area.rounded(Fraction(5, 2)) == Area(3)
    with pytest.raises(InputError) as caught:
        Area.from_ha("1.00001")
    assert caught.value.fields[0].code == "values.number_decimals"


def test_that_volumes_keep_their_hundredths() -> None:
    assert Volume.parse("2,789.29立方米").amount == Decimal("2789.29")
    assert str(Volume.parse("2789.2") + Volume(9)) == "2,789.29"


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**6), min_size=1, max_size=12))
def test_that_splitting_always_tiles(start: int, counts: list[int]) -> None:
    whole = SerialRange(start, start + sum(counts) - 1)
    parts, rest = [], whole
    for count in counts[:-1]:
        first, rest = rest.split(count)
        assert first.count == count
        parts.append(first)
    parts.append(rest)
    assert whole.tiles(reversed(parts))
    assert sum(part.count for part in parts) == whole.count
    assert parts[0].start == start
    assert not any(one.overlaps(other) for one, other in pairwise(parts))
    if len(parts) > 1:
        assert not whole.tiles(parts[:-1])
        assert not whole.tiles([*parts, parts[0]])


@pytest.mark.parametrize("count", [0, 10, 11, -1])
def test_that_no_part_of_a_split_is_empty(count: int) -> None:
    with pytest.raises(RuleViolation):
        SerialRange(1, 10).split(count)


@pytest.mark.parametrize("start, end", [(0, 5), (5, 4), (-3, -1)])
def test_that_a_range_is_never_empty_or_below_one(start: int, end: int) -> None:
    with pytest.raises(ValueError):
        SerialRange(start, end)


@given(st.dates())
def test_that_every_written_date_reads_back(day: date) -> None:
    if day.year < 1000:
        return
    forms = [
        day.isoformat(),
        chinese_date(day),
        f"{day:%Y%m%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y.%m.%d}",
    ]
    assert {parse_date(form) for form in forms} == {day}


@pytest.mark.parametrize("typed", ["2026-02-30", "26-1-1", "明天", "2026-13-01", "20260230"])
def test_that_a_day_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_date(typed)
    assert caught.value.fields[0].code == "values.date_format"


def test_that_periods_include_their_ends() -> None:
    first = (date(2021, 1, 1), date(2025, 12, 31))
    assert periods_overlap(first, (date(2025, 12, 31), date(2026, 12, 31)))
    assert not periods_overlap(first, (date(2026, 1, 1), date(2026, 12, 31)))
    assert chinese_period(*first) == "2021年1月1日至2025年12月31日"
