"""`lintanctl audit`: the chain of the log, the numbers, and the stored files, each on its own."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from core.cli.context import Context
from core.i18n import _


def add(parser: ArgumentParser) -> None:
    """The verbs of the audit."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    check = verbs.add_parser("check", help=_("check the log, the numbers and the stored files"))
    check.add_argument(
        "--head", metavar="HASH", help=_("head of the chain as printed on a daily sheet")
    )
    check.set_defaults(run=_check)
    log = verbs.add_parser("log", help=_("the last changes, newest first"))
    log.add_argument("--table", default="", help=_("only this table"))
    log.add_argument("--row", default="", help=_("only this row"))
    log.add_argument("--limit", type=int, default=50)
    log.set_defaults(run=_log)


def _check(context: Context, args: Namespace) -> int:
    from core.attachments.service import damaged_blobs
    from core.audit.chain import verify_chain
    from core.numbering.service import missing

    with context.database().read() as session:
        chain = verify_chain(session, expected_head=args.head)
        gaps = missing(session)
        damaged = damaged_blobs(session)
    good = chain.intact and not gaps and not damaged
    context.out.record(
        {
            "good": good,
            "lines": chain.lines,
            "first_bad": chain.first_bad,
            "head": chain.head,
            "missing_numbers": [f"{key} {year} {number}" for key, year, number in gaps],
            "damaged_files": damaged,
        },
        {
            "good": _("All is well"),
            "lines": _("Lines of the log"),
            "first_bad": _("First wrong line"),
            "head": _("Head of the chain"),
            "missing_numbers": _("Missing numbers"),
            "damaged_files": _("Damaged files"),
        },
    )
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
