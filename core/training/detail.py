"""One course, one participant, one certificate, as their pages show them: frozen, with versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.access.model import Account
from core.documents.service import DocumentSummary, papers_of
from core.errors import NotFound
from core.history import TimelineEntry
from core.parties.model import Party
from core.training.attendance import marks_of
from core.training.certifying import CERTIFICATE
from core.training.completion import judge, lists_of
from core.training.costs import costs_of, fees_of
from core.training.courses import COURSE, CourseContent, cautions, held_sessions
from core.training.dossier import KeptFile, files
from core.training.evaluation import Results, handed_in, results
from core.training.hours import Hours
from core.training.model import (
    Assessment,
    Attendance,
    Course,
    CourseSession,
    Participant,
    TrainingCertificate,
)
from core.training.participants import PARTICIPANT, names
from core.training.reading import OpenRow
from core.training.record_model import CourseCost, LectureFee, SignInScan, SignInSheet
from core.training.rules import Standing
from core.training.states import (
    CertificateState,
    CostKind,
    CourseState,
    HalfDay,
    ListState,
    Mark,
    PaperAtEnd,
    Result,
    Source,
)
from core.values.money import Money


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """A session of a course; one that was called off has its reason."""

    id: int
    version: int
    position: int
    held_on: date
    half_day: HalfDay
    topic: str
    trainer_id: int | None
    trainer: str
    place: str
    minutes: int
    hours: Hours
    cancelled_reason: str


@dataclass(frozen=True, kw_only=True)
class MarkLine:
    """What is noted of a person at a session; `confirmed` says whether a late signature counts."""

    id: int
    version: int
    mark: Mark
    minutes: int
    reason: str
    source: Source
    confirmed: bool
    marked_by: str


@dataclass(frozen=True, kw_only=True)
class ScoreLine:
    """One attempt; `score` in tenths of a point, None for absent from the test."""

    id: int
    version: int
    attempt: int
    taken_on: date
    score: int | None


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """A participant with the marks by session, the attempts, and where the person stands now.

    Attributes:
        certificate_id, certificate: of the valid one.
        revoked: a certificate of this course was revoked, and none is valid.
    """

    id: int
    version: int
    party_id: int
    name: str
    unit: str
    post: str
    phone: str
    note: str
    temporary: bool
    withdrawn_reason: str
    result: Result
    marks: Mapping[int, MarkLine]
    scores: tuple[ScoreLine, ...]
    standing: Standing | None
    certificate_id: int | None
    certificate: str
    revoked: bool
    evaluated: bool


@dataclass(frozen=True, kw_only=True)
class ListLine:
    """A completion list of the course."""

    id: int
    version: int
    state: ListState
    prepared_by: str
    prepared_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class ScanLine:
    """A scan that was read, with the rows still to look at."""

    id: int
    version: int
    session_id: int
    read_at: datetime
    verdicts: Mapping[int, str]
    open: tuple[OpenRow, ...]


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """A sign-in sheet that was printed."""

    id: int
    session_id: int
    token: str
    document_id: int
    printed_at: datetime


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """A line of the cost."""

    id: int
    version: int
    kind: CostKind
    item: str
    amount: Money
    paid_on: date | None
    voucher: str
    note: str


@dataclass(frozen=True, kw_only=True)
class FeeLine:
    """The lecture fee of one trainer."""

    id: int
    version: int
    party_id: int
    name: str
    hours: Hours
    rate: Money
    gross: Money
    tax: Money
    net: Money
    civil_servant: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class CourseDetail:
    """Everything about one course that its page shows."""

    id: int
    version: int
    number: str
    content: CourseContent
    minutes_per_hour: int
    half_day_cap: Hours
    state: CourseState
    cancelled_reason: str
    closed_on: date | None
    words: tuple[str, ...]
    sessions: tuple[SessionLine, ...]
    people: tuple[PersonLine, ...]
    lists: tuple[ListLine, ...]
    sheets: tuple[SheetLine, ...]
    scans: tuple[ScanLine, ...]
    files: tuple[KeptFile, ...]
    costs: tuple[CostLine, ...]
    fees: tuple[FeeLine, ...]
    evaluation: Results
    papers: tuple[DocumentSummary, ...]
    timeline: tuple[TimelineEntry, ...]


def course_detail(session: Session, course_id: int) -> CourseDetail:
    """The page of a course.

    Raises:
        NotFound: there is none.
    """
    course = session.get(Course, course_id)
    if course is None:
        raise NotFound("record.not_found")
    content = content_of(course)
    sessions = _sessions(session, course)
    return CourseDetail(
        id=course.id,
        version=course.version,
        number=course.number,
        content=content,
        minutes_per_hour=course.minutes_per_hour,
        half_day_cap=course.half_day_cap,
        state=course.state,
        cancelled_reason=course.cancelled_reason,
        closed_on=course.closed_on,
        words=cautions(content),
        sessions=sessions,
        people=_people(session, course),
        lists=_lists(session, course),
        sheets=_sheets(session, [one.id for one in sessions]),
        scans=_scans(session, course),
        files=tuple(files(session, course.id)),
        costs=tuple(_cost(one) for one in costs_of(session, course.id)),
        fees=_fees(session, course),
        evaluation=results(session, course.id),
        papers=tuple(papers_of(session, COURSE, course.id)),
        timeline=tuple(history.timeline(session, COURSE, course.id)),
    )


def content_of(course: Course) -> CourseContent:
    """A course as its form holds it."""
    return CourseContent(
        name=course.name,
        organizer=course.organizer,
        starts_on=course.starts_on,
        ends_on=course.ends_on,
        kind=course.kind,
        topic=course.topic,
        category=course.category,
        place=course.place,
        planned=course.planned,
        requirement=course.requirement,
        required=course.required,
        assessed=course.assessed,
        pass_mark=course.pass_mark // 10,
        paper=course.paper,
        valid_months=course.valid_months,
        plan=course.plan,
        summary=course.summary,
    )


def _sessions(session: Session, course: Course) -> tuple[SessionLine, ...]:
    held = held_sessions(session, course.id)
    places = {one.id: place for place, one in enumerate(held, start=1)}
    rows = session.execute(
        select(CourseSession, Party.name)
        .outerjoin(Party, Party.id == CourseSession.trainer_id)
        .where(CourseSession.course_id == course.id)
    ).all()
    lines = [
        SessionLine(
            id=one.id,
            version=one.version,
            position=places.get(one.id, 0),
            held_on=one.held_on,
            half_day=one.half_day,
            topic=one.topic,
            trainer_id=one.trainer_id,
            trainer=trainer or "",
            place=one.place,
            minutes=one.minutes,
            hours=one.hours,
            cancelled_reason=one.cancelled_reason,
        )
        for one, trainer in rows
    ]
    return tuple(sorted(lines, key=lambda one: (one.position == 0, one.position, one.id)))


def _people(session: Session, course: Course, only: int | None = None) -> tuple[PersonLine, ...]:
    query = select(Participant, Party.phone).join(Party, Party.id == Participant.party_id)
    query = query.where(Participant.course_id == course.id)
    if only is not None:
        query = query.where(Participant.id == only)
    rows = session.execute(query.order_by(Participant.position, Participant.id)).all()
    people = [one for one, _phone in rows]
    called = names(session, people)
    marks = marks_of(session, course)
    staying = [one for one in people if not one.withdrawn_reason]
    found = {one.participant_id: one.standing for one in judge(session, course, staying)}
    who = _account_names(session)
    certificates, revoked = _certificates(session, course)
    evaluated = handed_in(session, course.id)
    scores = _scores(session, course, only)
    return tuple(
        PersonLine(
            id=one.id,
            version=one.version,
            party_id=one.party_id,
            name=called[one.id],
            unit=one.unit,
            post=one.post,
            phone=phone,
            note=one.note,
            temporary=one.temporary,
            withdrawn_reason=one.withdrawn_reason,
            result=one.result,
            marks={held: _mark(mark, who) for held, mark in marks.get(one.id, {}).items()},
            scores=scores.get(one.id, ()),
            standing=found.get(one.id),
            certificate_id=certificates.get(one.id, (None, ""))[0],
            certificate=certificates.get(one.id, (None, ""))[1],
            revoked=one.id in revoked,
            evaluated=one.id in evaluated,
        )
        for one, phone in rows
    )


def _mark(row: Attendance, who: Mapping[int, str]) -> MarkLine:
    return MarkLine(
        id=row.id,
        version=row.version,
        mark=row.mark,
        minutes=row.minutes,
        reason=row.reason,
        source=row.source,
        confirmed=row.mark is not Mark.MADE_UP or row.confirmed_by is not None,
        marked_by=who.get(row.marked_by, ""),
    )


def _scores(session: Session, course: Course, only: int | None) -> dict[int, tuple[ScoreLine, ...]]:
    """The attempts of everybody in one look, in order."""
    query = (
        select(Assessment)
        .join(Participant, Participant.id == Assessment.participant_id)
        .where(Participant.course_id == course.id)
        .order_by(Assessment.participant_id, Assessment.attempt)
    )
    if only is not None:
        query = query.where(Participant.id == only)
    found: dict[int, tuple[ScoreLine, ...]] = {}
    for one in session.scalars(query):
        line = ScoreLine(
            id=one.id,
            version=one.version,
            attempt=one.attempt,
            taken_on=one.taken_on,
            score=one.score,
        )
        found[one.participant_id] = (*found.get(one.participant_id, ()), line)
    return found


def _certificates(
    session: Session, course: Course
) -> tuple[dict[int, tuple[int | None, str]], set[int]]:
    """The valid certificates by participant, and who has none but a revoked one."""
    query = select(TrainingCertificate).where(TrainingCertificate.course_id == course.id)
    rows = session.scalars(query).all()
    valid: dict[int, tuple[int | None, str]] = {
        one.participant_id: (one.id, one.number)
        for one in rows
        if one.state is CertificateState.VALID
    }
    return valid, {one.participant_id for one in rows} - set(valid)


def _account_names(session: Session) -> dict[int, str]:
    return {one.id: one.name for one in session.execute(select(Account.id, Account.name))}


def _lists(session: Session, course: Course) -> tuple[ListLine, ...]:
    who = _account_names(session)
    return tuple(
        ListLine(
            id=one.id,
            version=one.version,
            state=one.state,
            prepared_by=who.get(one.prepared_by, ""),
            prepared_at=one.prepared_at,
            decided_by=who.get(one.decided_by or 0, ""),
            decided_at=one.decided_at,
            reason=one.reason,
        )
        for one in lists_of(session, course.id)
    )


def _sheets(session: Session, sessions: list[int]) -> tuple[SheetLine, ...]:
    rows = session.scalars(
        select(SignInSheet).where(SignInSheet.session_id.in_(sessions)).order_by(SignInSheet.id)
    )
    return tuple(
        SheetLine(
            id=one.id,
            session_id=one.session_id,
            token=one.token,
            document_id=one.document_id,
            printed_at=one.printed_at,
        )
        for one in rows
    )


def _scans(session: Session, course: Course) -> tuple[ScanLine, ...]:
    from core.training.reading import open_rows

    rows = session.execute(
        select(SignInScan, SignInSheet.session_id)
        .join(SignInSheet, SignInSheet.id == SignInScan.sheet_id)
        .join(CourseSession, CourseSession.id == SignInSheet.session_id)
        .where(CourseSession.course_id == course.id)
        .order_by(SignInScan.id)
    ).all()
    return tuple(
        ScanLine(
            id=one.id,
            version=one.version,
            session_id=held,
            read_at=one.read_at,
            verdicts={int(row): verdict for row, verdict in one.verdicts.items()},
            open=tuple(open_rows(session, one.id)),
        )
        for one, held in rows
    )


def _cost(row: CourseCost) -> CostLine:
    return CostLine(
        id=row.id,
        version=row.version,
        kind=row.kind,
        item=row.item,
        amount=row.amount,
        paid_on=row.paid_on,
        voucher=row.voucher,
        note=row.note,
    )


def _fees(session: Session, course: Course) -> tuple[FeeLine, ...]:
    rows: list[LectureFee] = fees_of(session, course.id)
    wanted = [one.party_id for one in rows]
    called = {
        one.id: one.name
        for one in session.execute(select(Party.id, Party.name).where(Party.id.in_(wanted)))
    }
    return tuple(
        FeeLine(
            id=one.id,
            version=one.version,
            party_id=one.party_id,
            name=called[one.party_id],
            hours=one.hours,
            rate=one.rate,
            gross=one.gross,
            tax=one.tax,
            net=one.gross - one.tax,
            civil_servant=one.civil_servant,
            note=one.note,
        )
        for one in rows
    )


@dataclass(frozen=True, kw_only=True)
class ParticipantDetail:
    """One participant with the course, and the timeline of both entries."""

    course_id: int
    course: str
    person: PersonLine
    timeline: tuple[TimelineEntry, ...]


def participant_detail(session: Session, participant_id: int) -> ParticipantDetail:
    """The page of a participant.

    Raises:
        NotFound: there is none.
    """
    row = session.get(Participant, participant_id)
    if row is None:
        raise NotFound("record.not_found")
    course = session.get_one(Course, row.course_id)
    (person,) = _people(session, course, row.id)
    own = history.timeline(session, PARTICIPANT, row.id)
    course_events = [
        one
        for one in history.timeline(session, COURSE, course.id)
        if one.data.get("participant") == row.id
    ]
    timeline = tuple(sorted([*own, *course_events], key=lambda one: one.at))
    return ParticipantDetail(
        course_id=course.id, course=course.name, person=person, timeline=timeline
    )


@dataclass(frozen=True, kw_only=True)
class CertificateDetail:
    """A completion certificate with its papers and its timeline."""

    id: int
    version: int
    number: str
    kind: PaperAtEnd
    name: str
    unit: str
    party_id: int
    course_id: int
    course: str
    hours: Hours
    issued_on: date
    valid_until: date | None
    expired: bool
    state: CertificateState
    revoked_on: date | None
    revoked_reason: str
    papers: tuple[DocumentSummary, ...]
    timeline: tuple[TimelineEntry, ...]


def certificate_detail(session: Session, certificate_id: int) -> CertificateDetail:
    """The page of a certificate.

    Raises:
        NotFound: there is none.
    """
    from core.database import today

    row = session.get(TrainingCertificate, certificate_id)
    if row is None:
        raise NotFound("record.not_found")
    course = session.get_one(Course, row.course_id)
    return CertificateDetail(
        id=row.id,
        version=row.version,
        number=row.number,
        kind=row.kind,
        name=row.name,
        unit=row.unit,
        party_id=row.party_id,
        course_id=course.id,
        course=course.name,
        hours=row.hours,
        issued_on=row.issued_on,
        valid_until=row.valid_until,
        expired=row.valid_until is not None and row.valid_until < today(session),
        state=row.state,
        revoked_on=row.revoked_on,
        revoked_reason=row.revoked_reason,
        papers=tuple(papers_of(session, CERTIFICATE, row.id)),
        timeline=tuple(history.timeline(session, CERTIFICATE, row.id)),
    )
