"""The scenes of 培训台账: courses with every part, the grid, and the other tabs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtWidgets import QDialog

from core.parties.queries import summary
from core.training.detail import participant_detail
from core.training.lists import PARTICIPANTS
from core.training.states import Mark
from core.values.listing import ListQuery
from desktop.pages.training.attendance_dialog import AttendanceDialog
from desktop.pages.training.course_dialogs import CourseDialog
from desktop.pages.training.course_pane import PARTS
from desktop.pages.training.courses import CoursesTab
from desktop.pages.training.page import TABS, TrainingPage
from desktop.pages.training.reports import REPORT_TABS, LedgerTab, ReportsTab, TranscriptTab
from desktop.parts.tabs import RecordTab
from desktop.pictures import Scene, Stage, caught, place


def course(stage: Stage, part: str = "course") -> CoursesTab:
    """The system training of the sample office with a part in front."""
    page = place(stage, TrainingPage)
    page.apply_filters("course", {})
    tab = page.front()
    assert isinstance(tab, CoursesTab)
    stage.settle()
    tab.table.view.selectRow(0)
    stage.settle()
    tab.pane.show_part(part)
    stage.settle()
    return tab


def part(key: str) -> Scene:
    """The tab with a part of the course."""

    def scene(stage: Stage) -> None:
        course(stage, key)
        stage.shoot()

    return scene


def tab(key: str) -> Scene:
    """Another tab with its first record."""

    def scene(stage: Stage) -> None:
        front = place(stage, TrainingPage).show_tab(key)
        stage.settle()
        if isinstance(front, RecordTab):
            front.table.view.selectRow(0)
        stage.shoot()

    return scene


def report(key: str) -> Scene:
    """A report; the transcript with somebody who attended."""

    def scene(stage: Stage) -> None:
        reports = place(stage, TrainingPage).show_tab("reports")
        assert isinstance(reports, ReportsTab)
        front = reports.show_tab(key)
        stage.settle()
        if isinstance(front, TranscriptTab):
            _somebody(stage, front)
        elif isinstance(front, LedgerTab):
            front.apply_filters(front.key, {"year": "2021"})
        stage.shoot()

    return scene


def _somebody(stage: Stage, front: TranscriptTab) -> None:
    database = stage.desktop.jobs.database()
    with database.read() as session:
        first = PARTICIPANTS.ids(session, ListQuery())[0]
        party = summary(session, participant_detail(session, first).person.party_id)
    front.show_person(party)
    stage.settle()


def new_course(stage: Stage) -> None:
    """The form of a course whose name carries a word that certificates must not."""

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, CourseDialog)
        dialog.form.set_values({"name": "全国林业碳汇培训班", "paper": "certificate"})
        dialog.form.changed.emit()
        stage.settle()

    caught(stage, course(stage).new_record, fill)


def action(key: str, part_: str = "course", row: int | None = None) -> Scene:
    """A dialog of the course."""

    def scene(stage: Stage) -> None:
        front = course(stage, part_)
        if row is not None:
            front.pane.roster.view.selectRow(row)
            front.pane.sessions.view.selectRow(row)
            front.pane.money.fees.view.selectRow(row)
        with stage.looking():
            front.take(key)
            stage.settle()

    return scene


def attendance(stage: Stage) -> None:
    """The grid with a mark that is not saved."""

    def note(dialog: QDialog) -> None:
        assert isinstance(dialog, AttendanceDialog)
        stage.settle()
        dialog.rest(Mark.PRESENT)
        stage.settle()

    front = course(stage)
    detail = front.view_model.state.detail
    assert detail is not None
    caught(stage, partial(front.roster.attendance, detail), note)


_ACTIONS: Mapping[str, Callable[[Stage], None]] = {
    "training-new": new_course,
    "training-attendance-grid": attendance,
    "training-paper": action("paper"),
    "training-hints": action("hints"),
    "training-fee-sheet": action("fee_sheet", "money"),
    "training-session": action("add_session"),
    "training-temporary": action("trainee", "roster"),
    "training-enrol": action("enrol", "roster"),
    "training-scores": action("scores", "roster"),
    "training-evaluation": action("hand_in", "end"),
    "training-cost": action("add_cost", "money"),
    "training-fee": action("edit_fee", "money", 0),
}

SCENES: Mapping[str, Scene] = {
    **{f"training-course-{key}": part(key) for key, _title in PARTS},
    **{f"training-{one.key}": tab(one.key) for one in TABS[1:-1]},
    **{f"training-{one.key}": report(one.key) for one in REPORT_TABS},
    **_ACTIONS,
}
