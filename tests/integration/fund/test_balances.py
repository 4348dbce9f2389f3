"""Ten thousand random operations leave every balance the exact sum of its lines, never below zero."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.database import Database
from core.errors import RuleViolation
from core.fund.balances import book, wrong
from core.fund.model import FundEntry, Purpose
from core.values.money import Money
from tests import fund as funds

CHUNK = 250


@pytest.fixture
def operations(long_run: bool) -> int:
    return 10_000 if long_run else 500


def run(database: Database, purposes: list[int], amounts: list[tuple[int, int]]) -> dict[int, int]:
    """Book amounts (place of the purpose, fen) in transactions; what a person would add up."""
    own = dict.fromkeys(purposes, 0)
    for start in range(0, len(amounts), CHUNK):
        with database.write() as session:
            for place, fen in amounts[start : start + CHUNK]:
                purpose = purposes[place % len(purposes)]
                kind = "gift" if fen > 0 else "refund"
                record = ("fund_purpose", purpose)
                if own[purpose] + fen < 0:
                    with pytest.raises(RuleViolation, match=r"fund\.balance_short"):
                        book(session, purpose, Money(fen), kind, record, date(2026, 11, 25))
                else:
                    book(session, purpose, Money(fen), kind, record, date(2026, 11, 25))
                    own[purpose] += fen
    return own


def check(fund: funds.Fund, own: dict[int, int]) -> None:
    with fund.as_("auditor").read() as session:
        assert wrong(session) == []
        for purpose, fen in own.items():
            stored = session.get_one(Purpose, purpose)
            assert stored.balance == Money(fen)
            last = session.scalars(
                select(FundEntry.balance)
                .where(FundEntry.purpose_id == purpose)
                .order_by(FundEntry.id.desc())
                .limit(1)
            ).first()
            assert last in {None, stored.balance}


def test_that_random_operations_keep_the_books_exact(fund: funds.Fund, operations: int) -> None:
    chance = random.Random(20261125)
    amounts = [
        (chance.randrange(5), chance.choice((-1, 1, 1)) * chance.randrange(1, 10**11))
        for _ in range(operations)
    ]
    own = run(fund.as_("cashier"), list(fund.purposes.values()), amounts)
    check(fund, own)
    with fund.as_("auditor").read() as session:
        assert session.scalar(select(func.count()).select_from(FundEntry)) >= operations // 3


def test_that_any_operations_keep_the_books_exact(local_fund: funds.Fund, long_run: bool) -> None:
    purposes = list(local_fund.purposes.values())

    @settings(
        max_examples=200 if long_run else 15,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(st.tuples(st.integers(0, 4), st.integers(-(10**6), 10**6)), max_size=40))
    def each(amounts: list[tuple[int, int]]) -> None:
        with local_fund.as_("auditor").read() as session:
            before = {one.id: one.balance.fen for one in session.scalars(select(Purpose))}
        run_from(local_fund, purposes, amounts, before)

    each()


def run_from(
    fund: funds.Fund,
    purposes: list[int],
    amounts: list[tuple[int, int]],
    before: dict[int, int],
) -> None:
    """The same from balances that are not zero."""
    own = dict(before)
    with fund.as_("cashier").write() as session:
        for place, fen in amounts:
            purpose = purposes[place]
            record = ("fund_purpose", purpose)
            if own[purpose] + fen < 0:
                with pytest.raises(RuleViolation, match=r"fund\.balance_short"):
                    book(session, purpose, Money(fen), "refund", record, date(2026, 11, 25))
            else:
                book(session, purpose, Money(fen), "gift", record, date(2026, 11, 25))
                own[purpose] += fen
    check(fund, own)
