"""What one does with a paper on any page: open, print, verify, save, copy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout
from sqlalchemy.orm import Session

from core import attachments
from core.attachments import AttachmentSummary
from core.documents import keys, service
from core.documents.model import DocumentForm, DocumentState
from core.documents.queries import FORMS, STATES
from core.documents.service import DocumentSummary
from core.documents.verify import Verdict, verify
from core.errors import AppError
from core.i18n import N_, _
from core.messages import sentence
from core.office import CAPABILITIES
from desktop.jobs.runner import Report, Token
from desktop.parts.moments import moment
from desktop.parts.print_desk import PrintDesk
from desktop.support.context import Context
from desktop.widgets.labels import selectable
from desktop.widgets.papers import PaperItem
from desktop.widgets.pdf import PdfDialog
from desktop.widgets.pill import StatePill
from desktop.widgets.section import Section

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

        def judge(session: Session) -> Verdict:
            kinds = [paper for room in CAPABILITIES for paper in room.papers]
            return verify(data, roots=keys.roots(session), session=session, kinds=kinds)

        def show(verdict: Verdict) -> None:
            self._context.dialogs.exec(VerdictDialog(self._context, name, verdict))

        self._context.jobs.read(judge, done=show, failed=self.failed.emit, key="verify-paper")

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


class VerdictDialog(QDialog):
    """Three verdicts side by side: the file, the signature, the register."""

    def __init__(self, context: Context, name: str, verdict: Verdict) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("verdictDialog")
        self.setWindowTitle(_("Verify a paper"))
        self.resize(760, 380)
        heading = selectable(name, "heading")
        self.overall = StatePill(
            _("All is well") if verdict.ok else _("Not in order"),
            "good" if verdict.ok else "error",
        )
        columns = QHBoxLayout()
        for title, state, tone, pairs in verdict_columns(verdict):
            section = Section(title)
            section.add_head(StatePill(state, tone))
            section.set_pairs(pairs)
            columns.addWidget(section, 1)
        why = selectable("\n".join(sentence(code, {}) for code in verdict.reasons), "error")
        why.setObjectName("verdictReasons")
        why.setVisible(bool(verdict.reasons))
        close = QPushButton(_("Close"))
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(heading)
        layout.addWidget(self.overall)
        layout.addLayout(columns)
        layout.addWidget(why)
        layout.addStretch(1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)


#: Words of the verifier, which speaks a fixed language to scripts.
_WORDS = {
    "valid": N_("valid"),
    "void": N_("void"),
    "cancelled": N_("cancelled"),
    "revoked": N_("revoked"),
    "replaced": N_("replaced"),
    "expired": N_("expired"),
    "reversed": N_("reversed"),
    "red": N_("red counterpart"),
    "refunded": N_("paid back"),
    "moved": N_("moved to another donor"),
    "requested": N_("not decided yet"),
    "paid": N_("agreed and paid"),
    "refused": N_("refused"),
    "in_use": N_("in use"),
    "settled": N_("settled"),
    "as_of_its_day": N_("as of its day"),
    "original": N_("original"),
    "copy": N_("copy"),
    "void_print": N_("void print"),
}


def _word(word: str) -> str:
    return _(_WORDS[word]) if word in _WORDS else word


Column = tuple[str, str, str, list[tuple[str, str]]]


def verdict_columns(verdict: Verdict) -> list[Column]:
    """Title, state, tone and facts of each verdict."""
    whole = verdict.intact and verdict.covers_whole_file
    register = {
        "matches": (_("Agrees"), "good"),
        "differs": (_("Differs"), "error"),
        "unknown": (_("Not known"), "error"),
        "not_asked": (_("Not asked"), "neutral"),
    }[verdict.register]
    signer = verdict.signer
    if verdict.signatures:
        signer = "\n".join(
            f"{one.title}：{one.signer}　{moment(one.signed_at)}" for one in verdict.signatures
        )
    if verdict.test_certificate:
        signer = _("{signer} (test certificate)").format(signer=signer)
    return [
        (
            _("The file"),
            _("Unchanged") if whole else _("Changed or unsigned"),
            "good" if whole else "error",
            [(_("Number"), verdict.number), ("SHA-256", f"{verdict.sha256[:16]}…")],
        ),
        (
            _("The signature"),
            _("Trusted") if verdict.trusted else _("Not trusted"),
            "good" if verdict.trusted else "error",
            [
                (_("Signed by"), signer),
                (_("Signed at"), moment(verdict.signed_at)),
                (_("Time stamp"), f"{moment(verdict.stamped_at)} {verdict.stamped_by}".strip()),
            ],
        ),
        (
            _("The register"),
            *register,
            [
                (_("Status today"), _word(verdict.status)),
                (_("Original or copy"), _word(verdict.original_or_copy)),
            ],
        ),
    ]


def failure_text(error: AppError) -> str:
    """What went wrong, for a status line."""
    from core import messages

    return messages.text(error)
