"""Triggers that stop accidents and, on PostgreSQL, people: made from what tables say in `info`.

One source for both databases and for every migration (a batch operation on SQLite drops the
triggers of its table). They only refuse; they never write.
"""

from __future__ import annotations

# ruff: noqa: S608 - names of our own tables and columns, quoted
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, Table, text

PREFIX = "lintan_"


@dataclass(frozen=True)
class Trigger:
    """One trigger: its name, its table, and the statement that makes it."""

    name: str
    table: str
    sql: str


def install(connection: Connection, metadata: MetaData) -> None:
    """Drop and make all guards anew, in the caller's transaction."""
    if connection.dialect.name == "sqlite":
        for name in _present(connection):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        for trigger in sqlite_triggers(metadata):
            connection.exec_driver_sql(trigger.sql)
        return
    from db.postgres import install as install_postgres

    install_postgres(connection, metadata)


def wrong(connection: Connection, metadata: MetaData) -> list[str]:
    """Names of the guards that are missing, changed or switched off; empty when all is well."""
    if connection.dialect.name == "sqlite":
        found = _present(connection)
        return [t.name for t in sqlite_triggers(metadata) if found.get(t.name) != t.sql]
    from db.postgres import wrong as wrong_postgres

    return wrong_postgres(connection, metadata)


def keeps_rows(table: Table) -> bool:
    """Whether rows are never removed, whatever they say."""
    info = table.info
    return bool(
        info.get("append_only")
        or info.get("no_delete")
        or (info.get("frozen") and not info.get("frozen_when"))
    )


def refusal(table: Table) -> str:
    """What a trigger says when a row must not be removed."""
    return "append_only" if table.info.get("append_only") else "frozen"


def sqlite_triggers(metadata: MetaData) -> list[Trigger]:
    """All guards for SQLite."""
    return [trigger for table in metadata.sorted_tables for trigger in _sqlite_of(table)]


def _sqlite_of(table: Table) -> Iterator[Trigger]:
    info = table.info
    if info.get("append_only"):
        yield _sqlite(table, "no_update", "BEFORE UPDATE", "", "append_only")
    if keeps_rows(table):
        yield _sqlite(table, "no_delete", "BEFORE DELETE", "", refusal(table))
        # REPLACE removes the old row; its delete trigger only fires with recursive_triggers=ON,
        # which a foreign program does not set.
        yield _sqlite(table, "no_replace", "BEFORE INSERT", _sqlite_exists(table), refusal(table))
    if info.get("append_only"):
        return
    if info.get("fixed"):
        yield _sqlite_columns(table, "fixed", info["fixed"], "")
    if info.get("frozen"):
        holds = _sqlite_holds(table, "OLD")
        yield _sqlite_columns(table, "frozen", info["frozen"], holds)
        if holds:
            thawed = f"{holds} AND NOT {_sqlite_holds(table, 'NEW')}"
            yield _sqlite(table, "thawed", "BEFORE UPDATE", thawed, "frozen")
        if holds and not keeps_rows(table):
            yield _sqlite(table, "no_delete", "BEFORE DELETE", holds, "frozen")


def _sqlite_columns(table: Table, name: str, columns: Sequence[str], holds: str) -> Trigger:
    """Refuse a change of the columns while a condition holds."""
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    condition = f"({changed})" + (f" AND {holds}" if holds else "")
    named = ", ".join(f'"{column}"' for column in columns)
    return _sqlite(table, name, f"BEFORE UPDATE OF {named}", condition, "frozen")


def _sqlite(table: Table, name: str, when: str, condition: str, code: str) -> Trigger:
    full = f"{PREFIX}{table.name}_{name}"
    guard = f" WHEN {condition}" if condition else ""
    return Trigger(
        full,
        table.name,
        f'CREATE TRIGGER "{full}" {when} ON "{table.name}"{guard}'
        f" BEGIN SELECT RAISE(ABORT, 'lintan.{code} {table.name}'); END",
    )


def _sqlite_exists(table: Table) -> str:
    same = " AND ".join(f'"{c.name}" = NEW."{c.name}"' for c in table.primary_key.columns)
    return f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {same})'


def _sqlite_holds(table: Table, which: str) -> str:
    """`frozen_when` over the OLD or NEW row; the predicate itself names plain columns."""
    predicate = table.info.get("frozen_when")
    if not predicate:
        return ""
    row = ", ".join(f'{which}."{c.name}" AS "{c.name}"' for c in table.columns)
    return f"EXISTS (SELECT 1 FROM (SELECT {row}) WHERE {predicate})"


def _present(connection: Connection) -> dict[str, str]:
    rows = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'lintan%'")
    )
    return {row.name: row.sql for row in rows}
