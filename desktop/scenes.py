"""The scenes of `lintanctl screens`: how each page and dialog is reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from PySide6.QtWidgets import QDialog

from desktop.pages.parties.page import PartiesPage
from desktop.pages.system.page import SystemPage
from desktop.parts.party_form import PartyFormDialog
from desktop.pictures import Scene, Stage
from desktop.support.page import Page

P = TypeVar("P", bound=Page)


def place(stage: Stage, kind: type[P]) -> P:
    """Bring a page to the front, as a click in the rail does."""
    workspace = stage.desktop.window.workspace
    assert workspace is not None  # somebody is signed in
    page = workspace.show_place(kind.key)
    assert isinstance(page, kind)
    stage.settle()
    return page


def caught(
    stage: Stage, act: Callable[[], object], then: Callable[[QDialog], None] | None = None
) -> None:
    """Photograph the dialog that an action opens."""
    with stage.looking(then):
        act()


# -- 主体库


def parties(stage: Stage) -> None:
    page = place(stage, PartiesPage)
    page.table.view.selectRow(0)
    stage.shoot()


def party_person(stage: Stage) -> None:
    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        dialog.form.set_values({"name": "陈㛃", "number": "34119919680312004"})
        stage.settle()

    caught(stage, place(stage, PartiesPage).new_record, fill)


def party_organisation(stage: Stage) -> None:
    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        dialog.organisation.click()
        dialog.form.set_values({"name": "滁州市老嘉山国有林场", "number": "12341199990000017U"})
        stage.settle()

    caught(stage, place(stage, PartiesPage).new_record, fill)


def party_edit(stage: Stage) -> None:
    page = place(stage, PartiesPage)
    page.table.view.selectRow(1)
    stage.settle()
    caught(stage, page.edit_record)


def party_duplicates(stage: Stage) -> None:
    caught(stage, place(stage, PartiesPage).duplicates_button.click)


def party_merge(stage: Stage) -> None:
    page = place(stage, PartiesPage)
    page.table.view.selectRow(0)
    stage.settle()
    caught(stage, lambda: page.take("merge"))


def party_reveal(stage: Stage) -> None:
    page = place(stage, PartiesPage)
    page.table.view.selectRow(0)
    stage.settle()
    caught(stage, page.reveal)


def party_import(stage: Stage) -> None:
    caught(stage, place(stage, PartiesPage).import_button.click)


# -- 系统


def section(key: str) -> Scene:
    """A section of the system page."""

    def scene(stage: Stage) -> None:
        place(stage, SystemPage).open_section(key)
        stage.shoot()

    return scene


def system_dialog(key: str, action: str, row: int = 0) -> Scene:
    """A dialog of the system page, on a row of its section."""

    def scene(stage: Stage) -> None:
        page = place(stage, SystemPage)
        page.open_section(key)
        stage.settle()
        page.table.selectRow(row)
        caught(stage, lambda: page.act(action))

    return scene


SCENES: Mapping[str, Scene] = {
    "parties": parties,
    "party-person": party_person,
    "party-organisation": party_organisation,
    "party-edit": party_edit,
    "party-duplicates": party_duplicates,
    "party-merge": party_merge,
    "party-reveal": party_reveal,
    "party-import": party_import,
    "system": section("settings"),
    "system-accounts": section("accounts"),
    "system-roles": section("roles"),
    "system-numbering": section("numbering"),
    "system-calendar": section("calendar"),
    "system-parameters": section("parameters"),
    "system-audit": section("audit"),
    "system-backup": section("backup"),
    "system-setting": system_dialog("settings", "change"),
    "system-account-new": system_dialog("accounts", "new"),
    "system-account-roles": system_dialog("accounts", "roles"),
    "system-account-password": system_dialog("accounts", "mine"),
    "system-role": system_dialog("roles", "edit"),
    "system-ledger": system_dialog("numbering", "ledger"),
    "system-pattern": system_dialog("numbering", "pattern"),
    "system-calendar-day": system_dialog("calendar", "add"),
    "system-parameter-set": system_dialog("parameters", "show"),
    "system-audit-line": system_dialog("audit", "line"),
}
