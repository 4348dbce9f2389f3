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

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QVBoxLayout,
)

from core.errors import EnvironmentFault
from core.i18n import N_, _
from core.messages import register
from desktop.support.context import Context
from desktop.widgets.labels import label

register(
    {
        "desktop.no_printer": N_("No printer is set up on this computer."),
        "desktop.print_failed": N_("The printer {printer} did not take the paper: {reason}"),
        "desktop.no_spooler": N_("The printing command “lp” is missing; install CUPS."),
    }
)
_LARGEST_COPIES = 20
_LP_SECONDS = 60


@dataclass(frozen=True)
class PrintOrder:
    """What to print on, and how often."""

    printer: str
    copies: int


class PrintDialog(QDialog):
    """Chooses printer and copies."""

    def __init__(self, context: Context, title: str) -> None:
        super().__init__(context.dialogs.parent)
        from PySide6.QtPrintSupport import QPrinterInfo

        self.setObjectName("printDialog")
        self.setWindowTitle(_("Print"))
        self.setMinimumWidth(420)
        self.printers = QComboBox()
        self.printers.setObjectName("printer")
        names = QPrinterInfo.availablePrinterNames()
        self.printers.addItems(names)
        self.printers.setCurrentText(QPrinterInfo.defaultPrinterName())
        self.copies = QComboBox()
        self.copies.setObjectName("copies")
        for count in range(1, _LARGEST_COPIES + 1):
            self.copies.addItem(str(count), count)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(_("Print"))
        ok.setProperty("role", "primary")
        ok.setEnabled(bool(names))
        form = QFormLayout()
        form.addRow(_("&Printer"), self.printers)
        form.addRow(_("&Copies"), self.copies)
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

    def order(self) -> PrintOrder:
        """What was chosen."""
        return PrintOrder(self.printers.currentText(), int(self.copies.currentData()))


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
