"""The section of numbered sheets, worked on in the real page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QDialog

from core.database import Database
from core.documents import stock
from core.documents.stock_model import SheetState
from desktop.pages.system.dialogs import TableDialog
from desktop.pages.system.page import SystemPage
from desktop.parts.action_dialog import ActionDialog
from tests.gui.pages.conftest import Desk

Shown = Callable[[type[SystemPage]], SystemPage]


def fill(desk: Desk, values: Mapping[str, object]) -> Callable[[QDialog], None]:
    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values(values)
        dialog.accept_button.click()
        desk.dialogs.until_closed(dialog)

    return act


def test_that_sheets_are_received_and_handed_out_in_the_window(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    page = shown(SystemPage)
    page.open_section("sheets")
    desk.settle()
    desk.dialogs.acts.append(
        fill(desk, {"stock": "certificate", "first": "YZ000001", "last": "YZ000100"})
    )
    page.act("receive")
    desk.settle()
    assert page.model.rowCount() == 1
    assert page.model.item(0, 1).text() == "YZ000001"
    page.table.selectRow(0)
    desk.dialogs.acts.append(fill(desk, {"last": "YZ000020", "holder": "王芳"}))
    page.act("hand_out")
    desk.settle()
    with sqlite_database.read() as session:
        counts = stock.balance(session, stock.CERTIFICATE).counts
    assert (counts[SheetState.HANDED_OUT], counts[SheetState.IN_STOCK]) == (20, 80)
    rows: list[int] = []

    def read(dialog: QDialog) -> None:
        assert isinstance(dialog, TableDialog)
        rows.append(dialog.model.rowCount())

    desk.dialogs.acts.append(read)
    page.act("moves")
    desk.settle()
    assert rows == [2]
