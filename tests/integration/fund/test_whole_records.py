"""Whole records for the page: what belongs to a donation, a receipt, a commitment; batches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from core.errors import InputError, NotPermitted, RuleViolation, StaleRecord
from core.fund.arrivals import Arrival, arrive_each, note_arrival, review_each
from core.fund.batches import issue_batch, log_printed
from core.fund.choices import choices, donor_card, next_in_stock
from core.fund.details import donation_detail, donation_links, in_groups, receipt_detail
from core.fund.donors import PledgeContent, donor_facts, promise
from core.fund.pledges import PLEDGES, cancel_pledge, open_pledges, pledge_detail
from core.fund.rebooking import rebook_to_party
from core.fund.receipt_model import Receipt
from core.fund.receipts import IssueReceipt
from core.fund.states import DonationState, Form, ReceiptState, Way
from core.parties.service import RegisterPerson, register_person
from core.values.identity import IdKind
from core.values.listing import ListQuery
from core.values.money import Money
from tests.fund import Fund, official

TODAY = date(2026, 11, 25)


def commands(fund: Fund, *codes: str) -> list[IssueReceipt]:
    return [IssueReceipt(donations=(fund.donation(code),), way=Way.OWN) for code in codes]


def test_that_a_donation_names_everything_that_belongs_to_it(local_fund: Fund) -> None:
    code = local_fund.ready("D01", "116409.02", bank_reference="REF1", payer_tail="0017")
    number = local_fund.issue(code, Way.STOCK)
    local_fund.undo(number)
    again = local_fund.issue(code, Way.STOCK, replaces=number)
    with local_fund.as_("auditor").read() as session:
        found = donation_detail(session, local_fund.donation(code)[0])
        old = receipt_detail(session, local_fund.receipt(number)[0])
        new = receipt_detail(session, local_fund.receipt(again)[0])
    assert (found.code, found.state, found.amount_text) == (
        code,
        DonationState.RECEIPTED,
        "116,409.02",
    )
    assert found.capitals == "人民币壹拾壹万陆仟肆佰零玖元零贰分"
    assert [(one.id, one.state) for one in found.receipts] == [
        (new.id, ReceiptState.ISSUED),
        (old.id, ReceiptState.VOID),
    ]
    assert "*" in found.unit.account_mask
    assert old.followed_by is not None
    assert new.follows is not None
    assert (old.followed_by.id, new.follows.id) == (new.id, old.id)
    assert (new.book, len(new.donations)) == ("样例01", 1)
    assert new.facts["payer"] == found.donor.title
    assert found.cashier_id != found.reviewer_id


def test_that_a_red_receipt_and_its_request_are_seen_from_both_sides(local_fund: Fund) -> None:
    code = local_fund.ready("D03", "1409.50")
    number = local_fund.issue(code, Way.OFFICIAL, official=official(817620, "1409.50"))
    local_fund.undo(number, red=official(817621, "-1409.50"))
    with local_fund.as_("auditor").read() as session:
        found = receipt_detail(session, local_fund.receipt(number)[0])
        red = receipt_detail(session, found.reds[0].id)
    assert (found.state, found.request, found.left) == (ReceiptState.REVERSED, None, Money(0))
    assert (red.amount_text, red.state) == ("-1,409.50", ReceiptState.NEGATIVE)
    assert red.reverses is not None
    assert red.reverses.id == found.id
    assert [one.filename for one in found.files] == ["票据.pdf"]


def test_that_an_arrival_notes_what_the_bank_says(fund: Fund) -> None:
    code = fund.give("D03")
    seen = Arrival(received_on=date(2026, 11, 20), bank_reference=" 2026 1120 ", payer_tail="0017")
    later = replace(seen, received_on=date(2026, 11, 26))
    with pytest.raises(InputError):
        fund.do("cashier", note_arrival, *fund.donation(code), later)
    with pytest.raises(NotPermitted):
        fund.do("receipt_issuer", note_arrival, *fund.donation(code), seen)
    old = fund.donation(code)
    fund.do("cashier", note_arrival, *old, seen)
    with pytest.raises(StaleRecord):
        fund.do("cashier", note_arrival, *old, seen)
    with fund.as_("auditor").read() as session:
        found = donation_detail(session, old[0])
    assert (found.state, found.content.received_on) == (DonationState.ARRIVED, seen.received_on)
    assert (found.content.bank_reference, found.content.payer_tail) == ("2026 1120", "0017")


def test_that_many_arrive_and_are_reviewed_together_or_not_at_all(local_fund: Fund) -> None:
    codes = [local_fund.give("D03"), local_fund.give("D04")]
    chosen = [local_fund.donation(code) for code in codes]
    assert local_fund.do("cashier", arrive_each, chosen) == 2
    refused = local_fund.give("D01")
    mixed = [*(local_fund.donation(code) for code in codes), local_fund.donation(refused)]
    with pytest.raises(RuleViolation):
        local_fund.do("receipt_reviewer", review_each, mixed)
    with local_fund.as_("auditor").read() as session:
        states = {one.state for one in donation_links(session, [one[0] for one in chosen])}
    assert states == {DonationState.ARRIVED}
    assert local_fund.do("receipt_reviewer", review_each, mixed[:2]) == 2


def test_that_one_barred_receipt_stops_no_other_and_a_repeat_makes_none(fund: Fund) -> None:
    good = [fund.ready("D03"), fund.ready("D04", "0.01")]
    barred = fund.give("D01")
    wanted = commands(fund, good[0], barred, good[1])
    request = uuid4()
    first = fund.do("receipt_issuer", issue_batch, wanted, request)
    assert isinstance(first, list)
    assert [one.receipt_id is not None for one in first] == [True, False, True]
    assert first[1].fault is not None
    assert first[1].fault.code == "fund.money_missing"
    assert all(len(one.documents) == 1 for one in (first[0], first[2]))
    again = fund.do("receipt_issuer", issue_batch, list(reversed(wanted)), request)
    assert isinstance(again, list)
    assert [one.receipt_id for one in again] == [one.receipt_id for one in reversed(first)]
    with fund.as_("auditor").read() as session:
        numbers = session.scalars(select(Receipt.number).order_by(Receipt.id)).all()
    assert numbers == ["明林碳捐〔2026〕第000001号", "明林碳捐〔2026〕第000002号"]
    with pytest.raises(NotPermitted):
        fund.do("cashier", issue_batch, wanted, uuid4())


def test_that_a_batch_is_grouped_by_donor_unit_and_year(local_fund: Fund) -> None:
    codes = [local_fund.ready("D03"), local_fund.ready("D04"), local_fund.ready("D03", "200.00")]
    codes.append(local_fund.ready("D03", received_on=date(2025, 12, 31)))
    with local_fund.as_("auditor").read() as session:
        links = donation_links(session, [local_fund.donation(code)[0] for code in codes])
    assert len(in_groups(links, joint=False)) == 4
    joint = in_groups(links, joint=True)
    assert sorted(len(group) for group in joint) == [1, 1, 2]
    assert all(len({(one.donor_id, one.year) for one in group}) == 1 for group in joint)


def test_that_looking_at_the_stock_takes_no_sheet(local_fund: Fund) -> None:
    with local_fund.as_("receipt_issuer").read() as session:
        first = next_in_stock(session, local_fund.unit, TODAY)
        assert first == next_in_stock(session, local_fund.unit, TODAY)
        assert next_in_stock(session, local_fund.unit, date(2027, 12, 1)) is None
    assert first is not None
    assert (first.number, first.left) == ("0000000001", 50)
    number = local_fund.issue(local_fund.ready("D03"), Way.STOCK)
    assert number == first.number
    with local_fund.as_("receipt_issuer").read() as session:
        after = next_in_stock(session, local_fund.unit, TODAY)
    assert after is not None
    assert (after.number, after.left) == ("0000000002", 49)
    local_fund.do("receipt_issuer", log_printed, local_fund.receipt(number)[0], ("HP", "Tray1"))
    with pytest.raises(NotPermitted):
        local_fund.do("auditor", log_printed, local_fund.receipt(number)[0], ("HP", "Tray1"))


def test_that_a_commitment_counts_what_has_arrived(fund: Fund) -> None:
    content = PledgeContent(
        donor_id=fund.donors["D01"],
        purpose_id=fund.purposes["碳汇计量监测"],
        amount=Money.parse("150000"),
        agreement="样例协议1号",
        due_on=date(2026, 11, 1),
    )
    pledge = fund.do("cashier", promise, content)
    assert isinstance(pledge, int)
    code = fund.give("D01", "100000", pledge_id=pledge)
    fund.give("D01", "50000", pledge_id=pledge)
    assert listed(fund, "overdue") == [pledge]
    fund.take(code)
    with fund.as_("auditor").read() as session:
        found = pledge_detail(session, pledge)
        card = donor_card(session, found.donor.party_id)
        cells = PLEDGES.rows(session, [pledge])[pledge]
    assert (str(found.line.arrived), str(found.line.left)) == ("100,000.00", "50,000.00")
    assert [line.id for line in card.pledges] == [pledge]
    assert Money.parse("100000") in cells
    assert len(found.instalments) == 2
    fund.do("cashier", cancel_pledge, pledge, found.line.version, "企业经营困难")
    assert (listed(fund, "open"), listed(fund, "cancelled")) == ([], [pledge])
    with fund.as_("auditor").read() as session:
        assert open_pledges(session, fund.donors["D01"]) == []
        again = pledge_detail(session, pledge)
    with pytest.raises(RuleViolation):
        fund.do("cashier", cancel_pledge, pledge, again.line.version, "再次取消")


def listed(fund: Fund, state: str) -> list[int]:
    with fund.as_("auditor").read() as session:
        query = ListQuery(filters={"state": state})
        ids = list(PLEDGES.ids(session, query))
        assert PLEDGES.count(session, query) == len(ids)
    return ids


def test_that_a_party_becomes_a_donor_when_a_gift_is_moved_to_it(fund: Fund) -> None:
    code = fund.ready("D03")
    with fund.as_("cashier").write() as session:
        party = register_person(
            session,
            RegisterPerson(name="𬱖𫖯", id_kind=IdKind.NONE, number="", no_number_reason="未提供"),
        ).id
    seen = fund.donation(code)
    with pytest.raises(NotPermitted):
        fund.do("cashier", rebook_to_party, *seen, party, "户名有误")
    new = fund.do("fund_manager", rebook_to_party, *seen, party, "户名有误")
    assert isinstance(new, int)
    with fund.as_("auditor").read() as session:
        old, moved = donation_detail(session, seen[0]), donation_detail(session, new)
    assert old.moved_to is not None
    assert moved.moved_from is not None
    assert (old.moved_to.id, moved.moved_from.code) == (new, code)
    assert (moved.donor.name, moved.state) == ("𬱖𫖯", DonationState.ARRIVED)


def test_that_forms_offer_what_is_in_use(local_fund: Fund) -> None:
    with local_fund.as_("auditor").read() as session:
        found = choices(session, TODAY)
        donor = donor_facts(session, local_fund.donors["D05"])
        said = donor_card(session, donor.party_id).said
        count = session.scalar(select(func.count()).select_from(Receipt))
    assert [title for _id, title in found.units] == ["滁州市林业碳汇公益基金会（样例）"]
    assert any("国储林造林" in title for _id, title in found.purposes)
    assert said is not None
    assert said.anonymous == donor.anonymous
    assert (count, Form.CASH.is_money) == (0, True)
