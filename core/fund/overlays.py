"""What is printed onto a receipt from the stock: its lines and their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from core.database import now
from core.documents.facts import check
from core.documents.printers import Calibration
from core.documents.service import Work
from core.errors import RuleViolation
from core.fund.enclosures import sheet_lines
from core.fund.receipts import find_receipt
from core.fund.states import ReceiptState, Way
from core.i18n import N_
from core.messages import register

register({"fund.not_stock": N_("{number} is no receipt on pre-printed stock.")})


def overlay(session: Session, number: str, calibration: Calibration) -> bytes:
    """The texts of a stock receipt at their places, for printing over the genuine sheet.

    Nothing of the form is drawn, no 监制章, no code: the sheet has its own.

    Raises:
        NotFound: no such receipt.
        RuleViolation: it is not on stock, or no longer valid.
    """
    from core.documents import overlay as overprint
    from core.documents.layout import Marks
    from core.documents.templates import shipped

    receipt = find_receipt(session, number)
    if receipt.way is not Way.STOCK:
        raise RuleViolation("fund.not_stock", number=receipt.number)
    if receipt.state is not ReceiptState.ISSUED:
        raise RuleViolation("fund.receipt_gone", number=receipt.number)
    facts = {**receipt.facts, "issued_on": receipt.issued_on.isoformat()}
    facts |= _overlay_lines(sheet_lines(receipt.facts))
    template = shipped("receipt_overlay")
    check(template, facts)
    task = Work(0, template.kind, "", template, facts, now(session), Marks())
    return overprint.draw(task, calibration)


def _overlay_lines(items: Sequence[Mapping[str, str]]) -> dict[str, str]:
    keys = ("code", "project", "unit", "quantity", "standard", "amount")
    return {f"line_{key}": "\n".join(one[key] for one in items) for key in keys}
