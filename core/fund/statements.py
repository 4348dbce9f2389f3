"""Bank statements: read once each, their columns remembered by bank, and taken back as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import history
from core.database import actor, now, require, today
from core.errors import InputError, NotFound, RuleViolation
from core.fund.bank_model import BankLine, BankMapping, BankStatement
from core.fund.bank_reading import HEADERS, Credit, read_statement
from core.fund.model import Donation
from core.fund.states import LineVerdict
from core.i18n import N_, listed
from core.messages import register

register(
    {
        "fund.bank_missing": N_("Say which bank the statement is from."),
        "fund.bank_field": N_("“{field}” is no field of a statement; there are: {known}."),
        "fund.bank_other": N_(
            "Every line of “{name}” was read as a statement of “{bank}” already. If that was a "
            "mistake, undo that import first."
        ),
        "fund.statement_undone": N_("The import of “{name}” was undone already."),
        "fund.statement_used": N_(
            "{count} lines of “{name}” are settled; open them again before the import is undone: "
            "{lines}"
        ),
    }
)

BANK_STATEMENT = "bank_statement"
#: From so many credits on that another bank has told, all of a file, it is taken for a mistake.
MISTAKEN = 2
#: Settled lines named in the sentence that refuses to undo an import; the rest is counted.
NAMED = 5


def import_statement(
    session: Session, bank: str, path: Path, mapping: Mapping[str, str] | None = None
) -> list[int]:
    """Read a statement; a mapping given once is remembered for the bank.

    A line that was read before is left out, so a statement may overlap the last one.

    Returns:
        ids of the new lines.

    Raises:
        NotPermitted: without `fund.record`.
        InputError: the bank, the mapping or the file.
        RuleViolation: all of it was read as a statement of another bank.
    """
    require(session, "fund.record")
    name = bank.strip()
    if not name:
        raise InputError.of("bank", "fund.bank_missing")
    columns = _mapping(session, name, mapping or {})
    credits_ = read_statement(path, columns, today(session))
    fresh = unread(session, name, credits_)
    other = other_bank(session, name, fresh)
    if other:
        raise RuleViolation("fund.bank_other", name=path.name, bank=other)
    if not fresh:
        return []
    statement = BankStatement(
        bank=name,
        filename=path.name,
        credits=len(credits_),
        imported_by=actor(session).name,
        imported_at=now(session),
    )
    session.add(statement)
    session.flush()
    rows = [_line(statement, one) for one in fresh]
    session.add_all(rows)
    session.flush()
    return [one.id for one in rows]


def unread(session: Session, bank: str, credits_: Sequence[Credit]) -> list[Credit]:
    """Those credits that are no line of the bank yet."""
    known = set(session.scalars(select(BankLine.fingerprint).where(BankLine.bank == bank)))
    return [one for one in credits_ if one.fingerprint not in known]


def other_bank(session: Session, bank: str, fresh: Sequence[Credit]) -> str:
    """The bank as whose lines all of these credits were read; empty if there is none.

    One alone may be the same by chance.
    """
    if len(fresh) < MISTAKEN:
        return ""
    first = select(BankLine.bank).where(
        BankLine.fingerprint == fresh[0].fingerprint, BankLine.bank != bank
    )
    banks = session.scalars(first).all()
    return next((one for one in banks if not unread(session, one, fresh)), "")


def _line(statement: BankStatement, one: Credit) -> BankLine:
    return BankLine(
        statement_id=statement.id,
        bank=statement.bank,
        filename=statement.filename,
        fingerprint=one.fingerprint,
        traded_on=one.traded_on,
        credit=one.credit,
        payer_name=one.payer_name,
        payer_tail=one.payer_tail,
        memo=one.memo,
        reference=one.reference,
        verdict=LineVerdict.OPEN,
    )


def _mapping(session: Session, bank: str, given: Mapping[str, str]) -> Mapping[str, str]:
    unknown = next((field for field in given if field not in HEADERS), None)
    if unknown is not None:
        known = listed(HEADERS)
        raise InputError.of("mapping", "fund.bank_field", field=unknown, known=known)
    row = session.scalar(select(BankMapping).where(BankMapping.bank == bank))
    remembered: dict[str, str] = dict(row.columns) if row else {}
    merged = {**remembered, **given}
    if given and merged != remembered:
        if row is None:
            row = BankMapping(bank=bank, columns=merged)
            session.add(row)
        row.columns = merged
        session.flush()
    return merged


@dataclass(frozen=True, kw_only=True)
class StatementSummary:
    """A statement that was read.

    Attributes:
        credits: credits of the file.
        lines: those that became lines, and stand; none once it was undone.
        settled: lines of it that somebody decided.
    """

    id: int
    bank: str
    filename: str
    credits: int
    lines: int
    settled: int
    imported_by: str
    imported_at: datetime
    undone_by: str
    undone_at: datetime | None


def statements(session: Session) -> list[StatementSummary]:
    """Every statement that was read, the newest first."""
    counted: dict[int, dict[LineVerdict, int]] = {}
    rows = session.execute(
        select(BankLine.statement_id, BankLine.verdict, func.count()).group_by(
            BankLine.statement_id, BankLine.verdict
        )
    )
    for statement_id, verdict, count in rows:
        counted.setdefault(statement_id, {})[verdict] = count
    found = []
    for one in session.scalars(select(BankStatement).order_by(BankStatement.id.desc())):
        counts = counted.get(one.id, {})
        total = sum(counts.values())
        found.append(
            StatementSummary(
                id=one.id,
                bank=one.bank,
                filename=one.filename,
                credits=one.credits,
                lines=total,
                settled=total - counts.get(LineVerdict.OPEN, 0),
                imported_by=one.imported_by,
                imported_at=one.imported_at,
                undone_by=one.undone_by,
                undone_at=one.undone_at,
            )
        )
    return found


def undo_statement(session: Session, statement_id: int, reason: str) -> int:
    """Take a statement that was read back: every line of it, or none.

    The columns remembered for its bank are forgotten with the last of the bank's lines. The
    statement itself stays with the reason, what its lines said stays in the audit log.

    Returns:
        how many lines were removed.

    Raises:
        NotPermitted: without `fund.record`.
        NotFound: no such statement.
        InputError: without a reason.
        RuleViolation: undone already, or lines of it are settled; the sentence names them.
    """
    require(session, "fund.record")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    statement = session.get(BankStatement, statement_id, with_for_update=True)
    if statement is None:
        raise NotFound("record.not_found")
    if statement.undone_at is not None:
        raise RuleViolation("fund.statement_undone", name=statement.filename)
    lines = session.scalars(
        select(BankLine).where(BankLine.statement_id == statement_id).with_for_update()
    ).all()
    _refuse_settled(session, statement, lines)
    for line in lines:
        session.delete(line)
    session.flush()
    _forget_mapping(session, statement.bank)
    statement.undone_by, statement.undone_at = actor(session).name, now(session)
    statement.undo_reason = reason.strip()
    history.record(session, BANK_STATEMENT, statement_id, "import_undone", reason=reason.strip())
    session.flush()
    return len(lines)


def _refuse_settled(session: Session, statement: BankStatement, lines: Sequence[BankLine]) -> None:
    settled = [one for one in lines if one.verdict is not LineVerdict.OPEN]
    if not settled:
        return
    ids = [one.donation_id for one in settled if one.donation_id is not None]
    rows = session.execute(select(Donation.id, Donation.code).where(Donation.id.in_(ids)))
    codes = {row.id: row.code for row in rows}
    told = []
    for one in sorted(settled, key=lambda line: (line.traded_on, line.id))[:NAMED]:
        what = codes.get(one.donation_id or 0, one.reason)
        told.append(f"{one.traded_on} {one.payer_name} {one.credit}（{what}）")
    rest = "……" if len(settled) > NAMED else ""
    raise RuleViolation(
        "fund.statement_used",
        name=statement.filename,
        count=len(settled),
        lines="；".join(told) + rest,
    )


def _forget_mapping(session: Session, bank: str) -> None:
    if session.scalar(select(BankLine.id).where(BankLine.bank == bank).limit(1)) is not None:
        return
    row = session.scalar(select(BankMapping).where(BankMapping.bank == bank))
    if row is not None:
        session.delete(row)
