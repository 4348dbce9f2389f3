"""The page of one case: sections, papers, timeline, findings, and what may be done next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from core import attachments, history, settings
from core.attachments import AttachmentSummary
from core.certificates import papers
from core.certificates.case import examine
from core.certificates.commands import ApplicationSummary
from core.certificates.dossier import Dossier, open_dossier
from core.certificates.model import Application, RequiredPaper
from core.certificates.progress import APPLICATION
from core.certificates.registering import CERTIFICATE
from core.certificates.rules import Finding
from core.certificates.states import (
    EDITABLE,
    KIND_TITLES,
    OWNERSHIP_TITLES,
    STATE_TITLES,
    STOP_TITLES,
)
from core.certificates.summaries import application_summary
from core.certificates.workflow import StepOffer, offers
from core.database import actor, today
from core.documents.service import DocumentSummary, papers_of
from core.errors import NotFound
from core.history import TimelineEntry
from core.i18n import N_, _, listed
from core.values.cells import Shown, term
from core.values.sections import Fact, Section


@dataclass(frozen=True, kw_only=True)
class ApplicationDetail:
    """Everything the page of a case shows.

    Attributes:
        title, subtitle: header.
        state_title: the state in words.
        sections: facts of the case in order.
        timeline: events, the oldest first.
        papers: our papers of the case and of its certificate.
        files: what was handed in.
        findings: of the rules, blocking ones first.
        offers: possible steps, the main one first.
        overdue: the limit of the step is over.
        warning: why due dates may move, or that the clock stands still.
        editable: the form may be opened (state and permission).
    """

    summary: ApplicationSummary
    title: str
    subtitle: str
    state_title: str
    sections: tuple[Section, ...]
    timeline: tuple[TimelineEntry, ...]
    papers: tuple[DocumentSummary, ...]
    files: tuple[AttachmentSummary, ...]
    findings: tuple[Finding, ...]
    offers: tuple[StepOffer, ...]
    due: date | None
    step_due: date | None
    overdue: bool
    warning: Shown | None
    editable: bool


def application_detail(session: Session, application_id: int) -> ApplicationDetail:
    """The page of a case.

    Raises:
        NotFound: no such application.
    """
    application = session.get(Application, application_id)
    if application is None:
        raise NotFound("record.not_found")
    dossier = open_dossier(session, application)
    found = examine(session, dossier)
    made = list(papers_of(session, APPLICATION, application_id))
    if dossier.certificate is not None:
        made += papers_of(session, CERTIFICATE, dossier.certificate.id)
    number = application.acceptance_number or application.receipt_number
    late = application.step_due is not None and application.step_due < today(session)
    may_edit = application.state in EDITABLE and actor(session).may("certificates.edit")
    return ApplicationDetail(
        summary=application_summary(session, application_id),
        title=application.project_name,
        subtitle="　".join(part for part in (number, application.holders_text) if part),
        state_title=_(STATE_TITLES[application.state]),
        sections=_sections(dossier),
        timeline=tuple(history.timeline(session, APPLICATION, application_id)),
        papers=tuple(made),
        files=tuple(attachments.attachments(session, APPLICATION, application_id)),
        findings=found,
        offers=offers(session, dossier, found),
        due=application.due,
        step_due=application.step_due,
        overdue=late,
        warning=_warning(session, dossier),
        editable=may_edit,
    )


def _warning(session: Session, dossier: Dossier) -> Shown | None:
    standing = [stop for stop in dossier.stops if stop.ended_on is None]
    if standing:
        kinds = listed(_(STOP_TITLES[stop.kind]) for stop in standing)
        text = _("The clock stands still: {kinds}.").format(kinds=kinds)
        return Shown({"stopped_by": [stop.kind for stop in standing]}, text)
    calendar = settings.calendar(session)
    for day in (dossier.application.step_due, dossier.application.due):
        if day is not None and not calendar.known(day.year):
            text = _("The holidays of {year} are not published; due dates may move.")
            return Shown({"unknown_calendar": day.year}, text.format(year=day.year))
    return None


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _facts(*facts: tuple[str, str, object]) -> tuple[Fact, ...]:
    """Facts from their key, label (`N_`) and value."""
    return tuple(Fact(key, _(label), value) for key, label, value in facts)


def _columns(*columns: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((key, _(heading)) for key, heading in columns)


_SECTIONS: list[Callable[[Dossier], Section | None]] = []


def _section(build: Callable[[Dossier], Section | None]) -> Callable[[Dossier], Section | None]:
    _SECTIONS.append(build)
    return build


def _sections(dossier: Dossier) -> tuple[Section, ...]:
    built = (build(dossier) for build in _SECTIONS)
    return tuple(one for one in built if one is not None and (one.pairs or one.rows))


def _period(first: date, last: date) -> Shown:
    return Shown({"from": first, "to": last}, f"{first}—{last}")


@_section
def _case(dossier: Dossier) -> Section:
    application = dossier.application
    agent = dossier.agent.name if dossier.agent else ""
    if agent and application.agent_authority:
        agent = f"{agent}（{application.agent_authority}）"
    return Section(
        "case",
        _("Case"),
        _facts(
            ("kind", N_("Kind"), term(application.kind, KIND_TITLES)),
            ("scheme", N_("Scheme"), dossier.scheme.title),
            ("decided_by", N_("Decided by"), dossier.scheme.decides.get(application.state, "")),
            ("receipt_number", N_("Receipt number"), application.receipt_number),
            ("received_on", N_("Day of receipt"), application.received_on),
            ("acceptance_number", N_("Acceptance number"), application.acceptance_number),
            ("accepted_on", N_("Day of acceptance"), application.accepted_on),
            ("step_due", N_("Step due"), application.step_due),
            ("due", N_("Whole treatment due"), application.due),
            ("correction_deadline", N_("Correction deadline"), application.correction_deadline),
            ("agent", N_("Agent"), agent),
            ("phone", N_("Telephone"), application.phone),
            ("address", N_("Address"), application.address),
            ("remarks", N_("Remarks"), application.remarks),
        ),
    )


@_section
def _holders(dossier: Dossier) -> Section:
    return Section(
        "holders",
        _("Right holders"),
        _facts(
            ("ownership", N_("Ownership"), term(dossier.application.ownership, OWNERSHIP_TITLES))
        ),
        _columns(("name", N_("Name")), ("number", N_("Number")), ("share", N_("Share"))),
        tuple(
            (
                line.party.name,
                papers.id_text(line),
                Shown(str(line.share), papers.share_text(dossier, line)),
            )
            for line in dossier.holders
        ),
    )


@_section
def _parcels(dossier: Dossier) -> Section:
    return Section(
        "parcels",
        _("Parcels"),
        (),
        _columns(
            ("place", N_("Place")),
            ("sub_compartment", N_("Sub-compartment")),
            ("area", N_("Area (mu)")),
            ("area_ha", N_("Area (ha)")),
            ("species", N_("Species")),
            ("group", N_("Parameter group")),
            ("stock_t1_m3", N_("Stock at start (m³)")),
            ("stock_t2_m3", N_("Stock at end (m³)")),
            ("right_certificate", N_("Right certificate")),
        ),
        tuple(
            (
                papers.place(line),
                papers.sub_compartment(line),
                line.parcel.area,
                f"{line.parcel.area.ha:.4f}",
                line.parcel.species,
                line.group,
                line.row.stock_t1,
                line.row.stock_t2,
                line.parcel.right_cert_no,
            )
            for line in dossier.parcels
        ),
    )


@_section
def _amount(dossier: Dossier) -> Section:
    application, calculation = dossier.application, dossier.calculation
    sign_off, body = dossier.sign_off, dossier.measuring_body
    rows: tuple[tuple[object, ...], ...] = ()
    if calculation is not None:
        rows = tuple((line["label"], line["group"], line["tonnes"]) for line in calculation.lines)
    return Section(
        "carbon_amount",
        _("Carbon amount"),
        _facts(
            (
                "period",
                N_("Monitoring period"),
                _period(application.period_from, application.period_to),
            ),
            ("measuring_body", N_("Measuring body"), body.name if body else ""),
            (
                "report",
                N_("Report"),
                f"{application.report_number} {_day(application.report_date)}".strip(),
            ),
            ("stated_tonnes", N_("Stated (t)"), application.stated_tonnes),
            ("computed_tonnes", N_("Computed (t)"), calculation.tonnes if calculation else None),
            ("examined_tonnes", N_("Examined (t)"), application.tonnes),
            (
                "parameter_set",
                N_("Parameter set"),
                calculation.parameter_set if calculation else "",
            ),
            (
                "signed_off_by",
                N_("Signed off by"),
                f"{sign_off.actor_name}：{sign_off.reason}" if sign_off else "",
            ),
            ("formula", N_("Formula"), calculation.formula if calculation else ""),
            ("valid_until", N_("Valid until"), application.valid_until),
        ),
        _columns(
            ("parcel", N_("Parcel")), ("group", N_("Parameter group")), ("tonnes", N_("Tonnes"))
        )
        if rows
        else (),
        rows,
    )


@_section
def _checklist(dossier: Dossier) -> Section:
    return Section(
        "papers_handed_in",
        _("Papers handed in"),
        (),
        _columns(
            ("title", N_("Paper")),
            ("received_on", N_("Received on")),
            ("form", N_("Form")),
            ("copies", N_("Copies")),
            ("pages", N_("Pages")),
            ("checked", N_("Checked")),
            ("file", N_("File")),
        ),
        tuple(_paper_line(paper) for paper in dossier.papers),
    )


def _paper_line(paper: RequiredPaper) -> tuple[object, ...]:
    if not paper.received_on:
        missing = Shown(None, _("missing") if paper.needed else "")
        return (paper.title, missing, None, None, None, None, paper.filename)
    return (
        paper.title,
        paper.received_on,
        Shown("original", _("original")) if paper.original else Shown("copy", _("copy")),
        paper.copies,
        paper.pages,
        Shown(paper.checked, _("yes") if paper.checked else ""),
        paper.filename,
    )


@_section
def _title_check(dossier: Dossier) -> Section | None:
    letter = dossier.consultation
    if letter is None and not dossier.visits:
        return None
    visits = "；".join(
        f"{one.from_day}—{one.to_day} {one.people}：{one.conclusion}" for one in dossier.visits
    )
    answer = (
        f"{letter.answer_number} {_day(letter.answered_on)} {letter.text}".strip() if letter else ""
    )
    return Section(
        "title_and_site",
        _("Title and site"),
        _facts(
            ("letter", N_("Letter"), f"{letter.letter_number} {letter.sent_on}" if letter else ""),
            ("answer", N_("Answer"), answer),
            ("site_visit", N_("Site visit"), visits),
        ),
    )


_RESULTS = {
    "pass": N_("Pass"),
    "pass_after_changes": N_("Pass after changes"),
    "fail": N_("Fail"),
}


@_section
def _experts(dossier: Dossier) -> Section | None:
    review = dossier.review
    if review is None:
        return None
    votes = (review.votes_for, review.votes_against, review.abstentions)
    counted = dict(zip(("for", "against", "abstaining"), votes, strict=True))
    return Section(
        "expert_review",
        _("Expert review"),
        _facts(
            ("meeting", N_("Meeting"), f"{review.met_on} {review.place}"),
            ("experts", N_("Experts"), review.experts),
            ("result", N_("Result"), term(review.result, _RESULTS)),
            (
                "votes",
                N_("For / against / abstaining"),
                Shown(counted, " / ".join(str(count) for count in votes)),
            ),
            ("opinion", N_("Opinion"), review.opinion),
            ("changes", N_("Changes asked for"), review.changes),
            ("dissent", N_("Dissenting opinion"), review.dissent),
        ),
    )


@_section
def _notice(dossier: Dossier) -> Section | None:
    notice = dossier.notice
    if notice is None:
        return None
    columns = _columns(
        ("objector", N_("Objector")),
        ("received_on", N_("Received on")),
        ("matter", N_("Matter")),
        ("decision", N_("Decision")),
    )
    return Section(
        "public_notice",
        _("Public notice"),
        _facts(
            ("number", N_("Number"), notice.number),
            ("days", N_("Days"), _period(notice.first_day, notice.last_day)),
            ("places", N_("Places"), notice.places),
            ("outcome", N_("Outcome"), notice.outcome),
        ),
        columns if dossier.objections else (),
        tuple(
            (one.objector, one.received_on, one.matter, one.answer) for one in dossier.objections
        ),
    )


@_section
def _decision(dossier: Dossier) -> Section:
    application, certificate = dossier.application, dossier.certificate
    facts = [
        ("approval_number", N_("Approval number"), application.approval_number),
        ("approved_on", N_("Day of approval"), application.approved_on),
        ("filing_number", N_("Filing number"), application.filing_number),
        ("filed_on", N_("Day of filing"), application.filed_on),
    ]
    if certificate is not None:
        facts += [
            ("certificate_number", N_("Certificate number"), certificate.number),
            ("entered_on", N_("Entered"), certificate.entered_on),
            ("sheet_serial", N_("Sheet serial"), certificate.sheet_serial),
            ("made_on", N_("Made"), certificate.made_on),
            ("issued_on", N_("Issued on"), certificate.issued_on),
            ("collected_by", N_("Collected by"), certificate.collected_by),
            ("archive_place", N_("Shelf and file number"), certificate.archive_place),
        ]
    return Section("decision", _("Decision and register"), _facts(*facts))


_WAYS = {
    "direct": N_("By hand"),
    "post": N_("By post"),
    "electronic": N_("Electronically"),
}


@_section
def _deliveries(dossier: Dossier) -> Section | None:
    if not dossier.deliveries:
        return None
    return Section(
        "deliveries",
        _("Deliveries"),
        (),
        _columns(
            ("paper", N_("Paper")),
            ("way", N_("How")),
            ("received_by", N_("Received by")),
            ("delivered_on", N_("Date")),
            ("refused", N_("Refused because")),
        ),
        tuple(
            (one.title, term(one.way, _WAYS), one.receiver, one.delivered_on, one.refused)
            for one in dossier.deliveries
        ),
    )
