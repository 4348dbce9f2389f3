"""`lintanctl import`: read a workbook into the database, all of it or nothing; take it back."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.context import Context
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register

if TYPE_CHECKING:
    from core.sheets.importing import ImportReport
    from core.sheets.reading import CellError

REFUSED = 1

register(
    {
        "cli.import_arguments": N_("Give a kind and a file, or --undo NUMBER, or --list."),
        "cli.undo_reason": N_("Say why the import is undone: --reason TEXT."),
    }
)


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    parser.add_argument("kind", metavar="KIND", nargs="?", help=_("parties, applications, ..."))
    parser.add_argument(
        "file", metavar="FILE.xlsx", nargs="?", type=Path, help=_("the workbook to read")
    )
    parser.add_argument("--dry-run", action="store_true", help=_("try everything and keep nothing"))
    parser.add_argument(
        "--again", action="store_true", help=_("import a file that was imported before")
    )
    parser.add_argument(
        "--errors", metavar="OUT.xlsx", type=Path, help=_("write the rows with errors to this file")
    )
    parser.add_argument("--list", action="store_true", help=_("list the imports that were made"))
    parser.add_argument(
        "--undo", metavar="NUMBER", type=int, help=_("take back everything an import made")
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help=_("why it is taken back"))
    parser.set_defaults(run=_run)


def _run(context: Context, args: argparse.Namespace) -> int | None:
    if args.list:
        _list(context, args)
        return None
    if args.undo is not None:
        _undo(context, args)
        return None
    if not args.kind or args.file is None:
        raise InputError.of("kind", "cli.import_arguments")
    return _import(context, args)


def _import(context: Context, args: argparse.Namespace) -> int | None:
    from core.cli.excel import importer
    from core.sheets.batch import imported_before, run_import, twin_facts
    from core.sheets.marking import write_errors

    chosen = importer(args.kind)
    with context.database().write() as session:
        before = imported_before(session, chosen.kind.key, args.file)
        report, batch = run_import(
            session, chosen, args.file, dry_run=args.dry_run, again=args.again
        )
    if args.errors is not None and (report.errors or report.warnings):
        write_errors(args.file, report, args.errors)
    _answer(context, report, batch)
    if before is not None and not context.out.as_json:
        text = _("This very workbook was imported on {day} by {by} (import {batch}).")
        context.out.line(text.format_map(twin_facts(before)))
    return REFUSED if report.errors else None


def _answer(context: Context, report: ImportReport, batch: int | None) -> None:
    if context.out.as_json:
        context.out.document(
            {
                "rows": report.rows,
                "accepted": report.accepted,
                "rejected": _lines(report.errors),
                "warnings": _lines(report.warnings),
                "imported": report.imported,
                "dry_run": report.dry_run,
                "batch": batch,
            }
        )
        return
    if report.errors:
        context.out.table(_columns(), _lines(report.errors))
    if report.warnings:
        context.out.line(_("Please look at these; they do not stop the import:"))
        context.out.table(_columns(), _lines(report.warnings))
    counts = _("{rows} rows, {accepted} without an error, {rejected} with one.").format(
        rows=report.rows, accepted=report.accepted, rejected=report.rejected
    )
    context.out.line(counts)
    if batch is not None:
        context.out.line(_("Imported as number {batch}.").format(batch=batch))
    else:
        context.out.line(_("Nothing was imported."))


def _columns() -> dict[str, str]:
    return {
        "sheet": _("Sheet"),
        "row": _("Row"),
        "column": _("Column"),
        "value": _("Value"),
        "message": _("What is wrong"),
    }


def _lines(errors: Sequence[CellError]) -> list[dict[str, object]]:
    return [
        {
            "sheet": error.sheet,
            "row": error.row,
            "column": error.column,
            "value": error.value,
            "code": error.code,
            "message": error.message,
        }
        for error in errors
    ]


def _list(context: Context, args: argparse.Namespace) -> None:
    from core.sheets.batch import batches

    with context.database().read() as session:
        found = batches(session, args.kind or "")
    context.out.table(
        {
            "id": _("Number"),
            "kind": _("Kind"),
            "filename": _("File"),
            "rows": _("Rows"),
            "records": _("Records"),
            "imported_by": _("Imported by"),
            "imported_at": _("Imported at"),
            "undone_at": _("Undone at"),
        },
        [
            {
                "id": batch.id,
                "kind": batch.kind,
                "filename": batch.filename,
                "rows": batch.rows,
                "records": batch.records,
                "imported_by": batch.imported_by,
                "imported_at": batch.imported_at,
                "undone_at": batch.undone_at,
            }
            for batch in found
        ],
    )


def _undo(context: Context, args: argparse.Namespace) -> None:
    from core.cli.excel import importers
    from core.sheets.batch import undo_import

    if not args.reason.strip():
        raise InputError.of("reason", "cli.undo_reason")
    with context.database().write() as session:
        removed = undo_import(session, importers(), args.undo, args.reason)
    context.out.record({"batch": args.undo, "removed": removed})
