"""登簿: checked by a second person, then the number and the permanent entry in one transaction."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from core import numbering
from core.certificates import face, papers
from core.certificates.case import require_clear
from core.certificates.dossier import Dossier
from core.certificates.index import index_certificate
from core.certificates.progress import APPLICATION, Outcome
from core.certificates.register_model import Certificate, RegisterEntry
from core.certificates.states import CertificateStatus, EntryKind
from core.certificates.taking import Taking
from core.database import now
from core.errors import FieldError, InputError
from core.i18n import N_
from core.messages import register
from core.numbering import TakenNumber
from core.parcels.service import hand_over
from core.values.tonnes import Tonnes
from db.types import canonical_json

register(
    {
        "certificates.check_tonnes": N_(
            "This is not the amount to be entered. Compare the papers and send the case back if "
            "they disagree."
        ),
        "certificates.check_parcels": N_("The case has another number of parcels."),
        "certificates.check_missing": N_("Confirm this, or send the case back."),
    }
)

CERTIFICATE = "certificate"


def check_entry(taking: Taking) -> Outcome:
    """登簿校对单: a second person reads the papers and types what must agree."""
    dossier = taking.dossier()
    wrong = []
    if taking.values.get("tonnes") != taking.application.tonnes:
        wrong.append(FieldError("tonnes", "certificates.check_tonnes"))
    if taking.values.get("parcels") != len(dossier.parcels):
        wrong.append(FieldError("parcels", "certificates.check_parcels"))
    wrong += [
        FieldError(name, "certificates.check_missing")
        for name in ("holders_agree", "period_agrees", "area_agrees")
        if not taking.flag(name)
    ]
    if wrong:
        raise InputError(*wrong)
    sheet = face.entry_check(dossier, taking.name, taking.text("note"))
    document = papers.put(taking.session, dossier, "entry_check", sheet)
    return Outcome(documents=(document,), reason=taking.text("note"))


def enter(taking: Taking) -> Outcome:
    """登簿: certificate, entry, number and claim; all of it or nothing."""
    session, application = taking.session, taking.application
    dossier = taking.dossier()
    require_clear(session, dossier, taking.step.key)
    remarks = taking.text("remarks") or application.remarks
    number = numbering.take(session, "certificate", record_kind=CERTIFICATE, record_id=None)
    certificate = _certificate(taking, dossier, number)
    session.add(certificate)
    session.flush()
    numbering.bind(session, number, certificate.id)
    hand_over(
        session, (APPLICATION, application.id), (CERTIFICATE, certificate.id), reason="entered"
    )
    facts = face.register_facts(dossier, number.text, taking.today.isoformat(), remarks)
    checked = dossier.taken("check_entry")
    assert checked is not None  # the state says so
    _add_entry(taking, certificate, facts, checked.actor_name)
    index_certificate(session, certificate)
    return Outcome(data={"certificate": number.text, "certificate_id": certificate.id})


def _certificate(taking: Taking, dossier: Dossier, number: TakenNumber) -> Certificate:
    application = taking.application
    assert isinstance(application.tonnes, Tonnes)  # examined; the rules looked
    return Certificate(
        number_id=number.id,
        number=number.text,
        application_id=application.id,
        status=CertificateStatus.VALID,
        holders_text=papers.applicant(dossier),
        holders_sort=application.holders_sort,
        project_name=application.project_name,
        township=application.township,
        area=application.area,
        tonnes=application.tonnes,
        range_start=1,
        range_end=application.tonnes.units,
        period_from=application.period_from,
        period_to=application.period_to,
        valid_until=application.valid_until,
        entered_on=taking.today,
    )


def _add_entry(
    taking: Taking, certificate: Certificate, facts: dict[str, Any], checked_by: str
) -> None:
    taking.session.add(
        RegisterEntry(
            certificate_id=certificate.id,
            sequence=1,
            kind=EntryKind.FIRST,
            facts=facts,
            facts_sha256=facts_hash(facts),
            before=None,
            entered_by=taking.name,
            checked_by=checked_by,
            effective_on=taking.today,
            entered_at=now(taking.session),
        )
    )
    taking.session.flush()


def facts_hash(facts: object) -> str:
    """SHA-256 of the canonical text of an entry's facts."""
    return sha256(canonical_json(facts).encode()).hexdigest()


def current_entry(session: Session, certificate_id: int) -> RegisterEntry:
    """The entry that says what the register says today."""
    from sqlalchemy import select

    return session.scalars(
        select(RegisterEntry)
        .where(RegisterEntry.certificate_id == certificate_id)
        .order_by(RegisterEntry.sequence.desc())
        .limit(1)
    ).one()
