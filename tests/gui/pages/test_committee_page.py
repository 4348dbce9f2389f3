"""The committee: who may do what, experts with terms and ties, draws before their names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit

from core.committee import calls, roster
from core.committee.model import Expert
from core.committee.states import DrawState, ExpertStatus, PickState
from core.parties.queries import summary
from core.parties.service import RegisterPerson, register_person
from core.values.identity import IdKind
from desktop.pages.committee.draw_dialogs import (
    CallDialog,
    InputDialog,
    ListPreview,
    VerdictOfRecord,
)
from desktop.pages.committee.expert_dialogs import TieDialog
from desktop.parts.party_dialog import PersonDialog
from tests.committee import COMPANY, FOREST
from tests.gui.pages.councilroom import CouncilRoom

ROLES = ("secretary", "supervisor", "cashier", "auditor")


# -- who may do what


def test_that_buttons_say_which_right_is_missing(council: CouncilRoom) -> None:
    for login in ROLES:
        tab = council.record(login, "expert", council.room.experts["E01"])
        may = login == "secretary"
        assert tab.new_button.isEnabled() is may, login
        assert bool(tab.new_button.toolTip()) is not may, login
        assert tab.pane.primary.isEnabled() is may, login
        assert bool(tab.pane._note.text()) is not may, login
        assert tab.pane.reveal_account.isEnabled() is (login == "cashier"), login


# -- experts


def test_that_a_person_becomes_an_expert_with_a_term_a_letter_and_a_photo(
    council: CouncilRoom, tmp_path: Path
) -> None:
    person = RegisterPerson(name="钱翀", id_kind=IdKind.NONE, no_number_reason="样例")
    party = council.room.do("secretary", register_person, person)
    page = council.sit("secretary")

    def enter(dialog: QDialog) -> None:
        assert isinstance(dialog, PersonDialog)
        assert not dialog.accept_button.isEnabled()
        dialog.picker.set_party(council.room.see("secretary", summary, party.id))
        dialog.form.set_values(
            {"code": "E01", "title": "教授级高工", "specialties": "森林经理、测量"}
        )
        dialog.accept_button.click()
        council.desk.qtbot.waitUntil(lambda: set(dialog.form.errors()) == {"code"})
        dialog.form.set_values({"code": "E20"})
        dialog.accept_button.click()
        council.desk.dialogs.until_closed(dialog)

    council.work(enter)
    page.new_record()
    council.done()
    tab: Any = page.front()
    one = tab.view_model.state.detail.detail
    assert (one.code, one.specialties) == ("E20", ("森林经理", "测量"))
    assert tab._step == "term"
    council.fill(body="pool", post="reviewer", term_from="2026-11-01")
    tab.pane.primary.click()
    council.done()
    assert tab._step == "letters"
    tab.pane.primary.click()
    tab.pane.primary.click()
    council.desk.settle()
    view = tab.view_model.state.detail
    assert view.detail.terms[0].letter_number
    assert len(view.papers) == 1
    assert tab._step == "edit"
    picture = tmp_path / "照片.png"
    Image.new("RGB", (30, 40)).save(picture)
    council.desk.dialogs.files.append(picture)
    tab.take("photo")
    council.desk.qtbot.waitUntil(tab.pane.photo.isVisible)


def test_that_ties_status_and_account_are_kept_with_their_reasons(council: CouncilRoom) -> None:
    expert = council.room.experts["E01"]
    tab = council.record("secretary", "expert", expert)

    def tie(dialog: QDialog) -> None:
        assert isinstance(dialog, TieDialog)
        dialog.form.set_values({"kind": "paid", "relation": "顾问"})
        dialog.accept_button.click()
        council.desk.qtbot.waitUntil(dialog.banner.isVisible)
        company = council.room.see("secretary", summary, council.room.organisation(COMPANY))
        dialog.picker.set_party(company)
        dialog.accept_button.click()
        council.desk.dialogs.until_closed(dialog)

    council.work(tie)
    tab.pane.ties.buttons.buttons["tie"].click()
    council.done()
    assert tab.pane.ties.rows()[0][1] == COMPANY
    council.fill(until="2026-11-20")
    tab.take("end_tie")
    council.done()
    assert str(council.expert("E01").ties[0].until) == "2026-11-20"
    council.fill(status="suspended", reason="出国一年")
    tab.take("status")
    council.done()
    found = council.expert("E01")
    assert (found.status, found.status_reason) == (ExpertStatus.SUSPENDED, "出国一年")
    cashier = council.record("cashier", "expert", expert)
    assert "*" in dict(cashier.pane.facts._pairs.pairs()).get("Account", "*")
    council.because("核对发放账户")
    cashier.pane.reveal_account.click()
    council.done()
    council.desk.qtbot.waitUntil(lambda: bool(cashier.view_model.state.revealed))
    assert cashier.view_model.state.revealed[0][1].isdigit()


def test_that_a_colleague_is_never_overwritten(council: CouncilRoom) -> None:
    expert = council.room.experts["E02"]
    tab = council.record("secretary", "expert", expert)

    def edit(dialog: Any) -> None:
        with council.room.desk.as_("secretary").write() as session:
            row = session.get_one(Expert, expert)
            roster.set_status(session, row.id, row.version, ExpertStatus.SUSPENDED, "请假")
        dialog.form.set_values({"note": "甲的备注"})
        dialog.accept_button.click()
        council.desk.qtbot.waitUntil(dialog.banner.isVisible)
        council.desk.settle()
        assert dialog.isVisible()
        assert dialog.form.values()["note"] == "甲的备注"

    council.work(edit)
    tab.edit_record()
    council.done()
    found = council.expert("E02")
    assert (found.note, found.status) == ("", ExpertStatus.SUSPENDED)


# -- draws


def test_that_a_draw_goes_from_its_case_to_its_names(council: CouncilRoom, tmp_path: Path) -> None:
    council.waiting_case()
    draw = _prepare(council)
    _freeze(council, draw)
    _type(council, draw)
    _call(council, draw)
    _keep_record(council, draw, tmp_path)


def _prepare(council: CouncilRoom) -> int:
    page = council.sit("secretary")
    page.show_tab("draws")
    council.desk.settle()
    account = council.room.account
    council.fill(
        meeting_at=f"{council.soon()} 09:00",
        place="会商室",
        first=str(account("secretary")),
        second=str(account("clerk")),
        supervisor=str(account("supervisor")),
    )
    page.new_record()
    council.done()
    tab: Any = page.front()
    detail = tab.view_model.state.detail
    assert detail.state is DrawState.PREPARED
    assert tab._step == "preview"
    return int(detail.id)


def _freeze(council: CouncilRoom, draw: int) -> None:
    tab = council.record("secretary", "committee_draw", draw)

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, ListPreview)
        shown = dialog.candidates.rows()
        assert shown
        assert all(row[3] for row in dialog.excluded.rows())
        dialog.freeze_button.click()

    council.work(look)
    tab.pane.primary.click()
    tab.pane.primary.click()
    council.done()
    detail = council.draw(draw)
    assert detail.state is DrawState.FROZEN
    assert tab.pane.digest.text().replace(" ", "") == detail.list_digest
    assert not tab.pane.primary.isEnabled()  # the supervisor is asked now
    assert detail.supervisor in tab.pane._note.text()
    front = council.record("supervisor", "committee_draw", draw)
    front.pane.primary.click()
    front.pane.primary.click()
    council.desk.settle()
    assert council.draw(draw).witnessed_at is not None


def _type(council: CouncilRoom, draw: int) -> None:
    for login, text in (("secretary", "松风-1409-竹影"), ("clerk", "白米山 7250 溪")):
        tab = council.record(login, "committee_draw", draw)
        assert tab._step == "type"

        def enter(dialog: QDialog, text: str = text) -> None:
            assert isinstance(dialog, InputDialog)
            field = dialog.form.editor("input").focus_widget()
            assert isinstance(field, QLineEdit)
            assert field.echoMode() is QLineEdit.EchoMode.Password
            field.setFocus()
            field.setText("短")
            dialog.accept_button.click()
            council.desk.qtbot.waitUntil(lambda: set(dialog.form.errors()) == {"input"})
            dialog.form.set_values({"input": text})
            dialog.accept_button.click()
            dialog.accept_button.click()
            council.desk.dialogs.until_closed(dialog)

        council.work(enter)
        tab.pane.primary.click()
        council.done()
    detail = council.draw(draw, "clerk")
    assert detail.state is DrawState.DRAWN


def _call(council: CouncilRoom, draw: int) -> None:
    tab = council.record("secretary", "committee_draw", draw)
    council.desk.settle()
    assert tab._step == "call"
    assert len(tab.pane.picks.rows()) == 5

    def declines(dialog: QDialog) -> None:
        assert isinstance(dialog, CallDialog)
        QTest.keyClick(dialog, Qt.Key.Key_F7)
        assert dialog.form.values()["outcome"] == "declines"
        dialog.accept_button.click()
        council.desk.qtbot.waitUntil(lambda: set(dialog.form.errors()) == {"reason"})
        dialog.form.set_values({"reason": "出差"})
        dialog.accept_button.click()
        council.desk.dialogs.until_closed(dialog)

    council.work(declines)
    tab.pane.primary.click()
    council.done()
    picks = council.draw(draw).picks
    assert [one.state for one in picks].count(PickState.DECLINED) == 1
    assert picks[3].replaces == picks[0].name
    for _seat in range(3):
        council.fill(outcome="comes")
        tab.pane.primary.click()
        council.done()
    assert council.draw(draw).state is DrawState.SETTLED
    assert len(tab.pane.calls.rows()) == 4
    assert tab._step == "print"


def _keep_record(council: CouncilRoom, draw: int, folder: Path) -> None:
    tab = council.page.front() if council.page else None
    assert tab is not None
    seen: list[QDialog] = []
    council.work(seen.append)
    tab.pane.primary.click()  # type: ignore[attr-defined]  # the draws
    council.done()
    assert [one.kind for one in council.draw(draw).papers] == ["draw_record"]
    path = folder / "record.json"
    council.desk.dialogs.files.append(path)
    tab.take("save")  # type: ignore[attr-defined]
    council.desk.qtbot.waitUntil(path.exists)
    council.desk.settle()
    assert _verdict(council, tab, path).startswith("record.json")
    record = json.loads(path.read_text("utf-8"))
    record["list"]["candidates"][0]["name"] = "别人"
    path.write_text(json.dumps(record), "utf-8")
    assert not _verdict(council, tab, path).startswith("record.json")


def _verdict(council: CouncilRoom, tab: Any, path: Path) -> str:
    said: list[str] = []

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, VerdictOfRecord)
        said.append(dialog.sentence.text())

    council.work(look)
    council.desk.dialogs.files.append(path)
    tab.replay_button.click()
    council.desk.qtbot.waitUntil(lambda: bool(said))
    council.desk.settle()
    return said[0]


def test_that_names_are_secret_and_only_the_supervisor_draws_again(council: CouncilRoom) -> None:
    draw = council.room.draw(council.room.case(FOREST))
    for pick in council.draw(draw).picks:
        if pick.state in {PickState.TO_CALL, PickState.COMING, PickState.WAITING}:
            one = next(each for each in council.draw(draw).picks if each.id == pick.id)
            if one.state is PickState.TO_CALL:
                content = calls.CallContent(
                    way="电话", reached=False, comes=False, reason="无人接听"
                )
                council.room.do("secretary", calls.log_call, one.id, content)
    tab = council.record("secretary", "committee_draw", draw)
    assert tab._step == "again"
    assert not tab.pane.primary.isEnabled()
    assert council.draw(draw).supervisor in tab.pane._note.text() or tab.pane._note.text()
    front = council.record("supervisor", "committee_draw", draw)
    assert front.pane.primary.isEnabled() is front.view_model.state.detail.named
    council.fill(reason="候补均不能参加")
    front.take("again")
    council.done()
    new = front.view_model.state.detail
    assert (new.state, new.round, new.replaces_id) == (DrawState.PREPARED, 2, draw)
    council.because("名单重编")
    tab = council.record("secretary", "committee_draw", new.id)
    tab.take("cancel")
    council.done()
    assert council.draw(new.id).state is DrawState.CANCELLED
