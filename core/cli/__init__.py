"""lintanctl: the command line for administrators, scripts and tests.

It calls the same use cases as the desktop; nothing is possible here that the person may not do
there. One module per command group:

    def add(parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
        show = verbs.add_parser("show", help=_("Show one application."))
        show.add_argument("number")
        show.set_defaults(run=_show)

    def _show(context: Context, args: argparse.Namespace) -> int | None:
        with context.database().read() as session:
            context.out.record({...}, title=...)

A group is listed in :mod:`core.cli.groups`; its module is imported when it is asked for.
A command returns nothing for 0, or the exit status; it raises AppError for everything refused.
"""

from __future__ import annotations

from core.cli.entry import main

__all__ = ["main"]
