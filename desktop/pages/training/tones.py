"""Tones and short words of the training log, for pills in lists and headers and for tables."""

from __future__ import annotations

from core.i18n import _, listed
from core.messages import sentence
from core.training.detail import PersonLine, SessionLine
from core.training.rules import Standing, score_text
from core.training.states import (
    CERTIFICATE_TITLES,
    COURSE_TITLES,
    HALF_DAY_TITLES,
    LIST_TITLES,
    MARK_SHORT,
    MARK_TITLES,
    RESULT_TITLES,
    CertificateState,
    CourseState,
    HalfDay,
    ListState,
    Mark,
    Result,
)
from desktop.parts.tones import tone_of

COURSE_TONES = {
    CourseState.OPEN: "info",
    CourseState.CLOSED: "good",
    CourseState.CANCELLED: "neutral",
}
RESULT_TONES = {
    Result.OPEN: "neutral",
    Result.COMPLETED: "good",
    Result.NOT_COMPLETED: "warning",
}
LIST_TONES = {
    ListState.PREPARED: "warning",
    ListState.APPROVED: "good",
    ListState.RETURNED: "error",
}
CERTIFICATE_TONES = {CertificateState.VALID: "good", CertificateState.REVOKED: "error"}
MARK_TONES = {
    Mark.PRESENT: "good",
    Mark.LATE: "warning",
    Mark.EARLY: "warning",
    Mark.LEAVE: "info",
    Mark.ABSENT: "error",
    Mark.MADE_UP: "info",
}

course_tone = tone_of(COURSE_TITLES, COURSE_TONES)
result_tone = tone_of(RESULT_TITLES, RESULT_TONES)
list_tone = tone_of(LIST_TITLES, LIST_TONES)
certificate_tone = tone_of(CERTIFICATE_TITLES, CERTIFICATE_TONES)
mark_tone = tone_of(MARK_TITLES, MARK_TONES)


def half_day(day: object, part: HalfDay) -> str:
    """A half-day as lists call it."""
    return f"{day} {_(HALF_DAY_TITLES[part])}"


def session_text(one: SessionLine) -> str:
    """A session with its topic, as choices and dialogs call it."""
    return f"{half_day(one.held_on, one.half_day)}　{one.topic}"


def marks_text(person: PersonLine, sessions: list[SessionLine]) -> str:
    """The marks of a person over the sessions, one character each; · where none is noted."""
    marks = [person.marks.get(one.id) for one in sessions]
    return "".join(
        "·" if one is None else MARK_SHORT[one.mark] + ("" if one.confirmed else "?")
        for one in marks
    )


def scores_text(person: PersonLine) -> str:
    """The attempts of a person in order."""
    return " / ".join(
        score_text(one.score) if one.score is not None else _("absent") for one in person.scores
    )


def missing_text(standing: Standing | None) -> str:
    """Why somebody does not complete, in words; empty where everything is there."""
    if standing is None:
        return ""
    return listed(sentence(one.code, one.facts) for one in standing.missing)
