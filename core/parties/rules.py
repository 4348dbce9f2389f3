"""Pure rules of the party register: what a complete party is, and who looks like whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.errors import FieldError, InputError
from core.i18n import N_
from core.messages import register
from core.parties.model import OrganisationKind, PartyKind
from core.values.identity import IdKind, check
from core.values.text import require_visible

register(
    {
        "parties.name_missing": N_("Enter the name."),
        "parties.reason_missing": N_("Say why there is no number (for instance: not registered)."),
        "parties.organisation_kind_missing": N_("Choose what kind of organisation it is."),
        "parties.id_kind_wrong": N_("This kind of number does not belong to this kind of party."),
    }
)

#: Names as they are printed; stored values of `IdKind` stay language-free.
PERSON_ID_KINDS = (
    IdKind.RESIDENT,
    IdKind.HMT_RESIDENCE,
    IdKind.FOREIGN_RESIDENCE,
    IdKind.PASSPORT,
    IdKind.NONE,
)
ORGANISATION_ID_KINDS = (IdKind.CREDIT_CODE, IdKind.NONE)


class Likeness(StrEnum):
    """Why two parties may be one."""

    SAME_NUMBER = "same_number"
    SAME_NAME = "same_name"
    SAME_TAIL = "same_tail"
    SAME_SOUND = "same_sound"
    SAME_PHONE = "same_phone"
    REPRESENTATIVE = "representative"


LIKENESS_TITLES = {
    Likeness.SAME_NUMBER: N_("same number"),
    Likeness.SAME_NAME: N_("same name"),
    Likeness.SAME_TAIL: N_("same last four characters of the number"),
    Likeness.SAME_SOUND: N_("name sounds the same"),
    Likeness.SAME_PHONE: N_("same telephone"),
    Likeness.REPRESENTATIVE: N_("same name as a legal representative"),
}

_WEIGHT = {
    Likeness.SAME_NUMBER: 100,
    Likeness.SAME_NAME: 40,
    Likeness.SAME_SOUND: 25,
    Likeness.SAME_PHONE: 25,
    Likeness.REPRESENTATIVE: 20,
    Likeness.SAME_TAIL: 15,
}

#: While a party is being entered, one look is cheap: anything but a bare tail is shown.
ENTRY_THRESHOLD = 20
#: In the list of all pairs a namesake by sound alone is chance and would bury the rest.
PAIR_THRESHOLD = 40


def weight(reasons: Iterable[Likeness]) -> int:
    """How strongly the reasons together suggest one party."""
    return sum(_WEIGHT[reason] for reason in reasons)


@dataclass(frozen=True, kw_only=True)
class NumberGiven:
    """A checked number: its kind, the normalised text (empty for none) and the reason for none."""

    kind: IdKind
    value: str
    reason: str = ""


def clean_name(text: str) -> str:
    """The name without outer blanks and doubled inner ones; full-width blanks count as blanks."""
    return " ".join(text.replace("\u3000", " ").split())


def check_name(text: str) -> list[FieldError]:
    """What is wrong with a name; never its characters: any Unicode letter may be a name."""
    if not clean_name(text):
        return [FieldError("name", "parties.name_missing")]
    try:
        require_visible("name", clean_name(text))
    except InputError as error:
        return list(error.fields)
    return []


def check_number(party: PartyKind, kind: IdKind, number: str, reason: str) -> NumberGiven:
    """The number of a party, normalised.

    Raises:
        InputError: wrong kind, missing, or wrong by its own arithmetic (see
            :mod:`core.values.identity`); "none" without a reason.
    """
    allowed = PERSON_ID_KINDS if party is PartyKind.PERSON else ORGANISATION_ID_KINDS
    if kind not in allowed:
        raise InputError.of("id_kind", "parties.id_kind_wrong")
    if kind is IdKind.NONE:
        if not reason.strip():
            raise InputError.of("no_number_reason", "parties.reason_missing")
        return NumberGiven(kind=kind, value="", reason=reason.strip())
    return NumberGiven(kind=kind, value=check(kind, number))


def check_party(
    party: PartyKind,
    name: str,
    number: tuple[IdKind, str, str],
    organisation_kind: OrganisationKind | None,
) -> NumberGiven:
    """Check a whole party at once, so that a clerk sees every wrong field together.

    Args:
        party: person or organisation.
        name: the name as typed.
        number: kind, text and reason for none.
        organisation_kind: required for an organisation.

    Raises:
        InputError: listing every wrong field.
    """
    errors = check_name(name)
    if party is PartyKind.ORGANISATION and organisation_kind is None:
        errors.append(FieldError("organisation_kind", "parties.organisation_kind_missing"))
    given = NumberGiven(kind=IdKind.NONE, value="")
    try:
        given = check_number(party, *number)
    except InputError as error:
        errors.extend(error.fields)
    if errors:
        raise InputError(*errors)
    return given
