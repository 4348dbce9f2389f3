"""At the counter: receipt, papers, corrections all at once, acceptance or not."""

from __future__ import annotations

from core import settings
from core.certificates import papers
from core.certificates.case import require_clear
from core.certificates.model import RequiredPaper
from core.certificates.progress import Outcome, reckon, scheme_of
from core.certificates.schemes import REMEDIES
from core.certificates.taking import Taking
from core.errors import InputError
from core.i18n import N_
from core.messages import register

register(
    {
        "certificates.paper_unknown": N_("This paper is not on the checklist of the case."),
        "certificates.paper_untitled": N_(
            "Choose a paper of the list, or give the title of another."
        ),
        "certificates.paper_pages": N_("Copies and pages are at least one."),
    }
)


def receive(taking: Taking) -> Outcome:
    """收件: the receipt number and the checklist."""
    application = taking.application
    if taking.values.get("received_on") is not None:
        application.received_on = taking.past_day("received_on")
        scheme_of(taking.session, application)  # still one of that day
    number = taking.take("receipt")
    application.receipt_number = number.text
    application.receipt_order = number.year * 1_000_000 + number.sequence
    document = papers.put(
        taking.session,
        taking.dossier(),
        "receipt_checklist",
        papers.checklist(taking.dossier()),
        number,
    )
    return Outcome(documents=(document,), data={"receipt_number": number.text})


def take_paper(taking: Taking) -> Outcome:
    """Tick a paper off the checklist, or add one that is not on it."""
    paper = _paper(taking)
    copies, pages = taking.number("copies", 1), taking.number("pages", 1)
    if copies < 1 or pages < 1:
        raise InputError.of("pages" if copies >= 1 else "copies", "certificates.paper_pages")
    paper.received_on = taking.today
    paper.original = taking.flag("original")
    paper.copies, paper.pages = copies, pages
    paper.checked = taking.flag("checked")
    paper.note = taking.text("note")
    digest = taking.keep_file()
    if digest:
        paper.sha256 = digest
        paper.filename = str(getattr(taking.values.get("file"), "name", ""))
    return Outcome(data={"paper": paper.title, "sha256": paper.sha256})


def _paper(taking: Taking) -> RequiredPaper:
    listed = taking.dossier().papers
    key, title = taking.text("key"), taking.text("title")
    if key:
        found = [paper for paper in listed if paper.key == key]
        if not found:
            raise InputError.of("key", "certificates.paper_unknown")
        return found[0]
    if not title:
        raise InputError.of("title", "certificates.paper_untitled")
    added = RequiredPaper(
        application_id=taking.application.id,
        position=len(listed) + 1,
        key="extra",
        title=title,
        needed=False,
    )
    taking.session.add(added)
    return added


def request_correction(taking: Taking) -> Outcome:
    """一次性补正: everything that is wrong, told once."""
    deadline = taking.coming_day("deadline")
    items = taking.values["items"]
    assert isinstance(items, list)  # a table of the form
    taking.application.correction_deadline = deadline
    dossier = taking.dossier()
    number = taking.take("letter")
    letter = papers.items_letter(dossier, items, deadline, taking.name)
    document = papers.put(taking.session, dossier, "correction_notice", letter, number)
    return Outcome(
        documents=(document,),
        reason="；".join(f"{item['title']}：{item['problem']}" for item in items),
        data={"items": items, "deadline": deadline},
    )


def correction_received(taking: Taking) -> Outcome:
    """The corrections are complete; the limit of acceptance starts anew."""
    taking.application.correction_deadline = None
    return Outcome(reason=taking.text("note"))


def accept(taking: Taking) -> Outcome:
    """受理: the acceptance number, the slip, and the start of the clock."""
    application, session = taking.application, taking.session
    require_clear(session, taking.dossier(), "accept")
    number = taking.take("acceptance")
    application.acceptance_number = number.text
    application.accepted_on = taking.today
    reckon(session, application)
    dossier = taking.dossier()
    slip = papers.acceptance(dossier, taking.name, application.due)
    document = papers.put(session, dossier, "acceptance", slip, number)
    return Outcome(documents=(document,), data={"acceptance_number": number.text})


def not_accept(taking: Taking) -> Outcome:
    """不予受理: ends the case, gives back the papers, releases the land."""
    session = taking.session
    ground, reason = taking.text("ground"), taking.text("reason")
    proper = taking.text("proper_body") or settings.office(session).proper_body
    if ground == "jurisdiction" and not proper:
        raise InputError.of("proper_body", "certificates.required_here")
    remedies = bool(settings.get(session, REMEDIES))
    dossier = taking.dossier()
    number = taking.take("letter")
    letter = papers.not_accepted(dossier, ground, proper, reason, remedies)
    document = papers.put(session, dossier, "not_accepted", letter, number)
    taking.release_land("not_accepted")
    return Outcome(documents=(document,), reason=reason, data={"ground": ground})
