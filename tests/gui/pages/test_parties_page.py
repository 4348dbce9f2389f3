"""The register of parties in the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton

from core import drafts
from core.parties.queries import summary
from core.parties.service import EditParty, RegisterPerson, edit_party, register_person
from core.values.identity import IdKind
from desktop.pages.parties.dialogs import DuplicatesDialog, MergeDialog
from desktop.pages.parties.page import PartiesPage
from desktop.parts.party_form import PartyFormDialog
from desktop.parts.reason import ReasonDialog
from tests.gui.pages.conftest import Desk

Shown = Callable[[type[PartiesPage]], PartiesPage]
GOOD, SHORT = "341199196803120422", "34119919680312004"


def person(desk: Desk, name: str = "陈㛃", number: str = "", phone: str = "") -> int:
    """Register a person as the use case does, without the window."""
    kind = IdKind.RESIDENT if number else IdKind.NONE
    command = RegisterPerson(
        name=name,
        id_kind=kind,
        number=number,
        no_number_reason="" if number else "未办理",
        phone=phone,
    )
    with desk.context.database().write() as session:
        return register_person(session, command).id


def test_that_an_empty_register_says_what_to_do_first(desk: Desk, shown: Shown) -> None:
    page = shown(PartiesPage)
    desk.dialogs.acts.append(QDialog.reject)
    button = page.table.findChild(QPushButton, "EmptyAction")
    assert button is not None
    assert button.isVisible()
    button.click()
    assert desk.dialogs.asked == ["新建主体"]


def test_that_a_person_is_registered_by_keyboard(desk: Desk, shown: Shown) -> None:
    page = shown(PartiesPage)

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        QTest.keyClicks(dialog.focusWidget(), "Chen")
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
        QTest.keyClicks(dialog.focusWidget(), GOOD)
        dialog.save_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(fill)
    page.new_record()
    desk.settle()
    detail = page.view_model.state.detail
    assert detail is not None
    assert detail.party.name == "Chen"
    assert page.pane.title.text() == "Chen"
    assert page.table.current_id() == detail.party.id


def test_that_a_wrong_number_is_shown_beside_its_field(desk: Desk, shown: Shown) -> None:
    page = shown(PartiesPage)

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        dialog.form.set_values({"name": "陈㛃"})
        QTest.keyClicks(dialog.form.editor("number").focus_widget(), SHORT)
        desk.qtbot.waitUntil(lambda: "number" in dialog.form.errors())
        assert "18" in dialog.form.errors()["number"]
        assert not dialog.save_button.isEnabled()

    desk.dialogs.acts.append(fill)
    page.new_record()
    with desk.context.database().read() as session:
        assert page.table.model.source.ids(session, page.table.query) == []


def test_that_a_good_number_tells_birth_and_sex(desk: Desk, shown: Shown) -> None:
    page = shown(PartiesPage)

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        QTest.keyClicks(dialog.form.editor("number").focus_widget(), GOOD)
        desk.qtbot.waitUntil(lambda: "1968-03-12" in dialog.view_model.state.hint)

    desk.dialogs.acts.append(fill)
    page.new_record()


def test_that_likely_duplicates_are_named_while_typing(desk: Desk, shown: Shown) -> None:
    person(desk, "陈㛃", phone="12000000007")
    page = shown(PartiesPage)

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        dialog.form.set_values({"name": "陈㛃"})
        QTest.keyClicks(dialog.form.editor("phone").focus_widget(), "12000000007")
        desk.qtbot.waitUntil(lambda: len(dialog.view_model.state.suggestions) == 1)

    desk.dialogs.acts.append(fill)
    page.new_record()


def test_that_a_colleagues_newer_version_is_a_choice_not_a_loss(desk: Desk, shown: Shown) -> None:
    party_id = person(desk, "陈㛃")
    page = shown(PartiesPage)
    page.open_record("party", party_id)
    desk.settle()

    def edit(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        with desk.context.database().write() as session:
            version = summary(session, party_id).version
            edit_party(
                session,
                EditParty(
                    party_id=party_id,
                    version=version,
                    name="陈㛃",
                    phone="12000000001",
                    no_number_reason="未办理",
                ),
            )
        dialog.form.set_values({"address": "三界镇"})
        dialog.save_button.click()
        desk.qtbot.waitUntil(lambda: dialog.view_model.state.newest is not None)
        assert "12000000001" in dialog.banner.text()
        assert not dialog.save_button.isEnabled()
        assert dialog.form.values()["address"] == "三界镇"
        dialog.view_model.rebase()
        dialog.save_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(edit)
    page.edit_record()
    desk.settle()
    with desk.context.database().read() as session:
        assert summary(session, party_id).address == "三界镇"


def test_that_a_double_click_registers_once(desk: Desk, shown: Shown) -> None:
    page = shown(PartiesPage)

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        dialog.form.set_values({"name": "陈㛃", "number": GOOD})
        dialog.save_button.click()
        dialog.save_button.click()
        dialog.view_model.save({"name": "陈㛃", "id_kind": "resident", "number": GOOD})
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(fill)
    page.new_record()
    desk.settle()
    assert page.table.model.rowCount() == 1


def test_that_markup_in_a_name_is_shown_as_text(desk: Desk, shown: Shown) -> None:
    party_id = person(desk, "王<b>芳</b>")
    page = shown(PartiesPage)
    page.open_record("party", party_id)
    desk.settle()
    assert page.pane.title.text() == "王<b>芳</b>"
    assert page.pane.title.textFormat() is Qt.TextFormat.PlainText


def test_that_a_whole_number_needs_a_reason_and_is_forgotten_again(
    desk: Desk, shown: Shown
) -> None:
    first, second = person(desk, "陈㛃", GOOD), person(desk, "王芳")
    page = shown(PartiesPage)
    page.open_record("party", first)
    desk.settle()
    assert page.view_model.state.revealed == ""

    def ask(dialog: QDialog) -> None:
        assert isinstance(dialog, ReasonDialog)
        assert not dialog.buttons.buttons()[0].isEnabled()
        dialog.edit.setPlainText("核对证件")
        dialog.accept()

    desk.dialogs.acts.append(ask)
    page.reveal()
    desk.settle()
    assert page.view_model.state.revealed == GOOD
    page.open_record("party", second)
    desk.settle()
    assert page.view_model.state.revealed == ""


def test_that_two_parties_are_merged_with_a_reason(desk: Desk, shown: Shown) -> None:
    keep, merged = person(desk, "陈㛃"), person(desk, "陈洁")
    page = shown(PartiesPage)
    page.open_record("party", merged)
    desk.settle()

    def merge(dialog: QDialog) -> None:
        assert isinstance(dialog, MergeDialog)
        assert not dialog.ok.isEnabled()
        with desk.context.database().read() as session:
            dialog.picker.set_party(summary(session, keep))
        dialog.edit.setPlainText("同一人")
        assert dialog.ok.isEnabled()
        dialog.accept()

    desk.dialogs.acts.append(merge)
    page.take("merge")
    desk.settle()
    with desk.context.database().read() as session:
        assert summary(session, merged).merged_into_id == keep


def test_that_the_verdict_not_a_duplicate_is_kept(desk: Desk, shown: Shown) -> None:
    person(desk, "陈㛃")
    person(desk, "陈㛃")
    page = shown(PartiesPage)

    def judge(dialog: QDialog) -> None:
        assert isinstance(dialog, DuplicatesDialog)
        desk.settle()
        assert dialog.pair() is not None

        def why(reason: QDialog) -> None:
            assert isinstance(reason, ReasonDialog)
            reason.edit.setPlainText("同名不同人")
            reason.accept()

        desk.dialogs.acts.append(why)
        dialog.two.click()
        desk.settle()
        desk.qtbot.waitUntil(lambda: dialog.pair() is None)

    desk.dialogs.acts.append(judge)
    page.duplicates_button.click()


def test_that_a_party_typed_and_not_saved_is_offered_again_without_its_number(
    desk: Desk, shown: Callable[[type[PartiesPage]], PartiesPage]
) -> None:
    database = desk.context.database()
    page = shown(PartiesPage)

    def kept() -> bool:
        with database.read() as session:
            found = drafts.find(session, "party")
        return found is not None and found.data["values"].get("contact") == "赵六"

    def type_and_die(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        dialog.organisation.click()
        dialog.form.set_values({"name": "岭上村股份经济合作社", "contact": "赵六"})
        dialog.form.set_values({"number": "N2341199MF9900054P"})
        desk.qtbot.waitUntil(kept)
        desk.settle()
        dialog.reject()

    def go_on(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        desk.qtbot.waitUntil(lambda: dialog.view_model.state.draft is not None)
        assert dialog.form.values()["name"] == ""
        dialog.banner._action.click()
        assert dialog.organisation.isChecked()
        values = dialog.form.values()
        assert (values["name"], values["contact"]) == ("岭上村股份经济合作社", "赵六")
        assert values["number"] == ""
        desk.settle()
        dialog.reject()

    desk.dialogs.acts += [type_and_die, go_on]
    page.new_record()
    page.new_record()
    desk.settle()
    with database.read() as session:
        found = drafts.find(session, "party")
    assert found is not None
    assert "N2341199MF9900054P" not in str(found.data)
