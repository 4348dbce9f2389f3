"""Calibrating a printer and tray for pre-printed sheets: print the sheet, type two numbers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.documents import printers
from core.documents.printers import DOWN, NEAR, RIGHT, Point
from core.errors import AppError, InputError
from core.i18n import N_, _
from core.messages import register, text
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

register({"desktop.millimetres": N_("“{value}” is no number of millimetres.")})


class _Mark(QWidget):
    """The two distances of a mark in mm: from the left and the upper edge of the paper."""

    def __init__(self, name: str, nominal: Point) -> None:
        super().__init__()
        self.left, self.above = (self._box(value) for value in nominal)
        self.left.setObjectName(f"{name}_left")
        self.above.setObjectName(f"{name}_above")
        self.left.setAccessibleName(_("from the left edge"))
        self.above.setAccessibleName(_("from the upper edge"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.left)
        row.addWidget(self.above)

    @staticmethod
    def _box(value: float) -> QLineEdit:
        box = QLineEdit(f"{value:.1f}")
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        return box

    def place(self) -> Point:
        """What was measured. Raises InputError when it is no number."""
        left, above = (_number(box.text()) for box in (self.left, self.above))
        return left, above


def _number(text: str) -> float:
    try:
        return float(text.strip().replace("，", ".").replace(",", "."))
    except ValueError:
        raise InputError.of("near", "desktop.millimetres", value=text) from None


class CalibrationDialog(QDialog):
    """Keeps what was measured on the calibration sheet of one printer and tray."""

    def __init__(
        self, context: Context, where: tuple[str, str], print_sheet: Callable[[], object]
    ) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("calibrationDialog")
        self.setWindowTitle(_("Calibrate a printer"))
        self.setMinimumWidth(480)
        self._where = where
        self.banner = Banner()
        self.near = _Mark("near", NEAR)
        self.right = _Mark("right", RIGHT)
        self.down = _Mark("down", DOWN)
        self.more = QGroupBox(_("Also turned or stretched: marks B and C"))
        self.more.setCheckable(True)
        self.more.setChecked(False)
        self.sheet = QPushButton(_("Print the calibration sheet"))
        self.sheet.setAutoDefault(False)
        self.sheet.clicked.connect(print_sheet)
        self._build()

    def _build(self) -> None:
        form = QFormLayout()
        form.addRow(_("Mark A: from the left, from above"), self.near)
        more = QFormLayout(self.more)
        more.addRow(_("Mark B"), self.right)
        more.addRow(_("Mark C"), self.down)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.save_button = buttons.button(QDialogButtonBox.StandardButton.Save)
        self.save_button.setText(_("Save"))
        self.save_button.setProperty("role", "primary")
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(_("Cancel"))
        sentence = _(
            "Print the sheet on plain paper from the same tray, measure with a ruler where the marks "
            "came out, and type it here. It is kept on this computer for this printer and tray."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        name, tray = self._where
        layout.addWidget(label(f"{name}　{tray}".strip(), "heading", wrap=True))
        layout.addWidget(label(sentence, "soft", wrap=True))
        layout.addWidget(self.banner)
        layout.addWidget(self.sheet)
        layout.addLayout(form)
        layout.addWidget(self.more)
        layout.addWidget(buttons)
        buttons.accepted.connect(self.save)
        buttons.rejected.connect(self.reject)

    def save(self) -> None:
        """Keep the numbers, unless the sheet lay wrongly."""
        other = (self.right.place(), self.down.place()) if self.more.isChecked() else (None, None)
        try:
            printers.keep(*self._where, printers.measured(self.near.place(), *other))
        except AppError as fault:
            self.banner.show_message("error", text(fault))
        else:
            self.accept()
