"""Tables of bank statements: their lines, the mapping of each bank, payer names learned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.fund.states import LineVerdict
from core.values.columns import MoneyColumn
from core.values.money import Money
from db.base import Base, Versioned
from db.types import CanonicalJson, EnumValue, UtcDateTime, intpk


class BankMapping(Versioned, Base):
    """Which header of a bank's file is which field; remembered after the first import."""

    __tablename__ = "bank_mapping"
    __table_args__ = ({"info": {"audited": True}},)

    id: Mapped[intpk]
    bank: Mapped[str] = mapped_column(unique=True)
    columns: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)


class BankStatement(Base):
    """A statement that was read; it stays when its reading is undone, its lines do not.

    Attributes:
        credits: how many credits the file has; those read before are no lines of this one.
        undone_by, undone_at, undo_reason: empty while its lines stand.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (
        {
            "info": {
                "audited": True,
                "no_delete": True,
                "fixed": ["bank", "filename", "credits", "imported_by", "imported_at"],
                "once": ["undone_by", "undone_at", "undo_reason"],
            }
        },
    )

    id: Mapped[intpk]
    bank: Mapped[str]
    filename: Mapped[str]
    credits: Mapped[int]
    imported_by: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by: Mapped[str] = mapped_column(default="")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undo_reason: Mapped[str] = mapped_column(default="")


class BankLine(Base):
    """One credit of a bank statement; it goes only with its statement, and only while it is open.

    Attributes:
        fingerprint: of the line's content and its place among equal lines, so that a file that is
            read twice adds nothing.
        donation_id: the donation a person confirmed it to be.
        reason: why it is no gift.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        # Two banks may tell the very same credit: day, amount, payer, without a reference.
        UniqueConstraint("bank", "fingerprint"),
        Index("ix_bank_line_verdict", "verdict"),
        {
            "info": {
                "audited": True,
                "kept_when": "verdict <> 'open'",
                "fixed": [
                    "statement_id",
                    "bank",
                    "filename",
                    "fingerprint",
                    "traded_on",
                    "credit",
                    "payer_name",
                    "payer_tail",
                    "memo",
                    "reference",
                ],
            }
        },
    )

    id: Mapped[intpk]
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    bank: Mapped[str]
    filename: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(index=True)
    traded_on: Mapped[date]
    credit: Mapped[Money] = mapped_column(MoneyColumn)
    payer_name: Mapped[str]
    payer_tail: Mapped[str]
    memo: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    verdict: Mapped[LineVerdict] = mapped_column(EnumValue(LineVerdict))
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), unique=True)
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PayerName(Base):
    """A payer name a person has confirmed to mean a donor: a trade union for its school."""

    __tablename__ = "bank_payer"
    __table_args__ = (
        UniqueConstraint("name", "donor_id"),
        {"info": {"audited": True}},
    )

    id: Mapped[intpk]
    name: Mapped[str] = mapped_column(index=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("fund_donor.id"))
