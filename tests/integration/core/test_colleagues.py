"""Two people at once, in sessions and processes of their own, on both databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from subprocess import PIPE

import pytest
from sqlalchemy import create_engine, select, text, update

from core import attachments, colleagues, drafts, history
from core.audit.model import AuditRow
from core.colleagues.model import EditLease
from core.database import ChangeSet, Database
from core.parties.service import EditParty, RegisterPerson, edit_party, register_person
from core.values.identity import IdKind
from tests import databases
from tests.colleagues import PATIENCE, watched
from tests.databases import open_as


def person(database: Database, name: str) -> int:
    command = RegisterPerson(name=name, id_kind=IdKind.NONE, no_number_reason="测试")
    with database.write() as session:
        return register_person(session, command).id


def attach(database: Database) -> None:
    """A change of another kind; what is in the log before it was heard before it."""
    with database.write() as session:
        attachments.attach(session, "account", 1, "last", "last.txt", b"last")


def test_that_what_a_colleague_saves_is_heard(database: Database) -> None:
    with open_as(database, "clerk") as colleague, watched(database) as ear:
        person(colleague, "王芳")
        heard = ear.until("party")
        assert all(record_id is None for _kind, record_id in heard)


def test_that_our_own_changes_are_not_heard_again(database: Database) -> None:
    with open_as(database, "clerk") as colleague, watched(database) as ear:
        for number in range(3):
            person(database, f"张{number}")
        attach(colleague)
        assert ear.until("attachment") == {("attachment", None)}
        attach(database)
        person(colleague, "又一人")
        assert ("attachment", None) not in ear.until("party")


def test_that_drafts_and_leases_ring_but_tell_nothing(database: Database) -> None:
    with open_as(database, "clerk") as colleague, watched(database) as ear:
        with colleague.write() as session:
            drafts.keep(session, "party", {"name": "没写完"})
            colleagues.take(session, "party", 1, "other window")
        assert ear.next() == frozenset()


def test_that_an_event_of_a_record_is_news_of_the_record(database: Database) -> None:
    with open_as(database, "clerk") as colleague, watched(database) as ear:
        with colleague.write() as session:
            history.record(session, "certificate", 5, "printed")
        assert ear.until("certificate") == {("certificate", None)}


def test_that_another_process_is_heard_and_its_lease_outlives_it_only_for_a_while(
    database: Database,
) -> None:
    with watched(database) as ear:
        child = _child(database)
        try:
            assert ("party", None) in ear.until("party")
        finally:
            child.kill()
            child.communicate(timeout=PATIENCE)
    with database.read() as session:
        assert session.scalars(select(EditLease.holder)).all() == ["child"]
    _run_out(database)
    assert seen(database) == []
    taken(database, "mine", record_id=9)
    with database.read() as session:
        assert session.scalars(select(EditLease.holder)).all() == ["mine"]


def _child(database: Database) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.integration.colleague_child"]
    return subprocess.Popen([*command, databases.url_of(database), "clerk", "7"], stdin=PIPE)


def _run_out(database: Database) -> None:
    """What the clock does to every lease that is not renewed."""
    with database.write() as session:
        session.execute(update(EditLease).values(expires=datetime(2000, 1, 1, tzinfo=UTC)))


def test_that_the_bell_says_nothing(postgres_database: Database) -> None:
    """Anybody who may connect may listen: not even the kind of a record is on the wire."""
    from psycopg import connect
    from sqlalchemy import make_url

    url = make_url(databases.owner_url(postgres_database))
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with connect(dsn, autocommit=True) as listener:
        listener.execute("LISTEN lintan")
        person(postgres_database, "李青")
        with postgres_database.write() as session:
            colleagues.take(session, "party", 1, "w")
        first, second = listener.notifies(timeout=PATIENCE, stop_after=2)
        assert (first.payload, second.payload) == ("", "")


def test_that_a_server_that_threw_us_out_is_found_again_and_nothing_is_lost(
    postgres_database: Database,
) -> None:
    with open_as(postgres_database, "clerk") as colleague, watched(postgres_database) as ear:
        owner = create_engine(databases.owner_url(postgres_database))
        with owner.begin() as connection:
            ended = connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE usename = 'all' AND datname = current_database()"
                )
            ).all()
        owner.dispose()
        assert ended
        # While nobody listened.
        person(colleague, "陈七")
        assert ("party", None) in ear.until("party")


def test_that_a_watch_that_never_began_can_be_stopped(sqlite_database: Database) -> None:
    watch = colleagues.Watch(sqlite_database, lambda _heard: None)
    watch.stop()
    watch.stop()


# ------------------------------------------------------------------------------------- leases
def taken(database: Database, holder: str, record_id: int = 7) -> list[str]:
    with database.write() as session:
        found = colleagues.take(session, "party", record_id, holder)
    return [one.name for one in found]


def seen(database: Database, holder: str = "", record_id: int = 7) -> list[tuple[str, bool]]:
    with database.read() as session:
        found = colleagues.editors(session, "party", record_id, holder)
    return [(one.name, one.is_me) for one in found]


@pytest.fixture(name="colleague")
def _colleague(database: Database) -> Iterator[Database]:
    with open_as(database, "clerk") as opened:
        yield opened


def test_that_two_people_see_each_other_until_one_closes(
    database: Database, colleague: Database
) -> None:
    assert taken(database, "mine") == []
    assert taken(colleague, "theirs") == ["全能员"]
    assert taken(database, "mine") == ["经办员"]
    assert seen(database, "mine") == [("经办员", False)]
    assert seen(database, "mine", record_id=8) == []
    with colleague.write() as session:
        colleagues.release(session, "party", 7, "theirs")
        colleagues.release(session, "party", 7, "theirs")
    assert seen(database, "mine") == []
    assert seen(database, "my other window") == [("全能员", True)]


def test_that_a_lease_blocks_nobody_and_the_version_still_counts(
    database: Database, colleague: Database
) -> None:
    party_id = person(database, "周八")
    taken(database, "mine", party_id)
    with colleague.write() as session:
        edited = edit_party(session, EditParty(party_id=party_id, version=1, name="周八八"))
    assert edited.name == "周八八"


def test_that_leases_leave_no_line_in_the_log(database: Database) -> None:
    def lines() -> int:
        with database.read() as session:
            return len(session.scalars(select(AuditRow.seq)).all())

    told: list[ChangeSet] = []
    end: Callable[[], None] = database.on_commit(told.append)
    before = lines()
    taken(database, "mine")
    with database.write() as session:
        colleagues.release(session, "party", 7, "mine")
    end()
    assert (lines(), told) == (before, [])
