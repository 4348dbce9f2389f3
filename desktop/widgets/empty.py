"""What an empty list says: what to do first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.support.icons import pixmap
from desktop.widgets.labels import label


class EmptyState(QWidget):
    """An icon, a sentence, and the button that begins.

    Signals:
        triggered: the button was pressed.
    """

    triggered = Signal()

    def __init__(self, icon_name: str = "list", text: str = "", action: str = "") -> None:
        super().__init__()
        self._icon = QLabel()
        self._icon.setPixmap(pixmap(icon_name, 40, "text_faint", self.devicePixelRatioF()))
        self._text = label(role="soft", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._button = QPushButton()
        self._button.setObjectName("EmptyAction")
        self._button.clicked.connect(self.triggered)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._text)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.set_text(text, action)

    def set_text(self, text: str, action: str = "") -> None:
        """Say something else; without `action` there is no button."""
        self._text.setText(text)
        self._button.setText(action)
        self._button.setVisible(bool(action))
