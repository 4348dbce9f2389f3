"""The numbered sheets of all books: what became of each, and writing unused ones off."""

from __future__ import annotations

from typing import ClassVar

from core.fund.books import BOOK, SheetDetail, sheet_detail
from core.fund.lists import SHEETS
from core.fund.states import SHEET_TITLES, SheetState
from core.i18n import N_, _
from core.values.listing import ListQuery
from desktop.pages.fund.allowed import lacks
from desktop.pages.fund.stock_dialogs import write_off_dialog
from desktop.parts.detail_pane import DetailPane
from desktop.parts.export import export_list
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import RecordTab
from desktop.support.context import Context
from desktop.widgets.links import LinkList
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section

SHEET = "receipt_sheet"
TONES = {
    SheetState.UNUSED: "info",
    SheetState.USED: "good",
    SheetState.VOID: "error",
    SheetState.SPOILED: "warning",
    SheetState.LOST: "error",
    SheetState.RETURNED: "neutral",
}


def sheet_tone(text: str) -> str:
    """The tone of a cell with the state of a sheet."""
    found = (one for one, title in SHEET_TITLES.items() if _(title) == text)
    return next((TONES[one] for one in found), "neutral")


class SheetPane(DetailPane):
    """One sheet."""

    def __init__(self) -> None:
        super().__init__(_("Choose a sheet to see it here."))
        self.facts = Section(_("The sheet"))
        self.links = LinkList(_("Belongs together"))
        self.add(self.facts)
        self.add(self.links)

    def show_sheet(self, sheet: SheetDetail) -> None:
        """Show a sheet."""
        self.set_header(
            sheet.number, sheet.bill_code, _(SHEET_TITLES[sheet.state]), TONES[sheet.state]
        )
        self.facts.set_pairs(
            [
                (_("Book"), sheet.book),
                (_("Use until"), sheet.use_until.isoformat()),
                (_("Receipt No."), sheet.receipt),
                (_("Payer"), sheet.payer),
                (_("Changed on"), sheet.changed_on.isoformat() if sheet.changed_on else ""),
                (_("Reason"), sheet.reason),
            ]
        )
        links = [(BOOK, sheet.book_id, _("Book {book}").format(book=sheet.book))]
        if sheet.receipt_id is not None:
            links.append(("receipt", sheet.receipt_id, sheet.receipt))
        self.links.show_links(links)


class SheetsTab(RecordTab):
    """Every numbered sheet: the ledger of the stock on the screen."""

    key: ClassVar[str] = "sheets"
    title: ClassVar[str] = N_("Receipt sheets")
    kinds: ClassVar[tuple[str, ...]] = (SHEET,)

    def __init__(self, context: Context) -> None:
        table = RecordTable(SHEETS, context, pills={"state": sheet_tone}, also=(BOOK, "receipt"))
        table.set_empty(_("No sheet yet: sheets come with a book."), "", "fund")
        self.pane = SheetPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[SheetDetail] = RecordViewModel(
            context, sheet_detail, frozenset({SHEET, BOOK, "receipt"}), self
        )
        self.export_button = self.add_tool("exportSheets", _("Export…"), "export", self._export)
        self.table.current_changed.connect(self.view_model.select)
        self.pane.primary.clicked.connect(self.write_off)
        self.pane.links.opened.connect(self._open)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="number"))

    def render(self, state: RecordState[SheetDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        sheet = state.detail
        self.pane.set_empty(empty=sheet is None)
        self.tell(state.failure)
        if sheet is None:
            return
        self.pane.show_sheet(sheet)
        open_ = sheet.state is SheetState.UNUSED and not sheet.settled
        why = lacks(self.context.actor, "fund.stock")
        title = _("Write off…") if open_ else ""
        self.pane.set_primary(title, enabled=not why, note=why if title else "")
        self.pane.set_menu([], self._nothing)

    def write_off(self) -> None:
        """Account for the sheet shown (or the range selected in its book)."""
        sheet = self.view_model.state.detail
        if sheet is None:
            return
        last = self._last_selected(sheet)
        dialog = write_off_dialog(self.context, sheet.book_id, sheet.book, sheet.number, last)
        self.context.dialogs.exec(dialog)

    def _last_selected(self, sheet: SheetDetail) -> str:
        """The last number of a selection that is one run beginning at the sheet shown."""
        cells = [self.table.model.cells(one) for one in self.table.selected_ids()]
        numbers = [row[0] for row in cells if row is not None and row[2] == sheet.book]
        run = [str(int(sheet.number) + n).zfill(len(sheet.number)) for n in range(len(numbers))]
        return run[-1] if len(run) > 1 and sorted(numbers) == run else ""

    def _open(self, kind: str, record_id: int) -> None:
        self.context.open(kind, record_id)

    @staticmethod
    def _nothing(_key: str) -> None:
        """A sheet has no further actions."""

    def _export(self) -> None:
        export_list(self.context, SHEETS, self.table.query, _("Sheets of receipts"))
