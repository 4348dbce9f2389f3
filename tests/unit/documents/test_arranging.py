"""A template changed part by part: the rest of its text stays as it was."""

from __future__ import annotations

import difflib

import pytest

from core.documents import arranging
from core.documents.templates import TemplateError, parse, shipped, shipped_kinds


def part(source: str, words: str) -> arranging.Part:
    return next(one for one in arranging.parts(source) if words in one.words)


def changed_lines(before: str, after: str) -> list[str]:
    return [
        line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"
    ]


@pytest.mark.parametrize("kind", shipped_kinds())
def test_that_every_part_of_every_paper_can_be_written_back(kind: str) -> None:
    """Each value put in as the form shows it gives a template that means the same."""
    source = shipped(kind).source
    for one in arranging.parts(source):
        for field in arranging.fields(one):
            if field.key not in one.values:
                continue
            again = arranging.change(source, one.place, field.key, field.value)
            assert parse(again, "x.toml").pages == parse(source, "x.toml").pages, (one, field)


def test_that_a_sentence_is_changed_and_nothing_else() -> None:
    source = shipped("acceptance").source
    one = part(source, "请凭本通知书")
    new = one.words.replace("请凭本通知书", "请凭此“通知”\n")
    changed = arranging.change(source, one.place, "text", new)
    assert len(changed_lines(source, changed)) == 2
    assert part(changed, "请凭此“通知”\n").words == new


def test_that_a_placed_thing_is_moved_by_millimetres() -> None:
    source = shipped("certificate").source
    one = part(source, "林业碳汇权证")
    changed = arranging.change(source, one.place, "at", [24.5, 40.0])
    assert changed_lines(source, changed) == ["-   at = [24, 37]", "+   at = [24.5, 40]"]
    assert changed.count("#") == source.count("#")


def test_that_a_missing_key_is_added_and_an_empty_choice_removed() -> None:
    source = shipped("acceptance").source
    one = part(source, "请凭本通知书")
    aligned = arranging.change(source, one.place, "align", "right")
    assert len(changed_lines(source, aligned)) == 1
    assert arranging.change(aligned, one.place, "align", "") == source


def test_that_rows_of_a_form_are_edited_as_lines() -> None:
    source = shipped("approval_form").source
    (form,) = (one for one in arranging.parts(source) if one.type == "form")
    rows = next(one for one in arranging.fields(form) if one.key == "rows")
    changed = arranging.change(
        source, form.place, "rows", rows.value.replace("查重｜", "重复核查｜")
    )
    pages = parse(changed, "x.toml").pages
    assert "重复核查" in str(pages)
    assert "查重" not in str(pages).replace("重复核查", "").split("Form")[1][:3000]


def test_that_columns_keep_their_keys() -> None:
    source = shipped("receipt_checklist").source
    table = next(one for one in arranging.parts(source) if one.type == "table")
    lines = next(one for one in arranging.fields(table) if one.key == "columns").value
    wider = lines.replace("份数｜", "数量｜")
    changed = arranging.change(source, table.place, "columns", wider)
    before, after = (arranging.parts(text)[table.place].values for text in (source, changed))
    assert [one["key"] for one in before["columns"]] == [one["key"] for one in after["columns"]]
    assert "数量" in {one["title"] for one in after["columns"]}
    with pytest.raises(ValueError, match="."):
        arranging.change(source, table.place, "columns", "一列｜2")
    with pytest.raises(ValueError, match="."):
        arranging.change(source, table.place, "columns", wider.replace("｜1", "｜宽", 1))


def test_that_a_part_moves_past_its_neighbour_and_back() -> None:
    source = shipped("acceptance").source
    second = arranging.parts(source)[2]
    down = arranging.moved(source, second.place, 1)
    assert arranging.parts(down)[3].words == second.words
    assert arranging.moved(down, 3, -1) == source
    last = len(arranging.parts(source)) - 1
    assert arranging.moved(source, last, 1) == source
    parse(down, "acceptance.toml")


def test_that_facts_are_offered_with_their_titles() -> None:
    offered = arranging.facts(shipped("acceptance").source, "acceptance")
    assert offered["office_name"] == "登记机构全称"
    assert "applicant" in offered
    assert arranging.facts("not = [toml", "acceptance") == {}


def test_that_a_text_that_is_no_toml_is_refused() -> None:
    with pytest.raises(TemplateError):
        arranging.parts('[[flow]]\ntype = "text\n')
