"""The stock of receipts, purposes, uses, campaigns and units in the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton
from sqlalchemy import func, select

from core.database import Database
from core.documents.model import Document
from core.fund.books import BookState, book_detail
from core.fund.grants import GrantContent, request_grant
from core.fund.master_details import grant_detail, unit_detail
from core.fund.masters import CAMPAIGN, GRANT, PURPOSE, UNIT
from core.fund.states import GrantState, SheetState, Way
from core.values.money import Money
from desktop.pages.fund.page import FundPage
from desktop.pages.fund.purposes import CampaignList, GrantList, PurposeList, UnitList
from desktop.pages.fund.sheets import SheetsTab
from desktop.pages.fund.stock import BooksTab
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.reason import ReasonDialog
from desktop.parts.tabs import RecordTab, Tab, TabbedPage
from tests import fund as funds
from tests.gui.pages.conftest import Desk
from tests.gui.pages.counter import Counter

Shown = Callable[[type[FundPage]], FundPage]
T = TypeVar("T", bound=Tab)
R = TypeVar("R", bound=RecordTab)


@pytest.fixture
def fund(sqlite_database: Database, desk: Desk) -> Iterator[funds.Fund]:
    """The fund of the sample data; the person at the desk has every role."""
    with funds.fund(sqlite_database) as opened:
        yield opened
        desk.settle()
        desk.jobs.use(None)


def tab(shown: Shown, desk: Desk, group: str, key: str, kind: type[T]) -> T:
    """A list inside a tab of the fund's page."""
    outer = shown(FundPage).show_tab(group)
    assert isinstance(outer, TabbedPage)
    found = outer.show_tab(key)
    assert isinstance(found, kind)
    desk.settle()
    return found


def first(found: R, desk: Desk) -> R:
    """The same list with its first record chosen and loaded."""
    found.table.view.selectRow(0)
    desk.qtbot.waitUntil(lambda: found.view_model.state.detail is not None)  # type: ignore[attr-defined]
    return found


def fill(values: dict[str, object]) -> Callable[[QDialog], None]:
    """Fill a form and press its button."""

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values(values)
        dialog.submit()

    return act


def done(desk: Desk, values: dict[str, object]) -> None:
    """Prepare the next dialog: fill it and wait until it closed by itself."""

    def act(dialog: QDialog) -> None:
        fill(values)(dialog)
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(act)


def because(reason: str) -> Callable[[QDialog], None]:
    """Give a reason."""

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ReasonDialog)
        dialog.edit.setPlainText(reason)
        dialog.accept()

    return act


def papers(desk: Desk, kind: str) -> int:
    """How many papers of a kind there are."""
    with desk.context.database().read() as session:
        found = session.scalar(select(func.count(Document.id)).where(Document.kind == kind))
        return found or 0


def test_that_a_book_comes_in_and_a_wrong_range_is_shown_at_its_field(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    books = tab(shown, desk, "stock", "books", BooksTab)

    def receive(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        values = {
            "bill_code": "34050226",
            "book_number": "样例02",
            "first": "0000000060",
            "last": "0000000051",
            "handed_to": "赵开票",
        }
        fill(values)(dialog)
        desk.qtbot.waitUntil(lambda: bool(dialog.form.errors()))
        assert dialog.form.errors().keys() == {"last"}
        fill({"first": "0000000040", "last": "0000000060"})(dialog)
        desk.qtbot.waitUntil(lambda: dialog.form.errors().keys() == {"first"})
        fill({"first": "0000000051"})(dialog)
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(receive)
    books.new_record()
    desk.qtbot.waitUntil(lambda: books.table.model.rowCount() == 2)
    desk.settle()
    book = books.view_model.state.detail
    assert book is not None
    assert (book.book_number, book.unused, book.handed_to) == ("样例02", 10, "赵开票")
    assert [mark.key for mark in books.pane.shares.marks()] == [SheetState.UNUSED.value]


def test_that_a_book_is_used_up_and_settled_with_its_sheet(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    fund.issue(fund.ready(), Way.STOCK)
    books = first(tab(shown, desk, "stock", "books", BooksTab), desk)
    assert books.pane.primary.property("step") == "hand"
    done(desk, {"handed_to": "赵开票"})
    books.next_step()
    desk.settle()
    done(desk, {"first": "5", "last": "7", "state": "lost", "reason": "遗失，已公告"})
    books.take("off")
    desk.settle()
    book = books.view_model.state.detail
    assert book is not None
    assert (book.handed_to, book.unused) == ("赵开票", 46)
    assert len(books.pane.odd.rows()) == 3
    for key, kind in (("lost", "receipt_lost"), ("register", "stock_register")):
        desk.dialogs.acts.append(QDialog.reject)  # the preview of the paper
        books.take(key)
        desk.qtbot.waitUntil(lambda: not desk.dialogs.acts)
        desk.settle()
        assert papers(desk, kind) == 1
    entry = next(a for a in books.pane.menu.actions() if a.data() == "settle")
    assert not entry.isEnabled()
    assert "46" in entry.text()
    done(desk, {"reason": "使用期满"})
    books.take("return")
    desk.qtbot.waitUntil(
        lambda: books.view_model.state.detail.state is BookState.FINISHED  # type: ignore[union-attr]
    )
    done(desk, {})
    desk.dialogs.acts.append(QDialog.reject)  # the preview of the settlement sheet
    books.next_step()
    desk.qtbot.waitUntil(lambda: len(desk.dialogs.acts) == 0)
    desk.settle()
    assert papers(desk, "stock_settlement") == 1
    with fund.as_("auditor").read() as session:
        assert book_detail(session, 1).state is BookState.SETTLED
    assert not books.pane.primary.isVisible()


def test_that_bars_of_a_book_open_its_sheets(desk: Desk, fund: funds.Fund, shown: Shown) -> None:
    books = first(tab(shown, desk, "stock", "books", BooksTab), desk)
    opened: list[tuple[str, object]] = []
    desk.context.opening.connect(lambda kind, _id, filters: opened.append((kind, filters)))
    QTest.keyClick(books.pane.shares, Qt.Key.Key_Return)
    assert opened == [("receipt_sheet", {"book": "样例01", "state": "unused"})]


def test_that_a_run_of_sheets_is_written_off_from_their_list(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    sheets = tab(shown, desk, "stock", "sheets", SheetsTab)
    sheets.apply_filters("receipt_sheet", {"state": "unused"})
    desk.settle()
    view = sheets.table.view
    view.selectRow(0)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    sheets.table.select(sheets.table.selected_ids()[0])
    view.selectAll()
    desk.settle()
    seen: dict[str, object] = {}

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        seen.update(dialog.form.values())
        fill({"last": "", "state": "spoiled", "reason": "打印机卡纸"})(dialog)
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(look)
    sheets.write_off()
    desk.settle()
    assert (seen["first"], seen["last"]) == ("0000000001", "0000000050")
    with fund.as_("auditor").read() as session:
        assert book_detail(session, 1).unused == 49


def test_that_the_day_and_the_month_are_put_on_paper(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    fund.ready(received_on=date(2026, 11, 10))
    books = tab(shown, desk, "stock", "books", BooksTab)

    def close(dialog: QDialog) -> None:
        fill({"day": date(2026, 11, 9)})(dialog)
        assert isinstance(dialog, ActionDialog)
        desk.qtbot.waitUntil(lambda: dialog.form.errors().keys() == {"day"})
        fill({"day": date(2026, 11, 10)})(dialog)
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts += [close, QDialog.reject]
    books.close_button.click()
    desk.qtbot.waitUntil(lambda: not desk.dialogs.acts)
    done(desk, {"year": "2026", "month": "10"})
    desk.dialogs.acts.append(QDialog.reject)
    books.month_button.click()
    desk.qtbot.waitUntil(lambda: not desk.dialogs.acts)
    desk.settle()
    assert (papers(desk, "daily_closing"), papers(desk, "stock_month")) == (1, 1)


def test_that_a_paper_is_signed_and_shown_where_the_certificate_is_open(
    counter: Counter, shown: Shown
) -> None:
    desk, fund = counter.desk, counter.fund
    fund.ready(received_on=date(2026, 11, 10))
    books = tab(shown, desk, "stock", "books", BooksTab)
    done(desk, {"day": date(2026, 11, 10)})
    desk.dialogs.acts.append(QDialog.reject)  # the signed paper
    books.close_button.click()
    desk.qtbot.waitUntil(lambda: not desk.dialogs.acts)
    desk.settle()
    with desk.context.database().read() as session:
        paper = session.scalars(select(Document).where(Document.kind == "daily_closing")).one()
        assert paper.sha256 is not None


def test_that_who_may_not_touch_the_stock_reads_why(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    desk.sit(fund.as_("receipt_reviewer"))
    books = first(tab(shown, desk, "stock", "books", BooksTab), desk)
    for button in (books.new_button, books.close_button, books.month_button, books.pane.primary):
        assert not button.isEnabled()
    assert books.new_button.toolTip()
    assert all(
        not action.isEnabled() for action in books.pane.menu.actions() if action.data() != "sheets"
    )


def test_that_money_is_asked_for_and_agreed_by_two_people(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    fund.ready("D03", "300.00")
    desk.sit(fund.as_("fund_manager"))
    grants = tab(shown, desk, "purposes", "grants", GrantList)
    purpose = str(fund.purposes["不限定"])

    def ask(dialog: QDialog) -> None:
        values = {"purpose": purpose, "use": "measuring", "payee": "江淮绿测", "subject": "监测"}
        fill({**values, "amount": "0"})(dialog)
        assert isinstance(dialog, ActionDialog)
        desk.qtbot.waitUntil(lambda: dialog.form.errors().keys() == {"amount"})
        fill({"amount": "120.00"})(dialog)
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(ask)
    grants.new_record()
    desk.qtbot.waitUntil(lambda: grants.view_model.state.detail is not None)
    assert not grants.pane.primary.isEnabled()
    assert grants.pane._note.text()
    desk.sit(fund.as_("approver"))
    again = first(tab(shown, desk, "purposes", "grants", GrantList), desk)
    assert again.pane.primary.isEnabled()
    assert not again.new_button.isEnabled()
    done(desk, {})
    again.pane.primary.click()
    desk.qtbot.waitUntil(
        lambda: again.view_model.state.detail.state is GrantState.PAID  # type: ignore[union-attr]
    )
    desk.settle()
    assert len(again.pane.papers.papers()) == 1
    with fund.as_("auditor").read() as session:
        assert grant_detail(session, 1).balance == Money.parse("180.00")


def test_that_more_than_the_balance_cannot_be_agreed_to(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    fund.ready("D03", "100.00")
    content = GrantContent(
        purpose_id=fund.purposes["不限定"],
        payee="某公司",
        subject="开发",
        amount=Money.parse("100.01"),
    )
    fund.do("fund_manager", request_grant, content)
    desk.sit(fund.as_("approver"))
    grants = first(tab(shown, desk, "purposes", "grants", GrantList), desk)
    assert not grants.pane.primary.isEnabled()
    done(desk, {"reason": "余额不足"})
    grants.take("refuse")
    desk.qtbot.waitUntil(
        lambda: grants.view_model.state.detail.state is GrantState.REFUSED  # type: ignore[union-attr]
    )


def test_that_a_purpose_is_entered_changed_and_taken_out_of_use(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    purposes = tab(shown, desk, "purposes", "purpose_list", PurposeList)
    done(desk, {"code": "T09", "name": "湿地修复", "restricted": True})
    purposes.new_record()
    desk.qtbot.waitUntil(lambda: purposes.pane.title.text() == "湿地修复")
    assert not purposes.pane.primary.isEnabled()
    done(desk, {"name": "湿地碳汇修复"})
    purposes.edit_record()
    desk.qtbot.waitUntil(lambda: purposes.pane.title.text() == "湿地碳汇修复")
    desk.dialogs.acts.append(because("并入其他项目"))
    purposes.take("active")
    desk.qtbot.waitUntil(
        lambda: purposes.view_model.state.detail.active is False  # type: ignore[union-attr]
    )
    opened: list[tuple[str, object]] = []
    desk.context.opening.connect(lambda kind, _id, filters: opened.append((kind, filters)))
    purposes.take("gifts")
    purposes.take("grants")
    assert opened == [
        ("donation", {"purpose": "湿地碳汇修复"}),
        (GRANT, {"purpose": "湿地碳汇修复"}),
    ]
    assert purposes.kinds == (PURPOSE,)


def test_that_a_campaign_is_entered_and_changed(desk: Desk, fund: funds.Fund, shown: Shown) -> None:
    campaigns = tab(shown, desk, "purposes", "campaigns", CampaignList)
    days = {"starts_on": date(2026, 3, 12), "ends_on": date(2026, 3, 1)}

    def enter(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        fill({"name": "植绿护绿", "filing_number": "样例备〔2026〕1号", **days})(dialog)
        desk.qtbot.waitUntil(lambda: dialog.form.errors().keys() == {"ends_on"})
        fill({"ends_on": date(2026, 12, 31)})(dialog)
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(enter)
    campaigns.new_record()
    desk.qtbot.waitUntil(lambda: campaigns.pane.title.text() == "植绿护绿")
    done(desk, {"name": "植绿护绿季"})
    campaigns.edit_record()
    desk.qtbot.waitUntil(lambda: campaigns.pane.title.text() == "植绿护绿季")
    assert campaigns.kinds == (CAMPAIGN,)


def test_that_a_unit_gets_years_and_keeps_its_masked_account(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    units = first(tab(shown, desk, "purposes", "units", UnitList), desk)
    before = units.view_model.state.detail
    assert before is not None
    done(desk, {"years": "2028", "last": "2030", "notice": "样例公告2028年第1号"})
    units.pane.primary.click()
    desk.qtbot.waitUntil(
        lambda: len(units.view_model.state.detail.qualifications) == 2  # type: ignore[union-attr]
    )
    done(desk, {"bank": "样例银行明光支行二"})
    units.edit_record()
    desk.qtbot.waitUntil(
        lambda: units.view_model.state.detail.bank == "样例银行明光支行二"  # type: ignore[union-attr]
    )
    with fund.as_("auditor").read() as session:
        assert unit_detail(session, fund.unit).account_mask == before.account_mask
    assert any("*" in value for _name, value in units.pane.account._pairs.pairs())  # type: ignore[union-attr]
    desk.dialogs.acts.append(because("核对到账"))
    units.pane.reveal_button.click()
    desk.qtbot.waitUntil(lambda: bool(units.view_model.state.revealed))
    assert "*" not in units.view_model.state.revealed[0][1]
    assert not units.pane.reveal_button.isVisible()
    desk.dialogs.acts.append(because("换单位"))
    units.take("active")
    desk.qtbot.waitUntil(
        lambda: units.view_model.state.detail.active is False  # type: ignore[union-attr]
    )
    assert units.kinds == (UNIT,)


@pytest.mark.parametrize(
    ("group", "key", "kind"),
    [
        ("stock", "books", BooksTab),
        ("purposes", "purpose_list", PurposeList),
        ("purposes", "grants", GrantList),
        ("purposes", "campaigns", CampaignList),
        ("purposes", "units", UnitList),
    ],
)
def test_that_an_empty_list_says_what_to_do_first(
    desk: Desk, shown: Shown, group: str, key: str, kind: type[RecordTab]
) -> None:
    found = tab(shown, desk, group, key, kind)
    desk.dialogs.acts.append(QDialog.reject)
    button = found.table.findChild(QPushButton, "EmptyAction")
    assert button is not None
    desk.qtbot.waitUntil(button.isVisible)
    button.click()
    desk.qtbot.waitUntil(lambda: len(desk.dialogs.asked) == 1)
