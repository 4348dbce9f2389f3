"""A watch for tests, and what it heard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

from core import colleagues
from core.database import ChangeSet, Database

#: Seconds after which a wait is given up: only a hung test meets it.
PATIENCE = 180


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
    """A watch that hears already."""
    ear = Ear()
    watch = colleagues.Watch(database, ear)
    watch.start()
    try:
        assert ear.next() == frozenset()
        yield ear
    finally:
        watch.stop()
