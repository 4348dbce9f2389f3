"""A grid of lines with columns of form fields; rows copied in Excel can be pasted."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _
from core.values.forms import FormField
from desktop.support import theme
from desktop.widgets.labels import label

Index = QModelIndex | QPersistentModelIndex
_NUMBERS = {"int", "money", "tonnes", "area"}


class GridModel(QAbstractTableModel):
    """Lines of texts; one empty line stands at the end and becomes real when typed into."""

    edited = Signal()

    def __init__(self, columns: Sequence[FormField]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self._lines: list[list[str]] = []
        self._errors: Mapping[tuple[int, int], str] = {}

    def lines(self) -> list[dict[str, str]]:
        """The lines that hold anything, as texts by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, line, strict=True)) for line in self._lines if any(line)]

    def set_lines(self, lines: Sequence[Mapping[str, object]]) -> None:
        """Show these lines."""
        self.beginResetModel()
        self._lines = [
            ["" if line.get(c.name) is None else str(line[c.name]) for c in self.columns]
            for line in lines
        ]
        self._errors = {}
        self.endResetModel()
        self.edited.emit()

    def set_errors(self, errors: Mapping[tuple[int, int], str]) -> None:
        """Mark cells: (line from 0, column) -> sentence."""
        self._errors = errors
        if self._lines:
            last = self.index(len(self._lines) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def paste(self, row: int, column: int, text: str) -> None:
        """Put tab-separated lines in, beginning at a cell; the grid grows as needed."""
        pasted = list(csv.reader(io.StringIO(text.rstrip("\r\n")), delimiter="\t"))
        self.beginResetModel()
        while len(self._lines) < row + len(pasted):
            self._lines.append(["" for _column in self.columns])
        for offset, cells in enumerate(pasted):
            for shift, cell in enumerate(cells[: len(self.columns) - column]):
                self._lines[row + offset][column + shift] = cell.strip()
        self._errors = {}
        self.endResetModel()
        self.edited.emit()

    def remove(self, rows: Sequence[int]) -> None:
        """Take lines away."""
        self.beginResetModel()
        for row in sorted(rows, reverse=True):
            if row < len(self._lines):
                del self._lines[row]
        self._errors = {}
        self.endResetModel()
        self.edited.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt
        return 0 if parent.isValid() else len(self._lines) + 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        wrong = self._errors.get((index.row(), index.column()))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            line = self._lines[index.row()] if index.row() < len(self._lines) else None
            text = line[index.column()] if line else ""
            if role == Qt.ItemDataRole.DisplayRole and column.kind == "choice":
                return _(dict(column.choices).get(text, text))
            return text
        if role == Qt.ItemDataRole.TextAlignmentRole and column.kind in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrong
        if role == Qt.ItemDataRole.BackgroundRole and wrong:
            return QColor(theme.current().colours["error_soft"])
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        if index.row() == len(self._lines):
            if not value:
                return False
            self.beginInsertRows(QModelIndex(), index.row() + 1, index.row() + 1)
            self._lines.append(["" for _column in self.columns])
            self.endInsertRows()
        self._lines[index.row()][index.column()] = str(value)
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if section < len(self._lines) else "+"
        if 0 <= section < len(self.columns):
            column = self.columns[section]
            return f"{_(column.label)} *" if column.required else _(column.label)
        return None


class GridEdit(QWidget):
    """The grid with its buttons.

    Signals:
        edited: a cell or line changed.
    """

    edited = Signal()

    def __init__(self, columns: Sequence[FormField]) -> None:
        super().__init__()
        self.model = GridModel(columns)
        self.view = _GridView()
        self.view.setModel(self.model)
        for number, column in enumerate(columns):
            if column.kind == "choice":
                delegate = _ChoiceDelegate(column.choices, self.view)
                self.view.setItemDelegateForColumn(number, delegate)
        self.model.edited.connect(self.edited)
        self._hint = label(_("Rows copied in Excel can be pasted here (Ctrl+V)."), "small")
        self._remove = QPushButton(_("Remove line"))
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self._on_remove)
        below = QHBoxLayout()
        below.addWidget(self._hint, 1)
        below.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.view, 1)
        layout.addLayout(below)
        self._set_widths()

    def lines(self) -> list[dict[str, str]]:
        """The lines that hold anything."""
        return self.model.lines()

    def set_lines(self, lines: Sequence[Mapping[str, object]]) -> None:
        """Show these lines."""
        self.model.set_lines(lines)

    def show_errors(self, errors: Mapping[tuple[int, int], str]) -> None:
        """Mark wrong cells: (line from 0, column) -> sentence."""
        self.model.set_errors(errors)

    def _set_widths(self) -> None:
        header = self.view.horizontalHeader()
        ideograph = self.fontMetrics().horizontalAdvance("林")
        for number, column in enumerate(self.model.columns):
            width = max(len(_(column.label)) + 3, 7) * ideograph
            header.resizeSection(number, min(width, 14 * ideograph))

    @Slot()
    def _on_remove(self) -> None:
        rows = {index.row() for index in self.view.selectionModel().selectedIndexes()}
        self.model.remove(sorted(rows))


class _GridView(QTableView):
    def __init__(self) -> None:
        super().__init__()
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setTabKeyNavigation(False)
        self.setShowGrid(True)
        self.setMinimumHeight(150)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(max(30, self.fontMetrics().height() + 12))
        self.horizontalHeader().setStretchLastSection(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        elif event.matches(QKeySequence.StandardKey.Delete):
            for index in self.selectionModel().selectedIndexes():
                self.model().setData(index, "")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._next_cell()
        else:
            super().keyPressEvent(event)

    def _paste(self) -> None:
        model = self.model()
        place = self.currentIndex()
        if isinstance(model, GridModel):
            row, column = (place.row(), place.column()) if place.isValid() else (0, 0)
            model.paste(row, column, QGuiApplication.clipboard().text())

    def _next_cell(self) -> None:
        model, place = self.model(), self.currentIndex()
        last = place.column() == model.columnCount() - 1
        row, column = (place.row() + 1, 0) if last else (place.row(), place.column() + 1)
        if row < model.rowCount():
            self.setCurrentIndex(model.index(row, column))


class _ChoiceDelegate(QStyledItemDelegate):
    def __init__(self, choices: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self._choices = choices

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        box = QComboBox(parent)
        for stored, title in self._choices:
            box.addItem(_(title), stored)
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(editor.findData(index.data(Qt.ItemDataRole.EditRole)), 0))

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())
