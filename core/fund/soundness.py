"""The fund's own audit: do balances, gifts, receipts, numbers and sheets explain each other?

Run on demand and before a year is closed; every fault is a sentence, none is mended by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from core import numbering
from core.database import require
from core.fund.balances import wrong
from core.fund.model import Donation
from core.fund.receipt_model import Receipt, ReceiptLine, StockBook, StockSheet
from core.fund.states import DonationState, ReceiptState, SheetState, Way
from core.i18n import N_
from core.messages import register, sentence
from core.values.money import Money

register(
    {
        "fund.sound_balance": N_("The balance of “{purpose}” is not the sum of its entries."),
        "fund.sound_gap": N_("Number {number} of {year} in the series “{series}” is missing."),
        "fund.sound_twice": N_("Donation {code} is in {count} valid receipts."),
        "fund.sound_lock": N_("Donation {code} and its receipt do not say the same of each other."),
        "fund.sound_empty": N_("The receipt {number} is of no donation."),
        "fund.sound_amount": N_(
            "The receipt {number} stands at {receipt} yuan, its donations at {gifts} yuan."
        ),
        "fund.sound_reversed": N_("The red receipts of {number} do not add up to its amount."),
        "fund.sound_sheet": N_("Sheet {number} of the code {bill_code} and its receipt differ."),
        "fund.sound_book": N_("The book {book} has {count} sheets instead of {wanted}."),
    }
)


@dataclass(frozen=True)
class Fault:
    """Something that does not fit; `code` and `params` make the sentence."""

    code: str
    params: Mapping[str, object]

    @property
    def text(self) -> str:
        """The sentence, in the language of the screen."""
        return sentence(self.code, self.params)


def faults(session: Session) -> list[Fault]:
    """Everything that does not fit; empty when the fund is sound.

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    return [
        *(Fault("fund.sound_balance", {"purpose": name}) for name in wrong(session)),
        *_numbers(session),
        *_gifts(session),
        *_receipts(session),
        *_sheets(session),
        *_books(session),
    ]


def _numbers(session: Session) -> Iterator[Fault]:
    for series, year, number in numbering.missing(session):
        facts = {"series": series, "year": year, "number": number}
        yield Fault("fund.sound_gap", facts)


def _gifts(session: Session) -> Iterator[Fault]:
    """A donation is in at most one valid receipt, and both know it."""
    live = Counter(session.scalars(select(ReceiptLine.donation_id).where(ReceiptLine.live)))
    held = session.execute(
        select(ReceiptLine.donation_id, ReceiptLine.receipt_id, Receipt.state)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(ReceiptLine.live)
    ).all()
    receipt_of = {gift: receipt for gift, receipt, state in held if state is ReceiptState.ISSUED}
    # A line that still counts in a receipt that does not.
    dead = {gift for gift, _receipt, state in held if state is not ReceiptState.ISSUED}
    rows = session.execute(select(Donation.id, Donation.code, Donation.state, Donation.receipt_id))
    for gift, code, state, receipt in rows:
        if live[gift] > 1:
            yield Fault("fund.sound_twice", {"code": code, "count": live[gift]})
        locked = state is DonationState.RECEIPTED
        if gift in dead or receipt != receipt_of.get(gift) or locked is (receipt is None):
            yield Fault("fund.sound_lock", {"code": code})


def _receipts(session: Session) -> Iterator[Fault]:
    """A valid receipt less its red ones is what its gifts amount to; a reversed one comes to nothing."""
    gifts: dict[int, Money] = {}
    rows = session.execute(
        select(ReceiptLine.receipt_id, Donation.amount, Donation.freed).join(
            Donation, and_(Donation.id == ReceiptLine.donation_id, ReceiptLine.live)
        )
    )
    for receipt_id, amount, freed in rows:
        gifts[receipt_id] = gifts.get(receipt_id, Money(0)) + (amount or Money(0)) - freed
    red: dict[int, Money] = {}
    for of, amount in session.execute(
        select(Receipt.negative_of_id, Receipt.amount).where(Receipt.negative_of_id.is_not(None))
    ):
        if of is not None:
            red[of] = red.get(of, Money(0)) + (amount or Money(0))
    for row in session.scalars(select(Receipt).where(Receipt.state != ReceiptState.NEGATIVE)):
        left = (row.amount or Money(0)) + red.get(row.id, Money(0))
        if row.state is ReceiptState.ISSUED and row.id not in gifts:
            yield Fault("fund.sound_empty", {"number": row.number})
        elif row.state is ReceiptState.ISSUED and left != gifts[row.id]:
            facts = {"number": row.number, "receipt": left, "gifts": gifts[row.id]}
            yield Fault("fund.sound_amount", facts)
        elif row.state is ReceiptState.REVERSED and left != Money(0):
            yield Fault("fund.sound_reversed", {"number": row.number})


_FATE = {ReceiptState.ISSUED: SheetState.USED, ReceiptState.VOID: SheetState.VOID}


def _sheets(session: Session) -> Iterator[Fault]:
    """A used or void sheet has its receipt, any other has none; each receipt on stock has a sheet."""
    rows = session.execute(
        select(StockSheet, StockBook.bill_code, Receipt)
        .join(StockBook, StockBook.id == StockSheet.book_id)
        .outerjoin(Receipt, Receipt.id == StockSheet.receipt_id)
    )
    seen: set[int] = set()
    for sheet, code, receipt in rows:
        printed: Receipt | None = receipt  # an outer join
        if printed is None:
            good = sheet.state not in {SheetState.USED, SheetState.VOID}
        else:
            seen.add(printed.id)
            same = (printed.number, printed.bill_code) == (sheet.number, code)
            good = same and _FATE.get(printed.state) is sheet.state
        if not good:
            yield Fault("fund.sound_sheet", {"number": sheet.number, "bill_code": code})
    for row in session.scalars(select(Receipt).where(Receipt.way == Way.STOCK)):
        if row.id not in seen:
            yield Fault("fund.sound_sheet", {"number": row.number, "bill_code": row.bill_code})


def _books(session: Session) -> Iterator[Fault]:
    counts = dict(
        session.execute(select(StockSheet.book_id, func.count()).group_by(StockSheet.book_id)).all()
    )
    for book in session.scalars(select(StockBook)):
        wanted = int(book.last_number) - int(book.first_number) + 1
        if counts.get(book.id, 0) != wanted:
            facts = {"book": book.book_number, "count": counts.get(book.id, 0), "wanted": wanted}
            yield Fault("fund.sound_book", facts)
