"""The official receipt as it is copied from the tax authority's system, and its check."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import today
from core.errors import FieldError, InputError
from core.fund import face
from core.fund.receipt_model import Receipt
from core.fund.states import Way
from core.values.money import Money

_CHECK = re.compile(r"[0-9A-Za-z]{6}")


@dataclass(frozen=True, kw_only=True)
class Official:
    """An e-receipt of the finance department as it is recorded, with its file (PDF or OFD)."""

    bill_code: str
    number: str
    check_code: str
    issued_on: date
    amount: Money | None = None
    filename: str = ""
    data: bytes = b""


def check_official(session: Session, given: Official, expected: Money | None) -> None:
    """Whether an e-receipt can be recorded for this amount.

    Raises:
        InputError: every wrong field at once.
    """
    errors = []
    code, number = given.bill_code.strip(), given.number.strip()
    if not (code.isascii() and code.isdigit() and len(code) == 8):
        errors.append(FieldError("bill_code", "fund.official_code"))
    if not (number.isascii() and number.isdigit() and len(number) == 10):
        errors.append(FieldError("number", "fund.official_number"))
    if not _CHECK.fullmatch(given.check_code.strip()):
        errors.append(FieldError("check_code", "fund.official_check"))
    if given.issued_on > today(session):
        errors.append(FieldError("issued_on", "fund.official_late"))
    if given.amount is not None and given.amount != expected:
        facts = {"amount": given.amount, "expected": expected or face.NO_AMOUNT}
        errors.append(FieldError("amount", "fund.official_amount", facts))
    known = select(Receipt.id).where(
        Receipt.way == Way.OFFICIAL, Receipt.bill_code == code, Receipt.number == number
    )
    if not errors and session.scalar(known) is not None:
        errors.append(FieldError("number", "fund.official_known", {"number": number}))
    if errors:
        raise InputError(*errors)
