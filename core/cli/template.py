"""`lintanctl template KIND FILE.xlsx`: an empty workbook of an import."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.cli.context import Context
from core.i18n import _


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    parser.add_argument("kind", metavar="KIND", help=_("parties, applications, ..."))
    parser.add_argument("file", metavar="FILE.xlsx", type=Path, help=_("the workbook to write"))
    parser.set_defaults(run=_run)


def _run(context: Context, args: argparse.Namespace) -> None:
    from core.cli.excel import importer
    from core.sheets.template import write_template

    kind = importer(args.kind).kind
    write_template(kind, args.file)
    context.out.record(
        {"kind": kind.key, "file": str(args.file)}, {"kind": _("Kind"), "file": _("File")}
    )
