"""One tab of the fund page: a page of its own that the fund page builds on first visit."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.support.page import Page


class FundTab(Page):
    """A tab: what the shell asks of a page, the fund page hands to the tab in front.

    Attributes:
        key: name of the tab.
        title: marked with `N_`, shown in the row of tabs.
        kinds: record kinds and list kinds the tab opens (`Context.open` finds it by them).
        tools: the tab's buttons; the page shows them at the right of the row of tabs.
    """

    title: ClassVar[str] = ""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.tools = QWidget()
        self._tools = QHBoxLayout(self.tools)
        self._tools.setContentsMargins(0, 0, 0, 0)
        self._tools.addStretch(1)

    def add_tool(
        self, name: str, text: str, icon_name: str, slot: object, *, primary: bool = False
    ) -> QPushButton:
        """Put a button into the row of tabs; the primary one has the accent colour."""
        button = QPushButton(icon(icon_name, "on_accent" if primary else "text_soft"), text)
        button.setObjectName(name)
        if primary:
            button.setProperty("role", "primary")
        button.clicked.connect(slot)
        self._tools.addWidget(button)
        return button


def set_allowed(button: QPushButton, why_not: str) -> None:
    """Enable a button, or grey it with the reason as its tool tip and description."""
    button.setEnabled(not why_not)
    button.setToolTip(why_not)
    button.setAccessibleDescription(why_not)
