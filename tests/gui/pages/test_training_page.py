"""The training log: who may do what, courses and their people, attendance by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from core import history
from core.parties.queries import PartySummary, summary
from core.training import attendance, costs, courses, participants
from core.training.attendance import NewMark
from core.training.completion import prepare_list
from core.training.costs import TrainerContent
from core.training.detail import content_of
from core.training.model import Course
from core.training.participants import Trainee
from core.training.states import CourseState, Mark
from desktop.pages.training.attendance_dialog import AttendanceDialog
from desktop.pages.training.course_dialogs import CourseDialog
from desktop.pages.training.hints_dialog import HintsDialog
from desktop.pages.training.people import AttendanceTab
from desktop.parts.party_dialog import PersonDialog
from tests.gui.pages.classroom import Classroom

ROLES = ("clerk", "checker", "issuer", "auditor")


def person(room: Classroom, place: int) -> PartySummary:
    """The party of somebody on the roster."""
    party = room.detail().people[place].party_id
    found: PartySummary = room.school.ask(summary, party)
    return found


def mark(room: Classroom, place: int, kind: Mark, reason: str = "") -> int:
    """Note a mark at the first half-day; its id."""
    new = NewMark(
        session_id=room.school.sessions[0],
        participant_id=room.school.people[place],
        mark=kind,
        reason=reason,
    )
    (made,) = room.school.do("clerk", attendance.note, [new])
    return int(made)


# -- who may do what


def test_that_buttons_say_which_right_is_missing(classroom: Classroom) -> None:
    for login in ROLES:
        tab = classroom.course(login)
        buttons = tab.pane.roster.buttons.buttons
        may = login == "clerk"
        for key in ("enrol", "trainee", "attendance", "scores"):
            assert buttons[key].isEnabled() is may, (login, key)
            assert bool(buttons[key].toolTip()) is not may, (login, key)
        assert tab.new_button.isEnabled() is may
        assert tab.pane.primary.isEnabled() is may
        assert bool(tab.pane._note.text()) is not may
        folder = tab.pane.files.buttons.buttons["folder"]
        assert folder.isEnabled() is (login != "issuer")


def test_that_whoever_prepared_a_list_cannot_approve_it_with_any_right(
    classroom: Classroom,
) -> None:
    classroom.school.mark_all()
    classroom.sit("all")
    with classroom.school.database.write() as session:
        course = session.get_one(Course, classroom.school.course)
        made = prepare_list(session, course.id, course.version)
    front = classroom.record("all", "completion_list", made)
    assert not front.pane.primary.isEnabled()
    assert front.pane._note.text()
    classroom.because("补录后再报")
    front.take("return")
    classroom.desk.settle()
    assert classroom.detail().lists[0].reason == "补录后再报"


# -- courses


def test_that_a_word_certificates_must_not_carry_is_told_before_saving(
    classroom: Classroom,
) -> None:
    page = classroom.sit("clerk")

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, CourseDialog)
        dialog.form.set_values(
            {
                "name": "全国林业碳汇培训班",
                "organizer": "明光市林业局",
                "starts_on": "2026-12-01",
                "ends_on": "20261202",
                "requirement": "hours",
                "required": "3.5",
            }
        )
        assert not dialog.cautions.isVisible()
        dialog.form.editor("paper").set_value("certificate")
        assert dialog.cautions.isVisible()
        assert "全国" in dialog.cautions.text()
        dialog.form.set_values({"name": "林业碳汇短训班", "required": "三"})
        dialog.accept_button.click()
        classroom.desk.settle()
        assert set(dialog.form.errors()) == {"required"}
        dialog.form.set_values({"required": "3.5"})
        QTest.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        classroom.desk.dialogs.until_closed(dialog)

    classroom.desk.dialogs.acts.append(fill)
    page.new_record()
    classroom.desk.settle()
    tab = page.front()
    detail = tab.view_model.state.detail  # type: ignore[attr-defined]  # the courses
    assert detail.content.name == "林业碳汇短训班"
    assert detail.content.required == 350
    assert detail.words == ()
    assert tab._step == "add_session"  # type: ignore[attr-defined]


def test_that_a_colleague_is_never_overwritten(classroom: Classroom) -> None:
    tab = classroom.course("clerk")

    def edit(dialog: QDialog) -> None:
        assert isinstance(dialog, CourseDialog)
        dialog.form.set_values({"place": "甲的地点"})
        with classroom.school.as_("all").write() as session:
            row = session.get_one(Course, classroom.school.course)
            courses.edit(session, row.id, row.version, content_of(row))
            row.place = "乙的地点"
        dialog.accept_button.click()
        classroom.desk.settle()
        assert dialog.isVisible()
        assert dialog.banner.isVisible()
        assert dialog.form.values()["place"] == "甲的地点"

    classroom.desk.dialogs.acts.append(edit)
    tab.edit_record()
    classroom.desk.settle()
    assert classroom.detail().content.place == "乙的地点"
    shown = tab.view_model.state.detail
    assert shown is not None
    assert shown.content.place == "乙的地点"


def test_that_sessions_follow_the_days_and_name_their_trainer(classroom: Classroom) -> None:
    party = classroom.detail().people[0].party_id
    classroom.school.do("clerk", costs.save_trainer, party, TrainerContent(title="正高级"))
    tab = classroom.course("clerk")
    classroom.act(
        lambda dialog: dialog.form.set_values(
            {"topic": "第六讲", "minutes": "90", "trainer_id": str(party)}
        )
    )
    tab.pane.sessions.buttons.buttons["add_session"].click()
    classroom.desk.settle()
    one = classroom.detail().sessions[-1]
    # The first half-day that was free.
    assert (one.held_on.isoformat(), one.half_day.value, str(one.hours)) == (
        "2026-10-14", "afternoon", "2",
    )  # fmt: skip
    assert one.trainer == "马昉"
    tab.pane.sessions.choose(one.id)
    classroom.because("讲师生病")
    tab.take("drop_session")
    classroom.desk.settle()
    assert classroom.detail().sessions[-1].cancelled_reason == "讲师生病"


def test_that_a_course_is_called_off_with_a_reason_while_nobody_was_there(
    classroom: Classroom,
) -> None:
    tab = classroom.course("clerk")
    mark(classroom, 0, Mark.PRESENT)
    classroom.desk.settle()
    entries = {one.data(): one for one in tab.pane.menu.actions()}
    assert not entries["cancel"].isEnabled()
    assert entries["cancel"].toolTip()
    assert classroom.detail().state is CourseState.OPEN


# -- people


def test_that_people_join_by_the_picker_or_as_temporary_ones(classroom: Classroom) -> None:
    tab = classroom.course("clerk")
    party = person(classroom, 0)

    def choose(dialog: QDialog) -> None:
        assert isinstance(dialog, PersonDialog)
        assert not dialog.accept_button.isEnabled()
        dialog.picker.set_party(party)
        dialog.accept_button.click()
        classroom.desk.settle()
        assert dialog.isVisible()  # is on the roster already
        assert dialog.banner.isVisible()

    classroom.desk.dialogs.acts.append(choose)
    tab.pane.roster.buttons.buttons["enrol"].click()
    classroom.fill(name="马昉", unit="石坝镇林业站")
    tab.pane.roster.buttons.buttons["trainee"].click()
    classroom.desk.settle()
    last = classroom.detail().people[-1]
    assert (last.name, last.unit, last.temporary) == ("马昉", "石坝镇林业站", True)
    tab.pane.roster.choose(last.id)
    classroom.because("未到")
    tab.take("withdraw")
    classroom.desk.settle()
    assert classroom.detail().people[-1].withdrawn_reason == "未到"


def test_that_namesakes_are_identified_or_kept_apart(classroom: Classroom) -> None:
    school = classroom.school
    first = school.do(
        "clerk", participants.enrol_trainee, school.course, Trainee(name="石喆", temporary=True)
    )
    second = school.do(
        "clerk", participants.enrol_trainee, school.course, Trainee(name="杨㛃", temporary=True)
    )
    people = {one.id: one for one in classroom.detail().people}
    tab = classroom.course("all")

    def settle(dialog: QDialog) -> None:
        assert isinstance(dialog, HintsDialog)
        names = {row[0] for row in dialog.table.rows()}
        assert names == {"杨㛃"}
        assert first not in {one.participant_id for one in dialog._found[1]}
        places = [one.participant_id for one in dialog._found[1]]
        dialog.table.choose(places.index(second))
        dialog._allow()
        assert dialog.same.isEnabled()
        classroom.because("同名不同人，电话不同")
        dialog.other.click()
        classroom.desk.qtbot.waitUntil(lambda: dialog.table.ids() == [])
        dialog.close_button.click()

    classroom.desk.dialogs.acts.append(settle)
    tab.pane.roster.buttons.buttons["hints"].click()
    classroom.desk.qtbot.waitUntil(lambda: not classroom.desk.dialogs.acts)
    classroom.desk.settle()
    front = classroom.record("all", "course_participant", second)
    assert {one.data(): one.isEnabled() for one in front.pane.menu.actions()}["identify"]
    front.take("known")
    classroom.desk.settle()
    known = {one.id: one for one in classroom.detail().people}[second]
    assert people[second].temporary
    assert not known.temporary


# -- attendance


def test_that_marks_are_typed_and_a_change_asks_why(classroom: Classroom) -> None:
    school = classroom.school
    mark(classroom, 0, Mark.PRESENT)
    held, people = school.sessions[0], school.people
    tab = classroom.course("clerk")

    def work(dialog: QDialog) -> None:
        assert isinstance(dialog, AttendanceDialog)
        grid = dialog.grid
        # The cursor stands on the first person of whom nothing is noted.
        assert grid.cell(dialog.view.currentIndex()) == (people[1], held)
        classroom.fill(minutes="20")
        QTest.keyClick(dialog.view, Qt.Key.Key_2, Qt.KeyboardModifier.KeypadModifier)
        QTest.keyClicks(dialog.view, "5")
        classroom.fill(reason="病假")
        QTest.keyClick(dialog.view, Qt.Key.Key_4)
        assert [one.mark for one in grid.marks()] == [Mark.LATE, Mark.ABSENT, Mark.LEAVE]
        assert grid.pending[people[1], held].minutes == 20
        dialog.view.setCurrentIndex(grid.place(people[2], held))
        QTest.keyClick(dialog.view, Qt.Key.Key_Delete)
        assert (people[2], held) not in grid.pending
        # What is noted already changes only with a reason.
        dialog.view.setCurrentIndex(grid.place(people[0], held))
        classroom.fill(reason="看错行")
        QTest.keyClick(dialog.view, Qt.Key.Key_5)
        classroom.desk.dialogs.yes = False
        dialog.reject()
        assert dialog.isVisible()  # three marks would be lost
        dialog.activateWindow()
        classroom.desk.qtbot.waitUntil(dialog.isActiveWindow)
        QTest.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        classroom.desk.qtbot.waitUntil(lambda: not grid.pending)
        dialog.close_button.click()
        classroom.desk.dialogs.until_closed(dialog)

    classroom.desk.dialogs.acts.append(work)
    tab.pane.roster.buttons.buttons["attendance"].click()
    classroom.desk.settle()
    marks = [one.marks.get(held) for one in classroom.detail().people]
    assert [None if one is None else one.mark for one in marks[:4]] == [
        Mark.ABSENT, Mark.LATE, None, Mark.LEAVE,
    ]  # fmt: skip
    events = classroom.school.ask(history.timeline, "course", school.course)
    assert (events[-1].event, events[-1].reason) == ("mark_changed", "看错行")


def test_that_a_refused_save_keeps_what_was_typed(classroom: Classroom) -> None:
    school = classroom.school
    held, people = school.sessions[0], school.people
    tab = classroom.course("clerk")

    def work(dialog: QDialog) -> None:
        assert isinstance(dialog, AttendanceDialog)
        QTest.keyClick(dialog.view, Qt.Key.Key_1)
        # A colleague notes somebody meanwhile: the change would need a reason.
        mark(classroom, 0, Mark.ABSENT)
        dialog.save_button.click()
        classroom.desk.qtbot.waitUntil(lambda: not dialog._busy)
        assert dialog.banner.isVisible()
        assert dialog.grid.pending[people[0], held].mark is Mark.PRESENT
        dialog.reject()

    classroom.desk.dialogs.acts.append(work)
    tab.pane.roster.buttons.buttons["attendance"].click()
    classroom.desk.settle()
    assert classroom.detail().people[0].marks[held].mark is Mark.ABSENT


@pytest.mark.parametrize("agree", [True, False])
def test_that_a_late_signature_needs_a_second_person(classroom: Classroom, agree: bool) -> None:
    made = mark(classroom, 0, Mark.MADE_UP, "到场未签")
    front = classroom.record("clerk", "attendance", made)
    assert isinstance(front, AttendanceTab)
    assert not front.pane.primary.isEnabled()
    front = classroom.record("checker", "attendance", made)
    front.show_waiting()
    classroom.desk.settle()
    assert front.table.model.rowCount() == 1
    front.table.select(made)
    classroom.desk.settle()
    if agree:
        assert front.pane.primary.isEnabled()
        front.pane.primary.click()
    else:
        classroom.because("无人证明")
        front.take("refuse")
    classroom.desk.settle()
    found = classroom.detail().people[0].marks[classroom.school.sessions[0]]
    assert found.mark is (Mark.MADE_UP if agree else Mark.ABSENT)
    assert found.confirmed


def test_that_several_late_signatures_are_confirmed_but_for_ones_own(
    classroom: Classroom,
) -> None:
    for place in range(3):
        mark(classroom, place, Mark.MADE_UP, "到场未签")
    own = NewMark(
        session_id=classroom.school.sessions[0],
        participant_id=classroom.school.people[3],
        mark=Mark.MADE_UP,
        reason="到场未签",
    )
    classroom.sit("all")
    with classroom.school.database.write() as session:
        attendance.note(session, [own])
    front = classroom.sit("all").show_tab("attendance")
    assert isinstance(front, AttendanceTab)
    front.show_waiting()
    classroom.desk.settle()
    front.table.view.selectAll()
    classroom.desk.settle()
    assert len(front.table.selected_ids()) == 4
    front.confirm_button.click()
    front.confirm_button.click()
    classroom.desk.settle()
    held = classroom.school.sessions[0]
    confirmed = [one.marks[held].confirmed for one in classroom.detail().people[:4]]
    assert confirmed == [True, True, True, False]


def test_that_every_half_day_gets_its_sheet_once(classroom: Classroom) -> None:
    tab = classroom.course("clerk")
    entries = {one.data(): one for one in tab.pane.menu.actions()}
    entries["sheets"].trigger()
    classroom.desk.settle()
    detail = classroom.detail()
    assert [one.session_id for one in detail.sheets] == classroom.school.sessions
    assert all(one.sha256 for one in detail.papers)
    tab.take("sheets")
    classroom.desk.settle()
    assert len(classroom.detail().sheets) == 5
