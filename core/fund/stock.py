"""Pre-printed receipts: books received, sheets used, void, lost, returned; 核旧领新."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import history, settings
from core.database import actor, require, today
from core.errors import InputError, NotFound, RuleViolation
from core.fund.receipt_model import StockBook, StockSheet
from core.fund.states import SHEET_TITLES, SheetState
from core.i18n import N_, _
from core.messages import register

register(
    {
        "fund.sheet_numbers": N_("Enter first and last number of the book with the same digits."),
        "fund.sheet_count": N_("A book has 1 to {most} sheets, not {count}."),
        "fund.bill_code": N_("The code of the book is missing."),
        "fund.sheets_known": N_("Sheet {number} of the code {bill_code} was received before."),
        "fund.stock_empty": N_("There is no unused sheet in a book of this unit that is in date."),
        "fund.sheet_unknown": N_("There is no sheet {number} of the code {bill_code}."),
        "fund.sheet_state": N_("Sheet {number} is “{state}” and cannot be written off."),
        "fund.sheet_not_off": N_("A sheet is written off as spoiled, lost or returned."),
        "fund.book_open": N_("{count} sheets of the book are not accounted for yet."),
        "fund.book_settled": N_("This book is settled already."),
    }
)

_MOST = 1000
_WRITE_OFF = frozenset({SheetState.SPOILED, SheetState.LOST, SheetState.RETURNED})


@dataclass(frozen=True, kw_only=True)
class BookContent:
    """A book as received from the finance department; numbers are digits as printed."""

    unit_id: int
    bill_code: str
    book_number: str
    first_number: str
    last_number: str
    received_on: date
    handed_to: str = ""


def receive_book(session: Session, content: BookContent) -> int:
    """Enter a book; each of its sheets is a row from now on, so that none can go missing unseen.

    Raises:
        NotPermitted: without `fund.stock`.
        InputError: numbers that make no range, or sheets that are here already.
    """
    require(session, "fund.stock")
    code, first, last = (
        text.strip() for text in (content.bill_code, content.first_number, content.last_number)
    )
    if not code:
        raise InputError.of("bill_code", "fund.bill_code")
    if not (first.isascii() and first.isdigit() and last.isdigit() and len(first) == len(last)):
        raise InputError.of("first_number", "fund.sheet_numbers")
    count = int(last) - int(first) + 1
    if not 1 <= count <= _MOST:
        raise InputError.of("last_number", "fund.sheet_count", most=_MOST, count=count)
    _refuse_known(session, code, first, last)
    book = StockBook(
        unit_id=content.unit_id,
        bill_code=code,
        book_number=content.book_number.strip(),
        first_number=first,
        last_number=last,
        received_on=content.received_on,
        use_until=_months_later(
            content.received_on, int(settings.get(session, "fund.stock_months"))
        ),
        received_by=actor(session).name,
        handed_to=content.handed_to.strip(),
    )
    session.add(book)
    session.flush()
    session.add_all(
        StockSheet(book_id=book.id, number=str(n).zfill(len(first)), state=SheetState.UNUSED)
        for n in range(int(first), int(last) + 1)
    )
    history.record(session, "receipt_book", book.id, "book_received", data={"sheets": count})
    session.flush()
    return book.id


def _refuse_known(session: Session, code: str, first: str, last: str) -> None:
    known = session.scalar(
        select(StockSheet.number)
        .join(StockBook, StockBook.id == StockSheet.book_id)
        .where(
            StockBook.bill_code == code,
            func.length(StockSheet.number) == len(first),
            StockSheet.number.between(first, last),
        )
        .limit(1)
    )
    if known is not None:
        raise InputError.of("first_number", "fund.sheets_known", number=known, bill_code=code)


def _months_later(day: date, months: int) -> date:
    """The day before the same day so many months later: six months from 1 March end 31 August."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last) - timedelta(days=1)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def next_sheet(session: Session, unit_id: int) -> tuple[StockSheet, StockBook]:
    """The next unused sheet of the oldest book in date; it stays locked until the commit.

    Raises:
        RuleViolation: `fund.stock_empty`.
    """
    found = session.execute(
        select(StockSheet, StockBook)
        .join(StockBook, StockBook.id == StockSheet.book_id)
        .where(
            StockBook.unit_id == unit_id,
            StockBook.settled_on.is_(None),
            StockBook.use_until >= today(session),
            StockSheet.state == SheetState.UNUSED,
        )
        .order_by(StockBook.received_on, StockBook.id, StockSheet.number)
        .limit(1)
        .with_for_update(of=StockBook)
    ).first()
    if found is None:
        raise RuleViolation("fund.stock_empty")
    sheet, book = found
    # Whoever waited for the book sees the sheet as the other one left it.
    session.refresh(sheet)
    if sheet.state is not SheetState.UNUSED:
        return next_sheet(session, unit_id)
    return sheet, book


def write_off(
    session: Session, bill_code: str, number: str, state: SheetState, reason: str
) -> None:
    """Account for an unused sheet: spoiled, lost (with the notice), or returned unused.

    Raises:
        NotPermitted: without `fund.stock`.
        NotFound: no such sheet.
        RuleViolation: it is used or written off already.
        InputError: without a reason.
    """
    require(session, "fund.stock")
    if state not in _WRITE_OFF:
        raise InputError.of("state", "fund.sheet_not_off")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    sheet = session.scalar(
        select(StockSheet)
        .join(StockBook, StockBook.id == StockSheet.book_id)
        .where(StockBook.bill_code == bill_code.strip(), StockSheet.number == number.strip())
        .with_for_update(of=(StockBook, StockSheet))
    )
    if sheet is None:
        raise NotFound("fund.sheet_unknown", number=number, bill_code=bill_code)
    if sheet.state is not SheetState.UNUSED:
        raise RuleViolation("fund.sheet_state", number=number, state=_(SHEET_TITLES[sheet.state]))
    sheet.state, sheet.reason, sheet.changed_on = state, reason.strip(), today(session)
    facts = {"number": sheet.number, "state": state.value}
    history.record(
        session, "receipt_book", sheet.book_id, "written_off", reason=reason.strip(), data=facts
    )
    session.flush()


def return_rest(session: Session, book_id: int, reason: str) -> int:
    """Give every unused sheet of a book back to the finance department 空白交回, before 核旧领新.

    Returns:
        how many went back.

    Raises:
        NotPermitted: without `fund.stock`.
        NotFound: no such book.
        RuleViolation: `fund.book_settled`.
        InputError: without a reason.
    """
    require(session, "fund.stock")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    book = session.get(StockBook, book_id, with_for_update=True)
    if book is None:
        raise NotFound("record.not_found")
    if book.settled_on is not None:
        raise RuleViolation("fund.book_settled")
    left = session.scalars(
        select(StockSheet)
        .where(StockSheet.book_id == book_id, StockSheet.state == SheetState.UNUSED)
        .order_by(StockSheet.number)
    ).all()
    for sheet in left:
        sheet.state, sheet.reason = SheetState.RETURNED, reason.strip()
        sheet.changed_on = today(session)
    if left:
        facts = {"first": left[0].number, "last": left[-1].number, "count": len(left)}
        history.record(
            session, "receipt_book", book_id, "rest_returned", reason=reason.strip(), data=facts
        )
    session.flush()
    return len(left)


def settle_book(session: Session, book_id: int) -> None:
    """核旧领新: close a book whose every sheet is accounted for.

    Raises:
        NotPermitted: without `fund.stock`.
        NotFound: no such book.
        RuleViolation: `fund.book_open`, `fund.book_settled`.
    """
    require(session, "fund.stock")
    book = session.get(StockBook, book_id, with_for_update=True)
    if book is None:
        raise NotFound("record.not_found")
    if book.settled_on is not None:
        raise RuleViolation("fund.book_settled")
    left = session.scalar(
        select(func.count()).where(
            StockSheet.book_id == book_id, StockSheet.state == SheetState.UNUSED
        )
    )
    if left:
        raise RuleViolation("fund.book_open", count=left)
    book.settled_on = today(session)
    history.record(session, "receipt_book", book_id, "settled")
    session.flush()


@dataclass(frozen=True, kw_only=True)
class BookLine:
    """A book as the list of the stock shows it; `due` when its last day has passed or is near."""

    id: int
    bill_code: str
    book_number: str
    first_number: str
    last_number: str
    unused: int
    use_until: date
    settled_on: date | None
    due: bool


def books(session: Session) -> list[BookLine]:
    """Every book, the one to be used up first at the top."""
    limit = today(session) + timedelta(days=int(settings.get(session, "fund.stock_warn_days")))
    counts = select(StockSheet.book_id, func.count()).where(StockSheet.state == SheetState.UNUSED)
    rows_ = session.execute(counts.group_by(StockSheet.book_id))
    unused: dict[int, int] = {row[0]: row[1] for row in rows_}
    rows = session.scalars(select(StockBook).order_by(StockBook.use_until, StockBook.id))
    return [
        BookLine(
            id=one.id,
            bill_code=one.bill_code,
            book_number=one.book_number,
            first_number=one.first_number,
            last_number=one.last_number,
            unused=unused.get(one.id, 0),
            use_until=one.use_until,
            settled_on=one.settled_on,
            due=one.id in unused and one.settled_on is None and one.use_until <= limit,
        )
        for one in rows
    ]
