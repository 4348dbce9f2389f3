"""Tables of the experts: who they are, what they are appointed to, and what ties them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.committee.states import Body, ExpertStatus, Post, Sex, TieKind
from db.base import Base, Versioned
from db.types import EnumValue, UtcDateTime, intpk

#: Kind and key column of the record a child row belongs to, for change sets.
ROOT = ("expert", "expert_id")


class Expert(Versioned, Base):
    """A party that advises and reviews; name, employer and telephone are those of the party.

    Attributes:
        code: number of the expert in the office (E01), unique; candidate lists are in its order.
        account_id: the account this person signs in with, if any: cases with a conflict are
            hidden from it.
        civil_servant: serving civil servant; gets no fee.
        bank_account: in clear only for who may see it; lists and papers show `bank_mask`.
    """

    __tablename__ = "expert"
    __table_args__ = (
        Index("ix_expert_title", "title"),
        Index("ix_expert_status", "status"),
        Index("ix_expert_born_on", "born_on"),
        {"info": {"audited": True, "secret": ["bank_account"]}},
    )

    id: Mapped[intpk]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), unique=True)
    sex: Mapped[Sex | None] = mapped_column(EnumValue(Sex))
    born_on: Mapped[date | None]
    title: Mapped[str] = mapped_column(default="")
    education: Mapped[str] = mapped_column(default="")
    retired: Mapped[bool] = mapped_column(default=False)
    civil_servant: Mapped[bool] = mapped_column(default=False)
    nominated_by: Mapped[str] = mapped_column(default="")
    joined_on: Mapped[date]
    bank: Mapped[str] = mapped_column(default="")
    bank_account: Mapped[str] = mapped_column(default="")
    bank_mask: Mapped[str] = mapped_column(default="")
    status: Mapped[ExpertStatus] = mapped_column(EnumValue(ExpertStatus))
    status_reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExpertSpecialty(Base):
    """A field an expert may be drawn for; `position` 1 is the main one."""

    __tablename__ = "expert_specialty"
    __table_args__ = (
        UniqueConstraint("expert_id", "name"),
        Index("ix_expert_specialty_name", "name"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    position: Mapped[int]
    name: Mapped[str]


class Membership(Versioned, Base):
    """A term in a body: post and days, both included; a renewal is a further row.

    Attributes:
        ended_on: the day it ended before its last day, with `end_reason`.
        letter_number: text of the letter of appointment 聘书, once one was made.
    """

    __tablename__ = "expert_membership"
    __table_args__ = (
        Index("ix_expert_membership_expert", "expert_id", "body"),
        Index("ix_expert_membership_term", "body", "term_to"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    body: Mapped[Body] = mapped_column(EnumValue(Body))
    post: Mapped[Post] = mapped_column(EnumValue(Post))
    term_from: Mapped[date]
    term_to: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(default="")
    letter_number: Mapped[str] = mapped_column(default="")


class ExpertTie(Versioned, Base):
    """What ties an expert to a party or to one case.

    Attributes:
        party_id: the employer, payer, relative ...; None for a tie to one case only.
        case_kind, case_id: the case an expert took part in or asks to be left out of.
        relation: how, in words (姐夫, 技术顾问 ...), as papers print it.
        since, until: known days; without `until` it lasts. An ended tie still counts for the
            years of `committee.lookback_years`.
    """

    __tablename__ = "expert_tie"
    __table_args__ = (
        Index("ix_expert_tie_expert_id", "expert_id"),
        Index("ix_expert_tie_party_id", "party_id"),
        Index("ix_expert_tie_case", "case_kind", "case_id"),
        {"info": {"audited": True, "no_delete": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    kind: Mapped[TieKind] = mapped_column(EnumValue(TieKind))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    case_kind: Mapped[str] = mapped_column(default="")
    case_id: Mapped[int | None]
    relation: Mapped[str] = mapped_column(default="")
    since: Mapped[date | None]
    until: Mapped[date | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Recusal(Base):
    """A recorded recusal 回避登记: who, from which case, on which ground; lines are only added."""

    __tablename__ = "committee_recusal"
    __table_args__ = (
        UniqueConstraint("expert_id", "record_kind", "record_id"),
        Index("ix_committee_recusal_case", "record_kind", "record_id"),
        {"info": {"audited": True, "append_only": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    record_kind: Mapped[str]
    record_id: Mapped[int]
    ground: Mapped[str]
    reason: Mapped[str]
    recorded_on: Mapped[date]
    recorded_by: Mapped[str]
