"""Screens that fill the window before and instead of the workspace."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
)

from core import messages
from core.errors import AppError
from core.i18n import N_, _
from desktop.support.icons import pixmap
from desktop.widgets.card import CardScreen, brand
from desktop.widgets.labels import label, selectable


class OpeningScreen(CardScreen):
    """Shown while the database opens."""

    def __init__(self) -> None:
        super().__init__()
        self._text = label(_("Opening the database …"), "soft")
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        self.body.addWidget(brand())
        self.body.addWidget(self._text)
        self.body.addWidget(bar)

    def set_text(self, text: str) -> None:
        """Say what is being done."""
        self._text.setText(text)


#: Heading of a fault by the beginning of its code; the sentence below says what to do.
_TITLES = {
    "": N_("The program cannot go on"),
    "database": N_("The database cannot be opened"),
    "database.locked": N_("The database is in use"),
    "database.in_use": N_("The database is in use"),
    "database.second_copy": N_("Lintan is already open"),
    "database.network_share": N_("The database lies on a network share"),
    "database.upgrade_needed": N_("The database is older than this program"),
    "database.missing": N_("The database is not there"),
    "database.newer": N_("The database is newer than this program"),
    "database.damaged": N_("The database is damaged"),
    "database.disk_full": N_("The disk is full"),
    "database.unreachable": N_("The server cannot be reached"),
    "config": N_("The settings of this computer cannot be read"),
}


class FaultScreen(CardScreen):
    """Says which fault keeps the program from working, and what to do.

    Signals:
        retry_asked, choose_asked, quit_asked: its buttons.
    """

    retry_asked = Signal()
    choose_asked = Signal()
    quit_asked = Signal()

    def __init__(self) -> None:
        super().__init__(70)
        self._icon = QLabel()
        self._title = label(role="heading", wrap=True)
        self._sentence = selectable()
        self.retry = QPushButton(_("Try again"))
        self.retry.setObjectName("Retry")
        self.retry.setProperty("role", "primary")
        self.choose = QPushButton(_("Another database …"))
        self.choose.setObjectName("Choose")
        self.quit = QPushButton(_("Quit"))
        self.quit.setObjectName("Quit")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.quit)
        buttons.addStretch(1)
        buttons.addWidget(self.choose)
        buttons.addWidget(self.retry)
        self.body.addLayout(head)
        self.body.addWidget(self._sentence)
        self.body.addSpacing(8)
        self.body.addLayout(buttons)
        self.retry.clicked.connect(self.retry_asked)
        self.choose.clicked.connect(self.choose_asked)
        self.quit.clicked.connect(self.quit_asked)

    def show_fault(self, error: AppError) -> None:
        """Show a fault in words."""
        key = max((key for key in _TITLES if error.code.startswith(key)), key=len)
        self._icon.setPixmap(pixmap("error", 28, "error", self.devicePixelRatioF()))
        self._title.setText(_(_TITLES[key]))
        self._sentence.setText(messages.text(error))
        self.retry.setFocus(Qt.FocusReason.OtherFocusReason)

    def text(self) -> str:
        """Everything it says."""
        return f"{self._title.text()}\n{self._sentence.text()}"
