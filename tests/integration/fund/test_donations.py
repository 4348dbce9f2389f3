"""Gifts, balances, refunds, moves, permissions and duties, on both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import history, settings
from core.errors import InputError, NotPermitted, RuleViolation, StaleRecord
from core.fund import balances
from core.fund.changes import ChangeReceipt, decide_change, request_change
from core.fund.donation_input import DonationContent, Item
from core.fund.donations import (
    arrive,
    content_of,
    correct,
    find_donation,
    rebook,
    record,
    refund,
    review,
)
from core.fund.donors import PledgeContent, outstanding, promise
from core.fund.judging import check
from core.fund.model import Donation, FundEntry, Purpose
from core.fund.receipt_model import Receipt, ReceiptLine
from core.fund.receipts import IssueReceipt, issue
from core.fund.setup import reveal_account
from core.fund.states import ChangeKind, DonationState, Form, Nature, Way
from core.values.money import Money
from tests import fund as funds


def balance(fund: funds.Fund, name: str = "不限定") -> Money:
    with fund.as_("auditor").read() as session:
        assert balances.wrong(session) == []
        return session.scalars(select(Purpose.balance).where(Purpose.name == name)).one()


def state(fund: funds.Fund, code: str) -> DonationState:
    with fund.as_("auditor").read() as session:
        return find_donation(session, code).state


def test_that_money_counts_once_it_is_there(fund: funds.Fund) -> None:
    code = fund.give(amount="1409.50")
    assert balance(fund) == Money(0)
    fund.take(code)
    assert balance(fund) == Money.parse("1409.50")
    with pytest.raises(RuleViolation, match=r"fund\.wrong_state"):
        fund.take(code)
    assert balance(fund) == Money.parse("1409.50")


def test_that_cashier_reviewer_and_issuer_are_three_people(fund: funds.Fund) -> None:
    """Even who holds every role cannot do two of the three."""
    code = fund.give()
    donation, version = fund.donation(code)
    fund.do("all", arrive, donation, version)
    with pytest.raises(RuleViolation, match=r"fund\.cashier_reviews"):
        fund.do("all", review, *fund.donation(code))
    fund.agree(code)
    command = IssueReceipt(donations=(fund.donation(code),), way=Way.STOCK)
    with pytest.raises(RuleViolation, match=r"fund\.same_person"):
        fund.do("all", issue, command)
    assert fund.issue(code, Way.STOCK) == "0000000001"


@pytest.mark.parametrize("login", ["cashier", "receipt_reviewer", "fund_manager", "clerk"])
def test_that_only_the_issuer_issues(local_fund: funds.Fund, login: str) -> None:
    code = local_fund.ready()
    command = IssueReceipt(donations=(local_fund.donation(code),), way=Way.OWN)
    with pytest.raises(NotPermitted):
        local_fund.do(login, issue, command)


def test_that_a_gift_is_in_one_valid_receipt(fund: funds.Fund) -> None:
    code = fund.ready()
    number = fund.issue(code, Way.OWN)
    with pytest.raises(RuleViolation, match=r"fund\.already_receipted"):
        fund.issue(code, Way.STOCK)
    donation, _version = fund.donation(code)
    receipt, _version = fund.receipt(number)
    with pytest.raises((RuleViolation, IntegrityError)), fund.as_("receipt_issuer").write() as s:
        s.add(ReceiptLine(receipt_id=receipt, donation_id=donation, amount=None, live=True))


def test_that_a_receipted_gift_is_locked(fund: funds.Fund) -> None:
    code = fund.ready()
    number = fund.issue(code, Way.STOCK)
    with fund.as_("auditor").read() as session:
        content = content_of(session, find_donation(session, code))
    calls = (
        ("cashier", correct, (content, "改")),
        ("fund_manager", refund, ("退",)),
        ("fund_manager", rebook, (fund.donors["D01"], "错人")),
    )
    for login, verb, more in calls:
        with pytest.raises(RuleViolation, match=r"fund\.locked"):
            fund.do(login, verb, *fund.donation(code), *more)
    fund.undo(number)
    fund.do("fund_manager", refund, *fund.donation(code), "捐赠人撤回")
    assert state(fund, code) is DonationState.REFUNDED
    assert balance(fund) == Money(0)
    with pytest.raises(RuleViolation, match=r"fund\.refunded"):
        fund.issue(code, Way.STOCK)


def test_that_a_refund_takes_only_what_is_left(fund: funds.Fund) -> None:
    from core.fund.grants import GrantContent, decide_grant, request_grant

    code = fund.ready(amount="100.00")
    content = GrantContent(
        purpose_id=fund.purposes["不限定"], payee="院", subject="测", amount=Money.parse("30.00")
    )
    grant = fund.do("fund_manager", request_grant, content)
    fund.do("approver", decide_grant, grant, 1, agree=True)
    with pytest.raises(RuleViolation, match=r"fund\.balance_short"):
        fund.do("fund_manager", refund, *fund.donation(code), "撤回")
    assert state(fund, code) is DonationState.REVIEWED
    assert balance(fund) == Money.parse("70.00")


def test_that_a_move_leaves_a_trace_and_no_money_behind(fund: funds.Fund) -> None:
    code = fund.ready(amount="100.00")
    new = fund.do("fund_manager", rebook, *fund.donation(code), fund.donors["D01"], "户名录错")
    assert state(fund, code) is DonationState.REBOOKED
    assert balance(fund) == Money.parse("100.00")
    with fund.as_("auditor").read() as session:
        moved = session.get_one(Donation, new)
        assert (moved.state, moved.donor_id) == (DonationState.ARRIVED, fund.donors["D01"])
        assert moved.rebooked_from_id == find_donation(session, code).id
        events = history.timeline(session, "donation", moved.rebooked_from_id or 0)
    assert events[-1].event == "rebooked"
    assert events[-1].reason == "户名录错"


def test_that_a_correction_moves_the_balances_and_asks_for_a_new_review(fund: funds.Fund) -> None:
    code = fund.ready(amount="100.00")
    from dataclasses import replace

    with fund.as_("auditor").read() as session:
        content = content_of(session, find_donation(session, code))
    content = replace(
        content, amount=Money.parse("80.00"), purpose_id=fund.purposes["碳汇宣传培训"]
    )
    fund.do("cashier", correct, *fund.donation(code), content, "录错")
    assert balance(fund) == Money(0)
    assert balance(fund, "碳汇宣传培训") == Money.parse("80.00")
    assert state(fund, code) is DonationState.ARRIVED


def test_that_a_void_needs_a_second_person_and_frees_the_gift(fund: funds.Fund) -> None:
    code = fund.ready()
    number = fund.issue(code, Way.STOCK)
    receipt, version = fund.receipt(number)
    command = ChangeReceipt(
        receipt_id=receipt, version=version, kind=ChangeKind.VOID, reason="污损",
        copies=("存根", "收据", "记账"),
    )  # fmt: skip
    fund.do("all", request_change, command)
    with pytest.raises(RuleViolation, match=r"fund\.change_same"):
        fund.do("all", decide_change, *fund.receipt(number), agree=True)
    with pytest.raises(RuleViolation, match=r"fund\.change_waits"):
        fund.do("receipt_issuer", request_change, command)
    fund.do("receipt_reviewer", decide_change, *fund.receipt(number), agree=False)
    assert state(fund, code) is DonationState.RECEIPTED
    fund.undo(number)
    assert state(fund, code) is DonationState.REVIEWED
    again = fund.issue(code, Way.STOCK, replaces=number)
    assert again == "0000000002"
    with pytest.raises(RuleViolation, match=r"fund\.replaces"):
        fund.issue(fund.ready(), Way.STOCK, replaces=number)


def test_that_an_official_receipt_is_reversed_not_void(fund: funds.Fund) -> None:
    code = fund.ready(amount="100.00")
    with pytest.raises(InputError) as raised:
        fund.issue(code, Way.OFFICIAL, official=funds.official(1, "99.00"))
    assert raised.value.fields[0].code == "fund.official_amount"
    number = fund.issue(code, Way.OFFICIAL, official=funds.official(1, "100.00"))
    with pytest.raises(RuleViolation, match=r"fund\.must_reverse"):
        fund.undo(number)
    with pytest.raises(InputError) as raised:
        fund.undo(number, red=funds.official(2, "-50.00"))
    assert raised.value.fields[0].code == "fund.official_amount"
    fund.undo(number, red=funds.official(2, "-100.00"))
    with fund.as_("auditor").read() as session:
        amounts = [one.amount for one in session.scalars(select(Receipt))]
    assert sum((one for one in amounts if one), Money(0)) == Money(0)


def test_that_the_face_of_a_receipt_never_changes(fund: funds.Fund) -> None:
    number = fund.issue(fund.ready(), Way.STOCK)
    receipt, _version = fund.receipt(number)
    with pytest.raises(RuleViolation), fund.as_("receipt_issuer").write() as session:
        session.get_one(Receipt, receipt).title = "别人"
    refused = (RuleViolation, NotPermitted)
    with pytest.raises(refused), fund.as_("receipt_issuer").write() as session:
        session.delete(session.scalars(select(FundEntry)).first())


def test_that_sponsorship_is_kept_but_never_receipted(fund: funds.Fund) -> None:
    code = fund.ready(nature=Nature.SPONSORSHIP, benefit="活动冠名")
    for way in Way:
        with fund.as_("receipt_issuer").read() as session:
            found = [one.code for one in check(session, [fund.donation(code)[0]], way)]
        assert found == ["fund.benefit"]


def test_that_an_office_without_letters_of_its_own_issues_none(fund: funds.Fund) -> None:
    code = fund.ready()
    with fund.as_("admin").write() as session:
        settings.put(session, "fund.own_confirmation", False, settings.BEGINNING)
    with pytest.raises(RuleViolation, match=r"fund\.own_off"):
        fund.issue(code, Way.OWN)


def test_that_goods_are_valued_only_with_proof(fund: funds.Fund) -> None:
    price = Money.parse("1.25")
    plain = Item(name="麻栎苗", quantity=Decimal(20000), unit="株", unit_price=price)
    proven = Item(
        name="麻栎苗", quantity=Decimal(20000), unit="株", unit_price=price, proof="评估报告"
    )
    with pytest.raises(InputError) as raised:
        fund.give(form=Form.IN_KIND, amount="25000.00", items=(plain,))
    assert raised.value.fields[0].code == "fund.amount_unproven"
    with pytest.raises(InputError) as raised:
        fund.give(form=Form.IN_KIND, amount="24000.00", items=(proven,))
    assert raised.value.fields[0].code == "fund.amount_items"
    code = fund.ready(form=Form.IN_KIND, amount="25000.00", items=(proven,))
    assert balance(fund) == Money(0)  # goods are no money
    number = fund.issue(code, Way.STOCK)
    with fund.as_("auditor").read() as session:
        facts = session.get_one(Receipt, fund.receipt(number)[0]).facts
    assert facts["total_capital"] == "人民币贰万伍仟元整"
    assert facts["items"][0]["standard"] == "1.25"


def test_that_a_list_of_givers_adds_up(fund: funds.Fund) -> None:
    with pytest.raises(InputError) as raised:
        fund.give("D05", "600.00", members=(("甲", Money.parse("300.00")),))
    assert raised.value.fields[0].code == "fund.members_sum"


def test_that_a_repeated_command_notes_one_gift(fund: funds.Fund) -> None:
    content = DonationContent(
        donor_id=fund.donors["D03"],
        unit_id=fund.unit,
        purpose_id=fund.purposes["不限定"],
        form=Form.CASH,
        received_on=date(2026, 11, 1),
        amount=Money(100),
    )
    request = uuid4()
    first = fund.do("cashier", record, content, request)
    assert fund.do("cashier", record, content, request) == first


def test_that_instalments_count_towards_the_commitment(fund: funds.Fund) -> None:
    content = PledgeContent(
        donor_id=fund.donors["D01"],
        purpose_id=fund.purposes["不限定"],
        amount=Money.parse("100.00"),
    )
    pledge = fund.do("cashier", promise, content)
    fund.take(fund.give("D01", "40.00", pledge_id=pledge))
    fund.give("D01", "50.00", pledge_id=pledge)
    with fund.as_("auditor").read() as session:
        assert outstanding(session, int(str(pledge))) == Money.parse("60.00")


def test_that_a_stale_form_issues_nothing(fund: funds.Fund) -> None:
    code = fund.give()
    stale = fund.donation(code)
    fund.take(code)
    fund.agree(code)
    with pytest.raises(StaleRecord):
        fund.do("receipt_issuer", issue, IssueReceipt(donations=(stale,), way=Way.STOCK))


def test_that_a_joint_receipt_adds_its_gifts(fund: funds.Fund) -> None:
    codes = [fund.ready(amount="100.00"), fund.ready(amount="0.04")]
    command = IssueReceipt(donations=tuple(map(fund.donation, codes)), way=Way.STOCK)
    number = fund.number(int(str(fund.do("receipt_issuer", issue, command))))
    with fund.as_("auditor").read() as session:
        facts = session.get_one(Receipt, fund.receipt(number)[0]).facts
    assert facts["total_capital"] == "人民币壹佰元零肆分"
    assert len(facts["items"]) == 2
    other = (fund.donation(fund.ready()), fund.donation(fund.ready("D01")))
    with pytest.raises(RuleViolation, match=r"fund\.several_donors"):
        fund.do("receipt_issuer", issue, IssueReceipt(donations=other, way=Way.STOCK))


def test_that_a_look_at_an_account_is_logged(fund: funds.Fund) -> None:
    with pytest.raises(NotPermitted):
        fund.do("receipt_issuer", reveal_account, fund.unit, "核对")
    assert fund.do("cashier", reveal_account, fund.unit, "核对") == "9900000000000000011"
    with fund.as_("auditor").read() as session:
        assert history.timeline(session, "fund_unit", fund.unit)[-1].reason == "核对"


def test_that_merged_donors_keep_their_receipts(fund: funds.Fund) -> None:
    from core.fund.model import Donor
    from core.parties.queries import summary
    from core.parties.service import merge

    number = fund.issue(fund.ready("D04"), Way.STOCK)
    with fund.as_("reviewer").write() as session:
        keep, gone = (session.get_one(Donor, fund.donors[one]).party_id for one in ("D03", "D04"))
        merge(session, keep, gone, summary(session, gone).version, "同一人")
    with fund.as_("auditor").read() as session:
        receipt = session.get_one(Receipt, fund.receipt(number)[0])
        assert receipt.title == "李犇"
        assert receipt.donor_id == fund.donors["D04"]
