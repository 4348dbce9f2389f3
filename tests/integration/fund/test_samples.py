"""The sample donations N01-N08, walked to the states the sample data names, papers included."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from core.documents import verify as verifying
from core.documents.model import Document
from core.documents.printers import Calibration
from core.documents.service import bytes_of, issue_pending, papers_of
from core.errors import RuleViolation
from core.fund import balances, overlays, papers, reports
from core.fund.donations import correct, find_donation, record
from core.fund.judging import check
from core.fund.model import Donation, Purpose
from core.fund.receipt_model import Receipt, StockSheet
from core.fund.states import DonationState, ReceiptState, SheetState, Way
from core.office import paper_kinds
from core.values.money import Money
from tests import fund as funds
from tests.papers import authority

ROWS = {row["donation_id"]: row for row in funds.table("donations")}
STATES = {
    "N01": DonationState.RECEIPTED,
    "N02": DonationState.RECEIPTED,
    "N03": DonationState.REGISTERED,
    "N04": DonationState.RECEIPTED,
    "N05": DonationState.RECEIPTED,
    "N06": DonationState.RECEIPTED,
    "N07": DonationState.RECEIPTED,
    "N08": DonationState.ARRIVED,
}


def note(fund: funds.Fund, code: str, **more: object) -> None:
    fund.do("cashier", record, funds.sample_content(fund, ROWS[code], **more))


def make_ready(fund: funds.Fund, code: str, **more: object) -> None:
    note(fund, code, **more)
    fund.take(code)
    fund.agree(code)


def walk(fund: funds.Fund) -> dict[str, list[str]]:
    """Take every sample donation where the table says; the receipts' numbers by donation."""
    numbers: dict[str, list[str]] = {}
    make_ready(fund, "N01")
    numbers["N01"] = [fund.issue("N01", Way.OFFICIAL, official=funds.official(817610, "100000.00"))]
    numbers["N02"] = _reversed_and_again(fund)
    note(fund, "N03")
    for code, way in (("N04", Way.STOCK), ("N05", Way.OWN), ("N06", Way.STOCK)):
        make_ready(fund, code)
        numbers[code] = [fund.issue(code, way)]
    make_ready(fund, "N07")
    wrong = fund.issue("N07", Way.STOCK, title="黄亥")
    fund.undo(wrong, "付款方信息有误")
    numbers["N07"] = [wrong, fund.issue("N07", Way.STOCK, replaces=wrong)]
    note(fund, "N08")
    fund.take("N08")
    return numbers


def _reversed_and_again(fund: funds.Fund) -> list[str]:
    make_ready(fund, "N02", amount=Money.parse("16490.02"))
    first = fund.issue("N02", Way.OFFICIAL, official=funds.official(817611, "16490.02"))
    fund.undo(first, "金额误录", red=funds.official(817612, "-16490.02"))
    content = funds.sample_content(fund, ROWS["N02"])
    fund.do("cashier", correct, *fund.donation("N02"), content, "金额误录")
    fund.agree("N02")
    again = funds.official(817613, "16409.02")
    return [first, fund.issue("N02", Way.OFFICIAL, official=again, replaces=first)]


def text_of(data: bytes, folder: Path) -> str:
    path = folder / "paper.pdf"
    path.write_bytes(data)
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    )
    return done.stdout


def test_that_the_samples_reach_their_states(fund: funds.Fund) -> None:
    numbers = walk(fund)
    with fund.as_("auditor").read() as session:
        rows = {one.code: one for one in session.scalars(select(Donation))}
        assert {code: rows[code].state for code in STATES} == STATES
        receipts = {one.number: one for one in session.scalars(select(Receipt))}
        assert receipts[numbers["N02"][0]].state is ReceiptState.REVERSED
        assert receipts["0000817612"].amount == Money.parse("-16490.02", negative=True)
        assert receipts["0000817612"].state is ReceiptState.NEGATIVE
        assert receipts[numbers["N02"][1]].replaces_id == receipts[numbers["N02"][0]].id
        assert receipts[numbers["N07"][0]].state is ReceiptState.VOID
        assert receipts[numbers["N07"][1]].title == "黄𠅤"
        left = {one.name: one.balance for one in session.scalars(select(Purpose))}
        assert balances.wrong(session) == []
    assert left["碳汇计量监测"] == Money.parse("116409.02")
    assert left["碳汇项目开发"] == Money.parse("200000.00")
    assert left["不限定"] == Money.parse("7741.68")
    assert left["国储林造林"] == Money(0)


def test_that_the_amounts_are_written_as_the_table_says(fund: funds.Fund) -> None:
    walk(fund)
    with fund.as_("auditor").read() as session:
        for code, row in ROWS.items():
            donation = find_donation(session, code)
            if not row["amount_capital"]:
                assert donation.amount is None
                continue
            assert donation.amount is not None
            assert donation.amount.capitals() == row["amount_capital"]
            if donation.receipt_id:
                facts = session.get_one(Receipt, donation.receipt_id).facts
                assert facts["total_capital"] == row["amount_capital"]
                assert facts["total"].replace(",", "") == row["amount"]


def test_that_every_stock_number_is_explained(fund: funds.Fund) -> None:
    walk(fund)
    with fund.as_("fund_manager").read() as session:
        ledger = reports.receipt_ledger(session, Way.STOCK, 2026)
        states = [
            one.state for one in session.scalars(select(StockSheet).order_by(StockSheet.number))
        ]
        month = reports.stock_month(session, fund.unit, 2026, 11)
    assert len(ledger) == 50
    assert [one.state for one in ledger[:5]] == ["有效", "有效", "已作废", "有效", "未用"]
    assert states[:4] == [SheetState.USED, SheetState.USED, SheetState.VOID, SheetState.USED]
    assert all(one.agrees for one in month)
    assert (month[0].opening, month[0].issued, month[0].void, month[0].closing) == (50, 3, 1, 46)
    assert month[0].amount == Money.parse("5334.54")


def test_that_the_confirmation_is_signed_and_imitates_no_fiscal_receipt(
    local_fund: funds.Fund, tmp_path: Path
) -> None:
    fund = local_fund
    number = walk(fund)["N05"][0]
    office = authority(tmp_path)
    done = issue_pending(fund.as_("receipt_issuer"), office.signer())
    assert [one.fault for one in done] == [None] * len(done)
    with fund.as_("auditor").read() as session:
        document = session.scalars(select(Document).where(Document.number == number)).one()
        data = bytes_of(session, document.id)
        verdict = verifying.verify(data, roots=[office.root], session=session, kinds=paper_kinds())
    assert verdict.ok, verdict.reasons
    text = text_of(data, tmp_path)
    bare = re.sub(r"\s", "", text)
    assert "不是财政部门监（印）制的公益事业捐赠票据" in bare
    assert "人民币陆仟零柒元壹角肆分" in bare
    assert "6,007.14" in bare
    assert "爱心人士" in bare
    assert "李犇" not in bare
    assert "捐赠确认函（非财政票据）" in bare
    assert "本收据不支持办理税前扣除" in bare


def test_that_void_and_reversal_have_their_approval_sheets(
    local_fund: funds.Fund, tmp_path: Path
) -> None:
    fund = local_fund
    numbers = walk(fund)
    issue_pending(fund.as_("receipt_issuer"), authority(tmp_path).signer())
    texts = {}
    for code, kind in (("N07", "receipt_void"), ("N02", "receipt_reversal")):
        receipt, _version = fund.receipt(numbers[code][0])
        with fund.as_("auditor").read() as session:
            (paper,) = [p for p in papers_of(session, "receipt", receipt) if p.kind == kind]
            texts[code] = re.sub(r"\s", "", text_of(bytes_of(session, paper.id), tmp_path))
    assert "付款方信息有误" in texts["N07"]
    assert "存根、收据、记账" in texts["N07"]
    assert "325.04" in texts["N07"]
    assert "-16,490.02" in texts["N02"]
    assert "0000817612" in texts["N02"]


def test_that_the_overlay_prints_only_texts(local_fund: funds.Fund, tmp_path: Path) -> None:
    fund = local_fund
    numbers = walk(fund)
    with fund.as_("receipt_issuer").read() as session:
        data = overlays.overlay(session, f"34050226-{numbers['N04'][0]}", Calibration())
        with pytest.raises(RuleViolation, match=r"fund\.receipt_gone"):
            overlays.overlay(session, f"34050226-{numbers['N07'][0]}", Calibration())
    bare = re.sub(r"\s", "", text_of(data, tmp_path))
    assert "人民币壹仟肆佰零玖元伍角" in bare
    assert "王喆" in bare
    assert "公益事业捐赠票据" not in bare
    assert "341199********0119" in bare


def test_that_the_group_receipt_lists_its_givers(fund: funds.Fund) -> None:
    numbers = walk(fund)
    receipt, _version = fund.receipt(f"34050226-{numbers['N06'][0]}")
    with fund.as_("auditor").read() as session:
        facts = session.get_one(Receipt, receipt).facts
    assert len(facts["members"]) == 12
    assert {one["amount"] for one in facts["members"]} == {"300.00"}


def test_that_goods_without_proof_get_no_amount_and_no_fiscal_receipt(fund: funds.Fund) -> None:
    note(fund, "N03")
    fund.take("N03")
    fund.agree("N03")
    with fund.as_("receipt_issuer").read() as session:
        found = [one.code for one in check(session, [fund.donation("N03")[0]], Way.STOCK)]
    assert found == ["fund.proof_missing"]
    with pytest.raises(RuleViolation, match=r"fund\.proof_missing"):
        fund.issue("N03", Way.STOCK)
    number = fund.issue("N03", Way.OWN)
    with fund.as_("auditor").read() as session:
        facts = session.get_one(Receipt, fund.receipt(number)[0]).facts
    assert facts["total"] == "——"
    assert facts["total_capital"] == "实物捐赠，未计价"
    assert facts["items"][0]["quantity"] == "20000"
    assert "实物未提供公允价值证明" in facts["no_deduction"]


def test_that_the_disclosure_keeps_what_donors_asked(fund: funds.Fund) -> None:
    walk(fund)
    with fund.as_("fund_manager").read() as session:
        rows = reports.disclosure(session, date(2026, 1, 1), date(2026, 12, 31))
    shown = {(one.name, one.gift) for one in rows}
    assert ("滁州皖东栖岭热电有限公司", "100,000.00元") in shown
    assert ("王喆", "（不公开）") in shown
    assert ("爱心人士", "6,007.14元") in shown
    assert not any("李犇" in name for name, _gift in shown)


def test_that_papers_of_the_fund_carry_their_figures(
    local_fund: funds.Fund, tmp_path: Path
) -> None:
    fund = local_fund
    walk(fund)
    with fund.as_("fund_manager").write() as session:
        made = [
            papers.close_day(session, fund.unit, date(2026, 3, 12)),
            papers.report_stock(session, fund.unit, 2026, 11),
            papers.state_year(session, fund.donors["D01"], 2026),
            papers.publish(session, fund.unit, date(2026, 1, 1), date(2026, 12, 31)),
            papers.print_ledger(session, fund.unit, Way.STOCK, 2026),
            papers.thank(session, find_donation(session, "N01").id),
            papers.settle_paper(session, 1),
        ]
    issue_pending(fund.as_("fund_manager"), authority(tmp_path).signer())
    texts = {}
    for one in made:
        with fund.as_("auditor").read() as session:
            data = bytes_of(session, one.id)
        texts[one.kind] = re.sub(r"\s", "", text_of(data, tmp_path))
    assert "人民币壹拾万元整" in texts["daily_closing"]
    assert "REF2026031200017" in texts["daily_closing"]
    assert "5,334.54" in texts["stock_month"]
    assert "人民币壹拾壹万陆仟肆佰零玖元零贰分" in texts["donor_statement"]
    assert "200,000.00" in texts["donation_disclosure"]
    assert "34050226-0000000003" in texts["receipt_ledger"]
    assert "善举助绿" in texts["donation_certificate"]
    assert "0000000001—0000000050" in texts["stock_settlement"]
