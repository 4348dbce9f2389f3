"""What the committee's papers share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from core.clock import CHINA
from core.documents.service import DocumentSummary, prepare
from core.values.dates import chinese_date


def instant_chinese(at: datetime) -> str:
    """2026年11月28日9时30分, in China."""
    local = at.astimezone(CHINA)
    minutes = f"{local.minute:02d}分" if local.minute else ""
    return f"{chinese_date(local.date())}{local.hour}时{minutes}"


def put(
    session: Session,
    kind: str,
    record: tuple[str, int],
    facts: Mapping[str, object],
    number: str = "",
) -> DocumentSummary:
    """Prepare a paper; empty facts are left out, so that their lines are not printed."""
    kept = {key: value for key, value in facts.items() if value not in ("", [])}
    if number:
        kept["number"] = number
    return prepare(session, kind=kind, record_kind=record[0], record_id=record[1], facts=kept)
