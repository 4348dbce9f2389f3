"""The fund's desk in tests: one person after the other sits down at the real page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog

from desktop.pages.fund.donations import DonationsTab
from desktop.pages.fund.page import FundPage
from desktop.pages.fund.receipts import ReceiptsTab
from desktop.parts.action_dialog import ActionDialog
from tests import fund as funds
from tests.gui.pages.conftest import Desk


class Counter:
    """The fund's desk: one person after the other sits down at it."""

    def __init__(self, desk: Desk, fund: funds.Fund) -> None:
        self.desk = desk
        self.fund = fund
        self.page: FundPage | None = None

    def sit(self, login: str) -> FundPage:
        """Another person opens the page."""
        self.leave()
        self.desk.sit(self.fund.as_(login))
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

    def leave(self) -> None:
        """Whoever sits here gets up."""
        self.desk.settle()
        if self.page is not None:
            self.page.close()
            self.page.deleteLater()
            self.page = None
