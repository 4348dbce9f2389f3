"""What the import wizard knows, from the file to the result."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core.errors import AppError
from core.i18n import _
from core.sheets.batch import (
    BatchSummary,
    Importer,
    batches,
    imported_before,
    run_import,
    undo_import,
)
from core.sheets.importing import ImportReport
from core.sheets.reading import HeaderChoice, SheetHeaders, read_headers
from core.sheets.splitting import CaseColumns, split
from core.sheets.template import write_template
from desktop.jobs.runner import Report, Token
from desktop.parts.view_model import ViewModel
from desktop.support import window_state
from desktop.support.context import Context


class Stage(IntEnum):
    """Where the wizard is."""

    FILE = 0
    COLUMNS = 1
    PREVIEW = 2
    RESULT = 3


@dataclass(frozen=True)
class ImportState:
    """The wizard.

    Attributes:
        headers: what was found in the file, to be mapped.
        mapping: header chosen for a column, by sheet and key.
        report: of the trial run, then of the import.
        batch_id: the import that was made; it can be undone.
        left_out: the workbook with the rows that were skipped.
        undone: how many records an undo took back.
        twin: the import of this very file that was made before and stands.
        earlier: imports of this kind that were made before, the newest first.
    """

    stage: Stage = Stage.FILE
    path: Path | None = None
    headers: tuple[SheetHeaders, ...] = ()
    mapping: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    report: ImportReport | None = None
    batch_id: int | None = None
    left_out: Path | None = None
    undone: int | None = None
    template: Path | None = None
    twin: BatchSummary | None = None
    earlier: tuple[BatchSummary, ...] = ()
    busy: str = ""
    failure: AppError | None = None


Outcome = tuple[ImportReport, int | None, BatchSummary | None]


class ImportViewModel(ViewModel[ImportState]):
    """Reads, tries, imports, splits and undoes; all of it in jobs."""

    def __init__(
        self,
        context: Context,
        importer: Importer,
        cases: CaseColumns | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(context, ImportState(), parent)
        self.importer = importer
        self._cases = cases or {}

    # -- the file

    def save_template(self, path: Path) -> None:
        """Write the empty workbook."""
        kind = self.importer.kind

        def work(_token: Token, _report: Report) -> Path:
            write_template(kind, path)
            return path

        def done(where: Path) -> None:
            self.change(busy="", template=where)

        self._io(_("Writing the template …"), work, done)

    def choose(self, path: Path) -> None:
        """Read the headers of a workbook; columns known by their headers are mapped at once."""
        kind = self.importer.kind

        def work(_token: Token, _report: Report) -> list[SheetHeaders]:
            return read_headers(kind, path)

        def done(found: list[SheetHeaders]) -> None:
            mapping = {sheet.spec.name: dict(sheet.proposed) for sheet in found}
            for name, kept in self._remembered().items():
                texts = next((s.headers for s in found if s.spec.name == name), ())
                chosen = {key: text for key, text in kept.items() if text in texts}
                mapping[name] = {**chosen, **mapping.get(name, {})}
            self.change(
                busy="",
                path=path,
                headers=tuple(found),
                mapping=mapping,
                stage=Stage.COLUMNS,
                report=None,
            )

        self._io(_("Reading {file} …").format(file=path.name), work, done)

    def map_column(self, sheet: str, key: str, header: str) -> None:
        """Say which header a column stands under; an empty one means none."""
        columns = {**self.state.mapping.get(sheet, {}), key: header}
        columns = {name: text for name, text in columns.items() if text}
        self.change(mapping={**self.state.mapping, sheet: columns})

    def missing_columns(self) -> list[str]:
        """Headers of required columns that no header was chosen for."""
        return [
            column.header
            for sheet in self.state.headers
            for column in sheet.spec.columns
            if column.required and not self.state.mapping.get(sheet.spec.name, {}).get(column.key)
        ]

    # -- trial and import

    def try_out(self) -> None:
        """Check everything and keep nothing."""
        self._remember()
        self._run(dry_run=True)

    def do_import(self, *, again: bool = False) -> None:
        """Import all of it, or nothing; `again` although the same file was imported before."""
        self._run(dry_run=False, again=again)

    def import_right_rows(self, left_out: Path) -> None:
        """Import what is right; the rest goes into a workbook to be corrected."""
        report, path = self.state.report, self.state.path
        if report is None or path is None:
            return
        kind, cases, mapping = self.importer.kind, self._cases, self._choice()
        folder = Path(tempfile.mkdtemp(prefix="lintan-import-"))
        good = folder / path.name

        def work(_token: Token, _report: Report) -> int:
            return split(kind, report, (good, left_out), cases, mapping)

        def done(rows: int) -> None:
            self.change(busy="", left_out=left_out)
            if rows:
                self._run(dry_run=False, path=good)
            else:
                self.change(stage=Stage.RESULT)

        self._io(_("Setting wrong rows aside …"), work, done)

    def load_earlier(self) -> None:
        """Load the imports made earlier, to undo one of them."""
        kind = self.importer.kind.key
        self.context.jobs.read(
            lambda session: tuple(batches(session, kind)),
            done=self._earlier,
            failed=self._failed,
            key="import-batches",
            latest=True,
        )

    def undo(self, reason: str, batch_id: int | None = None) -> None:
        """Take a whole import back (the one just made), while nothing depends on it."""
        batch_id = batch_id if batch_id is not None else self.state.batch_id
        if batch_id is None:
            return
        importer = self.importer
        self.change(busy=_("Taking the import back …"), failure=None)
        self.context.jobs.write(
            lambda session: undo_import(session, [importer], batch_id, reason),
            done=self._undone,
            failed=self._failed,
            key="undo-import",
            title=_("Undo an import"),
        )

    def back(self) -> None:
        """One stage back; nothing was written."""
        self.change(stage=Stage(max(self.state.stage - 1, 0)), failure=None, report=None)

    # -- private

    def _choice(self) -> HeaderChoice:
        return {name: dict(columns) for name, columns in self.state.mapping.items()}

    def _run(self, *, dry_run: bool, path: Path | None = None, again: bool = False) -> None:
        source = path or self.state.path
        if source is None or self.state.busy:
            return
        importer, mapping = self.importer, self._choice()

        def work(session: Session) -> Outcome:
            twin = imported_before(session, importer.kind.key, source)
            report, batch_id = run_import(
                session, importer, source, mapping=mapping, dry_run=dry_run, again=again
            )
            return report, batch_id, twin

        self.change(busy=_("Checking …") if dry_run else _("Importing …"), failure=None)
        self.context.jobs.write(
            work,
            done=self._tried if dry_run else self._imported,
            failed=self._failed,
            key="import",
            title=_("Import"),
        )

    def _io(self, busy: str, work: object, done: Callable[..., object]) -> None:
        self.change(busy=busy, failure=None, template=None)
        self.context.jobs.io(
            work,  # type: ignore[arg-type]  # a callable of token and report
            done=done,
            failed=self._failed,
            key="import-file",
        )

    def _tried(self, outcome: Outcome) -> None:
        report, _batch, twin = outcome
        self.change(busy="", report=report, twin=twin, stage=Stage.PREVIEW)

    def _imported(self, outcome: Outcome) -> None:
        report, batch_id, _twin = outcome
        if batch_id is None:
            self.change(busy="", report=report, stage=Stage.PREVIEW)
        else:
            self.change(busy="", report=report, batch_id=batch_id, stage=Stage.RESULT)

    def _earlier(self, found: tuple[BatchSummary, ...]) -> None:
        self.change(earlier=found)

    def _undone(self, count: int) -> None:
        self.change(busy="", undone=count, batch_id=None, stage=Stage.RESULT)

    def _failed(self, error: AppError) -> None:
        self.change(busy="", failure=error)

    def _key(self) -> str:
        return f"import/{self.importer.kind.key}"

    def _remember(self) -> None:
        settings = window_state.settings()
        settings.setValue(self._key(), json.dumps(self._choice(), ensure_ascii=False))

    def _remembered(self) -> dict[str, dict[str, str]]:
        text = window_state.settings().value(self._key())
        found: dict[str, dict[str, str]] = json.loads(str(text)) if text else {}
        return found
