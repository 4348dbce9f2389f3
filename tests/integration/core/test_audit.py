"""The audit log: complete, chained, without personal numbers."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core import access, audit, settings
from core.database import Database
from core.errors import NotPermitted
from db.engine import create_engine_for
from tests import databases


@pytest.fixture
def logged(database: Database) -> Database:
    with database.write() as session:
        made = access.create_account(session, "wang", "王芳", databases.PASSWORD, ("clerk",))
    with database.write() as session:
        access.rename_account(session, made.id, made.version, "王方")
    with database.write() as session:
        settings.put(session, "office.phone", "0550-1")
    return database


def forge(database: Database, *statements: str) -> None:
    """What somebody with the rights of the owner could do: switch the guard off and change rows."""
    engine = create_engine_for(databases.owner_url(database))
    with engine.begin() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("ALTER TABLE audit_row DISABLE TRIGGER lintan_guard"))
        else:
            for name in ("no_update", "no_delete"):
                connection.execute(text(f"DROP TRIGGER lintan_audit_row_{name}"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_that_a_change_is_logged_with_before_and_after(logged: Database) -> None:
    with logged.read() as session:
        renamed = next(
            line for line in audit.lines(session, table="account") if line.action == "update"
        )
    assert renamed.login == "all"
    assert renamed.before["name"] == "王芳"
    assert renamed.after["name"] == "王方"
    assert set(renamed.after) == {"name"}


def test_that_secrets_are_not_in_the_log(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        access.create_account(session, "wang", "王芳", databases.PASSWORD)
    with sqlite_database.read() as session:
        line = audit.lines(session, table="account")[0]
        assert line.after["password_hash"] == "***"
        texts = session.execute(
            text("SELECT coalesce(before, '') || coalesce(after, '') FROM audit_row")
        )
        assert not any("$argon2" in row[0] for row in texts)


def test_that_the_first_account_and_the_first_settings_are_logged(database: Database) -> None:
    with database.read() as session:
        assert {line.login for line in audit.lines(session, table="setting")} == {"lintan"}
        assert audit.lines(session, table="account")[-1].after["login"] == "admin"
        assert audit.verify_chain(session).intact


def test_that_an_untouched_chain_is_intact(logged: Database) -> None:
    with logged.read() as session:
        verdict = audit.verify_chain(session)
        assert (verdict.intact, verdict.first_bad) == (True, None)
        assert verdict.lines == audit.head(session)[0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_row SET login = 'nobody' WHERE seq = {n}",
        "UPDATE audit_row SET after = '{{}}' WHERE seq = {n}",
        "UPDATE audit_row SET row_id = '99' WHERE seq = {n}",
        "DELETE FROM audit_row WHERE seq = {n}",
    ],
)
def test_that_a_changed_or_missing_line_is_found(logged: Database, statement: str) -> None:
    with logged.read() as session:
        last, _hash = audit.head(session)
    forge(logged, statement.format(n=last - 2))
    with logged.read() as session:
        verdict = audit.verify_chain(session)
    assert not verdict.intact
    assert verdict.first_bad in {last - 2, last - 1}


def test_that_a_cut_tail_shows_against_the_printed_head(logged: Database) -> None:
    with logged.read() as session:
        last, printed = audit.head(session)
    forge(logged, f"DELETE FROM audit_row WHERE seq = {last}")
    with logged.read() as session:
        assert audit.verify_chain(session).intact
        assert not audit.verify_chain(session, expected_head=printed).intact


def test_that_only_who_may_reads_the_log(database: Database) -> None:
    with (
        databases.open_as(database, "clerk") as clerk,
        pytest.raises(NotPermitted),
        clerk.read() as session,
    ):
        audit.lines(session)
    with databases.open_as(database, "auditor") as auditor, auditor.read() as session:
        assert audit.lines(session, limit=1)
