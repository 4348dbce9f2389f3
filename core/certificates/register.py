"""Asking the register: what it says today, what it said on a day, and the paper about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.certificates.register_model import Certificate, RegisterEntry
from core.certificates.states import CertificateStatus, EntryKind
from core.database import actor, require, today
from core.documents.model import Document
from core.documents.service import DocumentSummary, prepare
from core.errors import InputError, NotFound
from core.i18n import N_
from core.messages import register
from core.numbering import take

register(
    {
        "certificates.as_of_future": N_("The register cannot be asked about a day to come."),
        "certificates.not_yet_entered": N_("On that day the register had no such entry."),
        "certificates.inquirer": N_("Say who asks."),
    }
)

#: 效力状态 as printed.
STATUS_NAMES = {
    CertificateStatus.VALID: "有效",
    CertificateStatus.CANCELLED: "已注销",
    CertificateStatus.REVOKED: "已撤销",
    CertificateStatus.REPLACED: "已换发",
}
ENTRY_NAMES = {EntryKind.FIRST: "首次登记", EntryKind.CORRECTION: "更正登记"}

#: What a signed certificate and the register must agree on.
_ANSWERED = (
    "number",
    "holder_names",
    "id_text",
    "ownership",
    "location",
    "area",
    "period",
    "tonnes",
    "approval_number",
)


@dataclass(frozen=True, kw_only=True)
class RegisterView:
    """What the register said of a certificate on a day.

    Attributes:
        status: of that day; expired certificates stay in the register.
        expired: its validity had ended on that day.
        facts: the face, as entered.
        entries: date, kind and names of every entry up to that day.
    """

    certificate_id: int
    number: str
    as_of: date
    status: CertificateStatus
    expired: bool
    facts: dict[str, Any]
    entries: tuple[tuple[date, EntryKind, str, str, str], ...]


def as_of(session: Session, certificate_id: int, day: date | None = None) -> RegisterView:
    """What the register said on a day (today unless given), from its entries alone.

    Raises:
        NotFound: no such certificate, or none of its entries was there on that day.
        InputError: the day is to come.
    """
    on = day or today(session)
    if on > today(session):
        raise InputError.of("as_of", "certificates.as_of_future")
    certificate = session.get(Certificate, certificate_id)
    if certificate is None:
        raise NotFound("record.not_found")
    entries = list(
        session.scalars(
            select(RegisterEntry)
            .where(RegisterEntry.certificate_id == certificate_id, RegisterEntry.effective_on <= on)
            .order_by(RegisterEntry.sequence)
        )
    )
    if not entries:
        raise NotFound("certificates.not_yet_entered")
    return RegisterView(
        certificate_id=certificate.id,
        number=certificate.number,
        as_of=on,
        # Entries that end a certificate come with later kinds; so far every entry is of a valid one.
        status=certificate.status if on == today(session) else CertificateStatus.VALID,
        expired=certificate.valid_until is not None and certificate.valid_until < on,
        facts=dict(entries[-1].facts),
        entries=tuple(
            (row.effective_on, row.kind, row.entered_by, row.checked_by, row.reason)
            for row in entries
        ),
    )


def certify(
    session: Session, certificate_id: int, inquirer: str, day: date | None = None
) -> DocumentSummary:
    """登簿查询结果证明: a paper that says what the register said on a day.

    Raises:
        NotPermitted: without `certificates.query`.
        InputError, NotFound: as for `as_of`; or nobody asks.
    """
    require(session, "certificates.query")
    if not inquirer.strip():
        raise InputError.of("inquirer", "certificates.inquirer")
    view = as_of(session, certificate_id, day)
    names = ("holder_names", "id_text", "ownership", "location", "area", "period", "tonnes")
    facts: dict[str, object] = {name: view.facts[name] for name in names}
    if view.facts.get("valid_until"):
        facts["valid_until"] = view.facts["valid_until"]
    status = STATUS_NAMES[view.status] + ("（有效期已届满）" if view.expired else "")
    facts |= {
        "inquirer": inquirer.strip(),
        "certificate_number": view.number,
        "as_of": view.as_of.isoformat(),
        "status": status,
        "entries": [
            {
                "date": on.isoformat(),
                "text": f"{ENTRY_NAMES[kind]}　登簿人{entered}　校对人{checked}"
                + (f"　{reason}" if reason else ""),
                "number": view.number,
            }
            for on, kind, entered, checked, reason in view.entries
        ],
        "clerk": actor(session).name,
    }
    number = take(session, "query", record_kind="certificate", record_id=certificate_id)
    return prepare(
        session,
        kind="register_result",
        record_kind="certificate",
        record_id=certificate_id,
        facts=facts,
        number=number,
    )


def paper_facts(session: Session, document_id: int) -> dict[str, object]:
    """What the register answers for on a certificate's paper, for the verifier."""
    row = session.get(Document, document_id)
    if row is None:
        raise NotFound("record.not_found")
    view = as_of(session, row.record_id)
    return {name: view.facts[name] for name in _ANSWERED if view.facts.get(name) not in {None, ""}}


def paper_status(session: Session, _record_kind: str, record_id: int) -> str:
    """What the register says of a certificate today: its stored value, or `expired`."""
    view = as_of(session, record_id)
    if view.status is CertificateStatus.VALID and view.expired:
        return "expired"
    return view.status.value
