"""A whole review from a script, and the workbook of experts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from core.cli import main
from core.committee.records import check_code
from tests import databases
from tests.committee import Room

Call = Callable[..., tuple[int, Any]]


@pytest.fixture(name="call")
def _call(local_room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    secret = tmp_path / "secret"
    secret.write_text(databases.PASSWORD, encoding="utf-8")
    where = ["--json", "--database", databases.url_of(local_room.desk.database)]

    def call(login: str, *words: object) -> tuple[int, Any]:
        capsys.readouterr()
        who = ["--as", login, "--password-file", str(secret)]
        status = main([*where, *who, *map(str, words)])
        said = capsys.readouterr()
        return status, json.loads(said.out or said.err)

    return call


def test_that_a_script_draws_meets_and_replays(
    local_room: Room, call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from core.clock import SystemClock

    monkeypatch.setattr(SystemClock, "now", lambda _self: local_room.desk.clock.now())
    case = local_room.case()
    number = local_room.desk.summary(case).receipt_number
    status, made = call(
        "secretary", "draw", "prepare", number, "--need", "3", "--meeting", "2026-11-27 09:00",
        "--first", "secretary", "--second", "clerk", "--supervisor", "supervisor",
        "--leave-out", "E08=本人申请",
    )  # fmt: skip
    assert (status, made["state"]) == (0, "prepared")
    draw = made["id"]
    status, rows = call("secretary", "draw", "preview", draw)
    assert {row["code"] for row in rows if row["ground"]} == {"E03", "E04", "E08"}
    assert call("secretary", "draw", "freeze", draw)[1]["state"] == "frozen"
    assert call("supervisor", "draw", "witness", draw)[1]["witnessed_at"]
    typed = tmp_path / "input.txt"
    typed.write_text("白米山上听松声", encoding="utf-8")
    assert not call("secretary", "draw", "run", draw, "--input-file", typed)[1]["picks"]
    status, drawn = call("clerk", "draw", "run", draw, "--input", "池河镇七点五十")
    assert (status, drawn["state"]) == (0, "drawn")
    record = tmp_path / "draw.json"
    assert call("secretary", "draw", "record", draw, "--out", record)[0] == 0
    assert main(["--json", "draw", "replay", str(record)]) == 0
    replayed = json.loads(capsys.readouterr().out)
    assert [one["code"] for one in replayed["result"]] == [one["code"] for one in drawn["picks"]]
    assert call("clerk", "draw", "replay", record)[1]["intact"]
    assert call("auditor", "draw", "show", draw)[1]["picks"] == []
    kept = json.loads(record.read_text(encoding="utf-8"))
    printed = tmp_path / "code.txt"
    printed.write_text(f"核对码：{check_code(kept)}", encoding="utf-8")
    assert main(["--json", "draw", "replay", str(printed)]) == 0
    capsys.readouterr()
    kept["list"]["candidates"].pop()
    record.write_text(json.dumps(kept), encoding="utf-8")
    assert main(["--json", "draw", "replay", str(record)]) == 1
    assert "list" in json.loads(capsys.readouterr().out)["faults"]
    record.write_text("不是记录", encoding="utf-8")
    assert main(["--json", "draw", "replay", str(record)]) == 1
    assert json.loads(capsys.readouterr().err)["fields"][0]["field"] == "record"


def test_that_experts_come_from_a_workbook_and_it_can_be_undone(
    local_room: Room, call: Call, tmp_path: Path
) -> None:
    path = tmp_path / "experts.xlsx"
    assert main(["template", "experts", str(path)]) == 0
    book = load_workbook(path)
    sheet = book["专家"]
    heads = {str(cell.value).rstrip("*"): cell.column for cell in sheet[1]}
    assert {"编号", "姓名", "专业", "聘期止"} <= set(heads)
    rows = tmp_path / "rows.xlsx"
    _write(rows, [
        ["E21", "程𬸦", "男", "1970-01-02", "皖东新单位", "高级工程师", "营林、森林经理", "评审专家库",
         "评审专家", "2026-01-01", "2028-12-31"],
        ["E01", "重号的人", "女", "1970-01-02", "", "教授", "营林", "", "", "", ""],
        ["E22", "缺聘期的人", "女", "1970-01-02", "", "教授", "营林", "评审专家库", "", "", ""],
        ["E23", "未来的人", "女", "2030-01-02", "", "教授", "营林", "", "", "", ""],
    ])  # fmt: skip
    status, report = call("secretary", "import", "experts", rows)
    assert status == 1
    assert {(one["row"], one["code"]) for one in report["rejected"]} == {
        (3, "committee.code_taken"), (4, "committee.term_days"), (5, "committee.birth_date"),
    }  # fmt: skip
    _write(rows, [
        ["E21", "程𬸦", "男", "1970-01-02", "皖东新单位", "高级工程师", "营林、森林经理", "评审专家库",
         "评审专家", "2026-01-01", "2028-12-31"],
    ])  # fmt: skip
    status, report = call("secretary", "import", "experts", rows)
    assert (status, report["accepted"]) == (0, 1)
    _status, shown = call("secretary", "committee", "show", "E21")
    assert (shown["employer"], shown["specialties"]) == ("皖东新单位", ["营林", "森林经理"])
    assert shown["terms"][0]["to"] == "2028-12-31"
    assert call("clerk", "import", "experts", rows, "--dry-run")[0] == 1
    out = tmp_path / "out.xlsx"
    assert call("secretary", "export", "expert", out, "--filter", "specialty=营林")[0] == 0
    told = [cell.value for cell in load_workbook(out).active["B"]]
    assert set(told[1:]) == {"何𫘝", "程𬸦"}
    batch = report["batch"]
    status, undone = call("secretary", "import", "--undo", batch, "--reason", "名单作废")
    assert status == 0, undone
    assert call("secretary", "committee", "show", "E21")[0] == 1
    assert local_room.experts


def _write(path: Path, rows: list[list[str]]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "专家"
    sheet.append([
        "编号", "姓名", "性别", "出生日期", "单位", "职称", "专业", "机构", "聘任职务", "聘期起", "聘期止",
    ])  # fmt: skip
    for row in rows:
        sheet.append(row)
    book.save(path)
