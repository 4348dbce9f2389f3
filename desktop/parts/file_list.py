"""The files of a record that were handed in: names, sizes, hashes; a button opens one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from core.attachments import AttachmentSummary
from core.i18n import _
from desktop.widgets.section import Section


class FilesView(Section):
    """The files that were handed in.

    Signals:
        opened: the AttachmentSummary of the file.
    """

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__(_("Handed in"))
        self._files: tuple[AttachmentSummary, ...] = ()
        self._buttons: list[QPushButton] = []

    def show_files(self, files: Sequence[AttachmentSummary]) -> None:
        """Show these files; a button opens one."""
        self._files = tuple(files)
        while len(self._buttons) < len(files):
            button = QPushButton()
            button.setProperty("role", "link")
            button.clicked.connect(self._on_clicked)
            self._buttons.append(button)
            self.add(button)
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(files))
            if place < len(files):
                size = f"{max(files[place].size // 1024, 1):,} KB"
                name = files[place].filename.replace("&", "&&")
                button.setText(f"{name}　{size}")
                button.setToolTip(f"SHA-256 {files[place].sha256}")
        self.setVisible(bool(files))

    def _on_clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, QPushButton):
            self.opened.emit(self._files[self._buttons.index(sender)])
