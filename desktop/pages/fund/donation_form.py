"""The dialog that notes a donation or corrects one: the donor above, everything else on tabs."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core import messages
from core.errors import FieldError, InputError, StaleRecord
from core.fund.choices import Choices, DonorCard
from core.fund.donations import DONATION
from core.fund.pledges import PledgeLine
from core.fund.states import DonationState
from core.i18n import _
from desktop.pages.fund.donation_form_model import (
    DonationFormState,
    DonationFormViewModel,
    Start,
)
from desktop.pages.fund.donation_forms import DonationForms
from desktop.parts.editing import EditingLine
from desktop.parts.moments import moment
from desktop.parts.party_picker import PartyPicker
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.form import FormView
from desktop.widgets.labels import label

DRAFT_PAUSE_MS = 800


class DonationDialog(QDialog):
    """Notes a donation or corrects one. `saved` is its id once it is stored."""

    def __init__(
        self, context: Context, editing: int | None = None, start: Start | None = None
    ) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("donationForm")
        self.setWindowTitle(_("Correct donation") if editing else _("New donation"))
        self.saved: int | None = None
        self._built = False
        self._card: DonorCard | None = None
        self._draft_offered = False
        self._pause = QTimer(self, singleShot=True, interval=DRAFT_PAUSE_MS)
        self._pause.timeout.connect(self._keep_draft)
        self.view_model = DonationFormViewModel(context, editing, start, self)
        self.banner = Banner()
        self.picker = PartyPicker(context)
        self.pledge = QComboBox()
        self.pledge.setObjectName("pledge")
        self._donor_problem = label(role="error", wrap=True)
        self.body = DonationForms(context.dialogs)
        self._reason = label(role="small", wrap=True)
        self.save_button = QPushButton(_("Save") if editing else _("Note the donation"))
        self.save_button.setObjectName("save")
        self.save_button.setProperty("role", "primary")
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setObjectName("cancel")
        for button in (self.save_button, self.cancel_button):
            # Enter goes to the next field; Ctrl+S or the space bar save.
            button.setAutoDefault(False)
        self._layout()
        self._connect()
        if editing is not None:
            EditingLine(context, (DONATION, editing), self)
        self.view_model.load()
        self.show_state(self.view_model.state)

    @property
    def forms(self) -> dict[str, FormView]:
        """The forms by name."""
        return self.body.forms

    @property
    def tabs(self) -> QTabWidget:
        """The tabs the forms stand on."""
        return self.body.tabs

    # -- rendering

    def show_state(self, state: DonationFormState) -> None:
        """Show a state of the view model."""
        if state.saved is not None:
            self.saved = state.saved
            self.accept()
            return
        if state.choices is not None and not self._built:
            self._build(state.choices, state)
        if state.card is not self._card:
            self._show_card(state.card)
        self._show_failure(state)
        self._show_errors(state.errors)
        self._show_reason()

    def _show_card(self, card: DonorCard | None) -> None:
        self._card = card
        if card is not None and self.picker.party() is None:
            self.picker.set_party(card.party)
        self._show_pledges(list(card.pledges) if card is not None else [])
        if card is not None and card.said is not None and self._built:
            self.body.show_wishes(card.said)

    def _show_pledges(self, lines: list[PledgeLine]) -> None:
        editing = self.view_model.state.editing
        kept = editing.pledge if editing is not None else None
        start = kept.id if kept is not None else self.view_model.start.pledge_id
        wanted = self.pledge.currentData() or start
        self.pledge.clear()
        self.pledge.addItem(_("no commitment"), None)
        if kept is not None and kept.id not in {line.id for line in lines}:
            lines.append(kept)
        for line in lines:
            text = _("{agreement}: {left} of {amount} yuan to come").format(
                agreement=line.agreement or line.promised_on, left=line.left, amount=line.amount
            )
            self.pledge.addItem(text, line.id)
        self.pledge.setCurrentIndex(max(self.pledge.findData(wanted), 0))
        self._pledge_row.setVisible(self.pledge.count() > 1)

    def _show_failure(self, state: DonationFormState) -> None:
        if isinstance(state.failure, StaleRecord) and state.newest is not None:
            self.banner.show_message(
                "warning",
                _("A colleague saved it meanwhile: {theirs}").format(
                    theirs=self.body.differences(state.newest)
                ),
                _("Save mine instead"),
                self.view_model.rebase,
            )
        elif state.failure is not None:
            self.banner.show_error(state.failure)
        elif state.draft is not None and not self._draft_offered:
            self._draft_offered = True
            text = _("What you typed on {when} was not saved.")
            self.banner.show_message(
                "info", text.format(when=moment(state.draft.at)), _("Put it back"), self.restore
            )
        elif state.saving or state.errors:
            self.banner.hide()

    def _show_errors(self, errors: tuple[FieldError, ...]) -> None:
        donor = [messages.text(one) for one in errors if one.field == "donor"]
        self._donor_problem.setText("\n".join(donor))
        self._donor_problem.setVisible(bool(donor))
        elsewhere = self.body.show_errors([one for one in errors if one.field != "donor"])
        if elsewhere:
            self.banner.show_message("error", "\n".join(elsewhere))

    def _show_reason(self) -> None:
        reason = self._why_not()
        self._reason.setText(reason)
        self.save_button.setEnabled(not reason)

    def _why_not(self) -> str:
        state = self.view_model.state
        if not self._built:
            return _("Loading …")
        if state.saving:
            return _("Saving …")
        if isinstance(state.failure, StaleRecord):
            return _("A colleague saved this donation meanwhile.")
        if state.card is None:
            return _("Choose the donor.")
        return self.body.reason()

    # -- the draft

    def draft(self) -> dict[str, object]:
        """What stands in the form, as plain JSON."""
        party = self.picker.party()
        return {"party": party.id if party else None, "forms": self.body.raw()}

    def restore(self) -> None:
        """Put back what was typed another time."""
        kept = self.view_model.state.draft
        if kept is None:
            return
        self.body.restore(kept.data["forms"])
        if kept.data["party"] is not None and self.picker.isEnabled():
            self.view_model.choose_donor(kept.data["party"])

    def _keep_draft(self) -> None:
        if self._built and self.isVisible() and not self.view_model.state.saving:
            self.view_model.keep(self.draft())

    # -- what the person does

    def save(self) -> None:
        """Store the donation, unless something is missing; the first wrong field is shown."""
        if self._why_not():
            return
        try:
            values = self.body.parsed()
        except InputError as error:
            self._show_errors(error.fields)
            self._show_reason()
            return
        self.view_model.save(values, self.pledge.currentData())

    def _on_party(self, party: object) -> None:
        known = self.picker.party()
        if party is None or known is None:
            self.view_model.choose_donor(None)
        elif self._card is None or self._card.party.id != known.id:
            self.view_model.choose_donor(known.id)

    def _on_donor_entered(self) -> None:
        if self._built and self.picker.party() is not None:
            self.forms["gift"].focus_first()

    def _on_typed(self) -> None:
        if self.isVisible():
            self._pause.start()

    # -- building

    def _build(self, choices: Choices, state: DonationFormState) -> None:
        self._built = True
        editing = state.editing
        self.body.build(choices, editing=editing is not None)
        if editing is not None:
            self.body.fill(editing)
            self._fix_donor(fixed=editing.state is not DonationState.REGISTERED)
        else:
            self._begin(self.view_model.start)
        before = (self.picker.edit, self.picker.new_button, self.pledge)
        self.body.order(before, (self.cancel_button, self.save_button))
        self.body.changed.connect(self._on_typed)
        self.body.fit()
        (self.picker if self.picker.party() is None else self.forms["gift"]).setFocus()

    def _begin(self, start: Start) -> None:
        values = dict(start.values)
        if start.purpose_id is not None:
            values["purpose_id"] = str(start.purpose_id)
        self.forms["gift"].set_values(values)

    def _fix_donor(self, *, fixed: bool) -> None:
        self.picker.setEnabled(not fixed)
        if fixed:
            self.picker.setToolTip(_("The money has arrived: move it to another donor instead."))

    def _layout(self) -> None:
        caption = label(_("&Donor") + " *")
        caption.setBuddy(self.picker)
        who = QHBoxLayout()
        who.addWidget(caption)
        who.addWidget(self.picker, 1)
        self._pledge_row = QWidget()
        promised = QHBoxLayout(self._pledge_row)
        promised.setContentsMargins(0, 0, 0, 0)
        commitment = label(_("Co&mmitment"))
        commitment.setBuddy(self.pledge)
        promised.addWidget(commitment)
        promised.addWidget(self.pledge, 1)
        self._pledge_row.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self._reason, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        layout.addWidget(self.banner)
        layout.addLayout(who)
        layout.addWidget(self._donor_problem)
        layout.addWidget(self._pledge_row)
        layout.addWidget(self.body, 1)
        layout.addLayout(buttons)
        self._donor_problem.hide()
        limit = self.screen().availableGeometry().size()
        self.resize(min(1000, limit.width() - 40), min(680, limit.height() - 60))

    def _connect(self) -> None:
        self.view_model.state_changed.connect(self.show_state)
        self.picker.chosen.connect(self._on_party)
        self.picker.edit.returnPressed.connect(self._on_donor_entered)
        self.body.judged.connect(self._show_reason)
        self.body.entered.connect(self.save_button.setFocus)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Save, self, self.save)
