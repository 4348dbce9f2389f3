"""Patterns of numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.numbering import check_pattern, render

CERTIFICATE = "{short}碳证〔{year}〕第{seq:06}号"


def test_that_a_number_is_written_as_papers_write_it() -> None:
    shown = render(CERTIFICATE, short="明林", code="341182", year=2026, sequence=1)
    assert shown == "明林碳证〔2026〕第000001号"


def test_that_a_plain_sequence_is_not_padded() -> None:
    shown = render("{short}〔{year}〕{seq}号", short="明林", code="", year=2026, sequence=17)
    assert shown == "明林〔2026〕17号"


def test_that_a_sequence_longer_than_its_padding_is_written_in_full() -> None:
    assert render("{year}{seq:2}", short="", code="", year=2026, sequence=12345) == "202612345"


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("{short}〔{year}〕", "numbering.no_sequence"),
        ("{seq}〔{year}〕{seq}", "numbering.no_sequence"),
        ("{short}{seq}", "numbering.no_year"),
        ("{short.__class__}{year}{seq}", "numbering.field_unknown"),
        ("{0}{year}{seq}", "numbering.field_unknown"),
        ("{year}{seq:>9}", "numbering.field_unknown"),
        ("{year}{seq", "numbering.brace"),
        ("{year}{seq}}", "numbering.brace"),
        ("{{year}}{seq}", "numbering.brace"),
        ("", "numbering.no_sequence"),
    ],
)
def test_that_a_wrong_pattern_is_refused_with_its_reason(pattern: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        check_pattern(pattern)
    assert [(field.field, field.code) for field in caught.value.fields] == [("pattern", code)]


@given(first=st.integers(1, 10**7), second=st.integers(1, 10**7))
def test_that_different_sequences_give_different_texts(first: int, second: int) -> None:
    texts = {
        render(CERTIFICATE, short="明林", code="", year=2026, sequence=n) for n in (first, second)
    }
    assert len(texts) == len({first, second})


@given(st.text(alphabet="{}shortyeaqcd:06〔〕号 ", max_size=30))
def test_that_whatever_is_accepted_can_be_rendered(pattern: str) -> None:
    try:
        accepted = check_pattern(pattern)
    except InputError:
        return
    shown = render(accepted, short="明林", code="1", year=2026, sequence=3)
    assert "{" not in shown
    assert "}" not in shown
    assert "2026" in shown
