"""How a receipt stops counting: asked for by one person, decided by another; numbers stay."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from core import history, numbering, settings
from core.database import actor, load_for_edit, now, require, today
from core.documents.model import Document, DocumentForm, DocumentState
from core.documents.service import prepare, void
from core.errors import FieldError, InputError, RuleViolation
from core.fund.donations import DONATION
from core.fund.enclosures import KIND as LIST_KIND
from core.fund.face import NO_AMOUNT
from core.fund.index import index_receipt
from core.fund.model import Donation
from core.fund.official_receipts import Official, check_official
from core.fund.receipt_model import Receipt, ReceiptChange, ReceiptLine, StockSheet
from core.fund.receipts import RECEIPT
from core.fund.states import (
    WAY_CHINESE,
    ChangeKind,
    DonationState,
    ReceiptState,
    SheetState,
    Way,
)
from core.i18n import N_
from core.messages import register
from core.values.dates import chinese_date
from core.values.money import Money

register(
    {
        "fund.change_waits": N_("A request about {number} waits for its decision already."),
        "fund.change_none": N_("Nobody asked for a change of {number}."),
        "fund.change_same": N_("Whoever asked for it cannot decide it."),
        "fund.must_reverse": N_(
            "An official e-receipt is never void; it is reversed by a red one."
        ),
        "fund.must_void": N_("Only official e-receipts are reversed; this one is declared void."),
        "fund.copies_missing": N_("All three copies must be back first; missing: {missing}."),
        "fund.partial_off": N_(
            "This office reverses e-receipts whole; its settings allow no part of one."
        ),
        "fund.partial_amount": N_(
            "A part is more than nothing and less than the {left} yuan that are left of it."
        ),
        "fund.partial_gift": N_("Say which of the receipt's donations the part is taken from."),
    }
)

COPIES = ("存根", "收据", "记账")


@dataclass(frozen=True, kw_only=True)
class ChangeReceipt:
    """What is asked for.

    Attributes:
        copies: which copies of a stock receipt are back.
        used: whether the donor already booked or deducted it.
        red: the official red e-receipt of a reversal.
        part: how much of an e-receipt is reversed, where it is not all that is left.
        donation_id: the gift the part is taken from, needed where the receipt has several.
    """

    receipt_id: int
    version: int
    kind: ChangeKind
    reason: str
    copies: tuple[str, ...] = ()
    used: bool = False
    red: Official | None = None
    part: Money | None = None
    donation_id: int | None = None


def request_change(session: Session, command: ChangeReceipt) -> int:
    """Ask for a receipt to be declared void or reversed; a second person decides.

    Returns:
        id of the request.

    Raises:
        NotPermitted: without `fund.issue`.
        InputError: no reason, copies missing, wrong red e-receipt, wrong part.
        RuleViolation: not valid any more, the wrong kind of change, a request waits.
    """
    require(session, "fund.issue")
    if not command.reason.strip():
        raise InputError.of("reason", "fund.reason")
    receipt = load_for_edit(session, Receipt, command.receipt_id, command.version)
    _require_valid(receipt)
    _check_kind(session, receipt, command)
    if _open_request(session, receipt.id) is not None:
        raise RuleViolation("fund.change_waits", number=receipt.number)
    red = command.red
    change = ReceiptChange(
        receipt_id=receipt.id,
        kind=command.kind,
        reason=command.reason.strip(),
        copies="、".join(command.copies),
        used=command.used,
        red_code=red.bill_code.strip() if red else "",
        red_number=red.number.strip() if red else "",
        red_check=red.check_code.strip() if red else "",
        part=command.part,
        donation_id=_gift_of_part(session, receipt, command),
        requested_by=actor(session).account_id,
        requested_name=actor(session).name,
        requested_at=now(session),
    )
    session.add(change)
    session.flush()
    event = f"{command.kind.value}_requested"
    history.record(session, RECEIPT, receipt.id, event, reason=change.reason)
    return change.id


def _require_valid(receipt: Receipt) -> None:
    if receipt.state is not ReceiptState.ISSUED:
        raise RuleViolation("fund.receipt_gone", number=receipt.number)


def _check_kind(session: Session, receipt: Receipt, command: ChangeReceipt) -> None:
    official = receipt.way is Way.OFFICIAL
    if official and command.kind is ChangeKind.VOID:
        raise RuleViolation("fund.must_reverse")
    if not official and command.kind is ChangeKind.REVERSE:
        raise RuleViolation("fund.must_void")
    if receipt.way is Way.STOCK:
        missing = [one for one in COPIES if one not in command.copies]
        if missing:
            raise InputError(
                FieldError("copies", "fund.copies_missing", {"missing": "、".join(missing)})
            )
    if official:
        given = command.red or Official(
            bill_code="", number="", check_code="", issued_on=today(session)
        )
        left = remaining(session, receipt)
        taken = command.part if command.part is not None else left
        check_official(session, given, -taken if taken is not None else None)


def remaining(session: Session, receipt: Receipt) -> Money | None:
    """What a receipt still says after its red ones; None where it never had an amount."""
    if receipt.amount is None:
        return None
    reds = session.scalars(select(Receipt.amount).where(Receipt.negative_of_id == receipt.id))
    return sum((one for one in reds if one is not None), receipt.amount)


def _gift_of_part(session: Session, receipt: Receipt, command: ChangeReceipt) -> int | None:
    """The donation a part is taken from.

    Raises:
        RuleViolation: the office reverses whole receipts only, or voids this kind.
        InputError: field `donation`, or `part` is not between nothing and what is left.
    """
    if command.part is None:
        return None
    if receipt.way is not Way.OFFICIAL or not settings.get(session, "fund.partial_reversal"):
        raise RuleViolation("fund.partial_off")
    ids = set(
        session.scalars(
            select(ReceiptLine.donation_id).where(
                ReceiptLine.receipt_id == receipt.id, ReceiptLine.live
            )
        )
    )
    chosen = command.donation_id if command.donation_id is not None else min(ids)
    if chosen not in ids or (command.donation_id is None and len(ids) > 1):
        raise InputError.of("donation", "fund.partial_gift")
    _check_part(session, chosen, command.part)
    return chosen


def _check_part(session: Session, donation_id: int, part: Money) -> Donation:
    donation = session.get_one(Donation, donation_id, with_for_update=True)
    left = (donation.amount or Money(0)) - donation.freed
    if not Money(0) < part < left:
        raise InputError.of("part", "fund.partial_amount", left=left)
    return donation


def _open_request(session: Session, receipt_id: int) -> ReceiptChange | None:
    return session.scalar(
        select(ReceiptChange)
        .where(ReceiptChange.receipt_id == receipt_id, ReceiptChange.decided_at.is_(None))
        .with_for_update()
    )


def decide_change(session: Session, receipt_id: int, version: int, *, agree: bool) -> None:
    """The second person agrees or refuses; agreed, the gift is free for a new receipt.

    Raises:
        NotPermitted: without `fund.review`.
        RuleViolation: no request, the same person, or the letter still waits for its signature.
    """
    require(session, "fund.review")
    receipt = load_for_edit(session, Receipt, receipt_id, version)
    change = _open_request(session, receipt_id)
    if change is None:
        raise RuleViolation("fund.change_none", number=receipt.number)
    who = actor(session)
    if who.account_id == change.requested_by:
        raise RuleViolation("fund.change_same")
    change.decided_by, change.decided_name = who.account_id, who.name
    change.decided_at, change.agreed = now(session), agree
    if not agree:
        history.record(session, RECEIPT, receipt_id, "change_refused")
        session.flush()
        return
    _require_valid(receipt)
    _end(session, receipt, change)
    _prepare_sheet(session, receipt, change)
    session.flush()


def _end(session: Session, receipt: Receipt, change: ReceiptChange) -> None:
    if change.part is not None:
        _take_part(session, receipt, change)
        return
    receipt.stated_on = today(session)
    if change.kind is ChangeKind.VOID:
        receipt.state = ReceiptState.VOID
        _void_number(session, receipt, change.reason)
    else:
        receipt.state = ReceiptState.REVERSED
        _add_red(session, receipt, change)
    lines = session.scalars(
        select(ReceiptLine).where(ReceiptLine.receipt_id == receipt.id, ReceiptLine.live)
    )
    for line in lines:
        line.live = False
        donation = session.get_one(Donation, line.donation_id, with_for_update=True)
        donation.receipt_id, donation.state = None, DonationState.REVIEWED
        donation.freed = Money(0)
        facts = {"number": receipt.number, "state": receipt.state.value}
        history.record(session, DONATION, donation.id, "freed", data=facts)
    _void_lists(session, receipt, change.reason)
    history.record(session, RECEIPT, receipt.id, receipt.state.value, reason=change.reason)
    session.flush()


def _void_lists(session: Session, receipt: Receipt, reason: str) -> None:
    """The lists that went with a receipt end with it; an unsigned one says so by its status."""
    lists = session.scalars(
        select(Document.id).where(
            Document.record_kind == RECEIPT,
            Document.record_id == receipt.id,
            Document.kind == LIST_KIND,
            Document.form == DocumentForm.ORIGINAL,
            Document.state == DocumentState.ISSUED,
        )
    )
    for document_id in lists.all():
        void(session, document_id, reason)


def _take_part(session: Session, receipt: Receipt, change: ReceiptChange) -> None:
    """A part is reversed: the receipt stays valid over the rest, the gift stays in it."""
    assert change.part is not None
    assert change.donation_id is not None
    donation = _check_part(session, change.donation_id, change.part)
    _add_red(session, receipt, change)
    donation.freed += change.part
    facts = {"number": receipt.number, "amount": change.part.plain}
    history.record(session, DONATION, donation.id, "part_freed", data=facts)
    history.record(session, RECEIPT, receipt.id, "part_reversed", reason=change.reason, data=facts)
    # The receipt says less now: whoever still has it on the screen must look again.
    receipt.stated_on = today(session)
    flag_modified(receipt, "stated_on")
    session.flush()


def _void_number(session: Session, receipt: Receipt, reason: str) -> None:
    if receipt.way is Way.STOCK:
        sheet = session.scalars(select(StockSheet).where(StockSheet.receipt_id == receipt.id)).one()
        sheet.state, sheet.reason, sheet.changed_on = SheetState.VOID, reason, today(session)
        return
    assert receipt.document_id is not None  # our own letter
    document = session.get_one(Document, receipt.document_id)
    void(session, document.id, reason)
    assert document.number_id is not None
    numbering.settle(session, document.number_id, numbering.NumberState.VOID, reason)


def _add_red(session: Session, receipt: Receipt, change: ReceiptChange) -> None:
    assert change.decided_by is not None  # agreed
    left = change.part if change.part is not None else remaining(session, receipt)
    amount = -left if left is not None else None
    total = {"total": str(amount), "total_capital": amount.capitals()} if amount else {}
    red = Receipt(
        way=receipt.way,
        number=change.red_number,
        bill_code=change.red_code,
        check_code=change.red_check,
        unit_id=receipt.unit_id,
        donor_id=receipt.donor_id,
        title=receipt.title,
        amount=amount,
        issued_on=today(session),
        facts={**receipt.facts, **total},
        state=ReceiptState.NEGATIVE,
        cashier_id=receipt.cashier_id,
        reviewer_id=change.decided_by,
        issuer_id=change.requested_by,
        negative_of_id=receipt.id,
    )
    session.add(red)
    session.flush()
    index_receipt(session, red)


def _prepare_sheet(session: Session, receipt: Receipt, change: ReceiptChange) -> None:
    """The approval sheet of texts.md 15; the number that follows is written in by hand."""
    amount = str(receipt.amount) if receipt.amount is not None else NO_AMOUNT
    red = session.scalar(
        select(Receipt.amount)
        .where(Receipt.negative_of_id == receipt.id)
        .order_by(Receipt.id.desc())
        .limit(1)
    )
    facts: dict[str, object] = {
        "receipt_kind": WAY_CHINESE[receipt.way],
        "bill_code": receipt.bill_code,
        "bill_number": receipt.number,
        "issued_on": receipt.issued_on,
        "payer": receipt.facts["payer"],
        "amount": amount,
        "reason": change.reason,
        "requested": f"{change.requested_name}　{_day(change, requested=True)}",
        "decided": f"{change.decided_name}　{_day(change, requested=False)}",
    }
    if change.kind is ChangeKind.VOID:
        facts["copies"] = change.copies or "电子签名原件，已声明作废"
        facts["paper"] = receipt.way is Way.STOCK
        kind = "receipt_void"
    else:
        facts |= {
            "check_code": receipt.check_code,
            "red_amount": str(red) if red is not None else NO_AMOUNT,
            "red_code": change.red_code,
            "red_number": change.red_number,
            "used": "是" if change.used else "否",
            "copies": change.copies or "无纸质打印件交回记录",
        }
        kind = "receipt_reversal"
    prepare(
        session,
        kind=kind,
        record_kind=RECEIPT,
        record_id=receipt.id,
        facts={key: value for key, value in facts.items() if value != ""},
    )


def _day(change: ReceiptChange, *, requested: bool) -> str:
    from core.clock import china_date

    at = change.requested_at if requested else change.decided_at
    return chinese_date(china_date(at)) if at else ""
