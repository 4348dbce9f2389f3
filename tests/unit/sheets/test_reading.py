"""Reading workbooks: columns by header, cells by kind, and one sentence for each bad file."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core import messages
from core.errors import InputError
from core.i18n import N_
from core.sheets.package import MAX_MEGABYTES
from core.sheets.reading import read_headers, read_workbook
from core.sheets.spec import ERROR_HEADER, ImportKind, SheetColumn, SheetSpec
from core.sheets.template import write_template
from core.values.area import Area
from core.values.money import Money
from core.values.tonnes import Tonnes
from core.values.volume import Volume

PARCELS = SheetSpec(
    name="地块",
    columns=(
        SheetColumn(key="name", header="小地名", required=True),
        SheetColumn(key="number", header="不动产单元号", kind="code"),
        SheetColumn(key="compartment", header="林班", kind="digits", digits=4),
        SheetColumn(
            key="area", header="面积（公顷）", kind="area_ha", required=True, aliases=("公顷数",)
        ),
        SheetColumn(key="mu", header="面积（亩）", kind="area_mu"),
        SheetColumn(key="stock", header="蓄积", kind="volume"),
        SheetColumn(key="tonnes", header="吨数", kind="tonnes"),
        SheetColumn(key="fee", header="费用", kind="money"),
        SheetColumn(key="count", header="株数", kind="int"),
        SheetColumn(key="ratio", header="比例", kind="decimal"),
        SheetColumn(key="day", header="日期", kind="date"),
        SheetColumn(key="checked", header="已核对", kind="bool"),
        SheetColumn(
            key="origin",
            header="起源",
            kind="choice",
            choices=(("natural", "天然"), ("planted", "人工")),
        ),
        SheetColumn(key="phone", header="电话", kind="phone"),
    ),
)
HOLDERS = SheetSpec(
    name="权利人", optional=True, columns=(SheetColumn(key="name", header="姓名", required=True),)
)
KIND = ImportKind(key="test", title=N_("Parcels"), sheets=(PARCELS, HOLDERS))
HEADERS = [column.header for column in PARCELS.columns]


def save(
    path: Path, *rows: Any, sheet: str = "地块", extra: Callable[[Workbook], None] | None = None
) -> Path:
    book = Workbook()
    book.worksheets[0].title = sheet
    for row in rows:
        book.worksheets[0].append(list(row))
    if extra:
        extra(book)
    book.save(path)
    return path


def line(**cells: Any) -> list[Any]:
    return [cells.get(column.key) for column in PARCELS.columns]


def one_row(tmp_path: Path, **cells: Any) -> Any:
    book = read_workbook(KIND, save(tmp_path / "a.xlsx", HEADERS, line(**cells)))
    assert book.errors == []
    (row,) = book.rows("地块")
    return row


def test_that_every_kind_of_cell_is_read(tmp_path: Path) -> None:
    row = one_row(
        tmp_path,
        name="大横山北坡",
        number="341182101901GE00001L00000001",
        compartment=3,
        area=38.42,
        mu="576.30",
        stock="2,789.29",
        tonnes=5195.54,
        fee=1409.5,
        count=1200,
        ratio=0.25,
        day=datetime(2026, 11, 22),  # noqa: DTZ001 - spreadsheets know no time zone
        checked="是",
        origin="人工",
        phone=12000000001,
    )
    assert row.ok
    assert row.values == {
        "name": "大横山北坡",
        "number": "341182101901GE00001L00000001",
        "compartment": "0003",
        "area": Area.from_ha("38.42"),
        "mu": Area.from_mu("576.30"),
        "stock": Volume(278929),
        "tonnes": Tonnes(519554),
        "fee": Money(140950),
        "count": 1200,
        "ratio": row.values["ratio"],
        "day": date(2026, 11, 22),
        "checked": True,
        "origin": "planted",
        "phone": "12000000001",
    }
    assert str(row.values["ratio"]) == "0.25"


@pytest.mark.parametrize(
    "key, cell, code",
    [
        ("name", None, "sheets.required"),
        ("name", "  ", "sheets.required"),
        ("name", "#REF!", "sheets.cell_error"),
        ("number", 341182196803120422, "sheets.damaged_number"),
        ("number", 12.0, "sheets.damaged_number"),
        ("number", "3.41182E+17", "sheets.damaged_number"),
        ("compartment", 12345, "sheets.digits"),
        ("compartment", "三", "sheets.digits"),
        ("compartment", -3, "sheets.digits"),
        ("area", "38,42", "values.number_format"),
        ("area", 38.42001, "values.number_decimals"),
        ("area", -1, "values.number_negative"),
        ("mu", "1.234", "values.number_decimals"),
        ("stock", "很多", "values.number_format"),
        ("tonnes", 1.234, "values.number_decimals"),
        ("count", 1.5, "values.number_decimals"),
        ("day", 46000.5, "sheets.date_number"),
        ("day", "2026-02-30", "values.date_format"),
        ("checked", "也许", "sheets.bool"),
        ("origin", "飞播", "sheets.choice"),
        ("phone", 5507022345, "sheets.damaged_number"),
    ],
)
def test_that_a_wrong_cell_names_sheet_row_column_value_and_reason(
    tmp_path: Path, key: str, cell: object, code: str
) -> None:
    row = one_row(tmp_path, **({"name": "x", "area": 1} | {key: cell, "ratio": 1}))
    (error,) = row.errors
    header = PARCELS.column(key).header
    assert (error.sheet, error.row, error.column, error.code) == ("地块", 2, header, code)
    assert error.message
    assert key not in row.values
    if cell is not None:
        assert error.value == row.texts[key]


def test_that_the_noise_of_spreadsheet_arithmetic_is_not_an_error(tmp_path: Path) -> None:
    row = one_row(tmp_path, name="x", area=38.42, mu=38.42 * 15)
    assert row.values["mu"] == Area.from_mu("576.30")


def test_that_columns_are_found_in_any_order_under_any_known_name(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.xlsx",
        ["二〇二六年地块一览表"],
        [],
        ["备注", " 公 顷 数 ", "小地名 *", ERROR_HEADER],
        ["x", "1.5", "后山", "old reason"],
        [None, " ", None, None],
        ["y", 2, "茶棚", None],
    )
    book = read_workbook(KIND, path)
    assert book.all_errors == []
    assert [(row.number, row.values["name"]) for row in book.rows("地块")] == [
        (4, "后山"),
        (6, "茶棚"),
    ]
    assert book.sheets["地块"].ignored == ("备注", ERROR_HEADER)
    assert book.rows("权利人") == []


def test_that_a_person_may_map_the_headers(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ["地名", "大小", "小地名"], ["后山", 2, "not this"])
    (parcels, holders) = read_headers(KIND, path)
    assert parcels.headers == ("地名", "大小", "小地名")
    assert parcels.proposed == {"name": "小地名"}
    assert holders.title is None
    book = read_workbook(KIND, path, {"地块": {"name": "地名", "area": "大小"}})
    assert book.rows("地块")[0].values["name"] == "后山"


def test_that_missing_and_doubled_columns_are_named(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ["小地名", "小地名", "蓄积"], ["a", "b", 1])
    book = read_workbook(KIND, path)
    assert [(error.code, error.column) for error in book.errors] == [
        ("sheets.column_twice", "小地名"),
        ("sheets.column_missing", "面积（公顷）"),
    ]
    assert book.row_count == 0
    assert "小地名、小地名、蓄积" in book.errors[1].message


def test_that_a_missing_sheet_is_named_and_a_lone_sheet_is_meant(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", HEADERS, sheet="Sheet1")
    (error,) = read_workbook(KIND, path).errors
    assert error.code == "sheets.sheet_missing"
    assert "Sheet1" in error.message
    lone = ImportKind(key="lone", title=N_("Parcels"), sheets=(PARCELS,))
    assert (
        read_workbook(
            lone, save(tmp_path / "b.xlsx", HEADERS, line(name="x", area=1), sheet="Sheet1")
        ).row_count
        == 1
    )


def test_that_headers_off_the_first_column_keep_their_place(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.xlsx", [], [None, None, "小地名", "公顷数"], [None, None, "后山", "x"]
    )
    book = read_workbook(KIND, path)
    (error,) = book.all_errors
    assert error.row == 3
    assert book.sheets["地块"].columns == {"name": 3, "area": 4}
    assert book.sheets["地块"].header_row == 2


def test_that_too_many_rows_are_refused_before_they_are_read(tmp_path: Path) -> None:
    small = ImportKind(key="s", title=N_("Parcels"), sheets=(PARCELS,), max_rows=20)
    path = save(tmp_path / "a.xlsx", HEADERS, *(line(name="x", area=1) for _ in range(40)))
    (error,) = read_workbook(small, path).errors
    assert error.code == "sheets.too_many_rows"

    def stray(book: Workbook) -> None:
        book.worksheets[0].cell(2, 900, "stray")

    (wide,) = read_workbook(small, save(tmp_path / "b.xlsx", HEADERS, extra=stray)).errors
    assert wide.code == "sheets.too_wide"


def file_code(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_workbook(KIND, path)
    (wrong,) = caught.value.fields
    assert wrong.field == "file"
    sentence = messages.text(caught.value)
    assert path.name in sentence
    assert "\n" not in sentence
    return wrong.code


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
FILES = {
    "old_format": OLE + "Workbook".encode("utf-16-le"),
    "encrypted": OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
    "html": b"<html><body><table><tr><td>1</td></tr></table>",
    "text_file": "姓名,号码\n陈㛃,1\n".encode("gb18030") * 200,
    "damaged_file": b"",
    "other_format": b"%PDF-1.7\n\x00\x01\xff\xfe",
}


@pytest.mark.parametrize("code", FILES)
def test_that_a_file_that_is_no_workbook_gets_one_sentence(tmp_path: Path, code: str) -> None:
    path = tmp_path / "数据.xlsx"
    path.write_bytes(FILES[code])
    assert file_code(path) == f"sheets.{code}"


def test_that_missing_and_huge_files_get_one_sentence(tmp_path: Path) -> None:
    assert file_code(tmp_path / "none.xlsx") == "sheets.file_missing"
    (tmp_path / "folder.xlsx").mkdir()
    assert file_code(tmp_path / "folder.xlsx") == "sheets.folder"
    huge = tmp_path / "huge.xlsx"
    with huge.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(MAX_MEGABYTES * 1024 * 1024 + 1)
    assert file_code(huge) == "sheets.too_large"


def test_that_other_packages_get_one_sentence(tmp_path: Path) -> None:
    plain = tmp_path / "plain.zip"
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert file_code(plain) == "sheets.other_format"
    macros = save(tmp_path / "m.xlsm", HEADERS)
    rewrite(macros, lambda members: members.update({"xl/vbaProject.bin": b"\0"}))
    assert file_code(macros) == "sheets.macros"
    gutted = save(tmp_path / "g.xlsx", HEADERS)
    rewrite(gutted, lambda members: members.pop("xl/workbook.xml"))
    assert file_code(gutted) == "sheets.damaged_file"
    broken = save(tmp_path / "b.xlsx", HEADERS, line(name="x", area=1))
    rewrite(
        broken,
        lambda members: members.update({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}),
    )
    assert file_code(broken) == "sheets.damaged_file"


def test_that_a_package_that_unpacks_too_far_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "bomb.xlsx", HEADERS)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/zero.bin", "w", force_zip64=True) as member,
    ):
        for _ in range(33):
            member.write(b"\0" * (64 * 1024 * 1024))
    assert path.stat().st_size < MAX_MEGABYTES * 1024 * 1024
    assert file_code(path) == "sheets.too_large"


def test_that_formulas_without_results_are_refused_and_with_results_read(tmp_path: Path) -> None:
    path = save(tmp_path / "f.xlsx", HEADERS, line(name="x", area="=1+1"))
    with pytest.raises(InputError) as caught:
        read_workbook(KIND, path)
    (wrong,) = caught.value.fields
    assert wrong.code == "sheets.formulas"
    assert wrong.params["cell"] == "D2"

    def calculate(members: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet1.xml"
        members[name] = (
            members[name]
            .replace(b"<v></v>", b"<v>2</v>")
            .replace(b"<v/>", b"<v>2</v>")
            .replace(b"<v />", b"<v>2</v>")
        )

    book = read_workbook(KIND, rewrite(path, calculate))
    assert book.rows("地块")[0].values["area"] == Area.from_ha("2")


def test_that_a_formula_that_gives_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    path = save(tmp_path / "f.xlsx", HEADERS, line(name="x", area=1, phone='=IF(1=1,"",1)'))

    def calculate(members: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet1.xml"
        members[name] = members[name].replace(b'r="N2"', b'r="N2" t="str"')

    book = read_workbook(KIND, rewrite(path, calculate))
    assert book.rows("地块")[0].values["phone"] is None


def test_that_a_failed_formula_is_not_an_empty_cell(tmp_path: Path) -> None:
    row = one_row(tmp_path, name="x", area=1, mu="#DIV/0!")
    (error,) = row.errors
    assert (error.column, error.value, error.code) == ("面积（亩）", "#DIV/0!", "sheets.cell_error")


@pytest.fixture(scope="module")
def whole_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("fuzz") / "whole.xlsx"
    return save(path, HEADERS, *(line(name=f"地块{n}", area=n + 1) for n in range(30))).read_bytes()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1), length=st.integers(1, 64), byte=st.integers(0, 255), cut=st.booleans())
def test_that_no_damage_is_more_than_a_sentence(
    request: pytest.FixtureRequest, tmp_path: Path, at: float, length: int, byte: int, cut: bool
) -> None:
    whole_file: bytes = request.getfixturevalue("whole_file")
    place = int(at * (len(whole_file) - 1))
    data = (
        whole_file[:place]
        if cut
        else whole_file[:place] + bytes([byte]) * length + whole_file[place + length :]
    )
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(data)
    sentences = []
    try:
        sentences = [error.message for error in read_workbook(KIND, path).all_errors]
    except InputError as error:
        sentences = [messages.text(error)]
    assert all(sentences)


def test_that_a_template_is_empty_and_complete(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(KIND, path)
    book = read_workbook(KIND, path)
    assert (book.all_errors, book.row_count) == ([], 0)
    assert [
        sheet.proposed.keys() == {c.key for c in sheet.spec.columns}
        for sheet in read_headers(KIND, path)
    ] == [True, True]
