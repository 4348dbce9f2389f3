"""The window in which the attendance of a course is noted and saved."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout

from core.errors import AppError
from core.i18n import N_, _
from core.training.attendance import note
from core.training.detail import CourseDetail, course_detail
from core.training.states import MARK_SHORT, MARK_TITLES, Mark
from core.values.forms import FormField
from desktop.pages.training.attendance_grid import (
    KEYS,
    AttendanceModel,
    AttendanceView,
    Cell,
    Noted,
    counts,
)
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

#: Marks that need a reason, and marks of which minutes may be noted.
REASONED = frozenset({Mark.LEAVE, Mark.MADE_UP})
TIMED = frozenset({Mark.LATE, Mark.EARLY})
REASON = FormField("reason", N_("Reason"), "long", required=True)
MINUTES = FormField("minutes", N_("Minutes missed"), "int", help=N_("Empty: not noted."))


class AttendanceDialog(QDialog):
    """Marks are typed into the grid and saved together; nothing is lost when saving is refused."""

    def __init__(
        self, context: Context, course: CourseDetail, session_id: int | None = None
    ) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("attendanceDialog")
        self.setWindowTitle(_("Attendance"))
        self._context = context
        self._course = course
        self._busy = False
        self.grid = AttendanceModel(course)
        self.view = AttendanceView()
        self.view.setModel(self.grid)
        self.banner = Banner()
        self.counts = label(role="small", wrap=True)
        self.all_button = self._button("allPresent", _("The rest of the half-day was present"))
        self.absent_button = self._button("allAbsent", _("The rest was absent"))
        self.close_button = self._button("closeAttendance", _("Close"))
        self.save_button = self._button("saveAttendance", _("Save"))
        self.save_button.setProperty("role", "primary")
        self._build(course)
        self._connect()
        self._show()
        self._begin(session_id)

    # -- what the person does

    def put(self, mark: Mark) -> None:
        """Note a mark for the chosen cells, asking for a reason where one is needed."""
        cells = self._cells()
        if not cells or self._busy:
            return
        changes = any(self.grid.saved(cell) not in (None, mark) for cell in cells)
        noted = self._asked(mark, len(cells), reasoned=mark in REASONED or changes)
        if noted is None:
            return
        self.grid.put(cells, noted)
        if len(cells) == 1:
            self.view.go_on()

    def rest(self, mark: Mark) -> None:
        """Note a mark for everybody of whom nothing is noted at the half-day of the cursor."""
        cell = self.grid.cell(self.view.currentIndex())
        if cell is not None and not self._busy:
            self.grid.put(self.grid.blanks(cell[1]), Noted(mark))

    def save(self) -> None:
        """Save everything that was chosen, at once or not at all."""
        marks = self.grid.marks()
        if not marks or self._busy:
            return
        self._busy = True
        self._show()
        course_id = self._course.id

        def saved(course: CourseDetail) -> None:
            self._busy = False
            self.grid.pending.clear()
            self._course = course
            self.grid.show_course(course)
            text = _("{count} marks were saved.")
            self.banner.show_message("good", text.format(count=len(marks)))
            self._show()

        def refused(error: AppError) -> None:
            self._busy = False
            self.banner.show_error(error)
            self._show()

        def stored(_ids: object) -> None:
            self._context.jobs.read(
                lambda session: course_detail(session, course_id),
                done=saved,
                failed=refused,
                key=f"attendance-read-{id(self)}",
            )

        job = self._context.jobs.write(
            lambda session: note(session, marks),
            done=stored,
            failed=refused,
            key=f"attendance-{course_id}",
        )
        if job is None:
            self._busy = False

    def reject(self) -> None:
        """Close; what is not saved is asked about first."""
        if self._busy:
            return
        if self.grid.pending:
            text = _("{count} marks are not saved and would be lost.")
            count = len(self.grid.pending)
            title = _("Close without saving?")
            if not self._context.dialogs.ask(title, text.format(count=count), _("Lose them")):
                return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.reject()
        if not self.isVisible():
            event.accept()

    # -- private

    def _asked(self, mark: Mark, count: int, *, reasoned: bool) -> Noted | None:
        fields = (*((MINUTES,) if mark in TIMED else ()), *((REASON,) if reasoned else ()))
        if not fields:
            return Noted(mark)
        found: list[Noted] = []

        def take(values: object, done: Done, _failed: Failed) -> None:
            assert isinstance(values, dict)
            minutes = values.get("minutes")
            reason = str(values.get("reason") or "")
            found.append(Noted(mark, minutes if isinstance(minutes, int) else 0, reason))
            done(None)

        text = _("{count} entries: “{mark}”. What is noted already changes only with a reason.")
        dialog = ActionDialog(
            self._context,
            _(MARK_TITLES[mark]),
            text.format(count=count, mark=_(MARK_TITLES[mark])),
            fields,
            take,
        )
        return found[0] if self._context.dialogs.exec(dialog) and found else None

    def _cells(self) -> list[Cell]:
        chosen = self.view.selectionModel().selectedIndexes() or [self.view.currentIndex()]
        return [cell for index in chosen if (cell := self.grid.cell(index)) is not None]

    def _begin(self, session_id: int | None) -> None:
        """Put the cursor on the first blank cell of the half-day, or of the course."""
        wanted = [one.id for one in self.grid.sessions if session_id in (None, one.id)]
        for held in wanted:
            blank = self.grid.blanks(held)
            if blank:
                self.view.setCurrentIndex(self.grid.place(*blank[0]))
                return
        if wanted and self.grid.people:
            self.view.setCurrentIndex(self.grid.place(self.grid.people[0].id, wanted[0]))

    def _show(self) -> None:
        waiting = len(self.grid.pending)
        self.save_button.setEnabled(bool(waiting) and not self._busy)
        text = _("Save {count}") if waiting else _("Save")
        self.save_button.setText(text.format(count=waiting))
        found = counts(self.grid)
        words = [f"{_(MARK_TITLES[mark])} {count}" for mark, count in found.items() if count]
        self.counts.setText("　".join(words))

    def _forget(self) -> None:
        self.grid.forget(self._cells())

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    def _connect(self) -> None:
        self.view.typed.connect(self.put)
        self.view.forgotten.connect(self._forget)
        self.grid.edited.connect(self._show)
        self.save_button.clicked.connect(self.save)
        self.close_button.clicked.connect(self.reject)
        self.all_button.clicked.connect(self._all_present)
        self.absent_button.clicked.connect(self._all_absent)
        QShortcut(QKeySequence.StandardKey.Save, self, self.save)

    def _all_present(self) -> None:
        self.rest(Mark.PRESENT)

    def _all_absent(self) -> None:
        self.rest(Mark.ABSENT)

    def _build(self, course: CourseDetail) -> None:
        keys = "　".join(
            f"{number} {MARK_SHORT[mark]} {_(MARK_TITLES[mark])}"
            for number, mark in enumerate(KEYS.values(), start=1)
        )
        below = QHBoxLayout()
        below.addWidget(self.counts, 1)
        for button in (self.all_button, self.absent_button, self.close_button, self.save_button):
            below.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(label(f"{course.number}　{course.content.name}", "heading", wrap=True))
        layout.addWidget(label(_("Keys: {keys}").format(keys=keys), "soft", wrap=True))
        layout.addWidget(self.banner)
        layout.addWidget(self.view, 1)
        layout.addLayout(below)
        self.view.fit()
        limit = self.screen().availableGeometry().size()
        self.resize(min(1120, limit.width() - 60), min(640, limit.height() - 80))
        self.view.setFocus()
