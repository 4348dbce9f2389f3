"""Dialogs of what the fund rests on: purposes, uses of funds, campaigns, issuing units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from core.fund.choices import Choices
from core.fund.grants import GrantContent, decide_grant, request_grant
from core.fund.master_details import CampaignDetail, GrantDetail, PurposeDetail, UnitDetail
from core.fund.setup import (
    UnitContent,
    add_qualification,
    register_campaign,
    register_purpose,
    register_unit,
)
from core.fund.setup_changes import edit_campaign, edit_purpose, edit_unit
from core.fund.states import USE_TITLES
from core.i18n import N_, _
from core.values.forms import FormField
from core.values.money import Money
from desktop.pages.fund.dialogs import submit_to
from desktop.parts.action_dialog import ActionDialog
from desktop.support.context import Context

Values = Mapping[str, object]


def _text(values: Values, name: str) -> str:
    return str(values.get(name) or "")


def _day(values: Values, name: str) -> date | None:
    found = values.get(name)
    return found if isinstance(found, date) else None


# -- purposes


def purpose_dialog(context: Context, known: PurposeDetail | None = None) -> ActionDialog:
    """Enters a purpose, or changes it."""

    def save(session: Session, values: Values) -> int:
        code, name = _text(values, "code"), _text(values, "name")
        restricted = bool(values["restricted"])
        if known is None:
            return register_purpose(session, code, name, restricted=restricted)
        edit_purpose(session, known.id, code, name, restricted=restricted)
        return known.id

    fields = (
        FormField("code", N_("Project code"), required=True),
        FormField("name", N_("Purpose"), required=True),
        FormField("restricted", N_("Restricted"), "bool", help=N_("Donors chose what it is for.")),
    )
    shown = {
        "code": known.code if known else "",
        "name": known.name if known else "",
        "restricted": known.restricted if known else False,
    }
    return ActionDialog(
        context,
        _("Edit the purpose") if known else _("New purpose"),
        _("Receipts that were issued keep what they say."),
        fields,
        submit_to(context, "purpose", save),
        shown,
    )


# -- uses of funds


def grant_dialog(
    context: Context, purposes: tuple[tuple[str, str], ...], purpose_id: int | None = None
) -> ActionDialog:
    """Asks for money of a purpose."""

    def ask(session: Session, values: Values) -> int:
        amount = values["amount"]
        assert isinstance(amount, Money)
        content = GrantContent(
            purpose_id=int(_text(values, "purpose")),
            payee=_text(values, "payee"),
            subject=_text(values, "subject"),
            amount=amount,
            use=next(one for one in USE_TITLES if one.value == values["use"]),
        )
        return request_grant(session, content)

    fields = (
        FormField("purpose", N_("Purpose"), "choice", required=True, choices=purposes),
        FormField(
            "use",
            N_("Kind of use"),
            "choice",
            required=True,
            choices=tuple((one.value, title) for one, title in USE_TITLES.items()),
        ),
        FormField("payee", N_("Paid to"), required=True),
        FormField("subject", N_("What for"), "long", required=True),
        FormField("amount", N_("Amount (yuan)"), "money", required=True),
    )
    return ActionDialog(
        context,
        _("Ask for money"),
        _("Nothing is booked before a second person agrees."),
        fields,
        submit_to(context, "grant", ask),
        {"purpose": str(purpose_id or "")},
    )


def decide_dialog(context: Context, grant: GrantDetail, *, agree: bool) -> ActionDialog:
    """Agrees to a use of funds and pays it, or refuses it with a reason."""

    def decide(session: Session, values: Values) -> None:
        reason = _text(values, "reason")
        decide_grant(session, grant.id, grant.version, agree=agree, reason=reason)

    if agree:
        text = _("{amount} yuan go to {payee}; “{purpose}” holds {left} yuan afterwards.")
    else:
        text = _("{amount} yuan for {payee} are refused; “{purpose}” keeps {left} yuan.")
    left = grant.balance - grant.amount if agree else grant.balance
    return ActionDialog(
        context,
        _("Agree and pay") if agree else _("Refuse"),
        text.format(amount=grant.amount, payee=grant.payee, purpose=grant.purpose, left=left),
        (FormField("reason", N_("Reason"), "long", required=not agree),),
        submit_to(context, f"decide-{grant.id}", decide),
    )


# -- campaigns


def campaign_dialog(
    context: Context, choices: Choices, known: CampaignDetail | None = None
) -> ActionDialog:
    """Enters a public campaign, or changes it."""

    def save(session: Session, values: Values) -> int:
        first = _day(values, "starts_on")
        assert first is not None  # required
        name, filed = _text(values, "name"), _text(values, "filing_number")
        days = (first, _day(values, "ends_on"))
        if known is None:
            return register_campaign(session, int(_text(values, "unit")), name, filed, days)
        edit_campaign(session, known.id, name, filed, days)
        return known.id

    only = choices.units[0][0] if len(choices.units) == 1 else None
    unit = FormField(
        "unit", N_("Unit"), "choice", required=True, choices=choices.units, default=only
    )
    fields = (
        *(() if known else (unit,)),
        FormField("name", N_("Campaign"), required=True),
        FormField(
            "filing_number",
            N_("Number the plan was filed under"),
            help=N_("A public campaign needs its plan filed with the civil affairs office."),
        ),
        FormField("starts_on", N_("First day"), "date", required=True),
        FormField("ends_on", N_("Last day"), "date"),
    )
    shown = {
        "name": known.name if known else "",
        "filing_number": known.filing_number if known else "",
        "starts_on": known.starts_on if known else choices.today,
        "ends_on": known.ends_on if known else None,
    }
    return ActionDialog(
        context,
        _("Edit the campaign") if known else _("New campaign"),
        _("Donations name the campaign they came in under."),
        fields,
        submit_to(context, "campaign", save),
        shown,
    )


# -- issuing units

_UNIT_TEXTS = (
    ("name", N_("Unit")),
    ("credit_code", N_("Credit code")),
    ("licence_number", N_("Licence for receipts")),
    ("fundraising_permit", N_("Permit for public fund-raising")),
)
_ACCOUNT_TEXTS = (
    ("account_name", N_("Name of the account")),
    ("bank", N_("Bank")),
)


def unit_dialog(context: Context, known: UnitDetail | None = None) -> ActionDialog:
    """Enters an issuing unit, or changes it; a known account number stays while left empty."""

    def save(session: Session, values: Values) -> int:
        texts = {name: _text(values, name) for name, _title in (*_UNIT_TEXTS, *_ACCOUNT_TEXTS)}
        number = _text(values, "account_number")
        content = UnitContent(
            **texts,  # type: ignore[arg-type]  # texts by field name
            account_number=number,
            fundraising_until=_day(values, "fundraising_until"),
        )
        if known is None:
            return register_unit(session, content)
        edit_unit(session, known.id, known.version, content, keep_account=not number)
        return known.id

    kept = _("Leave empty to keep {mask}.").format(mask=known.account_mask) if known else ""
    fields = (
        *(FormField(name, title, required=name == "name") for name, title in _UNIT_TEXTS),
        FormField("fundraising_until", N_("Permit valid until"), "date"),
        *(FormField(name, title) for name, title in _ACCOUNT_TEXTS),
        FormField(
            "account_number",
            N_("Account number"),
            help=kept if known and known.account_mask else "",
        ),
    )
    named = (*_UNIT_TEXTS, *_ACCOUNT_TEXTS, ("fundraising_until", ""))
    shown = {name: getattr(known, name) for name, _title in named} if known else {}
    return ActionDialog(
        context,
        _("Edit the unit") if known else _("New issuing unit"),
        _("Receipts that were issued keep what they say."),
        fields,
        submit_to(context, "unit", save),
        shown,
    )


def years_dialog(context: Context, unit: UnitDetail, year: int) -> ActionDialog:
    """Adds years in which gifts to a unit may be deducted."""

    def add(session: Session, values: Values) -> None:
        years = (int(_text(values, "years")), int(_text(values, "last")))
        add_qualification(session, unit.id, unit.version, years, _text(values, "notice"))

    fields = (
        FormField("years", N_("First year"), "int", required=True),
        FormField("last", N_("Last year"), "int", required=True),
        FormField("notice", N_("Number of the notice"), "long", required=True),
    )
    sentence = _("Gifts to {unit} in these years may be deducted.")
    return ActionDialog(
        context,
        _("Add qualification years"),
        sentence.format(unit=unit.name),
        fields,
        submit_to(context, f"qualify-{unit.id}", add),
        {"years": year, "last": year + 2},
    )
