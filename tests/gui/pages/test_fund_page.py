"""The fund page: who may do what, and the form of a donation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QDialog
from sqlalchemy import func, select

from core import history
from core.fund.details import donation_detail
from core.fund.donations import arrive, content_of, correct
from core.fund.model import Donation
from core.fund.states import Form
from core.values.money import Money
from desktop.pages.fund.donation_form import DonationDialog
from tests.gui.pages.counter import Counter, because

RARE = "𬱖𫖯"


# -- who may do what


def test_that_each_duty_shows_its_reason_to_the_others(counter: Counter) -> None:
    noted, taken, ready = counter.fund.give(), counter.fund.give(), counter.fund.ready()
    counter.fund.take(taken)
    expected = {
        "cashier": {noted: True, taken: False, ready: False},
        "receipt_reviewer": {noted: False, taken: True, ready: False},
        "receipt_issuer": {noted: False, taken: False, ready: True},
        "auditor": {noted: False, taken: False, ready: False},
    }
    for login, steps in expected.items():
        tab = counter.donations(login)
        for code, may in steps.items():
            tab.open_record("donation", counter.fund.donation(code)[0])
            counter.desk.settle()
            assert tab.pane.title.text() == code
            assert tab.pane.primary.isEnabled() is may, (login, code)
            assert bool(tab.pane._note.text()) is not may, (login, code)
        assert tab.new_button.isEnabled() is (login == "cashier")
        assert bool(tab.new_button.toolTip()) is (login != "cashier")
        assert tab.issue_button.isEnabled() is (login == "receipt_issuer")


def test_that_whoever_took_the_money_cannot_review_or_issue(counter: Counter) -> None:
    code = counter.fund.give()
    seen = counter.fund.donation(code)
    with counter.fund.database.write() as session:
        arrive(session, *seen)
    tab = counter.donations("all", counter.fund.donation(code)[0])
    assert not tab.pane.primary.isEnabled()
    counter.fund.agree(code)
    tab = counter.donations("all", counter.fund.donation(code)[0])
    assert not tab.pane.primary.isEnabled()
    assert tab.pane._note.text()


def test_that_a_look_at_a_masked_number_is_logged_with_its_reason(counter: Counter) -> None:
    code = counter.fund.ready("D03")
    donation, _version = counter.fund.donation(code)
    party = counter.party("D03")
    tab = counter.donations("cashier", donation)
    assert tab.pane.reveal_number.isVisible()
    assert not tab.pane.reveal_number.isEnabled()  # the cashier may see accounts only
    assert tab.pane.reveal_number.toolTip()

    counter.desk.dialogs.acts.append(because("核对开户行"))
    tab.pane.reveal_account.click()
    counter.desk.settle()
    with counter.fund.as_("auditor").read() as session:
        unit = donation_detail(session, donation).unit
        events = history.timeline(session, "fund_unit", unit.id)
    assert "*" in unit.account_mask
    shown = dict(tab.view_model.state.revealed)["account"]
    assert "*" not in shown
    assert not tab.pane.reveal_account.isVisible()
    assert (events[-1].event, events[-1].reason) == ("account_revealed", "核对开户行")
    tab.open_record("donation", counter.fund.donation(counter.fund.give("D03"))[0])
    counter.desk.settle()
    assert dict(tab.view_model.state.revealed) == {}
    assert "*" in party.number


# -- the form


def test_that_wrong_fields_say_what_to_do_beside_them(counter: Counter) -> None:
    tab = counter.donations("cashier")
    party = counter.party("D03")

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, DonationDialog)
        counter.desk.settle()
        dialog.picker.set_party(party)
        gift = dialog.forms["gift"]
        purpose = str(counter.fund.purposes["不限定"])
        gift.set_values({"received_on": "2027-01-01", "amount": "0", "purpose_id": purpose})
        counter.desk.settle()
        assert dialog.save_button.isEnabled(), dialog._reason.text()
        dialog.save_button.click()
        counter.desk.settle()
        assert set(gift.errors()) == {"received_on", "amount"}
        gift.set_values({"received_on": "2026-11-20", "amount": "1000"})
        lines = [{"name": RARE, "amount": "300"}, {"name": "王喆", "amount": "200"}]
        dialog.forms["members"].set_values({"members": lines})
        dialog.save_button.click()
        counter.desk.settle()
        assert "500.00" in dialog.forms["members"].errors()["members"]
        assert dialog.isVisible()

    counter.desk.dialogs.acts.append(fill)
    tab.new_record()
    with counter.fund.as_("auditor").read() as session:
        assert session.scalar(select(func.count()).select_from(Donation)) == 0


def test_that_goods_with_proof_say_their_value_and_without_it_none(
    counter: Counter, tmp_path: Path
) -> None:
    photo = tmp_path / "苗木.jpg"
    photo.write_bytes(b"trees")
    tab = counter.donations("cashier")
    party = counter.party("D03")
    trees = {"name": "麻栎容器苗", "unit": "株", "quantity": "20000", "unit_price": "1.85"}

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, DonationDialog)
        counter.desk.settle()
        dialog.picker.set_party(party)
        counter.desk.settle()
        gift, items = dialog.forms["gift"], dialog.forms["items"]
        gift.set_values({"purpose_id": str(counter.fund.purposes["国储林造林"])})
        gift.editor("form").set_value(Form.IN_KIND.value)
        items.editor("items").set_value([trees])
        assert gift.editor("amount").value() == ""
        items.editor("items").set_value([{**trees, "proof": "发票 00012345"}])
        assert gift.editor("amount").value() == "37000.00"
        assert not items.isHidden()
        assert dialog.forms["members"].isHidden()
        items.editor("items").set_value([{**trees, "quantity": "两万"}])
        dialog.save_button.click()
        counter.desk.settle()
        assert "items" in items.errors()
        items.editor("items").set_value([trees | {"unit_price": ""}])
        dialog.forms["particulars"].set_values({"file": str(photo)})
        dialog.save_button.click()
        counter.desk.dialogs.until_closed(dialog)

    counter.desk.dialogs.acts.append(fill)
    tab.new_record()
    counter.desk.settle()
    detail = tab.view_model.state.detail
    assert detail is not None
    assert detail.content.amount is None
    assert [one.filename for one in detail.files] == ["苗木.jpg"]
    assert tab.pane.items.rows()[0][:2] == ["麻栎容器苗", "20000 株"]


def test_that_what_was_typed_is_offered_again(counter: Counter) -> None:
    tab = counter.donations("cashier")

    def type_it(dialog: QDialog) -> None:
        assert isinstance(dialog, DonationDialog)
        counter.desk.settle()
        dialog.forms["gift"].editor("amount").set_value("88.80")
        counter.desk.qtbot.waitUntil(lambda: not dialog._pause.isActive())
        counter.desk.settle()

    def find_it(dialog: QDialog) -> None:
        assert isinstance(dialog, DonationDialog)
        counter.desk.settle()
        assert not dialog.banner.isHidden()
        dialog.restore()
        assert dialog.forms["gift"].editor("amount").value() == "88.80"

    counter.desk.dialogs.acts += [type_it, find_it]
    tab.new_record()
    tab.new_record()


def test_that_a_second_clerk_loses_nothing_and_overwrites_nothing(counter: Counter) -> None:
    code = counter.fund.give()
    donation, _version = counter.fund.donation(code)
    tab = counter.donations("cashier", donation)

    def edit(dialog: QDialog) -> None:
        assert isinstance(dialog, DonationDialog)
        counter.desk.settle()
        dialog.forms["particulars"].set_values({"note": "甲的备注"})
        dialog.forms["reason"].set_values({"reason": "补充备注"})
        with counter.fund.as_("cashier").write() as session:
            row = session.get_one(Donation, donation)
            new = replace(content_of(session, row), amount=Money(20000))
            correct(session, donation, row.version, new, "金额有误")
        dialog.save_button.click()
        counter.desk.settle()
        counter.desk.settle()
        assert not dialog.save_button.isEnabled()
        assert "200.00" in dialog.banner.text()
        dialog.view_model.rebase()
        dialog.save_button.click()
        counter.desk.dialogs.until_closed(dialog)

    counter.desk.dialogs.acts.append(edit)
    tab.edit_record()
    counter.desk.settle()
    with counter.fund.as_("auditor").read() as session:
        found = donation_detail(session, donation)
    # The clerk saw the colleague's amount and chose to save the own form.
    assert (found.content.note, str(found.content.amount)) == ("甲的备注", "100.00")
    assert [event.event for event in found.timeline].count("corrected") == 2
