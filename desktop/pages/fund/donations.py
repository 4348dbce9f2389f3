"""The donations: list at the left, one donation with its next step at the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

from core.errors import AppError, StaleRecord
from core.fund.details import DonationDetail, DonationLink
from core.fund.lists import DONATIONS
from core.fund.sheets import CASES, DONATIONS_IMPORTER
from core.fund.states import DonationState
from core.i18n import N_, _
from core.values.listing import ListQuery
from core.values.money import Money
from desktop.pages.fund import allowed
from desktop.pages.fund.dialogs import arrival_dialog, rebook_dialog
from desktop.pages.fund.donation_form import DonationDialog
from desktop.pages.fund.donation_form_model import Start
from desktop.pages.fund.donation_pane import DonationPane
from desktop.pages.fund.donor_papers import DonorPapers
from desktop.pages.fund.issue_dialog import IssueDialog
from desktop.pages.fund.tab import FundTab
from desktop.pages.fund.tones import donation_tone
from desktop.pages.fund.view_model import DonationsViewModel
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.detail_pane import MenuEntry
from desktop.parts.export import export_list
from desktop.parts.import_wizard import ImportWizard
from desktop.parts.reason import ask_reason
from desktop.parts.record_view_model import RecordState
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable

State = RecordState[DonationDetail]
S = DonationState


class DonationsTab(FundTab):
    """The cashier's, the reviewer's and the issuer's daily list."""

    key: ClassVar[str] = "donations"
    title: ClassVar[str] = N_("Donations")
    kinds: ClassVar[tuple[str, ...]] = ("donation",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            DONATIONS,
            context,
            pills={"state": donation_tone},
            sums=("amount",),
            also=("receipt", "party"),
        )
        table.set_empty(
            _("No donation yet. Note the first one, or import a list."), _("New donation…"), "fund"
        )
        pane = DonationPane()
        super().__init__(context, table, pane)
        self.pane = pane
        self.view_model = DonationsViewModel(context, self)
        self.papers = DonorPapers(context, self)
        self.new_button = self.add_tool(
            "newDonation", _("New donation…"), "plus", self.new_record, primary=True
        )
        self.issue_button = self.add_tool(
            "issueReceipts", _("Issue receipts…"), "stamp", self.issue_selected
        )
        self.import_button = self.add_tool("importDonations", _("Import…"), "import", self._import)
        self.export_button = self.add_tool("exportDonations", _("Export…"), "export", self._export)
        self._connect()
        self._allow()
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
        self.pane.show_donation(detail, dict(state.revealed))
        title, why = self._next_step(detail)
        self.pane.set_primary(title, enabled=not why and not state.acting, note=why)
        self.pane.set_menu(self._entries(detail), self.take)
        actor = self.context.actor
        lacks = allowed.lacks(actor, "parties.reveal")
        set_allowed(self.pane.reveal_number, lacks)
        set_allowed(self.pane.reveal_account, allowed.lacks(actor, "fund.reveal"))

    def _next_step(self, detail: DonationDetail) -> tuple[str, str]:
        """The one primary button and why it cannot be pressed."""
        actor = self.context.actor
        if detail.state is S.REGISTERED:
            return _("Note the arrival…"), allowed.to_arrive(detail, actor)
        if detail.state is S.ARRIVED:
            return _("Review"), allowed.to_review(detail, actor)
        if detail.state is S.REVIEWED:
            return _("Issue the receipt…"), allowed.to_issue(detail, actor)
        if detail.state is S.RECEIPTED:
            return _("Open the receipt"), ""
        return ("", "") if detail.moved_to is None else (_("Open the new donation"), "")

    def _entries(self, detail: DonationDetail) -> list[MenuEntry]:
        actor = self.context.actor
        report = allowed.lacks(actor, "fund.report")
        year = detail.content.received_on.year
        entries = [
            MenuEntry("edit", _("Correct it (F2)…"), allowed.to_edit(detail, actor)),
            MenuEntry("attach", _("Attach a file…"), allowed.lacks(actor, "fund.record")),
            MenuEntry(
                "year",
                _("One receipt for all of {year}…").format(year=year),
                allowed.lacks(actor, "fund.issue"),
            ),
            MenuEntry("thank", _("Donation certificate"), allowed.to_thank(detail, actor)),
            MenuEntry("statement", _("Year's statement…"), report),
            MenuEntry("tax", _("Help with the deduction…"), ""),
            MenuEntry("rebook", _("Move to another donor…"), allowed.to_rebook(detail, actor)),
            MenuEntry("refund", _("Refund…"), allowed.to_refund(detail, actor)),
        ]
        count = len(self.table.selected_ids())
        if count > 1:
            many = _("Note the arrival of the {count} selected")
            again = _("Review the {count} selected")
            entries += [
                MenuEntry("arrive_many", many.format(count=count), self._not("fund.record")),
                MenuEntry("review_many", again.format(count=count), self._not("fund.review")),
            ]
        return entries

    def _not(self, permission: str) -> str:
        return allowed.lacks(self.context.actor, permission)

    def _allow(self) -> None:
        set_allowed(self.new_button, self._not("fund.record"))
        set_allowed(self.import_button, self._not("fund.import"))
        set_allowed(self.issue_button, self._not("fund.issue"))

    # -- what the person does

    def new_record(self) -> None:
        """Ctrl+N: note a donation."""
        self._note(Start())

    def _note(self, start: Start) -> None:
        if not self.new_button.isEnabled():
            return
        dialog = DonationDialog(self.context, start=start)
        if self.context.dialogs.exec(dialog) and dialog.saved is not None:
            self.open_record("donation", dialog.saved)
            self.say("good", _("The donation is noted."))

    def edit_record(self) -> None:
        """F2: correct the donation shown."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        why = allowed.to_edit(detail, self.context.actor)
        if why:
            self.say("info", why)
            return
        self.context.dialogs.exec(DonationDialog(self.context, editing=detail.id))

    def next_step(self) -> None:
        """Do what the primary button says."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        if detail.state is S.REGISTERED:
            self._arrive(detail)
        elif detail.state is S.ARRIVED:
            self.view_model.review()
        elif detail.state is S.REVIEWED:
            self.view_model.links([detail.id], self._issue)
        elif detail.state is S.RECEIPTED:
            self.context.open("receipt", detail.receipts[0].id)
        elif detail.moved_to is not None:
            self.open_record("donation", detail.moved_to.id)

    def take(self, key: str) -> None:
        """Do what an entry of the menu says."""
        detail = self.view_model.state.detail
        actions: dict[str, Callable[[DonationDetail], object]] = {
            "edit": lambda _detail: self.edit_record(),
            "attach": self._attach,
            "year": lambda _detail: self.view_model.year_links(self._issue),
            "thank": self.papers.thank,
            "statement": self.papers.state_year,
            "tax": self.papers.help_with_tax,
            "rebook": self._rebook,
            "refund": self._refund,
            "arrive_many": lambda _detail: self._many("arrive"),
            "review_many": lambda _detail: self._many("review"),
        }
        if detail is not None:
            actions[key](detail)

    def issue_selected(self) -> None:
        """Issue receipts for the donations selected in the list."""
        ids = self.table.selected_ids()
        if ids:
            self.view_model.links(ids, self._issue)
        else:
            self.say("info", _("Choose donations in the list first; Ctrl+A takes all."))

    def _issue(self, links: list[DonationLink]) -> None:
        if not links:
            self.say("info", _("No reviewed donation of this donor and year is without a receipt."))
            return
        dialog = IssueDialog(self.context, links)
        self.context.dialogs.exec(dialog)
        self.issued(dialog.report)

    def _arrive(self, detail: DonationDetail) -> None:
        dialog = arrival_dialog(self.context, detail)
        dialog.stale.connect(partial(self._on_stale, dialog))
        if self.context.dialogs.exec(dialog):
            self.say("good", _("The arrival of {code} is noted.").format(code=detail.code))

    def _on_stale(self, dialog: ActionDialog) -> None:
        self.view_model.reload()
        text = _(
            "A colleague saved this donation meanwhile; nothing of yours was saved. "
            "Close this window, look at it and try again."
        )
        dialog.banner.show_message("warning", text)

    def _many(self, verb: str) -> None:
        wanted = S.REGISTERED if verb == "arrive" else S.ARRIVED

        def go_on(links: list[DonationLink]) -> None:
            chosen = [(one.id, one.version) for one in links if one.state is wanted]
            left = len(links) - len(chosen)

            def done(_count: object) -> None:
                text = _("{count} donations done; {left} selected ones were in another state.")
                self.say("good", text.format(count=len(chosen), left=left))

            act = self.view_model.arrive_many if verb == "arrive" else self.view_model.review_many
            act(chosen, done)

        self.view_model.links(self.table.selected_ids(), go_on)

    def _refund(self, detail: DonationDetail) -> None:
        amount = str(detail.freed) if detail.freed > Money(0) else detail.amount_text
        sentence = _("{amount} yuan are taken from “{purpose}” and paid back to {donor}.")
        reason = ask_reason(
            self.context,
            _("Refund"),
            sentence.format(amount=amount, purpose=detail.purpose, donor=detail.donor.name),
        )
        if reason:
            self.view_model.refund(detail, reason)

    def _rebook(self, detail: DonationDetail) -> None:
        dialog = rebook_dialog(self.context, detail)
        dialog.stale.connect(partial(self._on_stale, dialog))
        if self.context.dialogs.exec(dialog) and isinstance(dialog.result_value, int):
            self.open_record("donation", dialog.result_value)

    def _attach(self, detail: DonationDetail) -> None:
        path = self.context.dialogs.open_file(_("Attach a file"))
        if path is not None:
            self.attach("donation", detail.id, path)

    def _reveal_number(self) -> None:
        detail = self.view_model.state.detail
        if detail is not None and (reason := self.why_in_clear()):
            self.view_model.reveal_number(detail.donor.party_id, reason)

    def _reveal_account(self) -> None:
        detail = self.view_model.state.detail
        if detail is not None and (reason := self.why_in_clear()):
            self.view_model.reveal_account(detail.unit.id, reason)

    def _import(self) -> None:
        self.context.dialogs.exec(ImportWizard(self.context, DONATIONS_IMPORTER, CASES))

    def _export(self) -> None:
        export_list(self.context, DONATIONS, self.table.query, _("Donations"))

    # -- what the shell asks

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show a filtered list; `new` opens the form, with the other filters as its first values.

        A line of a bank statement begins a donation so: `amount`, `received_on`,
        `bank_reference`, `payer_name`, `payer_tail`.
        """
        if "new" not in filters:
            super().apply_filters(kind, filters)
            return
        given = tuple((key, value) for key, value in filters.items() if key != "new")
        self._note(Start(values=given))

    # -- private

    def show_failure(self, error: AppError) -> None:
        """Show what went wrong where the person looks."""
        if isinstance(error, StaleRecord):
            self.view_model.reload()
        super().show_failure(error)

    def _on_selection(self, _ids: object) -> None:
        detail = self.view_model.state.detail
        if detail is not None:
            self.pane.set_menu(self._entries(detail), self.take)

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.selection_changed.connect(self._on_selection)
        self.table.empty_action.connect(self.new_record)
        self.table.activated.connect(self._on_activated)
        self.pane.primary.clicked.connect(self.next_step)
        self.pane.links.opened.connect(self.context.open)
        self.pane.number_asked.connect(self._reveal_number)
        self.pane.account_asked.connect(self._reveal_account)
        self.papers.prepared.connect(self.sign)
        self.papers.failed.connect(self.show_failure)
        self.connect_papers(self.pane.papers, self.pane.files)
        self.view_model.state_changed.connect(self.render)

    def _on_activated(self, _donation_id: int) -> None:
        self.pane.primary.setFocus()
