"""Who completes: a list computed and prepared by one person, approved or returned by another.

What a list says of a person is frozen in its lines. Somebody who did not complete may stand in a
later list, after another attempt; somebody who did is never judged again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.database import actor, load_for_edit, now, require
from core.errors import RuleViolation
from core.i18n import N_
from core.messages import register
from core.training.assessing import tests_of
from core.training.attendance import attended, marks_of
from core.training.courses import (
    COURSE,
    completion_rule,
    enrolled,
    held_sessions,
    needed,
    open_course,
)
from core.training.model import (
    CompletionLine,
    CompletionList,
    Course,
    Participant,
)
from core.training.participants import names
from core.training.rules import Held, Missing, Standing, standing
from core.training.states import ListState, Result

register(
    {
        "training.list_waits": N_("A completion list of {number} waits for its review already."),
        "training.nobody_to_judge": N_("There is nobody left to judge in {number}."),
        "training.no_sessions": N_("{number} has no sessions."),
        "training.list_alone": N_("Whoever prepared the list cannot approve it."),
        "training.list_decided": N_("This list was decided already."),
        "training.list_changed": N_(
            "Attendance or scores changed after the list was prepared ({names}); "
            "return it and prepare it anew."
        ),
        "training.list_unsettled": N_("Attendance is not complete yet: {names}."),
    }
)

COMPLETION_LIST = "completion_list"
_UNSETTLED = frozenset({"training.unmarked", "training.make_up_open"})


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Where one participant stands: computed now, whatever lists say."""

    participant_id: int
    name: str
    unit: str
    result: Result
    standing: Standing


def judge(
    session: Session, course: Course, people: list[Participant] | None = None
) -> list[Judged]:
    """Where everybody on the roster stands over all sessions of the course.

    Args:
        session: a read session.
        course: the course.
        people: only these of its participants.
    """
    people = enrolled(session, course.id) if people is None else people
    sessions = [Held(one.id, one.hours) for one in held_sessions(session, course.id)]
    marks, tests = marks_of(session, course), tests_of(session, course.id)
    rule, called = completion_rule(course), names(session, people)
    return [
        Judged(
            participant_id=one.id,
            name=called[one.id],
            unit=one.unit,
            result=one.result,
            standing=standing(
                rule,
                sessions,
                {held: attended(mark) for held, mark in marks.get(one.id, {}).items()},
                tests.get(one.id, []),
            ),
        )
        for one in people
    ]


def prepare_list(session: Session, course_id: int, version: int) -> int:
    """Prepare the list of who completes, for another person to review.

    Returns:
        its id.

    Raises:
        NotPermitted: without `training.manage`.
        RuleViolation: nobody to judge, attendance not complete, or a list waits.
    """
    require(session, "training.manage")
    course = open_course(session, course_id, version)
    waiting = select(CompletionList.id).where(
        CompletionList.course_id == course_id, CompletionList.state == ListState.PREPARED
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise RuleViolation("training.list_waits", number=course.number)
    found = _to_judge(session, course)
    row = CompletionList(
        course_id=course_id,
        state=ListState.PREPARED,
        prepared_by=actor(session).account_id,
        prepared_at=now(session),
    )
    session.add(row)
    session.flush()
    session.add_all(_line(row.id, one) for one in found)
    history.record(session, COURSE, course_id, "list_prepared", data={"list": row.id})
    session.flush()
    return row.id


def _to_judge(session: Session, course: Course) -> list[Judged]:
    if not held_sessions(session, course.id):
        raise RuleViolation("training.no_sessions", number=course.number)
    found = [one for one in judge(session, course) if one.result is not Result.COMPLETED]
    if not found:
        raise RuleViolation("training.nobody_to_judge", number=course.number)
    open_ = [one.name for one in found if _unsettled(one.standing)]
    if open_:
        raise RuleViolation("training.list_unsettled", names="、".join(open_))
    return found


def _unsettled(found: Standing) -> bool:
    return any(one.code in _UNSETTLED for one in found.missing)


def _line(list_id: int, one: Judged) -> CompletionLine:
    return CompletionLine(
        list_id=list_id,
        participant_id=one.participant_id,
        hours=one.standing.hours,
        attended=one.standing.attended,
        sessions=one.standing.sessions,
        score=one.standing.score,
        completed=one.standing.completed,
        reasons=[{"code": each.code, "facts": dict(each.facts)} for each in one.standing.missing],
    )


def approve_list(session: Session, list_id: int, version: int) -> None:
    """Approve a list as another person than the one who prepared it.

    It is computed anew first: attendance or scores changed meanwhile are refused.

    Raises:
        NotPermitted: without `training.review`.
        RuleViolation: decided already, the same person, or something changed.
    """
    require(session, "training.review")
    row = _waiting(session, list_id, version)
    course = open_course(session, row.course_id)
    if row.prepared_by == actor(session).account_id:
        raise RuleViolation("training.list_alone")
    lines = lines_of(session, row.id)
    now_ = {one.participant_id: one for one in _to_judge(session, course)}
    changed = [
        one.participant_id
        for one in lines
        if one.participant_id not in now_ or not _same(one, now_[one.participant_id].standing)
    ] + [one for one in now_ if one not in {line.participant_id for line in lines}]
    if changed:
        people = session.scalars(select(Participant).where(Participant.id.in_(changed)))
        called = names(session, list(people))
        raise RuleViolation("training.list_changed", names="、".join(called.values()))
    _decide(session, row, ListState.APPROVED, "")
    for line in lines:
        person = session.get_one(Participant, line.participant_id)
        person.result = Result.COMPLETED if line.completed else Result.NOT_COMPLETED
    session.flush()


def _same(line: CompletionLine, found: Standing) -> bool:
    return (line.hours, line.attended, line.sessions, line.score, line.completed) == (
        found.hours,
        found.attended,
        found.sessions,
        found.score,
        found.completed,
    )


def return_list(session: Session, list_id: int, version: int, reason: str) -> None:
    """Send a list back to whoever prepared it.

    Raises:
        NotPermitted: without `training.review`.
        InputError: no reason.
        RuleViolation: decided already.
    """
    require(session, "training.review")
    row = _waiting(session, list_id, version)
    _decide(session, row, ListState.RETURNED, needed(reason))
    session.flush()


def _waiting(session: Session, list_id: int, version: int) -> CompletionList:
    row = load_for_edit(session, CompletionList, list_id, version)
    if row.state is not ListState.PREPARED:
        raise RuleViolation("training.list_decided")
    return row


def _decide(session: Session, row: CompletionList, state: ListState, reason: str) -> None:
    row.state, row.reason = state, reason
    row.decided_by, row.decided_at = actor(session).account_id, now(session)
    data = {"list": row.id}
    event = "list_approved" if state is ListState.APPROVED else "list_returned"
    history.record(session, COURSE, row.course_id, event, reason=reason, data=data)


def lines_of(session: Session, list_id: int) -> list[CompletionLine]:
    """The lines of a list in the order of the roster."""
    return list(
        session.scalars(
            select(CompletionLine)
            .join(Participant, Participant.id == CompletionLine.participant_id)
            .where(CompletionLine.list_id == list_id)
            .order_by(Participant.position, Participant.id)
        )
    )


def reasons_of(line: CompletionLine) -> tuple[Missing, ...]:
    """Why a line says no."""
    return tuple(Missing(one["code"], one["facts"]) for one in line.reasons)


def lists_of(session: Session, course_id: int) -> list[CompletionList]:
    """The completion lists of a course, the oldest first."""
    query = select(CompletionList).where(CompletionList.course_id == course_id)
    return list(session.scalars(query.order_by(CompletionList.id)))


def last_line(session: Session, participant_id: int) -> CompletionLine | None:
    """What the last approved list says of a participant."""
    return session.scalars(
        select(CompletionLine)
        .join(CompletionList, CompletionList.id == CompletionLine.list_id)
        .where(
            CompletionLine.participant_id == participant_id,
            CompletionList.state == ListState.APPROVED,
        )
        .order_by(CompletionLine.list_id.desc())
        .limit(1)
    ).first()
