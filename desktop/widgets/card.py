"""A card in the middle of the window, and the sign of the program on it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.i18n import _
from desktop.support.icons import pixmap
from desktop.widgets.labels import label

CARD_CHARS = 62


class CardScreen(QWidget):
    """A card in the middle of the window."""

    def __init__(self, chars: int = CARD_CHARS) -> None:
        super().__init__()
        self.card = QFrame()
        self.card.setObjectName("Card")
        self.card.setFixedWidth(self.fontMetrics().averageCharWidth() * chars)
        self.body = QVBoxLayout(self.card)
        self.body.setContentsMargins(28, 24, 28, 24)
        self.body.setSpacing(12)
        column = QVBoxLayout()
        column.addStretch(2)
        column.addWidget(self.card)
        column.addStretch(3)
        layout = QHBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(column)
        layout.addStretch(1)


def brand(subtitle: str = "") -> QWidget:
    """Sign and name of the program."""
    holder = QWidget()
    holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    sign = QLabel()
    sign.setPixmap(pixmap("tree", 36, "accent", holder.devicePixelRatioF()))
    texts = QVBoxLayout()
    texts.setSpacing(0)
    texts.addWidget(label(_("Lintan"), "title"))
    texts.addWidget(label(subtitle or _("Forest-carbon certificates of the county"), "small"))
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 4)
    layout.setSpacing(12)
    layout.addWidget(sign)
    layout.addLayout(texts, 1)
    return holder
