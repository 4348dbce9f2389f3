"""Hours, shares and verdicts are exact; words and file names are safe whatever is typed."""

from __future__ import annotations

import unicodedata
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.training.certifying import last_day
from core.training.costs import fee
from core.training.folder import safe_name
from core.training.hours import Hours, total
from core.training.rules import (
    ATTENDED,
    Attended,
    CompletionRule,
    CreditRule,
    Held,
    Test,
    forbidden_words,
    percent_text,
    score_text,
    standing,
)
from core.training.sign_in import MOST, code_of, parse_code
from core.training.states import Mark, Requirement
from core.values.money import Money

RULE = CreditRule(45, Hours(50), Hours.of(4))
MARKS = st.builds(Attended, st.sampled_from(list(Mark)), st.integers(0, 180), st.booleans())


@pytest.mark.parametrize(
    ("minutes", "hours"), [(180, "4"), (45, "1"), (44, "0.5"), (100, "2"), (22, "0"), (240, "4")]
)
def test_that_minutes_become_credit_by_the_rule(minutes: int, hours: str) -> None:
    assert str(RULE.credit(minutes)) == hours


def test_that_fifty_minutes_an_hour_credit_less() -> None:
    rule = CreditRule(50, Hours(50), Hours.of(4))
    assert [str(rule.credit(one)) for one in (180, 200, 75)] == ["3.5", "4", "1.5"]


@given(
    st.integers(0, 480), st.sampled_from([45, 50]), st.sampled_from([1, 10, 25, 50, 100]),
    st.integers(1, 8),
)  # fmt: skip
def test_that_credit_is_whole_steps_below_the_exact_hours(
    minutes: int, per_hour: int, step: int, cap: int
) -> None:
    found = CreditRule(per_hour, Hours(step), Hours.of(cap)).credit(minutes)
    exact = Fraction(minutes * 100, per_hour)
    assert found.units <= min(exact, cap * 100)
    assert found.units == cap * 100 or exact - found.units < step
    assert found.units == cap * 100 or found.units % step == 0


@given(st.lists(st.integers(0, 10_000)))
def test_that_hours_add_up_as_fractions_do(units: list[int]) -> None:
    exact = sum((Fraction(one, 100) for one in units), Fraction(0))
    found = total(Hours(one) for one in units)
    assert Fraction(found.units, 100) == exact
    assert Hours.parse(str(found)) == found


@given(
    st.lists(st.tuples(st.integers(0, 400), st.none() | MARKS), min_size=1, max_size=12),
    st.integers(1, 100),
    st.integers(0, 60),
)
def test_that_a_share_of_sessions_is_judged_exactly(
    rows: list[tuple[int, Attended | None]], required: int, limit: int
) -> None:
    rule = CompletionRule(requirement=Requirement.PERCENT, required=required, missed_limit=limit)
    sessions = [Held(place, Hours(hours)) for place, (hours, _one) in enumerate(rows)]
    noted = {place: one for place, (_hours, one) in enumerate(rows) if one is not None}
    found = standing(rule, sessions, noted, [])
    there = [
        place
        for place, one in noted.items()
        if one.mark in ATTENDED and one.confirmed and (not limit or one.missed <= limit)
    ]
    assert found.attended == len(there)
    assert found.hours == total(sessions[place].hours for place in there)
    short = Fraction(len(there), len(rows)) < Fraction(required, 100)
    assert any(one.code == "training.percent_short" for one in found.missing) is short


@given(st.lists(st.integers(0, 400), min_size=1, max_size=20), st.integers(1, 3000))
def test_that_hours_asked_for_are_reached_or_not(hours: list[int], required: int) -> None:
    rule = CompletionRule(requirement=Requirement.HOURS, required=required)
    sessions = [Held(place, Hours(one)) for place, one in enumerate(hours)]
    noted = {one.id: Attended(Mark.PRESENT) for one in sessions}
    assert standing(rule, sessions, noted, []).completed is (sum(hours) >= required)


def test_that_a_session_to_come_is_part_of_the_whole() -> None:
    """Requirement over all sessions, not only past ones (django-attendance 718)."""
    rule = CompletionRule(requirement=Requirement.PERCENT, required=80)
    sessions = [Held(place, Hours.of(4)) for place in range(5)]
    noted = {place: Attended(Mark.PRESENT) for place in range(3)}
    found = standing(rule, sessions, noted, [])
    assert (found.share, found.completed) == (Fraction(3, 5), False)
    assert {one.code for one in found.missing} == {"training.percent_short", "training.unmarked"}


@pytest.mark.parametrize(
    ("tests", "code"),
    [
        ([], "training.not_assessed"),
        ([Test(None)], "training.absent_from_test"),
        ([Test(599)], "training.failed"),
        ([Test(900), Test(500)], "training.failed"),
    ],
)
def test_that_the_last_attempt_decides(tests: list[Test], code: str) -> None:
    rule = CompletionRule(requirement=Requirement.NONE, required=0, pass_mark=600)
    found = standing(rule, [Held(1, Hours.of(4))], {1: Attended(Mark.LATE, 10)}, tests)
    assert [one.code for one in found.missing] == [code]
    passed = standing(rule, [Held(1, Hours.of(4))], {1: Attended(Mark.LATE)}, [*tests, Test(600)])
    assert passed.completed


def test_that_a_late_signature_counts_only_when_confirmed() -> None:
    rule = CompletionRule(requirement=Requirement.PERCENT, required=100)
    sessions = [Held(1, Hours.of(4))]
    waiting = standing(rule, sessions, {1: Attended(Mark.MADE_UP, confirmed=False)}, [])
    assert {one.code for one in waiting.missing} == {
        "training.percent_short", "training.make_up_open",
    }  # fmt: skip
    assert standing(rule, sessions, {1: Attended(Mark.MADE_UP)}, []).completed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("全国林业碳汇培训", ("全国",)),
        ("国家职业资格上岗培训", ("国家", "职业资格", "上岗")),
        ("国家储备林经营管理培训班", ()),
        ("带国徽的证书", ("国徽",)),
        ("林业碳汇业务培训班", ()),
    ],
)
def test_that_words_of_a_licence_are_pointed_out(text: str, words: tuple[str, ...]) -> None:
    assert forbidden_words(text) == words


@given(st.text())
def test_that_every_file_name_is_one_that_windows_takes(text: str) -> None:
    name = safe_name(text)
    assert name
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(unicodedata.category(one) in {"Cc", "Cf", "Cs"} for one in name)
    assert name == name.strip().rstrip(". ")
    assert len(name) <= 90
    assert name.partition(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("NUL", "_NUL"), ("com1.txt", "_com1.txt"), ("签到表. ", "签到表"), ("a/b:c.pdf", "a_b_c.pdf"),
     ("", "未命名"), ("...", "未命名")],
)  # fmt: skip
def test_that_names_windows_keeps_are_changed(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=8, max_size=8), st.integers(1, MOST))
def test_that_a_row_code_is_read_back(token: str, row: int) -> None:
    assert parse_code(code_of(token, row)) == (token, row)


@pytest.mark.parametrize("text", ["", "LT1:ABC", "LSABCDEFGH", "LSABCDEFGH12", "LSABCDEFGHx12"])
def test_that_a_foreign_code_is_none_of_ours(text: str) -> None:
    assert parse_code(text) is None


@given(st.integers(0, 10_000), st.integers(0, 10**7))
def test_that_a_fee_is_hours_times_rate_rounded_once(hours: int, rate: int) -> None:
    found = fee(Hours(hours), Money(rate))
    assert abs(Fraction(found.fen) - Fraction(hours * rate, 100)) <= Fraction(1, 2)


def test_that_shares_and_scores_are_written_as_people_do() -> None:
    assert [percent_text(Fraction(*one)) for one in ((4, 5), (2, 3), (1, 1), (0, 1))] == [
        "80%", "66.7%", "100%", "0%",
    ]  # fmt: skip
    assert [score_text(one) for one in (880, 885, None)] == ["88", "88.5", ""]


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2026, 11, 25), 36, date(2029, 11, 24)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
    ],
)
def test_that_validity_ends_the_day_before(day: date, months: int, last: date) -> None:
    assert last_day(day, months) == last


def test_that_the_shipped_certificates_carry_no_word_of_a_licence() -> None:
    from core.documents.editing import cautions
    from core.documents.templates import parse, shipped
    from core.training.capability import CAPABILITY

    kinds = [one.kind for one in CAPABILITY.papers if one.status is not None]
    assert kinds == ["completion_certificate", "training_proof"]
    for kind in kinds:
        template = shipped(kind)
        assert cautions(template) == []
        changed = template.source.replace('title = "', 'title = "全国职业资格', 1)
        words = [one.params["word"] for one in cautions(parse(changed, f"{kind}.toml"))]
        assert words == ["全国", "职业资格"]
