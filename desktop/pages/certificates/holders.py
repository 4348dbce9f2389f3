"""The right holders of an application: chosen from the register, each with its share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.i18n import N_, _
from core.parties.queries import PartySummary
from desktop.pages.certificates.form_fields import HolderLine, holder_line
from desktop.parts.party_picker import PartyPicker
from desktop.support import theme
from desktop.support.context import Context
from desktop.widgets.labels import label

Index = QModelIndex | QPersistentModelIndex
_HEADERS = (N_("Name"), N_("Number"), N_("Share"))
_SHARE = 2


class HoldersModel(QAbstractTableModel):
    """The chosen holders; only the share is typed."""

    edited = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[HolderLine] = []
        self._errors: dict[int, str] = {}
        self.with_shares = False

    def lines(self) -> tuple[HolderLine, ...]:
        """The holders in order."""
        return tuple(self._lines)

    def set_lines(self, lines: Sequence[HolderLine]) -> None:
        """Show these holders."""
        self._reset(list(lines))

    def add(self, party: PartySummary) -> None:
        """Put a party at the end; a party that is there already is not added again."""
        if all(line.party_id != party.id for line in self._lines):
            self._reset([*self._lines, holder_line(party)])

    def remove(self, row: int) -> None:
        """Take a holder out."""
        if 0 <= row < len(self._lines):
            self._reset(self._lines[:row] + self._lines[row + 1 :])

    def set_errors(self, errors: Mapping[int, str]) -> None:
        """Mark wrong shares by row."""
        self.beginResetModel()
        self._errors = dict(errors)
        self.endResetModel()

    def set_with_shares(self, *, on: bool) -> None:
        """Whether shares are typed."""
        self.beginResetModel()
        self.with_shares = on
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt
        return 0 if parent.isValid() else len(_HEADERS) - (not self.with_shares)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        horizontal = orientation == Qt.Orientation.Horizontal
        return _(_HEADERS[section]) if horizontal else str(section + 1)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        wrong = self._errors.get(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return (line.name, line.number, line.share)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrong or line.name
        if role == Qt.ItemDataRole.BackgroundRole and wrong and index.column() == _SHARE:
            return theme.current().colour("error_soft")
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() != _SHARE:
            return False
        row = index.row()
        self._lines[row] = replace(self._lines[row], share=str(value).strip())
        self._errors.pop(row, None)
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == _SHARE else flags

    def _reset(self, lines: list[HolderLine]) -> None:
        self.beginResetModel()
        self._lines = lines
        self._errors = {}
        self.endResetModel()
        self.edited.emit()


class HoldersEdit(QWidget):
    """A picker that adds, the list, and a button that removes."""

    edited = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.model = HoldersModel(self)
        self.picker = PartyPicker(context)
        self.view = QTableView()
        self.view.setObjectName("holders")
        self.view.setAccessibleName(_("Right holders"))
        self.view.setModel(self.model)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setTabKeyNavigation(False)
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.remove_button = QPushButton(_("Remove line"))
        self.remove_button.setObjectName("removeHolder")
        self.remove_button.setAutoDefault(False)
        self._message = label(role="error", wrap=True)
        self._message.hide()
        caption = label(_("&Add a right holder"))
        caption.setBuddy(self.picker.edit)
        below = QHBoxLayout()
        below.addWidget(self._message, 1)
        below.addStretch(0)
        below.addWidget(self.remove_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(caption)
        layout.addWidget(self.picker)
        layout.addWidget(self.view, 1)
        layout.addLayout(below)
        self.picker.chosen.connect(self._on_chosen)
        self.remove_button.clicked.connect(self._on_remove)
        self.model.edited.connect(self._on_edited)

    def lines(self) -> tuple[HolderLine, ...]:
        """The holders in order."""
        return self.model.lines()

    def show_errors(self, rows: Mapping[int, str], general: Sequence[str]) -> None:
        """Mark wrong shares (row from 0) and say what is wrong with the whole."""
        self.model.set_errors(rows)
        sentences = [
            _("Line {line}: {problem}").format(line=row + 1, problem=text)
            for row, text in sorted(rows.items())
        ]
        self._message.setText("\n".join([*general, *sentences]))
        self._message.setVisible(bool(general or sentences))

    def _on_chosen(self, party: PartySummary | None) -> None:
        if party is not None:
            self.model.add(party)
            self.picker.set_party(None)
            self.picker.edit.setFocus()

    def _on_remove(self) -> None:
        self.model.remove(self.view.currentIndex().row())

    def _on_edited(self) -> None:
        self._message.hide()
        self.edited.emit()
