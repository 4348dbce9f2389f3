"""An application as its form shows it again, for editing: texts, parties, lines of parcels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from core.certificates.dossier import ParcelLine, open_dossier
from core.certificates.model import Application
from core.certificates.states import Ownership, State
from core.errors import NotFound
from core.parcels.geometry import STORED_SRID, from_wkb
from core.parties.queries import PartySummary


@dataclass(frozen=True, kw_only=True)
class ApplicationForm:
    """What the form of a stored application starts with.

    Attributes:
        values: texts of the plain fields of `ApplicationContent`.
        holders: party and share, as it is typed.
        parcels: texts of every parcel, by the names of `ParcelInput` and `NewParcel`.
        parcel_ids: the stored parcel of each line.
    """

    application_id: int
    version: int
    state: State
    values: Mapping[str, str]
    ownership: Ownership
    holders: tuple[tuple[PartySummary, str], ...]
    agent: PartySummary | None
    measuring_body: PartySummary | None
    parcels: tuple[Mapping[str, str], ...]
    parcel_ids: tuple[int, ...]


def application_form(session: Session, application_id: int) -> ApplicationForm:
    """The form of a stored application.

    Raises:
        NotFound: no such application.
    """
    application = session.get(Application, application_id)
    if application is None:
        raise NotFound("record.not_found")
    dossier = open_dossier(session, application)
    return ApplicationForm(
        application_id=application.id,
        version=application.version,
        state=application.state,
        values=_values(application),
        ownership=application.ownership,
        holders=tuple((line.party, _share(line.share)) for line in dossier.holders),
        agent=dossier.agent,
        measuring_body=dossier.measuring_body,
        parcels=tuple(_parcel(line) for line in dossier.parcels),
        parcel_ids=tuple(line.parcel.id for line in dossier.parcels),
    )


def _share(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}" if share != 1 else "1"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _values(application: Application) -> dict[str, str]:
    tonnes = application.stated_tonnes
    return {
        "project_name": application.project_name,
        "period_from": _day(application.period_from),
        "period_to": _day(application.period_to),
        "stated_tonnes": tonnes.plain if tonnes else "",
        "report_number": application.report_number,
        "report_date": _day(application.report_date),
        "method": application.method,
        "valid_until": _day(application.valid_until),
        "agent_authority": application.agent_authority,
        "phone": application.phone,
        "address": application.address,
        "remarks": application.remarks,
    }


_PARCEL_TEXTS = (
    "township_code",
    "township",
    "village_code",
    "village",
    "place_name",
    "compartment",
    "sub_compartment",
    "estate_unit_no",
    "right_cert_no",
    "species",
    "origin",
    "forest_class",
    "forest_category",
    "age_group",
)


def _parcel(line: ParcelLine) -> dict[str, str]:
    parcel, row = line.parcel, line.row
    boundary = from_wkb(parcel.geometry) if parcel.geometry else None
    return {key: str(getattr(parcel, key)) for key in _PARCEL_TEXTS} | {
        "data_year": str(parcel.data_year or ""),
        "area": str(parcel.area.ha),
        "group": row.group,
        "stock_t1": row.stock_t1,
        "stock_t2": row.stock_t2,
        "manual_tonnes": row.manual_tonnes.plain if row.manual_tonnes else "",
        "report_page": row.report_page,
        "term_until": _day(row.term_until),
        "mortgaged": "yes" if row.mortgaged else "no",
        "forest_owner": row.forest_owner,
        "geometry": f"SRID={STORED_SRID};{boundary.wkt}" if boundary else "",
    }
