"""What the search box knows about gifts and receipts: numbers, names, references; no personal number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import search
from core.fund.model import Donation, Donor
from core.fund.receipt_model import Receipt
from core.parties.model import Party
from core.values.pinyin import initials

DONATION = "donation"
RECEIPT = "receipt"


def index_donation(session: Session, row: Donation) -> None:
    """Put a donation into the index, or renew its line."""
    names = _donors(session, {row.donor_id})
    search.index(session, DONATION, row.id, _gift(row, names[row.donor_id]))


def index_new_donations(session: Session, rows: Iterable[Donation]) -> None:
    """Put donations that were just made into the index at once."""
    rows = list(rows)
    names = _donors(session, {row.donor_id for row in rows})
    search.index_new(session, DONATION, {row.id: _gift(row, names[row.donor_id]) for row in rows})


def index_receipt(session: Session, row: Receipt) -> None:
    """Put a receipt that was just made into the index; it never changes what it is found by."""
    search.index_new(session, RECEIPT, {row.id: _receipt(row)})


def _donors(session: Session, ids: set[int]) -> Mapping[int, tuple[str, ...]]:
    """By donor: name of the party and of receipts, each with its initials."""
    rows = session.execute(
        select(Donor.id, Party.name, Donor.receipt_title)
        .join(Party, Party.id == Donor.party_id)
        .where(Donor.id.in_(ids))
    )
    return {row.id: _with_initials(row.name, row.receipt_title) for row in rows}


def _with_initials(*names: str) -> tuple[str, ...]:
    return tuple(text for name in names if name for text in (name, initials(name)))


def _gift(row: Donation, donor: tuple[str, ...]) -> search.SearchLine:
    amount = f" {row.amount}" if row.amount is not None else ""
    words = [*donor, row.bank_reference, row.payer_name]
    return search.SearchLine(
        title=row.code,
        subtitle=f"{donor[0]}{amount}",
        words=[one for one in words if one],
        sort=row.received_on.isoformat(),
    )


def _receipt(row: Receipt) -> search.SearchLine:
    amount = f" {row.amount}" if row.amount is not None else ""
    number = f"{row.bill_code}-{row.number}" if row.bill_code else row.number
    return search.SearchLine(
        title=number,
        subtitle=f"{row.title}{amount}",
        words=[row.number, *_with_initials(row.title)],
        sort=row.issued_on.isoformat(),
    )
