"""A tab whose dialogs act: papers shown at once, stale records told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Slot
from sqlalchemy.orm import Session

from core.documents.service import DocumentSummary
from core.errors import AppError, StaleRecord
from core.i18n import _
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.parts.detail_pane import DetailPane
from desktop.parts.editing import editing
from desktop.parts.record_view_model import RecordViewModel
from desktop.parts.signing import SignedReport
from desktop.parts.tabs import RecordTab
from desktop.support.context import Context
from desktop.widgets.papers import PapersList
from desktop.widgets.record_table import RecordTable

Action = Callable[[Session, Mapping[str, object]], object]


def submit_to(context: Context, key: str, action: Action) -> Callable[..., object]:
    """The `submit` of an ActionDialog that runs one use case; a double press runs it once."""

    def submit(values: Mapping[str, object], done: Done, failed: Failed) -> None:
        context.jobs.write(
            lambda session: action(session, values), done=done, failed=failed, key=key
        )

    return submit


class ActingTab(RecordTab):
    """A list with one record beside it whose dialogs act and whose papers are shown at once."""

    def __init__(self, context: Context, table: RecordTable, pane: DetailPane) -> None:
        super().__init__(context, table, pane)
        self._opening: int | None = None
        self.signing.finished.connect(self._on_signed_paper)

    def model(self) -> RecordViewModel[object] | None:
        """The model of the record shown, which is loaded anew when somebody else saved it."""
        return None

    def show_failure(self, error: AppError) -> None:
        """Show what went wrong where the person looks."""
        model = self.model()
        if isinstance(error, StaleRecord) and model is not None:
            model.reload()
        super().show_failure(error)

    def run(self, dialog: ActionDialog, *, new: bool = False) -> bool:
        """Run a dialog on the record shown, or for a `new` one.

        When a colleague was faster, what was typed stays and the record is loaded anew.
        """
        record_id = self.table.current_id()
        if record_id is not None and not new:
            editing(self.context, dialog, self.kinds[0], record_id)

        def stale() -> None:
            model = self.model()
            if model is not None:
                model.reload()
            dialog.banner.show_message(
                "warning",
                _(
                    "A colleague saved this record meanwhile; nothing of yours was saved. "
                    "Close this window, look at it and try again."
                ),
            )

        dialog.stale.connect(stale)
        return self.context.dialogs.exec(dialog)

    def present(self, paper: DocumentSummary) -> None:
        """Sign a paper that was prepared and show it; without a certificate show the preview."""
        if self.signing.is_open and self.context.may("papers.sign"):
            self._opening = paper.id
            self.signing.sign([paper.id])
        else:
            self.sign([paper.id])
            self.desk.open(paper.id)

    def show_made(self, paper: object) -> None:
        """Present the paper a use case returned."""
        assert isinstance(paper, DocumentSummary)
        self.present(paper)

    def connect_paper_list(self, papers: PapersList) -> None:
        """Let the papers of the detail be opened, printed, verified and saved."""
        papers.opened.connect(self.desk.open)
        papers.printed.connect(self.desk.print)
        papers.verified.connect(self.desk.verify)
        papers.saved.connect(self.desk.save)

    @Slot(object)
    def _on_signed_paper(self, _report: SignedReport) -> None:
        document, self._opening = self._opening, None
        if document is not None:
            self.desk.open(document)
