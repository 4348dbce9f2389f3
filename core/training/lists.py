"""The lists of the training log: sorted, filtered and counted in SQL, a page at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from core.database import today
from core.errors import InputError
from core.i18n import N_, listed
from core.parties.model import Party
from core.search.lists import (
    YES_NO,
    Condition,
    RecordList,
    choices,
    contains,
    equals,
    id_of,
    year_of,
)
from core.training.model import (
    Attendance,
    CompletionList,
    Course,
    CourseSession,
    Participant,
    TrainingCertificate,
)
from core.training.record_model import SignInScan, SignInSheet, Trainer
from core.training.states import (
    CATEGORY_TITLES,
    CERTIFICATE_TITLES,
    COURSE_TITLES,
    HALF_DAY_TITLES,
    LIST_TITLES,
    MARK_TITLES,
    RESULT_TITLES,
    SOURCE_TITLES,
    Category,
    CertificateState,
    CourseState,
    ListState,
    Mark,
    PaperAtEnd,
    Result,
    Source,
)
from core.values.cells import term
from core.values.listing import Align, ColumnSpec, FilterSpec


def _initials(text: str) -> ColumnElement[bool]:
    """Names by their pinyin initials: mf finds 马昉."""
    if not (text.isascii() and text.isalpha()):
        return false()
    return Party.initials.startswith(text.lower(), autoescape=True)


def _people(text: str) -> Select[int]:
    """Ids of participants by name, its initials, or unit."""
    return (
        select(Participant.id)
        .join(Party, Party.id == Participant.party_id)
        .where(or_(contains(Party.name, Participant.unit)(text), _initials(text)))
    )


def _courses(text: str) -> Select[int]:
    return select(Course.id).where(contains(Course.name, Course.number)(text))


def _phase(session: Session, value: str) -> ColumnElement[bool]:
    """Courses by where today is: planned ahead, under way, over and not filed."""
    day = today(session)
    phases: dict[str, ColumnElement[bool]] = {
        "ahead": Course.starts_on > day,
        "running": and_(Course.starts_on <= day, Course.ends_on >= day),
        "over": Course.ends_on < day,
    }
    if value not in phases:
        raise InputError.of("filter", "form.choice", value=value, choices=listed(phases))
    return and_(Course.state == CourseState.OPEN, phases[value])


COURSES = RecordList(
    kind="course",
    columns=(
        ColumnSpec("number", N_("File number"), 9),
        ColumnSpec("name", N_("Course"), 22),
        ColumnSpec("organizer", N_("Organizer"), 12),
        ColumnSpec("kind", N_("Kind"), 8),
        ColumnSpec("topic", N_("Topic"), 8),
        ColumnSpec("starts_on", N_("First day"), 7, Align.CENTRE),
        ColumnSpec("ends_on", N_("Last day"), 7, Align.CENTRE),
        ColumnSpec("place", N_("Place"), 12, sortable=False),
        ColumnSpec("state", N_("State"), 6),
    ),
    key=Course.id.expression,
    orders={
        "starts_on": Course.starts_on.expression,
        "number": Course.number.expression,
        "name": Course.name.expression,
        "organizer": Course.organizer.expression,
        "kind": Course.kind.expression,
        "topic": Course.topic.expression,
        "ends_on": Course.ends_on.expression,
        "state": Course.state.expression,
    },
    texts=contains(Course.name, Course.number, Course.organizer, Course.topic),
    searched=("course", Course.id.expression),
    base=select(Course.id),
    fetch=select(
        Course.id,
        Course.number,
        Course.name,
        Course.organizer,
        Course.kind,
        Course.topic,
        Course.starts_on,
        Course.ends_on,
        Course.place,
        Course.state,
    ),
    cells=lambda row: (*row[1:9], term(row[9], COURSE_TITLES)),
    conditions={
        "state": equals(Course.state, CourseState),
        "phase": _phase,
        "year": year_of(Course.starts_on),
        "topic": lambda _session, value: Course.topic == value,
        "category": equals(Course.category, Category),
    },
    offers=(
        FilterSpec("state", N_("State"), choices(COURSE_TITLES)),
        FilterSpec(
            "phase",
            N_("Phase"),
            (
                ("ahead", N_("Planned ahead")),
                ("running", N_("Under way")),
                ("over", N_("Over, not filed")),
            ),
        ),
        FilterSpec("year", N_("Year"), ()),
        FilterSpec("topic", N_("Topic"), ()),
        FilterSpec("category", N_("Category"), choices(CATEGORY_TITLES)),
    ),
)


def _party_join(chosen: Select[int]) -> Select[int]:
    return chosen.join(Party, Party.id == Participant.party_id)


def _flag(column: Any) -> Condition:
    def condition(_session: Session, value: str) -> ColumnElement[bool]:
        return column.is_(value == "yes")  # type: ignore[no-any-return]  # an SQL expression

    return condition


def _certificate_due(_session: Session, value: str) -> ColumnElement[bool]:
    has = select(TrainingCertificate.participant_id)
    due = and_(
        Participant.result == Result.COMPLETED,
        Participant.course_id.in_(
            select(Course.id).where(
                Course.paper != PaperAtEnd.NONE, Course.state != CourseState.CANCELLED
            )
        ),
        Participant.id.not_in(has),
    )
    return due if value == "yes" else ~due


PARTICIPANTS = RecordList(
    kind="course_participant",
    columns=(
        ColumnSpec("name", N_("Name"), 10),
        ColumnSpec("unit", N_("Unit"), 16),
        ColumnSpec("post", N_("Post"), 10, sortable=False),
        ColumnSpec("course", N_("Course"), 20),
        ColumnSpec("starts_on", N_("First day"), 7, Align.CENTRE),
        ColumnSpec("temporary", N_("Temporary"), 5, Align.CENTRE, sortable=False),
        ColumnSpec("result", N_("Course result"), 7),
    ),
    key=Participant.id.expression,
    orders={
        "id": Participant.id.expression,
        "name": Party.pinyin.expression,
        "unit": Participant.unit.expression,
        "course": Course.name.expression,
        "starts_on": Course.starts_on.expression,
        "result": Participant.result.expression,
    },
    texts=lambda text: or_(
        Participant.id.in_(_people(text)), Participant.course_id.in_(_courses(text))
    ),
    base=select(Participant.id),
    fetch=select(
        Participant.id,
        Party.name,
        Participant.unit,
        Participant.post,
        Course.name,
        Course.starts_on,
        Participant.temporary,
        Participant.result,
    )
    .join(Party, Party.id == Participant.party_id)
    .join(Course, Course.id == Participant.course_id),
    cells=lambda row: (*row[1:7], term(row[7], RESULT_TITLES)),
    conditions={
        "course": id_of(Participant.course_id),
        "result": equals(Participant.result, Result),
        "temporary": _flag(Participant.temporary),
        "certificate_due": _certificate_due,
        "unit": lambda _session, value: Participant.unit == value,
    },
    offers=(
        FilterSpec("course", N_("Course"), ()),
        FilterSpec("result", N_("Course result"), choices(RESULT_TITLES)),
        FilterSpec("temporary", N_("Temporary"), YES_NO),
        FilterSpec("certificate_due", N_("Waits for a certificate"), YES_NO),
        FilterSpec("unit", N_("Unit"), ()),
    ),
    joins={
        "name": _party_join,
        "course": lambda chosen: chosen.join(Course, Course.id == Participant.course_id),
        "starts_on": lambda chosen: chosen.join(Course, Course.id == Participant.course_id),
    },
)


def _of_course(_session: Session, value: str) -> ColumnElement[bool]:
    course = id_of(CourseSession.course_id)(_session, value)
    return Attendance.session_id.in_(select(CourseSession.id).where(course))


def _open_make_up(_session: Session, value: str) -> ColumnElement[bool]:
    waits = and_(Attendance.mark == Mark.MADE_UP, Attendance.confirmed_by.is_(None))
    return waits if value == "yes" else ~waits


ATTENDANCE = RecordList(
    kind="attendance",
    columns=(
        ColumnSpec("held_on", N_("Day"), 7, Align.CENTRE),
        ColumnSpec("half_day", N_("Half-day"), 5, sortable=False),
        ColumnSpec("name", N_("Name"), 9, sortable=False),
        ColumnSpec("unit", N_("Unit"), 15, sortable=False),
        ColumnSpec("course", N_("Course"), 18, sortable=False),
        ColumnSpec("topic", N_("Topic"), 14, sortable=False),
        ColumnSpec("mark", N_("Attendance"), 6),
        ColumnSpec("minutes", N_("Minutes missed"), 5, Align.RIGHT, sortable=False),
        ColumnSpec("reason", N_("Reason"), 14, sortable=False),
        ColumnSpec("source", N_("Source"), 6, sortable=False),
        ColumnSpec("marked_at", N_("Noted"), 9),
    ),
    key=Attendance.id.expression,
    orders={
        "held_on": Attendance.held_on.expression,
        "mark": Attendance.mark.expression,
        "marked_at": Attendance.id.expression,
    },
    texts=lambda text: or_(
        Attendance.participant_id.in_(_people(text)),
        Attendance.session_id.in_(
            select(CourseSession.id).where(CourseSession.course_id.in_(_courses(text)))
        ),
    ),
    base=select(Attendance.id),
    fetch=select(
        Attendance.id,
        Attendance.held_on,
        CourseSession.half_day,
        Party.name,
        Participant.unit,
        Course.name,
        CourseSession.topic,
        Attendance.mark,
        Attendance.minutes,
        Attendance.reason,
        Attendance.source,
        Attendance.marked_at,
    )
    .join(CourseSession, CourseSession.id == Attendance.session_id)
    .join(Course, Course.id == CourseSession.course_id)
    .join(Participant, Participant.id == Attendance.participant_id)
    .join(Party, Party.id == Participant.party_id),
    cells=lambda row: (
        row[1],
        term(row[2], HALF_DAY_TITLES),
        *row[3:7],
        term(row[7], MARK_TITLES),
        row[8] or None,
        row[9],
        term(row[10], SOURCE_TITLES),
        row[11],
    ),
    conditions={
        "mark": equals(Attendance.mark, Mark),
        "source": equals(Attendance.source, Source),
        "year": year_of(Attendance.held_on),
        "course": _of_course,
        "session": id_of(Attendance.session_id),
        "participant": id_of(Attendance.participant_id),
        "to_confirm": _open_make_up,
    },
    offers=(
        FilterSpec("mark", N_("Attendance"), choices(MARK_TITLES)),
        FilterSpec("source", N_("Source"), choices(SOURCE_TITLES)),
        FilterSpec("year", N_("Year"), ()),
        FilterSpec("course", N_("Course"), ()),
        FilterSpec("session", N_("Session"), ()),
        FilterSpec("participant", N_("Participant"), ()),
        FilterSpec("to_confirm", N_("Waits for the second person"), YES_NO),
    ),
)


def _due(session: Session, value: str) -> ColumnElement[bool]:
    """Certificates by their last day: `expired`, or `soon` (30 days)."""
    day = today(session)
    last = TrainingCertificate.valid_until
    valid = TrainingCertificate.state == CertificateState.VALID
    if value == "expired":
        return and_(valid, last < day)
    if value == "soon":
        return and_(valid, last >= day, last <= day + timedelta(days=30))
    raise InputError.of("filter", "form.choice", value=value, choices="expired, soon")


CERTIFICATES = RecordList(
    kind="training_certificate",
    columns=(
        ColumnSpec("number", N_("Number"), 13),
        ColumnSpec("name", N_("Name"), 10),
        ColumnSpec("unit", N_("Unit"), 16),
        ColumnSpec("course", N_("Course"), 20, sortable=False),
        ColumnSpec("hours", N_("Credit hours"), 5, Align.RIGHT),
        ColumnSpec("issued_on", N_("Issued"), 7, Align.CENTRE),
        ColumnSpec("valid_until", N_("Valid until"), 7, Align.CENTRE),
        ColumnSpec("state", N_("State"), 6),
    ),
    key=TrainingCertificate.id.expression,
    orders={
        "issued_on": TrainingCertificate.issued_on.expression,
        "number": TrainingCertificate.number.expression,
        "name": TrainingCertificate.name.expression,
        "unit": TrainingCertificate.unit.expression,
        "hours": TrainingCertificate.hours.expression,
        "valid_until": TrainingCertificate.valid_until.expression,
        "state": TrainingCertificate.state.expression,
    },
    texts=contains(TrainingCertificate.number, TrainingCertificate.name, TrainingCertificate.unit),
    base=select(TrainingCertificate.id),
    searched=("training_certificate", TrainingCertificate.id.expression),
    fetch=select(
        TrainingCertificate.id,
        TrainingCertificate.number,
        TrainingCertificate.name,
        TrainingCertificate.unit,
        Course.name,
        TrainingCertificate.hours,
        TrainingCertificate.issued_on,
        TrainingCertificate.valid_until,
        TrainingCertificate.state,
    ).join(Course, Course.id == TrainingCertificate.course_id),
    cells=lambda row: (*row[1:8], term(row[8], CERTIFICATE_TITLES)),
    conditions={
        "state": equals(TrainingCertificate.state, CertificateState),
        "course": id_of(TrainingCertificate.course_id),
        "year": year_of(TrainingCertificate.issued_on),
        "due": _due,
    },
    offers=(
        FilterSpec("state", N_("State"), choices(CERTIFICATE_TITLES)),
        FilterSpec("course", N_("Course"), ()),
        FilterSpec("year", N_("Year"), ()),
        FilterSpec(
            "due",
            N_("Expiry"),
            (("soon", N_("Within 30 days")), ("expired", N_("Expired"))),
        ),
    ),
)

COMPLETION_LISTS = RecordList(
    kind="completion_list",
    columns=(
        ColumnSpec("number", N_("File number"), 9, sortable=False),
        ColumnSpec("course", N_("Course"), 22, sortable=False),
        ColumnSpec("prepared_at", N_("Prepared"), 9),
        ColumnSpec("decided_at", N_("Decided"), 9),
        ColumnSpec("state", N_("State"), 7),
        ColumnSpec("reason", N_("Reason"), 16, sortable=False),
    ),
    key=CompletionList.id.expression,
    orders={
        "prepared_at": CompletionList.prepared_at.expression,
        "decided_at": CompletionList.decided_at.expression,
        "state": CompletionList.state.expression,
    },
    texts=lambda text: CompletionList.course_id.in_(_courses(text)),
    base=select(CompletionList.id),
    fetch=select(
        CompletionList.id,
        Course.number,
        Course.name,
        CompletionList.prepared_at,
        CompletionList.decided_at,
        CompletionList.state,
        CompletionList.reason,
    ).join(Course, Course.id == CompletionList.course_id),
    cells=lambda row: (*row[1:5], term(row[5], LIST_TITLES), row[6]),
    conditions={
        "state": equals(CompletionList.state, ListState),
        "course": id_of(CompletionList.course_id),
    },
    offers=(
        FilterSpec("state", N_("State"), choices(LIST_TITLES)),
        FilterSpec("course", N_("Course"), ()),
    ),
)


def _scan_course(_session: Session, value: str) -> ColumnElement[bool]:
    course = id_of(CourseSession.course_id)(_session, value)
    sheets = (
        select(SignInSheet.id)
        .join(CourseSession, CourseSession.id == SignInSheet.session_id)
        .where(course)
    )
    return SignInScan.sheet_id.in_(sheets)


SCANS = RecordList(
    kind="sign_in_scan",
    columns=(
        ColumnSpec("course", N_("Course"), 22, sortable=False),
        ColumnSpec("held_on", N_("Day"), 7, Align.CENTRE, sortable=False),
        ColumnSpec("half_day", N_("Half-day"), 5, sortable=False),
        ColumnSpec("read_at", N_("Read"), 9),
        ColumnSpec("rows", N_("Rows"), 5, Align.RIGHT, sortable=False),
        ColumnSpec("signed", N_("Signed"), 5, Align.RIGHT, sortable=False),
        ColumnSpec("to_look_at", N_("Rows to look at"), 12, sortable=False),
    ),
    key=SignInScan.id.expression,
    orders={"read_at": SignInScan.read_at.expression},
    texts=lambda text: SignInScan.sheet_id.in_(
        select(SignInSheet.id)
        .join(CourseSession, CourseSession.id == SignInSheet.session_id)
        .where(CourseSession.course_id.in_(_courses(text)))
    ),
    base=select(SignInScan.id),
    fetch=select(
        SignInScan.id,
        Course.name,
        CourseSession.held_on,
        CourseSession.half_day,
        SignInScan.read_at,
        SignInScan.verdicts,
        SignInScan.to_look_at,
    )
    .join(SignInSheet, SignInSheet.id == SignInScan.sheet_id)
    .join(CourseSession, CourseSession.id == SignInSheet.session_id)
    .join(Course, Course.id == CourseSession.course_id),
    cells=lambda row: (
        row[1],
        row[2],
        term(row[3], HALF_DAY_TITLES),
        row[4],
        len(row[5]),
        sum(one == "signed" for one in row[5].values()),
        [one for one, _why in row[6]],
    ),
    conditions={"open": _flag(SignInScan.open), "course": _scan_course},
    offers=(
        FilterSpec("open", N_("Rows to look at"), YES_NO),
        FilterSpec("course", N_("Course"), ()),
    ),
)

TRAINERS = RecordList(
    kind="trainer",
    columns=(
        ColumnSpec("name", N_("Name"), 10),
        ColumnSpec("unit", N_("Unit"), 16),
        ColumnSpec("title", N_("Professional title"), 10),
        ColumnSpec("specialty", N_("Specialty"), 12),
        ColumnSpec("civil_servant", N_("Civil servant"), 5, Align.CENTRE, sortable=False),
        ColumnSpec("bank", N_("Bank"), 12, sortable=False),
        ColumnSpec("account", N_("Account"), 12, sortable=False),
    ),
    key=Trainer.id.expression,
    orders={
        "name": Party.pinyin.expression,
        "unit": Trainer.unit.expression,
        "title": Trainer.title.expression,
        "specialty": Trainer.specialty.expression,
    },
    texts=lambda text: or_(
        Trainer.party_id.in_(select(Party.id).where(contains(Party.name)(text))),
        contains(Trainer.unit, Trainer.specialty)(text),
    ),
    base=select(Trainer.id),
    fetch=select(
        Trainer.id,
        Party.name,
        Trainer.unit,
        Trainer.title,
        Trainer.specialty,
        Trainer.civil_servant,
        Trainer.bank,
        Trainer.account_mask,
    ).join(Party, Party.id == Trainer.party_id),
    cells=lambda row: tuple(row[1:8]),
    conditions={"civil_servant": _flag(Trainer.civil_servant)},
    offers=(FilterSpec("civil_servant", N_("Civil servant"), YES_NO),),
    joins={
        "": lambda chosen: chosen.join(Party, Party.id == Trainer.party_id),
        "name": lambda chosen: chosen.join(Party, Party.id == Trainer.party_id),
    },
)
