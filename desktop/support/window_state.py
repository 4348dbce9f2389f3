"""Window geometry, splitters and columns in QSettings; nothing else is kept there."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHeaderView, QSplitter, QWidget

ORGANISATION = "Lintan"
APPLICATION = "Lintan"


def settings() -> QSettings:
    """The settings of the window, as a file in the user's folder on every system."""
    return QSettings(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANISATION, APPLICATION
    )


def _bytes(key: str) -> QByteArray | None:
    value = settings().value(key)
    return value if isinstance(value, QByteArray) and not value.isEmpty() else None


def restore_header(header: QHeaderView, key: str) -> bool:
    """Give a header the widths and order it had; False when it is shown for the first time."""
    state = _bytes(key)
    restored = state is not None and header.restoreState(state)
    header.setSortIndicatorShown(False)
    return restored


def save_header(header: QHeaderView, key: str) -> None:
    """Remember widths and order of the columns."""
    settings().setValue(key, header.saveState())


def restore_splitter(splitter: QSplitter, key: str) -> bool:
    """Give a splitter the sizes it had; False when it is shown for the first time."""
    state = _bytes(f"splitter/{key}")
    return state is not None and splitter.restoreState(state)


def save_splitter(splitter: QSplitter, key: str) -> None:
    """Remember the sizes of a splitter."""
    settings().setValue(f"splitter/{key}", splitter.saveState())


def restore_window(window: QWidget, key: str = "window") -> bool:
    """Put a window where it was, pulled back onto a screen that still exists."""
    state = _bytes(f"{key}/geometry")
    if state is None or not window.restoreGeometry(state):
        return False
    screen = window.screen() or QGuiApplication.primaryScreen()
    area = screen.availableGeometry()
    window.resize(window.size().boundedTo(area.size()))
    if not any(
        other.availableGeometry().intersects(window.frameGeometry())
        for other in QGuiApplication.screens()
    ):
        window.move(area.topLeft())
    return True


def save_window(window: QWidget, key: str = "window") -> None:
    """Remember where a window is."""
    settings().setValue(f"{key}/geometry", window.saveGeometry())
