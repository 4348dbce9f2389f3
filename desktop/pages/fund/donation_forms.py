"""The fields of a donation on their tabs: gift, items or givers, particulars, the donor's wishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from core import messages
from core.errors import FieldError, InputError
from core.fund.choices import Choices
from core.fund.details import DonationDetail
from core.fund.donors import DonorContent
from core.fund.states import Form
from core.i18n import _
from core.values.forms import FormField
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
from desktop.support.dialogs import Dialogs
from desktop.widgets.form import FormView

GIFT, PARTS, PARTICULARS, DONOR = range(4)
#: Forms on each tab, and the tab of each form.
_KEYS = (("gift",), ("items", "members"), ("particulars",), ("donor",))
_TABS = {key: place for place, keys in enumerate(_KEYS) for key in keys}
_BANK = ("bank_reference", "payer_name", "payer_tail")


class DonationForms(QWidget):
    """Everything of a donation but the donor.

    Attributes:
        forms: by name: gift, items, members, particulars, donor, and reason for a correction;
            empty until `build`.

    Signals:
        changed: something was typed.
        judged: what stands in the way of saving may have changed.
        entered: Enter in the last field of the gift.
    """

    changed = Signal()
    judged = Signal()
    entered = Signal()

    def __init__(self, dialogs: Dialogs) -> None:
        super().__init__()
        self.forms: dict[str, FormView] = {}
        self._dialogs = dialogs
        self._derived_amount = ""
        self._boxes: dict[str, QVBoxLayout] = {}
        self.tabs = QTabWidget()
        self.tabs.setObjectName("formTabs")
        for keys in _KEYS:
            self.tabs.addTab(self._tab(keys), "")
        self._boxes["reason"] = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(self._boxes["reason"])

    def build(self, choices: Choices, *, editing: bool) -> None:
        """Draw the fields; an edit asks for its reason below them."""
        fields: dict[str, Sequence[FormField]] = {
            "gift": gift_fields(choices),
            "items": (ITEMS,),
            "members": (MEMBERS,),
            "particulars": particulars_fields(choices, editing=editing),
            "donor": DONOR_FIELDS,
        }
        if editing:
            fields["reason"] = (REASON,)
        self.forms = {key: FormView(each, self._dialogs) for key, each in fields.items()}
        for key, form in self.forms.items():
            self._boxes[key].addWidget(form)
            form.reason_changed.connect(self._on_judged)
            form.changed.connect(self.changed)
        self.forms["gift"].changed.connect(self.fit)
        self.forms["items"].changed.connect(self._on_items)
        self.forms["gift"].entered.connect(self.entered)

    def fill(self, detail: DonationDetail) -> None:
        """Show a stored donation."""
        values = typed_content(detail.content)
        for form in self.forms.values():
            names = {field.name for field in form.fields}
            form.set_values({key: value for key, value in values.items() if key in names})

    def show_wishes(self, said: DonorContent) -> None:
        """Show what a donor said about being named."""
        self.forms["donor"].set_values(
            {
                "consent": said.consent.value,
                "donor_anonymous": said.anonymous,
                "receipt_title": said.receipt_title,
                "contact_preference": said.contact_preference,
            }
        )

    def raw(self) -> dict[str, dict[str, object]]:
        """What stands in the fields, as texts: for a draft."""
        return {key: form.values() for key, form in self.forms.items()}

    def restore(self, raw: Mapping[str, Mapping[str, object]]) -> None:
        """Put texts back."""
        for key, values in raw.items():
            if key in self.forms:
                self.forms[key].set_values(values)
        self.fit()

    def parsed(self) -> dict[str, Any]:
        """The typed values of all forms; the grid that says nothing for this gift is empty.

        Raises:
            InputError: every wrong field.
        """
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
            raise InputError(*wrong)
        return values

    def show_errors(self, errors: Sequence[FieldError]) -> list[str]:
        """Put each error under its field; returns the sentences of those that have none here."""
        left = list(errors)
        for key, form in self.forms.items():
            mine = [one for one in left if _has(form, one.field.partition("[")[0])]
            if mine:
                form.show_errors(InputError(*mine))
                self.tabs.setCurrentIndex(_TABS.get(key, self.tabs.currentIndex()))
                left = [one for one in left if one not in mine]
        return [messages.text(one) for one in left]

    def reason(self) -> str:
        """Why it cannot be saved; empty when it can."""
        used = (form for key, form in self.forms.items() if key != self._unused())
        return next((form.reason() for form in used if form.reason()), "")

    def differences(self, newest: DonationDetail) -> str:
        """What a colleague's version says where it is not what stands here."""
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

    def order(self, before: Sequence[QWidget], after: Sequence[QWidget]) -> None:
        """Tab goes from what stands before through every field to what stands after."""
        chain: list[QWidget] = [*before, self.tabs.tabBar()]
        for form in self.forms.values():
            chain += [form.editor(field.name).focus_widget() for field in form.fields]
        for first, second in pairwise([*chain, *after]):
            QWidget.setTabOrder(first, second)

    def fit(self) -> None:
        """Show the fields that belong to the form of the gift."""
        if not self.forms:
            return
        money = self._is_money()
        self.forms["items"].setVisible(not money)
        self.forms["members"].setVisible(money)
        for name in _BANK:
            self.forms["gift"].set_field_visible(name, money)
        self._on_judged()

    # -- private

    def _is_money(self) -> bool:
        chosen = self.forms["gift"].editor("form").value() if self.forms else ""
        return Form(str(chosen) or Form.TRANSFER).is_money

    def _unused(self) -> str:
        """The grid that says nothing for this form of gift."""
        return "items" if self._is_money() else "members"

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

    def _on_judged(self, _reason: str = "") -> None:
        parts = _("List of givers") if self._is_money() else _("Items")
        titles = (_("Gift"), parts, _("Particulars"), _("Donor's wishes"))
        for place, (title, keys) in enumerate(zip(titles, _KEYS, strict=True)):
            used = (key for key in keys if key in self.forms and key != self._unused())
            wrong = any(self.forms[key].reason() for key in used)
            self.tabs.setTabText(place, f"{title} •" if wrong else title)
        self.judged.emit()

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


def _has(form: FormView, name: str) -> bool:
    return any(field.name == name for field in form.fields)


def _as_typed(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
