"""What the search box knows about cases and certificates: numbers, names, places; no numbers of people."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core import search
from core.certificates.model import Application
from core.certificates.register_model import Certificate
from core.values.pinyin import initials


def index_application(session: Session, application: Application, words: tuple[str, ...]) -> None:
    """Put a case into the index, or renew its line. `words`: keys and places of its parcels."""
    search.index(
        session,
        "application",
        application.id,
        application.project_name,
        f"{application.holders_text} {application.receipt_number}".strip(),
        [
            word
            for word in (
                application.receipt_number,
                application.acceptance_number,
                application.approval_number,
                application.holders_text,
                initials(application.holders_text),
                initials(application.project_name),
                application.township,
                *words,
            )
            if word
        ],
        application.received_on.isoformat(),
    )


def index_certificate(session: Session, certificate: Certificate) -> None:
    """Put a certificate into the index."""
    search.index(
        session,
        "certificate",
        certificate.id,
        certificate.number,
        f"{certificate.holders_text} {certificate.project_name}",
        [
            certificate.number,
            certificate.holders_text,
            initials(certificate.holders_text),
            certificate.project_name,
            initials(certificate.project_name),
            certificate.township,
        ],
        certificate.number,
    )
