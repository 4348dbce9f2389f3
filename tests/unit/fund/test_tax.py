"""The deduction: the limit, the oldest first, nothing deducted twice or lost unseen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.fund.tax import Parameters, enterprise, individual
from core.values.money import Money

RULE = Parameters()
AMOUNTS = st.integers(0, 10**12).map(Money)


def money(text: str) -> Money:
    return Money.parse(text)


def test_that_an_enterprise_deducts_twelve_percent_and_carries_the_rest() -> None:
    found = enterprise(2026, money("1000000.00"), money("150000.00"), [], RULE)
    assert found.limit == money("120000.00")
    assert found.deducted == money("120000.00")
    assert found.carried == money("30000.00")


def test_that_the_oldest_carry_over_goes_first_and_lapses_after_three_years() -> None:
    carried = [(2025, money("50.00")), (2023, money("80.00")), (2022, money("10.00"))]
    found = enterprise(2026, money("1000.00"), money("70.00"), carried, RULE)
    assert [one.year for one in found.lines] == [2022, 2023, 2025, 2026]
    assert [one.deducted.plain for one in found.lines] == ["0.00", "80.00", "40.00", "0.00"]
    assert [one.carried.plain for one in found.lines] == ["0.00", "0.00", "10.00", "70.00"]
    assert [one.lapsed.plain for one in found.lines] == ["10.00", "0.00", "0.00", "0.00"]


def test_that_a_loss_allows_nothing() -> None:
    found = enterprise(2026, Money(-100), money("70.00"), [], RULE)
    assert (found.limit, found.deducted, found.carried) == (Money(0), Money(0), money("70.00"))


def test_that_an_individual_carries_nothing() -> None:
    found = individual(2026, money("60000.00"), money("20000.00"), RULE)
    assert found.deducted == money("18000.00")
    assert found.carried == Money(0)
    assert found.lines[0].lapsed == money("2000.00")


@given(
    st.integers(-(10**12), 10**13).map(Money),
    AMOUNTS,
    st.lists(st.tuples(st.integers(2018, 2025), AMOUNTS), max_size=6),
)
def test_that_every_fen_is_deducted_carried_or_lapsed_once(
    profit: Money, gifts: Money, carried: list[tuple[int, Money]]
) -> None:
    found = enterprise(2026, profit, gifts, carried, RULE)
    assert found.deducted <= found.limit
    for one in found.lines:
        assert one.deducted + one.carried + one.lapsed == one.open
        assert min(one.deducted, one.carried, one.lapsed) >= Money(0)
    total = sum((amount for _year, amount in carried), gifts)
    assert sum((one.open for one in found.lines), Money(0)) == total
