"""What the register answers for on the fund's papers, for the verifier.

A paper about one record is compared with that record as it is today. A sheet about many (a day, a
month, a list) is a picture of its day: nothing but its own bytes can be compared, and its status says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from core.documents.model import Document
from core.errors import NotFound
from core.fund.model import Donation, Grant
from core.fund.receipt_model import Receipt, StockBook
from core.fund.states import DonationState, GrantState, ReceiptState

#: Words of the verifier for where a record is today.
_RECEIPT_WORDS = {
    ReceiptState.ISSUED: "valid",
    ReceiptState.VOID: "void",
    ReceiptState.REVERSED: "reversed",
    ReceiptState.NEGATIVE: "red",
}
_DONATION_WORDS = {DonationState.REFUNDED: "refunded", DonationState.REBOOKED: "moved"}
_GRANT_WORDS = {
    GrantState.REQUESTED: "requested",
    GrantState.PAID: "paid",
    GrantState.REFUSED: "refused",
}

Facts = Callable[[Session, int], Mapping[str, object]]
Status = Callable[[Session, str, int], str]


def _receipt(session: Session, document_id: int) -> Receipt:
    row = session.get(Document, document_id)
    if row is None:
        raise NotFound("record.not_found")
    return session.get_one(Receipt, row.record_id)


def confirmation_facts(session: Session, document_id: int) -> dict[str, object]:
    """Number, payer and total of our own letter."""
    receipt = _receipt(session, document_id)
    return {
        "number": receipt.number,
        "payer": receipt.facts["payer"],
        "total": receipt.facts["total"],
    }


def list_facts(session: Session, document_id: int) -> dict[str, object]:
    """Number, payer, day and total of the receipt a list goes with."""
    receipt = _receipt(session, document_id)
    return {
        "number": f"{receipt.bill_code}-{receipt.number}",
        "payer": receipt.facts["payer"],
        "issued_on": receipt.issued_on.isoformat(),
        "total": receipt.facts["total"],
    }


def change_facts(session: Session, document_id: int) -> dict[str, object]:
    """The receipt an approval sheet is about."""
    receipt = _receipt(session, document_id)
    return {
        "bill_code": receipt.bill_code,
        "bill_number": receipt.number,
        "issued_on": receipt.issued_on.isoformat(),
        "payer": receipt.facts["payer"],
    }


def certificate_facts(session: Session, document_id: int) -> dict[str, object]:
    """The gift a donation certificate honours, in words."""
    from core.fund.papers import gift_in_words

    row = session.get_one(Document, document_id)
    return {"gift": gift_in_words(session, session.get_one(Donation, row.record_id))}


def grant_facts(session: Session, document_id: int) -> dict[str, object]:
    """Payee, subject and amount of a use of funds."""
    row = session.get_one(Document, document_id)
    grant = session.get_one(Grant, row.record_id)
    return {"payee": grant.payee, "subject": grant.subject, "amount": str(grant.amount)}


def book_facts(session: Session, document_id: int) -> dict[str, object]:
    """The numbers of a book of receipts."""
    row = session.get_one(Document, document_id)
    book = session.get_one(StockBook, row.record_id)
    return {
        "bill_code": book.bill_code,
        "book_number": book.book_number,
        "received_on": book.received_on.isoformat(),
    }


def receipt_status(session: Session, _kind: str, record_id: int) -> str:
    """Whether the receipt counts today."""
    return _RECEIPT_WORDS[session.get_one(Receipt, record_id).state]


def change_status(session: Session, _kind: str, record_id: int) -> str:
    """Whether the receipt was declared void or reversed, as the approval sheet asks."""
    state = session.get_one(Receipt, record_id).state
    return "requested" if state is ReceiptState.ISSUED else "carried_out"


def donation_status(session: Session, _kind: str, record_id: int) -> str:
    """Whether the gift stands today."""
    return _DONATION_WORDS.get(session.get_one(Donation, record_id).state, "valid")


def grant_status(session: Session, _kind: str, record_id: int) -> str:
    """What was decided."""
    return _GRANT_WORDS[session.get_one(Grant, record_id).state]


def book_status(session: Session, _kind: str, record_id: int) -> str:
    """Whether the book is settled today."""
    return "in_use" if session.get_one(StockBook, record_id).settled_on is None else "settled"


def picture_status(_session: Session, _kind: str, _record_id: int) -> str:
    """A picture of its day: later events do not make it wrong."""
    return "as_of_its_day"
