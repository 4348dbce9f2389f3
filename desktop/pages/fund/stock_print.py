"""Printing over genuine receipts: only the texts, each at its place on the sheet 套打."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton
from sqlalchemy.orm import Session

from core.documents import printers
from core.documents.batch import Run, Sheet
from core.documents.batch_model import ItemState
from core.errors import AppError
from core.fund.batches import log_printed
from core.fund.overlays import overlay
from core.i18n import _
from desktop.jobs.runner import Report, Token
from desktop.parts.print_desk import CameOutDialog, PrintDesk
from desktop.parts.printing import PrintDialog, PrintOrder, print_pdf
from desktop.support.context import Context
from desktop.widgets.pdf import PdfDialog


@dataclass(frozen=True)
class OnSheet:
    """A receipt on stock; `text` is its code and number, which must be the sheet's."""

    receipt_id: int
    text: str


class StockPrintDesk(QObject):
    """Prints receipts on their sheets, in the order of their numbers, and asks what came out.

    Signals:
        failed: an AppError.
        done: a sentence.
    """

    failed = Signal(object)
    done = Signal(str)

    def __init__(self, context: Context, printing: PrintDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._printing = printing

    def preview(self, receipt: OnSheet) -> None:
        """Show the exact texts, without any printer's calibration."""
        self._show(receipt, PrintOrder("", 1), printable=True)

    def print(self, receipts: Sequence[OnSheet]) -> None:
        """Ask where to, then print; the sheets must lie in the order of their numbers."""
        ordered = sorted(receipts, key=lambda one: one.text)
        if not ordered:
            return
        title = ordered[0].text
        if len(ordered) > 1:
            title = _("{count} receipts, sheets {first} to {last}").format(
                count=len(ordered), first=ordered[0].text, last=ordered[-1].text
            )
        dialog = PrintDialog(self._context, title, can_overlay=True)
        dialog.on_sheets.setChecked(True)
        dialog.on_sheets.setEnabled(False)

        def preview() -> None:
            self._show(ordered[0], dialog.order())

        def calibrate() -> None:
            self._printing.calibrate(dialog.order())

        dialog.preview_wanted.connect(preview)
        dialog.calibration_wanted.connect(calibrate)
        if self._context.dialogs.exec(dialog):
            self._send(_run(ordered, dialog.order()), dialog.order())

    # -- private

    def _show(self, receipt: OnSheet, order: PrintOrder, *, printable: bool = False) -> None:
        def show(data: bytes) -> None:
            dialog = PdfDialog(receipt.text, data, self._context.dialogs.parent)
            for button in dialog.findChildren(QPushButton):
                # Texts without their form are no document to hand out.
                button.setVisible(button.objectName() != "Pdf_export")
                button.setEnabled(printable or button.objectName() != "Pdf_print")
            if printable:
                dialog.printed.connect(partial(self.print, [receipt]))
            self._context.dialogs.exec(dialog)

        self._context.jobs.read(
            lambda session: _data(session, receipt.text, order),
            done=show,
            failed=self.failed.emit,
            key="overlay-preview",
        )

    def _send(self, run: Run, order: PrintOrder) -> None:
        database = self._context.database()
        waiting = [one for one in run.sheets if one.state is ItemState.WAITING]

        def send(token: Token, report: Report) -> Run:
            for number, sheet in enumerate(waiting):
                token.check()
                report(number, len(waiting), "")
                with database.read() as session:
                    data = _data(session, sheet.number, order)
                print_pdf(data, order, sheet.number)
            return run

        self._context.jobs.io(
            send,
            done=partial(self._sent, order),
            failed=self.failed.emit,
            title=_("Printing"),
            key="print-stock",
        )

    def _sent(self, order: PrintOrder, run: Run) -> None:
        if len(run.rest) == 1:
            self._came_out(order, run, len(run.sheets))
            return
        dialog = CameOutDialog(self._context, run)
        if self._context.dialogs.exec(dialog):
            self._came_out(order, run, dialog.chosen())

    def _came_out(self, order: PrintOrder, run: Run, up_to: int) -> None:
        where = (order.printer, order.tray)
        new = [one for one in run.rest if one.position <= up_to]
        sheets = tuple(
            replace(one, state=ItemState.OUT if one.position <= up_to else ItemState.WAITING)
            for one in run.sheets
        )

        def note(session: Session) -> Run:
            for one in new:
                log_printed(session, one.document_id, where)
            return replace(run, sheets=sheets)

        self._context.jobs.write(note, done=partial(self._go_on, order), failed=self._failed)

    def _go_on(self, order: PrintOrder, run: Run) -> None:
        if not run.rest:
            told = _("{count} receipts were printed on {printer}.")
            self.done.emit(told.format(count=len(run.sheets), printer=run.printer))
            return
        told = _("{count} receipts are left, the next sheet is {number}. Put the sheets in order.")
        sentence = told.format(count=len(run.rest), number=run.rest[0].number)
        if self._context.dialogs.ask(_("Print the rest?"), sentence, _("Print")):
            self._send(run, order)

    def _failed(self, error: AppError) -> None:
        self.failed.emit(error)


def _data(session: Session, text: str, order: PrintOrder) -> bytes:
    found = printers.calibration(order.printer, order.tray)
    return overlay(session, text, found)


def _run(receipts: Sequence[OnSheet], order: PrintOrder) -> Run:
    sheets = tuple(
        Sheet(place, one.receipt_id, "", one.text, "", ItemState.WAITING)
        for place, one in enumerate(receipts, start=1)
    )
    return Run(0, order.printer, order.tray, overlay=True, sheets=sheets)
