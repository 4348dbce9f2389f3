"""The one seam at which modal dialogs are answered in tests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QDialog

from core.clock import CHINA
from desktop.support.dialogs import Dialogs

TODAY = datetime(2026, 11, 25, 9, tzinfo=CHINA)


class Answers(Dialogs):
    """Answers instead of opening windows, and remembers what was asked."""

    def __init__(self) -> None:
        super().__init__(None)
        self.yes = True
        self.files: list[Path] = []
        self.secrets: list[str | None] = []
        self.texts: list[str | None] = []
        self.asked: list[str] = []
        self.dialogs: list[QDialog] = []

    def exec(self, dialog: QDialog) -> bool:
        self.dialogs.append(dialog)
        self.asked.append(dialog.windowTitle())
        dialog.deleteLater()
        return self.yes

    def ask(self, title: str, sentence: str, yes: str = "") -> bool:
        self.asked.append(f"{title} {sentence}")
        return self.yes

    def tell(self, title: str, sentence: str) -> None:
        self.asked.append(f"{title} {sentence}")

    def open_file(self, title: str, name_filter: str = "", folder: str = "") -> Path | None:
        self.asked.append(title)
        return self.files.pop(0) if self.files else None

    def open_files(self, title: str, name_filter: str = "", folder: str = "") -> list[Path]:
        self.asked.append(title)
        files, self.files = self.files, []
        return files

    def save_file(self, title: str, name: str = "", name_filter: str = "") -> Path | None:
        return self.open_file(title)

    def folder(self, title: str) -> Path | None:
        return self.open_file(title)

    def secret(self, title: str, sentence: str) -> str | None:
        self.asked.append(f"{title} {sentence}")
        return self.secrets.pop(0) if self.secrets else None

    def text(self, title: str, sentence: str, value: str = "") -> str | None:
        self.asked.append(f"{title} {sentence}")
        return self.texts.pop(0) if self.texts else None
