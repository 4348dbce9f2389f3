"""`lintanctl fund`: the verbs that make a paper."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.cli.context import Context
from core.cli.units import add_unit, unit_of
from core.i18n import _
from core.values.dates import parse_date

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.documents.service import DocumentSummary


def add_days(parser: argparse.ArgumentParser) -> None:
    """Adds the two days of a period to a verb."""
    parser.add_argument("--from", dest="first", required=True, metavar="DATE")
    parser.add_argument("--to", dest="last", required=True, metavar="DATE")


def add_papers(verbs: Any) -> None:
    """Adds the verbs that make a paper."""
    close = verbs.add_parser("close-day", help=_("Prepare the daily closing sheet."))
    close.add_argument("day", metavar="DATE")
    add_unit(close)
    close.set_defaults(run=_close)
    month = verbs.add_parser("stock-month", help=_("Prepare the monthly sheet of the stock."))
    month.add_argument("year", type=int)
    month.add_argument("month", type=int, choices=range(1, 13), metavar="MONTH")
    add_unit(month)
    month.set_defaults(run=_month)
    statement = verbs.add_parser("statement", help=_("Prepare a donor's statement of a year."))
    statement.add_argument("party", type=int, metavar="ID")
    statement.add_argument("year", type=int)
    statement.set_defaults(run=_statement)
    thanks = verbs.add_parser("thank", help=_("Prepare a donation certificate."))
    thanks.add_argument("code", metavar="CODE")
    thanks.set_defaults(run=_thank)
    publish = verbs.add_parser("publish", help=_("Prepare the disclosure of donations."))
    add_days(publish)
    add_unit(publish)
    publish.set_defaults(run=_publish)
    book = verbs.add_parser("settlement", help=_("Prepare the settlement sheet of a book."))
    book.add_argument("book", type=int, metavar="ID")
    book.set_defaults(run=_settlement)
    register_ = verbs.add_parser("stock-register", help=_("Prepare the register of books."))
    add_unit(register_)
    register_.set_defaults(run=_stock_register)
    lost = verbs.add_parser("lost", help=_("Prepare the report of a book's lost sheets."))
    lost.add_argument("book", type=int, metavar="ID")
    lost.set_defaults(run=_lost)
    ledger = verbs.add_parser("ledger", help=_("Prepare the ledger of receipts."))
    ledger.add_argument("--way", choices=["official", "stock", "own"], required=True)
    ledger.add_argument("--year", type=int, required=True)
    add_unit(ledger)
    ledger.set_defaults(run=_ledger)


def _paper(context: Context, work: Any) -> None:
    """Prepare a paper and tell which: it waits for its signature."""
    with context.database().write() as session:
        made: DocumentSummary = work(session)
    context.out.record({"paper": made.id, "title": made.title, "state": made.state.value})


def _close(context: Context, args: argparse.Namespace) -> None:
    from core.fund.papers import close_day

    day = parse_date(args.day)
    _paper(context, lambda session: close_day(session, unit_of(session, args), day))


def _month(context: Context, args: argparse.Namespace) -> None:
    from core.fund.papers import report_stock

    _paper(
        context,
        lambda session: report_stock(session, unit_of(session, args), args.year, args.month),
    )


def _statement(context: Context, args: argparse.Namespace) -> None:
    from core.fund.donors import existing_donor
    from core.fund.papers import state_year

    _paper(
        context,
        lambda session: state_year(session, existing_donor(session, args.party), args.year),
    )


def _thank(context: Context, args: argparse.Namespace) -> None:
    from core.fund.donations import find_donation
    from core.fund.papers import thank

    _paper(context, lambda session: thank(session, find_donation(session, args.code).id))


def _publish(context: Context, args: argparse.Namespace) -> None:
    from core.fund.papers import publish

    first, last = parse_date(args.first), parse_date(args.last)
    _paper(context, lambda session: publish(session, unit_of(session, args), first, last))


def _settlement(context: Context, args: argparse.Namespace) -> None:
    from core.fund.papers import settle_paper

    _paper(context, lambda session: settle_paper(session, args.book))


def _stock_register(context: Context, args: argparse.Namespace) -> None:
    from core.fund.stock_papers import register_paper

    _paper(context, lambda session: register_paper(session, unit_of(session, args)))


def _lost(context: Context, args: argparse.Namespace) -> None:
    from core.fund.stock_papers import report_lost

    with context.database().write() as session:
        made = report_lost(session, args.book)
    context.out.table(
        {"paper": _("Paper"), "title": _("Title"), "state": _("State")},
        [{"paper": one.id, "title": one.title, "state": one.state.value} for one in made],
    )


def _ledger(context: Context, args: argparse.Namespace) -> None:
    from core.fund.papers import print_ledger
    from core.fund.states import Way

    def work(session: Session) -> DocumentSummary:
        return print_ledger(session, unit_of(session, args), Way(args.way), args.year)

    _paper(context, work)
