"""Credit hours 学时: whole hundredths, so that sums over years are exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Integer
from sqlalchemy.types import TypeDecorator

from core.values.numerals import exact_decimal


@dataclass(frozen=True, order=True)
class Hours:
    """A number of credit hours in units of 0.01."""

    units: int

    @classmethod
    def of(cls, hours: int) -> Hours:
        """So many whole hours."""
        return cls(hours * 100)

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Read ``16`` or ``3.5``.

        Raises:
            InputError: field ``"number"``; not a number, more than two decimals, below zero.
        """
        return cls(int(exact_decimal(text, decimals=2) * 100))

    def __str__(self) -> str:
        whole, part = divmod(self.units, 100)
        return f"{whole}.{part:02}".rstrip("0") if part else str(whole)

    def __add__(self, other: Hours) -> Hours:
        return Hours(self.units + other.units)


def total(hours: Any) -> Hours:
    """The sum of hours; zero for none."""
    return Hours(sum(one.units for one in hours))


class HoursColumn(TypeDecorator[Hours]):
    """Credit hours, stored in units of 0.01."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Hours | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else value.units

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Hours | None:
        """From the database."""
        return None if value is None else Hours(int(value))
