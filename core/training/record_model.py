"""Tables of what is kept about a course: sheets and scans, files, evaluation, money, trainers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.training.hours import Hours, HoursColumn
from core.training.states import CostKind
from core.values.columns import MoneyColumn
from core.values.money import Money
from db.base import Base, Versioned
from db.types import CanonicalJson, EnumValue, UtcDateTime, intpk


class SignInSheet(Base):
    """A sign-in sheet that was printed for a session.

    Attributes:
        token: what the code of each row begins with; tells this sheet from every other.
        document_id: the paper it was printed as.
    """

    __tablename__ = "sign_in_sheet"
    __table_args__ = ({"info": {"audited": True, "append_only": True}},)

    id: Mapped[intpk]
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    printed_by: Mapped[int]


class SignInRow(Base):
    """One row of a sheet: a participant, or nobody yet (a free row for who comes unannounced)."""

    __tablename__ = "sign_in_row"
    __table_args__ = (
        UniqueConstraint("sheet_id", "row"),
        {"info": {"audited": True, "append_only": True}},
    )

    id: Mapped[intpk]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sign_in_sheet.id"))
    row: Mapped[int]
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("course_participant.id"))


class SignInScan(Versioned, Base):
    """A scan of a signed sheet that was read and filed.

    Attributes:
        verdicts: row → verdict, as read.
        to_look_at: rows a person must still look at; empty when all is settled.
    """

    __tablename__ = "sign_in_scan"
    __table_args__ = ({"info": {"audited": True}},)

    id: Mapped[intpk]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sign_in_sheet.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_by: Mapped[int]
    verdicts: Mapped[Any] = mapped_column(CanonicalJson)
    to_look_at: Mapped[Any] = mapped_column(CanonicalJson)
    open: Mapped[bool] = mapped_column(index=True)


class CourseFile(Versioned, Base):
    """A file of 一期一档: photo, slides, notice ...

    Attributes:
        section: 1 to 13, its place in the index (`states.SECTIONS`).
        taken_at: when a photo was taken.
    """

    __tablename__ = "course_file"
    __table_args__ = (
        CheckConstraint("section BETWEEN 1 AND 13", name="section"),
        {"info": {"audited": True, "root": ("course", "course_id")}},
    )

    id: Mapped[intpk]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("course_session.id"))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), unique=True)
    section: Mapped[int]
    caption: Mapped[str] = mapped_column(default="")
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EvaluationTurnout(Base):
    """That a participant handed a form in; what stands on it is kept without the name."""

    __tablename__ = "course_evaluation_turnout"
    __table_args__ = ({"info": {"audited": True, "append_only": True}},)

    participant_id: Mapped[int] = mapped_column(
        ForeignKey("course_participant.id"), primary_key=True
    )


class Evaluation(Base):
    """What one form says: marks from 1 to 5 by question, and a remark; whose it is nobody knows."""

    __tablename__ = "course_evaluation"
    __table_args__ = (
        {"info": {"audited": True, "append_only": True, "root": ("course", "course_id")}},
    )

    id: Mapped[intpk]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    marks: Mapped[Any] = mapped_column(CanonicalJson)
    remark: Mapped[str] = mapped_column(default="")


class CourseCost(Versioned, Base):
    """A line of the cost of a course, planned or spent."""

    __tablename__ = "course_cost"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        {"info": {"audited": True, "root": ("course", "course_id")}},
    )

    id: Mapped[intpk]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    kind: Mapped[CostKind] = mapped_column(EnumValue(CostKind))
    item: Mapped[str]
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    paid_on: Mapped[date | None]
    voucher: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class Trainer(Versioned, Base):
    """What the office knows of a party that teaches, expert or guest.

    Attributes:
        title: 职称.
        civil_servant: serving; is paid no lecture fee.
        account_number: in clear only for who may see it; lists and papers show `account_mask`.
    """

    __tablename__ = "trainer"
    __table_args__ = (
        {
            "info": {
                "audited": True,
                "secret": ["account_number"],
                "root": ("party", "party_id"),
            }
        },
    )

    id: Mapped[intpk]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), unique=True)
    title: Mapped[str] = mapped_column(default="")
    specialty: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    civil_servant: Mapped[bool] = mapped_column(default=False)
    bank: Mapped[str] = mapped_column(default="")
    account_number: Mapped[str] = mapped_column(default="")
    account_mask: Mapped[str] = mapped_column(default="")


class LectureFee(Versioned, Base):
    """The lecture fee 讲课费 of one trainer of one course; `tax` is withheld from `gross`."""

    __tablename__ = "lecture_fee"
    __table_args__ = (
        UniqueConstraint("course_id", "party_id"),
        CheckConstraint("gross >= 0 AND tax >= 0 AND gross >= tax", name="amount"),
        {"info": {"audited": True, "root": ("course", "course_id")}},
    )

    id: Mapped[intpk]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    hours: Mapped[Hours] = mapped_column(HoursColumn)
    rate: Mapped[Money] = mapped_column(MoneyColumn)
    gross: Mapped[Money] = mapped_column(MoneyColumn)
    tax: Mapped[Money] = mapped_column(MoneyColumn)
    civil_servant: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
