"""Printing papers from any page: one or many, as issued or on pre-printed sheets, jam and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout
from sqlalchemy.orm import Session

from core.documents import batch, printers, service
from core.documents.batch import Run
from core.errors import AppError
from core.i18n import _
from desktop.jobs.runner import Report, Token
from desktop.parts.calibration import CalibrationDialog
from desktop.parts.printing import PrintDialog, PrintOrder, print_pdf
from desktop.parts.signing import SigningDesk
from desktop.support.context import Context
from desktop.widgets.labels import label
from desktop.widgets.pdf import PdfDialog


@dataclass(frozen=True)
class Chosen:
    """The papers to print, in order, and whether all of them fit pre-printed sheets."""

    ids: tuple[int, ...]
    title: str
    can_overlay: bool


class CameOutDialog(QDialog):
    """Asks up to which sheet a batch came out: the printer cannot say."""

    def __init__(self, context: Context, run: Run) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("cameOutDialog")
        self.setWindowTitle(_("Look into the printer"))
        self.setMinimumWidth(440)
        total, already = len(run.sheets), len(run.sheets) - len(run.rest)
        self.up_to = QComboBox()
        self.up_to.setObjectName("upTo")
        for number in range(already, total + 1):
            self.up_to.addItem(str(number), number)
        self.up_to.setCurrentIndex(total - already)
        self._run = run
        self._name = label(wrap=True)
        sentence = _(
            "Up to which paper did everything come out well? The following ones are printed again. "
            "A spoiled numbered sheet is written off afterwards, with its reason."
        )
        form = QFormLayout()
        form.addRow(_("Paper number (of {total})").format(total=total), self.up_to)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(label(sentence, wrap=True))
        layout.addLayout(form)
        layout.addWidget(self._name)
        layout.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        self.up_to.currentIndexChanged.connect(self._show)
        self._show()

    def chosen(self) -> int:
        """The place of the last paper that came out well; 0 for none."""
        return int(self.up_to.currentData())

    def _show(self) -> None:
        up_to = self.chosen()
        if not up_to:
            self._name.setText(_("Nothing came out."))
            return
        sheet = self._run.sheets[up_to - 1]
        words = f"{sheet.title} {sheet.number} {sheet.serial}".strip()
        self._name.setText(_("The last good one: {paper}").format(paper=words))


class PrintDesk(QObject):
    """Prints papers and keeps the run of a batch until a person saw it come out.

    Signals:
        failed: an AppError; the run waits and can be gone on with.
        done: a sentence.
        open_runs: ids of runs that have not come out to the end.
    """

    failed = Signal(object)
    done = Signal(str)
    open_runs = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def print(self, ids: Sequence[int]) -> None:
        """Ask where to, then print these papers in this order."""

        def load(session: Session) -> Chosen:
            from core.documents.overlay import can_overlay

            papers = [service.document(session, each) for each in ids]
            fits = all(can_overlay(service.work(session, each).template) for each in ids)
            count = _("{count} papers").format(count=len(ids))
            title = f"{papers[0].title} {papers[0].number}" if len(ids) == 1 else count
            return Chosen(tuple(ids), title.strip(), fits)

        if ids:
            self._context.jobs.read(load, done=self._ask, failed=self.failed.emit, key="print-what")

    def print_file(self, title: str, data: bytes) -> None:
        """Ask where to, then print a PDF that is no paper of ours (an official e-receipt)."""
        dialog = PrintDialog(self._context, title)

        def preview() -> None:
            self._context.dialogs.exec(PdfDialog(title, data, self._context.dialogs.parent))

        dialog.preview_wanted.connect(preview)
        if not self._context.dialogs.exec(dialog):
            return
        order = dialog.order()

        def send(_token: Token, _report: Report) -> str:
            print_pdf(data, order, title)
            return order.printer

        def sent(printer: str) -> None:
            told = _("“{title}” was printed on {printer}.")
            self.done.emit(told.format(title=title, printer=printer))

        self._context.jobs.io(send, done=sent, failed=self.failed.emit, title=_("Printing"))

    def look_for_open_runs(self) -> None:
        """Tell the runs that wait for a person."""
        self._context.jobs.read(
            batch.open_runs, done=self.open_runs.emit, failed=self.failed.emit, key="open-runs"
        )

    def resume(self, run_id: int) -> None:
        """Go on with a run: first ask what came out of it."""

        def load(session: Session) -> Run:
            return batch.read(session, run_id)

        self._context.jobs.read(load, done=self._ask_came_out, failed=self.failed.emit)

    # -- asking

    def _ask(self, chosen: Chosen) -> None:
        dialog = PrintDialog(self._context, chosen.title, can_overlay=chosen.can_overlay)

        def preview() -> None:
            self._preview(chosen, dialog.order())

        def calibrate() -> None:
            self.calibrate(dialog.order())

        dialog.preview_wanted.connect(preview)
        dialog.calibration_wanted.connect(calibrate)
        if not self._context.dialogs.exec(dialog):
            return
        order = dialog.order()

        def begin(session: Session) -> Run:
            where = (order.printer, order.tray)
            return batch.start(session, chosen.ids, where, on_sheets=order.on_sheets)

        self._context.jobs.write(begin, done=partial(self._send, order), failed=self.failed.emit)

    def _preview(self, chosen: Chosen, order: PrintOrder) -> None:
        def load(session: Session) -> bytes:
            return self._data(session, chosen.ids[0], order)

        def show(data: bytes) -> None:
            self._context.dialogs.exec(PdfDialog(chosen.title, data, self._context.dialogs.parent))

        self._context.jobs.read(load, done=show, failed=self.failed.emit, key="print-preview")

    def _data(self, session: Session, document_id: int, order: PrintOrder) -> bytes:
        """The exact file that goes to the printer."""
        if not order.on_sheets:
            return service.bytes_of(session, document_id)
        from core.documents import overlay

        found = printers.calibration(order.printer, order.tray)
        key = SigningDesk.of(self._context).qr_key
        return overlay.draw(service.work(session, document_id), found, key)

    def calibrate(self, order: PrintOrder) -> None:
        """Measure how a printer and tray put texts beside where they belong, and keep it."""
        where = (order.printer, order.tray)
        now = self._context.clock.now()

        def send(_token: Token, _report: Report) -> None:
            from core.documents.overlay import calibration_sheet

            data = calibration_sheet(*where, now, printers.calibration(*where))
            plain = PrintOrder(order.printer, 1, order.tray)
            print_pdf(data, plain, _("Calibration sheet"))

        def print_sheet() -> None:
            self._context.jobs.io(send, failed=self.failed.emit, title=_("Printing"))

        self._context.dialogs.exec(CalibrationDialog(self._context, where, print_sheet))

    # -- sending, and what came of it

    def _send(self, order: PrintOrder, run: Run) -> None:
        database = self._context.database()

        def send(token: Token, report: Report) -> Run:
            for sheet in run.rest:
                token.check()
                report(sheet.position - 1, len(run.sheets), "")
                with database.read() as session:
                    data = self._data(session, sheet.document_id, order)
                print_pdf(data, order, f"{sheet.title} {sheet.number}".strip())
                with database.write() as session:
                    batch.sent(session, run.id, sheet.position)
            return run

        self._context.jobs.io(
            send,
            done=partial(self._sent, order),
            failed=self._stopped,
            title=_("Printing"),
            key=f"print-{run.id}",
        )

    def _stopped(self, error: AppError) -> None:
        self.failed.emit(error)
        self.look_for_open_runs()

    def _sent(self, order: PrintOrder, run: Run) -> None:
        if len(run.sheets) == 1:
            self._came_out(order, run.id, 1)
        else:
            self._ask_came_out(run, order)

    def _ask_came_out(self, run: Run, order: PrintOrder | None = None) -> None:
        again = order or PrintOrder(run.printer, 1, run.tray, run.overlay)
        dialog = CameOutDialog(self._context, run)
        if self._context.dialogs.exec(dialog):
            self._came_out(again, run.id, dialog.chosen())
        else:
            self.look_for_open_runs()

    def _came_out(self, order: PrintOrder, run_id: int, up_to: int) -> None:
        def note(session: Session) -> Run:
            return batch.came_out(session, run_id, up_to)

        self._context.jobs.write(note, done=partial(self._go_on, order), failed=self.failed.emit)

    def _go_on(self, order: PrintOrder, run: Run) -> None:
        if not run.rest:
            told = _("{count} papers were printed on {printer}.")
            self.done.emit(told.format(count=len(run.sheets), printer=run.printer))
            self.look_for_open_runs()
            return
        first = run.rest[0]
        sentence = _("{count} papers are left, the next one is {paper}. Put the sheets in order.")
        told = sentence.format(
            count=len(run.rest), paper=f"{first.title} {first.number} {first.serial}".strip()
        )
        if self._context.dialogs.ask(_("Print the rest?"), told, _("Print")):
            self._send(order, run)
        else:
            self.look_for_open_runs()
