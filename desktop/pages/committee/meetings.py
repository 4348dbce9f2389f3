"""The review meetings: list at the left, one meeting with its next step at the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from sqlalchemy.orm import Session

from core.committee import meeting_papers, meetings
from core.committee.details import MeetingDetail, MemberLine
from core.committee.lists import MEETINGS
from core.committee.queries import meeting_detail
from core.committee.states import MeetingState, Presence
from core.documents.service import DocumentSummary
from core.i18n import N_, _
from core.values.listing import ListQuery
from desktop.pages.committee import allowed, meeting_dialogs
from desktop.pages.committee.meeting_dialogs import MeetingChoices
from desktop.pages.committee.meeting_pane import MeetingPane
from desktop.pages.committee.opinions import CaseDialog, Found, load_case
from desktop.pages.committee.tab import WATCHED, CommitteeTab
from desktop.pages.committee.tones import meeting_tone
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.detail_pane import MenuEntry
from desktop.parts.export import export_list
from desktop.parts.reason import ask_reason
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable

Act = Callable[[MeetingDetail], object]
#: What the primary button says, by the key of what it does.
STEPS = {
    "add_case": N_("Add a case…"),
    "invite_draw": N_("Invite a draw…"),
    "present": N_("Note the next as present"),
    "open": N_("Open the meeting…"),
    "judge": N_("Opinions…"),
    "close": N_("Close the meeting…"),
    "minutes": N_("Minutes of a meeting"),
}


class MeetingsTab(CommitteeTab):
    """Review meetings."""

    key: ClassVar[str] = "meetings"
    title: ClassVar[str] = N_("Meetings")
    kinds: ClassVar[tuple[str, ...]] = ("committee_meeting",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            MEETINGS,
            context,
            pills={"state": meeting_tone},
            also=("committee_meeting_case", "committee_meeting_member"),
        )
        table.set_empty(_("No meeting yet. Announce the first one."), _("New meeting…"), "calendar")
        self.pane = MeetingPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[MeetingDetail] = RecordViewModel(
            context, meeting_detail, WATCHED, self
        )
        self._step = ""
        self._actions = self._all_actions()
        self.new_button = self.add_tool(
            "newMeeting", _("New meeting…"), "plus", self.new_record, primary=True
        )
        self.export_button = self.add_tool("exportMeetings", _("Export…"), "export", self._export)
        set_allowed(self.new_button, allowed.lacks(context.actor, "committee.meet"))
        self._connect()
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="starts_at", descending=True))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the meeting shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    # -- rendering

    def render(self, state: RecordState[MeetingDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        detail = state.detail
        self.pane.set_empty(empty=detail is None)
        self.tell(state.failure)
        if detail is None:
            return
        self.pane.show_meeting(detail)
        self._step, why_not = self.next_of(detail)
        title = _(STEPS[self._step]) if self._step else ""
        self.pane.set_primary(title, enabled=not why_not and not state.acting, note=why_not)
        actor = self.context.actor
        run = allowed.to_run(detail, actor)
        for key in ("add_case", "drop_case"):
            self.pane.agenda.buttons.allow(key, run)
        self.pane.agenda.buttons.allow("judge", self._to_judge(detail))
        for key in ("present", "all_present", "away", "invite_draw", "invite"):
            self.pane.members.buttons.allow(key, run)
        lacking = allowed.lacks(actor, "committee.meet")
        for key in ("sheet", "undertakings", "opinion_sheets", "minutes"):
            self.pane.paper_buttons.allow(key, lacking)
        self.pane.set_menu(
            [
                MenuEntry("edit", _("Edit (F2)"), run),
                MenuEntry("open", _("Open the meeting…"), allowed.to_open(detail, actor)),
                MenuEntry("close", _("Close the meeting…"), allowed.to_close(detail, actor)),
                MenuEntry("cancel", _("Call off…"), allowed.to_call_off(detail, actor)),
            ],
            self.take,
        )

    def next_of(self, detail: MeetingDetail) -> tuple[str, str]:
        """Key of the one next action, and why it cannot be taken."""
        actor = self.context.actor
        if detail.state is MeetingState.OPEN:
            if any(one.result is None for one in detail.cases):
                return "judge", self._to_judge(detail)
            return "close", allowed.to_close(detail, actor)
        if detail.state is MeetingState.PLANNED:
            run = allowed.to_run(detail, actor)
            if not detail.cases:
                return "add_case", run
            if not detail.members:
                return "invite_draw", run
            if any(one.presence is Presence.INVITED for one in detail.members):
                return "present", run
            return "open", allowed.to_open(detail, actor)
        made = any(one.kind == "committee_minutes" for one in detail.papers)
        if detail.state is MeetingState.CLOSED and not made:
            return "minutes", allowed.lacks(actor, "committee.meet")
        return "", ""

    def _to_judge(self, detail: MeetingDetail) -> str:
        if not detail.cases:
            return _("No case yet.")
        actor = self.context.actor
        if actor.may("committee.meet") or actor.may("committee.opine"):
            return ""
        return allowed.lacks(actor, "committee.meet")

    # -- what the person does

    def new_record(self) -> None:
        """Ctrl+N: announce a meeting."""
        if self.new_button.isEnabled():
            self.with_loaded(meeting_dialogs.load_choices, self._new)

    def edit_record(self) -> None:
        """F2: change subject, time and place."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        why_not = allowed.to_run(detail, self.context.actor)
        if why_not:
            self.say("info", why_not)
        else:
            dialog = meeting_dialogs.edit_meeting_dialog(self.context, detail)
            self.ask(dialog, _("The meeting is saved."))

    def next_step(self) -> None:
        """Do what the primary button says."""
        if self._step:
            self.take(self._step)

    def take(self, key: str) -> None:
        """Do what a button or an entry of the menu says."""
        detail = self.view_model.state.detail
        if detail is not None and not self.view_model.state.acting:
            self._actions[key](detail)

    def _all_actions(self) -> dict[str, Act]:
        one = meeting_papers
        return {
            "edit": lambda _detail: self.edit_record(),
            "judge": self._judge,
            "add_case": partial(self._with_choices, meeting_dialogs.case_dialog),
            "drop_case": self._drop_case,
            "present": self._present,
            "all_present": self._all_present,
            "away": self._away,
            "invite_draw": partial(self._with_choices, meeting_dialogs.invite_draw_dialog),
            "invite": self._invite,
            "open": self._open,
            "close": self._close,
            "cancel": self._cancel,
            "sheet": partial(self._paper, one.sign_in_sheet),
            "minutes": partial(self._paper, one.minutes),
            "undertakings": partial(self._papers, one.undertakings),
            "opinion_sheets": partial(self._papers, one.opinion_sheets),
        }

    def _new(self, found: MeetingChoices) -> None:
        dialog = meeting_dialogs.new_meeting_dialog(self.context, found)
        if self.run(dialog, new=True) and isinstance(dialog.result_value, int):
            self.open_record("committee_meeting", dialog.result_value)
            self.say("good", _("The meeting is announced."))

    def _with_choices(
        self,
        make: Callable[[Context, MeetingDetail, MeetingChoices], ActionDialog],
        detail: MeetingDetail,
    ) -> None:
        self.with_loaded(
            meeting_dialogs.load_choices,
            lambda found: self.ask(make(self.context, detail, found), _("The meeting is saved.")),
        )

    def _judge(self, detail: MeetingDetail) -> None:
        chosen = self.pane.agenda.chosen()
        if chosen is None:
            open_ones = [one.id for one in detail.cases if one.result is None]
            chosen = (open_ones or [one.id for one in detail.cases])[0]

        def show(found: Found) -> None:
            self.context.dialogs.exec(CaseDialog(self.context, found))

        self.with_loaded(partial(load_case, meeting_case_id=chosen), show)

    def _drop_case(self, detail: MeetingDetail) -> None:
        chosen = self.pane.agenda.chosen()
        if chosen is None:
            self.say("info", _("Choose a case first."))
            return
        self.view_model.act(
            lambda session: meetings.remove_case(session, chosen),
            lambda _done: self.say("good", _("The case is off the agenda.")),
            self.show_failure,
        )

    def _present(self, detail: MeetingDetail) -> None:
        member = self._member(detail)
        if member is not None:
            self._note_present([member])

    def _all_present(self, detail: MeetingDetail) -> None:
        waiting = [one for one in detail.members if one.presence is Presence.INVITED]
        if waiting:
            self._note_present(waiting)

    def _note_present(self, people: list[MemberLine]) -> None:
        def note(session: Session) -> None:
            for one in people:
                meetings.sign_in(session, one.id, Presence.PRESENT)

        names = "、".join(one.name for one in people)
        self.view_model.act(
            note,
            lambda _done: self.say("good", _("Present: {names}.").format(names=names)),
            self.show_failure,
        )

    def _member(self, detail: MeetingDetail) -> MemberLine | None:
        """The member chosen who is not noted as present; else the next who is not noted at all."""
        chosen = self.pane.members.chosen()
        picked = [
            one
            for one in detail.members
            if one.id == chosen and one.presence is not Presence.PRESENT
        ]
        waiting = [one for one in detail.members if one.presence is Presence.INVITED]
        return next(iter(picked + waiting), None)

    def _away(self, detail: MeetingDetail) -> None:
        chosen = self.pane.members.chosen()
        member = next((one for one in detail.members if one.id == chosen), None)
        if member is None:
            self.say("info", _("Choose an expert first."))
        else:
            dialog = meeting_dialogs.away_dialog(self.context, member)
            self.ask(dialog, _("The attendance is noted."))

    def _invite(self, detail: MeetingDetail) -> None:
        dialog = meeting_dialogs.invite_dialog(self.context, detail)
        self.ask(dialog, _("The expert is invited."))

    def _open(self, detail: MeetingDetail) -> None:
        dialog = meeting_dialogs.open_dialog(self.context, detail)
        self.ask(dialog, _("The meeting is open."))

    def _close(self, detail: MeetingDetail) -> None:
        dialog = meeting_dialogs.close_dialog(self.context, detail)
        self.ask(dialog, _("The meeting is closed."))

    def _cancel(self, detail: MeetingDetail) -> None:
        sentence = _("A number that was taken stays accounted for.")
        reason = ask_reason(self.context, _("Call off"), sentence)
        if reason:
            self.view_model.act(
                lambda session: meetings.cancel_meeting(session, detail.id, detail.version, reason),
                lambda _done: self.say("good", _("The meeting is called off.")),
                self.show_failure,
            )

    def _paper(
        self, make: Callable[[Session, int], DocumentSummary], detail: MeetingDetail
    ) -> None:
        self.view_model.act(
            lambda session: make(session, detail.id), self.show_made, self.show_failure
        )

    def _papers(
        self, make: Callable[[Session, int], tuple[DocumentSummary, ...]], detail: MeetingDetail
    ) -> None:
        def made(papers: object) -> None:
            assert isinstance(papers, tuple)
            text = _("{count} papers are prepared; opinion sheets are kept with their cases.")
            self.say("good", text.format(count=len(papers)))
            self.sign([one.id for one in papers])

        self.view_model.act(lambda session: make(session, detail.id), made, self.show_failure)

    def _export(self) -> None:
        export_list(self.context, MEETINGS, self.table.query, _("Meetings"))

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self.next_step)
        self.pane.agenda.on(self.take)
        self.pane.agenda.activated.connect(self._on_case)
        self.pane.members.on(self.take)
        self.pane.members.activated.connect(self._on_member)
        self.pane.paper_buttons.pressed.connect(self.take)
        self.pane.links.opened.connect(self.context.open)
        self.connect_paper_list(self.pane.papers)
        self.view_model.state_changed.connect(self.render)

    def _on_case(self, _case_id: int) -> None:
        if self.pane.agenda.buttons.buttons["judge"].isEnabled():
            self.take("judge")

    def _on_member(self, _member_id: int) -> None:
        if self.pane.members.buttons.buttons["present"].isEnabled():
            self.take("present")
