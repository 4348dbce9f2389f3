"""Beside the road: back, supplements, reasons, refusal, withdrawal, delivery."""

from __future__ import annotations

from sqlalchemy import select

from core import settings
from core.certificates import face, papers
from core.certificates.case import examine
from core.certificates.dossier import Dossier
from core.certificates.model import Delivery, FindingAnswer, Override
from core.certificates.progress import APPLICATION, Outcome, end_stop, start_stop
from core.certificates.registering import CERTIFICATE
from core.certificates.rules import Severity
from core.certificates.schemes import REMEDIES
from core.certificates.states import State, StopKind
from core.certificates.taking import Taking
from core.database import actor, now
from core.documents.service import DocumentSummary, papers_of
from core.errors import InputError, RuleViolation
from core.i18n import N_
from core.messages import register
from core.numbering import NumberState, settle
from core.numbering.model import NumberLine

register(
    {
        "certificates.back_where": N_("The case cannot be sent back to there."),
        "certificates.supplement_open": N_(
            "Further papers were asked for and are not here yet; record them first."
        ),
        "certificates.supplement_none": N_("No further papers were asked for."),
        "certificates.finding_gone": N_("There is no such finding that needs a reason."),
        "certificates.double_unfounded": N_(
            "No overlapping claim was found; choose another ground or check the parcels."
        ),
        "certificates.paper_not_of_case": N_("This paper does not belong to the case."),
        "certificates.override_there": N_("The exception is allowed already."),
    }
)


def send_back(taking: Taking) -> Outcome:
    """退回修改: back to an earlier station, inside the office."""
    from core.certificates.forms import back_targets

    application = taking.application
    allowed = {state.value for state in back_targets(taking.dossier())}
    wanted = taking.text("to")
    if wanted not in allowed:
        raise InputError.of("to", "certificates.back_where")
    to = State(wanted)
    _undo(taking, to)
    notice = taking.dossier().notice
    if notice is not None and notice.closed_on is None:
        notice.closed_on, notice.outcome = taking.today, "退回修改，公示中止"
    end_stop(taking.session, application, StopKind.CONSULTATION, taking.today)
    return Outcome(to=to, reason=taking.text("reason"), data={"to": to})


def _undo(taking: Taking, to: State) -> None:
    """Clear what later stations decided; their steps, papers and numbers stay in the file."""
    application = taking.application
    order = list(State)
    if order.index(to) <= order.index(State.AMOUNT):
        application.tonnes = None
    if order.index(to) <= order.index(State.APPROVAL) and application.approval_number:
        _void_number(taking, application.approval_number)
        application.approval_number, application.approved_on = "", None
    application.filing_number, application.filed_on = "", None


def _void_number(taking: Taking, text: str) -> None:
    """The ledger says why an approval number no longer decides anything."""
    line = taking.session.scalars(
        select(NumberLine).where(
            NumberLine.record_kind == APPLICATION,
            NumberLine.record_id == taking.application.id,
            NumberLine.text == text,
        )
    ).one()
    settle(taking.session, line.id, NumberState.VOID, taking.text("reason"))


def request_supplement(taking: Taking) -> Outcome:
    """补充材料通知: the clock stands still from its delivery to the day the papers are here."""
    session, application = taking.session, taking.application
    if application.supplement_open:
        raise RuleViolation("certificates.supplement_open")
    deadline = taking.coming_day("deadline")
    items = taking.values["items"]
    assert isinstance(items, list)  # a table of the form
    application.supplement_open = True
    start_stop(session, application, StopKind.SUPPLEMENT, taking.today)
    number = taking.take("letter")
    letter = papers.items_letter(taking.dossier(), items, deadline, taking.name)
    document = papers.put(session, taking.dossier(), "supplement_notice", letter, number)
    return Outcome(
        documents=(document,),
        reason="；".join(f"{item['title']}：{item['problem']}" for item in items),
        data={"items": items, "deadline": deadline},
    )


def supplement_received(taking: Taking) -> Outcome:
    """The papers asked for are complete."""
    application = taking.application
    if not application.supplement_open:
        raise RuleViolation("certificates.supplement_none")
    application.supplement_open = False
    end_stop(taking.session, application, StopKind.SUPPLEMENT, taking.today)
    return Outcome(reason=taking.text("note"))


def answer_finding(taking: Taking) -> Outcome:
    """The reason for a finding that needs one; holds for exactly its present facts."""
    session = taking.session
    wanted, reason = taking.text("finding"), taking.text("reason")
    found = [
        one
        for one in examine(session, taking.dossier())
        if one.key == wanted and one.severity is Severity.REASON
    ]
    if not found:
        raise InputError.of("finding", "certificates.finding_gone")
    session.add(
        FindingAnswer(
            application_id=taking.application.id,
            finding=found[0].key,
            facts=found[0].facts,
            reason=reason,
            account_id=actor(session).account_id,
            actor_name=taking.name,
            at=now(session),
        )
    )
    return Outcome(reason=reason, data={"finding": found[0].key})


def allow_same_person(taking: Taking) -> Outcome:
    """一人兼岗: the small-office exception, by name."""
    session = taking.session
    if taking.dossier().overrides:
        raise RuleViolation("certificates.override_there")
    reason = taking.text("reason")
    session.add(
        Override(
            application_id=taking.application.id,
            reason=reason,
            account_id=actor(session).account_id,
            actor_name=taking.name,
            at=now(session),
        )
    )
    return Outcome(reason=reason)


def refuse(taking: Taking) -> Outcome:
    """不予登记: a letter with reasons; the land is free again."""
    session, dossier = taking.session, taking.dossier()
    ground, reason = taking.text("ground"), taking.text("reason")
    overlaps = _overlaps(taking, dossier)
    if ground == "double" and not overlaps:
        raise InputError.of("ground", "certificates.double_unfounded")
    remedies = bool(settings.get(session, REMEDIES))
    number = taking.take("letter")
    letter = papers.refusal(dossier, ground, reason, overlaps, remedies)
    document = papers.put(session, dossier, "refusal", letter, number)
    if taking.application.approval_number:
        _void_number(taking, taking.application.approval_number)
    taking.release_land("refused")
    return Outcome(
        documents=(document,), reason=reason, data={"ground": ground, "overlaps": overlaps}
    )


def _overlaps(taking: Taking, dossier: Dossier) -> str:
    hits = [one for one in examine(taking.session, dossier) if one.id == "double_claim"]
    return "；".join(
        f"地块{one.params['parcel']}与{one.params['other']}"
        + (f"重叠{one.params['overlap']}亩" if one.params["overlap"] != "—" else "为同一地块")
        for one in hits
    )


def withdraw(taking: Taking) -> Outcome:
    """撤回: possible until the entry in the register (不动产登记暂行条例 Art 15 in practice)."""
    session, dossier = taking.session, taking.dossier()
    reason = taking.text("reason")
    digest = taking.keep_file()
    number = taking.take("letter")
    letter = papers.withdrawal(dossier, reason)
    document = papers.put(session, dossier, "withdrawal", letter, number)
    if taking.application.approval_number:
        _void_number(taking, taking.application.approval_number)
    taking.release_land("withdrawn")
    return Outcome(documents=(document,), reason=reason, data={"sha256": digest})


def papers_of_case(taking: Taking, dossier: Dossier) -> list[DocumentSummary]:
    """Our papers of the case and of its certificate."""
    made = list(papers_of(taking.session, APPLICATION, taking.application.id))
    if dossier.certificate is not None:
        made += papers_of(taking.session, CERTIFICATE, dossier.certificate.id)
    return made


def make_undertaking(taking: Taking) -> Outcome:
    """承诺书, filled in for the applicant to sign."""
    dossier = taking.dossier()
    document = papers.put(taking.session, dossier, "undertaking", papers.undertaking(dossier))
    return Outcome(documents=(document,))


def record_delivery(taking: Taking) -> Outcome:
    """送达: how, to whom and when one paper was delivered."""
    session, dossier = taking.session, taking.dossier()
    found = [
        one for one in papers_of_case(taking, dossier) if str(one.id) == taking.text("document")
    ]
    if not found:
        raise InputError.of("document", "certificates.paper_not_of_case")
    if taking.text("refused"):
        taking.need("witness")
    paper, day = found[0], taking.past_day("delivered_on")
    title = f"{paper.title} {paper.number}".strip()
    session.add(
        Delivery(
            application_id=taking.application.id,
            document_id=paper.id,
            title=title,
            way=taking.text("way"),
            place=taking.text("place"),
            receiver=taking.text("receiver"),
            relation=taking.text("relation"),
            delivered_on=day,
            refused=taking.text("refused"),
            witness=taking.text("witness"),
            deliverer=taking.name,
        )
    )
    values = {**taking.values, "delivered_on": day.isoformat()}
    facts = face.delivery_record(dossier, title, values, taking.name)
    document = papers.put(session, dossier, "delivery_record", facts)
    return Outcome(
        documents=(document,),
        reason=taking.text("refused"),
        data={"document": paper.id, "title": title, "delivered_on": day},
    )
