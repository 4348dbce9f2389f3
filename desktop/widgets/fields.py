"""One editor per kind of form field, all with the same small interface: text in, text out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QDate, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFocusEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import InputError
from core.i18n import _
from core.values.dates import parse_date
from core.values.forms import FormField
from desktop.support import theme
from desktop.support.dialogs import Dialogs
from desktop.support.icons import icon
from desktop.widgets.grid import GridEdit
from desktop.widgets.labels import restyle

LONG_LINES = 3


class FieldEditor(QWidget):
    """Base of the editors.

    Signals:
        edited: the value changed, by the person or by `set_value`.
        left: the person left the field, so it may be judged now.
    """

    edited = Signal()
    left = Signal()

    def __init__(self, field: FormField) -> None:
        super().__init__()
        self.field = field
        self.layout_ = QHBoxLayout(self)
        self.layout_.setContentsMargins(0, 0, 0, 0)
        self.layout_.setSpacing(4)

    def focus_widget(self) -> QWidget:
        """The widget that takes the focus: the buddy of the label."""
        raise NotImplementedError

    def value(self) -> object:
        """What was typed: text, or a list of lines for a table."""
        raise NotImplementedError

    def set_value(self, value: object) -> None:
        """Show a value."""
        raise NotImplementedError

    def set_wrong(self, wrong: bool) -> None:
        """Mark the field as wrong."""
        widget = self.focus_widget()
        widget.setProperty("wrong", "true" if wrong else "false")
        restyle(widget)

    def set_read_only(self, read_only: bool) -> None:
        """Show the value without letting it be changed."""
        self.focus_widget().setEnabled(not read_only)

    def hide_letters(self) -> None:
        """Show dots instead of what is typed."""
        widget = self.focus_widget()
        if isinstance(widget, QLineEdit):
            widget.setEchoMode(QLineEdit.EchoMode.Password)

    def adopt(self, widget: QWidget) -> None:
        """Put the focus widget in and name it."""
        widget.setObjectName(f"Field_{self.field.name}")
        widget.setAccessibleName(_(self.field.label))
        self.setFocusProxy(widget)
        self.layout_.addWidget(widget, 1)


class TextEditor(FieldEditor):
    """One line of text, also for numbers: judged when left, never while composing."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.edit = QLineEdit()
        self.adopt(self.edit)
        self.edit.textChanged.connect(self.edited)
        self.edit.editingFinished.connect(self.left)
        if field.kind in {"int", "money", "tonnes", "area"}:
            self.edit.setFont(theme.font(tabular=True))
            self.edit.setMaximumWidth(self.fontMetrics().averageCharWidth() * 34)
            self.layout_.addStretch(1)

    def focus_widget(self) -> QWidget:
        return self.edit

    def value(self) -> str:
        return self.edit.text()

    def set_value(self, value: object) -> None:
        self.edit.setText("" if value is None else str(value))
        self.edit.setCursorPosition(0)

    def set_read_only(self, read_only: bool) -> None:
        self.edit.setReadOnly(read_only)


class DateEditor(TextEditor):
    """A date typed in any usual form (20261125, 2026-11-25, 2026年11月25日), or picked."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.edit.setPlaceholderText(_("YYYY-MM-DD"))
        self.edit.setMaximumWidth(self.fontMetrics().averageCharWidth() * 20)
        self.edit.editingFinished.connect(self._tidy)
        self._button = QToolButton()
        self._button.setIcon(icon("calendar"))
        self._button.setToolTip(_("Pick a day"))
        self._button.setAccessibleName(_("Pick a day"))
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button.clicked.connect(self._pick)
        self.layout_.addWidget(self._button)
        self.layout_.addStretch(1)
        self._calendar: QCalendarWidget | None = None

    def set_value(self, value: object) -> None:
        super().set_value(value.isoformat() if isinstance(value, date) else value)

    def _day(self) -> date | None:
        try:
            return parse_date(self.edit.text())
        except InputError:
            return None

    @Slot()
    def _tidy(self) -> None:
        day = self._day()
        if day is not None and self.edit.text() != day.isoformat():
            self.edit.setText(day.isoformat())

    @Slot()
    def _pick(self) -> None:
        if self._calendar is None:
            self._calendar = QCalendarWidget(self)
            self._calendar.setWindowFlag(Qt.WindowType.Popup)
            self._calendar.setGridVisible(False)
            self._calendar.clicked.connect(self._picked)
            self._calendar.activated.connect(self._picked)
        day = self._day()
        if day is not None:
            self._calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self._calendar.move(self.edit.mapToGlobal(QPoint(0, self.edit.height())))
        self._calendar.show()
        self._calendar.setFocus()

    @Slot(QDate)
    def _picked(self, day: QDate) -> None:
        if self._calendar is not None:
            self._calendar.hide()
        self.edit.setText(str(day.toString(Qt.DateFormat.ISODate)))
        self.edit.setFocus()
        self.left.emit()


class LongEditor(FieldEditor):
    """Several lines of text; Tab leaves the field, Enter begins a new line."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.edit = _LeavableText()
        self.edit.setTabChangesFocus(True)
        self.adopt(self.edit)
        height = self.edit.fontMetrics().lineSpacing() * LONG_LINES + 16
        self.edit.setFixedHeight(height)
        self.edit.textChanged.connect(self.edited)
        self.edit.left.connect(self.left)

    def focus_widget(self) -> QWidget:
        return self.edit

    def value(self) -> str:
        return self.edit.toPlainText()

    def set_value(self, value: object) -> None:
        self.edit.setPlainText("" if value is None else str(value))

    def set_read_only(self, read_only: bool) -> None:
        self.edit.setReadOnly(read_only)


class _LeavableText(QPlainTextEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class ChoiceEditor(FieldEditor):
    """One of a few values."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.box = QComboBox()
        self.box.addItem(_("Please choose") if field.required else "", "")
        for stored, title in field.choices:
            self.box.addItem(_(title), stored)
        self.adopt(self.box)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.box.currentIndexChanged.connect(self._on_index)
        self.box.activated.connect(self._on_activated)
        self.layout_.addStretch(1)

    def focus_widget(self) -> QWidget:
        return self.box

    def value(self) -> str:
        return str(self.box.currentData() or "")

    def set_value(self, value: object) -> None:
        place = self.box.findData("" if value is None else str(value))
        self.box.setCurrentIndex(max(place, 0))

    @Slot(int)
    def _on_index(self, _index: int) -> None:
        self.edited.emit()

    @Slot(int)
    def _on_activated(self, _index: int) -> None:
        self.left.emit()


class BoolEditor(FieldEditor):
    """Yes or no."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.box = QCheckBox(_("Yes"))
        self.adopt(self.box)
        self.box.toggled.connect(self._on_toggled)

    def focus_widget(self) -> QWidget:
        return self.box

    def value(self) -> str:
        return "yes" if self.box.isChecked() else "no"

    def set_value(self, value: object) -> None:
        self.box.setChecked(value is True or str(value).lower() in {"yes", "true", "1", "是"})

    @Slot(bool)
    def _on_toggled(self, _checked: bool) -> None:
        self.edited.emit()
        self.left.emit()


class FileEditor(FieldEditor):
    """A file: typed, picked, or dropped onto the field."""

    def __init__(self, field: FormField, dialogs: Dialogs, name_filter: str = "") -> None:
        super().__init__(field)
        self._dialogs = dialogs
        self._name_filter = name_filter
        self.edit = QLineEdit()
        self.adopt(self.edit)
        self.edit.textChanged.connect(self.edited)
        self.edit.editingFinished.connect(self.left)
        self._button = QPushButton(_("Browse …"))
        self._button.setObjectName(f"Browse_{field.name}")
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self._browse)
        self.layout_.addWidget(self._button)
        self.setAcceptDrops(True)
        self.edit.setAcceptDrops(False)

    def focus_widget(self) -> QWidget:
        return self.edit

    def value(self) -> str:
        return self.edit.text().strip()

    def set_value(self, value: object) -> None:
        self.edit.setText("" if value is None else str(value))

    @Slot()
    def _browse(self) -> None:
        path = self._dialogs.open_file(_(self.field.label), self._name_filter)
        if path is not None:
            self.edit.setText(str(path))
            self.left.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.edit.setText(str(Path(event.mimeData().urls()[0].toLocalFile())))
        event.acceptProposedAction()
        self.left.emit()


class TableEditor(FieldEditor):
    """Lines typed into a grid or pasted from Excel."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.grid = GridEdit(field.columns)
        box = QVBoxLayout()
        self.layout_.addLayout(box, 1)
        self.grid.view.setObjectName(f"Field_{field.name}")
        self.grid.view.setAccessibleName(_(field.label))
        self.setFocusProxy(self.grid.view)
        box.addWidget(self.grid)
        self.grid.edited.connect(self.edited)
        self.grid.edited.connect(self.left)

    def focus_widget(self) -> QWidget:
        return self.grid.view

    def value(self) -> list[dict[str, str]]:
        return self.grid.lines()

    def set_value(self, value: object) -> None:
        self.grid.set_lines(value if isinstance(value, list) else [])

    def set_wrong(self, wrong: bool) -> None:
        if not wrong:
            self.grid.show_errors({})

    def sizeHint(self) -> QSize:
        return QSize(400, 190)


_EDITORS: dict[str, Callable[[FormField], FieldEditor]] = {
    "date": DateEditor,
    "long": LongEditor,
    "choice": ChoiceEditor,
    "bool": BoolEditor,
    "table": TableEditor,
}


def editor(field: FormField, dialogs: Dialogs) -> FieldEditor:
    """The editor of a field by its kind."""
    if field.kind == "file":
        return FileEditor(field, dialogs)
    return _EDITORS.get(field.kind, TextEditor)(field)
