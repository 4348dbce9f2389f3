"""Opening, reading and writing, on both databases."""

from __future__ import annotations

from core import access
from core.database import Database
from tests import databases


def test_that_a_commit_is_seen_and_announced(database: Database) -> None:
    told: list[object] = []
    unsubscribe = database.on_commit(told.append)
    with database.write() as session:
        made = access.create_account(session, "wang", "王芳", databases.PASSWORD, ("clerk",))
    unsubscribe()
    with database.read() as session:
        assert [a.name for a in access.list_accounts(session) if a.id == made.id] == ["王芳"]
    assert told == [frozenset({("account", made.id)})]
