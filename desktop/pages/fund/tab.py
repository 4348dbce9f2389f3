"""What the tabs of the fund share: telling what became of issued receipts, signing, printing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy.orm import Session

from core.fund.details import receipt_detail
from core.fund.states import Way
from core.i18n import N_, _, counted
from desktop.pages.fund.issue_model import IssueReport
from desktop.pages.fund.stock_print import OnSheet, StockPrintDesk
from desktop.parts.detail_pane import DetailPane
from desktop.parts.tabs import RecordTab
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable


class FundTab(RecordTab):
    """A tab of a list with one record beside it, from which receipts are issued."""

    def __init__(self, context: Context, table: RecordTable, pane: DetailPane) -> None:
        super().__init__(context, table, pane)
        self.stock_desk = StockPrintDesk(context, self.desk.printing, self)
        self.stock_desk.failed.connect(self.show_failure)
        self.stock_desk.done.connect(self._on_printed)

    def issued(self, report: IssueReport | None) -> None:
        """Tell what a batch of receipts came to; sign its letters, offer to print its sheets."""
        if report is None:
            return
        count = len(report.receipts)
        text = counted(count, N_("1 receipt was issued."), N_("{count} receipts were issued."))
        text = text.format(count=count)
        if report.refused:
            more = _("{count} were refused: {reasons}")
            text += " " + more.format(count=len(report.refused), reasons=report.reasons())
        kind = "warning" if report.refused else "good"
        if report.way is Way.STOCK and count:
            show = partial(self.print_sheets, report.receipts)
            self._banner().show_message(kind, text, _("Print the sheets…"), show)
        else:
            self.say(kind, text)
        self.sign(report.documents)

    def print_sheets(self, receipt_ids: Sequence[int]) -> None:
        """Print receipts over their genuine sheets, in the order of their numbers."""

        def load(session: Session) -> list[OnSheet]:
            found = [receipt_detail(session, one) for one in receipt_ids]
            return [OnSheet(one.id, one.text) for one in found]

        self.context.jobs.read(
            load, done=self.stock_desk.print, failed=self.show_failure, key="fund-sheets-to-print"
        )

    def _on_printed(self, text: str) -> None:
        self.say("good", text)
