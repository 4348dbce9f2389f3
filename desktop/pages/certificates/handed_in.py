"""The papers handed in with a new application: ticked off, each with its scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
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

from core.certificates.commands import PaperInput
from core.errors import FieldError, InputError
from core.i18n import N_, _
from core.messages import text
from desktop.support import theme
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.widgets.labels import label

Index = QModelIndex | QPersistentModelIndex
_HEADERS = (
    N_("Title"),
    N_("Original"),
    N_("Copies"),
    N_("Pages"),
    N_("Compared with the original"),
    N_("File"),
)
TITLE, ORIGINAL, COPIES, PAGES, CHECKED, FILE = range(len(_HEADERS))
_FLAGS = {ORIGINAL: "original", CHECKED: "checked"}
_NUMBERS = {COPIES: "copies", PAGES: "pages"}
_NAMES = {name: column for column, name in {**_FLAGS, **_NUMBERS, FILE: "file"}.items()}
_WHEN = {
    "agent": N_("if there is an agent"),
    "collective": N_("for a collective"),
    "mortgaged": N_("if the forest is mortgaged"),
}
MOST = 999


@dataclass(frozen=True)
class Line:
    """A paper of the list: whether it came, and how."""

    paper: PaperInput
    when: str = ""
    came: bool = False


class HandedInModel(QAbstractTableModel):
    """The office's list; a tick in the first column says that a paper came."""

    edited = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []
        self._errors: dict[tuple[int, int], str] = {}

    def set_papers(self, papers: Sequence[tuple[str, str, str]]) -> None:
        """Show a list of key, title and condition, nothing of it there yet."""
        self.beginResetModel()
        self._lines = [Line(PaperInput(key=key, title=title), when) for key, title, when in papers]
        self._errors = {}
        self.endResetModel()

    def papers(self) -> tuple[PaperInput, ...]:
        """What came."""
        return tuple(line.paper for line in self._lines if line.came)

    def change(self, row: int, **values: Any) -> None:
        """Say how a paper came; that it came follows."""
        line = self._lines[row]
        self._lines[row] = replace(line, paper=replace(line.paper, **values), came=True)
        self._changed(row)

    def take(self, row: int, *, came: bool) -> None:
        """Tick a paper off, or take the tick away."""
        self._lines[row] = replace(self._lines[row], came=came)
        self._changed(row)

    def values(self) -> list[dict[str, object]]:
        """What came, as plain JSON, for a draft."""
        names = ("key", "title", "original", "copies", "pages", "checked")
        return [
            {name: getattr(paper, name) for name in names} | {"file": str(paper.file or "")}
            for paper in self.papers()
        ]

    def set_values(self, values: Sequence[dict[str, Any]]) -> None:
        """Put a draft back; papers the list no longer has are left out."""
        places = {line.paper.key: row for row, line in enumerate(self._lines)}
        for one in values:
            row = places.get(str(one.get("key")))
            if row is not None:
                file = Path(one["file"]) if one.get("file") else None
                kept = {name: one[name] for name in (*_FLAGS.values(), *_NUMBERS.values())}
                self.change(row, **kept, file=file)

    def show_errors(self, errors: Sequence[FieldError]) -> None:
        """Mark wrong cells; ``papers[2].file`` is the second paper that came."""
        came = [row for row, line in enumerate(self._lines) if line.came]
        self.beginResetModel()
        self._errors = {}
        for error in errors:
            number, _dot, name = error.field.removeprefix("papers[").partition("].")
            if number.isdigit() and 1 <= int(number) <= len(came):
                place = came[int(number) - 1], _NAMES.get(name, TITLE)
                self._errors[place] = text(error)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        horizontal = orientation == Qt.Orientation.Horizontal
        return _(_HEADERS[section]) if horizontal else str(section + 1)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() in {TITLE, *_FLAGS}:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in _NUMBERS else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, column = self._lines[index.row()], index.column()
        wrong = self._errors.get((index.row(), column))
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return _shown(line, column)
            case Qt.ItemDataRole.CheckStateRole if column in {TITLE, *_FLAGS}:
                on = line.came if column == TITLE else getattr(line.paper, _FLAGS[column])
                return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return wrong or str(line.paper.file or _shown(line, column))
            case Qt.ItemDataRole.BackgroundRole if wrong:
                return theme.current().colour("error_soft")
            case Qt.ItemDataRole.TextAlignmentRole if column in _NUMBERS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        column = index.column()
        if role == Qt.ItemDataRole.CheckStateRole:
            on = Qt.CheckState(value) == Qt.CheckState.Checked
            if column == TITLE:
                self.take(index.row(), came=on)
            else:
                self.change(index.row(), **{_FLAGS[column]: on})
            return True
        typed = str(value).strip()
        if column in _NUMBERS and typed.isascii() and typed.isdigit() and 1 <= int(typed) <= MOST:
            self.change(index.row(), **{_NUMBERS[column]: int(typed)})
            return True
        return False

    def _changed(self, row: int) -> None:
        self._errors = {}
        self.dataChanged.emit(self.index(row, 0), self.index(row, FILE))
        self.edited.emit()


def _shown(line: Line, column: int) -> str:
    paper = line.paper
    if column == TITLE:
        return f"{paper.title}（{_(_WHEN[line.when])}）" if line.when in _WHEN else paper.title
    if column == FILE:
        return paper.file.name if paper.file else ""
    return str(getattr(paper, _NUMBERS[column])) if column in _NUMBERS else ""


class HandedInEdit(QWidget):
    """The tab of papers.

    Signals:
        edited: a tick, a number or a file changed.
    """

    edited = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.model = HandedInModel(self)
        self.view = QTableView()
        self.view.setObjectName("handedIn")
        self.view.setAccessibleName(_("Papers handed in"))
        self.view.setModel(self.model)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.verticalHeader().hide()
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        self.file_button = QPushButton(icon("attach"), _("File of this paper…"))
        self.file_button.setObjectName("paperFile")
        self.file_button.setAutoDefault(False)
        self._told = label(role="small", wrap=True)
        below = QHBoxLayout()
        below.addWidget(self._told, 1)
        below.addWidget(self.file_button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view, 1)
        layout.addLayout(below)
        self.model.edited.connect(self._on_edited)
        self.model.modelReset.connect(self._tell)
        self.file_button.clicked.connect(self._choose)
        self._tell()

    def show_errors(self, errors: Sequence[FieldError]) -> None:
        """Mark wrong cells and say what is wrong."""
        self.model.show_errors(errors)
        if errors:
            self._told.setText(text(InputError(*errors)))

    def _choose(self) -> None:
        row = self.view.currentIndex().row()
        if row < 0:
            self._told.setText(_("Choose a paper of the list first."))
            return
        path = self._context.dialogs.open_file(_("File"), _("All files (*)"))
        if path is not None:
            self.model.change(row, file=path)

    def _on_edited(self) -> None:
        self._tell()
        self.edited.emit()

    def _tell(self) -> None:
        came = len(self.model.papers())
        told = _("{count} of {all} papers are here. Tick a paper when it is handed in.")
        self._told.setText(told.format(count=came, all=self.model.rowCount()))
