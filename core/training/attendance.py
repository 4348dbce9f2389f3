"""Attendance: noted by hand, from a scan or a workbook; signed later with a second person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.database import actor, load_for_edit, now, require
from core.errors import FieldError, InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.training.courses import COURSE, judged, needed, open_course
from core.training.model import Attendance, Course, CourseSession, Participant
from core.training.rules import Attended
from core.training.states import MARK_TITLES, Mark, Result, Source

register(
    {
        "training.mark_reason": N_("“{mark}” needs a reason."),
        "training.mark_minutes": N_("Minutes belong to who came late or left early."),
        "training.make_up_alone": N_(
            "A late signature is asked for by one person and confirmed by another."
        ),
        "training.not_made_up": N_("No late signature waits here."),
        "training.other_course": N_("This person is not on the roster of that session."),
        "training.session_cancelled": N_("This session was called off."),
        "training.judged": N_(
            "{name} was judged by an approved list; the mark can no longer be changed."
        ),
        "training.reason_changed": N_("A mark that was noted is changed only with a reason."),
    }
)

ATTENDANCE = "attendance"
#: Marks that need a reason.
_REASONED = frozenset({Mark.LEAVE, Mark.MADE_UP})
_MINUTES = frozenset({Mark.LATE, Mark.EARLY})


@dataclass(frozen=True, kw_only=True)
class NewMark:
    """What is noted of one person at one session.

    Attributes:
        minutes: missed by who came late or left early; 0 where it was not noted.
        reason: needed on leave, for a late signature, and to change what was noted.
    """

    session_id: int
    participant_id: int
    mark: Mark
    minutes: int = 0
    reason: str = ""


def note(session: Session, marks: Sequence[NewMark], source: Source = Source.HAND) -> list[int]:
    """Note attendance; a mark that is already there is changed, with a reason.

    A late signature 补签 counts only when a second person confirmed it (`confirm_make_up`).

    Returns:
        ids of the marks, in the order given.

    Raises:
        NotPermitted: without `training.attend`.
        InputError: field `marks[n]`, every wrong one at once.
        RuleViolation: the course is filed or called off, or the person was judged.
    """
    require(session, "training.attend")
    errors = [
        FieldError(f"marks[{place}]", code, facts)
        for place, one in enumerate(marks)
        for code, facts in _wrong(one)
    ]
    if errors:
        raise InputError(*errors)
    sessions = _sessions(session, {one.session_id for one in marks})
    people = _people(session, {one.participant_id for one in marks})
    known = _known(session, sessions, people)
    rows = [
        _put(session, one, (sessions[one.session_id], people[one.participant_id]), known, source)
        for one in marks
    ]
    session.flush()
    return [row.id for row in rows]


def _wrong(one: NewMark) -> Iterable[tuple[str, dict[str, object]]]:
    if one.mark in _REASONED and not one.reason.strip():
        yield "training.mark_reason", {"mark": MARK_TITLES[one.mark]}
    if one.minutes < 0 or (one.minutes and one.mark not in _MINUTES):
        yield "training.mark_minutes", {}


def _sessions(session: Session, ids: set[int]) -> dict[int, CourseSession]:
    rows = session.scalars(select(CourseSession).where(CourseSession.id.in_(ids)))
    found = {one.id: one for one in rows}
    if len(found) < len(ids):
        raise NotFound("record.not_found")
    for one in found.values():
        if one.cancelled_reason:
            raise RuleViolation("training.session_cancelled")
    for course_id in {one.course_id for one in found.values()}:
        open_course(session, course_id)
    return found


def _people(session: Session, ids: set[int]) -> dict[int, Participant]:
    rows = session.scalars(select(Participant).where(Participant.id.in_(ids)))
    found = {one.id: one for one in rows}
    if len(found) < len(ids):
        raise NotFound("record.not_found")
    return found


def _known(
    session: Session, sessions: Mapping[int, object], people: Mapping[int, object]
) -> dict[tuple[int, int], Attendance]:
    rows = session.scalars(
        select(Attendance).where(
            Attendance.session_id.in_(list(sessions)), Attendance.participant_id.in_(list(people))
        )
    )
    return {(one.session_id, one.participant_id): one for one in rows}


def _put(
    session: Session,
    one: NewMark,
    where: tuple[CourseSession, Participant],
    known: dict[tuple[int, int], Attendance],
    source: Source,
) -> Attendance:
    held, person = where
    if held.course_id != person.course_id or person.withdrawn_reason:
        raise RuleViolation("training.other_course")
    refuse_judged(session, person)
    row = known.get((held.id, person.id))
    if row is None:
        row = Attendance(session_id=held.id, participant_id=person.id)
        session.add(row)
        known[held.id, person.id] = row
    elif row.mark is one.mark and row.minutes == one.minutes:
        return row
    else:
        _keep_before(session, row, person, one)
    row.held_on = held.held_on
    row.mark, row.minutes = one.mark, one.minutes
    row.reason = " ".join(one.reason.split())
    row.source = source
    row.marked_by, row.marked_at = actor(session).account_id, now(session)
    row.confirmed_by = row.confirmed_at = None
    return row


def _keep_before(session: Session, row: Attendance, person: Participant, one: NewMark) -> None:
    if not one.reason.strip():
        raise InputError.of("reason", "training.reason_changed")
    data = {
        "participant": person.id,
        "session": row.session_id,
        "before": row.mark.value,
        "after": one.mark.value,
    }
    history.record(
        session, COURSE, person.course_id, "mark_changed", reason=one.reason.strip(), data=data
    )


def refuse_judged(session: Session, person: Participant) -> None:
    """Refuse to change what an approved list was computed from.

    Raises:
        RuleViolation: `training.judged`.
    """
    if person.result is Result.COMPLETED and judged(session, person.course_id):
        from core.training.participants import name_of

        raise RuleViolation("training.judged", name=name_of(session, person))


def confirm_make_up(session: Session, attendance_id: int, version: int) -> None:
    """Confirm a late signature as the second person; from now on it counts.

    Raises:
        NotPermitted: without `training.review`.
        RuleViolation: nothing waits, or the same person asked for it.
    """
    require(session, "training.review")
    row = load_for_edit(session, Attendance, attendance_id, version)
    if row.mark is not Mark.MADE_UP or row.confirmed_by is not None:
        raise RuleViolation("training.not_made_up")
    if row.marked_by == actor(session).account_id:
        raise RuleViolation("training.make_up_alone")
    row.confirmed_by, row.confirmed_at = actor(session).account_id, now(session)
    person = session.get_one(Participant, row.participant_id)
    data = {"participant": person.id, "session": row.session_id}
    history.record(session, COURSE, person.course_id, "make_up_confirmed", data=data)
    session.flush()


def refuse_make_up(session: Session, attendance_id: int, version: int, reason: str) -> None:
    """Refuse a late signature: the person stays absent, the reason is kept.

    Raises:
        NotPermitted: without `training.review`.
        InputError: no reason.
        RuleViolation: nothing waits, or the same person asked for it.
    """
    require(session, "training.review")
    row = load_for_edit(session, Attendance, attendance_id, version)
    if row.mark is not Mark.MADE_UP or row.confirmed_by is not None:
        raise RuleViolation("training.not_made_up")
    if row.marked_by == actor(session).account_id:
        raise RuleViolation("training.make_up_alone")
    row.mark, row.reason = Mark.ABSENT, needed(reason)
    person = session.get_one(Participant, row.participant_id)
    data = {"participant": person.id, "session": row.session_id}
    history.record(
        session, COURSE, person.course_id, "make_up_refused", reason=row.reason, data=data
    )
    session.flush()


def attended(row: Attendance) -> Attended:
    """A mark as the rules take it."""
    confirmed = row.mark is not Mark.MADE_UP or row.confirmed_by is not None
    return Attended(row.mark, row.minutes, confirmed)


def marks_of(session: Session, course: Course) -> dict[int, dict[int, Attendance]]:
    """All marks of a course: by participant, then by session."""
    rows = session.scalars(
        select(Attendance)
        .join(CourseSession, CourseSession.id == Attendance.session_id)
        .where(CourseSession.course_id == course.id, CourseSession.cancelled_reason == "")
    )
    found: dict[int, dict[int, Attendance]] = {}
    for one in rows:
        found.setdefault(one.participant_id, {})[one.session_id] = one
    return found
