"""The committee in tests: one person after the other sits down at the real page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from PySide6.QtWidgets import QDialog

from core.certificates.states import State
from core.committee.details import DrawDetail, ExpertDetail, MeetingDetail
from core.committee.queries import draw_detail, expert_detail, meeting_detail
from desktop.pages.committee.page import CommitteePage
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.reason import ReasonDialog
from tests.committee import FOREST, Room
from tests.gui.pages.conftest import Desk


class CouncilRoom:
    """Experts and cases, and the page at which the committee's people work."""

    def __init__(self, desk: Desk, room: Room) -> None:
        self.desk = desk
        self.room = room
        self.page: CommitteePage | None = None

    def waiting_case(self) -> int:
        """An application that waits for the experts."""
        case = self.room.case(FOREST)
        self.room.desk.hand_in(case)
        self.room.desk.walk(case, State.EXPERT_REVIEW)
        return case

    def soon(self, days: int = 2) -> date:
        """A day after today at this office, whose clock went on while cases were examined."""
        return self.room.desk.today + timedelta(days=days)

    def sit(self, login: str) -> CommitteePage:
        """Another person opens the page."""
        self.leave()
        self.desk.sit(self.room.desk.as_(login))
        self.page = self.desk.show(CommitteePage(self.desk.context))
        self.desk.context.opening.connect(self._open)
        return self.page

    def tab(self, login: str, key: str) -> Any:
        """A tab as somebody sees it."""
        front = self.sit(login).show_tab(key)
        self.desk.settle()
        return front

    def record(self, login: str, kind: str, record_id: int) -> Any:
        """The tab of a record as somebody sees it."""
        page = self.sit(login)
        page.open_record(kind, record_id)
        self.desk.settle()
        return page.front()

    def work(self, act: Callable[[Any], object]) -> None:
        """What is done in the next dialog."""
        self.desk.dialogs.acts.append(act)

    def fill(self, **values: object) -> None:
        """The next dialog is filled with these values and its button pressed, twice."""

        def press(dialog: QDialog) -> None:
            assert isinstance(dialog, ActionDialog)
            dialog.form.set_values(values)
            assert dialog.accept_button.isEnabled(), dialog.form.reason()
            dialog.accept_button.click()
            dialog.accept_button.click()
            self.desk.dialogs.until_closed(dialog)

        self.work(press)

    def because(self, reason: str) -> None:
        """The next dialog asks why and is told."""

        def give(dialog: QDialog) -> None:
            assert isinstance(dialog, ReasonDialog)
            dialog.edit.setPlainText(reason)
            dialog.accept()

        self.work(give)

    def done(self) -> None:
        """Everything that was asked for is over."""
        self.desk.qtbot.waitUntil(lambda: not self.desk.dialogs.acts)
        self.desk.settle()

    def expert(self, code: str) -> ExpertDetail:
        """An expert as stored now."""
        return self.room.see("secretary", expert_detail, self.room.experts[code])

    def draw(self, draw_id: int, login: str = "secretary") -> DrawDetail:
        """A draw as stored now."""
        return self.room.see(login, draw_detail, draw_id)

    def meeting(self, meeting_id: int) -> MeetingDetail:
        """A meeting as stored now."""
        return self.room.see("secretary", meeting_detail, meeting_id)

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
