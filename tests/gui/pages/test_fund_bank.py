"""Matching a statement in the window, by keyboard, as the sample data say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton
from sqlalchemy import select

from core.database import Database
from core.fund import bank, statements
from core.fund.bank_desk import BANK_LINES
from core.fund.bank_model import BankLine, PayerName
from core.fund.donations import record
from core.fund.model import Donation
from core.fund.states import DonationState, LineVerdict
from core.values.listing import ListQuery
from desktop.pages.fund.bank import OPEN_LINES, BankTab
from desktop.pages.fund.bank_import import StatementDialog
from desktop.pages.fund.donation_form import DonationDialog
from desktop.pages.fund.page import FundPage
from desktop.pages.fund.reconcile import ReconcileDialog
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.reason import ReasonDialog
from tests import fund as funds
from tests.gui.pages.conftest import Desk

Shown = Callable[[type[FundPage]], FundPage]
STATEMENT = funds.SAMPLE / "bank_statement.csv"


@pytest.fixture
def fund(sqlite_database: Database, desk: Desk) -> Iterator[funds.Fund]:
    """The fund of the sample data with its transfers noted, the cashier at the desk."""
    with funds.fund(sqlite_database) as opened:
        for row in funds.table("donations"):
            if row["form"] == "银行转账":
                opened.do("cashier", record, funds.sample_content(opened, row))
        desk.sit(opened.as_("cashier"))
        yield opened
        desk.settle()
        desk.jobs.use(None)


@pytest.fixture
def lines(fund: funds.Fund) -> list[int]:
    """The lines of the sample's statement, read."""
    with fund.as_("cashier").write() as session:
        return statements.import_statement(session, "样例银行", STATEMENT)


def bank_tab(shown: Shown, desk: Desk) -> BankTab:
    """The tab in the fund's page."""
    tab = shown(FundPage).show_tab("bank")
    assert isinstance(tab, BankTab)
    desk.settle()
    return tab


def verdicts(fund: funds.Fund) -> dict[str, tuple[LineVerdict, str]]:
    """What became of each line: payer -> verdict, and donation or reason."""
    with fund.as_("auditor").read() as session:
        rows = session.execute(
            select(BankLine, Donation.code).outerjoin(Donation, Donation.id == BankLine.donation_id)
        )
        return {line.payer_name: (line.verdict, code or line.reason) for line, code in rows}


def press(tab: BankTab, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(tab.table.view, key)


def at(tab: BankTab, desk: Desk, payer: str) -> None:
    """Wait until the tab shows the line of a payer, as a person looks before pressing."""

    def there() -> bool:
        found = tab.view_model.state.ready
        return found is not None and found.payer_name == payer

    desk.qtbot.waitUntil(there)


def test_that_the_sample_statement_is_walked_by_keyboard(
    desk: Desk, fund: funds.Fund, lines: list[int], shown: Shown
) -> None:
    tab = bank_tab(shown, desk)
    desk.qtbot.waitUntil(lambda: "1" in tab.sure_button.text())
    at(tab, desk, "滁州皖东栖岭热电有限公司")
    assert tab.table.current_id() == lines[0]
    assert tab.pane.shown()[0].accessibleName().startswith("1 N01")
    press(tab, Qt.Key.Key_Return)
    at(tab, desk, "王哲")
    press(tab, Qt.Key.Key_1)
    at(tab, desk, "明光市第九十九中学工会委员会")
    press(tab, Qt.Key.Key_Return)
    at(tab, desk, "黄?")
    press(tab, Qt.Key.Key_Return)
    at(tab, desk, "样例银行")
    assert tab.pane.odd.isVisible()
    assert tab.pane.primary.text().endswith("(N)")
    for payer in ("样例银行", "某文化传播有限公司"):
        at(tab, desk, payer)
        desk.dialogs.acts.append(agree)
        press(tab, Qt.Key.Key_N)
    desk.qtbot.waitUntil(
        lambda: all(one[0] is not LineVerdict.OPEN for one in verdicts(fund).values())
    )
    desk.settle()
    assert verdicts(fund) == {
        "滁州皖东栖岭热电有限公司": (LineVerdict.MATCHED, "N01"),
        "王哲": (LineVerdict.MATCHED, "N04"),
        "明光市第九十九中学工会委员会": (LineVerdict.MATCHED, "N06"),
        "黄?": (LineVerdict.MATCHED, "N07"),
        "样例银行": (LineVerdict.NOT_A_GIFT, "利息，非捐赠"),
        "某文化传播有限公司": (LineVerdict.NOT_A_GIFT, "赞助（有回报），非捐赠"),
    }
    desk.qtbot.waitUntil(lambda: tab.table.model.rowCount() == 0)
    with fund.as_("auditor").read() as session:
        assert "明光市第九十九中学工会委员会" in session.scalars(select(PayerName.name)).all()


def agree(dialog: QDialog) -> None:
    """Press the primary button, where the cursor already is."""
    assert isinstance(dialog, ActionDialog)
    assert dialog.accept_button.hasFocus()
    QTest.keyClick(dialog.accept_button, Qt.Key.Key_Space)


def test_that_a_decision_is_taken_back_at_once(
    desk: Desk, fund: funds.Fund, lines: list[int], shown: Shown
) -> None:
    tab = bank_tab(shown, desk)
    tab.table.view.setFocus()
    tab.table.select(lines[0])
    at(tab, desk, "滁州皖东栖岭热电有限公司")
    press(tab, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: len(tab.view_model.state.done) == 1)
    desk.settle()
    QTest.keyClick(tab.table.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    at(tab, desk, "滁州皖东栖岭热电有限公司")
    desk.settle()
    assert tab.view_model.state.done == ()
    assert tab.table.current_id() == lines[0]
    with fund.as_("auditor").read() as session:
        found = session.scalars(select(Donation).where(Donation.code == "N01")).one()
        assert found.state is DonationState.REGISTERED
    press(tab, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(
        lambda: verdicts(fund)["滁州皖东栖岭热电有限公司"][0] is LineVerdict.MATCHED
    )


def test_that_all_without_doubt_are_taken_and_undone_together(
    desk: Desk, fund: funds.Fund, lines: list[int], shown: Shown
) -> None:
    tab = bank_tab(shown, desk)
    desk.qtbot.waitUntil(tab.sure_button.isEnabled)
    tab.sure_button.click()
    desk.qtbot.waitUntil(lambda: len(tab.view_model.state.done) == 1)
    desk.settle()
    assert verdicts(fund)["滁州皖东栖岭热电有限公司"][0] is LineVerdict.MATCHED
    desk.qtbot.waitUntil(lambda: not tab.sure_button.isEnabled())
    tab.undo()
    desk.qtbot.waitUntil(lambda: not tab.view_model.state.done)
    desk.qtbot.waitUntil(tab.sure_button.isEnabled)


def test_that_a_refused_decision_brings_its_line_back(
    desk: Desk, fund: funds.Fund, lines: list[int], shown: Shown
) -> None:
    tab = bank_tab(shown, desk)
    tab.table.select(lines[0])
    at(tab, desk, "滁州皖东栖岭热电有限公司")
    # A colleague decides the line while it is on the screen.
    fund.do("cashier", bank.dismiss, lines[0], "退回款项，非捐赠")
    shown_line = tab.view_model.state.detail
    assert shown_line is not None
    tab.view_model.accept(lines[0], shown_line.candidates[0].donation_id)
    desk.qtbot.waitUntil(lambda: tab.view_model.state.failure is not None)
    assert tab.view_model.state.failed == lines[0]


def test_that_something_else_needs_words(
    desk: Desk, fund: funds.Fund, lines: list[int], shown: Shown
) -> None:
    tab = bank_tab(shown, desk)
    tab.table.view.setFocus()
    tab.table.select(lines[1])
    at(tab, desk, "黄?")

    def say(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values({"what": "other"})
        dialog.submit()
        assert dialog.form.errors().keys() == {"note"}
        dialog.form.set_values({"note": "代收款"})
        dialog.submit()

    desk.dialogs.acts.append(say)
    press(tab, Qt.Key.Key_N)
    desk.qtbot.waitUntil(lambda: verdicts(fund)["黄?"] == (LineVerdict.NOT_A_GIFT, "代收款"))


def test_that_an_older_decision_is_opened_again_with_a_reason(
    desk: Desk, fund: funds.Fund, lines: list[int], shown: Shown
) -> None:
    fund.do("cashier", bank.dismiss, lines[4], "利息，非捐赠")
    tab = bank_tab(shown, desk)
    tab.apply_filters("bank_line", {})
    desk.settle()
    tab.table.select(lines[4])
    at(tab, desk, "样例银行")
    assert not tab.pane.primary.isVisible()

    def why(dialog: QDialog) -> None:
        assert isinstance(dialog, ReasonDialog)
        dialog.edit.setPlainText("看错行")
        dialog.accept()

    desk.dialogs.acts.append(why)
    tab.take("reopen")
    desk.qtbot.waitUntil(lambda: verdicts(fund)["样例银行"][0] is LineVerdict.OPEN)


def test_that_a_line_without_a_donation_begins_one(
    desk: Desk, fund: funds.Fund, lines: list[int], shown: Shown
) -> None:
    tab = bank_tab(shown, desk)
    tab.table.select(lines[5])
    at(tab, desk, "某文化传播有限公司")
    seen: dict[str, object] = {}

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, DonationDialog)
        desk.settle()
        for form in dialog.forms.values():
            seen.update(form.values())
        dialog.reject()

    desk.dialogs.acts.append(look)
    tab.take("new")
    wanted = {"amount": "50000.00", "payer_tail": "0199", "received_on": "2026-07-08"}
    assert {key: seen[key] for key in wanted} == wanted


def test_that_a_digit_in_the_filter_is_typed(
    desk: Desk, fund: funds.Fund, lines: list[int], shown: Shown
) -> None:
    tab = bank_tab(shown, desk)
    tab.table.select(lines[0])
    at(tab, desk, "滁州皖东栖岭热电有限公司")
    tab.focus_filter()
    QTest.keyClicks(tab.table.filter_bar.box, "1n")
    assert tab.table.filter_bar.text() == "1n"
    desk.settle()
    assert verdicts(fund)["滁州皖东栖岭热电有限公司"][0] is LineVerdict.OPEN


def test_that_who_may_not_sees_the_reason(
    desk: Desk, fund: funds.Fund, lines: list[int], shown: Shown
) -> None:
    desk.sit(fund.as_("receipt_issuer"))
    tab = bank_tab(shown, desk)
    tab.table.select(lines[0])
    at(tab, desk, "滁州皖东栖岭热电有限公司")
    for button in (tab.import_button, tab.sure_button, tab.reconcile_button, tab.pane.primary):
        assert not button.isEnabled()
    assert tab.import_button.toolTip()
    press(tab, Qt.Key.Key_Return)
    desk.settle()
    assert verdicts(fund)["滁州皖东栖岭热电有限公司"][0] is LineVerdict.OPEN


def test_that_an_empty_desk_says_what_to_do_first(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    tab = bank_tab(shown, desk)
    desk.settle()
    desk.dialogs.acts.append(QDialog.reject)
    button = tab.table.findChild(QPushButton, "EmptyAction")
    assert button is not None
    desk.qtbot.waitUntil(button.isVisible)
    button.click()
    assert len(desk.dialogs.asked) == 1


def test_that_a_statement_is_mapped_once_and_read(
    desk: Desk, fund: funds.Fund, shown: Shown, tmp_path: Path
) -> None:
    path = tmp_path / "流水.csv"
    path.write_bytes(
        "某行明细\n哪天,多少,谁\n2026-04-01,1409.50,王喆\n2026-04-02,八元,无名\n".encode("gbk")
    )
    tab = bank_tab(shown, desk)

    def work(dialog: QDialog) -> None:
        assert isinstance(dialog, StatementDialog)
        model = dialog.view_model
        dialog.file_button.click()
        desk.qtbot.waitUntil(lambda: model.state.wrong is not None)
        assert not dialog.store_button.isEnabled()
        dialog.bank.setCurrentText("甲银行")
        for key, header in (("trade_date", "哪天"), ("credit", "多少"), ("payer_name", "谁")):
            box = dialog.boxes[key]
            box.setCurrentIndex(box.findData(header))
            desk.settle()
        assert "4" in dialog.banner.text()
        path.write_bytes("哪天,多少,谁\n2026-04-01,1409.50,王喆\n".encode("gbk"))
        box = dialog.boxes["memo"]
        model.map_column("memo", "")
        desk.qtbot.waitUntil(lambda: model.state.wrong is None)
        desk.settle()
        assert dialog.model.rowCount() == 1
        assert box.currentData() == ""
        dialog.store_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.files.append(path)
    desk.dialogs.acts.append(work)
    tab.new_record()
    desk.settle()
    assert tab.table.query == OPEN_LINES
    assert "流水.csv" in tab.progress.text()
    with fund.as_("auditor").read() as session:
        assert BANK_LINES.count(session, ListQuery()) == 1

    def again(dialog: QDialog) -> None:
        assert isinstance(dialog, StatementDialog)
        dialog.view_model.choose(path)
        desk.qtbot.waitUntil(lambda: dialog.view_model.state.preview is not None)
        assert dialog.bank.currentText() == "甲银行"
        assert dialog.view_model.state.preview is not None
        assert dialog.view_model.state.preview.known == 1
        assert not dialog.store_button.isEnabled()
        dialog.reject()

    desk.dialogs.acts.append(again)
    tab.new_record()


def test_that_a_statement_read_under_a_wrong_bank_is_undone_where_it_is_told(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    with fund.as_("cashier").write() as session:
        statements.import_statement(session, "错的银行", STATEMENT)
    tab = bank_tab(shown, desk)

    def why(dialog: QDialog) -> None:
        assert isinstance(dialog, ReasonDialog)
        dialog.edit.setPlainText("银行选错")
        dialog.accept()

    def work(dialog: QDialog) -> None:
        assert isinstance(dialog, StatementDialog)
        desk.qtbot.waitUntil(lambda: bool(dialog.view_model.state.earlier))
        assert dialog.earlier.isVisibleTo(dialog)
        dialog.bank.setCurrentText("样例银行")
        dialog.view_model.choose(STATEMENT)
        desk.qtbot.waitUntil(lambda: dialog.view_model.state.preview is not None)
        desk.settle()
        assert "错的银行" in dialog.banner.text()
        assert not dialog.store_button.isEnabled()
        desk.dialogs.acts.append(why)
        dialog.earlier.undo_button.click()
        desk.qtbot.waitUntil(dialog.store_button.isEnabled)
        assert dialog.view_model.state.undone == 6
        dialog.store_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(work)
    tab.new_record()
    desk.settle()
    desk.qtbot.waitUntil(lambda: len(verdicts(fund)) == 6)
    with fund.as_("auditor").read() as session:
        newest, oldest = statements.statements(session)
    assert (newest.bank, newest.lines) == ("样例银行", 6)
    assert oldest.undone_by


def test_that_the_reconciliation_is_prepared_as_a_paper(
    desk: Desk, fund: funds.Fund, lines: list[int], shown: Shown
) -> None:
    tab = bank_tab(shown, desk)
    desk.qtbot.waitUntil(tab.sure_button.isEnabled)
    tab.sure_button.click()
    desk.qtbot.waitUntil(lambda: len(tab.view_model.state.done) == 1)

    def work(dialog: QDialog) -> None:
        assert isinstance(dialog, ReconcileDialog)
        dialog.form.set_values({"first": date(2026, 3, 1), "last": date(2026, 7, 31)})
        dialog._compare()
        desk.qtbot.waitUntil(lambda: len(dialog.open_lines.rows()) == 5)
        desk.settle()
        assert not dialog.view_model.state.found.agrees  # type: ignore[union-attr]
        assert len(dialog.missing.rows()) >= 2
        dialog.make_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(work)
    desk.dialogs.acts.append(QDialog.reject)  # the preview of the paper
    tab.reconcile_button.click()
    desk.qtbot.waitUntil(lambda: len(desk.dialogs.asked) == 2)
    assert "银行" in desk.dialogs.asked[1]


def test_that_the_reconciliation_shows_the_balances_of_a_statement(
    desk: Desk, fund: funds.Fund, shown: Shown, tmp_path: Path
) -> None:
    path = tmp_path / "流水.csv"
    path.write_text(
        "交易日期,借方金额,贷方金额,余额,对方户名\n"
        "2026-10-01,,10.00,110.00,王喆\n"
        "2026-10-02,20.00,,90.00,某某\n",
        encoding="utf-8",
    )
    with fund.as_("cashier").write() as session:
        statements.import_statement(session, "甲银行", path)
    tab = bank_tab(shown, desk)

    def work(dialog: QDialog) -> None:
        assert isinstance(dialog, ReconcileDialog)
        dialog.form.set_values({"first": date(2026, 10, 1), "last": date(2026, 10, 31)})
        dialog._compare()
        desk.qtbot.waitUntil(lambda: len(dialog.open_lines.rows()) == 1)
        told = [one.text() for one in dialog.sums.findChildren(QLabel)]
        assert "100.00 + 10.00 - 20.00 = 90.00" in told
        dialog.reject()

    desk.dialogs.acts.append(work)
    tab.reconcile_button.click()
    desk.qtbot.waitUntil(lambda: len(desk.dialogs.asked) == 1)
