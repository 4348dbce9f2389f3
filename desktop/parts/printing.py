"""Printing a finished PDF at 100 %: by the spooler on Linux, at the printer's resolution on Windows.

Never "fit to page": the paper was laid out in millimetres.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPushButton,
    QVBoxLayout,
)

from core.errors import EnvironmentFault
from core.i18n import N_, _
from core.messages import register
from desktop.support.context import Context
from desktop.widgets.labels import label

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

register(
    {
        "desktop.no_printer": N_("No printer is set up on this computer."),
        "desktop.print_failed": N_("The printer {printer} did not take the paper: {reason}"),
        "desktop.no_spooler": N_("The printing command “lp” is missing; install CUPS."),
    }
)
_LARGEST_COPIES = 20
_LP_SECONDS = 60
_ASK_SECONDS = 5


@dataclass(frozen=True)
class PrintOrder:
    """What to print on, and how often; `on_sheets` prints data only, on pre-printed sheets."""

    printer: str
    copies: int
    tray: str = ""
    on_sheets: bool = False


def printer_names() -> list[str]:
    """The printers of this computer; from the spooler where Qt has no printing of its own."""
    from PySide6.QtPrintSupport import QPrinterInfo

    names = list(QPrinterInfo.availablePrinterNames())
    return names or [line.strip() for line in _asked("lpstat", "-e").splitlines() if line.strip()]


def trays(printer: str) -> list[str]:
    """The trays of a printer by their names, as far as they are known."""
    if sys.platform == "win32":
        return [source.name for source in _sources()]
    for line in _asked("lpoptions", "-p", printer, "-l").splitlines():
        key, _colon, choices = line.partition(":")
        if key.split("/")[0].strip() == "InputSlot":
            return [choice.lstrip("*") for choice in choices.split()]
    return []


def _asked(program: str, *words: str) -> str:
    """What a program of the spooler answers; nothing where it is not installed."""
    command = shutil.which(program)
    if command is None:
        return ""
    try:
        done = subprocess.run(
            [command, *words], capture_output=True, text=True, timeout=_ASK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _sources() -> list[QPrinter.PaperSource]:
    """Every tray Windows knows by name; which of them a printer has is not told to Python."""
    from PySide6.QtPrintSupport import QPrinter

    return list(QPrinter.PaperSource)


class PrintDialog(QDialog):
    """Chooses printer, tray and copies, and shows the exact file.

    Signals:
        preview_wanted, calibration_wanted: the button was pressed; `order` says for what.
    """

    preview_wanted = Signal()
    calibration_wanted = Signal()

    def __init__(self, context: Context, title: str, *, can_overlay: bool = False) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("printDialog")
        self.setWindowTitle(_("Print"))
        self.setMinimumWidth(460)
        self.printers = QComboBox()
        self.printers.setObjectName("printer")
        names = printer_names()
        self.printers.addItems(names)
        self.tray = QComboBox()
        self.tray.setObjectName("tray")
        self.tray.setEditable(True)
        self.copies = QComboBox()
        self.copies.setObjectName("copies")
        for count in range(1, _LARGEST_COPIES + 1):
            self.copies.addItem(str(count), count)
        self.on_sheets = QCheckBox(_("Only the data, on a pre-printed &sheet"))
        self.on_sheets.setObjectName("onSheets")
        self.on_sheets.setVisible(can_overlay)
        self.preview = QPushButton(_("Pre&view"))
        self.calibrate = QPushButton(_("Ca&librate…"))
        self.calibrate.setVisible(can_overlay)
        self._build(title, names)
        self.printers.currentTextChanged.connect(self._show_trays)
        self.preview.clicked.connect(self.preview_wanted)
        self.calibrate.clicked.connect(self.calibration_wanted)
        self._choose_default()
        self._show_trays(self.printers.currentText())

    def order(self) -> PrintOrder:
        """What was chosen."""
        return PrintOrder(
            self.printers.currentText(),
            int(self.copies.currentData()),
            self.tray.currentText().strip(),
            self.on_sheets.isChecked(),
        )

    def _choose_default(self) -> None:
        from PySide6.QtPrintSupport import QPrinterInfo

        default = QPrinterInfo.defaultPrinterName()
        if default:
            self.printers.setCurrentText(default)

    def _show_trays(self, printer: str) -> None:
        self.tray.clear()
        self.tray.addItems(["", *trays(printer)])

    def _build(self, title: str, names: list[str]) -> None:
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(_("Print"))
        ok.setProperty("role", "primary")
        ok.setEnabled(bool(names))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(_("Cancel"))
        for button in (self.preview, self.calibrate):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        form = QFormLayout()
        form.addRow(_("&Printer"), self.printers)
        form.addRow(_("&Tray"), self.tray)
        form.addRow(_("&Copies"), self.copies)
        form.addRow("", self.on_sheets)
        note = label(_("Printed at 100 %, never fitted to the page."), "small", wrap=True)
        if not names:
            note.setText(_("No printer is set up on this computer."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(label(title, "heading", wrap=True))
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)


def print_pdf(data: bytes, order: PrintOrder, title: str) -> None:
    """Send a PDF to a printer; runs in the io lane.

    Raises:
        EnvironmentFault: no spooler, or the printer refused.
    """
    if sys.platform == "win32":
        _paint(data, order, title)
    else:
        _spool(data, order, title)


def _spool(data: bytes, order: PrintOrder, title: str) -> None:
    command = shutil.which("lp")
    if command is None:
        raise EnvironmentFault("desktop.no_spooler")
    with tempfile.TemporaryDirectory(prefix="lintan-print-") as folder:
        path = Path(folder) / "paper.pdf"
        path.write_bytes(data)
        options = ["-d", order.printer, "-n", str(order.copies), "-t", title]
        if order.tray:
            options += ["-o", f"InputSlot={order.tray}"]
        done = subprocess.run(
            [command, *options, "-o", "print-scaling=none", "--", str(path)],
            capture_output=True,
            text=True,
            timeout=_LP_SECONDS,
            check=False,
        )
    if done.returncode:
        reason = done.stderr.strip() or str(done.returncode)
        raise EnvironmentFault("desktop.print_failed", printer=order.printer, reason=reason)


def _paint(data: bytes, order: PrintOrder, title: str) -> None:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint
    from PySide6.QtGui import QPainter
    from PySide6.QtPdf import QPdfDocument
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    printer = QPrinter(QPrinterInfo.printerInfo(order.printer), QPrinter.PrinterMode.HighResolution)
    printer.setFullPage(True)
    printer.setCopyCount(order.copies)
    printer.setDocName(title)
    for source in _sources():
        if source.name == order.tray:
            printer.setPaperSource(source)
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    painter = QPainter()
    if not painter.begin(printer):
        raise EnvironmentFault("desktop.print_failed", printer=order.printer, reason="-")
    dots = printer.resolution() / 72
    for page in range(document.pageCount()):
        if page:
            printer.newPage()
        size = (document.pagePointSize(page) * dots).toSize()
        painter.drawImage(QPoint(0, 0), document.render(page, size))
    painter.end()
