"""Gifts of the sample office: noted, reviewed, receipted, corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.cli.sample_office import fund_judging, people, tables
from core.cli.sample_office.fund_tables import (
    donation_content,
    e_receipt,
)
from core.fund.states import Way
from core.values.money import Money

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.cli.sample_office.build import SampleOffice
    from core.cli.sample_office.people import Official
    from core.fund.official_receipts import Official as OfficialReceipt


Act = Callable[["SampleOffice"], None]


def note_gift(key: str, amount: str = "") -> Act:
    """The cashier notes a gift; `amount` where it was first noted wrongly."""

    def act(office: SampleOffice) -> None:
        from core.fund.donations import record

        content = donation_content(office, tables.donations()[key])
        if amount:
            content = replace(content, amount=Money.parse(amount))
        with office.database(people.CASHIER).write() as session:
            office.ids[key] = record(session, content)
        office.records.append((key, "donation", office.ids[key]))

    return act


def _do(who: Official, verb: str, key: str, *more: Any) -> Act:
    """A use case of donations on the gift as it is then."""

    def act(office: SampleOffice) -> None:
        from core.fund import donations

        with office.database(who).write() as session:
            row = donations.find_donation(session, key)
            getattr(donations, verb)(session, row.id, row.version, *more)

    return act


def let_arrive(key: str) -> Act:
    """The money arrives."""
    return _do(people.CASHIER, "arrive", key)


def review_gift(key: str) -> Act:
    """A second person reviews the gift."""
    return _do(people.RECEIPT_REVIEWER, "review", key)


def issue_receipt(key: str, way: Way, *, number: int = 0, title: str = "", after: str = "") -> Act:
    """Issue a receipt; `number` of an e-receipt, `after` the key of the one it replaces."""

    def act(office: SampleOffice) -> None:
        from core.fund.donations import find_donation
        from core.fund.receipt_model import Receipt
        from core.fund.receipts import IssueReceipt, issue

        with office.database(people.RECEIPT_ISSUER).write() as session:
            row = find_donation(session, key)
            replaced = session.get_one(Receipt, office.ids[after]).number if after else ""
            official = _official(office, session, key, number) if number else None
            if official is not None:
                office.shown.append(fund_judging.judge_file(key, official))
            command = IssueReceipt(
                donations=((row.id, row.version),),
                way=way,
                title=title,
                official=official,
                replaces=replaced,
            )
            receipt = issue(session, command)
        name = f"{key}-again" if after else f"{key}-receipt"
        office.ids[name] = receipt
        office.records.append((key, "receipt", receipt))

    return act


def _official(office: SampleOffice, session: Session, key: str, number: int) -> OfficialReceipt:
    from core.fund.donations import find_donation

    amount = find_donation(session, key).amount
    assert amount is not None  # gifts with an e-receipt are money
    return e_receipt(office, key, number, amount)


def undo_gift(key: str, reason: str, red: int = 0) -> Act:
    """The issuer asks, the reviewer agrees: void, or reversed with the number of the red one."""

    def act(office: SampleOffice) -> None:
        from core.fund.changes import COPIES, ChangeReceipt, decide_change, request_change
        from core.fund.receipt_model import Receipt
        from core.fund.states import ChangeKind

        receipt = office.ids[f"{key}-receipt"]
        with office.database(people.RECEIPT_ISSUER).write() as session:
            row = session.get_one(Receipt, receipt)
            assert row.amount is not None
            command = ChangeReceipt(
                receipt_id=receipt,
                version=row.version,
                kind=ChangeKind.REVERSE if red else ChangeKind.VOID,
                reason=reason,
                copies=() if red else COPIES,
                red=e_receipt(office, key, red, -row.amount) if red else None,
            )
            request_change(session, command)
        with office.database(people.RECEIPT_REVIEWER).write() as session:
            row = session.get_one(Receipt, receipt)
            decide_change(session, receipt, row.version, agree=True)

    return act


def correct_gift(key: str, reason: str) -> Act:
    """A wrong name or sum is put right."""

    def act(office: SampleOffice) -> None:
        from core.fund.donations import correct, find_donation

        content = donation_content(office, tables.donations()[key])
        with office.database(people.CASHIER).write() as session:
            row = find_donation(session, key)
            correct(session, row.id, row.version, content, reason)

    return act
