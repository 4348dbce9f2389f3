"""The one object that opens modal dialogs, so that a test can answer them.

Modal only where data would be lost or a paper would be signed; results and failures go to a
banner in the page.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QLineEdit, QMessageBox, QWidget

from core.i18n import _

_PLAIN = Qt.TextFormat.PlainText


class Dialogs:
    """Opens dialogs above the main window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.parent = parent

    def exec(self, dialog: QDialog) -> bool:
        """Run a dialog of a page; whether it was accepted. The dialog is freed afterwards."""
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        return accepted

    def ask(self, title: str, sentence: str, yes: str = "") -> bool:
        """Ask before something is lost or signed; `yes` is the verb on the button."""
        box = QMessageBox(self.parent)
        box.setWindowTitle(title)
        box.setText(title)
        # Names of people go into these sentences: never let them be read as HTML.
        box.setInformativeText(sentence)
        box.setTextFormat(_PLAIN)
        box.setIcon(QMessageBox.Icon.NoIcon)
        accept = box.addButton(yes or _("Yes"), QMessageBox.ButtonRole.AcceptRole)
        refuse = box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(refuse)
        box.setEscapeButton(refuse)
        box.exec()
        answer = box.clickedButton() is accept
        box.deleteLater()
        return answer

    def tell(self, title: str, sentence: str) -> None:
        """Say something that must be read before going on."""
        box = QMessageBox(self.parent)
        box.setWindowTitle(title)
        box.setText(title)
        box.setInformativeText(sentence)
        box.setTextFormat(_PLAIN)
        box.addButton(_("Close"), QMessageBox.ButtonRole.AcceptRole)
        box.exec()
        box.deleteLater()

    def open_file(self, title: str, name_filter: str = "", folder: str = "") -> Path | None:
        """One existing file, or None."""
        name, _chosen = QFileDialog.getOpenFileName(self.parent, title, folder, name_filter)
        return Path(name) if name else None

    def open_files(self, title: str, name_filter: str = "", folder: str = "") -> list[Path]:
        """Several existing files, or none."""
        names, _chosen = QFileDialog.getOpenFileNames(self.parent, title, folder, name_filter)
        return [Path(name) for name in names]

    def save_file(self, title: str, name: str = "", name_filter: str = "") -> Path | None:
        """Where to save; the file dialog asks before overwriting."""
        chosen, _kind = QFileDialog.getSaveFileName(self.parent, title, name, name_filter)
        return Path(chosen) if chosen else None

    def folder(self, title: str) -> Path | None:
        """A folder, or None."""
        name = QFileDialog.getExistingDirectory(self.parent, title)
        return Path(name) if name else None

    def secret(self, title: str, sentence: str) -> str | None:
        """A passphrase or PIN, or None when the person gave up."""
        text, accepted = QInputDialog.getText(
            self.parent, title, sentence, QLineEdit.EchoMode.Password
        )
        return text if accepted else None

    def text(self, title: str, sentence: str, value: str = "") -> str | None:
        """A line of text, or None when the person gave up."""
        text, accepted = QInputDialog.getText(
            self.parent, title, sentence, QLineEdit.EchoMode.Normal, value
        )
        return text if accepted else None
