"""A value as people read it and as programs get it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import i18n
from core.i18n import N_
from core.values.area import Area
from core.values.cells import Shown, as_data, as_text, term
from core.values.money import Money
from core.values.sections import Fact, Section
from core.values.tonnes import Tonnes
from core.values.volume import Volume


class _State(StrEnum):
    VALID = "valid"


_TITLES = {_State.VALID: N_("Valid")}


@pytest.mark.parametrize(
    ("value", "text", "data"),
    [
        (None, "", None),
        ("王芳", "王芳", "王芳"),
        (3, "3", 3),
        (True, "是", True),
        (Money(140950), "1,409.50", "1409.50"),
        (Money(-140950), "-1,409.50", "-1409.50"),
        (Tonnes(519554), "5,195.54", "5195.54"),
        (Volume(278929), "2,789.29", "2789.29"),
        (Area(246600), "369.90", {"m2": 246600, "mu": "369.90", "ha": "24.6600"}),
        (date(2026, 11, 25), "2026-11-25", "2026-11-25"),
        (datetime(2026, 11, 25, 1, tzinfo=UTC), "2026-11-25 09:00", "2026-11-25T01:00:00+00:00"),
        (
            datetime(2026, 11, 25, 9, tzinfo=timezone(timedelta(hours=8))),
            "2026-11-25 09:00",
            "2026-11-25T01:00:00+00:00",
        ),
        (term(_State.VALID, _TITLES), "有效", "valid"),
        (Shown({"from": date(2021, 1, 1)}, "2021"), "2021", {"from": "2021-01-01"}),
        ((term(_State.VALID, _TITLES), "x"), "有效、x", ["valid", "x"]),
        (Decimal("0.4810"), "0.4810", "0.4810"),
        ({"b", "a"}, "", ["a", "b"]),
    ],
)
def test_that_people_and_programs_get_their_own_form(
    value: object, text: str, data: object
) -> None:
    assert as_data(value) == data
    if text:
        assert as_text(value) == text
    json.dumps(as_data(value))


def test_that_a_word_is_read_in_the_language_of_the_screen() -> None:
    i18n.use("en")
    try:
        shown = term(_State.VALID, _TITLES)
    finally:
        i18n.use("zh_CN")
    assert (as_text(shown), as_data(shown)) == ("Valid", "valid")


@given(st.integers(-(10**15), 10**15))
def test_that_amounts_for_programs_are_exact(units: int) -> None:
    for kind in (Money, Tonnes, Volume):
        assert Decimal(str(as_data(kind(units)))) * 100 == units


def test_that_a_section_tells_people_only_what_is_there() -> None:
    section = Section(
        "decision",
        "审定",
        (Fact("number", "文号", "明林碳审〔2026〕3号"), Fact("day", "日期", None)),
        (("tonnes", "吨数"), ("area", "面积")),
        ((Tonnes(100), Area(10_000)),),
    )
    assert section.pairs == (("文号", "明林碳审〔2026〕3号"),)
    assert (section.headers, section.rows) == (("吨数", "面积"), (("1.00", "15.00"),))
    assert section.data == {
        "number": "明林碳审〔2026〕3号",
        "day": None,
        "lines": [{"tonnes": "1.00", "area": {"m2": 10_000, "mu": "15.00", "ha": "1.0000"}}],
    }
