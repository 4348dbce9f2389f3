"""The training log in tests: one person after the other sits down at the real page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QDialog

from core.training.detail import CourseDetail, course_detail
from desktop.pages.training.courses import CoursesTab
from desktop.pages.training.page import TrainingPage
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.reason import ReasonDialog
from tests import training
from tests.gui.pages.conftest import Desk


class Classroom:
    """A course, and the page at which its people work."""

    def __init__(self, desk: Desk, school: training.School) -> None:
        self.desk = desk
        self.school = school
        self.page: TrainingPage | None = None

    def sit(self, login: str) -> TrainingPage:
        """Another person opens the page; `all` has every role."""
        self.leave()
        self.desk.sit(self.school.database if login == "all" else self.school.as_(login))
        self.page = self.desk.show(TrainingPage(self.desk.context))
        self.desk.context.opening.connect(self._open)
        return self.page

    def course(self, login: str) -> CoursesTab:
        """The course as somebody sees it."""
        page = self.sit(login)
        page.open_record("course", self.school.course)
        self.desk.settle()
        tab = page.front()
        assert isinstance(tab, CoursesTab)
        return tab

    def record(self, login: str, kind: str, record_id: int) -> Any:
        """The tab of another record as somebody sees it."""
        page = self.sit(login)
        page.open_record(kind, record_id)
        self.desk.settle()
        return page.front()

    def act(self, work: Callable[[ActionDialog], object]) -> None:
        """The next dialog is filled in and its button pressed."""

        def press(dialog: QDialog) -> None:
            assert isinstance(dialog, ActionDialog)
            work(dialog)
            assert dialog.accept_button.isEnabled(), dialog.form.reason()
            dialog.accept_button.click()
            self.desk.dialogs.until_closed(dialog)

        self.desk.dialogs.acts.append(press)

    def fill(self, **values: object) -> None:
        """The next dialog is filled with these values and its button pressed."""
        self.act(lambda dialog: dialog.form.set_values(values))

    def because(self, reason: str) -> None:
        """The next dialog asks why and is told."""

        def give(dialog: QDialog) -> None:
            assert isinstance(dialog, ReasonDialog)
            dialog.edit.setPlainText(reason)
            dialog.accept()

        self.desk.dialogs.acts.append(give)

    def detail(self) -> CourseDetail:
        """The course as it is stored now."""
        found: CourseDetail = self.school.ask(course_detail, self.school.course)
        return found

    def leave(self) -> None:
        """Whoever sits here gets up."""
        self.desk.settle()
        if self.page is not None:
            self.desk.context.opening.disconnect(self._open)
            self.page.close()
            self.page.deleteLater()
            self.page = None

    def _open(self, kind: str, record_id: int | None, filters: dict[str, str]) -> None:
        """As the shell does: the page that knows the kind shows it."""
        page = self.page
        if page is None or kind not in page.kinds:
            return
        if record_id is None:
            page.apply_filters(kind, filters)
        else:
            page.open_record(kind, record_id)
