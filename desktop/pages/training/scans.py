"""Scans of sign-in sheets: what was read on every row, and the rows somebody must look at."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_, _
from core.training.lists import SCANS
from core.training.record_details import ScanDetail, scan_detail
from core.training.states import CourseState, RowVerdict
from core.values.listing import ListQuery
from desktop.pages.training import allowed
from desktop.pages.training.open_rows import HEADERS, row_texts
from desktop.pages.training.scan_work import ScanWork
from desktop.pages.training.tab import WATCHED, TrainingTab
from desktop.pages.training.tones import half_day
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.export import export_list
from desktop.parts.moments import moment, timeline_items
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.links import LinkList
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable
from desktop.widgets.timeline import Timeline


class ScanPane(DetailPane):
    """One scan with every row of its sheet."""

    def __init__(self) -> None:
        super().__init__(_("Choose a scan to see it here."))
        self.facts = Section(_("Scan"))
        self.rows = SmallTable(_("Rows of the sheet"), [_(one) for one in HEADERS], rows=14)
        self.links = LinkList(_("Belongs together"))
        self.timeline = Timeline()
        history = Section(_("History"))
        history.add(self.timeline)
        for part in (self.facts, self.rows, self.links, history):
            self.add(part)

    def show_scan(self, one: ScanDetail) -> None:
        """Show a scan; rows to look at come first."""
        left = len(one.open)
        state = _("{count} rows to look at").format(count=left) if left else _("All rows looked at")
        self.set_header(
            one.course, half_day(one.held_on, one.half_day), state, "warning" if left else "good"
        )
        signed = sum(row.verdict is RowVerdict.SIGNED for row in one.rows)
        self.facts.set_pairs(
            [
                (_("Topic"), one.topic),
                (_("Signed"), _("{count} of {all}").format(count=signed, all=len(one.rows))),
                (_("Read by"), f"{one.read_by}　{moment(one.read_at)}"),
                (_("File"), one.file.filename if one.file else ""),
            ]
        )
        ordered = sorted(one.rows, key=lambda row: (not row.why, row.row))
        self.rows.show_rows([row_texts(row) for row in ordered])
        self.links.show_links([("course", one.course_id, one.course)])
        self.timeline.set_items(timeline_items(one.timeline))


class ScansTab(TrainingTab):
    """Every scan that was read."""

    key: ClassVar[str] = "scans"
    title: ClassVar[str] = N_("Scans")
    kinds: ClassVar[tuple[str, ...]] = ("sign_in_scan",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(SCANS, context, also=("course", "attendance"))
        table.set_empty(
            _("No scan yet. Print a sign-in sheet, have it signed, scan it and read it here."),
            _("Read a scan…"),
            "import",
        )
        self.pane = ScanPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[ScanDetail] = RecordViewModel(
            context, scan_detail, WATCHED, self
        )
        self.scans = ScanWork(context, self)
        self.read_button = self.add_tool(
            "readScanHere", _("Read a scan…"), "import", self.new_record, primary=True
        )
        self.export_button = self.add_tool("exportScans", _("Export…"), "export", self._export)
        set_allowed(self.read_button, allowed.lacks(context.actor, "training.attend"))
        table.current_changed.connect(self.view_model.select)
        table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self.next_step)
        self.pane.links.opened.connect(context.open)
        self.scans.failed.connect(self.show_failure)
        self.scans.told.connect(self.say)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="read_at", descending=True))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the scan shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    def render(self, state: RecordState[ScanDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        one = state.detail
        self.pane.set_empty(empty=one is None)
        self.tell(state.failure)
        if one is None:
            return
        self.pane.show_scan(one)
        if one.open:
            why = self._why(one)
            self.pane.set_primary(_("Look at the open rows…"), enabled=not why, note=why)
        else:
            self.pane.set_primary(_("Open the scan") if one.file else "")
        gone = "" if one.file else _("The file was taken away.")
        self.pane.set_menu([MenuEntry("file", _("Open the scan"), gone)], self.take)

    def _why(self, one: ScanDetail) -> str:
        if one.state is not CourseState.OPEN:
            return _("The course is filed; open it again first.")
        return allowed.lacks(self.context.actor, "training.attend")

    def new_record(self) -> None:
        """Ctrl+N: read a scan."""
        if self.read_button.isEnabled():
            self.scans.choose()

    def next_step(self) -> None:
        """Go through the open rows, or open the file."""
        one = self.view_model.state.detail
        if one is None:
            return
        if one.open:
            self.scans.settle([one.id])
        else:
            self.take("file")

    def take(self, _key: str) -> None:
        """Open the file the scan was read from."""
        one = self.view_model.state.detail
        if one is not None and one.file is not None:
            self.desk.open_file(one.file)

    def _export(self) -> None:
        export_list(self.context, SCANS, self.table.query, _("Scans"))
