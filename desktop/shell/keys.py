"""The keys that every page knows: what they do is the page's business."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desktop.support.page import Page


class PageKeys(QObject):
    """Passes keys of the window to the page in front; without one they do nothing."""

    def __init__(self, window: QWidget, page: Callable[[], Page | None]) -> None:
        super().__init__(window)
        self._page = page
        keys: dict[str, Callable[[], None]] = {
            "Ctrl+N": self._new,
            "Ctrl+F": self._filter,
            "F2": self._edit,
            "Ctrl+P": self._print,
            "Ctrl+S": self._save,
        }
        for key, action in keys.items():
            QShortcut(QKeySequence(key), window, action)

    def _new(self) -> None:
        if (page := self._page()) is not None:
            page.new_record()

    def _filter(self) -> None:
        if (page := self._page()) is not None:
            page.focus_filter()

    def _edit(self) -> None:
        if (page := self._page()) is not None:
            page.edit_record()

    def _print(self) -> None:
        if (page := self._page()) is not None:
            page.print_record()

    def _save(self) -> None:
        if (page := self._page()) is not None:
            page.save()
