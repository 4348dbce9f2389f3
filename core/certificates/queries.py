"""Reading cases and the register: the one module front ends import for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.certificates import case
from core.certificates.detail import ApplicationDetail, application_detail
from core.certificates.dossier import ParcelLine, open_dossier
from core.certificates.lists import APPLICATIONS, CERTIFICATES, ENTRIES
from core.certificates.model import Application, RequiredPaper
from core.certificates.register import as_of
from core.certificates.register_model import Certificate, RegisterEntry
from core.certificates.registering import CERTIFICATE
from core.certificates.rules import Finding
from core.certificates.states import ENTRY_TITLES, STATUS_TITLES, Ownership
from core.certificates.summaries import application_summary, find_application
from core.certificates.workflow import StepOffer, available_steps
from core.documents.service import DocumentSummary, papers_of
from core.errors import NotFound
from core.history import TimelineEntry
from core.i18n import _
from core.parcels.geometry import from_wkb
from core.parties.queries import PartySummary
from core.values.area import Area
from core.values.cells import Shown, term
from core.values.dates import chinese_date
from core.values.sections import Fact, Section
from core.values.tonnes import Tonnes

__all__ = [
    "APPLICATIONS",
    "CERTIFICATES",
    "ENTRIES",
    "ApplicationDetail",
    "ApplicationForm",
    "PaperLine",
    "RecordDetail",
    "Section",
    "StepOffer",
    "application_detail",
    "application_form",
    "application_summary",
    "available_steps",
    "certificate_detail",
    "checklist",
    "entry_detail",
    "find_application",
    "find_certificate",
    "findings",
]


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """A line of the checklist."""

    key: str
    title: str
    needed: bool
    received_on: date | None
    original: bool
    copies: int
    pages: int
    checked: bool
    note: str
    filename: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ApplicationForm:
    """An application as its form shows it; texts as they would be typed.

    Attributes:
        values: fields of the case by name.
        holders: each holder with its share as text (empty unless held by shares).
        parcels: lines of the grid by column name; boundaries as WKT.
        parcel_ids: the stored parcel of each line.
    """

    application_id: int
    version: int
    values: Mapping[str, str]
    ownership: Ownership
    holders: tuple[tuple[PartySummary, str], ...]
    parcels: tuple[Mapping[str, str], ...]
    parcel_ids: tuple[int, ...]
    agent: PartySummary | None
    measuring_body: PartySummary | None


@dataclass(frozen=True, kw_only=True)
class RecordDetail:
    """The page of a certificate or an entry. `application_id` is the case it came from."""

    id: int
    kind: str
    title: str
    subtitle: str
    state: Shown
    sections: tuple[Section, ...]
    timeline: tuple[TimelineEntry, ...]
    papers: tuple[DocumentSummary, ...]
    application_id: int
    certificate_id: int


def findings(
    session: Session, application_id: int, *, all_steps: bool = False
) -> tuple[Finding, ...]:
    """What the rules say of a case; with `all_steps` also what is asked only later on the road.

    Raises:
        NotFound: no such application.
    """
    return case.findings(session, application_id, all_steps=all_steps)


def checklist(session: Session, application_id: int) -> tuple[PaperLine, ...]:
    """The papers of a case in order."""
    rows = session.scalars(
        select(RequiredPaper)
        .where(RequiredPaper.application_id == application_id)
        .order_by(RequiredPaper.position, RequiredPaper.id)
    )
    names = PaperLine.__dataclass_fields__
    return tuple(PaperLine(**{name: getattr(row, name) for name in names}) for row in rows)


def application_form(session: Session, application_id: int) -> ApplicationForm:
    """The form of an application as it is stored.

    Raises:
        NotFound: no such application.
    """
    row = session.get(Application, application_id)
    if row is None:
        raise NotFound("record.not_found")
    dossier = open_dossier(session, row)
    shared = row.ownership is Ownership.SHARES
    names = (
        "project_name",
        "period_from",
        "period_to",
        "stated_tonnes",
        "report_number",
        "report_date",
        "method",
        "valid_until",
        "agent_authority",
        "phone",
        "address",
        "remarks",
    )
    return ApplicationForm(
        application_id=row.id,
        version=row.version,
        values={name: _typed(getattr(row, name)) for name in names},
        ownership=row.ownership,
        holders=tuple((line.party, str(line.share) if shared else "") for line in dossier.holders),
        parcels=tuple(_parcel_line(line) for line in dossier.parcels),
        parcel_ids=tuple(line.parcel.id for line in dossier.parcels),
        agent=dossier.agent,
        measuring_body=dossier.measuring_body,
    )


def _typed(value: object) -> str:
    """A value as a person would type it again."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Tonnes):
        return value.plain
    if isinstance(value, Area):
        return f"{value.ha:.4f}"
    return str(value)


def _parcel_line(line: ParcelLine) -> dict[str, str]:
    of_parcel = (
        "township_code",
        "township",
        "village_code",
        "village",
        "place_name",
        "compartment",
        "sub_compartment",
        "data_year",
        "estate_unit_no",
        "right_cert_no",
        "area",
        "species",
        "origin",
        "forest_class",
        "forest_category",
        "age_group",
    )
    of_case = (
        "stock_t1",
        "stock_t2",
        "manual_tonnes",
        "report_page",
        "term_until",
        "mortgaged",
        "forest_owner",
    )
    found = {name: _typed(getattr(line.parcel, name)) for name in of_parcel}
    found |= {name: _typed(getattr(line.row, name)) for name in of_case}
    found["group"] = line.group
    found["geometry"] = from_wkb(line.parcel.geometry).wkt if line.parcel.geometry else ""
    return found


def find_certificate(session: Session, number: str) -> int:
    """The id of a certificate by its number (or id).

    Raises:
        NotFound: there is none.
    """
    wanted = number.strip()
    found = session.scalar(select(Certificate.id).where(Certificate.number == wanted))
    if found is None and wanted.isdigit():
        found = session.scalar(select(Certificate.id).where(Certificate.id == int(wanted)))
    if found is None:
        raise NotFound("record.not_found")
    return found


def certificate_detail(session: Session, certificate_id: int) -> RecordDetail:
    """The page of a certificate: what the register says today.

    Raises:
        NotFound: no such certificate.
    """
    row = session.get(Certificate, certificate_id)
    if row is None:
        raise NotFound("record.not_found")
    view = as_of(session, certificate_id)
    state = Shown("expired", _("Expired")) if view.expired else term(view.status, STATUS_TITLES)
    return RecordDetail(
        id=row.id,
        kind=CERTIFICATE,
        title=row.number,
        subtitle=row.holders_text,
        state=state,
        sections=(_face(view.facts), _hand_over(row), _entries(session, row)),
        timeline=tuple(history.timeline(session, "application", row.application_id)),
        papers=tuple(papers_of(session, CERTIFICATE, certificate_id)),
        application_id=row.application_id,
        certificate_id=row.id,
    )


def entry_detail(session: Session, entry_id: int) -> RecordDetail:
    """The page of one entry: what was written, by whom, checked by whom.

    Raises:
        NotFound: no such entry.
    """
    entry = session.get(RegisterEntry, entry_id)
    if entry is None:
        raise NotFound("record.not_found")
    row = session.get_one(Certificate, entry.certificate_id)
    written = Section(
        "entry",
        _("Entry of the register"),
        (
            Fact("kind", _("Kind of entry"), term(entry.kind, ENTRY_TITLES)),
            Fact("entered_by", _("Entered by"), entry.entered_by),
            Fact("checked_by", _("Entry checked by"), entry.checked_by),
            Fact("effective_on", _("Date"), entry.effective_on),
            Fact("facts_sha256", _("SHA-256 of the facts"), entry.facts_sha256),
        ),
    )
    return RecordDetail(
        id=entry.id,
        kind="register_entry",
        title=f"{row.number} · {entry.sequence}",
        subtitle=row.holders_text,
        state=term(entry.kind, ENTRY_TITLES),
        sections=(written, _face(entry.facts)),
        timeline=(),
        papers=tuple(papers_of(session, CERTIFICATE, row.id)),
        application_id=row.application_id,
        certificate_id=row.id,
    )


def _face(facts: Mapping[str, object]) -> Section:
    """The face of a certificate; the register speaks Chinese whatever the screen does."""
    tonnes, area = Tonnes(int(str(facts["tonnes"]))), Area(int(str(facts["area"])))
    valid = str(facts.get("valid_until") or "")
    until = date.fromisoformat(valid) if valid else None
    told = (
        ("holder_names", "权利人", facts["holder_names"]),
        ("id_text", "证件种类及号码", facts["id_text"]),
        ("ownership", "共有情况", facts["ownership"]),
        ("location", "坐落", facts["location"]),
        ("right_certificates", "林权证号", facts["right_certificates"]),
        ("estate_units", "不动产单元号", facts["estate_units"]),
        ("area", "面积", Shown(area, str(area))),
        ("forest_class", "林种、森林类别", facts["forest_class"]),
        ("origin", "起源", facts["origin"]),
        ("species", "优势树种（组）", facts["species"]),
        ("term", "林地使用（经营）期限", facts["term"]),
        ("period", "监测期", facts["period"]),
        (
            "tonnes",
            "碳减排量",
            Shown(tonnes, f"{tonnes} 吨（{tonnes.capitals()}二氧化碳当量）"),
        ),
        ("method", "核算方法及版本", facts["method"]),
        ("parameter_set", "参数集", facts["parameter_set"]),
        ("measuring_body", "监测核算机构", facts["measuring_body"]),
        ("approval_number", "审定文号", facts["approval_number"]),
        ("filing_number", "备案文号", facts["filing_number"]),
        ("valid_until", "有效期至", Shown(until, chinese_date(until) if until else "")),
        ("remarks", "附记", facts["remarks"]),
    )
    return Section("register", _("Register"), tuple(Fact(*one) for one in told))


def _hand_over(row: Certificate) -> Section:
    return Section(
        "hand_over",
        _("Hand-over"),
        (
            Fact("made_on", _("Made"), row.made_on),
            Fact("sheet_serial", _("Sheet serial"), row.sheet_serial),
            Fact("issued_on", _("Issued on"), row.issued_on),
            Fact("collected_by", _("Collected by"), row.collected_by),
            Fact("archive_place", _("Shelf and file number"), row.archive_place),
            Fact(
                "range",
                _("Range"),
                Shown([row.range_start, row.range_end], f"{row.range_start}—{row.range_end}"),
            ),
        ),
    )


def _entries(session: Session, row: Certificate) -> Section:
    rows = session.scalars(
        select(RegisterEntry)
        .where(RegisterEntry.certificate_id == row.id)
        .order_by(RegisterEntry.sequence)
    )
    return Section(
        "entries",
        _("Entries"),
        (),
        (
            ("sequence", _("Entry")),
            ("kind", _("Kind of entry")),
            ("effective_on", _("Date")),
            ("entered_by", _("Entered by")),
            ("checked_by", _("Entry checked by")),
        ),
        tuple(
            (
                one.sequence,
                term(one.kind, ENTRY_TITLES),
                one.effective_on,
                one.entered_by,
                one.checked_by,
            )
            for one in rows
        ),
    )
