"""Results and failures as a bar inside the page, instead of message boxes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from core import messages
from core.errors import AppError, Cancelled
from core.i18n import _
from desktop.support.icons import icon, pixmap
from desktop.widgets.labels import label, restyle

KINDS = ("info", "good", "warning", "error")


class Banner(QFrame):
    """One line with an icon, a text, at most one action and a close button. Hidden at first.

    Signals:
        closed: the person closed it.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Banner")
        self._run: Callable[[], object] | None = None
        self._icon = QLabel()
        self._text = label(wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = QPushButton()
        self._action.setObjectName("BannerAction")
        # In a dialog, Enter in a field must not press it.
        self._action.setAutoDefault(False)
        self._action.clicked.connect(self._on_action)
        self._close = QToolButton()
        self._close.setObjectName("BannerClose")
        self._close.setIcon(icon("close"))
        self._close.setIconSize(QSize(14, 14))
        self._close.setToolTip(_("Close"))
        self._close.setAccessibleName(_("Close"))
        self._close.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(8)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._action)
        layout.addWidget(self._close)
        self.hide()

    def show_message(
        self,
        kind: str,
        text: str,
        action: str = "",
        run: Callable[[], object] | None = None,
    ) -> None:
        """Show a text.

        Args:
            kind: info, good, warning or error.
            text: what to say, plain text.
            action: title of a button; empty for none.
            run: what the button does, after the banner is gone.
        """
        self.setProperty("kind", kind)
        self._icon.setPixmap(pixmap(kind, 18, kind, self.devicePixelRatioF()))
        self._text.setText(text)
        self._run = run
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(text)
        restyle(self)
        self.show()

    def show_error(
        self, error: AppError, action: str = "", run: Callable[[], object] | None = None
    ) -> None:
        """Show what went wrong in the language of the screen; a cancelled job says nothing."""
        if not isinstance(error, Cancelled):
            self.show_message("error", messages.text(error), action, run)

    def text(self) -> str:
        """The text shown."""
        return self._text.text()

    def kind(self) -> str:
        """The kind shown."""
        return str(self.property("kind") or "")

    @Slot()
    def dismiss(self) -> None:
        """Take the banner away."""
        self.hide()
        self._run = None
        self.closed.emit()

    @Slot()
    def _on_action(self) -> None:
        run = self._run
        self.dismiss()
        if run is not None:
            run()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)
