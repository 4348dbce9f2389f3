"""The fund's desk in tests: one person after the other sits down at the real page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog

from core.fund.details import DonationDetail, donation_detail
from core.fund.donors import donor_facts
from core.fund.states import Way
from core.parties.queries import PartySummary, summary
from desktop.pages.fund.donations import DonationsTab
from desktop.pages.fund.issue_dialog import IssueDialog
from desktop.pages.fund.page import FundPage
from desktop.pages.fund.receipts import ReceiptsTab
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.reason import ReasonDialog
from tests import fund as funds
from tests.gui.pages.conftest import Desk


class Counter:
    """The fund's desk: one person after the other sits down at it."""

    def __init__(self, desk: Desk, fund: funds.Fund) -> None:
        self.desk = desk
        self.fund = fund
        self.page: FundPage | None = None

    def sit(self, login: str) -> FundPage:
        """Another person opens the page; `all` has every role."""
        self.leave()
        self.desk.sit(self.fund.database if login == "all" else self.fund.as_(login))
        self.page = self.desk.show(FundPage(self.desk.context))
        return self.page

    def donations(self, login: str, donation_id: int | None = None) -> DonationsTab:
        """The donations as somebody, with one chosen."""
        page = self.sit(login)
        tab = page.show_tab("donations")
        assert isinstance(tab, DonationsTab)
        if donation_id is not None:
            page.open_record("donation", donation_id)
        self.desk.settle()
        return tab

    def receipts(self, login: str, receipt_id: int) -> ReceiptsTab:
        """The receipts as somebody, with one chosen."""
        page = self.sit(login)
        page.open_record("receipt", receipt_id)
        self.desk.settle()
        tab = page.front()
        assert isinstance(tab, ReceiptsTab)
        return tab

    def act(self, work: Callable[[ActionDialog], object]) -> None:
        """The next dialog is filled in and its button pressed."""

        def press(dialog: QDialog) -> None:
            assert isinstance(dialog, ActionDialog)
            work(dialog)
            assert dialog.accept_button.isEnabled(), dialog.form.reason()
            dialog.accept_button.click()
            self.desk.dialogs.until_closed(dialog)

        self.desk.dialogs.acts.append(press)

    def issuing(self, work: Callable[[IssueDialog], object], *, closes: bool = True) -> None:
        """The next issue dialog is worked on once its rules have looked."""

        def act(dialog: QDialog) -> None:
            assert isinstance(dialog, IssueDialog)
            self.desk.settle()
            work(dialog)
            if closes:
                self.desk.dialogs.until_closed(dialog)

        self.desk.dialogs.acts.append(act)

    def choose_way(self, dialog: IssueDialog, way: Way) -> None:
        """Choose a way and let the rules look again."""
        dialog.way.setCurrentIndex(dialog.way.findData(way.value))
        self.desk.settle()

    def party(self, donor: str) -> PartySummary:
        """The party of a donor of the sample data."""
        with self.fund.as_("auditor").read() as session:
            return summary(session, donor_facts(session, self.fund.donors[donor]).party_id)

    def detail(self, code: str) -> DonationDetail:
        """A donation as it is stored now."""
        with self.fund.as_("auditor").read() as session:
            return donation_detail(session, self.fund.donation(code)[0])

    def leave(self) -> None:
        """Whoever sits here gets up."""
        self.desk.settle()
        if self.page is not None:
            self.page.close()
            self.page.deleteLater()
            self.page = None


def because(reason: str) -> Callable[[QDialog], None]:
    """Give this reason in the next dialog that asks why."""

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ReasonDialog)
        dialog.edit.setPlainText(reason)
        dialog.accept()

    return act
