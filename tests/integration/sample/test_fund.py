"""The fund of the sample office: everything the sample data demand, and something left to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.cli.sample_office import people
from core.cli.sample_office.founding import opener
from core.clock import FixedClock
from core.database import Database
from core.fund import bank, reports
from core.fund.capability import CAPABILITY
from core.fund.states import Way
from tests.integration.sample.test_demo import pdf_text
from tests.sample import Built


@pytest.fixture
def opened(built: Built, tmp_path: Path) -> Database:  # type: ignore[misc]
    """A copy as the auditor opens it on the last day of the sample office."""
    from core.cli.sample_office.build import LAST_DAY, make_clock

    copy = tmp_path / "demo.db"
    shutil.copy(built.database, copy)
    clock: FixedClock = make_clock()
    clock.set_date(LAST_DAY)
    database = opener(f"sqlite:///{copy}", people.passwords(1), clock)(people.AUDITOR)
    yield database
    database.close()


def test_that_everything_comes_out_as_the_sample_data_say(built: Built) -> None:
    rows = built.report["chapters"]
    assert [row for row in rows if not row["good"]] == []
    keys = [row["key"] for row in rows]
    assert {f"N{number:02}" for number in range(1, 9)} <= set(keys)
    # State, what bars it, and what its bank line was proposed as.
    assert keys.count("N07") == 2
    assert keys.count("N08") == 2
    assert keys.count("—") == 2


def test_that_the_papers_of_the_fund_are_written_and_marked(built: Built) -> None:
    papers = {Path(one["file"]).name for one in built.papers}
    wanted = {
        "N01-01-donation_certificate.pdf", "N02-01-receipt_reversal.pdf",
        "N05-02-donation_confirmation.pdf", "N06-01-donation_list.pdf", "N07-01-receipt_void.pdf",
        "G01-01-fund_grant_approval.pdf", "B01-01-stock_settlement.pdf",
        "D01-01-donor_statement.pdf", "D01-02-tax_explanation.pdf",
    }  # fmt: skip
    assert wanted <= papers
    kinds = {name.rpartition("-")[2] for name in papers if name.startswith("U01-")}
    assert kinds == {
        "daily_closing.pdf", "bank_reconciliation.pdf", "stock_month.pdf",
        "donation_disclosure.pdf", "receipt_ledger.pdf", "stock_register.pdf",
    }  # fmt: skip


def test_that_the_anonymous_donor_is_on_no_paper(built: Built) -> None:
    for paper in built.papers:
        assert "李犇" not in pdf_text(Path(paper["file"])), paper["file"]


def test_that_something_is_left_to_do(opened: Database) -> None:
    with opened.read() as session:
        waiting = {one.key.removeprefix("fund."): one.count(session) for one in CAPABILITY.queues}
        lines = bank.proposals(session)
        stock = reports.receipt_ledger(session, Way.STOCK, 2026)
    assert {key: count for key, count in waiting.items() if count} == {
        "no_receipt": 1, "to_review": 1, "bank_lines": 3, "pledges": 1, "stock": 1, "grants": 1,
    }  # fmt: skip
    assert [(one.donation, one.sure) for one in lines] == [
        ("N02", True), ("N08", True), ("", False),
    ]  # fmt: skip
    assert [one.state for one in stock[:5]] == ["有效", "有效", "已作废", "有效", "空白交回"]
    assert len(stock) == 50
