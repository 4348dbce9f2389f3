"""The short form of a case, for lists, pages, the command line and the search index."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.certificates.commands import ApplicationSummary
from core.certificates.dossier import Dossier
from core.certificates.model import Application
from core.certificates.register_model import Certificate
from core.errors import NotFound


def application_summary(session: Session, application_id: int) -> ApplicationSummary:
    """One case in short.

    Raises:
        NotFound: no such application.
    """
    row = session.get(Application, application_id)
    if row is None:
        raise NotFound("record.not_found")
    certificate = session.execute(
        select(Certificate.id, Certificate.number).where(
            Certificate.application_id == application_id
        )
    ).first()
    return ApplicationSummary(
        id=row.id,
        version=row.version,
        kind=row.kind,
        state=row.state,
        receipt_number=row.receipt_number,
        acceptance_number=row.acceptance_number,
        holders=row.holders_text,
        project_name=row.project_name,
        received_on=row.received_on,
        tonnes=row.tonnes,
        due=row.due,
        step_due=row.step_due,
        certificate_id=certificate.id if certificate else None,
        certificate_number=certificate.number if certificate else "",
    )


def find_application(session: Session, number: str) -> int:
    """The id of a case by its receipt, acceptance or approval number, its certificate's, or id.

    Raises:
        NotFound: there is none.
    """
    wanted = number.strip()
    found = session.scalar(
        select(Application.id)
        .where(
            (Application.receipt_number == wanted)
            | (Application.acceptance_number == wanted)
            | (Application.approval_number == wanted)
        )
        .limit(1)
    ) or session.scalar(select(Certificate.application_id).where(Certificate.number == wanted))
    if found is None and wanted.isdigit():
        found = session.scalar(select(Application.id).where(Application.id == int(wanted)))
    if found is None or not wanted:
        raise NotFound("record.not_found")
    return found


def search_words(dossier: Dossier) -> tuple[str, ...]:
    """Keys and places of a case's parcels, for the search index."""
    words: list[str] = []
    for line in dossier.parcels:
        parcel = line.parcel
        words += [parcel.village, parcel.place_name, parcel.right_cert_no, parcel.estate_unit_no]
    return tuple(dict.fromkeys(word for word in words if word))
