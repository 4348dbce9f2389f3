"""Stored values in one form, whichever database holds them: for copies and comparisons.

They are read past the column types of the models: a value that no model would accept is named
instead of ending the reading, and a text is compared character for character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    column,
    select,
    table,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from db.types import canonical_json

#: What a column can hold. Instants are aware and in UTC.
Stored = None | bool | int | float | str | bytes | date | datetime

#: Rows fetched at once; few where a row may hold a whole file.
_CHUNK, _FEW = 1000, 8


class UnfitValueError(ValueError):
    """A stored value that is not of the kind its column declares."""


@dataclass(frozen=True)
class StoredColumn:
    """A column as it is stored.

    Attributes:
        name: as in the database.
        kind: `int`, `text`, `bool`, `float`, `bytes`, `date` or `instant`.
        limit: bits of an integer, characters of a text; None where there is no limit.
    """

    name: str
    kind: str
    limit: int | None

    def value(self, raw: Any) -> Stored:
        """A value of the driver in its one form.

        Raises:
            UnfitValueError: it is of another kind, or too long.
        """
        return None if raw is None else _READ[self.kind](raw, self.limit)


def stored_columns(of: Table) -> tuple[StoredColumn, ...]:
    """The columns of a table, in their order."""
    return tuple(StoredColumn(each.name, *_kind(each.type)) for each in of.columns)


def rows(
    connection: Connection, of: Table, columns: Sequence[StoredColumn]
) -> Iterator[tuple[Any, ...]]:
    """All rows as the driver gives them, a few at a time; nothing is held but the current ones."""
    chunk = _FEW if any(each.kind == "bytes" for each in columns) else _CHUNK
    named = table(of.name, *(column(each.name) for each in columns))
    chosen = select(*named.columns)
    found = connection.execute(chosen, execution_options={"yield_per": chunk})
    with found:
        for part in found.partitions():
            yield from (tuple(row) for row in part)


def fingerprint(values: Sequence[Stored]) -> int:
    """128 bits of the SHA-256 of a row; sums of them do not depend on the order of rows."""
    text = canonical_json([_told(each) for each in values])
    return int.from_bytes(sha256(text.encode()).digest()[:16], "big")


def sqlite_form(value: Stored) -> Stored:
    """A value as SQLAlchemy writes it into an SQLite file."""
    match value:
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        case date():
            return value.isoformat()
        case bool():
            return int(value)
        case _:
            return value


def _kind(declared: TypeEngine[Any]) -> tuple[str, int | None]:
    plain: Any = declared
    while isinstance(plain, TypeDecorator):
        plain = plain.impl if isinstance(plain.impl, TypeEngine) else plain.impl()
    match plain:
        case Boolean():
            return "bool", None
        case BigInteger():
            return "int", 64
        case Integer():
            return "int", 32
        case String():
            return "text", plain.length
        case LargeBinary():
            return "bytes", None
        case DateTime():
            return "instant", None
        case Date():
            return "date", None
        case Float():
            return "float", None
        case _:
            msg = f"no stored form of {plain!r}"
            raise TypeError(msg)


def _int(raw: Any, bits: int | None) -> int:
    if type(raw) is not int or not -(1 << ((bits or 64) - 1)) <= raw < 1 << ((bits or 64) - 1):
        raise UnfitValueError
    return raw


def _text(raw: Any, longest: int | None) -> str:
    # PostgreSQL keeps no NUL in a text.
    if not isinstance(raw, str) or "\0" in raw or (longest is not None and len(raw) > longest):
        raise UnfitValueError
    return raw


def _bool(raw: Any, _limit: int | None) -> bool:
    if type(raw) not in (bool, int) or raw not in (0, 1):
        raise UnfitValueError
    return bool(raw)


def _float(raw: Any, _limit: int | None) -> float:
    if type(raw) not in (float, int):
        raise UnfitValueError
    return float(raw)


def _bytes(raw: Any, _limit: int | None) -> bytes:
    if not isinstance(raw, bytes | memoryview):
        raise UnfitValueError
    return bytes(raw)


def _date(raw: Any, _limit: int | None) -> date:
    if isinstance(raw, str):
        try:
            return datetime.strptime(raw, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise UnfitValueError from None
    if isinstance(raw, datetime) or not isinstance(raw, date):
        raise UnfitValueError
    return raw


def _instant(raw: Any, _limit: int | None) -> datetime:
    if isinstance(raw, str):
        try:
            raw = datetime.fromisoformat(raw)
        except ValueError:
            raise UnfitValueError from None
    if not isinstance(raw, datetime):
        raise UnfitValueError
    return raw.replace(tzinfo=UTC) if raw.tzinfo is None else raw.astimezone(UTC)


_READ: dict[str, Callable[[Any, int | None], Stored]] = {
    "int": _int,
    "text": _text,
    "bool": _bool,
    "float": _float,
    "bytes": _bytes,
    "date": _date,
    "instant": _instant,
}


def _told(value: Stored) -> object:
    """A value as JSON, no two kinds alike; files by their hash."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return {"float": value.hex()}
        case bytes():
            return {"bytes": sha256(value).hexdigest()}
        case datetime():
            return {"at": value.isoformat(timespec="microseconds")}
        case _:
            return {"on": value.isoformat()}
