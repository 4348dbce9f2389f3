"""Making, opening, saving, upgrading and restoring databases: what goes wrong has its sentence."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from core import access, history, maintenance, messages, office
from core.database import Database
from core.database.files import copy_database, first_fault, window_lock
from core.errors import EnvironmentFault, InputError, NotPermitted
from tests import databases

PEOPLE = ("admin", "管理员", databases.PASSWORD)


def path_of(database: Database) -> Path:
    return Path(databases.url_of(database).removeprefix("sqlite:///"))


def refused(url: str, login: str = "all") -> str:
    """The code with which opening is refused; its sentence can be shown."""
    with pytest.raises((EnvironmentFault, NotPermitted)) as caught:
        office.open_database(url, login, databases.PASSWORD, databases.clock())
    assert messages.text(caught.value)
    return caught.value.code


# ---------------------------------------------------------------------------------- making
def test_that_a_new_office_has_roles_series_and_its_first_account(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'lintan.db'}"
    office.create_database(url, databases.SETUP, *PEOPLE, databases.clock())
    database = office.open_database(url, "admin", databases.PASSWORD, databases.clock())
    with database.read() as session:
        roles = {role.key: role for role in access.list_roles(session)}
        assert set(roles) == set(office.ROLES)
        assert all(role.permissions for role in roles.values())
        assert [account.roles for account in access.list_accounts(session)] == [("admin",)]
    assert maintenance.check(database).good
    database.close()


def test_that_every_permission_is_given_to_some_role() -> None:
    known = set(office.ROLES)
    for permission in office.permissions():
        assert permission.roles, permission.key
        assert set(permission.roles) <= known, permission.key
    keys = [permission.key for permission in office.permissions()]
    assert len(keys) == len(set(keys))


def test_that_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(EnvironmentFault) as caught:
        office.create_database(f"sqlite:///{path}", databases.SETUP, *PEOPLE)
    assert caught.value.code == "database.exists"
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.postgres
def test_that_a_database_in_use_on_the_server_is_left_alone(postgres_database: Database) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        office.create_database(databases.owner_url(postgres_database), databases.SETUP, *PEOPLE)
    assert caught.value.code == "office.exists"


def test_that_a_refused_set_up_leaves_no_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    unnamed = office.OfficeSetup(name=" ", short="明林")
    for setup, login, secret in (
        (unnamed, "admin", databases.PASSWORD),
        (databases.SETUP, "", databases.PASSWORD),
        (databases.SETUP, "admin", "short"),
    ):
        with pytest.raises(InputError):
            office.create_database(url, setup, login, "管理员", secret)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
@pytest.mark.usefixtures("_postgres_template")
def test_that_the_owner_need_not_be_a_superuser(postgres_server: databases.Server) -> None:
    """A county's database on a shared server: its owner may only make roles."""
    owner, name = f"county_{databases.next_number()}", f"lintan_county_{databases.next_number()}"
    grant = "GRANT lintan_user TO {} WITH ADMIN OPTION"
    if postgres_server.version >= 16:  # who makes a group has it; here another office made it
        grant += ", INHERIT FALSE, SET FALSE"
    postgres_server.run(
        f"CREATE ROLE {owner} LOGIN CREATEROLE PASSWORD 'owner'",
        grant.format(owner),
        f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
    )
    as_owner = make_url(postgres_server.url(name)).set(username=owner)
    url = postgres_server.url_without_person(name)
    first = f"first.{databases.next_number()}"
    office.create_database(
        as_owner.render_as_string(hide_password=False),
        databases.SETUP,
        first,
        "管理员",
        databases.PASSWORD,
    )
    database = office.open_database(url, first, databases.PASSWORD)
    with database.write() as session:
        made = access.create_account(session, f"{first}2", "王芳", databases.PASSWORD, ("clerk",))
    clerk = office.open_database(url, made.login, databases.PASSWORD)
    with database.write() as session:
        access.close_account(session, made.id, made.version)
    with pytest.raises((NotPermitted, EnvironmentFault)), clerk.write() as session:
        history.record(session, "account", 1, "x")
    assert refused(url, made.login) in {"access.closed", "access.wrong_password"}
    clerk.close()
    database.close()
    postgres_server.run(
        f"DROP DATABASE {name} WITH (FORCE)",
        *(f'DROP ROLE "{login}"' for login in (made.login, first)),
        f"DROP OWNED BY {owner} CASCADE",
        f"DROP ROLE {owner}",
    )


# --------------------------------------------------------------------------------- opening
def test_that_a_missing_file_is_not_made(tmp_path: Path) -> None:
    assert refused(f"sqlite:///{tmp_path / 'a.db'}") == "database.missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a workbook", b"SQLite format 4\x00" * 20])
def test_that_another_file_is_not_taken_for_a_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    assert refused(f"sqlite:///{path}") == "database.not_a_database"
    assert path.read_bytes() == content


def test_that_a_foreign_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("CREATE TABLE account (id INTEGER)")
    assert refused(f"sqlite:///{path}") == "database.empty"
    with closing(sqlite3.connect(path)) as foreign:
        assert foreign.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


def test_that_a_newer_database_is_refused_and_left_alone(database: Database) -> None:
    engine = create_engine(databases.owner_url(database))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert refused(databases.url_of(database)) == "database.newer"
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_that_a_damaged_file_is_called_so(sqlite_database: Database) -> None:
    path = path_of(sqlite_database)
    sqlite_database.close()
    raw = bytearray(path.read_bytes())
    raw[100:] = b"\xff" * (len(raw) - 100)
    path.write_bytes(bytes(raw))
    assert refused(f"sqlite:///{path}") == "database.damaged"


def test_that_a_second_window_is_refused_and_the_lock_ends_with_the_first(
    sqlite_database: Database,
) -> None:
    url = databases.url_of(sqlite_database)
    first = office.open_database(url, "all", databases.PASSWORD, databases.clock(), window=True)
    with pytest.raises(EnvironmentFault) as caught:
        office.open_database(url, "all", databases.PASSWORD, databases.clock(), window=True)
    assert caught.value.code == "database.second_copy"
    assert str(path_of(sqlite_database)) in messages.text(caught.value)
    office.open_database(url, "clerk", databases.PASSWORD, databases.clock()).close()
    first.close()
    office.open_database(url, "all", databases.PASSWORD, databases.clock(), window=True).close()


def test_that_a_killed_window_leaves_no_lock(sqlite_database: Database) -> None:
    """The system takes the lock back: no stale file keeps people out."""
    path = path_of(sqlite_database)
    program = (
        "import sys; from pathlib import Path; from core.database.files import window_lock\n"
        "held = window_lock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == b"held\n"
    with pytest.raises(EnvironmentFault):
        window_lock(path)
    child.kill()
    child.wait(30)
    child.stdout.close()
    child.stdin.close()
    window_lock(path).release()


def test_that_a_wrong_password_opens_nothing(sqlite_database: Database) -> None:
    with pytest.raises(NotPermitted):
        office.open_database(
            databases.url_of(sqlite_database), "all", "wrong password", window=True
        )
    # And the lock of the window that did not open is free again.
    window_lock(path_of(sqlite_database)).release()


@pytest.mark.postgres
def test_that_a_missing_server_database_and_a_silent_server_are_told_apart(
    postgres_database: Database,
) -> None:
    url = make_url(databases.url_of(postgres_database))
    there = url.set(database="nowhere").render_as_string()
    silent = url.set(port=1).render_as_string()
    assert refused(there) == "database.no_such_database"
    assert refused(silent) == "database.unreachable"


@pytest.mark.postgres
def test_that_only_the_administrator_upgrades_a_server(postgres_database: Database) -> None:
    owner = databases.owner_url(postgres_database)
    with pytest.raises(EnvironmentFault) as caught:
        maintenance.upgrade(owner)
    assert caught.value.code == "database.backup_needed"
    assert maintenance.upgrade(owner, backup_done=True).copy is None
    with databases.open_as(postgres_database, "clerk") as clerk:
        assert clerk.actor.login == "clerk"


@pytest.mark.postgres
def test_that_a_lost_server_is_told_and_the_next_action_works(postgres_database: Database) -> None:
    engine = create_engine(databases.owner_url(postgres_database), isolation_level="AUTOCOMMIT")
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'all' AND datname = current_database()"
    )
    with pytest.raises(EnvironmentFault) as caught, postgres_database.write() as session:
        history.record(session, "account", 1, "x")
        session.flush()
        with engine.connect() as connection:
            connection.execute(kill)
        session.execute(text("SELECT 1"))
    assert caught.value.code == "database.unreachable"
    with postgres_database.write() as session:
        history.record(session, "account", 1, "y")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM history_event")) == 1
    engine.dispose()


@pytest.mark.postgres
def test_that_an_unknown_outcome_is_not_called_a_failure(postgres_database: Database) -> None:
    engine = create_engine(databases.owner_url(postgres_database), isolation_level="AUTOCOMMIT")
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'all' AND datname = current_database()"
    )
    with pytest.raises(EnvironmentFault) as caught, postgres_database.write() as session:
        session.execute(text("SELECT 1"))
        with engine.connect() as connection:
            connection.execute(kill)
    engine.dispose()
    assert caught.value.code == "database.outcome_unknown"


# ------------------------------------------------------------------- disk full and the like
def test_that_a_full_disk_loses_nothing(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        history.record(session, "account", 1, "before")
    with pytest.raises(EnvironmentFault) as caught, sqlite_database.write() as session:
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
        for _ in range(200):
            history.record(session, "account", 1, "full", reason="x" * 4000)
        session.flush()
    assert caught.value.code == "database.disk_full"
    with sqlite_database.read() as session:
        assert [e.event for e in history.timeline(session, "account", 1)] == ["before"]
    path = path_of(sqlite_database)
    assert first_fault(path, thorough=True) == ""


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_that_a_write_protected_file_is_called_so(sqlite_database: Database) -> None:
    path = path_of(sqlite_database)
    sqlite_database.close()
    path.chmod(stat.S_IRUSR)
    assert refused(f"sqlite:///{path}") in {"database.read_only", "database.cannot_open"}


def test_that_a_writer_who_does_not_end_is_told(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.engine.BUSY_SECONDS", 0)
    monkeypatch.setattr("db.engine._PRAGMAS", ("busy_timeout=0",))
    url = databases.url_of(sqlite_database)
    hasty = office.open_database(url, "all", databases.PASSWORD, databases.clock())
    with sqlite_database.write() as session:
        history.record(session, "account", 1, "slow")
        session.flush()
        with pytest.raises(EnvironmentFault) as caught, hasty.write() as other:
            history.record(other, "account", 1, "hasty")
    assert caught.value.code == "database.locked"
    hasty.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in the folder")
def test_that_others_on_the_machine_cannot_read_the_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    office.create_database(f"sqlite:///{path}", databases.SETUP, *PEOPLE, databases.clock())
    database = office.open_database(
        f"sqlite:///{path}", "admin", databases.PASSWORD, databases.clock()
    )
    with database.write() as session:
        history.record(session, "account", 1, "x")
        maintenance.backup(database, tmp_path / "copy.db")
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.glob("*.db*")}
    database.close()
    assert {"a.db", "a.db-wal", "copy.db"} <= set(modes)
    assert set(modes.values()) == {0o600}


# ----------------------------------------------------------------- copies, upgrade, restore
def test_that_a_copy_is_whole_while_others_write(sqlite_database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "a.db"
    with sqlite_database.write() as session:
        history.record(session, "account", 1, "committed")
    with sqlite_database.write() as session:
        history.record(session, "account", 1, "open")
        session.flush()
        maintenance.backup(sqlite_database, target)
    with closing(sqlite3.connect(target)) as copy:
        events = copy.execute("SELECT event FROM history_event").fetchall()
    assert events == [("committed",)]
    with pytest.raises(EnvironmentFault) as caught:
        maintenance.backup(sqlite_database, target)
    assert caught.value.code == "database.exists"
    assert sorted(one.name for one in target.parent.iterdir()) == ["a.db"]


def test_that_only_who_may_saves_the_database(sqlite_database: Database, tmp_path: Path) -> None:
    with databases.open_as(sqlite_database, "clerk") as clerk, pytest.raises(NotPermitted):
        maintenance.backup(clerk, tmp_path / "a.db")


def test_that_a_damaged_database_gives_no_copy(sqlite_database: Database, tmp_path: Path) -> None:
    path = path_of(sqlite_database)
    sqlite_database.close()
    raw = bytearray(path.read_bytes())
    raw[4096:40960] = b"\xff" * 36864
    path.write_bytes(bytes(raw))
    with pytest.raises(EnvironmentFault) as caught:
        copy_database(path, tmp_path / "copy.db")
    assert caught.value.code in {"database.damaged", "database.backup_bad"}
    assert not (tmp_path / "copy.db").exists()


def test_that_an_upgrade_saves_a_checked_copy_first_and_mends_the_guards(
    sqlite_database: Database,
) -> None:
    path, url = path_of(sqlite_database), databases.url_of(sqlite_database)
    with sqlite_database.write() as session:
        history.record(session, "account", 1, "kept")
    sqlite_database.close()
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("DROP TRIGGER lintan_audit_row_no_delete")
        foreign.commit()
    assert refused(url) == "database.guards"
    report = maintenance.upgrade(url, clock=databases.clock())
    assert report.copy is not None
    assert report.copy.parent.name == "backups"
    assert first_fault(report.copy, thorough=True) == ""
    opened = office.open_database(url, "all", databases.PASSWORD, databases.clock())
    assert maintenance.check(opened).good
    opened.close()


def test_that_two_upgrades_do_not_run_at_once(sqlite_database: Database) -> None:
    from core.database.files import change_lock

    lock = change_lock(path_of(sqlite_database))
    with pytest.raises(EnvironmentFault) as caught:
        maintenance.upgrade(databases.url_of(sqlite_database))
    assert caught.value.code == "database.in_use"
    lock.release()


def test_that_an_upgrade_keeps_what_the_administrator_changed(sqlite_database: Database) -> None:
    url = databases.url_of(sqlite_database)
    with sqlite_database.write() as session:
        role = next(one for one in access.list_roles(session) if one.key == "clerk")
        access.save_role(session, "", "窗口", ["audit.read"], role_id=role.id, version=role.version)
    maintenance.upgrade(url, clock=databases.clock())
    with sqlite_database.read() as session:
        role = next(one for one in access.list_roles(session) if one.key == "clerk")
    assert (role.title, role.permissions) == ("窗口", frozenset({"audit.read"}))


def test_that_a_restored_copy_replaces_and_the_old_one_is_kept(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path, url = path_of(sqlite_database), databases.url_of(sqlite_database)
    copy = maintenance.backup(sqlite_database, tmp_path / "copy.db")
    with sqlite_database.write() as session:
        history.record(session, "account", 1, "later")
    sqlite_database.close()
    assert maintenance.restore(copy, url) == path
    restored = office.open_database(url, "all", databases.PASSWORD, databases.clock())
    with restored.read() as session:
        assert history.timeline(session, "account", 1) == []
    restored.close()
    kept = path.with_name(f"{path.stem}.before-restore-1.db")
    with closing(sqlite3.connect(kept)) as old:
        assert old.execute("SELECT event FROM history_event").fetchall() == [("later",)]


def test_that_a_damaged_copy_is_not_restored(sqlite_database: Database, tmp_path: Path) -> None:
    url = databases.url_of(sqlite_database)
    copy = maintenance.backup(sqlite_database, tmp_path / "copy.db")
    raw = bytearray(copy.read_bytes())
    raw[8192:49152] = b"\xff" * 40960
    copy.write_bytes(bytes(raw))
    before = path_of(sqlite_database).read_bytes()
    with pytest.raises(EnvironmentFault) as caught:
        maintenance.restore(copy, url)
    assert caught.value.code in {"maintenance.file_damaged", "database.damaged"}
    assert path_of(sqlite_database).read_bytes() == before


def test_that_nothing_is_restored_under_an_open_window(
    sqlite_database: Database, tmp_path: Path
) -> None:
    copy = maintenance.backup(sqlite_database, tmp_path / "copy.db")
    lock = window_lock(path_of(sqlite_database))
    with pytest.raises(EnvironmentFault) as caught:
        maintenance.restore(copy, databases.url_of(sqlite_database))
    assert caught.value.code == "database.second_copy"
    lock.release()


def _has_dump(version: int) -> bool:
    program = shutil.which("pg_dump")
    if program is None:
        return False
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return int(shown.stdout.split()[2].split(".")[0]) >= version


@pytest.mark.postgres
def test_that_a_server_is_saved_with_its_own_tool(
    postgres_database: Database, postgres_server: databases.Server, tmp_path: Path
) -> None:
    if not _has_dump(postgres_server.version):
        pytest.skip("pg_dump of this server's version is not on the path")
    with pytest.raises(EnvironmentFault) as caught:
        maintenance.backup(postgres_database, tmp_path / "a.dump")
    assert caught.value.code == "maintenance.server_copy"
    target = maintenance.dump(databases.owner_url(postgres_database), tmp_path / "a.dump")
    assert target.read_bytes().startswith(b"PGDMP")
    with pytest.raises(EnvironmentFault) as caught:
        maintenance.dump(
            make_url(databases.url_of(postgres_database)).set(username="clerk", password="x")
            .render_as_string(hide_password=False),
            tmp_path / "b.dump",
        )  # fmt: skip
    assert caught.value.code == "maintenance.pg_dump"
    assert not (tmp_path / "b.dump").exists()


def test_that_the_status_is_told_without_a_login(database: Database) -> None:
    status = maintenance.status(databases.owner_url(database))
    assert status.current
    assert status.dialect == database.dialect
    assert "owner:owner" not in status.place
