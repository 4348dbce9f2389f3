"""Tables of files. The database holds them: clients share no disk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import UtcDateTime, intpk


class Blob(Base):
    """The bytes of a file, once, under their SHA-256 (hexadecimal)."""

    __tablename__ = "blob"
    __table_args__ = (
        {"info": {"append_only": True, "quiet": True, "sealed": {"bytes": "sha256"}}},
    )

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    bytes: Mapped[bytes] = mapped_column(LargeBinary)


class Attachment(Base):
    """A file that belongs to a record in a role (application, identity, report ...).

    Attributes:
        removed_at, removed_by, removed_reason: set when it was attached by mistake; it stays.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_record", "record_kind", "record_id"),
        {
            "info": {
                "audited": True,
                "no_delete": True,
                "frozen": [
                    "record_kind", "record_id", "filename", "media_type", "sha256",
                    "added_by", "added_at",
                ],
            }
        },
    )  # fmt: skip

    id: Mapped[intpk]
    record_kind: Mapped[str]
    record_id: Mapped[int]
    role: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    added_by: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_by: Mapped[str] = mapped_column(default="")
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_reason: Mapped[str] = mapped_column(default="")
