"""The bank fragment of the sample data, matched as it says; and what must never be sure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fund.matching import Gift, Line, Proposal, Reason, propose
from core.values.money import Money
from tests import fund as funds

NAMES = {row["donor_id"]: row["name"] for row in funds.table("donors")}
GIFTS = [
    Gift(
        int(row["donation_id"][1:]),
        NAMES[row["donor_id"]],
        Money.parse(row["amount"]),
        date.fromisoformat(row["received_on"]),
    )
    for row in funds.table("donations")
    if row["form"] == "银行转账"
]
LINES = [
    Line(
        date.fromisoformat(row["trade_date"]),
        Money.parse(row["credit"]),
        row["payer_name"],
        row["payer_account_tail"],
        row["memo"],
    )
    for row in funds.table("bank_statement")
]


def found(line: Line, gifts: list[Gift] = GIFTS) -> Proposal:
    proposal = propose(line, gifts)
    assert proposal is not None
    return proposal


def test_that_name_amount_and_day_are_sure() -> None:
    assert found(LINES[0]).gift_id == 1
    assert found(LINES[0]).sure


@pytest.mark.parametrize(
    ("row", "gift", "reason"),
    [
        (1, 7, Reason.LOST_CHARACTER),
        (2, 4, Reason.HOMOPHONE),
        (3, 6, Reason.OTHER_PAYER),
    ],
)
def test_that_doubtful_names_are_proposed_and_asked(row: int, gift: int, reason: Reason) -> None:
    proposal = found(LINES[row])
    assert (proposal.gift_id, proposal.sure) == (gift, False)
    assert reason in proposal.reasons


@pytest.mark.parametrize(("row", "reason"), [(4, Reason.INTEREST), (5, Reason.SPONSORSHIP)])
def test_that_interest_and_sponsorship_are_no_gifts(row: int, reason: Reason) -> None:
    assert found(LINES[row]) == Proposal(None, sure=False, reasons=(reason,))


def test_that_a_known_payer_is_as_good_as_the_name() -> None:
    union = LINES[3].payer_name
    gifts = [replace(one, learned=frozenset({union})) if one.id == 6 else one for one in GIFTS]
    assert found(LINES[3], gifts).sure
    assert Reason.LEARNED in found(LINES[3], gifts).reasons


def test_that_the_tail_of_the_account_speaks_for_a_gift() -> None:
    gifts = [replace(one, tail="0106") if one.id == 7 else one for one in GIFTS]
    assert Reason.TAIL in found(LINES[1], gifts).reasons


def test_that_two_equal_gifts_are_never_sure() -> None:
    twin = replace(GIFTS[0], id=99)
    assert not found(LINES[0], [*GIFTS, twin]).sure


@pytest.mark.parametrize("mark", ["?", "？", "□", "*"])
def test_that_every_mark_of_a_lost_character_is_understood(mark: str) -> None:
    line = replace(LINES[1], payer_name=f"黄{mark}")
    assert Reason.LOST_CHARACTER in found(line).reasons


@given(st.integers(-40, 40), st.integers(1, 10_000_000), st.text(max_size=12))
def test_that_another_amount_or_a_far_day_is_never_proposed(days: int, fen: int, name: str) -> None:
    line = Line(GIFTS[0].received_on + timedelta(days=days), Money(fen), name, "", "捐款")
    proposal = propose(line, GIFTS[:1])
    if proposal is not None:
        assert line.credit == GIFTS[0].amount
        assert abs(days) <= 7
        assert proposal.sure is (days == 0 and Reason.NAME in proposal.reasons)
