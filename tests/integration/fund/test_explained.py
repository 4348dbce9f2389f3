"""Numbers, books and months explain themselves on paper, whatever happens to them later."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2

from core.clock import FixedClock
from core.documents.service import DocumentSummary, bytes_of, facts_of, issue_pending
from core.fund import papers, reports
from core.fund.books import hand_out
from core.fund.changes import COPIES, ChangeReceipt, decide_change, request_change
from core.fund.donations import find_donation
from core.fund.reconciliation import reconciliation_paper
from core.fund.statements import import_statement, statements
from core.fund.states import ChangeKind, Way
from core.fund.stock_papers import register_paper
from core.office import open_database
from tests import databases
from tests import fund as funds
from tests.papers import authority


def text_of(data: bytes) -> str:
    """What a paper says, without its breaks."""
    with pypdfium2.PdfDocument(data) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def told(fund: funds.Fund, way: Way) -> dict[str, tuple[str, str]]:
    with fund.as_("auditor").read() as session:
        rows = reports.receipt_ledger(session, way, 2026)
    return {one.number: (one.state, one.reason) for one in rows if one.reason}


def facts(fund: funds.Fund, paper: object) -> dict[str, object]:
    assert isinstance(paper, DocumentSummary)
    with fund.as_("auditor").read() as session:
        return dict(facts_of(session, paper.id))


def test_that_reversed_and_red_numbers_name_each_other_and_why(fund: funds.Fund) -> None:
    code = fund.ready(amount="100.00")
    fund.issue(code, Way.OFFICIAL, official=funds.official(1, "100.00"))
    fund.undo("0000000001", "抬头有误", red=funds.official(2, "-100.00"))
    again = funds.official(3, "100.00")
    fund.issue(code, Way.OFFICIAL, official=again, replaces="34050126-0000000001")
    assert told(fund, Way.OFFICIAL) == {
        "34050126-0000000001": (
            "已冲红",
            "由红字票34050126-0000000002冲红，原因：抬头有误；已重开为34050126-0000000003",
        ),
        "34050126-0000000002": ("红字", "冲红原票34050126-0000000001，原因：抬头有误"),
        "34050126-0000000003": ("有效", "重开，原票34050126-0000000001"),
    }


def test_that_void_sheets_and_letters_name_their_reason_and_successor(
    fund: funds.Fund, tmp_path: Path
) -> None:
    for way in (Way.STOCK, Way.OWN):
        code = fund.ready()
        number = fund.issue(code, way)
        issue_pending(fund.as_("receipt_issuer"), authority(tmp_path).signer())
        fund.undo(number, "金额写错")
        fund.issue(code, way, replaces=number)
        void, valid = told(fund, way).values()
        assert void[0] == "已作废"
        assert void[1].startswith("作废原因：金额写错；已重开为")
        assert valid[1].startswith("重开，原票")


def test_that_a_past_month_stays_as_it_was(fund: funds.Fund) -> None:
    number = fund.issue(fund.ready(amount="80.00"), Way.STOCK)
    with fund.as_("fund_manager").read() as session:
        (before,) = reports.stock_month(session, fund.unit, 2026, 11)
    change = ChangeReceipt(
        receipt_id=fund.receipt(number)[0],
        version=fund.receipt(number)[1],
        kind=ChangeKind.VOID,
        reason="写错",
        copies=COPIES,
    )
    december_3 = FixedClock(datetime(2026, 12, 3, 2, tzinfo=UTC))
    url = databases.url_of(fund.database)
    with (
        closing(open_database(url, "receipt_issuer", databases.PASSWORD, december_3)) as issuer,
        closing(open_database(url, "receipt_reviewer", databases.PASSWORD, december_3)) as second,
    ):
        with issuer.write() as session:
            request_change(session, change)
        with second.write() as session:
            decide_change(session, *fund.receipt(number), agree=True)
    with fund.as_("fund_manager").read() as session:
        (again,) = reports.stock_month(session, fund.unit, 2026, 11)
        (december,) = reports.stock_month(session, fund.unit, 2026, 12)
    assert again == before
    assert (before.issued, before.void, before.amount.plain) == (1, 0, "80.00")
    assert (december.opening, december.issued, december.void, december.closing) == (49, 0, 0, 49)
    assert december.void_earlier == 1
    assert before.agrees
    assert december.agrees


def test_that_a_sheet_declared_void_in_its_month_counts_as_void(fund: funds.Fund) -> None:
    fund.undo(fund.issue(fund.ready(), Way.STOCK))
    with fund.as_("fund_manager").read() as session:
        (month,) = reports.stock_month(session, fund.unit, 2026, 11)
    assert (month.issued, month.void, month.void_earlier, month.agrees) == (0, 1, 0, True)


def test_that_every_paper_names_the_same_holder_of_a_book(local_fund: funds.Fund) -> None:
    fund = local_fund
    for holder in ("", "陆遥"):
        if holder:
            fund.do("receipt_issuer", hand_out, 1, holder)
        settled = facts(fund, fund.do("fund_manager", papers.settle_paper, 1))
        listed = facts(fund, fund.do("fund_manager", register_paper, fund.unit))["items"]
        assert isinstance(listed, list)
        (line,) = listed
        assert settled["received_by"] == line["holder"]
        assert settled["received_by"]
        assert settled["received_by"] == holder or not holder


def test_that_a_certificate_names_only_a_purpose_the_giver_set(local_fund: funds.Fund) -> None:
    fund = local_fund
    free = fund.ready()
    bound = fund.ready(purpose_id=fund.purposes["国储林造林"])
    for code, purpose in ((free, None), (bound, "国储林造林")):
        with fund.as_("fund_manager").write() as session:
            paper = papers.thank(session, find_donation(session, code).id)
        assert facts(fund, paper).get("purpose") == purpose


def test_that_balances_of_a_statement_are_reconciled(
    local_fund: funds.Fund, tmp_path: Path
) -> None:
    fund = local_fund
    path = tmp_path / "流水.csv"
    path.write_text(
        "交易日期,借方金额,贷方金额,余额,对方户名\n"
        "2026-11-03,,30.00,120.00,王喆\n"
        "2026-11-02,20.00,,90.00,某某\n"
        "2026-11-01,,10.00,110.00,李犇\n",
        encoding="utf-8",
    )
    with fund.as_("cashier").write() as session:
        import_statement(session, "甲银行", path)
    paper = fund.do(
        "fund_manager", reconciliation_paper, fund.unit, date(2026, 11, 1), date(2026, 11, 30)
    )
    assert facts(fund, paper)["accounts"] == [
        {
            "bank": "甲银行", "opening": "100.00", "credits": "40.00", "debits": "20.00",
            "closing": "120.00", "check": "相符",
        }
    ]  # fmt: skip
    with fund.as_("cashier").read() as session:
        (one,) = statements(session)
    assert (one.credits, one.left_out) == (2, 1)


def test_that_a_paper_without_balances_says_so(local_fund: funds.Fund, tmp_path: Path) -> None:
    fund = local_fund
    with fund.as_("cashier").write() as session:
        import_statement(session, "样例银行", funds.SAMPLE / "bank_statement.csv")
    with fund.as_("fund_manager").write() as session:
        made = reconciliation_paper(session, fund.unit, date(2026, 1, 1), date(2026, 11, 25))
    issue_pending(fund.as_("fund_manager"), authority(tmp_path).signer())
    with fund.as_("auditor").read() as session:
        data = bytes_of(session, made.id)
    assert "不核对期初、期末余额" in text_of(data)
