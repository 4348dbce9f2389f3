"""The measurement of workbooks runs and says what it measured."""

from __future__ import annotations

from core.sheets.bench import sheets


def test_that_writing_and_reading_are_measured_on_the_same_rows(long_run: bool) -> None:
    rows = 20_000 if long_run else 300
    written, read = sheets(rows)
    assert written.name == "sheets.write"
    assert read.name == "sheets.read"
    assert f"{rows} rows" in read.details
    if long_run:
        assert read.ratio > 1
