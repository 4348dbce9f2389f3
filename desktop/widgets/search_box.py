"""The search box: type, see hits grouped by kind, Enter opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from core.i18n import _
from desktop.support.icons import icon

TYPING_DELAY_MS = 180
_HIT = int(Qt.ItemDataRole.UserRole) + 1


@dataclass(frozen=True)
class SearchHit:
    """One hit, as display texts; `kind` and `record_id` are what is opened."""

    kind: str
    record_id: int
    group: str
    title: str
    subtitle: str = ""


class SearchBox(QLineEdit):
    """Asks with `asked(text)` after a pause; whoever searches answers with `show_hits`.

    Signals:
        asked: search for this text.
        chosen: (kind, record id) of the hit that was opened.
    """

    asked = Signal(str)
    chosen = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("SearchBox")
        self.setPlaceholderText(_("Search number, name, initials, ID tail (Ctrl+K)"))
        self.setAccessibleName(_("Search"))
        self.setClearButtonEnabled(True)
        self.addAction(icon("search", "text_faint"), QLineEdit.ActionPosition.LeadingPosition)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_DELAY_MS)
        self._pause.timeout.connect(self._ask)
        self._popup = _Popup(self)
        self._popup.view.clicked.connect(self._on_clicked)
        self._open_first = False
        self.textChanged.connect(self._on_typed)

    def show_hits(self, text: str, hits: Sequence[SearchHit]) -> None:
        """Show the hits of `text`; ignored when something else was typed meanwhile."""
        if text != self.text().strip():
            return
        self._popup.show_hits(hits)
        if self._open_first and hits:
            # Enter was pressed before the answer came: a scanned number opens at once.
            self._open_first = False
            self._choose(self._popup.first())
        elif text and self.hasFocus():
            self._popup.open_below(self)

    @Slot()
    def _on_typed(self) -> None:
        self._open_first = False
        if self.text().strip():
            self._pause.start()
        else:
            self._pause.stop()
            self._popup.hide()

    @Slot()
    def _ask(self) -> None:
        self.asked.emit(self.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._popup.isVisible():
            self._popup.move_by(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Escape:
            self._popup.hide()
            self.clear()
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        if self._popup.isVisible() and not self._pause.isActive():
            self._choose(self._popup.view.currentIndex())
        elif self.text().strip():
            self._open_first = True
            self._pause.stop()
            self._ask()

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self._choose(index)

    def _choose(self, index: QModelIndex) -> None:
        hit = index.data(_HIT)
        if isinstance(hit, SearchHit):
            self._popup.hide()
            self.clear()
            self.chosen.emit(hit.kind, hit.record_id)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._popup.hide()


class _Popup(QFrame):
    """The list below the box; a child of the window, so the box keeps the focus."""

    def __init__(self, box: SearchBox) -> None:
        super().__init__(box)
        self.setObjectName("Card")
        self.setWindowFlags(Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._model = QStandardItemModel(self)
        self.view = QListView()
        self.view.setObjectName("SearchHits")
        self.view.setAccessibleName(_("Hits"))
        self.view.setModel(self._model)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self.view)

    def show_hits(self, hits: Sequence[SearchHit]) -> None:
        self._model.clear()
        for group, members in groupby(hits, key=lambda hit: hit.group):
            self._model.appendRow(_heading(group))
            for hit in members:
                self._model.appendRow(_item(hit))
        if not hits:
            self._model.appendRow(_heading(_("Nothing found.")))
        self.view.setCurrentIndex(self.first())

    def first(self) -> QModelIndex:
        for row in range(self._model.rowCount()):
            index = self._model.index(row, 0)
            if index.data(_HIT) is not None:
                return index
        return QModelIndex()

    def move_by(self, step: int) -> None:
        row = self.view.currentIndex().row() + step
        while 0 <= row < self._model.rowCount():
            index = self._model.index(row, 0)
            if index.data(_HIT) is not None:
                self.view.setCurrentIndex(index)
                return
            row += step

    def open_below(self, box: QWidget) -> None:
        rows = min(self._model.rowCount(), 12)
        height = sum(self.view.sizeHintForRow(row) for row in range(rows)) + 8
        self.resize(QSize(box.width(), height))
        self.move(box.mapToGlobal(QPoint(0, box.height() + 2)))
        self.show()
        self.raise_()


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    item.setEnabled(False)
    return item


def _item(hit: SearchHit) -> QStandardItem:
    item = QStandardItem(f"{hit.title}    {hit.subtitle}".rstrip())
    item.setData(hit, _HIT)
    return item
