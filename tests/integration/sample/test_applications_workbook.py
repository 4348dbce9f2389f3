"""A measuring body's workbook, good and bad, on both databases: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from core.certificates.model import Application
from core.certificates.queries import APPLICATIONS, application_summary
from core.certificates.service import advance
from core.certificates.sheet_kind import APPLICATIONS_IMPORT
from core.certificates.sheets import APPLICATIONS_IMPORTER
from core.cli.sample_office import tables
from core.cli.sample_office.build import MEASURING_BODIES
from core.cli.sample_office.forms import content
from core.cli.sample_office.workbook import write_workbook
from core.database import Database
from core.errors import InputError, NotPermitted, RuleViolation
from core.parcels.model import Parcel, ParcelClaim
from core.parties.model import Party
from core.parties.service import RegisterOrganisation, register_organisation
from core.sheets.batch import batches, run_import, undo_import
from core.sheets.importing import ImportReport
from core.sheets.marking import write_errors
from core.values.listing import ListQuery
from tests.databases import open_as

Edit = Callable[[Any], None]


@pytest.fixture
def body(database: Database) -> int:
    """The measuring body of the sample data, registered."""
    return _register_body(database)


def _register_body(database: Database) -> int:
    name, kind, code = MEASURING_BODIES["B1"]
    with database.write() as session:
        command = RegisterOrganisation(name=name, organisation_kind=kind, credit_code=code)
        return register_organisation(session, command).id


def workbook(path: Path, case: str = "A02", edit: Edit | None = None) -> Path:
    """The workbook of a sample case, changed by `edit`."""
    anybody = dict.fromkeys(("B1", "B2", *tables.holders()), 1)
    form = replace(content(tables.applications()[case], anybody))
    write_workbook(path, case, form, MEASURING_BODIES["B1"][0])
    if edit is not None:
        book = load_workbook(path)
        edit(book)
        book.save(path)
    return path


def cell(book: Any, sheet: str, key: str, row: int = 2) -> Any:
    """The cell of a column by its key."""
    keys = [column.key for column in APPLICATIONS_IMPORT.sheet(sheet).columns]
    return book[sheet].cell(row, keys.index(key) + 1)


def run(
    database: Database, path: Path, *, dry_run: bool = False
) -> tuple[ImportReport, int | None]:
    with database.write() as session:
        return run_import(session, APPLICATIONS_IMPORTER, path, dry_run=dry_run)


def counts(database: Database) -> tuple[int, ...]:
    with database.read() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Application, Party, Parcel, ParcelClaim)
        )


def test_that_a_workbook_becomes_a_draft_with_its_holder_and_parcels(
    database: Database, body: int, tmp_path: Path
) -> None:
    report, batch = run(database, workbook(tmp_path / "A02.xlsx"))
    assert report.errors == ()
    assert (report.rows, report.accepted, report.imported) == (5, 5, True)
    with database.read() as session:
        found = session.scalars(select(Application)).one()
        assert found.state.value == "draft"
        assert found.holders_text == "明光市管店国有林场"
        assert found.measuring_body_id == body
        assert f"{found.area.ha:.4f}" == "93.4400"
        assert list(APPLICATIONS.ids(session, ListQuery())) == [found.id]
        assert [one.id for one in batches(session, "applications")] == [batch]


def test_that_an_imported_case_is_received_like_a_typed_one(
    database: Database, body: int, tmp_path: Path
) -> None:
    run(database, workbook(tmp_path / "A02.xlsx"))
    with database.write() as session:
        draft = session.scalars(select(Application)).one()
        summary = advance(session, draft.id, draft.version, "receive")
    assert summary.receipt_number == "明林碳收〔2026〕1号"


@pytest.mark.parametrize(
    ("sheet", "key", "value", "code"),
    [
        ("申请", "project_name", None, "sheets.required"),
        ("申请", "period_from", "2021-13-01", "values.date_format"),
        ("申请", "measuring_body", "无此机构", "certificates.sheet_body"),
        ("申请", "ownership", "大家的", "sheets.choice"),
        ("申请", "stated_tonnes", "五千吨", "values.number_format"),
        ("权利人", "number", 1.234119999e16, "sheets.damaged_number"),
        ("权利人", "number", "12341199990000025M", "identity.checksum"),
        ("权利人", "number", "1.23412E+17", "sheets.damaged_number"),
        ("权利人", "share", "三分之一", "certificates.sheet_share"),
        ("权利人", "share", "1/0", "certificates.sheet_share"),
        ("权利人", "application", "9", "sheets.unknown_reference"),
        ("权利人", "organisation_kind", None, "parties.organisation_kind_missing"),
        ("地块", "area", "四十四公顷", "values.number_format"),
        ("地块", "township_code", "三界镇", "sheets.digits"),
        ("地块", "stock_t2", "6,9O9.75", "values.number_format"),
        ("地块", "geometry", "POLYGON((1 2, 3 4", "parcels.wkt_wrong"),
        ("地块", "srid", 4326, "parcels.srid_unknown"),
        ("地块", "srid", "CGCS2000", "parcels.srid_text"),
        ("地块", "estate_unit_no", "123", "parcels.estate_unit_length"),
    ],
)
def test_that_an_error_names_sheet_row_column_value_and_reason(
    sqlite_database: Database, tmp_path: Path, sheet: str, key: str, value: Any, code: str
) -> None:
    _register_body(sqlite_database)
    before = counts(sqlite_database)

    def spoil(book: Any) -> None:
        cell(book, sheet, key).value = value

    report, batch = run(sqlite_database, workbook(tmp_path / "A02.xlsx", edit=spoil))
    header = APPLICATIONS_IMPORT.sheet(sheet).column(key).header
    wrong = next(one for one in report.errors if one.sheet == sheet)
    assert (wrong.sheet, wrong.row, wrong.column, wrong.code) == (sheet, 2, header, code)
    assert wrong.value == ("" if value is None else str(value))
    assert wrong.message
    # A row that names no application is missed there, too; nothing else follows from one error.
    assert len(report.errors) == (2 if code == "sheets.unknown_reference" else 1)
    assert (batch, report.imported) == (None, False)
    assert counts(sqlite_database) == before


def test_that_formal_errors_and_those_of_the_use_case_come_in_the_first_run(
    database: Database, body: int, tmp_path: Path
) -> None:
    def spoil(book: Any) -> None:
        cell(book, "申请", "period_to").value = "2020-12-31"
        cell(book, "权利人", "organisation_kind").value = None
        cell(book, "地块", "area", 2).value = "abc"
        cell(book, "地块", "stock_t1", 3).value = "-5"

    report, _batch = run(database, workbook(tmp_path / "A02.xlsx", edit=spoil))
    places = {(one.sheet, one.row, one.column) for one in report.errors}
    assert {("地块", 2, "面积（公顷）"), ("地块", 3, "期初蓄积（立方米）")} <= places
    assert any(sheet == "申请" for sheet, _row, _column in places), places


def test_that_shares_are_read_as_fractions(database: Database, body: int, tmp_path: Path) -> None:
    def three(book: Any) -> None:
        for row, share in enumerate(("1/2", "1/3", "1/6"), start=2):
            cell(book, "权利人", "share", row).value = share

    report, _batch = run(database, workbook(tmp_path / "A07.xlsx", "A07", three))
    assert report.errors == ()
    assert [one.code for one in report.warnings if "份额" in one.message] == []
    with database.read() as session:
        found = session.scalars(select(Application)).one()
        assert found.holders_text == "周𬱖、赵𫖯、钱䶮"


def test_that_wrong_shares_are_warned_of_at_the_application(
    database: Database, body: int, tmp_path: Path
) -> None:
    def three(book: Any) -> None:
        for row, share in enumerate(("1/2", "1/3", "1/5"), start=2):
            cell(book, "权利人", "share", row).value = share

    report, _batch = run(database, workbook(tmp_path / "A07.xlsx", "A07", three), dry_run=True)
    assert [(one.sheet, one.row) for one in report.warnings if "31/30" in one.message] == [
        ("申请", 2)
    ]


def test_that_a_dry_run_warns_of_claimed_land_and_keeps_nothing(
    database: Database, body: int, tmp_path: Path
) -> None:
    run(database, workbook(tmp_path / "A06.xlsx", "A06"))
    before = counts(database)
    report, batch = run(database, workbook(tmp_path / "A11.xlsx", "A11"), dry_run=True)
    assert (report.errors, report.imported, batch) == ((), False, None)
    claimed = [one for one in report.warnings if "177.61" in one.message]
    assert [(one.sheet, one.row) for one in claimed] == [("地块", 2)]
    assert counts(database) == before


def test_that_a_boundary_far_from_the_stated_area_is_warned_of(
    database: Database, body: int, tmp_path: Path
) -> None:
    def enlarge(book: Any) -> None:
        cell(book, "地块", "area").value = "40.0000"

    report, _batch = run(database, workbook(tmp_path / "A02.xlsx", edit=enlarge), dry_run=True)
    assert report.errors == ()
    far = [one for one in report.warnings if "44.1797" in one.message]
    assert [(one.sheet, one.row) for one in far] == [("地块", 2)]


def test_that_a_known_holder_is_not_entered_twice(
    database: Database, body: int, tmp_path: Path
) -> None:
    run(database, workbook(tmp_path / "A06.xlsx", "A06"))
    _applications, parties, *_rest = counts(database)

    def rename(book: Any) -> None:
        cell(book, "权利人", "name").value = "栎源岭公司"

    report, _batch = run(database, workbook(tmp_path / "A11.xlsx", "A11", rename))
    assert counts(database)[1] == parties
    assert any("明光市栎源岭生态林业有限公司" in one.message for one in report.warnings)


def test_that_a_marked_workbook_can_be_corrected_and_loaded(
    database: Database, body: int, tmp_path: Path
) -> None:
    def spoil(book: Any) -> None:
        cell(book, "地块", "area").value = "abc"

    source = workbook(tmp_path / "A02.xlsx", edit=spoil)
    report, _batch = run(database, source)
    marked = tmp_path / "marked.xlsx"
    write_errors(source, report, marked)
    book = load_workbook(marked)
    cell(book, "地块", "area").value = "44.1800"
    book.save(marked)
    report, batch = run(database, marked)
    assert report.errors == ()
    assert batch is not None


def test_that_an_application_without_parcels_is_an_error_at_its_row(
    database: Database, body: int, tmp_path: Path
) -> None:
    def empty(book: Any) -> None:
        book["地块"].delete_rows(2, 60)

    report, _batch = run(database, workbook(tmp_path / "A02.xlsx", edit=empty))
    assert [(one.sheet, one.row, one.code) for one in report.errors] == [
        ("申请", 2, "certificates.sheet_no_part")
    ]


def test_that_who_may_not_receive_may_not_import(
    database: Database, body: int, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "A02.xlsx")
    with open_as(database, "auditor") as auditor, pytest.raises(NotPermitted):
        run(auditor, path)


# --- taking an import back -----------------------------------------------------------------


def test_that_a_whole_import_is_taken_back(database: Database, body: int, tmp_path: Path) -> None:
    before = counts(database)
    _report, batch = run(database, workbook(tmp_path / "A02.xlsx"))
    assert batch is not None
    with database.write() as session:
        assert undo_import(session, [APPLICATIONS_IMPORTER], batch, "文件有误") == 2
    assert counts(database)[:2] == before[:2]
    with database.read() as session:
        live = session.scalars(select(ParcelClaim.id).where(ParcelClaim.live)).all()
        undone = batches(session)[0]
    assert live == []
    assert undone.undone_by == "全能员"
    # The same file can be loaded again.
    report, again = run(database, workbook(tmp_path / "A02.xlsx"))
    assert (report.errors, report.warnings, again is not None) == ((), (), True)


def test_that_an_import_with_a_received_case_stays(
    database: Database, body: int, tmp_path: Path
) -> None:
    _report, batch = run(database, workbook(tmp_path / "A02.xlsx"))
    assert batch is not None
    with database.write() as session:
        draft = session.scalars(select(Application)).one()
        advance(session, draft.id, draft.version, "receive")
    with pytest.raises(RuleViolation), database.write() as session:
        undo_import(session, [APPLICATIONS_IMPORTER], batch, "文件有误")
    with database.read() as session:
        assert application_summary(session, draft.id).receipt_number
        assert batches(session)[0].undone_at is None


def test_that_an_import_is_taken_back_once_and_with_a_reason(
    database: Database, body: int, tmp_path: Path
) -> None:
    _report, batch = run(database, workbook(tmp_path / "A02.xlsx"))
    assert batch is not None
    with pytest.raises(InputError), database.write() as session:
        undo_import(session, [APPLICATIONS_IMPORTER], batch, " ")
    with database.write() as session:
        undo_import(session, [APPLICATIONS_IMPORTER], batch, "文件有误")
    with pytest.raises(RuleViolation), database.write() as session:
        undo_import(session, [APPLICATIONS_IMPORTER], batch, "再来一次")


@pytest.mark.parametrize(
    ("group", "species", "code"),
    [
        (None, "椰子树", "certificates.sheet_no_group"),
        ("椰类", "椰子树", "certificates.sheet_group"),
    ],
)
def test_that_a_parcel_without_a_known_group_is_warned_of(
    database: Database, body: int, tmp_path: Path, group: str | None, species: str, code: str
) -> None:
    def spoil(book: Any) -> None:
        cell(book, "地块", "group").value = group
        cell(book, "地块", "species").value = species

    path = workbook(tmp_path / "组.xlsx", edit=spoil)
    report, _batch = run(database, path)
    warned = [one for one in report.warnings if one.code == code]
    assert [(one.row, one.column) for one in warned] == [(2, "参数组")]
    assert "栎类" in warned[0].message


@pytest.mark.parametrize("year", [9, 1979, 2027])
def test_that_an_impossible_data_year_is_refused(
    database: Database, body: int, tmp_path: Path, year: int
) -> None:
    def spoil(book: Any) -> None:
        cell(book, "地块", "data_year").value = year

    report, batch = run(database, workbook(tmp_path / "年.xlsx", edit=spoil))
    assert [(one.row, one.column, one.code) for one in report.errors] == [
        (2, "小班数据年度", "parcels.data_year")
    ]
    assert batch is None


def test_that_the_words_of_the_screen_are_read_too(
    database: Database, body: int, tmp_path: Path
) -> None:
    def reword(book: Any) -> None:
        cell(book, "权利人", "kind").value = "单位"

    report, _batch = run(database, workbook(tmp_path / "词.xlsx", edit=reword))
    assert report.errors == ()


def test_that_the_same_file_is_imported_again_only_when_meant(
    database: Database, body: int, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "A02.xlsx")
    _report, first = run(database, path)
    assert first is not None
    before = counts(database)
    with pytest.raises(RuleViolation) as refused:
        run(database, path)
    assert refused.value.code == "sheets.imported_before"
    assert refused.value.params["batch"] == first
    assert counts(database) == before
    assert run(database, path, dry_run=True)[0].errors == ()
    with database.write() as session:
        _again, second = run_import(session, APPLICATIONS_IMPORTER, path, again=True)
    assert second not in {None, first}
    for batch in (second, first):  # the second uses what the first made
        assert batch is not None
        with database.write() as session:
            undo_import(session, [APPLICATIONS_IMPORTER], batch, "重复导入")
    assert run(database, path)[1] is not None  # what was undone may be imported anew


def test_that_a_draft_has_no_day_of_receipt_in_the_list(
    database: Database, body: int, tmp_path: Path
) -> None:
    run(database, workbook(tmp_path / "A02.xlsx"))
    place = [column.key for column in APPLICATIONS.columns].index("received_on")
    with database.write() as session:
        draft = session.scalars(select(Application)).one()
        assert APPLICATIONS.rows(session, [draft.id])[draft.id][place] is None
        advance(session, draft.id, draft.version, "receive")
    with database.read() as session:
        assert APPLICATIONS.rows(session, [draft.id])[draft.id][place] == date(2026, 11, 25)
