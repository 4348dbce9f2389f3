"""`lintanctl export KIND FILE.xlsx`: a list as a workbook; personal numbers stay masked."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.cli.context import Context
from core.cli.filters import add_filters, query_of
from core.i18n import _


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    parser.add_argument("kind", metavar="KIND", help=_("parties, applications, certificates, ..."))
    parser.add_argument("file", metavar="FILE.xlsx", type=Path, help=_("the workbook to write"))
    add_filters(parser)
    parser.set_defaults(run=_run)


def _run(context: Context, args: argparse.Namespace) -> None:
    from core.cli.excel import listing
    from core.sheets.export import export

    source = listing(args.kind)
    query = query_of(args, source)
    with context.database().read() as session:
        count = export(source, session, query, args.file)
    context.out.record(
        {"kind": source.kind, "file": str(args.file), "rows": count},
        {"kind": _("Kind"), "file": _("File"), "rows": _("Rows")},
    )
