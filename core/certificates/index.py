"""What the search box knows about cases and certificates: numbers, names, places; no numbers of people."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core import search
from core.certificates.model import Application
from core.certificates.register_model import Certificate
from core.values.pinyin import initials


def index_application(session: Session, application: Application, words: tuple[str, ...]) -> None:
    """Put a case into the index, or renew its line. `words`: keys and places of its parcels."""
    line = search.SearchLine(
        title=application.project_name,
        subtitle=f"{application.holders_text} {application.receipt_number}".strip(),
        words=[
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
        sort=application.received_on.isoformat(),
    )
    search.index(session, "application", application.id, line)


def index_certificate(session: Session, certificate: Certificate) -> None:
    """Put a certificate into the index."""
    line = search.SearchLine(
        title=certificate.number,
        subtitle=f"{certificate.holders_text} {certificate.project_name}",
        words=[
            certificate.number,
            certificate.holders_text,
            initials(certificate.holders_text),
            certificate.project_name,
            initials(certificate.project_name),
            certificate.township,
        ],
        sort=certificate.number,
    )
    search.index(session, "certificate", certificate.id, line)
