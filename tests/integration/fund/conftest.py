"""A fund on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.database import Database
from tests import fund as funds


@pytest.fixture(name="fund")
def _fund(database: Database) -> Iterator[funds.Fund]:
    with funds.fund(database) as opened:
        yield opened


@pytest.fixture(name="local_fund")
def _local_fund(sqlite_database: Database) -> Iterator[funds.Fund]:
    with funds.fund(sqlite_database) as opened:
        yield opened
