"""Books of pre-printed receipts on the desk: who has them, what became of their sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from core import attachments, history, settings
from core.attachments import AttachmentSummary
from core.database import require, today
from core.documents.service import DocumentSummary, papers_of
from core.errors import InputError, NotFound, RuleViolation
from core.fund.model import IssuingUnit
from core.fund.receipt_model import Receipt, StockBook, StockSheet
from core.fund.states import SheetState
from core.fund.stock import write_off
from core.history import TimelineEntry
from core.i18n import N_
from core.messages import register
from core.search.lists import RecordList
from core.values.cells import term
from core.values.listing import Align, ColumnSpec, FilterSpec

register(
    {
        "fund.holder_missing": N_("Say who gets the book."),
        "fund.range_crossed": N_("The last sheet is before the first."),
    }
)

BOOK = "receipt_book"


class BookState(StrEnum):
    """Where a book is; `due` and `overdue` are about its last day of use (第十一条)."""

    IN_USE = "in_use"
    DUE = "due"
    OVERDUE = "overdue"
    FINISHED = "finished"
    SETTLED = "settled"


BOOK_TITLES = {
    BookState.IN_USE: N_("In use"),
    BookState.DUE: N_("Use up soon"),
    BookState.OVERDUE: N_("Over its last day"),
    BookState.FINISHED: N_("All accounted for"),
    BookState.SETTLED: N_("Settled"),
}


def book_state(settled: bool, unused: int, use_until: date, day: date, warn: int) -> BookState:
    """The state of a book on a day; a warning comes so many days before its last one."""
    if settled:
        return BookState.SETTLED
    if not unused:
        return BookState.FINISHED
    if use_until < day:
        return BookState.OVERDUE
    return BookState.DUE if use_until <= day + timedelta(days=warn) else BookState.IN_USE


def warn_days(session: Session) -> int:
    """Days of warning before the last day of a book, an office setting."""
    return int(settings.get(session, "fund.stock_warn_days"))


def _unused() -> ColumnElement[int]:
    return (
        select(func.count())
        .where(StockSheet.book_id == StockBook.id, StockSheet.state == SheetState.UNUSED)
        .correlate(StockBook)
        .scalar_subquery()
    )


def _shown(session: Session, rows: Sequence[Any]) -> dict[int, tuple[object, ...]]:
    """Books with their state today."""
    day, warn = today(session), warn_days(session)
    return {row[0]: (*row[1:8], term(_state(row, day, warn), BOOK_TITLES)) for row in rows}


def _state(row: Any, day: date, warn: int) -> BookState:
    return book_state(row[8] is not None, row[5], row[6], day, warn)


def _in_state(session: Session, value: str) -> ColumnElement[bool]:
    day, unused = today(session), _unused()
    soon = day + timedelta(days=warn_days(session))
    open_ = and_(StockBook.settled_on.is_(None), unused > 0)
    conditions: dict[str, ColumnElement[bool]] = {
        BookState.IN_USE: and_(open_, StockBook.use_until > soon),
        BookState.DUE: and_(open_, StockBook.use_until.between(day, soon)),
        BookState.OVERDUE: and_(open_, StockBook.use_until < day),
        BookState.FINISHED: and_(StockBook.settled_on.is_(None), unused == 0),
        BookState.SETTLED: StockBook.settled_on.is_not(None),
    }
    conditions["warn"] = or_(conditions[BookState.DUE], conditions[BookState.OVERDUE])
    if value not in conditions:
        raise InputError.of("state", "form.choice", value=value, choices="、".join(conditions))
    return conditions[value]


BOOKS = RecordList(
    kind=BOOK,
    columns=(
        ColumnSpec("book", N_("Book"), 8),
        ColumnSpec("bill_code", N_("Code"), 7),
        ColumnSpec("first", N_("First sheet"), 9),
        ColumnSpec("last", N_("Last sheet"), 9),
        ColumnSpec("unused", N_("Unused"), 5, Align.RIGHT),
        ColumnSpec("use_until", N_("Use until"), 7, Align.CENTRE),
        ColumnSpec("handed_to", N_("Held by"), 7),
        ColumnSpec("state", N_("State"), 8, sortable=False),
    ),
    key=StockBook.id.expression,
    orders={
        "use_until": StockBook.use_until.expression,
        "book": StockBook.book_number.expression,
        "bill_code": StockBook.bill_code.expression,
        "first": StockBook.first_number.expression,
        "last": StockBook.last_number.expression,
        "unused": _unused(),
        "handed_to": StockBook.handed_to.expression,
    },
    texts=(
        StockBook.book_number.expression,
        StockBook.bill_code.expression,
        StockBook.first_number.expression,
        StockBook.handed_to.expression,
    ),
    fetch=select(
        StockBook.id,
        StockBook.book_number,
        StockBook.bill_code,
        StockBook.first_number,
        StockBook.last_number,
        _unused(),
        StockBook.use_until,
        StockBook.handed_to,
        StockBook.settled_on,
    ),
    shown=_shown,
    descending=False,
    conditions={"state": _in_state},
    offers=(
        FilterSpec(
            "state",
            N_("State"),
            (
                ("warn", N_("Due or overdue")),
                *((one.value, title) for one, title in BOOK_TITLES.items()),
            ),
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """A sheet that is not simply unused: its receipt, or why it was written off."""

    number: str
    state: SheetState
    payer: str
    reason: str
    changed_on: date | None


@dataclass(frozen=True, kw_only=True)
class BookDetail:
    """A book as the pane shows it; `counts` are sheets by state, `odd` those written off or void."""

    id: int
    unit_id: int
    unit: str
    bill_code: str
    book_number: str
    first_number: str
    last_number: str
    received_on: date
    use_until: date
    received_by: str
    handed_to: str
    handed_on: date | None
    settled_on: date | None
    state: BookState
    counts: tuple[tuple[SheetState, int], ...]
    next_number: str
    odd: tuple[SheetLine, ...]
    timeline: tuple[TimelineEntry, ...]
    papers: tuple[DocumentSummary, ...]
    files: tuple[AttachmentSummary, ...]

    @property
    def sheets(self) -> int:
        """All sheets of the book."""
        return sum(count for _state_, count in self.counts)

    @property
    def unused(self) -> int:
        """Sheets that are blank and here."""
        return dict(self.counts).get(SheetState.UNUSED, 0)


def book_detail(session: Session, book_id: int) -> BookDetail:
    """One book.

    Raises:
        NotFound: no such book.
    """
    book = session.get(StockBook, book_id)
    if book is None:
        raise NotFound("record.not_found")
    rows = session.execute(
        select(StockSheet, Receipt.title)
        .outerjoin(Receipt, Receipt.id == StockSheet.receipt_id)
        .where(StockSheet.book_id == book_id)
        .order_by(StockSheet.number)
    ).all()
    states = [sheet.state for sheet, _title in rows]
    unused = next((one.number for one, _title in rows if one.state is SheetState.UNUSED), "")
    return BookDetail(
        id=book.id,
        unit_id=book.unit_id,
        unit=session.get_one(IssuingUnit, book.unit_id).name,
        bill_code=book.bill_code,
        book_number=book.book_number,
        first_number=book.first_number,
        last_number=book.last_number,
        received_on=book.received_on,
        use_until=book.use_until,
        received_by=book.received_by,
        handed_to=book.handed_to,
        handed_on=book.handed_on,
        settled_on=book.settled_on,
        state=book_state(
            book.settled_on is not None,
            states.count(SheetState.UNUSED),
            book.use_until,
            today(session),
            warn_days(session),
        ),
        counts=tuple((one, states.count(one)) for one in SheetState if one in states),
        next_number=unused,
        odd=tuple(
            _sheet(sheet, title)
            for sheet, title in rows
            if sheet.state not in {SheetState.UNUSED, SheetState.USED}
        ),
        timeline=tuple(history.timeline(session, BOOK, book_id)),
        papers=tuple(papers_of(session, BOOK, book_id)),
        files=tuple(attachments.attachments(session, BOOK, book_id)),
    )


def _sheet(sheet: StockSheet, title: str | None) -> SheetLine:
    return SheetLine(
        number=sheet.number,
        state=sheet.state,
        payer=title or "",
        reason=sheet.reason,
        changed_on=sheet.changed_on,
    )


@dataclass(frozen=True, kw_only=True)
class SheetDetail:
    """One sheet with the book it is in and the receipt it carries."""

    id: int
    number: str
    bill_code: str
    book_id: int
    book: str
    state: SheetState
    use_until: date
    receipt_id: int | None
    receipt: str
    payer: str
    reason: str
    changed_on: date | None
    settled: bool


def sheet_detail(session: Session, sheet_id: int) -> SheetDetail:
    """One sheet.

    Raises:
        NotFound: no such sheet.
    """
    sheet = session.get(StockSheet, sheet_id)
    if sheet is None:
        raise NotFound("record.not_found")
    book = session.get_one(StockBook, sheet.book_id)
    receipt = session.get(Receipt, sheet.receipt_id) if sheet.receipt_id else None
    return SheetDetail(
        id=sheet.id,
        number=sheet.number,
        bill_code=book.bill_code,
        book_id=book.id,
        book=book.book_number,
        state=sheet.state,
        use_until=book.use_until,
        receipt_id=sheet.receipt_id,
        receipt=f"{receipt.bill_code}-{receipt.number}" if receipt else "",
        payer=receipt.title if receipt else "",
        reason=sheet.reason,
        changed_on=sheet.changed_on,
        settled=book.settled_on is not None,
    )


def hand_out(session: Session, book_id: int, holder: str) -> None:
    """Say who has a book now 领用; whoever had it before stays in the timeline.

    Raises:
        NotPermitted: without `fund.stock`.
        NotFound: no such book.
        RuleViolation: `fund.book_settled`.
        InputError: field `holder`.
    """
    require(session, "fund.stock")
    if not holder.strip():
        raise InputError.of("holder", "fund.holder_missing")
    book = session.get(StockBook, book_id, with_for_update=True)
    if book is None:
        raise NotFound("record.not_found")
    if book.settled_on is not None:
        raise RuleViolation("fund.book_settled")
    facts = {"from": book.handed_to, "to": holder.strip()}
    book.handed_to, book.handed_on = holder.strip(), today(session)
    history.record(session, BOOK, book_id, "handed_out", data=facts)
    session.flush()


def write_off_range(
    session: Session, book_id: int, numbers: tuple[str, str], state: SheetState, reason: str
) -> int:
    """Write off every sheet of a range of a book, or none of them.

    Args:
        session: a write session.
        book_id: the book.
        numbers: first and last number; an empty last one means one sheet. Zeros in front may be
            left out.
        state: spoiled, lost or returned.
        reason: why; it is kept and printed.

    Returns:
        how many sheets.

    Raises:
        NotPermitted: without `fund.stock`.
        NotFound: no such book or sheet.
        RuleViolation: a sheet is used or written off already.
        InputError: numbers that make no range, or no reason.
    """
    require(session, "fund.stock")
    book = session.get(StockBook, book_id)
    if book is None:
        raise NotFound("record.not_found")
    digits = len(book.first_number)
    first, last = (text.strip() for text in numbers)
    last = last or first
    if not all(text.isascii() and text.isdigit() for text in (first, last)):
        raise InputError.of("first", "fund.sheet_numbers")
    if int(last) < int(first):
        raise InputError.of("last", "fund.range_crossed")
    for number in (first, last):
        if not int(book.first_number) <= int(number) <= int(book.last_number):
            facts = {"number": number, "bill_code": book.bill_code}
            raise InputError.of("first", "fund.sheet_unknown", **facts)
    for number_ in range(int(first), int(last) + 1):
        write_off(session, book.bill_code, str(number_).zfill(digits), state, reason)
    return int(last) - int(first) + 1
