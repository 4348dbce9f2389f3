"""The page of the party register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.i18n import _, listed
from core.parties.queries import KIND_TITLES, PARTIES, PartyDetail, PartySummary
from core.values.identity import TITLES as ID_KIND_TITLES
from core.values.listing import ListQuery
from desktop.pages.parties.dialogs import DuplicatesDialog, MergeDialog
from desktop.pages.parties.view_model import PARTY, PartiesState, PartiesViewModel
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.editing import EditorsLine
from desktop.parts.list_detail import ListDetail
from desktop.parts.moments import timeline_items
from desktop.parts.party_form import PartyFormDialog
from desktop.parts.reason import ask_reason
from desktop.parts.saved_views import SavedViews
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.support.page import Page
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section
from desktop.widgets.timeline import Timeline


def state_tone(text: str) -> str:
    """The tone of the state column."""
    return "good" if text == _("In use") else "neutral"


class PartiesPage(Page):
    """List of parties, one party, its duplicates."""

    key: ClassVar[str] = "parties"
    kinds: ClassVar[tuple[str, ...]] = ("party",)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.view_model = PartiesViewModel(context, self)
        self.table = RecordTable(PARTIES, context, pills={"state": state_tone})
        self.table.set_empty(
            _("No party is registered yet. Enter the first right holder, or import a list."),
            _("New party…"),
            "parties",
        )
        self.table.filter_bar.add_widget(SavedViews(self.table, context))
        self.new_button = self._button("newParty", _("New party…"), "plus", self.new_record)
        self.duplicates_button = self._button(
            "duplicates", _("Duplicates…"), "search", self._open_duplicates
        )
        self.import_button = self._button("importParties", _("Import…"), "import", self._import)
        self.export_button = self._button("exportParties", _("Export…"), "export", self._export)
        self.pane = DetailPane(_("Choose a party to see it here."))
        self.editors = EditorsLine.below_title(context, self.pane)
        self.basics = Section(_("Basics"))
        self.reveal_button = QPushButton(_("Show number…"))
        self.reveal_button.setObjectName("revealNumber")
        self.reveal_button.setProperty("role", "link")
        self.links = Section(_("Belongs together"))
        self.qualifications = Section(_("Qualifications and quality record"))
        self.timeline = Timeline()
        self._build()
        self._connect()
        self.render(self.view_model.state)
        self.table.set_query(ListQuery())

    # -- rendering

    def render(self, state: PartiesState) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        self.new_button.setEnabled(state.may_edit)
        self.import_button.setEnabled(state.may_edit)
        self.pane.set_empty(empty=state.detail is None)
        self.editors.show_record(PARTY, state.selected if state.detail is not None else None)
        if state.failure is not None:
            self.pane.banner.show_error(state.failure)
            if state.detail is None:
                self.table.banner.show_error(state.failure)
        else:
            self.pane.banner.hide()
        if state.detail is not None:
            self._render_party(state, state.detail)

    def _render_party(self, state: PartiesState, detail: PartyDetail) -> None:
        party = detail.party
        merged = party.merged_into_id is not None
        word = _("Merged") if merged else _("In use") if party.active else _("Not in use")
        kind = party.organisation_kind or _(KIND_TITLES[party.kind])
        subtitle = "　".join(
            part for part in (kind, listed(role.text for role in detail.roles)) if part
        )
        self.pane.set_header(party.name, subtitle, word, state_tone(word))
        self.pane.set_primary(_("Edit (F2)"), enabled=state.may_edit and not merged)
        self.pane.set_menu(self._entries(state, party), self.take)
        number = state.revealed or party.number or party.no_number_reason
        self.basics.set_pairs(
            [
                (
                    _(ID_KIND_TITLES[party.id_kind]) if party.number else _("Identity number"),
                    number,
                ),
                (_("Telephone"), party.phone),
                (_("Address"), party.address),
                (_("Contact"), detail.contact),
                (_("Remarks"), detail.note),
            ]
        )
        is_hidden_number = "*" in party.number and not state.revealed
        self.reveal_button.setVisible(state.may_reveal and is_hidden_number)
        self._render_links(detail)
        self.timeline.set_items(timeline_items(state.timeline))

    def _render_links(self, detail: PartyDetail) -> None:
        pairs = [
            (_("Representative"), detail.party.representative),
            (_("Employer"), detail.employer.name if detail.employer else ""),
            (_("Merged from"), listed(party.name for party in detail.absorbed)),
        ]
        kept = [pair for pair in pairs if pair[1]]
        self.links.set_pairs(kept)
        self.links.setVisible(bool(kept))
        lines = [
            (
                line.kind,
                f"{line.number}　{line.issuer}　{line.valid_from or ''}—{line.valid_to or ''}",
            )
            for line in detail.qualifications
        ]
        lines += [(day.isoformat(), f"{text}（{who}）") for day, text, who in detail.quality]
        self.qualifications.set_pairs(lines)
        self.qualifications.setVisible(bool(lines))

    @staticmethod
    def _entries(state: PartiesState, party: PartySummary) -> list[MenuEntry]:
        no = "" if state.may_edit else _("You may not edit parties.")
        merged = _("It was merged.") if party.merged_into_id is not None else ""
        toggle = _("Take out of use…") if party.active else _("Put back into use…")
        return [
            MenuEntry("active", toggle, no or merged),
            MenuEntry(
                "merge",
                _("Merge into another party…"),
                merged or ("" if state.may_merge else _("You may not merge parties.")),
            ),
        ]

    # -- what the person does

    def new_record(self) -> None:
        """Ctrl+N: enter a party."""
        if not self.view_model.state.may_edit:
            return
        dialog = PartyFormDialog(self.context)
        if self.context.dialogs.exec(dialog) and dialog.saved is not None:
            self._show_saved(dialog.saved)

    def edit_record(self) -> None:
        """F2: edit the party shown."""
        detail = self.view_model.state.detail
        if detail is None or not self.pane.primary.isEnabled():
            return
        dialog = PartyFormDialog(self.context, editing=detail)
        self.context.dialogs.exec(dialog)

    def _show_saved(self, party: PartySummary) -> None:
        self.table.reload()
        self.table.select(party.id)
        self.context.notify("good", _("{name} is in the register.").format(name=party.name))

    def take(self, key: str) -> None:
        """Do what an entry of the menu says: `merge` or `active`."""
        detail = self.view_model.state.detail
        if detail is None:
            return
        if key == "merge":
            self._merge(detail.party)
            return
        active = not detail.party.active
        reason = ask_reason(
            self.context,
            _("Put back into use") if active else _("Take out of use"),
            _("Nothing is deleted; records that name this party stay as they are."),
        )
        if reason:
            self.view_model.set_active(detail.party, active=active, reason=reason)

    def _merge(self, party: PartySummary) -> None:
        dialog = MergeDialog(self.context, party)
        if self.context.dialogs.exec(dialog) and dialog.keep is not None:
            self.view_model.merge(dialog.keep.id, party.id, party.version, dialog.reason)

    def reveal(self) -> None:
        """Show the whole number, after asking why."""
        reason = ask_reason(
            self.context,
            _("Show the whole number"),
            _("Who saw the number, when and why is kept in the audit log."),
        )
        if reason:
            self.view_model.reveal(reason)

    def _open_duplicates(self) -> None:
        self.view_model.find_duplicates()
        self.context.dialogs.exec(DuplicatesDialog(self.context, self.view_model))

    def _import(self) -> None:
        from core.parties.sheets import PARTIES_IMPORTER
        from desktop.parts.import_wizard import ImportWizard

        self.context.dialogs.exec(ImportWizard(self.context, PARTIES_IMPORTER))

    def _export(self) -> None:
        from desktop.parts.export import export_list

        export_list(self.context, PARTIES, self.table.query, _("Parties"))

    # -- what the shell asks

    def open_record(self, kind: str, record_id: int) -> None:
        """Show one party."""
        self.table.set_query(ListQuery(filters={"state": "all"}))
        self.table.select(record_id)
        self.view_model.select(record_id)

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show a filtered list."""
        self.table.set_query(ListQuery(filters=dict(filters)))

    def focus_filter(self) -> None:
        """Ctrl+F."""
        self.table.focus_filter()

    def refresh(self) -> None:
        """F5."""
        self.table.reload()
        self.view_model.reload()

    # -- building

    def _button(self, name: str, text: str, icon_name: str, slot: object) -> QPushButton:
        button = QPushButton(icon(icon_name), text)
        button.setObjectName(name)
        button.clicked.connect(slot)
        return button

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(self.new_button)
        bar.addWidget(self.duplicates_button)
        bar.addStretch(1)
        bar.addWidget(self.import_button)
        bar.addWidget(self.export_button)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(bar)
        column.addWidget(self.table, 1)
        self.basics.add_head(self.reveal_button)
        history = Section(_("History"))
        history.add(self.timeline)
        for section in (self.basics, self.links, self.qualifications, history):
            self.pane.add(section)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ListDetail("parties", left, self.pane))

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.empty_action.connect(self.new_record)
        self.table.activated.connect(self._on_activated)
        self.pane.primary.clicked.connect(self.edit_record)
        self.reveal_button.clicked.connect(self.reveal)
        self.view_model.state_changed.connect(self.render)

    def _on_activated(self, _party_id: int) -> None:
        self.edit_record()
