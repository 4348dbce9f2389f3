"""When the program makes a mistake: log it, say so once, offer a report without personal data."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout

from core import config
from core.i18n import _
from desktop.support.dialogs import Dialogs
from desktop.widgets.labels import label

LOG_BYTES = 1_000_000
LOG_FILES = 5

log = logging.getLogger(__name__)


def start_log() -> None:
    """Log to rotating files in the log folder; a folder that cannot be written is no obstacle."""
    try:
        config.log_folder().mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            config.log_folder() / "lintan.log",
            maxBytes=LOG_BYTES,
            backupCount=LOG_FILES,
            encoding="utf-8",
        )
    except OSError:
        return
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


class CrashWatch(QObject):
    """Catches what nobody else caught, on every thread, and shows it on the GUI thread.

    Slots, overrides of Qt methods and threads all end here; the event loop goes on.
    """

    _caught = Signal(str)

    def __init__(self, dialogs: Dialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dialogs = dialogs
        self._showing = False
        self._native: TextIO | None = None
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over `sys.excepthook` and `threading.excepthook`, and write native crashes."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook
        try:
            self._native = (config.log_folder() / "crash.log").open("a", encoding="utf-8")
        except OSError:
            return
        faulthandler.enable(self._native)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        if self._native is not None:
            faulthandler.disable()
            self._native.close()
            self._native = None

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QGuiApplication.exit(130)
            return
        self.report(error)

    def _thread_hook(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.report(arguments.exc_value)

    @Slot(object, str)
    def report(self, error: BaseException, _title: str = "") -> None:
        """Log a bug and show it; may be called from any thread."""
        from core.cli.report import describe

        text = describe(error)
        log.error("bug\n%s", text)
        self._caught.emit(text)

    @Slot(str)
    def _show(self, text: str) -> None:
        # A second bug while the first is shown (a broken paint event) would pile up windows.
        if self._showing:
            return
        self._showing = True
        try:
            self._dialogs.exec(BugDialog(text, self._dialogs))
        finally:
            self._showing = False


class BugDialog(QDialog):
    """Says that the program made a mistake and offers the report for copying."""

    def __init__(self, report: str, dialogs: Dialogs) -> None:
        super().__init__(dialogs.parent)
        self.setWindowTitle(_("The program made a mistake"))
        self._report = QPlainTextEdit(report)
        self._report.setObjectName("Report")
        self._report.setReadOnly(True)
        self._report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        copy = QPushButton(_("Copy the report"))
        copy.setObjectName("CopyReport")
        copy.clicked.connect(self._copy)
        close = QPushButton(_("Go on"))
        close.setObjectName("GoOn")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(label(_("The program made a mistake"), "heading"))
        layout.addWidget(
            label(
                _(
                    "What you were doing was not saved; everything saved before is safe. "
                    "Please send the report below to whoever looks after the program. "
                    "It holds no names and numbers of people."
                ),
                wrap=True,
            )
        )
        layout.addWidget(self._report, 1)
        layout.addLayout(buttons)
        self.resize(640, 420)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report.toPlainText())
