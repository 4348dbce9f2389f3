"""What the expert committee concluded of a case, as the form of its review step has it.

Where a meeting has concluded the case, its result is what is recorded; where one is still to
conclude it, nothing is typed in its place. Cases that no meeting has on its agenda are recorded by
hand, as offices without a committee in the program do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from core.certificates.dossier import Dossier
from core.certificates.progress import APPLICATION
from core.certificates.taking import Taking
from core.committee.results import CommitteeResult, pending_meeting, result_of
from core.errors import FieldError, InputError, RuleViolation
from core.i18n import N_
from core.messages import register
from core.values.forms import FormField

register(
    {
        "certificates.committee_pending": N_(
            "The meeting {meeting} has this case on its agenda; its result is recorded then."
        ),
        "certificates.committee_differs": N_(
            "The meeting {meeting} concluded otherwise: “{value}”. Leave the field as it is."
        ),
    }
)

#: Fields of the step that follow from the meeting.
FIELDS = (
    "met_on",
    "place",
    "experts",
    "recused",
    "result",
    "votes_for",
    "votes_against",
    "abstentions",
    "opinion",
    "changes",
    "dissent",
)


def conclusion(session: Session, dossier: Dossier) -> CommitteeResult | None:
    """The newest conclusion about a case that is not recorded in it yet."""
    found = result_of(session, (APPLICATION, dossier.application.id))
    used = {one.committee_case_id for one in dossier.reviews}
    return None if found is None or found.meeting_case_id in used else found


def filled(session: Session, dossier: Dossier, field: FormField) -> FormField:
    """A field of the review step with the meeting's word in it; nothing need be typed then."""
    found = conclusion(session, dossier)
    if found is None or field.name not in FIELDS:
        return field
    return replace(field, default=_values(found)[field.name], required=False)


def concluded(taking: Taking) -> tuple[Taking, int | None]:
    """The step with the committee's result in its form, and the item of the agenda it comes from.

    Raises:
        RuleViolation: a meeting has the case on its agenda and has not concluded it.
        InputError: something was typed that the meeting did not say.
    """
    session, dossier = taking.session, taking.dossier()
    pending = pending_meeting(session, (APPLICATION, taking.application.id))
    if pending:
        raise RuleViolation("certificates.committee_pending", meeting=pending)
    found = conclusion(session, dossier)
    if found is None:
        return taking, None
    known = _typed(found)
    wrong = [
        FieldError(
            name,
            "certificates.committee_differs",
            {"meeting": found.meeting, "value": _values(found)[name]},
        )
        for name, value in taking.values.items()
        if name in known and value not in {None, ""} and value != known[name]
    ]
    if wrong:
        raise InputError(*wrong)
    return replace(taking, values={**taking.values, **known}), found.meeting_case_id


def _typed(found: CommitteeResult) -> Mapping[str, object]:
    return {
        "met_on": found.met_on,
        "place": " ".join(found.place.split()),
        "experts": "、".join(found.experts),
        "recused": found.recused,
        "result": found.result.value,
        "votes_for": found.votes_for,
        "votes_against": found.votes_against,
        "abstentions": found.abstentions,
        "opinion": found.opinion,
        "changes": found.changes,
        "dissent": found.dissent,
    }


def _values(found: CommitteeResult) -> Mapping[str, str]:
    """The same as it would be typed."""
    return {name: str(value) for name, value in _typed(found).items()}
