"""The table of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import CanonicalJson, UtcDateTime


class AuditRow(Base):
    """One change of one row.

    Attributes:
        seq: 1, 2, 3 ... without gaps, in the order of the commits.
        account_id, login: who.
        table_name, row_id: which row; the id is a text because some keys have two columns.
        action: insert, update, delete, or `bulk insert` ... for statements on many rows.
        before, after: the changed columns; secret ones as `***`.
        prev_hash, hash: the chain (see :mod:`core.audit`).
    """

    __tablename__ = "audit_row"
    __table_args__ = (
        Index("ix_audit_row_table_row", "table_name", "row_id"),
        Index("ix_audit_row_at", "at"),
        {"info": {"append_only": True, "quiet": True}},
    )

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int]
    login: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[str]
    action: Mapped[str]
    before: Mapped[Any | None] = mapped_column(CanonicalJson)
    after: Mapped[Any | None] = mapped_column(CanonicalJson)
    prev_hash: Mapped[str]
    hash: Mapped[str]
