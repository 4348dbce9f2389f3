"""The keys an office stands behind: root certificates to trust and public keys of its codes.

They are kept in the register and exportable, so that every installation, and anybody outside who
was given them, can judge a paper. A retired key still judges the papers of its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import now, require
from core.documents.authority import TestAuthority
from core.documents.model import KeyRole, PinnedKey
from core.documents.sign import TEST_MARK, common_name
from core.errors import InputError
from core.i18n import N_
from core.messages import register


@dataclass(frozen=True)
class KeySummary:
    """A pinned key as lists show it; `fingerprint` is the SHA-256 of its DER form."""

    id: int
    role: KeyRole
    name: str
    fingerprint: str
    is_test: bool
    added_at: datetime
    retired_at: datetime | None


def pin_root(session: Session, certificate: bytes) -> KeySummary:
    """Trust a root certificate (DER or PEM). Raises InputError("certificate", "keys.not_a_root")."""
    from cryptography import x509

    require(session, "papers.keys")
    try:
        load = (
            x509.load_pem_x509_certificate
            if certificate.lstrip().startswith(b"-----")
            else x509.load_der_x509_certificate
        )
        parsed = load(certificate)
        constraints = parsed.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, x509.ExtensionNotFound) as fault:
        raise InputError.of("certificate", "keys.not_a_root") from fault
    if not constraints.ca:
        raise InputError.of("certificate", "keys.not_a_root")
    from cryptography.hazmat.primitives.serialization import Encoding

    name = common_name(parsed)
    return _pin(session, KeyRole.ROOT, parsed.public_bytes(Encoding.DER), name)


def pin_qr_key(session: Session, public: bytes, name: str) -> KeySummary:
    """Trust a public key (DER) for the codes on papers."""
    require(session, "papers.keys")
    return _pin(session, KeyRole.QR, public, name)


def pin_authority(session: Session, authority: TestAuthority, name: str) -> None:
    """Trust the root and the QR key of a test authority."""
    pin_root(session, authority.root)
    pin_qr_key(session, authority.qr_public, f"{name}{TEST_MARK}")


def _pin(session: Session, role: KeyRole, der: bytes, name: str) -> KeySummary:
    digest = sha256(der).hexdigest()
    row = session.scalars(select(PinnedKey).where(PinnedKey.sha256 == digest)).first()
    if row is None:
        row = PinnedKey(
            role=role,
            sha256=digest,
            der=der,
            name=name,
            is_test=TEST_MARK in name,
            added_at=now(session),
        )
        session.add(row)
        session.flush()
    return _summary(row)


def _summary(row: PinnedKey) -> KeySummary:
    return KeySummary(
        row.id, row.role, row.name, row.sha256, row.is_test, row.added_at, row.retired_at
    )


def keys(session: Session) -> list[KeySummary]:
    """Every pinned key, oldest first."""
    return [_summary(row) for row in session.scalars(select(PinnedKey).order_by(PinnedKey.id))]


def _der(session: Session, role: KeyRole) -> tuple[bytes, ...]:
    return tuple(session.scalars(select(PinnedKey.der).where(PinnedKey.role == role)))


def roots(session: Session) -> tuple[bytes, ...]:
    """The root certificates (DER) that papers may chain to."""
    return _der(session, KeyRole.ROOT)


def qr_keys(session: Session) -> tuple[bytes, ...]:
    """The public keys (DER) that codes may be signed with."""
    return _der(session, KeyRole.QR)


register(
    {
        "keys.not_a_root": N_(
            "This is not the certificate of a certification authority (PEM or DER)."
        )
    }
)
