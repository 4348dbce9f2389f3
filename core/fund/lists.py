"""The lists of the fund: sorted, filtered and counted in SQL, personal numbers masked."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from core.database import today
from core.errors import InputError
from core.fund.face import NO_AMOUNT
from core.fund.model import Donation, Donor, Purpose
from core.fund.receipt_model import Receipt, ReceiptChange, StockBook, StockSheet
from core.fund.states import (
    DONATION_TITLES,
    FORM_TITLES,
    RECEIPT_TITLES,
    SHEET_TITLES,
    WAY_TITLES,
    DonationState,
    Form,
    ReceiptState,
    SheetState,
    Way,
)
from core.i18n import N_
from core.parties.model import Party
from core.search.lists import Condition, RecordList, choices, equals, year_of
from core.values.cells import Shown, term
from core.values.listing import Align, ColumnSpec, FilterSpec
from core.values.money import Money


def month_of(column: Any) -> Condition:
    """A filter by the month of a day, written 2026-07."""

    def condition(_session: Session, value: str) -> ColumnElement[bool]:
        match = re.fullmatch(r"(19\d\d|[2-8]\d{3})-(0[1-9]|1[0-2])", value)
        if match is None:
            raise InputError.of("month", "values.number_format", value=value)
        year, month = int(match[1]), int(match[2])
        until = date(year + month // 12, month % 12 + 1, 1)
        return and_(column >= date(year, month, 1), column < until)

    return condition


def _donation_state(session: Session, value: str) -> ColumnElement[bool]:
    if value == "no_receipt":
        return Donation.state.in_((DonationState.ARRIVED, DonationState.REVIEWED))
    if value == "freed":
        return Donation.freed > Money(0)
    return equals(Donation.state, DonationState)(session, value)


def _receipt_state(session: Session, value: str) -> ColumnElement[bool]:
    if value == "asked":
        waiting = select(ReceiptChange.receipt_id).where(ReceiptChange.decided_at.is_(None))
        return Receipt.id.in_(waiting)
    return equals(Receipt.state, ReceiptState)(session, value)


def _amount(value: object) -> object:
    return value if value is not None else Shown(None, NO_AMOUNT)


DONATIONS = RecordList(
    kind="donation",
    columns=(
        ColumnSpec("code", N_("Donation"), 10),
        ColumnSpec("donor", N_("Donor"), 16),
        ColumnSpec("amount", N_("Amount (yuan)"), 9, Align.RIGHT),
        ColumnSpec("received_on", N_("Received on"), 7, Align.CENTRE),
        ColumnSpec("state", N_("State"), 9),
        ColumnSpec("purpose", N_("Purpose"), 9),
        ColumnSpec("form", N_("Form"), 6),
        ColumnSpec("receipt", N_("Receipt No."), 12, sortable=False),
        ColumnSpec("bank_reference", N_("Bank reference"), 12),
    ),
    key=Donation.id.expression,
    orders={
        "received_on": Donation.received_on.expression,
        "code": Donation.code.expression,
        "donor": Party.pinyin.expression,
        "form": Donation.form.expression,
        "amount": Donation.amount.expression,
        "purpose": Purpose.code.expression,
        "state": Donation.state.expression,
        "bank_reference": Donation.bank_reference.expression,
    },
    texts=(
        Donation.code.expression,
        Party.name.expression,
        Donation.bank_reference.expression,
        Donation.note.expression,
    ),
    fetch=select(
        Donation.id,
        Donation.code,
        Party.name,
        Donation.form,
        Donation.received_on,
        Donation.amount,
        Purpose.name,
        Donation.state,
        Receipt.number,
        Donation.bank_reference,
    )
    .join(Donor, Donor.id == Donation.donor_id)
    .join(Party, Party.id == Donor.party_id)
    .join(Purpose, Purpose.id == Donation.purpose_id)
    .outerjoin(Receipt, Receipt.id == Donation.receipt_id),
    cells=lambda row: (
        row[1],
        row[2],
        _amount(row[5]),
        row[4],
        term(row[7], DONATION_TITLES),
        row[6],
        term(row[3], FORM_TITLES),
        row[8] or "",
        row[9],
    ),
    conditions={
        "state": _donation_state,
        "form": equals(Donation.form, Form),
        "year": year_of(Donation.received_on),
        "month": month_of(Donation.received_on),
        "purpose": lambda _session, value: or_(Purpose.code == value, Purpose.name == value),
    },
    offers=(
        FilterSpec(
            "state",
            N_("State"),
            (
                ("no_receipt", N_("Without a receipt")),
                *choices(DONATION_TITLES),
                ("freed", N_("With a part to pay back")),
            ),
        ),
        FilterSpec("form", N_("Form"), choices(FORM_TITLES)),
        FilterSpec("year", N_("Year"), ()),
        FilterSpec("month", N_("Month"), ()),
        FilterSpec("purpose", N_("Purpose"), ()),
    ),
)

RECEIPTS = RecordList(
    kind="receipt",
    columns=(
        ColumnSpec("number", N_("Receipt No."), 13),
        ColumnSpec("title", N_("Payer"), 16),
        ColumnSpec("amount", N_("Amount (yuan)"), 9, Align.RIGHT),
        ColumnSpec("issued_on", N_("Issued on"), 7, Align.CENTRE),
        ColumnSpec("state", N_("State"), 6),
        ColumnSpec("way", N_("Way"), 12),
        ColumnSpec("bill_code", N_("Code"), 6),
    ),
    key=Receipt.id.expression,
    orders={
        "issued_on": Receipt.issued_on.expression,
        "number": Receipt.number.expression,
        "way": Receipt.way.expression,
        "bill_code": Receipt.bill_code.expression,
        "title": Receipt.title.expression,
        "amount": Receipt.amount.expression,
        "state": Receipt.state.expression,
    },
    texts=(Receipt.number.expression, Receipt.title.expression, Receipt.bill_code.expression),
    fetch=select(
        Receipt.id,
        Receipt.number,
        Receipt.way,
        Receipt.bill_code,
        Receipt.title,
        Receipt.amount,
        Receipt.issued_on,
        Receipt.state,
    ),
    cells=lambda row: (
        row[1],
        row[4],
        _amount(row[5]),
        row[6],
        term(row[7], RECEIPT_TITLES),
        term(row[2], WAY_TITLES),
        row[3],
    ),
    conditions={
        "state": _receipt_state,
        "way": equals(Receipt.way, Way),
        "year": year_of(Receipt.issued_on),
    },
    offers=(
        FilterSpec(
            "state",
            N_("State"),
            (*choices(RECEIPT_TITLES), ("asked", N_("Change asked for"))),
        ),
        FilterSpec("way", N_("Way"), choices(WAY_TITLES)),
        FilterSpec("year", N_("Year"), ()),
    ),
)


def _in_book(_session: Session, value: str) -> ColumnElement[bool]:
    return StockBook.book_number == value


def _due(session: Session, value: str) -> ColumnElement[bool]:
    over = StockBook.use_until < today(session)
    return over if value == "yes" else ~over


SHEETS = RecordList(
    kind="receipt_sheet",
    columns=(
        ColumnSpec("number", N_("Sheet number"), 9),
        ColumnSpec("bill_code", N_("Code"), 7),
        ColumnSpec("book", N_("Book"), 7),
        ColumnSpec("state", N_("State"), 6),
        ColumnSpec("payer", N_("Payer"), 16, sortable=False),
        ColumnSpec("changed_on", N_("Changed on"), 7, Align.CENTRE, sortable=False),
        ColumnSpec("use_until", N_("Use until"), 7, Align.CENTRE),
        ColumnSpec("reason", N_("Reason"), 14, sortable=False),
    ),
    key=StockSheet.id.expression,
    orders={
        "number": StockSheet.number.expression,
        "bill_code": StockBook.bill_code.expression,
        "book": StockBook.book_number.expression,
        "state": StockSheet.state.expression,
        "use_until": StockBook.use_until.expression,
    },
    texts=(StockSheet.number.expression, StockBook.book_number.expression),
    fetch=select(
        StockSheet.id,
        StockSheet.number,
        StockBook.bill_code,
        StockBook.book_number,
        StockSheet.state,
        Receipt.title,
        StockSheet.changed_on,
        StockBook.use_until,
        StockSheet.reason,
    )
    .join(StockBook, StockBook.id == StockSheet.book_id)
    .outerjoin(Receipt, Receipt.id == StockSheet.receipt_id),
    cells=lambda row: (
        row[1],
        row[2],
        row[3],
        term(row[4], SHEET_TITLES),
        row[5] or "",
        row[6],
        row[7],
        row[8],
    ),
    descending=False,
    conditions={
        "state": equals(StockSheet.state, SheetState),
        "book": _in_book,
        "overdue": _due,
    },
    offers=(
        FilterSpec("state", N_("State"), choices(SHEET_TITLES)),
        FilterSpec("book", N_("Book"), ()),
        FilterSpec("overdue", N_("Overdue"), (("yes", N_("Yes")), ("no", N_("No")))),
    ),
)
