"""Generic column types: the same meaning on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, TypeVar

from sqlalchemy import DateTime, Dialect, Integer, String, Text
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

E = TypeVar("E", bound=Enum)

#: Primary key counted up by the database.
intpk = Annotated[int, mapped_column(Integer, primary_key=True)]


def canonical_json(value: object) -> str:
    """The one text of a JSON value: sorted keys, no spaces, Chinese as it is, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An instant; aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; a naive datetime is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a datetime without time zone"
            raise ValueError(msg)
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumValue(TypeDecorator[E]):
    """A member of an enumeration, stored by its value; no CHECK, so a new member is no migration."""

    impl = String
    cache_ok = True

    def __init__(self, enumeration: type[E]) -> None:
        super().__init__()
        self.enumeration = enumeration

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        """To the database; a text that is no value of the enumeration is a bug."""
        return None if value is None else str(self.enumeration(value).value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> E | None:
        """From the database."""
        return None if value is None else self.enumeration(value)


class CanonicalJson(TypeDecorator[Any]):
    """A JSON value, stored as its canonical text, so that its hash is stable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any | None:
        """From the database."""
        return None if value is None else json.loads(value)
