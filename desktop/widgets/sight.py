"""What a person sees of a list, kept while the list is refreshed: rows in sight and selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtWidgets import QAbstractItemView, QTableView

from desktop.widgets.record_model import RecordTableModel

#: When the row on top is gone, one of so many below it takes its place.
ANCHORS = 200


@dataclass(frozen=True)
class Sight:
    """A view before the refresh.

    Attributes:
        top: ids from the topmost row in sight downwards; empty when the list began there, so that
            a new first row comes into sight.
        left: the horizontal position, in pixels.
        selected: the selected ids.
    """

    top: tuple[int, ...]
    left: int
    selected: tuple[int, ...]

    @classmethod
    def of(cls, view: QTableView, model: RecordTableModel, selected: Sequence[int]) -> Sight:
        """What is in sight now."""
        row = view.rowAt(0)
        top = tuple(model.ids()[row : row + ANCHORS]) if row > 0 else ()
        return cls(top, view.horizontalScrollBar().value(), tuple(selected))

    def restore(self, view: QTableView, model: RecordTableModel, current: int | None) -> None:
        """Show the same rows and select the same records, as far as they are still there."""
        flags = QItemSelectionModel.SelectionFlag
        rows = sorted(row for one in self.selected if (row := model.row_of(one)) is not None)
        chosen = QItemSelection()
        for _gap, run in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
            block = [row for _place, row in run]
            last = model.index(block[-1], model.columnCount() - 1)
            chosen.select(model.index(block[0], 0), last)
        selection = view.selectionModel()
        row_of_current = model.row_of(current) if current is not None else None
        if row_of_current is not None:
            selection.setCurrentIndex(model.index(row_of_current, 0), flags.NoUpdate)
        selection.select(chosen, flags.ClearAndSelect)
        self._scroll(view, model)

    def _scroll(self, view: QTableView, model: RecordTableModel) -> None:
        rows = (model.row_of(one) for one in self.top)
        row = next((row for row in rows if row is not None), 0)
        if model.rowCount():
            # Now, not later: until then the scroll bar ends where the old list ended.
            view.doItemsLayout()
            view.scrollTo(model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        view.horizontalScrollBar().setValue(self.left)
