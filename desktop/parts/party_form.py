"""The dialog that enters or edits a party, with live checks and likely duplicates."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.errors import InputError, StaleRecord
from core.i18n import _, listed
from core.parties.duplicates import Suggestion
from core.parties.index import PARTY
from core.parties.model import PartyKind
from core.parties.queries import PartyDetail, PartySummary
from core.parties.rules import LIKENESS_TITLES
from core.values.identity import IdKind
from desktop.parts.editing import EditingLine
from desktop.parts.moments import moment
from desktop.parts.party_form_model import PartyFormState, PartyFormViewModel
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.form import FormView
from desktop.widgets.labels import label, selectable
from desktop.widgets.section import Section

PAUSE_MS = 250
DRAFT_PAUSE_MS = 800
NO_NUMBER = IdKind.NONE.value


class PartyFormDialog(QDialog):
    """A person or an organisation. `saved` is the summary once it is in the register."""

    def __init__(
        self, context: Context, editing: PartyDetail | None = None, name: str = ""
    ) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("partyForm")
        self.setWindowTitle(_("Edit party") if editing else _("New party"))
        self.resize(640, 620)
        self.saved: PartySummary | None = None
        self._context = context
        self.view_model = PartyFormViewModel(context, editing, self)
        self._kind: PartyKind | None = None
        self.person = QRadioButton(_("&Person"))
        self.person.setObjectName("kindPerson")
        self.organisation = QRadioButton(_("&Organisation"))
        self.organisation.setObjectName("kindOrganisation")
        self.banner = Banner()
        self._hint = label(role="small", wrap=True)
        self._hint.setObjectName("numberHint")
        self._likely = Section(_("May be the same"))
        self._likely_text = selectable()
        self._likely.add(self._likely_text)
        self._reason = label(role="small", wrap=True)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self.form = FormView((), context.dialogs)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.save_button = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        self.save_button.setProperty("role", "primary")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._judge)
        self._draft_pause = QTimer(self, singleShot=True, interval=DRAFT_PAUSE_MS)
        self._draft_pause.timeout.connect(self._keep_draft)
        self._build()
        self._connect()
        if editing is not None:
            EditingLine(context, (PARTY, editing.party.id), self)
        self.view_model.load()
        self.show_state(self.view_model.state)
        if name:
            self.form.set_values({"name": name})
        self.form.focus_first()

    # -- rendering

    def show_state(self, state: PartyFormState) -> None:
        """Show a state of the view model."""
        if state.saved is not None:
            self.saved = state.saved
            self.accept()
            return
        if state.kind is not self._kind:
            self._rebuild(state.kind)
        self._hint.setText(state.hint)
        self._hint.setVisible(bool(state.hint))
        self._show_likely(state.suggestions)
        if state.errors:
            elsewhere = self.form.show_errors(InputError(*state.errors))
            if elsewhere:
                self.banner.show_message("error", "\n".join(elsewhere))
        self._show_failure(state)
        self._show_reason()

    def _rebuild(self, kind: PartyKind) -> None:
        """Another kind of party has other fields; what both have is kept."""
        typed = {} if self._kind is None else {**self.form.values(), "id_kind": ""}
        self._kind = kind
        values = {**self.view_model.values(), **typed}
        fields = self.view_model.fields()
        names = {field.name for field in fields}
        known = {key: value for key, value in values.items() if key in names and value}
        self.form = FormView(fields, self._context.dialogs, known)
        self.form.setContentsMargins(0, 0, 8, 0)
        self.form.changed.connect(self._on_changed)
        self.form.reason_changed.connect(self._on_reason)
        self.form.entered.connect(self._save)
        self._scroll.setWidget(self.form)
        self._show_number_fields()
        self.form.focus_first()

    def _show_likely(self, found: tuple[Suggestion, ...]) -> None:
        lines = [
            f"{item.party.name}  {item.party.number}（{listed(_(LIKENESS_TITLES[reason]) for reason in item.reasons)}）"
            for item in found[:5]
        ]
        self._likely_text.setText("\n".join(lines))
        self._likely.setVisible(bool(lines))

    def _show_failure(self, state: PartyFormState) -> None:
        if isinstance(state.failure, StaleRecord) and state.newest is not None:
            sentence = _(
                "A colleague saved this party meanwhile: {name}, {phone}, {address}. "
                "Saving now replaces that with what is typed here."
            )
            party = state.newest.party
            self.banner.show_message(
                "warning",
                sentence.format(name=party.name, phone=party.phone, address=party.address),
                _("Keep mine"),
                self.view_model.rebase,
            )
        elif state.failure is not None:
            self.banner.show_error(state.failure)
        elif state.draft is not None:
            text = _("What you typed on {when} was not saved.")
            self.banner.show_message(
                "info", text.format(when=moment(state.draft.at)), _("Put it back"), self.restore
            )
        elif self.banner.kind() != "error" or not state.errors:
            self.banner.hide()

    def _show_reason(self) -> None:
        state = self.view_model.state
        reason = self.form.reason()
        if state.saving:
            reason = _("Saving …")
        elif isinstance(state.failure, StaleRecord):
            reason = _("A colleague saved this party meanwhile.")
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        self.save_button.setEnabled(not reason)

    def _show_number_fields(self) -> None:
        none = self.form.values().get("id_kind") == NO_NUMBER
        self.form.set_field_visible("number", not none)
        self.form.set_field_visible("no_number_reason", none)

    # -- what the person does

    def _on_changed(self) -> None:
        self._show_number_fields()
        self._pause.start()
        self._draft_pause.start()

    def _keep_draft(self) -> None:
        if self.isVisible() and not self.view_model.state.saving:
            self.view_model.keep(self._typed())

    def restore(self) -> None:
        """Put back what was typed another time; the number is typed anew."""
        values = self.view_model.take_draft()
        kind = self.view_model.state.kind
        self.person.setChecked(kind is PartyKind.PERSON)
        self.organisation.setChecked(kind is PartyKind.ORGANISATION)
        names = {field.name for field in self.form.fields}
        self.form.set_values({key: value for key, value in values.items() if key in names})

    def _on_reason(self, _text: str) -> None:
        self._show_reason()

    def _judge(self) -> None:
        self.view_model.typed(self._typed())

    def _typed(self) -> dict[str, str]:
        return {key: str(value) for key, value in self.form.values().items()}

    def _save(self) -> None:
        if self.save_button.isEnabled():
            self.view_model.save(self._typed())

    def _choose_person(self) -> None:
        self.view_model.choose_kind(PartyKind.PERSON)

    def _choose_organisation(self) -> None:
        self.view_model.choose_kind(PartyKind.ORGANISATION)

    # -- building

    def _build(self) -> None:
        kinds = QWidget()
        row = QHBoxLayout(kinds)
        row.setContentsMargins(0, 0, 0, 0)
        group = QButtonGroup(self)
        for button in (self.person, self.organisation):
            group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        state = self.view_model.state
        self.person.setChecked(state.kind is PartyKind.PERSON)
        self.organisation.setChecked(state.kind is PartyKind.ORGANISATION)
        kinds.setVisible(state.editing is None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        for widget in (kinds, self.banner):
            layout.addWidget(widget)
        layout.addWidget(self._scroll, 1)
        for widget in (self._hint, self._likely, self._reason, self.buttons):
            layout.addWidget(widget)

    def _connect(self) -> None:
        self.person.clicked.connect(self._choose_person)
        self.organisation.clicked.connect(self._choose_organisation)
        self.buttons.accepted.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        self.view_model.state_changed.connect(self.show_state)
