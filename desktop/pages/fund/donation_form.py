"""The form of a donation: donor, gift, items or givers, particulars."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core import messages
from core.errors import FieldError, InputError, StaleRecord
from core.fund.details import Choices, DonationDetail, DonorCard
from core.fund.states import DonationState, Form
from core.i18n import _
from desktop.pages.fund.donation_fields import (
    DONOR_FIELDS,
    ITEMS,
    MEMBERS,
    REASON,
    gift_fields,
    particulars_fields,
    typed_content,
    value_of_items,
)
from desktop.pages.fund.donation_form_model import (
    DonationFormState,
    DonationFormViewModel,
    Start,
)
from desktop.parts.moments import moment
from desktop.parts.party_picker import PartyPicker
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.form import FormView
from desktop.widgets.labels import label

DRAFT_PAUSE_MS = 800
GIFT, PARTS, PARTICULARS, DONOR = range(4)


class DonationDialog(QDialog):
    """Notes a donation or corrects one. `saved` is its id once it is stored."""

    def __init__(
        self, context: Context, editing: int | None = None, start: Start | None = None
    ) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("donationForm")
        self.setWindowTitle(_("Correct donation") if editing else _("New donation"))
        self.saved: int | None = None
        self._context = context
        self._is_new = editing is None
        self._built = False
        self._shown: DonationDetail | None = None
        self._card: DonorCard | None = None
        self._draft_offered = False
        self._derived_amount = ""
        self._pause = QTimer(self, singleShot=True, interval=DRAFT_PAUSE_MS)
        self._pause.timeout.connect(self._keep_draft)
        self.view_model = DonationFormViewModel(context, editing, start, self)
        self.banner = Banner()
        self.picker = PartyPicker(context)
        self.pledge = QComboBox()
        self.pledge.setObjectName("pledge")
        self._donor_problem = label(role="error", wrap=True)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("formTabs")
        self.forms: dict[str, FormView] = {}
        self._reason = label(role="small", wrap=True)
        self.save_button = QPushButton(_("Note the donation") if self._is_new else _("Save"))
        self.save_button.setObjectName("save")
        self.save_button.setProperty("role", "primary")
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setObjectName("cancel")
        self._layout()
        self._connect()
        self.view_model.load()
        self.show_state(self.view_model.state)

    # -- rendering

    def show_state(self, state: DonationFormState) -> None:
        """Show a state of the view model."""
        if state.saved is not None:
            self.saved = state.saved
            self.accept()
            return
        if state.choices is not None and not self._built:
            self._build_forms(state.choices, state)
        if state.card is not self._card:
            self._show_card(state.card)
        self._show_failure(state)
        self._show_errors(state.errors)
        self._show_reason()

    def _show_card(self, card: DonorCard | None) -> None:
        self._card = card
        if card is not None and self.picker.party() is None:
            self.picker.set_party(card.party)
        editing = self.view_model.state.editing
        kept = editing.pledge if editing is not None else None
        start = kept.id if kept is not None else self.view_model.start.pledge_id
        wanted = self.pledge.currentData() or start
        self.pledge.clear()
        self.pledge.addItem(_("no commitment"), None)
        lines = list(card.pledges) if card is not None else []
        if kept is not None and kept.id not in {line.id for line in lines}:
            lines.append(kept)
        for line in lines:
            text = _("{agreement}: {left} of {amount} yuan to come").format(
                agreement=line.agreement or line.promised_on, left=line.left, amount=line.amount
            )
            self.pledge.addItem(text, line.id)
        self.pledge.setCurrentIndex(max(self.pledge.findData(wanted), 0))
        self._pledge_row.setVisible(self.pledge.count() > 1)
        if card is not None and card.said is not None and self._built:
            said = card.said
            self.forms["donor"].set_values(
                {
                    "consent": said.consent.value,
                    "donor_anonymous": said.anonymous,
                    "receipt_title": said.receipt_title,
                    "contact_preference": said.contact_preference,
                }
            )

    def _show_failure(self, state: DonationFormState) -> None:
        if isinstance(state.failure, StaleRecord) and state.newest is not None:
            self.banner.show_message(
                "warning",
                _("A colleague saved it meanwhile: {theirs}").format(
                    theirs=self._differences(state.newest)
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

    def _differences(self, newest: DonationDetail) -> str:
        """What the colleague's version says where it is not what stands in the form."""
        theirs = typed_content(newest.content)
        parts = []
        for form in self.forms.values():
            for field in form.fields:
                mine = str(form.editor(field.name).value())
                other = _as_typed(theirs.get(field.name, mine))
                if field.kind == "table" or other == mine:
                    continue
                shown = dict(field.choices).get(other, other)
                parts.append(f"{_(field.label)} {_(shown) if shown else '—'}")
        return "；".join(parts) or _("nothing that stands in this form")

    def _show_errors(self, errors: tuple[FieldError, ...]) -> None:
        donor = [messages.text(one) for one in errors if one.field == "donor"]
        self._donor_problem.setText("\n".join(donor))
        self._donor_problem.setVisible(bool(donor))
        rest = [one for one in errors if one.field != "donor"]
        elsewhere: list[str] = []
        for error in rest:
            name = error.field.partition("[")[0]
            form = next((one for one in self.forms.values() if _has(one, name)), None)
            if form is None:
                elsewhere.append(messages.text(error))
        for key, form in self.forms.items():
            mine = [one for one in rest if _has(form, one.field.partition("[")[0])]
            if mine:
                form.show_errors(InputError(*mine))
                self.tabs.setCurrentIndex(_TABS.get(key, self.tabs.currentIndex()))
        if elsewhere:
            self.banner.show_message("error", "\n".join(elsewhere))

    def _show_reason(self) -> None:
        reason = self._why_not()
        self._reason.setText(reason)
        self.save_button.setEnabled(not reason)
        titles = (_("Gift"), self._parts_title(), _("Particulars"), _("Donor's wishes"))
        marks = {
            place: any(self.forms[key].reason() for key in keys if key in self.forms)
            for place, keys in enumerate(_KEYS)
        }
        for place, title in enumerate(titles):
            if place < self.tabs.count():
                self.tabs.setTabText(place, f"{title} •" if marks[place] else title)

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
        used = (form for key, form in self.forms.items() if key != self._unused())
        return next((form.reason() for form in used if form.reason()), "")

    def _is_money(self) -> bool:
        chosen = self.forms["gift"].editor("form").value() if self._built else Form.TRANSFER
        return Form(str(chosen) or Form.TRANSFER).is_money

    def _unused(self) -> str:
        """The grid that says nothing for this form of gift."""
        return "items" if self._is_money() else "members"

    def _parts_title(self) -> str:
        return _("List of givers") if self._is_money() else _("Items")

    # -- the draft

    def draft(self) -> dict[str, object]:
        """What stands in the form, as plain JSON."""
        party = self.picker.party()
        forms = {key: form.values() for key, form in self.forms.items()}
        return {"party": party.id if party else None, "forms": forms}

    def restore(self) -> None:
        """Put back what was typed another time."""
        kept = self.view_model.state.draft
        if kept is None:
            return
        for key, values in kept.data["forms"].items():
            if key in self.forms:
                self.forms[key].set_values(values)
        if kept.data["party"] is not None and self.picker.isEnabled():
            self.view_model.choose_donor(kept.data["party"])
        self._on_form()

    def _keep_draft(self) -> None:
        if self._built and self.isVisible() and not self.view_model.state.saving:
            self.view_model.keep(self.draft())

    # -- what the person does

    def save(self) -> None:
        """Store the donation, unless something is missing; the first wrong field is shown."""
        if self._why_not():
            return
        values: dict[str, Any] = {}
        wrong: list[FieldError] = []
        for key, form in self.forms.items():
            try:
                if key == self._unused():
                    values.update({field.name: [] for field in form.fields})
                else:
                    values.update(form.parsed())
            except InputError as error:
                wrong += error.fields
        if wrong:
            self._show_errors(tuple(wrong))
            self._show_reason()
            return
        self.view_model.save(values, self.pledge.currentData())

    def _on_party(self, party: object) -> None:
        known = self.picker.party()
        if party is None or known is None:
            self.view_model.choose_donor(None)
        elif self._card is None or self._card.party.id != known.id:
            self.view_model.choose_donor(known.id)

    def _on_form(self) -> None:
        if not self._built:
            return
        money = self._is_money()
        self.forms["items"].setVisible(not money)
        self.forms["members"].setVisible(money)
        for name in ("bank_reference", "payer_name", "payer_tail"):
            self.forms["gift"].set_field_visible(name, money)
        self._show_reason()

    def _on_items(self) -> None:
        """Proven goods say the amount; what the person typed instead stays."""
        if self._is_money():
            return
        lines = self.forms["items"].values()["items"]
        total = value_of_items(lines if isinstance(lines, list) else [])
        text = total.plain if total is not None else ""
        editor = self.forms["gift"].editor("amount")
        if editor.value() in ("", self._derived_amount):
            self._derived_amount = text
            editor.set_value(text)

    def _on_typed(self) -> None:
        if self.isVisible():
            self._pause.start()

    # -- building

    def _build_forms(self, choices: Choices, state: DonationFormState) -> None:
        self._built = True
        dialogs = self._context.dialogs
        editing = state.editing
        fields = {
            "gift": gift_fields(choices),
            "items": (ITEMS,),
            "members": (MEMBERS,),
            "particulars": particulars_fields(choices, editing=editing is not None),
            "donor": DONOR_FIELDS,
        }
        if editing is not None:
            fields["reason"] = (REASON,)
        self.forms = {key: FormView(each, dialogs) for key, each in fields.items()}
        for key, box in self._boxes.items():
            box.addWidget(self.forms[key])
        if "reason" in self.forms:
            self._reason_box.addWidget(self.forms["reason"])
        if editing is not None:
            self._fill(editing)
        else:
            self._begin(self.view_model.start)
        for form in self.forms.values():
            form.reason_changed.connect(self._show_reason)
            form.changed.connect(self._on_typed)
        self.forms["gift"].changed.connect(self._on_form)
        self.forms["items"].changed.connect(self._on_items)
        self.forms["gift"].entered.connect(self._on_entered)
        self._order()
        self._on_form()
        (self.picker if self.picker.party() is None else self.forms["gift"]).setFocus()

    def _order(self) -> None:
        """Tab goes from the donor through every field to the buttons, in the order they stand."""
        chain: list[QWidget] = [self.picker.edit, self.picker.new_button, self.pledge]
        chain.append(self.tabs.tabBar())
        for form in self.forms.values():
            chain += [form.editor(field.name).focus_widget() for field in form.fields]
        chain += [self.cancel_button, self.save_button]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)

    def _on_entered(self) -> None:
        self.save_button.setFocus()

    def _begin(self, start: Start) -> None:
        values = dict(start.values)
        if start.purpose_id is not None:
            values["purpose_id"] = str(start.purpose_id)
        self.forms["gift"].set_values(values)

    def _fill(self, detail: DonationDetail) -> None:
        values = typed_content(detail.content)
        for form in self.forms.values():
            names = {field.name for field in form.fields}
            form.set_values({key: value for key, value in values.items() if key in names})
        fixed = detail.state is not DonationState.REGISTERED
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
        self._boxes: dict[str, QVBoxLayout] = {}
        for keys in _KEYS:
            self.tabs.addTab(self._tab(keys), "")
        self._reason_box = QVBoxLayout()
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
        layout.addWidget(self.tabs, 1)
        layout.addLayout(self._reason_box)
        layout.addLayout(buttons)
        self._donor_problem.hide()
        limit = self.screen().availableGeometry().size()
        self.resize(min(1000, limit.width() - 40), min(680, limit.height() - 60))

    def _tab(self, keys: tuple[str, ...]) -> QScrollArea:
        holder = QWidget()
        holder.setObjectName("Plain")
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(10, 10, 12, 10)
        for key in keys:
            self._boxes[key] = QVBoxLayout()
            inside.addLayout(self._boxes[key])
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(holder)
        return scroll

    def _connect(self) -> None:
        self.view_model.state_changed.connect(self.show_state)
        self.picker.chosen.connect(self._on_party)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Save, self, self.save)


#: Forms on each tab, and the tab of each form.
_KEYS = (("gift",), ("items", "members"), ("particulars",), ("donor",))
_TABS = {key: place for place, keys in enumerate(_KEYS) for key in keys}


def _has(form: FormView, name: str) -> bool:
    return any(field.name == name for field in form.fields)


def _as_typed(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
