"""`lintanctl ledger`: every number of a series and year, with its fate; no gap can hide."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from core.cli.context import Context
from core.errors import InputError
from core.i18n import N_, _, listed
from core.messages import register
from core.values.cells import Shown, term

register({"cli.series": N_("There is no series “{series}”; there are: {known}.")})


def add(parser: ArgumentParser) -> None:
    """The series and year; without a series, the list of series."""
    parser.add_argument("series", nargs="?", help=_("key of the series; without it, all series"))
    parser.add_argument("--year", type=int, help=_("this year when not given"))
    parser.set_defaults(run=_ledger)


def _ledger(context: Context, args: Namespace) -> None:
    from core.clock import china_date
    from core.numbering.service import STATE_TITLES, ledger, series

    if args.series is None:
        _all_series(context)
        return
    year = args.year or china_date(context.clock.now()).year
    with context.database().read() as session:
        known = [one.key for one in series(session)]
        if args.series not in known:
            told = listed(known)
            raise InputError.of("series", "cli.series", series=args.series, known=told)
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
                "state": term(line.state, STATE_TITLES),
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
