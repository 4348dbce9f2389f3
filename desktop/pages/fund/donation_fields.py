"""The fields of a donation's form, and what was typed as a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.errors import FieldError, InputError
from core.fund.choices import Choices
from core.fund.donation_input import DonationContent, Item
from core.fund.donors import DonorContent
from core.fund.states import FORM_TITLES, NATURE_TITLES, Consent, Form, Nature
from core.i18n import N_
from core.values.forms import FormField
from core.values.money import Money
from core.values.numerals import exact_decimal

#: Decimals of a quantity (株, m³, 吨 with grams).
QUANTITY_DECIMALS = 6

ITEMS = FormField(
    "items",
    N_("Items"),
    "table",
    help=N_("Without proof of value (an invoice, an appraisal) leave the price empty."),
    columns=(
        FormField("name", N_("Name"), required=True),
        FormField("specification", N_("Specification")),
        FormField("unit", N_("Unit")),
        FormField("quantity", N_("Quantity"), required=True),
        FormField("unit_price", N_("Unit price (yuan)"), "money"),
        FormField("basis", N_("Basis of valuation")),
        FormField("proof", N_("Proof of value")),
    ),
)
MEMBERS = FormField(
    "members",
    N_("List of givers"),
    "table",
    help=N_("For a collected gift: one line per person; copy it from Excel."),
    columns=(
        FormField("name", N_("Name"), required=True),
        FormField("amount", N_("Amount (yuan)"), "money", required=True),
    ),
)
REASON = FormField(
    "reason", N_("Reason for the change"), required=True, help=N_("It is kept with the record.")
)
DONOR_FIELDS = (
    FormField(
        "consent",
        N_("Publication"),
        "choice",
        required=True,
        choices=(
            (Consent.NONE.value, N_("Nothing may be published")),
            (Consent.NAME_ONLY.value, N_("Only the name may be published")),
            (Consent.FULL.value, N_("Name and amount may be published")),
        ),
        default=Consent.NONE.value,
    ),
    FormField("donor_anonymous", N_("Never named"), "bool"),
    FormField("receipt_title", N_("Title on receipts"), help=N_("Only if it is not the name.")),
    FormField("contact_preference", N_("How to reach the donor")),
)


def gift_fields(choices: Choices) -> tuple[FormField, ...]:
    """What was given, when and what for."""
    only = choices.units[0][0] if len(choices.units) == 1 else None
    return (
        FormField(
            "form",
            N_("Form"),
            "choice",
            required=True,
            choices=tuple((one.value, title) for one, title in FORM_TITLES.items()),
            default=Form.TRANSFER.value,
        ),
        FormField(
            "received_on",
            N_("Received on"),
            "date",
            required=True,
            default=choices.today.isoformat(),
            help=N_("Value date of the money, or the day the goods came."),
        ),
        FormField("amount", N_("Amount (yuan)"), "money"),
        FormField("purpose_id", N_("Purpose"), "choice", required=True, choices=choices.purposes),
        FormField(
            "unit_id",
            N_("Receiving unit"),
            "choice",
            required=True,
            choices=choices.units,
            default=only,
        ),
        FormField("bank_reference", N_("Bank reference")),
        FormField("payer_name", N_("Payer as the bank names it")),
        FormField("payer_tail", N_("Last digits of the payer's account")),
    )


def particulars_fields(choices: Choices, *, editing: bool) -> tuple[FormField, ...]:
    """What seldom differs from the usual."""
    fields: tuple[FormField, ...] = (
        FormField("restricted", N_("Restricted to its purpose"), "bool"),
        FormField("anonymous", N_("This gift without a name"), "bool"),
        FormField("campaign_id", N_("Campaign"), "choice", choices=choices.campaigns),
        FormField("agreement", N_("Agreement")),
        FormField(
            "nature",
            N_("Kind of money"),
            "choice",
            required=True,
            choices=tuple((one.value, title) for one, title in NATURE_TITLES.items()),
            default=Nature.GIFT.value,
            help=N_("Only a gift can have a receipt."),
        ),
        FormField("benefit", N_("Given in return"), help=N_("Anything here bars a receipt.")),
        FormField("note", N_("Remarks")),
    )
    file = FormField(
        "file", N_("Proof or agreement (file)"), "file", help=N_("It is kept with the donation.")
    )
    fields = (*fields, file)
    own = FormField("code", N_("Own number"), help=N_("Empty: the next number is taken."))
    return fields if editing else (*fields, own)


def donor_content(values: Mapping[str, Any]) -> DonorContent:
    """What the donor says about being named."""
    return DonorContent(
        consent=Consent(values["consent"]),
        anonymous=bool(values["donor_anonymous"]),
        receipt_title=values["receipt_title"] or "",
        contact_preference=values["contact_preference"] or "",
    )


def donation_content(
    values: Mapping[str, Any], donor_id: int, pledge_id: int | None
) -> DonationContent:
    """The donation as typed; `values` are those of all forms, parsed.

    Raises:
        InputError: a quantity that is no number, as ``items[2].quantity``.
    """
    form = Form(values["form"])
    campaign = values["campaign_id"]
    texts = ("bank_reference", "payer_name", "payer_tail", "agreement", "benefit", "note")
    further: dict[str, Any] = {key: values[key] or "" for key in texts}
    return DonationContent(
        donor_id=donor_id,
        purpose_id=int(values["purpose_id"]),
        unit_id=int(values["unit_id"]),
        form=form,
        received_on=values["received_on"],
        amount=values["amount"],
        code=values.get("code") or "",
        nature=Nature(values["nature"]),
        campaign_id=int(campaign) if campaign else None,
        pledge_id=pledge_id,
        restricted=bool(values["restricted"]),
        anonymous=bool(values["anonymous"]),
        **further,
        items=() if form.is_money else read_items(values["items"]),
        members=tuple((one["name"], one["amount"]) for one in values["members"])
        if form.is_money
        else (),
    )


def read_items(lines: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    """The goods as typed.

    Raises:
        InputError: every quantity that is no number.
    """
    items, errors = [], []
    for number, line in enumerate(lines, start=1):
        try:
            quantity = exact_decimal(str(line["quantity"]), decimals=QUANTITY_DECIMALS)
        except InputError as error:
            place = f"items[{number}].quantity"
            errors += [FieldError(place, one.code, one.params) for one in error.fields]
            quantity = Decimal(1)
        items.append(
            Item(
                name=line["name"] or "",
                quantity=quantity,
                specification=line["specification"] or "",
                unit=line["unit"] or "",
                unit_price=line["unit_price"],
                basis=line["basis"] or "",
                proof=line["proof"] or "",
            )
        )
    if errors:
        raise InputError(*errors)
    return tuple(items)


def value_of_items(lines: Sequence[Mapping[str, object]]) -> Money | None:
    """What proven goods add up to while they are typed; None unless every line is complete."""
    total = Money(0)
    for line in lines:
        try:
            item = Item(
                name=str(line.get("name") or "-"),
                quantity=exact_decimal(str(line.get("quantity")), decimals=QUANTITY_DECIMALS),
                unit_price=Money.parse(str(line.get("unit_price"))),
                proof=str(line.get("proof") or ""),
            )
        except InputError:
            return None
        if item.value is None:
            return None
        total += item.value
    return total if lines else None


def typed_content(content: DonationContent) -> dict[str, object]:
    """A stored donation as its form shows it."""
    values: dict[str, object] = {
        name: getattr(content, name)
        for name in (
            "received_on", "restricted", "anonymous", "bank_reference", "payer_name",
            "payer_tail", "agreement", "benefit", "note",
        )
    }  # fmt: skip
    values["form"] = content.form.value
    values["nature"] = content.nature.value
    values["amount"] = content.amount.plain if content.amount is not None else ""
    for name in ("purpose_id", "unit_id", "campaign_id"):
        values[name] = str(getattr(content, name) or "")
    values["items"] = [
        {
            "name": one.name,
            "specification": one.specification,
            "unit": one.unit,
            "quantity": f"{one.quantity:f}",
            "unit_price": one.unit_price.plain if one.unit_price is not None else "",
            "basis": one.basis,
            "proof": one.proof,
        }
        for one in content.items
    ]
    values["members"] = [{"name": name, "amount": amount.plain} for name, amount in content.members]
    return values
