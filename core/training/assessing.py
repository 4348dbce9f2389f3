"""Assessment: scores, absence from the test, further attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.database import actor, load_for_edit, require, today
from core.errors import InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.training.attendance import refuse_judged
from core.training.courses import COURSE, needed, open_course
from core.training.model import Assessment, Course, Participant
from core.training.rules import Test, score_of, score_text
from core.values.numerals import exact_decimal

register(
    {
        "training.no_assessment": N_("{number} has no assessment."),
        "training.score_range": N_("A score lies between 0 and 1,000."),
        "training.test_future": N_("{day} is in the future."),
        "training.passed_already": N_("{name} passed already; there is nothing to repeat."),
    }
)


@dataclass(frozen=True, kw_only=True)
class NewScore:
    """The outcome of one attempt; no score where the person was absent from the test."""

    participant_id: int
    score: Decimal | None
    taken_on: date
    note: str = ""


def parse_score(text: str) -> Decimal | None:
    """A score as typed, with at most one digit after the point; None for nothing.

    Raises:
        InputError: not a number, or out of range.
    """
    return exact_decimal(text, decimals=1) if text.strip() else None


def enter_score(session: Session, new: NewScore) -> int:
    """Note the outcome of the next attempt: the first test, or a repetition 补考.

    Returns:
        id of the assessment.

    Raises:
        NotPermitted: without `training.attend`.
        InputError: out of range, or in the future.
        RuleViolation: nothing is assessed, the person passed already or was judged.
    """
    require(session, "training.attend")
    person = session.get(Participant, new.participant_id)
    if person is None:
        raise NotFound("record.not_found")
    course = _checked(session, person, new)
    before = attempts(session, person.id)
    if before and before[-1].score is not None and before[-1].score >= course.pass_mark:
        from core.training.participants import name_of

        raise RuleViolation("training.passed_already", name=name_of(session, person))
    row = Assessment(
        participant_id=person.id,
        attempt=len(before) + 1,
        taken_on=new.taken_on,
        score=None if new.score is None else score_of(new.score),
        entered_by=actor(session).account_id,
        note=new.note.strip(),
    )
    session.add(row)
    session.flush()
    event = "assessed" if row.attempt == 1 else "assessed_again"
    data = {"participant": person.id, "score": score_text(row.score)}
    history.record(session, COURSE, course.id, event, data=data)
    return row.id


def _checked(session: Session, person: Participant, new: NewScore) -> Course:
    course = open_course(session, person.course_id)
    refuse_judged(session, person)
    if not course.assessed:
        raise RuleViolation("training.no_assessment", number=course.number)
    if new.score is not None and not 0 <= new.score <= 1000:
        raise InputError.of("score", "training.score_range")
    if new.taken_on > today(session):
        raise InputError.of("taken_on", "training.test_future", day=new.taken_on.isoformat())
    return course


def correct_score(
    session: Session, assessment_id: int, version: int, score: Decimal | None, reason: str
) -> None:
    """Put right a score that was typed wrongly; before and after stay in the history.

    Raises:
        NotPermitted: without `training.attend`.
        InputError: no reason, or out of range.
        RuleViolation: the person was judged by it.
    """
    require(session, "training.attend")
    row = load_for_edit(session, Assessment, assessment_id, version)
    person = session.get_one(Participant, row.participant_id)
    new = NewScore(participant_id=person.id, score=score, taken_on=row.taken_on)
    course = _checked(session, person, new)
    before, row.score = row.score, None if score is None else score_of(score)
    data = {
        "participant": person.id,
        "before": score_text(before),
        "after": score_text(row.score),
    }
    history.record(session, COURSE, course.id, "score_corrected", reason=needed(reason), data=data)
    session.flush()


def attempts(session: Session, participant_id: int) -> list[Assessment]:
    """The attempts of a participant in order."""
    return list(
        session.scalars(
            select(Assessment)
            .where(Assessment.participant_id == participant_id)
            .order_by(Assessment.attempt)
        )
    )


def tests_of(session: Session, course_id: int) -> dict[int, list[Test]]:
    """All attempts of a course in order, by participant."""
    rows = session.execute(
        select(Assessment.participant_id, Assessment.score)
        .join(Participant, Participant.id == Assessment.participant_id)
        .where(Participant.course_id == course_id)
        .order_by(Assessment.participant_id, Assessment.attempt)
    )
    found: dict[int, list[Test]] = {}
    for participant_id, score in rows:
        found.setdefault(participant_id, []).append(Test(score))
    return found
