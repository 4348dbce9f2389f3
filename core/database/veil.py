"""What a person may not see: hidden records leave no trace in anything that is read.

Capabilities say which records are hidden from the person who acts (`Hooks.hides`): a map from the
table name of a record to ids. Every ORM query of the session then leaves out

- those records themselves;
- rows that name one by kind and id (`record_kind`, `record_id`: events, files, papers, numbers,
  lines of the search index, agenda items ...);
- rows with a foreign key to one, and what hangs on these in turn.

The rules are read off the tables, so a new table is covered by being declared. Lists, counts, sums,
exports, timelines and forms all come from such queries; what goes round the ORM asks `hidden`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    Table,
    and_,
    cast,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, with_loader_criteria

from db.base import Base

#: Which records are hidden from whoever acts: table name → ids.
Hider = Callable[[Session], Mapping[str, Collection[int]]]

#: Columns by which a row names a record of any kind.
_PAIRS = (
    ("record_kind", "record_id"),
    ("owner_kind", "owner_id"),
    ("case_kind", "case_id"),
    ("kind", "record_id"),
)
_KEY = "veil"


@dataclass(frozen=True)
class _Veil:
    """Hidden ids by table, with the options that keep them out of a query."""

    ids: Mapping[str, frozenset[int]] = field(default_factory=dict)
    options: tuple[Any, ...] = ()


_NOTHING = _Veil()


def apply(state: ORMExecuteState) -> None:
    """Keep hidden records out of a query of the ORM; listens to every statement."""
    if not state.is_select or state.is_column_load:
        return
    veil = _veil(state.session)
    if veil.options:
        state.statement = state.statement.options(*veil.options)


def hidden(session: Session) -> Mapping[str, frozenset[int]]:
    """The hidden ids by table name, for what does not go through the ORM."""
    return _veil(session).ids


@contextmanager
def lifted(session: Session) -> Iterator[None]:
    """Read without the veil: for checks that protect everybody (land, numbers, the log).

    What is found so is judged, never shown.
    """
    before = session.info.get(_KEY)
    session.info[_KEY] = _NOTHING
    try:
        yield
    finally:
        if before is None:
            session.info.pop(_KEY, None)
        else:
            session.info[_KEY] = before


def allowed_lines(
    session: Session, table_name: Any, row_id: Any, tables: Collection[Table] | None = None
) -> ColumnElement[bool]:
    """A condition for logs that name rows by table and key: none of a hidden row."""
    ids = hidden(session)
    if not ids:
        return true()
    parts = []
    for table in tables or Base.metadata.sorted_tables:
        keys = list(table.primary_key.columns)
        allowed = _allowed(table, ids)
        if allowed is None or len(keys) != 1:
            continue
        rows = select(cast(keys[0], String)).where(not_(allowed))
        parts.append(not_(and_(table_name == table.name, row_id.in_(rows))))
    return and_(true(), *parts)


def _veil(session: Session) -> _Veil:
    known = session.info.get(_KEY)
    if known is None:
        with lifted(session):
            known = _made(session)
        session.info[_KEY] = known
    found: _Veil = known
    return found


def _made(session: Session) -> _Veil:
    ids: dict[str, frozenset[int]] = {}
    for hider in session.info.get("hides", ()):
        for kind, found in hider(session).items():
            ids[kind] = ids.get(kind, frozenset()) | frozenset(found)
    ids = {kind: found for kind, found in ids.items() if found}
    if not ids:
        return _NOTHING
    _add_dependents(session, ids)
    options = []
    for mapper in Base.registry.mappers:
        allowed = _allowed_of(mapper, ids)
        if allowed is not None:
            options.append(with_loader_criteria(mapper.class_, allowed, include_aliases=True))
    return _Veil(ids, tuple(options))


def _add_dependents(session: Session, ids: dict[str, frozenset[int]]) -> None:
    """Records of their own that rest on a hidden one are hidden by their own ids, too."""
    asked: set[str] = set()
    again = True
    while again:
        again = False
        for table in Base.metadata.sorted_tables:
            if table.name in asked or table.info.get("root") or not _single_key(table):
                continue
            columns = [c for c, target in _keys_to(table) if target.name in ids]
            if not columns or table.name in ids:
                continue
            asked.add(table.name)
            chosen = or_(*(c.in_(ids[_target(c).name]) for c in columns))
            found = session.scalars(select(table.c[_key(table)]).where(chosen)).all()
            if found:
                ids[table.name] = frozenset(found)
                again = True


def _single_key(table: Table) -> bool:
    keys = list(table.primary_key.columns)
    return len(keys) == 1 and isinstance(keys[0].type, Integer)


def _key(table: Table) -> str:
    return next(iter(table.primary_key.columns)).name


def _keys_to(table: Table) -> list[tuple[Any, Table]]:
    return [(key.parent, key.column.table) for key in table.foreign_keys]


def _target(column: Any) -> Table:
    target: Table = next(iter(column.foreign_keys)).column.table
    return target


def _allowed_of(
    mapper: Mapper[Any], ids: Mapping[str, frozenset[int]]
) -> ColumnElement[bool] | None:
    """The condition on a mapped class, in terms of its attributes so that aliases take it."""
    table = mapper.local_table
    if not isinstance(table, Table):
        return None

    def attribute(column: Any) -> Any:
        return getattr(mapper.class_, mapper.get_property_by_column(column).key)

    return _allowed(table, ids, attribute)


def _allowed(
    table: Table,
    ids: Mapping[str, frozenset[int]],
    attribute: Callable[[Any], Any] = lambda column: column,
    seen: frozenset[str] = frozenset(),
) -> ColumnElement[bool] | None:
    """What a row must fulfil to be seen; never NULL. None where nothing can be hidden."""
    parts: list[ColumnElement[bool]] = []
    if table.name in ids and _single_key(table):
        parts.append(attribute(table.c[_key(table)]).not_in(ids[table.name]))
    pair = _pair(table)
    if pair is not None:
        kind, number = (attribute(column) for column in pair)
        parts += [
            or_(kind.is_(None), kind != name, number.is_(None), number.not_in(found))
            for name, found in ids.items()
        ]
    for column, target in _keys_to(table):
        shown = attribute(column)
        if target.name in ids:
            parts.append(or_(shown.is_(None), shown.not_in(ids[target.name])))
        elif not column.nullable and target.name not in {*seen, table.name}:
            inner = _allowed(target, ids, seen=seen | {table.name})
            if inner is not None and _single_key(target):
                parts.append(shown.in_(select(target.c[_key(target)]).where(inner)))
    return and_(*parts) if parts else None


def _pair(table: Table) -> tuple[Any, Any] | None:
    for kind, number in _PAIRS:
        if kind in table.c and number in table.c:
            return table.c[kind], table.c[number]
    return None
