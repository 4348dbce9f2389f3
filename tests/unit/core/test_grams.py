"""Cutting texts into grams."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.search import grams, normal, question


def test_that_a_name_is_cut_into_characters_and_pairs() -> None:
    assert grams(["汪小明"]) == sorted(["汪", "小", "明", "汪小", "小明"])


def test_that_width_case_and_marks_do_not_matter() -> None:
    assert normal("ＡＢ－１２ 〔2026〕第７号") == "ab122026第7号"


def test_that_a_question_asks_for_pairs_or_for_one_character() -> None:
    assert question("汪 小明山") == [("汪", ["汪"]), ("小明山", ["小明", "明山"])]


def test_that_rare_characters_outside_the_basic_plane_count_as_one() -> None:
    assert grams(["周𬱖"]) == sorted(["周", "𬱖", "周𬱖"])


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_that_a_part_of_a_text_is_always_among_its_grams(a: str, b: str, c: str) -> None:
    whole = grams([a + b + c])
    inside = normal(b)
    if inside and inside in normal(a + b + c):
        for _word, wanted in question(inside):
            assert set(wanted) <= set(whole)


@given(st.text(max_size=30))
def test_that_no_gram_is_an_operator_of_a_query(text: str) -> None:
    for gram in grams([text]):
        assert gram.isalnum()
        assert 1 <= len(gram) <= 2
