"""Killing the program at any moment leaves no gap, no repeat and no half record.

Child processes register numbered records and are killed with SIGKILL after a random number of
them and a random moment more. Six kills by default, a hundred more with `--long`.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from core import audit, maintenance, numbering
from core.attachments.model import Attachment, Blob
from core.database import Database
from core.history.model import HistoryEvent
from core.search.model import SearchEntry
from tests import databases

KEY = databases.SERIES.key
ROOT = Path(__file__).parents[2]
#: The longest a child goes on after its last counted record, in seconds: a few transactions.
LONGEST = 0.05


def kill_one(url: str, login: str, start: int, chance: random.Random) -> int:
    """Let a child register some records, kill it anywhere in the next ones.

    Returns:
        how many it had told of.
    """
    with start_child(url, login, start) as child:
        assert child.stdout is not None
        told = chance.randrange(0, 6)
        for _ in range(told):
            assert child.stdout.readline()
        moment = time.perf_counter() + chance.random() * LONGEST
        while time.perf_counter() < moment:  # any instant, not only those between two lines
            pass
        child.kill()
        return told + child.stdout.read().count("\n")


@contextmanager
def start_child(url: str, login: str, start: int) -> Iterator[subprocess.Popen[str]]:
    """A program that registers records, once it has begun to."""
    command = [sys.executable, "-m", "tests.integration.crash_child", url, login, str(start)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            first = child.stdout.readline()
            assert first == "ready\n", child.stderr.read()
            yield child
        finally:
            child.kill()


def check(database: Database, told: int, kills: int) -> None:
    """Everything a child told of is there, at most one more per kill, and all of it is whole."""
    with database.read() as session:
        sequences = [line.sequence for line in numbering.ledger(session, KEY, year_of(session))]
        assert sequences == list(range(1, len(sequences) + 1))
        assert told <= len(sequences) <= told + kills
        assert numbering.missing(session) == []
        assert numbering.unnamed(session) == []
        for model in (Attachment, HistoryEvent, SearchEntry, Blob):
            assert session.scalar(select(func.count()).select_from(model)) == len(sequences)
        assert audit.verify_chain(session).intact
    report = maintenance.check(database)
    assert report.good


def year_of(session: object) -> int:
    """The year in which the children took their numbers."""
    return int(session.scalar(text("SELECT max(year) FROM number_ledger")) or 2026)  # type: ignore[attr-defined]


#: Kills of the sample, then of each further round with `--long`: a hundred and more in all.
ROUNDS = [pytest.param(0, 6)] + [pytest.param(n, 10, marks=pytest.mark.long) for n in range(1, 11)]


@pytest.mark.parametrize(("turn", "kills"), ROUNDS)
def test_that_a_killed_program_leaves_no_gap_and_no_half_record(
    database: Database, turn: int, kills: int
) -> None:
    with database.write() as session:
        numbering.seed(session, [databases.SERIES])
    chance = random.Random(20261125 + turn)
    url = databases.url_of(database)
    told = sum(kill_one(url, "all", number * 1000, chance) for number in range(kills))
    check(database, told, kills)


def test_that_two_programs_and_a_kill_leave_no_gap(sqlite_database: Database) -> None:
    """One is killed while the other goes on: its half-done action is rolled back by the next."""
    with sqlite_database.write() as session:
        numbering.seed(session, [databases.SERIES])
    url = databases.url_of(sqlite_database)
    chance = random.Random(7)
    with start_child(url, "clerk", 500_000) as other:
        assert other.stdout is not None
        told = sum(kill_one(url, "all", number * 1000, chance) for number in range(2))
        other.kill()
        told += other.stdout.read().count("\n")
    check(sqlite_database, told, 3)
