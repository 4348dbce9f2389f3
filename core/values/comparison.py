"""A measurement against the naive way, from one run on one machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Comparison:
    """One measurement; `ours` and `naive` in `unit`, smaller is better.

    `details` are further figures in words: how many rows, on what, the median.
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


def milliseconds(work: Callable[[], object], times: int = 1, rounds: int = 3) -> float:
    """Milliseconds for one call, the best of some rounds of so many calls."""
    best = float("inf")
    for _ in range(rounds):
        start = perf_counter()
        for _ in range(times):
            work()
        best = min(best, (perf_counter() - start) / times * 1000)
    return best


def percentile(samples: list[float], percent: int) -> float:
    """The smallest sample that so many of 100 samples do not exceed."""
    return sorted(samples)[max(0, -(-len(samples) * percent // 100) - 1)]


def percentile_95(samples: list[float]) -> float:
    """The value that 95 of 100 samples do not exceed."""
    return percentile(samples, 95)
