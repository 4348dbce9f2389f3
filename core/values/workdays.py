"""Working days of the office.

The holiday table of the State Council (package chinesecalendar) holds unless the office's own
calendar table overrides it. Years the package does not know yet use Monday to Friday plus the office's table; `known` says so,
and due dates in them are shown with a warning, never as an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)


@cache
def _published(year: int) -> bool:
    from chinese_calendar import is_workday

    try:
        is_workday(date(year, 12, 31))
    except NotImplementedError:
        return False
    return True


@dataclass(frozen=True)
class WorkCalendar:
    """The office's working days. `overrides` maps a day to whether the office works on it."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def known(self, year: int) -> bool:
        """Whether the holidays of that year are published in the package."""
        return _published(year)

    def is_workday(self, day: date) -> bool:
        """Whether the office works on that day."""
        from chinese_calendar import is_workday

        if day in self.overrides:
            return self.overrides[day]
        if _published(day.year):
            return bool(is_workday(day))
        return day.isoweekday() <= 5

    def add(self, day: date, working_days: int) -> date:
        """The last day of a limit of `working_days` that starts on the day after `day`.

        A limit of zero ends on `day` itself.
        """
        if working_days < 0:
            msg = "a limit is never negative"
            raise ValueError(msg)
        while working_days:
            day += _DAY
            working_days -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        days = (end - start).days
        return sum(self.is_workday(start + _DAY * n) for n in range(1, days + 1))
