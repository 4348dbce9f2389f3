"""Trainers: experts and guests of the register who teach, with title, unit and masked account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sqlalchemy.orm import Session

from core.i18n import N_, _
from core.parties.queries import PartySummary
from core.training.costs import TrainerContent, reveal_account, save_trainer, trainer_of
from core.training.lists import TRAINERS
from core.training.record_details import TrainerDetail, trainer_detail
from core.values.forms import FormField
from core.values.listing import ListQuery
from desktop.pages.training import allowed
from desktop.pages.training.course_dialogs import Values, text_of
from desktop.pages.training.tab import WATCHED, TrainingTab, submit_to
from desktop.pages.training.tones import half_day
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.detail_pane import DetailPane
from desktop.parts.export import export_list
from desktop.parts.moments import timeline_items
from desktop.parts.party_dialog import PersonDialog
from desktop.parts.record_view_model import RecordState, RecordViewModel
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.links import LinkList, reveal_button
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable
from desktop.widgets.timeline import Timeline

FIELDS = (
    FormField(
        "title", N_("Professional title"), help=N_("The rate of the lecture fee follows from it.")
    ),
    FormField("specialty", N_("Specialty")),
    FormField("unit", N_("Unit")),
    FormField(
        "civil_servant", N_("Serving civil servant"), "bool", help=N_("Is paid no lecture fee.")
    ),
    FormField("bank", N_("Bank")),
    FormField("account_number", N_("Account number")),
)


def _content(values: Values) -> TrainerContent:
    number = text_of(values, "account_number")
    return TrainerContent(
        title=text_of(values, "title"),
        specialty=text_of(values, "specialty"),
        unit=text_of(values, "unit"),
        civil_servant=bool(values.get("civil_servant")),
        bank=text_of(values, "bank"),
        account_number=number or None,
    )


def new_trainer_dialog(context: Context) -> PersonDialog:
    """Makes a person of the register a trainer; the result is the id of the trainer."""

    def save(session: Session, party: PartySummary, values: Values) -> int:
        known = trainer_of(session, party.id)
        return save_trainer(
            session, party.id, _content(values), known.version if known is not None else None
        )

    return PersonDialog(
        context,
        _("New trainer"),
        _("An expert or a guest; the person stays one entry of the register."),
        FIELDS,
        save,
    )


def edit_trainer_dialog(context: Context, one: TrainerDetail) -> ActionDialog:
    """Changes what is known of a trainer; an account left empty stays."""

    def save(session: Session, values: Values) -> int:
        return save_trainer(session, one.party_id, _content(values), one.version)

    kept = _("Leave empty to keep {mask}.").format(mask=one.account_mask)
    account = FormField(
        "account_number", N_("Account number"), help=kept if one.account_mask else ""
    )
    content = one.content
    shown: Mapping[str, object] = {
        "title": content.title,
        "specialty": content.specialty,
        "unit": content.unit,
        "civil_servant": content.civil_servant,
        "bank": content.bank,
    }
    return ActionDialog(
        context,
        _("Edit the trainer"),
        one.name,
        (*FIELDS[:-1], account),
        submit_to(context, f"trainer-{one.id}", save),
        shown,
    )


class TrainerPane(DetailPane):
    """One trainer."""

    def __init__(self) -> None:
        super().__init__(_("Choose a trainer to see them here."))
        self.facts = Section(_("Trainer"))
        self.reveal_account = reveal_button("revealTrainerAccount", _("Show account…"))
        self.facts.add_head(self.reveal_account)
        self.taught = SmallTable(
            _("Taught"), (_("Half-day"), _("Topic"), _("Credit hours"), _("Course")), rows=10
        )
        self.links = LinkList(_("Belongs together"))
        self.timeline = Timeline()
        history = Section(_("History"))
        history.add(self.timeline)
        for part in (self.facts, self.taught, self.links, history):
            self.add(part)

    def show_trainer(self, one: TrainerDetail, revealed: Mapping[str, str]) -> None:
        """Show a trainer; `revealed` holds the account in clear."""
        content = one.content
        account = revealed.get("account") or one.account_mask
        self.set_header(one.name, content.unit, "", "neutral")
        self.facts.set_pairs(
            [
                (_("Professional title"), content.title),
                (_("Specialty"), content.specialty),
                (_("Serving civil servant"), _("yes") if content.civil_servant else _("no")),
                (_("Bank"), content.bank),
                (_("Account"), account),
            ]
        )
        self.reveal_account.setVisible("*" in account)
        self.taught.show_rows(
            [
                (half_day(each.held_on, each.half_day), each.topic, str(each.hours), each.course)
                for each in one.taught
            ]
        )
        self.links.show_links([("party", one.party_id, _("The person in the register of parties"))])
        self.timeline.set_items(timeline_items(one.timeline))


class TrainersTab(TrainingTab):
    """Who teaches."""

    key: ClassVar[str] = "trainers"
    title: ClassVar[str] = N_("Trainers")
    kinds: ClassVar[tuple[str, ...]] = ("trainer",)

    def __init__(self, context: Context) -> None:
        table = RecordTable(TRAINERS, context, also=("party",))
        table.set_empty(
            _("No trainer yet. Enter experts and guests who teach."), _("New trainer…"), "parties"
        )
        self.pane = TrainerPane()
        super().__init__(context, table, self.pane)
        self.view_model: RecordViewModel[TrainerDetail] = RecordViewModel(
            context, trainer_detail, WATCHED, self
        )
        self.new_button = self.add_tool(
            "newTrainer", _("New trainer…"), "plus", self.new_record, primary=True
        )
        self.export_button = self.add_tool("exportTrainers", _("Export…"), "export", self._export)
        set_allowed(self.new_button, self._why())
        table.current_changed.connect(self.view_model.select)
        table.empty_action.connect(self.new_record)
        self.pane.primary.clicked.connect(self.edit_record)
        self.pane.reveal_account.clicked.connect(self._reveal)
        self.pane.links.opened.connect(context.open)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)
        table.set_query(ListQuery(sort="name"))

    def model(self) -> RecordViewModel[object] | None:
        """The model of the trainer shown."""
        return self.view_model  # type: ignore[return-value]  # only reloaded

    def render(self, state: RecordState[TrainerDetail]) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        one = state.detail
        self.pane.set_empty(empty=one is None)
        self.tell(state.failure)
        if one is None:
            return
        self.pane.show_trainer(one, dict(state.revealed))
        why = self._why()
        self.pane.set_primary(_("Edit (F2)"), enabled=not why, note=why)
        self.pane.set_menu([], self._nothing)
        set_allowed(self.pane.reveal_account, allowed.lacks(self.context.actor, "training.reveal"))

    def new_record(self) -> None:
        """Ctrl+N: enter a trainer."""
        if not self.new_button.isEnabled():
            return
        dialog = new_trainer_dialog(self.context)
        if self.run(dialog, new=True) and isinstance(dialog.result_value, int):
            self.open_record("trainer", dialog.result_value)
            self.say("good", _("The trainer is saved."))

    def edit_record(self) -> None:
        """F2: change what is known of the trainer."""
        one = self.view_model.state.detail
        if one is None:
            return
        if self._why():
            self.say("info", self._why())
        elif self.run(edit_trainer_dialog(self.context, one)):
            self.say("good", _("The trainer is saved."))

    def _why(self) -> str:
        return allowed.lacks(self.context.actor, "training.manage")

    def _reveal(self) -> None:
        one = self.view_model.state.detail
        if one is not None and (reason := self.why_in_clear()):
            self.view_model.reveal(
                "account", lambda session: reveal_account(session, one.id, reason)
            )

    def _export(self) -> None:
        export_list(self.context, TRAINERS, self.table.query, _("Trainers"))

    @staticmethod
    def _nothing(_key: str) -> None:
        """A trainer has no further actions."""
