"""A course from its first sheet to its certificates, each step by the person who may."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from core.documents import service
from core.training.scanning import find_codes
from core.training.sign_in import layout_of
from core.training.states import CertificateState, CourseState, ListState, Mark, Result, Source
from desktop.pages.training.attendance_dialog import AttendanceDialog
from desktop.pages.training.certificates import CertificatesTab
from desktop.pages.training.completion import CompletionTab
from desktop.pages.training.issue_dialog import IssueCertificatesDialog
from desktop.pages.training.open_rows import OpenRowsDialog
from desktop.widgets.pdf import PdfDialog
from tests import training
from tests.gui.pages.classroom import Classroom


def test_that_a_course_goes_from_its_sheet_to_its_certificates(
    classroom: Classroom, tmp_path: Path
) -> None:
    _print_sheet(classroom)
    _read_back(classroom, tmp_path)
    _note_the_rest(classroom)
    _enter_scores(classroom)
    _prepare_and_approve(classroom)
    _issue(classroom)
    _file(classroom, tmp_path)
    _revoke(classroom)


def _print_sheet(room: Classroom) -> None:
    """The clerk prints the sheet of the first half-day and sees it."""
    tab = room.course("clerk")
    assert tab.pane.primary.text()
    tab.pane.sessions.choose(room.school.sessions[0])
    seen: list[QDialog] = []
    room.desk.dialogs.acts.append(seen.append)
    tab.pane.sessions.buttons.buttons["sheet"].click()
    room.desk.qtbot.waitUntil(lambda: bool(seen))
    room.desk.settle()
    assert isinstance(seen[0], PdfDialog)
    assert [one.session_id for one in room.detail().sheets] == [room.school.sessions[0]]


def _read_back(room: Classroom, folder: Path) -> None:
    """Six people signed, and somebody who was not announced; the scan says so."""
    document = room.detail().sheets[0].document_id
    with room.school.as_("clerk").read() as session:
        pdf = service.preview(session, document)
        layout = layout_of(service.work(session, document).template)
    pages = training.rasterised(pdf, 300)
    for page in pages:
        for code in find_codes(page):
            if code.row in {1, 2, 3, 4, 5, 6, 10}:
                training.sign(page, code, layout, code.row)
    scan = folder / "签到表.pdf"
    scan.write_bytes(training.as_pdf([training.scanned(page) for page in pages]))

    tab = room.course("clerk")
    people = room.school.people

    def name_them(dialog: QDialog) -> None:
        assert isinstance(dialog, OpenRowsDialog)
        assert dialog.table.ids() == [10]
        assert dialog.name.isEnabled()
        assert not dialog.present.isEnabled()
        room.fill(name="钱翀", unit="女山湖镇林业站", phone="12000000999")
        dialog.name.click()
        room.desk.qtbot.waitUntil(lambda: not dialog.scan.open)
        assert dialog.table.ids() == []

    room.desk.dialogs.acts.append(name_them)
    room.desk.dialogs.files.append(scan)
    tab.scan_button.click()
    tab.scan_button.click()  # a double click reads it once
    room.desk.qtbot.waitUntil(lambda: not room.desk.dialogs.acts)
    room.desk.settle()
    detail = room.detail()
    first = room.school.sessions[0]
    marks = {one.id: one.marks[first] for one in detail.people}
    assert [marks[one].mark for one in people] == [Mark.PRESENT] * 6 + [Mark.ABSENT] * 3
    assert marks[people[0]].source is Source.SCAN
    new = next(one for one in detail.people if one.name == "钱翀")
    assert (marks[new.id].mark, new.temporary) == (Mark.PRESENT, True)
    assert len(detail.scans) == 1
    assert [one.section for one in detail.files] == [6]


def _note_the_rest(room: Classroom) -> None:
    """The other half-days by keyboard: digits, a reason for leave, the rest at once."""
    tab = room.course("clerk")
    sessions, people = room.school.sessions, room.school.people

    def note(dialog: QDialog) -> None:
        assert isinstance(dialog, AttendanceDialog)
        dialog.view.setCurrentIndex(dialog.grid.place(people[0], sessions[1]))
        dialog.view.setFocus()
        QTest.keyClick(dialog.view, Qt.Key.Key_1)
        assert dialog.grid.pending[people[0], sessions[1]].mark is Mark.PRESENT
        assert dialog.view.currentIndex().row() == 1  # the next person
        room.fill(reason="公差")
        QTest.keyClick(dialog.view, Qt.Key.Key_4)
        assert dialog.grid.pending[people[1], sessions[1]].reason == "公差"
        for held in sessions[1:]:
            dialog.view.setCurrentIndex(dialog.grid.place(people[2], held))
            dialog.all_button.click()
        assert len(dialog.grid.pending) == 10 * 4
        dialog.save_button.click()
        dialog.save_button.click()
        room.desk.qtbot.waitUntil(lambda: not dialog.grid.pending)
        dialog.close_button.click()

    room.desk.dialogs.acts.append(note)
    tab.pane.primary.click()
    room.desk.settle()
    detail = room.detail()
    leave = next(one for one in detail.people if one.id == people[1]).marks[sessions[1]]
    assert (leave.mark, leave.reason, leave.source) == (Mark.LEAVE, "公差", Source.HAND)
    assert all(len(one.marks) == 5 for one in detail.people)


def _enter_scores(room: Classroom) -> None:
    """Everybody passes but the last one."""
    tab = room.course("clerk")
    room.act(
        lambda dialog: dialog.form.editor("lines").set_value(
            [{"person": place, "score": "59" if place == 10 else "88.5"} for place in range(1, 11)]
        )
    )
    assert tab._step == "scores"
    tab.pane.primary.click()
    room.desk.settle()
    scores = [one.scores[-1].score for one in room.detail().people]
    assert scores == [885] * 9 + [590]
    detail = tab.view_model.state.detail
    assert detail is not None
    assert [row[2] for row in tab.pane.roster.rows()][-1] == "59"


def _prepare_and_approve(room: Classroom) -> None:
    """The clerk prepares, may not approve; the checker approves."""
    tab = room.course("clerk")
    assert tab._step == "prepare"
    tab.pane.primary.click()
    room.desk.settle()
    (waiting,) = room.detail().lists
    front = room.record("clerk", "completion_list", waiting.id)
    assert isinstance(front, CompletionTab)
    assert not front.pane.primary.isEnabled()
    assert front.pane._note.text()
    front = room.record("checker", "completion_list", waiting.id)
    assert front.pane.primary.isEnabled()
    assert len(front.pane.lines.rows()) == 10
    front.pane.primary.click()
    room.desk.settle()
    detail = room.detail()
    assert detail.lists[0].state is ListState.APPROVED
    results = [one.result for one in detail.people]
    assert results.count(Result.COMPLETED) == 9
    assert results[-1] is Result.NOT_COMPLETED


def _issue(room: Classroom) -> None:
    """The issuer makes all certificates at once; they are signed."""
    assert not room.course("clerk").pane.primary.isEnabled()
    tab = room.course("issuer")
    assert tab._step == "issue"

    def issue(dialog: QDialog) -> None:
        assert isinstance(dialog, IssueCertificatesDialog)
        assert len(dialog.chosen()) == 9
        dialog.issue_button.click()
        dialog.issue_button.click()
        room.desk.dialogs.until_closed(dialog)

    room.desk.dialogs.acts.append(issue)
    tab.pane.primary.click()
    room.desk.settle()
    people = [one for one in room.detail().people if one.certificate_id]
    assert len(people) == 9
    assert len({one.certificate for one in people}) == 9
    assert people[0].certificate.endswith("第00001号")
    with room.school.as_("issuer").read() as session:
        kept = service.papers_of(session, "training_certificate", people[0].certificate_id or 0)
    assert kept[0].sha256 is not None


def _file(room: Classroom, folder: Path) -> None:
    """The clerk files the course, and writes its folder."""
    tab = room.course("clerk")
    assert tab._step == "close"
    tab.pane.primary.click()
    room.desk.settle()
    assert room.detail().state is CourseState.CLOSED
    assert not tab.pane.sessions.buttons.buttons["add_session"].isEnabled()
    assert tab.pane.sessions.buttons.buttons["add_session"].toolTip()
    target = folder / "export"
    target.mkdir()
    room.desk.dialogs.files.append(target)
    assert tab._step == "folder"
    tab.pane.primary.click()
    room.desk.settle()
    (made,) = target.iterdir()
    assert (made / "00 目录.txt").is_file()
    assert list(made.glob("06*/*.pdf"))


def _revoke(room: Classroom) -> None:
    """The approver revokes one certificate with a reason."""
    person = next(one for one in room.detail().people if one.certificate_id)
    assert person.certificate_id is not None
    front = room.record("issuer", "training_certificate", person.certificate_id)
    assert isinstance(front, CertificatesTab)
    entries = {one.data(): one for one in front.pane.menu.actions()}
    assert not entries["revoke"].isEnabled()
    front = room.record("approver", "training_certificate", person.certificate_id)
    room.because("名单有误")
    front.take("revoke")
    room.desk.settle()
    detail = front.view_model.state.detail
    assert (detail.state, detail.revoked_reason) == (CertificateState.REVOKED, "名单有误")
    # A new one is made only for who is ticked anew.
    tab = room.course("issuer")
    assert tab._step != "issue"

    def again(dialog: QDialog) -> None:
        assert isinstance(dialog, IssueCertificatesDialog)
        assert dialog.people.count() == 1
        assert dialog.chosen() == []
        assert not dialog.issue_button.isEnabled()
        dialog.people.item(0).setCheckState(Qt.CheckState.Checked)
        dialog.issue_button.click()
        room.desk.dialogs.until_closed(dialog)

    room.desk.dialogs.acts.append(again)
    tab.take("issue")
    room.desk.settle()
    assert room.detail().people[0].certificate.endswith("第00010号")
