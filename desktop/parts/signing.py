"""Signing the papers that wait, with the office's certificate, as a job that can be stopped."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core import config
from core.clock import china_date
from core.config import MachineConfig
from core.errors import AppError, EnvironmentFault
from core.i18n import _
from desktop.jobs.runner import Report, Token
from desktop.support import secrets
from desktop.support.context import Context

if TYPE_CHECKING:
    from core.database import Database
    from core.documents.qr import QrKey
    from core.documents.service import IssuedPaper
    from core.documents.sign import Signer
    from desktop.parts.token_dialog import TokenChoice

JOB = "sign-papers"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SignerInfo:
    """The signing certificate in use, as pages show it."""

    name: str
    is_test: bool
    valid_until: date
    days_left: int
    fingerprint: str


@dataclass(frozen=True)
class SignedReport:
    """What a run of signing came to; `awaits` counts papers that somebody else has to sign next."""

    signed: int
    waiting: int
    faults: tuple[AppError, ...] = ()
    awaits: Mapping[str, int] = field(default_factory=dict)


class SigningDesk(QObject):
    """Holds the opened signer of this session; asks for the passphrase once.

    Signals:
        changed: another certificate is in use, or none.
        finished: a SignedReport.
        failed: an AppError; nothing was lost, the papers wait.
    """

    changed = Signal()
    finished = Signal(object)
    failed = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.setObjectName("signingDesk")
        self._context = context
        self._signer: Signer | None = None
        self._waiting: list[list[int] | None] = []

    @classmethod
    def of(cls, context: Context) -> SigningDesk:
        """The one desk of this session."""
        found = context.findChild(cls, "signingDesk")
        return found if isinstance(found, cls) else cls(context)

    @property
    def is_open(self) -> bool:
        """Whether papers can be signed without asking for a passphrase."""
        return self._signer is not None

    @property
    def qr_key(self) -> QrKey | None:
        """What signs the codes, where a certificate is open."""
        return self._signer.qr if self._signer is not None else None

    def use(self, signer: Signer) -> None:
        """Sign with this certificate until the program ends; say so when its end is near."""
        self._signer = signer
        left = signer.warning(self._now())
        if left is not None:
            told = _("The signing certificate {name} ends in {days} days. Order a new one now.")
            self._context.notify("warning", told.format(name=signer.name, days=max(left, 0)))
        self.changed.emit()

    def info(self) -> SignerInfo | None:
        """The certificate in use; None while none is opened."""
        signer = self._signer
        if signer is None:
            return None
        until = signer.certificate.not_valid_after_utc
        return SignerInfo(
            name=signer.name,
            is_test=signer.is_test,
            valid_until=china_date(until),
            days_left=signer.days_left(self._now()),
            fingerprint=signer.fingerprint,
        )

    def choose(self, then: Callable[[], object] | None = None) -> None:
        """Let the person choose the certificate file and type its passphrase."""
        path = self._context.dialogs.open_file(
            _("Signing certificate"), _("Certificate with key (*.p12 *.pfx)"), self._folder()
        )
        if path is not None:
            self._unlock(path, then)

    def choose_token(self, then: Callable[[], object] | None = None) -> None:
        """Let the person choose a token and type its PIN."""
        from desktop.parts.token_dialog import TokenDialog

        dialog = TokenDialog(self._context)
        if self._context.dialogs.exec(dialog):
            self._open_token(dialog.choice(), then)

    def sign(self, document_ids: Sequence[int] | None = None) -> None:
        """Sign what waits (or these papers); asks for the certificate where none is open."""
        ids = None if document_ids is None else list(document_ids)
        if self._signer is not None:
            self._run(self._signer, ids)
            return

        def go_on() -> None:
            if self._signer is not None:
                self._run(self._signer, ids)

        machine = config.load()
        stored = machine.signing_key
        if machine.token_library:
            self._open_stored_token(machine, go_on)
        elif stored and Path(stored).is_file():
            self._open_stored(Path(stored), go_on)
        else:
            self.choose(go_on)

    # -- private

    def _now(self) -> datetime:
        return self._context.clock.now()

    @staticmethod
    def _folder() -> str:
        stored = config.load().signing_key
        return str(Path(stored).parent) if stored else ""

    def _open_stored(self, path: Path, then: Callable[[], object]) -> None:
        """Try the passphrase the system's password store keeps, then ask."""

        def read(_token: Token, _report: Report) -> Signer | None:
            from core.documents.sign import from_pkcs12

            try:
                secret = secrets.load(secrets.signer_name(path))
                return from_pkcs12(path, secret) if secret else None
            except EnvironmentFault:
                # No store, a locked one, or a passphrase that was changed: the person knows it.
                return None

        def opened(signer: Signer | None) -> None:
            if signer is None:
                self._unlock(path, then)
                return
            self.use(signer)
            then()

        self._context.jobs.io(read, done=opened, failed=self.failed.emit, key="open-signer")

    def _open_stored_token(self, machine: MachineConfig, then: Callable[[], object]) -> None:
        """Try the PIN the password store keeps, then ask."""

        def read(_token: Token, _report: Report) -> TokenChoice | None:
            from core.documents.token import TokenKey
            from desktop.parts.token_dialog import TokenChoice

            try:
                pin = secrets.load(secrets.token_name(machine.token_label))
                codes = Path(machine.codes_key) if machine.codes_key else None
                secret = secrets.load(secrets.signer_name(codes)) if codes else ""
            except EnvironmentFault:
                return None  # no store or a locked one: the person is asked
            if not pin or secret is None:
                return None
            key = TokenKey(
                Path(machine.token_library), machine.token_label, serial=machine.token_serial
            )
            return TokenChoice(key, pin, (codes, secret) if codes else None, remember=False)

        def opened(choice: TokenChoice | None) -> None:
            if choice is None:
                self.choose_token(then)
            else:
                self._open_token(choice, then)

        self._context.jobs.io(read, done=opened, failed=self.failed.emit, key="open-signer")

    def _unlock(self, path: Path, then: Callable[[], object] | None) -> None:
        secret = self._context.dialogs.secret(
            _("Sign papers"),
            _("Passphrase of the signing certificate {file}").format(file=path.name),
        )
        if secret is None:
            return

        def read(_token: Token, _report: Report) -> Signer:
            from core.documents.sign import from_pkcs12

            signer = from_pkcs12(path, secret)
            machine = config.load()
            if machine.token_library:  # a file was chosen instead
                config.save(replace(machine, token_library="", token_label="", token_serial=""))
            return signer

        def opened(signer: Signer) -> None:
            self.use(signer)
            if then is not None:
                then()

        self._context.jobs.io(read, done=opened, failed=self.failed.emit, key="open-signer")

    def _open_token(self, choice: TokenChoice, then: Callable[[], object] | None) -> None:
        def read(_token: Token, _report: Report) -> Signer:
            from core.documents.sign import with_codes
            from core.documents.token import from_token

            signer = from_token(choice.key, choice.pin)
            if choice.codes is not None:
                signer = with_codes(signer, *choice.codes)
            _remember(choice)
            return signer

        def opened(signer: Signer) -> None:
            self.use(signer)
            if then is not None:
                then()

        self._context.jobs.io(read, done=opened, failed=self.failed.emit, key="open-signer")

    def _run(self, signer: Signer, ids: list[int] | None) -> None:
        if self._context.jobs.running(JOB):
            # Papers made while others are being signed: their turn comes after.
            self._waiting.append(ids)
            return
        database = self._context.database()

        def work(token: Token, report: Report) -> list[IssuedPaper]:
            from core.documents import stamping
            from core.documents.service import issue_pending, turns

            with database.read() as session:
                server = stamping.stamper(session)
                behind = stamping.waiting_count(session)
                waiting = turns(session, signer) if ids is None else ids
            done: list[IssuedPaper] = []
            for number, document_id in enumerate(waiting):
                # One at a time: the person may stop after any paper, and each is complete.
                token.check()
                report(number, len(waiting), "")
                done += issue_pending(database, signer, [document_id], server=server)
            if behind and server.fault is None:
                _fetch_stamps(database)
            return done

        self._context.jobs.io(
            work,
            done=self._on_done,
            failed=self._on_failed,
            title=_("Signing papers"),
            key=JOB,
        )

    def _on_failed(self, error: AppError) -> None:
        self._waiting.clear()
        self.failed.emit(error)

    def _on_done(self, papers: list[IssuedPaper]) -> None:
        faults = tuple(paper.fault for paper in papers if isinstance(paper.fault, AppError))
        self.finished.emit(
            SignedReport(
                signed=sum(paper.signed for paper in papers),
                waiting=len(faults),
                faults=faults,
                awaits=Counter(paper.awaits for paper in papers if paper.awaits),
            )
        )
        if self._waiting and self._signer is not None:
            self._run(self._signer, self._waiting.pop(0))


def _remember(choice: TokenChoice) -> None:
    """Use this token from now on; its secrets are kept only where the person wants it."""
    codes = str(choice.codes[0]) if choice.codes else ""
    machine = replace(
        config.load(),
        token_library=str(choice.key.library),
        token_label=choice.key.token,
        token_serial=choice.key.serial,
        codes_key=codes,
    )
    config.save(machine)
    if choice.remember:
        secrets.save(secrets.token_name(choice.key.token), choice.pin)
        if choice.codes is not None:
            secrets.save(secrets.signer_name(choice.codes[0]), choice.codes[1])


def _fetch_stamps(database: Database) -> None:
    """Fetch the stamps of earlier papers, now that the server may be back; they wait otherwise."""
    from core.documents import stamping

    try:
        stamping.retry(database)
    except EnvironmentFault:
        log.info("the time stamp server is away")
