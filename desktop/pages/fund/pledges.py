"""The commitments 认捐: what was promised, what has come, the next instalment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from core.fund.choices import Choices
from core.fund.pledges import PLEDGE, PLEDGES, STATE_TITLES, Instalment, PledgeDetail
from core.fund.states import DONATION_TITLES
from core.i18n import N_, _
from core.values.listing import ListQuery
from desktop.pages.fund import allowed
from desktop.pages.fund.dialogs import load_choices, pledge_dialog
from desktop.pages.fund.donation_form import DonationDialog
from desktop.pages.fund.donation_form_model import Start
from desktop.pages.fund.donation_pane import fund_timeline
from desktop.pages.fund.tones import PLEDGE_TONES, pledge_tone
from desktop.pages.fund.view_model import PledgesViewModel
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.export import export_list
from desktop.parts.reason import ask_reason
from desktop.parts.record_view_model import RecordState
from desktop.parts.tabs import RecordTab, set_allowed
from desktop.support.context import Context
from desktop.widgets.links import LinkList
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section
from desktop.widgets.timeline import Timeline

State = RecordState[PledgeDetail]


class PledgePane(DetailPane):
    """One commitment with its instalments."""

    def __init__(self) -> None:
        super().__init__(_("Choose a commitment to see it here."))
        self.basics = Section(_("The commitment"))
        self.instalments = LinkList(_("Instalments"))
        self.links = LinkList(_("Belongs together"))
        self.history = Section(_("History"))
        self.timeline = Timeline()
        self.history.add(self.timeline)
        for part in (self.basics, self.instalments, self.links, self.history):
            self.add(part)

    def show_pledge(self, detail: PledgeDetail) -> None:
        """Show a commitment."""
        line = detail.line
        self.set_header(
            detail.donor.name,
            line.agreement,
            _(STATE_TITLES[line.state]),
            PLEDGE_TONES[line.state],
        )
        pairs = [
            (_("Promised (yuan)"), str(line.amount)),
            (_("In capitals"), line.amount.capitals()),
            (_("Arrived (yuan)"), str(line.arrived)),
            (_("To come (yuan)"), str(line.left)),
            (_("Purpose"), detail.purpose),
            (_("Promised on"), line.promised_on.isoformat()),
            (_("Due"), line.due_on.isoformat() if line.due_on else ""),
        ]
        if detail.cancelled_reason:
            pairs.append((_("Cancelled because"), detail.cancelled_reason))
        self.basics.set_pairs(pairs)
        self.instalments.show_links(
            [
                ("donation", one.id, f"{one.code}　{one.received_on}　{_what(one)}")
                for one in detail.instalments
            ]
        )
        text = _("The donor in the register of parties")
        self.links.show_links([("party", detail.donor.party_id, text)])
        self.timeline.set_items(fund_timeline(detail.timeline))


def _what(one: Instalment) -> str:
    amount = str(one.amount) if one.amount is not None else "——"
    return f"{amount}　{_(DONATION_TITLES[one.state])}"


class PledgesTab(RecordTab):
    """Commitments and their instalments."""

    key: ClassVar[str] = "pledges"
    title: ClassVar[str] = N_("Commitments")
    kinds: ClassVar[tuple[str, ...]] = (PLEDGE,)

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            PLEDGES, context, pills={"state": pledge_tone}, sums=("amount",), also=("donation",)
        )
        table.set_empty(_("No commitment yet."), _("New commitment…"), "fund")
        pane = PledgePane()
        super().__init__(context, table, pane)
        self.pane = pane
        self.view_model = PledgesViewModel(context, self)
        self.new_button = self.add_tool(
            "newPledge", _("New commitment…"), "plus", self.new_record, primary=True
        )
        self.export_button = self.add_tool("exportPledges", _("Export…"), "export", self._export)
        set_allowed(self.new_button, allowed.lacks(context.actor, "fund.record"))
        self._connect()
        self.render(self.view_model.state)
        table.set_query(ListQuery())

    def render(self, state: State) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        detail = state.detail
        self.pane.set_empty(empty=detail is None)
        self.tell(state.failure)
        if detail is None:
            return
        self.pane.show_pledge(detail)
        why = self._ended(detail) or allowed.lacks(self.context.actor, "fund.record")
        self.pane.set_primary(_("Next instalment…"), enabled=not why and not state.acting, note=why)
        self.pane.set_menu([MenuEntry("cancel", _("Cancel the rest…"), why)], self.take)

    @staticmethod
    def _ended(detail: PledgeDetail) -> str:
        if detail.line.state == "cancelled":
            return _("It was cancelled.")
        return _("All of it has arrived.") if detail.line.state == "fulfilled" else ""

    def new_record(self) -> None:
        """Ctrl+N: enter a commitment."""
        if self.new_button.isEnabled():
            load_choices(self.context, self._enter, self.show_failure)

    def _enter(self, known: Choices) -> None:
        dialog = pledge_dialog(self.context, known)
        if self.context.dialogs.exec(dialog) and isinstance(dialog.result_value, int):
            self.open_record(PLEDGE, dialog.result_value)

    def next_instalment(self) -> None:
        """Note a donation that belongs to the commitment shown."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        start = Start(detail.donor.party_id, detail.line.id, detail.purpose_id)
        dialog = DonationDialog(self.context, start=start)
        if self.context.dialogs.exec(dialog) and dialog.saved is not None:
            self.say("good", _("The donation is noted."))

    def take(self, _key: str) -> None:
        """Say that the rest will not come."""
        seen = self.view_model.state.detail
        if seen is None:
            return
        reason = ask_reason(
            self.context,
            _("Cancel the rest"),
            _("What has arrived stays; the rest is not expected."),
        )
        if reason:
            self.view_model.cancel(seen, reason)

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show a filtered list; `new` opens the form of a new commitment."""
        super().apply_filters(kind, {key: value for key, value in filters.items() if key != "new"})
        if "new" in filters:
            self.new_record()

    def print_record(self) -> None:
        """Ctrl+P: commitments have no papers."""

    def _export(self) -> None:
        export_list(self.context, PLEDGES, self.table.query, _("Commitments"))

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.empty_action.connect(self.new_record)
        self.table.activated.connect(self._on_activated)
        self.pane.primary.clicked.connect(self.next_instalment)
        self.pane.instalments.opened.connect(self.context.open)
        self.pane.links.opened.connect(self.context.open)
        self.view_model.state_changed.connect(self.render)

    def _on_activated(self, _pledge_id: int) -> None:
        self.pane.primary.setFocus()
