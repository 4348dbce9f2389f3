"""The lock while dialogs are open: they are covered, and a modal screen asks for the password.

A modal dialog must not be hidden: that would end it and lose what was typed. So every window but
the main one gets a cover over its content, and the lock is a modal dialog above them all.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QVBoxLayout, QWidget

from core.i18n import _
from desktop.pages.sign_in.screen import LockScreen
from desktop.widgets.labels import label


class LockDialog(QDialog):
    """Over the main window, as large as it, closed only by unlocking."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self.screen_ = LockScreen()
        # Signing out below open dialogs would pull the database away from under them.
        self.screen_.other.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.screen_)
        self._open = False

    def reject(self) -> None:
        """Esc does not unlock."""

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._open:
            event.ignore()

    def cover(self) -> None:
        """Show over the main window."""
        self._open = True
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.geometry())
        self.show()
        self.raise_()

    def uncover(self) -> None:
        """The password was right."""
        self._open = False
        self.hide()


class Covers:
    """Covers over the content of every other window of the program."""

    def __init__(self) -> None:
        self._covers: list[QFrame] = []

    def put(self, main: QWidget, lock: QWidget) -> None:
        """Cover what is open besides the main window and the lock."""
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and window not in (main, lock) and isinstance(window, QDialog):
                self._covers.append(_cover(window))

    def take_off(self) -> None:
        """Show the windows as they were."""
        for cover in self._covers:
            if shiboken6.isValid(cover):
                cover.hide()
                cover.deleteLater()
        self._covers.clear()


def _cover(window: QWidget) -> QFrame:
    cover = QFrame(window)
    cover.setObjectName("Card")
    layout = QVBoxLayout(cover)
    text = label(_("Locked. Nothing you typed is lost."), "soft")
    text.setAlignment(Qt.AlignmentFlag.AlignCenter)
    layout.addWidget(text)
    cover.setGeometry(window.rect())
    cover.show()
    cover.raise_()
    return cover
