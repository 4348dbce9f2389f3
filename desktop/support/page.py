"""What the shell asks of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from desktop.support.context import Context


class Page(QWidget):
    """One place of the navigation rail. Built on first visit, kept until the person signs out.

    Attributes:
        key: the name in the rail and in the settings.
        kinds: record kinds this page opens (`Context.open` looks here).
    """

    key: ClassVar[str] = ""
    kinds: ClassVar[tuple[str, ...]] = ()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context

    def activate(self) -> None:
        """The page was brought to the front."""

    def open_record(self, kind: str, record_id: int) -> None:
        """Show one record."""

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show the list of `kind` with these filters."""

    def focus_filter(self) -> None:
        """Ctrl+F: put the cursor into the filter."""

    def refresh(self) -> None:
        """F5: load again what is shown."""

    def new_record(self) -> None:
        """Ctrl+N."""

    def edit_record(self) -> None:
        """F2."""

    def print_record(self) -> None:
        """Ctrl+P."""

    def save(self) -> None:
        """Ctrl+S."""

    def escape(self) -> bool:
        """Esc: step back inside the page; False when there was nothing to step back from."""
        return False

    def help_page(self) -> str:
        """The page of the manual F1 opens."""
        return self.key

    def unsaved(self) -> str:
        """What would be lost if the window closed now, in words; empty when nothing."""
        return ""
