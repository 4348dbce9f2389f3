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
    ("UPDATE account SET id = 900 WHERE login = 'clerk'", "frozen"),
    ("UPDATE number_ledger SET id = 900", "frozen"),
    ("UPDATE number_ledger SET state = 'void'", "frozen"),
    ("UPDATE number_series SET next = 1", "frozen"),
    ("UPDATE number_series SET next = 900", "frozen"),
    ("UPDATE number_series SET year = 1999", "frozen"),
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


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]


def _copy(connection: sqlite3.Connection, table: str, changed: dict[str, str]) -> str:
    """`INSERT OR REPLACE` of a copy of the first row of a table, with some values changed."""
    names = _columns(connection, table)
    values = ", ".join(changed.get(name, f'"{name}"') for name in names)
    named = ", ".join(f'"{name}"' for name in names)
    return (
        f'INSERT OR REPLACE INTO "{table}" ({named})'
        f' SELECT {values} FROM "{table}" ORDER BY id LIMIT 1'
    )


def test_that_nothing_removes_a_guarded_row_by_replacing_it(filled: Database) -> None:
    """Over the key or any other unique key, by a program that sets no recursive_triggers."""
    if filled.dialect != "sqlite":
        pytest.skip("PostgreSQL has no REPLACE; that its keys are frozen is among CHANGES")
    with filled.write() as session:
        numbering.take(session, databases.SERIES.key, record_kind="account", record_id=1)
    path = Path(databases.url_of(filled).removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as foreign:
        assert foreign.execute("PRAGMA recursive_triggers").fetchone() == (0,)
        free = {"id": "(SELECT max(id) + 1 FROM number_ledger)", "record_id": "NULL"}
        attacks = [
            "UPDATE OR REPLACE number_ledger SET id = 1 WHERE id = 2",
            "UPDATE OR REPLACE number_ledger SET rowid = 1 WHERE id = 2",
            "UPDATE OR REPLACE account SET id = 1 WHERE id = 2",
            "UPDATE OR REPLACE account SET login = 'clerk' WHERE login <> 'clerk'",
            _copy(foreign, "account", {"id": "900"}),
            _copy(foreign, "account", {"login": "'new'"}),
            _copy(foreign, "number_ledger", free),
            _copy(foreign, "number_series", {"id": "900"}),
        ]
        for attack in attacks:
            with pytest.raises(sqlite3.IntegrityError, match=r"lintan\.frozen"):
                foreign.execute(attack)
        # A row that is not bound yet may change, but not onto the place of another one.
        free["sequence"] = "900"
        foreign.execute(_copy(foreign, "number_ledger", free))
        with pytest.raises(sqlite3.IntegrityError, match=r"lintan\.frozen"):
            foreign.execute("UPDATE OR REPLACE number_ledger SET sequence = 1 WHERE sequence = 900")


def test_that_a_settled_number_stays_settled(filled: Database) -> None:
    with filled.write() as session:
        line = numbering.ledger(session, databases.SERIES.key, databases.clock().now().year)[0]
        numbering.settle(session, line.id, numbering.NumberState.VOID, "misprinted")
    engine = create_engine_for(databases.owner_url(filled))
    for change in ("state = 'used'", "state = 'lost'", "reason = 'other'", "reason = ''"):
        refused = pytest.raises(DBAPIError, match=r"lintan\.frozen number_ledger")
        with refused, engine.begin() as connection:
            connection.execute(text(f"UPDATE number_ledger SET {change} WHERE id = {line.id}"))
    engine.dispose()


CERTIFICATE_ONCE = [
    "document_id = 902",
    "document_id = NULL",
    "made_on = '2020-01-01'",
    "issued_on = NULL",
    "collected_by = 'somebody else'",
    "collected_by = ''",
    "archive_place = 'nowhere'",
    "status = 'cancelled'",
    "sheet_serial = 'B1'",
    "sheet_serial = ''",
    "tonnes = 1",
    "id = 902",
]


def test_that_what_was_set_on_a_certificate_stays(database: Database) -> None:
    """Another sheet only with the print on it, another status only with an entry."""
    engine = create_engine_for(databases.owner_url(database))
    # No look at foreign keys: the certificate stands alone.
    if database.dialect == "sqlite":
        path = databases.url_of(database).removeprefix("sqlite:///")
        with closing(sqlite3.connect(path)) as foreign:
            foreign.execute(CERTIFICATE)
            foreign.commit()
    else:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(CERTIFICATE))
    for change in CERTIFICATE_ONCE:
        refused = pytest.raises(DBAPIError, match=r"lintan\.frozen certificate")
        with refused, engine.begin() as connection:
            connection.execute(text(f"UPDATE certificate SET {change} WHERE id = 901"))
    engine.dispose()
    with databases.open_as(database, "clerk") as clerk:
        for change in CERTIFICATE_ONCE:
            with pytest.raises(RuleViolation) as caught, clerk.write() as session:
                session.execute(text(f"UPDATE certificate SET {change} WHERE id = 901"))
            assert caught.value.code == "database.frozen"


CERTIFICATE = """INSERT INTO certificate (id, number_id, number, application_id, status,
    holders_text, holders_sort, project_name, township, area, tonnes, range_start, range_end,
    period_from, period_to, entered_on, document_id, sheet_serial, made_on, issued_on,
    collected_by, archive_place)
    VALUES (901, 901, '1', 901, 'valid', 'x', 'x', 'x', 'x', 1, 100, 1, 100, '2020-01-01',
    '2020-12-31', '2026-01-01', 901, 'A1', '2026-01-02', '2026-01-03', 'x', 'x')"""


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
        facts_sha256, state, form, copy_number, sample, purpose, created_at, signer, awaits,
        void_reason)
        VALUES (901, 'x', 901, 'x', '1', 'account', 1, '{}', 'x', 'to_sign', 'original', 0, false,
        '', '2026-01-01', '', 'bureau', '')""",
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
    assert refused("UPDATE document SET state = 'prepared' WHERE id = 901")
    assert refused("UPDATE document SET id = 902 WHERE id = 901")
    assert not refused(
        "UPDATE document SET state = 'void', void_reason = 'x', voided_at = '2026-01-01'"
    )
    assert refused("UPDATE document SET state = 'issued' WHERE id = 901")
    assert refused("UPDATE document SET void_reason = 'y' WHERE id = 901")
    engine.dispose()
