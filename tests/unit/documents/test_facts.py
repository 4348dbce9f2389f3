from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.documents import facts
from core.documents.templates import shipped
from core.errors import RuleViolation
from tests.papers import LETTER

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5))
def test_that_the_hash_does_not_depend_on_order(record: dict[str, object]) -> None:
    turned = dict(reversed(record.items()))
    assert facts.fingerprint(record) == facts.fingerprint(turned)


def test_that_fractions_of_a_float_are_refused() -> None:
    with pytest.raises(ValueError, match="a fact is text"):
        facts.canonical({"tonnes": 1.5})


def test_that_dates_are_frozen_as_iso() -> None:
    assert facts.canonical({"day": date(2026, 11, 22)}) == '{"day":"2026-11-22"}'


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{day|date}", "2026年11月2日"),
        ("{tonnes|tonnes}吨", "5,195.54吨"),
        ("{tonnes|tonnes_capital}", "伍仟壹佰玖拾伍点伍肆吨"),
        ("{money|money}", "1,409.50"),
        ("{money|money_capital}", "人民币壹仟肆佰零玖元伍角"),
        ("{area|mu}亩，{area|ha}公顷", "1.50亩，0.1000公顷"),
        ("{names}", "甲、乙"),
        ("甲{?agent}（代理人：{agent}）{/}乙", "甲乙"),
        ("甲{!agent}（无代理人）{/}乙", "甲（无代理人）乙"),
        ("{?names}有{/}", "有"),
    ],
)
def test_that_facts_are_put_in(template: str, expected: str) -> None:
    record = {
        "day": "2026-11-02",
        "tonnes": 519554,
        "money": 140950,
        "area": 1000,
        "names": ["甲", "乙"],
        "agent": "",
    }
    assert facts.fill(template, record) == expected


def test_that_nothing_prints_a_blank() -> None:
    with pytest.raises(RuleViolation) as caught:
        facts.fill("{applicant}：", {"applicant": ""})
    assert caught.value.params["fact"] == "applicant"


def test_that_a_filter_that_does_not_fit_is_refused() -> None:
    with pytest.raises(RuleViolation) as caught:
        facts.fill("{amount|money}", {"amount": "much"})
    assert caught.value.params == {"fact": "amount", "kind": "money"}


def test_that_a_fact_is_never_read_as_a_template() -> None:
    assert facts.fill("{applicant}", {"applicant": "{office_name}{/}"}) == "{office_name}{/}"


def test_that_a_missing_fact_is_named_by_its_title() -> None:
    record = {key: value for key, value in LETTER.items() if key != "clerk"}
    with pytest.raises(RuleViolation) as caught:
        facts.check(shipped("acceptance"), record)
    assert caught.value.params["fact"] == "经办人 (clerk)"


def test_that_a_fact_of_the_wrong_kind_is_named() -> None:
    with pytest.raises(RuleViolation) as caught:
        facts.check(shipped("acceptance"), {**LETTER, "limit_days": "seven"})
    assert caught.value.code == "documents.fact_kind"
    assert caught.value.params["fact"] == "办理期限，工作日 (limit_days)"


def test_that_a_missing_glyph_deep_in_the_facts_is_found() -> None:
    record = {**LETTER, "extra": [{"name": "\U0003134f"}]}
    with pytest.raises(RuleViolation, match="missing_glyph"):
        facts.check(shipped("acceptance"), record)
