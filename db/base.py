"""The declarative base of every table, and what tables may say about themselves.

A table says in `info` what the database itself must guard (see :mod:`db.triggers`):

- ``audited``: every change leaves a line in the audit log;
- ``secret``: columns whose values never appear in that log; ``unaudited``: that are left out of it;
  ``digested``: long texts that it tells by their SHA-256;
- ``sealed``: columns with frozen data → the column with their SHA-256, compared by `audit check`;
- ``append_only``: rows are added, never changed or removed;
- ``frozen``: columns that never change once ``frozen_when`` (SQL over the row) holds, or ever; a row
  that is frozen is never removed and stays frozen, whatever else of it changes;
- ``fixed``: further columns that never change, whatever ``frozen_when`` says;
- ``once``: columns that are set once: from then on they stay (`''` and NULL are not set);
- ``never``: what no update may do, as SQL over OLD and NEW that both databases understand;
- ``no_delete``: rows are never removed (frozen rows are not either);
- ``kept_when``: SQL over the row: while it holds the row is not removed, though it may change;
- ``guard``: a permission that whoever changes the table must hold, checked by PostgreSQL;
- ``grants``: what people may do with the table on PostgreSQL where the rule of thumb is too wide;
- ``ddl``: per dialect ``{"create": (statements), "drop": (statements)}`` for what no mapping says;
- ``quiet``: a change of it concerns no page;
- ``root``: kind and key column of the record a row belongs to, for change sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.types import UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every mapped class."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - read by SQLAlchemy only

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keep SQLite from giving the id of a removed row to a new one: logs refer to ids."""
        super().__init_subclass__(**kwargs)
        table = cls.__dict__.get("__table__")
        if table is not None and _counts_up(table):
            table.kwargs["sqlite_autoincrement"] = True


def _counts_up(table: Any) -> bool:
    keys = list(table.primary_key.columns)
    return (
        len(keys) == 1
        and isinstance(keys[0].type, Integer)
        and not keys[0].foreign_keys
        and keys[0].autoincrement is not False
    )


class Versioned:
    """Mixin of everything a person edits: a stale form never overwrites a newer row."""

    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy only


@dataclass(frozen=True)
class Ddl:
    """What only one database has for a table: a virtual table, an index of its own kind."""

    create: tuple[str, ...]
    drop: tuple[str, ...]


def ddl(metadata: MetaData, dialect: str) -> list[Ddl]:
    """The declared extras of one database, in the order of the tables."""
    found = []
    for table in metadata.sorted_tables:
        declared = table.info.get("ddl", {}).get(dialect)
        if declared:
            found.append(Ddl(tuple(declared["create"]), tuple(declared["drop"])))
    return found
