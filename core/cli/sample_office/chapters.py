"""Chapters of the sample office beside its cases: what happens on which day, and what came of it.

A capability adds a chapter here and one line in :mod:`story`; the demo plays all events of all
chapters in the order of time, writes the papers of the records they kept, and judges the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.cli.sample_office.build import SampleOffice


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happens: `act` does it through the use cases of those whose duty it is.

    Attributes:
        day: in China; `hour` keeps the order within it.
        key: what it is about (N01, T02 ...), for the order and the progress.
    """

    day: date
    hour: int
    key: str
    act: Callable[[SampleOffice], None]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One thing the sample data demand, beside what the program made of it."""

    key: str
    what: str
    wanted: str
    found: str

    @property
    def good(self) -> bool:
        """Whether it came out as demanded."""
        return self.wanted == self.found


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What a capability brings to the sample office.

    Attributes:
        title: heading of its table in the report, marked with `N_`.
        events: everything that happens in it.
        judge: what came of it, in a read session of the auditor.
    """

    key: str
    title: str
    events: Callable[[], Sequence[Event]]
    judge: Callable[[SampleOffice, Session], Sequence[Shown]]
