"""The stock of genuine receipts: books with their sheets, warnings, settlement, the papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import ClassVar

from sqlalchemy.orm import Session

from core.clock import china_date
from core.documents.service import DocumentSummary
from core.fund.books import BOOK, BOOK_TITLES, BOOKS, BookDetail, BookState, book_detail
from core.fund.choices import Choices
from core.fund.papers import close_day, report_stock, settle_paper
from core.fund.states import SHEET_TITLES, SheetState
from core.fund.stock import settle_book
from core.fund.stock_papers import register_paper, report_lost
from core.i18n import N_, _
from core.values.forms import FormField
from core.values.listing import ListQuery
from desktop.pages.fund.allowed import lacks
from desktop.pages.fund.dialogs import load_choices, submit_to
from desktop.pages.fund.donation_pane import fund_timeline
from desktop.pages.fund.paper_tab import PaperTab
from desktop.pages.fund.sheets import SheetsTab
from desktop.pages.fund.stock_dialogs import (
    hand_out_dialog,
    receive_dialog,
    return_dialog,
    write_off_dialog,
)
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.export import export_list
from desktop.parts.file_list import FilesView
from desktop.parts.papers import paper_items
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import Tab, TabbedPage, kinds_of, set_allowed
from desktop.support.context import Context
from desktop.widgets.charts import Mark, ShareList
from desktop.widgets.papers import PapersList
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable
from desktop.widgets.timeline import Timeline

TONES = {
    BookState.IN_USE: "good",
    BookState.DUE: "warning",
    BookState.OVERDUE: "error",
    BookState.FINISHED: "info",
    BookState.SETTLED: "neutral",
}
_WATCHED = frozenset({BOOK, "receipt_sheet", "receipt", "document", "attachment"})


def book_tone(text: str) -> str:
    """The tone of a cell with the state of a book."""
    found = (one for one, title in BOOK_TITLES.items() if _(title) == text)
    return next((TONES[one] for one in found), "neutral")


class BookPane(DetailPane):
    """One book: its sheets by what became of them, the odd ones named, its papers."""

    def __init__(self) -> None:
        super().__init__(_("Choose a book to see it here."))
        self.shares = ShareList(_("Receipt sheets"))
        self.sheets = Section(_("Receipt sheets"))
        self.sheets.add(self.shares)
        self.facts = Section(_("The book"))
        self.odd = SmallTable(
            _("Sheets written off or void"),
            (_("Sheet number"), _("State"), _("Changed on"), _("Reason")),
        )
        self.papers = PapersList()
        self.made = Section(_("Papers"))
        self.made.add(self.papers)
        self.files = FilesView()
        self.history = Section(_("History"))
        self.timeline = Timeline()
        self.history.add(self.timeline)
        for part in (self.sheets, self.facts, self.odd, self.made, self.files, self.history):
            self.add(part)

    def show_book(self, book: BookDetail) -> None:
        """Show a book; buttons and menu are the tab's."""
        subtitle = f"{book.bill_code}　{book.first_number} – {book.last_number}"
        self.set_header(book.book_number, subtitle, _(BOOK_TITLES[book.state]), TONES[book.state])
        self.shares.set_marks(
            [
                Mark(_(SHEET_TITLES[state]), (count,), str(count), key=state.value)
                for state, count in book.counts
            ]
        )
        self.facts.set_pairs(
            [
                (_("Unit"), book.unit),
                (_("Next unused sheet"), book.next_number),
                (_("Use until"), book.use_until.isoformat()),
                (_("Held by"), f"{book.handed_to}　{book.handed_on or ''}".strip()),
                (_("Came in"), f"{book.received_on.isoformat()}　{book.received_by}"),
                (_("Settled"), book.settled_on.isoformat() if book.settled_on else ""),
            ]
        )
        self.odd.show_rows(
            [
                (
                    one.number,
                    _(SHEET_TITLES[one.state]),
                    one.changed_on.isoformat() if one.changed_on else "",
                    one.reason or one.payer,
                )
                for one in book.odd
            ]
        )
        self.papers.set_papers(paper_items(book.papers))
        self.made.setVisible(bool(book.papers))
        self.files.show_files(book.files)
        self.timeline.set_items(fund_timeline(book.timeline))


class BooksTab(PaperTab):
    """The books; the one to be used up first stands first."""

    key: ClassVar[str] = "books"
    title: ClassVar[str] = N_("Books")
    kinds: ClassVar[tuple[str, ...]] = (BOOK,)

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            BOOKS, context, pills={"state": book_tone}, also=("receipt_sheet", "receipt")
        )
        table.set_empty(
            _("No book of pre-printed receipts yet. Receive the first one."),
            _("Receive a book…"),
            "fund",
        )
        self.pane = BookPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[BookDetail] = RecordViewModel(
            context, book_detail, _WATCHED, self
        )
        self.new_button = self.add_tool(
            "receiveBook", _("Receive a book…"), "plus", self.new_record, primary=True
        )
        self.close_button = self.add_tool(
            "closeDay", _("Close the day…"), "calendar", self._close_day
        )
        self.month_button = self.add_tool("stockMonth", _("Month's sheet…"), "sum", self._month)
        self.export_button = self.add_tool("exportBooks", _("Export…"), "export", self._export)
        set_allowed(self.new_button, lacks(context.actor, "fund.stock"))
        for button in (self.close_button, self.month_button):
            set_allowed(button, lacks(context.actor, "fund.report"))
        self._connect()
        self.render(self.view_model.state)
        table.set_query(ListQuery())

    # -- rendering

    def render(self, state: RecordState[BookDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        book = state.detail
        self.pane.set_empty(empty=book is None)
        self.tell(state.failure)
        if book is None:
            return
        self.pane.show_book(book)
        title, key = self._next(book)
        why = self._stock()
        self.pane.primary.setProperty("step", key)
        self.pane.set_primary(
            title, enabled=not why and not state.acting, note=why if title else ""
        )
        self.pane.set_menu(self._entries(book), self.take)

    @staticmethod
    def _next(book: BookDetail) -> tuple[str, str]:
        """The next action of a book: title and key of the entry."""
        if book.state is BookState.SETTLED:
            return "", ""
        if book.state is BookState.FINISHED:
            return _("Settle the book…"), "settle"
        if book.state is BookState.OVERDUE:
            return _("Give the rest back…"), "return"
        return _("Hand out…"), "hand"

    def _entries(self, book: BookDetail) -> list[MenuEntry]:
        settled = _("The book is settled.") if book.settled_on is not None else ""
        used_up = "" if book.unused else _("No sheet is unused.")
        left = _("{count} sheets are not accounted for.").format(count=book.unused)
        no, report = self._stock(), lacks(self.context.actor, "fund.report")
        return [
            MenuEntry("hand", _("Hand out…"), settled or no),
            MenuEntry("off", _("Write off sheets…"), settled or used_up or no),
            MenuEntry("return", _("Give the rest back…"), settled or used_up or no),
            MenuEntry("settle", _("Settle the book…"), settled or (left if book.unused else no)),
            MenuEntry("paper", _("Settlement sheet"), report),
            MenuEntry("lost", _("Report of lost sheets"), self._none_lost(book) or report),
            MenuEntry("register", _("Register of the unit's books"), report),
            MenuEntry("sheets", _("Show its sheets")),
            MenuEntry("attach", _("Attach a file…"), no),
        ]

    @staticmethod
    def _none_lost(book: BookDetail) -> str:
        lost = dict(book.counts).get(SheetState.LOST)
        return "" if lost else _("No sheet of it is noted as lost.")

    def _stock(self) -> str:
        return lacks(self.context.actor, "fund.stock")

    # -- what the person does

    def new_record(self) -> None:
        """Ctrl+N: receive a book."""
        if self.new_button.isEnabled():
            load_choices(self.context, self._receive, self.show_failure)

    def _receive(self, known: Choices) -> None:
        dialog = receive_dialog(self.context, known)
        if self.context.dialogs.exec(dialog) and isinstance(dialog.result_value, int):
            self.open_record(BOOK, dialog.result_value)

    def next_step(self) -> None:
        """Do what the primary button says."""
        self.take(str(self.pane.primary.property("step") or ""))

    def take(self, key: str) -> None:
        """Do what an entry of the menu says."""
        book = self.view_model.state.detail
        if book is None:
            return
        if key in {"hand", "off", "return"}:
            dialog = {
                "hand": partial(hand_out_dialog, self.context, book),
                "off": partial(write_off_dialog, self.context, book.id, book.book_number),
                "return": partial(return_dialog, self.context, book),
            }[key]()
            self.context.dialogs.exec(dialog)
        elif key == "settle":
            self._settle(book)
        elif key == "sheets":
            self._open_sheets("")
        elif key == "attach":
            path = self.context.dialogs.open_file(_("Attach a file"))
            if path is not None:
                self.attach(BOOK, book.id, path)
        else:
            self._prepare(key, book)

    def _prepare(self, key: str, book: BookDetail) -> None:
        """Prepare a paper about the book, or about all books of its unit."""
        works: dict[str, Callable[[Session], DocumentSummary]] = {
            "paper": lambda session: settle_paper(session, book.id),
            "register": lambda session: register_paper(session, book.unit_id),
            # One report for each run of lost sheets: the others stand among the book's papers.
            "lost": lambda session: report_lost(session, book.id)[0],
        }
        self.view_model.act(works[key], self._made)

    def _settle(self, book: BookDetail) -> None:
        """核旧领新: close the book, show its sheet, and go on with the next one."""
        with_paper = self.context.may("fund.report")

        def settle(session: Session, _values: Mapping[str, object]) -> DocumentSummary | None:
            settle_book(session, book.id)
            return settle_paper(session, book.id) if with_paper else None

        sentence = _("All {count} sheets of {book} are accounted for; the book is closed for good.")
        dialog = ActionDialog(
            self.context,
            _("Settle the book"),
            sentence.format(count=book.sheets, book=book.book_number),
            (),
            submit_to(self.context, f"settle-{book.id}", settle),
        )
        if not self.context.dialogs.exec(dialog):
            return
        if isinstance(dialog.result_value, DocumentSummary):
            self.present(dialog.result_value)
        text = _("{book} is settled. Receive the next book when it comes.")
        self.pane.banner.show_message(
            "good", text.format(book=book.book_number), _("Receive a book…"), self.new_record
        )

    def _made(self, paper: object) -> None:
        assert isinstance(paper, DocumentSummary)
        self.present(paper)

    def _close_day(self) -> None:
        def make(session: Session, values: Mapping[str, object]) -> DocumentSummary:
            day = values["day"]
            assert isinstance(day, date)
            return close_day(session, int(str(values["unit"])), day)

        self.ask_for_paper(
            _("Close the day"),
            _("What came in on the day, by form, with and without a receipt."),
            (FormField("day", N_("Day"), "date", required=True),),
            make,
            {"day": self._today()},
        )

    def _month(self) -> None:
        def make(session: Session, values: Mapping[str, object]) -> DocumentSummary:
            year, month = int(str(values["year"])), int(str(values["month"]))
            return report_stock(session, int(str(values["unit"])), year, month)

        day = self._today()
        months = tuple((str(n), str(n)) for n in range(1, 13))
        self.ask_for_paper(
            _("Month's sheet of the stock"),
            _("What was there, came in, was used, void, lost, given back, and is left."),
            (
                FormField("year", N_("Year"), "int", required=True),
                FormField("month", N_("Month"), "choice", required=True, choices=months),
            ),
            make,
            {"year": day.year, "month": str(day.month)},
        )

    def _today(self) -> date:
        return china_date(self.context.clock.now())

    def _open_sheets(self, state: str) -> None:
        book = self.view_model.state.detail
        if book is not None:
            filters = {"book": book.book_number} | ({"state": state} if state else {})
            self.context.open("receipt_sheet", None, filters)

    def _export(self) -> None:
        export_list(self.context, BOOKS, self.table.query, _("Books of receipts"))

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show a filtered list, what ends first at the top."""
        self.table.set_query(ListQuery(filters=dict(filters), sort="use_until"))

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self.next_step)
        self.pane.shares.opened.connect(self._open_sheets)
        self.connect_papers(self.pane.papers, self.pane.files)
        self.view_model.state_changed.connect(self.render)


STOCK_TABS: tuple[type[Tab], ...] = (BooksTab, SheetsTab)


class StockTab(TabbedPage, Tab):
    """Books and sheets."""

    key: ClassVar[str] = "stock"
    title: ClassVar[str] = N_("Stock")
    tab_types: ClassVar[tuple[type[Tab], ...]] = STOCK_TABS
    kinds: ClassVar[tuple[str, ...]] = kinds_of(STOCK_TABS)
