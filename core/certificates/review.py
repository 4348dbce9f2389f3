"""The examination: title, site, amount, experts."""

from __future__ import annotations

from decimal import Decimal

from core import settings
from core.carbon.rules import CarbonAmount, Deductions, compute
from core.carbon.service import usable_set
from core.carbon.values import uncertainty_steps
from core.certificates import amount, papers
from core.certificates.case import require_clear
from core.certificates.consulted import concluded
from core.certificates.dossier import Dossier
from core.certificates.model import (
    CarbonCalculation,
    Consultation,
    ExpertReview,
    ParameterSignOff,
    SiteVisit,
)
from core.certificates.progress import Outcome, end_stop, start_stop
from core.certificates.states import State, StopKind
from core.certificates.taking import Taking
from core.database import actor, now
from core.errors import InputError, RuleViolation
from core.i18n import N_
from core.messages import register
from core.values.tonnes import Tonnes

register(
    {
        "certificates.letter_open": N_("A letter to the title registry is waiting for its answer."),
        "certificates.no_letter": N_("No letter to the title registry is waiting for an answer."),
        "certificates.deductions_reason": N_("Say what the deductions are for."),
        "certificates.no_calculation": N_("Compute the amount first."),
        "certificates.signed_off": N_("This calculation is signed off already."),
        "certificates.parameters_fine": N_(
            "This parameter set is confirmed; no sign-off is needed."
        ),
        "certificates.changes_missing": N_("Write down the changes the experts ask for."),
        "certificates.votes": N_("There are {votes} votes but {experts} experts."),
        "certificates.no_experts": N_("Name at least one expert."),
    }
)


def begin_review(taking: Taking) -> Outcome:  # noqa: ARG001 - the step itself is the record
    """The reviewer takes the case up."""
    return Outcome()


def registry_letter(taking: Taking) -> Outcome:
    """关于核实林权登记情况的函: the clock stands still until the answer."""
    session, application = taking.session, taking.application
    dossier = taking.dossier()
    if dossier.consultation is not None and not dossier.consultation.answer:
        raise RuleViolation("certificates.letter_open")
    body = settings.office(session).registry_body
    days = taking.number("reply_days") or dossier.scheme.reply_days
    number = taking.take("letter")
    session.add(
        Consultation(
            application_id=application.id,
            body=body,
            letter_number=number.text,
            parcels=[line.parcel.id for line in dossier.parcels],
            sent_on=taking.today,
            reply_days=days,
        )
    )
    start_stop(session, application, StopKind.CONSULTATION, taking.today)
    letter = papers.registry_letter(dossier, body, days)
    document = papers.put(session, dossier, "registry_letter", letter, number)
    return Outcome(documents=(document,), data={"letter": number.text})


def registry_answer(taking: Taking) -> Outcome:
    """The registry's answer: what the register of titles says of the land."""
    application = taking.application
    letter = taking.dossier().consultation
    if letter is None or letter.answer:
        raise RuleViolation("certificates.no_letter")
    letter.answer = taking.text("answer")
    letter.answer_number = taking.text("answer_number")
    letter.answered_on = taking.past_day("answered_on")
    letter.text = taking.text("text")
    application.registry_clear = letter.answer == "clear"
    digest = taking.keep_file()
    end_stop(taking.session, application, StopKind.CONSULTATION, taking.today)
    return Outcome(
        reason=letter.text,
        data={"answer": letter.answer, "number": letter.answer_number, "sha256": digest},
    )


def site_visit(taking: Taking) -> Outcome:
    """现场核查: its days do not count."""
    first, last = taking.past_day("from_day"), taking.past_day("to_day")
    if last < first:
        raise InputError.of("to_day", "certificates.order")
    conclusion = taking.text("conclusion")
    taking.session.add(
        SiteVisit(
            application_id=taking.application.id,
            from_day=first,
            to_day=last,
            people=taking.text("people"),
            conclusion=conclusion,
            disturbance=taking.text("disturbance"),
        )
    )
    digest = taking.keep_file()
    start_stop(taking.session, taking.application, StopKind.FIELD_WORK, first, last)
    return Outcome(
        reason=conclusion,
        data={
            "from": first,
            "to": last,
            "disturbance": taking.text("disturbance"),
            "sha256": digest,
        },
    )


def pass_preliminary(taking: Taking) -> Outcome:
    """初审意见; the title registry must have answered."""
    require_clear(taking.session, taking.dossier(), taking.step.key)
    return Outcome(reason=taking.text("opinion"))


def compute_amount(taking: Taking) -> Outcome:
    """核算: the amount of the strata with a parameter set; every input is kept."""
    session, application = taking.session, taking.application
    dossier = taking.dossier()
    named = amount.set_by_name(session, taking.text("parameter_set"))
    chosen = usable_set(session, named.id, taking.today)
    taken = _deductions(taking)
    strata = [amount.stratum(line) for line in dossier.parcels]
    result = compute(strata, chosen.parameters, taken)
    found = amount.inputs(application, dossier.parcels)
    session.add(
        CarbonCalculation(
            application_id=application.id,
            parameter_set=chosen.name,
            parameter_status=chosen.status.value,
            baseline=_tonnes(taking, "baseline"),
            leakage=_tonnes(taking, "leakage"),
            deduction=_tonnes(taking, "deduction"),
            deduction_reason=taking.text("deduction_reason"),
            uncertainty=str(taken.uncertainty_percent),
            tonnes=result.tonnes,
            formula=result.formula,
            lines=_lines(result, dossier),
            inputs=found,
            inputs_hash=amount.inputs_hash(found),
            made_by=actor(session).name,
            made_by_id=actor(session).account_id,
            made_at=now(session),
        )
    )
    return Outcome(data={"tonnes": result.tonnes, "parameter_set": chosen.name})


def _tonnes(taking: Taking, name: str) -> Tonnes:
    value = taking.values.get(name)
    return value if isinstance(value, Tonnes) else Tonnes(0)


def _deductions(taking: Taking) -> Deductions:
    baseline, leakage, other = (
        _tonnes(taking, name).amount for name in ("baseline", "leakage", "deduction")
    )
    uncertainty = amount.percent(taking.values.get("uncertainty"))
    if any((baseline, leakage, other)) and not taking.text("deduction_reason"):
        raise InputError.of("deduction_reason", "certificates.deductions_reason")
    return Deductions(
        baseline=Decimal(baseline),
        leakage=Decimal(leakage),
        other=Decimal(other),
        uncertainty_percent=uncertainty,
        steps=uncertainty_steps(taking.session, taking.application.received_on),
    )


def _lines(result: CarbonAmount, dossier: Dossier) -> list[dict[str, object]]:
    return [
        {
            "parcel": line.parcel.id,
            "label": one.label,
            "group": one.group,
            "factor": str(one.factor) if one.factor is not None else "",
            "tonnes": one.tonnes.plain,
            "formula": one.formula,
        }
        for one, line in zip(result.strata, dossier.parcels, strict=True)
    ]


def sign_off_parameters(taking: Taking) -> Outcome:
    """An unconfirmed parameter set needs somebody else's name under it."""
    session, dossier = taking.session, taking.dossier()
    calculation = dossier.calculation
    if calculation is None:
        raise RuleViolation("certificates.no_calculation")
    if calculation.parameter_status == "confirmed":
        raise RuleViolation("certificates.parameters_fine")
    if dossier.sign_off is not None:
        raise RuleViolation("certificates.signed_off")
    reason = taking.text("reason")
    session.add(
        ParameterSignOff(
            application_id=taking.application.id,
            calculation_id=calculation.id,
            reason=reason,
            account_id=actor(session).account_id,
            actor_name=actor(session).name,
            at=now(session),
        )
    )
    return Outcome(reason=reason, data={"parameter_set": calculation.parameter_set})


def examine_amount(taking: Taking) -> Outcome:
    """核算审查意见: the examined amount stands from here on."""
    dossier = taking.dossier()
    require_clear(taking.session, dossier, taking.step.key)
    assert dossier.calculation is not None  # `amount_stale` would have stopped the step
    taking.application.tonnes = dossier.calculation.tonnes
    return Outcome(reason=taking.text("opinion"), data={"tonnes": dossier.calculation.tonnes})


def record_expert_review(taking: Taking) -> Outcome:
    """专家审查: meeting, names, votes, opinion; a failed review leaves the case where it is.

    What the committee concluded is taken from it; only without a meeting it is typed.
    """
    taking, committee_case_id = concluded(taking)
    names = [
        name for name in taking.text("experts").replace("，", "、").split("、") if name.strip()
    ]
    votes = [taking.number(name) for name in ("votes_for", "votes_against", "abstentions")]
    _check_votes(taking, names, votes)
    met_on = taking.past_day("met_on")
    number = taking.take("expert_opinion")
    taking.session.add(
        ExpertReview(
            application_id=taking.application.id,
            met_on=met_on,
            place=taking.text("place"),
            experts="、".join(name.strip() for name in names),
            recused=taking.number("recused"),
            opinion_number=number.text,
            result=taking.text("result"),
            votes_for=votes[0],
            votes_against=votes[1],
            abstentions=votes[2],
            opinion=taking.text("opinion"),
            changes=taking.text("changes"),
            dissent=taking.text("dissent"),
            committee_case_id=committee_case_id,
        )
    )
    digest = taking.keep_file()
    dossier = taking.dossier()
    facts = papers.expert_opinion(dossier)
    document = papers.put(taking.session, dossier, "expert_opinion", facts, number)
    return Outcome(
        to=State.EXPERT_REVIEW if taking.text("result") == "fail" else None,
        documents=(document,),
        reason=taking.text("opinion"),
        data={"result": taking.text("result"), "number": number.text, "sha256": digest},
    )


def _check_votes(taking: Taking, names: list[str], votes: list[int]) -> None:
    if not names:
        raise InputError.of("experts", "certificates.no_experts")
    if min(votes) < 0 or sum(votes) != len(names):
        raise InputError.of("votes_for", "certificates.votes", votes=sum(votes), experts=len(names))
    if taking.text("result") == "pass_after_changes" and not taking.text("changes"):
        raise InputError.of("changes", "certificates.changes_missing")
