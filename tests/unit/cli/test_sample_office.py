"""The sample office before anything is built: its tables add up, its diary is possible."""

from __future__ import annotations

import csv
from fractions import Fraction
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.carbon.rules import SpeciesParameter, Stratum, compute
from core.certificates.cells import share_of
from core.certificates.steps import STEPS
from core.cli.sample_office import people, tables
from core.cli.sample_office.build import MEASURING_BODIES
from core.cli.sample_office.committee import RECUSED
from core.cli.sample_office.journeys import DAYS, journey
from core.cli.sample_office.scans import photo, scan
from core.errors import InputError
from core.values.area import Area
from core.values.identity import IdKind, check
from core.values.numerals import exact_decimal
from core.values.workdays import WorkCalendar


def parameters() -> dict[str, SpeciesParameter]:
    source = resources.files("resources").joinpath("tables", "species_parameters.csv")
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    names = ("wood_density_t_per_m3", "bef", "root_shoot_ratio", "carbon_fraction")
    return {
        row["group"]: SpeciesParameter(
            row["group"], *(exact_decimal(row[name], decimals=6) for name in names)
        )
        for row in rows
    }


def strata(case: str) -> list[Stratum]:
    return [
        Stratum(
            label=parcel.key,
            group=parcel.cells["group"],
            stock_t1=exact_decimal(parcel.cells["stock_m3_t1"], decimals=2),
            stock_t2=exact_decimal(parcel.cells["stock_m3_t2"], decimals=2),
        )
        for parcel in tables.parcels()
        if parcel.application == case
    ]


@pytest.mark.parametrize("key", [k for k, a in tables.applications().items() if a.tonnes])
def test_that_the_tables_of_a_case_add_up(key: str) -> None:
    case = tables.applications()[key]
    assert case.tonnes is not None
    assert compute(strata(key), parameters()).tonnes == case.tonnes
    assert case.tonnes.capitals() == case.tonnes_capital


def test_that_each_parcel_has_its_tonnes_and_its_area_in_both_units() -> None:
    for parcel in tables.parcels():
        (only,) = [one for one in strata(parcel.application) if one.label == parcel.key]
        assert compute([only], parameters()).tonnes == parcel.tonnes, parcel.key
        assert Area.from_mu(parcel.cells["area_mu"]) == parcel.area, parcel.key


def test_that_invented_numbers_have_valid_check_digits() -> None:
    for holder in tables.holders().values():
        kind = IdKind.RESIDENT if holder.is_person else IdKind.CREDIT_CODE
        if holder.number:
            assert check(kind, holder.number) == holder.number
    for _name, _kind, code in MEASURING_BODIES.values():
        assert check(IdKind.CREDIT_CODE, code) == code


def test_that_shares_of_a_case_sum_to_one() -> None:
    assert {sum(each.values(), Fraction(0)) for each in tables.shares().values()} == {Fraction(1)}


def test_that_every_case_has_a_diary_on_working_days_in_order() -> None:
    calendar = WorkCalendar()
    assert set(DAYS) == set(tables.applications())
    for key in DAYS:
        moves = journey(key)
        assert moves[0].day == tables.applications()[key].received_on
        assert all(calendar.is_workday(move.day) for move in moves), key
        times = [(move.day, move.hour) for move in moves]
        assert times == sorted(times), key


def test_that_notices_run_their_working_days_before_they_are_closed() -> None:
    calendar = WorkCalendar()
    for key, days in DAYS.items():
        if days.published is not None and days.closed is not None:
            assert calendar.add(days.published, 7) < days.closed, key


def test_that_moves_name_steps_and_fields_that_exist() -> None:
    for move in (move for key in tables.applications() for move in journey(key)):
        if move.step in {"draft", "papers"}:
            continue
        fields = {field.name: field for field in STEPS[move.step].fields}
        assert set(move.values) <= set(fields), move
        required = {name for name, field in fields.items() if field.required}
        if move.step == "record_expert_review":  # the committee's meeting says the rest
            required = set()
        assert required <= set(move.values), move


def test_that_nobody_has_two_of_the_three_reviews() -> None:
    duties = {"pass_preliminary", "pass_second_review", "approve"}
    for key in DAYS:
        hands = [move.who.login for move in journey(key) if move.step in duties]
        assert len(hands) == len(set(hands)), key


def test_that_every_recusal_of_the_sample_data_is_demanded() -> None:
    for expert in tables.experts():
        hint = expert["conflict_hint"]
        named = {key for key in DAYS if key in hint} if "须回避" in hint else set()
        assert set(RECUSED.get(expert["expert_id"], ())) == named, expert


def test_that_passwords_follow_from_the_seed_and_differ() -> None:
    first, second = people.passwords(1), people.passwords(2)
    assert first == people.passwords(1)
    assert first != second
    assert set(first) == {official.login for official in people.EVERYBODY}
    assert len(set(first.values())) == len(first)


def test_that_attachments_are_real_files_with_rare_names() -> None:
    assert scan("申请书", ["申请人：周𬱖、陈㛃"], pages=2).startswith(b"%PDF-")
    assert photo("现场 𬱖", 3).startswith(b"\xff\xd8\xff")


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_that_a_share_is_read_exactly(numerator: int, denominator: int) -> None:
    text = f"{numerator}/{denominator}"
    if numerator <= denominator:
        assert share_of(text) == Fraction(numerator, denominator)
        assert share_of(text.replace("/", "／")) == Fraction(numerator, denominator)
    else:
        with pytest.raises(InputError):
            share_of(text)


@pytest.mark.parametrize("text", ["0", "-1/2", "1/0", "半", "1/2/3", "0.5.5"])
def test_that_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        share_of(text)
    assert caught.value.fields[0].field == "share"
