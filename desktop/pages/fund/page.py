"""碳汇基金: one tab per piece of work, each built on its first visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from core.i18n import _
from desktop.pages.fund.donations import DonationsTab
from desktop.pages.fund.pledges import PledgesTab
from desktop.pages.fund.receipts import ReceiptsTab
from desktop.pages.fund.tab import FundTab
from desktop.support.context import Context
from desktop.support.page import Page

#: The tabs in their order; each is built when it is first shown.
TABS: tuple[type[FundTab], ...] = (
    DonationsTab,
    PledgesTab,
    ReceiptsTab,
)


class FundPage(Page):
    """The row of tabs; everything the shell asks goes to the tab in front."""

    key: ClassVar[str] = "fund"
    kinds: ClassVar[tuple[str, ...]] = tuple(kind for tab in TABS for kind in tab.kinds)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.tabs = QTabBar()
        self.tabs.setObjectName("fundTabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.stack = QStackedWidget()
        self.tools = QStackedWidget()
        self._built: dict[int, FundTab] = {}
        self._empty = QWidget()
        for tab in TABS:
            self.tabs.addTab(_(tab.title))
        self._build()
        self.tabs.currentChanged.connect(self._on_tab)
        self._on_tab(self.tabs.currentIndex())

    def front(self) -> FundTab:
        """The tab in front."""
        return self._built[self.tabs.currentIndex()]

    def show_tab(self, key: str) -> FundTab:
        """Bring a tab to the front by its key; builds it on the first visit."""
        place = next(number for number, tab in enumerate(TABS) if tab.key == key)
        self.tabs.setCurrentIndex(place)
        return self.front()

    # -- what the shell asks

    def activate(self) -> None:
        """The page was brought to the front."""
        self.front().activate()

    def open_record(self, kind: str, record_id: int) -> None:
        """Show one record in the tab of its kind."""
        self._of_kind(kind).open_record(kind, record_id)

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show a filtered list in the tab of its kind."""
        self._of_kind(kind).apply_filters(kind, filters)

    def focus_filter(self) -> None:
        """Ctrl+F."""
        self.front().focus_filter()

    def refresh(self) -> None:
        """F5."""
        self.front().refresh()

    def new_record(self) -> None:
        """Ctrl+N."""
        self.front().new_record()

    def edit_record(self) -> None:
        """F2."""
        self.front().edit_record()

    def print_record(self) -> None:
        """Ctrl+P."""
        self.front().print_record()

    def save(self) -> None:
        """Ctrl+S."""
        self.front().save()

    def escape(self) -> bool:
        """Esc."""
        return self.front().escape()

    def unsaved(self) -> str:
        """What any tab would lose."""
        return "\n".join(text for tab in self._built.values() if (text := tab.unsaved()))

    # -- private

    def _of_kind(self, kind: str) -> FundTab:
        for tab in TABS:
            if kind in tab.kinds:
                return self.show_tab(tab.key)
        return self.front()

    @Slot(int)
    def _on_tab(self, place: int) -> None:
        if place not in self._built:
            tab = TABS[place](self.context)
            tab.setObjectName(f"FundTab_{tab.key}")
            self._built[place] = tab
            self.stack.addWidget(tab)
            self.tools.addWidget(tab.tools)
        tab = self._built[place]
        self.stack.setCurrentWidget(tab)
        self.tools.setCurrentWidget(tab.tools)
        tab.activate()

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(self.tabs)
        bar.addWidget(self.tools, 1)
        self.tools.setMaximumHeight(self.tabs.sizeHint().height() + 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(bar)
        layout.addWidget(self.stack, 1)
