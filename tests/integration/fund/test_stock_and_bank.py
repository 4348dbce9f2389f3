"""The stock of pre-printed sheets and the bank statement of the sample data, on both databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from core import settings
from core.errors import InputError, NotPermitted, RuleViolation
from core.fund import bank, reconciliation, reports, statements, tax
from core.fund.bank_model import BankLine, PayerName
from core.fund.donations import record
from core.fund.model import Donation
from core.fund.states import DonationState, LineVerdict, SheetState, Way
from core.fund.stock import BookContent, books, receive_book, settle_book, write_off
from core.values.money import Money
from tests import fund as funds

CODE = "34050226"
STATEMENT = funds.SAMPLE / "bank_statement.csv"


def a_book(fund: funds.Fund, first: str, last: str, day: date = date(2026, 10, 8)) -> BookContent:
    return BookContent(
        unit_id=fund.unit, bill_code=CODE, book_number="样例02", first_number=first,
        last_number=last, received_on=day,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("0000000040", "0000000060", "fund.sheets_known"),
        ("0000000099", "0000000090", "fund.sheet_count"),
        ("99", "100", "fund.sheet_numbers"),
        ("九", "十", "fund.sheet_numbers"),
        ("0000001000", "0000009000", "fund.sheet_count"),
    ],
)
def test_that_wrong_books_are_refused(
    local_fund: funds.Fund, first: str, last: str, code: str
) -> None:
    with pytest.raises(InputError) as raised:
        local_fund.do("fund_manager", receive_book, a_book(local_fund, first, last))
    assert raised.value.fields[0].code == code


def test_that_stock_runs_out_and_old_books_are_not_used(fund: funds.Fund) -> None:
    fund.do(
        "fund_manager", receive_book, a_book(fund, "0000000101", "0000000101", date(2026, 1, 5))
    )
    for number in range(1, 51):
        fund.do("receipt_issuer", write_off, CODE, f"{number:010}", SheetState.RETURNED, "空白交回")
    with pytest.raises(RuleViolation, match=r"fund\.stock_empty"):
        fund.issue(fund.ready(), Way.STOCK)
    with fund.as_("receipt_issuer").read() as session:
        found = {one.book_number: (one.unused, one.due) for one in books(session)}
    assert found == {"样例01": (0, False), "样例02": (1, True)}
    fund.do("receipt_issuer", settle_book, 1)
    with pytest.raises(RuleViolation, match=r"fund\.book_settled"):
        fund.do("receipt_issuer", settle_book, 1)


def test_that_a_used_sheet_cannot_be_written_off(fund: funds.Fund) -> None:
    number = fund.issue(fund.ready(), Way.STOCK)
    with pytest.raises(RuleViolation, match=r"fund\.sheet_state"):
        fund.do("receipt_issuer", write_off, CODE, number, SheetState.LOST, "丢失")
    with pytest.raises(InputError) as raised:
        fund.do("receipt_issuer", write_off, CODE, "0000000002", SheetState.USED, "用")
    assert raised.value.fields[0].code == "fund.sheet_not_off"
    fund.do("receipt_issuer", write_off, CODE, "0000000002", SheetState.LOST, "遗失，已公告")
    with fund.as_("fund_manager").read() as session:
        (month,) = reports.stock_month(session, fund.unit, 2026, 11)
        (before,) = reports.stock_month(session, fund.unit, 2026, 10)
    assert (month.opening, month.issued, month.lost, month.closing) == (50, 1, 1, 48)
    assert (before.received, before.closing) == (50, 50)
    assert month.agrees
    assert before.agrees
    assert fund.issue(fund.ready(), Way.STOCK) == "0000000003"


def note_transfers(fund: funds.Fund) -> None:
    for row in funds.table("donations"):
        if row["form"] == "银行转账":
            fund.do("cashier", record, funds.sample_content(fund, row))


def test_that_the_sample_statement_is_matched_as_it_says(fund: funds.Fund) -> None:
    note_transfers(fund)
    with fund.as_("cashier").write() as session:
        assert len(statements.import_statement(session, "样例银行", STATEMENT)) == 6
    with fund.as_("cashier").write() as session:
        assert statements.import_statement(session, "样例银行", STATEMENT) == []
        assert bank.confirm_sure(session) == 1
    with fund.as_("cashier").read() as session:
        left = {one.payer_name: one for one in bank.proposals(session)}
    assert {name: (one.donation, one.reasons[-1]) for name, one in left.items()} == {
        "黄?": ("N07", "lost_character"),
        "王哲": ("N04", "homophone"),
        "明光市第九十九中学工会委员会": ("N06", "other_payer"),
        "样例银行": ("", "interest"),
        "某文化传播有限公司": ("", "sponsorship"),
    }
    with fund.as_("cashier").write() as session:
        for line in left.values():
            if line.donation_id is not None:
                bank.confirm(session, line.line_id, line.donation_id)
            else:
                bank.dismiss(session, line.line_id, "非捐赠")
    with fund.as_("fund_manager").read() as session:
        both = reconciliation.reconcile(session, date(2026, 3, 1), date(2026, 7, 31))
        names = set(session.scalars(select(PayerName.name)))
        rows = {one.code: one.state for one in session.scalars(select(Donation))}
    assert both.agrees
    assert both.matched == Money.parse("105334.54")
    assert both.not_gifts == Money.parse("50012.37")
    assert "明光市第九十九中学工会委员会" in names
    assert "黄?" not in names
    assert rows["N06"] is DonationState.ARRIVED
    assert rows["N02"] is DonationState.REGISTERED  # September is not in the fragment


def test_that_a_confirmed_line_stays(fund: funds.Fund) -> None:
    note_transfers(fund)
    with fund.as_("cashier").write() as session:
        statements.import_statement(session, "样例银行", STATEMENT)
        bank.confirm_sure(session)
        line = session.scalars(
            select(BankLine).where(BankLine.verdict == LineVerdict.MATCHED)
        ).one()
        with pytest.raises(RuleViolation, match=r"fund\.line_done"):
            bank.dismiss(session, line.id, "错")
    with pytest.raises(RuleViolation), fund.as_("cashier").write() as session:
        session.get_one(BankLine, line.id).credit = Money(1)


def test_that_another_amount_or_a_second_line_is_refused(local_fund: funds.Fund) -> None:
    fund = local_fund
    note_transfers(fund)
    with fund.as_("cashier").write() as session:
        first, second = statements.import_statement(session, "样例银行", STATEMENT)[:2]
    wrong, _version = fund.donation("N08")
    with pytest.raises(RuleViolation, match=r"fund\.line_amount"):
        fund.do("cashier", bank.confirm, first, wrong)
    with pytest.raises(NotPermitted):
        fund.do("receipt_issuer", bank.dismiss, second, "错")


def test_that_a_mapping_is_remembered_for_its_bank(fund: funds.Fund, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("哪天,多少,谁\n2026-04-01,5.00,王喆\n".encode("gbk"))
    mapping = {"trade_date": "哪天", "credit": "多少", "payer_name": "谁"}
    with fund.as_("cashier").write() as session:
        assert len(statements.import_statement(session, "甲银行", path, mapping)) == 1
    path.write_bytes("哪天,多少,谁\n2026-04-02,6.00,王喆\n".encode("gbk"))
    with fund.as_("cashier").write() as session:
        assert len(statements.import_statement(session, "甲银行", path)) == 1
    with pytest.raises(InputError), fund.as_("cashier").write() as session:
        statements.import_statement(session, "乙银行", path)
    with pytest.raises(InputError) as raised, fund.as_("cashier").write() as session:
        statements.import_statement(session, "甲银行", path, {"day": "哪天"})
    assert raised.value.fields[0].code == "fund.bank_field"


def test_that_tax_parameters_hold_from_their_day(local_fund: funds.Fund) -> None:
    with local_fund.as_("admin").write() as session:
        settings.put(session, "fund.enterprise_percent", 15, date(2027, 1, 1))
    with local_fund.as_("auditor").read() as session:
        assert tax.parameters(session, date(2026, 12, 31)).enterprise_percent == 12
        assert tax.parameters(session, date(2027, 1, 1)).enterprise_percent == 15
