"""Each rule: what it finds, what it leaves alone, and what stops which step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.certificates.rules import (
    RULES,
    CaseFacts,
    ConflictFacts,
    Finding,
    Hands,
    ParcelFacts,
    Severity,
    barring,
    judge,
)
from core.certificates.states import Ownership, State
from core.values.area import Area
from core.values.tonnes import Tonnes

TODAY = date(2026, 11, 25)

PARCEL = ParcelFacts(
    key="p1",
    name="岭上村岭东坡（0009-00006）",
    in_county=True,
    area=Area.from_ha("24.6600"),
    computed_area=Area.from_ha("24.6599"),
    group="栎类",
    by_hand=False,
    has_volumes=True,
    manual_tonnes=None,
    report_page="",
    rate=Fraction(12),
    term_until=date(2047, 12, 31),
    mortgaged=False,
)

#: A case at approval with nothing wrong.
CLEAN = CaseFacts(
    state=State.APPROVAL,
    today=TODAY,
    parcels=(PARCEL,),
    dates=(("Receipt", TODAY),),
    valid_until=date(2035, 12, 31),
    amount_current=True,
    tonnes=Tonnes(30444),
    stated_tonnes=Tonnes(30444),
    registry_answer="clear",
    expert_result="pass",
    notice_last_day=date(2026, 11, 20),
    notice_closed=True,
    hands={
        "pass_preliminary": Hands(account_id=1, name="甲"),
        "pass_second_review": Hands(account_id=2, name="乙"),
        "approve": Hands(account_id=3, name="丙"),
    },
)


def case(**changes: object) -> CaseFacts:
    return replace(CLEAN, **changes)  # type: ignore[arg-type]


def parcel(**changes: object) -> CaseFacts:
    return case(parcels=(replace(PARCEL, **changes),))  # type: ignore[arg-type]


CONFLICT = ConflictFacts(
    other="明林碳受〔2026〕6号", by="boundary", overlap=Area.from_mu("177.61"), block=True
)

#: rule id -> a case that breaks exactly this rule.
BROKEN: Mapping[str, CaseFacts] = {
    "outside_county": parcel(in_county=False),
    "papers_missing": case(missing_papers=("承诺书",)),
    "shares_not_one": case(
        ownership=Ownership.SHARES, shares=(Fraction(1, 2), Fraction(1, 3), Fraction(1, 5))
    ),
    "sole_holder": case(shares=(Fraction(1), Fraction(1))),
    "future_date": case(dates=(("Receipt", TODAY + timedelta(days=1)),)),
    "mortgagee_paper": parcel(mortgaged=True),
    "double_claim": parcel(conflicts=(CONFLICT,)),
    "compare_maps": parcel(conflicts=(replace(CONFLICT, block=False),)),
    "area_mismatch": parcel(computed_area=Area.from_ha("26.1000")),
    "group_missing": parcel(group=""),
    "bamboo_by_volume": parcel(by_hand=True, group="竹林"),
    "volumes_missing": parcel(has_volumes=False),
    "rate_high": parcel(rate=Fraction(2001, 100)),
    "rate_low": parcel(rate=Fraction(99, 100)),
    "amount_stale": case(amount_current=False),
    "amount_not_positive": case(tonnes=Tonnes(0), stated_tonnes=None),
    "parameters_unconfirmed": case(parameters_confirmed=False),
    "parameters_signed_off": case(parameters_confirmed=False, signed_off_by="丙"),
    "stated_differs": case(stated_tonnes=Tonnes(30445)),
    "registry_silent": case(registry_answer=""),
    "registry_bars": case(registry_answer="seized"),
    "registry_mismatch": case(registry_answer="mismatch"),
    "experts_missing": case(expert_result=""),
    "expert_changes": case(expert_result="pass_after_changes"),
    "notice_unfinished": case(notice_closed=False),
    "objection_open": case(open_objections=1),
    "objection_upheld": case(upheld_objections=1),
    "other_case": case(other_cases=("明林碳收〔2026〕2号",)),
    "found_elsewhere": case(found_elsewhere=True),
    "validity_beyond_term": parcel(term_until=date(2027, 12, 31)),
    "duties_together": case(
        hands={**CLEAN.hands, "approve": Hands(account_id=1, name="甲")},
    ),
    "duties_allowed": case(
        hands={**CLEAN.hands, "approve": Hands(account_id=1, name="甲")},
        same_person_allowed=True,
    ),
    "overdue": case(overdue_since=date(2026, 11, 20)),
    "counts_as_accepted": case(overdue_since=date(2026, 11, 20), unanswered=True),
    "registry_other_land": case(registry_other_land=True),
    "disturbed": case(disturbances=("Fire",)),
    "calendar_unknown": case(calendar_unknown=2029),
}


def test_that_a_clean_case_has_no_finding() -> None:
    assert judge(CLEAN) == ()


def test_that_every_rule_has_a_case_that_breaks_it() -> None:
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_that_each_rule_finds_its_case_and_nothing_else(rule: str) -> None:
    assert [finding.id for finding in judge(BROKEN[rule])] == [rule]


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_that_each_finding_reads_as_a_sentence_in_both_languages(rule: str) -> None:
    from core import i18n

    (finding,) = judge(BROKEN[rule])
    for language in i18n.LANGUAGES:
        i18n.use(language)
        assert "{" not in finding.text
    assert "{" not in finding.chinese


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_that_approval_is_stopped_by_all_but_notes(rule: str) -> None:
    found = judge(BROKEN[rule])
    stopped = bool(barring(found, "approve"))
    assert stopped is (RULES[rule].severity is not Severity.WARN)
    assert bool(barring(found, "enter")) is stopped


def test_that_a_reason_settles_a_finding_that_needs_one_and_no_other() -> None:
    (needs,) = judge(BROKEN["area_mismatch"])
    assert barring([replace(needs, answered="界线按航片修正")], "approve") == ()
    (blocks,) = judge(BROKEN["double_claim"])
    assert barring([replace(blocks, answered="没关系")], "approve")


def test_that_a_reason_is_for_exactly_the_facts_it_was_given_for() -> None:
    (one,) = judge(BROKEN["area_mismatch"])
    (other,) = judge(parcel(computed_area=Area.from_ha("27.0000")))
    assert one.key == other.key
    assert one.facts != other.facts


def test_that_rules_of_later_stations_wait_for_them() -> None:
    early = case(state=State.RECEIVED, notice_closed=False, expert_result="", registry_answer="")
    assert judge(early) == ()
    later = {finding.id for finding in judge(early, all_steps=True)}
    assert later == {"notice_unfinished", "experts_missing", "registry_silent"}


def test_that_acceptance_is_stopped_by_its_own_rules_only() -> None:
    def stops(rule: str) -> bool:
        return bool(barring(judge(BROKEN[rule]), "accept"))

    assert all(stops(rule) for rule in ("papers_missing", "outside_county", "shares_not_one"))
    # Double certification is found at once and refused with a letter, not at the counter.
    assert not stops("double_claim")


def test_that_the_overlap_is_named_in_mu() -> None:
    (finding,) = judge(BROKEN["double_claim"])
    assert "177.61" in finding.text
    assert CONFLICT.other in finding.text


def test_that_an_order_of_severity_is_kept() -> None:
    mixed = case(overdue_since=TODAY, stated_tonnes=Tonnes(1), missing_papers=("承诺书",))
    severities = [finding.severity for finding in judge(mixed)]
    assert severities == [Severity.BLOCK, Severity.REASON, Severity.WARN]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_that_shares_in_proportion_are_exactly_one(parts: list[int]) -> None:
    shares = tuple(Fraction(part, sum(parts)) for part in parts)
    assert judge(case(ownership=Ownership.SHARES, shares=shares)) == ()
    short = (*shares[:-1], shares[-1] - Fraction(1, 10**9))
    found = judge(case(ownership=Ownership.SHARES, shares=short))
    assert [finding.id for finding in found] == ["shares_not_one"]


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_that_one_percent_of_area_is_the_border(stated: int, off: int) -> None:
    found = judge(parcel(area=Area(stated), computed_area=Area(stated + off), rate=None))
    assert bool(found) is (off * 100 > stated)


@given(st.fractions(0, 40))
def test_that_the_plausible_rates_include_their_bounds(rate: Fraction) -> None:
    found = {finding.id for finding in judge(parcel(rate=rate))}
    expected = {"rate_low"} if rate < 1 else {"rate_high"} if rate > 20 else set()
    assert found == expected


def test_that_the_mortgagee_is_heard_when_the_registry_reports_a_mortgage() -> None:
    found = judge(case(registry_answer="mortgaged"))
    assert [finding.id for finding in found] == ["mortgagee_paper"]
    assert judge(case(registry_answer="mortgaged", mortgagee_paper=True)) == ()


def test_that_facts_of_a_finding_are_plain_text() -> None:
    for facts in BROKEN.values():
        for finding in judge(facts):
            assert isinstance(finding, Finding)
            assert all(isinstance(value, str) for value in finding.params.values())
