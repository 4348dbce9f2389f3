"""What verification found, side by side: the file or the code, who signed, what the register says."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from core import office
from core.documents import judging, keys
from core.documents.register import Entry
from core.documents.standing import ENDED, FORMS, shown
from core.documents.verify import CodeVerdict, Register, Verdict
from core.i18n import _
from core.messages import sentence
from desktop.parts.moments import moment
from desktop.support.context import Context
from desktop.widgets.labels import selectable
from desktop.widgets.pill import StatePill
from desktop.widgets.section import Section

Column = tuple[str, str, str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Findings:
    """What the dialog shows: the whole in a word, its columns, and what is wrong."""

    ok: bool
    summary: str
    columns: tuple[Column, ...]
    reasons: tuple[str, ...]


def judge(session: Session, name: str, data: bytes) -> Findings:
    """Judge a file: a signed PDF by its signature, a scan or a photo by the code on it.

    Raises InputError when there is no code on a picture.
    """
    trust = judging.Trust(keys.roots(session), keys.qr_keys(session))
    verdict = judging.judge(data, name, trust, session=session, kinds=office.paper_kinds())
    if isinstance(verdict, Verdict):
        summary, columns = _("All is well"), verdict_columns(verdict)
    else:
        summary, columns = _("The code is in order: compare the paper"), code_columns(verdict)
    return Findings(
        verdict.ok, summary if verdict.ok else _("Not in order"), tuple(columns), verdict.reasons
    )


class VerdictDialog(QDialog):
    """Three verdicts side by side: the file, the signature, the register."""

    def __init__(self, context: Context, name: str, found: Findings) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("verdictDialog")
        self.setWindowTitle(_("Verify a paper"))
        self.resize(820, 460)
        heading = selectable(name, "heading")
        self.overall = StatePill(found.summary, "good" if found.ok else "error")
        columns = QHBoxLayout()
        for title, state, tone, pairs in found.columns:
            section = Section(title)
            section.add_head(StatePill(state, tone))
            section.set_pairs(pairs)
            section.add(_filler())  # the pairs stand at the top, however tall the others are
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
        layout.addLayout(columns, 1)
        layout.addWidget(why)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)


def _filler() -> QWidget:
    filler = QWidget()
    filler.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
    return filler


def _register(answer: Register, status: str) -> tuple[str, str]:
    """State and tone of the register's answer: green only where the paper holds today."""
    if answer == "matches" and status in ENDED:
        return shown(status).text, "error"
    return {
        "matches": (_("Agrees"), "good"),
        "differs": (_("Differs"), "error"),
        "unknown": (_("Not known"), "error"),
        "not_asked": (_("Not asked"), "neutral"),
    }[answer]


def _entry(entry: Entry | None) -> list[tuple[str, str]]:
    """What the register has of the paper."""
    if entry is None:
        return []
    return [
        (_("Paper"), entry.title),
        (_("Issued"), moment(entry.issued_at)),
        (_("Copies made"), str(entry.copies)),
    ]


def verdict_columns(verdict: Verdict) -> list[Column]:
    """Title, state, tone and facts of each verdict."""
    whole = verdict.intact and verdict.covers_whole_file
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
            *_register(verdict.register, verdict.status),
            [
                (_("Status today"), shown(verdict.status).text),
                (_("Original or copy"), shown(verdict.original_or_copy, FORMS).text),
                *_entry(verdict.entry),
            ],
        ),
    ]


def code_columns(verdict: CodeVerdict) -> list[Column]:
    """What a code says of its paper, who signed the code, and what the register says of both."""
    found, facts = verdict.found, verdict.found.facts
    return [
        (
            _("The code"),
            _("Legible"),
            "neutral",
            [
                (_("Number"), facts.number),
                (_("Holder"), facts.holder),
                (_("End of the number of the document"), facts.id_tail),
                (_("Tonnes or amount"), facts.amount),
                (_("Date"), facts.day.isoformat()),
                (_("Compare"), _("Holder and figures above with the paper in your hand.")),
            ],
        ),
        (
            _("The signature"),
            _("Trusted") if found.trusted else _("Not trusted"),
            "good" if found.trusted else "error",
            [
                (_("What is signed"), _("the code alone, not the paper around it")),
                (_("Signing key"), found.kid.hex().upper()),
            ],
        ),
        (
            _("The register"),
            *_register(verdict.register, verdict.status),
            [
                (_("Status today"), shown(verdict.status).text),
                (_("Original or copy"), _("cannot be told from a picture")),
                *_entry(verdict.entry),
            ],
        ),
    ]
