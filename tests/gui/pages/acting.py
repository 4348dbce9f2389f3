"""Dialogs that a test works on, as a person would, before they close."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from tests.gui.answers import Answers

Act = Callable[[QDialog], object]


class ActingDialogs(Answers):
    """Shows each dialog and hands it to the next prepared act; unexpected dialogs fail."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self._qtbot = qtbot
        self.acts: list[Act] = []

    def exec(self, dialog: QDialog) -> bool:
        self.asked.append(dialog.windowTitle())
        assert self.acts, f"unexpected dialog: {dialog.windowTitle()}"
        act = self.acts.pop(0)
        dialog.show()
        dialog.activateWindow()
        self._qtbot.waitUntil(dialog.isActiveWindow, timeout=5_000)
        act(dialog)
        accepted = dialog.result() == QDialog.DialogCode.Accepted
        dialog.close()
        dialog.deleteLater()
        return accepted

    def until_closed(self, dialog: QDialog) -> None:
        """Wait until the dialog was accepted or rejected by itself."""
        self._qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=10_000)
