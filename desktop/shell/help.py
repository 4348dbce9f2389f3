"""The manual in a window of its own: F1 opens the page of what is in front."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

import resources
from core.i18n import _

INDEX = "README"


def manual_folder() -> Path:
    """Where the manual stands: beside the program's packages."""
    return Path(resources.__file__).parent.parent / "docs" / "manual"


class HelpWindow(QDialog):
    """Shows pages of docs/manual (Markdown); links to the web open in the browser."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Manual"))
        self.browser = QTextBrowser()
        self.browser.setObjectName("Manual")
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._on_link)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addWidget(self.browser)
        area = self.screen().availableGeometry()
        self.resize(min(760, area.width() - 60), min(820, area.height() - 80))

    def open_page(self, name: str) -> None:
        """Show the page of this name, or the table of contents when there is none."""
        page = manual_folder() / f"{name or INDEX}.md"
        if not page.is_file():
            page = manual_folder() / f"{INDEX}.md"
        if page.is_file():
            self.browser.setSearchPaths([str(page.parent)])
            self.browser.setMarkdown(page.read_text("utf-8"))
        else:
            self.browser.setPlainText(_("The manual is not installed here (docs/manual)."))
        self.show()
        self.raise_()

    def _on_link(self, url: QUrl) -> None:
        if url.isRelative() and url.fileName().endswith(".md"):
            self.open_page(url.fileName().removesuffix(".md"))
        else:
            QDesktopServices.openUrl(url)
