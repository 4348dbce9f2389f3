"""What one does with a paper on any page: open, print, verify, save, copy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton
from sqlalchemy.orm import Session

from core import attachments
from core.attachments import AttachmentSummary
from core.documents import service
from core.documents.model import DocumentForm, DocumentState
from core.documents.queries import FORMS, STATES
from core.documents.service import DocumentSummary
from core.errors import AppError
from core.i18n import N_, _
from desktop.jobs.runner import Report, Token
from desktop.parts.moments import moment
from desktop.parts.print_desk import PrintDesk
from desktop.parts.verdicts import Findings, VerdictDialog, judge
from desktop.support.context import Context
from desktop.widgets.papers import PaperItem
from desktop.widgets.pdf import PdfDialog

TONES = {
    DocumentState.TO_SIGN: "warning",
    DocumentState.PARTLY_SIGNED: "warning",
    DocumentState.ISSUED: "good",
    DocumentState.VOID: "error",
}
UNSIGNED = N_("preview, not signed")


def paper_items(papers: Sequence[DocumentSummary]) -> list[PaperItem]:
    """Papers for the list of a record."""
    return [
        PaperItem(
            document_id=paper.id,
            title=title_of(paper),
            number=paper.number or moment(paper.created_at),
            state=_(STATES[paper.state]),
            tone=TONES[paper.state],
            ready=True,
        )
        for paper in papers
    ]


def in_groups(digest: str) -> str:
    """A hash in groups of eight, so that it can be compared by eye and wraps."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def title_of(paper: DocumentSummary) -> str:
    """The paper's title; a copy or a void print says so."""
    if paper.form is DocumentForm.ORIGINAL:
        return paper.title
    form = _(FORMS[paper.form]).format(number=paper.copy_number)
    return f"{paper.title}（{form}）"


class PaperDesk(QObject):
    """Opens, prints, verifies and saves papers; used by every page that lists them.

    Signals:
        failed: an AppError for the page's banner.
        done: a sentence for the page's banner.
    """

    failed = Signal(object)
    done = Signal(str)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.printing = PrintDesk(context, self)
        self.printing.failed.connect(self.failed)
        self.printing.done.connect(self.done)

    def open(self, document_id: int) -> None:
        """Show the stored file, or the preview of one that waits for its signature."""

        def load(session: Session) -> tuple[DocumentSummary, bytes]:
            paper = service.document(session, document_id)
            if paper.sha256 is None:
                return paper, service.preview(session, document_id)
            return paper, service.bytes_of(session, document_id)

        self._context.jobs.read(load, done=self._opened, failed=self.failed.emit, key="open-paper")

    def print(self, document_id: int) -> None:
        """Print the stored file: printer, tray, copies; noted in the paper's print log."""
        self.printing.print([document_id])

    def verify(self, document_id: int) -> None:
        """Judge the stored file and show the verdicts."""
        self._with_bytes(document_id, self._verify)

    def save(self, document_id: int) -> None:
        """Save the stored file, byte for byte."""
        self._with_bytes(document_id, self._save)

    def verify_data(self, name: str, data: bytes) -> None:
        """Judge a file from outside and show the verdicts."""

        def work(session: Session) -> Findings:
            return judge(session, name, data)

        def show(found: Findings) -> None:
            self._context.dialogs.exec(VerdictDialog(self._context, name, found))

        self._context.jobs.read(work, done=show, failed=self.failed.emit, key="verify-paper")

    def open_file(self, file: AttachmentSummary) -> None:
        """Show a PDF that was handed in; other files are saved where the person wants them."""

        def load(session: Session) -> bytes:
            return attachments.read(session, file.id)[1]

        def show(data: bytes) -> None:
            if file.media_type == "application/pdf":
                dialog = PdfDialog(file.filename, data, self._context.dialogs.parent)
                dialog.saved.connect(partial(self._save_as, file.filename, data))
                dialog.printed.connect(partial(self.printing.print_file, file.filename, data))
                self._context.dialogs.exec(dialog)
            else:
                self._save_as(file.filename, data)

        self._context.jobs.read(load, done=show, failed=self.failed.emit, key="open-file")

    # -- private

    def _with_bytes(self, document_id: int, then: object) -> None:
        def load(session: Session) -> tuple[DocumentSummary, bytes]:
            return service.document(session, document_id), service.bytes_of(session, document_id)

        self._context.jobs.read(
            load,
            done=then,  # type: ignore[arg-type]  # one of the methods below
            failed=self.failed.emit,
            key="paper-bytes",
        )

    def _opened(self, found: tuple[DocumentSummary, bytes]) -> None:
        paper, data = found
        unsigned = "" if paper.sha256 else f"（{_(UNSIGNED)}）"
        title = f"{title_of(paper)} {paper.number}{unsigned}"
        dialog = PdfDialog(title, data, self._context.dialogs.parent)

        def print_it() -> None:
            self.printing.print([paper.id])

        def save_it() -> None:
            self._save(found)

        for button in dialog.findChildren(QPushButton):
            if button.objectName().startswith("Pdf_"):
                button.setEnabled(paper.sha256 is not None)
        if paper.sha256 is not None:
            dialog.printed.connect(print_it)
            dialog.saved.connect(save_it)
        self._context.dialogs.exec(dialog)

    def _verify(self, found: tuple[DocumentSummary, bytes]) -> None:
        paper, data = found
        self.verify_data(f"{title_of(paper)} {paper.number}".strip(), data)

    def _save(self, found: tuple[DocumentSummary, bytes]) -> None:
        paper, data = found
        name = f"{paper.number or paper.title}.pdf".replace("/", "-")
        self._save_as(name, data, paper.id)

    def _save_as(self, name: str, data: bytes, document_id: int | None = None) -> None:
        path = self._context.dialogs.save_file(_("Save a copy"), name)
        if path is None:
            return

        def write(_token: Token, _report: Report) -> Path:
            from desktop.parts.files import write_file

            write_file(path, data)
            return path

        def written(path: Path) -> None:
            if document_id is not None:
                self._log(document_id, _("saved"))
            self.done.emit(_("Saved as {file}.").format(file=path.name))

        self._context.jobs.io(write, done=written, failed=self.failed.emit, key="save-paper")

    def _log(self, document_id: int, purpose: str) -> None:
        self._context.jobs.write(
            lambda session: service.log_print(session, document_id, purpose),
            failed=self.failed.emit,
        )


def failure_text(error: AppError) -> str:
    """What went wrong, for a status line."""
    from core import messages

    return messages.text(error)
