"""Lines of bank statements: proposed, confirmed by a person, and opened again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.database import actor, now, require, today
from core.errors import InputError, NotFound, RuleViolation
from core.fund.balances import book
from core.fund.bank_model import BankLine, PayerName
from core.fund.donations import DONATION, arrive
from core.fund.matching import Gift, Line, Proposal, propose
from core.fund.model import Donation, Donor
from core.fund.states import DonationState, Form, LineVerdict
from core.i18n import N_
from core.messages import register
from core.parties.model import Party
from core.values.money import Money

register(
    {
        "fund.line_done": N_("This line is settled already."),
        "fund.line_amount": N_("The line is {credit} yuan, the donation {amount}."),
        "fund.line_twice": N_("{code} already belongs to another line of a statement."),
        "fund.no_lines": N_("No line of a statement and no transfer lies in these days."),
        "fund.line_open": N_("This line is open; there is nothing to undo."),
        "fund.line_used": N_(
            "{code} was reviewed or has a receipt since; that must be undone before its line."
        ),
    }
)

BANK_LINE = "bank_line"
LIVE = (
    DonationState.REGISTERED,
    DonationState.ARRIVED,
    DonationState.REVIEWED,
    DonationState.RECEIPTED,
)


@dataclass(frozen=True, kw_only=True)
class LineProposal:
    """An open line with what it probably is; `donation` is the code, empty for none."""

    line_id: int
    traded_on: date
    credit: Money
    payer_name: str
    payer_tail: str
    memo: str
    donation_id: int | None
    donation: str
    donor: str
    sure: bool
    reasons: tuple[str, ...]


def proposals(session: Session) -> list[LineProposal]:
    """Every open line of every statement with its proposal, the oldest first."""
    lines = session.scalars(
        select(BankLine)
        .where(BankLine.verdict == LineVerdict.OPEN)
        .order_by(BankLine.traded_on, BankLine.id)
    ).all()
    return proposals_for(session, lines)


def proposals_for(session: Session, lines: Sequence[BankLine]) -> list[LineProposal]:
    """What some lines probably are; asks only for transfers of their amounts."""
    rows = waiting(session, {line.credit for line in lines})
    gifts: dict[int, list[Gift]] = defaultdict(list)
    for one in rows.values():
        gifts[one.gift.amount.fen].append(one.gift)
    return [
        _proposed(line, propose(facts_of(line), gifts[line.credit.fen]), rows) for line in lines
    ]


def facts_of(line: BankLine) -> Line:
    """A line as matching sees it."""
    return Line(
        line.traded_on, line.credit, line.payer_name, line.payer_tail, line.memo, line.reference
    )


def _proposed(
    line: BankLine, proposal: Proposal | None, rows: Mapping[int, Waiting]
) -> LineProposal:
    gift_id = proposal.gift_id if proposal else None
    found = rows[gift_id] if gift_id is not None else None
    return LineProposal(
        line_id=line.id,
        traded_on=line.traded_on,
        credit=line.credit,
        payer_name=line.payer_name,
        payer_tail=line.payer_tail,
        memo=line.memo,
        donation_id=gift_id,
        donation=found.code if found else "",
        donor=found.donor if found else "",
        sure=proposal.sure if proposal else False,
        reasons=tuple(one.value for one in proposal.reasons) if proposal else (),
    )


@dataclass(frozen=True)
class Waiting:
    """A transfer that no line was confirmed for yet."""

    code: str
    donor: str
    state: DonationState
    gift: Gift


def waiting(session: Session, amounts: Collection[Money]) -> dict[int, Waiting]:
    """Transfers of these amounts without a line, by id."""
    taken = select(BankLine.donation_id).where(BankLine.donation_id.is_not(None))
    rows = session.execute(
        select(Donation, Party.name)
        .join(Donor, Donor.id == Donation.donor_id)
        .join(Party, Party.id == Donor.party_id)
        .where(
            Donation.amount.in_(amounts),
            Donation.form == Form.TRANSFER,
            Donation.state.in_(LIVE),
            Donation.id.not_in(taken),
        )
    ).all()
    learned: dict[int, set[str]] = defaultdict(set)
    donors = {donation.donor_id for donation, _name in rows}
    for donor_id, name in session.execute(
        select(PayerName.donor_id, PayerName.name).where(PayerName.donor_id.in_(donors))
    ):
        learned[donor_id].add("".join(name.split()))
    found = {}
    for donation, name in rows:
        assert donation.amount is not None  # money
        gift = Gift(
            donation.id,
            donation.payer_name or name,
            donation.amount,
            donation.received_on,
            donation.payer_tail,
            donation.bank_reference,
            frozenset(learned[donation.donor_id]),
        )
        found[donation.id] = Waiting(donation.code, name, donation.state, gift)
    return found


def confirm(session: Session, line_id: int, donation_id: int) -> None:
    """A person says that a line is a donation; the payer's name is learned, the money has arrived.

    Raises:
        NotPermitted: without `fund.record`.
        NotFound: no such line or donation.
        RuleViolation: settled already, another amount, or the donation has a line.
    """
    require(session, "fund.record")
    line = _open_line(session, line_id)
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None:
        raise NotFound("record.not_found")
    if donation.amount != line.credit:
        raise RuleViolation("fund.line_amount", credit=line.credit, amount=donation.amount or "——")
    if session.scalar(select(BankLine.id).where(BankLine.donation_id == donation_id)):
        raise RuleViolation("fund.line_twice", code=donation.code)
    line.verdict, line.donation_id = LineVerdict.MATCHED, donation_id
    _decide(session, line)
    # What undoing it has to take back.
    facts: dict[str, object] = {"line": line_id, "arrived": False, "tail": False}
    facts["learned"] = _learn(session, line.payer_name, donation.donor_id)
    if donation.state is DonationState.REGISTERED:
        if not donation.payer_tail and line.payer_tail:
            donation.payer_tail, facts["tail"] = line.payer_tail, True
            session.flush()
        arrive(session, donation.id, donation.version)
        facts["arrived"] = True
    history.record(session, DONATION, donation_id, "matched", data=facts)
    session.flush()


def reopen(session: Session, line_id: int, reason: str) -> None:
    """Undo what was said of a line: it is open again, and the donation is as it was before.

    A name that was learned from the line is forgotten; money that was credited because of it is
    taken back from the purpose.

    Raises:
        NotPermitted: without `fund.record`.
        NotFound: no such line.
        RuleViolation: open already, the donation was reviewed or has a receipt since, or its
            purpose holds less than the amount.
        InputError: without a reason.
    """
    require(session, "fund.record")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    line = session.get(BankLine, line_id, with_for_update=True)
    if line is None:
        raise NotFound("record.not_found")
    if line.verdict is LineVerdict.OPEN:
        raise RuleViolation("fund.line_open")
    if line.donation_id is not None:
        _unmatch(session, line, line.donation_id, reason.strip())
    line.verdict, line.donation_id, line.reason = LineVerdict.OPEN, None, ""
    line.decided_by, line.decided_at = "", None
    history.record(session, BANK_LINE, line.id, "reopened", reason=reason.strip())
    session.flush()


def _unmatch(session: Session, line: BankLine, donation_id: int, reason: str) -> None:
    donation = session.get_one(Donation, donation_id, with_for_update=True)
    if donation.state not in (DonationState.REGISTERED, DonationState.ARRIVED):
        raise RuleViolation("fund.line_used", code=donation.code)
    told = next(
        entry.data
        for entry in reversed(history.timeline(session, DONATION, donation_id))
        if entry.event == "matched" and entry.data.get("line") == line.id
    )
    if told.get("learned"):
        name = "".join(line.payer_name.split())
        known = select(PayerName).where(
            PayerName.name == name, PayerName.donor_id == donation.donor_id
        )
        for row in session.scalars(known):
            session.delete(row)
    if told.get("arrived") and donation.state is DonationState.ARRIVED:
        donation.state = DonationState.REGISTERED
        donation.payer_tail = "" if told.get("tail") else donation.payer_tail
        assert donation.amount is not None  # a transfer
        record_ = (DONATION, donation_id)
        book(session, donation.purpose_id, -donation.amount, "correction", record_, today(session))
    history.record(session, DONATION, donation_id, "unmatched", reason=reason)


def dismiss(session: Session, line_id: int, reason: str) -> None:
    """A person says that a line is no gift (interest, sponsorship, something else).

    Raises:
        NotPermitted: without `fund.record`.
        NotFound: no such line.
        RuleViolation: settled already.
        InputError: without a reason.
    """
    require(session, "fund.record")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    line = _open_line(session, line_id)
    line.verdict, line.reason = LineVerdict.NOT_A_GIFT, reason.strip()
    _decide(session, line)
    session.flush()


def confirm_sure(session: Session) -> int:
    """Confirm every proposal that leaves no doubt; the number of lines confirmed."""
    return len(confirm_each_sure(session))


def confirm_each_sure(session: Session) -> list[int]:
    """Confirm every proposal that leaves no doubt; the lines confirmed, to undo them together."""
    taken: set[int] = set()
    lines = []
    for one in proposals(session):
        if one.sure and one.donation_id is not None and one.donation_id not in taken:
            taken.add(one.donation_id)
            confirm(session, one.line_id, one.donation_id)
            lines.append(one.line_id)
    return lines


def _open_line(session: Session, line_id: int) -> BankLine:
    line = session.get(BankLine, line_id, with_for_update=True)
    if line is None:
        raise NotFound("record.not_found")
    if line.verdict is not LineVerdict.OPEN:
        raise RuleViolation("fund.line_done")
    return line


def _decide(session: Session, line: BankLine) -> None:
    line.decided_by, line.decided_at = actor(session).name, now(session)
    history.record(session, BANK_LINE, line.id, line.verdict.value, reason=line.reason)


def _learn(session: Session, payer: str, donor_id: int) -> bool:
    """Remember the payer of a donor, but not a name with a lost character; whether it is new."""
    name = "".join(payer.split())
    if not name or "?" in name or "？" in name:
        return False
    known = select(PayerName.id).where(PayerName.name == name, PayerName.donor_id == donor_id)
    if session.scalar(known) is not None:
        return False
    session.add(PayerName(name=name, donor_id=donor_id))
    return True
