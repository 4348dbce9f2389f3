"""Tables of signatures: those of papers that several sign in turn, and the certificates used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import intpk


class DocumentSignature(Base):
    """One signature of a paper that several sign in turn, with the file as it was after it.

    The file after the last one is the issued paper itself.
    """

    __tablename__ = "document_signature"
    __table_args__ = (
        Index("uq_document_signature_place", "document_id", "place", unique=True),
        {"info": {"audited": True, "append_only": True, "root": ("document", "document_id")}},
    )

    id: Mapped[intpk]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    #: From 0, in the order of the template.
    place: Mapped[int]
    role: Mapped[str] = mapped_column(String(40))
    signer: Mapped[str] = mapped_column(String(200))
    #: SHA-256 of the certificate: nobody signs twice.
    certificate: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    signed_at: Mapped[datetime]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class SigningCertificate(Base):
    """A certificate that papers of this office were signed with, watched until it is retired."""

    __tablename__ = "signing_certificate"
    __table_args__ = (
        {
            "info": {
                "audited": True,
                "fixed": ["sha256", "name", "is_test", "valid_until", "first_used_at"],
                "once": ["retired_at"],
                "no_delete": True,
            }
        },
    )

    id: Mapped[intpk]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    is_test: Mapped[bool]
    valid_until: Mapped[datetime] = mapped_column(index=True)
    first_used_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
