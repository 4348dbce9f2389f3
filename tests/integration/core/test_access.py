"""Accounts, roles and passwords, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core import access, office
from core.access.login import FREE_ATTEMPTS
from core.access.logins import clean_login
from core.database import Database
from core.errors import EnvironmentFault, InputError, NotPermitted, RuleViolation, StaleRecord
from tests import databases

NEW = "battery staple"


def account(database: Database, login: str) -> access.AccountSummary:
    with database.read() as session:
        return next(one for one in access.list_accounts(session) if one.login == login)


def test_that_a_new_account_can_enter_with_its_permissions(database: Database) -> None:
    with database.write() as session:
        access.create_account(session, " Wang.Fang ", "王  芳", NEW, ("clerk", "auditor"))
    opened = office.open_database(databases.url_of(database), "wang.fang", NEW, databases.clock())
    assert (opened.actor.login, opened.actor.name) == ("wang.fang", "王 芳")
    assert opened.actor.may("audit.read")
    assert opened.actor.may("parties.edit")
    assert not opened.actor.may("access.manage")
    opened.close()


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ("", "access.login_form"),
        ("x", "access.login_form"),
        ("王芳", "access.login_form"),
        ("1wang", "access.login_form"),
        ("wang fang", "access.login_form"),
        ('wang"; drop', "access.login_form"),
        ("pg_monitor", "access.login_reserved"),
        ("postgres", "access.login_reserved"),
        ("lintan_user", "access.login_reserved"),
        ("clerk", "access.login_taken"),
    ],
)
def test_that_a_wrong_login_is_refused(sqlite_database: Database, login: str, code: str) -> None:
    with pytest.raises(InputError) as caught, sqlite_database.write() as session:
        access.create_account(session, login, "王芳", NEW)
    assert [(field.field, field.code) for field in caught.value.fields] == [("login", code)]


@given(st.text(max_size=40))
def test_that_an_accepted_login_is_plain_ascii(typed: str) -> None:
    try:
        shown = clean_login(typed)
    except InputError:
        return
    assert shown.isascii()
    assert not set(shown) & set("'\" \\%;")


@pytest.mark.parametrize(
    ("secret", "code"),
    [
        ("short", "access.password_short"),
        ("x" * 300, "access.password_long"),
        ("aaaaaaaaaa", "access.password_same"),
        ("Wang.Fang", "access.password_login"),
    ],
)
def test_that_a_weak_password_is_refused(sqlite_database: Database, secret: str, code: str) -> None:
    with pytest.raises(InputError) as caught, sqlite_database.write() as session:
        access.create_account(session, "wang.fang", "王芳", secret)
    assert caught.value.fields[0].code == code


def test_that_a_wrong_password_and_an_unknown_login_look_the_same(database: Database) -> None:
    url = databases.url_of(database)
    for login in ("clerk", "nobody"):
        with pytest.raises(NotPermitted) as caught:
            office.open_database(url, login, "wrong password", databases.clock())
        assert caught.value.code == "access.wrong_password"


def test_that_guessing_slows_down_and_the_right_password_ends_it(sqlite_database: Database) -> None:
    url, clock = databases.url_of(sqlite_database), databases.clock()
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(NotPermitted):
            office.open_database(url, "clerk", "wrong password", clock)
    with pytest.raises(EnvironmentFault) as caught:
        office.open_database(url, "clerk", databases.PASSWORD, clock)
    assert caught.value.code == "access.waiting"
    assert caught.value.params == {"until": "09:00:30"}
    clock.instant += timedelta(seconds=31)
    office.open_database(url, "clerk", databases.PASSWORD, clock).close()
    assert account(sqlite_database, "clerk").locked_until is None
    with pytest.raises(NotPermitted):
        office.open_database(url, "clerk", "wrong password", clock)


def test_that_the_wait_doubles(sqlite_database: Database) -> None:
    url, clock = databases.url_of(sqlite_database), databases.clock()
    waits = []
    for _ in range(FREE_ATTEMPTS + 2):
        with pytest.raises(NotPermitted):
            office.open_database(url, "clerk", "wrong password", clock)
        until = account(sqlite_database, "clerk").locked_until
        if until is not None:
            waits.append((until - clock.instant).total_seconds())
            clock.instant = until
    assert waits == [30, 60, 120]


def test_that_the_administrator_ends_the_wait(sqlite_database: Database) -> None:
    url, clock = databases.url_of(sqlite_database), databases.clock()
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(NotPermitted):
            office.open_database(url, "clerk", "wrong password", clock)
    with sqlite_database.write() as session:
        access.reset_password(session, account(sqlite_database, "clerk").id, NEW)
    office.open_database(url, "clerk", NEW, clock).close()


def test_that_everybody_changes_their_own_password(database: Database) -> None:
    url = databases.url_of(database)
    with database.write() as session:
        access.create_account(session, "wang", "王芳", databases.PASSWORD, ("clerk",))
    mine = office.open_database(url, "wang", databases.PASSWORD, databases.clock())
    with mine.write() as session:
        access.change_password(session, databases.PASSWORD, NEW)
    mine.close()
    office.open_database(url, "wang", NEW, databases.clock()).close()
    with pytest.raises(NotPermitted):
        office.open_database(url, "wang", databases.PASSWORD, databases.clock())


def test_that_the_old_password_is_asked_for(sqlite_database: Database) -> None:
    with pytest.raises(InputError) as caught, sqlite_database.write() as session:
        access.change_password(session, "something else", NEW)
    assert caught.value.fields[0].code == "access.old_password"


def test_that_a_closed_account_does_not_enter_until_it_is_opened_again(database: Database) -> None:
    url = databases.url_of(database)
    with database.write() as session:
        made = access.create_account(session, "wang", "王芳", NEW, ("clerk",))
        closed = access.close_account(session, made.id, made.version)
    with pytest.raises(NotPermitted) as caught:
        office.open_database(url, "wang", NEW, databases.clock())
    assert caught.value.code in {"access.closed", "access.wrong_password"}
    with database.write() as session:
        access.reopen_account(session, closed.id, closed.version)
    office.open_database(url, "wang", NEW, databases.clock()).close()


def test_that_somebody_can_always_manage_accounts(database: Database) -> None:
    everybody, administrator = account(database, "all"), account(database, "admin")
    with database.write() as session:
        access.set_roles(session, administrator.id, administrator.version, ("clerk",))
    with pytest.raises(RuleViolation) as caught, database.write() as session:
        access.close_account(session, everybody.id, everybody.version)
    assert caught.value.code == "access.last_administrator"
    with pytest.raises(RuleViolation), database.write() as session:
        role = next(one for one in access.list_roles(session) if one.key == "admin")
        access.save_role(
            session, "", role.title, ["audit.read"], role_id=role.id, version=role.version
        )


def test_that_roles_are_sets_of_permissions(database: Database) -> None:
    with database.write() as session:
        made = access.save_role(session, "archivist", "档案", ["audit.read"])
    with database.write() as session:
        role = next(one for one in access.list_roles(session) if one.id == made)
        assert (role.permissions, role.builtin) == (frozenset({"audit.read"}), False)
        access.save_role(
            session, "", "档案员", ["parties.edit"], role_id=made, version=role.version
        )
    with database.read() as session:
        changed = next(one for one in access.list_roles(session) if one.id == made)
    assert (changed.title, changed.permissions) == ("档案员", frozenset({"parties.edit"}))
    with pytest.raises(StaleRecord), database.write() as session:
        access.save_role(session, "", "x", [], role_id=made, version=role.version)
    with pytest.raises(InputError), database.write() as session:
        access.save_role(session, "other", "x", ["no.such"])


def test_that_changed_roles_make_an_open_form_stale(database: Database) -> None:
    clerk = account(database, "clerk")
    with database.write() as session:
        access.set_roles(session, clerk.id, clerk.version, ("clerk", "checker"))
    with pytest.raises(StaleRecord), database.write() as session:
        access.set_roles(session, clerk.id, clerk.version, ("clerk",))
    assert account(database, "clerk").roles == ("clerk", "checker")


# ------------------------------------------------------------------------- the server's side
ATTACKS = [
    "INSERT INTO account_role (account_id, role_id) SELECT 2, id FROM role WHERE key = 'admin'",
    "INSERT INTO role_permission VALUES (1, 'access.manage')",
    "UPDATE account SET active = true",
    "UPDATE account SET name = 'x'",
    "DELETE FROM account_role",
    "SELECT lintan_create_login('mallory', 'SCRAM-SHA-256$4096:x')",
    "SELECT lintan_set_password('admin', 'SCRAM-SHA-256$4096:x')",
    "SELECT lintan_set_password('owner', 'SCRAM-SHA-256$4096:x')",
    "SELECT lintan_set_login('admin', false)",
    """INSERT INTO number_ledger
    (series_id, key, year, sequence, text, state, record_kind, reason, taken_at)
    VALUES (1, 'x', 2026, 1, 'x', 'used', 'x', '', now())""",
    "UPDATE number_series SET next = 100",
    "UPDATE audit_row SET login = 'x'",
    "DELETE FROM audit_row",
    "TRUNCATE audit_row",
    "TRUNCATE account CASCADE",
    "UPDATE setting SET value = '\"x\"'",
    "INSERT INTO calendar_day VALUES ('2026-01-01', true, '')",
    "DELETE FROM history_event",
    "UPDATE blob SET size = 1",
    "ALTER TABLE audit_row DISABLE TRIGGER ALL",
    "DROP TABLE audit_row",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (x int)",
    "CREATE TEMP TABLE mine (x int)",
    "SET ROLE owner",
    "SET SESSION AUTHORIZATION admin",
    "CREATE ROLE mallory SUPERUSER",
    "GRANT lintan_user TO clerk WITH ADMIN OPTION",
    "ALTER ROLE clerk SUPERUSER",
    "COPY account TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "CREATE OR REPLACE FUNCTION lintan_may(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "UPDATE alembic_version SET version_num = 'x'",
]


def _succeeds(database: Database, statement: str) -> bool:
    try:
        with database.write() as session:
            session.execute(text(statement))
    except (NotPermitted, RuleViolation):
        return False
    return True


@pytest.mark.postgres
def test_that_the_server_stops_a_clerk_who_writes_sql(postgres_database: Database) -> None:
    """A clerk with their own password and psql; the program is not there to ask."""
    with databases.open_as(postgres_database, "clerk") as clerk:
        assert _succeeds(clerk, "SELECT 1")
        assert [attack for attack in ATTACKS if _succeeds(clerk, attack)] == []


@pytest.mark.postgres
def test_that_the_identity_is_the_login_whatever_the_session_says(
    postgres_database: Database,
) -> None:
    with databases.open_as(postgres_database, "clerk") as clerk, clerk.read() as session:
        session.execute(text("SELECT set_config('app.user', 'admin', false)"))
        assert session.scalar(text("SELECT session_user")) == "clerk"
        assert session.scalar(text("SELECT lintan_may('access.manage')")) is False


@pytest.mark.postgres
def test_that_no_password_reaches_the_server_in_clear(postgres_database: Database) -> None:
    with postgres_database.write() as session:
        access.create_account(session, "wang", "王芳", NEW, ("clerk",))
        assert session.scalar(text("SELECT count(*) FROM account WHERE password_hash <> ''")) == 0
        session.execute(text("SELECT 1"))
    from sqlalchemy import create_engine

    engine = create_engine(databases.owner_url(postgres_database))
    with engine.connect() as connection:
        stored = connection.scalar(text("SELECT rolpassword FROM pg_authid WHERE rolname = 'wang'"))
    engine.dispose()
    assert stored.startswith("SCRAM-SHA-256$")
    assert NEW not in stored


@pytest.mark.postgres
def test_that_a_login_of_the_server_is_not_taken_over(postgres_database: Database) -> None:
    with pytest.raises(InputError) as caught, postgres_database.write() as session:
        access.create_account(session, "owner", "王芳", NEW)
    assert caught.value.fields[0].code == "access.login_on_server"
