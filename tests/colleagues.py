"""A watch for tests, and what it heard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue

import pytest

from core import colleagues
from core.database import ChangeSet, Database

#: Seconds after which a wait is given up: only a hung test meets it.
PATIENCE = 60


class Ear:
    """What a watch told, in order; waits on the telling, never on time."""

    def __init__(self) -> None:
        self.heard: Queue[ChangeSet] = Queue()

    def __call__(self, heard: colleagues.Heard) -> None:
        self.heard.put(heard.changes)

    def next(self) -> ChangeSet:
        return self.heard.get(timeout=PATIENCE)

    def until(self, kind: str) -> ChangeSet:
        """Everything heard up to the first change of a kind."""
        found: set[tuple[str, int | None]] = set()
        while (kind, None) not in found:
            found |= self.next()
        return frozenset(found)


@contextmanager
def watched(database: Database) -> Iterator[Ear]:
    """A watch that hears already: a first ring was answered."""
    ear = Ear()
    watch = colleagues.Watch(database, ear)
    watch.start()
    try:
        _wake(database, ear)
        yield ear
    finally:
        watch.stop()


def _wake(database: Database, ear: Ear) -> None:
    """Ring until the watch answers; until then it may not have begun to listen."""
    for number in range(PATIENCE):
        with database.write() as session:
            colleagues.take(session, "account", 1, f"knock-{number}")
        try:
            ear.heard.get(timeout=2)
        except Empty:
            continue
        return
    pytest.fail("the watch does not hear")
