"""The scenes of 碳汇基金: donations, commitments, receipts and their dialogs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtWidgets import QDialog

from core.fund.states import Form, Way
from desktop.pages.fund.donation_form import DonationDialog
from desktop.pages.fund.donation_forms import PARTS
from desktop.pages.fund.donations import DonationsTab
from desktop.pages.fund.issue_dialog import IssueDialog
from desktop.pages.fund.page import FundPage
from desktop.pages.fund.pledges import PledgesTab
from desktop.pages.fund.receipts import ReceiptsTab
from desktop.pages.fund.tax_dialog import TaxDialog
from desktop.pictures import Scene, Stage, caught, place


def donation(stage: Stage, state: str = "", row: int = 0) -> DonationsTab:
    """The donations of a state with one chosen."""
    page = place(stage, FundPage)
    page.apply_filters("donation", {"state": state} if state else {})
    tab = page.front()
    assert isinstance(tab, DonationsTab)
    stage.settle()
    tab.table.view.selectRow(row)
    stage.settle()
    return tab


def donations(state: str, row: int = 0) -> Scene:
    """The tab with a donation of a state."""

    def scene(stage: Stage) -> None:
        donation(stage, state, row)
        stage.shoot()

    return scene


def form(work: Callable[[DonationDialog], object]) -> Scene:
    """The form of a new donation, filled in."""

    def scene(stage: Stage) -> None:
        def fill(dialog: QDialog) -> None:
            assert isinstance(dialog, DonationDialog)
            stage.settle()
            dialog.view_model.choose_donor(1)
            stage.settle()
            work(dialog)
            stage.settle()

        caught(stage, donation(stage).new_record, fill)

    return scene


def money(dialog: DonationDialog) -> None:
    """A transfer whose amount shows its capitals."""
    dialog.forms["gift"].set_values({"amount": "16409.02", "bank_reference": "2026112500012"})


def goods(dialog: DonationDialog) -> None:
    """Goods with their proof."""
    dialog.forms["gift"].editor("form").set_value(Form.IN_KIND.value)
    lines = [
        {
            "name": "麻栎容器苗",
            "specification": "二年生",
            "unit": "株",
            "quantity": "20000",
            "unit_price": "1.85",
            "basis": "发票单价",
            "proof": "发票 00012345",
        }
    ]
    dialog.forms["items"].editor("items").set_value(lines)
    dialog.tabs.setCurrentIndex(PARTS)


def givers(dialog: DonationDialog) -> None:
    """A collected gift whose list does not add up."""
    dialog.forms["gift"].set_values({"amount": "1000.00", "purpose_id": "1"})
    lines = [{"name": "𬱖𫖯", "amount": "300.00"}, {"name": "欧阳·阿依古丽", "amount": "一百"}]
    dialog.forms["members"].editor("members").set_value(lines)
    dialog.tabs.setCurrentIndex(PARTS)


def donation_edit(stage: Stage) -> None:
    """Correcting a donation that has not its receipt yet."""
    caught(stage, donation(stage, "arrived").edit_record)


def action(state: str, key: str) -> Scene:
    """A dialog of the menu of a donation."""

    def scene(stage: Stage) -> None:
        tab = donation(stage, state)
        caught(stage, partial(tab.take, key))

    return scene


def arrival(stage: Stage) -> None:
    """Noting the arrival of money."""
    caught(stage, donation(stage, "registered").next_step)


def tax(stage: Stage) -> None:
    """Help with the deduction, computed."""

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, TaxDialog)
        stage.settle()
        dialog.form.set_values({"base": "800000"})
        dialog.form.changed.emit()
        stage.settle()

    tab = donation(stage, "receipted")
    with stage.looking(fill):
        tab.take("tax")
        stage.settle()


def issue(way: Way) -> Scene:
    """Issuing: what the rules say for a way."""

    def scene(stage: Stage) -> None:
        tab = donation(stage)
        tab.table.view.selectAll()
        stage.settle()

        def choose(dialog: QDialog) -> None:
            assert isinstance(dialog, IssueDialog)
            stage.settle()
            dialog.way.setCurrentIndex(dialog.way.findData(way.value))
            stage.settle()

        with stage.looking(choose):
            tab.issue_selected()
            stage.settle()

    return scene


def issue_official(stage: Stage) -> None:
    """Recording one official e-receipt."""
    tab = donation(stage)

    def choose(dialog: QDialog) -> None:
        assert isinstance(dialog, IssueDialog)
        stage.settle()
        dialog.way.setCurrentIndex(dialog.way.findData(Way.OFFICIAL.value))
        stage.settle()

    with stage.looking(choose):
        tab.issue_selected()
        stage.settle()


def receipt(stage: Stage, filters: Mapping[str, str], row: int = 0) -> ReceiptsTab:
    """The receipts that a filter leaves, with one chosen."""
    page = place(stage, FundPage)
    page.apply_filters("receipt", filters)
    tab = page.front()
    assert isinstance(tab, ReceiptsTab)
    stage.settle()
    tab.table.view.selectRow(row)
    stage.settle()
    return tab


def receipts(filters: Mapping[str, str], row: int = 0) -> Scene:
    """The tab with a receipt chosen."""

    def scene(stage: Stage) -> None:
        receipt(stage, filters, row)
        stage.shoot()

    return scene


def receipt_action(filters: Mapping[str, str], key: str) -> Scene:
    """A dialog of the menu of a receipt."""

    def scene(stage: Stage) -> None:
        tab = receipt(stage, filters)
        caught(stage, partial(tab.take, key))

    return scene


def pledges(stage: Stage) -> None:
    """The commitments with one chosen."""
    tab = place(stage, FundPage).show_tab("pledges")
    assert isinstance(tab, PledgesTab)
    stage.settle()
    tab.table.view.selectRow(0)
    stage.shoot()


def pledge_new(stage: Stage) -> None:
    """Entering a commitment."""
    tab = place(stage, FundPage).show_tab("pledges")
    caught(stage, tab.new_record)


def donation_import(stage: Stage) -> None:
    """The import wizard of donations."""
    caught(stage, donation(stage).import_button.click)


STOCK = {"way": "stock", "state": "issued"}

SCENES: Mapping[str, Scene] = {
    "fund": donations(""),
    "fund-receipted": donations("receipted"),
    "fund-donation-money": form(money),
    "fund-donation-goods": form(goods),
    "fund-donation-givers": form(givers),
    "fund-donation-edit": donation_edit,
    "fund-arrival": arrival,
    "fund-rebook": action("arrived", "rebook"),
    "fund-refund": action("arrived", "refund"),
    "fund-statement": action("receipted", "statement"),
    "fund-tax": tax,
    "fund-issue-own": issue(Way.OWN),
    "fund-issue-stock": issue(Way.STOCK),
    "fund-issue-official": issue_official,
    "fund-receipts": receipts({}),
    "fund-import": donation_import,
    "fund-receipt-void": receipts({"state": "void"}),
    "fund-receipt-preview": receipt_action(STOCK, "preview"),
    "fund-receipt-print": receipt_action(STOCK, "print"),
    "fund-receipt-change": receipt_action(STOCK, "change"),
    "fund-receipt-reverse": receipt_action({"way": "official", "state": "issued"}, "change"),
    "fund-pledges": pledges,
    "fund-pledge-new": pledge_new,
}
