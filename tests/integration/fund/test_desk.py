"""The desks of the fund: a statement matched and undone, books, masters, reports as lists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from core.documents.service import DocumentSummary, facts_of
from core.errors import InputError, NotPermitted, RuleViolation, StaleRecord
from core.fund import (
    balances,
    bank,
    bank_desk,
    books,
    master_details,
    masters,
    report_lists,
    reports,
    statements,
)
from core.fund.bank_model import PayerName
from core.fund.books import BOOKS, BookState, hand_out, write_off_range
from core.fund.donation_input import Item
from core.fund.donations import record
from core.fund.grants import GrantContent, decide_grant, request_grant
from core.fund.lists import DONATIONS
from core.fund.matching import Reason
from core.fund.model import Donation
from core.fund.papers import close_day, settle_paper
from core.fund.receipt_model import Receipt
from core.fund.setup import UnitContent, register_campaign
from core.fund.setup_changes import (
    edit_campaign,
    edit_purpose,
    edit_unit,
    set_purpose_active,
    set_unit_active,
)
from core.fund.states import DonationState, Form, LineVerdict, SheetState, Way
from core.fund.stock import settle_book
from core.values.cells import as_text
from core.values.listing import ListQuery
from core.values.money import Money
from tests import fund as funds

STATEMENT = funds.SAMPLE / "bank_statement.csv"
OPEN = ListQuery(filters={"verdict": "open"}, sort="traded_on")


def read_in(fund: funds.Fund) -> list[int]:
    """The sample's transfers noted and its statement read; the ids of the lines."""
    for row in funds.table("donations"):
        if row["form"] == "银行转账":
            fund.do("cashier", record, funds.sample_content(fund, row))
    with fund.as_("cashier").write() as session:
        return statements.import_statement(session, "样例银行", STATEMENT)


def state_of(fund: funds.Fund, code: str) -> DonationState:
    with fund.as_("auditor").read() as session:
        found = session.scalars(select(Donation.state).where(Donation.code == code))
        return found.one()


def test_that_the_desk_offers_what_a_line_may_be(fund: funds.Fund) -> None:
    lines = read_in(fund)
    with fund.as_("cashier").read() as session:
        assert len(bank_desk.BANK_LINES.ids(session, OPEN)) == 6
        shown = bank_desk.BANK_LINES.rows(session, lines)
        told = [as_text(shown[line][3]) for line in lines]
        state = bank_desk.desk_state(session)
        first = bank_desk.line_detail(session, lines[0])
        rare = bank_desk.line_detail(session, lines[1])
        interest = bank_desk.line_detail(session, lines[4])
        sure = bank_desk.sure_lines(session)
    assert (state.open, state.total, sure) == (6, 6, (lines[0],))
    assert told[0] == "N01 滁州皖东栖岭热电有限公司"
    assert "利息" in told[4]
    assert [(one.code, one.sure) for one in first.candidates] == [("N01", True)]
    assert rare.candidates[0].code == "N07"
    assert Reason.LOST_CHARACTER in rare.candidates[0].reasons
    assert interest.odd is Reason.INTEREST


def test_that_the_same_amount_is_offered_last_and_without_a_reason(local_fund: funds.Fund) -> None:
    fund = local_fund
    lines = read_in(fund)
    other = fund.give("D03", "100000.00", received_on=date(2026, 10, 2))
    with fund.as_("cashier").read() as session:
        found = bank_desk.line_detail(session, lines[0])
    assert [one.code for one in found.candidates] == ["N01", other]
    assert found.candidates[1].reasons == ()
    assert found.candidates[0].sure


def test_that_undoing_a_match_takes_everything_back(fund: funds.Fund) -> None:
    lines = read_in(fund)
    donation, _version = fund.donation("N06")
    fund.do("cashier", bank.confirm, lines[3], donation)
    assert state_of(fund, "N06") is DonationState.ARRIVED
    with pytest.raises(NotPermitted):
        fund.do("receipt_reviewer", bank.reopen, lines[3], "看错")
    with pytest.raises(InputError):
        fund.do("cashier", bank.reopen, lines[3], " ")
    fund.do("cashier", bank.reopen, lines[3], "看错行")
    assert state_of(fund, "N06") is DonationState.REGISTERED
    with fund.as_("fund_manager").read() as session:
        line = bank_desk.line_detail(session, lines[3])
        assert session.scalars(select(PayerName)).all() == []
        assert balances.wrong(session) == []
        assert all(one.balance == Money(0) for one in reports.balances(session))
    assert line.verdict is LineVerdict.OPEN
    assert [one.event for one in line.timeline] == ["matched", "reopened"]
    with pytest.raises(RuleViolation, match=r"fund\.line_open"):
        fund.do("cashier", bank.reopen, lines[3], "再一次")
    fund.do("cashier", bank.confirm, lines[3], donation)


def test_that_a_reviewed_donation_keeps_its_line(
    local_fund: funds.Fund,
) -> None:
    fund = local_fund
    lines = read_in(fund)
    fund.do("cashier", bank.confirm, lines[0], fund.donation("N01")[0])
    fund.agree("N01")
    with pytest.raises(RuleViolation, match=r"fund\.line_used"):
        fund.do("cashier", bank.reopen, lines[0], "看错")


def test_that_money_noted_as_arrived_before_stays_arrived(local_fund: funds.Fund) -> None:
    fund = local_fund
    lines = read_in(fund)
    fund.take("N01")
    fund.do("cashier", bank.confirm, lines[0], fund.donation("N01")[0])
    fund.do("cashier", bank.dismiss, lines[4], "利息，非捐赠")
    for line in (lines[0], lines[4]):
        fund.do("cashier", bank.reopen, line, "看错行")
    assert state_of(fund, "N01") is DonationState.ARRIVED
    with fund.as_("fund_manager").read() as session:
        assert balances.wrong(session) == []
        assert bank_desk.desk_state(session).open == 6


def test_that_spent_money_cannot_be_undone(local_fund: funds.Fund) -> None:
    fund = local_fund
    lines = read_in(fund)
    donation, _version = fund.donation("N01")
    fund.do("cashier", bank.confirm, lines[0], donation)
    with fund.as_("auditor").read() as session:
        purpose = session.get_one(Donation, donation).purpose_id
    spend(fund, purpose, "100000.00")
    with pytest.raises(RuleViolation, match=r"fund\.balance_short"):
        fund.do("cashier", bank.reopen, lines[0], "看错")
    assert state_of(fund, "N01") is DonationState.ARRIVED


def spend(fund: funds.Fund, purpose: int, amount: str) -> int:
    content = GrantContent(
        purpose_id=purpose, payee="江淮绿测技术有限公司", subject="监测", amount=Money.parse(amount)
    )
    grant = fund.do("fund_manager", request_grant, content)
    assert isinstance(grant, int)
    fund.do("approver", decide_grant, grant, 1, agree=True)
    return grant


def test_that_a_statement_is_looked_at_before_it_is_read(
    local_fund: funds.Fund, tmp_path: Path
) -> None:
    fund = local_fund
    path = tmp_path / "流水.csv"
    path.write_bytes("某行账户明细\n哪天,多少,谁\n2026-04-01,5.00,王喆\n".encode("gbk"))
    with fund.as_("cashier").read() as session:
        first = bank_desk.looked_at(session, "甲银行", path, {})
        assert first.headers == ("哪天", "多少", "谁")
        assert first.mapping == {}
        with pytest.raises(InputError):
            bank_desk.preview_statement(session, "甲银行", path, {})
    mapping = {"trade_date": "哪天", "credit": "多少", "payer_name": "谁"}
    with fund.as_("cashier").write() as session:
        statements.import_statement(session, "甲银行", path, mapping)
    with fund.as_("cashier").read() as session:
        again = bank_desk.preview_statement(session, "甲银行", path, {})
        assert (len(again.credits), again.known, again.total) == (1, 1, Money(500))
        assert [(one.name, one.columns) for one in bank_desk.banks(session)] == [
            ("甲银行", mapping)
        ]


def test_that_a_book_shows_its_sheets_and_who_has_it(
    local_fund: funds.Fund,
) -> None:
    fund = local_fund
    number = fund.issue(fund.ready(), Way.STOCK)
    fund.do("receipt_issuer", hand_out, 1, "赵开票")
    count = fund.do(
        "receipt_issuer", write_off_range, 1, ("5", "0000000007"), SheetState.LOST, "遗失，已公告"
    )
    assert count == 3
    with fund.as_("auditor").read() as session:
        detail = books.book_detail(session, 1)
        cells = BOOKS.rows(session, BOOKS.ids(session, ListQuery()))[1]
    assert number == "0000000001"
    assert detail.next_number == "0000000002"
    assert dict(detail.counts) == {SheetState.UNUSED: 46, SheetState.USED: 1, SheetState.LOST: 3}
    assert [one.number[-1] for one in detail.odd] == ["5", "6", "7"]
    assert cells[4] == 46
    assert cells[6] == "赵开票"
    assert [one.event for one in detail.timeline][:2] == ["book_received", "handed_out"]


def test_that_the_settlement_names_runs_of_sheets(local_fund: funds.Fund) -> None:
    fund = local_fund
    for first, last, state, reason in (
        ("1", "3", SheetState.LOST, "遗失"),
        ("4", "", SheetState.SPOILED, "遗失"),
        ("5", "50", SheetState.RETURNED, "期满"),
    ):
        fund.do("receipt_issuer", write_off_range, 1, (first, last), state, reason)
    made = fund.do("fund_manager", settle_paper, 1)
    assert isinstance(made, DocumentSummary)
    with fund.as_("auditor").read() as session:
        facts = facts_of(session, made.id)
    assert facts["odd"] == (
        "0000000001—0000000003：遗失；0000000004：遗失；0000000005—0000000050：期满"
    )


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        (("9", "3"), "fund.range_crossed"),
        (("九", ""), "fund.sheet_numbers"),
        (("50", "51"), "fund.sheet_unknown"),
    ],
)
def test_that_a_wrong_range_of_sheets_writes_nothing_off(
    local_fund: funds.Fund, numbers: tuple[str, str], code: str
) -> None:
    with pytest.raises(InputError) as raised:
        local_fund.do("receipt_issuer", write_off_range, 1, numbers, SheetState.LOST, "遗失")
    assert raised.value.fields[0].code == code
    local_fund.issue(local_fund.ready(), Way.STOCK)
    with pytest.raises(RuleViolation):
        local_fund.do("receipt_issuer", write_off_range, 1, ("1", "3"), SheetState.LOST, "遗失")
    with local_fund.as_("auditor").read() as session:
        assert books.book_detail(session, 1).unused == 49


def test_that_books_are_found_by_their_last_day(local_fund: funds.Fund) -> None:
    day = date(2026, 11, 25)
    assert books.book_state(False, 3, date(2026, 11, 24), day, 30) is BookState.OVERDUE
    assert books.book_state(False, 3, date(2026, 12, 25), day, 30) is BookState.DUE
    assert books.book_state(False, 3, date(2026, 12, 26), day, 30) is BookState.IN_USE
    assert books.book_state(False, 0, date(2026, 1, 1), day, 30) is BookState.FINISHED
    with local_fund.as_("auditor").read() as session:
        found = {
            state: BOOKS.count(session, ListQuery(filters={"state": state}))
            for state in ("warn", "in_use", "settled")
        }
        with pytest.raises(InputError):
            BOOKS.ids(session, ListQuery(filters={"state": "none"}))
    assert found == {"warn": 0, "in_use": 1, "settled": 0}
    with pytest.raises(RuleViolation, match=r"fund\.book_open"):
        local_fund.do("receipt_issuer", settle_book, 1)


def test_that_purposes_units_and_campaigns_are_changed_with_a_trace(fund: funds.Fund) -> None:
    fund.ready("D03", "300.00")
    purpose = fund.purposes["不限定"]
    spend(fund, purpose, "120.00")
    fund.do("fund_manager", edit_purpose, purpose, "T00", "不限定用途", restricted=False)
    fund.do("fund_manager", set_purpose_active, purpose, active=False, reason="停用")
    days = (date(2026, 3, 1), None)
    fund.do("fund_manager", register_campaign, fund.unit, "植绿", "备1", days)
    fund.do("fund_manager", edit_campaign, 1, "植绿护绿", "备2", (days[0], date(2026, 12, 1)))
    with fund.as_("auditor").read() as session:
        found = master_details.purpose_detail(session, purpose)
        cells = masters.PURPOSES.rows(session, [purpose])[purpose]
        campaign = master_details.campaign_detail(session, 1)
        running = masters.CAMPAIGNS.count(session, ListQuery(filters={"running": "yes"}))
        grants = masters.GRANTS.rows(session, masters.GRANTS.ids(session, ListQuery()))
    assert (found.received, found.used, found.balance) == tuple(
        Money.parse(text) for text in ("300.00", "120.00", "180.00")
    )
    assert [one.kind for one in found.entries] == ["grant", "gift"]
    assert cells[3:6] == (found.received, found.used, found.balance)
    assert not found.active
    assert (campaign.name, campaign.filing_number, running) == ("植绿护绿", "备2", 1)
    assert len(grants) == 1
    with pytest.raises(InputError):
        fund.do("fund_manager", edit_purpose, purpose, "T01", "又", restricted=True)
    with pytest.raises(NotPermitted):
        fund.do("cashier", set_purpose_active, purpose, active=True, reason="用")


def test_that_a_unit_keeps_its_account_when_its_form_shows_it_masked(
    local_fund: funds.Fund,
) -> None:
    fund = local_fund
    with fund.as_("auditor").read() as session:
        before = master_details.unit_detail(session, fund.unit)
    assert "*" in before.account_mask
    assert before.qualified
    content = UnitContent(name=before.name, credit_code=before.credit_code, bank="另一家银行")
    fund.do("fund_manager", edit_unit, fund.unit, before.version, content, keep_account=True)
    with pytest.raises(StaleRecord):
        fund.do("fund_manager", edit_unit, fund.unit, before.version, content, keep_account=True)
    with fund.as_("auditor").read() as session:
        after = master_details.unit_detail(session, fund.unit)
    assert (after.bank, after.account_mask) == ("另一家银行", before.account_mask)
    fund.do(
        "fund_manager", set_unit_active, fund.unit, after.version, active=False, reason="换单位"
    )
    with fund.as_("auditor").read() as session:
        assert masters.unit_choices(session) == ()


def test_that_reports_are_lists_that_sort_and_filter(fund: funds.Fund) -> None:
    fund.ready("D03", "300.00", received_on=date(2026, 3, 2))
    code = fund.ready("D01", "1000.00", received_on=date(2026, 5, 2), form=Form.CASH)
    fund.issue(code, Way.OWN)
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    with fund.as_("fund_manager").read() as session:
        found = reports.overview(session, first, last)
        by = report_lists.tallies(first, last, "form")
        order = by.ids(session, ListQuery(sort="amount", descending=True))
        cells = [[as_text(cell) for cell in by.rows(session, [key])[key]] for key in order]
        ledger = report_lists.ledger(Way.OWN, 2026)
        numbers = ledger.ids(session, ListQuery())
        nothing = ledger.ids(session, ListQuery(text="没有"))
        public = report_lists.disclosure(first, last)
        listed = public.count(session, ListQuery())
        assert ledger.record(1) == ("receipt", session.scalars(select(Receipt.id)).one())
        assert by.record(1) is None
    assert (found.all.count, found.all.amount) == (2, Money.parse("1300.00"))
    assert found.all.receipted == Money.parse("1000.00")
    assert [one.key for one in found.by_month][:3] == ["2026-01", "2026-02", "2026-03"]
    assert len(found.by_month) == 12
    assert [row[2] for row in cells] == ["1,000.00", "300.00"]
    assert (len(numbers), nothing, listed) == (1, [], 2)
    with pytest.raises(NotPermitted), fund.as_("receipt_issuer").read() as session:
        reports.overview(session, first, last)


def test_that_donations_are_found_by_month(local_fund: funds.Fund) -> None:
    local_fund.give("D03", "5.00", received_on=date(2026, 2, 28))
    local_fund.give("D03", "6.00", received_on=date(2026, 3, 1))
    with local_fund.as_("auditor").read() as session:
        found = DONATIONS.count(session, ListQuery(filters={"month": "2026-02"}))
        with pytest.raises(InputError):
            DONATIONS.ids(session, ListQuery(filters={"month": "2026-13"}))
    assert found == 1


def test_that_the_closing_of_a_day_adds_up_money_only(local_fund: funds.Fund) -> None:
    fund, day = local_fund, date(2026, 11, 10)
    goods = (
        Item(name="苗", quantity=Decimal(100), unit_price=Money.parse("1.25"), proof="评估报告"),
    )
    fund.issue(fund.ready(amount="300.00", form=Form.CASH), Way.OWN)
    fund.take(fund.give(amount="12.34"))
    fund.take(fund.give(amount="125.00", form=Form.IN_KIND, items=goods))
    with fund.as_("fund_manager").write() as session:
        facts = facts_of(session, close_day(session, fund.unit, day).id)
    rows = {one["form"]: (one["amount"], one["receipted"]) for one in facts["items"]}
    assert rows == {
        "现金": ("300.00", "300.00"),
        "银行转账": ("12.34", "0.00"),
        "实物": ("——", "——"),
    }
    assert (facts["total"], facts["receipted"], facts["unreceipted"]) == (
        "312.34", "300.00", "12.34",
    )  # fmt: skip
