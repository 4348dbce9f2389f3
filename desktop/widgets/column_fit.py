"""Widths of the columns of a list until the person sets them, and keeping those they set."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView

from core.values.listing import Align
from desktop.support import window_state
from desktop.widgets.record_model import RecordTableModel

#: A column narrowed to fit keeps room for so many ideographs.
LEAST_CHARS = 7
#: Pixels a cell keeps free left and right of its text.
CELL_PADDING = 26
#: Rows whose first cell is measured.
ROWS_MEASURED = 40


class ColumnFit(QObject):
    """Narrows long texts so that no column is out of sight, as long as nobody dragged one.

    The first column (the number or name of the record) is shown whole, and so are figures and
    states; what does not fit even then must be scrolled to.
    """

    def __init__(self, view: QTableView, model: RecordTableModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._first = 0
        columns = model.source.columns
        self._key = f"table/{model.source.kind}/{len(columns)}"
        header = view.horizontalHeader()
        for number, width in enumerate(self._wanted()):
            header.resizeSection(number, width)
        self._ours = not window_state.restore_header(header, self._key)
        header.sectionResized.connect(self._on_dragged)
        header.sectionMoved.connect(self._on_dragged)
        model.dataChanged.connect(self._on_rows)

    def _ideograph(self) -> int:
        return self._view.fontMetrics().horizontalAdvance("林")

    def _wanted(self) -> list[int]:
        ideograph = self._ideograph()
        columns = self._model.source.columns
        wanted = [column.width_chars * ideograph + CELL_PADDING for column in columns]
        wanted[0] = max(wanted[0], self._first)
        return wanted

    def fit(self) -> None:
        """Share the width of the view."""
        if not self._ours:
            return
        wanted = self._wanted()
        least = LEAST_CHARS * self._ideograph() + CELL_PADDING
        spare = [
            max(width - least, 0) if number and column.align is Align.LEFT else 0
            for number, (column, width) in enumerate(
                zip(self._model.source.columns, wanted, strict=True)
            )
        ]
        over = sum(wanted) - self._view.viewport().width()
        share = min(over / sum(spare), 1.0) if over > 0 and any(spare) else 0.0
        for number, width in enumerate(wanted):
            self._view.horizontalHeader().resizeSection(
                number, width - round(spare[number] * share)
            )

    @Slot()
    def _on_rows(self) -> None:
        """Rows came: the first column must be wide enough for those in sight."""
        top = max(self._view.rowAt(0), 0)
        widest = 0
        for row in range(top, min(top + ROWS_MEASURED, self._model.rowCount())):
            record_id = self._model.id_at(row)
            cells = self._model.cells(record_id) if record_id is not None else None
            if cells is not None:
                widest = max(widest, self._view.fontMetrics().horizontalAdvance(cells[0]))
        if widest + CELL_PADDING > self._first:
            self._first = widest + CELL_PADDING
            self.fit()

    @Slot()
    def _on_dragged(self) -> None:
        # Also called when the window changes its size; only what a hand dragged is kept.
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._ours = False
            window_state.save_header(self._view.horizontalHeader(), self._key)
