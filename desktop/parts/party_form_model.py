"""What the form of a party knows: live checks, what a number tells, who may be the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core import drafts
from core.drafts import KeptDraft
from core.errors import AppError, FieldError, InputError, StaleRecord
from core.i18n import N_, _
from core.parties.duplicates import Suggestion, suggest_duplicates
from core.parties.model import OrganisationKind, PartyKind
from core.parties.queries import PartyDetail, PartySummary, party_detail
from core.parties.rules import ORGANISATION_ID_KINDS, PERSON_ID_KINDS, check_number
from core.parties.service import (
    EditParty,
    RegisterOrganisation,
    RegisterPerson,
    edit_party,
    register_organisation,
    register_person,
)
from core.values.forms import FormField
from core.values.identity import TITLES as ID_KIND_TITLES
from core.values.identity import IdKind, birth_and_sex
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context

PERSON_FIELDS = (
    FormField("name", N_("Name"), "text", required=True),
    FormField(
        "id_kind",
        N_("Kind of number"),
        "choice",
        required=True,
        choices=tuple((kind.value, ID_KIND_TITLES[kind]) for kind in PERSON_ID_KINDS),
        default=IdKind.RESIDENT.value,
    ),
    FormField("number", N_("Identity number"), "text"),
    FormField("no_number_reason", N_("Why there is none"), "text"),
    FormField("phone", N_("Telephone"), "text"),
    FormField("address", N_("Address"), "text"),
    FormField("note", N_("Remarks"), "long"),
)

ORGANISATION_FIELDS = (
    FormField("name", N_("Name"), "text", required=True),
    FormField(
        "organisation_kind",
        N_("Organisation kind"),
        "choice",
        required=True,
        choices=tuple((kind.value, kind.value) for kind in OrganisationKind),
    ),
    FormField(
        "id_kind",
        N_("Kind of number"),
        "choice",
        required=True,
        choices=tuple((kind.value, ID_KIND_TITLES[kind]) for kind in ORGANISATION_ID_KINDS),
        default=IdKind.CREDIT_CODE.value,
    ),
    FormField("number", N_("Identity number"), "text"),
    FormField("no_number_reason", N_("Why there is none"), "text"),
    FormField("representative_post", N_("Post of the representative"), "text"),
    FormField("representative_name", N_("Representative"), "text"),
    FormField("contact", N_("Contact"), "text"),
    FormField("phone", N_("Telephone"), "text"),
    FormField("address", N_("Address"), "text"),
    FormField("note", N_("Remarks"), "long"),
)

_COMMON = ("name", "no_number_reason", "phone", "address", "note")
_OFFICE = ("representative_post", "representative_name", "contact")


@dataclass(frozen=True)
class PartyFormState:
    """The form of one party.

    Attributes:
        hint: what the number tells (birth date and sex), or what is wrong with it so far.
        hint_good: whether the number passed its own arithmetic.
        newest: what a colleague saved meanwhile; the person chooses what to do.
        saved: set once, when the party is in the register.
        draft: what was typed another time and not saved; offered, never put in unasked.
    """

    kind: PartyKind = PartyKind.PERSON
    editing: PartyDetail | None = None
    hint: str = ""
    hint_good: bool = False
    suggestions: tuple[Suggestion, ...] = ()
    errors: tuple[FieldError, ...] = ()
    failure: AppError | None = None
    newest: PartyDetail | None = None
    saving: bool = False
    saved: PartySummary | None = None
    draft: KeptDraft | None = None


class PartyFormViewModel(ViewModel[PartyFormState]):
    """Registers a party or edits one."""

    def __init__(
        self, context: Context, editing: PartyDetail | None = None, parent: QObject | None = None
    ) -> None:
        kind = editing.party.kind if editing else PartyKind.PERSON
        super().__init__(context, PartyFormState(kind=kind, editing=editing), parent)

    def load(self) -> None:
        """Look for what was typed another time and not saved."""
        name = self._draft_name()
        self.context.jobs.read(
            lambda session: drafts.find(session, name),
            done=self._found_draft,
            key=f"draft-found-{id(self)}",
            latest=True,
        )

    def keep(self, values: Mapping[str, str]) -> None:
        """Keep what is typed so far, but for the number; nobody waits for it."""
        name, kind = self._draft_name(), self.state.kind.value
        kept = {key: value for key, value in values.items() if key != "number"}
        self.context.jobs.write(
            lambda session: drafts.keep(session, name, {"kind": kind, "values": kept}),
            failed=self._not_kept,
            key=f"draft-{id(self)}",
        )

    def take_draft(self) -> Mapping[str, str]:
        """Go on with what was typed another time; its values for the form."""
        draft = self.state.draft
        if draft is None:
            return {}
        if self.state.editing is None:
            self.choose_kind(PartyKind(draft.data["kind"]))
        self.change(draft=None)
        values: Mapping[str, str] = draft.data["values"]
        return values

    def fields(self) -> tuple[FormField, ...]:
        """The fields of the kind of party chosen."""
        person = self.state.kind is PartyKind.PERSON
        fields = PERSON_FIELDS if person else ORGANISATION_FIELDS
        if self.state.editing is None:
            return fields
        keep = N_("Leave empty to keep the number as it is.")
        return tuple(replace(f, help=keep) if f.name == "number" else f for f in fields)

    def values(self) -> dict[str, str]:
        """What the form starts with; a personal number is never put into it."""
        detail = self.state.editing
        if detail is None:
            return {}
        party = detail.party
        return {
            "name": party.name,
            "organisation_kind": party.organisation_kind,
            "id_kind": party.id_kind.value,
            "no_number_reason": party.no_number_reason,
            "representative_post": detail.representative_post,
            "representative_name": detail.representative_name,
            "contact": detail.contact,
            "phone": party.phone,
            "address": party.address,
            "note": detail.note,
        }

    def choose_kind(self, kind: PartyKind) -> None:
        """Person or organisation; only for a new party."""
        self.change(kind=kind, hint="", hint_good=False, suggestions=(), errors=(), failure=None)

    def typed(self, values: Mapping[str, str]) -> None:
        """Something was typed: judge the number and look for parties that may be the same."""
        self.change(failure=None, **self._judge(values))
        name, number, phone = (values.get(key, "") for key in ("name", "number", "phone"))
        editing = self.state.editing
        ignore = editing.party.id if editing else None

        def look(session: Session) -> list[Suggestion]:
            return suggest_duplicates(session, name, number, phone=phone, ignore=ignore)

        key = f"suggest-{id(self)}"
        self.context.jobs.read(look, done=self._suggested, key=key, latest=True)

    def save(self, values: Mapping[str, str]) -> None:
        """Put the party into the register, or save the edit."""
        if self.state.saving:
            return
        command, name = self._command(values), self._draft_name()
        self.change(saving=True, errors=(), failure=None)

        def write(session: Session) -> PartySummary:
            drafts.drop(session, name)
            match command:
                case EditParty():
                    return edit_party(session, command)
                case RegisterPerson():
                    return register_person(session, command)
                case RegisterOrganisation():
                    return register_organisation(session, command)

        self.context.jobs.write(
            write, done=self._saved, failed=self._failed, key=f"party-{id(self)}"
        )

    def rebase(self) -> None:
        """Go on with what is typed, knowing what the colleague saved."""
        if self.state.newest is not None:
            self.change(editing=self.state.newest, newest=None, failure=None)

    # -- private

    def _draft_name(self) -> str:
        editing = self.state.editing
        return f"party/{editing.party.id}" if editing else "party"

    def _found_draft(self, draft: KeptDraft | None) -> None:
        self.change(draft=draft)

    def _not_kept(self, _error: AppError) -> None:
        """The form is still on the screen; the next pause in typing tries again."""

    @staticmethod
    def _judge(values: Mapping[str, str]) -> dict[str, object]:
        number = values.get("number", "").strip()
        kind = IdKind(values.get("id_kind") or IdKind.RESIDENT)
        if not number or kind is IdKind.NONE:
            return {"hint": "", "hint_good": False, "errors": ()}
        party = PartyKind.ORGANISATION if kind is IdKind.CREDIT_CODE else PartyKind.PERSON
        try:
            given = check_number(party, kind, number, "")
        except InputError as error:
            return {"hint": "", "hint_good": False, "errors": error.fields}
        return {"hint": _told(kind, given.value), "hint_good": True, "errors": ()}

    def _command(
        self, values: Mapping[str, str]
    ) -> EditParty | RegisterPerson | RegisterOrganisation:
        kind = IdKind(values.get("id_kind") or IdKind.NONE)
        number = "" if kind is IdKind.NONE else values.get("number", "")
        common = {key: values.get(key, "") for key in _COMMON}
        office = {key: values.get(key, "") for key in _OFFICE}
        chosen = values.get("organisation_kind", "")
        organisation = OrganisationKind(chosen) if chosen else None
        detail = self.state.editing
        if detail is not None:
            keep = not number.strip() and kind is not IdKind.NONE
            return EditParty(
                party_id=detail.party.id,
                version=detail.party.version,
                number=None if keep else number,
                id_kind=None if keep else kind,
                organisation_kind=organisation,
                employer_id=detail.employer.id if detail.employer else None,
                representative_id=detail.representative_id,
                **common,
                **office,
            )
        if self.state.kind is PartyKind.PERSON:
            return RegisterPerson(id_kind=kind, number=number, **common)  # type: ignore[arg-type]  # as above
        return RegisterOrganisation(
            organisation_kind=organisation,
            credit_code=number,
            **common,  # type: ignore[arg-type]  # as above
            **office,  # type: ignore[arg-type]  # as above
        )

    def _suggested(self, found: list[Suggestion]) -> None:
        self.change(suggestions=tuple(found))

    def _saved(self, party: PartySummary) -> None:
        self.change(saving=False, saved=party)

    def _failed(self, error: AppError) -> None:
        if isinstance(error, InputError):
            self.change(saving=False, errors=error.fields)
            return
        self.change(saving=False, failure=error)
        detail = self.state.editing
        if isinstance(error, StaleRecord) and detail is not None:
            party_id = detail.party.id
            self.context.jobs.read(
                lambda session: party_detail(session, party_id), done=self._newest
            )

    def _newest(self, detail: PartyDetail) -> None:
        self.change(newest=detail)


def _told(kind: IdKind, number: str) -> str:
    if kind in (IdKind.RESIDENT, IdKind.HMT_RESIDENCE):
        known = birth_and_sex(number)
        if known is not None:
            birth, sex = known
            words = {"男": _("male"), "女": _("female")}
            return _("Born {birth}, {sex}").format(birth=birth.isoformat(), sex=words[sex])
    return _("The number is in order.")
