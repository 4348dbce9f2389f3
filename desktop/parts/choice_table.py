"""A small table of a record's parts of which one is chosen, with its buttons below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.parts.tabs import set_allowed
from desktop.widgets.flow import FlowLayout
from desktop.widgets.labels import label
from desktop.widgets.small_table import VISIBLE_ROWS, SmallTable


class Buttons(QWidget):
    """Buttons of a part, in as many lines as they need.

    Signals:
        pressed: key of the button.
    """

    pressed = Signal(str)

    def __init__(self, entries: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        layout = FlowLayout(6)
        self.setLayout(layout)
        self.buttons: dict[str, QPushButton] = {}
        # The first item of the layout takes what a line leaves: no button does.
        nobody = QWidget()
        nobody.hide()
        layout.addWidget(nobody)
        for key, text in entries:
            button = QPushButton(text)
            button.setObjectName(f"do_{key}")
            button.setProperty("role", "chip")
            button.clicked.connect(partial(self.pressed.emit, key))
            self.buttons[key] = button
            layout.addWidget(button)

    def allow(self, key: str, why_not: str) -> None:
        """Enable a button, or grey it with the reason."""
        set_allowed(self.buttons[key], why_not)

    def rename(self, key: str, text: str) -> None:
        """Change what a button says."""
        self.buttons[key].setText(text)


class ChoiceTable(SmallTable):
    """A table whose rows have ids; the chosen one survives a refresh.

    Signals:
        activated: id of the row that was double-clicked or opened with Enter.
        chose: id of the row the person is on.
    """

    activated = Signal(int)
    chose = Signal(int)

    def __init__(
        self,
        title: str,
        headers: Sequence[str],
        entries: Sequence[tuple[str, str]] = (),
        *,
        empty: str = "",
        rows: int = VISIBLE_ROWS,
    ) -> None:
        super().__init__(title, headers, rows)
        self._ids: list[int] = []
        self.buttons = Buttons(entries)
        self._empty = label(empty, "soft", wrap=True)
        self.add(self._empty)
        if entries:
            self.add(self.buttons)
        self.view.activated.connect(self._on_activated)
        self.view.selectionModel().currentRowChanged.connect(self._on_current)

    def show_lines(self, lines: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Show (id, texts) of each row."""
        kept = self.chosen()
        self._ids = [one for one, _texts in lines]
        self.show_rows([texts for _one, texts in lines])
        self.setVisible(True)
        self.view.setVisible(bool(lines))
        self._empty.setVisible(not lines and bool(self._empty.text()))
        if kept in self._ids:
            self.view.selectRow(self._ids.index(kept))

    def ids(self) -> list[int]:
        """The ids shown, in order."""
        return list(self._ids)

    def chosen(self) -> int | None:
        """The id of the row chosen; the only row where there is one."""
        row = self.view.currentIndex().row()
        if 0 <= row < len(self._ids):
            return self._ids[row]
        return self._ids[0] if len(self._ids) == 1 else None

    def choose(self, record_id: int) -> None:
        """Choose a row."""
        self.view.selectRow(self._ids.index(record_id))

    def on(self, chosen: Callable[[str], object]) -> None:
        """What the buttons do."""
        self.buttons.pressed.connect(chosen)

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if 0 <= index.row() < len(self._ids):
            self.chose.emit(self._ids[index.row()])

    def _on_activated(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._ids):
            self.activated.emit(self._ids[index.row()])
