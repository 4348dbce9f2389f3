"""Stock volumes (蓄积量): stored in units of 0.01 m³."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.values.numerals import exact_decimal, plain_text


@dataclass(frozen=True, order=True)
class Volume:
    """A stock volume in units of 0.01 m³."""

    units: int

    @classmethod
    def parse(cls, text: str) -> Volume:
        """Read ``2,789.29`` or ``2789.29立方米``.

        Raises:
            InputError: field ``"number"``; not a number, more than two decimals, below zero.
        """
        bare = plain_text(text).removesuffix("立方米").removesuffix("m3")
        return cls(int(exact_decimal(bare, decimals=2) * 100))

    @property
    def amount(self) -> Decimal:
        """The volume in m³, exact, two decimals."""
        return Decimal(self.units).scaleb(-2)

    @property
    def plain(self) -> str:
        """``2789.29``: for files and formulas."""
        return f"{self.amount:.2f}"

    def __str__(self) -> str:
        return f"{self.amount:,.2f}"

    def __add__(self, other: Volume) -> Volume:
        return Volume(self.units + other.units)
