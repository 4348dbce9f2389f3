"""What the sample data demand of the fund, beside what the program made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from core.cli.sample_office import tables
from core.cli.sample_office.chapters import Shown
from core.cli.sample_office.fund_tables import PURPOSES, WAYS
from core.fund.matching import REASON_TITLES, Reason
from core.fund.states import (
    DONATION_TITLES,
    RECEIPT_TITLES,
    WAY_TITLES,
    DonationState,
    ReceiptState,
    Way,
)
from core.i18n import _
from core.values.money import Money

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.cli.sample_office.build import SampleOffice
    from core.fund.bank import LineProposal
    from core.fund.ereceipt import Fields
    from core.fund.model import Donation
    from core.fund.official_receipts import Official

#: Where each state of the sample data is in the program, and the receipts that go with it.
_STATES: dict[str, tuple[DonationState, tuple[ReceiptState, ...]]] = {
    "已开票": (DonationState.RECEIPTED, (ReceiptState.ISSUED,)),
    "已出具": (DonationState.RECEIPTED, (ReceiptState.ISSUED,)),
    "已冲红重开": (
        DonationState.RECEIPTED,
        (ReceiptState.REVERSED, ReceiptState.NEGATIVE, ReceiptState.ISSUED),
    ),
    "已作废重开": (DonationState.RECEIPTED, (ReceiptState.VOID, ReceiptState.ISSUED)),
    "已登记": (DonationState.REGISTERED, ()),
    "待复核": (DonationState.ARRIVED, ()),
}
#: What bars a receipt for the gifts that have none, and what always bars one.
_BARRED = {
    "N03": ("fund.money_missing", "fund.proof_missing"),
    "N08": ("fund.not_reviewed",),
}
#: What each line of the fragment must be: the donation, and what a person is told of it.
_LINES = {
    "滁州皖东栖岭热电有限公司": ("N01", Reason.NAME, True),
    "黄?": ("N07", Reason.LOST_CHARACTER, False),
    "王哲": ("N04", Reason.HOMOPHONE, False),
    "明光市第九十九中学工会委员会": ("N06", Reason.OTHER_PAYER, False),
    "样例银行": ("", Reason.INTEREST, False),
    "某文化传播有限公司": ("", Reason.SPONSORSHIP, False),
}
_BALANCES = {
    "T00": "7741.68",
    "T01": "68409.02",
    "T02": "200000.00",
    "T03": "3600.00",
    "T04": "0.00",
}


def judge_lines(found: Iterable[LineProposal]) -> list[Shown]:
    """Every line of the fragment as it was proposed, before anybody confirmed anything."""
    proposed = {one.payer_name: one for one in found}
    shown = []
    for payer, (code, reason, sure) in _LINES.items():
        line = proposed.get(payer)
        told = [] if line is None else [Reason(one) for one in line.reasons]
        says = (
            _proposed(line.donation, [reason] if reason in told else told, line.sure)
            if line
            else ""
        )
        wanted = _proposed(code, [reason], sure)
        shown.append(Shown(key=code or "—", what=payer, wanted=wanted, found=says))
    return shown


def judge_file(key: str, official: Official) -> Shown:
    """What is read from the file of an e-receipt, beside what was typed."""
    from core.fund.ereceipt import read_file

    found = read_file(official.data, official.filename)
    return Shown(
        key=key,
        what=_("Fields read from the e-receipt"),
        wanted=_fields(official),
        found=_fields(found),
    )


def _fields(one: Official | Fields) -> str:
    day = one.issued_on.isoformat() if one.issued_on else ""
    return f"{one.bill_code}-{one.number} {one.check_code} {day} {one.amount or ''}"


def _proposed(code: str, reasons: Iterable[Reason], sure: bool) -> str:
    words = "、".join(_(REASON_TITLES[one]) for one in reasons)
    decided = _("sure") if sure else _("to confirm") if code else _("no gift")
    return f"{code or '—'} {decided}（{words}）"


def judge(office: SampleOffice, session: Session) -> list[Shown]:
    """States, receipts, capitals, what bars the rest, the bank lines and the balances."""
    return [
        *_donations(session),
        *_barred(session),
        *office.shown,
        *_balances(session),
        _sound(session),
    ]


def _donations(session: Session) -> Iterator[Shown]:
    from core.fund.donations import find_donation

    for key, row in tables.donations().items():
        donation = find_donation(session, key)
        state, receipts = _STATES[row["state"]]
        way = WAYS.get(row["receipt_way"])
        wanted = _outcome(state, [(way, one) for one in receipts], row["amount_capital"])
        amount = donation.amount.capitals() if donation.amount is not None else ""
        found = _outcome(donation.state, _receipts(session, donation), amount)
        yield Shown(key=key, what=f"{row['form']} {row['purpose']}", wanted=wanted, found=found)


def _outcome(
    state: DonationState, receipts: Iterable[tuple[Way | None, ReceiptState]], amount: str
) -> str:
    words = [_(DONATION_TITLES[state])]
    words += [
        f"{_(WAY_TITLES[way]) if way else ''} {_(RECEIPT_TITLES[one])}" for way, one in receipts
    ]
    return "；".join(one for one in [*words, amount] if one)


def _receipts(session: Session, donation: Donation) -> list[tuple[Way | None, ReceiptState]]:
    """Way and state of every receipt of a donation, its red one behind the reversed."""
    from sqlalchemy import or_, select

    from core.fund.receipt_model import Receipt, ReceiptLine

    own = select(ReceiptLine.receipt_id).where(ReceiptLine.donation_id == donation.id)
    rows = session.execute(
        select(Receipt.way, Receipt.state)
        .where(or_(Receipt.id.in_(own), Receipt.negative_of_id.in_(own)))
        .order_by(Receipt.id)
    )
    return [(way, state) for way, state in rows]


def _barred(session: Session) -> Iterator[Shown]:
    """What bars a receipt on stock for the gifts that have none, with its reasons."""
    from core.fund.donations import find_donation
    from core.fund.judging import check

    for key, codes in _BARRED.items():
        found = check(session, [find_donation(session, key).id], Way.STOCK)
        says = "；".join(one.text for one in found)
        good = tuple(one.code for one in found) == codes
        yield Shown(key=key, what=_("Barred receipt"), wanted=says if good else "", found=says)


def _balances(session: Session) -> Iterator[Shown]:
    from sqlalchemy import select

    from core.fund.balances import wrong
    from core.fund.model import Purpose

    rows = session.execute(select(Purpose.code, Purpose.balance))
    held = {one.code: one.balance for one in rows}
    off = wrong(session)
    for code, wanted in _BALANCES.items():
        name = PURPOSES[code][0]
        found = str(held.get(code, "")) + (_(" (not the sum of its lines)") if name in off else "")
        yield Shown(key=code, what=name, wanted=str(Money.parse(wanted)), found=found)


def _sound(session: Session) -> Shown:
    """Balances, gifts, receipts, numbers and sheets explain each other."""
    from core.fund.soundness import faults

    found = "；".join(one.text for one in faults(session))
    return Shown(key="U01", what=_("The fund's own audit"), wanted="", found=found)
