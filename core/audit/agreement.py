"""Whether the rows of today say what the log last said of them.

The chain proves that the log was not changed; this proves that the rows were not changed past the
log. For every audited row the values of all its lines are laid over each other, and what they come
to is compared with the row. Frozen data are compared with the hash that stands beside them. Findings
name table, row and columns, never a value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Table, text
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from db.base import Base
from db.stored import Stored, StoredColumn, UnfitValueError, rows, stored_columns

Item = TypeVar("Item")

#: Rows whose lines are fetched together.
_CHUNK = 500
#: Findings that are listed; all are counted.
LISTED = 1000


class Fault(StrEnum):
    """What is wrong with a row."""

    CHANGED = "changed"
    MISSING = "missing"
    UNLOGGED = "unlogged"
    SEAL = "seal"


@dataclass(frozen=True)
class Disagreement:
    """A row that does not say what it should.

    Attributes:
        table, row: which; a key of two columns has a comma between them.
        columns: those that differ; empty where the whole row is missing or unlogged.
        fault: `changed` past the log, `missing` without a line that removes it, `unlogged`: no
            line made it, `seal`: the hash beside the data is of other data.
    """

    table: str
    row: str
    columns: tuple[str, ...]
    fault: Fault


@dataclass(frozen=True)
class Agreement:
    """What comparing the rows with the log found.

    Attributes:
        rows: how many were compared.
        count: how many findings; `found` lists the first of them.
        partly: tables of which the log does not repeat all values: a statement changed many rows.
        untold: columns (`table.column`) whose values the log never tells, so that they cannot be
            compared: numbers of people and password hashes.
    """

    rows: int
    count: int
    found: tuple[Disagreement, ...]
    partly: tuple[str, ...]
    untold: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether everything agrees."""
        return not self.count


def compare_rows(session: Session) -> Agreement:
    """Compare every audited row with the log, and every sealed value with its hash.

    Reads a few hundred rows at a time: the size of the database does not matter.
    """
    connection = session.connection()
    found: list[Disagreement] = []
    counted = total = 0
    partly: list[str] = []
    untold: list[str] = []
    for table in Base.metadata.sorted_tables:
        if not (table.info.get("audited") or table.info.get("sealed")):
            continue
        check = _TableCheck(connection, table)
        for finding in check.findings():
            total += 1
            if len(found) < LISTED:
                found.append(finding)
        counted += check.rows
        if check.bulk:
            partly.append(table.name)
        untold += [f"{table.name}.{name}" for name in table.info.get("secret", ())]
    return Agreement(counted, total, tuple(found), tuple(partly), tuple(untold))


@dataclass
class _Logged:
    """What the lines of one row come to.

    Attributes:
        values: column → its last value and the line that said so.
        alive: False after a line that removes the row.
        whole: whether a line made it, so that columns it does not name are empty or defaults.
    """

    values: dict[str, tuple[Any, int]] = field(default_factory=dict)
    alive: bool = True
    whole: bool = False

    def add(self, seq: int, action: str, after: Mapping[str, Any]) -> None:
        """The next line."""
        if action == "delete":
            self.values, self.alive = {}, False
            return
        if action == "insert":
            self.values, self.alive, self.whole = {}, True, True
        self.values.update((name, (value, seq)) for name, value in after.items())


class _TableCheck:
    """One table against its lines."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self.rows = 0
        self._connection = connection
        self._table = table
        self._audited = bool(table.info.get("audited"))
        self._sealed: Mapping[str, str] = table.info.get("sealed", {})
        self._keys = [column.name for column in table.primary_key.columns]
        self._compared = _compared(table) if self._audited else {}
        wanted = {*self._keys, *self._compared, *self._sealed, *self._sealed.values()}
        self._columns = [each for each in stored_columns(table) if each.name in wanted]
        self.bulk = _bulk(connection, table) if self._audited else {}

    def findings(self) -> Iterator[Disagreement]:
        """Everything that is wrong, row by row."""
        for part in _batched(rows(self._connection, self._table, self._columns), _CHUNK):
            yield from self._part(part)
        if self._audited and "bulk delete" not in self.bulk:
            yield from self._missing()

    def _part(self, part: Sequence[tuple[Any, ...]]) -> Iterator[Disagreement]:
        self.rows += len(part)
        read = [self._read(raw) for raw in part]
        logged = _lines(self._connection, self._table, [key for key, _row in read])
        for key, row in read:
            if self._audited:
                yield from self._judge(key, row, logged.get(key))
            broken = tuple(name for name in self._sealed if not self._is_sealed(row, name))
            if broken:
                yield Disagreement(self._table.name, key, broken, Fault.SEAL)

    def _read(self, raw: Sequence[Any]) -> tuple[str, dict[str, Any]]:
        """Key and values of a row; a value of the wrong kind is what nobody wrote."""
        row = {c.name: _value(c, value) for c, value in zip(self._columns, raw, strict=True)}
        return ",".join(str(row[name]) for name in self._keys), row

    def _judge(
        self, key: str, row: Mapping[str, Any], logged: _Logged | None
    ) -> Iterator[Disagreement]:
        if logged is None or not logged.alive:
            if "bulk insert" not in self.bulk:
                yield Disagreement(self._table.name, key, (), Fault.UNLOGGED)
            return
        unsure = self.bulk.get("bulk update", 0)
        wrong = []
        for name, (digested, default) in self._compared.items():
            said, seq = logged.values.get(name, (default if logged.whole else _UNKNOWN, 0))
            if said is _UNKNOWN or seq < unsure:
                continue
            if not _same(row[name], said, digested=digested):
                wrong.append(name)
        if wrong:
            yield Disagreement(self._table.name, key, tuple(wrong), Fault.CHANGED)

    def _is_sealed(self, row: Mapping[str, Any], name: str) -> bool:
        value, seal = row[name], row[self._sealed[name]]
        if value is None or not isinstance(value, str | bytes):
            return value is None
        data = value.encode() if isinstance(value, str) else value
        return bool(sha256(data).hexdigest() == seal)

    def _missing(self) -> Iterator[Disagreement]:
        for part in _batched(_gone(self._connection, self._table, self._keys), _CHUNK):
            logged = _lines(self._connection, self._table, part)
            for key in part:
                if logged[key].alive:
                    yield Disagreement(self._table.name, key, (), Fault.MISSING)


def _batched(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    rest = iter(items)
    while part := tuple(islice(rest, size)):
        yield part


#: A value that the log does not tell.
_UNKNOWN: Any = object()
#: What no column can hold: a value of the wrong kind.
_UNFIT: Any = object()


def _compared(table: Table) -> dict[str, tuple[bool, Any]]:
    """Columns the log tells of: whether by their hash, and what a new row has unless it says."""
    info = table.info
    skipped = {
        *info.get("unaudited", ()),
        *info.get("secret", ()),
        *(column.name for column in table.primary_key.columns),
        *_version_columns(table),
    }
    digested = set(info.get("digested", ()))
    return {
        column.name: (column.name in digested, _default(column))
        for column in table.columns
        if column.name not in skipped
    }


def _version_columns(table: Table) -> list[str]:
    """Counted up by the mapper itself, unseen by the log."""
    return [
        mapper.version_id_col.name
        for mapper in Base.registry.mappers
        if mapper.local_table is table and mapper.version_id_col is not None
    ]


def _default(column: Column[Any]) -> Any:
    """What a new row has where nothing was given, in the form of the log."""
    if column.default is None:
        return None if column.server_default is None else _UNKNOWN
    if not column.default.is_scalar:
        return _UNKNOWN
    value: Any = getattr(column.default, "arg", None)
    if isinstance(column.type, TypeDecorator):
        from sqlalchemy.dialects import sqlite

        value = column.type.process_bind_param(value, sqlite.dialect())
    return value


def _value(column: StoredColumn, raw: Any) -> Any:
    try:
        return column.value(raw)
    except UnfitValueError:
        return _UNFIT


def _same(value: Any, said: Any, *, digested: bool) -> bool:
    """Whether a stored value is what the log says."""
    match value:
        case datetime():
            return isinstance(said, str) and _instant(said) == value
        case date():
            return bool(said == value.isoformat())
        case float():
            return bool(said == repr(value))
        case bytes():
            return bool(said == _digest(value))
        case str() if digested:
            return bool(said == _digest(value.encode()))
        case _:
            return value is not _UNFIT and type(value) is type(said) and bool(value == said)


def _digest(data: bytes) -> dict[str, Stored]:
    return {"sha256": sha256(data).hexdigest(), "size": len(data)}


def _instant(said: str) -> datetime | None:
    """An instant of the log: without a zone, as SQLite keeps it, it is in UTC."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _bulk(connection: Connection, table: Table) -> dict[str, int]:
    """Statements on many rows of a table: what they were → the last line of one."""
    found = connection.execute(
        text(
            "SELECT action, max(seq) FROM audit_row"
            " WHERE table_name = :name AND row_id = '' GROUP BY action"
        ),
        {"name": table.name},
    )
    return {action: seq for action, seq in found if action.startswith("bulk")}


def _lines(connection: Connection, table: Table, keys: Iterable[str]) -> dict[str, _Logged]:
    """What the log says of some rows."""
    named = {f"k{number}": key for number, key in enumerate(keys)}
    if not named:
        return {}
    marks = ", ".join(f":{name}" for name in named)
    found = connection.execute(
        text(
            'SELECT row_id, seq, action, "after" FROM audit_row'  # noqa: S608 - only marks
            f" WHERE table_name = :name AND row_id IN ({marks}) ORDER BY seq"
        ),
        {"name": table.name, **named},
    )
    logged: dict[str, _Logged] = {}
    for row_id, seq, action, after in found:
        logged.setdefault(row_id, _Logged()).add(seq, action, json.loads(after) if after else {})
    return logged


def _gone(connection: Connection, table: Table, keys: Sequence[str]) -> list[str]:
    """Keys the log knows and the table has not, removed rows included."""
    key = " || ',' || ".join(f'CAST("{name}" AS TEXT)' for name in keys)
    found = connection.execute(
        text(
            "SELECT row_id FROM audit_row WHERE table_name = :name AND row_id <> ''"  # noqa: S608
            f' EXCEPT SELECT {key} FROM "{table.name}"'
        ),
        {"name": table.name},
    )
    return list(found.scalars())
