"""Receipts that stop counting: copies back, red e-receipts, in part, and a second person."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from core import settings
from core.fund.details import ReceiptDetail, receipt_detail
from core.fund.states import DonationState, ReceiptState, Way
from desktop.pages.fund.donation_form import DonationDialog
from desktop.parts.action_dialog import ActionDialog
from tests.fund import official
from tests.gui.pages.counter import Counter, because


def receipt(counter: Counter, number: str) -> ReceiptDetail:
    with counter.fund.as_("auditor").read() as session:
        return receipt_detail(session, counter.fund.receipt(number)[0])


def decide(counter: Counter, number: str, decision: str) -> None:
    tab = counter.receipts("receipt_reviewer", receipt(counter, number).id)
    counter.act(lambda dialog: dialog.form.set_values({"decision": decision}))
    tab.pane.primary.click()
    counter.desk.settle()


def test_that_a_sheet_is_void_only_with_all_its_copies(counter: Counter) -> None:
    code = counter.fund.ready("D03")
    number = counter.fund.issue(code, Way.STOCK)
    tab = counter.receipts("receipt_issuer", receipt(counter, number).id)

    def ask(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values({"reason": "打印污损", "stub": "yes", "receipt": "yes"})
        dialog.accept_button.click()
        counter.desk.settle()
        assert "记账" in dialog.form.errors()["stub"]
        assert dialog.isVisible()
        dialog.form.set_values({"booking": "yes"})
        dialog.accept_button.click()
        counter.desk.dialogs.until_closed(dialog)

    counter.desk.dialogs.acts.append(ask)
    tab.take("change")
    counter.desk.settle()
    assert tab.pane.request.isVisible()
    decide(counter, number, "refuse")
    assert receipt(counter, number).state is ReceiptState.ISSUED
    tab = counter.receipts("receipt_issuer", receipt(counter, number).id)
    yes = {"stub": "yes", "receipt": "yes", "booking": "yes"}
    counter.act(lambda dialog: dialog.form.set_values({"reason": "打印污损", **yes}))
    tab.take("change")
    counter.desk.settle()
    decide(counter, number, "agree")
    found = receipt(counter, number)
    assert found.state is ReceiptState.VOID
    assert found.donations[0].state is DonationState.REVIEWED
    assert all(paper.sha256 for paper in found.papers)


def test_that_an_e_receipt_is_reversed_in_part_and_the_part_paid_back(counter: Counter) -> None:
    with counter.fund.as_("admin").write() as session:
        settings.put(session, "fund.partial_reversal", True, date(2026, 1, 1))
    code = counter.fund.ready("D01", "1000.00")
    number = counter.fund.issue(code, Way.OFFICIAL, official=official(817620, "1000.00"))
    tab = counter.receipts("receipt_issuer", receipt(counter, number).id)
    red = {"bill_code": "34050126", "number": "0000817621", "check_code": "bngFFX"}
    part = {"reason": "多收部分退回", "part": "400.00", "issued_on": "2026-11-25"}
    counter.act(lambda dialog: dialog.form.set_values({**red, **part}))
    tab.take("change")
    counter.desk.settle()
    decide(counter, number, "agree")
    found = receipt(counter, number)
    assert (found.state, str(found.left)) == (ReceiptState.ISSUED, "600.00")
    assert [str(one.text) for one in found.reds] == ["34050126-0000817621"]
    donations = counter.donations("fund_manager", counter.fund.donation(code)[0])
    counter.desk.dialogs.acts.append(because("多收部分退回"))
    donations.take("refund")
    counter.desk.settle()
    detail = counter.detail(code)
    assert (detail.amount_text, detail.state) == ("600.00", DonationState.RECEIPTED)


def test_that_a_receipt_nobody_signed_waits_visibly(counter: Counter) -> None:
    code = counter.fund.ready("D03")
    number = counter.fund.issue(code, Way.OWN)
    tab = counter.receipts("receipt_issuer", receipt(counter, number).id)
    tab.pane.primary.click()  # Sign
    counter.desk.settle()
    counter.desk.settle()
    assert all(paper.sha256 for paper in receipt(counter, number).papers)
    counter.desk.dialogs.acts.append(because("存档查阅"))
    tab.take("copy")
    counter.desk.settle()
    counter.desk.settle()
    copies = [paper for paper in receipt(counter, number).papers if paper.copy_number]
    assert [paper.sha256 is not None for paper in copies] == [True]


def test_that_tab_goes_through_the_form_as_it_stands(counter: Counter) -> None:
    tab = counter.donations("cashier")
    party = counter.party("D03")

    def walk(dialog: QDialog) -> None:
        assert isinstance(dialog, DonationDialog)
        counter.desk.settle()
        dialog.picker.set_party(party)
        dialog.forms["gift"].set_values({"purpose_id": "1", "amount": "1"})
        counter.desk.settle()
        dialog.picker.edit.setFocus()
        QTest.keyClick(dialog.picker.edit, Qt.Key.Key_Return)
        assert dialog.focusWidget().objectName() == "Field_form"
        assert dialog.isVisible()
        dialog.picker.edit.setFocus()
        names = [""]
        while names[-1] != "save" and len(names) < 20:
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
            names.append(dialog.focusWidget().objectName())
        fields = [name for name in names if name.startswith("Field_")]
        wanted = [field.name for field in dialog.forms["gift"].fields]
        assert fields == [f"Field_{name}" for name in wanted]
        assert names.index("save") > names.index("cancel") > names.index(fields[-1])

    counter.desk.dialogs.acts.append(walk)
    tab.new_record()
