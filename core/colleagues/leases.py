"""Who is editing a record: a lease that the open form renews, and that ends by itself.

A lease blocks nobody and is no part of the log. Advisory locks of PostgreSQL would need a
connection per open form, and SQLite has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from core.colleagues.model import EditLease
from core.colleagues.watch import ring
from core.database import actor, now

#: How often an open form renews its lease.
BEAT_SECONDS = 30
#: A form that missed three beats is taken for closed.
LEASE = timedelta(seconds=3 * BEAT_SECONDS)


@dataclass(frozen=True)
class Editor:
    """Somebody who has a form of the record open.

    Attributes:
        name: the person.
        is_me: the same account, in another window.
    """

    name: str
    is_me: bool = False


def take(session: Session, record_kind: str, record_id: int, holder: str) -> tuple[Editor, ...]:
    """Say that this window edits the record, or go on saying so.

    Args:
        session: a write session.
        record_kind: table name of the record.
        record_id: its id.
        holder: the window.

    Returns:
        the others who edit it.
    """
    instant, who = _instant(session), actor(session)
    session.execute(delete(EditLease).where(EditLease.expires <= instant))
    mine = session.scalar(_of(record_kind, record_id).where(EditLease.holder == holder))
    if mine is None:
        mine = EditLease(
            record_kind=record_kind,
            record_id=record_id,
            account_id=who.account_id,
            actor_name=who.name or who.login,
            holder=holder,
            expires=instant,
        )
        session.add(mine)
        ring(session)
    mine.expires = instant + LEASE
    session.flush()
    return editors(session, record_kind, record_id, holder)


def release(session: Session, record_kind: str, record_id: int, holder: str) -> None:
    """Say that this window no longer edits the record."""
    mine = session.scalar(_of(record_kind, record_id).where(EditLease.holder == holder))
    if mine is not None:
        session.delete(mine)
        ring(session)


def editors(
    session: Session, record_kind: str, record_id: int, holder: str = ""
) -> tuple[Editor, ...]:
    """Who edits the record now, but for the window `holder`; each name once, in order."""
    me = actor(session).account_id
    rows = session.scalars(
        _of(record_kind, record_id)
        .where(EditLease.holder != holder, EditLease.expires > _instant(session))
        .order_by(EditLease.id)
    )
    return tuple(dict.fromkeys(Editor(row.actor_name, is_me=row.account_id == me) for row in rows))


def _of(record_kind: str, record_id: int) -> Select[EditLease]:
    return select(EditLease).where(
        EditLease.record_kind == record_kind, EditLease.record_id == record_id
    )


def _instant(session: Session) -> datetime:
    """Now, by one clock for all: on a server its own, for computers differ by minutes."""
    if session.info["dialect"] == "postgresql":
        there: datetime = session.execute(select(func.now())).scalar_one()
        return there.astimezone(UTC)
    return now(session)
