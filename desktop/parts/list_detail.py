"""The list on the left two thirds, the detail on the right third; the border is remembered."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from desktop.support import window_state

SHARES = (64, 36)


class ListDetail(QSplitter):
    """Two panes that never disappear."""

    def __init__(self, key: str, left: QWidget, right: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._key = key
        self.addWidget(left)
        self.addWidget(right)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(8)
        self.setStretchFactor(0, SHARES[0])
        self.setStretchFactor(1, SHARES[1])
        right.setMinimumWidth(330)
        if not window_state.restore_splitter(self, key):
            self.setSizes([SHARES[0] * 100, SHARES[1] * 100])
        self.splitterMoved.connect(self._on_moved)

    def _on_moved(self) -> None:
        window_state.save_splitter(self, self._key)
