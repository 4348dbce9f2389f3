"""The system page: every section, its dialogs, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTableView

from core import access, settings
from core.carbon.service import sets
from core.database import Database
from desktop.pages.system.dialogs import (
    JsonDialog,
    LedgerDialog,
    RoleDialog,
    RolesDialog,
    TableDialog,
)
from desktop.pages.system.page import SystemPage
from desktop.pages.system.sections import SECTIONS
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.reason import ReasonDialog
from tests.databases import open_as
from tests.gui.pages.conftest import Desk

Shown = Callable[[type[SystemPage]], SystemPage]


def choose(desk: Desk, page: SystemPage, section: str, key: str) -> None:
    """Open a section and choose the row of a key."""
    page.open_section(section)
    desk.settle()
    keys = [row.key for row in page._rows]
    page.table.selectRow(keys.index(key))


@pytest.mark.parametrize("section", [section.key for section in SECTIONS])
def test_that_every_section_lists_what_there_is(desk: Desk, shown: Shown, section: str) -> None:
    page = shown(SystemPage)
    page.open_section(section)
    desk.settle()
    assert page.view_model.state.failure is None
    listing = page.view_model.state.listing
    assert listing is not None
    assert page.model.rowCount() == len(listing.rows)
    if section not in {"calendar", "sheets"}:
        assert listing.rows


def test_that_a_dated_setting_holds_from_its_day_on(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    page = shown(SystemPage)
    choose(desk, page, "settings", "office.name")

    def change(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values({"value": "明光市自然资源和规划局", "valid_from": "2027-01-01"})
        dialog.accept_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(change)
    page.act("change")
    desk.settle()
    with sqlite_database.read() as session:
        assert settings.get(session, "office.name", date(2026, 12, 31)) == "明光市林业局"
        assert settings.get(session, "office.name", date(2027, 1, 1)) == "明光市自然资源和规划局"
    row = page.current()
    assert row is not None
    assert "2027-01-01" in row.cells[3]


def test_that_a_setting_out_of_range_is_refused_in_words(desk: Desk, shown: Shown) -> None:
    page = shown(SystemPage)
    choose(desk, page, "settings", "certificates.target_count")

    def change(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values({"value": "-1"})
        dialog.accept_button.click()
        desk.settle()
        assert dialog.isVisible()
        assert dialog.banner.text() or dialog.form.errors()

    desk.dialogs.acts.append(change)
    page.act("change")


def test_that_a_structured_setting_says_where_it_is_broken(desk: Desk, shown: Shown) -> None:
    page = shown(SystemPage)
    choose(desk, page, "settings", "certificates.required_papers")

    def change(dialog: QDialog) -> None:
        assert isinstance(dialog, JsonDialog)
        dialog.edit.setPlainText('{\n  "first": [,]\n}')
        dialog.save_button.click()
        assert "2" in dialog.banner.text()
        assert dialog.isVisible()

    desk.dialogs.acts.append(change)
    page.act("change")
    desk.settle()


def test_that_an_account_is_opened_and_given_roles(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    page = shown(SystemPage)
    page.open_section("accounts")
    desk.settle()

    def new(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        values = {"login": "Li Si", "name": "李四", "password": "correct horse 9"}
        dialog.form.set_values(values)
        dialog.accept_button.click()
        desk.qtbot.waitUntil(lambda: "login" in dialog.form.errors())
        dialog.form.set_values({"login": "lisi"})
        dialog.accept_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(new)
    page.new_record()
    desk.settle()
    choose(desk, page, "accounts", "lisi")

    def give(dialog: QDialog) -> None:
        assert isinstance(dialog, RolesDialog)
        dialog.model.item(0).setCheckState(Qt.CheckState.Checked)
        dialog.save_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(give)
    page.edit_record()
    desk.settle()
    with sqlite_database.read() as session:
        account = next(one for one in access.list_accounts(session) if one.login == "lisi")
    assert account.roles == ("clerk",)


def test_that_the_last_administrator_cannot_be_closed(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    with sqlite_database.write() as session:
        everybody = next(a for a in access.list_accounts(session) if a.login == "all")
        roles = [key for key in everybody.roles if key != "admin"]
        access.set_roles(session, everybody.id, everybody.version, roles)
    with open_as(sqlite_database, "admin") as admin:
        desk.sit(admin)
        page = shown(SystemPage)
        choose(desk, page, "accounts", "admin")
        page.act("toggle")
        desk.settle()
        assert page.banner.kind() == "error"
        desk.sit(sqlite_database)


def test_that_a_role_is_made_of_permissions(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    page = shown(SystemPage)
    page.open_section("roles")
    desk.settle()

    def make(dialog: QDialog) -> None:
        assert isinstance(dialog, RoleDialog)
        dialog.key.setText("reader")
        dialog.title.setText("查阅")
        dialog.model.item(1).setCheckState(Qt.CheckState.Checked)
        dialog.save_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(make)
    page.act("new")
    desk.settle()
    with sqlite_database.read() as session:
        role = next(one for one in access.list_roles(session) if one.key == "reader")
    assert len(role.permissions) == 1


def test_that_a_broken_pattern_is_refused_beside_its_field(desk: Desk, shown: Shown) -> None:
    page = shown(SystemPage)
    choose(desk, page, "numbering", "certificate")

    def change(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values({"pattern": "{short}证{seq}"})
        dialog.accept_button.click()
        desk.qtbot.waitUntil(lambda: "pattern" in dialog.form.errors())

    desk.dialogs.acts.append(change)
    page.act("pattern")


def test_that_the_ledger_accounts_for_numbers(desk: Desk, shown: Shown) -> None:
    page = shown(SystemPage)
    choose(desk, page, "numbering", "certificate")

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, LedgerDialog)
        desk.settle()
        assert dialog.note.text() == "0 个编号"

    desk.dialogs.acts.append(look)
    page.act("ledger")


def test_that_a_day_of_the_office_is_added_and_taken_away(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    page = shown(SystemPage)
    page.open_section("calendar")
    desk.settle()

    def add(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values({"day": "2026-12-01", "counts": "off", "note": "停电"})
        dialog.accept_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(add)
    page.act("add")
    desk.settle()
    with sqlite_database.read() as session:
        assert not settings.calendar(session).is_workday(date(2026, 12, 1))
    choose(desk, page, "calendar", "2026-12-01")
    page.act("remove")
    desk.settle()
    assert page.model.rowCount() == 0


def test_that_a_parameter_set_is_confirmed_with_a_note(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    with sqlite_database.read() as session:
        one = sets(session)[0]
    page = shown(SystemPage)
    choose(desk, page, "parameters", str(one.id))

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, TableDialog)
        assert dialog.model.rowCount() == len(one.parameters)

    def note(dialog: QDialog) -> None:
        assert isinstance(dialog, ReasonDialog)
        dialog.edit.setPlainText("与原文逐项核对")
        dialog.accept()

    desk.dialogs.acts += [look, note]
    page.act("show")
    page.act("confirm")
    desk.settle()
    with sqlite_database.read() as session:
        assert sets(session)[0].confirmed


def test_that_the_audit_log_is_read_in_words_not_names_of_tables(desk: Desk, shown: Shown) -> None:
    page = shown(SystemPage)
    page.open_section("audit")
    desk.settle()
    listing = page.view_model.state.listing
    assert listing is not None
    rows = listing.rows
    assert {row.cells[3] for row in rows} >= {"账户角色", "单位设置"}
    assert not any("_" in cell for row in rows for cell in (row.cells[3], row.cells[5]))
    asked: list[list[str]] = []

    def look(dialog: QDialog) -> None:
        view = dialog.findChild(QTableView)
        assert view is not None
        model = view.model()
        asked.append([str(model.index(row, 0).data()) for row in range(model.rowCount())])
        dialog.accept()

    choose(desk, page, "audit", next(row.key for row in rows if row.cells[3] == "单位设置"))
    desk.dialogs.acts.append(look)
    page.act("line")
    assert "生效日期" in asked[0]


def test_that_the_audit_chain_is_checked(desk: Desk, shown: Shown) -> None:
    page = shown(SystemPage)
    page.open_section("audit")
    desk.settle()
    page.act("check")
    desk.settle()
    assert page.banner.kind() == "good"


def test_that_a_backup_is_written_and_can_be_opened(
    desk: Desk, shown: Shown, tmp_path: Path
) -> None:
    page = shown(SystemPage)
    page.open_section("backup")
    desk.settle()
    target = tmp_path / "backup.db"
    desk.dialogs.files.append(target)
    page.act("backup")
    desk.settle()
    assert page.banner.kind() == "good"
    assert target.read_bytes().startswith(b"SQLite format 3")
    desk.dialogs.files.append(target)
    page.act("backup")
    desk.settle()
    assert page.banner.kind() == "error"
    page.act("check")
    desk.settle()
    assert page.banner.kind() == "good"


def test_that_the_filter_keeps_matching_rows(desk: Desk, shown: Shown) -> None:
    page = shown(SystemPage)
    page.open_section("accounts")
    desk.settle()
    page.filter.setText("clerk")
    assert [row.key for row in page._rows] == ["clerk"]


def test_that_a_clerk_sees_but_cannot_change(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    with open_as(sqlite_database, "clerk") as clerk:
        desk.sit(clerk)
        page = shown(SystemPage)
        choose(desk, page, "settings", "office.name")
        assert not page._buttons["change"].isEnabled()
        desk.sit(sqlite_database)
