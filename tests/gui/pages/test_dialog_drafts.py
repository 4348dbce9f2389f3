"""What is typed into a long dialog outlives the dialog, until it is saved."""

from __future__ import annotations

from datetime import date

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from core import drafts
from core.drafts import KeptDraft
from desktop.pages.training.course_dialogs import CourseDialog
from tests.gui.pages.classroom import Classroom

NAME = "FSC 2026"


def _kept(room: Classroom) -> KeptDraft | None:
    found: KeptDraft | None = room.school.ask(drafts.find, "course")
    return found


def test_that_a_course_typed_and_not_saved_is_offered_again(classroom: Classroom) -> None:
    tab = classroom.course("clerk")
    qtbot = classroom.desk.qtbot

    def type_it(dialog: QDialog) -> None:
        """The window is closed, as by a crash, once a pause in typing was kept."""
        assert isinstance(dialog, CourseDialog)
        QTest.keyClicks(dialog.form.editor("name").focus_widget(), NAME)
        qtbot.waitUntil(lambda: _kept(classroom) is not None, timeout=15_000)
        dialog.reject()

    def find_it(dialog: QDialog) -> None:
        assert isinstance(dialog, CourseDialog)
        qtbot.waitUntil(lambda: dialog.draft.found is not None, timeout=15_000)
        assert dialog.form.values()["name"] == ""  # offered, never put in unasked
        assert not dialog.banner.isHidden()
        dialog.draft.restore()
        assert dialog.form.values()["name"] == NAME
        values: dict[str, object] = {
            "organizer": "明光市林业局",
            "starts_on": date(2026, 12, 1),
            "ends_on": date(2026, 12, 1),
        }
        dialog.form.set_values(values)
        dialog.accept_button.click()
        classroom.desk.dialogs.until_closed(dialog)

    classroom.desk.dialogs.acts += [type_it, find_it]
    tab.new_record()
    tab.new_record()
    classroom.desk.settle()
    detail = tab.view_model.state.detail
    assert detail is not None
    assert detail.content.name == NAME
    assert _kept(classroom) is None  # saved with the course, so forgotten
