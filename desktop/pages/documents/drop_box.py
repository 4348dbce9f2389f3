"""The box of the verifier that takes a dropped file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from core.i18n import _
from desktop.support.icons import icon
from desktop.widgets.labels import label


class DropBox(QFrame):
    """Takes one file dropped onto it.

    Signals:
        dropped: the path of the file.
    """

    dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Card")
        self.setAcceptDrops(True)
        self.choose = QPushButton(icon("folder"), _("Choose a file…"))
        self.choose.setObjectName("chooseToVerify")
        layout = QHBoxLayout(self)
        layout.addWidget(
            label(_("Drop a paper, a scan or a photo here to verify it, or"), "soft", wrap=True), 1
        )
        layout.addWidget(self.choose)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Only one local file is taken."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand the file over."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(Path(event.mimeData().urls()[0].toLocalFile()))
