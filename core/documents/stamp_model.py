"""The table of time stamps that papers still wait for, or got after they were stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import intpk


class DocumentStamp(Base):
    """A stamp over the SHA-256 of a stored file, kept beside it; without a token it is awaited."""

    __tablename__ = "document_stamp"
    __table_args__ = (
        {
            "info": {
                "audited": True,
                "fixed": ["document_id", "sha256", "since"],
                "frozen": ["token", "stamped_at", "stamped_by"],
                "frozen_when": "token IS NOT NULL",
                "no_delete": True,
                "root": ("document", "document_id"),
            }
        },
    )

    id: Mapped[intpk]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    stamped_at: Mapped[datetime | None]
    stamped_by: Mapped[str] = mapped_column(String(200), default="")
