"""Evaluation: one form from each attendee; that it came in is kept apart from what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import settings
from core.database import require
from core.errors import FieldError, InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.training.attendance import attended, marks_of
from core.training.completion import Judged, judge
from core.training.courses import completion_rule, open_course
from core.training.model import Course, Participant
from core.training.participants import name_of
from core.training.record_model import Evaluation, EvaluationTurnout
from core.training.rules import counts

register(
    {
        "training.not_attended": N_("{name} was at no session; only attendees evaluate a course."),
        "training.evaluated": N_("{name} handed in a form already."),
        "training.mark_range": N_("“{question}” is answered with a number from 1 to 5."),
        "training.question_unknown": N_("The form does not ask “{question}”."),
    }
)

BEST = 5


@dataclass(frozen=True)
class QuestionResult:
    """How a question was answered: how many gave 5, 4, 3, 2 and 1."""

    question: str
    counts: tuple[int, int, int, int, int]

    @property
    def answers(self) -> int:
        """How many answered."""
        return sum(self.counts)

    @property
    def satisfaction(self) -> Fraction:
        """Points given, as an exact share of the points that could be given; 0 without answers."""
        points = sum(count * (BEST - place) for place, count in enumerate(self.counts))
        return Fraction(points, BEST * self.answers) if self.answers else Fraction(0)


@dataclass(frozen=True)
class Results:
    """The evaluation of a course.

    Attributes:
        attendees: who was at one session at least.
        forms: how many of them handed in a form.
        remarks: what was written, in no order that tells whose it is.
    """

    attendees: int
    forms: int
    questions: tuple[QuestionResult, ...]
    remarks: tuple[str, ...]

    @property
    def satisfaction(self) -> Fraction | None:
        """满意度 over all questions, an exact share; None without a form."""
        points = sum(one.satisfaction * one.answers for one in self.questions)
        answers = sum(one.answers for one in self.questions)
        return Fraction(points, answers) if answers else None


def questions(session: Session, course: Course) -> tuple[str, ...]:
    """What the form of a course asks: the office's questions on its first day."""
    return tuple(settings.get(session, "training.questions", course.starts_on))


def hand_in(
    session: Session, participant_id: int, marks: Mapping[str, int], remark: str = ""
) -> None:
    """Take in the form of an attendee; what it says is kept without the name.

    Args:
        session: a write session.
        participant_id: who hands it in.
        marks: 1 to 5 by question; a question may be left out.
        remark: what was written.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: field `marks.QUESTION`; not from 1 to 5, or not asked.
        RuleViolation: not an attendee, or handed in before.
    """
    require(session, "training.manage")
    person = session.get(Participant, participant_id)
    if person is None:
        raise NotFound("record.not_found")
    course = open_course(session, person.course_id)
    _check(questions(session, course), marks)
    rule = completion_rule(course)
    there = marks_of(session, course).get(person.id, {})
    if not any(counts(attended(one), rule) for one in there.values()):
        raise RuleViolation("training.not_attended", name=name_of(session, person))
    if session.get(EvaluationTurnout, person.id) is not None:
        raise RuleViolation("training.evaluated", name=name_of(session, person))
    session.add(EvaluationTurnout(participant_id=person.id))
    session.add(Evaluation(course_id=course.id, marks=dict(marks), remark=remark.strip()))
    session.flush()


def _check(asked: tuple[str, ...], marks: Mapping[str, int]) -> None:
    errors = [
        FieldError(f"marks.{question}", "training.question_unknown", {"question": question})
        for question in marks
        if question not in asked
    ]
    errors += [
        FieldError(f"marks.{question}", "training.mark_range", {"question": question})
        for question, mark in marks.items()
        if question in asked and not 1 <= mark <= BEST
    ]
    if errors:
        raise InputError(*errors)


def results(session: Session, course_id: int, standings: list[Judged] | None = None) -> Results:
    """The evaluation of a course, from its attendees' forms only.

    Args:
        session: a read session.
        course_id: the course.
        standings: what `completion.judge` said of it, where that is known already.
    """
    course = session.get_one(Course, course_id)
    people = judge(session, course) if standings is None else standings
    forms = session.scalars(select(Evaluation).where(Evaluation.course_id == course_id)).all()
    given = Counter((question, mark) for one in forms for question, mark in one.marks.items())
    asked = dict.fromkeys((*questions(session, course), *(key for key, _mark in given)))
    found = tuple(
        QuestionResult(
            question,
            (
                given[question, 5],
                given[question, 4],
                given[question, 3],
                given[question, 2],
                given[question, 1],
            ),
        )
        for question in asked
    )
    attendees = sum(one.standing.attended > 0 for one in people)
    return Results(
        attendees, len(forms), found, tuple(sorted(one.remark for one in forms if one.remark))
    )


def handed_in(session: Session, course_id: int) -> set[int]:
    """Participants who handed in a form."""
    query = (
        select(EvaluationTurnout.participant_id)
        .join(Participant, Participant.id == EvaluationTurnout.participant_id)
        .where(Participant.course_id == course_id)
    )
    return set(session.scalars(query))
