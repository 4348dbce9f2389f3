"""What a command writes: tables for people, JSON for scripts, nothing that steers a terminal."""

from __future__ import annotations

import io
import json

from core.cli.output import Output
from core.values.cells import Shown
from core.values.tonnes import Tonnes


def _output(*, as_json: bool = False) -> tuple[Output, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    return Output(as_json=as_json, out=out, err=err), out, err


def test_that_people_read_texts_and_programs_get_values() -> None:
    facts = {"state": Shown("issued", "已发证"), "tonnes": Tonnes(519554), "due": None}
    output, out, _ = _output()
    output.record(facts)
    assert [line.split() for line in out.getvalue().splitlines()] == [
        ["state", "已发证"],
        ["tonnes", "5,195.54"],
        ["due", "—"],
    ]
    output, out, _ = _output(as_json=True)
    output.record(facts)
    assert json.loads(out.getvalue()) == {"state": "issued", "tonnes": "5195.54", "due": None}


def test_that_a_table_shows_chinese_in_full() -> None:
    output, out, _ = _output()
    output.table({"no": "编号", "name": "姓名"}, [{"no": 1, "name": "王芳" * 20}])
    assert "王芳" * 20 in out.getvalue()
    assert "编号" in out.getvalue()


def test_that_a_table_is_a_json_list() -> None:
    output, out, _ = _output(as_json=True)
    output.table({"no": "编号"}, [{"no": 1}, {"no": 2}])
    output.line("not for scripts")
    assert json.loads(out.getvalue()) == [{"no": 1}, {"no": 2}]


def test_that_an_empty_table_says_so() -> None:
    output, out, _ = _output()
    output.table({"no": "编号"}, [], empty="一个也没有")
    assert out.getvalue() == "一个也没有\n"


def test_that_text_from_outside_does_not_steer_the_terminal() -> None:
    output, out, _ = _output()
    output.record({"name": "王\x1b[31m芳\x07 [bold]x[/bold]"}, {"name": "姓名"})
    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()
    assert "[bold]x[/bold]" in out.getvalue()


def test_that_progress_is_silent_without_a_terminal() -> None:
    output, out, err = _output()
    with output.progress("busy") as report:
        report(1, 2)
    assert out.getvalue() == err.getvalue() == ""
