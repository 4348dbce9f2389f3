"""The table of request ids."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import UtcDateTime


class Request(Base):
    """One command that was carried out; `result` is the id of what it made."""

    __tablename__ = "request"
    __table_args__ = (
        {
            "info": {
                "quiet": True,
                "no_delete": True,
                "frozen": ["uuid", "kind", "result", "at"],
                "frozen_when": "result IS NOT NULL",
            }
        },
    )

    uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str]
    result: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
