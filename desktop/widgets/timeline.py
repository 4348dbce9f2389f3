"""What happened to a record: who, when, what, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.support import theme
from desktop.widgets.labels import label, selectable


@dataclass(frozen=True)
class TimelineItem:
    """One event, as display texts."""

    when: str
    who: str
    what: str
    why: str = ""
    tone: str = "neutral"


class Timeline(QWidget):
    """Events from top (latest) to bottom along a line. Meant for tens of events of one record."""

    def __init__(self, items: Sequence[TimelineItem] = ()) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._rows: list[_Event] = []
        self._items: tuple[TimelineItem, ...] = ()
        self.set_items(items)

    def set_items(self, items: Sequence[TimelineItem]) -> None:
        """Show these events in the given order."""
        self._items = tuple(items)
        while len(self._rows) < len(items):
            row = _Event()
            self._rows.append(row)
            self._layout.addWidget(row)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(items))
            if number < len(items):
                row.show_item(items[number], last=number == len(items) - 1)

    def items(self) -> tuple[TimelineItem, ...]:
        """What is shown."""
        return self._items


class _Event(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._mark = _Mark()
        self._what = selectable()
        self._meta = label(role="small", wrap=True)
        self._why = selectable(role="soft")
        texts = QVBoxLayout()
        texts.setContentsMargins(0, 0, 0, 10)
        texts.setSpacing(1)
        texts.addWidget(self._what)
        texts.addWidget(self._why)
        texts.addWidget(self._meta)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._mark)
        layout.addLayout(texts, 1)

    def show_item(self, item: TimelineItem, *, last: bool) -> None:
        self._what.setText(item.what)
        self._meta.setText(f"{item.when}  {item.who}".strip())
        self._why.setText(item.why)
        self._why.setVisible(bool(item.why))
        self._mark.show_mark(item.tone, last=last)


class _Mark(QWidget):
    """The dot and the line to the next event."""

    def __init__(self) -> None:
        super().__init__()
        self._tone = "neutral"
        self._last = False
        self.setFixedWidth(14)

    def show_mark(self, tone: str, *, last: bool) -> None:
        self._tone, self._last = tone, last
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(14, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, top = self.width() / 2, self.fontMetrics().height() / 2 + 1
        painter.setPen(look.colour("border_strong"))
        if not self._last:
            painter.drawLine(QPointF(middle, top + 5), QPointF(middle, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(self._tone))
        painter.drawEllipse(QPointF(middle, top), 4.0, 4.0)
        painter.end()
