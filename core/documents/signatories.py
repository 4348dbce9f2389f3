"""Papers that several sign in turn: who is next, who signed, how many wait for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import attachments, settings
from core.database import actor, now
from core.documents.layout import Signed
from core.documents.model import Document, DocumentState
from core.documents.press import Begun
from core.documents.sign import TEST_MARK, Signer
from core.documents.signature_model import DocumentSignature
from core.errors import RuleViolation
from core.i18n import N_
from core.settings import SettingSpec, declare

#: The fact that says that approval forms are signed by the approver before the bureau.
APPROVER_SIGNS = "approver_signs"
SETTING = "papers.approver_signs"
WAITING = (DocumentState.TO_SIGN, DocumentState.PARTLY_SIGNED)

TITLES: Mapping[str, str] = {"approver": N_("approver"), "bureau": N_("office")}
PERMISSIONS: Mapping[str, str] = {"approver": "papers.approve", "bureau": "papers.sign"}

declare(
    SettingSpec(
        SETTING,
        N_("The approver signs approval forms"),
        False,
        "bool",
        help=N_("With a certificate of the person's own, before the office signs."),
    )
)


@dataclass(frozen=True)
class SignatureSummary:
    """One signature of a paper that several sign: who, as what, when."""

    role: str
    signer: str
    signed_at: datetime


def next_role(awaits: str) -> str:
    """Who signs next, of those a paper still awaits; empty when it is complete."""
    return awaits.partition(",")[0]


def signatures_of(session: Session, document_id: int) -> tuple[SignatureSummary, ...]:
    """The signatures so far of a paper that several sign, in order; none for other papers."""
    return tuple(
        SignatureSummary(row.role, row.signer, row.signed_at) for row in _rows(session, document_id)
    )


def shown_again(session: Session, original_id: int) -> tuple[Signed, ...]:
    """The signatures of an original, as its copies show them."""
    return tuple(
        Signed(row.role, row.signer, row.signed_at, TEST_MARK in row.signer)
        for row in _rows(session, original_id)
    )


def begun(session: Session, document_id: int) -> Begun | None:
    """The file as the last of several signatories left it; None before the first one.

    Raises RuleViolation("documents.damaged") when the stored file is not what was signed.
    """
    from hashlib import sha256

    rows = _rows(session, document_id)
    if not rows:
        return None
    first, last = (attachments.get_blob(session, row.sha256) for row in (rows[0], rows[-1]))
    if sha256(last).hexdigest() != rows[-1].sha256 or not last.startswith(first):
        raise RuleViolation("documents.damaged", number=str(document_id))
    return Begun(last, len(first), tuple(row.certificate for row in rows))


def add(session: Session, document: Document, signed: bytes, signer: Signer) -> str:
    """Keep the file as the next signatory left it; returns who still has to sign."""
    place = len(_rows(session, document.id))
    role, _, rest = document.awaits.partition(",")
    session.add(
        DocumentSignature(
            document_id=document.id,
            place=place,
            role=role,
            signer=signer.name,
            certificate=signer.fingerprint,
            sha256=attachments.put_blob(session, signed),
            signed_at=now(session),
            signed_by=actor(session).account_id,
        )
    )
    session.flush()
    return rest


def place_of(session: Session, document_id: int) -> int:
    """How many of several signatures a paper has."""
    query = select(func.count()).where(DocumentSignature.document_id == document_id)
    return session.scalar(query) or 0


def may_sign(session: Session, awaits: str, signer: Signer) -> bool:
    """Whether the person may give the next signature with this certificate.

    Where people sign with certificates of their own, such a one (it carries the person's name)
    does not sign for the office.
    """
    who, role = actor(session), next_role(awaits)
    if not who.may(PERMISSIONS.get(role, "papers.sign")):
        return False
    personal = who.name in signer.name and bool(settings.get(session, SETTING))
    return not (role == "bureau" and personal)


def waiting_for(session: Session) -> dict[str, int]:
    """How many papers wait for whom."""
    rows = session.execute(
        select(Document.awaits, func.count())
        .where(Document.state.in_(WAITING))
        .group_by(Document.awaits)
    )
    counts: Counter[str] = Counter()
    for awaits, count in rows:
        counts[next_role(awaits)] += count
    return dict(counts)


def _rows(session: Session, document_id: int) -> list[DocumentSignature]:
    return list(
        session.scalars(
            select(DocumentSignature)
            .where(DocumentSignature.document_id == document_id)
            .order_by(DocumentSignature.place)
        )
    )
