"""What the form of a donation knows: choices, the donor's card, what is wrong, what was saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core import attachments, drafts
from core.database import today
from core.drafts import KeptDraft
from core.errors import AppError, FieldError, InputError, StaleRecord
from core.fund.choices import Choices, DonorCard, choices, donor_card
from core.fund.details import DonationDetail, donation_detail
from core.fund.donations import DONATION, correct, record
from core.fund.donors import donor_of
from desktop.jobs.runner import Report, Token
from desktop.pages.fund.donation_fields import donation_content, donor_content
from desktop.parts.files import read_file
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context


@dataclass(frozen=True)
class Start:
    """Where a new donation begins: an instalment of a commitment knows its donor and purpose.

    Attributes:
        values: texts of fields that are known already, as of a line of a bank statement.
    """

    party_id: int | None = None
    pledge_id: int | None = None
    purpose_id: int | None = None
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class DonationFormState:
    """The form of one donation.

    Attributes:
        choices: None until they are loaded.
        editing: the donation being corrected, as it was when it was loaded.
        card: the party chosen as donor.
        newest: what a colleague saved meanwhile.
        saved: id of the donation once it is stored.
        draft: what was typed another time and not saved.
    """

    choices: Choices | None = None
    editing: DonationDetail | None = None
    card: DonorCard | None = None
    errors: tuple[FieldError, ...] = ()
    failure: AppError | None = None
    newest: DonationDetail | None = None
    saving: bool = False
    saved: int | None = None
    draft: KeptDraft | None = None


Loaded = tuple[Choices, DonationDetail | None, DonorCard | None, KeptDraft | None]


class DonationFormViewModel(ViewModel[DonationFormState]):
    """Notes a donation, or corrects one."""

    def __init__(
        self,
        context: Context,
        editing: int | None = None,
        start: Start | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(context, DonationFormState(), parent)
        self._editing_id = editing
        self._start = start or Start()
        self._request: UUID = uuid4()

    @property
    def start(self) -> Start:
        """Where a new donation begins."""
        return self._start

    def load(self) -> None:
        """Load the choices, the donation to correct, the donor to begin with, and the draft."""
        donation_id, party, name = self._editing_id, self._start.party_id, self._draft_name()

        def read(session: Session) -> Loaded:
            detail = donation_detail(session, donation_id) if donation_id else None
            card = donor_card(session, party) if party else None
            if detail is not None:
                card = donor_card(session, detail.donor.party_id)
            return choices(session, today(session)), detail, card, drafts.find(session, name)

        self.context.jobs.read(
            read, done=self._loaded, failed=self._failed, key=f"donation-{id(self)}", latest=True
        )

    def choose_donor(self, party_id: int | None) -> None:
        """Load what the fund knows of the party chosen."""
        if party_id is None:
            self.change(card=None)
            return
        self.context.jobs.read(
            lambda session: donor_card(session, party_id),
            done=self._carded,
            failed=self._failed,
            key=f"donor-{id(self)}",
            latest=True,
        )

    def keep(self, data: Mapping[str, Any]) -> None:
        """Keep what is typed so far."""
        name = self._draft_name()
        self.context.jobs.write(
            lambda session: drafts.keep(session, name, data),
            failed=self._not_kept,
            key=f"draft-{id(self)}",
        )

    def save(self, values: Mapping[str, Any], pledge_id: int | None) -> None:
        """Store the donation; wrong fields come back as `errors`. A second press does nothing."""
        if self.state.saving or self.state.card is None:
            return
        self.change(saving=True, errors=(), failure=None)
        path = values.get("file")
        writer = self._writer(values, pledge_id, self.state.card)
        if not isinstance(path, Path):
            self._write(writer)
            return

        def read(_token: Token, _report: Report) -> bytes:
            return read_file(path)

        def then(data: bytes) -> None:
            self._write(lambda session: _with_file(session, writer(session), path.name, data))

        self.context.jobs.io(read, done=then, failed=self._failed, key=f"proof-{id(self)}")

    def rebase(self) -> None:
        """Go on with what is typed, on top of what the colleague saved."""
        if self.state.newest is not None:
            self.change(editing=self.state.newest, newest=None, failure=None)

    # -- private

    def _write(self, writer: Callable[[Session], int]) -> None:
        self.context.jobs.write(
            writer, done=self._saved, failed=self._failed, key=f"donation-save-{id(self)}"
        )

    def _draft_name(self) -> str:
        return f"donation/{self._editing_id}" if self._editing_id else "donation"

    def _writer(
        self, values: Mapping[str, Any], pledge_id: int | None, card: DonorCard
    ) -> Callable[[Session], int]:
        editing, request, name = self.state.editing, self._request, self._draft_name()
        said = donor_content(values)

        def write(session: Session) -> int:
            drafts.drop(session, name)
            changed = said != card.said
            donor = donor_of(session, card.party.id, said if changed else None)
            content = donation_content(values, donor, pledge_id)
            if editing is None:
                return record(session, content, request)
            reason = str(values.get("reason") or "")
            correct(session, editing.id, editing.version, content, reason)
            return editing.id

        return write

    def _loaded(self, found: Loaded) -> None:
        loaded, detail, card, draft = found
        self.change(choices=loaded, editing=detail, card=card, draft=draft)

    def _carded(self, card: DonorCard) -> None:
        self.change(card=card)

    def _saved(self, donation_id: int) -> None:
        self.change(saving=False, saved=donation_id)

    def _not_kept(self, _error: AppError) -> None:
        """The form is still on the screen; the next pause in typing tries again."""

    def _failed(self, error: AppError) -> None:
        if isinstance(error, InputError):
            self.change(saving=False, errors=error.fields)
            return
        self.change(saving=False, failure=error)
        donation_id = self._editing_id
        if isinstance(error, StaleRecord) and donation_id is not None:
            self.context.jobs.read(
                lambda session: donation_detail(session, donation_id), done=self._newest
            )

    def _newest(self, detail: DonationDetail) -> None:
        self.change(newest=detail)


def _with_file(session: Session, donation_id: int, name: str, data: bytes) -> int:
    """Keep the file with the donation; a repeat of the same command adds no second one."""
    known = {one.filename for one in attachments.attachments(session, DONATION, donation_id)}
    if name not in known:
        attachments.attach(session, DONATION, donation_id, "proof", name, data)
    return donation_id
