"""Lists of the numbered sheets and of their movements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.access.model import Account
from core.documents.stock import STATES, STOCKS, Sheets
from core.documents.stock_model import SheetAction, SheetMove, SheetRange, SheetStock
from core.i18n import N_
from core.values.cells import Shown, term
from core.values.listing import Align, ColumnSpec, FilterSpec, ListQuery
from core.values.ranges import SerialRange

ACTIONS = {
    SheetAction.RECEIVE: N_("received"),
    SheetAction.HAND_OUT: N_("handed out"),
    SheetAction.GIVE_BACK: N_("given back"),
    SheetAction.USE: N_("used"),
    SheetAction.SPOIL: N_("spoiled"),
    SheetAction.SURRENDER: N_("surrendered"),
    SheetAction.DESTROY: N_("destroyed"),
}
_STOCK = FilterSpec("stock", N_("Stock"), tuple(STOCKS.items()))


class _Listed:
    """What the two lists share: rows of a stock, found by serial, person or reason."""

    model: Any
    words: tuple[str, ...] = ()
    choice: str = ""
    columns: tuple[ColumnSpec, ...] = ()

    def _where(self, query: ListQuery) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = [SheetStock.id == self.model.stock_id]
        if stock := query.filters.get("stock"):
            conditions.append(SheetStock.key == stock)
        if value := query.filters.get(self.choice):
            conditions.append(getattr(self.model, self.choice) == value)
        if query.text.strip():
            conditions.append(self._found(query.text.strip()))
        return conditions

    def _found(self, text: str) -> ColumnElement[bool]:
        like = "%" + text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        words = [getattr(self.model, name).like(like, escape="\\") for name in self.words]
        prefix, number = text.rstrip("0123456789"), text[len(text.rstrip("0123456789")) :]
        if number and len(number) <= 18:
            words.append(
                (self.model.prefix == prefix)
                & (self.model.digits == len(number))
                & (self.model.first <= int(number))
                & (self.model.last >= int(number))
            )
        return or_(*words)

    def ids(self, session: Session, query: ListQuery) -> Sequence[int]:
        """All ids in the asked order."""
        statement = select(self.model.id).where(*self._where(query)).order_by(*self._order(query))
        return session.scalars(statement).all()

    def _order(self, query: ListQuery) -> list[Any]:
        return [self.model.id]

    def count(self, session: Session, query: ListQuery) -> int:
        """How many rows the query has."""
        return session.scalar(select(func.count(self.model.id)).where(*self._where(query))) or 0


class _Ranges(_Listed):
    """Sheets by ranges of one fate; a `RecordSource`."""

    kind = "sheet_range"
    model = SheetRange
    words = ("holder", "reason")
    choice = "state"
    columns = (
        ColumnSpec("stock", N_("Stock"), 6, sortable=False),
        ColumnSpec("first", N_("First serial"), 9),
        ColumnSpec("last", N_("Last serial"), 9, sortable=False),
        ColumnSpec("count", N_("Sheets"), 5, Align.RIGHT, sortable=False),
        ColumnSpec("state", N_("State"), 6, Align.CENTRE),
        ColumnSpec("holder", N_("Handed to"), 8),
        ColumnSpec("record", N_("Record"), 8, sortable=False),
        ColumnSpec("reason", N_("Reason"), 14, sortable=False),
    )
    filters = (
        _STOCK,
        FilterSpec("state", N_("State"), tuple((k.value, v) for k, v in STATES.items())),
    )

    def _order(self, query: ListQuery) -> list[Any]:
        first = [SheetRange.prefix, SheetRange.digits, SheetRange.first]
        keyed: dict[str, Any] = {"state": SheetRange.state, "holder": SheetRange.holder}
        order: list[Any] = [keyed[query.sort]] if query.sort in keyed else []
        order += [*first, SheetRange.id]
        return [column.desc() for column in order] if query.descending else order

    def rows(self, session: Session, ids: Sequence[int]) -> dict[int, tuple[object, ...]]:
        """Values of the asked ranges."""
        found = session.execute(
            select(SheetRange, SheetStock.key)
            .join(SheetStock, SheetStock.id == SheetRange.stock_id)
            .where(SheetRange.id.in_(ids))
        )
        return {row.id: _range_cells(row, key) for row, key in found}


def _range_cells(row: SheetRange, key: str) -> tuple[object, ...]:
    sheets = Sheets(row.prefix, row.digits, SerialRange(row.first, row.last))
    count = Shown(sheets.range.count, f"{sheets.range.count:,}")
    serials = (sheets.first, sheets.last, count)
    fate = (term(row.state, STATES), row.holder, _record(row), row.reason)
    return term(key, STOCKS), *serials, *fate


def _record(row: SheetRange | SheetMove) -> Shown | None:
    if not row.record_kind:
        return None
    of = {"kind": row.record_kind, "id": row.record_id}
    return Shown(of, f"{row.record_kind} {row.record_id}")


class _Moves(_Listed):
    """Movements of sheets, newest first; a `RecordSource`."""

    kind = "sheet_move"
    model = SheetMove
    words = ("holder", "witness", "reason")
    choice = "action"
    columns = (
        ColumnSpec("at", N_("When"), 9),
        ColumnSpec("by", N_("Who"), 6, sortable=False),
        ColumnSpec("stock", N_("Stock"), 6, sortable=False),
        ColumnSpec("action", N_("Movement"), 6, Align.CENTRE, sortable=False),
        ColumnSpec("sheets", N_("Sheets"), 14, sortable=False),
        ColumnSpec("count", N_("Count"), 5, Align.RIGHT, sortable=False),
        ColumnSpec("holder", N_("Handed to"), 8, sortable=False),
        ColumnSpec("witness", N_("Witness"), 6, sortable=False),
        ColumnSpec("record", N_("Record"), 8, sortable=False),
        ColumnSpec("reason", N_("Reason"), 14, sortable=False),
    )
    filters = (
        _STOCK,
        FilterSpec("action", N_("Movement"), tuple((k.value, v) for k, v in ACTIONS.items())),
    )

    def _order(self, query: ListQuery) -> list[Any]:
        newest = query.descending if query.sort == "at" else True
        return [SheetMove.id.desc() if newest else SheetMove.id.asc()]

    def rows(self, session: Session, ids: Sequence[int]) -> dict[int, tuple[object, ...]]:
        """Values of the asked movements."""
        found = session.execute(
            select(SheetMove, SheetStock.key, Account.name)
            .join(SheetStock, SheetStock.id == SheetMove.stock_id)
            .outerjoin(Account, Account.id == SheetMove.by)
            .where(SheetMove.id.in_(ids))
        )
        return {row.id: _move_cells(row, key, name or "") for row, key, name in found}


def _move_cells(row: SheetMove, key: str, name: str) -> tuple[object, ...]:
    sheets = Sheets(row.prefix, row.digits, SerialRange(row.first, row.last))
    return (
        row.at,
        name,
        term(key, STOCKS),
        term(row.action, ACTIONS),
        str(sheets),
        Shown(sheets.range.count, f"{sheets.range.count:,}"),
        row.holder,
        row.witness,
        _record(row),
        row.reason,
    )


SHEETS = _Ranges()
SHEET_MOVES = _Moves()
