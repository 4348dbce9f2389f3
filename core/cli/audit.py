"""`lintanctl audit`: the chain of the log, the numbers, and the rows against both."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from core.cli.checks import tell_check
from core.cli.context import Context
from core.i18n import _


def add(parser: ArgumentParser) -> None:
    """The verbs of the audit."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    check = verbs.add_parser(
        "check",
        help=_(
            "check the log, that no number is missing, and that no row was changed past the log"
        ),
    )
    check.add_argument(
        "--head", metavar="HASH", help=_("head of the chain as printed on a daily sheet")
    )
    check.set_defaults(run=_check)
    log = verbs.add_parser("log", help=_("the last changes, newest first"))
    log.add_argument("--table", default="", help=_("only this table"))
    log.add_argument("--row", default="", help=_("only this row"))
    log.add_argument("--limit", type=int, default=50, help=_("how many lines at most"))
    log.set_defaults(run=_log)


def _check(context: Context, args: Namespace) -> int:
    from core.audit import compare_rows, verify_chain
    from core.database import require
    from core.numbering import missing, unnamed

    with context.database().read() as session:
        require(session, "audit.read")
        chain = verify_chain(session, expected_head=args.head)
        gaps, loose = missing(session), unnamed(session)
        rows = compare_rows(session)
    good = chain.intact and not gaps and not loose and rows.good
    found = {
        "good": good,
        "lines": chain.lines,
        "first_bad": chain.first_bad,
        "head": chain.head,
        "missing_numbers": [f"{key} {year} {number}" for key, year, number in gaps],
        "unnamed_numbers": loose,
    }
    tell_check(context, found, rows)
    return 0 if good else 1


def _log(context: Context, args: Namespace) -> None:
    from core.audit.lines import lines

    with context.database().read() as session:
        found = lines(session, table=args.table, row_id=args.row, limit=args.limit)
    context.out.table(
        {
            "seq": _("No."),
            "at": _("When"),
            "login": _("Who"),
            "table": _("Table"),
            "row": _("Row"),
            "action": _("What"),
            "before": _("Before"),
            "after": _("After"),
        },
        [
            {
                "seq": line.seq,
                "at": line.at,
                "login": line.login,
                "table": line.table,
                "row": line.row_id,
                "action": line.action,
                "before": line.before,
                "after": line.after,
            }
            for line in found
        ],
    )
