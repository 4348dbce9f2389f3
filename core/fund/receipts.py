"""Issuing receipts: official ones recorded, stock ones overprinted, our own letters signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import attachments, history, numbering
from core.database import actor, load_for_edit, require, today
from core.documents.service import prepare
from core.errors import InputError, NotFound, RuleViolation
from core.fund import face
from core.fund.donations import DONATION
from core.fund.enclosures import prepare_list
from core.fund.index import index_receipt
from core.fund.judging import Desk, judge
from core.fund.model import Donation
from core.fund.official_receipts import Official, check_official
from core.fund.receipt_model import Receipt, ReceiptLine, StockBook, StockSheet
from core.fund.rules import Severity, refuse
from core.fund.states import DonationState, ReceiptState, SheetState, Way
from core.fund.stock import next_sheet
from core.i18n import N_
from core.messages import register
from core.requests import once

register(
    {
        "fund.official_code": N_("An e-receipt has a code of 8 digits."),
        "fund.official_number": N_("An e-receipt has a number of 10 digits."),
        "fund.official_check": N_("The check code of an e-receipt has 6 letters or digits."),
        "fund.official_amount": N_("The e-receipt says {amount} yuan, the donation {expected}."),
        "fund.official_known": N_("The e-receipt {number} is recorded already."),
        "fund.receipt_unknown": N_("There is no receipt {number}."),
        "fund.replaces": N_("{number} is valid or was issued again already; it is not replaced."),
        "fund.official_late": N_("The e-receipt cannot be dated in the future."),
    }
)

RECEIPT = "receipt"


@dataclass(frozen=True, kw_only=True)
class IssueReceipt:
    """A receipt that is wanted.

    Attributes:
        donations: id and version of each donation; several of one donor make a joint receipt.
        title: payer as printed, where it is not the donor's.
        replaces: number of the void or reversed receipt this one follows 重开.
    """

    donations: tuple[tuple[int, int], ...]
    way: Way
    title: str = ""
    official: Official | None = None
    replaces: str = ""


def issue(
    session: Session,
    command: IssueReceipt,
    request: UUID | None = None,
    desk: Desk | None = None,
) -> int:
    """Issue one receipt: its data and its number are frozen in the caller's transaction.

    A letter of our own waits for its signature afterwards (`documents.issue_pending`).

    Args:
        session: a write session.
        command: what is wanted.
        request: id of the command, so that a repeat gives the receipt made the first time.
        desk: shared by the receipts of a batch, so that each looks up less.

    Returns:
        id of the receipt.

    Raises:
        NotPermitted: without `fund.issue`.
        RuleViolation: what the rule list says; `fund.stock_empty`; `fund.replaces`.
        StaleRecord: a donation was changed since it was seen.
        InputError: wrong fields of an official e-receipt.
    """
    require(session, "fund.issue")
    return once(session, request, RECEIPT, lambda: _issue(desk or Desk(session), command))


def issue_each(session: Session, donations: Sequence[tuple[int, int]], way: Way) -> list[int]:
    """A receipt of its own for each donation, all of them or none."""
    require(session, "fund.issue")
    desk = Desk(session)
    desk.gather([donation_id for donation_id, _version in donations])
    return [_issue(desk, IssueReceipt(donations=(one,), way=way)) for one in sorted(donations)]


def waiting_gifts(
    session: Session, donor_id: int, year: int | None = None
) -> tuple[tuple[int, int], ...]:
    """Id and version of a donor's reviewed gifts without a receipt, the oldest first.

    Args:
        session: a session.
        donor_id: the donor.
        year: only gifts of this year, which one annual receipt may join.
    """
    chosen = (
        select(Donation.id, Donation.version)
        .where(Donation.donor_id == donor_id, Donation.state == DonationState.REVIEWED)
        .order_by(Donation.received_on, Donation.id)
    )
    if year is not None:
        chosen = chosen.where(Donation.received_on.between(date(year, 1, 1), date(year, 12, 31)))
    return tuple((row.id, row.version) for row in session.execute(chosen))


def _issue(desk: Desk, command: IssueReceipt) -> int:
    session = desk.session
    if not command.donations:
        raise InputError.of("donations", "fund.nothing_chosen")
    rows = [
        load_for_edit(session, Donation, donation_id, version)
        for donation_id, version in sorted(command.donations)
    ]
    found = judge(desk, rows, command.way)
    refuse(found)
    replaced = _replaced(session, command.replaces)
    donor = desk.donor(rows[0].donor_id)
    title = command.title.strip() or donor.title
    facts = face.receipt_facts(session, rows, donor, command.way, title)
    members = desk.members(rows)
    if members:
        facts["members"] = members
    facts |= _people(desk, rows)
    note = face.no_deduction([one.code for one in found if one.severity is Severity.NOTE])
    if note:
        facts["no_deduction"] = note
    receipt = _BY_WAY[command.way](session, command, rows, {**facts, "title": title})
    receipt.replaces_id = replaced.id if replaced else None
    _keep(session, receipt, rows)
    _after(session, receipt, command, facts)
    prepare_list(session, receipt, rows)
    return receipt.id


def _people(desk: Desk, rows: Sequence[Donation]) -> dict[str, str]:
    return {
        "cashier": desk.name(rows[0].cashier_id),
        "reviewer": desk.name(rows[0].reviewer_id),
        "issuer": actor(desk.session).name,
    }


def _row(
    session: Session, command: IssueReceipt, rows: Sequence[Donation], facts: dict[str, Any]
) -> Receipt:
    assert rows[0].cashier_id is not None  # reviewed
    assert rows[0].reviewer_id is not None
    title = facts.pop("title")
    return Receipt(
        way=command.way,
        unit_id=rows[0].unit_id,
        donor_id=rows[0].donor_id,
        title=title,
        amount=face.total_of(rows),
        issued_on=today(session),
        facts=facts,
        state=ReceiptState.ISSUED,
        cashier_id=rows[0].cashier_id,
        reviewer_id=rows[0].reviewer_id,
        issuer_id=actor(session).account_id,
    )


def _official(
    session: Session, command: IssueReceipt, rows: Sequence[Donation], facts: dict[str, Any]
) -> Receipt:
    given = command.official or Official(
        bill_code="", number="", check_code="", issued_on=today(session)
    )
    check_official(session, given, face.total_of(rows))
    receipt = _row(session, command, rows, facts)
    receipt.bill_code, receipt.number = given.bill_code.strip(), given.number.strip()
    receipt.check_code, receipt.issued_on = given.check_code.strip(), given.issued_on
    return receipt


def _stock(
    session: Session, command: IssueReceipt, rows: Sequence[Donation], facts: dict[str, Any]
) -> Receipt:
    sheet, book = next_sheet(session, rows[0].unit_id)
    receipt = _row(session, command, rows, facts)
    receipt.bill_code, receipt.number = book.bill_code, sheet.number
    return receipt


def _own(
    session: Session, command: IssueReceipt, rows: Sequence[Donation], facts: dict[str, Any]
) -> Receipt:
    receipt = _row(session, command, rows, facts)
    number = numbering.take(session, "confirmation", record_kind=RECEIPT, record_id=None)
    session.info["receipt_number"] = number
    receipt.number = number.text
    return receipt


_BY_WAY = {Way.OFFICIAL: _official, Way.STOCK: _stock, Way.OWN: _own}


def _keep(session: Session, receipt: Receipt, rows: Sequence[Donation]) -> None:
    session.add(receipt)
    session.flush()
    index_receipt(session, receipt)
    for row in rows:
        session.add(
            ReceiptLine(receipt_id=receipt.id, donation_id=row.id, amount=row.amount, live=True)
        )
        row.receipt_id, row.state = receipt.id, DonationState.RECEIPTED
        history.record(session, DONATION, row.id, "receipted", data={"number": receipt.number})
    session.flush()


def _after(
    session: Session, receipt: Receipt, command: IssueReceipt, facts: dict[str, Any]
) -> None:
    if receipt.way is Way.STOCK:
        _use_sheet(session, receipt)
    if receipt.way is Way.OFFICIAL and command.official and command.official.data:
        given = command.official
        attachments.attach(
            session, RECEIPT, receipt.id, "e_receipt", given.filename or "receipt.pdf", given.data
        )
    if receipt.way is Way.OWN:
        number: numbering.TakenNumber = session.info.pop("receipt_number")
        numbering.bind(session, number, receipt.id)
        receipt.document_id = prepare(
            session,
            kind="donation_confirmation",
            record_kind=RECEIPT,
            record_id=receipt.id,
            facts=facts,
            number=number,
        ).id
    history.record(session, RECEIPT, receipt.id, "issued", data={"way": receipt.way.value})
    session.flush()


def _use_sheet(session: Session, receipt: Receipt) -> None:
    sheet = session.scalars(
        select(StockSheet)
        .join(StockBook, StockBook.id == StockSheet.book_id)
        .where(StockBook.bill_code == receipt.bill_code, StockSheet.number == receipt.number)
    ).one()
    sheet.receipt_id, sheet.state = receipt.id, SheetState.USED
    sheet.changed_on = today(session)


def _replaced(session: Session, number: str) -> Receipt | None:
    if not number.strip():
        return None
    old = find_receipt(session, number)
    again = session.scalar(select(Receipt.id).where(Receipt.replaces_id == old.id))
    if old.state not in {ReceiptState.VOID, ReceiptState.REVERSED} or again is not None:
        raise RuleViolation("fund.replaces", number=old.number)
    return old


def find_receipt(session: Session, number: str) -> Receipt:
    """The receipt of that number: of the series, of the sheet, or `code-number`.

    Raises:
        NotFound: there is none.
    """
    text = number.strip()
    code, dash, rest = text.partition("-")
    chosen = select(Receipt).where(Receipt.number == (rest if dash else text))
    if dash:
        chosen = chosen.where(Receipt.bill_code == code)
    row = session.scalars(chosen.order_by(Receipt.id.desc()).limit(1)).first()
    if row is None:
        raise NotFound("fund.receipt_unknown", number=text)
    return row
