"""Figures of the fund: by purpose, by month, issued and not issued; what may be published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import require
from core.fund.donors import each_donor_facts, shown_name
from core.fund.model import Donation, FundEntry, Purpose
from core.fund.receipt_model import Receipt, StockBook, StockSheet
from core.fund.states import (
    SHEET_CHINESE,
    STATE_CHINESE,
    WAY_CHINESE,
    Consent,
    DonationState,
    SheetState,
    Way,
)
from core.numbering import ledger
from core.values.money import Money

#: Donations that count in every figure; noted ones do not (the money is not there).
COUNTED = (DonationState.ARRIVED, DonationState.REVIEWED, DonationState.RECEIPTED)


@dataclass(frozen=True)
class Tally:
    """How many donations and how much money; with how much of it in valid receipts."""

    key: str
    count: int
    amount: Money
    receipted: Money

    @property
    def unreceipted(self) -> Money:
        """What has no valid receipt."""
        return self.amount - self.receipted


@dataclass(frozen=True)
class Balance:
    """A purpose: what came in, what was used, what is left."""

    code: str
    name: str
    received: Money
    used: Money
    balance: Money


def _counted(session: Session, first: date, last: date) -> list[Donation]:
    return list(
        session.scalars(
            select(Donation)
            .where(Donation.received_on.between(first, last), Donation.state.in_(COUNTED))
            .order_by(Donation.received_on, Donation.id)
        )
    )


def tallies(session: Session, first: date, last: date, by: str) -> list[Tally]:
    """Donations received in these days, by `month`, `purpose` or `form`.

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    return _grouped(session, _counted(session, first, last), by)


def _grouped(session: Session, rows: Sequence[Donation], by: str) -> list[Tally]:
    names = {one.id: one.name for one in session.scalars(select(Purpose))}
    groups: dict[str, list[Donation]] = defaultdict(list)
    for one in rows:
        keys = {
            "month": f"{one.received_on:%Y-%m}",
            "purpose": names[one.purpose_id],
            "form": one.form.value,
        }
        groups[keys[by]].append(one)
    return [_tally(key, rows) for key, rows in sorted(groups.items())]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Donations of some days in figures; every month from the first to the last has its tally."""

    all: Tally
    by_month: tuple[Tally, ...]
    by_purpose: tuple[Tally, ...]
    by_form: tuple[Tally, ...]
    balances: tuple[Balance, ...]


def overview(session: Session, first: date, last: date) -> Overview:
    """The figures of these days from one reading of the donations.

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    rows = _counted(session, first, last)
    months = {one.key: one for one in _grouped(session, rows, "month")}
    return Overview(
        all=_tally("", rows),
        by_month=tuple(months.get(key, _tally(key, [])) for key in _months(first, last)),
        by_purpose=tuple(_grouped(session, rows, "purpose")),
        by_form=tuple(_grouped(session, rows, "form")),
        balances=tuple(balances(session)),
    )


def _months(first: date, last: date) -> list[str]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def _tally(key: str, rows: Sequence[Donation]) -> Tally:
    return Tally(
        key,
        len(rows),
        sum((one.amount or Money(0) for one in rows), Money(0)),
        sum((covered(one) for one in rows), Money(0)),
    )


def covered(donation: Donation) -> Money:
    """What of a donation its valid receipt says; nothing without one."""
    if donation.receipt_id is None or donation.amount is None:
        return Money(0)
    return donation.amount - donation.freed


def balances(session: Session) -> list[Balance]:
    """Every purpose with its balance.

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    moved: dict[int, list[FundEntry]] = defaultdict(list)
    for entry in session.scalars(select(FundEntry)):
        moved[entry.purpose_id].append(entry)
    found = []
    for purpose in session.scalars(select(Purpose).order_by(Purpose.code)):
        entries = moved[purpose.id]
        used = sum((-one.amount for one in entries if one.kind == "grant"), Money(0))
        found.append(
            Balance(purpose.code, purpose.name, purpose.balance + used, used, purpose.balance)
        )
    return found


@dataclass(frozen=True)
class LedgerRow:
    """One number of a series of receipts and what became of it; `record` is its receipt or sheet."""

    record: tuple[str, int]
    number: str
    way: str
    payer: str
    amount: str
    issued_on: str
    state: str
    reason: str


def receipt_ledger(session: Session, way: Way, year: int) -> list[LedgerRow]:
    """Every number of a way in a year: issued, void, reversed, spoiled, lost, returned, unused.

    Stock sheets stand in the year of their book.

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    if way is Way.STOCK:
        return _stock_ledger(session, year)
    if way is Way.OWN:
        return _own_ledger(session, year)
    rows = session.scalars(
        select(Receipt)
        .where(
            Receipt.way == way,
            Receipt.issued_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(Receipt.bill_code, Receipt.number)
    )
    return [_row(one, f"{one.bill_code}-{one.number}", "") for one in rows]


def _row(receipt: Receipt, number: str, reason: str) -> LedgerRow:
    amount = str(receipt.amount) if receipt.amount is not None else "——"
    return LedgerRow(
        ("receipt", receipt.id),
        number,
        WAY_CHINESE[receipt.way],
        str(receipt.facts["payer"]),
        amount,
        receipt.issued_on.isoformat(),
        STATE_CHINESE[receipt.state],
        reason,
    )


def _own_ledger(session: Session, year: int) -> list[LedgerRow]:
    lines = ledger(session, "confirmation", year)
    ids = [one.record_id for one in lines]
    rows = session.scalars(select(Receipt).where(Receipt.id.in_(ids)))
    receipts = {one.id: one for one in rows}
    return [_row(receipts[one.record_id], one.text, one.reason) for one in lines]


def _stock_ledger(session: Session, year: int) -> list[LedgerRow]:
    rows = session.execute(
        select(StockSheet, StockBook.bill_code, Receipt)
        .join(StockBook, StockBook.id == StockSheet.book_id)
        .outerjoin(Receipt, Receipt.id == StockSheet.receipt_id)
        .where(StockBook.received_on.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(StockBook.bill_code, StockSheet.number)
    )
    found = []
    for sheet, code, issued in rows:
        receipt: Receipt | None = issued  # an outer join
        number = f"{code}-{sheet.number}"
        if receipt is not None:
            found.append(_row(receipt, number, sheet.reason))
        else:
            on = sheet.changed_on.isoformat() if sheet.changed_on else ""
            way, state = WAY_CHINESE[Way.STOCK], SHEET_CHINESE[sheet.state]
            record = ("receipt_sheet", sheet.id)
            found.append(LedgerRow(record, number, way, "", "", on, state, sheet.reason))
    return found


@dataclass(frozen=True)
class StockMonth:
    """领用存 of one kind of stock in one month, in sheets; `amount` of those issued."""

    bill_code: str
    opening: int
    received: int
    issued: int
    amount: Money
    void: int
    lost: int
    returned: int
    closing: int

    @property
    def agrees(self) -> bool:
        """上月结存＋领入＝开具＋作废＋遗失＋上缴＋结存."""
        out = self.issued + self.void + self.lost + self.returned + self.closing
        return self.opening + self.received == out


def stock_month(session: Session, unit_id: int, year: int, month: int) -> list[StockMonth]:
    """The monthly sheet of the stock. A sheet leaves on the day of its receipt or write-off.

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    first = date(year, month, 1)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    rows = session.execute(
        select(StockSheet, StockBook, Receipt.issued_on, Receipt.amount)
        .join(StockBook, StockBook.id == StockSheet.book_id)
        .outerjoin(Receipt, Receipt.id == StockSheet.receipt_id)
        .where(StockBook.unit_id == unit_id, StockBook.received_on <= last)
    )
    groups: dict[str, list[tuple[StockSheet, StockBook, date | None, Money | None]]] = {}
    for sheet, book, issued_on, amount in rows:
        left_on = issued_on or sheet.changed_on
        groups.setdefault(book.bill_code, []).append((sheet, book, left_on, amount))
    return [_month(code, rows_, first, last) for code, rows_ in sorted(groups.items())]


def _month(
    code: str,
    rows: list[tuple[StockSheet, StockBook, date | None, Money | None]],
    first: date,
    last: date,
) -> StockMonth:
    counts: dict[SheetState, int] = defaultdict(int)
    opening = received = closing = 0
    total = Money(0)
    for sheet, book, left_on, amount in rows:
        gone_before = left_on is not None and left_on < first
        received += book.received_on >= first
        opening += book.received_on < first and not gone_before
        if left_on is None or left_on > last:
            closing += 1
        elif not gone_before:
            counts[sheet.state] += 1
            total += amount if sheet.state is SheetState.USED and amount else Money(0)
    return StockMonth(
        code,
        opening,
        received,
        counts[SheetState.USED],
        total,
        counts[SheetState.VOID],
        counts[SheetState.LOST] + counts[SheetState.SPOILED],
        counts[SheetState.RETURNED],
        closing,
    )


@dataclass(frozen=True)
class Published:
    """A line of the disclosure: name and amount as the donor allows."""

    donation_id: int
    name: str
    gift: str
    purpose: str
    received_on: date


def disclosure(session: Session, first: date, last: date) -> list[Published]:
    """Donations of these days as they may be published (捐赠法 第二十二条, 慈善法 第八十二条).

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    names = {one.id: one.name for one in session.scalars(select(Purpose))}
    rows = _counted(session, first, last)
    donors = each_donor_facts(session, {one.donor_id for one in rows})
    found = []
    for one in rows:
        donor = donors[one.donor_id]
        hidden = one.anonymous or donor.anonymous or donor.consent is Consent.NONE
        shown = one.amount is not None and (hidden or donor.consent is Consent.FULL)
        gift = f"{one.amount}元" if shown else ("实物" if one.amount is None else "（不公开）")
        name = shown_name(donor, anonymous=one.anonymous)
        found.append(Published(one.id, name, gift, names[one.purpose_id], one.received_on))
    return found


def statement(session: Session, donor_id: int, year: int) -> list[tuple[Donation, str]]:
    """What a donor gave in a year, each with the number of its valid receipt.

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    rows = [
        one
        for one in _counted(session, date(year, 1, 1), date(year, 12, 31))
        if one.donor_id == donor_id
    ]
    ids = [one.receipt_id for one in rows if one.receipt_id]
    numbers = {
        one.id: f"{one.bill_code}-{one.number}" if one.bill_code else one.number
        for one in session.scalars(select(Receipt).where(Receipt.id.in_(ids)))
    }
    return [(one, numbers.get(one.receipt_id or 0, "")) for one in rows]


def arrived_day(session: Session, day: date) -> list[Donation]:
    """Donations of a value date that have arrived."""
    return _counted(session, day, day)
