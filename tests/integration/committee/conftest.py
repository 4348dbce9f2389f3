"""A committee on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Database
from tests import committee


@pytest.fixture(name="room")
def _room(database: Database, tmp_path: Path) -> Iterator[committee.Room]:
    with committee.room(database, tmp_path) as opened:
        yield opened


@pytest.fixture(name="local_room")
def _local_room(sqlite_database: Database, tmp_path: Path) -> Iterator[committee.Room]:
    with committee.room(sqlite_database, tmp_path) as opened:
        yield opened
