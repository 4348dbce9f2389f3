"""The experts: list at the left, one expert with terms and ties at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from sqlalchemy.orm import Session

from core.committee import papers, roster
from core.committee.details import ExpertDetail
from core.committee.lists import EXPERTS
from core.committee.roster_list import ROSTER
from core.committee.sheets import EXPERTS_IMPORTER
from core.documents.service import DocumentSummary
from core.i18n import N_, _
from core.values.listing import ListQuery
from desktop.jobs.runner import Report, Token
from desktop.pages.committee import allowed, expert_dialogs
from desktop.pages.committee.expert_pane import ExpertPane, ExpertView, expert_view
from desktop.pages.committee.tab import WATCHED, CommitteeTab
from desktop.pages.committee.tones import status_tone
from desktop.parts.detail_pane import MenuEntry
from desktop.parts.export import export_list
from desktop.parts.files import read_file
from desktop.parts.import_wizard import ImportWizard
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable

Act = Callable[[ExpertDetail], object]
PICTURES = "JPEG, PNG (*.jpg *.jpeg *.png)"


class ExpertsTab(CommitteeTab):
    """The roster."""

    key: ClassVar[str] = "experts"
    title: ClassVar[str] = N_("Experts")
    kinds: ClassVar[tuple[str, ...]] = ("expert",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(EXPERTS, context, pills={"status": status_tone}, also=("party",))
        table.set_empty(
            _("No expert yet. Enter the first one, or import the roster."),
            _("New expert…"),
            "committee",
        )
        self.pane = ExpertPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[ExpertView] = RecordViewModel(
            context, expert_view, WATCHED, self
        )
        self._step = ""
        self._actions: dict[str, Act] = {
            "edit": lambda _one: self.edit_record(),
            "term": self._term,
            "end_term": self._end_term,
            "letters": self._letters,
            "end_letter": self._end_letter,
            "tie": self._tie,
            "end_tie": self._end_tie,
            "status": self._status,
            "photo": self._photo,
            "link": self._link,
        }
        self.new_button = self.add_tool(
            "newExpert", _("New expert…"), "plus", self.new_record, primary=True
        )
        self.letters_button = self.add_tool(
            "expertLetters", _("Letters of the selected…"), "documents", self._letters_of_selected
        )
        self.import_button = self.add_tool("importExperts", _("Import…"), "import", self._import)
        self.export_button = self.add_tool("exportExperts", _("Export…"), "export", self._export)
        set_allowed(self.new_button, self._why())
        set_allowed(self.letters_button, self._why())
        set_allowed(self.import_button, allowed.lacks(context.actor, "committee.import"))
        self._connect()
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="code"))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the expert shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    def render(self, state: RecordState[ExpertView]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        view = state.detail
        self.pane.set_empty(empty=view is None)
        self.tell(state.failure)
        if view is None:
            return
        one = view.detail
        self.pane.show_expert(view, dict(state.revealed))
        self._step, title, why = self.next_of(one)
        self.pane.set_primary(title, enabled=not why and not state.acting, note=why)
        self.pane.set_menu(self._entries(), self.take)
        manage, letters = self._why(), allowed.to_write_letters(one.terms, self.context.actor)
        for key, reason in (
            ("term", manage), ("end_term", manage), ("letters", letters), ("end_letter", manage),
        ):  # fmt: skip
            self.pane.terms.buttons.allow(key, reason)
        for key in ("tie", "end_tie"):
            self.pane.ties.buttons.allow(key, manage)
        set_allowed(self.pane.reveal_account, allowed.lacks(self.context.actor, "committee.reveal"))

    def next_of(self, one: ExpertDetail) -> tuple[str, str, str]:
        """Key and title of the one next action, and why it cannot be taken."""
        if not one.terms or any(term.warn for term in one.terms):
            return "term", _("New term…"), self._why()
        if any(not term.letter_number and term.ended_on is None for term in one.terms):
            return "letters", _("Letters of appointment"), self._why()
        return "edit", _("Edit (F2)"), self._why()

    def _entries(self) -> list[MenuEntry]:
        why = self._why()
        link = allowed.lacks(self.context.actor, "committee.link")
        return [
            MenuEntry("edit", _("Edit (F2)"), why),
            MenuEntry("term", _("New term…"), why),
            MenuEntry("tie", _("New tie…"), why),
            MenuEntry("photo", _("Photo…"), why),
            MenuEntry("status", _("Change the state…"), why),
            MenuEntry("link", _("Link the account…"), link),
        ]

    # -- what the person does

    def new_record(self) -> None:
        """Ctrl+N: enter an expert."""
        if not self.new_button.isEnabled():
            return
        dialog = expert_dialogs.new_expert_dialog(self.context)
        if self.run(dialog, new=True) and isinstance(dialog.result_value, int):
            self.open_record("expert", dialog.result_value)
            self.say("good", _("The expert is saved. Give a term."))

    def edit_record(self) -> None:
        """F2: change what is known of the expert."""
        view = self.view_model.state.detail
        if view is None:
            return
        if self._why():
            self.say("info", self._why())
        else:
            dialog = expert_dialogs.edit_expert_dialog(self.context, view.detail)
            self.ask(dialog, _("The expert is saved."))

    def next_step(self) -> None:
        """Do what the primary button says."""
        if self._step:
            self.take(self._step)

    def take(self, key: str) -> None:
        """Do what a button or an entry of the menu says."""
        view = self.view_model.state.detail
        if view is not None and not self.view_model.state.acting:
            self._actions[key](view.detail)

    def _term(self, one: ExpertDetail) -> None:
        self.ask(expert_dialogs.term_dialog(self.context, one), _("The term is saved."))

    def _end_term(self, one: ExpertDetail) -> None:
        chosen = self.pane.terms.chosen()
        term = next((each for each in one.terms if each.id == chosen), None)
        if term is None:
            self.say("info", _("Choose a term first."))
        else:
            dialog = expert_dialogs.end_term_dialog(self.context, term)
            self.ask(dialog, _("The term has ended."))

    def _letters(self, one: ExpertDetail) -> None:
        terms = [each.id for each in one.terms if not each.letter_number]
        self._make(lambda session: papers.appointment_letters(session, terms))

    def _letters_of_selected(self) -> None:
        experts = self.table.selected_ids()
        if not experts:
            self.say("info", _("Select experts in the list first."))
            return

        def make(session: Session) -> tuple[DocumentSummary, ...]:
            found = (roster_terms(session, one) for one in experts)
            return papers.appointment_letters(session, [term for terms in found for term in terms])

        self._make(make)

    def _make(self, action: Callable[[Session], tuple[DocumentSummary, ...]]) -> None:
        def made(letters: object) -> None:
            assert isinstance(letters, tuple)
            text = _("{count} letters of appointment are made.").format(count=len(letters))
            self.say("good", text)
            self.sign([one.id for one in letters])

        self.view_model.act(action, made, self.show_failure)

    def _end_letter(self, one: ExpertDetail) -> None:
        chosen = self.pane.terms.chosen()
        if chosen is None:
            self.say("info", _("Choose a term first."))
            return
        self.view_model.act(lambda session: papers.term_end_letter(session, chosen), self.show_made)

    def _tie(self, one: ExpertDetail) -> None:
        self.ask(expert_dialogs.TieDialog(self.context, one), _("The tie is noted."))

    def _end_tie(self, one: ExpertDetail) -> None:
        chosen = self.pane.ties.chosen()
        tie = next((each for each in one.ties if each.id == chosen), None)
        if tie is None:
            self.say("info", _("Choose a tie first."))
        else:
            self.ask(expert_dialogs.end_tie_dialog(self.context, tie), _("The tie has ended."))

    def _status(self, one: ExpertDetail) -> None:
        self.ask(expert_dialogs.status_dialog(self.context, one), _("The state is changed."))

    def _link(self, one: ExpertDetail) -> None:
        self.ask(expert_dialogs.link_dialog(self.context, one), _("The account is linked."))

    def _photo(self, one: ExpertDetail) -> None:
        path = self.context.dialogs.open_file(_("Photo"), PICTURES)
        if path is None:
            return
        database = self.context.database()

        def work(_token: Token, _report: Report) -> None:
            data = read_file(path)
            with database.write() as session:
                roster.set_photo(session, one.id, path.name, data)

        self.context.jobs.io(
            work,
            done=lambda _done: self.say("good", _("The photo is kept.")),
            failed=self.show_failure,
            key=f"expert-photo-{one.id}",
        )

    def _reveal(self) -> None:
        view = self.view_model.state.detail
        if view is not None and (reason := self.why_in_clear()):
            expert_id = view.detail.id
            self.view_model.reveal(
                "account", lambda session: roster.reveal_account(session, expert_id, reason)
            )

    def _import(self) -> None:
        self.context.dialogs.exec(ImportWizard(self.context, EXPERTS_IMPORTER))

    def _export(self) -> None:
        export_list(self.context, ROSTER, self.table.query, _("Roster of experts"))

    def _why(self) -> str:
        return allowed.lacks(self.context.actor, "committee.manage")

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self.next_step)
        self.pane.reveal_account.clicked.connect(self._reveal)
        self.pane.terms.on(self.take)
        self.pane.ties.on(self.take)
        self.pane.links.opened.connect(self.context.open)
        self.connect_papers(self.pane.papers, self.pane.files)
        self.view_model.state_changed.connect(self.render)


def roster_terms(session: Session, expert_id: int) -> list[int]:
    """The terms of an expert that have no letter yet and were not ended."""
    detail = expert_view(session, expert_id).detail
    return [one.id for one in detail.terms if not one.letter_number and one.ended_on is None]
