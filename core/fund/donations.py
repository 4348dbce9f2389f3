"""Donations: noted by the cashier, arrived, reviewed by a second person; refunded, moved, corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history, numbering
from core.database import actor, load_for_edit, now, require, today
from core.errors import InputError, NotFound, RuleViolation
from core.fund.balances import book
from core.fund.donation_input import DonationContent, Item, check_content
from core.fund.index import index_donation
from core.fund.model import Donation, DonationItem, DonationMember, Donor, Pledge
from core.fund.states import DONATION_TITLES, DonationState
from core.i18n import N_, _
from core.messages import register
from core.requests import once
from core.values.money import Money

register(
    {
        "fund.donor_unknown": N_("There is no such donor."),
        "fund.amount_missing": N_("Enter the amount; only a gift in kind may be without one."),
        "fund.amount_large": N_("A donation is {most} yuan at most; look at the amount again."),
        "fund.member_missing": N_("Every giver of the list needs a name and an amount above zero."),
        "fund.amount_unproven": N_(
            "Without proof of value no amount may be written; name items and quantities only."
        ),
        "fund.amount_items": N_("The items add up to {total} yuan, not {amount} yuan."),
        "fund.item_missing": N_("Name at least one item with its quantity."),
        "fund.members_sum": N_("The list of givers adds up to {total} yuan, not {amount} yuan."),
        "fund.future": N_("{day} is in the future."),
        "fund.code_taken": N_("The number {code} is already a donation of the register."),
        "fund.locked": N_(
            "{code} is in the valid receipt {number} and locked; void or reverse the receipt first."
        ),
        "fund.wrong_state": N_("{code} is “{state}”; this cannot be done with it now."),
        "fund.cashier_reviews": N_("{code}: whoever took the money cannot review it."),
        "fund.same_donor": N_("This donation already belongs to that donor."),
        "fund.no_amount": N_("{code} has no amount; there is nothing to pay back."),
    }
)

DONATION = "donation"
#: Characters of a payer's account that are kept.
TAIL = 4
OPEN = (DonationState.ARRIVED, DonationState.REVIEWED)


_PLAIN = (
    "donor_id", "unit_id", "purpose_id", "form", "received_on", "amount", "nature", "campaign_id",
    "pledge_id", "restricted", "anonymous",
)  # fmt: skip
_TEXTS = (
    "bank_reference", "payer_name", "payer_tail", "agreement", "benefit", "note",
)  # fmt: skip


def record(session: Session, content: DonationContent, request: UUID | None = None) -> int:
    """Note a donation; nothing is booked before it has arrived.

    Args:
        session: a write session.
        content: the form.
        request: id of the command, so that a repeat after a lost connection makes nothing twice.

    Returns:
        its id.

    Raises:
        NotPermitted: without `fund.record`.
        InputError: every wrong field at once.
    """
    require(session, "fund.record")

    def make() -> int:
        errors = check_content(content, today(session))
        if errors:
            raise InputError(*errors)
        _check_known(session, content)
        row = _new(session, content)
        history.record(session, DONATION, row.id, "registered")
        if not content.code.strip():
            numbering.bind(session, _taken(session), row.id)
        return row.id

    return once(session, request, "donation", make)


def _taken(session: Session) -> numbering.TakenNumber:
    taken: numbering.TakenNumber = session.info.pop("donation_number")
    return taken


def _check_known(session: Session, content: DonationContent) -> None:
    if session.get(Donor, content.donor_id) is None:
        raise InputError.of("donor", "fund.donor_unknown")
    if content.pledge_id is not None:
        pledge = session.get(Pledge, content.pledge_id)
        if pledge is None:
            raise NotFound("record.not_found")
        if pledge.cancelled_reason:
            raise RuleViolation("fund.pledge_cancelled", reason=pledge.cancelled_reason)
    code = content.code.strip()
    if code and session.scalar(select(Donation.id).where(Donation.code == code)):
        raise InputError.of("code", "fund.code_taken", code=code)


def _new(session: Session, content: DonationContent) -> Donation:
    code = content.code.strip()
    if not code:
        number = numbering.take(session, DONATION, record_kind=DONATION, record_id=None)
        session.info["donation_number"] = number
        code = number.text
    row = new_row(content, code, actor(session).account_id)
    row.recorded_at = now(session)
    session.add(row)
    session.flush()
    add_parts(session, row.id, content)
    index_donation(session, row)
    return row


def new_row(content: DonationContent, code: str, cashier: int) -> Donation:
    """The row of a donation that has not arrived; the caller adds it."""
    row = Donation(code=" ".join(code.split()), state=DonationState.REGISTERED, cashier_id=cashier)
    _fill(row, content)
    return row


def _fill(row: Donation, content: DonationContent) -> None:
    for name in _PLAIN:
        setattr(row, name, getattr(content, name))
    for name in _TEXTS:
        setattr(row, name, " ".join(getattr(content, name).split()))
    # Of an account no more is kept than what tells payers apart: as much as a statement has.
    row.payer_tail = "".join(one for one in row.payer_tail if one.isalnum())[-TAIL:]


def add_parts(session: Session, donation_id: int, content: DonationContent) -> None:
    """Store the goods and the givers of a donation."""
    session.add_all(
        DonationItem(
            donation_id=donation_id,
            name=one.name.strip(),
            specification=one.specification.strip(),
            unit=one.unit.strip(),
            quantity=one.quantity,
            unit_price=one.unit_price,
            basis=one.basis.strip(),
            proof=one.proof.strip(),
        )
        for one in content.items
    )
    session.add_all(
        DonationMember(donation_id=donation_id, name=name.strip(), amount=amount)
        for name, amount in content.members
    )
    session.flush()


def _open(session: Session, donation_id: int, version: int, *states: DonationState) -> Donation:
    row = load_for_edit(session, Donation, donation_id, version)
    if row.state is DonationState.RECEIPTED and DonationState.RECEIPTED not in states:
        raise RuleViolation("fund.locked", code=row.code, number=receipt_number(session, row))
    if row.state not in states:
        state = _(DONATION_TITLES[row.state])
        raise RuleViolation("fund.wrong_state", code=row.code, state=state)
    return row


def receipt_number(session: Session, row: Donation) -> str:
    """The number of the valid receipt a donation is in, or empty."""
    from core.fund.receipt_model import Receipt

    found = session.get(Receipt, row.receipt_id) if row.receipt_id else None
    return found.number if found else ""


def arrive(session: Session, donation_id: int, version: int) -> None:
    """The money is on the account (the goods are here): the purpose is credited.

    Raises:
        NotPermitted: without `fund.record`.
        RuleViolation: it arrived before, was refunded, ...
    """
    require(session, "fund.record")
    row = _open(session, donation_id, version, DonationState.REGISTERED)
    row.state = DonationState.ARRIVED
    row.cashier_id = actor(session).account_id
    if row.amount is not None and row.form.is_money:
        book(session, row.purpose_id, row.amount, "gift", (DONATION, row.id), row.received_on)
    history.record(session, DONATION, row.id, "arrived")
    session.flush()


def review(session: Session, donation_id: int, version: int) -> None:
    """A second person agrees that a receipt may be issued.

    Raises:
        NotPermitted: without `fund.review`.
        RuleViolation: `fund.cashier_reviews`, or it has not arrived.
    """
    require(session, "fund.review")
    row = _open(session, donation_id, version, DonationState.ARRIVED)
    if row.cashier_id == actor(session).account_id:
        raise RuleViolation("fund.cashier_reviews", code=row.code)
    row.state = DonationState.REVIEWED
    row.reviewer_id = actor(session).account_id
    history.record(session, DONATION, row.id, "reviewed")
    session.flush()


def correct(
    session: Session, donation_id: int, version: int, content: DonationContent, reason: str
) -> None:
    """Put right what was noted wrongly; a donation in a valid receipt is locked.

    The balances follow, and a review starts anew.

    Raises:
        NotPermitted: without `fund.record`.
        RuleViolation: `fund.locked`, or a balance would go below zero.
        InputError: wrong fields, or no reason.
    """
    require(session, "fund.record")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    row = _open(session, donation_id, version, DonationState.REGISTERED, *OPEN)
    errors = check_content(content, today(session))
    if errors:
        raise InputError(*errors)
    if row.donor_id != content.donor_id and row.state is not DonationState.REGISTERED:
        raise InputError.of("donor", "fund.rebook_instead")
    before = {"amount": row.amount.plain if row.amount else "", "purpose": row.purpose_id}
    old, old_purpose = _booked(row), row.purpose_id
    _fill(row, content)
    _replace_parts(session, row.id, content)
    _rebalance(session, row, old, old_purpose)
    if row.state in OPEN:
        row.state, row.reviewer_id = DonationState.ARRIVED, None
        row.cashier_id = actor(session).account_id
    index_donation(session, row)
    history.record(session, DONATION, row.id, "corrected", reason=reason.strip(), data=before)
    session.flush()


def _booked(row: Donation) -> Money:
    counts = row.state in OPEN and row.form.is_money and row.amount is not None
    return row.amount if counts and row.amount is not None else Money(0)


def _rebalance(session: Session, row: Donation, old: Money, old_purpose: int) -> None:
    new, record_ = _booked(row), (DONATION, row.id)
    if row.purpose_id == old_purpose:
        moves: Sequence[tuple[int, Money]] = ((row.purpose_id, new - old),)
    else:
        moves = ((old_purpose, -old), (row.purpose_id, new))
    for purpose, change in moves:
        if change != Money(0):
            book(session, purpose, change, "correction", record_, today(session))


def _replace_parts(session: Session, donation_id: int, content: DonationContent) -> None:
    for model in (DonationItem, DonationMember):
        for part in session.scalars(select(model).where(model.donation_id == donation_id)):
            session.delete(part)
    session.flush()
    add_parts(session, donation_id, content)


def refund(session: Session, donation_id: int, version: int, reason: str) -> None:
    """Pay a donation back: only without a valid receipt, and only what the purpose still holds.

    Of a donation in a receipt that was reversed in part, that part is paid back; the donation stays
    in its receipt with what is left.

    Raises:
        NotPermitted: without `fund.refund`.
        RuleViolation: `fund.locked` while a receipt is valid, `fund.balance_short`.
        InputError: without a reason.
    """
    require(session, "fund.refund")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    row = load_for_edit(session, Donation, donation_id, version)
    partly = row.state is DonationState.RECEIPTED and row.freed > Money(0)
    if not partly:
        row = _open(session, donation_id, version, *OPEN)
    if row.amount is None:
        raise RuleViolation("fund.no_amount", code=row.code)
    amount = row.freed if partly else _booked(row)
    if amount != Money(0) and row.form.is_money:
        book(session, row.purpose_id, -amount, "refund", (DONATION, row.id), today(session))
    if partly:
        row.amount, row.freed = row.amount - amount, Money(0)
    else:
        row.state = DonationState.REFUNDED
    facts = {"amount": amount.plain}
    event = "part_refunded" if partly else "refunded"
    history.record(session, DONATION, row.id, event, reason=reason.strip(), data=facts)
    session.flush()


def rebook(session: Session, donation_id: int, version: int, donor_id: int, reason: str) -> int:
    """Move a donation to another donor: the old one ends, a new one follows from it.

    A receipt names the wrong donor, so it must be void or reversed before.

    Returns:
        id of the new donation; it has arrived and waits for its review.

    Raises:
        NotPermitted: without `fund.rebook`.
        RuleViolation: `fund.locked`, `fund.same_donor`.
        InputError: no reason, unknown donor.
    """
    require(session, "fund.rebook")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    row = _open(session, donation_id, version, *OPEN)
    if row.donor_id == donor_id:
        raise RuleViolation("fund.same_donor")
    content = replace(content_of(session, row), donor_id=donor_id, code="")
    _check_known(session, content)
    amount, on = _booked(row), today(session)
    new = _new(session, content)
    numbering.bind(session, _taken(session), new.id)
    new.state, new.rebooked_from_id, new.cashier_id = DonationState.ARRIVED, row.id, row.cashier_id
    if amount != Money(0):
        book(session, row.purpose_id, -amount, "rebooking", (DONATION, row.id), on)
        book(session, new.purpose_id, amount, "rebooking", (DONATION, new.id), on)
    row.state = DonationState.REBOOKED
    facts = {"to": new.code}
    history.record(session, DONATION, row.id, "rebooked", reason=reason.strip(), data=facts)
    history.record(session, DONATION, new.id, "rebooked_from", data={"from": row.code})
    session.flush()
    return new.id


def content_of(session: Session, row: Donation) -> DonationContent:
    """A donation as its form shows it."""
    values = {name: getattr(row, name) for name in (*_PLAIN, *_TEXTS, "code")}
    items = session.scalars(select(DonationItem).where(DonationItem.donation_id == row.id))
    members = session.scalars(select(DonationMember).where(DonationMember.donation_id == row.id))
    return DonationContent(
        **values,
        items=tuple(
            Item(
                name=one.name,
                quantity=one.quantity,
                specification=one.specification,
                unit=one.unit,
                unit_price=one.unit_price,
                basis=one.basis,
                proof=one.proof,
            )
            for one in items
        ),
        members=tuple((one.name, one.amount) for one in members),
    )


def find_donation(session: Session, code: str) -> Donation:
    """The donation of that number (or id).

    Raises:
        NotFound: there is none.
    """
    text = code.strip()
    row = session.scalar(select(Donation).where(Donation.code == text))
    if row is None and text.isdigit():
        row = session.get(Donation, int(text))
    if row is None:
        raise NotFound("fund.donation_unknown", code=text)
    return row


register(
    {
        "fund.donation_unknown": N_("There is no donation {code}."),
        "fund.rebook_instead": N_(
            "The money has arrived in another donor's name: move it by re-booking."
        ),
    }
)
