"""Time comes in by hand, so that tests never sleep and samples can be replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

#: China has one time zone and no summer time; dates on papers are dates there.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """Where the program gets the time from."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is set; for tests and the sample office."""

    instant: datetime

    def now(self) -> datetime:
        """The instant it was set to, in UTC."""
        return self.instant.astimezone(UTC)

    def set_date(self, day: date, hour: int = 9) -> None:
        """Move to `hour` o'clock on `day` in China."""
        self.instant = datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)


def china_date(instant: datetime) -> date:
    """The calendar day of an instant in China."""
    return instant.astimezone(CHINA).date()
