"""A photo of a record, small, where the record is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel

HEIGHT = 120


class PhotoView(QLabel):
    """A photo at most so high; hidden while there is none, or what there is is no picture."""

    def __init__(self, accessible: str, height: int = HEIGHT) -> None:
        super().__init__()
        self._height = height
        self.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setAccessibleName(accessible)
        self.hide()

    def show_photo(self, data: bytes | None) -> None:
        """Show the bytes of a JPEG or PNG."""
        picture = QPixmap()
        shown = data is not None and picture.loadFromData(data)
        if shown:
            ratio = self.devicePixelRatioF()
            small = picture.scaledToHeight(
                round(min(self._height, picture.height()) * ratio),
                Qt.TransformationMode.SmoothTransformation,
            )
            small.setDevicePixelRatio(ratio)
            self.setPixmap(small)
        self.setVisible(shown)
