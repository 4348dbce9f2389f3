"""The import wizard: from the empty template to the undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from core.certificates.sheets import APPLICATIONS_IMPORTER
from core.database import Database
from core.parties.queries import PARTIES
from core.parties.sheets import PARTIES_IMPORTER
from core.sheets.batch import Importer
from core.sheets.splitting import CaseColumns
from core.sheets.template import write_template
from core.values.listing import ListQuery, cells
from desktop.pages.certificates.page import CASES
from desktop.parts.import_model import Stage
from desktop.parts.import_wizard import ImportWizard
from desktop.parts.reason import ReasonDialog
from tests.gui.pages.conftest import Desk
from tests.gui.pages.walking import PARCEL

Open = Callable[[Importer, CaseColumns | None], ImportWizard]
Rows = Mapping[str, list[dict[str, object]]]

GOOD = {"姓名或名称": "陈㛃", "证件号码": "341199196803120422"}


@pytest.fixture
def wizard(desk: Desk) -> Iterator[Open]:
    """Open the wizard without blocking."""
    shown: list[ImportWizard] = []

    def show(importer: Importer, cases: CaseColumns | None) -> ImportWizard:
        dialog = ImportWizard(desk.context, importer, cases)
        dialog.show()
        shown.append(dialog)
        return dialog

    yield show
    desk.settle()
    for dialog in shown:
        dialog.close()
        dialog.deleteLater()


def workbook(importer: Importer, path: Path, rows: Rows) -> Path:
    """The importer's own template, filled in."""
    write_template(importer.kind, path)
    book = load_workbook(path)
    for name, lines in rows.items():
        sheet = book[name]
        headers = [str(cell.value).rstrip("*") for cell in sheet[1]]
        for number, line in enumerate(lines, start=2):
            for header, value in line.items():
                sheet.cell(number, headers.index(header) + 1, value)  # type: ignore[call-overload]
    book.save(path)
    return path


def applications(path: Path, *, bad_area: bool) -> Path:
    """Two applications; the second one's area may be a word."""
    importer = APPLICATIONS_IMPORTER
    parcels = next(sheet for sheet in importer.kind.sheets if sheet.name == "地块")
    land: dict[str, object] = {c.header: PARCEL[c.key] for c in parcels.columns if c.key in PARCEL}
    other = {
        **land,
        "申请序号": "2",
        "小班": "00007",
        "不动产单元号": "341182100236JE00099L00000001",
        "林权证号": "皖（2019）明光市不动产权第9900099号",
    }
    case = {"监测期起": "2021-01-01", "监测期止": "2025-12-31"}
    person = {"类别": "个人", "姓名或名称": "陈㛃", "证件号码": "341199196803120422"}
    third = {"类别": "个人", "姓名或名称": "王喆", "证件号码": "341199198802150119"}
    rows: dict[str, list[dict[str, object]]] = {
        "申请": [
            {"申请序号": "1", "项目名称": "甲", **case},
            {"申请序号": "2", "项目名称": "乙", **case},
        ],
        "权利人": [{"申请序号": "1", **person}, {"申请序号": "2", **third}],
        "地块": [
            {**land, "申请序号": "1"},
            {**other, "面积（公顷）": "五"} if bad_area else other,
        ],
    }
    return workbook(importer, path, rows)


def names(database: Database) -> list[str]:
    with database.read() as session:
        ids = PARTIES.ids(session, ListQuery())
        return [row[0] for row in cells(PARTIES, session, ids).values()]


def test_that_the_template_can_be_saved_filled_and_imported(
    desk: Desk, wizard: Open, sqlite_database: Database, tmp_path: Path
) -> None:
    dialog = wizard(PARTIES_IMPORTER, None)
    template = tmp_path / "模板.xlsx"
    desk.dialogs.files.append(template)
    dialog.template_button.click()
    desk.settle()
    assert template.is_file()
    sheet = PARTIES_IMPORTER.kind.sheets[0]
    kind = next(c for c in sheet.columns if c.key == "kind")
    person = dict(kind.choices)["person"]
    headers = {c.key: c.header for c in sheet.columns}
    filled = workbook(
        PARTIES_IMPORTER,
        tmp_path / "主体.xlsx",
        {
            sheet.name: [
                {
                    headers["kind"]: person,
                    headers["name"]: "陈㛃",
                    headers["number"]: "341199196803120422",
                }
            ]
        },
    )
    desk.dialogs.files.append(filled)
    dialog.file_button.click()
    desk.settle()
    assert dialog.view_model.state.stage.name == "COLUMNS"
    assert dialog.next_button.isEnabled()
    dialog.next_button.click()
    desk.settle()
    report = dialog.view_model.state.report
    assert report is not None
    assert report.errors == ()
    assert names(sqlite_database) == []
    dialog.next_button.click()
    desk.settle()
    assert dialog.view_model.state.stage is Stage.RESULT
    assert names(sqlite_database) == ["陈㛃"]


def test_that_an_import_is_undone_as_a_whole(
    desk: Desk, wizard: Open, sqlite_database: Database, tmp_path: Path
) -> None:
    dialog = wizard(APPLICATIONS_IMPORTER, CASES)
    dialog.view_model.choose(applications(tmp_path / "申请.xlsx", bad_area=False))
    desk.settle()
    for _stage in ("check", "import"):
        dialog.next_button.click()
        desk.settle()
    assert dialog.view_model.state.stage is Stage.RESULT, dialog.banner.text()
    assert sorted(names(sqlite_database)) == sorted(["陈㛃", "王喆"])

    def why(reason: object) -> None:
        assert isinstance(reason, ReasonDialog)
        reason.edit.setPlainText("导错了文件")
        reason.accept()

    desk.dialogs.acts.append(why)
    dialog.undo_button.click()
    desk.settle()
    assert names(sqlite_database) == []
    assert dialog.view_model.state.undone == 4


def test_that_an_import_of_another_day_is_undone_from_the_list(
    desk: Desk, wizard: Open, sqlite_database: Database, tmp_path: Path
) -> None:
    first = wizard(APPLICATIONS_IMPORTER, CASES)
    first.view_model.choose(applications(tmp_path / "申请.xlsx", bad_area=False))
    desk.settle()
    for _stage in ("check", "import"):
        first.next_button.click()
        desk.settle()
    later = wizard(APPLICATIONS_IMPORTER, CASES)
    desk.settle()
    assert later.earlier.model.item(0, 1).text() == "申请.xlsx"

    def why(reason: object) -> None:
        assert isinstance(reason, ReasonDialog)
        reason.edit.setPlainText("导错了文件")
        reason.accept()

    desk.dialogs.acts += [why, why]
    later.earlier.undo_button.click()
    desk.settle()
    assert names(sqlite_database) == []
    later.earlier.undo_button.click()
    desk.settle()
    assert later.banner.kind() == "error"


def test_that_wrong_cells_are_listed_and_nothing_is_imported(
    desk: Desk, wizard: Open, sqlite_database: Database, tmp_path: Path
) -> None:
    dialog = wizard(APPLICATIONS_IMPORTER, CASES)
    dialog.view_model.choose(applications(tmp_path / "申请.xlsx", bad_area=True))
    desk.settle()
    dialog.next_button.click()
    desk.settle()
    line = [dialog.errors.item(0, column).text() for column in range(5)]
    assert line[:4] == ["地块", "3", "面积（公顷）", "五"]
    assert "五" in line[4]
    assert not dialog.next_button.isEnabled()
    assert names(sqlite_database) == []


def test_that_right_cases_are_imported_and_wrong_ones_set_aside(
    desk: Desk, wizard: Open, sqlite_database: Database, tmp_path: Path
) -> None:
    dialog = wizard(APPLICATIONS_IMPORTER, CASES)
    dialog.view_model.choose(applications(tmp_path / "申请.xlsx", bad_area=True))
    desk.settle()
    dialog.next_button.click()
    desk.settle()
    left = tmp_path / "待改.xlsx"
    desk.dialogs.files.append(left)
    dialog.skip_button.click()
    desk.settle()
    assert dialog.view_model.state.stage is Stage.RESULT, dialog.banner.text()
    assert names(sqlite_database) == ["陈㛃"]
    book = load_workbook(left)
    assert [row[1].value for row in book["申请"].iter_rows(min_row=2)][:1] == ["乙"]
    headers = [cell.value for cell in book["地块"][1]]
    assert "错误说明" in headers
    explained = book["地块"].cell(2, headers.index("错误说明") + 1).value
    assert "五" in str(explained)


def test_that_the_corrected_workbook_is_imported_afterwards(
    desk: Desk, wizard: Open, sqlite_database: Database, tmp_path: Path
) -> None:
    dialog = wizard(APPLICATIONS_IMPORTER, CASES)
    dialog.view_model.choose(applications(tmp_path / "申请.xlsx", bad_area=True))
    desk.settle()
    dialog.next_button.click()
    desk.settle()
    left = tmp_path / "待改.xlsx"
    desk.dialogs.files.append(left)
    dialog.skip_button.click()
    desk.settle()
    book = load_workbook(left)
    headers = [str(cell.value).rstrip("*") for cell in book["地块"][1]]
    book["地块"].cell(2, headers.index("面积（公顷）") + 1).value = "5.1400"
    book.save(left)
    second = wizard(APPLICATIONS_IMPORTER, CASES)
    second.view_model.choose(left)
    desk.settle()
    for _stage in ("check", "import"):
        second.next_button.click()
        desk.settle()
    assert second.view_model.state.stage is Stage.RESULT, second.banner.text()
    assert sorted(names(sqlite_database)) == sorted(["陈㛃", "王喆"])


def test_that_a_column_under_another_header_is_mapped_and_remembered(
    desk: Desk, wizard: Open, tmp_path: Path
) -> None:
    path = applications(tmp_path / "申请.xlsx", bad_area=False)
    book = load_workbook(path)
    for cell in book["申请"][1]:
        if str(cell.value).startswith("项目名称"):
            cell.value = "名字"
    book.save(path)
    dialog = wizard(APPLICATIONS_IMPORTER, CASES)
    dialog.view_model.choose(path)
    desk.settle()
    assert dialog.view_model.missing_columns() == ["项目名称"]
    assert not dialog.next_button.isEnabled()
    box = dialog._combos["申请", "project_name"]
    box.setCurrentIndex(box.findData("名字"))
    assert dialog.next_button.isEnabled()
    dialog.next_button.click()
    desk.settle()
    again = wizard(APPLICATIONS_IMPORTER, CASES)
    again.view_model.choose(path)
    desk.settle()
    assert again.view_model.missing_columns() == []


@pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04broken", b""])
def test_that_a_damaged_file_gets_one_sentence(
    desk: Desk, wizard: Open, tmp_path: Path, content: bytes
) -> None:
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(content)
    dialog = wizard(APPLICATIONS_IMPORTER, CASES)
    desk.dialogs.files.append(bad)
    dialog.file_button.click()
    desk.settle()
    assert dialog.view_model.state.stage is Stage.FILE
    assert "坏.xlsx" in dialog.banner.text()
    assert "\n" not in dialog.banner.text()


def test_that_the_same_workbook_is_imported_again_only_after_a_question(
    desk: Desk, wizard: Open, sqlite_database: Database, tmp_path: Path
) -> None:
    path = applications(tmp_path / "申请.xlsx", bad_area=False)
    first = wizard(APPLICATIONS_IMPORTER, CASES)
    first.view_model.choose(path)
    desk.settle()
    for _stage in ("check", "import"):
        first.next_button.click()
        desk.settle()
    assert first.view_model.state.twin is None
    again = wizard(APPLICATIONS_IMPORTER, CASES)
    again.view_model.choose(path)
    desk.settle()
    again.next_button.click()
    desk.settle()
    assert "导入编号 1" in again.summary.text()
    desk.dialogs.yes = False
    again.next_button.click()
    desk.settle()
    assert "导入编号 1" in desk.dialogs.asked[-1]
    assert again.view_model.state.stage is Stage.PREVIEW
    desk.dialogs.yes = True
    again.next_button.click()
    desk.settle()
    assert again.view_model.state.stage is Stage.RESULT, again.banner.text()
    assert again.view_model.state.batch_id == 2
