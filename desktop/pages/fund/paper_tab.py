"""A tab that prepares papers: signed where a certificate is open, and shown in either case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Slot
from sqlalchemy.orm import Session

from core.documents.service import DocumentSummary
from core.fund.choices import Choices
from core.i18n import N_
from core.values.forms import FormField
from desktop.pages.fund.dialogs import load_choices, submit_to
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.detail_pane import DetailPane
from desktop.parts.signing import SignedReport
from desktop.parts.tabs import RecordTab
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable

Make = Callable[[Session, Mapping[str, object]], DocumentSummary]


class PaperTab(RecordTab):
    """Papers made here are shown at once; unsigned ones say so and wait."""

    def __init__(self, context: Context, table: RecordTable, pane: DetailPane) -> None:
        super().__init__(context, table, pane)
        self._opening: int | None = None
        self.signing.finished.connect(self._on_signed_paper)

    def present(self, paper: DocumentSummary) -> None:
        """Sign a paper that was prepared and show it; without a certificate show the preview."""
        if self.signing.is_open and self.context.may("papers.sign"):
            self._opening = paper.id
            self.signing.sign([paper.id])
        else:
            self.sign([paper.id])
            self.desk.open(paper.id)

    def ask_for_paper(
        self,
        title: str,
        sentence: str,
        fields: Sequence[FormField],
        make: Make,
        values: Mapping[str, object] | None = None,
    ) -> None:
        """Ask what the paper is about (and which unit, where there are several) and present it."""

        def ask(known: Choices) -> None:
            only = known.units[0][0] if len(known.units) == 1 else None
            unit = FormField(
                "unit", N_("Unit"), "choice", required=True, choices=known.units, default=only
            )
            dialog = ActionDialog(
                self.context,
                title,
                sentence,
                (*fields, unit),
                submit_to(self.context, f"paper-{self.key}", make),
                values,
            )
            if self.context.dialogs.exec(dialog):
                made = dialog.result_value
                assert isinstance(made, DocumentSummary)
                self.present(made)

        load_choices(self.context, ask, self.show_failure)

    @Slot(object)
    def _on_signed_paper(self, _report: SignedReport) -> None:
        document, self._opening = self._opening, None
        if document is not None:
            self.desk.open(document)
