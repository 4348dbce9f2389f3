"""The papers of a record: open, print, verify, save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from core.i18n import _
from desktop.support.icons import icon
from desktop.widgets.labels import ElidedLabel
from desktop.widgets.pill import StatePill


@dataclass(frozen=True)
class PaperItem:
    """One paper, as display texts.

    Attributes:
        document_id: what the signals carry.
        title: kind of paper.
        number: its number, or the day it was made.
        state: text of the pill.
        tone: tone of the pill.
        ready: whether there are bytes to open, print and verify.
    """

    document_id: int
    title: str
    number: str = ""
    state: str = ""
    tone: str = "neutral"
    ready: bool = True


_ACTIONS = (("open", "open"), ("print", "print"), ("verify", "verify"), ("save", "export"))


class PapersList(QWidget):
    """The few papers of one record (a list of many papers is a `RecordTable`).

    Signals:
        opened, printed, verified, saved: the document id of the paper.
    """

    opened = Signal(int)
    printed = Signal(int)
    verified = Signal(int)
    saved = Signal(int)

    def __init__(self, papers: Sequence[PaperItem] = ()) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._rows: list[_Paper] = []
        self._papers: tuple[PaperItem, ...] = ()
        self.set_papers(papers)

    def set_papers(self, papers: Sequence[PaperItem]) -> None:
        """Show these papers."""
        self._papers = tuple(papers)
        while len(self._rows) < len(papers):
            row = _Paper(self)
            self._rows.append(row)
            self._layout.addWidget(row)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(papers))
            if number < len(papers):
                row.show_paper(papers[number])

    def papers(self) -> tuple[PaperItem, ...]:
        """What is shown."""
        return self._papers


class _Paper(QWidget):
    def __init__(self, papers: PapersList) -> None:
        super().__init__()
        self._papers = papers
        self._id = 0
        self._title = ElidedLabel()
        self._number = ElidedLabel(size="font_s", token="text_soft")
        self._state = StatePill()
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._title, 1)
        head.addWidget(self._state)
        head.addSpacing(4)
        self._buttons = [self._button(head, action, name) for action, name in _ACTIONS]
        # The number is what one looks for: it has the whole width, however large the texts.
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._number)

    def _button(self, layout: QHBoxLayout, action: str, icon_name: str) -> QToolButton:
        titles = {
            "open": _("Open"),
            "print": _("Print"),
            "verify": _("Verify"),
            "save": _("Save a copy"),
        }
        button = QToolButton()
        button.setObjectName(f"Paper_{action}")
        button.setIcon(icon(icon_name))
        button.setIconSize(QSize(18, 18))
        button.setToolTip(titles[action])
        button.clicked.connect(partial(self._act, action))
        layout.addWidget(button)
        return button

    def show_paper(self, paper: PaperItem) -> None:
        self._id = paper.document_id
        self._title.setText(paper.title)
        self._number.setText(paper.number)
        self._number.setVisible(bool(paper.number))
        self._state.set_state(paper.state, paper.tone)
        self._state.setVisible(bool(paper.state))
        for button in self._buttons:
            button.setEnabled(paper.ready)
            button.setAccessibleName(f"{button.toolTip()} {paper.title}")

    def _act(self, action: str, _checked: bool = False) -> None:
        signals = {
            "open": self._papers.opened,
            "print": self._papers.printed,
            "verify": self._papers.verified,
            "save": self._papers.saved,
        }
        signals[action].emit(self._id)
