"""`lintanctl bank`: statements read, lines proposed and confirmed, both sides reconciled."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.cli.context import Context
from core.cli.units import add_unit, unit_of
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register
from core.values.cells import term

register({"cli.mapping": N_("Write a mapping as FIELD=HEADER, not “{value}”.")})


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    read = verbs.add_parser("import", help=_("Read a statement (.xlsx, .csv)."))
    read.add_argument("file", type=Path)
    read.add_argument("--bank", required=True, help=_("its mapping is remembered by this name"))
    read.add_argument("--column", action="append", default=[], metavar="FIELD=HEADER")
    read.set_defaults(run=_import)
    read_ = verbs.add_parser("statements", help=_("Statements that were read."))
    read_.set_defaults(run=_statements)
    undo = verbs.add_parser(
        "undo", help=_("Take back a statement that was read, every line of it.")
    )
    undo.add_argument("statement", type=int, metavar="ID")
    undo.add_argument("--reason", required=True, metavar=_("TEXT"))
    undo.set_defaults(run=_undo)
    lines = verbs.add_parser("lines", help=_("Open lines, each with what it probably is."))
    lines.set_defaults(run=_lines)
    match = verbs.add_parser("match", help=_("Say which donation a line is."))
    match.add_argument("line", type=int, nargs="?", metavar="ID")
    match.add_argument("code", nargs="?", metavar="CODE")
    match.add_argument("--sure", action="store_true", help=_("all that leave no doubt"))
    match.set_defaults(run=_match)
    dismiss = verbs.add_parser("dismiss", help=_("Say that a line is no gift."))
    dismiss.add_argument("line", type=int, metavar="ID")
    dismiss.add_argument("--reason", required=True, metavar=_("TEXT"))
    dismiss.set_defaults(run=_dismiss)
    reopen = verbs.add_parser("reopen", help=_("Take back what was said of a line."))
    reopen.add_argument("line", type=int, metavar="ID")
    reopen.add_argument("--reason", required=True, metavar=_("TEXT"))
    reopen.set_defaults(run=_reopen)
    both = verbs.add_parser("reconcile", help=_("Prepare the reconciliation of these days."))
    both.add_argument("--from", dest="first", required=True, metavar="DATE")
    both.add_argument("--to", dest="last", required=True, metavar="DATE")
    add_unit(both)
    both.set_defaults(run=_reconcile)


def _import(context: Context, args: argparse.Namespace) -> None:
    from core.fund.statements import import_statement

    mapping = {}
    for text in args.column:
        field, equals, header = text.partition("=")
        if not equals:
            raise InputError.of("column", "cli.mapping", value=text)
        mapping[field] = header
    with context.database().write() as session:
        made = import_statement(session, args.bank, args.file, mapping)
    context.out.record({"file": args.file.name, "new": len(made), "lines": made})


def _statements(context: Context, _args: argparse.Namespace) -> None:
    from core.fund.statements import statements

    with context.database().read() as session:
        found = statements(session)
    context.out.table(
        {
            "id": "id",
            "imported_at": _("When"),
            "bank": _("Bank"),
            "file": _("File"),
            "lines": _("Lines"),
            "settled": _("Settled"),
            "by": _("By"),
            "undone_at": _("Undone"),
        },
        [
            {
                "id": one.id,
                "imported_at": one.imported_at,
                "bank": one.bank,
                "file": one.filename,
                "lines": one.lines,
                "settled": one.settled,
                "by": one.imported_by,
                "undone_at": one.undone_at,
                "undone_by": one.undone_by,
            }
            for one in found
        ],
        empty=_("No statement was read yet."),
    )


def _undo(context: Context, args: argparse.Namespace) -> None:
    from core.fund.statements import undo_statement

    with context.database().write() as session:
        removed = undo_statement(session, args.statement, args.reason)
    context.out.record({"statement": args.statement, "removed": removed})


def _lines(context: Context, _args: argparse.Namespace) -> None:
    from core.fund.bank import proposals
    from core.fund.matching import REASON_TITLES, Reason

    with context.database().read() as session:
        found = proposals(session)
    rows: list[dict[str, Any]] = [
        {
            "id": one.line_id,
            "traded_on": one.traded_on,
            "credit": one.credit,
            "payer": one.payer_name,
            "memo": one.memo,
            "donation": one.donation,
            "donor": one.donor,
            "sure": one.sure,
            "codes": list(one.reasons),
            "reasons": [term(Reason(each), REASON_TITLES) for each in one.reasons],
        }
        for one in found
    ]
    context.out.table(
        {
            "id": "id",
            "traded_on": _("Date"),
            "credit": _("Amount (yuan)"),
            "payer": _("Payer"),
            "memo": _("Memo"),
            "donation": _("Donation"),
            "donor": _("Donor"),
            "reasons": _("Reasons"),
        },
        rows,
        empty=_("No line of a statement is open."),
    )


def _match(context: Context, args: argparse.Namespace) -> None:
    from core.fund.bank import confirm, confirm_sure
    from core.fund.donations import find_donation

    with context.database().write() as session:
        if args.sure:
            count = confirm_sure(session)
        else:
            confirm(session, args.line or 0, find_donation(session, args.code or "").id)
            count = 1
    context.out.record({"matched": count})


def _dismiss(context: Context, args: argparse.Namespace) -> None:
    from core.fund.bank import dismiss

    with context.database().write() as session:
        dismiss(session, args.line, args.reason)
    context.out.record({"line": args.line, "verdict": "not_a_gift"})


def _reopen(context: Context, args: argparse.Namespace) -> None:
    from core.fund.bank import reopen

    with context.database().write() as session:
        reopen(session, args.line, args.reason)
    context.out.record({"line": args.line, "verdict": "open"})


def _reconcile(context: Context, args: argparse.Namespace) -> None:
    from core.fund.reconciliation import reconcile, reconciliation_paper
    from core.values.dates import parse_date

    first, last = parse_date(args.first), parse_date(args.last)
    with context.database().write() as session:
        found = reconcile(session, first, last)
        paper = reconciliation_paper(session, unit_of(session, args), first, last)
    context.out.record(
        {
            "credits": found.credits,
            "matched": found.matched,
            "not_gifts": found.not_gifts,
            "open": found.open,
            "registered": found.registered,
            "missing": [one.code for one in found.missing],
            "agrees": found.agrees,
            "paper": paper.id,
        }
    )
