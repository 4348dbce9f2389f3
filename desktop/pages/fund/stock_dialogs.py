"""Dialogs of the stock of receipts: a book comes in, goes to somebody, sheets are written off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from core.errors import AppError, FieldError, InputError
from core.fund.books import BookDetail, hand_out, write_off_range
from core.fund.choices import Choices
from core.fund.states import SHEET_TITLES, SheetState
from core.fund.stock import BookContent, receive_book, return_rest
from core.i18n import N_, _
from core.values.forms import FormField
from desktop.pages.fund.dialogs import submit_to
from desktop.parts.action_dialog import ActionDialog
from desktop.support.context import Context

_OFF = (SheetState.SPOILED, SheetState.LOST, SheetState.RETURNED)
_REASON = FormField("reason", N_("Reason"), "long", required=True)


def receive_dialog(context: Context, known: Choices) -> ActionDialog:
    """Enters a book as it comes from the finance department."""
    only = known.units[0][0] if len(known.units) == 1 else None
    fields = (
        FormField(
            "unit", N_("Unit"), "choice", required=True, choices=known.units, default=only
        ),
        FormField("bill_code", N_("Code of the receipts"), required=True),
        FormField("book_number", N_("Number of the book"), required=True),
        FormField("first", N_("First sheet"), required=True, help=N_("As printed, with its zeros.")),
        FormField("last", N_("Last sheet"), required=True),
        FormField(
            "received_on", N_("Received on"), "date", required=True, default=known.today.isoformat()
        ),
        FormField("handed_to", N_("Handed to")),
    )  # fmt: skip

    def receive(session: Session, values: Mapping[str, object]) -> int:
        day = values["received_on"]
        assert isinstance(day, date)
        text = {name: str(values[name] or "") for name in _TEXTS}
        content = BookContent(
            unit_id=int(str(values["unit"])),
            bill_code=text["bill_code"],
            book_number=text["book_number"],
            first_number=text["first"],
            last_number=text["last"],
            received_on=day,
            handed_to=text["handed_to"],
        )
        return receive_book(session, content)

    return _Renaming(
        context,
        _("Receive a book"),
        _("Every sheet becomes a line of the ledger; none can go missing unseen."),
        fields,
        submit_to(context, "receive-book", receive),
    )


_TEXTS = ("bill_code", "book_number", "first", "last", "handed_to")
#: Fields of the use case -> fields of the form.
_FIELDS = {"first_number": "first", "last_number": "last", "holder": "handed_to"}


class _Renaming(ActionDialog):
    """Puts the errors of a use case under the fields of its form."""

    def fail(self, error: AppError) -> None:
        """Show what is wrong under the field it is about."""
        if isinstance(error, InputError):
            error = InputError(
                *(
                    FieldError(_FIELDS.get(one.field, one.field), one.code, one.params)
                    for one in error.fields
                )
            )
        super().fail(error)


def hand_out_dialog(context: Context, book: BookDetail) -> ActionDialog:
    """Notes who has a book from now on."""

    def hand(session: Session, values: Mapping[str, object]) -> None:
        hand_out(session, book.id, str(values["handed_to"]))

    sentence = _("Book {book}: {count} unused sheets go with it.")
    return _Renaming(
        context,
        _("Hand out"),
        sentence.format(book=book.book_number, count=book.unused),
        (FormField("handed_to", N_("Handed to"), required=True),),
        submit_to(context, f"hand-out-{book.id}", hand),
        {"handed_to": book.handed_to},
    )


def write_off_dialog(
    context: Context, book_id: int, book: str, first: str = "", last: str = ""
) -> ActionDialog:
    """Accounts for unused sheets that are spoiled, lost or given back."""

    def off(session: Session, values: Mapping[str, object]) -> int:
        numbers = (str(values["first"]), str(values["last"] or ""))
        state = SheetState(str(values["state"]))
        return write_off_range(session, book_id, numbers, state, str(values["reason"]))

    fields = (
        FormField("first", N_("First sheet"), required=True),
        FormField("last", N_("Last sheet"), help=N_("Leave empty for one sheet.")),
        FormField(
            "state",
            N_("What became of it"),
            "choice",
            required=True,
            choices=tuple((one.value, SHEET_TITLES[one]) for one in _OFF),
        ),
        FormField(
            "reason",
            N_("Reason"),
            "long",
            required=True,
            help=N_("For a lost sheet also where and when the loss was announced."),
        ),
    )
    return ActionDialog(
        context,
        _("Write off sheets"),
        _("Book {book}: the sheets stay in the ledger with their reason. This is final.").format(
            book=book
        ),
        fields,
        submit_to(context, f"write-off-{book_id}", off),
        {"first": first, "last": last},
    )


def return_dialog(context: Context, book: BookDetail) -> ActionDialog:
    """Gives every unused sheet of a book back to the finance department."""

    def back(session: Session, values: Mapping[str, object]) -> int:
        return return_rest(session, book.id, str(values["reason"]))

    sentence = _("{count} unused sheets from {number} on are given back. This is final.")
    return ActionDialog(
        context,
        _("Give the rest back"),
        sentence.format(count=book.unused, number=book.next_number),
        (_REASON,),
        submit_to(context, f"return-{book.id}", back),
    )
