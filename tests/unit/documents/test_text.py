from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.documents import fonts, text
from core.documents.text import NO_END, NO_START, Style

BODY = Style("song", 16, 29, "justify", 2)
WORDS = st.text(
    alphabet="林业碳汇权证，。；：、（）《》“”‘’〔〕0123456789abcXYZ \n吨亩！？", max_size=120
)


@given(WORDS, st.floats(80, 460))
def test_that_no_line_is_wider_than_its_room(words: str, room: float) -> None:
    for line in text.wrap(words, BODY, room):
        assert line.indent + fonts.width("song", line.text, 16) <= room + 0.05


@given(WORDS, st.floats(80, 460))
def test_that_wrapping_loses_nothing_but_spaces(words: str, room: float) -> None:
    together = "".join(line.text for line in text.wrap(words, BODY, room))
    assert together.replace(" ", "") == words.replace("\n", "").replace(" ", "")


@given(st.text(alphabet="林业碳汇权证，。（）《》、", min_size=1, max_size=90))
def test_that_lines_begin_and_end_as_the_standard_says(words: str) -> None:
    marks = NO_START | NO_END  # a run of marks may be longer than the rule can mend
    assume(not any(a in marks and b in marks for a, b in pairwise(words)))
    lines = text.wrap(words, Style("song", 16, 29), 160)
    for line in lines[1:]:
        assert line.text[0] not in NO_START
    for line in lines[:-1]:
        assert line.text[-1] not in NO_END


def test_that_numbers_stay_in_one_piece() -> None:
    lines = text.wrap("受理编号为明林碳受2026000123号", Style("song", 16, 29), 16 * 9)
    assert any("2026000123" in line.text for line in lines)


def test_that_a_word_wider_than_the_line_is_torn() -> None:
    lines = text.wrap("A" * 200, Style("song", 16, 29), 100)
    assert "".join(line.text for line in lines) == "A" * 200
    assert len(lines) > 10


def test_that_only_the_first_line_is_indented() -> None:
    first, *others = text.wrap("林业碳汇" * 20, BODY, 300)
    assert first.indent == pytest.approx(32)
    assert {line.indent for line in others} == {0}


def test_that_a_long_name_shrinks_before_it_wraps() -> None:
    look = text.shrunk("明光市涧溪镇白米山农民林业专业合作社", Style("kai", 12, 18), 180, 9)
    assert 9 <= look.size < 12
    assert fonts.width("kai", "明光市涧溪镇白米山农民林业专业合作社", look.size) <= 180


def test_that_shrinking_stops_at_the_smallest_size() -> None:
    assert text.shrunk("林" * 200, Style("kai", 12, 18), 100, 9).size == 9


@given(st.text("明光市林业碳汇登记中心、（），", min_size=1, max_size=90), st.integers(60, 500))
def test_that_balanced_lines_are_as_few_and_hold_the_same(words: str, room: int) -> None:
    look = Style("song", 16.0, 24.0)
    plain, even = text.wrap(words, look, room), text.balanced(words, look, room)
    assert len(even) == len(plain)
    assert "".join(line.text for line in even) == "".join(line.text for line in plain)
    assert all(fonts.width("song", line.text, 16.0) <= room + 0.1 for line in even)


def test_that_a_name_in_the_middle_leaves_no_single_character() -> None:
    look = Style("song", 16.0, 24.0)
    name = "明光市白米山农民林业专业合作社联合社及其全体成员管理委员会喆"
    room = fonts.width("song", name, 16.0) - 1
    assert [len(line.text) for line in text.wrap(name, look, room)] == [len(name) - 1, 1]
    first, second = text.balanced(name, look, room)
    assert abs(len(first.text) - len(second.text)) <= 2
