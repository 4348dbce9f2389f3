"""A thousand certificates streamed to disk: one process against two, and memory that stays."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from core.documents.layout import Marks
from core.documents.pool import PressPool
from core.documents.press import Work
from core.documents.templates import Template
from core.errors import RuleViolation

CHUNK = 100


@dataclass(frozen=True)
class Stream:
    """What one pool did: seconds, papers, bytes on disk, memory after a hundred and at the end."""

    seconds: float
    papers: int
    size: int
    early: int
    late: int

    @property
    def rate(self) -> float:
        """Papers in a second."""
        return self.papers / self.seconds


def stream(
    key: tuple[Path, str], made_from: tuple[Template, dict[str, Any], datetime], count: int,
    processes: int,
) -> Stream:  # fmt: skip
    """Sign so many certificates into files of a scratch folder, in this many processes."""
    template, facts, at = made_from
    with tempfile.TemporaryDirectory() as folder, PressPool(*key, processes) as pool:
        warm = [_work(template, facts, at, n) for n in range(8 * processes)]
        list(pool.press(warm, at))  # fonts are parsed once per process
        early = size = 0
        start = perf_counter()
        for chunk in _chunks(count):
            works = [_work(template, facts, at, n) for n in chunk]
            for work, data in zip(works, pool.press(works, at), strict=True):
                if isinstance(data, RuleViolation):
                    raise data
                Path(folder, f"{work.document_id:06}.pdf").write_bytes(data)
                size += len(data)
            early = early or pool.memory()
        seconds = perf_counter() - start
        return Stream(seconds, count, size, early, pool.memory())


def _chunks(count: int) -> Iterator[range]:
    for at in range(0, count, CHUNK):
        yield range(at, min(at + CHUNK, count))


def _work(template: Template, facts: dict[str, Any], at: datetime, n: int) -> Work:
    number = f"明林碳证〔2026〕第{n + 1:06}号"
    return Work(n + 1, "certificate", number, template, {**facts, "number": number}, at, Marks())


def figures(run: Callable[[int], Stream]) -> dict[str, float]:
    """One process, then two: papers a second, how much faster, and MiB that memory grew by."""
    one, two = run(1), run(2)
    grown = max(one.late - one.early, two.late - two.early) / (1 << 20)
    return {
        "streamed": float(one.papers),
        "per_second_one": round(one.rate, 1),
        "per_second_two": round(two.rate, 1),
        "two_over_one": round(two.rate / one.rate, 2),
        "memory_mib": round(two.late / (1 << 20), 1),
        "memory_grown_mib": round(grown, 1),
    }
