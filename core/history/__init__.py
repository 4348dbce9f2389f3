"""Business events of a record: who did what, when and why. The timeline of every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import actor, now
from core.history.model import HistoryEvent


@dataclass(frozen=True)
class TimelineEntry:
    """One event.

    Attributes:
        at: when, UTC.
        actor_name: the person's name at that time.
        event: name of the event, e.g. `accepted`; the capability knows its title.
        reason: why, where a reason was given.
        data: further facts, plain JSON.
        actor_id: the account.
    """

    at: datetime
    actor_name: str
    event: str
    reason: str
    data: Mapping[str, Any]
    actor_id: int


def record(
    session: Session,
    record_kind: str,
    record_id: int,
    event: str,
    *,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add an event to the timeline of a record, in the caller's transaction.

    Args:
        session: a write session.
        record_kind: table name of the record.
        record_id: its id.
        event: name of the event.
        reason: why.
        data: further facts, plain JSON without personal numbers.
    """
    who = actor(session)
    session.add(
        HistoryEvent(
            at=now(session),
            account_id=who.account_id,
            actor_name=who.name,
            record_kind=record_kind,
            record_id=record_id,
            event=event,
            reason=reason,
            data=dict(data or {}),
        )
    )


def timeline(
    session: Session, record_kind: str, record_id: int, also: Sequence[str] = ()
) -> list[TimelineEntry]:
    """The events of a record, the oldest first.

    Args:
        session: any session.
        record_kind: table name of the record.
        record_id: its id.
        also: further kinds under which events of the same record are kept apart, to be hidden.
    """
    chosen = (
        select(HistoryEvent)
        .where(
            HistoryEvent.record_kind.in_((record_kind, *also)), HistoryEvent.record_id == record_id
        )
        .order_by(HistoryEvent.id)
    )
    return [
        TimelineEntry(row.at, row.actor_name, row.event, row.reason, row.data or {}, row.account_id)
        for row in session.scalars(chosen)
    ]
