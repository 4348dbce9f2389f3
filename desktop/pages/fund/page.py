"""碳汇基金: one tab per piece of work, each built on its first visit."""

from __future__ import annotations

from typing import ClassVar

from desktop.pages.fund.bank import BankTab
from desktop.pages.fund.donations import DonationsTab
from desktop.pages.fund.pledges import PledgesTab
from desktop.pages.fund.purposes import PurposesTab
from desktop.pages.fund.receipts import ReceiptsTab
from desktop.pages.fund.reports import ReportsTab
from desktop.pages.fund.stock import StockTab
from desktop.parts.tabs import Tab, TabbedPage, kinds_of

#: The tabs in their order; each is built when it is first shown.
TABS: tuple[type[Tab], ...] = (
    DonationsTab,
    PledgesTab,
    ReceiptsTab,
    StockTab,
    PurposesTab,
    BankTab,
    ReportsTab,
)


class FundPage(TabbedPage):
    """What the fund's desk works on."""

    key: ClassVar[str] = "fund"
    tab_types: ClassVar[tuple[type[Tab], ...]] = TABS
    kinds: ClassVar[tuple[str, ...]] = kinds_of(TABS)

    def help_page(self) -> str:
        """F1: the later tabs have a page of the manual of their own."""
        desk = isinstance(self.front(), (StockTab, PurposesTab, BankTab, ReportsTab))
        return "fund_desk" if desk else self.key
