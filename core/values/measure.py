"""What a measurement against the naive way says; both are taken in the same run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """One measurement; `ours` and `naive` in `unit`, smaller is better.

    Attributes:
        name: what was measured.
        unit: ms or s.
        ours: our figure.
        naive: that of the naive way.
        details: further figures in words, e.g. ``p50 0.3, max 2.1``.
    """

    name: str
    unit: str
    ours: float
    naive: float
    details: str = ""

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.naive / self.ours


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of the values lie (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]
