"""What the tabs of the fund share: telling what became of issued receipts, and signing them."""

from __future__ import annotations

from core.i18n import N_, _, counted
from desktop.pages.fund.issue_model import IssueReport
from desktop.parts.tabs import RecordTab


class FundTab(RecordTab):
    """A tab of a list with one record beside it, from which receipts are issued."""

    def issued(self, report: IssueReport | None) -> None:
        """Tell what a batch of receipts came to, and sign its letters."""
        if report is None:
            return
        count = len(report.receipts)
        text = counted(count, N_("1 receipt was issued."), N_("{count} receipts were issued."))
        text = text.format(count=count)
        if report.refused:
            more = _("{count} were refused: {reasons}")
            text += " " + more.format(count=len(report.refused), reasons=report.reasons())
        self.say("warning" if report.refused else "good", text)
        self.sign(report.documents)
