"""Participants and attendance over all courses: who was where, and what waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy.orm import Session

from core.history import TimelineEntry
from core.i18n import N_, _
from core.training.attendance import confirm_make_up, refuse_make_up
from core.training.detail import ParticipantDetail, participant_detail
from core.training.lists import ATTENDANCE, PARTICIPANTS
from core.training.participants import confirm_person
from core.training.record_details import AttendanceDetail, attendance_detail
from core.training.sheets import PARTICIPANTS_IMPORTER
from core.training.states import MARK_TITLES, RESULT_TITLES, SOURCE_TITLES
from core.values.listing import ListQuery
from desktop.pages.training import allowed
from desktop.pages.training.people_dialogs import identify_dialog, participant_dialog
from desktop.pages.training.tab import WATCHED, TrainingTab
from desktop.pages.training.tones import (
    MARK_TONES,
    RESULT_TONES,
    half_day,
    mark_tone,
    missing_text,
    result_tone,
    scores_text,
)
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.export import export_list
from desktop.parts.import_wizard import ImportWizard
from desktop.parts.moments import moment, timeline_items
from desktop.parts.reason import ask_reason
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.links import LinkList
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section
from desktop.widgets.timeline import Timeline


class PersonPane(DetailPane):
    """A participant of one course: what was noted and where the person stands."""

    def __init__(self, empty: str, title: str) -> None:
        super().__init__(empty)
        self.facts = Section(title)
        self.links = LinkList(_("Belongs together"))
        self.timeline = Timeline()
        self.history = Section(_("History"))
        self.history.add(self.timeline)
        for part in (self.facts, self.links, self.history):
            self.add(part)

    def show_events(self, events: Sequence[TimelineEntry]) -> None:
        """Show what happened; hidden where nothing did."""
        self.timeline.set_items(timeline_items(events))
        self.history.setVisible(bool(events))


class ParticipantsTab(TrainingTab):
    """Everybody who ever stood on a roster."""

    key: ClassVar[str] = "participants"
    title: ClassVar[str] = N_("Participants")
    kinds: ClassVar[tuple[str, ...]] = ("course_participant",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            PARTICIPANTS, context, pills={"result": result_tone}, also=("course", "party")
        )
        table.set_empty(_("Nobody is on a roster yet. Enrol people in a course."), "", "parties")
        self.pane = PersonPane(_("Choose a participant to see them here."), _("Participant"))
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[ParticipantDetail] = RecordViewModel(
            context, participant_detail, WATCHED, self
        )
        self.export_button = self.add_tool(
            "exportParticipants", _("Export…"), "export", self._export
        )
        self.import_button = self.add_tool(
            "importParticipants", _("Import…"), "import", self._import
        )
        set_allowed(self.import_button, allowed.lacks(context.actor, "training.import"))
        table.current_changed.connect(self.view_model.select)
        self.pane.primary.clicked.connect(self._open_course)
        self.pane.links.opened.connect(context.open)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="starts_on", descending=True))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the participant shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    def render(self, state: RecordState[ParticipantDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        detail = state.detail
        self.pane.set_empty(empty=detail is None)
        self.tell(state.failure)
        if detail is None:
            return
        person = detail.person
        self.pane.set_header(
            person.name, detail.course, _(RESULT_TITLES[person.result]), RESULT_TONES[person.result]
        )
        self.pane.facts.set_pairs(_person_pairs(detail))
        links = [("course", detail.course_id, detail.course)]
        links.append(("party", person.party_id, _("The person in the register of parties")))
        if person.certificate_id is not None:
            links.append(("training_certificate", person.certificate_id, person.certificate))
        self.pane.links.show_links(links)
        self.pane.show_events(detail.timeline)
        self.pane.set_primary(_("Open the course"))
        self.pane.set_menu(self._entries(detail), self.take)

    def _entries(self, detail: ParticipantDetail) -> list[MenuEntry]:
        actor, person = self.context.actor, detail.person
        manage = allowed.lacks(actor, "training.manage")
        known = "" if person.temporary else _("This entry is not temporary.")
        report = allowed.lacks(actor, "training.report")
        merge = allowed.lacks(actor, "training.manage", "parties.merge")
        return [
            MenuEntry("edit", _("Edit (F2)"), manage),
            MenuEntry("identify", _("Identify…"), known or merge),
            MenuEntry("known", _("A person of their own"), known or manage),
            MenuEntry("marks", _("Attendance of the person")),
            MenuEntry("hours", _("Credit hours over the years"), report),
        ]

    def edit_record(self) -> None:
        """F2: correct unit, post and note."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        why = allowed.lacks(self.context.actor, "training.manage")
        if why:
            self.say("info", why)
        elif self.run(participant_dialog(self.context, detail.person)):
            self.say("good", _("The entry is saved."))

    def take(self, key: str) -> None:
        """Do what an entry of the menu says."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        person = detail.person
        if key == "edit":
            self.edit_record()
        elif key == "identify":
            if self.run(identify_dialog(self.context, person)):
                self.say("good", _("The person is identified."))
        elif key == "known":
            self.view_model.act(
                lambda session: confirm_person(session, person.id, person.version),
                lambda _done: self.say("good", _("The person is identified.")),
            )
        elif key == "hours":
            self.context.open("training_transcript", person.party_id)
        else:
            self.context.open("attendance", None, {"participant": str(person.id)})

    def _import(self) -> None:
        self.context.dialogs.exec(ImportWizard(self.context, PARTICIPANTS_IMPORTER))

    def _open_course(self) -> None:
        detail = self.view_model.state.detail
        if detail is not None:
            self.context.open("course", detail.course_id)

    def _export(self) -> None:
        export_list(self.context, PARTICIPANTS, self.table.query, _("Participants"))


def _person_pairs(detail: ParticipantDetail) -> list[tuple[str, str]]:
    person, standing = detail.person, detail.person.standing
    attended = _("{attended} of {sessions} half-days")
    pairs = [
        (_("Unit"), person.unit),
        (_("Post"), person.post),
        (_("Telephone"), person.phone),
        (_("Temporary"), _("yes") if person.temporary else _("no")),
    ]
    if standing is not None:
        pairs += [
            (
                _("Attendance"),
                attended.format(attended=standing.attended, sessions=standing.sessions),
            ),
            (_("Credit hours"), str(standing.hours)),
            (_("Score"), scores_text(person)),
            (_("Still missing"), missing_text(standing)),
        ]
    further = [
        (_("Completion certificate"), person.certificate),
        (_("Left the course"), person.withdrawn_reason),
        (_("Remarks"), person.note),
    ]
    return pairs + [pair for pair in further if pair[1]]


class AttendanceTab(TrainingTab):
    """Every mark; late signatures wait here for the second person."""

    key: ClassVar[str] = "attendance"
    title: ClassVar[str] = N_("Attendance")
    kinds: ClassVar[tuple[str, ...]] = ("attendance",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            ATTENDANCE, context, pills={"mark": mark_tone}, also=("course_participant",)
        )
        table.set_empty(
            _("Nothing is noted yet. Note attendance in a course, or read a scan."), "", "calendar"
        )
        self.pane = PersonPane(_("Choose an entry to see it here."), _("Attendance"))
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[AttendanceDetail] = RecordViewModel(
            context, attendance_detail, WATCHED, self
        )
        self.waiting_button = self.add_tool(
            "showMakeUps", _("Late signatures to confirm"), "list", self.show_waiting
        )
        self.confirm_button = self.add_tool(
            "confirmSelected", _("Confirm the selected"), "check", self.confirm_selected
        )
        set_allowed(self.confirm_button, allowed.lacks(context.actor, "training.review"))
        self.export_button = self.add_tool("exportAttendance", _("Export…"), "export", self._export)
        table.current_changed.connect(self.view_model.select)
        self.pane.primary.clicked.connect(self.confirm)
        self.pane.links.opened.connect(context.open)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="held_on", descending=True))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the mark shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    def render(self, state: RecordState[AttendanceDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        one = state.detail
        self.pane.set_empty(empty=one is None)
        self.tell(state.failure)
        if one is None:
            return
        title = _(MARK_TITLES[one.mark])
        self.pane.set_header(
            one.name, half_day(one.held_on, one.half_day), title, MARK_TONES[one.mark]
        )
        self.pane.facts.set_pairs(_mark_pairs(one))
        self.pane.links.show_links(
            [
                ("course", one.course_id, one.course),
                ("course_participant", one.participant_id, f"{one.name}　{one.unit}".strip()),
            ]
        )
        self.pane.show_events(one.timeline)
        why = allowed.to_confirm(one, self.context.actor)
        enabled = not why and not state.acting
        self.pane.set_primary(
            _("Confirm the late signature") if one.waits else "",
            enabled=enabled,
            note=why if one.waits else "",
        )
        entry = MenuEntry("refuse", _("Refuse the late signature…"), why)
        self.pane.set_menu([entry], self.take)

    def confirm_selected(self) -> None:
        """Confirm what waits among the selected; one's own stay for somebody else."""
        ids, own = self.table.selected_ids(), self.context.actor.account_id
        if not ids:
            self.say("info", _("Choose entries in the list first; Ctrl+A takes all."))
            return

        def work(session: Session) -> int:
            found = [attendance_detail(session, one) for one in ids]
            waiting = [one for one in found if one.waits and one.marked_by_id != own]
            for one in waiting:
                confirm_make_up(session, one.id, one.version)
            return len(waiting)

        def told(count: object) -> None:
            assert isinstance(count, int)
            text = _("{count} late signatures count now; {left} selected entries were left.")
            self.say("good", text.format(count=count, left=len(ids) - count))

        self.view_model.act(work, told)

    def confirm(self) -> None:
        """Confirm the late signature shown; from now on it counts."""
        one = self.view_model.state.detail
        if one is not None:
            self.view_model.act(
                lambda session: confirm_make_up(session, one.id, one.version),
                lambda _done: self.say("good", _("The late signature counts.")),
            )

    def take(self, _key: str) -> None:
        """Refuse the late signature shown: the person stays absent."""
        one = self.view_model.state.detail
        if one is None:
            return
        sentence = _("{name} stays absent.").format(name=one.name)
        reason = ask_reason(self.context, _("Refuse the late signature"), sentence)
        if reason:
            self.view_model.act(
                lambda session: refuse_make_up(session, one.id, one.version, reason),
                lambda _done: self.say("good", sentence),
            )

    def show_waiting(self) -> None:
        """Show only late signatures that wait."""
        self.apply_filters("attendance", {"to_confirm": "yes"})

    def _export(self) -> None:
        export_list(self.context, ATTENDANCE, self.table.query, _("Attendance"))


def _mark_pairs(one: AttendanceDetail) -> list[tuple[str, str]]:
    pairs = [
        (_("Course"), one.course),
        (_("Topic"), one.topic),
        (_("Unit"), one.unit),
        (_("Source"), _(SOURCE_TITLES[one.source])),
        (_("Noted by"), f"{one.marked_by}　{moment(one.marked_at)}"),
    ]
    further = [
        (_("Minutes missed"), str(one.minutes or "")),
        (_("Reason"), one.reason),
        (
            _("Confirmed by"),
            f"{one.confirmed_by}　{moment(one.confirmed_at)}" if one.confirmed_at else "",
        ),
    ]
    return pairs + [pair for pair in further if pair[1]]
