"""What bars a receipt, and what is only printed on our own letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RuleViolation
from core.fund.rules import GiftFacts, Severity, UnitFacts, Wanted, findings, refuse
from core.fund.states import DonationState, Form, Nature, Way

GIFT = GiftFacts(
    code="N04",
    state=DonationState.REVIEWED,
    form=Form.TRANSFER,
    nature=Nature.GIFT,
    benefit="",
    received_on=date(2026, 4, 1),
    receipt_number="",
    proven=True,
    identified=True,
    people=(1, 2),
    donor_id=1,
    unit_id=1,
)
UNIT = UnitFacts(
    name="基金会", credit_code="53341199MJA990013X", licence_number="1", years=((2025, 2027),)
)


def codes(gift: GiftFacts = GIFT, unit: UnitFacts = UNIT, way: Way = Way.STOCK) -> list[str]:
    return [one.code for one in findings([gift], unit, Wanted(way=way, issuer=3))]


@pytest.mark.parametrize("way", Way)
def test_that_a_clean_gift_has_no_finding(way: Way) -> None:
    assert codes(way=way) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": DonationState.REGISTERED}, "fund.money_missing"),
        ({"state": DonationState.ARRIVED}, "fund.not_reviewed"),
        ({"state": DonationState.REFUNDED}, "fund.refunded"),
        ({"state": DonationState.REBOOKED}, "fund.refunded"),
        ({"nature": Nature.INTEREST}, "fund.benefit"),
        ({"nature": Nature.SPONSORSHIP}, "fund.benefit"),
        ({"nature": Nature.APPORTIONMENT}, "fund.benefit"),
        ({"benefit": "活动冠名"}, "fund.benefit"),
        ({"receipt_number": "0000000001"}, "fund.already_receipted"),
        ({"people": (1, 3)}, "fund.same_person"),
        ({"people": (3, 2)}, "fund.same_person"),
        ({"people": (1, 1)}, "fund.same_person"),
    ],
)
@pytest.mark.parametrize("way", Way)
def test_that_what_bars_every_way_bars_it(way: Way, changes: dict[str, object], code: str) -> None:
    gift = replace(GIFT, **changes)  # type: ignore[arg-type]
    assert codes(gift, way=way) == [code]
    with pytest.raises(RuleViolation, match=code.replace(".", r"\.")):
        refuse(findings([gift], UNIT, Wanted(way=way, issuer=3)))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"received_on": date(2024, 12, 31)}, "fund.unqualified"),
        ({"received_on": date(2028, 1, 1)}, "fund.unqualified"),
        ({"proven": False}, "fund.proof_missing"),
        ({"identified": False}, "fund.identity_missing"),
    ],
)
def test_that_deduction_bars_fiscal_receipts_and_is_noted_on_ours(
    changes: dict[str, object], code: str
) -> None:
    gift = replace(GIFT, **changes)  # type: ignore[arg-type]
    for way in Way:
        (found,) = findings([gift], UNIT, Wanted(way=way, issuer=3))
        assert found.code == code
        assert found.severity is (Severity.NOTE if way is Way.OWN else Severity.BAR)
    refuse(findings([gift], UNIT, Wanted(way=Way.OWN, issuer=3)))


def test_that_the_unit_needs_licence_and_code() -> None:
    assert codes(unit=replace(UNIT, licence_number="")) == ["fund.no_licence"]
    assert codes(unit=replace(UNIT, licence_number=""), way=Way.OWN) == []
    assert codes(unit=replace(UNIT, credit_code=""), way=Way.OWN) == ["fund.text_missing"]


def test_that_the_office_chooses_its_own_letter_and_keeps_its_sentence() -> None:
    off = Wanted(way=Way.OWN, issuer=3, own_chosen=False)
    assert [one.code for one in findings([GIFT], UNIT, off)] == ["fund.own_off"]
    empty = Wanted(way=Way.OWN, issuer=3, warning="  ")
    assert [one.code for one in findings([GIFT], UNIT, empty)] == ["fund.text_missing"]


@pytest.mark.parametrize(
    "changes", [{"donor_id": 2}, {"unit_id": 2}, {"received_on": date(2025, 4, 1)}]
)
def test_that_one_receipt_is_for_one_donor_unit_and_year(changes: dict[str, object]) -> None:
    other = replace(GIFT, code="N09", **changes)  # type: ignore[arg-type]
    found = findings([GIFT, other], UNIT, Wanted(way=Way.STOCK, issuer=3))
    assert [one.code for one in found] == ["fund.several_donors"]


def test_that_several_reasons_are_told_together() -> None:
    gift = replace(GIFT, state=DonationState.REGISTERED, benefit="广告", identified=False)
    with pytest.raises(RuleViolation) as raised:
        refuse(findings([gift], UNIT, Wanted(way=Way.STOCK, issuer=3)))
    assert raised.value.code == "fund.barred"
    assert str(raised.value.params["reasons"]).count("\n") == 2


@given(
    st.sampled_from(DonationState),
    st.sampled_from(Nature),
    st.booleans(),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from(Way),
)
def test_that_only_a_reviewed_gift_of_three_people_passes(
    state: DonationState, nature: Nature, receipted: bool, people: tuple[int, int], way: Way
) -> None:
    number = "1" if receipted else ""
    gift = replace(GIFT, state=state, nature=nature, receipt_number=number, people=people)
    barred = any(
        one.severity is Severity.BAR for one in findings([gift], UNIT, Wanted(way=way, issuer=3))
    )
    good = (
        state in {DonationState.REVIEWED, DonationState.RECEIPTED}
        and nature is Nature.GIFT
        and not receipted
        and set(people) == {1, 2}
    )
    assert barred is not good
