"""What a person did on a day, with the records named as people name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.names import record_name
from core.certificates.model import Application
from core.certificates.register_model import Certificate
from core.clock import CHINA
from core.history.model import HistoryEvent
from core.parties.model import Party
from core.search.model import SearchEntry


@dataclass(frozen=True)
class WorkLine:
    """One thing done: when, which event, of which record (in words), why."""

    at: datetime
    event: str
    record_kind: str
    record_id: int
    record: str
    reason: str


def done_by(session: Session, account_id: int, day: date) -> list[WorkLine]:
    """Every event of an account on a day in China, in order."""
    start = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    rows = session.scalars(
        select(HistoryEvent)
        .where(
            HistoryEvent.account_id == account_id,
            HistoryEvent.at >= start,
            HistoryEvent.at < start + timedelta(days=1),
        )
        .order_by(HistoryEvent.id)
    ).all()
    names = _names(session, {(row.record_kind, row.record_id) for row in rows})
    return [
        WorkLine(
            row.at,
            row.event,
            row.record_kind,
            row.record_id,
            names.get((row.record_kind, row.record_id)) or record_name(row.record_kind),
            row.reason,
        )
        for row in rows
    ]


def _names(session: Session, records: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    ids: dict[str, list[int]] = {}
    for kind, record_id in records:
        ids.setdefault(kind, []).append(record_id)
    found = {
        (entry.kind, entry.record_id): entry.title
        for kind, numbers in ids.items()
        for entry in session.scalars(
            select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.record_id.in_(numbers))
        )
    }
    for case in session.scalars(
        select(Application).where(Application.id.in_(ids.get("application", [])))
    ):
        number = case.acceptance_number or case.receipt_number
        found["application", case.id] = f"{number} {case.project_name}".strip()
    for row in session.scalars(
        select(Certificate).where(Certificate.id.in_(ids.get("certificate", [])))
    ):
        found["certificate", row.id] = row.number
    for party in session.scalars(select(Party).where(Party.id.in_(ids.get("party", [])))):
        found["party", party.id] = party.name
    return found
