"""State and commands of the page of papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core.documents import keys, service, signatories, watch
from core.documents.keys import KeySummary
from core.documents.service import DocumentSummary
from core.documents.signatories import SignatureSummary
from core.documents.watch import WatchedCertificate
from core.errors import AppError, FieldError
from desktop.parts.signing import SignedReport, SignerInfo, SigningDesk
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context

DOCUMENT = "document"


@dataclass(frozen=True)
class DocumentsState:
    """What the page shows.

    Attributes:
        waiting: how many papers wait for a signature.
        waiting_for: how many of them wait for whom.
        signatures: of the paper shown, where several sign it.
        doubts: what the paper shown prints otherwise than its owner may write it.
        certificates: those that signed for the office.
        signer: the certificate opened in this session.
        report: what the last run of signing came to.
    """

    selected: int | None = None
    paper: DocumentSummary | None = None
    waiting: int = 0
    waiting_for: Mapping[str, int] = field(default_factory=dict)
    signatures: tuple[SignatureSummary, ...] = ()
    doubts: tuple[FieldError, ...] = ()
    certificates: tuple[WatchedCertificate, ...] = ()
    keys: tuple[KeySummary, ...] = ()
    signer: SignerInfo | None = None
    signing: bool = False
    report: SignedReport | None = None
    failure: AppError | None = None
    may_sign: bool = False
    may_copy: bool = False
    may_void: bool = False
    may_keys: bool = False


@dataclass(frozen=True)
class _Loaded:
    """What one read of the database gives."""

    waiting_for: Mapping[str, int]
    keys: tuple[KeySummary, ...]
    certificates: tuple[WatchedCertificate, ...]
    paper: DocumentSummary | None
    signatures: tuple[SignatureSummary, ...]
    doubts: tuple[FieldError, ...]


class DocumentsViewModel(ViewModel[DocumentsState]):
    """Lists papers, signs those that wait, makes copies, declares papers void."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        state = DocumentsState(
            may_sign=context.may("papers.sign") or context.may("papers.approve"),
            may_keys=context.may("papers.keys"),
            may_copy=context.may("papers.copy"),
            may_void=context.may("papers.void"),
        )
        super().__init__(context, state, parent)
        self._desk = SigningDesk.of(context)
        self._desk.changed.connect(self._on_signer)
        self._desk.finished.connect(self._on_signed)
        self._desk.failed.connect(self._failed)
        context.changes.connect(self._on_changes)
        self._on_signer()

    def reload(self) -> None:
        """Count the queue and load the paper shown."""
        document_id = self.state.selected

        def load(session: Session) -> _Loaded:
            return _Loaded(
                signatories.waiting_for(session),
                tuple(keys.keys(session)),
                tuple(one for one in watch.certificates(session) if not one.retired),
                service.document(session, document_id) if document_id else None,
                signatories.signatures_of(session, document_id) if document_id else (),
                tuple(service.doubts(session, document_id)) if document_id else (),
            )

        self.context.jobs.read(
            load, done=self._loaded, failed=self._failed, key="documents", latest=True
        )

    def select(self, document_id: int | None) -> None:
        """Show a paper."""
        self.change(selected=document_id, failure=None)
        if document_id is None:
            self.change(paper=None)
        else:
            self.reload()

    def sign_now(self) -> None:
        """Sign everything that waits."""
        self.change(failure=None, report=None)
        self._desk.sign()

    def choose_signer(self) -> None:
        """Open another signing certificate."""
        self.change(failure=None)
        self._desk.choose()

    def choose_token(self) -> None:
        """Sign with a token from now on."""
        self.change(failure=None)
        self._desk.choose_token()

    def retire(self, certificate_id: int) -> None:
        """Stop watching a certificate that is not used any more."""
        self.context.jobs.write(
            lambda session: watch.retire(session, certificate_id),
            done=self._on_retired,
            failed=self._failed,
            key=f"retire-{certificate_id}",
        )

    def copy(self, purpose: str) -> None:
        """Prepare a copy of the paper shown and sign it."""
        paper = self.state.paper
        if paper is not None:
            self.context.jobs.write(
                lambda session: service.make_copy(session, paper.id, purpose),
                done=self._prepared,
                failed=self._failed,
                key="copy-paper",
            )

    def void(self, reason: str) -> None:
        """Declare the paper shown void."""
        paper = self.state.paper
        if paper is not None:
            self.context.jobs.write(
                lambda session: service.void(session, paper.id, reason),
                done=self._prepared,
                failed=self._failed,
                key="void-paper",
            )

    # -- private

    def _prepared(self, paper: DocumentSummary) -> None:
        self._desk.sign([paper.id])

    def _on_retired(self, _nothing: object) -> None:
        self.reload()

    def _loaded(self, found: _Loaded) -> None:
        paper = found.paper
        shown = paper if paper is not None and paper.id == self.state.selected else None
        self.change(
            waiting=sum(found.waiting_for.values()),
            waiting_for=found.waiting_for,
            keys=found.keys,
            certificates=found.certificates,
            paper=shown,
            signatures=found.signatures if shown is not None else (),
            doubts=found.doubts if shown is not None else (),
        )

    def _failed(self, error: AppError) -> None:
        self.change(failure=error)

    def _on_signer(self) -> None:
        self.change(signer=self._desk.info())

    def _on_signed(self, report: SignedReport) -> None:
        self.change(report=report)
        self.reload()

    def _on_changes(self, changes: object) -> None:
        if any(kind == DOCUMENT for kind, _id in changes):  # type: ignore[attr-defined]
            self.reload()
