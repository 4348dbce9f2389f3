"""A course on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.database import Database
from tests import training


@pytest.fixture(name="school")
def _school(database: Database) -> Iterator[training.School]:
    with training.school(database) as opened:
        yield opened


@pytest.fixture(name="local_school")
def _local_school(sqlite_database: Database) -> Iterator[training.School]:
    with training.school(sqlite_database) as opened:
        yield opened
