"""The desk of whoever matches a statement: the lines, one line with its candidates, the banks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core import history
from core.database import today
from core.errors import NotFound
from core.fund.bank import BANK_LINE, LineProposal, facts_of, proposals_for, waiting
from core.fund.bank_model import BankLine, BankMapping
from core.fund.bank_reading import Credit, guess, read_statement
from core.fund.matching import REASON_TITLES, Proposal, Reason, not_a_gift, rank
from core.fund.model import Donation, Purpose
from core.fund.statements import other_bank, unread
from core.fund.states import DonationState, LineVerdict
from core.history import TimelineEntry
from core.i18n import N_, _, listed
from core.search.lists import RecordList, equals, year_of
from core.values.cells import Shown, term
from core.values.listing import Align, ColumnSpec, FilterSpec
from core.values.money import Money

#: More than a digit key can choose is not offered.
MOST_CANDIDATES = 9
VERDICT_TITLES = {
    LineVerdict.OPEN: N_("To be settled"),
    LineVerdict.MATCHED: N_("Matched"),
    LineVerdict.NOT_A_GIFT: N_("No donation"),
}
#: Why a credit is no donation: title on the screen, and what is kept and printed.
NO_GIFT = {
    "interest": (N_("Interest of the bank"), "利息，非捐赠"),
    "sponsorship": (N_("Sponsorship or advertising with something in return"), "赞助（有回报），非捐赠"),
    "returned": (N_("Money of ours that came back"), "退回款项，非捐赠"),
    "own": (N_("Moved between our own accounts"), "本单位账户间划转"),
    "other": (N_("Something else (say what)"), ""),
}  # fmt: skip


#: Place of the column that says what a line is.
_WHAT = 3


def _shown(session: Session, rows: Sequence[Any]) -> dict[int, tuple[object, ...]]:
    """Lines with what an open one probably is."""
    ids = [row[0] for row in rows if row[6] is LineVerdict.OPEN]
    lines = session.scalars(select(BankLine).where(BankLine.id.in_(ids))).all()
    told = {one.line_id: one for one in proposals_for(session, lines)}
    found = {row[0]: _cells(row) for row in rows}
    return {
        key: (*row[:_WHAT], _likely(told[key]), *row[_WHAT + 1 :]) if key in told else row
        for key, row in found.items()
    }


def _likely(one: LineProposal) -> Shown:
    if one.donation:
        return Shown(one.donation, f"{one.donation} {one.donor}")
    odd = listed(_(REASON_TITLES[Reason(each)]) for each in one.reasons)
    return Shown(None, odd)


def _bank(_session: Session, value: str) -> ColumnElement[bool]:
    return BankLine.bank == value


def _cells(row: Any) -> tuple[object, ...]:
    return (row[1], row[2], row[3], row[7] or row[8], row[4], term(row[6], VERDICT_TITLES), row[5])


BANK_LINES = RecordList(
    kind=BANK_LINE,
    columns=(
        ColumnSpec("traded_on", N_("Date"), 7, Align.CENTRE),
        ColumnSpec("credit", N_("Amount (yuan)"), 9, Align.RIGHT),
        ColumnSpec("payer_name", N_("Payer"), 15),
        ColumnSpec("what", N_("Donation, or what it is"), 13, sortable=False),
        ColumnSpec("memo", N_("Memo"), 8),
        ColumnSpec("verdict", N_("State"), 6),
        ColumnSpec("bank", N_("Bank"), 6),
    ),
    key=BankLine.id.expression,
    orders={
        "traded_on": BankLine.traded_on.expression,
        "credit": BankLine.credit.expression,
        "payer_name": BankLine.payer_name.expression,
        "memo": BankLine.memo.expression,
        "bank": BankLine.bank.expression,
        "verdict": BankLine.verdict.expression,
    },
    texts=(
        BankLine.payer_name.expression,
        BankLine.memo.expression,
        BankLine.reference.expression,
    ),
    fetch=select(
        BankLine.id,
        BankLine.traded_on,
        BankLine.credit,
        BankLine.payer_name,
        BankLine.memo,
        BankLine.bank,
        BankLine.verdict,
        Donation.code,
        BankLine.reason,
    ).outerjoin(Donation, Donation.id == BankLine.donation_id),
    shown=_shown,
    descending=False,
    conditions={
        "verdict": equals(BankLine.verdict, LineVerdict),
        "bank": _bank,
        "year": year_of(BankLine.traded_on),
    },
    offers=(
        FilterSpec(
            "verdict",
            N_("State"),
            tuple((one.value, title) for one, title in VERDICT_TITLES.items()),
        ),
        FilterSpec("year", N_("Year"), ()),
        FilterSpec("bank", N_("Bank"), ()),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A transfer a line may be; without reasons only the amount is the same."""

    donation_id: int
    code: str
    donor: str
    amount: Money
    received_on: date
    purpose: str
    state: DonationState
    reasons: tuple[Reason, ...]
    sure: bool


@dataclass(frozen=True, kw_only=True)
class LineDetail:
    """One line as the pane shows it.

    Attributes:
        odd: why it is probably no gift (interest, sponsorship).
        candidates: what it may be, the likeliest first; only for an open line.
        donation: code of the donation it was confirmed to be.
    """

    id: int
    bank: str
    filename: str
    traded_on: date
    credit: Money
    payer_name: str
    payer_tail: str
    memo: str
    reference: str
    verdict: LineVerdict
    reason: str
    decided_by: str
    decided_at: datetime | None
    donation_id: int | None
    donation: str
    odd: Reason | None
    candidates: tuple[Candidate, ...]
    timeline: tuple[TimelineEntry, ...]


def line_detail(session: Session, line_id: int) -> LineDetail:
    """One line with everything it may be.

    Raises:
        NotFound: no such line.
    """
    line = session.get(BankLine, line_id)
    if line is None:
        raise NotFound("record.not_found")
    is_open = line.verdict is LineVerdict.OPEN
    donation = session.get(Donation, line.donation_id) if line.donation_id else None
    return LineDetail(
        id=line.id,
        bank=line.bank,
        filename=line.filename,
        traded_on=line.traded_on,
        credit=line.credit,
        payer_name=line.payer_name,
        payer_tail=line.payer_tail,
        memo=line.memo,
        reference=line.reference,
        verdict=line.verdict,
        reason=line.reason,
        decided_by=line.decided_by,
        decided_at=line.decided_at,
        donation_id=line.donation_id,
        donation=donation.code if donation else "",
        odd=not_a_gift(facts_of(line)) if is_open else None,
        candidates=_candidates(session, line) if is_open else (),
        timeline=tuple(history.timeline(session, BANK_LINE, line.id)),
    )


def _candidates(session: Session, line: BankLine) -> tuple[Candidate, ...]:
    """The ranked ones, then other transfers of the same amount, the nearest day first."""
    rows = waiting(session, {line.credit})
    ranked = rank(facts_of(line), [one.gift for one in rows.values()])
    known = {one.gift_id for one in ranked}
    rest = sorted(
        (one.gift for key, one in rows.items() if key not in known),
        key=lambda gift: (abs((line.traded_on - gift.received_on).days), gift.id),
    )
    ranked += [Proposal(gift.id, sure=False, reasons=()) for gift in rest]
    purposes = _purposes(session, [one.gift_id for one in ranked if one.gift_id])
    found = []
    for one in ranked[:MOST_CANDIDATES]:
        assert one.gift_id is not None  # ranked are gifts
        row = rows[one.gift_id]
        found.append(
            Candidate(
                donation_id=one.gift_id,
                code=row.code,
                donor=row.donor,
                amount=row.gift.amount,
                received_on=row.gift.received_on,
                purpose=purposes[one.gift_id],
                state=row.state,
                reasons=one.reasons,
                sure=one.sure,
            )
        )
    return tuple(found)


def _purposes(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(Donation.id, Purpose.name)
        .join(Purpose, Purpose.id == Donation.purpose_id)
        .where(Donation.id.in_(ids))
    )
    return {one.id: one.name for one in rows}


@dataclass(frozen=True)
class DeskState:
    """How much of the statements is done: lines by verdict."""

    open: int
    matched: int
    no_gift: int

    @property
    def total(self) -> int:
        """All lines."""
        return self.open + self.matched + self.no_gift


def desk_state(session: Session) -> DeskState:
    """Counts of the lines by verdict."""
    rows = session.execute(select(BankLine.verdict, func.count()).group_by(BankLine.verdict))
    counts: dict[LineVerdict, int] = {row[0]: row[1] for row in rows}
    return DeskState(
        counts.get(LineVerdict.OPEN, 0),
        counts.get(LineVerdict.MATCHED, 0),
        counts.get(LineVerdict.NOT_A_GIFT, 0),
    )


def sure_lines(session: Session) -> tuple[int, ...]:
    """Open lines whose proposal leaves no doubt; every open line is looked at for it."""
    open_ = session.scalars(
        select(BankLine).where(BankLine.verdict == LineVerdict.OPEN).order_by(BankLine.id)
    ).all()
    sure, taken = [], set()
    for one in proposals_for(session, open_):
        if one.sure and one.donation_id not in taken:
            taken.add(one.donation_id)
            sure.append(one.line_id)
    return tuple(sure)


@dataclass(frozen=True)
class Bank:
    """A bank whose statements were read: its name and its headers by field."""

    name: str
    columns: Mapping[str, str]


def banks(session: Session) -> list[Bank]:
    """The banks known, by name."""
    mapped = {one.bank: dict(one.columns) for one in session.scalars(select(BankMapping))}
    names = {*mapped, *session.scalars(select(BankLine.bank).distinct())}
    return [Bank(name, mapped.get(name, {})) for name in sorted(names)]


@dataclass(frozen=True)
class StatementPreview:
    """What importing a file would do; nothing was written.

    Attributes:
        headers: what the file calls its columns.
        mapping: header by field, as remembered, given or recognised.
        credits: the credits of the file; empty while the mapping is not complete.
        known: how many of them were read before and will be left out.
        other: the bank as whose lines all the others were read; then nothing can be stored.
    """

    headers: tuple[str, ...]
    mapping: Mapping[str, str]
    credits: tuple[Credit, ...] = ()
    known: int = 0
    other: str = ""

    @property
    def total(self) -> Money:
        """The sum of the credits."""
        return sum((one.credit for one in self.credits), Money(0))


def preview_statement(
    session: Session, bank: str, path: Path, given: Mapping[str, str]
) -> StatementPreview:
    """Read a statement without writing anything.

    Args:
        session: a read session.
        bank: whose remembered mapping is used.
        path: the file.
        given: header by field, before what is remembered; an empty header takes a column away.

    Raises:
        InputError: a missing column, or every row that cannot be read.
    """
    found = looked_at(session, bank, path, given)
    credits_ = read_statement(path, found.mapping, today(session))
    fresh = unread(session, bank.strip(), credits_)
    return StatementPreview(
        found.headers,
        found.mapping,
        tuple(credits_),
        len(credits_) - len(fresh),
        other_bank(session, bank.strip(), fresh) if bank.strip() else "",
    )


def looked_at(
    session: Session, bank: str, path: Path, given: Mapping[str, str]
) -> StatementPreview:
    """Headers and mapping of a file only.

    Raises:
        InputError: the file cannot be read.
    """
    row = session.scalar(select(BankMapping).where(BankMapping.bank == bank.strip()))
    remembered: dict[str, str] = dict(row.columns) if row else {}
    headers, mapping = guess(path, {**remembered, **given})
    return StatementPreview(headers, mapping)
