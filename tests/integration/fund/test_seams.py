"""What the fund gives the rest of the program: queues, hits of the search box, answers to the verifier."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from core import search
from core.documents import verify as verifying
from core.documents.service import bytes_of, issue_pending, papers_of
from core.fund import overlays, papers, stock_papers
from core.fund.capability import CAPABILITY
from core.fund.changes import ChangeReceipt, request_change
from core.fund.donations import content_of, correct, find_donation
from core.fund.donors import PledgeContent, promise
from core.fund.grants import GrantContent, decide_grant, request_grant
from core.fund.model import Grant
from core.fund.receipt_model import Receipt
from core.fund.receipts import IssueReceipt, issue
from core.fund.statements import import_statement
from core.fund.states import ChangeKind, SheetState, Use, Way
from core.fund.stock import BookContent, receive_book, write_off
from core.office import paper_kinds
from core.values.money import Money
from tests import fund as funds
from tests.integration.fund.test_samples import text_of
from tests.papers import authority


def queues(fund: funds.Fund) -> dict[str, int]:
    """Every queue that is not empty, by its own word."""
    with fund.as_("auditor").read() as session:
        found = {one.key.removeprefix("fund."): one.count(session) for one in CAPABILITY.queues}
    return {key: count for key, count in found.items() if count}


def test_that_every_queue_counts_what_its_list_shows(fund: funds.Fund) -> None:
    assert queues(fund) == {}
    fund.give()
    code = fund.give()
    fund.take(code)
    assert queues(fund) == {"no_receipt": 1, "to_review": 1}
    fund.agree(code)
    assert queues(fund) == {"no_receipt": 1}
    number = fund.issue(code, Way.STOCK)
    receipt, version = fund.receipt(number)
    command = ChangeReceipt(
        receipt_id=receipt,
        version=version,
        kind=ChangeKind.VOID,
        reason="污损",
        copies=("存根", "收据", "记账"),
    )
    fund.do("receipt_issuer", request_change, command)
    promised = PledgeContent(
        donor_id=fund.donors["D01"],
        purpose_id=fund.purposes["不限定"],
        amount=Money(100),
        due_on=date(2026, 12, 25),
    )
    fund.do("cashier", promise, promised)
    fund.do("cashier", promise, replace(promised, due_on=date(2026, 12, 26)))
    fund.do("cashier", import_statement, "样例银行", funds.SAMPLE / "bank_statement.csv")
    book = BookContent(
        unit_id=fund.unit, bill_code="34050226", book_number="旧", first_number="0000000101",
        last_number="0000000102", received_on=date(2026, 6, 8),
    )  # fmt: skip
    fund.do("fund_manager", receive_book, book)
    asked = GrantContent(
        purpose_id=fund.purposes["不限定"], payee="院", subject="测", amount=Money(100)
    )
    fund.do("fund_manager", request_grant, asked)
    assert queues(fund) == {"changes": 1, "pledges": 1, "bank_lines": 6, "stock": 1, "grants": 1}
    kinds = {one.open_kind for one in CAPABILITY.queues}
    assert kinds <= set(CAPABILITY.lists)


@pytest.mark.parametrize(
    ("day", "due"), [(date(2027, 10, 1), 0), (date(2027, 10, 2), 1), (date(2028, 3, 1), 1)]
)
def test_that_a_qualification_is_warned_of_before_its_last_day(
    local_fund: funds.Fund, day: date, due: int
) -> None:
    """Qualified to the end of 2027, 90 days of warning; the permit ends on 2028-05-31."""
    clock = local_fund.as_("auditor").clock
    clock.set_date(day)  # type: ignore[attr-defined]  # a FixedClock
    assert queues(local_fund).get("qualification", 0) == due


def test_that_gifts_and_receipts_are_found_by_number_and_name(fund: funds.Fund) -> None:
    code = fund.ready("D03", bank_reference="REF7788")
    number = fund.issue(code, Way.STOCK)
    with fund.as_("auditor").read() as session:
        kinds = ("donation", "receipt")

        def found(text: str) -> list[tuple[str, str]]:
            return [(one.kind, one.title) for one in search.find(session, text, kinds=kinds)]

        assert set(found("王喆")) == {("donation", code), ("receipt", f"34050226-{number}")}
        assert set(found("wz")) == set(found("王喆"))
        assert found(code) == [("donation", code)]
        assert found("REF7788") == [("donation", code)]
        assert found(number) == [("receipt", f"34050226-{number}")]
        assert found("341199198802150119") == []


def test_that_a_correction_is_found_by_its_new_words(local_fund: funds.Fund) -> None:
    fund = local_fund
    code = fund.give("D03", bank_reference="OLD1")
    with fund.as_("auditor").read() as session:
        content = content_of(session, find_donation(session, code))
    content = replace(content, bank_reference="NEW2", donor_id=fund.donors["D01"])
    fund.do("cashier", correct, *fund.donation(code), content, "录错")
    with fund.as_("auditor").read() as session:
        assert search.find(session, "OLD1", kinds=("donation",)) == []
        (hit,) = search.find(session, "NEW2", kinds=("donation",))
    assert hit.subtitle.startswith("滁州皖东栖岭热电有限公司")


def test_that_papers_of_records_are_answered_for(local_fund: funds.Fund, tmp_path: Path) -> None:
    """List, certificate, approval, settlement: intact and known, with where their record is today."""
    fund = local_fund
    members = tuple((f"教职工{n:02}", Money.parse("300.00")) for n in range(1, 13))
    group = fund.ready("D05", "3600.00", members=members)
    number = fund.issue(group, Way.STOCK)
    asked = GrantContent(
        purpose_id=fund.purposes["不限定"],
        payee="监测院",
        subject="样地复测",
        amount=Money.parse("1000.00"),
        use=Use.MEASURING,
    )
    grant = int(str(fund.do("fund_manager", request_grant, asked)))
    fund.do("approver", decide_grant, grant, 1, agree=True)
    donation, _version = fund.donation(group)
    fund.do("receipt_issuer", write_off, "34050226", "0000000050", SheetState.LOST, "搬家遗失")
    with fund.as_("fund_manager").write() as session:
        papers.thank(session, donation)
        papers.settle_paper(session, 1)
        stock_papers.report_lost(session, 1)
        stock_papers.register_paper(session, fund.unit)
    office = authority(tmp_path)
    done = issue_pending(fund.as_("receipt_issuer"), office.signer())
    assert [one.fault for one in done] == [None] * len(done)
    records = (
        ("receipt", fund.receipt(number)[0]), ("donation", donation), ("fund_grant", grant),
        ("receipt_book", 1), ("fund_unit", fund.unit),
    )  # fmt: skip
    texts, statuses = {}, {}
    with fund.as_("auditor").read() as session:
        for kind, record in records:
            for paper in papers_of(session, kind, record):
                data = bytes_of(session, paper.id)
                verdict = verifying.verify(
                    data, roots=[office.root], session=session, kinds=paper_kinds()
                )
                assert verdict.ok, (paper.kind, verdict.reasons)
                statuses[paper.kind] = verdict.status
                texts[paper.kind] = re.sub(r"\s", "", text_of(data, tmp_path))
    assert statuses == {
        "donation_list": "valid",
        "donation_certificate": "valid",
        "fund_grant_approval": "paid",
        "stock_settlement": "in_use",
        "receipt_lost": "in_use",
        "stock_register": "as_of_its_day",
    }
    assert "教职工12" in texts["donation_list"]
    assert f"34050226-{number}" in texts["donation_list"]
    assert "人民币叁仟陆佰元整" in texts["donation_list"]
    assert "人民币壹仟元整" in texts["fund_grant_approval"]
    assert "3,600.00" in texts["fund_grant_approval"]
    assert "2,600.00" in texts["fund_grant_approval"]
    assert "明林碳用〔2026〕1号" in texts["fund_grant_approval"]
    assert "搬家遗失" in texts["receipt_lost"]
    assert "0000000050" in texts["receipt_lost"]
    assert "公益事业捐赠票据" in texts["stock_register"]


def test_that_a_list_ends_with_its_receipt(local_fund: funds.Fund, tmp_path: Path) -> None:
    fund = local_fund
    members = (("甲", Money.parse("60.00")), ("乙", Money.parse("40.00")))
    number = fund.issue(fund.ready("D05", "100.00", members=members), Way.STOCK)
    office = authority(tmp_path)
    issue_pending(fund.as_("receipt_issuer"), office.signer())
    fund.undo(number)
    with fund.as_("auditor").read() as session:
        receipt, _version = fund.receipt(number)
        lists = [p for p in papers_of(session, "receipt", receipt) if p.kind == "donation_list"]
        original = next(one for one in lists if one.original_id is None)
        verdict = verifying.verify(
            bytes_of(session, original.id),
            roots=[office.root],
            session=session,
            kinds=paper_kinds(),
        )
    assert verdict.status == "void"
    assert not verdict.ok


def test_that_many_gifts_stand_on_the_list_and_one_line_on_the_sheet(
    local_fund: funds.Fund, tmp_path: Path
) -> None:
    from core.documents.printers import Calibration

    fund = local_fund
    codes = [fund.ready(amount=f"{n}.00") for n in range(1, 11)]
    command = IssueReceipt(donations=tuple(map(fund.donation, codes)), way=Way.STOCK)
    number = fund.number(int(str(fund.do("receipt_issuer", issue, command))))
    issue_pending(fund.as_("receipt_issuer"), authority(tmp_path).signer())
    with fund.as_("receipt_issuer").read() as session:
        sheet = overlays.overlay(session, f"34050226-{number}", Calibration())
        receipt = session.scalars(select(Receipt)).one()
        (paper,) = papers_of(session, "receipt", receipt.id)
        listed = text_of(bytes_of(session, paper.id), tmp_path)
    assert "明细见清单，共10笔" in re.sub(r"\s", "", text_of(sheet, tmp_path))
    assert listed.count("2026-11-10") == 10
    assert "人民币伍拾伍元整" in listed


def test_that_a_refused_grant_has_its_form_too(local_fund: funds.Fund, tmp_path: Path) -> None:
    fund = local_fund
    asked = GrantContent(
        purpose_id=fund.purposes["不限定"], payee="某公司", subject="广告", amount=Money(100)
    )
    grant = int(str(fund.do("fund_manager", request_grant, asked)))
    fund.do("approver", decide_grant, grant, 1, agree=False, reason="不符合用途")
    issue_pending(fund.as_("receipt_issuer"), authority(tmp_path).signer())
    with fund.as_("auditor").read() as session:
        assert session.get_one(Grant, grant).reason == "不符合用途"
        (paper,) = papers_of(session, "fund_grant", grant)
        said = re.sub(r"\s", "", text_of(bytes_of(session, paper.id), tmp_path))
    assert "不同意：不符合用途" in said
