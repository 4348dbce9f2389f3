from __future__ import annotations

import pytest

from core.documents import fonts
from core.errors import RuleViolation
from core.messages import text
from tests.papers import RARE


@pytest.mark.parametrize("role", sorted(fonts.CHAINS))
def test_that_every_role_has_the_rare_names(role: str) -> None:
    assert "".join(run for _, run in fonts.runs(role, RARE)) == RARE
    assert all(fonts.measure(role, character)[1] > 0 for character in RARE)


def test_that_a_role_falls_back_only_for_what_it_lacks() -> (
    None
):  # U+20001 is only in the last font
    assert list(fonts.runs("song", "张𠀁三")) == [("song", "张"), ("rare", "𠀁"), ("song", "三")]


def test_that_a_missing_glyph_is_refused_by_name() -> None:
    with pytest.raises(RuleViolation) as caught:
        fonts.check("张\U0003134f")
    assert caught.value.code == "documents.missing_glyph"
    assert caught.value.params["codepoint"] == "U+3134F"
    assert "U+3134F" in text(caught.value)


def test_that_an_invisible_character_is_named_by_its_code_only() -> None:
    with pytest.raises(RuleViolation) as caught:
        fonts.check("张\u202e三")
    assert caught.value.params == {"character": "", "codepoint": "U+202E"}


def test_that_a_private_character_is_refused_with_its_own_sentence() -> None:
    with pytest.raises(RuleViolation) as caught:
        fonts.check("张\ue863")
    assert caught.value.code == "documents.private_glyph"


def test_that_a_variation_selector_is_warned_about_and_not_drawn() -> None:
    name = "葛\U000e0100城"
    (warning,) = fonts.check(name)
    assert (warning.kind, warning.codepoint) == ("variation", "U+E0100")
    assert fonts.clean(name) == "葛城"


def test_that_ends_of_lines_from_spreadsheets_are_ends_of_lines() -> None:
    assert fonts.clean("甲\r\n乙\r丙\t丁") == "甲\n乙\n丙 丁"
    assert fonts.check("甲\r\n乙") == []


def test_that_widths_add_up() -> None:
    assert fonts.width("song", "林业碳汇", 10) == pytest.approx(40)
    assert fonts.width("song", "林业碳汇", 10, 2) == pytest.approx(46)
    assert fonts.width("song", "", 10, 2) == 0


def test_that_unicode_maps_are_right_above_the_basic_plane() -> None:
    cmap = fonts._to_unicode_cmap("X", [0, 0x4E00, 0x2B1A6])
    assert "<01> <4E00>" in cmap
    assert "<02> <D86CDDA6>" in cmap
    assert "<00>" not in cmap.split("beginbfchar")[1]


def test_that_unicode_maps_have_no_block_above_a_hundred() -> None:
    cmap = fonts._to_unicode_cmap("X", list(range(0x4E00, 0x4E00 + 256)))
    assert [int(line.split()[0]) for line in cmap.splitlines() if "beginbfchar" in line] == [
        100,
        100,
        55,
    ]
