"""The stock of numbered sheets: certificates pre-printed with a serial.

Every serial that ever came in is accounted for: in stock, handed out, used for a record, spoiled,
surrendered or destroyed. Movements are kept for ever; the ranges are what they come to, and
`faults` replays them to prove it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import actor, now, require
from core.documents.stock_model import SheetAction, SheetMove, SheetRange, SheetState, SheetStock
from core.errors import InputError, RuleViolation
from core.i18n import N_
from core.messages import register
from core.values.ranges import SerialRange

CERTIFICATE = "certificate"
#: Stocks an office may keep, and their titles. Receipts come in books and are kept by the fund.
STOCKS: Mapping[str, str] = {CERTIFICATE: N_("Certificate sheets")}
#: Digits of a serial that fit the database's integers.
MOST_DIGITS = 18

_SERIAL = re.compile(r"(?P<prefix>.{0,40}?)(?P<digits>[0-9]+)")
_IN, _OUT = SheetState.IN_STOCK, SheetState.HANDED_OUT
_FROM: Mapping[SheetAction, frozenset[SheetState]] = {
    SheetAction.HAND_OUT: frozenset({_IN}),
    SheetAction.GIVE_BACK: frozenset({_OUT}),
    SheetAction.USE: frozenset({_IN, _OUT}),
    SheetAction.SPOIL: frozenset({_IN, _OUT, SheetState.USED}),
    SheetAction.SURRENDER: frozenset({_IN, SheetState.SPOILED}),
    SheetAction.DESTROY: frozenset({_IN, SheetState.SPOILED}),
}
_TO: Mapping[SheetAction, SheetState] = {
    SheetAction.RECEIVE: _IN,
    SheetAction.HAND_OUT: _OUT,
    SheetAction.GIVE_BACK: _IN,
    SheetAction.USE: SheetState.USED,
    SheetAction.SPOIL: SheetState.SPOILED,
    SheetAction.SURRENDER: SheetState.SURRENDERED,
    SheetAction.DESTROY: SheetState.DESTROYED,
}
STATES: Mapping[SheetState, str] = {
    SheetState.IN_STOCK: N_("in stock"),
    SheetState.HANDED_OUT: N_("handed out"),
    SheetState.USED: N_("used"),
    SheetState.SPOILED: N_("spoiled"),
    SheetState.SURRENDERED: N_("surrendered"),
    SheetState.DESTROYED: N_("destroyed"),
}


@dataclass(frozen=True)
class Sheets:
    """Serials that follow each other: a prefix and numbers of so many digits."""

    prefix: str
    digits: int
    range: SerialRange

    @classmethod
    def parse(cls, first: str, last: str = "") -> Sheets:
        """Read the first and last serial (one sheet without a last).

        Raises:
            InputError: no serial, more than 18 digits, two kinds of serial, or the wrong order.
        """
        prefix, digits, start = _parsed(first, "first")
        if not last.strip():
            return cls(prefix, digits, SerialRange(start, start))
        other, width, end = _parsed(last, "last")
        if (prefix, digits) != (other, width):
            raise InputError.of("last", "stock.other_kind", first=first, last=last)
        if end < start:
            raise InputError.of("last", "stock.order", first=first, last=last)
        return cls(prefix, digits, SerialRange(start, end))

    def serial(self, number: int) -> str:
        """The serial with this number, as printed on the sheet."""
        return f"{self.prefix}{number:0{self.digits}}"

    @property
    def first(self) -> str:
        """The first serial."""
        return self.serial(self.range.start)

    @property
    def last(self) -> str:
        """The last serial."""
        return self.serial(self.range.end)

    def __str__(self) -> str:
        return self.first if self.range.count == 1 else f"{self.first}—{self.last}"


def _parsed(text: str, field: str) -> tuple[str, int, int]:
    found = _SERIAL.fullmatch(text.strip())
    if found is None or len(found["digits"]) > MOST_DIGITS or not int(found["digits"]):
        raise InputError.of(field, "stock.serial", serial=text, most=MOST_DIGITS)
    return found["prefix"], len(found["digits"]), int(found["digits"])


@dataclass(frozen=True)
class Fate:
    """What became of sheets: state, who has them, the record a used one is bound to, why."""

    state: SheetState
    holder: str = ""
    record_kind: str = ""
    record_id: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Move:
    """What is done with sheets, beside the action itself."""

    action: SheetAction
    holder: str = ""
    witness: str = ""
    record_kind: str = ""
    record_id: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Balance:
    """How many sheets of a stock are in each state; `received` is their sum."""

    counts: Mapping[SheetState, int]

    @property
    def received(self) -> int:
        """All sheets that ever came in."""
        return sum(self.counts.values())


# --- what people do --------------------------------------------------------------------------


def receive(session: Session, stock: str, sheets: Sheets, note: str = "") -> None:
    """入库. Raises RuleViolation("stock.received") when a serial came in before."""
    require(session, "stock.keep")
    _move(session, stock, sheets, Move(SheetAction.RECEIVE, reason=note.strip()))


def hand_out(session: Session, stock: str, sheets: Sheets, holder: str) -> None:
    """领用: from stock to a person, whose name is kept."""
    require(session, "stock.keep")
    given = _given(holder, "holder", "stock.holder")
    _move(session, stock, sheets, Move(SheetAction.HAND_OUT, holder=given))


def give_back(session: Session, stock: str, sheets: Sheets, reason: str = "") -> None:
    """退库: unused sheets come back from a person."""
    require(session, "stock.keep")
    _move(session, stock, sheets, Move(SheetAction.GIVE_BACK, reason=reason.strip()))


def spoil(session: Session, stock: str, sheets: Sheets, reason: str) -> None:
    """作废: sheets that cannot be used (any more); a used one stays bound to its record."""
    require(session, "stock.keep")
    why = _given(reason, "reason", "stock.reason")
    _move(session, stock, sheets, Move(SheetAction.SPOIL, reason=why))


def surrender(session: Session, stock: str, sheets: Sheets, reason: str) -> None:
    """上缴: unused or spoiled sheets go back to whoever had them printed."""
    require(session, "stock.keep")
    why = _given(reason, "reason", "stock.reason")
    _move(session, stock, sheets, Move(SheetAction.SURRENDER, reason=why))


def destroy(session: Session, stock: str, sheets: Sheets, witness: str, reason: str) -> None:
    """销毁, before a witness (监销人) who is somebody else than the person who records it."""
    require(session, "stock.destroy")
    seen = _given(witness, "witness", "stock.witness")
    if seen == actor(session).name:
        raise InputError.of("witness", "stock.own_witness")
    why = _given(reason, "reason", "stock.reason")
    _move(session, stock, sheets, Move(SheetAction.DESTROY, witness=seen, reason=why))


def _given(text: str, field: str, code: str) -> str:
    if not text.strip():
        raise InputError.of(field, code)
    return text.strip()


# --- what printing does ----------------------------------------------------------------------


def kept(session: Session, stock: str) -> bool:
    """Whether the office keeps this stock: whether any sheet was ever received."""
    return session.scalar(select(SheetStock.id).where(SheetStock.key == stock)) is not None


def next_sheet(session: Session, stock: str, holder: str = "") -> str:
    """The first unused serial (of those handed to `holder`, else of the stock), or nothing."""
    rows = session.scalars(
        select(SheetRange)
        .join(SheetStock, SheetStock.id == SheetRange.stock_id)
        .where(SheetStock.key == stock, SheetRange.state.in_((_IN, _OUT)))
        .order_by(SheetRange.prefix, SheetRange.digits, SheetRange.first)
    ).all()
    mine = [row for row in rows if row.state is _OUT and row.holder == holder]
    row = next(iter([*mine, *(row for row in rows if row.state is _IN)]), None)
    return "" if row is None else _sheets(row).first


def use(session: Session, stock: str, serial: str, record: tuple[str, int]) -> None:
    """Bind one sheet to the record (kind and id) that is printed on it.

    A stock nobody keeps asks for nothing. Raises InputError on `sheet_serial` when the stock is
    kept and the serial is missing, unknown, or accounted for already.
    """
    if not kept(session, stock):
        return
    if not serial.strip():
        following = next_sheet(session, stock, actor(session).name) or "—"
        raise InputError.of("sheet_serial", "stock.which", serial=following)
    try:
        _move(
            session,
            stock,
            Sheets.parse(serial),
            Move(SheetAction.USE, record_kind=record[0], record_id=record[1]),
        )
    except InputError as fault:
        named = [replace(one, field="sheet_serial") for one in fault.fields]
        raise InputError(*named) from fault
    except RuleViolation as fault:
        raise InputError.of("sheet_serial", fault.code, **fault.params) from fault


def sheets_of(session: Session, record_kind: str, record_id: int) -> list[tuple[str, SheetState]]:
    """Every sheet ever used for a record, spoiled ones included, by serial."""
    rows = session.scalars(
        select(SheetRange)
        .where(SheetRange.record_kind == record_kind, SheetRange.record_id == record_id)
        .order_by(SheetRange.prefix, SheetRange.first)
    )
    return [
        (_sheets(row).serial(number), row.state)
        for row in rows
        for number in range(row.first, row.last + 1)
    ]


# --- what is asked ---------------------------------------------------------------------------


def balance(session: Session, stock: str) -> Balance:
    """How many sheets are where, today."""
    counts: Counter[SheetState] = Counter()
    for row in _rows(session, stock):
        counts[row.state] += row.last - row.first + 1
    return Balance({state: counts[state] for state in SheetState})


@dataclass(frozen=True)
class Turnover:
    """领用存: unused sheets at the beginning, sheets per action between, unused at the end."""

    opening: int
    moved: Mapping[SheetAction, int]
    closing: int


def turnover(session: Session, stock: str, start: datetime, end: datetime) -> Turnover:
    """The report of a stock from `start` until before `end`; unused is in stock or handed out."""
    fates: dict[tuple[str, int], list[tuple[SerialRange, Fate]]] = {}
    moved: Counter[SheetAction] = Counter()
    opening = None
    for row in _moves(session, stock):
        if row.at >= end:
            break
        if row.at >= start:
            opening = _unused(fates) if opening is None else opening
            moved[row.action] += row.last - row.first + 1
        _replay(fates, row)
    closing = _unused(fates)
    return Turnover(
        closing if opening is None else opening,
        {action: moved[action] for action in SheetAction},
        closing,
    )


def faults(session: Session, stock: str) -> list[str]:
    """Serials whose range is not what the movements come to; empty when the stock is sound."""
    replayed: dict[tuple[str, int], list[tuple[SerialRange, Fate]]] = {}
    for row in _moves(session, stock):
        _replay(replayed, row)
    told: dict[tuple[str, int], list[tuple[SerialRange, Fate]]] = {}
    for one in _rows(session, stock):
        key = (one.prefix, one.digits)
        told.setdefault(key, []).append((SerialRange(one.first, one.last), _fate(one)))
    wrong = []
    for key in sorted({*replayed, *told}):
        if _joined(replayed.get(key, [])) != _joined(told.get(key, [])):
            spans = [*replayed.get(key, []), *told.get(key, [])]
            whole = SerialRange(
                min(span.start for span, _ in spans), max(span.end for span, _ in spans)
            )
            wrong.append(str(Sheets(*key, whole)))
    return wrong


# --- the one way a sheet moves ---------------------------------------------------------------


def _move(session: Session, stock: str, sheets: Sheets, move: Move) -> None:
    owner = _locked(session, stock, create=move.action is SheetAction.RECEIVE)
    rows = _overlapping(session, owner.id, sheets)
    if move.action is SheetAction.RECEIVE:
        if rows:
            again = max(rows[0].first, sheets.range.start)
            raise RuleViolation("stock.received", serial=sheets.serial(again))
        pieces = [(sheets.range, Fate(_IN))]
    else:
        _require_movable(sheets, rows, move.action)
        pieces = [_moved_piece(row, sheets.range, move) for row in rows]
        for row in rows:
            _cut_out(session, row, sheets.range)
    for span, fate in pieces:
        session.add(_range(owner.id, sheets, span, fate))
    session.add(_log(session, owner.id, sheets, move))
    session.flush()
    _merge(session, owner.id, sheets)


def _locked(session: Session, stock: str, *, create: bool) -> SheetStock:
    """The stock's row, locked until the commit: movements of a stock follow one another."""
    if stock not in STOCKS:
        raise InputError.of("stock", "stock.unknown", stock=stock, known=", ".join(STOCKS))
    row = session.scalar(select(SheetStock).where(SheetStock.key == stock).with_for_update())
    if row is None:
        if not create:
            raise RuleViolation("stock.empty")
        row = SheetStock(key=stock)
        session.add(row)
        session.flush()
    return row


def _overlapping(session: Session, stock_id: int, sheets: Sheets) -> Sequence[SheetRange]:
    return session.scalars(
        select(SheetRange)
        .where(
            SheetRange.stock_id == stock_id,
            SheetRange.prefix == sheets.prefix,
            SheetRange.digits == sheets.digits,
            SheetRange.first <= sheets.range.end,
            SheetRange.last >= sheets.range.start,
        )
        .order_by(SheetRange.first)
        .execution_options(populate_existing=True)
    ).all()


def _require_movable(sheets: Sheets, rows: Sequence[SheetRange], action: SheetAction) -> None:
    """Every serial is known and in a state the action starts from; else name the first not so."""
    at = sheets.range.start
    for row in rows:
        if row.first > at:
            break
        if row.state not in _FROM[action]:
            raise RuleViolation(
                f"stock.is_{row.state.value}",
                serial=sheets.serial(max(at, row.first)),
                holder=row.holder,
                reason=row.reason,
            )
        at = row.last + 1
    if at <= sheets.range.end:
        raise RuleViolation("stock.unreceived", serial=sheets.serial(at))


def _moved_piece(row: SheetRange, span: SerialRange, move: Move) -> tuple[SerialRange, Fate]:
    inside = SerialRange(max(row.first, span.start), min(row.last, span.end))
    return inside, _after(_fate(row), move)


def _after(fate: Fate, move: Move) -> Fate:
    """The fate of a sheet after a movement: what it was bound to stays bound to it."""
    holder = {SheetAction.HAND_OUT: move.holder, SheetAction.GIVE_BACK: ""}
    return Fate(
        _TO[move.action],
        holder.get(move.action, fate.holder),
        move.record_kind or fate.record_kind,
        move.record_id or fate.record_id,
        move.reason if move.action not in {SheetAction.RECEIVE, SheetAction.GIVE_BACK} else "",
    )


def _cut_out(session: Session, row: SheetRange, span: SerialRange) -> None:
    """Leave of a row what is outside the span."""
    sheets, fate = _sheets(row), _fate(row)
    before, after = row.first < span.start, row.last > span.end
    if after:
        rest = SerialRange(span.end + 1, row.last)
        session.add(_range(row.stock_id, sheets, rest, fate))
    if before:
        row.last = span.start - 1
    else:
        session.delete(row)
    session.flush()


def _merge(session: Session, stock_id: int, sheets: Sheets) -> None:
    """Join neighbours of one fate around what moved, so that ranges stay as few as they can be."""
    wide = Sheets(
        sheets.prefix,
        sheets.digits,
        SerialRange(max(1, sheets.range.start - 1), sheets.range.end + 1),
    )
    rows = _overlapping(session, stock_id, wide)
    kept_row = None
    for row in rows:
        joins = kept_row is not None and kept_row.last + 1 == row.first
        if kept_row is not None and joins and _fate(kept_row) == _fate(row):
            last = row.last
            session.delete(row)
            session.flush()
            kept_row.last = last
        else:
            kept_row = row
    session.flush()


def _rows(session: Session, stock: str) -> Iterable[SheetRange]:
    return session.scalars(
        select(SheetRange)
        .join(SheetStock, SheetStock.id == SheetRange.stock_id)
        .where(SheetStock.key == stock)
        .order_by(SheetRange.prefix, SheetRange.digits, SheetRange.first)
    )


def _moves(session: Session, stock: str) -> Iterable[SheetMove]:
    return session.scalars(
        select(SheetMove)
        .join(SheetStock, SheetStock.id == SheetMove.stock_id)
        .where(SheetStock.key == stock)
        .order_by(SheetMove.id)
    )


_Fates = dict[tuple[str, int], list[tuple[SerialRange, Fate]]]


def _replay(fates: _Fates, row: SheetMove) -> None:
    span = SerialRange(row.first, row.last)
    move = Move(row.action, row.holder, row.witness, row.record_kind, row.record_id, row.reason)
    kept_pieces: list[tuple[SerialRange, Fate]] = []
    for piece, fate in fates.setdefault((row.prefix, row.digits), []):
        if not piece.overlaps(span):
            kept_pieces.append((piece, fate))
            continue
        if piece.start < span.start:
            kept_pieces.append((SerialRange(piece.start, span.start - 1), fate))
        inside = SerialRange(max(piece.start, span.start), min(piece.end, span.end))
        kept_pieces.append((inside, _after(fate, move)))
        if piece.end > span.end:
            kept_pieces.append((SerialRange(span.end + 1, piece.end), fate))
    if row.action is SheetAction.RECEIVE:
        kept_pieces.append((span, Fate(_IN)))
    fates[row.prefix, row.digits] = sorted(kept_pieces, key=lambda one: one[0])


def _joined(pieces: list[tuple[SerialRange, Fate]]) -> list[tuple[SerialRange, Fate]]:
    joined: list[tuple[SerialRange, Fate]] = []
    for span, fate in sorted(pieces, key=lambda one: one[0]):
        if joined and joined[-1][1] == fate and joined[-1][0].end + 1 == span.start:
            joined[-1] = (SerialRange(joined[-1][0].start, span.end), fate)
        else:
            joined.append((span, fate))
    return joined


def _unused(fates: _Fates) -> int:
    return sum(
        span.count
        for pieces in fates.values()
        for span, fate in pieces
        if fate.state in {_IN, _OUT}
    )


def _sheets(row: SheetRange) -> Sheets:
    return Sheets(row.prefix, row.digits, SerialRange(row.first, row.last))


def _fate(row: SheetRange) -> Fate:
    return Fate(row.state, row.holder, row.record_kind, row.record_id, row.reason)


def _range(stock_id: int, sheets: Sheets, span: SerialRange, fate: Fate) -> SheetRange:
    return SheetRange(
        stock_id=stock_id,
        prefix=sheets.prefix,
        digits=sheets.digits,
        first=span.start,
        last=span.end,
        **vars(fate),
    )


def _log(session: Session, stock_id: int, sheets: Sheets, move: Move) -> SheetMove:
    return SheetMove(
        stock_id=stock_id,
        prefix=sheets.prefix,
        digits=sheets.digits,
        first=sheets.range.start,
        last=sheets.range.end,
        at=now(session),
        by=actor(session).account_id,
        **vars(move),
    )


register(
    {
        "stock.serial": N_(
            "“{serial}” is no serial of a sheet: it ends in digits (at most {most}), not all zero."
        ),
        "stock.other_kind": N_("{first} and {last} are not serials of one kind."),
        "stock.order": N_("{last} comes before {first}."),
        "stock.unknown": N_("There is no stock “{stock}”; there are: {known}."),
        "stock.empty": N_("No sheet of this kind was ever received; record the delivery first."),
        "stock.received": N_("The sheet {serial} was received before. Nothing was changed."),
        "stock.unreceived": N_("The sheet {serial} was never received. Nothing was changed."),
        "stock.is_in_stock": N_("The sheet {serial} is in stock."),
        "stock.is_handed_out": N_("The sheet {serial} is handed out to {holder}."),
        "stock.is_used": N_("The sheet {serial} is used already."),
        "stock.is_spoiled": N_("The sheet {serial} is spoiled: {reason}"),
        "stock.is_surrendered": N_("The sheet {serial} was surrendered: {reason}"),
        "stock.is_destroyed": N_("The sheet {serial} was destroyed: {reason}"),
        "stock.holder": N_("Say who takes the sheets."),
        "stock.reason": N_("Give the reason; it is kept with the sheets."),
        "stock.witness": N_("Name the witness of the destruction."),
        "stock.own_witness": N_("The witness must be another person than you."),
        "stock.which": N_(
            "Give the serial of the sheet in the printer; the next one in stock is {serial}."
        ),
    }
)
