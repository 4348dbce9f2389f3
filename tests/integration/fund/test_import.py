"""Donations from Excel: all or nothing, errors by row and cell, undone while nothing has happened."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from core.errors import NotPermitted, RuleViolation
from core.fund.donations import find_donation
from core.fund.lists import DONATIONS
from core.fund.model import Donation
from core.fund.sheets import DONATIONS_IMPORTER
from core.fund.states import DonationState
from core.sheets.batch import run_import, undo_import
from core.values.listing import ListQuery
from core.values.money import Money
from tests import fund as funds

HEADERS = [
    "登记号",
    "捐赠人",
    "证件号码",
    "捐赠形式",
    "到账日期",
    "金额",
    "用途",
    "限定用途",
    "银行流水号",
]


def book(path: Path, rows: list[list[object]]) -> Path:
    made = Workbook(write_only=True)
    sheet = made.create_sheet("捐赠")
    sheet.append(HEADERS)
    for row in rows:
        sheet.append(row)
    made.save(path)
    return path


def line(number: int, **changes: object) -> list[object]:
    values: dict[str, object] = {
        "登记号": f"E{number:05}",
        "捐赠人": "王喆",
        "证件号码": "341199198802150119",
        "捐赠形式": "银行转账",
        "到账日期": "2026-04-01",
        "金额": f"{number + 1}.04",
        "用途": "碳汇计量监测",
        "限定用途": "是",
        "银行流水号": f"REF{number:08}",
        **changes,
    }
    return [values[one] for one in HEADERS]


def test_that_donations_are_imported_as_noted(fund: funds.Fund, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [line(n) for n in range(20)])
    with fund.as_("cashier").write() as session:
        report, batch = run_import(session, DONATIONS_IMPORTER, path)
    assert (report.accepted, report.errors) == (20, ())
    with fund.as_("auditor").read() as session:
        row = find_donation(session, "E00007")
        assert (row.amount, row.state) == (Money.parse("8.04"), DonationState.REGISTERED)
        assert row.donor_id == fund.donors["D03"]
        assert DONATIONS.count(session, ListQuery(text="E000")) == 20
    fund.take("E00007")
    with pytest.raises(RuleViolation), fund.as_("cashier").write() as session:
        undo_import(session, (DONATIONS_IMPORTER,), batch or 0, "错")


def test_that_an_untouched_import_can_be_undone(fund: funds.Fund, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [line(n) for n in range(3)])
    with fund.as_("cashier").write() as session:
        _report, batch = run_import(session, DONATIONS_IMPORTER, path)
    with fund.as_("cashier").write() as session:
        assert undo_import(session, (DONATIONS_IMPORTER,), batch or 0, "错") == 3
    with fund.as_("auditor").read() as session:
        assert session.scalar(select(func.count()).select_from(Donation)) == 0


def test_that_every_wrong_cell_is_told_and_nothing_kept(fund: funds.Fund, tmp_path: Path) -> None:
    fund.give(code="E00009")
    rows = [
        line(0),
        line(1, 捐赠人="不在库", 证件号码=""),
        line(2, 用途="没有的用途"),
        line(3, 金额="0"),
        line(4, 到账日期="2027-01-01"),
        line(5, 登记号="E00000"),
        line(9),
        line(6, 捐赠形式="实物"),
    ]
    with fund.as_("cashier").write() as session:
        path = book(tmp_path / "a.xlsx", rows)
        report, batch = run_import(session, DONATIONS_IMPORTER, path)
    found = {(one.row, one.column, one.code) for one in report.errors}
    assert batch is None
    assert {
        (3, "捐赠人", "fund.party_unknown"),
        (4, "用途", "fund.purpose_unknown"),
        (5, "金额", "fund.amount_zero"),
        (6, "到账日期", "fund.future"),
        (7, "登记号", "sheets.twice"),
        (8, "登记号", "fund.code_taken"),
    } <= found
    assert {row for row, _column, _code in found} == {3, 4, 5, 6, 7, 8, 9}
    with fund.as_("auditor").read() as session:
        assert session.scalar(select(func.count()).select_from(Donation)) == 1


def test_that_only_the_cashier_imports(local_fund: funds.Fund, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [line(0)])
    with pytest.raises(NotPermitted), local_fund.as_("receipt_issuer").write() as session:
        run_import(session, DONATIONS_IMPORTER, path)


def test_that_ten_thousand_rows_are_imported_at_once(
    local_fund: funds.Fund, tmp_path: Path, long_run: bool
) -> None:
    count = 10_000 if long_run else 1_000
    path = book(tmp_path / "a.xlsx", [line(n) for n in range(count)])
    start = process_time()
    with local_fund.as_("cashier").write() as session:
        report, _batch = run_import(session, DONATIONS_IMPORTER, path)
    spent = process_time() - start
    assert report.accepted == count
    assert spent < count * 0.003
