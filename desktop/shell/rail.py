"""The navigation rail: icon and text of each place, and the cases waiting for me."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout

from core.i18n import _
from desktop.shell.places import Place
from desktop.support import theme
from desktop.support.icons import icon


class Rail(QFrame):
    """The places from top to bottom; Ctrl+1 … go to them.

    Signals:
        chosen: key of the place.
        help_asked: the help button.
    """

    chosen = Signal(str)
    help_asked = Signal()

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__()
        self.setObjectName("Rail")
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, _RailButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 8, 10)
        layout.setSpacing(2)
        for number, place in enumerate(places, start=1):
            button = _RailButton(_(place.title), place.icon)
            button.setObjectName(f"Rail_{place.key}")
            # Not the button's own shortcut: that animates the click for 100 ms first.
            QShortcut(QKeySequence(f"Ctrl+{number}"), button, partial(self._choose, place.key))
            button.setToolTip(f"{_(place.title)} (Ctrl+{number})")
            button.clicked.connect(partial(self._choose, place.key))
            self._group.addButton(button)
            self._buttons[place.key] = button
            layout.addWidget(button)
        layout.addStretch(1)
        self._help = _RailButton(_("Help"), "help")
        self._help.setObjectName("Rail_help")
        self._help.setCheckable(False)
        self._help.setToolTip(_("Help (F1)"))
        self._help.clicked.connect(self.help_asked)
        layout.addWidget(self._help)

    def set_compact(self, compact: bool) -> None:
        """Icons only, where the window is narrow."""
        for button in (*self._buttons.values(), self._help):
            button.set_compact(compact)

    def set_current(self, key: str) -> None:
        """Mark a place as the one shown."""
        self._buttons[key].setChecked(True)

    def current(self) -> str:
        """Key of the place shown."""
        return next((key for key, b in self._buttons.items() if b.isChecked()), "")

    def set_badges(self, counts: Mapping[str, int]) -> None:
        """Show how many cases wait at each place; 0 shows nothing."""
        for key, button in self._buttons.items():
            button.set_badge(counts.get(key, 0))

    def badge(self, key: str) -> int:
        """What the badge of a place says."""
        return self._buttons[key].badge

    def _choose(self, key: str, _checked: bool = False) -> None:
        self.chosen.emit(key)


class _RailButton(QToolButton):
    def __init__(self, text: str, icon_name: str) -> None:
        super().__init__()
        self.badge = 0
        self.setProperty("role", "rail")
        self.setText(" " + text.replace("&", "&&"))
        self._title = text
        self.setAccessibleName(text)
        self.setIcon(icon(icon_name))
        self.setIconSize(QSize(20, 20))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_badge(self, count: int) -> None:
        self.badge = count
        waiting = _("{count} waiting").format(count=count)
        self.setAccessibleName(f"{self._title}, {waiting}" if count else self._title)
        self.update()

    def set_compact(self, compact: bool) -> None:
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(
            style.ToolButtonIconOnly if compact else style.ToolButtonTextBesideIcon
        )
        self.updateGeometry()

    def _is_compact(self) -> bool:
        return self.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly

    def sizeHint(self) -> QSize:
        if self._is_compact():
            return QSize(48, 40)
        hint = super().sizeHint()
        # Room for a badge of three figures beside the longest title.
        return QSize(hint.width() + self.fontMetrics().horizontalAdvance("000") + 14, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.badge:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("font_s", bold=True))
        text = str(self.badge) if self.badge < 1000 else "999+"
        metrics = painter.fontMetrics()
        height = metrics.height() + 2
        width = max(metrics.horizontalAdvance(text) + 12, height)
        # Beside the title, or at the corner of the icon where there is no title.
        right, top = (2, 0.0) if self._is_compact() else (8, (self.height() - height) / 2)
        box = QRectF(self.width() - width - right, top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent"))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setPen(look.colour("on_accent"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
