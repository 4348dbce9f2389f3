"""Tables of the register: certificates and entries. They prevail over every paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.certificates.states import CertificateStatus, EntryKind
from core.values.area import Area
from core.values.columns import AreaColumn, TonnesColumn
from core.values.tonnes import Tonnes
from db.base import Base
from db.types import CanonicalJson, EnumValue, UtcDateTime, intpk

#: What is on the face of a certificate; no later step may touch it.
FACE = (
    "number_id",
    "number",
    "application_id",
    "holders_text",
    "holders_sort",
    "project_name",
    "township",
    "area",
    "tonnes",
    "range_start",
    "range_end",
    "period_from",
    "period_to",
    "valid_until",
    "entered_on",
)

#: The status follows from a later entry of the register, which nobody can take back.
STATUS_ALONE = (
    "NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM register_entry AS entry"
    " WHERE entry.certificate_id = NEW.id AND entry.sequence > 1)"
)
#: Once the paper is made, another sheet carries it only when the print on it is in the log.
SHEET_ALONE = (
    "OLD.document_id IS NOT NULL AND NEW.sheet_serial <> OLD.sheet_serial"
    " AND NOT EXISTS (SELECT 1 FROM document_print AS print"
    " WHERE print.document_id = NEW.document_id AND print.sheet_serial = NEW.sheet_serial)"
)


class Certificate(Base):
    """A certificate (权证). Its face never changes; its status follows from register entries.

    Attributes:
        number_id: the ledger line of the number; a number names exactly one certificate.
        range_start, range_end: units of 0.01 t within the issuance, both included.
        document_id: the paper, once it was made.
        sheet_serial: 印制号 of the sheet it is printed on.
        collected_by: who signed for it, in words (name and relation).
    """

    __tablename__ = "certificate"
    __table_args__ = (
        Index("ix_certificate_number", "number", unique=True),
        Index("ix_certificate_holders_sort", "holders_sort"),
        Index("ix_certificate_project_name", "project_name"),
        Index("ix_certificate_township", "township"),
        Index("ix_certificate_area", "area"),
        Index("ix_certificate_tonnes", "tonnes"),
        Index("ix_certificate_entered_on", "entered_on"),
        Index("ix_certificate_period_to", "period_to"),
        Index("ix_certificate_status", "status"),
        Index("ix_certificate_valid_until", "valid_until"),
        {
            "info": {
                "audited": True,
                "frozen": list(FACE),
                "once": ["document_id", "made_on", "issued_on", "collected_by", "archive_place"],
                "never": [STATUS_ALONE, SHEET_ALONE],
            }
        },
    )

    id: Mapped[intpk]
    number_id: Mapped[int] = mapped_column(ForeignKey("number_ledger.id"), unique=True)
    number: Mapped[str]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    status: Mapped[CertificateStatus] = mapped_column(EnumValue(CertificateStatus))
    holders_text: Mapped[str]
    holders_sort: Mapped[str]
    project_name: Mapped[str]
    township: Mapped[str]
    area: Mapped[Area] = mapped_column(AreaColumn)
    tonnes: Mapped[Tonnes] = mapped_column(TonnesColumn)
    range_start: Mapped[int]
    range_end: Mapped[int]
    period_from: Mapped[date]
    period_to: Mapped[date]
    valid_until: Mapped[date | None]
    entered_on: Mapped[date]
    document_id: Mapped[int | None]
    sheet_serial: Mapped[str] = mapped_column(default="")
    made_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    collected_by: Mapped[str] = mapped_column(default="")
    archive_place: Mapped[str] = mapped_column(default="")


class RegisterEntry(Base):
    """An entry of the register (登记簿); permanent, only ever followed by another one.

    Attributes:
        sequence: 1, 2, 3 ... within the certificate.
        facts: everything the register says from this entry on, as canonical JSON.
        facts_sha256: hash of it, printed in the QR code.
        entered_by, checked_by: two different people.
        effective_on: the day it was entered (China).
    """

    __tablename__ = "register_entry"
    __table_args__ = (
        UniqueConstraint("certificate_id", "sequence"),
        Index("ix_register_entry_effective_on", "effective_on"),
        {
            "info": {
                "audited": True,
                "append_only": True,
                "sealed": {"facts": "facts_sha256"},
                "guard": "certificates.register",
                "root": ("certificate", "certificate_id"),
            }
        },
    )

    id: Mapped[intpk]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    sequence: Mapped[int]
    kind: Mapped[EntryKind] = mapped_column(EnumValue(EntryKind))
    facts: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)
    facts_sha256: Mapped[str]
    before: Mapped[Any] = mapped_column(CanonicalJson, nullable=True)
    reason: Mapped[str] = mapped_column(default="")
    entered_by: Mapped[str]
    checked_by: Mapped[str]
    effective_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
