"""Triggers that stop accidents and, on PostgreSQL, people: made from what tables say in `info`.

One source for both databases and for every migration (a batch operation on SQLite drops the
triggers of its table). They only refuse; they never write.
"""

from __future__ import annotations

# ruff: noqa: S608 - names of our own tables and columns, quoted
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, String, Table, UniqueConstraint, text

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


def kept_when(table: Table) -> str:
    """While which SQL over the row it is not removed; empty where `keeps_rows` or nothing says."""
    info = table.info
    return "" if keeps_rows(table) else info.get("kept_when") or info.get("frozen_when") or ""


def refusal(table: Table) -> str:
    """What a trigger says when a row must not be removed."""
    return "append_only" if table.info.get("append_only") else "frozen"


def fixed_columns(table: Table) -> list[str]:
    """Columns that never change; the key is among them wherever rows are guarded at all."""
    info = table.info
    if not (keeps_rows(table) or info.get("frozen") or info.get("fixed")):
        return []
    return [*(c.name for c in table.primary_key.columns), *info.get("fixed", ())]


def never(table: Table) -> list[str]:
    """Conditions over the OLD and NEW row of an update, one SQL for both databases, to refuse."""
    return [
        *(_set_already(table, name) for name in table.info.get("once", ())),
        *table.info.get("never", ()),
    ]


def _set_already(table: Table, name: str) -> str:
    is_text = isinstance(table.c[name].type, String)
    empty = f"OLD.\"{name}\" <> ''" if is_text else f'OLD."{name}" IS NOT NULL'
    return f'{empty} AND (NEW."{name}" IS NULL OR NEW."{name}" <> OLD."{name}")'


def sqlite_triggers(metadata: MetaData) -> list[Trigger]:
    """All guards for SQLite."""
    return [trigger for table in metadata.sorted_tables for trigger in _sqlite_of(table)]


def _sqlite_of(table: Table) -> Iterator[Trigger]:
    info = table.info
    if info.get("append_only"):
        yield _sqlite(table, "no_update", "BEFORE UPDATE", "", "append_only")
    if keeps_rows(table):
        yield _sqlite(table, "no_delete", "BEFORE DELETE", "", refusal(table))
    elif kept := kept_when(table):
        holds = _sqlite_row(table, "OLD", kept)
        yield _sqlite(table, "no_delete", "BEFORE DELETE", holds, "frozen")
    yield from _sqlite_replaced(table)
    if info.get("append_only"):
        return
    if fixed := fixed_columns(table):
        # Not `UPDATE OF`: SQLite compares names, and `rowid` is another name of the key.
        yield _sqlite(table, "fixed", "BEFORE UPDATE", f"({_changed(fixed)})", "frozen")
    for place, condition in enumerate(never(table), 1):
        yield _sqlite(table, f"never_{place}", "BEFORE UPDATE", f"({condition})", "frozen")
    if info.get("frozen"):
        holds = _sqlite_holds(table, "OLD")
        yield _sqlite_columns(table, "frozen", info["frozen"], holds)
        if holds:
            thawed = f"{holds} AND NOT {_sqlite_holds(table, 'NEW')}"
            yield _sqlite(table, "thawed", "BEFORE UPDATE", thawed, "frozen")


def _sqlite_replaced(table: Table) -> Iterator[Trigger]:
    """Refuse what would remove a guarded row through `OR REPLACE` over any of its unique keys.

    The delete trigger of the row that goes fires only with recursive_triggers=ON, which a foreign
    program does not set.
    """
    condition = kept_when(table)
    if not (keeps_rows(table) or condition):
        return
    kept = f" AND ({condition})" if condition else ""
    own = [c.name for c in table.primary_key.columns]
    keys = [(own, ""), *_unique_keys(table)]
    taken = " OR ".join(_sqlite_exists(table, key, kept) for key in keys)
    yield _sqlite(table, "no_replace", "BEFORE INSERT", taken, refusal(table))
    if len(keys) > 1 and not table.info.get("append_only"):
        # The row itself keeps its key: only another one can have the values.
        other = " OR ".join(f'"{name}" <> OLD."{name}"' for name in own)
        kept += f" AND ({other})"
        taken = " OR ".join(_sqlite_exists(table, key, kept) for key in keys[1:])
        yield _sqlite(table, "no_update_replace", "BEFORE UPDATE", taken, "frozen")


def _unique_keys(table: Table) -> list[tuple[list[str], str]]:
    """The columns of every unique constraint and index with its condition, in a fixed order."""
    found = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys = [([column.name for column in one.columns], "") for one in found]
    for one in table.indexes:
        if one.unique:
            where = one.dialect_options["sqlite"]["where"]
            keys.append(([c.name for c in one.columns], "" if where is None else str(where)))
    return sorted(keys)


def _sqlite_columns(table: Table, name: str, columns: Sequence[str], holds: str) -> Trigger:
    """Refuse a change of the columns while a condition holds."""
    condition = f"({_changed(columns)})" + (f" AND {holds}" if holds else "")
    named = ", ".join(f'"{column}"' for column in columns)
    return _sqlite(table, name, f"BEFORE UPDATE OF {named}", condition, "frozen")


def _changed(columns: Sequence[str]) -> str:
    return " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)


def _sqlite(table: Table, name: str, when: str, condition: str, code: str) -> Trigger:
    full = f"{PREFIX}{table.name}_{name}"
    guard = f" WHEN {condition}" if condition else ""
    return Trigger(
        full,
        table.name,
        f'CREATE TRIGGER "{full}" {when} ON "{table.name}"{guard}'
        f" BEGIN SELECT RAISE(ABORT, 'lintan.{code} {table.name}'); END",
    )


def _sqlite_exists(table: Table, key: tuple[Sequence[str], str], further: str) -> str:
    """Whether a row has the values of NEW in a unique key, `further` narrowing which rows count."""
    columns, where = key
    same = " AND ".join(f'"{name}" = NEW."{name}"' for name in columns)
    found = f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {same}{further}'
    if not where:
        return f"{found})"
    return f"({found} AND ({where})) AND {_sqlite_row(table, 'NEW', where)})"


def _sqlite_holds(table: Table, which: str) -> str:
    """`frozen_when` over the OLD or NEW row."""
    predicate = table.info.get("frozen_when")
    return _sqlite_row(table, which, predicate) if predicate else ""


def _sqlite_row(table: Table, which: str, predicate: str) -> str:
    """A predicate over the OLD or NEW row; it names plain columns."""
    row = ", ".join(f'{which}."{c.name}" AS "{c.name}"' for c in table.columns)
    return f"EXISTS (SELECT 1 FROM (SELECT {row}) WHERE {predicate})"


def _present(connection: Connection) -> dict[str, str]:
    rows = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'lintan%'")
    )
    return {row.name: row.sql for row in rows}
