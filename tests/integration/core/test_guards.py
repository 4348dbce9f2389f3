"""Issued and logged rows cannot be changed by any statement, on both databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import attachments, history, numbering, office
from core.database import Database
from core.errors import EnvironmentFault, RuleViolation
from db.engine import create_engine_for
from db.triggers import install, keeps_rows, sqlite_triggers, wrong
from tests import databases


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as session:
        history.record(session, "account", 1, "looked_at")
        attachments.attach(session, "account", 1, "photo", "p.png", b"picture")
        numbering.seed(session, [databases.SERIES])
        numbering.take(session, databases.SERIES.key, record_kind="account", record_id=1)
    return database


CHANGES = [
    ("UPDATE audit_row SET login = 'nobody'", "append_only"),
    ("DELETE FROM audit_row", "append_only"),
    ("UPDATE history_event SET reason = 'x'", "append_only"),
    ("DELETE FROM history_event", "append_only"),
    ("UPDATE blob SET size = 0", "append_only"),
    ("DELETE FROM attachment", "frozen"),
    ("UPDATE attachment SET filename = 'q.png'", "frozen"),
    ("UPDATE number_ledger SET sequence = 9", "frozen"),
    ("UPDATE number_ledger SET record_id = 2", "frozen"),
    ("UPDATE number_ledger SET text = 'x'", "frozen"),
    ("DELETE FROM number_ledger", "frozen"),
    ("DELETE FROM number_series", "frozen"),
    ("UPDATE account SET login = 'somebody' WHERE login = 'clerk'", "frozen"),
    ("DELETE FROM account WHERE login = 'clerk'", "frozen"),
]


def test_that_a_guarded_row_stays(filled: Database) -> None:
    """As the owner of the database on PostgreSQL: grants would stop a clerk even earlier."""
    engine = create_engine_for(databases.owner_url(filled))
    for statement, code in CHANGES:
        refused = pytest.raises(DBAPIError, match=rf"lintan\.{code}")
        with refused, engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_that_a_replaced_row_is_refused_even_by_a_foreign_program(
    sqlite_database: Database,
) -> None:
    with sqlite_database.write() as session:
        history.record(session, "account", 1, "looked_at")
    path = Path(databases.url_of(sqlite_database).removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as foreign:
        columns = "id, at, account_id, actor_name, record_kind, record_id, event, reason"
        with pytest.raises(sqlite3.IntegrityError, match="lintan.append_only"):
            foreign.execute(
                f"INSERT OR REPLACE INTO history_event ({columns})"
                " VALUES (1, '2026-01-01', 1, 'x', 'account', 1, 'forged', '')"
            )


def test_that_a_refusal_is_told_as_a_rule(filled: Database) -> None:
    with pytest.raises(RuleViolation) as caught, filled.write() as session:
        session.execute(text("UPDATE number_ledger SET text = 'x'"))
    assert caught.value.code == "database.frozen"
    assert caught.value.params == {"table": "number_ledger"}


def test_that_a_database_without_its_guards_is_not_opened(sqlite_database: Database) -> None:
    url = databases.url_of(sqlite_database)
    path = Path(url.removeprefix("sqlite:///"))
    sqlite_database.close()
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("DROP TRIGGER lintan_history_event_no_update")
        foreign.commit()
    with pytest.raises(EnvironmentFault) as caught:
        office.open_database(url, databases.ALL, databases.PASSWORD, databases.clock())
    assert caught.value.code == "database.guards"
    assert caught.value.params["first"] == "lintan_history_event_no_update"


def test_that_a_changed_guard_is_noticed_and_made_anew(database: Database) -> None:
    engine = create_engine_for(databases.owner_url(database))
    table = '"account"' if database.dialect == "postgresql" else ""
    with engine.begin() as connection:
        if database.dialect == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER lintan_guard"))
        else:
            connection.execute(text("DROP TRIGGER lintan_account_no_delete"))
        assert len(wrong(connection, office.metadata())) == 1
        install(connection, office.metadata())
        assert wrong(connection, office.metadata()) == []
    engine.dispose()


def test_that_every_append_only_table_has_its_triggers() -> None:
    tables = office.metadata().sorted_tables
    named = {trigger.table for trigger in sqlite_triggers(office.metadata())}
    assert {t.name for t in tables if t.info.get("append_only") or keeps_rows(t)} <= named
    assert "audit_row" in named


def test_that_a_paper_is_fixed_from_the_start_and_stays_frozen_once_issued(
    database: Database,
) -> None:
    """Its facts never change; its bytes may be set once; it never becomes unsigned again."""
    rows = (
        """INSERT INTO paper_template (id, kind, revision, sha256, source, by_office, saved_at)
        VALUES (901, 'x', 1, 'x', 'x', false, '2026-01-01')""",
        """INSERT INTO document (id, kind, template_id, title, number, record_kind, record_id, facts,
        facts_sha256, state, form, copy_number, sample, purpose, created_at, signer, void_reason)
        VALUES (901, 'x', 901, 'x', '1', 'account', 1, '{}', 'x', 'to_sign', 'original', 0, false,
        '', '2026-01-01', '', '')""",
    )
    engine = create_engine_for(databases.owner_url(database))
    with engine.begin() as connection:
        for statement in rows:
            connection.execute(text(statement))

    def refused(statement: str) -> bool:
        try:
            with engine.begin() as connection:
                connection.execute(text(statement))
        except DBAPIError as problem:
            return "lintan.frozen document" in str(problem.orig)
        return False

    assert refused("UPDATE document SET facts = '[]' WHERE id = 901")
    assert not refused("UPDATE document SET signer = 'a' WHERE id = 901")
    assert not refused("UPDATE document SET state = 'issued' WHERE id = 901")
    assert refused("UPDATE document SET signer = 'b' WHERE id = 901")
    assert refused("UPDATE document SET state = 'to_sign' WHERE id = 901")
    assert refused("DELETE FROM document WHERE id = 901")
    assert not refused("UPDATE document SET state = 'void' WHERE id = 901")
    engine.dispose()
