"""Areas: stored in whole m², shown in 公顷 (ha) and 亩 (1 ha = 15 亩)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from core.values.numerals import exact_decimal, plain_text


@dataclass(frozen=True, order=True)
class Area:
    """An area in m²."""

    m2: int

    @classmethod
    def from_ha(cls, hectares: str | Decimal) -> Area:
        """From hectares with up to four decimals (one m²).

        Raises:
            InputError: field ``"number"``; not a number, too many decimals, below zero.
        """
        text = plain_text(str(hectares)).removesuffix("公顷")
        return cls(int(exact_decimal(text, decimals=4) * 10_000))

    @classmethod
    def from_mu(cls, mu: str | Decimal) -> Area:
        """From 亩 with up to two decimals, to the nearest m² (the way back gives the same 亩).

        Raises:
            InputError: field ``"number"``; not a number, too many decimals, below zero.
        """
        number = exact_decimal(plain_text(str(mu)).removesuffix("亩"), decimals=2)
        return cls.rounded(Fraction(number) * 2000 / 3)

    @classmethod
    def rounded(cls, square_metres: Fraction | float) -> Area:
        """To the nearest m², halves up."""
        return cls(int((Fraction(square_metres) + Fraction(1, 2)) // 1))

    @property
    def ha(self) -> Decimal:
        """Hectares, exact, four decimals."""
        return Decimal(self.m2).scaleb(-4)

    @property
    def mu(self) -> Decimal:
        """亩, rounded half up to two decimals."""
        return (Decimal(self.m2) * 3 / 2000).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def __str__(self) -> str:
        return f"{self.mu:,} 亩（{self.ha:,} 公顷）"

    def __add__(self, other: Area) -> Area:
        return Area(self.m2 + other.m2)
