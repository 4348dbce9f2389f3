"""The lists of the training log: sorted, filtered and counted in SQL, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from core.database import today
from core.errors import InputError
from core.i18n import N_, listed
from core.parties.model import Party
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
from core.values.listing import Align, ColumnSpec, FilterSpec, ListQuery

Condition = Callable[[Session, str], ColumnElement[bool]]
_YES_NO = (("yes", N_("Yes")), ("no", N_("No")))


@dataclass(frozen=True, eq=False)
class TrainingList:
    """A list of records (see :class:`core.values.listing.RecordSource`).

    Attributes:
        fetch: selects id and what a row shows, joined; its id is `key`.
        plain: selects the id alone, for the order and the count of long lists.
        orders: SQL expressions by column key; the first is the standard, newest first. An order
            over joined tables joins them itself (`joins`).
        conditions: what each filter means, over the columns of `plain` alone.
        joins: what `plain` needs before it can be ordered by a column of another table.
    """

    kind: str
    columns: tuple[ColumnSpec, ...]
    key: ColumnElement[int]
    orders: Mapping[str, ColumnElement[Any]]
    texts: Callable[[str], ColumnElement[bool]]
    fetch: Select[*tuple[Any, ...]]
    cells: Callable[[Any], tuple[object, ...]]
    conditions: Mapping[str, Condition]
    filters: tuple[FilterSpec, ...]
    joins: Mapping[str, Callable[[Select[int]], Select[int]]] = field(default_factory=dict)

    def ids(self, session: Session, query: ListQuery) -> Sequence[int]:
        """All ids in the asked order; equal rows by id."""
        return session.scalars(self._ordered(session, query)).all()

    def first(self, session: Session, query: ListQuery, limit: int) -> Sequence[int]:
        """The first ids in the asked order, for the first page of a long list."""
        return session.scalars(self._ordered(session, query).limit(limit)).all()

    def count(self, session: Session, query: ListQuery) -> int:
        """How many records the query has."""
        chosen = select(func.count(self.key)).where(*self._where(session, query))
        return session.scalar(chosen) or 0

    def rows(self, session: Session, ids: Sequence[int]) -> dict[int, tuple[object, ...]]:
        """Values of the asked records; unknown ids are left out."""
        found = session.execute(self.fetch.where(self.key.in_(list(ids))))
        return {row[0]: self.cells(row) for row in found}

    def _ordered(self, session: Session, query: ListQuery) -> Select[int]:
        order, descending = self.orders.get(query.sort), query.descending
        if order is None:
            order, descending = next(iter(self.orders.values())), True
        chosen = select(self.key).where(*self._where(session, query))
        if query.sort in self.joins:
            chosen = self.joins[query.sort](chosen)
        keys = (order.desc(), self.key.desc()) if descending else (order.asc(), self.key.asc())
        return chosen.order_by(*keys)

    def _where(self, session: Session, query: ListQuery) -> list[ColumnElement[bool]]:
        found = [
            self.conditions[name](session, value)
            for name, value in query.filters.items()
            if value and name in self.conditions
        ]
        text = query.text.strip()
        if text:
            found.append(self.texts(text))
        return found


def _equals(column: Any, words: type[StrEnum]) -> Condition:
    def condition(_session: Session, value: str) -> ColumnElement[bool]:
        try:
            return column == words(value)  # type: ignore[no-any-return]  # an SQL expression
        except ValueError:
            known = listed(words)
            raise InputError.of("filter", "form.choice", value=value, choices=known) from None

    return condition


def _id(column: Any) -> Condition:
    def condition(_session: Session, value: str) -> ColumnElement[bool]:
        if not (value.isascii() and value.isdigit()):
            raise InputError.of("filter", "values.number_format", value=value)
        return column == int(value)  # type: ignore[no-any-return]  # an SQL expression

    return condition


def _year(column: Any) -> Condition:
    def condition(_session: Session, value: str) -> ColumnElement[bool]:
        if not (value.isascii() and value.isdigit() and 1900 <= int(value) <= 9998):
            raise InputError.of("year", "values.number_format", value=value)
        year = int(value)
        return and_(column >= date(year, 1, 1), column < date(year + 1, 1, 1))

    return condition


def _choices(titles: Mapping[Any, str]) -> tuple[tuple[str, str], ...]:
    return tuple((one.value, title) for one, title in titles.items())


def _contains(*columns: Any) -> Callable[[str], ColumnElement[bool]]:
    return lambda text: or_(*(one.contains(text, autoescape=True) for one in columns))


def _people(text: str) -> Select[int]:
    """Ids of participants by name or unit."""
    return (
        select(Participant.id)
        .join(Party, Party.id == Participant.party_id)
        .where(_contains(Party.name, Participant.unit)(text))
    )


def _courses(text: str) -> Select[int]:
    return select(Course.id).where(_contains(Course.name, Course.number)(text))


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


COURSES = TrainingList(
    kind="course",
    columns=(
        ColumnSpec("number", N_("File number"), 9),
        ColumnSpec("name", N_("Course"), 22),
        ColumnSpec("organizer", N_("Organizer"), 12),
        ColumnSpec("kind", N_("Kind"), 8),
        ColumnSpec("topic", N_("Topic"), 8),
        ColumnSpec("starts_on", N_("From"), 7, Align.CENTRE),
        ColumnSpec("ends_on", N_("To"), 7, Align.CENTRE),
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
    texts=_contains(Course.name, Course.number, Course.organizer, Course.topic),
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
        "state": _equals(Course.state, CourseState),
        "phase": _phase,
        "year": _year(Course.starts_on),
        "topic": lambda _session, value: Course.topic == value,
        "category": _equals(Course.category, Category),
    },
    filters=(
        FilterSpec("state", N_("State"), _choices(COURSE_TITLES)),
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
        FilterSpec("category", N_("Category"), _choices(CATEGORY_TITLES)),
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


PARTICIPANTS = TrainingList(
    kind="course_participant",
    columns=(
        ColumnSpec("name", N_("Name"), 10),
        ColumnSpec("unit", N_("Unit"), 16),
        ColumnSpec("post", N_("Post"), 10, sortable=False),
        ColumnSpec("course", N_("Course"), 20),
        ColumnSpec("starts_on", N_("From"), 7, Align.CENTRE),
        ColumnSpec("temporary", N_("Temporary"), 5, Align.CENTRE, sortable=False),
        ColumnSpec("result", N_("Result"), 7),
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
        "course": _id(Participant.course_id),
        "result": _equals(Participant.result, Result),
        "temporary": _flag(Participant.temporary),
        "certificate_due": _certificate_due,
        "unit": lambda _session, value: Participant.unit == value,
    },
    filters=(
        FilterSpec("course", N_("Course"), ()),
        FilterSpec("result", N_("Result"), _choices(RESULT_TITLES)),
        FilterSpec("temporary", N_("Temporary"), _YES_NO),
        FilterSpec("certificate_due", N_("Waits for a certificate"), _YES_NO),
        FilterSpec("unit", N_("Unit"), ()),
    ),
    joins={
        "name": _party_join,
        "course": lambda chosen: chosen.join(Course, Course.id == Participant.course_id),
        "starts_on": lambda chosen: chosen.join(Course, Course.id == Participant.course_id),
    },
)


def _of_course(_session: Session, value: str) -> ColumnElement[bool]:
    course = _id(CourseSession.course_id)(_session, value)
    return Attendance.session_id.in_(select(CourseSession.id).where(course))


def _open_make_up(_session: Session, value: str) -> ColumnElement[bool]:
    waits = and_(Attendance.mark == Mark.MADE_UP, Attendance.confirmed_by.is_(None))
    return waits if value == "yes" else ~waits


ATTENDANCE = TrainingList(
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
        "mark": _equals(Attendance.mark, Mark),
        "source": _equals(Attendance.source, Source),
        "year": _year(Attendance.held_on),
        "course": _of_course,
        "session": _id(Attendance.session_id),
        "participant": _id(Attendance.participant_id),
        "to_confirm": _open_make_up,
    },
    filters=(
        FilterSpec("mark", N_("Attendance"), _choices(MARK_TITLES)),
        FilterSpec("source", N_("Source"), _choices(SOURCE_TITLES)),
        FilterSpec("year", N_("Year"), ()),
        FilterSpec("course", N_("Course"), ()),
        FilterSpec("session", N_("Session"), ()),
        FilterSpec("participant", N_("Participant"), ()),
        FilterSpec("to_confirm", N_("Waits for the second person"), _YES_NO),
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


CERTIFICATES = TrainingList(
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
    texts=_contains(TrainingCertificate.number, TrainingCertificate.name, TrainingCertificate.unit),
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
        "state": _equals(TrainingCertificate.state, CertificateState),
        "course": _id(TrainingCertificate.course_id),
        "year": _year(TrainingCertificate.issued_on),
        "due": _due,
    },
    filters=(
        FilterSpec("state", N_("State"), _choices(CERTIFICATE_TITLES)),
        FilterSpec("course", N_("Course"), ()),
        FilterSpec("year", N_("Year"), ()),
        FilterSpec(
            "due",
            N_("Expiry"),
            (("soon", N_("Within 30 days")), ("expired", N_("Expired"))),
        ),
    ),
)

COMPLETION_LISTS = TrainingList(
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
        "state": _equals(CompletionList.state, ListState),
        "course": _id(CompletionList.course_id),
    },
    filters=(
        FilterSpec("state", N_("State"), _choices(LIST_TITLES)),
        FilterSpec("course", N_("Course"), ()),
    ),
)


def _scan_course(_session: Session, value: str) -> ColumnElement[bool]:
    course = _id(CourseSession.course_id)(_session, value)
    sheets = (
        select(SignInSheet.id)
        .join(CourseSession, CourseSession.id == SignInSheet.session_id)
        .where(course)
    )
    return SignInScan.sheet_id.in_(sheets)


SCANS = TrainingList(
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
    filters=(
        FilterSpec("open", N_("Rows to look at"), _YES_NO),
        FilterSpec("course", N_("Course"), ()),
    ),
)

TRAINERS = TrainingList(
    kind="trainer",
    columns=(
        ColumnSpec("name", N_("Name"), 10),
        ColumnSpec("unit", N_("Unit"), 16),
        ColumnSpec("title", N_("Title"), 10),
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
        Trainer.party_id.in_(select(Party.id).where(_contains(Party.name)(text))),
        _contains(Trainer.unit, Trainer.specialty)(text),
    ),
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
    filters=(FilterSpec("civil_servant", N_("Civil servant"), _YES_NO),),
    joins={
        "": lambda chosen: chosen.join(Party, Party.id == Trainer.party_id),
        "name": lambda chosen: chosen.join(Party, Party.id == Trainer.party_id),
    },
)
