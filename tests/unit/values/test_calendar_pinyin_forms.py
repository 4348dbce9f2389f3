"""Working days, pinyin and forms."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.values.area import Area
from core.values.forms import FormField, parse_form
from core.values.money import Money
from core.values.pinyin import initials, sort_key, syllables
from core.values.tonnes import Tonnes
from core.values.volume import Volume
from core.values.workdays import WorkCalendar


def test_that_holidays_and_make_up_days_are_the_published_ones() -> None:
    calendar = WorkCalendar()
    assert not calendar.is_workday(date(2026, 10, 1))
    assert not calendar.is_workday(date(2025, 10, 8))
    assert calendar.is_workday(date(2025, 9, 28))  # a Sunday worked for the National Day
    assert calendar.known(2026)


def test_that_the_office_table_overrides_both_ways() -> None:
    day, sunday = date(2026, 11, 25), date(2026, 11, 29)
    calendar = WorkCalendar({day: False, sunday: True})
    assert not calendar.is_workday(day)
    assert calendar.is_workday(sunday)
    assert calendar.add(date(2026, 11, 24), 1) == date(2026, 11, 26)


def test_that_an_unknown_year_is_monday_to_friday_and_says_so() -> None:
    calendar = WorkCalendar({date(2090, 1, 2): False})
    assert not calendar.known(2090)
    assert not calendar.is_workday(date(2090, 1, 2))
    assert calendar.is_workday(date(2090, 1, 3))
    assert not calendar.is_workday(date(2090, 1, 7))


def test_that_a_limit_starts_on_the_day_after() -> None:
    calendar = WorkCalendar()
    friday = date(2026, 11, 20)
    assert calendar.add(friday, 1) == date(2026, 11, 23)
    assert calendar.add(friday, 7) == date(2026, 12, 1)
    assert calendar.add(friday, 0) == friday
    with pytest.raises(ValueError):
        calendar.add(friday, -1)


@given(st.dates(date(2005, 1, 1), date(2040, 12, 31)), st.integers(1, 60))
def test_that_adding_and_counting_agree(start: date, days: int) -> None:
    calendar = WorkCalendar()
    due = calendar.add(start, days)
    assert calendar.is_workday(due)
    assert calendar.between(start, due) == days
    assert calendar.between(due, start) == -days
    assert calendar.between(start, due - timedelta(days=1)) == days - 1


@pytest.mark.parametrize(
    "name, letters",
    [
        ("单田芳", "stf"),
        ("曾国藩", "zgf"),
        ("解缙", "xj"),
        ("仇英", "qy"),
        ("任正非", "rzf"),
        ("查良镛", "zly"),
        ("尉迟恭", "ycg"),
        ("令狐冲", "lhc"),
        ("陈㛃", "cj"),
        ("赵𫖯", "zf"),
        ("何𫘝", "hj"),
        ("阿依努尔·吐尔逊", "aynetex"),
        ("明光市A公司", "mgsags"),
        ("", ""),
    ],
)
def test_that_initials_read_surnames_as_surnames(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_that_names_sort_by_sound_and_unknown_characters_last() -> None:
    unknown = "\U000323af"  # assigned after every dictionary
    names = ["赵一", unknown + "一", "安一", "李一", "单一"]
    assert sorted(names, key=sort_key) == ["安一", "李一", "单一", "赵一", unknown + "一"]
    assert syllables("重庆市林业局")[:2] == ["chong", "qing"]


FORM = (
    FormField("note", "Note", "long"),
    FormField("day", "Day", "date", required=True),
    FormField("count", "Count", "int"),
    FormField("amount", "Amount", "money"),
    FormField("tonnes", "Tonnes", "tonnes"),
    FormField("area", "Area", "area"),
    FormField("stock", "Stock", "volume"),
    FormField("agree", "Agree", "bool"),
    FormField("way", "Way", "choice", choices=(("post", "邮寄"), ("hand", "当面"))),
    FormField("scan", "Scan", "file"),
    FormField(
        "experts",
        "Experts",
        "table",
        columns=(FormField("name", "Name", required=True), FormField("votes", "Votes", "int")),
    ),
)


def test_that_a_form_is_read_into_typed_values(tmp_path: Path) -> None:
    scan = tmp_path / "扫描.pdf"
    scan.write_bytes(b"%PDF")
    typed = {
        "note": " two\nlines ",
        "day": "2026年11月22日",
        "count": "1,200",
        "amount": "1,409.50",
        "tonnes": "5195.54",
        "area": "576.30亩",
        "stock": "2789.29",
        "agree": "是",
        "way": "当面",
        "scan": str(scan),
        "experts": '[{"name": "秦昉", "votes": "1"}]',
    }
    assert parse_form(FORM, typed) == {
        "note": "two\nlines",
        "day": date(2026, 11, 22),
        "count": 1200,
        "amount": Money(140950),
        "tonnes": Tonnes(519554),
        "area": Area(384200),
        "stock": Volume(278929),
        "agree": True,
        "way": "hand",
        "scan": scan,
        "experts": [{"name": "秦昉", "votes": 1}],
    }


def test_that_typed_values_and_empty_fields_pass() -> None:
    values: dict[str, object] = {
        "day": date(2026, 1, 1),
        "tonnes": Tonnes(1),
        "experts": [{"name": "吕喆"}],
    }
    parsed = parse_form(FORM, values)
    assert parsed["tonnes"] == Tonnes(1)
    assert parsed["agree"] is False
    assert parsed["note"] is None
    assert parsed["experts"] == [{"name": "吕喆", "votes": None}]


def test_that_every_wrong_field_is_named_at_once(tmp_path: Path) -> None:
    typed = {
        "day": "",
        "count": "x",
        "amount": "1.234",
        "agree": "maybe",
        "way": "pigeon",
        "scan": str(tmp_path / "none.pdf"),
        "experts": [{"name": "", "votes": "many"}, {"name": "吕喆"}],
        "extra": "1",
    }
    with pytest.raises(InputError) as caught:
        parse_form(FORM, typed)
    assert {(wrong.field, wrong.code) for wrong in caught.value.fields} == {
        ("day", "form.required"),
        ("count", "values.number_format"),
        ("amount", "values.number_decimals"),
        ("agree", "form.bool"),
        ("way", "form.choice"),
        ("scan", "form.file"),
        ("experts[1].name", "form.required"),
        ("experts[1].votes", "values.number_format"),
        ("extra", "form.unknown"),
    }


@pytest.mark.parametrize("lines", ["{", '{"a": 1}', "[1]", [1], 5])
def test_that_lines_must_be_a_list_of_objects(lines: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_form(FORM, {"day": "2026-01-01", "experts": lines})
    assert caught.value.fields[0].code == "form.table"
