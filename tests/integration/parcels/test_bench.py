"""The measurement itself: both ways find the same on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from core.database import Database
from core.parcels.bench import overlap
from core.values.comparison import percentile
from tests import databases


def test_that_the_index_finds_what_the_full_scan_finds(long_run: bool) -> None:
    rows = 100_000 if long_run else 2_000
    result = overlap(rows)
    assert result.unit == "ms"
    assert result.ratio > (100 if long_run else 3)
    assert f"sqlite, {rows} parcels" in result.details


@pytest.mark.postgres
def test_that_the_server_finds_the_same_and_keeps_nothing(
    postgres_server: databases.Server, postgres_database: Database, long_run: bool
) -> None:
    rows = 100_000 if long_run else 1_000
    server = postgres_server.url("postgres")
    result = overlap(rows, server)
    assert result.details.startswith(f"postgresql, {rows} parcels")
    if long_run:
        assert result.ratio > 100
    engine = create_engine(server)
    with engine.connect() as connection:
        left = text("SELECT count(*) FROM pg_namespace WHERE nspname = 'lintan_bench'")
        assert connection.scalar(left) == 0
    engine.dispose()


def test_that_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3, 1, 2], 50) == 2
    assert percentile([3, 1, 2], 95) == 3
    assert percentile([7], 1) == 7
