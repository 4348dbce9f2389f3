"""Donations from Excel: all or nothing, errors by row and cell, undone while nothing has happened."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from core.errors import NotPermitted, RuleViolation
from core.fund.donations import content_of, find_donation
from core.fund.lists import DONATIONS
from core.fund.model import Donation, DonationItem
from core.fund.sheets import CASES, DONATIONS_IMPORTER
from core.fund.states import DonationState, Form, Way
from core.sheets.batch import run_import, undo_import
from core.sheets.splitting import split
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


GOODS = ["登记号", "品名", "规格", "计量单位", "数量", "单价", "计价依据", "价值证明"]


def book(path: Path, rows: list[list[object]], goods: list[list[object]] | None = None) -> Path:
    made = Workbook(write_only=True)
    sheets = [("捐赠", HEADERS, rows)]
    if goods is not None:
        sheets.append(("实物清单", GOODS, goods))
    for title, headers, lines in sheets:
        sheet = made.create_sheet(title)
        sheet.append(headers)
        for row in lines:
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
        (9, "捐赠形式", "fund.goods_missing"),
    } <= found
    assert {row for row, _column, _code in found} == {3, 4, 5, 6, 7, 8, 9}
    with fund.as_("auditor").read() as session:
        assert session.scalar(select(func.count()).select_from(Donation)) == 1


def goods_line(number: int, **changes: object) -> list[object]:
    values: dict[str, object] = {
        "登记号": f"E{number:05}",
        "品名": "麻栎容器苗",
        "规格": "苗高40厘米",
        "计量单位": "株",
        "数量": "20000",
        "单价": "1.25",
        "计价依据": "市场价格",
        "价值证明": "评估报告（2026）12号",
        **changes,
    }
    return [values[one] for one in GOODS]


def in_kind(number: int, **changes: object) -> list[object]:
    return line(number, 捐赠形式="实物", 金额="", 银行流水号="", **changes)


def test_that_gifts_in_kind_are_imported_with_their_goods(fund: funds.Fund, tmp_path: Path) -> None:
    rows = [line(0), in_kind(1), in_kind(2), line(3, 捐赠形式="无形资产", 金额="500.00")]
    goods = [
        goods_line(1),
        goods_line(1, 品名="铁锹", 数量="2.5", 单价="10.01"),
        goods_line(2, 单价="", 计价依据="", 价值证明=""),
        goods_line(3, 品名="软件使用权", 数量="1", 单价="500"),
    ]
    path = book(tmp_path / "a.xlsx", rows, goods)
    with fund.as_("cashier").write() as session:
        report, batch = run_import(session, DONATIONS_IMPORTER, path)
    assert report.errors == ()
    with fund.as_("auditor").read() as session:
        first, second = (content_of(session, find_donation(session, f"E0000{n}")) for n in (1, 2))
        right = find_donation(session, "E00003")
        assert (right.form, right.amount) == (Form.INTANGIBLE, Money.parse("500.00"))
    # 20000 × 1.25 and 2.5 × 10.01, the 分 cut off for each.
    assert first.amount == Money.parse("25025.02")
    assert [one.proof for one in first.items] == ["评估报告（2026）12号"] * 2
    assert (second.amount, second.items[0].name) == (None, "麻栎容器苗")
    fund.take("E00002")
    fund.agree("E00002")
    assert fund.issue("E00002", Way.OWN)
    assert batch is not None


def test_that_goods_go_with_an_import_that_is_undone(fund: funds.Fund, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [in_kind(1)], [goods_line(1)])
    with fund.as_("cashier").write() as session:
        _report, batch = run_import(session, DONATIONS_IMPORTER, path)
    with fund.as_("cashier").write() as session:
        assert undo_import(session, (DONATIONS_IMPORTER,), batch or 0, "错") == 1
    with fund.as_("auditor").read() as session:
        assert session.scalar(select(func.count()).select_from(DonationItem)) == 0


def test_that_a_price_without_proof_is_refused_at_its_cell(
    local_fund: funds.Fund, tmp_path: Path
) -> None:
    rows = [line(0), *(in_kind(n) for n in range(1, 6)), line(7)]
    rows[4] = line(4, 捐赠形式="实物", 金额="1.00")
    goods = [
        goods_line(0),
        goods_line(1, 价值证明=""),
        goods_line(2, 计价依据=""),
        goods_line(3, 数量="0"),
        goods_line(4, 单价="", 计价依据="", 价值证明=""),
        goods_line(9),
    ]
    path = book(tmp_path / "a.xlsx", rows, goods)
    with local_fund.as_("cashier").write() as session:
        report, batch = run_import(session, DONATIONS_IMPORTER, path)
    assert batch is None
    assert {(one.sheet, one.row, one.column, one.code) for one in report.errors} == {
        ("实物清单", 2, "登记号", "fund.goods_of_money"),
        ("实物清单", 3, "价值证明", "fund.goods_proof"),
        ("实物清单", 4, "计价依据", "fund.goods_basis"),
        ("实物清单", 5, "数量", "fund.goods_quantity"),
        ("实物清单", 7, "登记号", "sheets.unknown_reference"),
        ("捐赠", 6, "金额", "fund.amount_unproven"),
        ("捐赠", 7, "捐赠形式", "fund.goods_missing"),
    }
    files = (tmp_path / "good.xlsx", tmp_path / "bad.xlsx")
    assert split(DONATIONS_IMPORTER.kind, report, files, CASES) == 1


def test_that_only_the_cashier_imports(local_fund: funds.Fund, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [line(0)])
    with pytest.raises(NotPermitted), local_fund.as_("receipt_issuer").write() as session:
        run_import(session, DONATIONS_IMPORTER, path)


def test_that_thousands_of_rows_are_imported_at_once(
    local_fund: funds.Fund, tmp_path: Path, long_run: bool
) -> None:
    count = 10_000 if long_run else 1_000
    path = book(tmp_path / "a.xlsx", [line(n) for n in range(count)])
    with local_fund.as_("cashier").write() as session:
        report, _batch = run_import(session, DONATIONS_IMPORTER, path)
    assert report.accepted == count
