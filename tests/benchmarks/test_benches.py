"""The benchmarks run, small by default; complete, each beats the naive way of the same run."""

from __future__ import annotations

import json

import pytest

from core.cli import main
from core.cli.bench import BENCHES
from tests import databases

#: Rows of a sampled run.
SMALL = {
    "overlap": 500,
    "list": 500,
    "sort": 500,
    "papers": 1,
    "receipts": 5,
    "donations": 50,
    "sheets": 300,
    "start": 1,
    "training": 400,
    "experts": 300,
    "experts-page": 300,
    "training-page": 400,
}

#: How many times faster than the naive way a complete run is at least, on however busy a machine.
LEAST = {
    "overlap": 100,
    "list": 100,
    "sort": 5,
    "papers": 12,
    "receipts": 2,
    "donations": 5,
    "sheets": 1.5,
    "start": 3,
    "training": 50,
    "experts": 50,
    "experts-page": 20,
    "training-page": 20,
}


def _measured(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, float]:
    assert main(["--json", "bench", *words]) == 0
    found: dict[str, float] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("name", sorted(BENCHES))
def test_that_a_benchmark_compares_both_ways_in_one_run(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _measured(capsys, name, "--rows", str(SMALL[name]))
    assert set(found) >= {"name", "unit", "ours", "naive", "ratio"}
    assert found["ours"] > 0
    assert found["naive"] > 0
    assert found["ratio"] == pytest.approx(found["naive"] / found["ours"], rel=0.05)


@pytest.mark.postgres
def test_that_overlaps_are_measured_on_a_server_and_nothing_else_is(
    postgres_server: databases.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server = postgres_server.url("postgres").replace("+psycopg", "")
    found = _measured(capsys, "overlap", "--rows", "200", "--server", server)
    assert str(found["details"]).startswith("postgresql, 200 parcels")
    assert main(["--json", "bench", "list", "--server", server]) == 1
    assert json.loads(capsys.readouterr().err)["error"] == "input"


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(BENCHES))
def test_that_a_complete_run_beats_the_naive_way_by_far(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _measured(capsys, name)["ratio"] >= LEAST[name]
