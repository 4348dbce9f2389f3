"""Tones and short words of the committee, for pills in lists and headers and for tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from core.committee.drawing import Need
from core.committee.states import (
    DRAW_TITLES,
    MEETING_TITLES,
    STATUS_TITLES,
    VOTE_TITLES,
    CaseResult,
    DrawState,
    ExpertStatus,
    MeetingState,
    Vote,
)
from core.i18n import _, listed

STATUS_TONES = {
    ExpertStatus.ACTIVE: "good",
    ExpertStatus.SUSPENDED: "warning",
    ExpertStatus.LEFT: "neutral",
}
DRAW_TONES = {
    DrawState.PREPARED: "info",
    DrawState.FROZEN: "warning",
    DrawState.DRAWN: "warning",
    DrawState.SETTLED: "good",
    DrawState.REPLACED: "neutral",
    DrawState.CANCELLED: "neutral",
}
MEETING_TONES = {
    MeetingState.PLANNED: "info",
    MeetingState.OPEN: "warning",
    MeetingState.CLOSED: "good",
    MeetingState.CANCELLED: "neutral",
}

K = TypeVar("K", bound=StrEnum)


def _tone(titles: Mapping[K, str], tones: Mapping[K, str]) -> Callable[[str], str]:
    def tone(text: str) -> str:
        found = (one for one, title in titles.items() if _(title) == text)
        return next((tones[one] for one in found), "neutral")

    return tone


status_tone = _tone(STATUS_TITLES, STATUS_TONES)
draw_tone = _tone(DRAW_TITLES, DRAW_TONES)
meeting_tone = _tone(MEETING_TITLES, MEETING_TONES)


def needs_text(needs: Sequence[Need]) -> str:
    """What is needed: ``forest survey 2, any specialty 1``."""
    unnamed = _("any specialty")
    return listed(f"{one.specialty or unnamed} {one.count}" for one in needs)


def result_text(result: CaseResult | None) -> str:
    """What the meeting concluded; empty while it did not."""
    return _(VOTE_TITLES[Vote(result.value)]) if result is not None else ""
