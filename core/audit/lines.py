"""Reading the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from core.database import require
from core.database.veil import allowed_lines


@dataclass(frozen=True)
class AuditLine:
    """One line of the log; see :class:`core.audit.model.AuditRow`."""

    seq: int
    at: datetime
    login: str
    table: str
    row_id: str
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def lines(
    session: Session,
    *,
    table: str = "",
    row_id: object = "",
    before_seq: int | None = None,
    limit: int = 200,
) -> list[AuditLine]:
    """The newest lines first, of all tables or of one table or row.

    Raises:
        NotPermitted: without `audit.read`.
    """
    require(session, "audit.read")
    chosen = select(AuditRow).order_by(AuditRow.seq.desc()).limit(limit)
    if table:
        chosen = chosen.where(AuditRow.table_name == table)
    if str(row_id):
        chosen = chosen.where(AuditRow.row_id == str(row_id))
    if before_seq is not None:
        chosen = chosen.where(AuditRow.seq < before_seq)
    chosen = chosen.where(allowed_lines(session, AuditRow.table_name, AuditRow.row_id))
    return [
        AuditLine(
            row.seq,
            row.at,
            row.login,
            row.table_name,
            row.row_id,
            row.action,
            row.before or {},
            row.after or {},
        )
        for row in session.scalars(chosen)
    ]
