"""Commitments, money that goes back or to another donor, and papers for a donor."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog
from sqlalchemy import select

from core.documents.model import Document, DocumentState
from core.fund.states import DonationState, Way
from desktop.pages.fund.dialogs import DonorDialog
from desktop.pages.fund.donation_form import DonationDialog
from desktop.pages.fund.pledges import PledgesTab
from desktop.pages.fund.tax_dialog import TaxDialog
from tests.gui.pages.counter import Counter, because

# -- commitments, money back, another donor, help


def test_that_instalments_follow_a_commitment(counter: Counter) -> None:
    tab = counter.sit("cashier").show_tab("pledges")
    assert isinstance(tab, PledgesTab)
    counter.desk.settle()
    party = counter.party("D01")

    def promise_it(dialog: QDialog) -> None:
        assert isinstance(dialog, DonorDialog)
        dialog.form.set_values(
            {"amount": "150000", "purpose_id": str(counter.fund.purposes["碳汇计量监测"])}
        )
        assert not dialog.accept_button.isEnabled()
        dialog.picker.set_party(party)
        assert dialog.accept_button.isEnabled(), dialog.form.reason()
        dialog.accept_button.click()
        counter.desk.dialogs.until_closed(dialog)

    def give(dialog: QDialog) -> None:
        assert isinstance(dialog, DonationDialog)
        counter.desk.settle()
        assert dialog.picker.party() == party
        assert dialog.pledge.currentData() is not None
        dialog.forms["gift"].set_values({"amount": "100000"})
        dialog.save_button.click()
        counter.desk.dialogs.until_closed(dialog)

    counter.desk.dialogs.acts += [promise_it, give]
    tab.new_record()
    counter.desk.settle()
    tab.next_instalment()
    counter.desk.settle()
    detail = tab.view_model.state.detail
    assert detail is not None
    assert [str(one.amount) for one in detail.instalments] == ["100,000.00"]
    assert str(detail.line.left) == "150,000.00"  # noted is not arrived
    counter.fund.take(detail.instalments[0].code)
    tab.view_model.reload()
    counter.desk.settle()
    detail = tab.view_model.state.detail
    assert detail is not None
    assert str(detail.line.left) == "50,000.00"
    counter.desk.dialogs.acts.append(because("企业经营困难"))
    tab.take("cancel")
    counter.desk.settle()
    assert not tab.pane.primary.isEnabled()


def test_that_money_goes_back_or_to_the_right_donor_with_a_reason(counter: Counter) -> None:
    wrong, back = counter.fund.ready("D03"), counter.fund.ready("D03", "50.00")
    party = counter.party("D04")
    tab = counter.donations("fund_manager", counter.fund.donation(wrong)[0])

    def move(dialog: QDialog) -> None:
        assert isinstance(dialog, DonorDialog)
        dialog.picker.set_party(party)
        dialog.form.set_values({"reason": "银行户名有误"})
        dialog.accept_button.click()
        counter.desk.dialogs.until_closed(dialog)

    counter.desk.dialogs.acts.append(move)
    tab.take("rebook")
    counter.desk.settle()
    assert counter.detail(wrong).state is DonationState.REBOOKED
    detail = tab.view_model.state.detail
    assert detail is not None
    assert (detail.donor.party_id, detail.state) == (party.id, DonationState.ARRIVED)
    tab.open_record("donation", counter.fund.donation(back)[0])
    counter.desk.settle()
    counter.desk.dialogs.acts.append(because("捐赠人撤回"))
    tab.take("refund")
    counter.desk.settle()
    assert counter.detail(back).state is DonationState.REFUNDED


def test_that_papers_for_a_donor_are_prepared_and_signed(counter: Counter) -> None:
    code = counter.fund.ready("D01", "116409.02")
    counter.fund.issue(code, Way.OWN)
    tab = counter.donations("fund_manager", counter.fund.donation(code)[0])
    tab.take("thank")
    counter.desk.settle()
    counter.desk.settle()

    def state_year(dialog: QDialog) -> None:
        assert isinstance(dialog, DonorDialog)
        dialog.accept_button.click()
        counter.desk.dialogs.until_closed(dialog)

    def compute(dialog: QDialog) -> None:
        assert isinstance(dialog, TaxDialog)
        counter.desk.settle()
        dialog.form.editor("base").set_value("800000")
        counter.desk.settle()
        assert dialog.table.rows() == [["2026", "116,409.02", "96,000.00", "20,409.02", "0.00"]]
        assert "12" in dialog.limit.text()
        dialog.accept_button.click()
        counter.desk.dialogs.until_closed(dialog)

    counter.desk.dialogs.acts += [state_year, compute]
    tab.take("statement")
    counter.desk.settle()
    tab.take("tax")
    counter.desk.settle()
    counter.desk.settle()
    assert counter.desk.dialogs.acts == []
    with counter.fund.as_("auditor").read() as session:
        rows = session.scalars(select(Document)).all()
        made = {row.kind: row.state for row in rows}
    wanted = ("donation_certificate", "donor_statement", "tax_explanation")
    assert [made[kind] for kind in wanted] == [DocumentState.ISSUED] * 3
