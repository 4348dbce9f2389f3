"""Small dialogs of the fund: arrival, another donor, a commitment, a year's statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from core.database import today
from core.errors import AppError
from core.fund.arrivals import Arrival, note_arrival
from core.fund.choices import Choices, choices
from core.fund.details import DonationDetail
from core.fund.donors import PledgeContent, donor_of, existing_donor, promise
from core.fund.papers import state_year
from core.fund.rebooking import rebook_to_party
from core.i18n import N_, _
from core.parties.queries import PartySummary
from core.values.forms import FormField
from core.values.money import Money
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.parts.party_dialog import PartyDialog
from desktop.support.context import Context

Action = Callable[[Session, Mapping[str, object]], object]


def submit_to(context: Context, key: str, action: Action) -> Callable[..., object]:
    """The `submit` of an ActionDialog that runs one use case; a double press runs it once."""

    def submit(values: Mapping[str, object], done: Done, failed: Failed) -> None:
        context.jobs.write(
            lambda session: action(session, values), done=done, failed=failed, key=key
        )

    return submit


def arrival_dialog(context: Context, detail: DonationDetail) -> ActionDialog:
    """Notes that the money (the goods) is there, with the bank's words."""
    content = detail.content
    money = (
        FormField("bank_reference", N_("Bank reference")),
        FormField("payer_name", N_("Payer as the bank names it")),
        FormField("payer_tail", N_("Last digits of the payer's account")),
    )
    fields = (
        FormField(
            "received_on",
            N_("Received on"),
            "date",
            required=True,
            help=N_("Value date of the money, or the day the goods came."),
        ),
        *(money if content.form.is_money else ()),
    )

    sentence = _("{donor}: the goods are here.")
    if content.form.is_money:
        sentence = _("{donor}: {amount} yuan. The purpose is credited from now on.")

    def arrive(session: Session, values: Mapping[str, object]) -> None:
        day = values["received_on"]
        assert day is not None  # required
        texts = {name: str(values.get(name) or "") for name in _BANK}
        seen = Arrival(received_on=day, **texts)  # type: ignore[arg-type]  # a parsed date
        note_arrival(session, detail.id, detail.version, seen)

    return ActionDialog(
        context,
        _("Note the arrival"),
        sentence.format(donor=detail.donor.name, amount=detail.amount_text),
        fields,
        submit_to(context, f"arrive-{detail.id}", arrive),
        {
            "received_on": content.received_on.isoformat(),
            "bank_reference": content.bank_reference,
            "payer_name": content.payer_name,
            "payer_tail": content.payer_tail,
        },
    )


_BANK = ("bank_reference", "payer_name", "payer_tail")


class DonorDialog(PartyDialog):
    """An action on a donor."""

    part = N_("&Donor")
    asking = N_("Choose the donor.")
    missing = ("donor", "fund.donor_unknown")


def rebook_dialog(context: Context, detail: DonationDetail) -> DonorDialog:
    """Moves a donation to another donor; the result is the id of the new donation."""
    reason = FormField("reason", N_("Reason"), "long", required=True)

    def move(session: Session, party: PartySummary, values: Mapping[str, object]) -> int:
        reason = str(values["reason"] or "")
        return rebook_to_party(session, detail.id, detail.version, party.id, reason)

    return DonorDialog(
        context,
        _("Move to another donor"),
        _(
            "{code} ends in the name of {donor}; a new donation of the same amount follows for the "
            "donor chosen and waits for its review."
        ).format(code=detail.code, donor=detail.donor.name),
        (reason,),
        move,
    )


def pledge_dialog(context: Context, known: Choices) -> DonorDialog:
    """Enters a commitment; the result is its id."""
    fields = (
        FormField("amount", N_("Amount (yuan)"), "money", required=True),
        FormField("purpose_id", N_("Purpose"), "choice", required=True, choices=known.purposes),
        FormField("agreement", N_("Agreement")),
        FormField("due_on", N_("Due"), "date"),
    )

    def enter(session: Session, party: PartySummary, values: Mapping[str, object]) -> int:
        amount = values["amount"]
        assert isinstance(amount, Money)  # required
        content = PledgeContent(
            donor_id=donor_of(session, party.id),
            purpose_id=int(str(values["purpose_id"])),
            amount=amount,
            agreement=str(values["agreement"] or ""),
            due_on=values["due_on"],  # type: ignore[arg-type]  # a parsed date
        )
        return promise(session, content)

    return DonorDialog(
        context,
        _("New commitment"),
        _("What a donor promises to give; donations that name it are its instalments."),
        fields,
        enter,
    )


def statement_dialog(context: Context, party: PartySummary | None, year: int) -> DonorDialog:
    """Prepares the year's statement of a donor; the result is its DocumentSummary."""
    field = FormField("year", N_("Year"), "int", required=True, default=str(year))

    def make(session: Session, chosen: PartySummary, values: Mapping[str, object]) -> object:
        return state_year(session, existing_donor(session, chosen.id), int(str(values["year"])))

    dialog = DonorDialog(
        context,
        _("Year's statement"),
        _("Everything the donor gave in the year, each gift with its valid receipt."),
        (field,),
        make,
    )
    dialog.picker.set_party(party)
    return dialog


def load_choices(
    context: Context, then: Callable[[Choices], object], failed: Callable[[AppError], object]
) -> None:
    """Load what forms of the fund let one choose from, then go on."""
    context.jobs.read(
        lambda session: choices(session, today(session)), done=then, failed=failed, key="choices"
    )
