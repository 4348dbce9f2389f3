"""A donation from the first note to its re-issued receipt, each step by the person who may."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from core.database import Database
from core.documents import keys, service
from core.documents.verify import verify
from core.fund.details import ReceiptDetail, receipt_detail
from core.fund.donors import donor_facts
from core.fund.states import DonationState, ReceiptState
from core.office import paper_kinds
from core.parties.queries import summary
from desktop.pages.fund.donation_form import DonationDialog
from desktop.pages.fund.issue_dialog import IssueDialog
from desktop.widgets.pdf import PdfDialog
from tests.gui.pages.counter import Counter


def test_that_a_donation_goes_from_its_note_to_a_receipt_issued_again(
    counter: Counter, sqlite_database: Database
) -> None:
    donation = _note(counter)
    _take_and_review(counter, donation)
    receipt = _issue(counter, donation)
    _judge(sqlite_database, receipt)
    _preview(counter, receipt.id)
    _void(counter, receipt)
    _issue_again(counter, receipt, donation)


def _note(counter: Counter) -> int:
    """The cashier types everything on the keyboard, from the donor to Ctrl+S."""
    tab = counter.donations("cashier")
    with counter.fund.as_("auditor").read() as session:
        party = summary(session, donor_facts(session, counter.fund.donors["D03"]).party_id)

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, DonationDialog)
        counter.desk.settle()
        assert not dialog.save_button.isEnabled()
        dialog.picker.set_party(party)
        counter.desk.settle()
        form = dialog.forms["gift"]
        form.editor("form").focus_widget().setFocus()
        for _field in range(2):
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
        QTest.keyClicks(dialog.focusWidget(), "1409.5")
        assert form.below("amount") == "人民币壹仟肆佰零玖元伍角"
        form.set_values({"purpose_id": str(counter.fund.purposes["不限定"])})
        assert dialog.save_button.isEnabled(), dialog._reason.text()
        QTest.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        counter.desk.dialogs.until_closed(dialog)

    counter.desk.dialogs.acts.append(fill)
    tab.new_record()
    counter.desk.settle()
    detail = tab.view_model.state.detail
    assert detail is not None
    assert detail.state is DonationState.REGISTERED
    assert str(detail.content.amount) == "1,409.50"
    assert tab.pane.primary.isEnabled()
    return detail.id


def _take_and_review(counter: Counter, donation: int) -> None:
    tab = counter.donations("cashier", donation)
    counter.act(
        lambda dialog: dialog.form.set_values(
            {"received_on": "2026-11-24", "bank_reference": "2026112400017", "payer_tail": "0017"}
        )
    )
    tab.pane.primary.click()
    counter.desk.settle()
    detail = tab.view_model.state.detail
    assert detail is not None
    assert (detail.state, detail.content.bank_reference) == (
        DonationState.ARRIVED,
        "2026112400017",
    )
    assert not tab.pane.primary.isEnabled()  # the cashier cannot review
    assert tab.pane._note.text()
    tab = counter.donations("receipt_reviewer", donation)
    tab.pane.primary.click()
    counter.desk.settle()
    detail = tab.view_model.state.detail
    assert detail is not None
    assert detail.state is DonationState.REVIEWED


def _issue(counter: Counter, donation: int) -> ReceiptDetail:
    """The issuer sees what the rules say, presses twice, and one letter is signed."""
    tab = counter.donations("receipt_issuer", donation)

    def press(dialog: QDialog) -> None:
        assert isinstance(dialog, IssueDialog)
        counter.desk.settle()
        assert dialog.findings.texts() == []
        assert dialog.way.currentData() == "own"
        assert dialog.issue_button.isEnabled(), dialog._reason.text()
        dialog.issue_button.click()
        dialog.issue()
        counter.desk.dialogs.until_closed(dialog)

    counter.desk.dialogs.acts.append(press)
    tab.pane.primary.click()
    counter.desk.settle()
    counter.desk.settle()
    detail = tab.view_model.state.detail
    assert detail is not None
    assert detail.state is DonationState.RECEIPTED
    assert len(detail.receipts) == 1
    assert [paper.sha256 is not None for paper in detail.papers] == [True]
    with counter.fund.as_("auditor").read() as session:
        return receipt_detail(session, detail.receipts[0].id)


def _judge(database: Database, receipt: ReceiptDetail) -> None:
    assert receipt.text == "明林碳捐〔2026〕第000001号"
    assert receipt.document_id is not None
    with database.read() as session:
        data = service.bytes_of(session, receipt.document_id)
        verdict = verify(data, roots=keys.roots(session), session=session, kinds=paper_kinds())
    assert verdict.ok, verdict.reasons


def _preview(counter: Counter, receipt: int) -> None:
    tab = counter.receipts("receipt_issuer", receipt)
    pages: list[int] = []

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, PdfDialog)
        pages.append(dialog.preview.page_count())

    counter.desk.dialogs.acts.append(look)
    tab.pane.primary.click()
    counter.desk.settle()
    assert pages == [1]


def _void(counter: Counter, receipt: ReceiptDetail) -> None:
    tab = counter.receipts("receipt_issuer", receipt.id)
    counter.act(lambda dialog: dialog.form.set_values({"reason": "付款方信息有误"}))
    tab.take("change")
    counter.desk.settle()
    assert not tab.pane.primary.isEnabled()  # whoever asked cannot decide
    tab = counter.receipts("receipt_reviewer", receipt.id)
    assert tab.pane.primary.isEnabled(), tab.pane._note.text()
    counter.act(lambda dialog: dialog.form.set_values({"decision": "agree"}))
    tab.pane.primary.click()
    counter.desk.settle()
    detail = tab.view_model.state.detail
    assert detail is not None
    assert detail.state is ReceiptState.VOID
    kinds = sorted(paper.kind for paper in detail.papers)
    assert kinds == ["donation_confirmation", "donation_confirmation", "receipt_void"]


def _issue_again(counter: Counter, receipt: ReceiptDetail, donation: int) -> None:
    tab = counter.receipts("receipt_issuer", receipt.id)
    detail = tab.view_model.state.detail
    assert detail is not None

    def press(dialog: QDialog) -> None:
        assert isinstance(dialog, IssueDialog)
        counter.desk.settle()
        dialog.title.set_values({"title": "滁州皖东栖岭热电有限公司"})
        dialog.issue_button.click()
        counter.desk.dialogs.until_closed(dialog)

    counter.desk.dialogs.acts.append(press)
    tab.take("again")
    counter.desk.settle()
    counter.desk.settle()
    new = tab.view_model.state.detail
    assert new is not None
    assert new.follows is not None
    assert new.follows.id == receipt.id
    assert (new.title, new.text) == ("滁州皖东栖岭热电有限公司", "明林碳捐〔2026〕第000002号")
    assert [one.id for one in new.donations] == [donation]
    assert all(paper.sha256 is not None for paper in new.papers)
