"""The public notice: published, objected to, answered, closed and certified."""

from __future__ import annotations

from datetime import timedelta

from core import settings
from core.certificates import papers
from core.certificates.case import require_clear
from core.certificates.model import Notice, Objection
from core.certificates.progress import Outcome
from core.certificates.taking import Taking
from core.errors import InputError
from core.i18n import N_
from core.messages import register

register(
    {
        "certificates.notice_days": N_(
            "A notice lasts at least {least} working days under this scheme."
        ),
        "certificates.notice_over": N_("The notice ended on {day}; an objection came too late."),
        "certificates.objection_early": N_("The notice was published on {day}."),
        "certificates.objection_gone": N_("This objection is not open."),
    }
)


def publish_notice(taking: Taking) -> Outcome:
    """公示: counts in working days from the day after publication."""
    session, application = taking.session, taking.application
    least = taking.dossier().scheme.notice_days
    days = taking.number("days") or least
    if days < least:
        raise InputError.of("days", "certificates.notice_days", least=least)
    number = taking.take("notice")
    session.add(
        Notice(
            application_id=application.id,
            number=number.text,
            published_on=taking.today,
            first_day=taking.today + timedelta(days=1),
            last_day=settings.calendar(session).add(taking.today, days),
            days=days,
            places=taking.text("places"),
        )
    )
    dossier = taking.dossier()
    document = papers.put(session, dossier, "public_notice", papers.public_notice(dossier), number)
    assert dossier.notice is not None  # just written
    return Outcome(
        documents=(document,), data={"number": number.text, "last_day": dossier.notice.last_day}
    )


def receive_objection(taking: Taking) -> Outcome:
    """An objection to the notice, received within its days."""
    notice = taking.dossier().notice
    assert notice is not None  # the state says so
    received = taking.past_day("received_on")
    if received < notice.published_on:
        raise InputError.of("received_on", "certificates.objection_early", day=notice.published_on)
    if received > notice.last_day:
        raise InputError.of("received_on", "certificates.notice_over", day=notice.last_day)
    matter = taking.text("matter")
    taking.session.add(
        Objection(
            application_id=taking.application.id,
            objector=taking.text("objector"),
            contact=taking.text("contact"),
            received_on=received,
            matter=matter,
            evidence=taking.text("evidence"),
        )
    )
    digest = taking.keep_file()
    return Outcome(reason=matter, data={"received_on": received, "sha256": digest})


def answer_objection(taking: Taking) -> Outcome:
    """异议处理告知书: upheld or not, with reasons."""
    session, dossier = taking.session, taking.dossier()
    wanted = taking.text("objection")
    found = [one for one in dossier.objections if str(one.id) == wanted and one.upheld is None]
    if not found:
        raise InputError.of("objection", "certificates.objection_gone")
    objection = found[0]
    objection.finding = taking.text("finding")
    objection.upheld = taking.flag("upheld")
    objection.answer = taking.text("answer")
    objection.answered_on = taking.today
    number = taking.take("letter")
    letter = {
        "applicant": objection.objector,
        "case": papers.notice_title(dossier),
        "finding": objection.finding,
        "upheld": objection.upheld,
        "answer": objection.answer,
    }
    document = papers.put(session, dossier, "objection_answer", letter, number)
    return Outcome(
        documents=(document,),
        reason=objection.answer,
        data={"objection": objection.id, "upheld": objection.upheld},
    )


def close_notice(taking: Taking) -> Outcome:
    """公示情况证明: after the last day, with every objection answered."""
    session, dossier = taking.session, taking.dossier()
    notice = dossier.notice
    assert notice is not None  # the state says so
    require_clear(session, dossier, taking.step.key)
    received = [one for one in dossier.objections if one.received_on >= notice.published_on]
    notice.closed_on = taking.today
    notice.outcome = f"收到异议{len(received)}件，已处理" if received else "公示期间未收到异议"
    published = dossier.taken("publish_notice")
    publisher = published.actor_name if published else taking.name
    witness = taking.text("witness")
    digest = taking.keep_file()
    proof = papers.notice_proof(dossier, publisher, witness)
    document = papers.put(session, dossier, "notice_proof", proof)
    return Outcome(
        documents=(document,), reason=notice.outcome, data={"witness": witness, "sha256": digest}
    )
