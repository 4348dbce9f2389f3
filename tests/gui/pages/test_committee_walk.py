"""From the draw to the result and the fees, each step by the person who may."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from core.certificates.states import State
from core.committee.results import result_of
from core.committee.states import CaseResult, MeetingState, Presence
from core.documents.service import papers_of
from desktop.pages.committee.fee_dialogs import FeeDialog
from desktop.pages.committee.opinions import CaseDialog
from desktop.parts.action_dialog import ActionDialog
from desktop.widgets.pdf import PdfDialog
from tests.gui.pages.councilroom import CouncilRoom


def test_that_a_case_goes_from_its_draw_to_its_result_and_fees(
    council: CouncilRoom, tmp_path: Path
) -> None:
    case = council.waiting_case()
    at = datetime.combine(council.soon(), time(1), UTC)
    draw = council.room.draw(case, meeting_at=at)
    council.room.all_come(draw)
    meeting = _announce(council, case, draw)
    _sign_in_and_open(council, meeting)
    _judge(council, meeting)
    _close(council, meeting, case)
    _pay(council, tmp_path)


def _announce(council: CouncilRoom, case: int, draw: int) -> int:
    page = council.sit("secretary")
    page.show_tab("meetings")
    council.desk.settle()
    council.fill(starts_at=f"{council.soon()} 09:00", place="会商室", case=f"application:{case}")
    page.new_record()
    council.done()
    tab: Any = page.front()
    meeting = tab.view_model.state.detail.id
    assert tab._step == "invite_draw"
    council.fill(draw=str(draw))
    tab.pane.primary.click()
    council.done()
    assert len(council.meeting(meeting).members) == 3
    return int(meeting)


def _sign_in_and_open(council: CouncilRoom, meeting: int) -> None:
    tab = council.record("auditor", "committee_meeting", meeting)
    assert not tab.pane.members.buttons.buttons["present"].isEnabled()
    assert tab.pane.members.buttons.buttons["present"].toolTip()
    tab = council.record("secretary", "committee_meeting", meeting)
    assert tab._step == "present"
    view = tab.pane.members.view
    view.setFocus()
    view.selectRow(0)
    QTest.keyClick(view, Qt.Key.Key_Return)
    council.desk.settle()
    assert [one.presence for one in council.meeting(meeting).members].count(Presence.PRESENT) == 1
    tab.pane.members.buttons.buttons["all_present"].click()
    council.desk.settle()
    assert {one.presence for one in council.meeting(meeting).members} == {Presence.PRESENT}
    assert tab._step == "open"
    council.fill()
    tab.pane.primary.click()
    council.done()
    detail = council.meeting(meeting)
    assert (detail.state, detail.leader) == (MeetingState.OPEN, detail.members[0].name)


def _judge(council: CouncilRoom, meeting: int) -> None:
    tab = council.record("secretary", "committee_meeting", meeting)
    assert tab._step == "judge"
    votes = iter(
        (
            {"vote": "pass", "text": "同意。"},
            {"vote": "pass_after_changes", "changes": "补充样地照片"},
            {"vote": "fail", "text": "依据不足。", "dissent": "面积存疑"},
        )
    )

    def give(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values(next(votes))
        dialog.accept_button.click()
        dialog.accept_button.click()
        council.desk.dialogs.until_closed(dialog)

    def conclude(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.accept_button.setFocus()
        dialog.form.set_values({"opinion": "方法适用，补充照片后通过。"})
        QTest.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        council.desk.dialogs.until_closed(dialog)

    def sit_over(dialog: QDialog) -> None:
        assert isinstance(dialog, CaseDialog)
        assert not dialog.conclude_button.isEnabled()
        assert dialog.conclude_button.toolTip()
        for place, expert in enumerate(dialog.table.ids(), start=1):
            dialog.table.choose(expert)
            council.work(give)
            dialog.enter_button.click()
            council.desk.qtbot.waitUntil(partial(_spoken, dialog, place))
        assert dialog.conclude_button.isEnabled()
        council.work(conclude)
        dialog.conclude_button.click()
        council.desk.qtbot.waitUntil(lambda: dialog.found[0].line.result is not None)
        assert not dialog.enter_button.isEnabled()
        dialog.close_button.click()

    council.work(sit_over)
    tab.pane.primary.click()
    council.done()
    (line,) = council.meeting(meeting).cases
    assert line.result is CaseResult.PASS_AFTER_CHANGES
    assert (line.votes_for, line.votes_against, line.abstentions) == (2, 1, 0)
    assert "面积存疑" in line.dissent


def _spoken(dialog: CaseDialog, count: int) -> bool:
    return dialog.found[0].line.opinions == count


def _close(council: CouncilRoom, meeting: int, case: int) -> None:
    tab = council.record("secretary", "committee_meeting", meeting)
    assert tab._step == "close"
    council.fill(notes="会议顺利")
    tab.pane.primary.click()
    council.done()
    assert council.meeting(meeting).state is MeetingState.CLOSED
    assert not tab.pane.agenda.buttons.buttons["add_case"].isEnabled()
    seen: list[QDialog] = []
    council.work(seen.append)
    assert tab._step == "minutes"
    tab.pane.primary.click()
    council.done()
    assert isinstance(seen[0], PdfDialog)
    tab.take("opinion_sheets")
    council.desk.qtbot.waitUntil(lambda: _sheets(council, case) == 3)
    kinds = [one.kind for one in council.meeting(meeting).papers]
    assert kinds == ["committee_minutes"]
    found = council.room.see("secretary", result_of, ("application", case))
    assert found is not None
    assert found.result is CaseResult.PASS_AFTER_CHANGES
    assert council.room.desk.summary(case).state is State.EXPERT_REVIEW


def _sheets(council: CouncilRoom, case: int) -> int:
    papers = council.room.see("secretary", papers_of, "application", case)
    return sum(one.kind == "opinion_sheet" for one in papers)


def _pay(council: CouncilRoom, folder: Path) -> None:
    page = council.sit("fund_manager")
    page.show_tab("fees")
    council.desk.settle()

    def tick(dialog: QDialog) -> None:
        assert isinstance(dialog, FeeDialog)
        dialog.meetings.item(0).setCheckState(Qt.CheckState.Checked)
        dialog.form.set_values({"paid_on": council.soon(3).isoformat()})
        council.desk.qtbot.waitUntil(lambda: len(dialog.preview.rows()) == 3)
        dialog.accept_button.click()
        dialog.accept_button.click()
        council.desk.dialogs.until_closed(dialog)

    council.work(tick)
    page.new_record()
    council.done()
    tab: Any = page.front()
    one = tab.view_model.state.detail
    assert one.gross.fen == one.tax.fen + one.net.fen == sum(row.gross.fen for row in one.rows)
    assert tab._step == "paper"
    council.work(lambda _dialog: None)
    tab.pane.primary.click()
    council.done()
    assert tab._step == "finance"
    assert not tab.pane.primary.isEnabled()
    _finance(council, one.id, folder)
    tab = council.record("fund_manager", "committee_fee_sheet", one.id)
    council.because("重复造册")
    tab.take("void")
    council.done()
    assert tab.view_model.state.detail.void_reason == "重复造册"
    assert tab._step == ""


def _finance(council: CouncilRoom, sheet: int, folder: Path) -> None:
    tab = council.record("cashier", "committee_fee_sheet", sheet)
    path = folder / "财务联.xlsx"
    council.because("发放评审费")
    council.desk.dialogs.files.append(path)
    tab.pane.primary.click()
    council.done()
    council.desk.qtbot.waitUntil(lambda: path.exists() and not council.desk.jobs.running())
    (table,) = load_workbook(path).worksheets
    cells = [str(cell.value) for row in table.iter_rows() for cell in row]
    assert any(one.startswith("62170000") for one in cells)
