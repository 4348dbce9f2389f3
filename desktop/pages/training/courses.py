"""The courses: list at the left, one course with its next step at the right."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from core import attachments
from core.clock import china_date
from core.i18n import N_, _
from core.training.detail import CourseDetail, course_detail
from core.training.folder import Exported, export_course
from core.training.lists import COURSES
from core.training.states import CourseState, ListState, PaperAtEnd, Result
from core.values.listing import ListQuery
from desktop.jobs.runner import Report, Token
from desktop.pages.training import allowed
from desktop.pages.training.course_dialogs import course_dialog
from desktop.pages.training.course_pane import CoursePane
from desktop.pages.training.course_work import (
    Act,
    EndWork,
    FileWork,
    MoneyWork,
    RosterWork,
    SessionWork,
    made_paper,
)
from desktop.pages.training.scan_work import ScanWork
from desktop.pages.training.tab import WATCHED, TrainingTab
from desktop.pages.training.tones import course_tone
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.detail_pane import MenuEntry
from desktop.parts.export import export_list
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable

State = RecordState[CourseDetail]
PHOTOS = (".jpg", ".jpeg", ".png")
#: What the primary button says, by the key of what it does.
STEPS = {
    "add_session": N_("Add a session…"),
    "enrol": N_("Enrol…"),
    "settle": N_("Look at the open rows…"),
    "attendance": N_("Note attendance…"),
    "sheet": N_("Print a sign-in sheet"),
    "scores": N_("Enter scores…"),
    "prepare": N_("Prepare the completion list"),
    "review": N_("Open the list to review"),
    "issue": N_("Issue certificates…"),
    "close": N_("File the course…"),
    "folder": N_("Export the folder…"),
}


class CoursesTab(TrainingTab):
    """The organiser's daily list."""

    key: ClassVar[str] = "courses"
    title: ClassVar[str] = N_("Courses")
    kinds: ClassVar[tuple[str, ...]] = ("course",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(COURSES, context, pills={"state": course_tone})
        table.set_empty(
            _("No course yet. Plan the first one; its sessions and people follow."),
            _("New course…"),
            "training",
        )
        self.pane = CoursePane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[CourseDetail] = RecordViewModel(
            context, course_detail, WATCHED, self
        )
        self.scans = ScanWork(context, self)
        self.roster = RosterWork(self)
        works = (SessionWork(self), self.roster, EndWork(self), FileWork(self), MoneyWork(self))
        self._actions: dict[str, Act] = {
            "edit": lambda _detail: self.edit_record(),
            "review": self._review,
            "settle": self._settle,
            "open_certificate": lambda _detail: self._open_certificate(),
        }
        for work in works:
            self._actions |= work.actions()
        self._step = ""
        self.new_button = self.add_tool(
            "newCourse", _("New course…"), "plus", self.new_record, primary=True
        )
        self.scan_button = self.add_tool("readScan", _("Read a scan…"), "import", self._scan)
        self.export_button = self.add_tool("exportCourses", _("Export…"), "export", self._export)
        set_allowed(self.new_button, allowed.lacks(context.actor, "training.manage"))
        set_allowed(self.scan_button, allowed.lacks(context.actor, "training.attend"))
        self._connect()
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="starts_on", descending=True))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the course shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    # -- rendering

    def render(self, state: State) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        detail = state.detail
        self.pane.set_empty(empty=detail is None)
        self.tell(state.failure)
        if detail is None:
            return
        self.pane.show_course(detail)
        self._step, why = self.next_of(detail)
        title = _(STEPS[self._step]) if self._step else ""
        self.pane.set_primary(title, enabled=not why and not state.acting, note=why)
        self.pane.set_menu(self._entries(detail), self.take)
        self._allow(detail)

    def next_of(self, detail: CourseDetail) -> tuple[str, str]:
        """Key of the one next action, and why it cannot be taken."""
        actor = self.context.actor
        if detail.state is CourseState.CANCELLED:
            return "", ""
        if detail.state is CourseState.CLOSED:
            if allowed.due(detail) and detail.content.paper is not PaperAtEnd.NONE:
                return "issue", allowed.to_issue(detail, actor)
            return "folder", allowed.lacks(actor, "training.report")
        if not allowed.held(detail):
            return "add_session", allowed.to_plan_sessions(detail, actor)
        if not allowed.staying(detail):
            return "enrol", allowed.to_change(detail, actor, "training.manage")
        return self._next_while_open(detail)

    def _next_while_open(self, detail: CourseDetail) -> tuple[str, str]:
        actor = self.context.actor
        people = allowed.staying(detail)
        missing = {
            one.code
            for each in people
            if each.standing is not None and each.result is not Result.COMPLETED
            for one in each.standing.missing
        }
        if any(one.open for one in detail.scans):
            return "settle", allowed.to_change(detail, actor, "training.attend")
        if any(one.state is ListState.PREPARED for one in detail.lists):
            return "review", ""
        if "training.unmarked" in missing:
            ahead = china_date(self.context.clock.now()) < detail.content.starts_on
            key = "sheet" if ahead and not detail.sheets else "attendance"
            return key, allowed.to_note(detail, actor)
        if detail.content.assessed and "training.not_assessed" in missing:
            return "scores", allowed.to_score(detail, actor)
        if any(one.result is Result.OPEN for one in people):
            return "prepare", allowed.to_prepare(detail, actor)
        if detail.content.paper is not PaperAtEnd.NONE and allowed.due(detail):
            return "issue", allowed.to_issue(detail, actor)
        return "close", allowed.to_file(detail, actor, self._today())

    def _entries(self, detail: CourseDetail) -> list[MenuEntry]:
        actor = self.context.actor
        return [
            MenuEntry("edit", _("Edit (F2)"), allowed.to_change(detail, actor, "training.manage")),
            MenuEntry("attendance", _("Attendance…"), allowed.to_note(detail, actor)),
            MenuEntry("sheets", _("All sign-in sheets"), allowed.to_note(detail, actor)),
            MenuEntry("scan", _("Read a scan…"), allowed.lacks(actor, "training.attend")),
            MenuEntry(
                "prepare", _("Prepare the completion list"), allowed.to_prepare(detail, actor)
            ),
            MenuEntry("issue", _("Issue certificates…"), allowed.to_issue(detail, actor)),
            MenuEntry("paper", _("Prepare a paper…"), self._to_print(detail)),
            MenuEntry("folder", _("Export the folder…"), allowed.lacks(actor, "training.report")),
            MenuEntry(
                "close", _("File the course…"), allowed.to_file(detail, actor, self._today())
            ),
            MenuEntry("reopen", _("Open again…"), allowed.to_reopen(detail, actor)),
            MenuEntry("cancel", _("Call off…"), allowed.to_call_off(detail, actor)),
        ]

    def _to_print(self, _detail: CourseDetail) -> str:
        actor = self.context.actor
        if any(actor.may(one) for one in ("training.manage", "training.report", "training.fee")):
            return ""
        return allowed.lacks(actor, "training.manage")

    def _allow(self, detail: CourseDetail) -> None:
        """Grey the buttons of the parts, each with its reason."""
        actor, pane = self.context.actor, self.pane
        manage = allowed.to_change(detail, actor, "training.manage")
        plan = allowed.to_plan_sessions(detail, actor)
        money = allowed.to_change(detail, actor, "training.fee")
        note, score = allowed.to_note(detail, actor), allowed.to_score(detail, actor)
        enter = allowed.to_change(detail, actor, "training.manage", "parties.edit")
        reasons = {
            pane.sessions.buttons: {
                "add_session": plan, "edit_session": plan, "drop_session": plan, "sheet": note,
                "scan": allowed.lacks(actor, "training.attend"),
            },
            pane.roster.buttons: {
                "enrol": manage, "trainee": enter, "edit_person": manage, "withdraw": manage,
                "import": allowed.to_change(detail, actor, "training.import"),
                "attendance": note, "scores": score, "correct": score, "hints": "",
                "identify": allowed.to_change(detail, actor, "training.manage", "parties.merge"),
            },
            pane.ending.buttons: {
                "prepare": allowed.to_prepare(detail, actor), "hand_in": manage, "scores": score,
                "issue": allowed.to_issue(detail, actor),
            },
            pane.files.buttons: {
                "add_file": manage, "edit_file": manage, "take_away": manage, "open_file": "",
                "folder": allowed.lacks(actor, "training.report"),
            },
            pane.paper_buttons: {"paper": self._to_print(detail)},
            pane.money.costs.buttons: {"add_cost": money, "edit_cost": money, "drop_cost": money},
            pane.money.fees.buttons: {
                "propose_fees": money, "edit_fee": money,
                "fee_sheet": allowed.lacks(actor, "training.fee"),
            },
        }  # fmt: skip
        for buttons, each in reasons.items():
            for key, why in each.items():
                buttons.allow(key, why)

    def _show_photo(self, file_id: int) -> None:
        """The photo the person is on, below the files of the course."""
        detail = self.view_model.state.detail
        kept = next((one for one in detail.files if one.id == file_id), None) if detail else None
        if kept is None or not kept.file.filename.lower().endswith(PHOTOS):
            self.pane.photo.show_photo(None)
            return
        attachment = kept.file.id
        self.context.jobs.read(
            lambda session: attachments.read(session, attachment)[1],
            done=self.pane.photo.show_photo,
            failed=self.show_failure,
            key=f"course-photo-{id(self)}",
            latest=True,
        )

    # -- what the person does

    def new_record(self) -> None:
        """Ctrl+N: plan a course."""
        if not self.new_button.isEnabled():
            return
        dialog = course_dialog(self.context)
        if self.run(dialog, new=True) and isinstance(dialog.result_value, int):
            self.open_record("course", dialog.result_value)
            self.say("good", _("The course is planned. Add its sessions."))

    def edit_record(self) -> None:
        """F2: change the course shown."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        why = allowed.to_change(detail, self.context.actor, "training.manage")
        if why:
            self.say("info", why)
        elif self.run(course_dialog(self.context, detail)):
            self.say("good", _("The course is saved."))

    def next_step(self) -> None:
        """Do what the primary button says."""
        if self._step:
            self.take(self._step)

    def take(self, key: str) -> None:
        """Do what a button or an entry of the menu says."""
        detail = self.view_model.state.detail
        if detail is not None and not self.view_model.state.acting:
            self._actions[key](detail)

    def prepare(self, dialog: ActionDialog) -> None:
        """Run a dialog that prepares a paper, and present the paper."""
        if self.run(dialog):
            self.present(made_paper(dialog))

    def export_folder(self, detail: CourseDetail) -> None:
        """Write 一期一档 below a folder the person chooses."""
        folder = self.context.dialogs.folder(_("Export the folder"))
        if folder is None:
            return
        database = self.context.database()

        def work(token: Token, report: Report) -> Exported:
            def progress(done: int, total: int) -> None:
                token.check()
                report(done, total)

            with database.read() as session:
                return export_course(session, detail.id, folder, progress=progress)

        def written(made: Exported) -> None:
            text = _("{count} files were written to {folder}.")
            self.say("good", text.format(count=made.files, folder=made.folder.name))

        self.context.jobs.io(
            work,
            done=written,
            failed=self.show_failure,
            title=_("Export"),
            key=f"course-folder-{detail.id}",
        )

    def _review(self, detail: CourseDetail) -> None:
        waiting = next(one for one in detail.lists if one.state is ListState.PREPARED)
        self.context.open("completion_list", waiting.id)

    def _settle(self, detail: CourseDetail) -> None:
        self.scans.settle([one.id for one in detail.scans if one.open])

    def _scan(self) -> None:
        self.scans.choose()

    def _export(self) -> None:
        export_list(self.context, COURSES, self.table.query, _("Courses"))

    def _today(self) -> date:
        return china_date(self.context.clock.now())

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.empty_action.connect(self.new_record)
        self.table.activated.connect(self._on_activated)
        self.pane.primary.clicked.connect(self.next_step)
        self.pane.asked.connect(self.take)
        self.pane.roster.activated.connect(self._on_person)
        self.pane.files.chose.connect(self._show_photo)
        self.pane.ending.lists.opened.connect(self.context.open)
        self.pane.ending.certificates.activated.connect(self._on_certificate)
        self.connect_paper_list(self.pane.papers)
        self.scans.failed.connect(self.show_failure)
        self.scans.told.connect(self.say)
        self.view_model.state_changed.connect(self.render)

    def _open_certificate(self) -> None:
        chosen = self.pane.ending.certificates.chosen()
        if chosen is None:
            self.say("info", _("Choose a certificate first."))
        else:
            self._on_certificate(chosen)

    def _on_certificate(self, certificate_id: int) -> None:
        self.context.open("training_certificate", certificate_id)

    def _on_activated(self, _course_id: int) -> None:
        self.pane.primary.setFocus()

    def _on_person(self, participant_id: int) -> None:
        self.context.open("course_participant", participant_id)
