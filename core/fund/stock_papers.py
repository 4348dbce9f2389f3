"""Papers about the stock: the register of books 领用登记簿 and the report of lost sheets 遗失报告."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import actor, require, today
from core.documents.service import DocumentSummary, prepare
from core.errors import InputError, NotFound
from core.fund.model import IssuingUnit
from core.fund.receipt_model import StockBook, StockSheet
from core.fund.states import WAY_CHINESE, SheetState, Way
from core.i18n import N_
from core.messages import register

register(
    {
        "fund.no_books": N_("This unit has received no book of receipts yet."),
        "fund.nothing_lost": N_("No sheet of this book is noted as lost."),
    }
)


def register_paper(session: Session, unit_id: int) -> DocumentSummary:
    """The register of a unit's books as it stands today.

    Raises:
        NotPermitted: without `fund.report`.
        NotFound: no such unit.
        InputError: field `unit`; it has no book.
    """
    require(session, "fund.report")
    unit = session.get(IssuingUnit, unit_id)
    if unit is None:
        raise NotFound("record.not_found")
    books = session.scalars(
        select(StockBook)
        .where(StockBook.unit_id == unit_id)
        .order_by(StockBook.received_on, StockBook.id)
    ).all()
    if not books:
        raise InputError.of("unit", "fund.no_books")
    facts: dict[str, object] = {
        "unit_name": unit.name,
        "until": today(session),
        "items": [_line(session, book) for book in books],
        "keeper": actor(session).name,
    }
    if unit.licence_number:
        facts["licence_number"] = unit.licence_number
    return prepare(
        session, kind="stock_register", record_kind="fund_unit", record_id=unit_id, facts=facts
    )


def _line(session: Session, book: StockBook) -> dict[str, str]:
    sheets = session.scalars(select(StockSheet).where(StockSheet.book_id == book.id)).all()
    fates = Counter(sheet.state for sheet in sheets)
    spoiled = fates[SheetState.VOID] + fates[SheetState.SPOILED] + fates[SheetState.LOST]
    return {
        "received_on": book.received_on.isoformat(),
        "name": "公益事业捐赠票据",
        "book": book.book_number,
        "first": book.first_number,
        "last": book.last_number,
        "count": str(len(sheets)),
        "holder": book.holder,
        "returned_on": book.settled_on.isoformat() if book.settled_on else "",
        "used": str(fates[SheetState.USED]),
        "void": str(spoiled),
        "blank": str(fates[SheetState.RETURNED]),
    }


def report_lost(session: Session, book_id: int) -> list[DocumentSummary]:
    """A report for each run of lost sheets of a book that were lost for one reason on one day.

    Raises:
        NotPermitted: without `fund.report`.
        NotFound: no such book.
        InputError: field `book`; none is noted as lost.
    """
    require(session, "fund.report")
    book = session.get(StockBook, book_id)
    if book is None:
        raise NotFound("record.not_found")
    sheets = session.scalars(
        select(StockSheet)
        .where(StockSheet.book_id == book_id, StockSheet.state == SheetState.LOST)
        .order_by(StockSheet.number)
    ).all()
    if not sheets:
        raise InputError.of("book", "fund.nothing_lost")
    return [_report(session, book, run) for run in _runs(sheets)]


def _runs(sheets: Sequence[StockSheet]) -> list[list[StockSheet]]:
    """Neighbours with the same day and reason together."""
    runs: list[list[StockSheet]] = []
    for sheet in sheets:
        last = runs[-1][-1] if runs else None
        joins = (
            last is not None
            and int(sheet.number) == int(last.number) + 1
            and (sheet.reason, sheet.changed_on) == (last.reason, last.changed_on)
        )
        if joins:
            runs[-1].append(sheet)
        else:
            runs.append([sheet])
    return runs


def _report(session: Session, book: StockBook, run: Sequence[StockSheet]) -> DocumentSummary:
    facts: dict[str, object] = {
        "unit_name": session.get_one(IssuingUnit, book.unit_id).name,
        "receipt_kind": WAY_CHINESE[Way.STOCK],
        "bill_code": book.bill_code,
        "first_number": run[0].number,
        "last_number": run[-1].number,
        "sheets": str(len(run)),
        "copies": "存根、收据、记账（空白）",
        "reason": run[0].reason,
        "reporter": actor(session).name,
        "on": run[0].changed_on or today(session),
    }
    return prepare(
        session, kind="receipt_lost", record_kind="receipt_book", record_id=book.id, facts=facts
    )
