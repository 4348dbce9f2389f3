"""Second review, approval and filing with the ecology office."""

from __future__ import annotations

from core import settings
from core.certificates import face, papers
from core.certificates.case import require_clear
from core.certificates.dossier import Dossier
from core.certificates.progress import Outcome, end_stop, start_stop
from core.certificates.states import State, StopKind
from core.certificates.taking import Taking
from core.errors import InputError, RuleViolation
from core.i18n import N_
from core.messages import register
from core.values.dates import chinese_date

register(
    {
        "certificates.filing_open": N_("The filing letter is waiting for its answer."),
        "certificates.filing_unsent": N_("Send the filing letter first."),
        "certificates.filing_number": N_("A filed case has a filing number."),
    }
)


def pass_second_review(taking: Taking) -> Outcome:
    """复审意见, by another person than the preliminary review."""
    dossier = taking.dossier()
    require_clear(taking.session, dossier, taking.step.key)
    return Outcome(reason=taking.text("opinion"))


def approve(taking: Taking) -> Outcome:
    """审定: every finding settled, by a third person; takes the approval number."""
    session, application = taking.session, taking.application
    dossier = taking.dossier()
    found = require_clear(session, dossier, taking.step.key)
    opinion = taking.text("opinion")
    number = taking.take("approval")
    application.approval_number = number.text
    application.approved_on = taking.today
    form = face.approval_form(dossier, found)
    # The step itself is written down after its paper: its own line is put in here.
    day = chinese_date(taking.today)
    form["approval"] = f"{opinion}　{taking.name}　{day}　{number.text}"
    document = papers.put(session, dossier, "approval_form", form, number)
    return Outcome(documents=(document,), reason=opinion, data={"approval_number": number.text})


def send_filing(taking: Taking) -> Outcome:
    """关于报送林业碳汇登记备案的函: the clock stands still until the answer."""
    session, application = taking.session, taking.application
    dossier = taking.dossier()
    if is_sent(dossier):
        raise RuleViolation("certificates.filing_open")
    body = settings.office(session).ecology_body
    number = taking.take("letter")
    start_stop(session, application, StopKind.CONSULTATION, taking.today)
    letter = papers.filing_letter(dossier, body)
    document = papers.put(session, dossier, "filing_letter", letter, number)
    return Outcome(documents=(document,), data={"letter": number.text})


def is_sent(dossier: Dossier) -> bool:
    """Whether a filing letter is out without an answer since the approval."""
    sent, answered = dossier.taken("send_filing"), dossier.taken("record_filing")
    approved = dossier.taken("approve")
    if sent is None or (approved and approved.sequence > sent.sequence):
        return False
    return answered is None or answered.sequence < sent.sequence


def record_filing(taking: Taking) -> Outcome:
    """备案意见: filed with a number, or not filed with what it says."""
    application, dossier = taking.application, taking.dossier()
    if not is_sent(dossier):
        raise RuleViolation("certificates.filing_unsent")
    filed, elsewhere = taking.flag("filed"), taking.flag("found_elsewhere")
    day, number = taking.past_day("filed_on"), taking.text("filing_number")
    if filed and not number:
        raise InputError.of("filing_number", "certificates.filing_number")
    digest = taking.keep_file()
    end_stop(taking.session, application, StopKind.CONSULTATION, taking.today)
    if filed:
        application.filing_number, application.filed_on = number, day
    return Outcome(
        to=None if filed else State.APPROVED,
        reason=taking.text("text"),
        data={
            "filed": filed,
            "found_elsewhere": elsewhere,
            "filing_number": number,
            "filed_on": day,
            "sha256": digest,
        },
    )
