"""Small charts drawn with QPainter: horizontal bars against targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.support import theme


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        title: what is measured.
        value: how far it is, in the unit of `target`.
        target: the mark to reach; 0 when there is none.
        text: the figures in words, e.g. "12 / 100 份".
    """

    title: str
    value: int
    target: int = 0
    text: str = ""


class BarChart(QWidget):
    """Bars below each other; the tick is the target. Figures stand beside the bar as text."""

    def __init__(self, bars: Sequence[Bar] = ()) -> None:
        super().__init__()
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_bars(bars)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show these bars."""
        self._bars = tuple(bars)
        self.setAccessibleName("; ".join(f"{bar.title} {bar.text}" for bar in bars))
        self.updateGeometry()
        self.update()

    def bars(self) -> tuple[Bar, ...]:
        """What is shown."""
        return self._bars

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 22

    def sizeHint(self) -> QSize:
        return QSize(280, max(len(self._bars), 1) * self._row_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, bar in enumerate(self._bars):
            self._paint_bar(painter, bar, number * self._row_height())
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: Bar, top: int) -> None:
        look = theme.current()
        height = self.fontMetrics().height()
        painter.setFont(theme.font())
        painter.setPen(look.colour("text"))
        texts = QRectF(0, top, self.width(), height)
        flags = Qt.AlignmentFlag.AlignVCenter
        figures = self.fontMetrics().horizontalAdvance(bar.text)
        title = self.fontMetrics().elidedText(
            bar.title, Qt.TextElideMode.ElideRight, max(self.width() - figures - 12, 20)
        )
        painter.drawText(texts, Qt.AlignmentFlag.AlignLeft | flags, title)
        painter.setPen(look.colour("text_soft"))
        painter.drawText(texts, Qt.AlignmentFlag.AlignRight | flags, bar.text)
        track = QRectF(0, top + height + 5, self.width(), 8)
        full = max(bar.value, bar.target, 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("sunken"))
        painter.drawRoundedRect(track, 4, 4)
        painter.setBrush(look.colour("accent"))
        filled = QRectF(track.left(), track.top(), track.width() * bar.value / full, track.height())
        painter.drawRoundedRect(filled, 4, 4)
        if bar.target:
            painter.setPen(QPen(look.colour("text"), 2))
            place = track.left() + (track.width() - 2) * bar.target / full + 1
            painter.drawLine(int(place), int(track.top()) - 2, int(place), int(track.bottom()) + 2)
