"""The file of an SQLite database: where it may stand, who holds it, how it is saved."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

from core.database.faults import told
from core.errors import EnvironmentFault
from core.i18n import N_
from core.messages import register

register(
    {
        "database.missing": N_("There is no database at “{path}”."),
        "database.network_share": N_(
            "“{path}” lies on a network share. An SQLite database breaks there as soon as two "
            "computers use it; put it on this computer's own disk, or use a PostgreSQL server."
        ),
        "database.second_copy": N_(
            "Lintan is already running with the database “{path}”. Use the window that is open."
        ),
        "database.in_use": N_("“{path}” is in use. Close Lintan everywhere and try again."),
        "database.exists": N_("There is a file “{path}” already; it was not touched."),
        "database.backup_bad": N_(
            "The copy “{path}” failed its check ({reason}). The database was not changed; "
            "look at the disk."
        ),
        "database.folder": N_("The folder “{path}” cannot be written."),
    }
)

_MAGIC = b"SQLite format 3\x00"
#: File systems on which SQLite's locks and shared memory are not to be trusted.
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "afs", "ncpfs", "fuse.sshfs", "davfs",
     "fuse.davfs2", "glusterfs", "fuse.glusterfs", "ceph", "lustre", "webdav", "afpfs"}
)  # fmt: skip
_DRIVE_REMOTE = 4


def check_file(path: Path) -> None:
    """Refuse what cannot be a local database.

    Raises:
        EnvironmentFault: missing, on a network share, not a database, unreadable.
    """
    refuse_network_share(path)
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except FileNotFoundError:
        raise EnvironmentFault("database.missing", path=str(path)) from None
    except OSError as problem:
        raise EnvironmentFault("database.cannot_open") from problem
    if head != _MAGIC:
        raise EnvironmentFault("database.not_a_database")


def refuse_network_share(path: Path) -> None:
    """Raise `database.network_share` for a path on a file server."""
    if is_network_path(path):
        raise EnvironmentFault("database.network_share", path=str(path))


def is_network_path(path: Path, mounts: str | None = None) -> bool:
    """Whether a path lies on a file server, as far as the system tells.

    Args:
        path: the file; it need not exist.
        mounts: the text of /proc/mounts, for tests.
    """
    if str(path).startswith(("\\\\", "//")):
        return True
    if sys.platform == "win32":
        import ctypes

        drive = path.absolute().drive + "\\"
        return bool(ctypes.windll.kernel32.GetDriveTypeW(drive) == _DRIVE_REMOTE)
    return _file_system(path, mounts) in _NETWORK


def _file_system(path: Path, mounts: str | None) -> str:
    if mounts is None:
        try:
            mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
    target = os.path.realpath(path)
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


class FileLock:
    """A lock that the operating system takes back when the program dies."""

    def __init__(self, path: Path, code: str, shown: Path) -> None:
        """Take the lock at once or not at all.

        Args:
            path: the lock file; it stays there, empty.
            code: message code when somebody else holds it.
            shown: what the message names.

        Raises:
            EnvironmentFault: `code`, or the folder cannot be written.
        """
        try:
            self._file = path.open("a+b")
        except OSError as problem:
            raise EnvironmentFault("database.folder", path=str(path.parent)) from problem
        try:
            _lock(self._file.fileno())
        except OSError:
            self._file.close()
            raise EnvironmentFault(code, path=str(shown)) from None

    def release(self) -> None:
        """Give the lock back. May be called twice."""
        self._file.close()


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def window_lock(path: Path) -> FileLock:
    """The lock a window holds while it works with a database.

    Raises:
        EnvironmentFault: `database.second_copy`.
    """
    return FileLock(path.with_name(path.name + ".window"), "database.second_copy", path)


def change_lock(path: Path) -> FileLock:
    """The lock of an upgrade or a restore.

    Raises:
        EnvironmentFault: `database.in_use`.
    """
    return FileLock(path.with_name(path.name + ".change"), "database.in_use", path)


def make_private_file(path: Path) -> None:
    """Make an empty file that only this account may read: a database holds personal data.

    Raises:
        EnvironmentFault: `database.folder`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
    except OSError as problem:
        raise EnvironmentFault("database.folder", path=str(path.parent)) from problem


def copy_database(source: Path, target: Path) -> None:
    """Save a database into one new file, while others work, and check the copy.

    VACUUM INTO reads one state of the database; a plain copy of the file lost 837 committed rows,
    and a stepped backup never ends beside a writer.

    Raises:
        EnvironmentFault: the target exists, disk full, damaged, or the copy is not good.
    """
    if target.exists():
        raise EnvironmentFault("database.exists", path=str(target))
    scratch = target.with_name(target.name + ".part")
    with suppress(OSError):
        scratch.unlink()
    make_private_file(scratch)
    try:
        with (
            told(),
            closing(sqlite3.connect(source, timeout=15, isolation_level=None)) as connection,
        ):
            connection.execute("VACUUM INTO ?", (str(scratch),))
        reason = first_fault(scratch)
        if reason:
            raise EnvironmentFault("database.backup_bad", path=str(target), reason=reason)
        _flush(scratch)
        scratch.replace(target)
    finally:
        for left in (scratch, scratch.with_name(scratch.name + "-journal")):
            with suppress(FileNotFoundError):
                left.unlink()


def first_fault(path: Path, *, thorough: bool = False) -> str:
    """What SQLite finds wrong in a file, empty when nothing is.

    Args:
        path: a database file.
        thorough: compare indexes with tables too (about five times longer).
    """
    pragma = "integrity_check" if thorough else "quick_check"
    try:
        with closing(sqlite3.connect(path, timeout=15, isolation_level=None)) as connection:
            answer = connection.execute(f"PRAGMA {pragma}(1)").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as problem:
        return str(problem)
    if answer != "ok":
        return str(answer)
    return f"foreign key of {broken[0]}" if broken else ""


def settle(path: Path) -> None:
    """Bring everything of a database nobody has open into its one file, and that to the disk.

    Raises:
        EnvironmentFault: disk full, damaged ...
    """
    with told(), closing(sqlite3.connect(path, timeout=15, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _flush(path)


def _flush(path: Path) -> None:
    """Bring a file to the disk before its name says that it is there."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
