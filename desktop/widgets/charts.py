"""Small charts drawn with QPainter: bars, stacked bars, shares, columns and a line over months.

Every chart is a list of marks that can be walked through with the arrow keys; Enter, Space or a
click opens the list behind a mark. What the colours say is also said by fills and by text.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QBrush,
    QColor,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.i18n import _
from desktop.support import theme

#: Fill and pen of the series, so that they can be told apart without colours.
_FILLS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense5Pattern,
    Qt.BrushStyle.DiagCrossPattern,
)
_PENS = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
_TONES = ("accent", "info", "warning", "neutral")
_TICKS = 4
_BACK = {Qt.Key.Key_Up, Qt.Key.Key_Left}
_ON = {Qt.Key.Key_Down, Qt.Key.Key_Right}
_OPEN = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}

Figure = Callable[[int], str]


@dataclass(frozen=True)
class Mark:
    """One bar, column or point.

    Attributes:
        title: what is measured.
        values: one number per series, in any whole unit (分, 0.01 t, people), not below zero.
        text: the figures in words, e.g. "12 / 100 份".
        target: the mark to reach; 0 when there is none.
        key: what `opened` carries; a mark without one opens nothing.
    """

    title: str
    values: tuple[int, ...]
    text: str = ""
    target: int = 0
    key: str = ""

    @property
    def total(self) -> int:
        """All series together."""
        return sum(self.values)


def percentages(values: Sequence[int]) -> list[str]:
    """Shares with one decimal that add up to exactly 100.0 (largest remainders first)."""
    total = sum(values)
    if total <= 0:
        return ["0.0 %" for _value in values]
    tenths = [value * 1000 // total for value in values]
    order = sorted(range(len(values)), key=lambda n: (-(values[n] * 1000 % total), n))
    for place in order[: 1000 - sum(tenths)]:
        tenths[place] += 1
    return [f"{one // 10}.{one % 10} %" for one in tenths]


def ticks(most: int) -> list[int]:
    """Round steps from 0 to the first one that is not below `most`; at most five of them."""
    step, power = 1, 1
    while step * _TICKS < most:
        factor = {1: 2, 2: 5, 5: 10}[step // power]
        step = factor * power
        power = step if factor == 10 else power
    count = -(-max(most, 1) // step)
    return [step * n for n in range(count + 1)]


class Chart(QWidget):
    """What all charts have in common: marks, keyboard, mouse, words for a screen reader.

    Attributes:
        name: what the chart shows.

    Signals:
        opened: key of the mark whose list is wanted.
    """

    opened = Signal(str)

    def __init__(
        self,
        name: str = "",
        *,
        series: Sequence[str] = (),
        empty: str = "",
        figure: Figure = "{:,}".format,
    ) -> None:
        """Build an empty chart.

        Args:
            name: what the chart shows, for a screen reader.
            series: titles of the series where there is more than one.
            empty: what is said when there are no marks.
            figure: writes the numbers of an axis.
        """
        super().__init__()
        self.name = name
        self._series = tuple(series)
        self._empty = empty or _("Nothing to show yet.")
        self._figure = figure
        self._marks: tuple[Mark, ...] = ()
        self._current = 0
        self._hovered = -1
        self.setMouseTracking(True)
        self.set_marks(())

    # -- for the page

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show these marks; the keyboard stays at the mark of the same key."""
        key = self._marks[self._current].key if self._marks else ""
        self._marks = tuple(marks)
        keys = [mark.key for mark in self._marks]
        self._current = keys.index(key) if key in keys else 0
        self._hovered = -1
        told = "; ".join(f"{mark.title} {mark.text}" for mark in self._marks) or self._empty
        self.setAccessibleName(f"{self.name}: {told}" if self.name else told)
        policy = Qt.FocusPolicy.StrongFocus if self._marks else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)
        self._say_current()
        self.updateGeometry()
        self.update()

    def marks(self) -> tuple[Mark, ...]:
        """What is shown."""
        return self._marks

    def current(self) -> Mark | None:
        """The mark the keyboard is at."""
        return self._marks[self._current] if self._marks else None

    def open_current(self) -> None:
        """Ask for the list behind the mark the keyboard is at."""
        mark = self.current()
        if mark is not None and mark.key:
            self.opened.emit(mark.key)

    def as_text(self) -> str:
        """The marks as tab-separated lines, as Ctrl+C copies them."""
        return "\n".join(f"{mark.title}\t{mark.text}" for mark in self._marks)

    # -- for the kinds of charts

    def _places(self) -> list[QRectF]:
        """Where each mark is, for the mouse and for the frame of the keyboard."""
        raise NotImplementedError

    def _paint(self, painter: QPainter) -> None:
        """Draw the marks."""
        raise NotImplementedError

    def _colour(self, series: int) -> QColor:
        return theme.current().colour(_TONES[series % len(_TONES)])

    def _fill(self, series: int) -> QBrush:
        return QBrush(self._colour(series), _FILLS[series % len(_FILLS)])

    def _legend_height(self) -> int:
        return self.fontMetrics().height() + 10 if len(self._series) > 1 else 0

    def _paint_legend(self, painter: QPainter) -> None:
        left, height = 0.0, self.fontMetrics().height()
        for number, title in enumerate(self._series):
            painter.setPen(QPen(self._colour(number), 1))
            painter.setBrush(self._fill(number))
            painter.drawRect(QRectF(left + 1, (height - 10) / 2, 10, 10))
            painter.setPen(theme.current().colour("text_soft"))
            width = self.fontMetrics().horizontalAdvance(title)
            place = QRectF(left + 16, 0, width + 2, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, title)
            left += width + 36

    def _paint_place(self, painter: QPainter, number: int, place: QRectF) -> None:
        look = theme.current()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if number == self._hovered and self._marks[number].key:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent_soft"))
            painter.drawRoundedRect(place, 4, 4)
        if number == self._current and self.hasFocus():
            painter.setPen(QPen(look.colour("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), 4, 4)

    # -- Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        if self._marks:
            if self._legend_height():
                self._paint_legend(painter)
            for number, place in enumerate(self._places()):
                self._paint_place(painter, number, place)
            self._paint(painter)
        else:
            painter.setPen(theme.current().colour("text_soft"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), flags, self._empty)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = event.key(), len(self._marks) - 1
        if not self._marks:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_text())
        elif key in _BACK or key in _ON:
            self._go(min(max(self._current + (1 if key in _ON else -1), 0), last))
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._go(0 if key == Qt.Key.Key_Home else last)
        elif key in _OPEN:
            self.open_current()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self._go(place)
            self.open_current()
        else:
            super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # -- private

    def _at(self, point: QPointF) -> int:
        found = (n for n, place in enumerate(self._places()) if place.contains(point))
        return next(found, -1) if self._marks else -1

    def _hover(self, number: int) -> None:
        if number == self._hovered:
            return
        self._hovered = number
        mark = self._marks[number] if number >= 0 else None
        # Names may contain "<b>": a tool tip would guess HTML.
        self.setToolTip(f"<qt>{html.escape(self._words(mark))}</qt>" if mark else "")
        opens = mark is not None and bool(mark.key)
        hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(hand if opens else arrow)
        self.update()

    def _go(self, number: int) -> None:
        self._current = number
        self._say_current()
        self.update()

    def _say_current(self) -> None:
        mark = self.current()
        self.setAccessibleDescription(self._words(mark) if mark else "")
        event = QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
        QAccessible.updateAccessibility(event)

    @staticmethod
    def _words(mark: Mark) -> str:
        return f"{mark.title}  {mark.text}".strip()


class BarChart(Chart):
    """Bars below each other, stacked where there are several series; figures stand as text.

    A bar with a target is measured against it (the tick); the others share one scale.
    """

    def __init__(
        self,
        name: str = "",
        *,
        series: Sequence[str] = (),
        empty: str = "",
        figure: Figure = "{:,}".format,
    ) -> None:
        super().__init__(name, series=series, empty=empty, figure=figure)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        rows = max(len(self._marks), 1) * self._row_height()
        return QSize(280, self._legend_height() + rows)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 22

    def _full(self, mark: Mark) -> int:
        if mark.target:
            return max(mark.total, mark.target, 1)
        return max((one.total for one in self._marks if not one.target), default=1) or 1

    def _places(self) -> list[QRectF]:
        top, height = self._legend_height(), self._row_height()
        return [
            QRectF(0, top + number * height, self.width(), height)
            for number in range(len(self._marks))
        ]

    def _paint(self, painter: QPainter) -> None:
        for mark, place in zip(self._marks, self._places(), strict=True):
            self._paint_bar(painter, mark, place.adjusted(4, 3, -4, 0))

    def _paint_bar(self, painter: QPainter, mark: Mark, place: QRectF) -> None:
        look = theme.current()
        height = self.fontMetrics().height()
        texts = QRectF(place.left(), place.top(), place.width(), height)
        flags = Qt.AlignmentFlag.AlignVCenter
        figures = self.fontMetrics().horizontalAdvance(mark.text)
        title = self.fontMetrics().elidedText(
            mark.title, Qt.TextElideMode.ElideRight, max(int(place.width()) - figures - 12, 20)
        )
        painter.setPen(look.colour("text"))
        painter.drawText(texts, Qt.AlignmentFlag.AlignLeft | flags, title)
        painter.setPen(look.colour("text_soft"))
        painter.drawText(texts, Qt.AlignmentFlag.AlignRight | flags, mark.text)
        track = QRectF(place.left(), place.top() + height + 4, place.width(), 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("sunken"))
        painter.drawRoundedRect(track, 4, 4)
        self._paint_parts(painter, mark, track)
        if mark.target:
            painter.setPen(QPen(look.colour("text"), 2))
            across = track.left() + (track.width() - 2) * mark.target / self._full(mark) + 1
            painter.drawLine(QPointF(across, track.top() - 2), QPointF(across, track.bottom() + 2))

    def _paint_parts(self, painter: QPainter, mark: Mark, track: QRectF) -> None:
        left, full = track.left(), self._full(mark)
        for number, value in enumerate(mark.values):
            width = track.width() * value / full
            part = QRectF(left, track.top(), width, track.height())
            outlined = number > 0 and width > 1
            painter.setPen(QPen(self._colour(number), 1) if outlined else QPen(Qt.PenStyle.NoPen))
            painter.setBrush(self._fill(number))
            radius = 4 if len(mark.values) == 1 else 1
            painter.drawRoundedRect(part, radius, radius)
            left += width


class ShareList(BarChart):
    """Bars as parts of their sum, each with its percentage; the percentages make 100.0."""

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show these marks with their shares behind their texts."""
        shares = percentages([mark.total for mark in marks])
        super().set_marks(
            [
                replace(mark, text=f"{mark.text}　{share}".strip())
                for mark, share in zip(marks, shares, strict=True)
            ]
        )

    def _full(self, mark: Mark) -> int:
        return sum(one.total for one in self._marks) or 1


class _Plot(Chart):
    """A chart with a scale at the left and the titles of its marks below."""

    def __init__(
        self,
        name: str = "",
        *,
        series: Sequence[str] = (),
        empty: str = "",
        figure: Figure = "{:,}".format,
    ) -> None:
        super().__init__(name, series=series, empty=empty, figure=figure)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(420, self.fontMetrics().height() * 13)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, self.fontMetrics().height() * 12)

    def _most(self) -> int:
        raise NotImplementedError

    def _area(self) -> QRectF:
        """Where the marks stand: right of the scale, above the titles."""
        height = self.fontMetrics().height()
        scale = max(
            self.fontMetrics().horizontalAdvance(self._figure(one)) for one in ticks(self._most())
        )
        top = self._legend_height() + height + 8
        return QRectF(scale + 10, top, self.width() - scale - 14, self.height() - top - height - 6)

    def _places(self) -> list[QRectF]:
        area, count = self._area(), max(len(self._marks), 1)
        width = area.width() / count
        return [
            QRectF(area.left() + n * width, area.top(), width, area.height()) for n in range(count)
        ]

    def _height_of(self, value: int) -> float:
        return self._area().height() * value / ticks(self._most())[-1]

    def _paint(self, painter: QPainter) -> None:
        self._paint_scale(painter)
        self._paint_titles(painter)
        self._paint_reading(painter)
        self._paint_marks(painter)

    def _paint_marks(self, painter: QPainter) -> None:
        raise NotImplementedError

    def _paint_scale(self, painter: QPainter) -> None:
        look, area, height = theme.current(), self._area(), self.fontMetrics().height()
        for tick in ticks(self._most()):
            level = area.bottom() - self._height_of(tick)
            painter.setPen(QPen(look.colour("border"), 1))
            painter.drawLine(QPointF(area.left(), level), QPointF(area.right(), level))
            painter.setPen(look.colour("text_soft"))
            place = QRectF(0, level - height / 2, area.left() - 6, height)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, flags, self._figure(tick))

    def _paint_titles(self, painter: QPainter) -> None:
        """Every title, or every second, third … where they would run into each other."""
        places, metrics = self._places(), self.fontMetrics()
        widest = max(metrics.horizontalAdvance(mark.title) for mark in self._marks) + 8
        every = max(-(-widest // max(int(places[0].width()), 1)), 1)
        painter.setPen(theme.current().colour("text_soft"))
        for number in range(0, len(places), every):
            middle, below = places[number].center().x(), places[number].bottom() + 4
            left = min(max(middle - widest / 2, 0), max(self.width() - widest, 0))
            place = QRectF(left, below, widest, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._marks[number].title)

    def _paint_reading(self, painter: QPainter) -> None:
        """What the mark under the mouse or the keyboard says, above the plot."""
        if self._hovered < 0 and not self.hasFocus():
            return
        number = self._hovered if self._hovered >= 0 else self._current
        height = self.fontMetrics().height()
        place = QRectF(0, self._legend_height(), self.width() - 4, height)
        words = self.fontMetrics().elidedText(
            self._words(self._marks[number]), Qt.TextElideMode.ElideMiddle, int(place.width())
        )
        painter.setPen(theme.current().colour("text"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, flags, words)


class ColumnChart(_Plot):
    """Columns beside each other (months, years), stacked where there are several series."""

    def _most(self) -> int:
        return max((mark.total for mark in self._marks), default=1)

    def _paint_marks(self, painter: QPainter) -> None:
        for mark, place in zip(self._marks, self._places(), strict=True):
            width = min(place.width() * 0.62, 46.0)
            level = place.bottom()
            for number, value in enumerate(mark.values):
                height = self._height_of(value)
                part = QRectF(place.center().x() - width / 2, level - height, width, height)
                outlined = number > 0 and height > 1
                painter.setPen(
                    QPen(self._colour(number), 1) if outlined else QPen(Qt.PenStyle.NoPen)
                )
                painter.setBrush(self._fill(number))
                painter.drawRect(part)
                level -= height


class LineChart(_Plot):
    """A line over months for each series, with a point at every mark."""

    def _most(self) -> int:
        return max((value for mark in self._marks for value in mark.values), default=1)

    def _paint_marks(self, painter: QPainter) -> None:
        count = max((len(mark.values) for mark in self._marks), default=0)
        for series in range(count):
            points = [
                QPointF(place.center().x(), place.bottom() - self._height_of(mark.values[series]))
                for mark, place in zip(self._marks, self._places(), strict=True)
                if series < len(mark.values)
            ]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._colour(series), 2, _PENS[series % len(_PENS)]))
            painter.drawPolyline(points)
            painter.setPen(QPen(self._colour(series), 2))
            painter.setBrush(theme.current().colour("surface" if series else "accent"))
            for point in points:
                painter.drawEllipse(point, 3, 3)
