"""The fee sheets: what experts get for meetings, tax withheld, the copy for finance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy.orm import Session

from core import history
from core.clock import china_date
from core.committee import fees, papers
from core.committee.fees import SHEET, FeeRow
from core.committee.lists import FEE_SHEETS
from core.documents.service import DocumentSummary, papers_of
from core.history import TimelineEntry
from core.i18n import N_, _
from core.values.listing import ListQuery
from core.values.money import Money
from desktop.jobs.runner import Report, Token
from desktop.pages.committee import allowed
from desktop.pages.committee.fee_dialogs import (
    FeeDialog,
    Meetings,
    closed_meetings,
    fee_headers,
    fee_row,
)
from desktop.pages.committee.tab import WATCHED, CommitteeTab
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.export import export_list
from desktop.parts.moments import timeline_items
from desktop.parts.papers import paper_items
from desktop.parts.reason import ask_reason
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.papers import PapersList
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable
from desktop.widgets.timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class FeeView:
    """A fee sheet with its rows and papers."""

    id: int
    version: int
    number: str
    title: str
    paid_on: date
    gross: Money
    tax: Money
    net: Money
    void_reason: str
    rows: tuple[FeeRow, ...]
    papers: tuple[DocumentSummary, ...]
    timeline: tuple[TimelineEntry, ...]


def fee_view(session: Session, sheet_id: int) -> FeeView:
    """What the pane shows of a fee sheet.

    Raises:
        NotFound: there is none.
    """
    row = fees.find_sheet(session, str(sheet_id))
    return FeeView(
        id=row.id,
        version=row.version,
        number=row.number,
        title=row.title,
        paid_on=row.paid_on,
        gross=row.gross,
        tax=row.tax,
        net=row.net,
        void_reason=row.void_reason,
        rows=fees.payments(session, row.id),
        papers=tuple(papers_of(session, SHEET, row.id)),
        timeline=tuple(history.timeline(session, SHEET, row.id)),
    )


class FeePane(DetailPane):
    """One fee sheet."""

    def __init__(self) -> None:
        super().__init__(_("Choose a fee sheet to see it here."))
        self.facts = Section(_("Fee sheet"))
        self.rows = SmallTable(_("Who gets what"), fee_headers(), rows=12)
        self.papers = PapersList()
        self.paper_part = Section(_("Papers"))
        self.paper_part.add(self.papers)
        self.timeline = Timeline()
        history_part = Section(_("History"))
        history_part.add(self.timeline)
        for part in (self.facts, self.rows, self.paper_part, history_part):
            self.add(part)

    def show_sheet(self, one: FeeView) -> None:
        """Show a fee sheet."""
        void = bool(one.void_reason)
        state, tone = (_("Void"), "error") if void else (_("Stands"), "good")
        self.set_header(one.number, one.title, state, tone)
        pairs = [
            (_("Day of payment"), str(one.paid_on)),
            (_("Gross (yuan)"), str(one.gross)),
            (_("Tax withheld (yuan)"), str(one.tax)),
            (_("Net (yuan)"), str(one.net)),
        ]
        self.facts.set_pairs(pairs + ([(_("Void because"), one.void_reason)] if void else []))
        self.rows.show_rows([fee_row(each) for each in one.rows])
        self.papers.set_papers(paper_items(one.papers))
        self.paper_part.setVisible(bool(one.papers))
        self.timeline.set_items(timeline_items(one.timeline))


class FeesTab(CommitteeTab):
    """Fee sheets."""

    key: ClassVar[str] = "fees"
    title: ClassVar[str] = N_("Fee sheets")
    kinds: ClassVar[tuple[str, ...]] = (SHEET,)

    def __init__(self, context: Context) -> None:
        table = RecordTable(FEE_SHEETS, context)
        table.set_empty(
            _("No fee sheet yet. Make one of closed meetings."), _("New fee sheet…"), "sum"
        )
        self.pane = FeePane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[FeeView] = RecordViewModel(
            context, fee_view, WATCHED, self
        )
        self._step = ""
        self.new_button = self.add_tool(
            "newFeeSheet", _("New fee sheet…"), "plus", self.new_record, primary=True
        )
        self.export_button = self.add_tool("exportFeeSheets", _("Export…"), "export", self._export)
        set_allowed(self.new_button, allowed.lacks(context.actor, "committee.fee"))
        table.current_changed.connect(self.view_model.select)
        table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self.next_step)
        self.connect_paper_list(self.pane.papers)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="paid_on", descending=True))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the sheet shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    def render(self, state: RecordState[FeeView]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        one = state.detail
        self.pane.set_empty(empty=one is None)
        self.tell(state.failure)
        if one is None:
            return
        self.pane.show_sheet(one)
        actor = self.context.actor
        void = _("The sheet was declared void.") if one.void_reason else ""
        fee = allowed.lacks(actor, "committee.fee") or void
        finance = allowed.lacks(actor, "committee.reveal") or void
        if void:
            self._step, title, why_not = "", "", ""
        elif not one.papers:
            self._step, title, why_not = "paper", _("Sheet to sign on"), fee
        else:
            self._step, title, why_not = "finance", _("Copy for finance…"), finance
        self.pane.set_primary(title, enabled=not why_not and not state.acting, note=why_not)
        self.pane.set_menu(
            [
                MenuEntry("paper", _("Sheet to sign on"), fee),
                MenuEntry("finance", _("Copy for finance…"), finance),
                MenuEntry("void", _("Declare void…"), fee),
            ],
            self.take,
        )

    # -- what the person does

    def new_record(self) -> None:
        """Ctrl+N: make a fee sheet of closed meetings."""
        if self.new_button.isEnabled():
            self.with_loaded(closed_meetings, self._new)

    def next_step(self) -> None:
        """Do what the primary button says."""
        if self._step:
            self.take(self._step)

    def take(self, key: str) -> None:
        """Do what a button or an entry of the menu says."""
        one = self.view_model.state.detail
        if one is None or self.view_model.state.acting:
            return
        actions = {"paper": self._paper, "finance": self._finance, "void": self._void}
        actions[key](one)

    def _new(self, found: Meetings) -> None:
        if not found:
            self.say("info", _("No meeting is closed yet."))
            return
        dialog = FeeDialog(self.context, found, china_date(self.context.clock.now()))
        if self.run(dialog, new=True) and isinstance(dialog.result_value, int):
            self.open_record(SHEET, dialog.result_value)
            self.say("good", _("The fee sheet is made."))

    def _paper(self, one: FeeView) -> None:
        self.view_model.act(
            lambda session: papers.fee_sheet_paper(session, one.id),
            self.show_made,
            self.show_failure,
        )

    def _finance(self, one: FeeView) -> None:
        reason = ask_reason(
            self.context,
            _("Copy for finance"),
            _("It has identity and account numbers in clear; who wrote it and why is logged."),
        )
        if not reason:
            return
        path = self.context.dialogs.save_file(
            _("Copy for finance"), f"{one.number}.xlsx", "Excel (*.xlsx)"
        )
        if path is None:
            return
        database = self.context.database()

        def work(_token: Token, _report: Report) -> str:
            with database.write() as session:
                fees.finance_workbook(session, one.id, path, reason)
            return path.name

        def done(name: str) -> None:
            self.say("good", _("The copy for finance is saved as {file}.").format(file=name))

        self.context.jobs.io(work, done=done, failed=self.show_failure, key=f"finance-{one.id}")

    def _void(self, one: FeeView) -> None:
        sentence = _("Its meetings can be paid by another sheet; its number stays accounted for.")
        reason = ask_reason(self.context, _("Declare void"), sentence)
        if reason:
            self.view_model.act(
                lambda session: fees.void_sheet(session, one.id, one.version, reason),
                lambda _done: self.say("good", _("The fee sheet is void.")),
                self.show_failure,
            )

    def _export(self) -> None:
        export_list(self.context, FEE_SHEETS, self.table.query, _("Fee sheets"))
