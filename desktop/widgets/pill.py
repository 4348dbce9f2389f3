"""A state as a small rounded box with text; the colour is never the only sign."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.support import theme


def pill_width(text: str, metrics: QFontMetrics) -> int:
    """Width of a pill with this text in logical pixels."""
    return metrics.horizontalAdvance(text) + 2 * theme.current().size("gap_s")


def paint_pill(painter: QPainter, rect: QRectF, text: str, tone: str) -> None:
    """Paint a pill of `tone` at the left edge of `rect`, centred vertically."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font("font_s"))
    metrics = painter.fontMetrics()
    foreground, background = theme.current().tone(tone)
    height = metrics.height() + theme.current().size("gap_xs")
    width = min(float(pill_width(text, metrics)), rect.width())
    box = QRectF(rect.left(), rect.center().y() - height / 2, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(background)
    painter.drawRoundedRect(box, height / 2, height / 2)
    painter.setPen(foreground)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width) - 8)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()


class StatePill(QWidget):
    """A state as a widget."""

    def __init__(self, text: str = "", tone: str = "neutral") -> None:
        super().__init__()
        self._text = text
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_state(text, tone)

    def set_state(self, text: str, tone: str = "neutral") -> None:
        """Show another state; `tone` is one of `theme.TONES`."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The state shown."""
        return self._text

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font("font_s"))
        return QSize(pill_width(self._text, metrics), metrics.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._text:
            painter = QPainter(self)
            paint_pill(painter, QRectF(self.rect()), self._text, self._tone)
            painter.end()
