"""From the database to the facts the rules look at, and back with the reasons that were given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import settings
from core.carbon.rules import SpeciesParameter, is_by_hand
from core.carbon.service import current_set
from core.carbon.values import plausible_rates
from core.certificates import amount
from core.certificates.amount import set_by_name
from core.certificates.dossier import Dossier, ParcelLine, open_dossier
from core.certificates.model import Application, ApplicationParcel, Notice, Objection
from core.certificates.register_model import Certificate
from core.certificates.rules import (
    CaseFacts,
    ConflictFacts,
    Finding,
    Hands,
    ParcelFacts,
    barring,
    judge,
)
from core.certificates.schemes import RULES
from core.certificates.states import DEAD, DISTURBANCES, LIVE, REGISTERED, State
from core.database import today
from core.database.veil import hidden
from core.errors import NotFound, RuleViolation
from core.i18n import N_, _
from core.messages import register
from core.parcels.conflicts import conflicts, internal_overlaps
from core.parcels.geometry import from_wkb
from core.parcels.model import Parcel
from core.parcels.rules import SameLandBy, Severity

register(
    {
        "certificates.findings": N_("This is not possible yet:\n{findings}"),
    }
)

BY_TITLES: Mapping[SameLandBy, str] = {
    SameLandBy.PARCEL: N_("the same parcel"),
    SameLandBy.GEOMETRY: N_("boundary"),
    SameLandBy.ESTATE_UNIT: N_("real-estate unit number"),
    SameLandBy.RIGHT_CERT: N_("right certificate number"),
    SameLandBy.SUB_COMPARTMENT: N_("sub-compartment number"),
}


def owner_label(session: Session, kind: str, record_id: int) -> str:
    """How another record is named to people: its number, not its id; a hidden one not at all."""
    if record_id in hidden(session).get(kind, ()):
        return _("another record")
    if kind == "certificate":
        found = session.get(Certificate, record_id)
        return found.number if found else f"{kind} {record_id}"
    if kind == "application":
        case = session.get(Application, record_id)
        if case is not None:
            return case.acceptance_number or case.receipt_number or case.project_name
    return f"{kind} {record_id}"


def findings(
    session: Session, application_id: int, *, all_steps: bool = False
) -> tuple[Finding, ...]:
    """Every finding about a case, with the reasons given so far.

    Args:
        session: any session.
        application_id: the case.
        all_steps: ask the rules of later states too (the dry run of an import).

    Raises:
        NotFound: no such application.
    """
    application = session.get(Application, application_id)
    if application is None:
        raise NotFound("record.not_found")
    return examine(session, open_dossier(session, application), all_steps=all_steps)


def examine(session: Session, dossier: Dossier, *, all_steps: bool = False) -> tuple[Finding, ...]:
    """The findings about an opened case; one that has ended or is registered has none."""
    if dossier.application.state in DEAD | REGISTERED:
        return ()
    given = {(one.finding, one.facts): one for one in dossier.answers}
    found = []
    for finding in judge(facts(session, dossier), all_steps=all_steps):
        answer = given.get((finding.key, finding.facts))
        if answer is not None:
            finding = replace(finding, answered=answer.reason, answered_by=answer.actor_name)  # noqa: PLW2901 - the same finding, answered
        found.append(finding)
    return tuple(found)


def require_clear(session: Session, dossier: Dossier, step: str) -> tuple[Finding, ...]:
    """Refuse a step that findings stand in the way of; returns all findings otherwise.

    Raises:
        RuleViolation: `certificates.findings` with every sentence.
    """
    found = examine(session, dossier)
    wrong = barring(found, step)
    if wrong:
        lines = "\n".join(finding.text for finding in wrong)
        ids = ",".join(finding.id for finding in wrong)
        raise RuleViolation("certificates.findings", findings=lines, ids=ids)
    return found


def facts(session: Session, dossier: Dossier) -> CaseFacts:
    """The facts of a case today."""
    application, day = dossier.application, today(session)
    limits = rule_settings(session, application.received_on)
    rates = plausible_rates(session, application.received_on)
    calculation, notice, review = dossier.calculation, dossier.notice, dossier.review
    on_notice = [one for one in dossier.objections if _during(one, dossier.notices)]
    overdue = application.step_due is not None and application.step_due < day
    filing = dossier.taken("record_filing")
    return CaseFacts(
        state=application.state,
        today=day,
        parcels=_parcel_facts(session, dossier, limits),
        shares=tuple(line.share for line in dossier.holders),
        ownership=application.ownership,
        dates=_dates(dossier),
        missing_papers=_missing(dossier),
        mortgagee_paper=any(p.key == "mortgagee" and p.received_on for p in dossier.papers),
        valid_until=application.valid_until,
        other_cases=_other_cases(session, dossier),
        amount_current=amount.fits(calculation, application, dossier.parcels),
        tonnes=calculation.tonnes if calculation else None,
        stated_tonnes=application.stated_tonnes,
        parameters_confirmed=calculation is None or calculation.parameter_status == "confirmed",
        signed_off_by=dossier.sign_off.actor_name if dossier.sign_off else "",
        registry_needed=dossier.scheme.registry_check,
        registry_answer=dossier.consultation.answer if dossier.consultation else "",
        registry_other_land=_other_land(dossier),
        disturbances=tuple(
            DISTURBANCES[one.disturbance] for one in dossier.visits if one.disturbance
        ),
        expert_needed=State.EXPERT_REVIEW not in dossier.scheme.skips,
        expert_result=review.result if review else "",
        notice_needed=State.NOTICE not in dossier.scheme.skips,
        notice_last_day=notice.last_day if notice else None,
        notice_closed=notice is not None and notice.closed_on is not None,
        open_objections=sum(one.upheld is None for one in on_notice),
        upheld_objections=sum(one.upheld is True for one in on_notice),
        found_elsewhere=bool(filing and filing.data.get("found_elsewhere")),
        overdue_since=application.step_due if overdue else None,
        unanswered=application.state is State.RECEIVED,
        calendar_unknown=_unknown_year(session, application),
        hands={
            one.step: Hands(account_id=one.account_id, name=one.actor_name) for one in dossier.steps
        },
        same_person_allowed=bool(dossier.overrides),
        area_tolerance_permille=int(limits["area_tolerance_permille"]),
        rate_low=rates[0],
        rate_high=rates[1],
    )


def rule_settings(session: Session, on: date) -> Mapping[str, int | str]:
    """The dated setting the rules check against."""
    found: dict[str, int | str] = dict(settings.get(session, RULES, on))
    found["county_code"] = found["county_code"] or settings.office(session, on).code
    return found


def _during(objection: Objection, notices: tuple[Notice, ...]) -> bool:
    """Whether an objection is to the newest notice: a new notice clears an upheld one."""
    return bool(notices) and objection.received_on >= notices[-1].published_on


def _other_land(dossier: Dossier) -> bool:
    """Whether the title registry was asked about other parcels than the case now has."""
    letter = dossier.consultation
    return letter is not None and set(letter.parcels) != {x.parcel.id for x in dossier.parcels}


def _dates(dossier: Dossier) -> tuple[tuple[str, date], ...]:
    application = dossier.application
    known = [
        (N_("Receipt"), application.received_on),
        (N_("Measuring report"), application.report_date),
        (N_("End of the monitoring period"), application.period_to),
    ]
    if dossier.review is not None:
        known.append((N_("Expert meeting"), dossier.review.met_on))
    if dossier.consultation is not None:
        known.append((N_("Answer of the title registry"), dossier.consultation.answered_on))
    return tuple((what, day) for what, day in known if day is not None)


def _missing(dossier: Dossier) -> tuple[str, ...]:
    return tuple(
        paper.title
        for paper in dossier.papers
        # The mortgagee's paper has a rule of its own: the registry may report a mortgage later.
        if paper.needed and paper.received_on is None and paper.key != "mortgagee"
    )


def _unknown_year(session: Session, application: Application) -> int | None:
    calendar = settings.calendar(session)
    for day in (application.step_due, application.due):
        if day is not None and not calendar.known(day.year):
            return day.year
    return None


def _other_cases(session: Session, dossier: Dossier) -> tuple[str, ...]:
    """Open applications on the same right certificate number, except for the same land's conflicts."""
    numbers = {line.parcel.right_cert_no for line in dossier.parcels if line.parcel.right_cert_no}
    if not numbers:
        return ()
    application = dossier.application
    rows = session.scalars(
        select(Application)
        .join(ApplicationParcel, ApplicationParcel.application_id == Application.id)
        .join(Parcel, Parcel.id == ApplicationParcel.parcel_id)
        .where(
            Parcel.right_cert_no.in_(numbers),
            Application.id != application.id,
            Application.state.in_(LIVE),
            Application.period_from <= application.period_to,
            Application.period_to >= application.period_from,
        )
        .order_by(Application.id)
        .distinct()
    )
    return tuple(row.acceptance_number or row.receipt_number or row.project_name for row in rows)


def _parcel_facts(
    session: Session, dossier: Dossier, limits: Mapping[str, int | str]
) -> tuple[ParcelFacts, ...]:
    application = dossier.application
    parameters = _parameters(session, dossier)
    inner = _inner_conflicts(session, dossier.parcels)
    return tuple(
        _facts_of(
            line,
            str(limits["county_code"]),
            inner.get(line.parcel.id, ()) + _outer_conflicts(session, application, line),
            application,
            parameters,
        )
        for line in dossier.parcels
    )


def _parameters(session: Session, dossier: Dossier) -> Mapping[str, SpeciesParameter]:
    """Those of the newest calculation, else of the set a calculation would use today."""
    if dossier.calculation is not None:
        return set_by_name(session, dossier.calculation.parameter_set).parameters
    try:
        return current_set(session, today(session)).parameters
    except NotFound:
        return {}


def _facts_of(
    line: ParcelLine,
    county: str,
    found: tuple[ConflictFacts, ...],
    application: Application,
    parameters: Mapping[str, SpeciesParameter],
) -> ParcelFacts:
    parcel, row = line.parcel, line.row
    return ParcelFacts(
        key=line.key,
        name=line.name,
        in_county=parcel.township_code.startswith(county),
        area=parcel.area,
        computed_area=from_wkb(parcel.geometry).area if parcel.geometry else None,
        group=line.group,
        by_hand=is_by_hand(line.group) or is_by_hand(parcel.species),
        has_volumes=bool(row.stock_t1 and row.stock_t2),
        manual_tonnes=row.manual_tonnes,
        report_page=row.report_page,
        rate=amount.rate(line, application, parameters),
        term_until=row.term_until,
        mortgaged=row.mortgaged,
        conflicts=found,
    )


def _outer_conflicts(
    session: Session, application: Application, line: ParcelLine
) -> tuple[ConflictFacts, ...]:
    own = ("application", application.id)
    found = conflicts(
        session,
        line.parcel.id,
        (application.period_from, application.period_to),
        ignore_owner=own,
    )
    return tuple(
        ConflictFacts(
            other=owner_label(session, one.owner_kind, one.owner_id),
            by=BY_TITLES[one.by],
            overlap=one.overlap,
            block=one.severity is Severity.BLOCK,
        )
        for one in found
    )


def _inner_conflicts(
    session: Session, lines: tuple[ParcelLine, ...]
) -> Mapping[int, tuple[ConflictFacts, ...]]:
    """Parcels of the same application that are the same land: it would be counted twice."""
    names = {line.parcel.id: line.name for line in lines}
    found: dict[int, tuple[ConflictFacts, ...]] = {}
    for one in internal_overlaps(session, list(names)):
        other = ConflictFacts(
            other=names[one.second_id], by=BY_TITLES[one.by], overlap=one.overlap, block=True
        )
        found[one.first_id] = (*found.get(one.first_id, ()), other)
    return found
