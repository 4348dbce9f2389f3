"""The rows of an editable table, as text, with the errors of single cells.

Clerks know Excel: cells are typed or pasted as text, and only the form judges them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from typing_extensions import override

from core.i18n import _

Index: TypeAlias = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class GridColumn:
    """One column: `choices` are pairs (value kept, text shown); `header` is a catalogue key."""

    key: str
    header: str
    width_chars: int = 10
    numeric: bool = False
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()


def parse_clipboard(text: str) -> list[list[str]]:
    """Cells of a block copied from a spreadsheet (tabs, quoted cells, one row a line)."""
    reader = csv.reader(io.StringIO(text.rstrip("\r\n")), delimiter="\t")
    return [[cell.strip() for cell in row] for row in reader]


class GridModel(QAbstractTableModel):
    """Rows of text cells; an empty row is always kept at the end to type into."""

    def __init__(
        self, columns: Sequence[GridColumn], error_colour: QColor, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._error_colour = error_colour
        self._rows: list[dict[str, str]] = [{}]
        self._errors: dict[tuple[int, str], str] = {}

    # -- what the form reads and writes

    def rows(self) -> list[dict[str, str]]:
        """Every row with something in it, each with all keys."""
        return [{c.key: row.get(c.key, "") for c in self.columns} for row in self._filled()]

    def set_rows(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._rows = [*(dict(row) for row in rows), {}]
        self._errors = {}
        self.endResetModel()

    def set_errors(self, errors: Mapping[tuple[int, str], str]) -> None:
        """Mark cells, by (row among the filled ones, column key), with what is wrong."""
        filled = [place for place, row in enumerate(self._rows) if any(row.values())]
        self._errors = {
            (filled[row] if row < len(filled) else len(self._rows) - 1, key): text
            for (row, key), text in errors.items()
        }
        self._repaint()

    def errors(self) -> Mapping[tuple[int, str], str]:
        """The marked cells."""
        return dict(self._errors)

    def paste(self, text: str, at: Index) -> int:
        """Write a copied block from `at` on, growing the table. Returns the rows written.

        A first line that repeats the headers is left out.
        """
        block = parse_clipboard(text)
        headers = {_(column.header) for column in self.columns}
        if block and block[0] and all(cell in headers for cell in block[0] if cell):
            block = block[1:]
        top, left = (at.row(), at.column()) if at.isValid() else (len(self._rows) - 1, 0)
        self.beginResetModel()
        for offset, cells in enumerate(block):
            while top + offset >= len(self._rows):
                self._rows.append({})
            for column, cell in zip(self.columns[left:], cells, strict=False):
                self._rows[top + offset][column.key] = self._kept(column, cell)
        self._keep_blank_end()
        self._errors = {}
        self.endResetModel()
        return len(block)

    def remove(self, places: Iterable[int]) -> None:
        """Take rows out, by their place."""
        gone = set(places)
        self.beginResetModel()
        self._rows = [row for place, row in enumerate(self._rows) if place not in gone]
        self._keep_blank_end()
        self._errors = {}
        self.endResetModel()

    # -- Qt's side

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.columns)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return "＊" if section == len(self._rows) - 1 else str(section + 1)
        column = self.columns[section]
        return _(column.header) + (" *" if column.required else "")

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.EditRole:
            return self._rows[index.row()].get(column.key, "")
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(column, self._rows[index.row()].get(column.key, ""))
        return self._dress(index, column, role)

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        key = self.columns[index.column()].key
        self._rows[index.row()][key] = str(value).strip()
        self._errors.pop((index.row(), key), None)
        if index.row() == len(self._rows) - 1 and any(self._rows[-1].values()):
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows))
            self._rows.append({})
            self.endInsertRows()
        self.dataChanged.emit(index, index)
        return True

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    # -- private

    def _dress(self, index: Index, column: GridColumn, role: int) -> Any:
        error = self._errors.get((index.row(), column.key))
        if role == Qt.ItemDataRole.BackgroundRole and error:
            return self._error_colour
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.StatusTipRole):
            return error
        if role == Qt.ItemDataRole.TextAlignmentRole and column.numeric:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    @staticmethod
    def _shown(column: GridColumn, value: str) -> str:
        return next((_(text) for kept, text in column.choices if kept == value), value)

    @staticmethod
    def _kept(column: GridColumn, text: str) -> str:
        return next((kept for kept, shown in column.choices if _(shown) == text), text)

    def _filled(self) -> list[dict[str, str]]:
        return [row for row in self._rows if any(row.values())]

    def _keep_blank_end(self) -> None:
        if not self._rows or any(self._rows[-1].values()):
            self._rows.append({})

    def _repaint(self) -> None:
        last = self.index(len(self._rows) - 1, len(self.columns) - 1)
        self.dataChanged.emit(self.index(0, 0), last)
