"""Two versions of an application side by side, and the choice which one stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _
from core.values.forms import FormField
from desktop.support.context import Context
from desktop.widgets.labels import label


class CompareDialog(QDialog):
    """Both versions side by side; accepted keeps mine, rejected takes theirs."""

    def __init__(
        self,
        context: Context,
        theirs: Mapping[str, str],
        mine: Mapping[str, object],
        fields: Sequence[FormField],
    ) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("compareDialog")
        self.setWindowTitle(_("Two people saved this"))
        self.resize(680, 420)
        form = QFormLayout()
        form.addRow(label(_("Field"), "small"), self._pair(_("Theirs"), _("Yours"), "small"))
        for one in fields:
            name, title = one.name, _(one.label)
            left, right = theirs.get(name, ""), str(mine.get(name) or "")
            if left != right:
                form.addRow(label(title), self._pair(left, right))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        inside = QWidget()
        inside.setLayout(form)
        scroll.setWidget(inside)
        take = QPushButton(_("Take theirs, drop mine"))
        take.setObjectName("takeTheirs")
        keep = QPushButton(_("Keep mine and go on"))
        keep.setObjectName("keepMine")
        keep.setProperty("role", "primary")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(take)
        buttons.addWidget(keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(scroll, 1)
        layout.addLayout(buttons)
        take.clicked.connect(self.reject)
        keep.clicked.connect(self.accept)

    @staticmethod
    def _pair(left: str, right: str, role: str = "") -> QWidget:
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(label(left or "—", role, wrap=True), 1)
        box.addWidget(label(right or "—", role, wrap=True), 1)
        return row
