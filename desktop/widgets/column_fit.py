"""Widths of the columns of a list until the person sets them, and keeping those they set."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView

from core.i18n import _
from core.values.listing import Align
from desktop.support import window_state
from desktop.widgets.record_model import RecordTableModel

#: A long text narrowed to fit keeps room for so many ideographs; for more where nothing fits.
LEAST_CHARS, READABLE_CHARS = 8, 13
#: No column is wider than so many by itself; the first one, the number or name, may be this wide.
MOST_CHARS, FIRST_CHARS = 26, 20
#: Pixels a cell keeps free left and right of its text, and a header beside its arrow.
CELL_PADDING, HEADER_PADDING = 26, 30
#: Rows whose cells are measured.
ROWS_MEASURED = 40


class ColumnFit(QObject):
    """Makes each column as wide as what is in it, and narrows long texts until all are in sight.

    The first column (the number or name of the record) is never narrowed, and neither are figures,
    dates and states; what does not fit even then must be scrolled to. Widths are found once for a
    list that was loaded, not while scrolling. A column that somebody dragged ends all of it.
    """

    def __init__(self, view: QTableView, model: RecordTableModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._measure_next = True
        columns = model.source.columns
        self._key = f"table/{model.source.kind}/{len(columns)}"
        ideograph = self._ideograph()
        self._wanted = [column.width_chars * ideograph + CELL_PADDING for column in columns]
        header = view.horizontalHeader()
        for number, width in enumerate(self._wanted):
            header.resizeSection(number, width)
        self._ours = not window_state.restore_header(header, self._key)
        header.sectionResized.connect(self._on_dragged)
        header.sectionMoved.connect(self._on_dragged)
        model.loaded.connect(self._on_loaded)
        model.dataChanged.connect(self._on_rows)

    def _ideograph(self) -> int:
        return self._view.fontMetrics().horizontalAdvance("林")

    def fit(self) -> None:
        """Share the width of the view."""
        if not self._ours:
            return
        room = self._view.viewport().width()
        cap = max(self._wanted, default=0)
        least = LEAST_CHARS * self._ideograph() + CELL_PADDING
        # The widest give way first: all long texts get the same limit.
        while cap > least and sum(self._widths(cap)) > room:
            cap -= 1
        if sum(self._widths(cap)) > room:
            # There are too many columns for this window: rather scroll than read stumps.
            cap = READABLE_CHARS * self._ideograph() + CELL_PADDING
        for number, width in enumerate(self._widths(cap)):
            self._view.horizontalHeader().resizeSection(number, width)

    def _widths(self, cap: int) -> list[int]:
        return [
            min(width, cap) if number and column.align is Align.LEFT else width
            for number, (column, width) in enumerate(
                zip(self._model.source.columns, self._wanted, strict=True)
            )
        ]

    @Slot()
    def _on_loaded(self) -> None:
        # A list that is refreshed keeps its columns: nothing moves under the eye.
        self._measure_next = self._measure_next or not self._model.is_refresh

    @Slot()
    def _on_rows(self) -> None:
        rows = self._rows_in_sight()
        if not (self._ours and self._measure_next and rows):
            return
        self._measure_next = False
        metrics, ideograph = self._view.fontMetrics(), self._ideograph()
        for number, column in enumerate(self._model.source.columns):
            texts = max(metrics.horizontalAdvance(row[number]) for row in rows) + CELL_PADDING
            title = metrics.horizontalAdvance(_(column.header)) + HEADER_PADDING
            most = (MOST_CHARS if number else FIRST_CHARS) * ideograph + CELL_PADDING
            self._wanted[number] = min(max(texts, title), most)
        self.fit()

    def _rows_in_sight(self) -> list[tuple[str, ...]]:
        top = max(self._view.rowAt(0), 0)
        numbers = range(top, min(top + ROWS_MEASURED, self._model.rowCount()))
        ids = (self._model.id_at(row) for row in numbers)
        cells = (self._model.cells(record_id) for record_id in ids if record_id is not None)
        return [row for row in cells if row is not None]

    @Slot()
    def _on_dragged(self) -> None:
        # Also called when the window changes its size; only what a hand dragged is kept.
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._ours = False
            window_state.save_header(self._view.horizontalHeader(), self._key)
