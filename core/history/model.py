"""The table of business events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import CanonicalJson, UtcDateTime, intpk


class HistoryEvent(Base):
    """One event of one record; see :class:`core.history.TimelineEntry`."""

    __tablename__ = "history_event"
    __table_args__ = (
        Index("ix_history_event_record", "record_kind", "record_id", "id"),
        {"info": {"append_only": True, "quiet": True, "audited": True}},
    )

    id: Mapped[intpk]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int]
    actor_name: Mapped[str]
    record_kind: Mapped[str]
    record_id: Mapped[int]
    event: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    data: Mapped[Any | None] = mapped_column(CanonicalJson)
