"""Tonnes of CO2 equivalent (吨二氧化碳当量): integers of 0.01 t."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from core.values.numerals import DIGITS, capitals, exact_decimal, plain_text


@dataclass(frozen=True, order=True)
class Tonnes:
    """A quantity in units of 0.01 t. Below zero only in the course of a calculation."""

    units: int

    @classmethod
    def parse(cls, text: str) -> Tonnes:
        """Read ``5,195.54`` or ``5195.54吨``.

        Raises:
            InputError: field ``"number"``; not a number, more than two decimals, below zero.
        """
        bare = plain_text(text).removesuffix("吨")
        return cls(int(exact_decimal(bare, decimals=2) * 100))

    @classmethod
    def rounded_down(cls, tonnes: Fraction) -> Tonnes:
        """The whole units of 0.01 t in an exact figure: always down, never up."""
        return cls(floor(tonnes * 100))

    @property
    def amount(self) -> Decimal:
        """The quantity in tonnes, exact, two decimals."""
        return Decimal(self.units).scaleb(-2)

    @property
    def plain(self) -> str:
        """``5195.54``: for files, forms and the face of papers."""
        return f"{self.amount:.2f}"

    def __str__(self) -> str:
        return f"{self.amount:,.2f}"

    def __add__(self, other: Tonnes) -> Tonnes:
        return Tonnes(self.units + other.units)

    def __sub__(self, other: Tonnes) -> Tonnes:
        return Tonnes(self.units - other.units)

    def capitals(self) -> str:
        """伍仟壹佰玖拾伍点伍肆吨; whole tonnes end in 整; zeros after the last digit are left out."""
        if self.units < 0:
            msg = "a quantity on a paper is never below zero"
            raise ValueError(msg)
        whole, rest = divmod(self.units, 100)
        if not rest:
            return f"{capitals(whole)}吨整"
        digits = f"{rest:02d}".rstrip("0")
        return f"{capitals(whole)}点{''.join(DIGITS[int(digit)] for digit in digits)}吨"
