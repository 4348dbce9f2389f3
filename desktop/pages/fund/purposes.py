"""What the fund rests on: purposes with their balances, uses of funds, campaigns, units."""

from __future__ import annotations

from typing import ClassVar

from core.clock import china_date
from core.documents.service import DocumentSummary
from core.fund.choices import Choices
from core.fund.master_details import (
    CampaignDetail,
    GrantDetail,
    PurposeDetail,
    UnitDetail,
    campaign_detail,
    grant_detail,
    purpose_detail,
    unit_detail,
)
from core.fund.masters import (
    CAMPAIGN,
    CAMPAIGNS,
    GRANT,
    GRANTS,
    PURPOSE,
    PURPOSES,
    UNIT,
    UNITS,
    purpose_choices,
)
from core.fund.setup import reveal_account
from core.fund.setup_changes import set_purpose_active, set_unit_active
from core.fund.states import GrantState
from core.i18n import N_, _
from core.values.listing import ListQuery, RecordSource
from desktop.pages.fund.allowed import lacks
from desktop.pages.fund.dialogs import load_choices
from desktop.pages.fund.purpose_dialogs import (
    campaign_dialog,
    decide_dialog,
    grant_dialog,
    purpose_dialog,
    unit_dialog,
    years_dialog,
)
from desktop.pages.fund.purpose_panes import (
    CampaignPane,
    GrantPane,
    PurposePane,
    UnitPane,
    active_tone,
    grant_tone,
)
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.detail_pane import MenuEntry
from desktop.parts.editing import editing
from desktop.parts.export import export_list
from desktop.parts.reason import ask_reason
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import RecordTab, Tab, TabbedPage, kinds_of, set_allowed
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable

_MONEY = frozenset({PURPOSE, GRANT, "fund_entry", "donation", "document", "attachment"})


class MasterTab(RecordTab):
    """A list of what the fund rests on, with its button for a new record and its export."""

    source: ClassVar[RecordSource]
    manage: ClassVar[str] = "fund.manage"

    def add_tools(self, name: str, title: str) -> None:
        """The two buttons every one of these lists has."""
        self.new_button = self.add_tool(f"new_{name}", title, "plus", self.new_record, primary=True)
        self.export_button = self.add_tool(f"export_{name}", _("Export…"), "export", self._export)
        set_allowed(self.new_button, self.why())

    def why(self) -> str:
        """Why the person may not change these records; empty when they may."""
        return lacks(self.context.actor, self.manage)

    def edit(self, dialog: ActionDialog, record_id: int) -> None:
        """Run a dialog that edits a record; others see who does."""
        self.context.dialogs.exec(editing(self.context, dialog, self.kinds[0], record_id))

    def show_saved(self, dialog: ActionDialog) -> None:
        """Run a dialog and show the record it made or changed."""
        if self.context.dialogs.exec(dialog) and isinstance(dialog.result_value, int):
            self.open_record(self.kinds[0], dialog.result_value)

    def _export(self) -> None:
        export_list(self.context, self.source, self.table.query, _(self.title))


class PurposeList(MasterTab):
    """Purposes 捐赠项目 and what each holds."""

    key: ClassVar[str] = "purpose_list"
    title: ClassVar[str] = N_("Purposes")
    kinds: ClassVar[tuple[str, ...]] = (PURPOSE,)
    source = PURPOSES

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            PURPOSES,
            context,
            pills={"state": active_tone},
            sums=("received", "used", "balance"),
            also=("fund_entry",),
        )
        table.set_empty(
            _("No purpose yet. Donations need one to be for."), _("New purpose…"), "fund"
        )
        self.pane = PurposePane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[PurposeDetail] = RecordViewModel(
            context, purpose_detail, _MONEY, self
        )
        self.add_tools("purpose", _("New purpose…"))
        table.current_changed.connect(self.view_model.select)
        table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self._ask_for_money)
        self.pane.chart.opened.connect(self._open)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="code"))

    def render(self, state: RecordState[PurposeDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        one = state.detail
        self.pane.set_empty(empty=one is None)
        self.tell(state.failure)
        if one is None:
            return
        self.pane.show_purpose(one)
        why = self.why() or ("" if one.balance.fen else _("The purpose holds nothing."))
        self.pane.set_primary(_("Ask for money…"), enabled=not why, note=why)
        word = _("Take out of use…") if one.active else _("Put back into use…")
        self.pane.set_menu(
            [
                MenuEntry("edit", _("Edit (F2)"), self.why()),
                MenuEntry("active", word, self.why()),
                MenuEntry("gifts", _("Donations for it")),
                MenuEntry("grants", _("Uses of it")),
            ],
            self.take,
        )

    def new_record(self) -> None:
        """Ctrl+N."""
        if self.new_button.isEnabled():
            self.show_saved(purpose_dialog(self.context))

    def edit_record(self) -> None:
        """F2."""
        one = self.view_model.state.detail
        if one is not None and not self.why():
            self.edit(purpose_dialog(self.context, one), one.id)

    def take(self, key: str) -> None:
        """Do what an entry of the menu says."""
        one = self.view_model.state.detail
        if one is None:
            return
        if key == "edit":
            self.edit_record()
        elif key == "active":
            self._set_active(one)
        else:
            self._open(key)

    def _set_active(self, one: PurposeDetail) -> None:
        title = _("Take out of use") if one.active else _("Put back into use")
        sentence = _("New donations are not offered it; its money can still be used.")
        reason = ask_reason(self.context, title, sentence if one.active else "")
        if reason:
            self.view_model.act(
                lambda session: set_purpose_active(
                    session, one.id, active=not one.active, reason=reason
                )
            )

    def _open(self, key: str) -> None:
        one = self.view_model.state.detail
        if one is None:
            return
        if key == "gifts":
            self.context.open("donation", None, {"purpose": one.name})
        else:
            state = {"state": GrantState.REQUESTED.value} if key == "asked" else {}
            self.context.open(GRANT, None, {"purpose": one.name, **state})

    def _ask_for_money(self) -> None:
        one = self.view_model.state.detail
        if one is None:
            return

        def ask(purposes: tuple[tuple[str, str], ...]) -> None:
            dialog = grant_dialog(self.context, purposes, one.id)
            if self.context.dialogs.exec(dialog) and isinstance(dialog.result_value, int):
                self.context.open(GRANT, dialog.result_value)

        self.context.jobs.read(
            purpose_choices, done=ask, failed=self.show_failure, key="purpose-choices"
        )


class GrantList(MasterTab):
    """Uses of funds: asked for by one person, agreed and paid by another."""

    key: ClassVar[str] = "grants"
    title: ClassVar[str] = N_("Use of funds")
    kinds: ClassVar[tuple[str, ...]] = (GRANT,)
    source = GRANTS

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            GRANTS, context, pills={"state": grant_tone}, sums=("amount",), also=(PURPOSE,)
        )
        table.set_empty(_("Nobody asked for money of the fund yet."), _("Ask for money…"), "fund")
        self.pane = GrantPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[GrantDetail] = RecordViewModel(
            context, grant_detail, _MONEY, self
        )
        self.add_tools("grant", _("Ask for money…"))
        table.current_changed.connect(self.view_model.select)
        table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self._agree)
        self.connect_papers(self.pane.papers, self.pane.files)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery())

    def render(self, state: RecordState[GrantDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        one = state.detail
        self.pane.set_empty(empty=one is None)
        self.tell(state.failure)
        if one is None:
            return
        self.pane.show_grant(one)
        open_ = one.state is GrantState.REQUESTED
        why = self._why_not_decide(one)
        short = _("The purpose holds less than that.") if one.amount > one.balance else ""
        self.pane.set_primary(
            _("Agree and pay…") if open_ else "",
            enabled=not (why or short),
            note=(why or short) if open_ else "",
        )
        entries = [
            MenuEntry("attach", _("Attach a file…"), self.why()),
            MenuEntry("purpose", _("Go to the purpose")),
        ]
        if open_:
            entries.insert(0, MenuEntry("refuse", _("Refuse…"), why))
        self.pane.set_menu(entries, self.take)

    def _why_not_decide(self, one: GrantDetail) -> str:
        if one.requested_by == self.context.actor.account_id:
            return _("Whoever asked for it cannot decide it.")
        return lacks(self.context.actor, "fund.approve")

    def new_record(self) -> None:
        """Ctrl+N: ask for money."""
        if self.new_button.isEnabled():
            self.context.jobs.read(
                purpose_choices,
                done=lambda found: self.show_saved(grant_dialog(self.context, found)),
                failed=self.show_failure,
                key="purpose-choices",
            )

    def take(self, key: str) -> None:
        """Do what an entry of the menu says."""
        one = self.view_model.state.detail
        if one is None:
            return
        if key == "refuse":
            self._decide(one, agree=False)
        elif key == "attach":
            path = self.context.dialogs.open_file(_("Attach a file"))
            if path is not None:
                self.attach(GRANT, one.id, path)
        else:
            self.context.open(PURPOSE, one.purpose_id)

    def _agree(self) -> None:
        one = self.view_model.state.detail
        if one is not None:
            self._decide(one, agree=True)

    def _decide(self, one: GrantDetail, *, agree: bool) -> None:
        if self.context.dialogs.exec(decide_dialog(self.context, one, agree=agree)):
            self.context.jobs.read(
                lambda session: grant_detail(session, one.id).papers,
                done=self._sign_approval,
                failed=self.show_failure,
                key="grant-papers",
            )

    def _sign_approval(self, papers: tuple[DocumentSummary, ...]) -> None:
        self.sign([paper.id for paper in papers if paper.sha256 is None])


class CampaignList(MasterTab):
    """Public campaigns 募捐活动 with the number their plan was filed under."""

    key: ClassVar[str] = "campaigns"
    title: ClassVar[str] = N_("Campaigns")
    kinds: ClassVar[tuple[str, ...]] = (CAMPAIGN,)
    source = CAMPAIGNS

    def __init__(self, context: Context) -> None:
        table = RecordTable(CAMPAIGNS, context, also=(UNIT,))
        table.set_empty(
            _("No public campaign yet. Its plan is filed before it begins."),
            _("New campaign…"),
            "fund",
        )
        self.pane = CampaignPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[CampaignDetail] = RecordViewModel(
            context, campaign_detail, frozenset({CAMPAIGN, UNIT, "donation"}), self
        )
        self.add_tools("campaign", _("New campaign…"))
        table.current_changed.connect(self.view_model.select)
        table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self.edit_record)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery())

    def render(self, state: RecordState[CampaignDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        one = state.detail
        self.pane.set_empty(empty=one is None)
        self.tell(state.failure)
        if one is not None:
            self.pane.show_campaign(one)
            self.pane.set_primary(_("Edit (F2)"), enabled=not self.why(), note=self.why())
            self.pane.set_menu([], self._nothing)

    def new_record(self) -> None:
        """Ctrl+N."""
        if self.new_button.isEnabled():
            load_choices(
                self.context,
                lambda known: self.show_saved(campaign_dialog(self.context, known)),
                self.show_failure,
            )

    def edit_record(self) -> None:
        """F2."""
        one = self.view_model.state.detail
        if one is None or self.why():
            return

        def edit(known: Choices) -> None:
            self.edit(campaign_dialog(self.context, known, one), one.id)

        load_choices(self.context, edit, self.show_failure)

    @staticmethod
    def _nothing(_key: str) -> None:
        """A campaign has no further actions."""


class UnitList(MasterTab):
    """Receiving and issuing units 受赠（开票）单位 with their qualification years."""

    key: ClassVar[str] = "units"
    title: ClassVar[str] = N_("Issuing units")
    kinds: ClassVar[tuple[str, ...]] = (UNIT,)
    source = UNITS

    def __init__(self, context: Context) -> None:
        table = RecordTable(UNITS, context, pills={"state": active_tone})
        table.set_empty(
            _("No unit yet. Enter who receives the donations and issues the receipts."),
            _("New issuing unit…"),
            "fund",
        )
        self.pane = UnitPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[UnitDetail] = RecordViewModel(
            context, unit_detail, frozenset({UNIT}), self
        )
        self.add_tools("unit", _("New issuing unit…"))
        table.current_changed.connect(self.view_model.select)
        table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self._add_years)
        self.pane.reveal_button.clicked.connect(self._reveal)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery())

    def render(self, state: RecordState[UnitDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        one = state.detail
        self.pane.set_empty(empty=one is None)
        self.tell(state.failure)
        if one is None:
            return
        self.pane.show_unit(one, dict(state.revealed).get("account", ""))
        set_allowed(self.pane.reveal_button, lacks(self.context.actor, "fund.reveal"))
        self.pane.set_primary(
            _("Add qualification years…"), enabled=not self.why(), note=self.why()
        )
        word = _("Take out of use…") if one.active else _("Put back into use…")
        self.pane.set_menu(
            [
                MenuEntry("edit", _("Edit (F2)"), self.why()),
                MenuEntry("active", word, self.why()),
            ],
            self.take,
        )

    def new_record(self) -> None:
        """Ctrl+N."""
        if self.new_button.isEnabled():
            self.show_saved(unit_dialog(self.context))

    def edit_record(self) -> None:
        """F2."""
        one = self.view_model.state.detail
        if one is not None and not self.why():
            self.edit(unit_dialog(self.context, one), one.id)

    def take(self, key: str) -> None:
        """Do what an entry of the menu says."""
        one = self.view_model.state.detail
        if one is None:
            return
        if key == "edit":
            self.edit_record()
            return
        title = _("Take out of use") if one.active else _("Put back into use")
        reason = ask_reason(self.context, title, _("Receipts that were issued stay valid."))
        if reason:
            self.view_model.act(
                lambda session: set_unit_active(
                    session, one.id, one.version, active=not one.active, reason=reason
                )
            )

    def _add_years(self) -> None:
        one = self.view_model.state.detail
        if one is not None:
            year = china_date(self.context.clock.now()).year
            self.context.dialogs.exec(years_dialog(self.context, one, year))

    def _reveal(self) -> None:
        one = self.view_model.state.detail
        reason = self.why_in_clear() if one is not None else ""
        if one is not None and reason:
            self.view_model.reveal(
                "account", lambda session: reveal_account(session, one.id, reason)
            )


PURPOSE_TABS: tuple[type[Tab], ...] = (PurposeList, GrantList, CampaignList, UnitList)


class PurposesTab(TabbedPage, Tab):
    """Purposes, uses of funds, campaigns and issuing units."""

    key: ClassVar[str] = "purposes"
    title: ClassVar[str] = N_("Purposes and use")
    tab_types: ClassVar[tuple[type[Tab], ...]] = PURPOSE_TABS
    kinds: ClassVar[tuple[str, ...]] = kinds_of(PURPOSE_TABS)
