"""The desk: an office at work on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Database
from tests.cases import Desk, desk


@pytest.fixture(name="desk")
def _desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    with desk(database, tmp_path) as opened:
        yield opened
