"""Figures of the training log: the ledger 台账, statistics, and a person's hours over the years."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from sqlalchemy import ColumnElement, Integer, Select, and_, extract, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from core.database import require
from core.errors import NotFound
from core.parties.model import Party
from core.parties.queries import resolve
from core.training.completion import Judged, judge
from core.training.costs import costs_of, sum_of
from core.training.courses import held_sessions
from core.training.evaluation import results
from core.training.hours import Hours, total
from core.training.model import (
    Attendance,
    Course,
    CourseSession,
    Participant,
    TrainingCertificate,
)
from core.training.papers import trainer_names
from core.training.participants import party_ids
from core.training.rules import ATTENDED
from core.training.states import (
    Category,
    CertificateState,
    CostKind,
    CourseState,
    Mark,
    Result,
)
from core.values.money import Money

By = Literal["unit", "year", "topic"]


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One course of a year's ledger 培训台账.

    Attributes:
        position: 期次, its place in the year.
        expected, came: 应训 and 实训 (at one session at least).
        attendance: half-days attended, as an exact share of people times half-days.
        satisfaction: None without a form.
    """

    course_id: int
    year: int
    position: int
    name: str
    organizer: str
    kind: str
    first: date
    last: date
    days: int
    place: str
    trainers: tuple[str, ...]
    expected: int
    came: int
    hours: Hours
    attendance: Fraction
    completed: int
    certificates: int
    budget: Money
    spent: Money
    satisfaction: Fraction | None
    number: str
    state: CourseState


def ledger(session: Session, year: int) -> list[LedgerLine]:
    """The courses that began in a year, but for those called off, in the order of their days.

    Raises:
        NotPermitted: without `training.report`.
    """
    require(session, "training.report")
    rows = session.scalars(
        select(Course)
        .where(
            Course.starts_on.between(date(year, 1, 1), date(year, 12, 31)),
            Course.state != CourseState.CANCELLED,
        )
        .order_by(Course.starts_on, Course.id)
    )
    return [_line(session, one, place) for place, one in enumerate(rows, start=1)]


def _line(session: Session, course: Course, position: int) -> LedgerLine:
    sessions = held_sessions(session, course.id)
    people = judge(session, course)
    lines = costs_of(session, course.id)
    certificates = session.scalar(
        select(func.count(TrainingCertificate.id)).where(
            TrainingCertificate.course_id == course.id,
            TrainingCertificate.state == CertificateState.VALID,
        )
    )
    names = trainer_names(session, sessions)
    return LedgerLine(
        course_id=course.id,
        year=course.starts_on.year,
        position=position,
        name=course.name,
        organizer=course.organizer,
        kind=course.kind,
        first=course.starts_on,
        last=course.ends_on,
        days=len({one.held_on for one in sessions}),
        place=course.place,
        trainers=tuple(
            dict.fromkeys(names[one.trainer_id] for one in sessions if one.trainer_id in names)
        ),
        expected=course.planned or len(people),
        came=sum(one.standing.attended > 0 for one in people),
        hours=total(one.hours for one in sessions),
        attendance=share_of(people),
        completed=sum(one.result is Result.COMPLETED for one in people),
        certificates=certificates or 0,
        budget=sum_of(lines, CostKind.BUDGET),
        spent=sum_of(lines, CostKind.ACTUAL),
        satisfaction=results(session, course.id, people).satisfaction,
        number=course.number,
        state=course.state,
    )


def share_of(people: list[Judged]) -> Fraction:
    """出勤率: half-days attended by everybody, as an exact share of all; 0 for nobody."""
    sessions = sum(one.standing.sessions for one in people)
    attended = sum(one.standing.attended for one in people)
    return Fraction(attended, sessions) if sessions else Fraction(0)


# --- statistics ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """What was done for a unit, in a year, or on a topic.

    Attributes:
        people: participants, each course counted.
        hours: credit hours attended by all of them together.
    """

    key: str
    courses: int
    people: int
    hours: Hours
    completed: int
    certificates: int


def statistics(session: Session, first: date, last: date, by: By) -> list[Figure]:
    """Courses that began in these days, by `unit` of the participants, by `year` or `topic`.

    Computed by the database, so that many years of attendance take one look.

    Raises:
        NotPermitted: without `training.report`.
    """
    require(session, "training.report")
    key = _key(by)
    inside = and_(Course.starts_on.between(first, last), Course.state != CourseState.CANCELLED)
    stays = Participant.withdrawn_reason == ""
    people = session.execute(
        _from_participants(key, func.count(Participant.id.distinct()))
        .add_columns(
            func.count(Course.id.distinct()),
            func.count(Participant.id.distinct()).filter(Participant.result == Result.COMPLETED),
        )
        .where(inside, stays)
    )
    figures: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for name, count, courses, completed in people:
        figures[_text(name)][:3] = [courses, count, completed]
    for name, units in session.execute(_hours(key).where(inside, stays)):
        figures[_text(name)][3] = int(units or 0)
    for name, count in session.execute(_certificates(key).where(inside)):
        figures[_text(name)][4] = count
    return [
        Figure(name, found[0], found[1], Hours(found[3]), found[2], found[4])
        for name, found in sorted(figures.items())
    ]


def _text(name: Any) -> str:
    """A key as text: years come as numbers of the database's own kind."""
    if name is None or isinstance(name, str):
        return name or ""
    return str(int(name))


def _key(by: By) -> ColumnElement[Any]:
    keys: dict[str, ColumnElement[Any]] = {
        "unit": Participant.unit.expression,
        "topic": Course.topic.expression,
        "year": extract("year", Course.starts_on),
    }
    return keys[by]


def _from_participants(key: ColumnElement[Any], *what: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(key, *what)
        .select_from(Participant)
        .join(Course, Course.id == Participant.course_id)
        .group_by(key)
    )


def _hours(key: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Credit of the half-days that count, as `rules.counts` says."""
    counted = and_(
        Attendance.mark.in_(ATTENDED),
        or_(Attendance.mark != Mark.MADE_UP, Attendance.confirmed_by.is_not(None)),
        or_(Course.missed_limit == 0, Attendance.minutes <= Course.missed_limit),
        CourseSession.cancelled_reason == "",
    )
    return (
        select(key, func.sum(type_coerce(CourseSession.hours, Integer)))
        .select_from(Attendance)
        .join(CourseSession, CourseSession.id == Attendance.session_id)
        .join(Course, Course.id == CourseSession.course_id)
        .join(Participant, Participant.id == Attendance.participant_id)
        .where(counted)
        .group_by(key)
    )


def _certificates(key: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return (
        _from_participants(key, func.count(TrainingCertificate.id))
        .join(TrainingCertificate, TrainingCertificate.participant_id == Participant.id)
        .where(TrainingCertificate.state == CertificateState.VALID)
    )


# --- one person ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class TranscriptLine:
    """A course in a person's transcript; `number` of the valid certificate, if there is one."""

    year: int
    course: str
    first: date
    last: date
    hours: Hours
    category: Category
    result: Result
    number: str


@dataclass(frozen=True)
class Transcript:
    """A person's hours over years 学时证明."""

    party_id: int
    name: str
    unit: str
    lines: tuple[TranscriptLine, ...]

    @property
    def hours(self) -> Hours:
        """All hours together."""
        return total(one.hours for one in self.lines)

    def by_category(self) -> dict[Category, Hours]:
        """Hours of each category that has some."""
        found: dict[Category, Hours] = {}
        for one in self.lines:
            found[one.category] = found.get(one.category, Hours(0)) + one.hours
        return found


def transcript(session: Session, party_id: int, first_year: int, last_year: int) -> Transcript:
    """Everything a person attended in these years, under every identity that was merged into one.

    Raises:
        NotPermitted: without `training.report`.
        NotFound: no such person.
    """
    require(session, "training.report")
    party = session.get(Party, resolve(session, party_id))
    if party is None:
        raise NotFound("record.not_found")
    rows = session.execute(
        select(Participant, Course)
        .join(Course, Course.id == Participant.course_id)
        .where(
            Participant.party_id.in_(party_ids(session, party.id)),
            Participant.withdrawn_reason == "",
            Course.state != CourseState.CANCELLED,
            Course.starts_on.between(date(first_year, 1, 1), date(last_year, 12, 31)),
        )
        .order_by(Course.starts_on, Course.id)
    ).all()
    lines = tuple(_transcript_line(session, person, course) for person, course in rows)
    unit = rows[-1][0].unit if rows else ""
    return Transcript(party.id, party.name, unit, lines)


def _transcript_line(session: Session, person: Participant, course: Course) -> TranscriptLine:
    (found,) = judge(session, course, [person])
    number = session.scalar(
        select(TrainingCertificate.number).where(
            TrainingCertificate.participant_id == person.id,
            TrainingCertificate.state == CertificateState.VALID,
        )
    )
    return TranscriptLine(
        year=course.starts_on.year,
        course=course.name,
        first=course.starts_on,
        last=course.ends_on,
        hours=found.standing.hours,
        category=course.category,
        result=person.result,
        number=number or "",
    )
