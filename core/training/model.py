"""Tables of courses: sessions, people, attendance, assessment, completion.

Hours are units of 0.01 学时, scores tenths of a point. Whatever decides who completes (sessions,
marks, scores) is frozen by services once a list is approved.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.training.hours import Hours, HoursColumn
from core.training.states import (
    Category,
    CertificateState,
    CourseState,
    HalfDay,
    ListState,
    Mark,
    PaperAtEnd,
    Requirement,
    Result,
    Source,
)
from db.base import Base, Versioned
from db.types import CanonicalJson, EnumValue, UtcDateTime, intpk


class Course(Versioned, Base):
    """A course 培训班, one 期.

    Attributes:
        number: its file number 档案号.
        kind: 类别 in the office's words; `topic` and `category` are for statistics and transcripts.
        planned: how many were meant to come 应训; 0 means as many as are enrolled.
        minutes_per_hour, hour_step, half_day_cap: the rule of credit hours of its first day.
        missed_limit: minutes of a half-day that may be missed and still count; 0 means any.
        required: units of 0.01 h or whole percent, by `requirement`.
        pass_mark: tenths of a point.
        valid_months: how long its certificates hold; 0 means for good.
        plan: number of the annual plan or approval.
    """

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days"),
        Index("ix_course_starts_on", "starts_on"),
        Index("ix_course_state", "state"),
        {"info": {"audited": True, "no_delete": True, "fixed": ["number"]}},
    )

    id: Mapped[intpk]
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organizer: Mapped[str]
    kind: Mapped[str] = mapped_column(default="")
    topic: Mapped[str] = mapped_column(default="")
    category: Mapped[Category] = mapped_column(EnumValue(Category))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    place: Mapped[str] = mapped_column(default="")
    planned: Mapped[int] = mapped_column(default=0)
    minutes_per_hour: Mapped[int]
    hour_step: Mapped[Hours] = mapped_column(HoursColumn)
    half_day_cap: Mapped[Hours] = mapped_column(HoursColumn)
    missed_limit: Mapped[int] = mapped_column(default=0)
    requirement: Mapped[Requirement] = mapped_column(EnumValue(Requirement))
    required: Mapped[int] = mapped_column(default=0)
    assessed: Mapped[bool] = mapped_column(default=False)
    pass_mark: Mapped[int]
    paper: Mapped[PaperAtEnd] = mapped_column(EnumValue(PaperAtEnd))
    valid_months: Mapped[int] = mapped_column(default=0)
    plan: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    state: Mapped[CourseState] = mapped_column(EnumValue(CourseState))
    cancelled_reason: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CourseSession(Versioned, Base):
    """A session 课次: one half-day, with its topic, place and trainer.

    Attributes:
        hours: credit by the rule of the course, from `minutes`.
        cancelled_reason: set when it was not held; it counts for nothing then.
    """

    __tablename__ = "course_session"
    __table_args__ = (
        Index("ix_course_session_held_on", "held_on"),
        {"info": {"audited": True, "no_delete": True, "root": ("course", "course_id")}},
    )

    id: Mapped[intpk]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    held_on: Mapped[date]
    half_day: Mapped[HalfDay] = mapped_column(EnumValue(HalfDay))
    topic: Mapped[str]
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    place: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int]
    hours: Mapped[Hours] = mapped_column(HoursColumn)
    cancelled_reason: Mapped[str] = mapped_column(default="")


class Participant(Versioned, Base):
    """A person on the roster of a course 学员.

    Attributes:
        unit, post: as they were at the time; they stand on the papers of the course.
        temporary: entered without a number, to be identified later.
        withdrawn_reason: set when the person left the course before it was judged.
    """

    __tablename__ = "course_participant"
    __table_args__ = (
        UniqueConstraint("course_id", "party_id"),
        Index("ix_course_participant_unit", "unit"),
        Index("ix_course_participant_temporary", "temporary"),
        Index("ix_course_participant_result", "result"),
        {"info": {"audited": True, "root": ("course", "course_id")}},
    )

    id: Mapped[intpk]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    position: Mapped[int]
    unit: Mapped[str] = mapped_column(default="")
    post: Mapped[str] = mapped_column(default="")
    temporary: Mapped[bool] = mapped_column(default=False)
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    result: Mapped[Result] = mapped_column(EnumValue(Result), default=Result.OPEN)
    note: Mapped[str] = mapped_column(default="")


class Attendance(Versioned, Base):
    """One person at one session.

    Attributes:
        held_on: day of the session, kept here so that the long list is sorted by an index.
        minutes: how much was missed by who came late or left early; 0 where it was not noted.
        reason: why on leave, absent or signed later.
        confirmed_by: the second person of a late signature 补签; it counts only then.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("session_id", "participant_id"),
        Index("ix_attendance_held_on", "held_on"),
        Index("ix_attendance_mark", "mark"),
        {"info": {"audited": True}},
    )

    id: Mapped[intpk]
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("course_participant.id"), index=True)
    held_on: Mapped[date]
    mark: Mapped[Mark] = mapped_column(EnumValue(Mark))
    minutes: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    source: Mapped[Source] = mapped_column(EnumValue(Source))
    marked_by: Mapped[int]
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Assessment(Versioned, Base):
    """One test of a participant; the last attempt counts. No score where the person was absent."""

    __tablename__ = "course_assessment"
    __table_args__ = (
        UniqueConstraint("participant_id", "attempt"),
        {"info": {"audited": True}},
    )

    id: Mapped[intpk]
    participant_id: Mapped[int] = mapped_column(ForeignKey("course_participant.id"))
    attempt: Mapped[int]
    taken_on: Mapped[date]
    score: Mapped[int | None]
    entered_by: Mapped[int]
    note: Mapped[str] = mapped_column(default="")


class CompletionList(Versioned, Base):
    """A list of who completes a course: prepared by one person, approved by another."""

    __tablename__ = "completion_list"
    __table_args__ = (
        Index("ix_completion_list_state", "state"),
        {
            "info": {
                "audited": True,
                "no_delete": True,
                "root": ("course", "course_id"),
                "never": ["OLD.state <> 'prepared' AND NEW.state <> OLD.state"],
            }
        },
    )

    id: Mapped[intpk]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    state: Mapped[ListState] = mapped_column(EnumValue(ListState))
    prepared_by: Mapped[int]
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(default="")


class CompletionLine(Base):
    """What a list says of one participant, as it was computed; never changed.

    Attributes:
        attended, sessions: half-days attended, of all that were held.
        reasons: codes of what is missing.
    """

    __tablename__ = "completion_line"
    __table_args__ = (
        UniqueConstraint("list_id", "participant_id"),
        {"info": {"audited": True, "append_only": True}},
    )

    id: Mapped[intpk]
    list_id: Mapped[int] = mapped_column(ForeignKey("completion_list.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("course_participant.id"), index=True)
    hours: Mapped[Hours] = mapped_column(HoursColumn)
    attended: Mapped[int]
    sessions: Mapped[int]
    score: Mapped[int | None]
    completed: Mapped[bool]
    reasons: Mapped[Any] = mapped_column(CanonicalJson)


class TrainingCertificate(Versioned, Base):
    """A completion certificate 结业证书 or a proof of training 培训证明.

    Attributes:
        name, unit: of the person as printed.
        valid_until: last day, or None where it holds for good.
    """

    __tablename__ = "training_certificate"
    __table_args__ = (
        Index("ix_training_certificate_issued_on", "issued_on"),
        Index("ix_training_certificate_valid_until", "valid_until"),
        Index("ix_training_certificate_state", "state"),
        {
            "info": {
                "audited": True,
                "frozen": [
                    "number", "number_id", "course_id", "participant_id", "party_id", "kind",
                    "name", "unit", "hours", "issued_on", "valid_until",
                ],
                "once": ["revoked_reason"],
                "never": ["OLD.state <> 'valid' AND NEW.state <> OLD.state"],
            }
        },
    )  # fmt: skip

    id: Mapped[intpk]
    number: Mapped[str] = mapped_column(unique=True)
    number_id: Mapped[int] = mapped_column(ForeignKey("number_ledger.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("course_participant.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    kind: Mapped[PaperAtEnd] = mapped_column(EnumValue(PaperAtEnd))
    name: Mapped[str]
    unit: Mapped[str]
    hours: Mapped[Hours] = mapped_column(HoursColumn)
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    state: Mapped[CertificateState] = mapped_column(EnumValue(CertificateState))
    revoked_on: Mapped[date | None]
    revoked_by: Mapped[int | None]
    revoked_reason: Mapped[str] = mapped_column(default="")
