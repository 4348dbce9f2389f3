"""A small table to read inside a detail pane or a dialog: tens of rows, never a whole list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from desktop.widgets.section import Section

#: Rows shown at once; the rest is scrolled to.
VISIBLE_ROWS = 6


class SmallTable(Section):
    """A titled table; hidden while it has no rows."""

    def __init__(self, title: str, headers: Sequence[str], rows: int = VISIBLE_ROWS) -> None:
        super().__init__(title)
        self._headers = list(headers)
        self._most = rows
        self.model = QStandardItemModel(self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAccessibleName(title)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setTabKeyNavigation(False)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.verticalHeader().hide()
        self.view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.view.horizontalHeader().setHighlightSections(False)
        self.add(self.view)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows of plain texts."""
        self.model.clear()
        self.setVisible(bool(rows))
        self.model.setHorizontalHeaderLabels(self._headers)
        for row in rows:
            items = [QStandardItem(cell) for cell in row]
            for item in items:
                item.setToolTip(item.text())
            self.model.appendRow(items)
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._fit()
        lines = min(max(len(rows), 1), self._most)
        height = self.view.verticalHeader().defaultSectionSize()
        bar = self.view.horizontalScrollBar().sizeHint().height()
        self.view.setFixedHeight(header.sizeHint().height() + lines * height + bar + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Fill the width where there is room; scroll, rather than cut a cell, where there is not."""
        header = self.view.horizontalHeader()
        header.setStretchLastSection(False)
        header.setStretchLastSection(header.length() < self.view.viewport().width())

    def rows(self) -> list[list[str]]:
        """What is shown."""
        columns = range(self.model.columnCount())
        return [
            [self.model.item(row, column).text() for column in columns]
            for row in range(self.model.rowCount())
        ]
