"""Import, error workbook and export on real databases and real workbooks."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from sqlalchemy import text

from core.carbon.rules import SpeciesParameter
from core.carbon.service import NewParameterSet, add_set, assign_group, groups, suggest_group
from core.database import Database
from core.errors import Cancelled, EnvironmentFault, InputError, RuleViolation
from core.i18n import N_
from core.sheets.export import export
from core.sheets.files import replacing
from core.sheets.importing import Import, import_file
from core.sheets.marking import write_errors
from core.sheets.reading import read_workbook
from core.sheets.spec import ERROR_HEADER, HELP_SHEET, ImportKind, SheetColumn, SheetSpec
from core.sheets.template import write_template
from core.values.listing import Align, ColumnSpec, FilterSpec, ListQuery

KIND = ImportKind(
    key="groups",
    title=N_("Species groups"),
    note=("每行一个树种。",),
    sheets=(
        SheetSpec(
            name="树种",
            columns=(
                SheetColumn(key="species", header="树种", required=True, example="麻栎"),
                SheetColumn(key="group", header="参数组", required=True, example="栎类"),
                SheetColumn(key="number", header="证书号", kind="code", example="皖0001"),
                SheetColumn(
                    key="origin",
                    header="起源",
                    kind="choice",
                    choices=(("n", "天然"), ("p", "人工")),
                ),
                SheetColumn(
                    key="long",
                    header="长列表",
                    kind="choice",
                    choices=tuple((str(n), f"很长的选项名称第{n}号") for n in range(40)),
                ),
            ),
        ),
    ),
)


def apply(importing: Import) -> None:
    importing.unique("树种", "species")
    for row in importing.rows("树种"):
        with importing.row(row):
            assign_group(importing.session, str(row.values["species"]), str(row.values["group"]))
            importing.created.append(("carbon_species_group", row.number))


def workbook(path: Path, *rows: Sequence[object]) -> Path:
    write_template(KIND, path)
    book = load_workbook(path)
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            book["树种"].cell(number, place).value = value  # type: ignore[assignment]
    book.save(path)
    return path


def run(database: Database, path: Path, **kw: Any) -> Any:
    with database.write() as session:
        return import_file(session, KIND, path, apply, **kw)


def suggested(database: Database, species: str) -> str:
    with database.read() as session:
        return suggest_group(session, species)


def audit_lines(database: Database) -> int:
    with database.read() as session:
        return session.scalar(text("SELECT count(*) FROM audit_row")) or 0


def test_that_a_right_workbook_is_imported_whole(database: Database, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("银杏", "硬阔类"), ("乌桕", "软阔类", None, "人工"))
    before = audit_lines(database)
    report = run(database, path)
    assert (report.rows, report.accepted, report.rejected, report.imported) == (2, 2, 0, True)
    assert report.created == (("carbon_species_group", 2), ("carbon_species_group", 3))
    assert suggested(database, "银杏") == "硬阔类"
    assert audit_lines(database) > before


def test_that_formal_and_use_case_errors_come_in_one_run_and_nothing_is_kept(
    database: Database, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ("银杏", "硬阔类"),
        ("水曲柳", "没有的组"),
        ("", "硬阔类"),
        ("银杏", "软阔类", 123456789012345678),
    )
    before = audit_lines(database)
    report = run(database, path)
    assert [(error.row, error.column, error.code) for error in report.errors] == [
        (3, "参数组", "carbon.group_unknown"),
        (4, "树种", "sheets.required"),
        (5, "证书号", "sheets.damaged_number"),
        (5, "树种", "sheets.twice"),
    ]
    assert (report.accepted, report.rejected, report.imported, report.created) == (1, 3, False, ())
    assert suggested(database, "银杏") == ""
    assert audit_lines(database) == before


def test_that_a_dry_run_does_everything_and_keeps_nothing(
    database: Database, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", ("银杏", "硬阔类"))
    before = audit_lines(database)
    report = run(database, path, dry_run=True)
    assert (report.accepted, report.errors, report.imported, report.dry_run) == (1, (), False, True)
    assert suggested(database, "银杏") == ""
    assert audit_lines(database) == before


def test_that_what_was_done_before_in_the_transaction_stays(
    database: Database, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", ("水曲柳", "没有的组"))
    with database.write() as session:
        assign_group(session, "银杏", "软阔类")
        assert not import_file(session, KIND, path, apply).imported
        assign_group(session, "国槐", "硬阔类")
    assert suggested(database, "银杏") == "软阔类"
    assert suggested(database, "国槐") == "硬阔类"


def test_that_a_fault_of_the_machine_is_not_a_row_error(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", ("银杏", "硬阔类"))

    def faulty(importing: Import) -> None:
        for row in importing.rows("树种"):
            with importing.row(row):
                raise EnvironmentFault("database.disk_full")

    with pytest.raises(EnvironmentFault), sqlite_database.write() as session:
        import_file(session, KIND, path, faulty)


def test_that_a_refused_rule_is_an_error_of_the_row(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", ("银杏", "硬阔类"), ("国槐", "硬阔类"))

    def refusing(importing: Import) -> None:
        for row in importing.rows("树种"):
            with importing.row(row):
                assign_group(importing.session, str(row.values["species"]), "软阔类")
                if row.number == 2:
                    raise RuleViolation("carbon.set_retired", name="x")
            importing.warn(row, InputError.of("species", "carbon.species_missing"))

    with sqlite_database.write() as session:
        report = import_file(session, KIND, path, refusing)
    (error,) = report.errors
    assert (error.row, error.column, error.code) == (2, "", "carbon.set_retired")
    assert [warning.row for warning in report.warnings] == [2, 3]
    assert suggested(sqlite_database, "国槐") == ""


def test_that_an_untouched_template_is_no_import(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(KIND, path)
    report = run(sqlite_database, path)
    assert report.empty
    assert not report.imported


def test_that_a_template_guides_the_person(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(KIND, path)
    book = load_workbook(path)
    assert book.sheetnames == ["树种", "选项", HELP_SHEET]
    sheet = book["树种"]
    assert [cell.value for cell in sheet[1]] == ["树种*", "参数组*", "证书号", "起源", "长列表"]
    assert sheet.freeze_panes == "A2"
    assert sheet["C2"].number_format == "@"
    assert sheet.print_title_rows == "$1:$1"
    rules = {
        str(rule.sqref).partition(":")[0]: rule.formula1
        for rule in sheet.data_validations.dataValidation
    }
    assert rules["D2"] == '"天然,人工"'
    assert rules["E2"] == "'选项'!$A$2:$A$41"
    assert book["选项"].sheet_state == "hidden"
    help_text = [
        str(cell.value) for row in book[HELP_SHEET].iter_rows() for cell in row if cell.value
    ]
    assert "每行一个树种。" in help_text
    assert "麻栎" in help_text


def test_that_the_marked_workbook_can_be_corrected_and_loaded_again(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "a.xlsx", ("银杏", "没有的组"), ("国槐", "硬阔类", "=1+1是文字"), ("", "硬阔类")
    )
    book = load_workbook(path)
    book["树种"]["C3"].data_type = "s"
    book["树种"]["B3"].comment = None
    book["树种"]["B2"].font = Font(bold=True)
    book.save(path)
    marked = tmp_path / "有误.xlsx"
    report = run(sqlite_database, path)
    write_errors(path, report, marked)
    sheet = load_workbook(marked)["树种"]
    assert [cell.value for cell in sheet[1]][-1] == ERROR_HEADER
    assert "参数组" in str(sheet["F2"].value)
    assert sheet["F3"].value is None
    assert "树种" in str(sheet["F4"].value)
    assert sheet["B2"].fill.fgColor.rgb == "00FFC7CE"
    assert sheet["B2"].font.bold
    assert (sheet["C3"].value, sheet["C3"].data_type) == ("=1+1是文字", "s")
    fix = load_workbook(marked)
    fix["树种"]["B2"] = "硬阔类"
    fix.save(marked)
    second = run(sqlite_database, marked)
    write_errors(marked, second, marked)
    sheet = load_workbook(marked)["树种"]
    assert [cell.value for cell in sheet[1]].count(ERROR_HEADER) == 1
    assert sheet["F2"].value is None
    assert sheet["B2"].fill.fgColor.rgb == "00000000"
    assert "树种" in str(sheet["F4"].value)
    fix = load_workbook(marked)
    fix["树种"]["A4"] = "香樟"
    fix.save(marked)
    assert run(sqlite_database, marked).imported
    assert suggested(sqlite_database, "香樟") == "硬阔类"


def test_that_errors_of_a_whole_sheet_stand_at_its_head(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = Workbook()
    book.worksheets[0].title = "树种"
    book.worksheets[0].append(["树种"])
    book.save(path)
    read = read_workbook(KIND, path)
    from core.sheets.importing import ImportReport

    report = ImportReport("groups", path, 0, 0, 0, errors=tuple(read.all_errors))
    write_errors(path, report, tmp_path / "b.xlsx")
    sheet = load_workbook(tmp_path / "b.xlsx")["树种"]
    assert "参数组" in str(sheet["B1"].value)


class _List:
    """A list with every kind of nasty text."""

    kind = "nasty"
    columns = (
        ColumnSpec("name", N_("Name"), 12),
        ColumnSpec("number", N_("Number"), 20),
        ColumnSpec("amount", N_("Amount"), 10, Align.RIGHT),
    )
    filters: tuple[FilterSpec, ...] = ()
    cells = (
        ('=HYPERLINK("http://x")', "341182196803120422", "1,409.50"),
        ("@SUM(A1)", "+8612000000001", "12"),
        ("-1+1", "00012", "38.4200"),
        ("http://example.invalid", "1E5", "0012"),
        ("陈㛃", "", "1234567890123456789"),
        ("𬱖\t二", "x" * 500, "-5,195.54"),
    )

    def ids(self, session: object, query: ListQuery) -> Sequence[int]:
        ids = range(len(self.cells))
        return list(reversed(ids)) if query.descending else list(ids)

    def rows(self, session: object, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        return {one: self.cells[one] for one in ids}

    def count(self, session: object, query: ListQuery) -> int:
        return len(self.cells)


def test_that_an_export_never_holds_a_formula_and_keeps_long_numbers(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "导出.xlsx"
    with sqlite_database.read() as session:
        assert export(_List(), session, ListQuery(), path) == 6
    sheet = load_workbook(path).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[:2] for row in rows] == [[name, number or None] for name, number, _a in _List.cells]
    assert [row[2] for row in rows] == [1409.5, 12, 38.42, "0012", "1234567890123456789", -5195.54]
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C7"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$1:$1"


def test_that_an_export_follows_the_order_and_can_be_stopped(
    sqlite_database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "导出"
    folder.mkdir()
    path = folder / "导出.xlsx"
    with sqlite_database.read() as session:
        export(_List(), session, ListQuery(descending=True), path)
        first = load_workbook(path).worksheets[0]["A2"].value
        assert first == "𬱖\t二"

        def stop(_done: int, _all: int) -> None:
            raise Cancelled

        before = path.read_bytes()
        with pytest.raises(Cancelled):
            export(_List(), session, ListQuery(), path, progress=stop)
    assert path.read_bytes() == before
    assert [each.name for each in folder.iterdir()] == ["导出.xlsx"]


def test_that_a_full_disk_and_a_locked_file_keep_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    for number, code in ((errno.ENOSPC, "disk_full"), (errno.EACCES, "cannot_write")):
        with pytest.raises(EnvironmentFault) as caught, replacing(path) as temporary:
            temporary.write_bytes(b"half")
            raise OSError(number, "refused")
        assert caught.value.code == f"sheets.{code}"
        assert path.read_bytes() == b"old"
    with pytest.raises(EnvironmentFault) as missing, replacing(tmp_path / "no" / "a.xlsx"):
        pass
    assert missing.value.code == "sheets.cannot_write"
    assert [each.name for each in tmp_path.iterdir()] == ["a.xlsx"]


def test_that_groups_come_from_sets(sqlite_database: Database) -> None:
    from datetime import date
    from decimal import Decimal

    one = SpeciesParameter("银杏组", Decimal("0.5"), Decimal("1.5"), Decimal("0.2"), Decimal("0.5"))
    with sqlite_database.write() as session:
        add_set(
            session,
            NewParameterSet(
                name="n", source="s", method="m", valid_from=date(2026, 1, 1), parameters=[one]
            ),
        )
        assert "银杏组" in groups(session)
