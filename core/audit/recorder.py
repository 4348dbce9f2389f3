"""Collects what a transaction changes and writes its lines before the commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, insert, inspect, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.state import InstanceState
from sqlalchemy.sql.elements import NamedColumn
from sqlalchemy.types import TypeDecorator

from core.audit.chain import head, said_hash
from core.audit.model import AuditRow
from core.database import actor, now

SECRET = "***"
#: Serialises the writers of the chain on PostgreSQL until their commit ("lintan" in ASCII).
_CHAIN_LOCK = 0x6C696E74616E
#: The channel that rings when the log has new lines (:mod:`core.colleagues.watch`).
BELL = "lintan"


@dataclass(frozen=True)
class _Pending:
    table: str
    row: object
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def row_id(self) -> str:
        """The key of the row; known after the flush."""
        if not hasattr(self.row, "__table__"):
            return ""
        return ",".join(
            str(part) for part in inspect(self.row).mapper.primary_key_from_instance(self.row)
        )


def flushed(session: Session) -> None:
    """Collect the rows a flush wrote; called while their old values are still known."""
    pending: list[_Pending] = session.info["pending"]
    dialect = session.get_bind().dialect
    for action, rows in (
        ("insert", session.new),
        ("update", session.dirty),
        ("delete", session.deleted),
    ):
        for row in rows:
            table: Table = row.__table__
            if not table.info.get("audited"):
                continue
            before, after = _values(inspect(row), table, action, dialect)
            if before or after:
                pending.append(_Pending(table.name, row, action, before, after))


def executed(session: Session, table: Table, verb: str) -> None:
    """Note a statement on many rows; its values are not repeated in the log."""
    if table.info.get("audited"):
        session.info["pending"].append(_Pending(table.name, None, f"bulk {verb}", None, None))


def note(session: Session, action: str, facts: dict[str, Any]) -> None:
    """Note what happened to the database as a whole: that it was moved."""
    session.info["pending"].append(_Pending("database", None, action, None, facts))


def write_lines(session: Session) -> None:
    """Write the collected lines and close the chain; the last thing before the commit."""
    pending: list[_Pending] = session.info["pending"]
    session.info["pending"] = []
    if not pending:
        return
    if session.info["dialect"] == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    seq, previous = head(session)
    who, at = actor(session), now(session)
    lines: list[dict[str, Any]] = []
    for one in pending:
        seq += 1
        line: dict[str, Any] = {
            "seq": seq,
            "at": at,
            "account_id": who.account_id,
            "login": who.login,
            "table_name": one.table,
            "row_id": one.row_id(),
            "action": one.action,
            "before": one.before,
            "after": one.after,
            "prev_hash": previous,
        }
        line["hash"] = previous = said_hash(line)
        lines.append(line)
    # Nobody edits these rows: the unit of work would only cost time, with thousands of an import.
    session.connection().execute(insert(AuditRow), lines)
    session.info["lines"] = (previous, len(lines))
    if session.info["dialect"] == "postgresql":
        # Whoever watches looks into the log; the bell itself says nothing. SQLite has its own.
        session.execute(text(f"NOTIFY {BELL}"))


def _values(
    state: InstanceState[Any], table: Table, action: str, dialect: Any
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The changed columns before and after; for a new or removed row all that are not empty."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    skipped = set(table.info.get("unaudited", ()))
    if action == "insert":
        return None, _given(state, table, dialect) or None
    for attribute in state.mapper.column_attrs:
        column = attribute.columns[0]
        if column.name in skipped:
            continue
        history = state.attrs[attribute.key].history
        if action == "update" and not history.has_changes():
            continue
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        if action == "delete":
            old = old if history.deleted else state.attrs[attribute.key].value
        if action == "delete":
            old_known, new_known = old is not None, False
        else:
            old_known, new_known = bool(history.deleted), new is not None or bool(history.deleted)
        for target, value, known in ((before, old, old_known), (after, new, new_known)):
            if known:
                target[column.name] = _logged(table, column, value, dialect)
    return before or None, after or None


def _given(state: InstanceState[Any], table: Table, dialect: Any) -> dict[str, Any]:
    """What a new row was given; defaults and its key are not, so they are left out."""
    values: dict[str, Any] = {}
    skipped = set(table.info.get("unaudited", ()))
    for key in state.committed_state:
        attribute = state.mapper.column_attrs.get(key)
        value = state.dict.get(key)
        if attribute is None or value is None:
            continue
        column = attribute.columns[0]
        if column.name not in skipped:
            values[column.name] = _logged(table, column, value, dialect)
    return values


def _logged(table: Table, column: NamedColumn[Any], value: Any, dialect: Any) -> Any:
    """A value as the log tells it: secret ones hidden, long texts by their hash."""
    if value is not None and column.name in table.info.get("secret", ()):
        return SECRET
    plain = _plain(column.type, value, dialect)
    if isinstance(plain, str) and column.name in table.info.get("digested", ()):
        return _digest(plain.encode())
    return plain


def _digest(data: bytes) -> dict[str, Any]:
    return {"sha256": sha256(data).hexdigest(), "size": len(data)}


def _plain(kind: Any, value: Any, dialect: Any) -> Any:
    """A column value as JSON: the stored form of our own types, files as their hash."""
    if isinstance(kind, TypeDecorator) and value is not None:
        value = kind.process_bind_param(value, dialect)
    match value:
        case None | bool() | int() | str():
            return value
        case bytes():
            return _digest(value)
        case datetime() | date():
            return value.isoformat()
        case Enum():
            return value.value
        case Decimal():
            return str(value)
        case _:
            return repr(value)
