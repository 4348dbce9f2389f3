"""Asking for a receipt to be declared void or reversed, and deciding it."""

from __future__ import annotations

from collections.abc import Mapping

from core.clock import china_date
from core.errors import AppError, FieldError, InputError
from core.fund.changes import COPIES, ChangeReceipt
from core.fund.details import ReceiptDetail
from core.fund.official_receipts import Official
from core.fund.states import ChangeKind, Way
from core.i18n import N_, _
from core.values.forms import FormField
from core.values.money import Money
from desktop.pages.fund.view_model import ReceiptsViewModel
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.support.context import Context

REASON = FormField(
    "reason", N_("Reason"), "long", required=True, help=N_("It is printed on the approval sheet.")
)
#: Names of the check boxes for the three copies of a genuine receipt, in the order of `COPIES`.
BACK = (
    FormField("stub", N_("The stub 存根 is back"), "bool"),
    FormField("receipt", N_("The receipt 收据 is back"), "bool"),
    FormField("booking", N_("The booking copy 记账 is back"), "bool"),
)
RED = (
    FormField("bill_code", N_("Code of the red e-receipt"), required=True, help=N_("8 digits")),
    FormField("number", N_("Its number"), required=True, help=N_("10 digits")),
    FormField(
        "check_code",
        N_("Its check code"),
        required=True,
        help=N_("6 characters; small and capital letters differ."),
    ),
    FormField("issued_on", N_("Its date"), "date", required=True),
    FormField("used", N_("The donor has booked or deducted it already"), "bool"),
)


def kind_of(detail: ReceiptDetail) -> ChangeKind:
    """How a receipt of this way stops counting."""
    return ChangeKind.REVERSE if detail.way is Way.OFFICIAL else ChangeKind.VOID


def change_fields(detail: ReceiptDetail) -> tuple[FormField, ...]:
    """What must be known before the second person can decide."""
    if detail.way is Way.STOCK:
        return (REASON, *BACK)
    if detail.way is Way.OWN:
        return (REASON,)
    return (REASON, *_part_fields(detail), *RED)


def _part_fields(detail: ReceiptDetail) -> tuple[FormField, ...]:
    """How much is reversed, where the office lets it be less than all."""
    if not detail.may_part:
        return ()
    part = FormField("part", N_("Only this part (yuan)"), "money", help=N_("Empty: all of it."))
    if len(detail.donations) < 2:
        return (part,)
    gifts = tuple((str(one.id), one.code) for one in detail.donations)
    return (part, FormField("donation", N_("Taken from the donation"), "choice", choices=gifts))


def change_command(detail: ReceiptDetail, values: Mapping[str, object]) -> ChangeReceipt:
    """The request as typed."""
    back = tuple(
        name for name, field in zip(COPIES, BACK, strict=True) if values.get(field.name) is True
    )
    red = None
    if detail.way is Way.OFFICIAL:
        day = values["issued_on"]
        red = Official(
            bill_code=str(values["bill_code"]),
            number=str(values["number"]),
            check_code=str(values["check_code"]),
            issued_on=day,  # type: ignore[arg-type]  # a required date
        )
    part, gift = values.get("part"), values.get("donation")
    return ChangeReceipt(
        receipt_id=detail.id,
        version=detail.version,
        kind=kind_of(detail),
        reason=str(values["reason"] or ""),
        copies=back,
        used=bool(values.get("used")),
        red=red,
        part=part if isinstance(part, Money) else None,
        donation_id=int(str(gift)) if gift else None,
    )


def change_dialog(
    context: Context, view_model: ReceiptsViewModel, detail: ReceiptDetail
) -> ActionDialog:
    """Asks for a receipt to stop counting; a second person decides."""
    void = kind_of(detail) is ChangeKind.VOID

    def submit(values: Mapping[str, object], done: Done, failed: Failed) -> None:
        def refused(error: AppError) -> None:
            failed(_at_fields(error))

        view_model.ask_change(change_command(detail, values), done, refused)

    sentence = _(
        "{number}, {amount} yuan, {payer}. Nothing changes before a second person agrees; the "
        "number is never used again."
    )
    return ActionDialog(
        context,
        _("Ask to declare it void") if void else _("Ask to reverse it"),
        sentence.format(number=detail.text, amount=detail.amount_text, payer=detail.title),
        change_fields(detail),
        submit,
        {"issued_on": china_date(context.clock.now()).isoformat()}
        if detail.way is Way.OFFICIAL
        else None,
    )


def _at_fields(error: AppError) -> AppError:
    """The missing copies stand under the first of their boxes."""
    if not isinstance(error, InputError):
        return error
    return InputError(
        *(
            FieldError("stub", one.code, one.params) if one.field == "copies" else one
            for one in error.fields
        )
    )


DECISION = FormField(
    "decision",
    N_("Decision"),
    "choice",
    required=True,
    choices=(("agree", N_("Agree")), ("refuse", N_("Refuse"))),
)


def decide_dialog(
    context: Context, view_model: ReceiptsViewModel, detail: ReceiptDetail
) -> ActionDialog:
    """The second person agrees or refuses."""
    request = detail.request
    assert request is not None  # the button is grey without one

    def submit(values: Mapping[str, object], done: Done, failed: Failed) -> None:
        agree = values["decision"] == "agree"
        view_model.decide(detail, agree=agree, done=done, failed=failed)

    void = request.kind is ChangeKind.VOID
    what = _("to be declared void") if void else _("to be reversed by a red one")
    sentence = _("{name} asks for {number} {what}: {reason}. Agreed, its gift is free again.")
    return ActionDialog(
        context,
        _("Decide"),
        sentence.format(
            name=request.requested_name, number=detail.text, what=what, reason=request.reason
        ),
        (DECISION,),
        submit,
    )
