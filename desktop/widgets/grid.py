"""An editable table that takes rows pasted from a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from core.i18n import _
from desktop.support import theme
from desktop.widgets.grid_model import GridColumn, GridModel

VISIBLE_ROWS = 5


class ChoiceDelegate(QStyledItemDelegate):
    """A drop-down for a column with a closed list of values."""

    def __init__(self, choices: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self._choices = tuple(choices)

    @override
    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        box = QComboBox(parent)
        for value, shown in self._choices:
            box.addItem(_(shown), value)
        return box

    @override
    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    @override
    def setModelData(
        self, editor: QWidget, model: object, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if isinstance(editor, QComboBox) and isinstance(model, GridModel):
            model.setData(index, editor.currentData() or "")


class GridView(QTableView):
    """The table itself: paste a block, clear cells, delete rows."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        model = self.model()
        if not isinstance(model, GridModel):
            return
        if event.matches(QKeySequence.StandardKey.Paste):
            model.paste(QGuiApplication.clipboard().text(), self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and event.modifiers() == (
            Qt.KeyboardModifier.ControlModifier
        ):
            model.remove({index.row() for index in self.selectedIndexes()})
        elif event.key() == Qt.Key.Key_Delete:
            for index in self.selectedIndexes():
                model.setData(index, "")
        else:
            super().keyPressEvent(event)


class EditGrid(QWidget):
    """A paste-able table with a line under it that says what is wrong with the current cell."""

    edited = Signal()

    def __init__(self, columns: Sequence[GridColumn], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = GridModel(columns, theme.current().colour("error_soft"), self)
        self.view = GridView(self)
        self.view.setObjectName("grid")
        self.view.setModel(self.model)
        self.view.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.view.setTabKeyNavigation(True)
        self._message = QLabel(self)
        self._message.setObjectName("gridMessage")
        self._message.setProperty("role", "error")
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        layout.addWidget(self._message)
        self._fit(columns)
        self.setFocusProxy(self.view)
        self.model.dataChanged.connect(self._on_changed)
        self.model.modelReset.connect(self._on_changed)
        self.view.selectionModel().currentChanged.connect(self._show_cell_error)
        self._show_cell_error()

    def rows(self) -> list[dict[str, str]]:
        """Every row with something in it."""
        return self.model.rows()

    def set_rows(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Replace everything."""
        self.model.set_rows(rows)

    def set_errors(self, errors: Mapping[tuple[int, str], str]) -> None:
        """Mark cells and go to the first one."""
        self.model.set_errors(errors)
        for row, key in sorted(self.model.errors()):
            column = next(i for i, c in enumerate(self.model.columns) if c.key == key)
            self.view.setCurrentIndex(self.model.index(row, column))
            break
        self._show_cell_error()

    def _fit(self, columns: Sequence[GridColumn]) -> None:
        metrics = self.fontMetrics()
        for place, column in enumerate(columns):
            header = metrics.horizontalAdvance(_(column.header) + "　*")
            width = max(metrics.averageCharWidth() * (column.width_chars + 2), header + 16)
            self.view.setColumnWidth(place, width)
            if column.choices:
                self.view.setItemDelegateForColumn(
                    place, ChoiceDelegate(column.choices, self.view)
                )
        row = self.view.verticalHeader().defaultSectionSize()
        self.view.setMinimumHeight(row * (VISIBLE_ROWS + 1))

    def _on_changed(self) -> None:
        self._show_cell_error()
        self.edited.emit()

    def _show_cell_error(self) -> None:
        index = self.view.currentIndex()
        key = self.model.columns[index.column()].key if index.isValid() else ""
        errors = self.model.errors()
        text = errors.get((index.row(), key), "")
        if not text and errors:
            text = _("{count} cells are marked; go to one to read why.").format(count=len(errors))
        self._message.setText(text)
        self._message.setVisible(bool(text))
