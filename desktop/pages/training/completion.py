"""Completion lists: prepared by one person, approved or returned by another, frozen as computed."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_, _, listed
from core.messages import sentence
from core.training.completion import approve_list, return_list
from core.training.lists import COMPLETION_LISTS
from core.training.printing import print_completion
from core.training.record_details import JudgedLine, ListDetail, list_detail
from core.training.rules import score_text
from core.training.states import LIST_TITLES, RESULT_TITLES, ListState, Result
from core.values.listing import ListQuery
from desktop.pages.training import allowed
from desktop.pages.training.tab import WATCHED, TrainingTab
from desktop.pages.training.tones import LIST_TONES, list_tone
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.export import export_list
from desktop.parts.moments import moment, timeline_items
from desktop.parts.papers import paper_items
from desktop.parts.reason import ask_reason
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.support.context import Context
from desktop.widgets.links import LinkList
from desktop.widgets.papers import PapersList
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable
from desktop.widgets.timeline import Timeline


class ListPane(DetailPane):
    """A completion list with everybody it judges."""

    def __init__(self) -> None:
        super().__init__(_("Choose a completion list to see it here."))
        self.facts = Section(_("Completion list"))
        self.lines = SmallTable(
            _("People"),
            (
                _("Name"), _("Course result"), _("Half-days"), _("Credit hours"), _("Score"),
                _("Why not completed"), _("Unit"),
            ),
            rows=14,
        )  # fmt: skip
        self.links = LinkList(_("Belongs together"))
        self.papers_section = Section(_("Papers"))
        self.papers = PapersList()
        self.papers_section.add(self.papers)
        self.timeline = Timeline()
        history = Section(_("History"))
        history.add(self.timeline)
        for part in (self.facts, self.lines, self.links, self.papers_section, history):
            self.add(part)

    def show_list(self, one: ListDetail) -> None:
        """Show a list."""
        self.set_header(one.course, one.number, _(LIST_TITLES[one.state]), LIST_TONES[one.state])
        done = sum(line.completed for line in one.lines)
        pairs = [
            (_("Completed"), _("{count} of {all}").format(count=done, all=len(one.lines))),
            (_("Prepared by"), f"{one.prepared_by}　{moment(one.prepared_at)}"),
        ]
        if one.decided_at is not None:
            pairs.append((_("Decided by"), f"{one.decided_by}　{moment(one.decided_at)}"))
        if one.reason:
            pairs.append((_("Reason"), one.reason))
        self.facts.set_pairs(pairs)
        self.lines.show_rows([_line(line) for line in one.lines])
        self.links.show_links([("course", one.course_id, one.course)])
        self.papers.set_papers(paper_items(one.papers))
        self.papers_section.setVisible(bool(one.papers))
        self.timeline.set_items(timeline_items(one.timeline))


def _line(one: JudgedLine) -> tuple[str, ...]:
    result = Result.COMPLETED if one.completed else Result.NOT_COMPLETED
    return (
        one.name,
        _(RESULT_TITLES[result]),
        f"{one.attended} / {one.sessions}",
        str(one.hours),
        score_text(one.score),
        listed(sentence(each.code, each.facts) for each in one.reasons),
        one.unit,
    )


class CompletionTab(TrainingTab):
    """What waits for the reviewer, and what was decided."""

    key: ClassVar[str] = "completion"
    title: ClassVar[str] = N_("Completion lists")
    kinds: ClassVar[tuple[str, ...]] = ("completion_list",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(COMPLETION_LISTS, context, pills={"state": list_tone}, also=("course",))
        table.set_empty(
            _("No completion list yet. One is prepared in a course whose attendance is complete."),
            "",
            "check",
        )
        self.pane = ListPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[ListDetail] = RecordViewModel(
            context, list_detail, WATCHED, self
        )
        self.export_button = self.add_tool("exportLists", _("Export…"), "export", self._export)
        table.current_changed.connect(self.view_model.select)
        self.pane.primary.clicked.connect(self.next_step)
        self.pane.links.opened.connect(context.open)
        self.connect_paper_list(self.pane.papers)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="prepared_at", descending=True))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the list shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    def render(self, state: RecordState[ListDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        one = state.detail
        self.pane.set_empty(empty=one is None)
        self.tell(state.failure)
        if one is None:
            return
        self.pane.show_list(one)
        actor = self.context.actor
        if one.state is ListState.PREPARED:
            why = allowed.to_decide(one, actor)
            self.pane.set_primary(_("Approve"), enabled=not why and not state.acting, note=why)
        else:
            self.pane.set_primary(_("Open the course"))
        paper = allowed.lacks(actor, "training.manage")
        self.pane.set_menu(
            [
                MenuEntry("return", _("Return it…"), allowed.to_return(one, actor)),
                MenuEntry("paper", _("Prepare the paper"), paper),
            ],
            self.take,
        )

    def next_step(self) -> None:
        """Approve the list, or open the course of a decided one."""
        one = self.view_model.state.detail
        if one is None:
            return
        if one.state is ListState.PREPARED:
            self.view_model.act(
                lambda session: approve_list(session, one.id, one.version),
                lambda _done: self.say("good", _("The list is approved.")),
            )
        else:
            self.context.open("course", one.course_id)

    def take(self, key: str) -> None:
        """Return the list, or put it on paper."""
        one = self.view_model.state.detail
        if one is None:
            return
        if key == "paper":
            self.view_model.act(
                lambda session: print_completion(session, one.course_id, one.id),
                self.show_made,
            )
            return
        text = _("The list goes back to {name} with your reason.").format(name=one.prepared_by)
        reason = ask_reason(self.context, _("Return the list"), text)
        if reason:
            self.view_model.act(
                lambda session: return_list(session, one.id, one.version, reason),
                lambda _done: self.say("good", _("The list was returned.")),
            )

    def _export(self) -> None:
        export_list(self.context, COMPLETION_LISTS, self.table.query, _("Completion lists"))
