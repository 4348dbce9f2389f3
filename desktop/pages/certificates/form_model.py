"""What the form of an application knows: what can be chosen, what is wrong, whether it was saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, Signal
from sqlalchemy.orm import Session

from core import drafts
from core.certificates.commands import (
    ApplicationContent,
    ApplicationSummary,
    EditApplication,
    PaperInput,
    ReceiveApplication,
)
from core.certificates.queries import ApplicationForm, application_form
from core.certificates.schemes import listed_papers, schemes
from core.certificates.service import edit, receive
from core.certificates.states import ApplicationKind, Ownership
from core.database import today
from core.drafts import KeptDraft
from core.errors import AppError, FieldError, InputError, StaleRecord
from core.parcels.geometry import STORED_SRID
from core.parties.queries import PartySummary
from core.values.forms import parse_form
from desktop.jobs.runner import Report, Token
from desktop.pages.certificates.form_fields import (
    HolderLine,
    parcel_facts,
    parcels_field,
    read_content,
    read_holders,
    read_parcels,
)
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context


@dataclass(frozen=True)
class FormChoices:
    """What the office's settings let one choose from."""

    schemes: tuple[tuple[str, str], ...]
    groups: tuple[str, ...]
    today: str
    papers: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class TypedForm:
    """Everything in the dialog at the moment of saving; `case` and `parcels` are parsed."""

    case: Mapping[str, Any]
    ownership: Ownership
    holders: Sequence[HolderLine]
    parcels: Sequence[Mapping[str, Any]]
    agent: PartySummary | None
    measuring_body: PartySummary | None
    papers: tuple[PaperInput, ...] = ()


@dataclass(frozen=True)
class ApplicationFormState:
    """The form of one application.

    Attributes:
        choices: None until they are loaded.
        editing: what is being edited; None for a new application.
        newest: what a colleague saved meanwhile; the person chooses.
        saved: set once, when the application is stored.
        draft: what was typed another time and not saved; offered, never put in unasked.
    """

    choices: FormChoices | None = None
    editing: ApplicationForm | None = None
    errors: tuple[FieldError, ...] = ()
    failure: AppError | None = None
    newest: ApplicationForm | None = None
    saving: bool = False
    saved: ApplicationSummary | None = None
    draft: KeptDraft | None = None


def load_choices(session: Session) -> FormChoices:
    """What can be chosen today."""
    from core.carbon.service import groups

    day = today(session)
    usable = schemes(session, day)
    return FormChoices(
        schemes=tuple((scheme.key, scheme.title) for scheme in usable),
        groups=tuple(groups(session)),
        today=day.isoformat(),
        papers=listed_papers(session, ApplicationKind.FIRST, day),
    )


Loaded = tuple[FormChoices, ApplicationForm | None, KeptDraft | None]


class ApplicationFormViewModel(ViewModel[ApplicationFormState]):
    """Takes an application in, or saves its form again.

    Signals:
        boundaries: boundaries as WKT with their system, in the order of the file.
        boundaries_failed: the AppError.
        boundaries_unplaced: the path of a file that does not say its coordinate system.
    """

    boundaries = Signal(object)
    boundaries_failed = Signal(object)
    boundaries_unplaced = Signal(object)

    def __init__(
        self, context: Context, editing: int | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(context, ApplicationFormState(), parent)
        self._editing_id = editing
        self._request: UUID = uuid4()

    def load(self) -> None:
        """Load the choices and, for an edit, the form as it is stored."""
        application_id = self._editing_id

        name = self._draft_name()

        def read(session: Session) -> Loaded:
            form = application_form(session, application_id) if application_id else None
            return load_choices(session), form, drafts.find(session, name)

        self.context.jobs.read(
            read, done=self._loaded, failed=self._failed, key=f"form-{id(self)}", latest=True
        )

    def read_boundaries(self, path: Path, srid: int | None = None) -> None:
        """Read the boundaries of a file (GeoJSON, WKT, Shapefile); they come as `boundaries`."""

        def work(_token: Token, _report: Report) -> tuple[str, ...]:
            from core.parcels.reading import read_features

            features = read_features(path, srid=srid)
            return tuple(f"SRID={STORED_SRID};{feature.shape.wkt}" for feature in features)

        def failed(error: AppError) -> None:
            codes = {one.code for one in error.fields} if isinstance(error, InputError) else set()
            if "parcels.srid_missing" in codes and srid is None:
                self.boundaries_unplaced.emit(path)
            else:
                self.boundaries_failed.emit(error)

        self.context.jobs.io(work, done=self.boundaries.emit, failed=failed, key="boundaries")

    def keep(self, data: Mapping[str, Any]) -> None:
        """Keep what is typed so far; nobody waits for it and nobody is told when it fails."""
        name = self._draft_name()
        self.context.jobs.write(
            lambda session: drafts.keep(session, name, data),
            failed=self._not_kept,
            key=f"draft-{id(self)}",
        )

    def save(self, typed: TypedForm, *, draft: bool) -> None:
        """Store the application; wrong fields come back as `errors`."""
        if self.state.saving:
            return
        self.change(saving=True, errors=(), failure=None)
        self.context.jobs.write(
            self._writer(typed, draft=draft),
            done=self._saved,
            failed=self._failed,
            key=f"application-{id(self)}",
        )

    def rebase(self) -> None:
        """Go on with what is typed, on top of what the colleague saved."""
        if self.state.newest is not None:
            self.change(editing=self.state.newest, newest=None, failure=None)

    def take_newest(self) -> None:
        """Throw away what is typed and show what the colleague saved."""
        newest = self.state.newest
        if newest is not None:
            self.change(editing=None)
            self.change(editing=newest, newest=None, failure=None)

    # -- private

    def _draft_name(self) -> str:
        return f"application/{self._editing_id}" if self._editing_id else "application"

    def _not_kept(self, _error: AppError) -> None:
        """The form is still on the screen; the next pause in typing tries again."""

    def _writer(self, typed: TypedForm, *, draft: bool) -> Callable[[Session], ApplicationSummary]:
        editing, request, name = self.state.editing, self._request, self._draft_name()

        def write(session: Session) -> ApplicationSummary:
            drafts.drop(session, name)
            content = _content(typed, _stored_parcels(editing))
            if editing is not None:
                return edit(
                    session,
                    EditApplication(
                        application_id=editing.application_id,
                        version=editing.version,
                        content=content,
                    ),
                )
            command = ReceiveApplication(
                content=content,
                kind=ApplicationKind(typed.case["kind"]),
                scheme=str(typed.case.get("scheme") or ""),
                received_on=typed.case.get("received_on"),
                draft=draft,
                papers=typed.papers,
                request_id=request,
            )
            return receive(session, command)

        return write

    def _loaded(self, found: Loaded) -> None:
        choices, form, draft = found
        self.change(choices=choices, editing=form, draft=draft)

    def _saved(self, summary: ApplicationSummary) -> None:
        self.change(saving=False, saved=summary)

    def _failed(self, error: AppError) -> None:
        if isinstance(error, InputError):
            self.change(saving=False, errors=error.fields)
            return
        self.change(saving=False, failure=error)
        application_id = self._editing_id
        if isinstance(error, StaleRecord) and application_id is not None:
            self.context.jobs.read(
                lambda session: application_form(session, application_id), done=self._newest
            )

    def _newest(self, form: ApplicationForm) -> None:
        self.change(newest=form)


def stored_lines(form: ApplicationForm) -> list[dict[str, str]]:
    """The lines of the grid; a stored boundary says in which system it is."""
    return [
        {**line, "geometry": f"SRID={STORED_SRID};{line['geometry']}" if line["geometry"] else ""}
        for line in form.parcels
    ]


def _content(typed: TypedForm, stored: Mapping[tuple[str, ...], int]) -> ApplicationContent:
    """The command's content; reading boundaries loads heavy libraries, so this runs in the job."""
    errors: list[FieldError] = []
    results: list[Any] = []
    readers: tuple[Callable[[], Any], ...] = (
        lambda: read_holders(typed.holders, typed.ownership),
        lambda: read_parcels(typed.parcels, stored),
    )
    for reader in readers:
        try:
            results.append(reader())
        except InputError as error:
            errors.extend(error.fields)
    if errors:
        raise InputError(*errors)
    parties = (typed.agent, typed.measuring_body)
    return read_content(typed.case, typed.ownership, results[0], results[1], parties)


def _stored_parcels(editing: ApplicationForm | None) -> dict[tuple[str, ...], int]:
    """What every stored parcel says, to tell which lines are still the same parcel."""
    if editing is None:
        return {}
    columns = parcels_field(()).columns
    # The group is the case's own and may have left the parameter set: it is not compared.
    lines = [{**line, "group": ""} for line in stored_lines(editing)]
    return {
        parcel_facts(parse_form(columns, line)): parcel_id
        for line, parcel_id in zip(lines, editing.parcel_ids, strict=True)
    }
