"""One expert: facts, terms, ties, papers, history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.committee.details import ExpertDetail, TermLine, TieLine
from core.committee.papers import MEMBERSHIP
from core.committee.queries import expert_detail
from core.committee.roster import photo
from core.committee.states import (
    BODY_TITLES,
    POST_TITLES,
    SEX_TITLES,
    STATUS_TITLES,
    TIE_TITLES,
)
from core.documents.service import DocumentSummary, papers_of
from core.i18n import _
from desktop.pages.committee.tones import STATUS_TONES
from desktop.parts.choice_table import ChoiceTable
from desktop.parts.detail_pane import DetailPane
from desktop.parts.file_list import FilesView
from desktop.parts.moments import timeline_items
from desktop.parts.papers import paper_items
from desktop.widgets.links import LinkList, reveal_button
from desktop.widgets.papers import PapersList
from desktop.widgets.photo import PhotoView
from desktop.widgets.section import Section
from desktop.widgets.timeline import Timeline


@dataclass(frozen=True)
class ExpertView:
    """An expert with photo and the letters of all terms."""

    detail: ExpertDetail
    photo: bytes | None
    papers: tuple[DocumentSummary, ...]


def expert_view(session: Session, expert_id: int) -> ExpertView:
    """What the pane shows of an expert.

    Raises:
        NotFound: no such expert.
    """
    detail = expert_detail(session, expert_id)
    letters = [paper for one in detail.terms for paper in papers_of(session, MEMBERSHIP, one.id)]
    return ExpertView(detail, photo(session, expert_id), (*detail.papers, *letters))


class ExpertPane(DetailPane):
    """One expert."""

    def __init__(self) -> None:
        super().__init__(_("Choose an expert to see them here."))
        self.photo = PhotoView(_("Photo"))
        self.facts = Section(_("Expert"))
        self.reveal_account = reveal_button("revealExpertAccount", _("Show account…"))
        self.facts.add_head(self.reveal_account)
        self.facts.add(self.photo)
        self.terms = ChoiceTable(
            _("Terms"),
            (_("Body"), _("Post"), _("Until"), _("From"), _("Letter of appointment")),
            (
                ("term", _("New term…")),
                ("end_term", _("End the term…")),
                ("letters", _("Letter of appointment")),
                ("end_letter", _("End-of-term letter")),
            ),
            empty=_("No term yet: without one nobody is drawn."),
        )
        self.ties = ChoiceTable(
            _("Ties and conflicts"),
            (_("Kind"), _("Tied to"), _("Relation"), _("Since"), _("Until")),
            (("tie", _("New tie…")), ("end_tie", _("End the tie…"))),
            empty=_("Nothing beside the employer."),
        )
        self.papers = PapersList()
        self.paper_part = Section(_("Papers"))
        self.paper_part.add(self.papers)
        self.files = FilesView()
        self.links = LinkList(_("Belongs together"))
        self.timeline = Timeline()
        history = Section(_("History"))
        history.add(self.timeline)
        parts = (self.facts, self.terms, self.ties, self.paper_part, self.files, self.links)
        for part in (*parts, history):
            self.add(part)

    def show_expert(self, view: ExpertView, revealed: Mapping[str, str]) -> None:
        """Show an expert; `revealed` holds the account in clear."""
        one = view.detail
        self.set_header(
            f"{one.code}　{one.party.name}",
            one.employer,
            _(STATUS_TITLES[one.status]),
            STATUS_TONES[one.status],
        )
        account = revealed.get("account") or one.bank_account
        self.facts.set_pairs(_facts(one, account))
        self.reveal_account.setVisible("*" in account)
        self.photo.show_photo(view.photo)
        self.terms.show_lines([(term.id, _term(term)) for term in one.terms])
        self.ties.show_lines([(tie.id, _tie(tie)) for tie in one.ties])
        self.papers.set_papers(paper_items(view.papers))
        self.paper_part.setVisible(bool(view.papers))
        self.files.show_files(one.attachments)
        self.links.show_links([("party", one.party.id, _("The person in the register of parties"))])
        self.timeline.set_items(timeline_items(one.timeline))


def _facts(one: ExpertDetail, account: str) -> list[tuple[str, str]]:
    age = str(one.age) if one.age is not None else ""
    if one.age_warn:
        age = _("{age}, at the age that is pointed out").format(age=age)
    pairs = [
        (_("Professional title"), one.title),
        (_("Specialties"), "、".join(one.specialties)),
        (_("Sex"), _(SEX_TITLES[one.sex]) if one.sex else ""),
        (_("Age"), age),
        (_("Serving civil servant"), _("yes") if one.civil_servant else _("no")),
        (_("Drawn within a year"), str(one.drawn)),
        (_("Bank"), one.bank),
        (_("Account"), account),
        (_("Signs in as"), one.login),
    ]
    further = [
        (_("Education"), one.education),
        (_("Has retired from work"), _("yes") if one.retired else ""),
        (_("Nominated by"), one.nominated_by),
        (_("Reason of the state"), one.status_reason),
        (_("Note"), one.note),
    ]
    return pairs + [pair for pair in further if pair[1]]


def _term(term: TermLine) -> tuple[str, ...]:
    until = str(term.term_to)
    if term.ended_on is not None:
        until = _("{day}, ended: {reason}").format(day=term.ended_on, reason=term.end_reason)
    elif term.warn:
        until = _("{day}, ends soon").format(day=term.term_to)
    return (
        _(BODY_TITLES[term.body]),
        _(POST_TITLES[term.post]),
        until,
        str(term.term_from),
        term.letter_number,
    )


def _tie(tie: TieLine) -> tuple[str, ...]:
    since, until = (str(day) if day else "" for day in (tie.since, tie.until))
    return _(TIE_TITLES[tie.kind]), tie.to, tie.relation, since, until
