"""Care of the database: its state, upgrades, copies, restoring, and the check of everything in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from core import audit, numbering, office
from core.attachments.model import Blob
from core.clock import Clock, SystemClock
from core.config import file_of
from core.database import Database, require
from core.database.files import (
    change_lock,
    check_file,
    copy_database,
    first_fault,
    refuse_network_share,
    settle,
    window_lock,
)
from core.database.upgrade import check_revision, run_migrations, upgrade_file
from core.errors import EnvironmentFault
from core.i18n import N_
from core.messages import register
from db.engine import create_engine_for
from db.migrations import HEAD
from db.triggers import wrong

register(
    {
        "maintenance.server_copy": N_(
            "A database on a server is saved there, by its owner: "
            "lintanctl db backup with the owner's login in the address."
        ),
        "maintenance.no_pg_dump": N_(
            "The program pg_dump is missing here; it belongs to PostgreSQL. "
            "Save the database on its server."
        ),
        "maintenance.pg_dump": N_("pg_dump could not save the database: {reason}"),
        "maintenance.file_damaged": N_("“{path}” is damaged ({reason}); it was not restored."),
        "maintenance.only_files": N_("A copy is restored into a file, not onto a server."),
    }
)


@dataclass(frozen=True, kw_only=True)
class DatabaseStatus:
    """What can be told without a login.

    Attributes:
        dialect: `sqlite` or `postgresql`.
        place: file or server, without a password.
        revision: of the database; `needed` is the program's.
        size: bytes of the file, None on a server.
    """

    dialect: str
    place: str
    revision: str
    needed: str
    size: int | None

    @property
    def current(self) -> bool:
        """Whether the database fits the program."""
        return self.revision == self.needed


@dataclass(frozen=True, kw_only=True)
class UpgradeReport:
    """What an upgrade did; `copy` is the checked copy made before, on SQLite."""

    before: str
    after: str
    copy: Path | None


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What the check of everything found; empty lists and texts are good.

    Attributes:
        storage: what the database engine finds wrong.
        guards: triggers that are missing or changed.
        chain: the verdict on the audit log.
        missing_numbers: series, year and running number without a ledger line.
        unnamed_numbers: texts of numbers whose record does not exist.
        rows: every row against what the log last said of it.
    """

    storage: str
    guards: tuple[str, ...]
    chain: audit.AuditVerdict
    missing_numbers: tuple[tuple[str, int, int], ...]
    unnamed_numbers: tuple[str, ...]
    rows: audit.Agreement

    @property
    def good(self) -> bool:
        """Whether nothing was found."""
        found = (self.storage, self.guards, self.missing_numbers, self.unnamed_numbers)
        return self.chain.intact and not any(found) and self.rows.good

    @property
    def damaged_files(self) -> tuple[str, ...]:
        """Hashes of files whose stored bytes are different."""
        return tuple(one.row for one in self.rows.found if one.table == Blob.__tablename__)


def status(url: str) -> DatabaseStatus:
    """The state of a database, without changing it.

    Raises:
        EnvironmentFault: not there, not ours, newer than the program, unreachable.
    """
    path = file_of(url)
    if path is not None:
        check_file(path)
    engine = create_engine_for(url)
    try:
        revision = check_revision(engine)
    finally:
        engine.dispose()
    return DatabaseStatus(
        dialect=engine.dialect.name,
        place=str(path) if path else engine.url.render_as_string(hide_password=True),
        revision=revision,
        needed=HEAD,
        size=path.stat().st_size if path else None,
    )


def upgrade(url: str, *, backup_done: bool = False, clock: Clock | None = None) -> UpgradeReport:
    """Bring a database to the program's revision and make its guards anew.

    Args:
        url: the file, or the server with the login of the owner.
        backup_done: on a server: the administrator says that it was saved.
        clock: for the name of the copy.

    Raises:
        EnvironmentFault: `database.backup_needed`, in use, newer, disk full; nothing was changed.
    """
    clock = clock or SystemClock()
    before = status(url).revision
    path = file_of(url)
    copy = None
    if path is not None:
        copy = upgrade_file(path, office.metadata(), office.seeder(clock), clock)
    else:
        if not backup_done:
            raise EnvironmentFault("database.backup_needed")
        run_migrations(url, office.metadata(), office.seeder(clock))
    return UpgradeReport(before=before, after=HEAD, copy=copy)


def backup(database: Database, target: Path) -> Path:
    """Save an open database into one new file, while others go on working, and check the file.

    Raises:
        NotPermitted: without `database.maintain`.
        EnvironmentFault: the target exists or cannot be written, disk full, a server.
    """
    with database.read() as session:
        require(session, "database.maintain")
    path = file_of(database.url)
    if path is None:
        raise EnvironmentFault("maintenance.server_copy")
    copy_database(path, target)
    return target


def dump(url: str, target: Path) -> Path:
    """Save a database on a server with pg_dump (custom format), as its owner.

    Raises:
        EnvironmentFault: pg_dump is missing or failed, the target exists.
    """
    program = shutil.which("pg_dump")
    if program is None:
        raise EnvironmentFault("maintenance.no_pg_dump")
    if target.exists():
        raise EnvironmentFault("database.exists", path=str(target))
    place = make_url(url)
    environment = {**os.environ, "PGPASSWORD": place.password or "", "PGCONNECT_TIMEOUT": "10"}
    # `set` takes None for "unchanged"; the password goes through the environment.
    plain = place.set(drivername="postgresql")._replace(password=None)
    scratch = target.with_name(target.name + ".part")
    command = [program, "--format=custom", "--no-password", f"--file={scratch}"]
    try:
        answer = subprocess.run(
            [*command, f"--dbname={plain.render_as_string()}"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            last = answer.stderr.strip().splitlines()[-1:] or [str(answer.returncode)]
            raise EnvironmentFault("maintenance.pg_dump", reason=last[0])
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
    return target


def restore(source: Path, url: str) -> Path:
    """Put a saved copy in the place of a database; what was there is kept beside it.

    Args:
        source: the copy.
        url: where the database is to be.

    Returns:
        the file.

    Raises:
        EnvironmentFault: the copy is damaged, no database, newer than the program; the place is in
            use or cannot be written. Nothing was changed then.
    """
    path = file_of(url)
    if path is None:
        raise EnvironmentFault("maintenance.only_files")
    status(f"sqlite:///{source.absolute()}")
    reason = first_fault(source, thorough=True)
    if reason:
        raise EnvironmentFault("maintenance.file_damaged", path=str(source), reason=reason)
    refuse_network_share(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    locks = [change_lock(path)]
    try:
        locks.append(window_lock(path))
        fresh = path.with_name(path.name + ".restored")
        fresh.unlink(missing_ok=True)
        copy_database(source, fresh)
        _put_aside(path)
        fresh.replace(path)
    finally:
        for lock in reversed(locks):
            lock.release()
    return path


def check(database: Database) -> CheckReport:
    """Check everything that can be checked.

    Raises:
        NotPermitted: without `database.maintain`.
    """
    path = file_of(database.url)
    storage = first_fault(path, thorough=True) if path is not None else ""
    with database.read() as session:
        require(session, "database.maintain")
        return CheckReport(
            storage=storage,
            guards=tuple(wrong(session.connection(), office.metadata())),
            chain=audit.verify_chain(session),
            missing_numbers=tuple(numbering.missing(session)),
            unnamed_numbers=tuple(numbering.unnamed(session)),
            rows=audit.compare_rows(session),
        )


def _put_aside(path: Path) -> None:
    """Keep the database that is replaced, whole and in one file, under a name nobody has."""
    if not path.exists():
        return
    number = 1
    while (kept := path.with_name(f"{path.stem}.before-restore-{number}{path.suffix}")).exists():
        number += 1
    settle(path)
    path.replace(kept)
    for tail in ("-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
