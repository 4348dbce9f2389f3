"""The database as the program sees it: who acts, one transaction per user action, what changed.

A use case is a plain function with the session first; it never commits. The caller writes
`with database.write() as session:`; leaving the block without an exception commits everything,
otherwise nothing happened. The person is fixed when the database is opened: no later call can
set another one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Engine, Table, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    sessionmaker,
)
from sqlalchemy.orm.exc import StaleDataError

from core.clock import Clock, china_date
from core.database import texts, veil
from core.database.faults import translate, translate_driver
from core.errors import EnvironmentFault, NotFound, NotPermitted, StaleRecord
from core.i18n import N_
from core.messages import register
from db.engine import reading

register(
    {
        "record.not_found": N_("This record does not exist, or you may not see it."),
        "record.stale": N_(
            "Somebody else saved this record since you opened it. Load it again; "
            "nothing of yours was saved."
        ),
        "database.outcome_unknown": N_(
            "The server was lost while it was saving. It is not known whether the last action "
            "happened: look before you repeat it."
        ),
        "access.not_permitted": N_("Your account may not do this (it lacks “{permission}”)."),
    }
)

Record = TypeVar("Record")

#: So many of our own transactions are known again in the log; a watch looks several times a second.
OWN_TRANSACTIONS = 256

#: Kind (table name of the root record) and id of what changed; None stands for all of the kind.
ChangeSet = frozenset[tuple[str, int | None]]


@dataclass(frozen=True)
class Actor:
    """The person who acts, as fixed when the database was opened."""

    account_id: int
    login: str
    name: str
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        """Whether the person holds a permission."""
        return permission in self.permissions


@dataclass(frozen=True)
class Hooks:
    """What higher rooms do inside every write transaction; put together by `core.office`.

    Attributes:
        actor: the person afresh from the tables (roles change while programs run).
        flushed: called after each flush, while the old values are still known.
        executed: called for each statement that changes rows outside the unit of work.
        committing: called last before the commit; an exception stops it.
        info: what lower rooms may ask of higher ones, put into `session.info` (`letters`: the
            office's abbreviation and code, for numbers).
        hides: what the person who acts may not see (:mod:`core.database.veil`).
    """

    actor: Callable[[Session, Actor], Actor]
    flushed: tuple[Callable[[Session], None], ...] = ()
    executed: tuple[Callable[[Session, Table, str], None], ...] = ()
    committing: tuple[Callable[[Session], None], ...] = ()
    info: Mapping[str, Any] = field(default_factory=dict)
    hides: tuple[veil.Hider, ...] = ()


class Database:
    """An open database, one person, one clock. Safe to use from several threads."""

    def __init__(self, engine: Engine, *, actor: Actor, clock: Clock, hooks: Hooks) -> None:
        self._engine = engine
        self._actor = actor
        self._clock = clock
        self._hooks = hooks
        self._listeners: list[Callable[[ChangeSet], None]] = []
        self._lock = Lock()
        self._closing: list[Callable[[], None]] = []
        self._own: deque[tuple[str, int]] = deque(maxlen=OWN_TRANSACTIONS)
        self._write = sessionmaker(engine, expire_on_commit=False)
        self._read = sessionmaker(reading(engine), expire_on_commit=False)
        for maker in (self._read, self._write):
            event.listen(maker, "do_orm_execute", veil.apply)
        event.listen(self._write, "before_flush", texts.require_all_visible)
        event.listen(self._write, "after_flush", self._after_flush)
        event.listen(self._write, "do_orm_execute", self._on_execute)
        event.listen(self._write, "after_transaction_create", _mark_savepoint)
        event.listen(self._write, "after_soft_rollback", _forget_savepoint)

    @property
    def url(self) -> str:
        """Where it is, without the password."""
        return self._engine.url.render_as_string(hide_password=True)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self._actor

    @property
    def clock(self) -> Clock:
        """Where the time comes from."""
        return self._clock

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One user action.

        Raises:
            NotPermitted: the account was closed meanwhile.
            StaleRecord: a row was changed by somebody else.
            RuleViolation: a guard of the database refused the change.
            EnvironmentFault: disk full, locked, unreachable, damaged ...
        """
        with self._session(self._write) as session:
            self._actor = session.info["actor"] = self._hooks.actor(session, self._actor)
            yield session
            session.flush()
            with veil.lifted(session):
                for hook in self._hooks.committing:
                    hook(session)
            if "lines" in session.info:
                # Before the commit: whoever reads the log knows the line the moment it is there.
                self._own.append(session.info["lines"])
            _commit(session)
            changes = frozenset(session.info["changes"])
        self._tell(changes)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One look at the database: every query in the block sees the same state.

        Raises:
            EnvironmentFault: unreachable, damaged ...
        """
        with self._session(self._read) as session:
            yield session

    @contextmanager
    def alone(self) -> Iterator[Any]:
        """A connection of the driver that no other thread gets, outside any transaction.

        Raises:
            NotPermitted: the account was closed meanwhile.
            EnvironmentFault: unreachable, damaged ...
        """
        try:
            pooled = self._engine.raw_connection()
            connection: Any = pooled.driver_connection
            pooled.detach()
            with closing(connection):
                yield connection
        except SQLAlchemyError as problem:
            fault = translate(problem)
            if fault is None:
                raise
            raise fault from problem
        except self._engine.dialect.loaded_dbapi.Error as problem:
            fault = translate_driver(problem)
            if fault is None:
                raise
            raise fault from problem

    def own_lines(self) -> dict[str, int]:
        """The last line of the log of each of our latest transactions, by its hash → how many."""
        return dict(self._own.copy())

    def on_commit(self, callback: Callable[[ChangeSet], None]) -> Callable[[], None]:
        """Call back after each commit that changed something, in the committing thread.

        Returns:
            a function that ends it.
        """
        with self._lock:
            self._listeners.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                if callback in self._listeners:
                    self._listeners.remove(callback)

        return unsubscribe

    def on_close(self, callback: Callable[[], None]) -> None:
        """Call back when the database is closed (locks held for it)."""
        self._closing.append(callback)

    def close(self) -> None:
        """Close all connections. May be called twice."""
        self._engine.dispose()
        while self._closing:
            self._closing.pop()()

    @contextmanager
    def _session(self, maker: sessionmaker[Session]) -> Iterator[Session]:
        try:
            with maker() as session:
                session.info.update(self._hooks.info)
                session.info.update(
                    actor=self._actor,
                    clock=self._clock,
                    changes=set(),
                    pending=[],
                    dialect=self.dialect,
                    hides=self._hooks.hides,
                )
                yield session
        except StaleDataError as problem:
            raise StaleRecord("record.stale") from problem
        except SQLAlchemyError as problem:
            fault = translate(problem)
            if fault is None:
                raise
            raise fault from problem

    def _after_flush(self, session: Session, _context: UOWTransaction) -> None:
        changes: set[tuple[str, int | None]] = session.info["changes"]
        for row in (*session.new, *session.dirty, *session.deleted):
            if not row.__table__.info.get("quiet"):
                changes.add(_root(row))
        for hook in self._hooks.flushed:
            hook(session)

    def _on_execute(self, state: ORMExecuteState) -> None:
        if not (state.is_insert or state.is_update or state.is_delete):
            return
        table = getattr(state.statement, "table", None)
        if not isinstance(table, Table) or table.info.get("quiet"):
            return
        note_all(state.session, table)
        verb = "insert" if state.is_insert else "update" if state.is_update else "delete"
        for hook in self._hooks.executed:
            hook(state.session, table, verb)

    def _tell(self, changes: ChangeSet) -> None:
        if not changes:
            return
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(changes)


def _commit(session: Session) -> None:
    """Commit; when the server is lost meanwhile, nobody knows whether it did."""
    try:
        session.commit()
    except DBAPIError as problem:
        if problem.connection_invalidated:
            raise EnvironmentFault("database.outcome_unknown") from problem
        raise


def _mark_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault("marks", {})[id(transaction)] = len(session.info["pending"])


def _forget_savepoint(session: Session, transaction: SessionTransaction) -> None:
    """What a savepoint rolled back did not happen: no line of the audit log tells of it."""
    mark = session.info.get("marks", {}).pop(id(transaction), None)
    if mark is not None:
        del session.info["pending"][mark:]


def _root(row: object) -> tuple[str, int | None]:
    """Kind and id of the record a row belongs to (`info["root"]` names kind and key column)."""
    table: Table = row.__table__  # type: ignore[attr-defined]  # every mapped row has one
    kind, key = table.info.get("root", (table.name, "id"))
    value = getattr(row, key, None)
    return kind, value if isinstance(value, int) else None


def note_all(session: Session, table: Table) -> None:
    """Put all records of a table into the change set; for statements on many rows."""
    kind, _key = table.info.get("root", (table.name, "id"))
    session.info["changes"].add((kind, None))


def actor(session: Session) -> Actor:
    """Who acts in this session."""
    found: Actor = session.info["actor"]
    return found


def now(session: Session) -> datetime:
    """This instant, UTC."""
    clock: Clock = session.info["clock"]
    return clock.now()


def today(session: Session) -> date:
    """The day in China."""
    return china_date(now(session))


def require(session: Session, permission: str) -> None:
    """Refuse who lacks a permission.

    Raises:
        NotPermitted: `access.not_permitted`, with the key of the permission.
    """
    if not actor(session).may(permission):
        raise NotPermitted("access.not_permitted", permission=permission)


def load_for_edit(
    session: Session, model: type[Record], record_id: int | str, version: int
) -> Record:
    """The row a form edits, if it is still the one the person saw.

    Args:
        session: a write session.
        model: a mapped class with :class:`db.base.Versioned`.
        record_id: its key.
        version: the version the form was filled from.

    Raises:
        NotFound: no such row.
        StaleRecord: it was saved by somebody else since.
    """
    options: dict[str, Any] = {"populate_existing": True}
    if session.info["dialect"] == "postgresql":
        options["with_for_update"] = {"of": model}
    session.flush()
    row = session.get(model, record_id, **options)
    if row is None:
        raise NotFound("record.not_found")
    if row.version != version:  # type: ignore[attr-defined]  # Versioned rows have one
        raise StaleRecord("record.stale")
    return row
