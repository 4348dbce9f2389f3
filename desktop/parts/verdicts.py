"""What verification found, side by side: the file or the code, who signed, what the register says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout
from sqlalchemy.orm import Session

from core.documents import keys, qr
from core.documents.qr import Decoded
from core.documents.verify import Verdict, verify, verify_code
from core.documents.words import word
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register, sentence
from core.office import CAPABILITIES
from desktop.parts.moments import moment
from desktop.support.context import Context
from desktop.widgets.labels import selectable
from desktop.widgets.pill import StatePill
from desktop.widgets.section import Section

register({"desktop.no_code": N_("There is no code of a paper on “{file}”, or it cannot be read.")})

#: What a scan of a paper is drawn at to find its code, dots per inch.
_DOTS = 200
_MOST_PAGES = 6
Column = tuple[str, str, str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Findings:
    """What the dialog shows: whether all is well, its columns, and what is wrong."""

    ok: bool
    columns: tuple[Column, ...]
    reasons: tuple[str, ...]


def judge(session: Session, name: str, data: bytes) -> Findings:
    """Judge a file: a signed PDF by its signature, a scan or a photo by the code on it.

    Raises InputError when there is no code on a picture.
    """
    if Path(name).suffix.lower() not in qr.PICTURES:
        kinds = [paper for room in CAPABILITIES for paper in room.papers]
        verdict = verify(data, roots=keys.roots(session), session=session, kinds=kinds)
        if not verdict.intact and not _SIGNED & {*verdict.reasons}:
            pages = _pages(data) if data.startswith(b"%PDF") else []
            found = [text for page in pages for text in qr.codes_in(page, name)]
            if found:
                return _of_code(session, found[0])
        return Findings(verdict.ok, tuple(verdict_columns(verdict)), verdict.reasons)
    codes = qr.codes_in(data, name)
    if not codes:
        raise InputError.of("file", "desktop.no_code", file=Path(name).name)
    return _of_code(session, codes[0])


#: Reasons that only a file of ours has: its signature is judged, whatever is printed on it.
_SIGNED = {
    "verify.changed_after",
    "verify.altered",
    "verify.broken_signature",
    "verify.broken_stamp",
}


def _of_code(session: Session, text: str) -> Findings:
    found, reasons = verify_code(text, keys=keys.qr_keys(session), session=session)
    return Findings(not reasons, tuple(code_columns(found, reasons)), reasons)


def _pages(data: bytes) -> list[bytes]:
    """The pages of a scan that was saved as a PDF, as pictures."""
    from PySide6.QtPdf import QPdfDocument

    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    pictures = []
    for page in range(min(document.pageCount(), _MOST_PAGES)):
        size = document.pagePointSize(page)
        scale = min(_DOTS / 72, 4000 / max(size.width(), size.height(), 1))
        paper = QImage(
            QSize(int(size.width() * scale), int(size.height() * scale)),
            QImage.Format.Format_RGB32,
        )
        paper.fill(Qt.GlobalColor.white)  # what is not printed is transparent
        painter = QPainter(paper)
        painter.drawImage(QPoint(0, 0), document.render(page, paper.size()))
        painter.end()
        picture = QBuffer()
        picture.open(QIODevice.OpenModeFlag.WriteOnly)
        paper.save(picture, "PNG")  # type: ignore[call-overload]  # the stubs want bytes or str
        pictures.append(bytes(picture.data().data()))
    document.close()
    return pictures


class VerdictDialog(QDialog):
    """Three verdicts side by side: the file, the signature, the register."""

    def __init__(self, context: Context, name: str, found: Findings) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("verdictDialog")
        self.setWindowTitle(_("Verify a paper"))
        self.resize(760, 380)
        heading = selectable(name, "heading")
        self.overall = StatePill(
            _("All is well") if found.ok else _("Not in order"),
            "good" if found.ok else "error",
        )
        columns = QHBoxLayout()
        for title, state, tone, pairs in found.columns:
            section = Section(title)
            section.add_head(StatePill(state, tone))
            section.set_pairs(pairs)
            columns.addWidget(section, 1)
        why = selectable("\n".join(sentence(code, {}) for code in found.reasons), "error")
        why.setObjectName("verdictReasons")
        why.setVisible(bool(found.reasons))
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
                (_("Status today"), word(verdict.status)),
                (_("Original or copy"), word(verdict.original_or_copy)),
            ],
        ),
    ]


def code_columns(found: Decoded, reasons: tuple[str, ...]) -> list[Column]:
    """What a code says of its paper, who signed the code, and what the register says of both."""
    facts = found.facts
    unknown = "verify.not_in_register" in reasons
    differs = "verify.record_differs" in reasons
    register_ = (
        (_("Not known"), "error")
        if unknown
        else (_("Differs"), "error")
        if differs
        else (_("Agrees"), "good")
    )
    return [
        (
            _("The code"),
            _("Read"),
            "good",
            [
                (_("Number"), facts.number),
                (_("Holder"), facts.holder),
                (_("End of the number of the document"), facts.id_tail),
                (_("Tonnes or amount"), facts.amount),
                (_("Date"), facts.day.isoformat()),
            ],
        ),
        (
            _("The signature"),
            _("Trusted") if found.trusted else _("Not trusted"),
            "good" if found.trusted else "error",
            [(_("Key"), found.kid.hex().upper())],
        ),
        (
            _("The register"),
            *register_,
            [
                (_("Status today"), word("void") if "verify.void" in reasons else ""),
                (_("Compare"), _("Holder and figures above with the paper in your hand.")),
            ],
        ),
    ]
