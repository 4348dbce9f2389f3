"""Exporting what a list shows: its filter, its columns, its order."""

from __future__ import annotations

from pathlib import Path

from core.errors import AppError
from core.i18n import _
from core.messages import text
from core.values.listing import ListQuery, RecordSource
from desktop.jobs.runner import Report, Token
from desktop.support.context import Context


def export_list(context: Context, source: RecordSource, query: ListQuery, title: str) -> None:
    """Ask for a file and write the list to it, beside the GUI thread."""
    path = context.dialogs.save_file(_("Export"), f"{title}.xlsx", "Excel (*.xlsx)")
    if path is None:
        return
    database = context.database()

    def work(token: Token, report: Report) -> tuple[Path, int]:
        from core.sheets.export import export

        def progress(done: int, total: int) -> None:
            token.check()
            report(done, total)

        with database.read() as session:
            return path, export(source, session, query, path, progress=progress)

    def done(found: tuple[Path, int]) -> None:
        sentence = _("{count} rows were written to {file}.")
        context.notify("good", sentence.format(count=found[1], file=found[0].name))

    def failed(error: AppError) -> None:
        context.notify("error", text(error))

    context.jobs.io(work, done=done, failed=failed, title=_("Export"), key="export")
