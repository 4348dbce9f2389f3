"""Moving an office to another kind of database: a file onto a server, or a server into a new file.

Everything happens in one transaction of the target, on a source that nobody can write meanwhile.
The target is read back and compared before the commit: until then it is as empty as before, and
the source is never changed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Table, func, make_url, select, text
from sqlalchemy.orm import Session

from core import audit, office, search
from core.access.logins import make_login_role
from core.access.model import MANAGE, Account
from core.access.passwords import check_password, hashed
from core.attachments.model import Blob
from core.clock import Clock
from core.config import file_of
from core.database import Actor, Database, require
from core.database.faults import told
from core.database.files import (
    FileLock,
    change_lock,
    first_fault,
    make_private_file,
    refuse_network_share,
    settle,
)
from core.database.transfer import TableProof, copy_table, count_on, prove_table
from core.errors import EnvironmentFault
from core.i18n import N_
from core.messages import register
from core.parcels.service import rebuild_boxes
from db.engine import create_engine_for
from db.migrations import HEAD, REVISIONS
from db.migrations.runner import migrate, revision_of
from db.triggers import wrong

register(
    {
        "move.same_kind": N_(
            "Both databases are of the same kind. A file is copied with `lintanctl db backup`, "
            "a database on a server with pg_dump."
        ),
        "move.not_empty": N_(
            "The new database is in use: its table “{table}” has rows. Nothing was changed there; "
            "make an empty database and repeat."
        ),
        "move.foreign": N_(
            "The new database has tables of another program ({table}). Nothing was changed there; "
            "make an empty database and repeat."
        ),
        "move.older": N_(
            "The tables of the new database are of an older version of Lintan (revision "
            "{revision}, this program has {needed}). Nothing was changed there; make an empty "
            "database and repeat."
        ),
        "move.owner": N_(
            "The login “{login}” cannot make the new database: it must own it, and may make logins "
            "(ALTER ROLE … CREATEROLE)."
        ),
        "move.source_owner": N_(
            "“{login}” does not own the old database. Name its owner in the address: "
            "--database postgresql://OWNER@HOST/NAME, and say with --as who you are in the office."
        ),
        "move.at_work": N_("Another move into this database is going on."),
        "move.logins_taken": N_(
            "The server has logins of these names already: {logins}. Somebody else uses them, or "
            "they are left over: remove them there (DROP ROLE), or use another server."
        ),
        "move.file_damaged": N_(
            "The stored file {digest} is damaged; nothing was moved. Restore the last good copy "
            "of the database first."
        ),
        "move.source_damaged": N_(
            "The database is damaged ({reason}); nothing was moved. Restore the last good copy."
        ),
        "move.unequal": N_(
            "The new database does not hold the same as the old one (table “{table}”). "
            "It was left empty, the old one was not changed."
        ),
        "move.chain": N_(
            "The audit log does not check out (line {line}); nothing was moved. "
            "Find out what happened with `lintanctl audit check`."
        ),
    }
)

#: Nobody else moves into the same database meanwhile ("moving" in ASCII).
_MOVE_LOCK = 0x6D6F76696E67
#: Columns that arrive empty: one kind of database cannot use the passwords of the other.
EMPTIED: Mapping[str, frozenset[str]] = {"account": frozenset({"password_hash"})}


class Progress(Protocol):
    """Told how far the move is: so many rows of so many, read back ones included."""

    def __call__(self, done: int, total: int, text: str = "") -> None:
        """So many of so many are done; `text` names the table."""


@dataclass(frozen=True, kw_only=True)
class MovedAccount:
    """An account in the new database; `ready` says that its password is set."""

    login: str
    name: str
    active: bool
    ready: bool


@dataclass(frozen=True, kw_only=True)
class MoveReport:
    """What was moved, and the proof that both databases hold the same.

    Attributes:
        source, target: where, without passwords.
        tables: rows, checksum and sums of each table; the same were found in both databases.
        files, file_bytes: stored files; the bytes of each have its SHA-256 in both.
        lines, head: of the audit log, verified in the new database. The move itself is the line
            after that head.
        accounts: who gets a first password from the administrator.
    """

    source: str
    target: str
    tables: tuple[TableProof, ...]
    files: int
    file_bytes: int
    lines: int
    head: str
    accounts: tuple[MovedAccount, ...]


def move(
    database: Database,
    source: str,
    target: str,
    secret: str,
    report: Progress | None = None,
) -> MoveReport:
    """Move an office to another database.

    Args:
        database: the old database, open as an administrator.
        source: the URL of the old database; on a server with the login of its owner.
        target: a new file, or an empty database on a server with the login of its owner.
        secret: first password of this administrator in the new database.
        report: told how far it is.

    Raises:
        NotPermitted: without `database.maintain` and `access.manage`.
        InputError: field `password`.
        RuleViolation: a value that has no place in the new database; its place is named.
        EnvironmentFault: the new database is not empty, older, newer or of another program, a
            login is taken, the old one is damaged or in use; disk full, unreachable ... The new
            database is then as empty as before.
    """
    who = database.actor
    with database.read() as session:
        require(session, "database.maintain")
        require(session, MANAGE)
    check_password(who.login, secret)
    if (file_of(source) is None) == (file_of(target) is None):
        raise EnvironmentFault("move.same_kind")
    with (
        told(),
        _held(source) as old,
        _place(target) as url,
        _transaction(url) as new,
    ):
        work = _Move(old, new, who, database.clock, report or _silent)
        return work.run(secret, shown=(_shown(source), _shown(target)))


class _Move:
    """One move, between two connections in their transactions."""

    def __init__(
        self, old: Connection, new: Connection, who: Actor, clock: Clock, report: Progress
    ) -> None:
        self._old = old
        self._new = new
        self._who = who
        self._clock = clock
        self._report = report
        self._tables = office.metadata().sorted_tables
        self._total = 0
        self._done = 0

    def run(self, secret: str, shown: tuple[str, str]) -> MoveReport:
        """All of it; the caller commits."""
        bare = _is_bare(self._new, self._tables)
        if self._new.dialect.name == "postgresql":
            _refuse_server(self._old, self._new)
        if bare:
            migrate(self._new, office.metadata())
        self._total = 2 * sum(_count(self._old, table) for table in self._tables)
        sent = [self._send(table) for table in self._tables]
        for table in self._tables:
            count_on(self._old, self._new, table)
        for before, table in zip(sent, self._tables, strict=True):
            self._compare(before, table)
        files, size = _check_files(self._old, self._new)
        with self._session() as session:
            accounts = self._accounts(session, secret)
            search.rebuild(session)
            rebuild_boxes(session)
            chain = audit.verify_chain(session)
            if not chain.intact:
                raise EnvironmentFault("move.chain", line=chain.first_bad)
            audit.note(session, "move", {"from": shown[0], "head": chain.head})
            audit.write_lines(session)
        _finish(self._new, self._tables)
        return MoveReport(
            source=shown[0],
            target=shown[1],
            tables=tuple(sent),
            files=files,
            file_bytes=size,
            lines=chain.lines,
            head=chain.head,
            accounts=accounts,
        )

    def _send(self, table: Table) -> TableProof:
        emptied = EMPTIED.get(table.name, frozenset())
        return copy_table(self._old, self._new, table, emptied, self._watch(table))

    def _compare(self, before: TableProof, table: Table) -> None:
        left_out = EMPTIED.get(table.name, frozenset())
        if prove_table(self._new, table, left_out, self._watch(table)) != before:
            raise EnvironmentFault("move.unequal", table=table.name)

    def _watch(self, table: Table) -> Callable[[int], None]:
        start = self._done

        def told_rows(rows: int) -> None:
            self._done = start + rows
            self._report(self._done, self._total, table.name)

        return told_rows

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """A session on the new database, inside the transaction of the move."""
        session = Session(self._new, expire_on_commit=False)
        session.info.update(
            actor=self._who,
            clock=self._clock,
            changes=set(),
            pending=[],
            dialect=self._new.dialect.name,
        )
        yield session
        session.flush()
        session.expunge_all()
        session.close()

    def _accounts(self, session: Session, secret: str) -> tuple[MovedAccount, ...]:
        """Everybody's way in: login roles on a server; one password, the administrator's own."""
        found = []
        for account in session.scalars(select(Account).order_by(Account.id)):
            ready = account.login == self._who.login
            if session.info["dialect"] == "postgresql":
                # A password nobody knows, until the administrator gives one.
                make_login_role(session, account.login, secret if ready else _nobodys())
                _close_login(session, account)
            elif ready:
                account.password_hash = hashed(secret)
            found.append(
                MovedAccount(
                    login=account.login, name=account.name, active=account.active, ready=ready
                )
            )
        session.flush()
        return tuple(found)


def _silent(done: int, total: int, text: str = "") -> None:
    """Nobody watches."""


def _nobodys() -> str:
    return secrets.token_urlsafe(32)


def _close_login(session: Session, account: Account) -> None:
    if not account.active:
        session.execute(text("SELECT lintan_set_login(:login, false)"), {"login": account.login})


def _shown(url: str) -> str:
    path = file_of(url)
    if path is not None:
        return str(path)
    plain = make_url(url).set(drivername="postgresql")._replace(username=None, password=None)
    return plain.render_as_string()


# ---------------------------------------------------------------------------- the old database
@contextmanager
def _held(url: str) -> Iterator[Connection]:
    """The old database in one state, which nobody can change until the end."""
    engine = create_engine_for(url)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        path = file_of(url)
        if path is not None:
            _lock_file(stack, path)
            connection = stack.enter_context(engine.connect())
            # The engine begins with BEGIN IMMEDIATE: from here on others only read.
            connection.execute(text("SELECT 1"))
            reason = first_fault(path)
            if reason:
                raise EnvironmentFault("move.source_damaged", reason=reason)
        else:
            whole = engine.execution_options(isolation_level="REPEATABLE READ")
            connection = stack.enter_context(whole.connect())
            _check_owner(connection, url)
            names = ", ".join(f'"{table.name}"' for table in office.metadata().sorted_tables)
            connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
        yield connection
        connection.rollback()


def _check_owner(connection: Connection, url: str) -> None:
    """Only the owner may hold the tables of a server still."""
    foreign = text(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' "
        "AND NOT pg_has_role(current_user, tableowner, 'MEMBER')"
    )
    if connection.scalar(foreign):
        login = make_url(url).username or ""
        raise EnvironmentFault("move.source_owner", login=login)


def _lock_file(stack: ExitStack, path: Path) -> None:
    lock = change_lock(path)
    stack.callback(lock.release)
    window = FileLock(path.with_name(path.name + ".window"), "database.in_use", path)
    stack.callback(window.release)


# ---------------------------------------------------------------------------- the new database
@contextmanager
def _place(target: str) -> Iterator[str]:
    """Where the new database is made: a file gets its name when it is complete."""
    path = file_of(target)
    if path is None:
        office.check_server(target)
        yield target
        return
    refuse_network_share(path)
    if path.exists():
        raise EnvironmentFault("database.exists", path=str(path))
    scratch = path.with_name(path.name + ".part")
    _remove(scratch)
    make_private_file(scratch)
    try:
        yield f"sqlite:///{scratch}"
        settle(scratch)
        scratch.replace(path)
    finally:
        _remove(scratch)


def _remove(path: Path) -> None:
    for tail in ("", "-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    """The one transaction of the move; foreign keys of a file are checked at its end."""
    engine = create_engine_for(url, foreign_keys=False)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _is_bare(new: Connection, tables: Sequence[Table]) -> bool:
    """Whether there are no tables yet; else they are ours, of this revision, and empty.

    Raises:
        EnvironmentFault: newer, older, of another program, changed, or not empty.
    """
    revision = revision_of(new)
    if revision is None:
        _refuse_foreign(new)
        return True
    if revision not in REVISIONS:
        raise EnvironmentFault("database.newer", revision=revision)
    if revision != HEAD:
        raise EnvironmentFault("move.older", revision=revision, needed=HEAD)
    for table in tables:
        if new.execute(select(table.primary_key.columns[0]).limit(1)).first() is not None:
            raise EnvironmentFault("move.not_empty", table=table.name)
    _check_guards(new)
    return False


def _refuse_foreign(new: Connection) -> None:
    if new.dialect.name != "postgresql":
        return
    found = new.scalar(
        text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace LIMIT 1")
    )
    if found is not None:
        raise EnvironmentFault("move.foreign", table=str(found))


def _refuse_server(old: Connection, new: Connection) -> None:
    """Refuse before the work what the server would refuse after it.

    Login roles belong to the whole server: nobody else's becomes somebody of this office.
    """
    if not new.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _MOVE_LOCK}):
        raise EnvironmentFault("move.at_work")
    may = new.execute(
        text(
            "SELECT current_user AS login, (rolsuper OR rolcreaterole)"
            " AND pg_has_role(current_user, datdba, 'MEMBER') AS may FROM pg_roles, pg_database"
            " WHERE rolname = current_user AND datname = current_database()"
        )
    ).one()
    if not may.may:
        raise EnvironmentFault("move.owner", login=may.login)
    logins = set(old.scalars(select(Account.login)))
    known = set(new.scalars(text("SELECT rolname FROM pg_roles")))
    if taken := sorted(logins & known):
        raise EnvironmentFault("move.logins_taken", logins=", ".join(taken))


def _count(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _check_files(old: Connection, new: Connection) -> tuple[int, int]:
    """How many files and bytes; every one has its own hash in both databases.

    Raises:
        EnvironmentFault: `move.file_damaged`.
    """
    count = size = 0
    for connection in (old, new):
        count = size = 0
        chosen = select(Blob.__table__.c.sha256, Blob.__table__.c.bytes)
        with connection.execute(chosen, execution_options={"yield_per": 8}) as found:
            for digest, data in found:
                if sha256(data).hexdigest() != digest:
                    raise EnvironmentFault("move.file_damaged", digest=digest[:16])
                count, size = count + 1, size + len(data)
    return count, size


def _check_guards(new: Connection) -> None:
    if bad := wrong(new, office.metadata()):
        raise EnvironmentFault("database.guards", count=len(bad), first=bad[0])


def _finish(new: Connection, tables: Sequence[Table]) -> None:
    """Last of all before the commit: the guards stand, nothing refers to nothing."""
    _check_guards(new)
    if new.dialect.name == "postgresql":
        for table in tables:
            new.exec_driver_sql(f'ANALYZE "{table.name}"')
        return
    broken: Any = new.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise EnvironmentFault("database.orphans", table=str(broken[0]))
