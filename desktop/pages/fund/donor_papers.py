"""Papers for a donor, from any record that knows one: certificate, statement, explanation."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.documents.service import DocumentSummary
from core.fund.details import DonationDetail
from core.fund.papers import thank
from core.parties.queries import PartySummary, summary
from desktop.pages.fund.dialogs import statement_dialog
from desktop.pages.fund.tax_dialog import TaxDialog
from desktop.support.context import Context


class DonorPapers(QObject):
    """Prepares papers for the donor of a donation.

    Signals:
        prepared: ids of papers that wait for their signature.
        failed: an AppError.
    """

    prepared = Signal(object)
    failed = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def thank(self, detail: DonationDetail) -> None:
        """The donation certificate."""
        self._context.jobs.write(
            lambda session: thank(session, detail.id),
            done=self._made,
            failed=self.failed.emit,
            key=f"thank-{detail.id}",
        )

    def state_year(self, detail: DonationDetail) -> None:
        """The statement of the year of the donation, or of another one."""

        def ask(party: PartySummary) -> None:
            dialog = statement_dialog(self._context, party, detail.content.received_on.year)
            self._context.dialogs.exec(dialog)
            if isinstance(dialog.result_value, DocumentSummary):
                self._made(dialog.result_value)

        self._with_party(detail, ask)

    def help_with_tax(self, detail: DonationDetail) -> None:
        """What the donor may deduct, and its printed explanation."""

        def ask(party: PartySummary) -> None:
            dialog = TaxDialog(self._context, party, detail.content.received_on.year)
            self._context.dialogs.exec(dialog)
            if dialog.paper is not None:
                self.prepared.emit([dialog.paper])

        self._with_party(detail, ask)

    def _made(self, paper: DocumentSummary) -> None:
        self.prepared.emit([paper.id])

    def _with_party(self, detail: DonationDetail, then: Callable[[PartySummary], None]) -> None:
        party = detail.donor.party_id
        self._context.jobs.read(
            lambda session: summary(session, party),
            done=then,
            failed=self.failed.emit,
            key="fund-party",
        )
