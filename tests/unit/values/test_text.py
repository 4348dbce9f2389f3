"""Texts from outside: what nobody can see is refused, what is rare is kept."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.sheets.cells import read_cell
from core.sheets.spec import SheetColumn
from core.values.forms import FormField, parse_form
from core.values.text import require_visible

FORM = (FormField("project_name", "Project"), FormField("text", "Text", "long"))
HIDDEN = ("\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\x07", "\x1b", "\x7f", "\U000e0041")


@pytest.mark.parametrize("sign", HIDDEN)
def test_that_an_invisible_character_is_refused_with_its_field_and_place(sign: str) -> None:
    typed = f"岭东{sign}坡"
    for name in ("project_name", "text"):
        with pytest.raises(InputError) as refused:
            parse_form(FORM, {name: typed})
        (wrong,) = refused.value.fields
        assert (wrong.field, wrong.code) == (name, "text.hidden")
        assert wrong.params == {"place": 3, "code": f"U+{ord(sign):04X}"}
    with pytest.raises(InputError) as refused:
        read_cell(SheetColumn(key="place", header="坐落"), typed)
    assert (refused.value.fields[0].field, refused.value.fields[0].code) == ("place", "text.hidden")


def test_that_rare_names_lines_and_variants_are_kept() -> None:
    name = "努尔兰·哈山𬱖𫖯㛃葛\U000e0100"
    assert parse_form(FORM, {"project_name": name, "text": "一\n\t二"}) == {
        "project_name": name,
        "text": "一\n\t二",
    }


@given(st.characters())
def test_that_only_controls_marks_and_halves_are_refused(sign: str) -> None:
    invisible = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    try:
        require_visible("name", f"甲{sign}乙")
    except InputError:
        assert (
            unicodedata.category(sign) in invisible
            or "\u2060" <= sign <= "\u206f"
            or ("\U000e0000" <= sign <= "\U000e007f")
        )
