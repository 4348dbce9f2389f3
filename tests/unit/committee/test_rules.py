"""Conflicts, votes and ages as pure rules."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from core.committee.roster import term_end
from core.committee.rules import (
    CaseParty,
    ExpertFacts,
    Tie,
    age_on,
    conflicts,
    tally,
    years_before,
)
from core.committee.states import CaseResult, Ground, TieKind, Vote

DAY = date(2026, 11, 25)
CASE = ("application", 1)
HOLDER = CaseParty(party_id=10, part="权利人", name="林场", representative_id=12)
BODY = CaseParty(party_id=20, part="监测核算机构", name="绿测")
PERSON = CaseParty(party_id=30, part="权利人", name="陈某", employer_id=31)


def grounds(expert: ExpertFacts, *parties: CaseParty, years: int = 3) -> list[Ground]:
    return [one.ground for one in conflicts(expert, CASE, parties, DAY, years)]


def test_that_employment_of_any_party_is_a_conflict_also_after_retirement() -> None:
    for retired in (False, True):
        expert = ExpertFacts(party_id=1, employer_id=20, retired=retired)
        assert grounds(expert, HOLDER, BODY) == [Ground.EMPLOYED]
    assert grounds(ExpertFacts(party_id=1, employer_id=99), HOLDER, BODY) == []
    assert grounds(ExpertFacts(party_id=12), HOLDER) == [Ground.EMPLOYED]
    assert grounds(ExpertFacts(party_id=10), HOLDER) == [Ground.SELF]
    assert grounds(ExpertFacts(party_id=1, employer_id=31), PERSON) == [Ground.EMPLOYED]


def test_that_kin_count_through_the_party_its_head_and_its_employer() -> None:
    for tie in (
        Tie(kind=TieKind.KIN, party_id=10),
        Tie(kind=TieKind.KIN, party_id=12),
        Tie(kind=TieKind.KIN, party_id=77, employer_id=10),
    ):
        assert grounds(ExpertFacts(party_id=1, ties=(tie,)), HOLDER) == [Ground.KIN]
    elsewhere = Tie(kind=TieKind.KIN, party_id=77, employer_id=78)
    assert grounds(ExpertFacts(party_id=1, ties=(elsewhere,)), HOLDER) == []


def test_that_an_ended_tie_counts_for_three_years_to_the_day() -> None:
    for until, counts in ((date(2023, 11, 25), True), (date(2023, 11, 24), False), (None, True)):
        tie = Tie(kind=TieKind.PAID, party_id=20, until=until)
        found = grounds(ExpertFacts(party_id=1, ties=(tie,)), BODY)
        assert found == ([Ground.PAID] if counts else [])


def test_that_a_tie_to_the_case_itself_counts_without_any_party() -> None:
    tie = Tie(kind=TieKind.DECLARED, case=CASE)
    assert grounds(ExpertFacts(party_id=1, ties=(tie,))) == [Ground.DECLARED]
    other = Tie(kind=TieKind.TOOK_PART, case=("application", 2))
    assert grounds(ExpertFacts(party_id=1, ties=(other,)), HOLDER) == []


@given(
    st.lists(st.sampled_from(list(Vote)), max_size=15),
    st.integers(0, 5),
    st.sampled_from([(2, 3), (1, 2), (3, 4), (1, 1)]),
)
def test_that_the_result_is_the_exact_fraction_of_those_attending(
    votes: list[Vote], silent: int, majority: tuple[int, int]
) -> None:
    attending = len(votes) + silent
    found = tally(votes, attending, majority)
    share = Fraction(*majority)
    passed, changed = votes.count(Vote.PASS), votes.count(Vote.PASS_AFTER_CHANGES)
    wanted = CaseResult.FAIL
    if attending and Fraction(passed + changed, attending) >= share:
        wanted = CaseResult.PASS_AFTER_CHANGES
    if attending and Fraction(passed, attending) >= share:
        wanted = CaseResult.PASS
    assert found.result is wanted
    assert found.votes_for + found.votes_against + found.abstentions == attending


@given(st.dates(date(1930, 1, 1), date(2005, 12, 31)), st.integers(0, 120))
def test_that_an_age_changes_on_the_birthday(born: date, age: int) -> None:
    birthday = years_before(born, -age)
    assert age_on(born, birthday) == age
    assert age_on(born, birthday - timedelta(days=1)) == age - 1


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 10))
def test_that_a_term_ends_the_day_before_its_anniversary(first: date, years: int) -> None:
    following = term_end(first, years) + timedelta(days=1)
    assert following.year == first.year + years
    assert (following.month, following.day) in {(first.month, first.day), (3, 1)}
