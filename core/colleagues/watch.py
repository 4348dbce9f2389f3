"""What others commit: a bell that says nothing, and the log that says what.

The bell is `NOTIFY` without a payload on PostgreSQL and `PRAGMA data_version` on SQLite, where
every commit of another connection changes that number. When it rings, the watch reads the lines of
the log (:mod:`core.audit`) it has not seen yet, through the veil of the person who is signed in:
so nobody learns of a hidden record, a bell that was missed while the server was away loses
nothing, and both databases behave the same.
"""

from __future__ import annotations

import logging
import selectors
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from core.audit.recorder import BELL
from core.database import ChangeSet, Database
from core.database.veil import allowed_lines
from core.database.veil import hidden as hidden_records
from core.errors import AppError
from core.history.model import HistoryEvent
from db.base import Base

log = logging.getLogger(__name__)

Hidden = Mapping[str, frozenset[int]]

#: How often SQLite is asked; one question takes microseconds.
POLL_SECONDS = 1.0
#: After one look the next waits so long: an import in many commits is looked at a few times.
REST_SECONDS = 0.25
#: How long the watch waits for a server that went away.
RETRY_SECONDS = (1.0, 2.0, 5.0, 15.0)
#: The end is waited for so long; a thread that hangs in a dead network does not stop the program.
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True)
class Heard:
    """What a look brought.

    Attributes:
        changes: kinds of records that others changed; empty when the bell meant something else
            (a lease, a draft, our own commit), and at first, when the watch begins to hear.
    """

    changes: ChangeSet


def ring(session: Session) -> None:
    """Ring the bell at the commit of this transaction; on SQLite each commit does by itself."""
    if session.info["dialect"] == "postgresql":
        session.execute(text(f"NOTIFY {BELL}"))


class Watch:
    """Listens in a thread of its own until it is stopped; a lost server is looked for again.

    Args:
        database: as the person who is signed in; must stay open longer than the watch.
        heard: called in the thread of the watch.
    """

    def __init__(self, database: Database, heard: Callable[[Heard], object]) -> None:
        self._database = database
        self._heard = heard
        self._stop = Event()
        self._near, self._far = socket.socketpair()
        self._seen: int | None = None
        self._hidden: Hidden = {}
        self._thread = Thread(target=self._run, name="lintan-watch", daemon=True)

    def start(self) -> None:
        """Begin; what was committed before is not told."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for it. May be called twice."""
        if not self._stop.is_set():
            self._stop.set()
            self._far.send(b"!")
        if self._thread.ident is not None:
            self._thread.join(PATIENCE_SECONDS)
        if not self._thread.is_alive():
            self._near.close()
            self._far.close()

    # -- in the thread

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                with self._bell() as bell:
                    self._look()
                    failures = 0
                    while bell():
                        self._look()
                        self._stop.wait(REST_SECONDS)
            except AppError as fault:
                # Whoever works meets the same fault at their next step and is told there.
                log.info("the watch lost the database: %s", fault.code)
                self._stop.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1

    def _look(self) -> None:
        with self._database.read() as session:
            seen, self._seen = self._seen, _end_of_log(session)
            hidden, self._hidden = self._hidden, hidden_records(session)
            changes = set[tuple[str, int | None]]()
            if seen is not None:
                lines = _others(session, seen, self._database.own_lines())
                changes |= _kinds(session, lines) | _newly_hidden(hidden, self._hidden)
        if not self._stop.is_set():
            self._heard(Heard(frozenset(changes)))

    @contextmanager
    def _bell(self) -> Iterator[Callable[[], bool]]:
        """Waits for the next ring; False at the end of the watch."""
        with self._database.alone() as connection:
            if isinstance(connection, sqlite3.Connection):
                yield self._polled(connection)
            else:
                yield self._listening(connection)

    def _polled(self, connection: sqlite3.Connection) -> Callable[[], bool]:
        def version() -> int:
            with closing(connection.execute("PRAGMA data_version")) as answer:
                return int(answer.fetchone()[0])

        last = version()

        def rings() -> bool:
            nonlocal last
            while not self._stop.wait(POLL_SECONDS):
                if (current := version()) != last:
                    last = current
                    return True
            return False

        return rings

    def _listening(self, connection: Any) -> Callable[[], bool]:
        connection.autocommit = True
        connection.execute(f"LISTEN {BELL}")

        def rings() -> bool:
            with selectors.DefaultSelector() as selector:
                selector.register(connection.fileno(), selectors.EVENT_READ)
                selector.register(self._near, selectors.EVENT_READ)
                while not self._stop.is_set():
                    # What came with the answer to another question is not in the socket any more.
                    if any(True for _ring in connection.notifies(timeout=0)):
                        return True
                    selector.select()
            return False

        return rings


# ------------------------------------------------------------------------------------ the log
def _end_of_log(session: Session) -> int:
    return session.scalar(select(func.max(AuditRow.seq))) or 0


def _others(session: Session, seen: int, own: dict[str, int]) -> list[tuple[str, str]]:
    """Table and key of what others changed since a line, as far as the person may see it."""
    new = AuditRow.seq > seen
    ours = {
        seq
        for last, line in session.execute(select(AuditRow.seq, AuditRow.hash).where(new))
        for seq in range(last - own.get(line, 0) + 1, last + 1)
    }
    rows = session.execute(
        select(AuditRow.seq, AuditRow.table_name, AuditRow.row_id)
        .where(new)
        .where(allowed_lines(session, AuditRow.table_name, AuditRow.row_id))
    )
    return [(table, row_id) for seq, table, row_id in rows if seq not in ours]


def _newly_hidden(before: Hidden, after: Hidden) -> ChangeSet:
    """Kinds of which the person may see more or fewer records: a recusal takes the case away."""
    kinds = before.keys() | after.keys()
    return frozenset((kind, None) for kind in kinds if before.get(kind) != after.get(kind))


def _kinds(session: Session, lines: list[tuple[str, str]]) -> ChangeSet:
    """The kinds of records the rows belong to; an event belongs to the record it tells of."""
    kinds: set[str] = set()
    events = [int(row_id) for table, row_id in lines if table == HistoryEvent.__tablename__]
    for name in {table for table, _row_id in lines}:
        table = Base.metadata.tables.get(name)
        if table is not None and not table.info.get("quiet"):
            kinds.add(table.info.get("root", (name, "id"))[0])
    if events:
        first = min(events)
        told_of = select(HistoryEvent.record_kind).where(
            HistoryEvent.id >= first, HistoryEvent.id <= max(events)
        )
        kinds.update(session.scalars(told_of.distinct()))
    return frozenset((kind, None) for kind in kinds)
