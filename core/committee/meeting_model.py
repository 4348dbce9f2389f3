"""Tables of the meetings: who came, what was on the agenda, what each said, what it came to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.committee.states import CaseResult, MeetingState, Presence, Vote
from core.values.columns import MoneyColumn
from core.values.money import Money
from db.base import Base, Versioned
from db.types import CanonicalJson, EnumValue, UtcDateTime, intpk

ROOT = ("committee_meeting", "meeting_id")


class Meeting(Versioned, Base):
    """A review meeting.

    Attributes:
        number: 会议编号, taken when it is announced.
        half_days: how long it is, for the fee.
        leader_id: 组长, one of the members.
    """

    __tablename__ = "committee_meeting"
    __table_args__ = (
        Index("ix_committee_meeting_starts_at", "starts_at"),
        Index("ix_committee_meeting_state", "state"),
        {"info": {"audited": True, "no_delete": True}},
    )

    id: Mapped[intpk]
    number: Mapped[str]
    number_id: Mapped[int] = mapped_column(ForeignKey("number_ledger.id"), unique=True)
    title: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str]
    half_days: Mapped[int] = mapped_column(default=1)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"))
    host: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    state: Mapped[MeetingState] = mapped_column(EnumValue(MeetingState))
    cancel_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MeetingMember(Base):
    """An invited expert; `draw_id` is the draw that named them, if one did."""

    __tablename__ = "committee_meeting_member"
    __table_args__ = (
        UniqueConstraint("meeting_id", "expert_id"),
        Index("ix_committee_meeting_member_expert", "expert_id"),
        {"info": {"audited": True, "secret": ["expert_id"], "root": ROOT}},
    )

    id: Mapped[intpk]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("committee_meeting.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("committee_draw_result.draw_id"))
    presence: Mapped[Presence] = mapped_column(EnumValue(Presence))
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(default="")


class MeetingCase(Versioned, Base):
    """A case on the agenda, and once it is closed what the meeting concluded.

    Attributes:
        attended, recused: people who judged it, and members left out of it.
        opinion: 主要意见 of the meeting; `dissent` keeps the minority's.
        majority: the fraction of the attending that the result was judged by, e.g. 2/3.
    """

    __tablename__ = "committee_meeting_case"
    __table_args__ = (
        UniqueConstraint("meeting_id", "record_kind", "record_id"),
        Index("ix_committee_meeting_case_record", "record_kind", "record_id"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("committee_meeting.id"))
    position: Mapped[int]
    record_kind: Mapped[str]
    record_id: Mapped[int]
    result: Mapped[CaseResult | None] = mapped_column(EnumValue(CaseResult))
    votes_for: Mapped[int] = mapped_column(default=0)
    votes_against: Mapped[int] = mapped_column(default=0)
    abstentions: Mapped[int] = mapped_column(default=0)
    attended: Mapped[int] = mapped_column(default=0)
    recused: Mapped[int] = mapped_column(default=0)
    majority: Mapped[str] = mapped_column(default="")
    opinion: Mapped[str] = mapped_column(default="")
    changes: Mapped[str] = mapped_column(default="")
    dissent: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]
    closed_by: Mapped[str] = mapped_column(default="")


class Opinion(Versioned, Base):
    """What one expert said of one case 个人评审意见.

    Attributes:
        scores: points by criterion key, each 0 to its full mark.
        remarks: text by criterion key.
    """

    __tablename__ = "committee_opinion"
    __table_args__ = (
        UniqueConstraint("case_id", "expert_id"),
        Index("ix_committee_opinion_expert", "expert_id"),
        {"info": {"audited": True, "no_delete": True}},
    )

    id: Mapped[intpk]
    case_id: Mapped[int] = mapped_column(ForeignKey("committee_meeting_case.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    vote: Mapped[Vote] = mapped_column(EnumValue(Vote))
    scores: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)
    remarks: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)
    text: Mapped[str] = mapped_column(default="")
    changes: Mapped[str] = mapped_column(default="")
    dissent: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_by: Mapped[int]


class FeeSheet(Versioned, Base):
    """A fee sheet 专家评审费签收单 of some meetings; its sums stand once it is made."""

    __tablename__ = "committee_fee_sheet"
    __table_args__ = (
        Index("ix_committee_fee_sheet_paid_on", "paid_on"),
        {"info": {"audited": True, "no_delete": True}},
    )

    id: Mapped[intpk]
    number: Mapped[str]
    number_id: Mapped[int] = mapped_column(ForeignKey("number_ledger.id"), unique=True)
    title: Mapped[str]
    paid_on: Mapped[date]
    gross: Mapped[Money] = mapped_column(MoneyColumn)
    tax: Mapped[Money] = mapped_column(MoneyColumn)
    net: Mapped[Money] = mapped_column(MoneyColumn)
    void_reason: Mapped[str] = mapped_column(default="")
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FeePayment(Base):
    """What one expert gets by a fee sheet: gross less tax is net; nothing for a civil servant."""

    __tablename__ = "committee_fee_payment"
    __table_args__ = (
        UniqueConstraint("sheet_id", "expert_id"),
        Index("ix_committee_fee_payment_expert", "expert_id"),
        {
            "info": {
                "audited": True,
                "append_only": True,
                "root": ("committee_fee_sheet", "sheet_id"),
            }
        },
    )

    id: Mapped[intpk]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("committee_fee_sheet.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    half_days: Mapped[int]
    rate: Mapped[Money] = mapped_column(MoneyColumn)
    gross: Mapped[Money] = mapped_column(MoneyColumn)
    tax: Mapped[Money] = mapped_column(MoneyColumn)
    net: Mapped[Money] = mapped_column(MoneyColumn)
    note: Mapped[str] = mapped_column(default="")


class FeeLine(Base):
    """The meetings a payment is for; `live` until the sheet is declared void."""

    __tablename__ = "committee_fee_line"
    __table_args__ = (
        Index("ix_committee_fee_line_meeting", "meeting_id", "expert_id"),
        {"info": {"audited": True, "root": ("committee_fee_sheet", "sheet_id")}},
    )

    id: Mapped[intpk]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("committee_fee_sheet.id"), index=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("committee_meeting.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    half_days: Mapped[int]
    live: Mapped[bool] = mapped_column(default=True)
