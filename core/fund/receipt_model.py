"""Tables of receipts: what was issued, on which sheet, and how it stopped counting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.fund.states import ChangeKind, ReceiptState, SheetState, Way
from core.values.columns import MoneyColumn
from core.values.money import Money
from db.base import Base, Versioned
from db.types import CanonicalJson, EnumValue, UtcDateTime, intpk


class Receipt(Versioned, Base):
    """A receipt of one of the three ways. What its face says never changes.

    Attributes:
        number: of the e-receipt (10 digits as text), of the stock sheet, or of our own series.
        bill_code, check_code: of an official e-receipt; the check code is case-sensitive.
        amount: None where the gift was in kind and could not be valued; below zero on a red one.
        title: the payer as printed.
        facts: everything the face says, so that a copy says the same whatever changes later.
        negative_of_id: the receipt this red one reverses, whole or (where the office allows it)
            in part.
        replaces_id: the void or reversed receipt this one was issued for again 重开.
        stated_on: day it became void, or was reversed (in part, too).
    """

    __tablename__ = "receipt"
    __table_args__ = (
        Index("ix_receipt_number", "way", "bill_code", "number", unique=True),
        Index("ix_receipt_issued_on", "issued_on"),
        Index("ix_receipt_state", "state"),
        Index("ix_receipt_title", "title"),
        {
            "info": {
                "audited": True,
                "no_delete": True,
                "digested": ["facts"],
                "fixed": [
                    "way", "number", "bill_code", "check_code", "unit_id", "donor_id", "title",
                    "amount", "issued_on", "facts", "cashier_id", "reviewer_id", "issuer_id",
                    "negative_of_id", "replaces_id",
                ],
            }
        },
    )  # fmt: skip

    id: Mapped[intpk]
    way: Mapped[Way] = mapped_column(EnumValue(Way))
    number: Mapped[str]
    bill_code: Mapped[str] = mapped_column(default="")
    check_code: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("fund_unit.id"))
    donor_id: Mapped[int] = mapped_column(ForeignKey("fund_donor.id"), index=True)
    title: Mapped[str]
    amount: Mapped[Money | None] = mapped_column(MoneyColumn)
    issued_on: Mapped[date]
    facts: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)
    state: Mapped[ReceiptState] = mapped_column(EnumValue(ReceiptState))
    cashier_id: Mapped[int]
    reviewer_id: Mapped[int]
    issuer_id: Mapped[int]
    negative_of_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"), unique=True)
    document_id: Mapped[int | None]
    stated_on: Mapped[date | None]


class ReceiptLine(Base):
    """A donation in a receipt. The database keeps a donation in at most one valid receipt."""

    __tablename__ = "receipt_line"
    __table_args__ = (
        Index(
            "uq_receipt_line_live",
            "donation_id",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
        {
            "info": {
                "audited": True,
                "no_delete": True,
                "fixed": ["receipt_id", "donation_id", "amount"],
                "root": ("receipt", "receipt_id"),
            }
        },
    )

    id: Mapped[intpk]
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), index=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    amount: Mapped[Money | None] = mapped_column(MoneyColumn)
    live: Mapped[bool]


class ReceiptChange(Base):
    """A request to void or reverse a receipt, and the second person's decision.

    Attributes:
        copies: which of 存根, 收据, 记账 are back.
        used: whether the donor already booked or deducted it.
        red_code, red_number, red_check: of the official red e-receipt.
        part: what is reversed where it is not all that is left; `donation_id` of which gift.
    """

    __tablename__ = "receipt_change"
    __table_args__ = (
        Index(
            "uq_receipt_change_open",
            "receipt_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        {"info": {"audited": True, "no_delete": True, "root": ("receipt", "receipt_id")}},
    )

    id: Mapped[intpk]
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(EnumValue(ChangeKind))
    reason: Mapped[str]
    copies: Mapped[str] = mapped_column(default="")
    used: Mapped[bool] = mapped_column(default=False)
    red_code: Mapped[str] = mapped_column(default="")
    red_number: Mapped[str] = mapped_column(default="")
    red_check: Mapped[str] = mapped_column(default="")
    part: Mapped[Money | None] = mapped_column(MoneyColumn)
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"))
    requested_by: Mapped[int]
    requested_name: Mapped[str]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None]
    decided_name: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed: Mapped[bool] = mapped_column(default=False)


class StockBook(Base):
    """A book of genuine pre-printed receipts from the finance department 领用.

    Attributes:
        use_until: the last day it should be used (one issue is for six months, 第十一条).
        handed_to, handed_on: who has it, since when (领用).
        settled_on: day of 核旧领新, when all its sheets were accounted for.
    """

    __tablename__ = "receipt_book"
    __table_args__ = (
        Index("uq_receipt_book", "bill_code", "first_number", unique=True),
        {"info": {"audited": True, "no_delete": True}},
    )

    id: Mapped[intpk]
    unit_id: Mapped[int] = mapped_column(ForeignKey("fund_unit.id"))
    bill_code: Mapped[str]
    book_number: Mapped[str]
    first_number: Mapped[str]
    last_number: Mapped[str]
    received_on: Mapped[date]
    use_until: Mapped[date]
    received_by: Mapped[str]
    handed_to: Mapped[str] = mapped_column(default="")
    handed_on: Mapped[date | None]
    settled_on: Mapped[date | None]

    @property
    def holder(self) -> str:
        """The 领用人 on every paper: whom it was handed to, until then who received it."""
        return self.handed_to or self.received_by


class StockSheet(Base):
    """One numbered sheet of a book and its fate; together they explain every number."""

    __tablename__ = "receipt_sheet"
    __table_args__ = (
        Index("uq_receipt_sheet", "book_id", "number", unique=True),
        Index("ix_receipt_sheet_state", "state"),
        {
            "info": {
                "audited": True,
                "frozen": ["book_id", "number", "receipt_id"],
                "frozen_when": "state <> 'unused'",
                "root": ("receipt_book", "book_id"),
            }
        },
    )

    id: Mapped[intpk]
    book_id: Mapped[int] = mapped_column(ForeignKey("receipt_book.id"), index=True)
    number: Mapped[str]
    state: Mapped[SheetState] = mapped_column(EnumValue(SheetState))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"))
    reason: Mapped[str] = mapped_column(default="")
    changed_on: Mapped[date | None]
