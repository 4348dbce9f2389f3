"""Two people at once: what a colleague saves comes by itself, and nothing moves under the hand."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from subprocess import PIPE
from typing import TypeVar

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import select, update

from core import colleagues
from core.colleagues.model import EditLease
from core.database import Database
from core.parties.queries import summary
from core.parties.service import EditParty, RegisterPerson, edit_party, register_person
from core.values.identity import IdKind
from core.values.listing import ListQuery
from desktop.jobs import JobRunner
from desktop.pages.parties.page import PartiesPage
from desktop.parts.editing import EditorsLine
from desktop.parts.party_form import PartyFormDialog
from desktop.support.context import Context
from tests import databases
from tests.databases import clock, open_as
from tests.gui.pages.acting import ActingDialogs
from tests.gui.pages.conftest import Desk

Shown = Callable[[type[PartiesPage]], PartiesPage]
T = TypeVar("T")


@pytest.fixture
def desk(qtbot: QtBot, jobs: JobRunner, database: Database) -> Iterator[Desk]:
    """A person with every role, on each kind of database, who hears the colleagues."""
    dialogs = ActingDialogs(qtbot)
    context = Context(jobs, dialogs, clock())
    jobs.use(database)
    with qtbot.waitSignal(jobs.colleagues.rang):
        jobs.colleagues.follow(database)
    yield Desk(context, dialogs, qtbot, clock())
    qtbot.waitUntil(lambda: not jobs.running())
    jobs.use(None)
    context.deleteLater()


@pytest.fixture
def colleague(database: Database) -> Iterator[Database]:
    with open_as(database, "clerk") as opened:
        yield opened


def person(database: Database, name: str) -> int:
    command = RegisterPerson(name=name, id_kind=IdKind.NONE, no_number_reason="测试")
    with database.write() as session:
        return register_person(session, command).id


def rename(database: Database, party_id: int, name: str) -> None:
    with database.write() as session:
        version = summary(session, party_id).version
        edit_party(
            session,
            EditParty(party_id=party_id, version=version, name=name, no_number_reason="测试"),
        )


def names(page: PartiesPage) -> list[str]:
    model = page.table.model
    place = [column.key for column in model.source.columns].index("name")
    return [str(model.index(row, place).data()) for row in range(model.rowCount())]


def open_party(desk: Desk, page: PartiesPage, party_id: int) -> None:
    page.open_record("party", party_id)
    desk.qtbot.waitUntil(lambda: page.view_model.state.detail is not None)
    desk.settle()


def test_that_list_and_detail_follow_what_a_colleague_saves(
    desk: Desk, shown: Shown, database: Database, colleague: Database
) -> None:
    first = person(database, "王芳")
    page = shown(PartiesPage)
    open_party(desk, page, first)
    person(colleague, "李青")
    desk.qtbot.waitUntil(lambda: sorted(names(page)) == sorted(["王芳", "李青"]))
    rename(colleague, first, "王芳芳")
    desk.qtbot.waitUntil(lambda: page.pane.title.text() == "王芳芳")
    desk.qtbot.waitUntil(lambda: "王芳芳" in names(page))
    assert page.table.current_id() == first
    assert page.table.selected_ids() == [first]


def test_that_another_process_is_followed_too(desk: Desk, shown: Shown, database: Database) -> None:
    page = shown(PartiesPage)
    command = [sys.executable, "-m", "tests.integration.colleague_child"]
    child = subprocess.Popen([*command, databases.url_of(database), "clerk", "7"], stdin=PIPE)
    try:
        desk.qtbot.waitUntil(lambda: names(page) == ["同事"])
    finally:
        child.kill()
        child.communicate(timeout=60)


def test_that_selection_position_and_filter_stay(
    desk: Desk, shown: Shown, database: Database, colleague: Database
) -> None:
    with database.write() as session:
        for number in range(120):
            command = RegisterPerson(
                name=f"赵{number:03}", id_kind=IdKind.NONE, no_number_reason="测试"
            )
            register_person(session, command)
    page = shown(PartiesPage)
    table = page.table
    table.set_query(ListQuery(text="赵"))
    desk.qtbot.waitUntil(lambda: table.model.rowCount() == 120)
    desk.settle()
    ids = list(table.model.ids())
    table.select(ids[60])
    for row in (62, 63, 70):
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        table.view.selectionModel().select(table.model.index(row, 0), flags)
    table.view.verticalScrollBar().setValue(58)
    desk.settle()
    top = table.model.id_at(table.view.rowAt(0))
    chosen = table.selected_ids()
    assert len(chosen) == 4
    person(colleague, "赵新来")
    person(colleague, "钱不在其中")
    desk.qtbot.waitUntil(lambda: table.model.rowCount() == 121)
    desk.settle()
    assert table.model.id_at(table.view.rowAt(0)) == top
    assert set(table.selected_ids()) == set(chosen)
    assert table.current_id() == ids[60]
    assert table.query.text == "赵"
    assert table.filter_bar.box.text() == "赵"


def test_that_an_open_form_keeps_what_is_typed_and_is_not_saved_over_a_colleague(
    desk: Desk, shown: Shown, database: Database, colleague: Database
) -> None:
    party_id = person(database, "王芳")
    page = shown(PartiesPage)
    open_party(desk, page, party_id)

    def edit(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        box = dialog.form.editor("phone").focus_widget()
        box.setFocus()
        QTest.keyClicks(box, "0550")
        rename(colleague, party_id, "王芳芳")
        # The page behind has the new name, the form has what it was opened on.
        desk.qtbot.waitUntil(lambda: page.pane.title.text() == "王芳芳")
        assert dialog.form.values()["name"] == "王芳"
        assert dialog.form.values()["phone"] == "0550"
        assert box.hasFocus()
        dialog.save_button.click()
        desk.qtbot.waitUntil(lambda: "同事" in dialog.banner.text())
        assert not dialog.save_button.isEnabled()

    desk.dialogs.acts.append(edit)
    page.edit_record()
    desk.settle()
    with database.read() as session:
        assert summary(session, party_id).name == "王芳芳"
        assert summary(session, party_id).phone == ""


def take(database: Database, party_id: int) -> list[str]:
    """A lease that does not run out while a slow machine is at it."""
    with database.write() as session:
        others = colleagues.take(session, "party", party_id, "theirs")
        session.execute(
            update(EditLease)
            .where(EditLease.holder == "theirs")
            .values(expires=datetime(2100, 1, 1, tzinfo=UTC))
        )
        return [one.name for one in others]


def line(of: PartiesPage | QDialog) -> EditorsLine:
    found = of.findChild(EditorsLine, "editorsLine")
    assert found is not None
    return found


def test_that_a_colleague_at_the_form_is_named_before_and_while_editing(
    desk: Desk, shown: Shown, database: Database, colleague: Database
) -> None:
    party_id = person(database, "王芳")
    page = shown(PartiesPage)
    open_party(desk, page, party_id)
    assert line(page).isHidden()
    assert take(colleague, party_id) == []
    desk.qtbot.waitUntil(lambda: "经办员" in line(page).text())
    assert line(page).isVisible()

    def edit(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        desk.qtbot.waitUntil(lambda: "经办员" in line(dialog).text())
        # They see me, and nobody is kept from saving.
        desk.qtbot.waitUntil(lambda: take(colleague, party_id) == ["全能员"])
        with colleague.write() as session:
            colleagues.release(session, "party", party_id, "theirs")
        desk.qtbot.waitUntil(lambda: line(dialog).isHidden())
        desk.qtbot.waitUntil(lambda: line(page).isHidden())
        dialog.form.set_values({"phone": "0550-1"})
        dialog.save_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(edit)
    page.edit_record()
    desk.settle()
    with database.read() as session:
        assert summary(session, party_id).phone == "0550-1"
        assert session.scalars(select(EditLease.holder)).all() == []


def test_that_the_name_of_a_dead_program_goes_away(
    desk: Desk, shown: Shown, database: Database, colleague: Database
) -> None:
    party_id = person(database, "王芳")
    take(colleague, party_id)
    page = shown(PartiesPage)
    open_party(desk, page, party_id)
    desk.qtbot.waitUntil(lambda: line(page).isVisible())
    with colleague.write() as session:
        session.execute(update(EditLease).values(expires=datetime(2000, 1, 1, tzinfo=UTC)))
    # What the clock of the line does every 30 seconds.
    line(page).look()
    desk.qtbot.waitUntil(lambda: line(page).isHidden())
