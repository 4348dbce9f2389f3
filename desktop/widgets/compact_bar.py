"""Tabs with buttons beside them; where it is narrow the buttons show their pictures alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QTabBar, QWidget


class CompactBar(QWidget):
    """A row above a list.

    A tab behind an arrow is not found: the tabs never scroll, and the buttons that have an icon
    give up their text first. What they do is then said by their tool tip.
    """

    def __init__(
        self, tabs: QTabBar, main: Sequence[QPushButton], others: Sequence[QPushButton]
    ) -> None:
        """`main` keep their text; `others` may lose it."""
        super().__init__()
        self._tabs = tabs
        self._others = tuple(others)
        self._texts = [button.text() for button in self._others]
        tabs.setUsesScrollButtons(False)
        tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(tabs)
        self._row.addStretch(1)
        for button in (*main, *self._others):
            self._row.addWidget(button)
        for button, text in zip(self._others, self._texts, strict=True):
            button.setAccessibleName(text)
            button.setToolTip(text)
        self._main = tuple(main)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def is_compact(self) -> bool:
        """Whether the buttons show their pictures alone."""
        return any(not button.text() for button in self._others)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_texts(shown=True)
        buttons = (*self._main, *self._others)
        gaps = self._row.spacing() * (len(buttons) + 1)
        wanted = self._tabs.sizeHint().width() + gaps
        wanted += sum(button.sizeHint().width() for button in buttons)
        self._set_texts(shown=wanted <= self.width())

    def _set_texts(self, *, shown: bool) -> None:
        for button, text in zip(self._others, self._texts, strict=True):
            if button.text() != (text if shown else ""):
                button.setText(text if shown else "")
