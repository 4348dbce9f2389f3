"""Reversals in part: off by default; when on, every balance and every receipt stays exact."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core import settings
from core.errors import InputError, RuleViolation, StaleRecord
from core.fund import balances, reports
from core.fund.changes import ChangeReceipt, decide_change, request_change
from core.fund.donations import find_donation, refund
from core.fund.model import Donation, Purpose
from core.fund.receipt_model import Receipt
from core.fund.receipts import IssueReceipt, issue
from core.fund.soundness import faults
from core.fund.states import ChangeKind, DonationState, ReceiptState, Way
from core.values.money import Money
from tests import fund as funds


def allow(fund: funds.Fund) -> None:
    with fund.as_("admin").write() as session:
        settings.put(session, "fund.partial_reversal", True, date(2026, 1, 1))


def reverse(fund: funds.Fund, number: str, red: int, part: str, code: str = "") -> None:
    """Ask for a part and agree to it."""
    receipt, version = fund.receipt(number)
    command = ChangeReceipt(
        receipt_id=receipt,
        version=version,
        kind=ChangeKind.REVERSE,
        reason="部分退款",
        red=funds.official(red, f"-{part}"),
        part=Money.parse(part),
        donation_id=fund.donation(code)[0] if code else None,
    )
    fund.do("receipt_issuer", request_change, command)
    fund.do("receipt_reviewer", decide_change, *fund.receipt(number), agree=True)


def sound(fund: funds.Fund) -> None:
    with fund.as_("fund_manager").read() as session:
        assert [one.text for one in faults(session)] == []


def test_that_a_part_is_refused_unless_the_office_allows_it(fund: funds.Fund) -> None:
    code = fund.ready(amount="1000.00")
    number = fund.issue(code, Way.OFFICIAL, official=funds.official(1, "1000.00"))
    with pytest.raises(RuleViolation, match=r"fund\.partial_off"):
        reverse(fund, number, 2, "200.00")
    allow(fund)
    for wrong in ("1000.00", "1000.01"):
        with pytest.raises(InputError) as raised:
            reverse(fund, number, 2, wrong)
        assert raised.value.fields[0].code == "fund.partial_amount"


def test_that_a_part_is_reversed_then_paid_back_then_the_rest(fund: funds.Fund) -> None:
    allow(fund)
    code = fund.ready(amount="1000.00")
    number = fund.issue(code, Way.OFFICIAL, official=funds.official(1, "1000.00"))
    seen = fund.receipt(number)
    reverse(fund, number, 2, "200.00")
    reverse(fund, number, 3, "0.04")
    sound(fund)
    assert fund.receipt(number)[1] > seen[1] + 1
    with fund.as_("fund_manager").read() as session:
        row = find_donation(session, code)
        assert (row.state, row.freed) == (DonationState.RECEIPTED, Money.parse("200.04"))
        (month,) = reports.tallies(session, date(2026, 11, 1), date(2026, 11, 30), "month")
        assert (month.amount, month.receipted) == (
            Money.parse("1000.00"),
            Money.parse("799.96"),
        )
    fund.do("fund_manager", refund, *fund.donation(code), "多汇退回")
    sound(fund)
    with fund.as_("auditor").read() as session:
        row = find_donation(session, code)
        assert (row.amount, row.freed) == (Money.parse("799.96"), Money(0))
        held = session.scalars(select(Purpose.balance).where(Purpose.name == "不限定")).one()
        assert held == Money.parse("799.96")
    with pytest.raises(RuleViolation, match=r"fund\.locked"):
        fund.do("fund_manager", refund, *fund.donation(code), "再退")
    fund.undo(number, "全额冲红", red=funds.official(4, "-799.96"))
    sound(fund)
    with fund.as_("auditor").read() as session:
        reds = session.scalars(select(Receipt.amount).where(Receipt.negative_of_id.is_not(None)))
        assert sorted(one.plain for one in reds if one) == ["-0.04", "-200.00", "-799.96"]
        assert session.get_one(Receipt, seen[0]).state is ReceiptState.REVERSED
    again = fund.issue(
        code, Way.OFFICIAL, official=funds.official(5, "799.96"), replaces=f"34050126-{number}"
    )
    sound(fund)
    with fund.as_("auditor").read() as session:
        receipt = session.get_one(Receipt, fund.receipt(again)[0])
        assert receipt.facts["total_capital"] == "人民币柒佰玖拾玖元玖角陆分"


def test_that_a_joint_receipt_asks_whose_part_it_is(fund: funds.Fund) -> None:
    allow(fund)
    codes = [fund.ready(amount="100.00"), fund.ready(amount="50.00")]
    command = IssueReceipt(
        donations=tuple(map(fund.donation, codes)),
        way=Way.OFFICIAL,
        official=funds.official(1, "150.00"),
    )
    number = fund.number(int(str(fund.do("receipt_issuer", issue, command))))
    with pytest.raises(InputError) as raised:
        reverse(fund, number, 2, "20.00")
    assert raised.value.fields[0].code == "fund.partial_gift"
    with pytest.raises(InputError):
        reverse(fund, number, 2, "60.00", codes[1])
    reverse(fund, number, 2, "20.00", codes[1])
    sound(fund)
    with fund.as_("auditor").read() as session:
        freed = {one.code: one.freed for one in session.scalars(select(Donation))}
    assert freed == {codes[0]: Money(0), codes[1]: Money.parse("20.00")}


def test_that_a_stale_screen_reverses_nothing(local_fund: funds.Fund) -> None:
    fund = local_fund
    allow(fund)
    number = fund.issue(
        fund.ready(amount="100.00"), Way.OFFICIAL, official=funds.official(1, "100.00")
    )
    receipt, version = fund.receipt(number)
    reverse(fund, number, 2, "10.00")
    command = ChangeReceipt(
        receipt_id=receipt,
        version=version,
        kind=ChangeKind.REVERSE,
        reason="全额冲红",
        red=funds.official(3, "-100.00"),
    )
    with pytest.raises(StaleRecord):
        fund.do("receipt_issuer", request_change, command)


@pytest.mark.parametrize("way", [Way.OWN, Way.STOCK])
def test_that_other_ways_know_no_part(local_fund: funds.Fund, way: Way) -> None:
    allow(local_fund)
    number = local_fund.issue(local_fund.ready(amount="100.00"), way)
    with pytest.raises(RuleViolation, match=r"fund\.must_void"):
        reverse(local_fund, number, 2, "10.00")


def test_that_the_audit_of_the_fund_finds_what_was_broken(fund: funds.Fund) -> None:
    """Mutations by hand, one after the other, each found by its own sentence."""
    code = fund.ready(amount="100.00")
    number = fund.issue(code, Way.STOCK)
    sound(fund)
    with fund.as_("fund_manager").write() as session:
        find_donation(session, code).state = DonationState.REVIEWED
        assert [one.code for one in faults(session)] == ["fund.sound_lock"]
        session.rollback()
    with fund.as_("fund_manager").write() as session:
        find_donation(session, code).amount = Money.parse("99.99")
        assert [one.code for one in faults(session)] == ["fund.sound_amount"]
        session.rollback()
    with fund.as_("fund_manager").write() as session:
        purpose = session.scalars(select(Purpose).where(Purpose.name == "不限定")).one()
        purpose.balance = Money(1)
        session.flush()
        assert [one.code for one in faults(session)] == ["fund.sound_balance"]
        assert balances.wrong(session) == ["不限定"]
        session.rollback()
    with fund.as_("fund_manager").write() as session:
        session.get_one(Receipt, fund.receipt(number)[0]).state = ReceiptState.VOID
        session.flush()
        found = {one.code for one in faults(session)}
        assert found == {"fund.sound_lock", "fund.sound_sheet"}
        session.rollback()
    sound(fund)
