"""Tables of the register of people and organisations.

Personal numbers are kept in one table of their own, so that grants and encryption touch one
place; everything else about a party may be listed and searched freely.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.values.identity import IdKind
from db.base import Base, Versioned
from db.types import EnumValue, intpk


class PartyKind(StrEnum):
    """Whether a party is a natural person or an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


class OrganisationKind(StrEnum):
    """What an organisation is, in the words of the office (stored as printed)."""

    COMPANY = "企业"
    INSTITUTION = "事业单位"
    GOVERNMENT = "机关"
    COLLECTIVE = "农村集体经济组织"
    COOPERATIVE = "农民专业合作社"
    ASSOCIATION = "社会组织"
    OTHER = "其他组织"


class Party(Versioned, Base):
    """A person or an organisation.

    Attributes:
        name: any Unicode, rare characters and the middle dot included.
        pinyin: sort key of the name.
        initials: pinyin initials of the name, for search.
        credit_code: 统一社会信用代码 of an organisation, empty if it has none.
        no_number_reason: why there is no number; required when there is none.
        representative_name: legal representative (or elected speaker) of an organisation.
        representative_id: the same person as a party, where known (conflicts of interest).
        employer_id: the organisation a person works for.
        merged_into_id: the party this one turned out to be; reads resolve it, nothing is lost.
        active: False once it may no longer be chosen for new records.
    """

    __tablename__ = "party"
    __table_args__ = (
        Index(None, "pinyin"),
        Index(None, "name"),
        Index(None, "credit_code"),
        Index(None, "phone"),
        Index(None, "representative_name"),
        {"info": {"audited": True}},
    )

    id: Mapped[intpk]
    kind: Mapped[PartyKind] = mapped_column(EnumValue(PartyKind))
    name: Mapped[str]
    pinyin: Mapped[str]
    initials: Mapped[str]
    organisation_kind: Mapped[OrganisationKind | None] = mapped_column(EnumValue(OrganisationKind))
    credit_code: Mapped[str] = mapped_column(default="")
    no_number_reason: Mapped[str] = mapped_column(default="")
    representative_post: Mapped[str] = mapped_column(default="")
    representative_name: Mapped[str] = mapped_column(default="")
    representative_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    contact: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    created_at: Mapped[datetime]


class PersonalNumber(Base):
    """The identity number of one person.

    Attributes:
        value: the number; clear text is never copied to another table, a log or a list.
        mask: what screens, papers and exports show.
        tail: the last four characters, to suggest duplicates.
    """

    __tablename__ = "personal_number"
    __table_args__ = (
        Index(None, "value"),
        Index(None, "tail"),
        {"info": {"audited": True, "secret": ["value"], "root": ("party", "party_id")}},
    )

    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    kind: Mapped[IdKind] = mapped_column(EnumValue(IdKind))
    value: Mapped[str]
    mask: Mapped[str]
    tail: Mapped[str]


class Qualification(Base):
    """What entitles a measuring body to measure: kind, number, issuer, dates."""

    __tablename__ = "party_qualification"
    __table_args__ = ({"info": {"audited": True, "root": ("party", "party_id")}},)

    id: Mapped[intpk]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    issuer: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class QualityNote(Base):
    """One line of the quality record of a measuring body; lines are only added."""

    __tablename__ = "party_quality_note"
    __table_args__ = (
        {"info": {"audited": True, "append_only": True, "root": ("party", "party_id")}},
    )

    id: Mapped[intpk]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    noted_on: Mapped[date]
    text: Mapped[str]
    noted_by: Mapped[str]


class NotADuplicate(Base):
    """The kept verdict that two parties that look alike are two; `first_id` < `second_id`."""

    __tablename__ = "party_not_duplicate"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        {"info": {"audited": True, "root": ("party", "first_id")}},
    )

    id: Mapped[intpk]
    first_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
