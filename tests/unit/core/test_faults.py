"""What drivers raise, as facts with a sentence each. The errors come from real drivers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from core import messages
from core.database.faults import translate_driver
from core.database.files import is_network_path
from core.errors import EnvironmentFault, NotPermitted, RuleViolation

_MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
//server/share /mnt/office cifs rw 0 0
server:/export /mnt/nfs\\040home nfs4 rw 0 0
/dev/sdb1 /mnt/office/local ext4 rw 0 0
"""


def _code(problem: BaseException) -> str:
    fault = translate_driver(problem)
    assert fault is not None
    assert messages.text(fault)
    return fault.code


def test_that_a_full_disk_is_called_so(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("PRAGMA max_page_count = 3")
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert _code(caught.value) == "database.disk_full"


def test_that_a_disk_without_a_block_for_readers_is_called_full(tmp_path: Path) -> None:
    """The index of the write-ahead log cannot grow; here because of a limit, as on a full disk."""
    resource = pytest.importorskip("resource", reason="no such limits here")
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (x)")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with closing(sqlite3.connect(path)) as connection:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
        try:
            with pytest.raises(sqlite3.OperationalError) as caught:
                connection.execute("SELECT * FROM t")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert _code(caught.value) == "database.disk_full"


def test_that_a_file_of_something_else_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"Microsoft Office " * 200)
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.DatabaseError) as caught,
    ):
        connection.execute("SELECT * FROM sqlite_master")
    assert _code(caught.value) == "database.not_a_database"


def test_that_a_damaged_file_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 200)
        connection.commit()
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\xff" * (len(raw) - 4096)
    path.write_bytes(bytes(raw))
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.DatabaseError) as caught,
    ):
        connection.execute("SELECT count(x) FROM t").fetchall()
    assert _code(caught.value) == "database.damaged"


def test_that_a_held_lock_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("CREATE TABLE t (x)")
        holder.execute("BEGIN IMMEDIATE")
        with (
            closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other,
            pytest.raises(sqlite3.OperationalError) as caught,
        ):
            other.execute("BEGIN IMMEDIATE")
    assert _code(caught.value) == "database.locked"


def test_that_a_missing_folder_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(tmp_path / "nowhere" / "a.db")
    assert _code(caught.value) == "database.cannot_open"


def test_that_a_read_only_connection_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    sqlite3.connect(path).close()
    path.touch()
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection,
        pytest.raises(sqlite3.OperationalError) as caught,
    ):
        connection.execute("CREATE TABLE t (x)")
    assert _code(caught.value) == "database.read_only"


def test_that_a_silent_server_is_called_so() -> None:
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect("postgresql://x@127.0.0.1:1/x", connect_timeout=2)
    assert _code(caught.value) == "database.unreachable"


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (psycopg.errors.DiskFull, EnvironmentFault, "database.disk_full"),
        (psycopg.errors.LockNotAvailable, EnvironmentFault, "database.locked"),
        (psycopg.errors.DeadlockDetected, EnvironmentFault, "database.locked"),
        (psycopg.errors.ReadOnlySqlTransaction, EnvironmentFault, "database.read_only"),
        (psycopg.errors.AdminShutdown, EnvironmentFault, "database.unreachable"),
        (psycopg.errors.InsufficientPrivilege, NotPermitted, "access.refused_by_database"),
    ],
)
def test_that_a_state_of_the_server_has_its_fact(
    error: type[psycopg.Error], kind: type[Exception], code: str
) -> None:
    fault = translate_driver(error("whatever the server says"))
    assert isinstance(fault, kind)
    assert fault.code == code


def test_that_a_guard_is_read_from_its_message() -> None:
    fault = translate_driver(sqlite3.IntegrityError("lintan.frozen certificate"))
    assert isinstance(fault, RuleViolation)
    assert (fault.code, fault.params) == ("database.frozen", {"table": "certificate"})


def test_that_a_mistake_of_the_program_stays_one() -> None:
    assert translate_driver(sqlite3.OperationalError("no such table: x")) is None
    assert translate_driver(psycopg.errors.UndefinedTable("x")) is None


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("/srv/lintan.db", False),
        ("/mnt/office/lintan.db", True),
        ("/mnt/office/local/lintan.db", False),
        ("/mnt/nfs home/lintan.db", True),
        ("//server/share/lintan.db", True),
        ("\\\\server\\share\\lintan.db", True),
        ("/mnt/officebackup/lintan.db", False),
    ],
)
def test_that_network_shares_are_recognised(path: str, remote: bool) -> None:
    assert is_network_path(Path(path) if "\\" not in path else path, _MOUNTS) is remote  # type: ignore[arg-type]
