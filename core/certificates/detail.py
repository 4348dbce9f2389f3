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
from core.certificates.model import Application
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


@dataclass(frozen=True)
class Section:
    """A part of a page: pairs of label and value, or a table. Texts are in the screen's language."""

    title: str
    pairs: tuple[tuple[str, str], ...] = ()
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


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
        warning: why due dates may move, or that the clock stands still, in words.
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
    warning: str
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


def _warning(session: Session, dossier: Dossier) -> str:
    standing = [stop for stop in dossier.stops if stop.ended_on is None]
    if standing:
        kinds = listed(_(STOP_TITLES[stop.kind]) for stop in standing)
        return _("The clock stands still: {kinds}.").format(kinds=kinds)
    calendar = settings.calendar(session)
    for day in (dossier.application.step_due, dossier.application.due):
        if day is not None and not calendar.known(day.year):
            text = _("The holidays of {year} are not published; due dates may move.")
            return text.format(year=day.year)
    return ""


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _pairs(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((_(label), value) for label, value in pairs if value)


_SECTIONS: list[Callable[[Dossier], Section | None]] = []


def _section(build: Callable[[Dossier], Section | None]) -> Callable[[Dossier], Section | None]:
    _SECTIONS.append(build)
    return build


def _sections(dossier: Dossier) -> tuple[Section, ...]:
    built = (build(dossier) for build in _SECTIONS)
    return tuple(one for one in built if one is not None and (one.pairs or one.rows))


@_section
def _case(dossier: Dossier) -> Section:
    application = dossier.application
    agent = dossier.agent.name if dossier.agent else ""
    if agent and application.agent_authority:
        agent = f"{agent}（{application.agent_authority}）"
    return Section(
        _("Case"),
        _pairs(
            (N_("Kind"), _(KIND_TITLES[application.kind])),
            (N_("Scheme"), dossier.scheme.title),
            (N_("Decided by"), dossier.scheme.decides.get(application.state, "")),
            (N_("Receipt number"), application.receipt_number),
            (N_("Received"), _day(application.received_on)),
            (N_("Acceptance number"), application.acceptance_number),
            (N_("Accepted"), _day(application.accepted_on)),
            (N_("Step due"), _day(application.step_due)),
            (N_("Whole treatment due"), _day(application.due)),
            (N_("Correction deadline"), _day(application.correction_deadline)),
            (N_("Agent"), agent),
            (N_("Telephone"), application.phone),
            (N_("Address"), application.address),
            (N_("Remarks"), application.remarks),
        ),
    )


@_section
def _holders(dossier: Dossier) -> Section:
    return Section(
        _("Right holders"),
        _pairs((N_("Ownership"), _(OWNERSHIP_TITLES[dossier.application.ownership]))),
        (_("Name"), _("Number"), _("Share")),
        tuple(
            (line.party.name, papers.id_text(line), papers.share_text(dossier, line))
            for line in dossier.holders
        ),
    )


@_section
def _parcels(dossier: Dossier) -> Section:
    return Section(
        _("Parcels"),
        (),
        (
            _("Place"),
            _("Sub-compartment"),
            _("Area (mu)"),
            _("Area (ha)"),
            _("Species"),
            _("Parameter group"),
            _("Stock at start (m³)"),
            _("Stock at end (m³)"),
            _("Right certificate"),
        ),
        tuple(
            (
                papers.place(line),
                papers.sub_compartment(line),
                f"{line.parcel.area.mu:,.2f}",
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
    sign_off = dossier.sign_off
    rows: tuple[tuple[str, ...], ...] = ()
    if calculation is not None:
        rows = tuple((line["label"], line["group"], line["tonnes"]) for line in calculation.lines)
    return Section(
        _("Carbon amount"),
        _pairs(
            (N_("Monitoring period"), f"{application.period_from}—{application.period_to}"),
            (N_("Measuring body"), dossier.measuring_body.name if dossier.measuring_body else ""),
            (N_("Report"), f"{application.report_number} {_day(application.report_date)}".strip()),
            (N_("Stated (t)"), str(application.stated_tonnes or "")),
            (N_("Computed (t)"), str(calculation.tonnes) if calculation else ""),
            (N_("Examined (t)"), str(application.tonnes or "")),
            (N_("Parameter set"), calculation.parameter_set if calculation else ""),
            (N_("Signed off by"), f"{sign_off.actor_name}：{sign_off.reason}" if sign_off else ""),
            (N_("Formula"), calculation.formula if calculation else ""),
            (N_("Valid until"), _day(application.valid_until)),
        ),
        (_("Parcel"), _("Parameter group"), _("Tonnes")) if rows else (),
        rows,
    )


@_section
def _checklist(dossier: Dossier) -> Section:
    return Section(
        _("Papers handed in"),
        (),
        (_("Paper"), _("Received"), _("Form"), _("Copies"), _("Pages"), _("Checked"), _("File")),
        tuple(
            (
                paper.title,
                _day(paper.received_on) or (_("missing") if paper.needed else ""),
                (_("original") if paper.original else _("copy")) if paper.received_on else "",
                str(paper.copies) if paper.received_on else "",
                str(paper.pages) if paper.received_on else "",
                _("yes") if paper.checked else "",
                paper.filename,
            )
            for paper in dossier.papers
        ),
    )


@_section
def _title_check(dossier: Dossier) -> Section | None:
    letter = dossier.consultation
    if letter is None and not dossier.visits:
        return None
    visits = "；".join(
        f"{one.from_day}—{one.to_day} {one.people}：{one.conclusion}" for one in dossier.visits
    )
    return Section(
        _("Title and site"),
        _pairs(
            (N_("Letter"), f"{letter.letter_number} {letter.sent_on}" if letter else ""),
            (
                N_("Answer"),
                f"{letter.answer_number} {_day(letter.answered_on)} {letter.text}".strip()
                if letter
                else "",
            ),
            (N_("Site visit"), visits),
        ),
    )


@_section
def _experts(dossier: Dossier) -> Section | None:
    review = dossier.review
    if review is None:
        return None
    votes = f"{review.votes_for} / {review.votes_against} / {review.abstentions}"
    titles = {
        "pass": N_("Pass"),
        "pass_after_changes": N_("Pass after changes"),
        "fail": N_("Fail"),
    }
    return Section(
        _("Expert review"),
        _pairs(
            (N_("Meeting"), f"{review.met_on} {review.place}"),
            (N_("Experts"), review.experts),
            (N_("Result"), _(titles[review.result])),
            (N_("For / against / abstaining"), votes),
            (N_("Opinion"), review.opinion),
            (N_("Changes asked for"), review.changes),
            (N_("Dissenting opinion"), review.dissent),
        ),
    )


@_section
def _notice(dossier: Dossier) -> Section | None:
    notice = dossier.notice
    if notice is None:
        return None
    return Section(
        _("Public notice"),
        _pairs(
            (N_("Number"), notice.number),
            (N_("Days"), f"{notice.first_day}—{notice.last_day}"),
            (N_("Places"), notice.places),
            (N_("Outcome"), notice.outcome),
        ),
        (_("Objector"), _("Received"), _("Matter"), _("Decision")) if dossier.objections else (),
        tuple(
            (one.objector, _day(one.received_on), one.matter, one.answer)
            for one in dossier.objections
        ),
    )


@_section
def _decision(dossier: Dossier) -> Section:
    application, certificate = dossier.application, dossier.certificate
    return Section(
        _("Decision and register"),
        _pairs(
            (N_("Approval number"), application.approval_number),
            (N_("Approved"), _day(application.approved_on)),
            (N_("Filing number"), application.filing_number),
            (N_("Filed"), _day(application.filed_on)),
            (N_("Certificate number"), certificate.number if certificate else ""),
            (N_("Entered"), _day(certificate.entered_on) if certificate else ""),
            (N_("Sheet serial"), certificate.sheet_serial if certificate else ""),
            (N_("Made"), _day(certificate.made_on) if certificate else ""),
            (N_("Issued"), _day(certificate.issued_on) if certificate else ""),
            (N_("Collected by"), certificate.collected_by if certificate else ""),
            (N_("Shelf and file number"), certificate.archive_place if certificate else ""),
        ),
    )


@_section
def _deliveries(dossier: Dossier) -> Section | None:
    if not dossier.deliveries:
        return None
    ways = {"direct": N_("By hand"), "post": N_("By post"), "electronic": N_("Electronically")}
    return Section(
        _("Deliveries"),
        (),
        (_("Paper"), _("How"), _("Received by"), _("Date"), _("Refused because")),
        tuple(
            (one.title, _(ways[one.way]), one.receiver, _day(one.delivered_on), one.refused)
            for one in dossier.deliveries
        ),
    )
