"""A long random life of the fund through its use cases; after it everything still explains itself.

Gifts, arrivals, reviews, corrections, refunds, moves, receipts of all ways, voids, reversals whole and
in part, grants: whatever is refused is refused with a rule, and whatever is done keeps every balance
equal to what a separate sum says. 10,000 operations with `--long`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select

from core import settings
from core.errors import InputError, RuleViolation
from core.fund.changes import ChangeReceipt, decide_change, remaining, request_change
from core.fund.donations import content_of, correct, find_donation, rebook, refund
from core.fund.grants import GrantContent, decide_grant, request_grant
from core.fund.model import Donation, Grant, Purpose
from core.fund.receipt_model import Receipt
from core.fund.soundness import faults
from core.fund.states import ChangeKind, DonationState, GrantState, ReceiptState, Way
from core.fund.stock import BookContent, receive_book
from core.values.money import Money
from tests import fund as funds

DONORS = ("D01", "D03", "D05")
PURPOSES = ("不限定", "碳汇计量监测")


@dataclass
class Walk:
    """The fund, its chance, and how often each operation was done."""

    fund: funds.Fund
    chance: random.Random
    done: dict[str, int] = field(default_factory=dict)
    red: int = 0

    def gifts(self, *states: DonationState) -> list[str]:
        with self.fund.as_("auditor").read() as session:
            chosen = select(Donation.code).where(Donation.state.in_(states)).order_by(Donation.id)
            return list(session.scalars(chosen))

    def one(self, *states: DonationState) -> str:
        """A gift in one of these states; a new one where there is none."""
        found = self.gifts(*states)
        return self.chance.choice(found) if found else self.give()

    def amount(self) -> str:
        return f"{self.chance.randint(1, 10**6)}.{self.chance.randint(0, 99):02}"

    def give(self) -> str:
        return self.fund.give(
            self.chance.choice(DONORS),
            self.amount(),
            purpose_id=self.fund.purposes[self.chance.choice(PURPOSES)],
        )

    def take(self) -> None:
        self.fund.take(self.one(DonationState.REGISTERED))

    def agree(self) -> None:
        self.fund.agree(self.one(DonationState.ARRIVED))

    def correct(self) -> None:
        code = self.one(*DonationState)
        with self.fund.as_("auditor").read() as session:
            content = content_of(session, find_donation(session, code))
        content = replace(
            content,
            amount=Money.parse(self.amount()),
            purpose_id=self.fund.purposes[self.chance.choice(PURPOSES)],
        )
        self.fund.do("cashier", correct, *self.fund.donation(code), content, "录错")

    def refund(self) -> None:
        self.fund.do("fund_manager", refund, *self.fund.donation(self.one(*DonationState)), "退")

    def move(self) -> None:
        code, donor = self.one(*DonationState), self.fund.donors[self.chance.choice(DONORS)]
        self.fund.do("fund_manager", rebook, *self.fund.donation(code), donor, "错人")

    def receipt(self) -> None:
        code, way = self.one(DonationState.REVIEWED), self.chance.choice((Way.STOCK, Way.OFFICIAL))
        if way is Way.STOCK:
            self.fund.issue(code, way)
            return
        self.red += 1
        self.fund.issue(code, way, official=funds.official(self.red))

    def undo(self) -> None:
        """Void or reverse a valid receipt, an e-receipt half the time in part."""
        with self.fund.as_("auditor").read() as session:
            rows = session.scalars(select(Receipt).where(Receipt.state == ReceiptState.ISSUED))
            found = [(one.id, one.version, one.way, remaining(session, one)) for one in rows]
        if not found:
            return
        receipt, version, way, left = self.chance.choice(found)
        assert left is not None
        self.red += 1
        whole = way is Way.STOCK or self.chance.random() < 0.5
        part = None if whole else Money(self.chance.randint(1, left.fen))
        command = ChangeReceipt(
            receipt_id=receipt,
            version=version,
            kind=ChangeKind.VOID if way is Way.STOCK else ChangeKind.REVERSE,
            reason="改",
            copies=("存根", "收据", "记账"),
            red=None if way is Way.STOCK else replace(funds.official(self.red), amount=None),
            part=part,
        )
        self.fund.do("receipt_issuer", request_change, command)
        with self.fund.as_("auditor").read() as session:
            version = session.get_one(Receipt, receipt).version
        self.fund.do("receipt_reviewer", decide_change, receipt, version, agree=True)

    def ask(self) -> None:
        content = GrantContent(
            purpose_id=self.fund.purposes[self.chance.choice(PURPOSES)],
            payee="监测院",
            subject="测",
            amount=Money.parse(self.amount()),
        )
        self.fund.do("fund_manager", request_grant, content)

    def decide(self) -> None:
        with self.fund.as_("auditor").read() as session:
            waiting = session.scalars(
                select(Grant).where(Grant.state == GrantState.REQUESTED)
            ).first()
            chosen = (waiting.id, waiting.version) if waiting else None
        if chosen is not None:
            self.fund.do("approver", decide_grant, *chosen, agree=True)

    def step(self) -> None:
        moves: tuple[Callable[[], object], ...] = (
            self.give, self.take, self.take, self.agree, self.agree, self.receipt, self.receipt,
            self.undo, self.correct, self.refund, self.move, self.ask, self.decide,
        )  # fmt: skip
        move = self.chance.choice(moves)
        try:
            move()
        except (RuleViolation, InputError) as refusal:
            self.count("refused" if isinstance(refusal, RuleViolation) else "wrong")
        else:
            self.count(move.__name__)

    def count(self, name: str) -> None:
        self.done[name] = self.done.get(name, 0) + 1


def added_up(fund: funds.Fund) -> dict[str, Money]:
    """The balances from the donations and grants alone, without looking at any entry."""
    here = (DonationState.ARRIVED, DonationState.REVIEWED, DonationState.RECEIPTED)
    with fund.as_("auditor").read() as session:
        names = {one.id: one.name for one in session.scalars(select(Purpose))}
        sums = dict.fromkeys(names.values(), Money(0))
        for gift in session.scalars(select(Donation).where(Donation.state.in_(here))):
            sums[names[gift.purpose_id]] += gift.amount or Money(0)
        for grant in session.scalars(select(Grant).where(Grant.state == GrantState.PAID)):
            sums[names[grant.purpose_id]] -= grant.amount
    return sums


def test_that_a_random_life_keeps_the_fund_sound(local_fund: funds.Fund, long_run: bool) -> None:
    fund = local_fund
    with fund.as_("admin").write() as session:
        settings.put(session, "fund.partial_reversal", True, date(2026, 1, 1))
    steps = 10_000 if long_run else 150
    for number in range(1 + steps // 1000):
        first = 1000 * (number + 1) + 1
        book = BookContent(
            unit_id=fund.unit, bill_code="34050226", book_number=f"R{number}",
            first_number=f"{first:010}", last_number=f"{first + 999:010}",
            received_on=date(2026, 11, 1),
        )  # fmt: skip
        fund.do("fund_manager", receive_book, book)
    walk = Walk(fund, random.Random(20261125))
    for step in range(steps):
        walk.step()
        if step % 500 == 499:
            with fund.as_("fund_manager").read() as session:
                assert [one.text for one in faults(session)] == []
    assert {"give", "take", "agree", "receipt", "undo", "correct", "ask", "refused"} <= set(
        walk.done
    )
    with fund.as_("fund_manager").read() as session:
        assert [one.text for one in faults(session)] == []
        held = {one.name: one.balance for one in session.scalars(select(Purpose))}
    assert held == added_up(fund)
