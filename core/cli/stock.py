"""`lintanctl stock`: numbered sheets received, handed out, given back, spoiled, destroyed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from core.cli.context import Context
from core.cli.filters import add_filters, list_records
from core.i18n import _


def add(parser: ArgumentParser) -> None:
    """The verbs on sheets."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    shown = verbs.add_parser("list", help=_("sheets by ranges, with what became of them"))
    add_filters(shown)
    shown.set_defaults(run=_list)
    moves = verbs.add_parser("moves", help=_("every movement, newest first"))
    add_filters(moves)
    moves.set_defaults(run=_moves)
    total = verbs.add_parser("balance", help=_("how many sheets are where, and whether it adds up"))
    total.add_argument("stock", help=_("which stock: certificate"))
    total.set_defaults(run=_balance)
    for name, title, extra in (
        ("receive", _("record a delivery"), ()),
        ("hand-out", _("hand unused sheets to a person"), ("to",)),
        ("give-back", _("take unused sheets back from a person"), ()),
        ("spoil", _("write sheets off as spoiled"), ("reason",)),
        ("surrender", _("send sheets back to where they were printed"), ("reason",)),
        ("destroy", _("record the destruction before a witness"), ("witness", "reason")),
    ):
        _add_move(verbs, name, title, extra)


def _add_move(verbs: Any, name: str, title: str, extra: tuple[str, ...]) -> None:
    verb = verbs.add_parser(name, help=title)
    verb.add_argument("stock", help=_("which stock: certificate"))
    verb.add_argument("first", metavar=_("FIRST"), help=_("first serial"))
    verb.add_argument("last", metavar=_("LAST"), nargs="?", default="", help=_("last serial"))
    helps = {
        "to": _("who takes them"),
        "witness": _("who watched (监销人)"),
        "reason": _("why; kept with the sheets"),
    }
    for option in extra:
        verb.add_argument(f"--{option}", required=True, help=helps[option])
    if "reason" not in extra and name != "hand-out":
        verb.add_argument("--reason", default="", help=_("a remark; kept with the sheets"))
    verb.set_defaults(run=_move, verb=name)


def _list(context: Context, args: Namespace) -> None:
    from core.documents.stock_queries import SHEETS

    list_records(context, args, SHEETS)


def _moves(context: Context, args: Namespace) -> None:
    from core.documents.stock_queries import SHEET_MOVES

    list_records(context, args, SHEET_MOVES)


def _balance(context: Context, args: Namespace) -> int:
    from core.documents import stock

    with context.database().read() as session:
        found = stock.balance(session, args.stock)
        wrong = stock.faults(session, args.stock)
        following = stock.next_sheet(session, args.stock)
    context.out.record(
        {
            "received": found.received,
            **{state.value: count for state, count in found.counts.items()},
            "next": following or None,
            "faults": wrong,
        },
        {
            "received": _("Received"),
            **{state.value: _(title) for state, title in stock.STATES.items()},
            "next": _("Next sheet"),
            "faults": _("Not explained"),
        },
    )
    return 1 if wrong else 0


def _move(context: Context, args: Namespace) -> None:
    from core.documents import stock

    sheets = stock.Sheets.parse(args.first, args.last)
    with context.database().write() as session:
        if args.verb == "receive":
            stock.receive(session, args.stock, sheets, args.reason)
        elif args.verb == "hand-out":
            stock.hand_out(session, args.stock, sheets, args.to)
        elif args.verb == "give-back":
            stock.give_back(session, args.stock, sheets, args.reason)
        elif args.verb == "spoil":
            stock.spoil(session, args.stock, sheets, args.reason)
        elif args.verb == "surrender":
            stock.surrender(session, args.stock, sheets, args.reason)
        else:
            stock.destroy(session, args.stock, sheets, args.witness, args.reason)
    context.out.record(
        {"stock": args.stock, "sheets": str(sheets), "count": sheets.range.count},
        {"stock": _("Stock"), "sheets": _("Sheets"), "count": _("Count")},
    )
