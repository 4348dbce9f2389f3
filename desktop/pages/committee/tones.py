"""Tones and short words of the committee, for pills in lists and headers and for tables."""

from __future__ import annotations

from collections.abc import Sequence

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
from desktop.parts.tones import tone_of

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

status_tone = tone_of(STATUS_TITLES, STATUS_TONES)
draw_tone = tone_of(DRAW_TITLES, DRAW_TONES)
meeting_tone = tone_of(MEETING_TITLES, MEETING_TONES)


def needs_text(needs: Sequence[Need]) -> str:
    """What is needed: ``forest survey 2, any specialty 1``."""
    unnamed = _("any specialty")
    return listed(f"{one.specialty or unnamed} {one.count}" for one in needs)


def result_text(result: CaseResult | None) -> str:
    """What the meeting concluded; empty while it did not."""
    return _(VOTE_TITLES[Vote(result.value)]) if result is not None else ""
