"""Limits in working days with stops: against counting by hand, day by day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.certificates.clocks import Stop, last_day, worked
from core.values.workdays import WorkCalendar

CALENDAR = WorkCalendar()
MONDAY = date(2026, 8, 3)

days = st.integers(0, 400).map(lambda n: MONDAY + timedelta(days=n))


@st.composite
def closed_stops(draw: st.DrawFn) -> list[Stop]:
    first = draw(st.lists(days, max_size=4))
    return [Stop(day, day + timedelta(days=draw(st.integers(0, 30)))) for day in first]


def test_that_a_limit_counts_from_the_day_after() -> None:
    assert last_day(CALENDAR, MONDAY, 7, []) == date(2026, 8, 12)


def test_that_days_of_a_stop_do_not_count_on_both_ends() -> None:
    stop = Stop(date(2026, 8, 5), date(2026, 8, 7))
    assert last_day(CALENDAR, MONDAY, 7, [stop]) == date(2026, 8, 17)


def test_that_an_open_stop_leaves_no_due_date() -> None:
    assert last_day(CALENDAR, MONDAY, 7, [Stop(date(2026, 8, 5), None)]) is None


def test_that_a_limit_that_ended_before_a_stop_keeps_its_day() -> None:
    assert last_day(CALENDAR, MONDAY, 1, [Stop(date(2026, 8, 5), None)]) == date(2026, 8, 4)


def test_that_national_holidays_do_not_count() -> None:
    # National Day 2026 is from 1 to 7 October; Saturday the 10th is worked.
    assert last_day(CALENDAR, date(2026, 9, 30), 3, []) == date(2026, 10, 10)


@given(days, st.integers(0, 40), closed_stops())
def test_that_the_limit_has_exactly_its_days(start: date, limit: int, stops: list[Stop]) -> None:
    end = last_day(CALENDAR, start, limit, stops)
    assert end is not None
    assert worked(CALENDAR, start, end, stops) == limit
    if limit:
        # Its last day is one that counts.
        assert worked(CALENDAR, start, end - timedelta(days=1), stops) == limit - 1


@given(days, st.integers(1, 30), closed_stops())
def test_that_a_further_stop_never_shortens_a_limit(
    start: date, limit: int, stops: list[Stop]
) -> None:
    more = [*stops, Stop(start, start + timedelta(days=9))]
    before, after = (last_day(CALENDAR, start, limit, each) for each in (stops, more))
    assert before is not None
    assert after is not None
    assert after >= before
