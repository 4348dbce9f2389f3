"""Opening, reading and writing, on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from core import access, audit, history
from core.access.model import Role
from core.database import Database, load_for_edit, now, require, today
from core.errors import AppError, NotFound, NotPermitted, StaleRecord
from core.history.model import HistoryEvent
from tests import databases


def make_account(session: Session, login: str = "wang") -> access.AccountSummary:
    return access.create_account(session, login, "王芳", databases.PASSWORD, ("clerk",))


def test_that_a_commit_is_seen_and_announced_once(database: Database) -> None:
    told: list[object] = []
    unsubscribe = database.on_commit(told.append)
    with database.write() as session:
        made = make_account(session)
    unsubscribe()
    with database.write() as session:
        make_account(session, "li")
    with database.read() as session:
        assert "王芳" in [a.name for a in access.list_accounts(session) if a.id == made.id]
    assert told == [frozenset({("account", made.id)})]


def test_that_an_exception_leaves_nothing_and_tells_nobody(database: Database) -> None:
    told: list[object] = []
    database.on_commit(told.append)
    with pytest.raises(ZeroDivisionError), database.write() as session:
        make_account(session)
        raise ZeroDivisionError
    with database.read() as session:
        assert "wang" not in [account.login for account in access.list_accounts(session)]
        before = audit.head(session)
    with database.write() as session:
        make_account(session)
    assert len(told) == 1
    with database.read() as session:
        assert audit.head(session) != before
        assert audit.verify_chain(session).intact


def test_that_reading_sees_one_state_while_others_write(database: Database) -> None:
    with database.read() as reader:
        first = len(access.list_accounts(reader))
        with database.write() as session:
            make_account(session)
        assert len(access.list_accounts(reader)) == first
    with database.read() as reader:
        assert len(access.list_accounts(reader)) == first + 1


def test_that_reading_cannot_write(database: Database) -> None:
    with pytest.raises(AppError) as caught, database.read() as session:
        session.execute(text("UPDATE role SET title = 'x'"))
    assert caught.value.code == "database.read_only"


def test_that_a_stale_form_saves_nothing(database: Database) -> None:
    with database.write() as session:
        made = make_account(session)
    with database.write() as session:
        access.rename_account(session, made.id, made.version, "王方")
    with pytest.raises(StaleRecord) as caught, database.write() as session:
        access.rename_account(session, made.id, made.version, "王坊")
    assert caught.value.code == "record.stale"
    with database.read() as session:
        names = {account.login: account.name for account in access.list_accounts(session)}
    assert names["wang"] == "王方"


def test_that_a_missing_record_is_said_to_be_missing(database: Database) -> None:
    with pytest.raises(NotFound), database.write() as session:
        load_for_edit(session, Role, 4711, 1)


def test_that_a_permission_is_asked_below_the_screen(database: Database) -> None:
    with databases.open_as(database, "clerk") as clerk:
        with pytest.raises(NotPermitted) as caught, clerk.write() as session:
            make_account(session)
        assert caught.value.params == {"permission": "access.manage"}
        assert not clerk.actor.may("access.manage")
    with database.write() as session:
        require(session, "access.manage")


def test_that_a_role_taken_away_holds_from_the_next_action_on(database: Database) -> None:
    with databases.open_as(database, "admin") as administrator:
        with database.write() as session:
            mine = next(a for a in access.list_accounts(session) if a.login == "admin")
            access.set_roles(session, mine.id, mine.version, ("auditor",))
        with pytest.raises(NotPermitted), administrator.write() as session:
            make_account(session)


def test_that_a_closed_account_can_do_nothing_more(sqlite_database: Database) -> None:
    with databases.open_as(sqlite_database, "clerk") as clerk:
        with sqlite_database.write() as session:
            theirs = next(a for a in access.list_accounts(session) if a.login == "clerk")
            access.close_account(session, theirs.id, theirs.version)
        with pytest.raises(NotPermitted) as caught, clerk.write() as session:
            history.record(session, "account", 1, "x")
    assert caught.value.code == "access.closed"


def test_that_statements_on_many_rows_concern_the_whole_kind(database: Database) -> None:
    told: list[object] = []
    database.on_commit(told.append)
    with database.write() as session:
        session.execute(
            insert(Role), [{"key": "a1", "title": "甲", "builtin": False, "version": 1}]
        )
    assert told == [frozenset({("role", None)})]
    with database.read() as session:
        assert audit.lines(session, table="role")[0].action == "bulk insert"


def test_that_what_a_savepoint_took_back_is_in_no_log(database: Database) -> None:
    with database.write() as session:
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            make_account(session)
            raise ZeroDivisionError
        make_account(session, "li")
    with database.read() as session:
        logins = [line.after.get("login") for line in audit.lines(session, table="account")]
        assert "li" in logins
        assert "wang" not in logins
        assert audit.verify_chain(session).intact


def test_that_the_time_comes_from_the_clock(database: Database) -> None:
    with database.read() as session:
        assert now(session) == databases.NOW
        assert today(session).isoformat() == "2026-11-25"


def test_that_two_threads_writing_wait_for_each_other(database: Database) -> None:
    failures: list[BaseException] = []

    def work(prefix: str) -> None:
        try:
            for number in range(10):
                with database.write() as session:
                    history.record(session, "account", 1, f"{prefix}{number}")
        except AppError as problem:  # pragma: no cover - only when the test fails
            failures.append(problem)

    threads = [threading.Thread(target=work, args=(prefix,)) for prefix in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    with database.read() as session:
        assert len(session.scalars(select(HistoryEvent)).all()) == 40
        assert audit.verify_chain(session).intact


def test_that_closing_twice_is_harmless(sqlite_database: Database) -> None:
    sqlite_database.close()
    sqlite_database.close()
