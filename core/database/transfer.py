"""Carrying rows from one database into another, and proving that both hold the same.

Works on the tables of the metadata alone: a new capability moves with the others. PostgreSQL takes
rows by COPY, which was twice as fast as anything else (163k rows/s), SQLite in batches.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Integer, Table, func, insert, select, text
from sqlalchemy import column as plain_column
from sqlalchemy import table as plain_table

from core.database.faults import translate_driver
from core.errors import RuleViolation
from core.i18n import N_
from core.messages import register
from core.values.columns import AreaColumn, MoneyColumn, TonnesColumn, VolumeColumn
from core.values.money import Money
from core.values.tonnes import Tonnes
from core.values.volume import Volume
from db.stored import (
    Stored,
    StoredColumn,
    UnfitValueError,
    fingerprint,
    rows,
    sqlite_form,
    stored_columns,
)

register(
    {
        "database.unfit_value": N_(
            "A value in the database is not of the kind it should be: table “{table}”, row {row}, "
            "column “{column}”. Nothing was moved; correct it in the old database first."
        ),
    }
)


@dataclass(frozen=True)
class Figure:
    """An exact figure: the unit its integers count, and how people read one."""

    unit: str
    shown: Callable[[int], str]


#: Columns whose sums prove a copy.
FIGURES: Mapping[type, Figure] = {
    MoneyColumn: Figure("0.01 CNY", lambda total: f"{Money(total)} 元"),
    TonnesColumn: Figure("0.01 t", lambda total: f"{Tonnes(total)} t"),
    AreaColumn: Figure("m²", lambda total: f"{total:,} m²"),
    VolumeColumn: Figure("0.01 m³", lambda total: f"{Volume(total)} m³"),
}
_BATCH, _FEW = 1000, 8
_WRAP = 1 << 128

#: Told how many rows of a table are done.
Report = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class TableProof:
    """What a table holds, to be compared with another database.

    Attributes:
        table: its name.
        rows: how many.
        checksum: 32 hexadecimal digits over all values, whatever the order of the rows.
        sums: columns of money, tonnes and areas → their sum as the database itself adds them up.
    """

    table: str
    rows: int
    checksum: str
    sums: Mapping[str, int]


def nothing_told(_rows: int) -> None:
    """Nobody watches."""


def copy_table(
    source: Connection,
    target: Connection,
    table: Table,
    emptied: Collection[str] = (),
    report: Report = nothing_told,
) -> TableProof:
    """Write every row of a table into the same table of another database.

    Args:
        source: where the rows are, in a transaction that sees one state.
        target: where the table is empty, in the transaction of the whole move.
        table: the table.
        emptied: text columns that arrive empty; the proof leaves them out.
        report: told now and then how many rows are done.

    Returns:
        what the source holds.

    Raises:
        RuleViolation: `database.unfit_value`; the message names the place, never the value.
        EnvironmentFault: disk full, unreachable ...
    """
    columns = stored_columns(table)
    tally = _Tally(columns, emptied)
    with _writer(target, table, columns) as write:
        for raw in rows(source, table, columns):
            values = _fitting(table, columns, raw)
            tally.add(values)
            write(
                ["" if c.name in emptied else v for c, v in zip(columns, values, strict=True)]
                if emptied
                else values
            )
            if tally.rows % _BATCH == 0:
                report(tally.rows)
    report(tally.rows)
    return tally.proof(source, table)


def prove_table(
    connection: Connection,
    table: Table,
    left_out: Collection[str] = (),
    report: Report = nothing_told,
) -> TableProof:
    """What a table holds, read back row by row.

    Raises:
        RuleViolation: `database.unfit_value`.
    """
    columns = stored_columns(table)
    tally = _Tally(columns, left_out)
    for raw in rows(connection, table, columns):
        tally.add(_fitting(table, columns, raw))
        if tally.rows % _BATCH == 0:
            report(tally.rows)
    report(tally.rows)
    return tally.proof(connection, table)


def count_on(source: Connection, target: Connection, table: Table) -> None:
    """Let the target count ids on where the source stood: ids of removed rows stay unused."""
    key = counted_key(table)
    if key is None:
        return
    last = max(_last_id(source, table, key), _highest(target, table, key))
    if last == 0:
        return
    if target.dialect.name == "postgresql":
        target.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :key), :last)"),
            {"table": f'"{table.name}"', "key": key, "last": last},
        )
        return
    values = {"name": table.name, "last": last}
    known = target.execute(
        text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name"), values
    ).rowcount
    if not known:
        target.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values
        )


def counted_key(table: Table) -> str | None:
    """The key that the database counts up, or None."""
    counted: Column[Any] | None = table.autoincrement_column
    if counted is None or not isinstance(counted.type, Integer):
        return None
    return counted.name if table.kwargs.get("sqlite_autoincrement") else None


def _last_id(connection: Connection, table: Table, key: str) -> int:
    """The highest id ever given, removed rows included."""
    if connection.dialect.name == "sqlite":
        found = connection.scalar(
            text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}
        )
        return int(found or 0)
    found = connection.scalar(
        text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :key)::regclass)"),
        {"table": f'"{table.name}"', "key": key},
    )
    return int(found or 0)


def _highest(connection: Connection, table: Table, key: str) -> int:
    return int(connection.scalar(select(func.max(table.c[key]))) or 0)


class _Tally:
    """Counts rows and adds up their fingerprints."""

    def __init__(self, columns: Sequence[StoredColumn], left_out: Collection[str]) -> None:
        self.rows = 0
        self._sum = 0
        self._kept = [n for n, each in enumerate(columns) if each.name not in left_out]

    def add(self, values: Sequence[Stored]) -> None:
        """One more row."""
        self.rows += 1
        self._sum += fingerprint([values[n] for n in self._kept])

    def proof(self, connection: Connection, table: Table) -> TableProof:
        """What was read, with the sums the database itself makes."""
        return TableProof(
            table=table.name,
            rows=self.rows,
            checksum=f"{self._sum % _WRAP:032x}",
            sums=_sums(connection, table),
        )


def _sums(connection: Connection, table: Table) -> dict[str, int]:
    figures = [each.name for each in table.columns if type(each.type) in FIGURES]
    if not figures:
        return {}
    named = plain_table(table.name, *(plain_column(name) for name in figures))
    found = connection.execute(select(*(func.sum(each) for each in named.columns))).one()
    return {name: int(value or 0) for name, value in zip(figures, found, strict=True)}


def _fitting(table: Table, columns: Sequence[StoredColumn], raw: Sequence[Any]) -> list[Stored]:
    values: list[Stored] = []
    for column, value in zip(columns, raw, strict=True):
        try:
            values.append(column.value(value))
        except UnfitValueError:
            raise RuleViolation(
                "database.unfit_value",
                table=table.name,
                row=_key(table, columns, raw),
                column=column.name,
            ) from None
    return values


def _key(table: Table, columns: Sequence[StoredColumn], raw: Sequence[Any]) -> str:
    keys = {column.name for column in table.primary_key.columns}
    return ",".join(str(v) for c, v in zip(columns, raw, strict=True) if c.name in keys)


Write = Callable[[Sequence[Stored]], None]


@contextmanager
def _writer(target: Connection, table: Table, columns: Sequence[StoredColumn]) -> Iterator[Write]:
    if target.dialect.name == "postgresql":
        with _copying(target, table, columns) as write:
            yield write
        return
    batch = _Batch(target, table, columns)
    yield batch.add
    batch.write()


@contextmanager
def _copying(target: Connection, table: Table, columns: Sequence[StoredColumn]) -> Iterator[Write]:
    import psycopg

    names = ", ".join(f'"{each.name}"' for each in columns)
    driver: Any = target.connection.driver_connection
    try:
        with (
            driver.cursor() as cursor,
            cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy,
        ):
            yield copy.write_row
    except psycopg.Error as problem:
        fault = translate_driver(problem)
        if fault is None:
            raise
        raise fault from problem


class _Batch:
    """Rows for SQLite, written a thousand at a time."""

    def __init__(self, target: Connection, table: Table, columns: Sequence[StoredColumn]) -> None:
        self._target = target
        self._names = [each.name for each in columns]
        self._into = insert(plain_table(table.name, *(plain_column(n) for n in self._names)))
        self._size = _FEW if any(each.kind == "bytes" for each in columns) else _BATCH
        self._rows: list[dict[str, Stored]] = []

    def add(self, values: Sequence[Stored]) -> None:
        """One more row; written when there are enough."""
        self._rows.append(dict(zip(self._names, map(sqlite_form, values), strict=True)))
        if len(self._rows) >= self._size:
            self.write()

    def write(self) -> None:
        """Write what is left."""
        if self._rows:
            self._target.execute(self._into, self._rows)
            self._rows = []
