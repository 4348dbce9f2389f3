"""The measurement of workbooks runs and says what it measured."""

from __future__ import annotations

from core.sheets.bench import exports, sheets


def test_that_writing_and_reading_are_measured_on_as_many_rows(long_run: bool) -> None:
    rows = 20_000 if long_run else 300
    for measured in (sheets(rows), exports(rows)):
        assert measured.unit == "s"
        assert f"{rows} rows" in measured.details
        assert measured.ratio > 0
    if long_run:
        assert sheets(rows).ratio > 1
