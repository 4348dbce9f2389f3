"""Reading a scan: the slow look beside everything else, then filing what was found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.i18n import _
from core.training.reading import Filed, file_scan, read
from core.training.record_details import ScanDetail, scan_detail
from desktop.jobs.runner import Report, Token
from desktop.pages.training.open_rows import OpenRowsDialog
from desktop.parts.files import read_file
from desktop.support.context import Context

if TYPE_CHECKING:
    from core.training.scanning import Reading

KEY = "read-sign-in-scan"
FILTER = "PDF, JPEG, PNG, TIFF (*.pdf *.jpg *.jpeg *.png *.tif *.tiff)"


class ScanWork(QObject):
    """Reads scans of sign-in sheets and has their open rows settled.

    Signals:
        failed: an AppError; nothing was filed.
        told: (kind, text) what came of it.
    """

    failed = Signal(object)
    told = Signal(str, str)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def choose(self) -> None:
        """Ask for the scan and read it."""
        if self._context.jobs.running(KEY):
            return
        path = self._context.dialogs.open_file(_("Read a signed sheet"), FILTER)
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        """Read a scan; its sheet is found by the codes on its rows, whatever course it is of."""
        database = self._context.database()

        def look(token: Token, report: Report) -> tuple[bytes, Reading]:
            report(0, 2, "")
            data = read_file(path)
            token.check()
            with database.read() as session:
                return data, read(session, path.name, data)

        def found(result: tuple[bytes, Reading]) -> None:
            data, reading = result
            self._context.jobs.write(
                lambda session: file_scan(session, path.name, data, reading),
                done=self._filed,
                failed=self.failed.emit,
                key=f"{KEY}-file",
            )

        self._context.jobs.io(
            look, done=found, failed=self.failed.emit, title=_("Reading the scan"), key=KEY
        )

    def _filed(self, filed: list[Filed]) -> None:
        present = sum(len(one.present) for one in filed)
        absent = sum(len(one.absent) for one in filed)
        left = sum(len(one.open) for one in filed)
        text = _("{present} noted as present, {absent} as absent; {open} rows to look at.")
        self.told.emit(
            "warning" if left else "good",
            text.format(present=present, absent=absent, open=left),
        )
        self.settle([one.id for one in filed if one.open])

    def settle(self, scan_ids: Sequence[int]) -> None:
        """Go through the open rows of scans, one scan after the other."""
        if not scan_ids:
            return
        first, *rest = scan_ids

        def show(scan: ScanDetail) -> None:
            self._context.dialogs.exec(OpenRowsDialog(self._context, scan))
            self.settle(rest)

        self._context.jobs.read(
            lambda session: scan_detail(session, first),
            done=show,
            failed=self.failed.emit,
            key=f"{KEY}-rows",
        )
