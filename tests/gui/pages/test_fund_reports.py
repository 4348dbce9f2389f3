"""The reports of the fund in the window: figures that open their lists, disclosure, ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from sqlalchemy import select

from core.database import Database
from core.documents.model import Document
from core.fund.receipt_model import Receipt, StockSheet
from core.fund.states import Form, Way
from desktop.pages.fund.overview import OverviewTab, axis
from desktop.pages.fund.page import FundPage
from desktop.pages.fund.period import filters_of, usual
from desktop.pages.fund.reports import DisclosureTab, LedgerTab, ReportsTab
from desktop.parts.action_dialog import ActionDialog
from tests import fund as funds
from tests.gui.pages.conftest import Desk

Shown = Callable[[type[FundPage]], FundPage]


@pytest.fixture
def fund(sqlite_database: Database, desk: Desk) -> Iterator[funds.Fund]:
    """Three donations, one of them with a confirmation; the fund manager at the desk."""
    with funds.fund(sqlite_database) as opened:
        opened.issue(opened.ready("D01", "1000.00", received_on=date(2026, 5, 2)), Way.OWN)
        opened.ready("D03", "300.00", received_on=date(2026, 3, 2), form=Form.CASH)
        opened.ready("D03", "5.00", received_on=date(2025, 12, 31))
        desk.sit(opened.as_("fund_manager"))
        yield opened
        desk.settle()
        desk.jobs.use(None)


def reports(shown: Shown, desk: Desk) -> ReportsTab:
    found = shown(FundPage).show_tab("reports")
    assert isinstance(found, ReportsTab)
    desk.settle()
    return found


def figures(shown: Shown, desk: Desk) -> OverviewTab:
    found = reports(shown, desk).front()
    assert isinstance(found, OverviewTab)
    desk.qtbot.waitUntil(lambda: found.view_model.state.found is not None)
    return found


def test_that_figures_and_bars_open_the_list_behind_them(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    tab = figures(shown, desk)
    opened: list[tuple[str, object]] = []
    desk.context.opening.connect(lambda kind, _id, filters: opened.append((kind, filters)))
    assert tab.figures["all"].text().startswith("2")
    assert tab.figures["without"].text().startswith("300.00")
    tab.figures["without"].click()
    QTest.keyClick(tab.months, Qt.Key.Key_End)
    QTest.keyClick(tab.months, Qt.Key.Key_Home)
    for _step in range(4):
        QTest.keyClick(tab.months, Qt.Key.Key_Right)
    QTest.keyClick(tab.months, Qt.Key.Key_Return)
    QTest.keyClick(tab.purposes, Qt.Key.Key_Return)
    QTest.keyClick(tab.forms, Qt.Key.Key_Return)
    QTest.keyClick(tab.balances, Qt.Key.Key_Return)
    assert opened == [
        ("donation", {"state": "no_receipt", "year": "2026"}),
        ("donation", {"month": "2026-05"}),
        ("donation", {"purpose": "不限定", "year": "2026"}),
        ("donation", {"form": "cash", "year": "2026"}),
        ("fund_purpose", {}),
    ]


def test_that_another_period_is_read_and_a_wrong_date_changes_nothing(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    tab = figures(shown, desk)
    tab.period.buttons["last_year"].click()
    desk.qtbot.waitUntil(lambda: tab.figures["all"].text().startswith("1"))
    assert len(tab.months.marks()) == 12
    tab.period.first.set_value("2026-13-01")
    tab.period.first.left.emit()
    assert tab.period.days() == (date(2025, 1, 1), date(2025, 12, 31))
    tab.period.choose(date(2026, 7, 1), date(2026, 7, 31))
    desk.qtbot.waitUntil(lambda: tab.figures["all"].text().startswith("0"))
    assert tab.months.marks() == ()


def test_that_figures_follow_what_is_done(desk: Desk, fund: funds.Fund, shown: Shown) -> None:
    tab = figures(shown, desk)
    code = fund.ready("D03", "7.00", received_on=date(2026, 4, 2))
    desk.sit(fund.as_("fund_manager"))
    tab.refresh()
    desk.qtbot.waitUntil(lambda: tab.figures["all"].text().startswith("3"))
    assert code


def test_that_the_fund_audits_itself(desk: Desk, fund: funds.Fund, shown: Shown) -> None:
    tab = figures(shown, desk)
    tab.check_button.click()
    desk.qtbot.waitUntil(lambda: tab.view_model.state.checked is not None)
    assert tab.view_model.state.checked == ()
    assert tab.banner.kind() == "good"


def test_that_the_figures_are_exported(
    desk: Desk, fund: funds.Fund, shown: Shown, tmp_path: Path
) -> None:
    tab = figures(shown, desk)
    path = tmp_path / "figures.xlsx"
    desk.dialogs.files.append(path)
    tab._menu.actions()[1].trigger()
    desk.qtbot.waitUntil(path.exists)
    desk.settle()
    from openpyxl import load_workbook

    rows = list(load_workbook(path).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert "不限定" in {str(row[0]) for row in rows}


def test_that_the_disclosure_masks_who_did_not_agree_and_is_put_on_paper(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    tab = reports(shown, desk).show_tab("disclosure")
    assert isinstance(tab, DisclosureTab)
    desk.qtbot.waitUntil(lambda: tab.table.model.rowCount() == 2)
    desk.settle()
    rows = [tab.table.model.cells(one) for one in tab.table.model.ids()]
    assert [row[1:3] for row in rows if row] == [
        ("王喆", "（不公开）"),
        ("滁州皖东栖岭热电有限公司", "1,000.00元"),
    ]
    assert sum(mark.total for mark in tab.counts.chart.marks()) == 2

    def unit(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.submit()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts += [unit, QDialog.reject]
    tab.print_record()
    desk.qtbot.waitUntil(lambda: not desk.dialogs.acts)
    desk.settle()
    with fund.as_("auditor").read() as session:
        made = session.scalars(select(Document.kind)).all()
    assert made.count("donation_disclosure") == 1


def test_that_the_ledger_shows_every_number_of_a_way(
    desk: Desk, fund: funds.Fund, shown: Shown
) -> None:
    tab = reports(shown, desk).show_tab("ledger")
    assert isinstance(tab, LedgerTab)
    desk.qtbot.waitUntil(lambda: tab.table.model.rowCount() == 1)
    opened: list[tuple[str, object]] = []
    desk.context.opening.connect(lambda kind, record_id, _filters: opened.append((kind, record_id)))
    tab.table.select(1)
    QTest.keyClick(tab.table.view, Qt.Key.Key_Return)
    tab.show_ledger(Way.STOCK, 2026)
    desk.qtbot.waitUntil(lambda: tab.table.model.rowCount() == 50)
    desk.settle()
    tab.table.select(50)
    QTest.keyClick(tab.table.view, Qt.Key.Key_Return)
    with fund.as_("auditor").read() as session:
        receipt = session.scalars(select(Receipt.id)).one()
        sheet = session.scalars(select(StockSheet.id).order_by(StockSheet.number.desc())).first()
    assert opened == [("receipt", receipt), ("receipt_sheet", sheet)]
    assert [(mark.title, mark.total) for mark in tab.counts.chart.marks()] == [("未用", 50)]
    tab.show_ledger(Way.OFFICIAL, 2026)
    desk.qtbot.waitUntil(lambda: tab.table.model.rowCount() == 0)
    tab.apply_filters("fund_ledger", {"way": "own", "year": "2026"})
    desk.qtbot.waitUntil(lambda: tab.table.model.rowCount() == 1)
    tab._filter("有效")
    desk.qtbot.waitUntil(lambda: tab.table.query.text == "有效")
    tab._filter("有效")
    assert tab.table.query.text == ""


def test_that_who_may_not_see_reports_reads_why(desk: Desk, fund: funds.Fund, shown: Shown) -> None:
    desk.sit(fund.as_("receipt_issuer"))
    group = reports(shown, desk)
    overview = group.front()
    assert isinstance(overview, OverviewTab)
    assert overview.banner.isVisible()
    assert overview.view_model.state.found is None
    ledger = group.show_tab("ledger")
    assert isinstance(ledger, LedgerTab)
    desk.settle()
    assert not ledger.paper_button.isEnabled()
    assert ledger.table.banner.isVisible()
    assert ledger.table.model.rowCount() == 0


def test_that_periods_are_whole_and_say_their_filter() -> None:
    found = usual(date(2026, 1, 15))
    assert found["last_month"] == (date(2025, 12, 1), date(2025, 12, 31))
    assert found["month"] == (date(2026, 1, 1), date(2026, 1, 31))
    assert filters_of(*found["last_year"]) == {"year": "2025"}
    assert filters_of(*usual(date(2024, 2, 9))["month"]) == {"month": "2024-02"}
    assert filters_of(date(2026, 1, 2), date(2026, 1, 31)) == {}


def test_that_an_axis_writes_round_amounts() -> None:
    assert axis(0) == "0"
    assert axis(50) == "0.50"
    assert axis(123_00) == "123"
    assert axis(5_000_000).startswith("5")
