"""Sections of a detail pane: a title over pairs of name and value, or over any widget."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.widgets.labels import label, selectable


class Section(QFrame):
    """A titled block. `set_pairs` fills it with names and values, `add` with anything."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.setObjectName("Section")
        self._title = label(title, "section")
        self._title.setVisible(bool(title))
        self._head = QHBoxLayout()
        self._head.addWidget(self._title)
        self._head.addStretch(1)
        self._body = QVBoxLayout()
        self._body.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(self._head)
        layout.addLayout(self._body)
        self._pairs: KeyValues | None = None

    def title(self) -> str:
        """The title."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.setText(title)
        self._title.setVisible(bool(title))

    def add(self, widget: QWidget) -> None:
        """Put a widget below what is there."""
        self._body.addWidget(widget)

    def add_head(self, widget: QWidget) -> None:
        """Put a small widget (a button) at the right of the title."""
        self._head.addWidget(widget)

    def set_pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show pairs of name and value (plain texts)."""
        if self._pairs is None:
            self._pairs = KeyValues()
            self._body.insertWidget(0, self._pairs)
        self._pairs.set_pairs(pairs)


class KeyValues(QWidget):
    """Names on the left, values on the right; the labels are reused when values change."""

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []
        self.set_pairs(pairs)

    def set_pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show these pairs; an empty value is shown as a dash."""
        while len(self._rows) < len(pairs):
            self._add_row()
        for number, (name, value) in enumerate(self._rows):
            used = number < len(pairs)
            name.setVisible(used)
            value.setVisible(used)
            if used:
                name.setText(pairs[number][0])
                value.setText(pairs[number][1] or "—")

    def pairs(self) -> list[tuple[str, str]]:
        """What is shown."""
        return [(name.text(), value.text()) for name, value in self._rows if not name.isHidden()]

    def _add_row(self) -> None:
        name, value = label(role="soft"), selectable()
        # Both at the top: where a cell is taller than its text, they still stand on one line.
        for cell in (name, value):
            cell.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        row = len(self._rows)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(value, row, 1)
        self._rows.append((name, value))
