"""Tables of the papers: documents, the templates they were made from, prints, pinned keys.

A document is frozen data plus, once issued, bytes. Everything that decides what it says is
immutable from the first row on; the bytes and their hash are once it left `to_sign`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import EnumValue, intpk


class DocumentState(StrEnum):
    """Where a document is: waiting for its signature, signed by some of several, issued, void."""

    TO_SIGN = "to_sign"
    PARTLY_SIGNED = "partly_signed"
    ISSUED = "issued"
    VOID = "void"


class DocumentForm(StrEnum):
    """What kind of print a document is: the original, a copy of one, the print that it is void."""

    ORIGINAL = "original"
    COPY = "copy"
    VOID_PRINT = "void_print"


class KeyRole(StrEnum):
    """What a pinned key is for."""

    ROOT = "root"
    QR = "qr"


class PaperTemplate(Base):
    """The text of a template as it was when a paper was made from it, or as the office edited it.

    The newest row with `by_office` of a kind is what the office uses; without one the program's.
    """

    __tablename__ = "paper_template"
    __table_args__ = (
        Index("ix_paper_template_kind_by_office", "kind", "by_office"),
        # Long texts stand in the log by their hashes.
        {
            "info": {
                "audited": True,
                "append_only": True,
                "digested": ["source"],
                "sealed": {"source": "sha256"},
            }
        },
    )

    id: Mapped[intpk]
    kind: Mapped[str] = mapped_column(String(60))
    revision: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    source: Mapped[str] = mapped_column(Text)
    by_office: Mapped[bool]
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Document(Base):
    """One paper. A copy or a void print is a row of its own that names its original."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_record", "record_kind", "record_id"),
        Index("ix_document_state", "state"),
        Index("uq_document_original_copy", "original_id", "form", "copy_number", unique=True),
        {
            "info": {
                "audited": True,
                "digested": ["facts"],
                "sealed": {"facts": "facts_sha256"},
                "fixed": [
                    "kind",
                    "template_id",
                    "title",
                    "number",
                    "number_id",
                    "record_kind",
                    "record_id",
                    "facts",
                    "facts_sha256",
                    "form",
                    "original_id",
                    "copy_number",
                    "sample",
                    "purpose",
                    "created_at",
                    "created_by",
                ],
                "frozen": ["sha256", "signer", "issued_at", "awaits"],
                "frozen_when": "state NOT IN ('to_sign', 'partly_signed')",
                "once": ["voided_at", "void_reason"],
                "never": [
                    "OLD.state = 'partly_signed' AND NEW.state = 'to_sign'",
                    "OLD.state = 'issued' AND NEW.state NOT IN ('issued', 'void')",
                    "OLD.state = 'void' AND NEW.state <> 'void'",
                ],
            }
        },
    )

    id: Mapped[intpk]
    kind: Mapped[str] = mapped_column(String(60))
    template_id: Mapped[int] = mapped_column(ForeignKey("paper_template.id"))
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(120), index=True)
    number_id: Mapped[int | None] = mapped_column(ForeignKey("number_ledger.id"))
    record_kind: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int]
    #: Canonical JSON, kept as text because its hash is over these very characters.
    facts: Mapped[str] = mapped_column(Text)
    facts_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[DocumentState] = mapped_column(EnumValue(DocumentState))
    form: Mapped[DocumentForm] = mapped_column(EnumValue(DocumentForm))
    original_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    copy_number: Mapped[int] = mapped_column(default=0)
    sample: Mapped[bool]
    purpose: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"), index=True)
    signer: Mapped[str] = mapped_column(String(200), default="")
    #: Who has still to sign, in order: roles of `templates.Signatory` joined by commas.
    awaits: Mapped[str] = mapped_column(String(80), default="")
    issued_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(Text, default="")


class DocumentPrint(Base):
    """Every time a paper left the program: printed, exported, or bound to a numbered sheet."""

    __tablename__ = "document_print"
    __table_args__ = ({"info": {"append_only": True}},)

    id: Mapped[intpk]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str] = mapped_column(Text)
    sheet_serial: Mapped[str] = mapped_column(String(60), default="")
    printer: Mapped[str] = mapped_column(String(200), default="")
    tray: Mapped[str] = mapped_column(String(120), default="")


class PinnedKey(Base):
    """A root certificate or public QR key of the office; never removed, only retired."""

    __tablename__ = "pinned_key"
    __table_args__ = (
        {"info": {"audited": True, "frozen": ["role", "sha256", "der"], "guard": "papers.keys"}},
    )

    id: Mapped[intpk]
    role: Mapped[KeyRole] = mapped_column(EnumValue(KeyRole))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    der: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(String(200))
    is_test: Mapped[bool]
    added_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
