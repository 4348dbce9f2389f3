"""Statements of any bank: encodings, workbooks, headers, rows that cannot be read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from core.errors import InputError
from core.fund.bank_reading import guess, read_statement
from core.values.money import Money

TEXT = (
    "某银行对账单,,,,\r\n"
    "交易日期,借方金额,贷方金额,对方户名,对方账号\r\n"
    '20260312,,"100,000.00",滁州皖东栖岭热电有限公司,62220000000000017\r\n'
    "20260313,50.00,,某某,1\r\n"
    ",,,,\r\n"
)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "gb18030"])
def test_that_both_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "流水.csv"
    path.write_bytes(TEXT.encode(encoding))
    (credit,) = read_statement(path)
    assert credit.traded_on == date(2026, 3, 12)
    assert credit.credit == Money.parse("100000.00")
    assert credit.payer_name == "滁州皖东栖岭热电有限公司"
    assert credit.payer_tail == "0017"


def test_that_a_workbook_is_read_with_its_own_cells(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["入账日期", "收入金额", "对方名称"])
    sheet.append([date(2026, 4, 1), 1409.5, "王哲"])
    path = tmp_path / "流水.xlsx"
    book.save(path)
    (credit,) = read_statement(path)
    assert (credit.traded_on, credit.credit) == (date(2026, 4, 1), Money.parse("1409.50"))


def test_that_unknown_headers_are_named_and_can_be_mapped(tmp_path: Path) -> None:
    path = tmp_path / "流水.csv"
    path.write_text("哪天,多少,谁\n2026-04-01,5.00,王喆\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_statement(path)
    assert raised.value.fields[0].code == "fund.bank_columns"
    assert raised.value.fields[0].params["found"] == "哪天、多少、谁"
    mapping = {"trade_date": "哪天", "credit": "多少", "payer_name": "谁"}
    assert read_statement(path, mapping)[0].payer_name == "王喆"


def test_that_money_that_went_out_and_sums_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "流水.csv"
    path.write_text(
        "交易日期,借贷标志,贷方金额,对方户名\n"
        "2026-04-01,贷,5.00,王喆\n"
        "2026-04-02,借,6.00,某某\n"
        "2026-04-03,贷,-7.00,某某\n"
        "2026-04-04,D,8.00,某某\n"
        "合计,,5.00,\n",
        encoding="utf-8",
    )
    assert [(one.credit, one.payer_name) for one in read_statement(path)] == [(Money(500), "王喆")]


def test_that_a_file_is_guessed_at_and_a_column_can_be_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "流水.csv"
    path.write_text("某行\n交易日期,贷方金额,对方户名,摘要\n", encoding="utf-8")
    headers, mapping = guess(path, {})
    assert headers == ("交易日期", "贷方金额", "对方户名", "摘要")
    assert mapping == {
        "trade_date": "交易日期", "credit": "贷方金额", "payer_name": "对方户名", "memo": "摘要",
    }  # fmt: skip
    assert "memo" not in guess(path, {"memo": ""})[1]
    assert guess(path, {"memo": "对方户名"})[1]["memo"] == "对方户名"


def test_that_every_wrong_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "流水.csv"
    path.write_text(
        "交易日期,贷方金额,对方户名\n2026-13-01,5.00,甲\n2026-04-01,5.001,乙\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as raised:
        read_statement(path)
    assert [one.params["row"] for one in raised.value.fields] == [2, 3]


def test_that_equal_lines_of_one_statement_are_two(tmp_path: Path) -> None:
    path = tmp_path / "流水.csv"
    line = "2026-04-01,5.00,甲\n"
    path.write_text(f"交易日期,贷方金额,对方户名\n{line}{line}", encoding="utf-8")
    first, second = read_statement(path)
    assert first.fingerprint != second.fingerprint


@pytest.mark.parametrize("data", [b"\xff\xff\xff\x81", b"PK\x03\x04broken"])
def test_that_a_file_that_is_none_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / ("流水.xlsx" if data.startswith(b"PK") else "流水.csv")
    path.write_bytes(data)
    with pytest.raises(InputError):
        read_statement(path)


ROW = "交易日期,贷方金额,对方户名\n2026-11-24,5.00,甲\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tab.txt", ROW.replace(",", "\t").encode()),
        ("semicolon.csv", ROW.replace(",", ";").encode("gbk")),
        ("unicode.txt", ROW.replace(",", "\t").encode("utf-16")),
        ("titled.txt", ("某行\n" + ROW.replace(",", "\t")).encode()),
        ("text.xls", ROW.encode("gbk")),
        ("moment.csv", ROW.replace("2026-11-24", "20261124102233").encode()),
        ("timed.csv", ROW.replace("2026-11-24", "2026-11-24 10:22:33").encode()),
    ],
)
def test_that_texts_are_told_by_their_content(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (credit,) = read_statement(path)
    assert (credit.traded_on, credit.credit, credit.payer_name) == (
        date(2026, 11, 24), Money.parse("5.00"), "甲",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.csv", b"", "fund.bank_empty"),
        ("head.csv", ROW.splitlines()[0].encode(), "fund.bank_empty"),
        ("cell.csv", b"x" + b"y" * 200_000, "fund.bank_table"),
        (
            "quote.csv",
            (ROW + '2026-11-24,6.00,"' + "乙\n2026-11-24,7.00,丙\n").encode(),
            "fund.bank_table",
        ),
        ("nul.csv", b"a,\x00,b\n", "fund.bank_encoding"),
        ("odd.csv", b"\xff\xff\xff\xff", "fund.bank_encoding"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "sheets.old_format"),
        ("web.xls", b"<html><table><tr><td>1</td></tr></table>", "sheets.html"),
        ("cut.xlsx", b"PK\x03\x04 cut", "sheets.damaged_file"),
    ],
)
def test_that_every_wrong_file_says_what_it_is(
    name: str, data: bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as raised:
        read_statement(path)
    assert raised.value.fields[0].code == code


def test_that_no_credit_is_lost_for_a_missing_day_or_taken_from_tomorrow(tmp_path: Path) -> None:
    path = tmp_path / "流水.csv"
    path.write_text(
        ROW + ",7.00,乙\n2026-11-26,8.00,丙\n总笔数：2,15.00,\n,15.00,合计\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as raised:
        read_statement(path, today=date(2026, 11, 25))
    assert [(one.params["row"], one.code) for one in raised.value.fields] == [
        (3, "fund.bank_row"),
        (4, "fund.bank_row"),
    ]


def test_that_long_numbers_of_a_workbook_are_whole_or_nothing(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["交易日期", "贷方金额", "对方户名", "对方账号", "流水号"])
    sheet.append([20261124, 12345678901.23, "甲", 12345678, 20261124000101])
    sheet.append(["2026-11-24", 0.1 + 0.2, "乙", 6222020000001034, 6.2e18])
    sheet.append(["2026-11-24", "1,409.50", "丙", "6222020000001034", "6.2E+18"])
    path = tmp_path / "流水.xlsx"
    book.save(path)
    assert [(one.credit.plain, one.payer_tail, one.reference) for one in read_statement(path)] == [
        ("12345678901.23", "5678", "20261124000101"),
        ("0.30", "", ""),
        ("1409.50", "1034", ""),
    ]
    sheet.append(["2026-11-24", 12.345, "丁"])
    book.save(path)
    with pytest.raises(InputError):
        read_statement(path)
