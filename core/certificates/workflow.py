"""Taking a step: the one way a case moves, for dialogs, command line, imports and tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.orm import Session

from core import requests
from core.certificates import anytime, deciding, intake, issuing, notice, registering, review
from core.certificates.case import examine
from core.certificates.commands import ApplicationSummary
from core.certificates.dossier import Dossier, open_dossier
from core.certificates.forms import fields_of
from core.certificates.index import index_application
from core.certificates.model import Application
from core.certificates.obstacles import obstacle
from core.certificates.progress import APPLICATION, Outcome, record
from core.certificates.rules import Finding, Severity, barring
from core.certificates.states import STATE_TITLES, State
from core.certificates.step import Step
from core.certificates.steps import STEPS
from core.certificates.summaries import application_summary, search_words
from core.certificates.taking import Handler, Taking
from core.database import actor, load_for_edit, require
from core.errors import InputError, NotFound, NotPermitted, RuleViolation
from core.i18n import N_, _, listed
from core.messages import fact, register, text
from core.values.cells import Shown
from core.values.forms import labelled, parse_form

register(
    {
        "certificates.step_unknown": N_("There is no step “{step}”; steps are: {known}."),
        "certificates.wrong_state": N_("“{step}” is not possible now: the case is “{state}”."),
    }
)

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "receive": intake.receive,
        "take_paper": intake.take_paper,
        "request_correction": intake.request_correction,
        "correction_received": intake.correction_received,
        "accept": intake.accept,
        "not_accept": intake.not_accept,
        "begin_review": review.begin_review,
        "registry_letter": review.registry_letter,
        "registry_answer": review.registry_answer,
        "site_visit": review.site_visit,
        "pass_preliminary": review.pass_preliminary,
        "compute_amount": review.compute_amount,
        "sign_off_parameters": review.sign_off_parameters,
        "examine_amount": review.examine_amount,
        "record_expert_review": review.record_expert_review,
        "publish_notice": notice.publish_notice,
        "receive_objection": notice.receive_objection,
        "answer_objection": notice.answer_objection,
        "close_notice": notice.close_notice,
        "pass_second_review": deciding.pass_second_review,
        "approve": deciding.approve,
        "send_filing": deciding.send_filing,
        "record_filing": deciding.record_filing,
        "check_entry": registering.check_entry,
        "enter": registering.enter,
        "make_certificate": issuing.make_certificate,
        "issue": issuing.issue,
        "archive": issuing.archive,
        "send_back": anytime.send_back,
        "request_supplement": anytime.request_supplement,
        "supplement_received": anytime.supplement_received,
        "answer_finding": anytime.answer_finding,
        "allow_same_person": anytime.allow_same_person,
        "refuse": anytime.refuse,
        "withdraw": anytime.withdraw,
        "make_undertaking": anytime.make_undertaking,
        "record_delivery": anytime.record_delivery,
    }
)


@dataclass(frozen=True)
class StepOffer:
    """A step that may be taken in the case's state.

    Attributes:
        step: with the case's choices and defaults in its fields.
        reasons: why not, each with its code and facts and as a sentence.
    """

    step: Step
    reasons: tuple[Shown, ...] = ()

    @property
    def permitted(self) -> bool:
        """Whether this person may take it now."""
        return not self.reasons

    @property
    def why_not(self) -> str:
        """The reasons in the language of the screen, a line for each."""
        return "\n".join(one.text for one in self.reasons)


def advance(
    session: Session,
    application_id: int,
    version: int,
    step_key: str,
    values: Mapping[str, object] | None = None,
    *,
    request_id: UUID | None = None,
) -> ApplicationSummary:
    """Take a step of a case.

    Args:
        session: a write session.
        application_id: the case.
        version: the version the person saw; anything saved since refuses the step.
        step_key: key of the step.
        values: the step's form, as typed or already typed values.
        request_id: makes a repeated command return the first result.

    Raises:
        InputError: unknown step, or wrong fields (all at once).
        NotPermitted: the person may not take this step.
        NotFound, StaleRecord: no such case, or saved by somebody else since.
        RuleViolation: wrong state, papers outstanding, findings in the way, duties in one hand.
    """

    def act() -> int:
        return _advance(session, (application_id, version), step_key, values or {})

    documents: list[int] = []
    session.info["made_documents"] = documents
    case = requests.once(session, request_id, f"{APPLICATION}.{step_key}", act)
    return replace(application_summary(session, case), documents=tuple(documents))


def known_step(key: str) -> Step:
    """The step of that key.

    Raises:
        InputError: field ``step``; there is none, with the keys there are.
    """
    step = STEPS.get(key)
    if step is None:
        raise InputError.of("step", "certificates.step_unknown", step=key, known=listed(STEPS))
    return step


def _advance(
    session: Session, seen: tuple[int, int], step_key: str, values: Mapping[str, object]
) -> int:
    step = known_step(step_key)
    require(session, step.permission)
    application = load_for_edit(session, Application, *seen)
    _require_state(application, step)
    dossier = open_dossier(session, application)
    hindrance = obstacle(session, dossier, step)
    if hindrance is not None:
        raise hindrance
    fields = fields_of(session, dossier, step)
    try:
        given = parse_form(fields, values)
        outcome = HANDLERS[step.key](Taking(session, application, step, given))
    except InputError as wrong:
        raise labelled(wrong, fields) from wrong
    outcome = replace(outcome, to=_landing(dossier, step, outcome))
    record(session, application, step, outcome)
    index_application(session, application, search_words(dossier))
    session.info["made_documents"].extend(outcome.documents)
    return application.id


def _landing(dossier: Dossier, step: Step, outcome: Outcome) -> State | None:
    target = outcome.to or step.target
    return dossier.scheme.station(target) if target is not None else None


def _require_state(application: Application, step: Step) -> None:
    if application.state not in step.sources:
        raise RuleViolation(
            "certificates.wrong_state",
            step=_(step.title),
            state=_(STATE_TITLES[application.state]),
        )


def available_steps(session: Session, application_id: int) -> tuple[StepOffer, ...]:
    """The steps of a case's state, the main one first; each with why it is not possible.

    Raises:
        NotFound: no such case.
    """
    application = session.get(Application, application_id)
    if application is None:
        raise NotFound("record.not_found")
    dossier = open_dossier(session, application)
    return offers(session, dossier, examine(session, dossier))


def offers(
    session: Session, dossier: Dossier, findings: tuple[Finding, ...]
) -> tuple[StepOffer, ...]:
    """The offers of an opened case whose findings are known; at most one step is `main`."""
    state = dossier.application.state
    useful = [
        step
        for step in STEPS.values()
        if state in step.sources and _sensible(dossier, step, findings)
    ]
    mains = [step.key for step in useful if step.main and not _is_done(dossier, step, findings)]
    made = [
        _offer(session, dossier, replace(step, main=step.key in mains[:1]), findings)
        for step in useful
    ]
    return tuple(sorted(made, key=lambda one: not one.step.main))


def _offer(
    session: Session, dossier: Dossier, step: Step, findings: tuple[Finding, ...]
) -> StepOffer:
    offered = replace(step, fields=fields_of(session, dossier, step))
    return StepOffer(offered, tuple(_reasons(session, dossier, step, findings)))


def _reasons(
    session: Session, dossier: Dossier, step: Step, findings: tuple[Finding, ...]
) -> Iterator[Shown]:
    """Why the step cannot be taken now; what needs no case first, the findings last."""
    if not actor(session).may(step.permission):
        why = NotPermitted("access.not_permitted", permission=step.permission)
        yield Shown(fact(why), _("Your role does not include this step."))
        return
    hindrance = obstacle(session, dossier, step)
    if hindrance is not None:
        yield Shown(fact(hindrance), text(hindrance))
        return
    for one in barring(findings, step.key):
        yield Shown({"code": f"finding.{one.id}", "params": one.params}, one.text)


def _sensible(dossier: Dossier, step: Step, findings: tuple[Finding, ...]) -> bool:
    """Whether a side step has anything to do in this case."""
    letter = dossier.consultation
    waiting = letter is not None and not letter.answer
    useful = {
        "registry_letter": dossier.scheme.registry_check and not waiting,
        "registry_answer": waiting,
        "sign_off_parameters": any(one.id == "parameters_unconfirmed" for one in findings),
        "answer_objection": any(one.upheld is None for one in dossier.objections),
        "answer_finding": any(one.severity is Severity.REASON for one in findings),
        "supplement_received": dossier.application.supplement_open,
        "request_supplement": not dossier.application.supplement_open,
        "allow_same_person": not dossier.overrides,
        "send_filing": not deciding.is_sent(dossier),
        "record_filing": deciding.is_sent(dossier),
    }
    return useful.get(step.key, True)


def _is_done(dossier: Dossier, step: Step, findings: tuple[Finding, ...]) -> bool:
    """Whether a main step that stays in its state has done its work: then the next one is main."""
    stale = any(one.id == "amount_stale" for one in findings)
    done = {
        "registry_letter": dossier.consultation is not None
        and not any(one.id == "registry_other_land" for one in findings),
        "compute_amount": not stale,
    }
    return done.get(step.key, False)
