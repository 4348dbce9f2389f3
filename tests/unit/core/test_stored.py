"""Stored values in one form: both databases give the same, and a misfit is never taken for a value."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import office
from db.stored import StoredColumn, UnfitValueError, fingerprint, sqlite_form, stored_columns

_VALUES = st.one_of(
    st.tuples(st.just("int"), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just("text"), st.text(st.characters(exclude_characters="\0", codec="utf-8"))),
    st.tuples(st.just("bool"), st.booleans()),
    st.tuples(st.just("float"), st.floats(allow_nan=False)),
    st.tuples(st.just("bytes"), st.binary()),
    st.tuples(st.just("date"), st.dates()),
    st.tuples(st.just("instant"), st.datetimes(timezones=st.just(UTC))),
)


@given(_VALUES)
def test_that_a_value_comes_back_from_a_file_as_it_was(kind_and_value: tuple[str, Any]) -> None:
    kind, value = kind_and_value
    column = StoredColumn("a", kind, 64 if kind == "int" else None)
    with closing(sqlite3.connect(":memory:")) as file:
        (raw,) = file.execute("SELECT ?", (sqlite_form(value),)).fetchone()
    assert column.value(raw) == value
    assert type(column.value(raw)) is type(value)
    assert fingerprint([column.value(raw)]) == fingerprint([value])


def test_that_every_column_of_the_office_has_a_stored_form() -> None:
    for table in office.metadata().sorted_tables:
        assert len(stored_columns(table)) == len(table.columns)


@pytest.mark.parametrize(
    ("kind", "limit", "raw"),
    [
        ("int", 32, 2**31),
        ("int", 32, -(2**31) - 1),
        ("int", 64, 1.0),
        ("int", 64, True),
        ("int", 64, "1"),
        ("text", 3, "abcd"),
        ("text", None, "a\0b"),
        ("text", None, b"a"),
        ("bool", None, 2),
        ("bool", None, "t"),
        ("float", None, "1.5"),
        ("bytes", None, "a"),
        ("date", None, "2026-02-30"),
        ("date", None, "2026-11-25 08:00:00"),
        ("date", None, datetime(2026, 11, 25, tzinfo=UTC)),
        ("instant", None, "soon"),
        ("instant", None, date(2026, 11, 25)),
    ],
)
def test_that_a_misfit_is_refused(kind: str, limit: int | None, raw: object) -> None:
    with pytest.raises(UnfitValueError):
        StoredColumn("a", kind, limit).value(raw)


def test_that_nothing_is_nothing_of_any_kind() -> None:
    for kind in ("int", "text", "bool", "float", "bytes", "date", "instant"):
        assert StoredColumn("a", kind, None).value(None) is None


def test_that_an_instant_is_the_same_in_any_zone() -> None:
    column = StoredColumn("at", "instant", None)
    china = datetime(2026, 11, 25, 8, tzinfo=timezone(timedelta(hours=8)))
    assert column.value(china) == column.value("2026-11-25 00:00:00.000000")
    assert fingerprint([column.value(china)]) == fingerprint([datetime(2026, 11, 25, tzinfo=UTC)])


def test_that_values_that_look_alike_have_different_fingerprints() -> None:
    alike = (1, 1.0, True, "1", b"1", date(2026, 11, 25), "2026-11-25", None, "")
    assert len({fingerprint([one]) for one in alike}) == len(alike)
    assert fingerprint(["a", "b"]) != fingerprint(["b", "a"])
    assert fingerprint(["ab", ""]) != fingerprint(["a", "b"])
