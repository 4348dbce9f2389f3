"""Buttons that look like links: to other records, and to a number in clear."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from desktop.widgets.section import Section


class LinkList(Section):
    """Other records this one leads to, one button each.

    Signals:
        opened: (kind, id) of the record.
    """

    opened = Signal(str, int)

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._targets: list[tuple[str, int]] = []
        self._buttons: list[QPushButton] = []

    def show_links(self, links: Sequence[tuple[str, int, str]]) -> None:
        """Show (kind, id, text) of each record; hidden without any."""
        while len(self._buttons) < len(links):
            button = QPushButton()
            button.setProperty("role", "link")
            button.clicked.connect(self._on_clicked)
            self._buttons.append(button)
            self.add(button)
        self._targets = [(kind, record_id) for kind, record_id, _text in links]
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(links))
            if place < len(links):
                button.setText(links[place][2].replace("&", "&&"))
        self.setVisible(bool(links))

    def texts(self) -> list[str]:
        """What the buttons say."""
        return [one.text() for one in self._buttons if not one.isHidden()]

    def _on_clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, QPushButton):
            self.opened.emit(*self._targets[self._buttons.index(sender)])


def reveal_button(name: str, text: str) -> QPushButton:
    """A link in the head of a section that shows a masked number."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("role", "link")
    return button
