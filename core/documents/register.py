"""What the register says of a file or a code: known, same record, same status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.documents.model import Document, DocumentForm, DocumentState

if TYPE_CHECKING:
    from core.capability import PaperKind
    from core.documents.qr import Decoded
    from core.documents.verify import Findings

_FORMS = {
    DocumentForm.ORIGINAL: "original",
    DocumentForm.COPY: "copy",
    DocumentForm.VOID_PRINT: "void_print",
}


def judge(
    session: Session,
    data: bytes,
    claimed: Mapping[str, str],
    findings: Findings,
    kinds: tuple[PaperKind, ...],
) -> None:
    """Compare a file with the register: first its hash, then the record, then the status."""
    digest = sha256(data).hexdigest()
    row = session.scalars(select(Document).where(Document.sha256 == digest)).first()
    if row is None:
        known = (
            claimed.get("number")
            and session.scalars(
                select(Document).where(Document.number == claimed["number"]).limit(1)
            ).first()
        )
        findings.answers["register"] = "differs" if known else "unknown"
        findings.fail("verify.record_differs" if known else "verify.not_in_register")
        return
    findings.answers["original_or_copy"] = _FORMS[row.form]
    findings.answers["number"] = row.number
    findings.answers["register"] = "matches"
    if claimed.get("recordHash") != row.facts_sha256 or not _same_facts(session, row, kinds):
        findings.answers["register"] = "differs"
        findings.fail("verify.record_differs")
    original = session.get_one(Document, row.original_id) if row.original_id else row
    findings.answers["status"] = _status(session, row, kinds)
    if original.state is DocumentState.VOID:
        findings.answers["status"] = "void"
        findings.fail("verify.void")


def _kind_of(row: Document, kinds: tuple[PaperKind, ...]) -> PaperKind | None:
    return next((kind for kind in kinds if kind.kind == row.kind), None)


def _status(session: Session, row: Document, kinds: tuple[PaperKind, ...]) -> str:
    kind = _kind_of(row, kinds)
    if kind is None or kind.status is None:
        return str(row.state.value)
    return str(kind.status(session, row.record_kind, row.record_id))


def _same_facts(session: Session, row: Document, kinds: tuple[PaperKind, ...]) -> bool:
    """Whether the register's present record still says what the paper says.

    A kind's `facts` returns only what the register answers for (holder, tonnes, number, ...).
    """
    kind = _kind_of(row, kinds)
    if kind is None or kind.facts is None:
        return True
    frozen: dict[str, Any] = json.loads(row.facts)
    return all(
        key not in frozen or frozen[key] == value
        for key, value in kind.facts(session, row.id).items()
    )


def judge_code(session: Session, found: Decoded) -> list[str]:
    """Reasons against a code: no such record, or one that says something else."""
    rows = session.scalars(select(Document).where(Document.number == found.facts.number)).all()
    if not rows:
        return ["verify.not_in_register"]
    same = [r for r in rows if r.facts_sha256.startswith(found.facts.record_hash.hex())]
    if not same:
        return ["verify.record_differs"]
    return ["verify.void"] if any(row.state is DocumentState.VOID for row in same) else []
