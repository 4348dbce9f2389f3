"""Files with their hash: papers handed in, reports, maps, and the bytes of our own papers."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.orm import Session

from core.attachments.model import Attachment, Blob
from core.database import actor, now
from core.errors import InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register

#: A scan of a thick report; the database is no place for films.
LARGEST = 100 * 1024 * 1024
_NAME_LENGTH = 200

register(
    {
        "attachments.empty": N_("The file “{name}” is empty."),
        "attachments.too_large": N_("The file “{name}” is larger than {limit} MB."),
        "attachments.not_found": N_("This file is not in the database."),
        "attachments.damaged": N_(
            "The stored bytes of this file no longer match their checksum; restore a backup."
        ),
        "attachments.reason_required": N_(
            "Say why the file is taken away; it stays in the record."
        ),
        "attachments.removed": N_("This file was already taken away."),
    }
)


@dataclass(frozen=True)
class AttachmentSummary:
    """A file of a record; `size` in bytes, `removed` when it no longer counts."""

    id: int
    record_kind: str
    record_id: int
    role: str
    filename: str
    media_type: str
    sha256: str
    size: int
    added_by: str
    added_at: datetime
    removed: bool
    removed_reason: str


def put_blob(session: Session, data: bytes) -> str:
    """Store bytes once.

    Returns:
        their SHA-256, hexadecimal.
    """
    digest = sha256(data).hexdigest()
    if session.scalar(select(Blob.sha256).where(Blob.sha256 == digest)) is not None:
        return digest
    if session.info["dialect"] == "postgresql":
        row = {"sha256": digest, "size": len(data), "bytes": data}
        session.execute(postgres_insert(Blob).values(row).on_conflict_do_nothing())
    else:
        session.add(Blob(sha256=digest, size=len(data), bytes=data))
        session.flush()
    return digest


def get_blob(session: Session, digest: str) -> bytes:
    """The stored bytes, checked against their hash.

    Raises:
        NotFound: nothing is stored under this hash.
        RuleViolation: `attachments.damaged`.
    """
    data = session.scalar(select(Blob.bytes).where(Blob.sha256 == digest))
    if data is None:
        raise NotFound("attachments.not_found")
    if sha256(data).hexdigest() != digest:
        raise RuleViolation("attachments.damaged")
    return bytes(data)


def attach(
    session: Session, record_kind: str, record_id: int, role: str, filename: str, data: bytes
) -> AttachmentSummary:
    """Add a file to a record.

    Args:
        session: a write session.
        record_kind: table name of the record.
        record_id: its id.
        role: what the file is for the record.
        filename: its name; folders and control characters are left out.
        data: its bytes.

    Raises:
        InputError: field ``file``; empty or larger than `LARGEST`.
    """
    name = clean_filename(filename)
    if not data:
        raise InputError.of("file", "attachments.empty", name=name)
    if len(data) > LARGEST:
        raise InputError.of(
            "file", "attachments.too_large", name=name, limit=LARGEST // 1024 // 1024
        )
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    row = Attachment(
        record_kind=record_kind,
        record_id=record_id,
        role=role,
        filename=name,
        media_type=media_type,
        sha256=put_blob(session, data),
        added_by=actor(session).name,
        added_at=now(session),
    )
    session.add(row)
    session.flush()
    return _summary(row, len(data))


def attachments(
    session: Session, record_kind: str, record_id: int, *, removed: bool = False
) -> list[AttachmentSummary]:
    """The files of a record in the order they came, with `removed` also those taken away."""
    chosen = (
        select(Attachment, Blob.size)
        .join(Blob, Blob.sha256 == Attachment.sha256)
        .where(Attachment.record_kind == record_kind, Attachment.record_id == record_id)
        .order_by(Attachment.id)
    )
    if not removed:
        chosen = chosen.where(Attachment.removed_at.is_(None))
    return [_summary(row, size) for row, size in session.execute(chosen)]


def read(session: Session, attachment_id: int) -> tuple[AttachmentSummary, bytes]:
    """One file with its bytes.

    Raises:
        NotFound: no such file.
    """
    row = session.get(Attachment, attachment_id)
    if row is None:
        raise NotFound("attachments.not_found")
    data = get_blob(session, row.sha256)
    return _summary(row, len(data)), data


def take_away(session: Session, attachment_id: int, reason: str) -> None:
    """Mark a file that was attached by mistake; it stays in the database and the history.

    Raises:
        InputError: without a reason.
        NotFound: no such file.
        RuleViolation: it was taken away before.
    """
    if not reason.strip():
        raise InputError.of("reason", "attachments.reason_required")
    row = session.get(Attachment, attachment_id)
    if row is None:
        raise NotFound("attachments.not_found")
    if row.removed_at is not None:
        raise RuleViolation("attachments.removed")
    row.removed_at = now(session)
    row.removed_by = actor(session).name
    row.removed_reason = reason.strip()
    session.flush()


def clean_filename(filename: str) -> str:
    """A plain name: no folder, no control or direction-changing character, at most 200 long."""
    last = re.split(r"[/\\]", filename)[-1]
    kept = "".join(
        character for character in last if unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    )
    kept = re.sub(r'[<>:"|?*]', "_", kept).strip(" .") or "file"
    stem, dot, suffix = kept.rpartition(".")
    if len(kept) <= _NAME_LENGTH or not dot:
        return kept[:_NAME_LENGTH]
    return stem[: _NAME_LENGTH - len(suffix) - 1] + dot + suffix


def _summary(row: Attachment, size: int) -> AttachmentSummary:
    return AttachmentSummary(
        row.id,
        row.record_kind,
        row.record_id,
        row.role,
        row.filename,
        row.media_type,
        row.sha256,
        size,
        row.added_by,
        row.added_at,
        row.removed_at is not None,
        row.removed_reason,
    )
