"""A scan, a completion list, a mark and a trainer, each as its page shows it: frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import attachments, history
from core.access.model import Account
from core.attachments import AttachmentSummary
from core.documents.service import DocumentSummary, papers_of
from core.errors import NotFound
from core.history import TimelineEntry
from core.parties.model import Party
from core.training.completion import lines_of, reasons_of
from core.training.costs import TRAINER, TrainerContent
from core.training.courses import COURSE
from core.training.hours import Hours
from core.training.model import (
    Attendance,
    CompletionList,
    Course,
    CourseSession,
    Participant,
)
from core.training.participants import names
from core.training.reading import rows_of
from core.training.record_model import SignInScan, SignInSheet, Trainer
from core.training.rules import Missing
from core.training.states import CourseState, HalfDay, ListState, Mark, RowVerdict, Source


def _account(session: Session, account_id: int | None) -> str:
    if account_id is None:
        return ""
    return session.scalar(select(Account.name).where(Account.id == account_id)) or ""


# --- scans -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ScanRow:
    """A row of a scanned sheet.

    Attributes:
        participant_id, name: who stands on it; nobody on a free row.
        mark: what is noted of the person at this half-day now.
        why: code of what must be looked at (`reading.REASON_TITLES`); empty when nothing.
    """

    row: int
    verdict: RowVerdict
    participant_id: int | None
    name: str
    mark: Mark | None
    why: str


@dataclass(frozen=True, kw_only=True)
class ScanDetail:
    """A scan of a sign-in sheet with every row of the sheet, and the file it was read from."""

    id: int
    version: int
    course_id: int
    course: str
    number: str
    state: CourseState
    session_id: int
    held_on: date
    half_day: HalfDay
    topic: str
    read_at: datetime
    read_by: str
    rows: tuple[ScanRow, ...]
    file: AttachmentSummary | None
    timeline: tuple[TimelineEntry, ...]

    @property
    def open(self) -> tuple[ScanRow, ...]:
        """The rows somebody must look at."""
        return tuple(one for one in self.rows if one.why)


def scan_detail(session: Session, scan_id: int) -> ScanDetail:
    """The page of a scan.

    Raises:
        NotFound: there is none.
    """
    scan = session.get(SignInScan, scan_id)
    if scan is None:
        raise NotFound("record.not_found")
    sheet = session.get_one(SignInSheet, scan.sheet_id)
    held = session.get_one(CourseSession, sheet.session_id)
    course = session.get_one(Course, held.course_id)
    files = {one.id: one for one in attachments.attachments(session, COURSE, course.id)}
    events = history.timeline(session, COURSE, course.id)
    return ScanDetail(
        id=scan.id,
        version=scan.version,
        course_id=course.id,
        course=course.name,
        number=course.number,
        state=course.state,
        session_id=held.id,
        held_on=held.held_on,
        half_day=held.half_day,
        topic=held.topic,
        read_at=scan.read_at,
        read_by=_account(session, scan.read_by),
        rows=_scan_rows(session, scan, held),
        file=files.get(scan.attachment_id),
        timeline=tuple(one for one in events if one.data.get("scan") == scan.id),
    )


def _scan_rows(session: Session, scan: SignInScan, held: CourseSession) -> tuple[ScanRow, ...]:
    rows = rows_of(session, scan.sheet_id)
    wanted = [one.participant_id for one in rows if one.participant_id is not None]
    people = list(session.scalars(select(Participant).where(Participant.id.in_(wanted))))
    called = names(session, people)
    noted = session.scalars(select(Attendance).where(Attendance.session_id == held.id))
    marks = {one.participant_id: one.mark for one in noted}
    why = {int(row): str(reason) for row, reason in scan.to_look_at}
    return tuple(
        ScanRow(
            row=one.row,
            verdict=RowVerdict(scan.verdicts.get(str(one.row), RowVerdict.UNREADABLE.value)),
            participant_id=one.participant_id,
            name=called.get(one.participant_id or 0, ""),
            mark=marks.get(one.participant_id or 0),
            why=why.get(one.row, ""),
        )
        for one in rows
    )


# --- completion lists --------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class JudgedLine:
    """What a list says of one participant; `score` in tenths of a point."""

    participant_id: int
    name: str
    unit: str
    hours: Hours
    attended: int
    sessions: int
    score: int | None
    completed: bool
    reasons: tuple[Missing, ...]


@dataclass(frozen=True, kw_only=True)
class ListDetail:
    """A completion list with its lines, as it was computed."""

    id: int
    version: int
    state: ListState
    course_id: int
    course: str
    number: str
    prepared_by_id: int
    prepared_by: str
    prepared_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    lines: tuple[JudgedLine, ...]
    papers: tuple[DocumentSummary, ...]
    timeline: tuple[TimelineEntry, ...]


def list_detail(session: Session, list_id: int) -> ListDetail:
    """The page of a completion list.

    Raises:
        NotFound: there is none.
    """
    row = session.get(CompletionList, list_id)
    if row is None:
        raise NotFound("record.not_found")
    course = session.get_one(Course, row.course_id)
    lines = lines_of(session, row.id)
    wanted = [one.participant_id for one in lines]
    people = {
        one.id: one
        for one in session.scalars(select(Participant).where(Participant.id.in_(wanted)))
    }
    called = names(session, list(people.values()))
    events = history.timeline(session, COURSE, course.id)
    return ListDetail(
        id=row.id,
        version=row.version,
        state=row.state,
        course_id=course.id,
        course=course.name,
        number=course.number,
        prepared_by_id=row.prepared_by,
        prepared_by=_account(session, row.prepared_by),
        prepared_at=row.prepared_at,
        decided_by=_account(session, row.decided_by),
        decided_at=row.decided_at,
        reason=row.reason,
        lines=tuple(
            JudgedLine(
                participant_id=one.participant_id,
                name=called[one.participant_id],
                unit=people[one.participant_id].unit,
                hours=one.hours,
                attended=one.attended,
                sessions=one.sessions,
                score=one.score,
                completed=one.completed,
                reasons=reasons_of(one),
            )
            for one in lines
        ),
        papers=tuple(
            one for one in papers_of(session, COURSE, course.id) if one.kind == "completion_roster"
        ),
        timeline=tuple(one for one in events if one.data.get("list") == row.id),
    )


# --- attendance --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AttendanceDetail:
    """One mark with its half-day and its person; `marked_by_id` never confirms it."""

    id: int
    version: int
    course_id: int
    course: str
    session_id: int
    held_on: date
    half_day: HalfDay
    topic: str
    participant_id: int
    name: str
    unit: str
    mark: Mark
    minutes: int
    reason: str
    source: Source
    marked_by_id: int
    marked_by: str
    marked_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    timeline: tuple[TimelineEntry, ...]

    @property
    def waits(self) -> bool:
        """Whether a late signature waits for the second person."""
        return self.mark is Mark.MADE_UP and self.confirmed_at is None


def attendance_detail(session: Session, attendance_id: int) -> AttendanceDetail:
    """The page of a mark.

    Raises:
        NotFound: there is none.
    """
    row = session.get(Attendance, attendance_id)
    if row is None:
        raise NotFound("record.not_found")
    held = session.get_one(CourseSession, row.session_id)
    course = session.get_one(Course, held.course_id)
    person = session.get_one(Participant, row.participant_id)
    events = history.timeline(session, COURSE, course.id)
    return AttendanceDetail(
        id=row.id,
        version=row.version,
        course_id=course.id,
        course=course.name,
        session_id=held.id,
        held_on=held.held_on,
        half_day=held.half_day,
        topic=held.topic,
        participant_id=person.id,
        name=names(session, [person])[person.id],
        unit=person.unit,
        mark=row.mark,
        minutes=row.minutes,
        reason=row.reason,
        source=row.source,
        marked_by_id=row.marked_by,
        marked_by=_account(session, row.marked_by),
        marked_at=row.marked_at,
        confirmed_by=_account(session, row.confirmed_by),
        confirmed_at=row.confirmed_at,
        timeline=tuple(
            one
            for one in events
            if one.data.get("participant") == person.id and one.data.get("session") == held.id
        ),
    )


# --- trainers ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Taught:
    """A half-day a trainer teaches."""

    course_id: int
    course: str
    held_on: date
    half_day: HalfDay
    topic: str
    hours: Hours


@dataclass(frozen=True, kw_only=True)
class TrainerDetail:
    """A trainer; the account is masked."""

    id: int
    version: int
    party_id: int
    name: str
    content: TrainerContent
    account_mask: str
    taught: tuple[Taught, ...]
    timeline: tuple[TimelineEntry, ...]


def trainer_detail(session: Session, trainer_id: int) -> TrainerDetail:
    """The page of a trainer.

    Raises:
        NotFound: there is none.
    """
    row = session.get(Trainer, trainer_id)
    if row is None:
        raise NotFound("record.not_found")
    party = session.get_one(Party, row.party_id)
    taught = session.execute(
        select(CourseSession, Course.name)
        .join(Course, Course.id == CourseSession.course_id)
        .where(CourseSession.trainer_id == row.party_id, CourseSession.cancelled_reason == "")
        .order_by(CourseSession.held_on.desc(), CourseSession.id)
    ).all()
    return TrainerDetail(
        id=row.id,
        version=row.version,
        party_id=row.party_id,
        name=party.name,
        content=TrainerContent(
            title=row.title,
            specialty=row.specialty,
            unit=row.unit,
            civil_servant=row.civil_servant,
            bank=row.bank,
        ),
        account_mask=row.account_mask,
        taught=tuple(
            Taught(
                course_id=one.course_id,
                course=course,
                held_on=one.held_on,
                half_day=one.half_day,
                topic=one.topic,
                hours=one.hours,
            )
            for one, course in taught
        ),
        timeline=tuple(history.timeline(session, TRAINER, row.id)),
    )


def trainer_choices(session: Session) -> tuple[tuple[str, str], ...]:
    """Everybody who may be chosen as a trainer: party id and name with unit, by pinyin."""
    rows = session.execute(
        select(Party.id, Party.name, Trainer.unit)
        .join(Trainer, Trainer.party_id == Party.id)
        .order_by(Party.pinyin, Party.id)
    )
    return tuple((str(party), f"{name}　{unit}".strip()) for party, name, unit in rows)
