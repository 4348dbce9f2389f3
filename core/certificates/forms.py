"""The form of a step for one case: choices that only the case knows, and sensible defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from core import settings
from core.certificates.case import examine
from core.certificates.consulted import filled
from core.certificates.dossier import Dossier
from core.certificates.progress import APPLICATION
from core.certificates.registering import CERTIFICATE
from core.certificates.rules import Severity
from core.certificates.states import ROUTE, STATE_TITLES, State
from core.certificates.step import Step
from core.database import today
from core.documents.model import DocumentForm
from core.documents.service import papers_of
from core.values.forms import FormField

Choices = tuple[tuple[str, str], ...]

#: Where a case may be sent back to: stations somebody in the office can work on again.
_BACK = (
    State.ACCEPTED,
    State.PRELIMINARY,
    State.AMOUNT,
    State.EXPERT_REVIEW,
    State.TO_PUBLISH,
    State.SECOND_REVIEW,
    State.APPROVAL,
    State.APPROVED,
)


def back_targets(dossier: Dossier) -> tuple[State, ...]:
    """The earlier stations of the case's own road."""
    here = ROUTE.index(dossier.application.state) if dossier.application.state in ROUTE else 0
    return tuple(
        state for state in _BACK if ROUTE.index(state) < here and state not in dossier.scheme.skips
    )


def fields_of(session: Session, dossier: Dossier, step: Step) -> tuple[FormField, ...]:
    """The fields of a step with the case's choices and defaults put in."""
    return tuple(_filled(session, dossier, step, field) for field in step.fields)


def _filled(session: Session, dossier: Dossier, step: Step, field: FormField) -> FormField:
    choose = _CHOICES.get((step.key, field.name))
    if choose is not None:
        field = replace(field, choices=choose(session, dossier))
        if field.required and len(field.choices) == 1:
            field = replace(field, default=field.choices[0][0])
    default = _DEFAULTS.get((step.key, field.name))
    if default is not None:
        field = replace(field, default=default(session, dossier))
    if step.key == "record_expert_review":
        field = filled(session, dossier, field)
    return field


def _sets(session: Session, _dossier: Dossier) -> Choices:
    from core.carbon.model import ParameterStatus
    from core.carbon.service import sets

    day = today(session)
    return tuple(
        (one.name, one.name)
        for one in sets(session)
        if one.status is not ParameterStatus.RETIRED and one.valid_from <= day
    )


def _current_set(session: Session, _dossier: Dossier) -> str | None:
    choices = _sets(session, _dossier)
    return choices[0][0] if choices else None


def _listed(_session: Session, dossier: Dossier) -> Choices:
    return tuple((paper.key, paper.title) for paper in dossier.papers if paper.key != "extra")


def _back(_session: Session, dossier: Dossier) -> Choices:
    return tuple((state.value, STATE_TITLES[state]) for state in back_targets(dossier))


def _objections(_session: Session, dossier: Dossier) -> Choices:
    return tuple(
        (str(one.id), f"{one.objector}：{one.matter}")
        for one in dossier.objections
        if one.upheld is None
    )


def _findings(session: Session, dossier: Dossier) -> Choices:
    return tuple(
        (one.key, one.text)
        for one in examine(session, dossier)
        if one.severity is Severity.REASON and not one.answered
    )


def _documents(session: Session, dossier: Dossier) -> Choices:
    made = list(papers_of(session, APPLICATION, dossier.application.id))
    if dossier.certificate is not None:
        made += papers_of(session, CERTIFICATE, dossier.certificate.id)
    return tuple(
        (str(one.id), f"{one.title} {one.number}".strip())
        for one in made
        if one.form is DocumentForm.ORIGINAL and one.kind != "delivery_record"
    )


_CHOICES: Mapping[tuple[str, str], Callable[[Session, Dossier], Choices]] = {
    ("take_paper", "key"): _listed,
    ("compute_amount", "parameter_set"): _sets,
    ("send_back", "to"): _back,
    ("answer_objection", "objection"): _objections,
    ("answer_finding", "finding"): _findings,
    ("record_delivery", "document"): _documents,
}

_DEFAULTS: Mapping[tuple[str, str], Callable[[Session, Dossier], str | None]] = {
    ("receive", "received_on"): lambda _s, dossier: dossier.application.received_on.isoformat(),
    ("registry_letter", "reply_days"): lambda _s, dossier: str(dossier.scheme.reply_days),
    ("publish_notice", "days"): lambda _s, dossier: str(dossier.scheme.notice_days),
    ("compute_amount", "parameter_set"): _current_set,
    ("not_accept", "proper_body"): lambda session, _d: settings.office(session).proper_body,
    ("enter", "remarks"): lambda _s, dossier: dossier.application.remarks,
    ("registry_answer", "answered_on"): lambda session, _d: today(session).isoformat(),
    ("record_filing", "filed_on"): lambda session, _d: today(session).isoformat(),
    ("record_filing", "filed"): lambda _s, _d: "yes",
    ("receive_objection", "received_on"): lambda session, _d: today(session).isoformat(),
    ("record_delivery", "delivered_on"): lambda session, _d: today(session).isoformat(),
    ("record_expert_review", "met_on"): lambda session, _d: today(session).isoformat(),
}
