"""Completion certificates: their papers, copies, expiry and revocation."""

from __future__ import annotations

from typing import ClassVar

from core.documents.service import make_copy
from core.i18n import N_, _
from core.training.certifying import revoke
from core.training.detail import CertificateDetail, certificate_detail
from core.training.lists import CERTIFICATES
from core.training.states import CERTIFICATE_TITLES, PAPER_TITLES, CertificateState
from core.values.listing import ListQuery
from desktop.pages.training import allowed
from desktop.pages.training.tab import WATCHED, TrainingTab
from desktop.pages.training.tones import CERTIFICATE_TONES, certificate_tone
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.export import export_list
from desktop.parts.moments import timeline_items
from desktop.parts.papers import paper_items
from desktop.parts.reason import ask_reason
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.support.context import Context
from desktop.widgets.links import LinkList
from desktop.widgets.papers import PapersList
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section
from desktop.widgets.timeline import Timeline


class CertificatePane(DetailPane):
    """One certificate."""

    def __init__(self) -> None:
        super().__init__(_("Choose a certificate to see it here."))
        self.facts = Section(_("Completion certificate"))
        self.papers = PapersList()
        papers = Section(_("Papers"))
        papers.add(self.papers)
        self.links = LinkList(_("Belongs together"))
        self.timeline = Timeline()
        history = Section(_("History"))
        history.add(self.timeline)
        for part in (self.facts, papers, self.links, history):
            self.add(part)

    def show_certificate(self, one: CertificateDetail) -> None:
        """Show a certificate."""
        state, tone = _(CERTIFICATE_TITLES[one.state]), CERTIFICATE_TONES[one.state]
        if one.state is CertificateState.VALID and one.expired:
            state, tone = _("Expired"), "warning"
        self.set_header(one.number, one.name, state, tone)
        pairs = [
            (_("Paper"), _(PAPER_TITLES[one.kind])),
            (_("Unit"), one.unit),
            (_("Course"), one.course),
            (_("Credit hours"), str(one.hours)),
            (_("Issued"), one.issued_on.isoformat()),
            (
                _("Valid until"),
                one.valid_until.isoformat() if one.valid_until else _("for good"),
            ),
        ]
        if one.revoked_on is not None:
            pairs += [
                (_("Revoked"), one.revoked_on.isoformat()),
                (_("Reason"), one.revoked_reason),
            ]
        self.facts.set_pairs(pairs)
        self.papers.set_papers(paper_items(one.papers))
        self.links.show_links(
            [
                ("course", one.course_id, one.course),
                ("party", one.party_id, _("The person in the register of parties")),
            ]
        )
        self.timeline.set_items(timeline_items(one.timeline))


class CertificatesTab(TrainingTab):
    """Every certificate with its number."""

    key: ClassVar[str] = "certificates"
    title: ClassVar[str] = N_("Completion certificates")
    kinds: ClassVar[tuple[str, ...]] = ("training_certificate",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            CERTIFICATES, context, pills={"state": certificate_tone}, also=("document",)
        )
        table.set_empty(
            _("No certificate yet. They are issued in a course with an approved list."),
            "",
            "certificate",
        )
        self.pane = CertificatePane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[CertificateDetail] = RecordViewModel(
            context, certificate_detail, WATCHED, self
        )
        self.print_button = self.add_tool(
            "printCertificates", _("Print the selected…"), "print", self.print_selected
        )
        self.export_button = self.add_tool(
            "exportCertificates", _("Export…"), "export", self._export
        )
        table.current_changed.connect(self.view_model.select)
        self.pane.primary.clicked.connect(self.next_step)
        self.pane.links.opened.connect(context.open)
        self.connect_paper_list(self.pane.papers)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="number", descending=True))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the certificate shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    def render(self, state: RecordState[CertificateDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        one = state.detail
        self.pane.set_empty(empty=one is None)
        self.tell(state.failure)
        if one is None:
            return
        self.pane.show_certificate(one)
        waiting = self._unsigned(one)
        if waiting:
            why = allowed.lacks(self.context.actor, "papers.sign")
            self.pane.set_primary(_("Sign"), enabled=not why and not state.acting, note=why)
        else:
            self.pane.set_primary(_("Open the paper") if one.papers else "")
        signed = any(paper.sha256 for paper in one.papers)
        none_yet = "" if signed else _("It has no signed paper yet.")
        self.pane.set_menu(
            [
                MenuEntry("print", _("Print (Ctrl+P)"), none_yet),
                MenuEntry("copy", _("Make a copy…"), none_yet),
                MenuEntry("revoke", _("Revoke…"), allowed.to_revoke(one, self.context.actor)),
            ],
            self.take,
        )

    def next_step(self) -> None:
        """Sign the paper that waits, or open it."""
        one = self.view_model.state.detail
        if one is None or not one.papers:
            return
        waiting = self._unsigned(one)
        if waiting:
            self.signing.sign(waiting)
        else:
            self.desk.open(one.papers[-1].id)

    def take(self, key: str) -> None:
        """Print, copy or revoke."""
        one = self.view_model.state.detail
        if one is None:
            return
        if key == "print":
            self.print_record()
        elif key == "copy":
            self._copy(one)
        else:
            self._revoke(one)

    def print_selected(self) -> None:
        """Print the certificates selected in the list, in their order."""
        ids = self.table.selected_ids()
        if not ids:
            self.say("info", _("Choose certificates in the list first; Ctrl+A takes all."))
            return
        self.context.jobs.read(
            lambda session: [certificate_detail(session, one) for one in ids],
            done=self._print_all,
            failed=self.show_failure,
            key="certificates-to-print",
        )

    def _print_all(self, found: list[CertificateDetail]) -> None:
        papers = [
            paper.id
            for one in found
            if one.state is CertificateState.VALID
            for paper in [each for each in one.papers if each.sha256][:1]
        ]
        if papers:
            self.desk.printing.print(papers)
        else:
            self.say("info", _("None of them has a signed paper that counts."))

    @staticmethod
    def _unsigned(one: CertificateDetail) -> list[int]:
        if one.state is not CertificateState.VALID:
            return []
        return [paper.id for paper in one.papers if paper.sha256 is None]

    def _copy(self, one: CertificateDetail) -> None:
        signed = next(paper for paper in one.papers if paper.sha256)
        sentence = _("The copy says that it is one, which number it has and what it is for.")
        purpose = ask_reason(self.context, _("Make a copy"), sentence)
        if purpose:
            self.view_model.act(
                lambda session: make_copy(session, signed.id, purpose), self.show_made
            )

    def _revoke(self, one: CertificateDetail) -> None:
        sentence = _("{number} of {name} stops counting; whoever checks the paper is told so.")
        reason = ask_reason(
            self.context, _("Revoke"), sentence.format(number=one.number, name=one.name)
        )
        if reason:
            self.view_model.act(
                lambda session: revoke(session, one.id, one.version, reason),
                lambda _done: self.say("good", _("The certificate was revoked.")),
            )

    def _export(self) -> None:
        export_list(self.context, CERTIFICATES, self.table.query, _("Completion certificates"))
