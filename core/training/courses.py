"""Courses and their sessions: planned, changed, called off, filed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core import history, numbering, search, settings
from core.database import load_for_edit, now, require, today
from core.errors import FieldError, InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties.model import Party
from core.requests import once
from core.training import specs  # noqa: F401 - declares the settings read here
from core.training.hours import Hours
from core.training.model import Attendance, CompletionList, Course, CourseSession, Participant
from core.training.rules import CompletionRule, CreditRule, forbidden_words
from core.training.states import (
    Category,
    CourseState,
    HalfDay,
    ListState,
    PaperAtEnd,
    Requirement,
)
from core.values.dates import chinese_period

register(
    {
        "training.name_missing": N_("Enter the name of the course."),
        "training.organizer_missing": N_("Enter who holds the course."),
        "training.days_crossed": N_("The last day is before the first day."),
        "training.required_missing": N_("Enter how much attendance the course asks for."),
        "training.percent_range": N_("A share lies between 1 and 100 percent."),
        "training.proof_assessed": N_(
            "A course with an assessment ends with a completion certificate, not with a proof."
        ),
        "training.topic_missing": N_("Enter the topic of the session."),
        "training.outside_days": N_("{day} is not a day of the course ({first} to {last})."),
        "training.half_day_taken": N_("There is a session on this half-day already."),
        "training.minutes_range": N_("A half-day has between 1 and 480 minutes."),
        "training.trainer_unknown": N_("There is no such trainer in the register of parties."),
        "training.course_closed": N_("{number} is filed; nothing of it can be changed."),
        "training.course_cancelled": N_("{number} was called off: {reason}."),
        "training.reason": N_("Give a reason; it is kept and printed."),
        "training.rule_locked": N_(
            "A completion list was approved by these rules; they can no longer be changed."
        ),
        "training.not_over": N_("{number} is not over before {day}."),
        "training.list_open": N_("A completion list of {number} is not decided yet."),
        "training.was_attended": N_("People were noted as there; it cannot be called off."),
        "training.session_outside": N_("The session on {day} would lie outside the course."),
    }
)

COURSE = "course"
_TEXTS = ("name", "organizer", "kind", "topic", "place", "plan", "summary")
#: What may no longer change once somebody was judged by it.
_RULE = ("requirement", "required", "assessed", "pass_mark", "paper", "valid_months")


@dataclass(frozen=True, kw_only=True)
class CourseContent:
    """A course as entered.

    Attributes:
        required: whole percent, or units of 0.01 h, by `requirement`.
        pass_mark: points; None for the office's value of the first day.
        valid_months: how long its certificates hold; 0 for good.
    """

    name: str
    organizer: str
    starts_on: date
    ends_on: date
    kind: str = ""
    topic: str = ""
    category: Category = Category.PROFESSIONAL
    place: str = ""
    planned: int = 0
    requirement: Requirement = Requirement.NONE
    required: int = 0
    assessed: bool = False
    pass_mark: int | None = None
    paper: PaperAtEnd = PaperAtEnd.NONE
    valid_months: int = 0
    plan: str = ""
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class SessionContent:
    """A session as entered; an empty place is that of the course."""

    held_on: date
    half_day: HalfDay
    topic: str
    minutes: int
    trainer_id: int | None = None
    place: str = ""


def cautions(content: CourseContent) -> tuple[str, ...]:
    """Words of the name that a completion certificate must not carry; shown when it is saved."""
    return forbidden_words(content.name) if content.paper is not PaperAtEnd.NONE else ()


def check_content(content: CourseContent) -> list[FieldError]:
    """Every wrong field of a course; looks at nothing but the content."""
    errors = []
    if not content.name.strip():
        errors.append(FieldError("name", "training.name_missing"))
    if not content.organizer.strip():
        errors.append(FieldError("organizer", "training.organizer_missing"))
    if content.ends_on < content.starts_on:
        errors.append(FieldError("ends_on", "training.days_crossed"))
    if content.requirement is not Requirement.NONE and content.required <= 0:
        errors.append(FieldError("required", "training.required_missing"))
    if content.requirement is Requirement.PERCENT and content.required > 100:
        errors.append(FieldError("required", "training.percent_range"))
    if content.paper is PaperAtEnd.PROOF and content.assessed:
        errors.append(FieldError("paper", "training.proof_assessed"))
    return errors


def plan(session: Session, content: CourseContent, request: UUID | None = None) -> int:
    """Enter a course; it takes its file number.

    Returns:
        its id.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: every wrong field at once.
    """
    require(session, "training.manage")

    def make() -> int:
        errors = check_content(content)
        if errors:
            raise InputError(*errors)
        number = numbering.take(session, "training_course", record_kind=COURSE, record_id=None)
        row = Course(number=number.text, state=CourseState.OPEN, created_at=now(session))
        _credit_of_the_day(session, row, content)
        _fill(session, row, content)
        session.add(row)
        session.flush()
        numbering.bind(session, number, row.id)
        history.record(session, COURSE, row.id, "planned", data=_words(content))
        write_index(session, row)
        return row.id

    return once(session, request, "training_course", make)


def _words(content: CourseContent) -> dict[str, object]:
    words = cautions(content)
    return {"words": list(words)} if words else {}


def _credit_of_the_day(session: Session, row: Course, content: CourseContent) -> None:
    on = content.starts_on
    row.minutes_per_hour = int(settings.get(session, "training.minutes_per_hour", on))
    row.hour_step = Hours(int(settings.get(session, "training.hour_step", on)))
    row.half_day_cap = Hours.of(int(settings.get(session, "training.half_day_cap", on)))
    row.missed_limit = int(settings.get(session, "training.missed_limit", on))


def _fill(session: Session, row: Course, content: CourseContent) -> None:
    for name in _TEXTS:
        text = getattr(content, name)
        setattr(row, name, text.strip() if name == "summary" else " ".join(text.split()))
    for name in ("starts_on", "ends_on", "category", "planned", "requirement", "required"):
        setattr(row, name, getattr(content, name))
    row.assessed, row.paper = content.assessed, content.paper
    row.valid_months = content.valid_months
    default = settings.get(session, "training.pass_mark", content.starts_on)
    row.pass_mark = (int(default) if content.pass_mark is None else content.pass_mark) * 10


def write_index(session: Session, row: Course) -> None:
    """Put a course into the search index, or renew its line."""
    period = chinese_period(row.starts_on, row.ends_on)
    line = search.SearchLine(
        row.name, f"{row.number} {period}", [row.number, row.kind, row.topic], row.number
    )
    search.index(session, COURSE, row.id, line)


def edit(session: Session, course_id: int, version: int, content: CourseContent) -> None:
    """Save the form of a course again.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: wrong fields, or a session would lie outside its days.
        RuleViolation: filed, called off, or judged by the rules that would change.
    """
    require(session, "training.manage")
    row = open_course(session, course_id, version)
    errors = check_content(content) + _sessions_outside(session, row, content)
    if errors:
        raise InputError(*errors)
    before = {name: getattr(row, name) for name in _RULE}
    _fill(session, row, content)
    if before != {name: getattr(row, name) for name in _RULE} and judged(session, course_id):
        raise RuleViolation("training.rule_locked")
    session.flush()
    history.record(session, COURSE, row.id, "edited", data=_words(content))
    write_index(session, row)


def _sessions_outside(session: Session, row: Course, content: CourseContent) -> list[FieldError]:
    days = session.scalars(
        select(CourseSession.held_on).where(
            CourseSession.course_id == row.id, CourseSession.cancelled_reason == ""
        )
    )
    outside = [one for one in days if not content.starts_on <= one <= content.ends_on]
    return [
        FieldError("starts_on", "training.session_outside", {"day": one.isoformat()})
        for one in outside[:1]
    ]


def judged(session: Session, course_id: int) -> bool:
    """Whether a completion list of the course was approved."""
    query = select(CompletionList.id).where(
        CompletionList.course_id == course_id, CompletionList.state == ListState.APPROVED
    )
    return session.scalar(query.limit(1)) is not None


def find_course(session: Session, key: str) -> Course:
    """A course by its file number or id.

    Raises:
        NotFound: there is none.
    """
    row = session.scalar(select(Course).where(Course.number == key.strip()))
    if row is None and key.strip().isdecimal():
        row = session.get(Course, int(key))
    if row is None:
        raise NotFound("record.not_found")
    return row


def open_course(session: Session, course_id: int, version: int | None = None) -> Course:
    """A course that may be changed.

    Raises:
        NotFound, StaleRecord: as `load_for_edit`.
        RuleViolation: filed or called off.
    """
    if version is None:
        found = session.get(Course, course_id)
        if found is None:
            raise NotFound("record.not_found")
        row = found
    else:
        row = load_for_edit(session, Course, course_id, version)
    if row.state is CourseState.CLOSED:
        raise RuleViolation("training.course_closed", number=row.number)
    if row.state is CourseState.CANCELLED:
        raise RuleViolation(
            "training.course_cancelled", number=row.number, reason=row.cancelled_reason
        )
    return row


def cancel(session: Session, course_id: int, version: int, reason: str) -> None:
    """Call a course off before anybody was there; it stays in the register.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: no reason.
        RuleViolation: filed, called off, or somebody was there.
    """
    require(session, "training.manage")
    row = open_course(session, course_id, version)
    row.cancelled_reason = needed(reason)
    if session.scalar(_attendance_of(course_id).limit(1)) is not None:
        raise RuleViolation("training.was_attended")
    row.state = CourseState.CANCELLED
    history.record(session, COURSE, row.id, "cancelled", reason=row.cancelled_reason)
    session.flush()


def _attendance_of(course_id: int) -> Select[int]:
    return (
        select(Attendance.id)
        .join(CourseSession, CourseSession.id == Attendance.session_id)
        .where(CourseSession.course_id == course_id)
    )


def close(session: Session, course_id: int, version: int) -> None:
    """File a course as 一期一档: nothing of it changes afterwards.

    Raises:
        NotPermitted: without `training.manage`.
        RuleViolation: not over yet, or a completion list waits.
    """
    require(session, "training.manage")
    row = open_course(session, course_id, version)
    if today(session) < row.ends_on:
        raise RuleViolation("training.not_over", number=row.number, day=row.ends_on.isoformat())
    waiting = select(CompletionList.id).where(
        CompletionList.course_id == course_id, CompletionList.state == ListState.PREPARED
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise RuleViolation("training.list_open", number=row.number)
    row.state, row.closed_on = CourseState.CLOSED, today(session)
    history.record(session, COURSE, row.id, "filed")
    session.flush()


def reopen(session: Session, course_id: int, version: int, reason: str) -> None:
    """Open a filed course again, with a reason that stays in its history.

    Raises:
        NotPermitted: without `training.review`.
        InputError: no reason.
    """
    require(session, "training.review")
    row = load_for_edit(session, Course, course_id, version)
    if row.state is not CourseState.CLOSED:
        raise RuleViolation("training.not_filed", number=row.number)
    row.state, row.closed_on = CourseState.OPEN, None
    history.record(session, COURSE, row.id, "reopened", reason=needed(reason))
    session.flush()


register({"training.not_filed": N_("{number} is not filed.")})


def needed(reason: str) -> str:
    """A reason without blanks around it.

    Raises:
        InputError: field `reason`, when there is none.
    """
    if not reason.strip():
        raise InputError.of("reason", "training.reason")
    return " ".join(reason.split())


def credit_rule(row: Course) -> CreditRule:
    """How minutes of this course become credit hours."""
    return CreditRule(row.minutes_per_hour, row.hour_step, row.half_day_cap)


def completion_rule(row: Course) -> CompletionRule:
    """What this course asks for."""
    return CompletionRule(
        requirement=row.requirement,
        required=row.required,
        pass_mark=row.pass_mark if row.assessed else None,
        missed_limit=row.missed_limit,
    )


# --- sessions ---------------------------------------------------------------------------------


def add_session(session: Session, course_id: int, version: int, content: SessionContent) -> int:
    """Enter a half-day of a course; its credit hours follow from the minutes.

    Returns:
        id of the session.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: every wrong field at once.
        RuleViolation: the course is filed, called off or judged.
    """
    require(session, "training.manage")
    course = _unjudged(session, course_id, version)
    _check_session(session, course, content, None)
    row = CourseSession(course_id=course_id)
    _fill_session(row, course, content)
    session.add(row)
    session.flush()
    _touched(course)
    day = row.held_on.isoformat()
    history.record(session, COURSE, course_id, "session_added", data={"day": day})
    session.flush()
    return row.id


def edit_session(session: Session, session_id: int, version: int, content: SessionContent) -> None:
    """Change a session; marks already noted follow its day.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: every wrong field at once.
        RuleViolation: the course is filed, called off or judged.
    """
    require(session, "training.manage")
    row = load_for_edit(session, CourseSession, session_id, version)
    course = _unjudged(session, row.course_id)
    _check_session(session, course, content, session_id)
    _fill_session(row, course, content)
    for mark in session.scalars(select(Attendance).where(Attendance.session_id == session_id)):
        mark.held_on = row.held_on
    _touched(course)
    day = row.held_on.isoformat()
    history.record(session, COURSE, course.id, "session_edited", data={"day": day})
    session.flush()


def cancel_session(session: Session, session_id: int, version: int, reason: str) -> None:
    """Say that a session was not held; it no longer counts.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: no reason.
        RuleViolation: somebody was there, or the course is filed, called off or judged.
    """
    require(session, "training.manage")
    row = load_for_edit(session, CourseSession, session_id, version)
    course = _unjudged(session, row.course_id)
    row.cancelled_reason = needed(reason)
    noted = select(Attendance.id).where(Attendance.session_id == session_id)
    if session.scalar(noted.limit(1)) is not None:
        raise RuleViolation("training.was_attended")
    _touched(course)
    data = {"day": row.held_on.isoformat()}
    history.record(
        session, COURSE, course.id, "session_cancelled", reason=row.cancelled_reason, data=data
    )
    session.flush()


def _unjudged(session: Session, course_id: int, version: int | None = None) -> Course:
    course = open_course(session, course_id, version)
    if judged(session, course_id):
        raise RuleViolation("training.rule_locked")
    return course


def _touched(course: Course) -> None:
    """A change of a part is a change of the course: a stale form of it must not be saved."""
    from sqlalchemy.orm.attributes import flag_modified

    flag_modified(course, "name")


def _check_session(
    session: Session, course: Course, content: SessionContent, own: int | None
) -> None:
    errors = []
    if not content.topic.strip():
        errors.append(FieldError("topic", "training.topic_missing"))
    if not 1 <= content.minutes <= 480:
        errors.append(FieldError("minutes", "training.minutes_range"))
    if not course.starts_on <= content.held_on <= course.ends_on:
        facts = {
            "day": content.held_on.isoformat(),
            "first": course.starts_on.isoformat(),
            "last": course.ends_on.isoformat(),
        }
        errors.append(FieldError("held_on", "training.outside_days", facts))
    same = select(CourseSession.id).where(
        CourseSession.course_id == course.id,
        CourseSession.held_on == content.held_on,
        CourseSession.half_day == content.half_day,
        CourseSession.cancelled_reason == "",
    )
    if session.scalar(same.limit(1)) not in {None, own}:
        errors.append(FieldError("half_day", "training.half_day_taken"))
    if content.trainer_id is not None and session.get(Party, content.trainer_id) is None:
        errors.append(FieldError("trainer_id", "training.trainer_unknown"))
    if errors:
        raise InputError(*errors)


def _fill_session(row: CourseSession, course: Course, content: SessionContent) -> None:
    row.held_on, row.half_day = content.held_on, content.half_day
    row.topic = " ".join(content.topic.split())
    row.trainer_id = content.trainer_id
    row.place = " ".join(content.place.split())
    row.minutes = content.minutes
    row.hours = credit_rule(course).credit(content.minutes)


#: Morning before afternoon before evening.
_ORDER = {HalfDay.MORNING: 0, HalfDay.AFTERNOON: 1, HalfDay.EVENING: 2}


def held_sessions(session: Session, course_id: int) -> list[CourseSession]:
    """The sessions of a course that were not called off, in the order of time."""
    rows = session.scalars(
        select(CourseSession).where(
            CourseSession.course_id == course_id, CourseSession.cancelled_reason == ""
        )
    )
    return sorted(rows, key=lambda one: (one.held_on, _ORDER[one.half_day]))


def enrolled(session: Session, course_id: int) -> list[Participant]:
    """The participants of a course who did not leave it, in the order of the roster."""
    return list(
        session.scalars(
            select(Participant)
            .where(Participant.course_id == course_id, Participant.withdrawn_reason == "")
            .order_by(Participant.position, Participant.id)
        )
    )


def next_position(session: Session, course_id: int) -> int:
    """The next place on the roster."""
    query = select(func.max(Participant.position)).where(Participant.course_id == course_id)
    return (session.scalar(query) or 0) + 1
