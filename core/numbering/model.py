"""Tables of series and their numbers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.numbering.server import FUNCTIONS
from db.base import Base, Versioned
from db.types import EnumValue, UtcDateTime, intpk


class NumberState(StrEnum):
    """The fate of a number; it is never used again."""

    USED = "used"
    VOID = "void"
    SPOILED = "spoiled"
    LOST = "lost"


class NumberPattern(Versioned, Base):
    """How the numbers of a series look: see `core.numbering.render`."""

    __tablename__ = "number_pattern"
    __table_args__ = ({"info": {"audited": True, "guard": "numbering.edit"}},)

    key: Mapped[str] = mapped_column(primary_key=True)
    pattern: Mapped[str]


class NumberSeries(Base):
    """The counter of one series, office and year; `next` is the number the next record gets."""

    __tablename__ = "number_series"
    __table_args__ = (
        UniqueConstraint("key", "office_code", "year"),
        {
            "info": {
                "no_delete": True,
                "fixed": ["key", "office_code", "year"],
                "never": ["NEW.next NOT IN (OLD.next, OLD.next + 1)"],
                "quiet": True,
                "grants": ("SELECT",),
            }
        },
    )

    id: Mapped[intpk]
    key: Mapped[str]
    office_code: Mapped[str]
    year: Mapped[int]
    next: Mapped[int]


class NumberLine(Base):
    """One number of the ledger: every number that was ever taken stands here once.

    Attributes:
        record_kind, record_id: what the number names; empty only inside the taking transaction.
        reason: why it is void, spoiled or lost.
    """

    __tablename__ = "number_ledger"
    __table_args__ = (
        UniqueConstraint("series_id", "sequence"),
        Index("ix_number_ledger_record", "record_kind", "record_id"),
        Index("ix_number_ledger_key_year", "key", "year", "sequence"),
        {
            "info": {
                "audited": True,
                "no_delete": True,
                "frozen": [
                    "series_id", "key", "year", "sequence", "text", "taken_at",
                    "record_kind", "record_id",
                ],
                "frozen_when": "record_id IS NOT NULL",
                "once": ["reason"],
                "never": [
                    "OLD.state <> 'used' AND NEW.state <> OLD.state",
                    "OLD.state = 'used' AND NEW.state <> 'used' AND NEW.reason = ''",
                ],
                "grants": ("SELECT", "UPDATE"),
                "functions": FUNCTIONS,
            }
        },
    )  # fmt: skip

    id: Mapped[intpk]
    series_id: Mapped[int] = mapped_column(ForeignKey("number_series.id"))
    key: Mapped[str]
    year: Mapped[int]
    sequence: Mapped[int]
    text: Mapped[str] = mapped_column(default="")
    state: Mapped[NumberState] = mapped_column(EnumValue(NumberState), default=NumberState.USED)
    record_kind: Mapped[str] = mapped_column(default="")
    record_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
