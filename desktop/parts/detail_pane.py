"""The right third of a list page: what the record is, the next action, sections below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _
from desktop.widgets.banner import Banner
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import label, restyle, selectable
from desktop.widgets.pill import StatePill


@dataclass(frozen=True)
class MenuEntry:
    """One entry of the menu of further actions; `why_not` greys it and says the reason."""

    key: str
    title: str
    why_not: str = ""


class DetailPane(QFrame):
    """Header with title, state and next action; a banner; a scrolling column of sections.

    Signals:
        appeared: it came into sight.
    """

    appeared = Signal()

    def __init__(self, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("DetailPane")
        self._on_entry: Callable[[str], object] | None = None
        self.title = selectable(role="heading")
        self.title.setObjectName("detailTitle")
        self.subtitle = selectable(role="soft")
        self.pill = StatePill()
        self.banner = Banner()
        self.primary = QPushButton()
        self.primary.setObjectName("primaryAction")
        self.primary.setProperty("role", "primary")
        self.more = QToolButton()
        self.more.setObjectName("moreActions")
        self.more.setText(_("More ▾"))
        self.more.setProperty("role", "chip")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.more)
        self.menu.setToolTipsVisible(True)
        self.more.setMenu(self.menu)
        self.menu.triggered.connect(self._on_action)
        self._note = label(role="small", wrap=True)
        self._column = QVBoxLayout()
        self._stack = QStackedWidget()
        self._empty = EmptyState("list", empty_text)
        self._build()

    # -- for the page

    def add(self, widget: QWidget) -> None:
        """Put a section below those already there."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def set_empty(self, *, empty: bool) -> None:
        """Show the sentence for nothing chosen, or the record."""
        self._stack.setCurrentIndex(0 if empty else 1)

    def set_header(self, title: str, subtitle: str, state: str, tone: str) -> None:
        """Show what the record is."""
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self.subtitle.setVisible(bool(subtitle))
        self.pill.set_state(state, tone)
        self.pill.setVisible(bool(state))

    def set_primary(self, text: str, *, enabled: bool = True, note: str = "") -> None:
        """The one primary button; hidden without text. `note` says why it cannot be pressed."""
        self.primary.setText(text)
        self.primary.setVisible(bool(text))
        self.primary.setEnabled(enabled)
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def set_menu(self, entries: Sequence[MenuEntry], chosen: Callable[[str], object]) -> None:
        """The further actions; a refused one is shown grey with its reason."""
        self._on_entry = chosen
        self.menu.clear()
        for entry in entries:
            reason = f"（{entry.why_not}）" if entry.why_not else ""
            action = QAction((entry.title + reason).replace("&", "&&"), self.menu)
            action.setData(entry.key)
            action.setEnabled(not entry.why_not)
            action.setToolTip(entry.why_not)
            self.menu.addAction(action)
        self.more.setVisible(bool(entries))

    def put_notice(self, line: QWidget) -> None:
        """Put a line between what the record is and what can be done with it."""
        self._head.insertWidget(self._head.indexOf(self.banner), line)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.appeared.emit()

    # -- private

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        self.primary.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # A shortcut of the button itself would be lost with every new text.
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.primary.click)
        buttons.addWidget(self.primary, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.more, 0, Qt.AlignmentFlag.AlignRight)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        plain = QWidget()
        plain.setObjectName("Plain")
        plain.setLayout(self._column)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(plain)
        record = QWidget()
        layout = self._head = QVBoxLayout(record)
        layout.setContentsMargins(12, 12, 6, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.subtitle)
        layout.addWidget(self.banner)
        layout.addLayout(buttons)
        layout.addWidget(self._note)
        layout.addWidget(scroll, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(record)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        restyle(self.primary)

    def _on_action(self, action: QAction) -> None:
        if self._on_entry is not None:
            self._on_entry(str(action.data()))
