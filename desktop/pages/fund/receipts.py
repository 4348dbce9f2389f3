"""The receipts: list at the left, one receipt with what may be done to it at the right."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from sqlalchemy.orm import Session

from core.documents.service import DocumentSummary
from core.fund.details import ReceiptDetail, receipt_detail
from core.fund.lists import RECEIPTS
from core.fund.states import ReceiptState, Way
from core.i18n import N_, _
from core.values.listing import ListQuery
from desktop.pages.fund import allowed
from desktop.pages.fund.change_dialogs import change_dialog, decide_dialog
from desktop.pages.fund.issue_dialog import IssueDialog
from desktop.pages.fund.receipt_pane import ReceiptPane
from desktop.pages.fund.stock_print import OnSheet
from desktop.pages.fund.tab import FundTab
from desktop.pages.fund.tones import receipt_tone
from desktop.pages.fund.view_model import ReceiptsViewModel
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.detail_pane import MenuEntry
from desktop.parts.export import export_list
from desktop.parts.reason import ask_reason
from desktop.parts.record_view_model import RecordState
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable

State = RecordState[ReceiptDetail]


class ReceiptsTab(FundTab):
    """Every receipt of the three ways, its prints and its end."""

    key: ClassVar[str] = "receipts"
    title: ClassVar[str] = N_("Receipts")
    kinds: ClassVar[tuple[str, ...]] = ("receipt",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            RECEIPTS, context, pills={"state": receipt_tone}, sums=("amount",), also=("donation",)
        )
        table.set_empty(
            _("No receipt yet. Choose reviewed donations and issue theirs."),
            _("Donations without a receipt"),
            "fund",
        )
        pane = ReceiptPane()
        super().__init__(context, table, pane)
        self.pane = pane
        self.view_model = ReceiptsViewModel(context, self)
        self.issue_button = self.add_tool(
            "toIssue", _("Donations without a receipt"), "stamp", self.new_record
        )
        self.print_button = self.add_tool(
            "printReceipts", _("Print selected…"), "print", self.print_selected
        )
        self.export_button = self.add_tool("exportReceipts", _("Export…"), "export", self._export)
        self._connect()
        self.render(self.view_model.state)
        table.set_query(ListQuery())

    # -- rendering

    def render(self, state: State) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        detail = state.detail
        self.pane.set_empty(empty=detail is None)
        self.tell(state.failure)
        if detail is None:
            return
        self.pane.show_receipt(detail, dict(state.revealed))
        title, why = self._next_step(detail)
        self.pane.set_primary(title, enabled=not why and not state.acting, note=why)
        self.pane.set_menu(self._entries(detail), self.take)
        lacks = allowed.lacks(self.context.actor, "parties.reveal")
        set_allowed(self.pane.reveal_number, lacks)

    def _next_step(self, detail: ReceiptDetail) -> tuple[str, str]:
        """The one primary button and why it cannot be pressed."""
        actor = self.context.actor
        if detail.request is not None:
            return _("Decide…"), allowed.to_decide(detail, actor)
        if self._unsigned(detail):
            return _("Sign"), allowed.lacks(actor, "papers.sign")
        if detail.state in {ReceiptState.VOID, ReceiptState.REVERSED}:
            if detail.followed_by is not None:
                return _("Open the new receipt"), ""
            return _("Issue again…"), allowed.to_reissue(detail, actor)
        return _("Preview"), self._nothing_to_show(detail)

    @staticmethod
    def _unsigned(detail: ReceiptDetail) -> list[int]:
        return [paper.id for paper in detail.papers if paper.sha256 is None]

    @staticmethod
    def _nothing_to_show(detail: ReceiptDetail) -> str:
        if detail.way is Way.STOCK:
            return allowed.to_print_on_stock(detail)
        if detail.way is Way.OFFICIAL and not detail.files:
            return _("The file of the e-receipt is not kept here; attach it from the menu.")
        return ""

    def _entries(self, detail: ReceiptDetail) -> list[MenuEntry]:
        actor = self.context.actor
        reverse = detail.way is Way.OFFICIAL
        change = _("Ask to reverse it…") if reverse else _("Ask to declare it void…")
        own = "" if detail.document_id is not None else _("It is no letter of our own.")
        unsigned = _("It is not signed yet.") if self._unsigned(detail) else ""
        copy = own or unsigned or allowed.lacks(actor, "papers.copy")
        return [
            MenuEntry("preview", _("Preview"), self._nothing_to_show(detail)),
            MenuEntry("print", _("Print (Ctrl+P)…"), self._unprintable(detail)),
            MenuEntry("copy", _("Make a copy…"), copy),
            MenuEntry("attach", _("Attach a file…"), allowed.lacks(actor, "fund.issue")),
            MenuEntry("change", change, allowed.to_change(detail, actor)),
            MenuEntry("decide", _("Decide…"), allowed.to_decide(detail, actor)),
            MenuEntry("again", _("Issue again…"), allowed.to_reissue(detail, actor)),
        ]

    def _unprintable(self, detail: ReceiptDetail) -> str:
        if detail.way is Way.STOCK:
            lacks = allowed.lacks(self.context.actor, "fund.issue")
            return allowed.to_print_on_stock(detail) or lacks
        if detail.way is Way.OFFICIAL:
            return "" if detail.files else _("The file of the e-receipt is not kept here.")
        return _("It is not signed yet.") if self._unsigned(detail) else ""

    # -- what the person does

    def new_record(self) -> None:
        """Ctrl+N: receipts begin at the donations that have none."""
        self.context.open("donation", None, {"state": "reviewed"})

    def next_step(self) -> None:
        """Do what the primary button says."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        if detail.request is not None:
            self.take("decide")
        elif self._unsigned(detail):
            self.signing.sign(self._unsigned(detail))
        elif detail.state in {ReceiptState.VOID, ReceiptState.REVERSED}:
            if detail.followed_by is not None:
                self.open_record("receipt", detail.followed_by.id)
            else:
                self.take("again")
        else:
            self.take("preview")

    def take(self, key: str) -> None:
        """Do what an entry of the menu says."""
        detail = self.view_model.state.detail
        actions = {
            "preview": self._preview,
            "print": self._print_one,
            "copy": self._copy,
            "attach": self._attach,
            "change": self._change,
            "decide": self._decide,
            "again": self._again,
        }
        if detail is not None:
            actions[key](detail)

    def print_record(self) -> None:
        """Ctrl+P: the receipt shown."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        why = self._unprintable(detail)
        if why:
            self.say("info", why)
        else:
            self._print_one(detail)

    def print_selected(self) -> None:
        """Print the receipts selected in the list, those on stock sheet after sheet."""
        ids = self.table.selected_ids()

        def load(session: Session) -> list[ReceiptDetail]:
            return [receipt_detail(session, one) for one in ids]

        if not ids:
            self.say("info", _("Choose receipts in the list first; Ctrl+A takes all."))
            return
        self.context.jobs.read(
            load, done=self._print_many, failed=self.show_failure, key="fund-print-many"
        )

    def _print_many(self, details: list[ReceiptDetail]) -> None:
        valid = [one for one in details if one.state is ReceiptState.ISSUED]
        sheets = [OnSheet(one.id, one.text) for one in valid if one.way is Way.STOCK]
        letters = [
            one.document_id
            for one in valid
            if one.document_id is not None and not self._unsigned(one)
        ]
        left = len(details) - len(sheets) - len(letters)
        if left:
            text = _("{count} of the selected receipts are not printed here: void or not signed.")
            self.say("info", text.format(count=left))
        if letters:
            self.desk.printing.print(letters)
        if sheets:
            self.stock_desk.print(sheets)

    def _preview(self, detail: ReceiptDetail) -> None:
        if detail.way is Way.STOCK:
            self.stock_desk.preview(OnSheet(detail.id, detail.text))
        elif detail.way is Way.OFFICIAL and detail.files:
            self.desk.open_file(detail.files[0])
        elif detail.document_id is not None:
            self.desk.open(detail.document_id)

    def _print_one(self, detail: ReceiptDetail) -> None:
        if detail.way is Way.STOCK:
            self.stock_desk.print([OnSheet(detail.id, detail.text)])
        elif detail.way is Way.OFFICIAL and detail.files:
            self.desk.open_file(detail.files[0])
        elif detail.document_id is not None:
            self.desk.print(detail.document_id)

    def _copy(self, detail: ReceiptDetail) -> None:
        purpose = ask_reason(
            self.context,
            _("Make a copy"),
            _("The copy carries its number and says that it is for reference only."),
        )
        if purpose and detail.document_id is not None:
            self.view_model.copy(detail.document_id, purpose, self._copied)

    def _copied(self, paper: DocumentSummary) -> None:
        self.sign([paper.id])

    def _attach(self, detail: ReceiptDetail) -> None:
        path = self.context.dialogs.open_file(_("Attach a file"))
        if path is not None:
            self.attach("receipt", detail.id, path)

    def _change(self, detail: ReceiptDetail) -> None:
        dialog = change_dialog(self.context, self.view_model, detail)
        dialog.stale.connect(partial(self._on_stale, dialog))
        if self.context.dialogs.exec(dialog):
            self.say("good", _("The request waits for a second person."))

    def _decide(self, detail: ReceiptDetail) -> None:
        dialog = decide_dialog(self.context, self.view_model, detail)
        dialog.stale.connect(partial(self._on_stale, dialog))
        if self.context.dialogs.exec(dialog):
            self._sign_sheets(detail.id)

    def _sign_sheets(self, receipt_id: int) -> None:
        """The approval sheet and the void print wait for their signature."""

        def load(session: Session) -> list[int]:
            return self._unsigned(receipt_detail(session, receipt_id))

        self.context.jobs.read(load, done=self.sign, failed=self.show_failure, key="fund-sheets")

    def _again(self, detail: ReceiptDetail) -> None:
        """Issue a new receipt for the gifts a void or reversed one held."""
        dialog = IssueDialog(self.context, list(detail.donations), detail.way, detail.text)
        self.context.dialogs.exec(dialog)
        if dialog.report is not None and dialog.report.receipts:
            self.open_record("receipt", dialog.report.receipts[0])
        self.issued(dialog.report)

    def _on_stale(self, dialog: ActionDialog) -> None:
        self.view_model.reload()
        text = _(
            "A colleague saved this receipt meanwhile; nothing of yours was saved. "
            "Close this window, look at it and try again."
        )
        dialog.banner.show_message("warning", text)

    def _reveal_number(self) -> None:
        detail = self.view_model.state.detail
        if detail is not None and (reason := self.why_in_clear()):
            self.view_model.reveal_number(detail.donor.party_id, reason)

    def _export(self) -> None:
        export_list(self.context, RECEIPTS, self.table.query, _("Receipts"))

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.empty_action.connect(self.new_record)
        self.table.activated.connect(self._on_activated)
        self.pane.primary.clicked.connect(self.next_step)
        self.pane.links.opened.connect(self.context.open)
        self.pane.number_asked.connect(self._reveal_number)
        self.connect_papers(self.pane.papers, self.pane.files)
        self.view_model.state_changed.connect(self.render)

    def _on_printed(self, text: str) -> None:
        # The print is an event of the receipt, which no change set tells.
        self.view_model.reload()
        super()._on_printed(text)

    def _on_activated(self, _receipt_id: int) -> None:
        self.pane.primary.setFocus()
