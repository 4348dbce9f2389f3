"""One meeting: agenda with results, experts with their attendance, papers."""

from __future__ import annotations

from core.committee.details import CaseLine, MeetingDetail, MemberLine
from core.committee.states import MEETING_TITLES, PRESENCE_TITLES
from core.i18n import _
from desktop.pages.committee.tones import MEETING_TONES, result_text
from desktop.parts.choice_table import Buttons, ChoiceTable
from desktop.parts.detail_pane import DetailPane
from desktop.parts.moments import moment, timeline_items
from desktop.parts.papers import paper_items
from desktop.widgets.links import LinkList
from desktop.widgets.papers import PapersList
from desktop.widgets.section import Section
from desktop.widgets.timeline import Timeline


class MeetingPane(DetailPane):
    """One meeting."""

    def __init__(self) -> None:
        super().__init__(_("Choose a meeting to see it here."))
        self.facts = Section(_("Meeting"))
        self.agenda = ChoiceTable(
            _("Agenda"),
            (_("Case"), _("Judged by"), _("Opinions"), _("Result"), _("For"), _("Against"),
             _("Abstained"), _("Dissent")),
            (
                ("judge", _("Opinions…")),
                ("add_case", _("Add a case…")),
                ("drop_case", _("Take off")),
            ),
            empty=_("No case yet."),
        )  # fmt: skip
        self.members = ChoiceTable(
            _("Experts"),
            (_("Number"), _("Name"), _("Presence"), _("Signed in at"), _("Employer"), _("Reason")),
            (
                ("present", _("Present (Enter)")),
                ("all_present", _("All present")),
                ("away", _("Not present…")),
                ("invite_draw", _("Invite a draw…")),
                ("invite", _("Invite an expert…")),
            ),
            empty=_("Nobody is invited yet."),
            rows=9,
        )
        self.papers = PapersList()
        self.paper_buttons = Buttons(
            (
                ("sheet", _("Sign-in sheet")),
                ("undertakings", _("Undertakings")),
                ("opinion_sheets", _("Opinion sheets")),
                ("minutes", _("Minutes of a meeting")),
            )
        )
        paper_part = Section(_("Papers"))
        paper_part.add(self.papers)
        paper_part.add(self.paper_buttons)
        self.links = LinkList(_("Belongs together"))
        self.timeline = Timeline()
        history = Section(_("History"))
        history.add(self.timeline)
        for part in (self.facts, self.agenda, self.members, paper_part, self.links, history):
            self.add(part)

    def show_meeting(self, detail: MeetingDetail) -> None:
        """Show a meeting."""
        self.set_header(
            detail.title,
            detail.number,
            _(MEETING_TITLES[detail.state]),
            MEETING_TONES[detail.state],
        )
        pairs = [
            (_("Begins"), moment(detail.starts_at)),
            (_("Place"), detail.place),
            (_("Half-days"), str(detail.half_days)),
            (_("Chaired by"), detail.host),
            (_("Leader"), detail.leader),
        ]
        further = [(_("Notes"), detail.notes), (_("Called off"), detail.cancel_reason)]
        self.facts.set_pairs(pairs + [pair for pair in further if pair[1]])
        self.agenda.show_lines([(one.id, _case(one)) for one in detail.cases])
        self.members.show_lines([(one.id, _member(one)) for one in detail.members])
        self.papers.set_papers(paper_items(detail.papers))
        self.links.show_links([(one.case.kind, one.case.id, one.case.text) for one in detail.cases])
        self.timeline.set_items(timeline_items(detail.timeline))


def _case(one: CaseLine) -> tuple[str, ...]:
    judging = f"{one.judging}/{one.invited}"
    if one.recused:
        judging += _(" ({count} recused)").format(count=one.recused)
    concluded = one.result is not None
    votes = (one.votes_for, one.votes_against, one.abstentions)
    return (
        one.case.text,
        judging,
        str(one.opinions),
        result_text(one.result),
        *(str(count) if concluded else "" for count in votes),
        one.dissent,
    )


def _member(one: MemberLine) -> tuple[str, ...]:
    return (
        one.code,
        one.name,
        _(PRESENCE_TITLES[one.presence]),
        moment(one.signed_at),
        one.employer,
        one.reason,
    )
