"""The hash chain over the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from db.types import canonical_json

#: What the first line follows.
START = "0" * 64
#: What the hash of a line is over, in this order.
SAID = (
    "seq", "at", "account_id", "login", "table_name", "row_id", "action", "before", "after",
    "prev_hash",
)  # fmt: skip
#: Everything of a line but its values.
_FACE = (
    AuditRow.seq, AuditRow.at, AuditRow.account_id, AuditRow.login, AuditRow.table_name,
    AuditRow.row_id, AuditRow.action, AuditRow.prev_hash, AuditRow.hash,
)  # fmt: skip


@dataclass(frozen=True)
class AuditVerdict:
    """The result of checking the chain.

    Attributes:
        intact: every line has its number, its predecessor and its hash.
        lines: how many lines were read.
        first_bad: number of the first line that is wrong or missing; None when intact.
        head: hash of the last line, to compare with the printed one.
    """

    intact: bool
    lines: int
    first_bad: int | None
    head: str


def said_hash(line: Mapping[str, Any]) -> str:
    """SHA-256 of everything a line says, its predecessor's hash included; keys as in `SAID`."""
    content = [line[name] for name in SAID]
    content[1] = line["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return sha256(canonical_json(content).encode()).hexdigest()


def head(session: Session) -> tuple[int, str]:
    """Number and hash of the last line; (0, zeros) for an empty log."""
    last = session.execute(
        select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)
    ).first()
    return (last.seq, last.hash) if last else (0, START)


def verify_chain(session: Session, *, expected_head: str | None = None) -> AuditVerdict:
    """Recompute every hash.

    Args:
        session: a read session.
        expected_head: a hash printed earlier that must occur in the log; finds a cut tail.
    """
    previous, count, seen = START, 0, expected_head is None
    plain = (type_coerce(each, Text) for each in (AuditRow.before, AuditRow.after))
    chosen = select(*_FACE, *plain).order_by(AuditRow.seq).execution_options(yield_per=1000)
    with closing(session.execute(chosen)) as rows:
        for row in rows:
            count += 1
            good = row.hash == _stored_hash(row)
            if row.seq != count or row.prev_hash != previous or not good:
                return AuditVerdict(intact=False, lines=count, first_bad=count, head=previous)
            previous = row.hash
            seen = seen or previous == expected_head
    bad = None if seen else count + 1
    return AuditVerdict(intact=seen, lines=count, first_bad=bad, head=previous)


def _stored_hash(row: Any) -> str:
    """The hash of a stored line: its values are put in as the canonical texts they stand there as."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    named = [row.seq, at, row.account_id, row.login, row.table_name, row.row_id, row.action]
    values = f"{row[-2] or 'null'},{row[-1] or 'null'}"
    text = f"{canonical_json(named)[:-1]},{values},{canonical_json(row.prev_hash)}]"
    return sha256(text.encode()).hexdigest()
