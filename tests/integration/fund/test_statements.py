"""A statement is taken back as a whole while none of its lines is settled, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from core.audit.agreement import compare_rows
from core.audit.chain import verify_chain
from core.errors import InputError, NotPermitted, RuleViolation
from core.fund import bank, statements
from core.fund.bank_model import BankLine, BankMapping
from core.fund.donations import record
from core.fund.states import Way
from tests import fund as funds

STATEMENT = funds.SAMPLE / "bank_statement.csv"
BANK = "样例银行"


def read(fund: funds.Fund, name: str = BANK, path: Path = STATEMENT) -> list[int]:
    with fund.as_("cashier").write() as session:
        return statements.import_statement(session, name, path)


def the_statement(fund: funds.Fund) -> statements.StatementSummary:
    with fund.as_("auditor").read() as session:
        return statements.statements(session)[0]


def lines(fund: funds.Fund) -> int:
    with fund.as_("auditor").read() as session:
        return session.scalar(select(func.count()).select_from(BankLine)) or 0


def undo(fund: funds.Fund, login: str = "cashier", reason: str = "银行选错") -> object:
    return fund.do(login, statements.undo_statement, the_statement(fund).id, reason)


def settle_one(fund: funds.Fund) -> int:
    """The line without doubt becomes its donation; its id."""
    row = next(one for one in funds.table("donations") if one["donation_id"] == "N01")
    fund.do("cashier", record, funds.sample_content(fund, row))
    with fund.as_("cashier").write() as session:
        (line,) = bank.confirm_each_sure(session)
    return line


def test_that_a_statement_nobody_settled_is_taken_back_and_read_anew(fund: funds.Fund) -> None:
    assert len(read(fund)) == 6
    assert undo(fund) == 6
    kept = the_statement(fund)
    assert (kept.bank, kept.credits, kept.lines) == (BANK, 6, 0)
    assert kept.undone_by
    assert lines(fund) == 0
    with pytest.raises(RuleViolation, match=r"fund\.statement_undone"):
        undo(fund)
    assert len(read(fund, "另一家银行")) == 6
    with fund.as_("auditor").read() as session:
        assert verify_chain(session).intact
        assert compare_rows(session).good


def test_that_settled_lines_are_named_and_nothing_is_removed(fund: funds.Fund) -> None:
    read(fund)
    line = settle_one(fund)
    with pytest.raises(RuleViolation) as refused:
        undo(fund)
    assert refused.value.code == "fund.statement_used"
    assert refused.value.params["count"] == 1
    assert "滁州皖东栖岭热电有限公司" in str(refused.value.params["lines"])
    assert "N01" in str(refused.value.params["lines"])
    assert lines(fund) == 6
    fund.do("cashier", bank.reopen, line, "认错了")
    assert undo(fund) == 6


def test_that_the_database_itself_keeps_a_settled_line(fund: funds.Fund) -> None:
    read(fund)
    line = settle_one(fund)
    with pytest.raises(RuleViolation), fund.as_("cashier").write() as session:
        session.execute(delete(BankLine).where(BankLine.id == line))
    assert lines(fund) == 6


def test_that_undoing_needs_a_reason_and_the_cashier(local_fund: funds.Fund) -> None:
    fund = local_fund
    read(fund)
    with pytest.raises(InputError):
        undo(fund, reason=" ")
    with pytest.raises(NotPermitted):
        undo(fund, "receipt_issuer")
    assert lines(fund) == 6


def test_that_a_file_read_under_a_wrong_bank_is_not_read_twice(local_fund: funds.Fund) -> None:
    fund = local_fund
    read(fund, "错的银行")
    with pytest.raises(RuleViolation) as refused:
        read(fund)
    assert refused.value.code == "fund.bank_other"
    assert refused.value.params["bank"] == "错的银行"
    undo(fund)
    assert len(read(fund)) == 6


def test_that_two_banks_may_tell_an_equal_credit(fund: funds.Fund, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    head, equal = "交易日期,贷方金额,对方户名\n", "2026-06-21,12.37,利息\n"
    first.write_text(head + equal, encoding="utf-8")
    second.write_text(head + equal + "2026-06-22,5.00,王喆\n", encoding="utf-8")
    assert len(read(fund, "甲银行", first)) == 1
    assert len(read(fund, "乙银行", second)) == 2


def test_that_the_columns_of_a_bank_are_forgotten_with_its_last_line(
    local_fund: funds.Fund, tmp_path: Path
) -> None:
    fund = local_fund
    path = tmp_path / "a.csv"
    path.write_text("哪天,多少,谁\n2026-04-01,5.00,王喆\n", encoding="utf-8")
    mapping = {"trade_date": "哪天", "credit": "多少", "payer_name": "谁"}
    with fund.as_("cashier").write() as session:
        statements.import_statement(session, "甲银行", path, mapping)
    path.write_text("哪天,多少,谁\n2026-04-02,6.00,王喆\n", encoding="utf-8")
    read(fund, "甲银行", path)
    undo(fund)
    with fund.as_("auditor").read() as session:
        assert session.scalar(select(BankMapping.bank)) == "甲银行"
        left = [one for one in statements.statements(session) if not one.undone_by]
    fund.do("cashier", statements.undo_statement, left[0].id, "重读")
    with fund.as_("auditor").read() as session:
        assert session.scalar(select(BankMapping.bank)) is None


def test_that_an_overlapping_statement_owns_only_its_new_lines(
    local_fund: funds.Fund, tmp_path: Path
) -> None:
    fund = local_fund
    read(fund)
    settle_one(fund)
    longer = tmp_path / "longer.csv"
    text = STATEMENT.read_text(encoding="utf-8-sig")
    row = text.splitlines()[1].replace("N01", "")
    longer.write_text(text.rstrip("\n") + "\n" + row + "\n", encoding="utf-8")
    assert len(read(fund, BANK, longer)) == 1
    assert (the_statement(fund).credits, the_statement(fund).lines) == (7, 1)
    assert undo(fund) == 1
    assert lines(fund) == 6
    assert fund.issue(fund.ready(), Way.OWN)
