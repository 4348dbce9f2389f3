"""What is done with a course: sessions, sheets, roster, completion, file and money.

Each action takes the course as it is shown, asks what it needs, and runs one use case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.clock import china_date
from core.i18n import _
from core.training.completion import prepare_list
from core.training.costs import propose_fees, remove_cost, save_fee
from core.training.courses import cancel, cancel_session, close, reopen
from core.training.detail import CourseDetail, PersonLine, SessionLine
from core.training.dossier import KeptFile, take_away
from core.training.participants import withdraw
from core.training.record_details import trainer_choices
from core.training.sheets import PARTICIPANTS_IMPORTER
from core.training.sign_in import Printed, print_sheet
from desktop.pages.training import file_dialogs, people_dialogs
from desktop.pages.training.attendance_dialog import AttendanceDialog
from desktop.pages.training.course_dialogs import session_dialog
from desktop.pages.training.hints_dialog import HintsDialog, load_hints
from desktop.pages.training.tones import session_text
from desktop.parts.import_wizard import ImportWizard
from desktop.parts.reason import ask_reason

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.documents.service import DocumentSummary
    from desktop.pages.training.courses import CoursesTab
    from desktop.parts.action_dialog import ActionDialog

Act = Callable[[CourseDetail], object]


class Work(QObject):
    """What the works of a course share."""

    def __init__(self, tab: CoursesTab) -> None:
        super().__init__(tab)
        self.tab = tab
        self.context = tab.context

    def actions(self) -> dict[str, Act]:
        """What each key does."""
        raise NotImplementedError

    def ask(self, dialog: ActionDialog, text: str) -> bool:
        """Run a dialog and say that it was done."""
        done = self.tab.run(dialog)
        if done:
            self.tab.say("good", text)
        return done

    def run(self, action: Callable[[Session], object], text: str) -> None:
        """Run one use case and say that it was done."""
        self.tab.view_model.act(action, lambda _result: self.tab.say("good", text))

    def choose_first(self, text: str) -> None:
        """Say that a row has to be chosen."""
        self.tab.say("info", text)


class SessionWork(Work):
    """Sessions and their sign-in sheets."""

    def actions(self) -> dict[str, Act]:
        """What each key does."""
        return {
            "add_session": lambda detail: self._with_trainers(detail, None),
            "edit_session": self._edit,
            "drop_session": self._drop,
            "sheet": self._sheet,
            "sheets": self._sheets,
            "scan": lambda _detail: self.tab.scans.choose(),
        }

    def _chosen(self, detail: CourseDetail) -> SessionLine | None:
        chosen = self.tab.pane.sessions.chosen()
        found = next((one for one in detail.sessions if one.id == chosen), None)
        if found is None:
            self.choose_first(_("Choose a session first."))
        return found

    def _with_trainers(self, detail: CourseDetail, known: SessionLine | None) -> None:
        def ask(trainers: tuple[tuple[str, str], ...]) -> None:
            dialog = session_dialog(self.context, detail, trainers, known)
            self.ask(dialog, _("The session is saved."))

        self.context.jobs.read(
            trainer_choices, done=ask, failed=self.tab.show_failure, key="trainer-choices"
        )

    def _edit(self, detail: CourseDetail) -> None:
        one = self._chosen(detail)
        if one is not None:
            self._with_trainers(detail, one)

    def _drop(self, detail: CourseDetail) -> None:
        one = self._chosen(detail)
        if one is None:
            return
        sentence = _("{session}: it counts for nobody any more.")
        reason = ask_reason(self.context, _("Not held"), sentence.format(session=session_text(one)))
        if reason:
            self.run(
                lambda session: cancel_session(session, one.id, one.version, reason),
                _("The session is marked as not held."),
            )

    def _sheet(self, detail: CourseDetail) -> None:
        one = self._chosen(detail)
        if one is None:
            return

        def prepared(result: object) -> None:
            assert isinstance(result, Printed)
            self.tab.present(result.paper)

        self.tab.view_model.act(lambda session: print_sheet(session, one.id), prepared)

    def _sheets(self, detail: CourseDetail) -> None:
        """A sheet for every half-day that has none yet."""
        printed = {one.session_id for one in detail.sheets}
        wanted = [
            one.id for one in detail.sessions if not one.cancelled_reason and one.id not in printed
        ]
        if not wanted:
            self.tab.say("info", _("Every half-day has its sheet; choose one to print it anew."))
            return

        def prepare(session: Session) -> list[int]:
            return [print_sheet(session, one).paper.id for one in wanted]

        def prepared(papers: object) -> None:
            assert isinstance(papers, list)
            text = _("{count} sign-in sheets are prepared; they stand among the papers.")
            self.tab.say("good", text.format(count=len(papers)))
            self.tab.sign(papers)

        self.tab.view_model.act(prepare, prepared)


class RosterWork(Work):
    """The people of a course, their attendance and their scores."""

    def actions(self) -> dict[str, Act]:
        """What each key does."""
        return {
            "enrol": self._enrol,
            "trainee": self._trainee,
            "import": lambda _detail: self._import(),
            "attendance": self.attendance,
            "scores": self._scores,
            "correct": self._correct,
            "edit_person": self._edit,
            "withdraw": self._withdraw,
            "hints": self._hints,
            "identify": self._identify,
        }

    def _chosen(self, detail: CourseDetail) -> PersonLine | None:
        chosen = self.tab.pane.roster.chosen()
        found = next((one for one in detail.people if one.id == chosen), None)
        if found is None:
            self.choose_first(_("Choose somebody on the roster first."))
        return found

    def _enrol(self, detail: CourseDetail) -> None:
        dialog = people_dialogs.enrol_dialog(self.context, detail)
        self.ask(dialog, _("The person is on the roster."))

    def _trainee(self, detail: CourseDetail) -> None:
        dialog = people_dialogs.trainee_dialog(self.context, detail)
        self.ask(dialog, _("The person is on the roster."))

    def _import(self) -> None:
        self.context.dialogs.exec(ImportWizard(self.context, PARTICIPANTS_IMPORTER))

    def attendance(self, detail: CourseDetail) -> None:
        """Open the grid at the session chosen."""
        session_id = self.tab.pane.sessions.chosen()
        self.context.dialogs.exec(AttendanceDialog(self.context, detail, session_id))

    def _scores(self, detail: CourseDetail) -> None:
        if not people_dialogs.to_score(detail):
            self.tab.say("info", _("Everybody has passed or was judged."))
            return
        day = min(china_date(self.context.clock.now()), detail.content.ends_on)
        dialog = people_dialogs.scores_dialog(self.context, detail, day)
        self.ask(dialog, _("The scores are saved."))

    def _correct(self, detail: CourseDetail) -> None:
        one = self._chosen(detail)
        if one is None:
            return
        if not one.scores:
            self.tab.say("info", _("{name} has no score yet.").format(name=one.name))
            return
        dialog = people_dialogs.correction_dialog(self.context, one)
        self.ask(dialog, _("The score is corrected."))

    def _edit(self, detail: CourseDetail) -> None:
        one = self._chosen(detail)
        if one is not None:
            dialog = people_dialogs.participant_dialog(self.context, one)
            self.ask(dialog, _("The entry is saved."))

    def _withdraw(self, detail: CourseDetail) -> None:
        one = self._chosen(detail)
        if one is None:
            return
        sentence = _("{name} leaves the roster; what was noted stays.").format(name=one.name)
        reason = ask_reason(self.context, _("Left the course"), sentence)
        if reason:
            self.run(
                lambda session: withdraw(session, one.id, one.version, reason),
                _("{name} left the course.").format(name=one.name),
            )

    def _hints(self, detail: CourseDetail) -> None:
        self.context.jobs.read(
            lambda session: load_hints(session, detail.id),
            done=lambda found: self.context.dialogs.exec(HintsDialog(self.context, found)),
            failed=self.tab.show_failure,
            key="course-hints",
        )

    def _identify(self, detail: CourseDetail) -> None:
        one = self._chosen(detail)
        if one is None:
            return
        if not one.temporary:
            self.tab.say("info", _("{name} is not a temporary entry.").format(name=one.name))
            return
        dialog = people_dialogs.identify_dialog(self.context, one)
        self.ask(dialog, _("The person is identified."))


class EndWork(Work):
    """Completion, certificates, evaluation, and the end of the course."""

    def actions(self) -> dict[str, Act]:
        """What each key does."""
        return {
            "prepare": self._prepare,
            "issue": self._issue,
            "hand_in": self._hand_in,
            "close": self._close,
            "reopen": self._reopen,
            "cancel": self._cancel,
        }

    def _prepare(self, detail: CourseDetail) -> None:
        self.run(
            lambda session: prepare_list(session, detail.id, detail.version),
            _("The completion list waits for its review by another person."),
        )

    def _issue(self, detail: CourseDetail) -> None:
        from desktop.pages.training.issue_dialog import IssueCertificatesDialog

        dialog = IssueCertificatesDialog(self.context, detail)
        if self.context.dialogs.exec(dialog):
            count = len(dialog.issued)
            self.tab.say("good", _("{count} certificates were made.").format(count=count))
            self.tab.sign([one.paper.id for one in dialog.issued])

    def _hand_in(self, detail: CourseDetail) -> None:
        people = [
            one
            for one in detail.people
            if not one.evaluated and one.standing is not None and one.standing.attended
        ]
        if not people:
            self.tab.say("info", _("No attendee is left who did not hand in a form."))
            return
        dialog = people_dialogs.evaluation_dialog(self.context, detail, people)
        self.ask(dialog, _("The form is taken in."))

    def _close(self, detail: CourseDetail) -> None:
        sentence = _("{course} is filed as it is: nothing of it can be changed afterwards.")
        text = sentence.format(course=detail.content.name)
        if self.context.dialogs.ask(_("File the course?"), text, _("File")):
            self.run(
                lambda session: close(session, detail.id, detail.version),
                _("The course is filed."),
            )

    def _reopen(self, detail: CourseDetail) -> None:
        sentence = _("The course can be changed again; that it was opened stays in its history.")
        reason = ask_reason(self.context, _("Open again"), sentence)
        if reason:
            self.run(
                lambda session: reopen(session, detail.id, detail.version, reason),
                _("The course is open again."),
            )

    def _cancel(self, detail: CourseDetail) -> None:
        sentence = _("{course} is called off; it stays in the register with the reason.")
        reason = ask_reason(
            self.context, _("Call off"), sentence.format(course=detail.content.name)
        )
        if reason:
            self.run(
                lambda session: cancel(session, detail.id, detail.version, reason),
                _("The course is called off."),
            )


class FileWork(Work):
    """Photos, materials, papers, and the folder 一期一档."""

    def actions(self) -> dict[str, Act]:
        """What each key does."""
        return {
            "add_file": self._add,
            "open_file": self._open,
            "edit_file": self._edit,
            "take_away": self._take_away,
            "folder": self.tab.export_folder,
            "paper": self._paper,
        }

    def _chosen(self, detail: CourseDetail) -> KeptFile | None:
        chosen = self.tab.pane.files.chosen()
        found = next((one for one in detail.files if one.id == chosen), None)
        if found is None:
            self.choose_first(_("Choose a file first."))
        return found

    def _add(self, detail: CourseDetail) -> None:
        for path in self.context.dialogs.open_files(_("Add a file")):
            dialog = file_dialogs.add_file_dialog(self.context, detail, path)
            if not self.ask(dialog, _("{file} is kept.").format(file=path.name)):
                return

    def _open(self, detail: CourseDetail) -> None:
        one = self._chosen(detail)
        if one is not None:
            self.tab.desk.open_file(one.file)

    def _edit(self, detail: CourseDetail) -> None:
        one = self._chosen(detail)
        if one is not None:
            dialog = file_dialogs.edit_file_dialog(self.context, one)
            self.ask(dialog, _("The file is saved."))

    def _take_away(self, detail: CourseDetail) -> None:
        one = self._chosen(detail)
        if one is None:
            return
        sentence = _("{file} no longer counts; its bytes stay in the database.")
        reason = ask_reason(self.context, _("Take away"), sentence.format(file=one.file.filename))
        if reason:
            self.run(
                lambda session: take_away(session, one.id, one.version, reason),
                _("{file} no longer counts.").format(file=one.file.filename),
            )

    def _paper(self, detail: CourseDetail) -> None:
        self.tab.prepare(file_dialogs.paper_dialog(self.context, detail))


class MoneyWork(Work):
    """Costs and lecture fees."""

    def actions(self) -> dict[str, Act]:
        """What each key does."""
        return {
            "add_cost": self._add,
            "edit_cost": self._edit,
            "drop_cost": self._drop,
            "propose_fees": self._propose,
            "edit_fee": self._fee,
            "fee_sheet": self._sheet,
        }

    def _add(self, detail: CourseDetail) -> None:
        self.ask(file_dialogs.cost_dialog(self.context, detail), _("The cost is saved."))

    def _edit(self, detail: CourseDetail) -> None:
        chosen = self.tab.pane.money.costs.chosen()
        one = next((each for each in detail.costs if each.id == chosen), None)
        if one is None:
            self.choose_first(_("Choose a cost first."))
            return
        self.ask(file_dialogs.cost_dialog(self.context, detail, one), _("The cost is saved."))

    def _drop(self, detail: CourseDetail) -> None:
        chosen = self.tab.pane.money.costs.chosen()
        one = next((each for each in detail.costs if each.id == chosen), None)
        if one is None:
            self.choose_first(_("Choose a cost first."))
            return
        sentence = _("{item}, {amount} yuan, is taken out; the audit log keeps it.")
        reason = ask_reason(
            self.context, _("Remove"), sentence.format(item=one.item, amount=one.amount)
        )
        if reason:
            self.run(
                lambda session: remove_cost(session, one.id, one.version, reason),
                _("The cost is removed."),
            )

    def _propose(self, detail: CourseDetail) -> None:
        known = {one.party_id for one in detail.fees}

        def propose(session: Session) -> int:
            found = [one for one in propose_fees(session, detail.id) if one.party_id not in known]
            for one in found:
                save_fee(session, detail.id, one)
            return len(found)

        def told(count: object) -> None:
            text = _("{count} fees were entered; look at hours and rates.")
            self.tab.say("good" if count else "info", text.format(count=count))

        self.tab.view_model.act(propose, told)

    def _fee(self, detail: CourseDetail) -> None:
        chosen = self.tab.pane.money.fees.chosen()
        one = next((each for each in detail.fees if each.party_id == chosen), None)
        if one is None:
            self.choose_first(_("Choose a fee first."))
            return
        self.ask(file_dialogs.fee_dialog(self.context, detail, one), _("The fee is saved."))

    def _sheet(self, detail: CourseDetail) -> None:
        self.tab.prepare(file_dialogs.fee_sheet_dialog(self.context, detail))


def made_paper(dialog: ActionDialog) -> DocumentSummary:
    """The paper a dialog prepared."""
    from core.documents.service import DocumentSummary

    assert isinstance(dialog.result_value, DocumentSummary)
    return dialog.result_value
