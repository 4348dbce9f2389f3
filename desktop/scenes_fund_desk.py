"""The scenes of 碳汇基金: stock of receipts, purposes and use of funds, bank, reports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QDialog

import resources
from core.fund.masters import CAMPAIGN, GRANT, PURPOSE, UNIT
from desktop.pages.fund.bank import BankTab
from desktop.pages.fund.bank_import import StatementDialog
from desktop.pages.fund.page import FundPage
from desktop.pages.fund.purposes import PurposesTab
from desktop.pages.fund.reports import ReportsTab
from desktop.pages.fund.sheets import SheetsTab
from desktop.pages.fund.stock import BooksTab, StockTab
from desktop.parts.tabs import RecordTab, Tab
from desktop.pictures import Scene, Stage, caught, place

T = TypeVar("T", bound=Tab)


def front(stage: Stage, kind: type[T], key: str) -> T:
    """A tab of the fund brought to the front."""
    tab = place(stage, FundPage).show_tab(key)
    assert isinstance(tab, kind)
    stage.settle()
    return tab


# -- bank


def bank(row: int, filters: Mapping[str, str] | None = None) -> Scene:
    """The lines of statements with one chosen."""

    def scene(stage: Stage) -> None:
        tab = front(stage, BankTab, "bank")
        tab.apply_filters("bank_line", filters or {})
        stage.settle()
        tab.table.view.selectRow(row)
        stage.shoot()

    return scene


def no_gift(stage: Stage) -> None:
    """Saying that a line is no donation."""
    tab = front(stage, BankTab, "bank")
    tab.apply_filters("bank_line", {"verdict": "open"})
    stage.settle()
    tab.table.view.selectRow(0)
    stage.settle()
    caught(stage, tab.no_gift)


def statement(stage: Stage) -> None:
    """Looking at a statement before it is stored."""
    file = Path(resources.__file__).parent / "sample" / "bank_statement.csv"

    def choose(dialog: QDialog) -> None:
        assert isinstance(dialog, StatementDialog)
        dialog.view_model.choose(file)
        dialog.view_model.name_bank("样例银行")
        stage.settle()

    caught(stage, front(stage, BankTab, "bank").new_record, choose)


def statements(stage: Stage) -> None:
    """The statements read before, each of which may be undone."""
    caught(stage, front(stage, BankTab, "bank").new_record)


def reconcile(stage: Stage) -> None:
    """Both sides of a month."""
    caught(stage, front(stage, BankTab, "bank").reconcile_button.click)


# -- stock


def book(stage: Stage, row: int = 0) -> BooksTab:
    """The books with one chosen."""
    group = front(stage, StockTab, "stock")
    tab = group.show_tab("books")
    assert isinstance(tab, BooksTab)
    tab.apply_filters("receipt_book", {})
    stage.settle()
    tab.table.view.selectRow(row)
    stage.settle()
    return tab


def books(row: int) -> Scene:
    """The tab with a book."""

    def scene(stage: Stage) -> None:
        book(stage, row)
        stage.shoot()

    return scene


def book_action(key: str) -> Scene:
    """The dialog of an action on a book."""

    def scene(stage: Stage) -> None:
        caught(stage, partial(book(stage, 0).take, key))

    return scene


def sheets(stage: Stage) -> None:
    """The sheets of all books."""
    group = front(stage, StockTab, "stock")
    group.apply_filters("receipt_sheet", {})
    stage.settle()
    tab = group.front()
    assert isinstance(tab, SheetsTab)
    tab.table.view.selectRow(0)
    stage.shoot()


def close_day(stage: Stage) -> None:
    """Closing the day."""
    caught(stage, book(stage).close_button.click)


def receive(stage: Stage) -> None:
    """A book comes in."""
    caught(stage, book(stage).new_record)


# -- purposes and use


def master(stage: Stage, kind: str, row: int = 0) -> RecordTab:
    """A list of what the fund rests on with one record chosen."""
    group = front(stage, PurposesTab, "purposes")
    group.apply_filters(kind, {})
    stage.settle()
    tab = group.front()
    assert isinstance(tab, RecordTab)
    tab.table.view.selectRow(row)
    stage.settle()
    return tab


def masters(kind: str, row: int = 0) -> Scene:
    """The tab with a record of a kind."""

    def scene(stage: Stage) -> None:
        master(stage, kind, row)
        stage.shoot()

    return scene


def new_master(kind: str) -> Scene:
    """The form of a new record of a kind."""

    def scene(stage: Stage) -> None:
        caught(stage, master(stage, kind).new_record)

    return scene


# -- reports


def report(key: str, row: int = -1) -> Scene:
    """A report."""

    def scene(stage: Stage) -> None:
        tab = front(stage, ReportsTab, "reports").show_tab(key)
        stage.settle()
        if isinstance(tab, RecordTab) and row >= 0:
            tab.table.view.selectRow(row)
        stage.shoot()

    return scene


SCENES: Mapping[str, Scene] = {
    "fund-bank": bank(0, {"verdict": "open"}),
    "fund-bank-all": bank(1),
    "fund-bank-nogift": no_gift,
    "fund-bank-import": statement,
    "fund-bank-statements": statements,
    "fund-bank-reconcile": reconcile,
    "fund-stock": books(0),
    "fund-stock-second": books(1),
    "fund-stock-writeoff": book_action("off"),
    "fund-stock-receive": receive,
    "fund-stock-day": close_day,
    "fund-sheets": sheets,
    "fund-purposes": masters(PURPOSE),
    "fund-grants": masters(GRANT),
    "fund-grant-new": new_master(GRANT),
    "fund-campaigns": masters(CAMPAIGN),
    "fund-units": masters(UNIT),
    "fund-unit-new": new_master(UNIT),
    "fund-reports": report("figures"),
    "fund-reports-disclosure": report("disclosure", 0),
    "fund-reports-ledger": report("ledger", 0),
}
