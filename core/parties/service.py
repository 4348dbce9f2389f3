"""Use cases of the party register. Each is one verb, takes the session first, never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.database import actor, load_for_edit, now, require
from core.errors import FieldError, InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties import index
from core.parties.model import (
    NotADuplicate,
    OrganisationKind,
    Party,
    PartyKind,
    PersonalNumber,
    Qualification,
    QualityNote,
)
from core.parties.queries import PartySummary, resolve, summary
from core.parties.rules import NumberGiven, check_party, clean_name
from core.values.identity import IdKind, mask, tail

register(
    {
        "parties.reason_required": N_("Give a reason; it is kept with the record."),
        "parties.same_party": N_("Choose two different parties."),
        "parties.kinds_differ": N_("A person and an organisation cannot be merged."),
        "parties.already_merged": N_("This party was already merged into another one."),
        "parties.qualification_missing": N_("Say what the qualification is."),
        "parties.dates_crossed": N_("The last day is before the first day."),
        "parties.employer_wrong": N_("The employer must be an organisation of the register."),
        "parties.no_number": N_("No number is recorded for this party."),
    }
)

PARTY = "party"


@dataclass(frozen=True, kw_only=True)
class RegisterPerson:
    """A person to enter. `number` is empty with `IdKind.NONE`, which needs a reason."""

    name: str
    id_kind: IdKind
    number: str = ""
    no_number_reason: str = ""
    phone: str = ""
    address: str = ""
    employer_id: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterOrganisation:
    """An organisation to enter; without a credit code `no_number_reason` is required."""

    name: str
    organisation_kind: OrganisationKind | None
    credit_code: str = ""
    no_number_reason: str = ""
    representative_post: str = ""
    representative_name: str = ""
    representative_id: int | None = None
    contact: str = ""
    phone: str = ""
    address: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class EditParty:
    """The whole form of a party as saved again.

    `number=None` keeps the number as it is, so that a form that shows the mask never sends it.
    """

    party_id: int
    version: int
    name: str
    number: str | None = None
    id_kind: IdKind | None = None
    no_number_reason: str = ""
    organisation_kind: OrganisationKind | None = None
    representative_post: str = ""
    representative_name: str = ""
    representative_id: int | None = None
    contact: str = ""
    phone: str = ""
    address: str = ""
    employer_id: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AddQualification:
    """A qualification of a measuring body."""

    party_id: int
    kind: str
    number: str = ""
    issuer: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


def register_person(session: Session, command: RegisterPerson) -> PartySummary:
    """Enter a person.

    Raises:
        InputError: every wrong field at once.
        NotPermitted: without `parties.edit`.
    """
    require(session, "parties.edit")
    given = check_person(command)
    _check_employer(session, command.employer_id)
    party = _new_party(session, PartyKind.PERSON, command.name, given)
    party.phone = command.phone.strip()
    party.address = command.address.strip()
    party.employer_id = command.employer_id
    party.note = command.note.strip()
    return _added(session, party, given)


def register_people(session: Session, commands: Sequence[RegisterPerson]) -> list[int]:
    """Enter many new people at once, as an import does; each as `register_person` would.

    Returns:
        their ids, in the order of the commands.

    Raises:
        InputError: of the first wrong one; check them with `check_person` before.
        NotPermitted: without `parties.edit`.
    """
    require(session, "parties.edit")
    given = [check_person(command) for command in commands]
    people = []
    for command, number in zip(commands, given, strict=True):
        party = _new_party(session, PartyKind.PERSON, command.name, number)
        party.phone, party.address = command.phone.strip(), command.address.strip()
        party.employer_id, party.note = command.employer_id, command.note.strip()
        people.append(party)
    session.add_all(people)
    session.flush()
    for party, number in zip(people, given, strict=True):
        if number.value:
            session.add(_number_row(PersonalNumber(party_id=party.id), number))
        history.record(session, PARTY, party.id, "registered")
    session.flush()
    index.write_new(
        session, [(party, tail(one.value)) for party, one in zip(people, given, strict=True)]
    )
    return [party.id for party in people]


def check_person(command: RegisterPerson) -> NumberGiven:
    """Check a person as entered, without asking the database.

    Raises:
        InputError: every wrong field at once.
    """
    number = (command.id_kind, command.number, command.no_number_reason)
    return check_party(PartyKind.PERSON, command.name, number, None)


def register_organisation(session: Session, command: RegisterOrganisation) -> PartySummary:
    """Enter an organisation.

    Raises:
        InputError: every wrong field at once.
        NotPermitted: without `parties.edit`.
    """
    require(session, "parties.edit")
    kind = IdKind.CREDIT_CODE if command.credit_code.strip() else IdKind.NONE
    given = check_party(
        PartyKind.ORGANISATION,
        command.name,
        (kind, command.credit_code, command.no_number_reason),
        command.organisation_kind,
    )
    party = _new_party(session, PartyKind.ORGANISATION, command.name, given)
    party.organisation_kind = command.organisation_kind
    party.credit_code = given.value
    party.representative_post = command.representative_post.strip()
    party.representative_name = clean_name(command.representative_name)
    party.representative_id = command.representative_id
    party.contact = command.contact.strip()
    party.phone = command.phone.strip()
    party.address = command.address.strip()
    party.note = command.note.strip()
    return _added(session, party, given)


def edit_party(session: Session, command: EditParty) -> PartySummary:
    """Save the form of a party again.

    Raises:
        StaleRecord: somebody else saved it since `command.version`.
        InputError: every wrong field at once.
        RuleViolation: the party was merged into another one.
    """
    require(session, "parties.edit")
    party = load_for_edit(session, Party, command.party_id, command.version)
    _refuse_merged(party)
    given = _given_by_edit(session, party, command)
    _check_employer(session, command.employer_id)
    _name(party, command.name)
    party.organisation_kind = command.organisation_kind
    party.representative_post = command.representative_post.strip()
    party.representative_name = clean_name(command.representative_name)
    party.representative_id = command.representative_id
    party.contact = command.contact.strip()
    party.phone = command.phone.strip()
    party.address = command.address.strip()
    party.employer_id = command.employer_id
    party.note = command.note.strip()
    if given is not None:
        _set_number(session, party, given)
    session.flush()
    history.record(session, PARTY, party.id, "edited")
    index.write(session, party)
    return summary(session, party.id)


def _given_by_edit(session: Session, party: Party, command: EditParty) -> NumberGiven | None:
    if command.number is None:
        stored = session.get(PersonalNumber, party.id)
        kind = stored.kind if stored else IdKind.CREDIT_CODE
        value = stored.value if stored else party.credit_code
        number = (kind, value, "") if value else (IdKind.NONE, "", party.no_number_reason or " ")
        if not value and not party.no_number_reason:
            number = (IdKind.NONE, "", command.no_number_reason)
        check_party(party.kind, command.name, number, command.organisation_kind)
        return None
    default = IdKind.CREDIT_CODE if party.kind is PartyKind.ORGANISATION else IdKind.RESIDENT
    kind = command.id_kind or (default if command.number.strip() else IdKind.NONE)
    number = (kind, command.number, command.no_number_reason)
    return check_party(party.kind, command.name, number, command.organisation_kind)


def _new_party(session: Session, kind: PartyKind, name: str, given: NumberGiven) -> Party:
    party = Party(kind=kind, created_at=now(session), no_number_reason=given.reason)
    _name(party, name)
    return party


def _name(party: Party, name: str) -> None:
    from core.values.pinyin import initials, sort_key

    party.name = clean_name(name)
    party.pinyin = sort_key(party.name)
    party.initials = initials(party.name)


def _added(session: Session, party: Party, given: NumberGiven) -> PartySummary:
    session.add(party)
    session.flush()
    _set_number(session, party, given)
    history.record(session, PARTY, party.id, "registered")
    index.write(session, party)
    return summary(session, party.id)


def _set_number(session: Session, party: Party, given: NumberGiven) -> None:
    party.no_number_reason = given.reason
    if party.kind is PartyKind.ORGANISATION:
        party.credit_code = given.value
        return
    stored = session.get(PersonalNumber, party.id)
    if not given.value:
        if stored is not None:
            session.delete(stored)
        return
    if stored is None:
        stored = PersonalNumber(party_id=party.id)
        session.add(stored)
    _number_row(stored, given)
    session.flush()


def _number_row(stored: PersonalNumber, given: NumberGiven) -> PersonalNumber:
    stored.kind, stored.value = given.kind, given.value
    stored.mask, stored.tail = mask(given.value), tail(given.value)
    return stored


def _check_employer(session: Session, employer_id: int | None) -> None:
    if employer_id is None:
        return
    employer = session.get(Party, employer_id)
    if employer is None or employer.kind is not PartyKind.ORGANISATION:
        raise InputError.of("employer_id", "parties.employer_wrong")


def _refuse_merged(party: Party) -> None:
    if party.merged_into_id is not None:
        raise RuleViolation("parties.already_merged")


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError.of("reason", "parties.reason_required")
    return text.strip()


def set_active(
    session: Session, party_id: int, version: int, *, active: bool, reason: str
) -> PartySummary:
    """Take a party out of the choices for new records, or put it back; nothing is deleted."""
    require(session, "parties.edit")
    party = load_for_edit(session, Party, party_id, version)
    _refuse_merged(party)
    party.active = active
    event = "reactivated" if active else "deactivated"
    history.record(session, PARTY, party.id, event, reason=_reason(reason))
    session.flush()
    return summary(session, party.id)


def not_a_duplicate(session: Session, first_id: int, second_id: int, reason: str) -> None:
    """Keep the verdict that two parties are two; they are not suggested again."""
    require(session, "parties.edit")
    low, high = sorted((first_id, second_id))
    if low == high:
        raise InputError.of("party", "parties.same_party")
    for party_id in (low, high):
        _existing(session, party_id)
    found = session.scalar(
        select(NotADuplicate.id).where(
            NotADuplicate.first_id == low, NotADuplicate.second_id == high
        )
    )
    if found is not None:
        return
    session.add(
        NotADuplicate(
            first_id=low,
            second_id=high,
            reason=_reason(reason),
            decided_by=actor(session).name,
            decided_at=now(session),
        )
    )
    history.record(session, PARTY, low, "not_a_duplicate", reason=reason, data={"other": high})
    history.record(session, PARTY, high, "not_a_duplicate", reason=reason, data={"other": low})


def merge(
    session: Session, keep_id: int, merged_id: int, version: int, reason: str
) -> PartySummary:
    """Say that `merged_id` is `keep_id`. Issued records keep their party; reads resolve it.

    Args:
        session: a write session.
        keep_id: the party that stays.
        merged_id: the party that turned out to be the same.
        version: the version of `merged_id` the person saw.
        reason: why; kept in both histories.

    Raises:
        InputError: the same party twice, or no reason.
        RuleViolation: a person and an organisation, or already merged.
        StaleRecord: `merged_id` was saved by somebody else.
    """
    require(session, "parties.merge")
    if resolve(session, keep_id) == merged_id or keep_id == merged_id:
        raise InputError.of("party", "parties.same_party")
    keep = _existing(session, resolve(session, keep_id))
    merged = load_for_edit(session, Party, merged_id, version)
    _refuse_merged(merged)
    if keep.kind is not merged.kind:
        raise RuleViolation("parties.kinds_differ")
    merged.merged_into_id = keep.id
    merged.active = False
    reason = _reason(reason)
    history.record(session, PARTY, merged.id, "merged", reason=reason, data={"into": keep.id})
    history.record(session, PARTY, keep.id, "absorbed", reason=reason, data={"party": merged.id})
    session.flush()
    index.remove(session, merged.id)
    index.write(session, keep)
    return summary(session, keep.id)


def _existing(session: Session, party_id: int) -> Party:
    party = session.get(Party, party_id)
    if party is None:
        raise NotFound("record.not_found")
    return party


def reveal_number(session: Session, party_id: int, reason: str) -> str:
    """The identity number in clear, for a person who may see it; leaves a line in the history.

    Raises:
        NotPermitted: without `parties.reveal`.
        InputError: no reason.
        NotFound: no such party, or no number is recorded.
    """
    require(session, "parties.reveal")
    party = _existing(session, resolve(session, party_id))
    why = _reason(reason)
    stored = session.get(PersonalNumber, party.id)
    value = stored.value if stored else party.credit_code
    if not value:
        raise NotFound("parties.no_number")
    history.record(session, PARTY, party.id, "number_revealed", reason=why)
    return value


def add_qualification(session: Session, command: AddQualification) -> None:
    """Enter a qualification of a measuring body; it makes the party one.

    Raises:
        InputError: no kind, or dates crossed.
    """
    require(session, "parties.edit")
    party = _existing(session, command.party_id)
    errors = []
    if not command.kind.strip():
        errors.append(FieldError("kind", "parties.qualification_missing"))
    if command.valid_from and command.valid_to and command.valid_to < command.valid_from:
        errors.append(FieldError("valid_to", "parties.dates_crossed"))
    if errors:
        raise InputError(*errors)
    session.add(
        Qualification(
            party_id=party.id,
            kind=command.kind.strip(),
            number=command.number.strip(),
            issuer=command.issuer.strip(),
            valid_from=command.valid_from,
            valid_to=command.valid_to,
        )
    )
    history.record(session, PARTY, party.id, "qualification_added", data={"kind": command.kind})


def note_quality(session: Session, party_id: int, noted_on: date, text: str) -> None:
    """Add a line to the quality record of a measuring body; lines are never changed."""
    require(session, "parties.edit")
    party = _existing(session, party_id)
    session.add(
        QualityNote(
            party_id=party.id,
            noted_on=noted_on,
            text=_reason(text),
            noted_by=actor(session).name,
        )
    )
    history.record(session, PARTY, party.id, "quality_noted")
