"""The attendance of a course as a grid: people down, half-days across, one key per mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QInputMethodEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from core.i18n import _
from core.training.attendance import NewMark
from core.training.detail import CourseDetail, PersonLine, SessionLine
from core.training.states import HALF_DAY_TITLES, MARK_SHORT, MARK_TITLES, Mark
from desktop.pages.training.tones import MARK_TONES, missing_text, session_text
from desktop.support import theme

Index = QModelIndex | QPersistentModelIndex
#: The key of each mark: digits of the numeric pad, in the order of the codes 出迟早假缺补.
KEYS = {
    Qt.Key.Key_1: Mark.PRESENT,
    Qt.Key.Key_2: Mark.LATE,
    Qt.Key.Key_3: Mark.EARLY,
    Qt.Key.Key_4: Mark.LEAVE,
    Qt.Key.Key_5: Mark.ABSENT,
    Qt.Key.Key_6: Mark.MADE_UP,
}
#: The codes themselves, for who types Chinese.
CODES = {short: mark for mark, short in MARK_SHORT.items()}
_AHEAD = 2


@dataclass(frozen=True)
class Noted:
    """A mark that was chosen and not saved yet."""

    mark: Mark
    minutes: int = 0
    reason: str = ""


Cell = tuple[int, int]


class AttendanceModel(QAbstractTableModel):
    """Name and unit, one column per half-day, and where the person stands.

    Signals:
        edited: what is not saved changed.
    """

    edited = Signal()

    def __init__(self, course: CourseDetail) -> None:
        super().__init__()
        self.sessions: list[SessionLine] = []
        self.people: list[PersonLine] = []
        self.pending: dict[Cell, Noted] = {}
        self.show_course(course)

    def show_course(self, course: CourseDetail) -> None:
        """Show what is noted of a course; what is not saved yet stays."""
        self.beginResetModel()
        self.sessions = [one for one in course.sessions if not one.cancelled_reason]
        self.people = [one for one in course.people if not one.withdrawn_reason]
        known = {(one.id, held.id) for one in self.people for held in self.sessions}
        self.pending = {cell: noted for cell, noted in self.pending.items() if cell in known}
        self.endResetModel()
        self.edited.emit()

    def cell(self, index: Index) -> Cell | None:
        """(participant, session) of a cell; None where it is none of a half-day."""
        column = index.column() - _AHEAD
        if not index.isValid() or not 0 <= column < len(self.sessions):
            return None
        return self.people[index.row()].id, self.sessions[column].id

    def place(self, person_id: int, session_id: int) -> QModelIndex:
        """The cell of a person at a half-day."""
        row = next(n for n, one in enumerate(self.people) if one.id == person_id)
        column = next(n for n, one in enumerate(self.sessions) if one.id == session_id)
        return self.index(row, column + _AHEAD)

    def saved(self, cell: Cell) -> Mark | None:
        """What is noted of a cell in the database."""
        person = next(one for one in self.people if one.id == cell[0])
        mark = person.marks.get(cell[1])
        return mark.mark if mark is not None else None

    def put(self, cells: list[Cell], noted: Noted) -> None:
        """Choose a mark for cells; what is noted so already stays as it is."""
        for cell in cells:
            if noted.mark is self.saved(cell) and not noted.minutes:
                self.pending.pop(cell, None)
            else:
                self.pending[cell] = noted
        self._changed()

    def forget(self, cells: list[Cell]) -> None:
        """Take back what was chosen and not saved."""
        for cell in cells:
            self.pending.pop(cell, None)
        self._changed()

    def blanks(self, session_id: int) -> list[Cell]:
        """People of whom nothing is noted or chosen at a half-day."""
        return [
            (one.id, session_id)
            for one in self.people
            if session_id not in one.marks and (one.id, session_id) not in self.pending
        ]

    def marks(self) -> list[NewMark]:
        """What was chosen, in the order of the grid."""
        places = {one.id: n for n, one in enumerate(self.people)}
        halves = {one.id: n for n, one in enumerate(self.sessions)}
        chosen = sorted(self.pending, key=lambda cell: (halves[cell[1]], places[cell[0]]))
        return [
            NewMark(
                session_id=held,
                participant_id=person,
                mark=self.pending[person, held].mark,
                minutes=self.pending[person, held].minutes,
                reason=self.pending[person, held].reason,
            )
            for person, held in chosen
        ]

    def _changed(self) -> None:
        if self.people:
            last = self.index(len(self.people) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.edited.emit()

    # -- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt
        return 0 if parent.isValid() else len(self.people)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt
        return 0 if parent.isValid() else len(self.sessions) + _AHEAD + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        held = section - _AHEAD
        if 0 <= held < len(self.sessions):
            one = self.sessions[held]
            if role == Qt.ItemDataRole.ToolTipRole:
                return session_text(one)
            if role == Qt.ItemDataRole.DisplayRole:
                return f"{one.held_on:%m-%d}\n{_(HALF_DAY_TITLES[one.half_day])}"
        elif role == Qt.ItemDataRole.DisplayRole:
            return {0: _("Name"), 1: _("Unit")}.get(section, _("Still missing"))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.cell(index)
        if cell is None:
            texts = {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}
            return self._text(index) if role in texts else None
        return self._mark_data(self.people[index.row()], cell, role)

    def _text(self, index: Index) -> str:
        person = self.people[index.row()]
        texts = {0: person.name, 1: person.unit}
        return texts.get(index.column(), missing_text(person.standing))

    def _mark_data(self, person: PersonLine, cell: Cell, role: int) -> Any:
        chosen = self.pending.get(cell)
        saved = person.marks.get(cell[1])
        mark = chosen.mark if chosen else saved.mark if saved else None
        if role == Qt.ItemDataRole.DisplayRole:
            waits = "?" if chosen is None and saved is not None and not saved.confirmed else ""
            return "" if mark is None else f"{MARK_SHORT[mark]}{waits}{'*' if chosen else ''}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.BackgroundRole and mark is not None:
            return QColor(theme.current().colours[f"{MARK_TONES[mark]}_soft"])
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return _said(chosen, saved.reason if saved else "", mark)
        return None


def _said(chosen: Noted | None, reason: str, mark: Mark | None) -> str:
    if mark is None:
        return _("Nothing noted")
    why = chosen.reason if chosen else reason
    text = _(MARK_TITLES[mark]) + (f"：{why}" if why else "")
    return text + ("　" + _("(not saved yet)") if chosen else "")


class _Ground(QStyledItemDelegate):
    """Paints the ground of a mark: the style sheet of tables leaves it out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if isinstance(ground, QColor):
            painter.fillRect(option.rect, ground)
        super().paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_HasFocus:
            # Where the next key goes must be seen on every ground.
            painter.save()
            painter.setPen(QPen(theme.current().colour("accent"), 2))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
            painter.restore()


class AttendanceView(QTableView):
    """Marks are typed: a digit or the code itself; the cursor goes on to the next person.

    Signals:
        typed: the Mark of a key.
        forgotten: Delete or Backspace: take back what is not saved.
    """

    typed = Signal(object)
    forgotten = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("attendanceGrid")
        self.setAccessibleName(_("Attendance"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.verticalHeader().setDefaultSectionSize(max(28, self.fontMetrics().height() + 10))
        self.horizontalHeader().setHighlightSections(False)
        self.setItemDelegate(_Ground(self))

    def fit(self) -> None:
        """Give names the room they need and half-days the same narrow column."""
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        ideograph = self.fontMetrics().horizontalAdvance("林")
        for column in range(self.model().columnCount()):
            header.resizeSection(
                column, ideograph * (8 if column == 0 else 12 if column == 1 else 6)
            )
        header.setStretchLastSection(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        mark = KEYS.get(Qt.Key(event.key())) or CODES.get(event.text())
        if plain and mark is not None:
            self.typed.emit(mark)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.forgotten.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go_on()
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        mark = CODES.get(event.commitString())
        if mark is not None:
            self.typed.emit(mark)
        event.accept()

    def go_on(self) -> None:
        """The next person; after the last one the first person of the next half-day."""
        place, model = self.currentIndex(), self.model()
        row, column = place.row() + 1, place.column()
        if row >= model.rowCount():
            row, column = 0, column + 1
        if column < model.columnCount() - 1:
            self.setCurrentIndex(model.index(row, column))


def counts(model: AttendanceModel) -> Mapping[Mark, int]:
    """How often each mark stands in the grid, saved or chosen."""
    found = dict.fromkeys(Mark, 0)
    for person in model.people:
        for held in model.sessions:
            chosen = model.pending.get((person.id, held.id))
            saved = person.marks.get(held.id)
            mark = chosen.mark if chosen else saved.mark if saved else None
            if mark is not None:
                found[mark] += 1
    return found
