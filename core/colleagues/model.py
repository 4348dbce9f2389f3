"""The table of who is editing what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import UtcDateTime, intpk


class EditLease(Base):
    """Somebody has a form of a record open; it runs out by itself when the program dies.

    Attributes:
        record_kind, record_id: the record.
        account_id, actor_name: who, with the name of that moment.
        holder: the window; the same person may work in two.
        expires: until when, UTC.
    """

    __tablename__ = "edit_lease"
    __table_args__ = (
        UniqueConstraint("record_kind", "record_id", "holder"),
        Index("ix_edit_lease_expires", "expires"),
        # No business of the office: no line in the log, no page reads it as a record.
        {"info": {"quiet": True}},
    )

    id: Mapped[intpk]
    record_kind: Mapped[str]
    record_id: Mapped[int]
    account_id: Mapped[int]
    actor_name: Mapped[str]
    holder: Mapped[str]
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
