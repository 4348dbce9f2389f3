"""The measurement itself: both ways find the same on both databases."""

from __future__ import annotations

import pytest

from core.database import Database
from core.parcels.bench import overlap
from core.values.comparison import percentile
from tests import databases


def test_that_the_index_finds_what_the_full_scan_finds(long_run: bool) -> None:
    rows = 100_000 if long_run else 2_000
    result = overlap(rows)
    assert result.unit == "ms"
    assert result.ratio > 3
    assert f"sqlite, {rows} parcels" in result.details
    if long_run:
        assert result.ours < 5


@pytest.mark.postgres
def test_that_the_server_finds_the_same_and_keeps_nothing(
    postgres_server: databases.Server, postgres_database: Database
) -> None:
    result = overlap(1_000, postgres_server.url("postgres"))
    assert result.details.startswith("postgresql, 1000 parcels")


def test_that_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3, 1, 2], 50) == 2
    assert percentile([3, 1, 2], 95) == 3
    assert percentile([7], 1) == 7
