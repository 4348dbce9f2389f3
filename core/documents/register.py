"""What the register says of a file or a code: known, same record, same status."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.documents.model import Document, DocumentForm, DocumentState
from core.documents.standing import ENDED

if TYPE_CHECKING:
    from core.capability import PaperKind
    from core.documents.qr import Decoded
    from core.documents.verify import Findings


@dataclass(frozen=True)
class Entry:
    """What the register has of a paper, to lay beside the one in the hand.

    Attributes:
        number: of the paper; empty where it has none.
        title: of the paper, in Chinese as printed.
        issued_at: when the original was issued.
        copies: numbered copies made of it so far.
    """

    number: str
    title: str
    issued_at: datetime | None
    copies: int


def judge(
    session: Session,
    data: bytes,
    claimed: Mapping[str, str],
    findings: Findings,
    kinds: Sequence[PaperKind],
) -> None:
    """Compare a file with the register: first its hash, then the record, then the status."""
    digest = sha256(data).hexdigest()
    row = session.scalars(select(Document).where(Document.sha256 == digest)).first()
    if row is None:
        known = bool(claimed.get("number")) and bool(_of_number(session, claimed["number"]))
        findings.answers["register"] = "differs" if known else "unknown"
        findings.fail("verify.record_differs" if known else "verify.not_in_register")
        return
    findings.answers["original_or_copy"] = row.form.value
    findings.answers["number"] = row.number
    findings.answers["register"] = "matches"
    if claimed.get("recordHash") != row.facts_sha256 or not _same_facts(session, row, kinds):
        findings.answers["register"] = "differs"
        findings.fail("verify.record_differs")
    _stand(session, row, kinds, findings)


def judge_code(
    session: Session, found: Decoded, findings: Findings, kinds: Sequence[PaperKind]
) -> None:
    """Compare a code with the register: the record it names, what that says now, its status.

    A code does not tell which print it stands on: the original of its record answers for it.
    """
    rows = _of_number(session, found.facts.number)
    same = [row for row in rows if row.facts_sha256.startswith(found.facts.record_hash.hex())]
    if not same:
        findings.answers["register"] = "differs" if rows else "unknown"
        findings.fail("verify.record_differs" if rows else "verify.not_in_register")
        return
    findings.answers["register"] = "matches"
    # Where one of several papers of a record is void, a picture cannot show that it is not that one.
    row = next((one for one in same if one.state is DocumentState.VOID), same[0])
    if not _same_facts(session, row, kinds):
        findings.answers["register"] = "differs"
        findings.fail("verify.record_differs")
    _stand(session, row, kinds, findings)


def _of_number(session: Session, number: str) -> Sequence[Document]:
    """Papers of a number, originals first."""
    rows = session.scalars(select(Document).where(Document.number == number).order_by(Document.id))
    return sorted(rows, key=lambda row: row.form is not DocumentForm.ORIGINAL)


def _stand(session: Session, row: Document, kinds: Sequence[PaperKind], findings: Findings) -> None:
    """How the paper's original stands today, and the reason against one that no longer holds."""
    original = session.get_one(Document, row.original_id) if row.original_id else row
    copies = select(func.count()).where(
        Document.original_id == original.id, Document.form == DocumentForm.COPY
    )
    findings.answers["entry"] = Entry(
        original.number, original.title, original.issued_at, session.scalar(copies) or 0
    )
    status = _status(session, original, kinds)
    findings.answers["status"] = status
    if status in ENDED:
        findings.fail(ENDED[status])


def _kind_of(row: Document, kinds: Sequence[PaperKind]) -> PaperKind | None:
    return next((kind for kind in kinds if kind.kind == row.kind), None)


def _status(session: Session, original: Document, kinds: Sequence[PaperKind]) -> str:
    """The word for a paper: void, else of the record it is about, else of the paper itself."""
    kind = _kind_of(original, kinds)
    if original.state is not DocumentState.ISSUED or kind is None or kind.status is None:
        return original.state.value
    return kind.status(session, original.record_kind, original.record_id)


def _same_facts(session: Session, row: Document, kinds: Sequence[PaperKind]) -> bool:
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
