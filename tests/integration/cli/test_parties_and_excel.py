"""lintanctl party, template, import, export: the answers of the contract, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from core.cli import main
from core.database import Database
from core.parties.model import OrganisationKind
from core.parties.service import (
    RegisterOrganisation,
    RegisterPerson,
    register_organisation,
    register_person,
)
from core.values.identity import IdKind
from tests import databases

Answer = tuple[int, Any, Any]
Ctl = Callable[..., Answer]
NUMBER = "341199196803120422"


@pytest.fixture
def ctl(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ctl:
    """Run lintanctl --json as `all`; answers status, document, error object."""
    password = tmp_path / "password"
    password.write_text(databases.PASSWORD, encoding="utf-8")
    url = databases.url_of(database)

    def call(*words: str, login: str = databases.ALL) -> Answer:
        capsys.readouterr()
        status = main(
            ["--json", "--database", url, "--as", login, "--password-file", str(password), *words]
        )
        said = capsys.readouterr()
        document = json.loads(said.out) if said.out else None
        return status, document, json.loads(said.err) if said.err else None

    return call


def parties(path: Path, *rows: tuple[object, ...]) -> str:
    """A workbook of parties: 类别, 姓名或名称, 组织类型, 证件号码, 无号码原因, 联系电话."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "主体"
    sheet.append(["类别", "姓名或名称", "组织类型", "证件号码", "无号码原因", "联系电话"])
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return str(path)


GOOD = (
    ("个人", "陈㛃", None, NUMBER, None, "12000000007"),
    ("组织", "明光市栎源岭生态林业有限公司", "企业", "91341199MA9900060F", None, None),
    ("组织", "岭上村村民小组", "其他组织", None, "未办理登记", None),
)


def test_that_parties_are_imported_listed_and_shown_masked(ctl: Ctl, tmp_path: Path) -> None:
    status, answer, _ = ctl("import", "parties", parties(tmp_path / "p.xlsx", *GOOD))
    assert status == 0
    assert (answer["rows"], answer["accepted"], answer["rejected"]) == (3, 3, [])
    assert answer["imported"]
    _, rows, _ = ctl("party", "list", "--sort", "name")
    assert [row["name"] for row in rows] == [
        "陈㛃",
        "岭上村村民小组",
        "明光市栎源岭生态林业有限公司",
    ]
    _, shown, _ = ctl("party", "show", str(rows[0]["id"]))
    assert shown["number"] == "341199********0422"
    _, shown, _ = ctl("party", "show", str(rows[0]["id"]), "--reveal", "核对身份")
    assert shown["number"] == NUMBER


def test_that_the_number_is_revealed_only_to_who_may(ctl: Ctl, database: Database) -> None:
    with database.write() as session:
        command = RegisterPerson(name="陈㛃", id_kind=IdKind.RESIDENT, number=NUMBER)
        person = register_person(session, command).id
    status, _, error = ctl("party", "show", str(person), "--reveal", "好奇", login="auditor")
    assert (status, error["error"]) == (1, "access.not_permitted")
    status, _, error = ctl("party", "show", str(person), "--reveal", "")
    assert (status, error["error"]) == (1, "input")


def test_that_a_wrong_workbook_lists_every_cell_and_imports_nothing(
    ctl: Ctl, tmp_path: Path
) -> None:
    bad = parties(
        tmp_path / "p.xlsx",
        ("个人", "陈㛃", None, "34119919680312004", None, None),
        ("组织", "某公司", None, "91341199MA9900060F", None, None),
        ("个人", "李四", None, 3.4119919680312e17, None, None),
        *GOOD[:1],
    )
    marked = tmp_path / "marked.xlsx"
    status, answer, _ = ctl("import", "parties", bad, "--errors", str(marked))
    assert status == 1
    found = [(one["sheet"], one["row"], one["column"], one["code"]) for one in answer["rejected"]]
    assert found == [
        ("主体", 2, "证件号码", "identity.length"),
        ("主体", 3, "组织类型", "parties.organisation_kind_missing"),
        ("主体", 4, "证件号码", "sheets.damaged_number"),
    ]
    assert answer["rejected"][0]["value"] == "34119919680312004"
    assert all(one["message"] for one in answer["rejected"])
    assert (answer["accepted"], answer["imported"]) == (1, False)
    assert ctl("party", "list")[1] == []
    assert "错误说明" in [cell.value for cell in load_workbook(marked)["主体"][1]]


def test_that_a_known_number_is_refused_and_a_namesake_warned_of(ctl: Ctl, tmp_path: Path) -> None:
    ctl("import", "parties", parties(tmp_path / "p.xlsx", *GOOD))
    status, answer, _ = ctl("import", "parties", parties(tmp_path / "q.xlsx", *GOOD[:2]))
    assert status == 1
    assert {one["code"] for one in answer["rejected"]} == {"parties.already_there"}
    namesake = parties(tmp_path / "r.xlsx", ("个人", "陈㛃", None, None, "未提供", None))
    status, answer, _ = ctl("import", "parties", namesake, "--dry-run")
    assert (status, answer["imported"], answer["dry_run"]) == (0, False, True)
    assert [(one["row"], one["code"]) for one in answer["warnings"]] == [(2, "parties.looks_like")]


def test_that_an_import_is_taken_back_while_nothing_depends_on_it(
    ctl: Ctl, database: Database, tmp_path: Path
) -> None:
    _, first, _ = ctl("import", "parties", parties(tmp_path / "p.xlsx", *GOOD))
    status, _, error = ctl("import", "--undo", str(first["batch"]))
    assert (status, error["fields"][0]["field"]) == (1, "reason")
    status, answer, _ = ctl("import", "--undo", str(first["batch"]), "--reason", "文件有误")
    assert (status, answer["removed"]) == (0, 3)
    assert ctl("party", "list", "--filter", "state=all")[1] == []
    _, second, _ = ctl("import", "parties", parties(tmp_path / "p.xlsx", *GOOD))
    _, rows, _ = ctl("party", "list", "--text", "栎源岭")
    with database.write() as session:
        command = RegisterPerson(
            name="王五",
            id_kind=IdKind.NONE,
            no_number_reason="未提供",
            employer_id=rows[0]["id"],
        )
        register_person(session, command)
    status, _, error = ctl("import", "--undo", str(second["batch"]), "--reason", "再来")
    assert (status, error["error"]) == (1, "sheets.in_use")
    assert len(ctl("party", "list")[1]) == 4
    _, made, _ = ctl("import", "--list")
    assert [(one["records"], one["undone_at"] is None) for one in made] == [(3, True), (3, False)]


def test_that_an_untouched_template_is_no_import(ctl: Ctl, tmp_path: Path) -> None:
    for kind in ("parties", "applications"):
        path = tmp_path / f"{kind}.xlsx"
        assert ctl("template", kind, str(path))[0] == 0
        status, answer, _ = ctl("import", kind, str(path))
        assert (status, answer["rows"], answer["batch"]) == (0, 0, None)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("damaged.xlsx", b"PK\x03\x04 nothing else"),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(64)),
        ("table.xlsx", "类别,姓名\n个人,陈㛃\n".encode()),
        ("page.xlsx", b"<html><table><tr><td>1</td></tr></table></html>"),
        ("empty.xlsx", b""),
    ],
)
def test_that_a_file_that_is_no_workbook_gets_one_sentence(
    ctl: Ctl, tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    status, _, error = ctl("import", "parties", str(path))
    assert status == 1
    assert [field["field"] for field in error["fields"]] == ["file"]
    assert name in error["message"]


def test_that_an_export_is_masked_and_long_numbers_are_text(ctl: Ctl, tmp_path: Path) -> None:
    ctl("import", "parties", parties(tmp_path / "p.xlsx", *GOOD))
    path = tmp_path / "out.xlsx"
    status, answer, _ = ctl("export", "parties", str(path), "--filter", "kind=organisation")
    assert (status, answer["rows"]) == (0, 2)
    cells = [cell for row in load_workbook(path).worksheets[0].iter_rows() for cell in row]
    code = next(cell for cell in cells if cell.value == "91341199MA9900060F")
    assert code.data_type == "s"
    ctl("export", "parties", str(path))
    values = [
        str(cell.value) for row in load_workbook(path).worksheets[0].iter_rows() for cell in row
    ]
    assert "341199********0422" in values
    assert NUMBER not in values


def test_that_wrong_filters_and_kinds_name_what_there_is(ctl: Ctl, tmp_path: Path) -> None:
    out = str(tmp_path / "out.xlsx")
    for words in (
        ("export", "parties", out, "--filter", "colour=red"),
        ("export", "parties", out, "--filter", "kind=tree"),
        ("export", "parties", out, "--filter", "kind"),
        ("export", "parties", out, "--sort", "phone"),
        ("export", "trees", out),
        ("import", "trees", out),
        ("template", "trees", out),
    ):
        status, _, error = ctl(*words)
        assert (status, error["error"]) == (1, "input"), words
        assert "：" in error["message"] or "KEY" in error["message"] or "=" in error["message"]
    assert not Path(out).exists()


def test_that_duplicates_are_listed_judged_and_merged(ctl: Ctl, database: Database) -> None:
    with database.write() as session:
        ids = [
            register_person(
                session,
                RegisterPerson(name="陈㛃", id_kind=IdKind.NONE, no_number_reason="未提供"),
            ).id
            for _each in range(3)
        ]
        register_organisation(
            session,
            RegisterOrganisation(
                name="某公司",
                organisation_kind=OrganisationKind.COMPANY,
                no_number_reason="未办理登记",
            ),
        )
    _, pairs, _ = ctl("party", "duplicates")
    assert len(pairs) == 3
    first, second, third = map(str, ids)
    assert ctl("party", "distinct", first, second, "--reason", "两人")[0] == 0
    assert ctl("party", "merge", first, third, "--reason", "同一人")[0] == 0
    _, pairs, _ = ctl("party", "duplicates")
    assert pairs == []
    _, shown, _ = ctl("party", "show", third)
    assert (shown["stands_for"], shown["merged_into"]) == (ids[0], ids[0])


def test_that_a_file_imported_before_needs_a_word(ctl: Ctl, tmp_path: Path) -> None:
    path = parties(tmp_path / "p.xlsx", ("自然人", "王五", None, None, "未提供", None))
    status, first, _ = ctl("import", "parties", path)
    assert (status, first["accepted"]) == (0, 1)
    status, _, error = ctl("import", "parties", path)
    assert (status, error["error"]) == (1, "sheets.imported_before")
    status, again, _ = ctl("import", "parties", path, "--again")
    assert (status, again["batch"]) == (0, first["batch"] + 1)
