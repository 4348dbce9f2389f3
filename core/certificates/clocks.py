"""Limits in working days, and clocks that stand still while others have the case. Pure functions.

A limit counts from the day after its start. Days inside a stop, both ends included, do not count
(the supplement notice says so in as many words; the other stops are treated the same way).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.values.workdays import WorkCalendar

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stop:
    """Days that do not count; `ended_on` is None while it lasts."""

    started_on: date
    ended_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the clock stands still on that day."""
        return self.started_on <= day and (self.ended_on is None or day <= self.ended_on)


def last_day(
    calendar: WorkCalendar, start: date, working_days: int, stops: Iterable[Stop]
) -> date | None:
    """The last day of a limit, or None while its clock stands still.

    Args:
        calendar: the office's working days.
        start: the day before the first one that may count.
        working_days: the limit; zero ends on `start`.
        stops: times that do not count.
    """
    standing = tuple(stops)
    day, left = start, working_days
    while left:
        day += _DAY
        covering = [stop for stop in standing if stop.covers(day)]
        if any(stop.ended_on is None for stop in covering):
            return None
        if not covering and calendar.is_workday(day):
            left -= 1
    return day


def worked(calendar: WorkCalendar, start: date, until: date, stops: Iterable[Stop]) -> int:
    """Working days that counted after `start` up to and including `until`."""
    standing = tuple(stops)
    days = (until - start).days
    return sum(
        calendar.is_workday(day) and not any(stop.covers(day) for stop in standing)
        for day in (start + _DAY * n for n in range(1, days + 1))
    )
