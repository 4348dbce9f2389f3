"""`lintanctl receipt`: books of the stock, sheets handed out, returned and settled."""

from __future__ import annotations

import argparse
from typing import Any

from core.cli.context import Context
from core.cli.units import add_unit, unit_of
from core.i18n import _


def way_names() -> list[str]:
    """The ways a receipt is issued, as they are typed."""
    from core.fund.states import Way

    return [one.value for one in Way]


def add_stock(verbs: Any) -> None:
    """Adds the verbs of the stock."""
    book = verbs.add_parser("book", help=_("Enter a book of pre-printed receipts."))
    book.add_argument("--bill-code", required=True)
    book.add_argument("--book", required=True, help=_("number of the book"))
    book.add_argument("--first", required=True, metavar="NO")
    book.add_argument("--last", required=True, metavar="NO")
    book.add_argument("--on", required=True, metavar="DATE")
    book.add_argument("--to", default="", metavar=_("NAME"), help=_("who keeps it"))
    add_unit(book)
    book.set_defaults(run=_book)
    off = verbs.add_parser("write-off", help=_("Account for an unused sheet."))
    off.add_argument("number", metavar="NO")
    off.add_argument("--bill-code", required=True)
    off.add_argument("--as", dest="fate", required=True, choices=["spoiled", "lost", "returned"])
    off.add_argument("--reason", required=True, metavar=_("TEXT"))
    off.set_defaults(run=_write_off)
    books = verbs.add_parser("books", help=_("Books of receipts; those to use up are marked."))
    books.set_defaults(run=_books)
    rest = verbs.add_parser("return", help=_("Give the unused rest of a book back."))
    rest.add_argument("book", type=int, metavar="ID")
    rest.add_argument("--reason", required=True, metavar=_("TEXT"))
    rest.set_defaults(run=_return)
    hand = verbs.add_parser("hand-out", help=_("Say who keeps a book now."))
    hand.add_argument("book", type=int, metavar="ID")
    hand.add_argument("holder", metavar=_("NAME"))
    hand.set_defaults(run=_hand_out)
    settle = verbs.add_parser("settle", help=_("Close a book whose sheets are accounted for."))
    settle.add_argument("book", type=int, metavar="ID")
    settle.set_defaults(run=_settle)
    ledger = verbs.add_parser("ledger", help=_("Every number of a way and year, explained."))
    ledger.add_argument("--way", choices=way_names(), required=True)
    ledger.add_argument("--year", type=int, required=True)
    ledger.set_defaults(run=_ledger)


def _book(context: Context, args: argparse.Namespace) -> None:
    from core.fund.stock import BookContent, receive_book
    from core.values.dates import parse_date

    with context.database().write() as session:
        content = BookContent(
            unit_id=unit_of(session, args),
            bill_code=args.bill_code,
            book_number=args.book,
            first_number=args.first,
            last_number=args.last,
            received_on=parse_date(args.on),
            handed_to=args.to,
        )
        made = receive_book(session, content)
    context.out.record({"book": made})


def _books(context: Context, _args: argparse.Namespace) -> None:
    from dataclasses import asdict

    from core.fund.stock import books

    with context.database().read() as session:
        rows = [asdict(one) for one in books(session)]
    context.out.table(
        {
            "id": "id",
            "bill_code": _("Code"),
            "book_number": _("Book"),
            "first_number": _("First"),
            "last_number": _("Last"),
            "unused": _("Unused"),
            "use_until": _("Use until"),
            "due": _("Use up now"),
        },
        rows,
    )


def _write_off(context: Context, args: argparse.Namespace) -> None:
    from core.fund.states import SheetState
    from core.fund.stock import write_off

    with context.database().write() as session:
        write_off(session, args.bill_code, args.number, SheetState(args.fate), args.reason)
    context.out.record({"number": args.number, "state": args.fate})


def _return(context: Context, args: argparse.Namespace) -> None:
    from core.fund.stock import return_rest

    with context.database().write() as session:
        count = return_rest(session, args.book, args.reason)
    context.out.record({"book": args.book, "returned": count})


def _hand_out(context: Context, args: argparse.Namespace) -> None:
    from core.fund.books import hand_out

    with context.database().write() as session:
        hand_out(session, args.book, args.holder)
    context.out.record({"book": args.book, "holder": args.holder})


def _settle(context: Context, args: argparse.Namespace) -> None:
    from core.fund.stock import settle_book

    with context.database().write() as session:
        settle_book(session, args.book)
    context.out.record({"book": args.book, "state": "settled"})


def _ledger(context: Context, args: argparse.Namespace) -> None:
    from dataclasses import asdict

    from core.fund.reports import receipt_ledger
    from core.fund.states import Way

    with context.database().read() as session:
        rows = receipt_ledger(session, Way(args.way), args.year)
    context.out.table(
        {
            "number": _("Receipt No."),
            "payer": _("Payer"),
            "amount": _("Amount (yuan)"),
            "issued_on": _("Date"),
            "state": _("State"),
            "reason": _("Reason and linked numbers"),
        },
        [asdict(one) for one in rows],
        empty=_("No number was taken."),
    )
