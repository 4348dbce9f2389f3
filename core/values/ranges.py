"""Ranges of units of 0.01 t within an issuance: the identity of tonnes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import RuleViolation
from core.i18n import N_
from core.messages import register

register(
    {
        "values.range_split": N_(
            "A range of {count} units cannot be split at {part}; both parts need at least one unit."
        ),
    }
)


@dataclass(frozen=True, order=True)
class SerialRange:
    """Units `start` to `end`, both included, from 1 up. Never empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 1 <= self.start <= self.end:
            msg = f"no range from {self.start} to {self.end}"
            raise ValueError(msg)

    def __str__(self) -> str:
        return f"{self.start}—{self.end}"

    @property
    def count(self) -> int:
        """How many units."""
        return self.end - self.start + 1

    def split(self, count: int) -> tuple[SerialRange, SerialRange]:
        """The first `count` units (they stay with the owner) and the rest.

        Raises:
            RuleViolation: ``values.range_split`` when a part would be empty.
        """
        if not 0 < count < self.count:
            raise RuleViolation("values.range_split", count=self.count, part=count)
        middle = self.start + count
        return SerialRange(self.start, middle - 1), SerialRange(middle, self.end)

    def overlaps(self, other: SerialRange) -> bool:
        """Whether any unit is in both."""
        return self.start <= other.end and other.start <= self.end

    def tiles(self, parts: Iterable[SerialRange]) -> bool:
        """Whether `parts`, in any order, cover this range exactly: no gap, no overlap."""
        at = self.start
        for part in sorted(parts):
            if part.start != at:
                return False
            at = part.end + 1
        return at == self.end + 1
