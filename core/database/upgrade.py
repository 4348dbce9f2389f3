"""Bringing a database to the state this program needs, or refusing it in plain words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, text

from core.clock import CHINA, Clock
from core.database.faults import told
from core.database.files import change_lock, copy_database
from core.errors import EnvironmentFault
from core.i18n import N_
from core.messages import register
from db.engine import create_engine_for, reading
from db.migrations import HEAD, REVISIONS
from db.migrations.runner import migrate, revision_of
from db.triggers import wrong

register(
    {
        "database.newer": N_(
            "This database was made by a newer version of Lintan (revision {revision}). "
            "Update the program; the database was not touched."
        ),
        "database.empty": N_("This database is empty. Make it with `lintanctl db init`."),
        "database.upgrade_needed": N_(
            "The database on the server is older than this program. The administrator upgrades it "
            "with `lintanctl db upgrade`; until then use the program it was made with."
        ),
        "database.backup_needed": N_(
            "Save the database first (pg_dump), then repeat with --backup-done."
        ),
        "database.guards": N_(
            "The database was changed by another program: {count} of its guards are missing or "
            "different ({first}). `lintanctl db upgrade` makes them anew; find out what happened."
        ),
        "database.orphans": N_(
            "The upgrade was stopped: rows of “{table}” would refer to nothing. "
            "The database was not changed."
        ),
    }
)

#: Called in the transaction of an upgrade, after the tables are there.
Seeder = Callable[[Connection], None]


def check_revision(engine: Engine) -> str:
    """The revision of a database.

    Raises:
        EnvironmentFault: `database.newer`, `database.empty`, or it cannot be read.
    """
    with told(), reading(engine).connect() as connection:
        revision = revision_of(connection)
    if revision is None:
        raise EnvironmentFault("database.empty")
    if revision not in REVISIONS:
        raise EnvironmentFault("database.newer", revision=revision)
    return revision


def check_guards(engine: Engine, metadata: MetaData) -> None:
    """Refuse a database whose triggers are not the ones of this program.

    Raises:
        EnvironmentFault: `database.guards`.
    """
    with told(), reading(engine).connect() as connection:
        bad = wrong(connection, metadata)
    if bad:
        raise EnvironmentFault("database.guards", count=len(bad), first=bad[0])


def upgrade_file(path: Path, metadata: MetaData, seed: Seeder, clock: Clock) -> Path:
    """Upgrade an SQLite database in one transaction, after a checked copy of it.

    Returns:
        the copy.

    Raises:
        EnvironmentFault: somebody else upgrades it, the copy failed, disk full ...
    """
    lock = change_lock(path)
    try:
        copy = path.parent / "backups" / f"{path.stem}-{_stamp(clock)}{path.suffix}"
        copy_database(path, copy)
        run_migrations(f"sqlite:///{path}", metadata, seed)
    finally:
        lock.release()
    return copy


def run_migrations(url: str, metadata: MetaData, seed: Seeder, target: str = HEAD) -> None:
    """Bring a database to a revision in one transaction; on any error it is as it was.

    Raises:
        EnvironmentFault: `database.orphans`, disk full, unreachable ...
    """
    engine = create_engine_for(url, foreign_keys=False)
    try:
        with told(), engine.begin() as connection:
            migrate(connection, metadata, target)
            if target == HEAD:
                seed(connection)
            _check_references(connection)
    finally:
        engine.dispose()


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken is not None:
            raise EnvironmentFault("database.orphans", table=str(broken[0]))


def _stamp(clock: Clock) -> str:
    return clock.now().astimezone(CHINA).strftime("%Y%m%d-%H%M%S-%f")
