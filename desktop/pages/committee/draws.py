"""The draws: list at the left, one draw with its next step at the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from core.committee import draws, papers
from core.committee.details import DrawDetail
from core.committee.drawing import Verdict, replay
from core.committee.lists import DRAWS
from core.committee.pool import Standing
from core.committee.queries import draw_detail
from core.committee.records import read_record, record_text
from core.committee.states import DrawState, PickState
from core.errors import NotFound
from core.i18n import N_, _
from core.values.listing import ListQuery
from desktop.jobs.runner import Report, Token
from desktop.pages.committee import allowed, draw_dialogs
from desktop.pages.committee.draw_pane import DrawPane
from desktop.pages.committee.tab import WATCHED, CommitteeTab
from desktop.pages.committee.tones import draw_tone
from desktop.parts.detail_pane import MenuEntry
from desktop.parts.export import export_list
from desktop.parts.files import write_file
from desktop.parts.reason import ask_reason
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable

Act = Callable[[DrawDetail], object]
RECORD = "JSON (*.json)"
#: What a record is checked from: the file, or the signed paper.
RECORDS = "JSON, PDF (*.json *.pdf)"
#: What the primary button says, by the key of what it does.
STEPS = {
    "preview": N_("Look at the candidates…"),
    "witness": N_("Confirm the frozen list"),
    "type": N_("Type your input…"),
    "call": N_("Note the call…"),
    "again": N_("Draw again…"),
    "print": N_("Record of the draw"),
}


class DrawsTab(CommitteeTab):
    """Draws of experts for cases."""

    key: ClassVar[str] = "draws"
    title: ClassVar[str] = N_("Draws")
    kinds: ClassVar[tuple[str, ...]] = ("committee_draw",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            DRAWS, context, pills={"state": draw_tone}, also=("committee_draw_result",)
        )
        table.set_empty(
            _("No draw yet. Prepare one for a case that waits for experts."),
            _("New draw…"),
            "committee",
        )
        self.pane = DrawPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[DrawDetail] = RecordViewModel(
            context, draw_detail, WATCHED, self
        )
        self._step = ""
        self._actions: dict[str, Act] = {
            "edit": lambda _detail: self.edit_record(),
            "preview": self._preview,
            "witness": self._witness,
            "type": self._type,
            "call": self._call,
            "again": self._again,
            "cancel": self._cancel,
            "save": self._save,
            "print": self._print_paper,
        }
        self.new_button = self.add_tool(
            "newDraw", _("New draw…"), "plus", self.new_record, primary=True
        )
        self.replay_button = self.add_tool(
            "replayDraw", _("Check a record…"), "verify", self._replay
        )
        self.export_button = self.add_tool("exportDraws", _("Export…"), "export", self._export)
        set_allowed(self.new_button, allowed.lacks(context.actor, "committee.draw"))
        self._connect()
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="meeting_at", descending=True))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the draw shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    # -- rendering

    def render(self, state: RecordState[DrawDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        detail = state.detail
        self.pane.set_empty(empty=detail is None)
        self.tell(state.failure)
        if detail is None:
            return
        self.pane.show_draw(detail)
        self._step, why_not = self.next_of(detail)
        title = _(STEPS[self._step]) if self._step else ""
        self.pane.set_primary(title, enabled=not why_not and not state.acting, note=why_not)
        actor = self.context.actor
        call, again = allowed.to_call(detail, actor), allowed.to_draw_again(detail, actor)
        save, paper = allowed.to_save_record(detail), allowed.to_print_record(detail, actor)
        change = allowed.to_change_draw(detail, actor)
        for key, reason in (("call", call), ("again", again), ("save", save), ("print", paper)):
            self.pane.picks.buttons.allow(key, reason)
        self.pane.set_menu(
            [
                MenuEntry("edit", _("Edit (F2)"), change),
                MenuEntry("preview", _("Look at the candidates…"), change),
                MenuEntry("again", _("Draw again…"), again),
                MenuEntry("save", _("Save the record…"), save),
                MenuEntry("print", _("Record of the draw"), paper),
                MenuEntry("cancel", _("Cancel the draw…"), allowed.to_cancel_draw(detail, actor)),
            ],
            self.take,
        )

    def next_of(self, detail: DrawDetail) -> tuple[str, str]:
        """Key of the one next action, and why it cannot be taken."""
        actor = self.context.actor
        if detail.state is DrawState.PREPARED:
            return "preview", allowed.to_change_draw(detail, actor)
        if detail.state is DrawState.FROZEN and detail.witnessed_at is None:
            return "witness", allowed.to_witness(detail, actor)
        if detail.state is DrawState.FROZEN:
            return "type", allowed.to_type(detail, actor)
        if detail.state is DrawState.DRAWN:
            waiting = any(one.state is PickState.TO_CALL for one in detail.picks)
            if waiting or not detail.named:
                return "call", allowed.to_call(detail, actor)
            return "again", allowed.to_draw_again(detail, actor)
        if detail.state is DrawState.SETTLED and not detail.papers:
            return "print", allowed.to_print_record(detail, actor)
        return "", ""

    # -- what the person does

    def new_record(self) -> None:
        """Ctrl+N: prepare a draw for a case that waits."""
        if self.new_button.isEnabled():
            self.with_loaded(draw_dialogs.load_choices, self._new)

    def edit_record(self) -> None:
        """F2: change the draw before its list is frozen."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        why_not = allowed.to_change_draw(detail, self.context.actor)
        if why_not:
            self.say("info", why_not)
            return

        def edit(found: draw_dialogs.DrawChoices) -> None:
            dialog = draw_dialogs.draw_dialog(self.context, found, detail)
            self.ask(dialog, _("The draw is saved."))

        self.with_loaded(lambda session: draw_dialogs.load_choices(session, detail), edit)

    def next_step(self) -> None:
        """Do what the primary button says."""
        if self._step:
            self.take(self._step)

    def take(self, key: str) -> None:
        """Do what a button or an entry of the menu says."""
        detail = self.view_model.state.detail
        if detail is not None and not self.view_model.state.acting:
            self._actions[key](detail)

    def _new(self, found: draw_dialogs.DrawChoices) -> None:
        if not found.cases:
            self.say("info", _("No case waits for experts now."))
            return
        dialog = draw_dialogs.draw_dialog(self.context, found)
        if self.run(dialog, new=True) and isinstance(dialog.result_value, int):
            self.open_record("committee_draw", dialog.result_value)
            self.say("good", _("The draw is prepared. Look at its candidates and freeze the list."))

    def _preview(self, detail: DrawDetail) -> None:
        def show(found: Standing) -> None:
            dialog = draw_dialogs.ListPreview(self.context, detail, found)
            if self.context.dialogs.exec(dialog):
                self.view_model.act(
                    lambda session: draws.freeze(session, detail.id, detail.version),
                    lambda _digest: self.say("good", _("The list is frozen under its digest.")),
                    self.show_failure,
                )

        self.with_loaded(lambda session: draws.preview(session, detail.id), show)

    def _witness(self, detail: DrawDetail) -> None:
        self.view_model.act(
            lambda session: draws.witness(session, detail.id, detail.version),
            lambda _done: self.say("good", _("The list is confirmed; the operators may type.")),
            self.show_failure,
        )

    def _type(self, detail: DrawDetail) -> None:
        dialog = draw_dialogs.InputDialog(self.context, detail)
        if self.run(dialog):
            drawn = dialog.result_value is True
            said = _("The names are drawn.") if drawn else _("Kept. Now the other operator types.")
            self.say("good", said)

    def _call(self, detail: DrawDetail) -> None:
        chosen = self.pane.picks.chosen()
        pick = next((one for one in detail.picks if one.id == chosen), None)
        if pick is None:
            waiting = (one for one in detail.picks if one.state is PickState.TO_CALL)
            pick = next(waiting, None)
        if pick is None:
            self.say("info", _("Choose somebody who was drawn first."))
        else:
            self.ask(draw_dialogs.CallDialog(self.context, pick), _("The call is noted."))

    def _again(self, detail: DrawDetail) -> None:
        dialog = draw_dialogs.redraw_dialog(self.context, detail)
        if self.run(dialog) and isinstance(dialog.result_value, int):
            self.open_record("committee_draw", dialog.result_value)
            self.say("good", _("The new draw is prepared."))

    def _cancel(self, detail: DrawDetail) -> None:
        sentence = _("A number that was taken stays accounted for.")
        reason = ask_reason(self.context, _("Cancel the draw"), sentence)
        if reason:
            self.view_model.act(
                lambda session: draws.cancel(session, detail.id, detail.version, reason),
                lambda _done: self.say("good", _("The draw is cancelled.")),
                self.show_failure,
            )

    def _print_paper(self, detail: DrawDetail) -> None:
        self.view_model.act(
            lambda session: papers.draw_record_paper(session, detail.id),
            self.show_made,
            self.show_failure,
        )

    def _save(self, detail: DrawDetail) -> None:
        name = f"{detail.number}.json".replace("/", "_")
        path = self.context.dialogs.save_file(_("Save the record"), name, RECORD)
        if path is None:
            return
        database = self.context.database()

        def work(_token: Token, _report: Report) -> str:
            with database.read() as session:
                record = draws.record_of(session, detail.id)
            write_file(path, record_text(record).encode())
            return path.name

        def done(name: str) -> None:
            self.say("good", _("The record is saved as {file}.").format(file=name))

        self.context.jobs.io(work, done=done, failed=self.show_failure, key="draw-record")

    def _replay(self) -> None:
        path = self.context.dialogs.open_file(_("Check a record"), RECORDS)
        if path is None:
            return
        database = self.context.database()

        def work(_token: Token, _report: Report) -> Verdict:
            record = read_record(path)
            with database.read() as session:
                return check(session, record)

        def done(verdict: Verdict) -> None:
            dialog = draw_dialogs.VerdictOfRecord(self.context, path.name, verdict)
            self.context.dialogs.exec(dialog)

        self.context.jobs.io(work, done=done, failed=self.show_failure, key="draw-replay")

    def _export(self) -> None:
        export_list(self.context, DRAWS, self.table.query, _("Draws"))

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self.next_step)
        self.pane.picks.on(self.take)
        self.pane.picks.activated.connect(self._on_pick)
        self.pane.links.opened.connect(self.context.open)
        self.connect_paper_list(self.pane.papers)
        self.view_model.state_changed.connect(self.render)

    def _on_pick(self, _pick_id: int) -> None:
        if self.pane.picks.buttons.buttons["call"].isEnabled():
            self.take("call")


def check(session: Session, record: Mapping[str, Any]) -> Verdict:
    """Draw again from a record and compare with the register, if it has this draw.

    Raises:
        InputError: it is no record of a draw.
    """
    try:
        return draws.check_record(session, record)
    except NotFound:
        verdict = replay(record)
        return Verdict((*verdict.faults, "elsewhere"), verdict.result)
