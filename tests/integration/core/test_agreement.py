"""Rows changed past the log are found, whatever somebody with the rights of the owner does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core import access, attachments, audit, numbering, settings
from core.audit import Disagreement, Fault
from core.database import Database
from db.engine import create_engine_for
from tests import databases


@pytest.fixture
def office_at_work(database: Database) -> Database:
    """An account that was renamed, a removed role, a file with a number, a setting."""
    with database.write() as session:
        numbering.seed(session, [databases.SERIES])
        made = access.create_account(session, "wang", "王芳", databases.PASSWORD, ("clerk",))
        settings.put(session, "office.phone", "0550-1")
        kept = attachments.attach(session, "account", made.id, "proof", "a.txt", b"what it says")
        numbering.take(session, databases.SERIES.key, record_kind="attachment", record_id=kept.id)
    with database.write() as session:
        renamed = access.rename_account(session, made.id, made.version, "王方")
        access.set_roles(session, made.id, renamed.version, ("checker",))
    return database


def attack(database: Database, *statements: str) -> None:
    """Switch every guard off, change rows, and put the guards back: what an attacker would do."""
    engine = create_engine_for(databases.owner_url(database), foreign_keys=False)
    with engine.begin() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        guards = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        kept = [] if database.dialect == "postgresql" else connection.execute(text(guards)).all()
        for name, _sql in kept:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        for statement in statements:
            done = connection.execute(text(statement))
            assert done.rowcount == 1, statement
        for _name, sql in kept:
            connection.exec_driver_sql(sql)
    engine.dispose()


def found(database: Database) -> list[Disagreement]:
    with database.read() as session:
        assert audit.verify_chain(session).intact
        return list(audit.compare_rows(session).found)


def wang(database: Database) -> int:
    with database.read() as session:
        return int(session.scalar(text("SELECT id FROM account WHERE login = 'wang'")) or 0)


def test_that_an_untouched_office_agrees_with_its_log(office_at_work: Database) -> None:
    with office_at_work.read() as session:
        agreement = audit.compare_rows(session)
        logged = session.scalar(text("SELECT count(*) FROM account"))
    assert (agreement.good, agreement.found, agreement.partly) == (True, (), ())
    assert agreement.rows > (logged or 0)


#: What is changed past the log: the statement, and the columns that are to be named.
CHANGES = (
    ("UPDATE account SET name = '王二' WHERE login = 'wang'", ("account", "name")),
    ("UPDATE account SET active = false WHERE login = 'clerk'", ("account", "active")),
    (
        "UPDATE account SET created_at = '2020-01-01 00:00:00' WHERE login = 'checker'",
        ("account", "created_at"),
    ),
    ("UPDATE setting SET value = '1' WHERE value = '\"0550-1\"'", ("setting", "value")),
    (
        "UPDATE setting SET valid_from = '2020-01-01' WHERE key = 'office.code'",
        ("setting", "valid_from"),
    ),
    ("UPDATE number_ledger SET text = '明林试〔2026〕第0009号'", ("number_ledger", "text")),
    ("UPDATE attachment SET removed_by = 'x'", ("attachment", "removed_by")),
)


def test_that_rows_changed_past_the_log_are_named(office_at_work: Database) -> None:
    attack(office_at_work, *(statement for statement, _place in CHANGES))
    named = found(office_at_work)
    assert {one.fault for one in named} == {Fault.CHANGED}
    assert len(named) == len(CHANGES)
    assert {(one.table, *one.columns) for one in named} == {place for _statement, place in CHANGES}
    assert all(one.row.isdigit() for one in named)


def test_that_stored_bytes_are_held_against_their_hash(office_at_work: Database) -> None:
    other = b"what it never said"
    value = f"'\\x{other.hex()}'" if office_at_work.dialect == "postgresql" else f"x'{other.hex()}'"
    attack(office_at_work, f"UPDATE blob SET bytes = {value}")
    (one,) = found(office_at_work)
    assert (one.table, one.columns, one.fault) == ("blob", ("bytes",), Fault.SEAL)


def test_that_a_removed_and_an_added_row_are_named(office_at_work: Database) -> None:
    person = wang(office_at_work)
    attack(
        office_at_work,
        f"DELETE FROM account_role WHERE account_id = {person}",
        f"INSERT INTO account_role (account_id, role_id) VALUES ({person}, 8)",
    )
    named = {(one.table, one.fault): one.row for one in found(office_at_work)}
    assert named.keys() == {("account_role", Fault.MISSING), ("account_role", Fault.UNLOGGED)}
    assert named["account_role", Fault.UNLOGGED] == f"{person},8"


def test_that_a_role_given_back_by_hand_is_named(office_at_work: Database) -> None:
    """The log knows the row, and its last line removes it."""
    person = wang(office_at_work)
    attack(office_at_work, f"INSERT INTO account_role (account_id, role_id) VALUES ({person}, 1)")
    (one,) = found(office_at_work)
    assert (one.row, one.fault) == (f"{person},1", Fault.UNLOGGED)


def test_that_a_value_of_the_wrong_kind_is_named_and_read_past(sqlite_database: Database) -> None:
    """SQLite keeps anything in any column."""
    attack(sqlite_database, "UPDATE account SET created_at = 'soon' WHERE login = 'clerk'")
    (one,) = found(sqlite_database)
    assert (one.table, one.columns) == ("account", ("created_at",))


def test_that_savepoints_and_imports_do_not_disagree(database: Database) -> None:
    """What was rolled back inside an action left neither a row nor a line."""

    def add(session: Any, login: str) -> None:
        access.create_account(session, login, "某人", databases.PASSWORD)

    with database.write() as session:
        add(session, "stays")
        with session.begin_nested() as inner:
            add(session, "goes")
            inner.rollback()
    assert found(database) == []
