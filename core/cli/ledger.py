"""`lintanctl ledger`: every number of a series and year, with its fate; no gap can hide."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from core.cli.context import Context
from core.i18n import _
from core.values.cells import Shown


def add(parser: ArgumentParser) -> None:
    """The series and year; without a series, the list of series."""
    parser.add_argument("series", nargs="?", help=_("key of the series; without it, all series"))
    parser.add_argument("--year", type=int, help=_("this year when not given"))
    parser.set_defaults(run=_ledger)


def _ledger(context: Context, args: Namespace) -> None:
    from core.clock import china_date
    from core.numbering.service import ledger

    if args.series is None:
        _all_series(context)
        return
    year = args.year or china_date(context.clock.now()).year
    with context.database().read() as session:
        lines = ledger(session, args.series, year)
    context.out.table(
        {
            "sequence": _("No."),
            "text": _("Number"),
            "state": _("State"),
            "record": _("Record"),
            "taken_at": _("Taken"),
            "reason": _("Reason"),
        },
        [
            {
                "sequence": line.sequence,
                "text": line.text,
                "state": line.state,
                "record": Shown(
                    {"kind": line.record_kind, "id": line.record_id},
                    f"{line.record_kind} {line.record_id}",
                ),
                "taken_at": line.taken_at,
                "reason": line.reason,
            }
            for line in lines
        ],
        empty=_("No number was taken."),
    )


def _all_series(context: Context) -> None:
    from core.numbering.service import series

    with context.database().read() as session:
        found = series(session)
    context.out.table(
        {"key": _("Series"), "pattern": _("Pattern"), "taken": _("Taken")},
        [
            {
                "key": one.key,
                "pattern": one.pattern,
                "taken": {str(year): count for year, count in one.taken},
            }
            for one in found
        ],
    )
