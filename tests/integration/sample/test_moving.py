"""The sample office moves from its file onto a server, and back: whole, proved, and at work."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, select, text

from core import audit, maintenance, numbering, office, search
from core.access import close_account, list_accounts, reset_password
from core.attachments.model import Attachment
from core.certificates.model import Application
from core.certificates.register_model import Certificate
from core.cli import main
from core.cli.sample_office import journeys, people, tables
from core.cli.sample_office.build import (
    SampleOffice,
    _take,
    create_authority,
    make_clock,
    sign_pending,
)
from core.cli.sample_office.founding import OFFICE_NAME
from core.database import Database
from core.database.files import window_lock
from core.errors import AppError, EnvironmentFault, NotPermitted, RuleViolation
from core.maintenance import moving
from core.parcels.conflicts import conflicts
from core.parcels.model import Parcel
from db.migrations import REVISIONS
from db.postgres import close_database
from tests import databases
from tests.integration.sample.test_tampering import TAMPERED, places
from tests.sample import Built

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[3]
ADMIN = people.ADMIN.login
CLOSED = people.EXPERT.login


@dataclass(frozen=True)
class Moved:
    """An office that was moved: the file it came from, where it is, and what the command said."""

    file: Path
    url: str
    owner: str
    document: dict[str, Any]

    def open(self, login: str = ADMIN, secret: str = databases.PASSWORD) -> Database:
        """The moved office as somebody."""
        return office.open_database(self.url, login, secret, make_clock())


@dataclass(frozen=True)
class Ground:
    """The office before the move, and an empty database for it."""

    file: Path
    url: str
    owner: str
    secret: str

    @property
    def source(self) -> str:
        """The URL of the file."""
        return f"sqlite:///{self.file}"

    def open(self) -> Database:
        """The office in its file, as the administrator."""
        return office.open_database(self.source, ADMIN, self.secret, make_clock())


def asked(url: str, question: str) -> Any:
    """One answer of a database to its owner."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.scalar(text(question))
    finally:
        engine.dispose()


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any, Any]:
    """lintanctl --json: status, document, error."""
    status = main(["--json", *words])
    said = capsys.readouterr()
    document = json.loads(said.out) if said.out else None
    return status, document, json.loads(said.err) if said.err else None


@pytest.fixture(scope="module")
def ground(
    built: Built, postgres_server: databases.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """A copy of the sample office with one closed account and one removed row, and where to."""
    folder = tmp_path_factory.mktemp("moving")
    file = folder / "office.db"
    shutil.copyfile(built.database, file)
    name = f"lintan_moved_{os.getpid()}"
    before = postgres_server.logins()
    postgres_server.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    secret = Path(built.password_file(ADMIN)).read_text(encoding="utf-8").strip()
    found = Ground(
        file, postgres_server.url_without_person(name), postgres_server.url(name), secret
    )
    with closing(found.open()) as database, database.write() as session:
        closed = next(one for one in list_accounts(session) if one.login == CLOSED)
        close_account(session, closed.id, closed.version)
    yield found
    new = [f'DROP ROLE "{login}"' for login in sorted(postgres_server.logins() - before)]
    postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)", *new)


@dataclass(frozen=True)
class Attempts:
    """What came of a move that was killed in the middle, and of one with a misfit in the file.

    Attributes:
        told: what the killed one said before; `left` how many relations and roles it left.
        refusal: of the other, which left `misfit_left` relations.
        kept_out: what a writer and a window were told while it went on.
    """

    told: str
    left: tuple[int, int]
    refusal: AppError
    misfit_left: int
    kept_out: tuple[str, str]


@pytest.fixture(scope="module")
def attempts(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Attempts:
    """Two moves that come to nothing, on the database that the third one takes."""
    relations = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    roles = f"SELECT count(*) FROM pg_roles WHERE rolname = '{ADMIN}'"
    told = _killed(ground)
    left = (asked(ground.owner, relations), asked(ground.owner, roles))
    file = tmp_path_factory.mktemp("misfit") / "misfit.db"
    shutil.copyfile(ground.file, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE party SET created_at = 'last week' WHERE id = 3")
        connection.commit()
    kept_out: list[tuple[str, str]] = []
    refusal = _refusal(
        replace(ground, file=file), ground.owner, lambda *_args: kept_out.append(_others(file))
    )
    return Attempts(told, left, refusal, asked(ground.owner, relations), kept_out[0])


def _others(file: Path) -> tuple[str, str]:
    """What others get who come to the old database while it moves."""
    with (
        closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other,
        pytest.raises(sqlite3.OperationalError) as busy,
    ):
        other.execute("BEGIN IMMEDIATE")
    with pytest.raises(EnvironmentFault) as held:
        window_lock(file)
    return busy.value.sqlite_errorname, held.value.code


@pytest.fixture(scope="module")
def moved_once(
    ground: Ground, attempts: Attempts, tmp_path_factory: pytest.TempPathFactory
) -> Moved:
    """The office on the server, after the attempts that came to nothing; nobody works in it."""
    folder = tmp_path_factory.mktemp("moved")
    (folder / "old").write_text(ground.secret, encoding="utf-8")
    (folder / "new").write_text(databases.PASSWORD, encoding="utf-8")
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "core.cli", "--json", "--database", str(ground.file)),
            *("--as", ADMIN, "--password-file", str(folder / "old"), "db", "move"),
            *("--to", ground.owner, "--new-password-file", str(folder / "new")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return Moved(ground.file, ground.url, ground.owner, json.loads(answer.stdout))


@pytest.fixture
def moved(moved_once: Moved, postgres_server: databases.Server) -> Iterator[Moved]:
    """The office as it is after the move, in a copy of its own for each test."""
    name = f"lintan_moved_{databases.next_number()}"
    original = moved_once.owner.rpartition("/")[2]
    # Logins are the server's: what another test gave them is taken back.
    waiting = [one["login"] for one in moved_once.document["accounts"] if not one["password_set"]]
    postgres_server.run(
        f"CREATE DATABASE {name} TEMPLATE {original} STRATEGY file_copy",
        *(f'ALTER ROLE "{login}" PASSWORD NULL' for login in waiting),
    )
    owner = postgres_server.url(name)
    engine = create_engine(owner)
    with engine.begin() as connection:
        close_database(connection)
    engine.dispose()
    yield replace(moved_once, url=postgres_server.url_without_person(name), owner=owner)
    postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)")


def _killed(ground: Ground) -> str:
    """Kill a move that has written papers already; what it had said."""
    command = [sys.executable, "-m", "tests.integration.move_child", ground.source, ADMIN]
    with subprocess.Popen(
        [*command, ground.secret, ground.owner, "document"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        told = child.stdout.readline()
        child.kill()
        assert told, child.stderr.read()
    return told


def test_that_a_moved_office_holds_the_same(moved: Moved) -> None:
    """Counted again by other means than the program's own proof."""
    engine = create_engine(moved.owner)
    with closing(sqlite3.connect(moved.file)) as old, engine.connect() as new:
        for each in moved.document["tables"]:
            question = f'SELECT count(*) FROM "{each["table"]}"'
            (rows,) = old.execute(question).fetchone()
            more = 1 if each["table"] == "audit_row" else 0  # the line of the move
            assert (each["table"], new.scalar(text(question))) == (each["table"], rows + more)
            assert each["rows"] == rows
        numbers = "SELECT number FROM certificate ORDER BY number"
        assert list(new.scalars(text(numbers))) == [row[0] for row in old.execute(numbers)]
        for digest, data in new.execute(text("SELECT sha256, bytes FROM blob")):
            assert sha256(data).hexdigest() == digest
        columns = "name, coalesce(credit_code, ''), phone, address FROM party ORDER BY id"
        parties = old.execute(f"SELECT {columns}").fetchall()
        assert [tuple(row) for row in new.execute(text(f"SELECT {columns}"))] == parties
        for each in moved.document["sums"]:
            question = f'SELECT sum("{each["column"]}") FROM "{each["table"]}"'
            assert int(old.execute(question).fetchone()[0] or 0) == each["sum"]
    engine.dispose()


def test_that_the_log_of_a_moved_office_checks_out_and_tells_of_the_move(
    moved: Moved, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(databases.PASSWORD, encoding="utf-8")
    at = ("--database", moved.url, "--as", ADMIN, "--password-file", str(secret))
    status, document, _ = run(capsys, *at, "db", "check")
    assert (status, document["good"]) == (0, True), document
    head = moved.document["audit"]["head"]
    assert run(capsys, *at, "audit", "check", "--head", head)[0] == 0
    with closing(moved.open()) as database, database.read() as session:
        line = audit.lines(session, table="database")[0]
    assert (line.action, line.login, line.after["head"]) == ("move", ADMIN, head)
    assert line.seq == moved.document["audit"]["lines"] + 1


def test_that_a_change_on_the_server_past_the_log_is_found(
    moved: Moved, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The superuser switches the triggers off and changes rows."""
    engine = create_engine(moved.owner)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for one in TAMPERED:
            assert connection.execute(text(f"UPDATE {one.statement}")).rowcount == 1
    engine.dispose()
    secret = tmp_path / "secret"
    secret.write_text(databases.PASSWORD, encoding="utf-8")
    at = ("--database", moved.url, "--as", ADMIN)
    status, document, _ = run(capsys, *at, "--password-file", str(secret), "audit", "check")
    assert status == 1
    assert places(document) == {one.place for one in TAMPERED}


def test_that_everybody_gets_in_after_a_first_password(moved: Moved) -> None:
    waiting = [one for one in moved.document["accounts"] if not one["password_set"]]
    assert {one["login"] for one in waiting} == {one.login for one in people.STAFF}
    for one in (people.CLERK.login, CLOSED):
        with pytest.raises(NotPermitted):
            moved.open(one)
    _give_passwords(moved)
    with closing(moved.open(people.CLERK.login)) as clerk:
        assert clerk.actor.name == people.CLERK.name
        assert not clerk.actor.may("access.manage")
    with pytest.raises(NotPermitted):
        moved.open(CLOSED)


def _give_passwords(moved: Moved) -> None:
    with closing(moved.open()) as admin, admin.write() as session:
        for account in list_accounts(session):
            reset_password(session, account.id, databases.PASSWORD)


def test_that_search_and_land_answer_as_before(moved: Moved, ground: Ground) -> None:
    with closing(moved.open()) as new, closing(ground.open()) as old:
        for word in ("老嘉山", "碳", "000002", "ljs"):
            found = [_found(database, word) for database in (old, new)]
            assert found[0] == found[1]
        assert _found(new, "老嘉山")
        assert _claims(old) == _claims(new)
        assert any(_claims(new).values())


def _found(database: Database, word: str) -> list[tuple[str, int, str]]:
    with database.read() as session:
        return [(hit.kind, hit.record_id, hit.title) for hit in search.find(session, word)]


def _claims(database: Database) -> dict[int, list[tuple[int, str, int]]]:
    """What stands in the way on every parcel, found through the boxes."""
    period = (date(2015, 1, 1), date(2026, 12, 31))
    with database.read() as session:
        return {
            one: [
                (found.parcel_id, found.owner_kind, found.owner_id)
                for found in conflicts(session, one, period)
            ]
            for one in session.scalars(select(Parcel.id).order_by(Parcel.id))
        }


def test_that_the_guards_stand_in_the_moved_office(moved: Moved) -> None:
    engine = create_engine(moved.owner)
    for statement in (
        "UPDATE certificate SET tonnes = tonnes + 1 WHERE id = 1",
        "UPDATE audit_row SET login = 'nobody' WHERE seq = 1",
        "DELETE FROM number_ledger WHERE id = 1",
    ):
        assert "lintan." in _refused(engine, statement)
    engine.dispose()


def _refused(engine: Engine, statement: str) -> str:
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        connection.execute(text(statement))
    return str(caught.value.orig)


def test_that_the_next_certificate_gets_the_next_number(
    moved: Moved, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A case that was approved before the move is filed and entered after it."""
    _give_passwords(moved)
    days = journeys.DAYS["A05"]
    later = replace(
        days, sent=date(2026, 11, 26), filed=date(2026, 12, 1), entered=date(2026, 12, 2)
    )
    before = len(journeys.journey("A05"))
    monkeypatch.setitem(journeys.DAYS, "A05", later)
    clock = make_clock()
    signer = create_authority(tmp_path / "trust", OFFICE_NAME, clock).signer()
    at_work = SampleOffice(
        folder=tmp_path,
        clock=clock,
        signer=signer,
        open_as=lambda who: office.open_database(moved.url, who.login, databases.PASSWORD, clock),
    )
    with closing(at_work), at_work.database(people.AUDITOR).read() as session:
        last = session.scalars(select(Certificate.number).order_by(Certificate.id.desc())).first()
        project = tables.applications()["A05"].project
        at_work.applications["A05"] = session.scalars(
            select(Application.id).where(Application.project_name == project)
        ).one()
        highest = session.scalars(select(Attachment.id).order_by(Attachment.id.desc())).first()
    with closing(at_work):
        for step in journeys.journey("A05")[before:]:
            clock.set_date(step.day, step.hour)
            _take(at_work, step)
            sign_pending(at_work)
        with at_work.database(people.AUDITOR).read() as session:
            numbers = session.scalars(select(Certificate.number).order_by(Certificate.id)).all()
            newest = session.scalars(select(Attachment.id).order_by(Attachment.id.desc())).first()
            assert numbering.missing(session) == []
            assert audit.verify_chain(session).intact
    assert (last, numbers[-1]) == ("明林碳证〔2026〕第000003号", "明林碳证〔2026〕第000004号")
    assert newest is not None
    assert newest == (highest or 0) + 1


def test_that_a_moved_office_can_move_back_into_a_file(
    moved: Moved, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target, old, new = tmp_path / "回来.db", tmp_path / "old", tmp_path / "new"
    old.write_text(databases.PASSWORD, encoding="utf-8")
    new.write_text("another one 2", encoding="utf-8")
    words = ["--lang", "en", "--database", moved.owner, "--as", ADMIN, "--password-file", str(old)]
    move = ["db", "move", "--to", str(target), "--new-password-file", str(new)]
    assert main([*words, *move]) == 0
    said = capsys.readouterr().out
    for wanted in ("certificate", "read back", "Passwords could not", "reset-password", " t"):
        assert wanted in said
    assert "owner:owner" not in said
    assert sorted(path.name for path in tmp_path.glob("回来*")) == ["回来.db"]
    back = Moved(moved.file, f"sqlite:///{target}", f"sqlite:///{target}", {})
    with closing(back.open(ADMIN, "another one 2")) as there, closing(moved.open()) as here:
        for word in ("老嘉山", "ljs"):
            assert _found(there, word) == _found(here, word) != []
        assert _claims(there) == _claims(here)
        assert _next_ids(there) == _next_ids(here)
        assert maintenance.check(there).good
    with pytest.raises(NotPermitted):
        back.open(people.CLERK.login, "another one 2")
    assert main([*words, *move]) == 3
    assert "already" in capsys.readouterr().err


def _next_ids(database: Database) -> dict[str, int]:
    """The last id of each table that any row ever had, removed ones included."""
    with database.read() as session:
        if database.dialect == "sqlite":
            found = session.execute(text("SELECT name, seq FROM sqlite_sequence WHERE seq > 0"))
        else:
            found = session.execute(
                text(
                    "SELECT replace(sequencename, '_id_seq', ''), last_value FROM pg_sequences"
                    " WHERE last_value IS NOT NULL"
                )
            )
        return {name: int(last) for name, last in found}


_VERSION = "CREATE TABLE alembic_version AS SELECT '{revision}' AS version_num"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("CREATE TABLE other (id integer)", "move.foreign"),
        (_VERSION.format(revision="9999"), "database.newer"),
        (_VERSION.format(revision="0000"), "move.older"),
        ("SELECT 1", "move.logins_taken"),
    ],
)
def test_that_a_database_that_is_not_empty_and_ours_is_left_alone(
    moved: Moved,
    ground: Ground,
    postgres_server: databases.Server,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    code: str,
) -> None:
    monkeypatch.setattr(moving, "REVISIONS", ("0000", *REVISIONS))
    with another(postgres_server, statement) as target:
        assert _refusal(ground, target).code == code
        assert asked(target, "SELECT count(*) FROM pg_class WHERE relname = 'party'") == 0


def test_that_only_an_owner_who_makes_logins_can_take_an_office_in(
    moved: Moved, ground: Ground, postgres_server: databases.Server
) -> None:
    """Said before the work, not after it."""
    poor = f"poor_{databases.next_number()}"
    with another(postgres_server, f"CREATE ROLE {poor} LOGIN PASSWORD 'pw'") as target:
        name = target.rpartition("/")[2]
        postgres_server.run(f"ALTER DATABASE {name} OWNER TO {poor}")
        their = make_url(target).set(username=poor, password="pw")
        refusal = _refusal(ground, their.render_as_string(hide_password=False))
        assert (refusal.code, refusal.params["login"]) == ("move.owner", poor)
    postgres_server.run(f"DROP ROLE {poor}")


def test_that_an_office_never_moves_into_another_one(moved: Moved, ground: Ground) -> None:
    rows = asked(moved.owner, "SELECT count(*) FROM account")
    refusal = _refusal(ground, moved.owner)
    assert (refusal.code, refusal.params["table"]) == ("move.not_empty", "account")
    assert asked(moved.owner, "SELECT count(*) FROM account") == rows


def test_that_a_copy_of_the_same_kind_is_no_move(ground: Ground, tmp_path: Path) -> None:
    assert _refusal(ground, f"sqlite:///{tmp_path / 'other.db'}").code == "move.same_kind"


def test_that_a_misfit_is_named_by_its_place_and_nothing_moves(attempts: Attempts) -> None:
    """What a foreign program wrote into a file, a server would not take."""
    assert attempts.refusal.code == "database.unfit_value"
    assert attempts.refusal.params == {"table": "party", "row": "3", "column": "created_at"}
    assert attempts.misfit_left == 0


def test_that_nobody_writes_into_an_office_that_moves(attempts: Attempts) -> None:
    assert attempts.kept_out == ("SQLITE_BUSY", "database.second_copy")


def test_that_a_killed_move_leaves_the_new_database_empty(attempts: Attempts) -> None:
    """Papers were written when it died; the old database went on to move after it."""
    assert attempts.told == "here\n"
    assert attempts.left == (0, 0)


@contextmanager
def another(server: databases.Server, statement: str) -> Iterator[str]:
    """The URL of one more database as its owner, after a statement in it."""
    name = f"lintan_moved_{databases.next_number()}"
    server.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    engine = create_engine(server.url(name))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    yield server.url(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


def _refusal(ground: Ground, target: str, report: moving.Progress | None = None) -> AppError:
    with (
        closing(ground.open()) as database,
        pytest.raises((EnvironmentFault, RuleViolation)) as caught,
    ):
        moving.move(database, ground.source, target, databases.PASSWORD, report)
    return caught.value
