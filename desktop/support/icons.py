"""Line icons (SVG) drawn in a colour of the theme, sharp at every scale."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.support import theme

DISABLED_OPACITY = 0.35


@cache
def _source(name: str) -> str:
    return files("resources.icons").joinpath(f"{name}.svg").read_text("utf-8")


class _Engine(QIconEngine):
    """Paints one SVG in the colour of the mode; asked again whenever the theme changed."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name = name
        self._token = token

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        token = self._token
        if mode == QIcon.Mode.Disabled and token == "on_accent":
            token = "text_faint"  # a disabled primary button is grey, as its text
        elif mode == QIcon.Mode.Disabled:
            painter.setOpacity(DISABLED_OPACITY)
        elif state == QIcon.State.On and token == "text_soft":
            token = "accent"
        colour = theme.current().colours[token]
        data = _source(self._name).replace("currentColor", colour)
        QSvgRenderer(QByteArray(data.encode())).render(painter, QRectF(rect))  # type: ignore[call-overload]

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        image = QPixmap(size)
        if image.isNull():
            return image  # a button squeezed to nothing asks for an icon of no size
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, image.rect(), mode, state)
        painter.end()
        return image

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._token)


def icon(name: str, token: str = "text_soft") -> QIcon:
    """The icon `resources/icons/<name>.svg` in a colour token of the theme."""
    return QIcon(_Engine(name, token))


def pixmap(name: str, size: int, token: str = "text_soft", ratio: float = 1.0) -> QPixmap:
    """A picture of an icon, `size` logical pixels wide."""
    image = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    data = _source(name).replace("currentColor", theme.current().colours[token])
    QSvgRenderer(QByteArray(data.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image
