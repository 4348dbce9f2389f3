"""The fund's queues of the dashboard: what waits for whom, what is due, what runs out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.capability import Queue
from core.fund.bank_desk import BANK_LINES
from core.fund.books import BOOKS
from core.fund.lists import DONATIONS, RECEIPTS
from core.fund.masters import GRANTS, UNITS
from core.fund.pledges import PLEDGES
from core.fund.states import DonationState, GrantState, LineVerdict
from core.i18n import N_
from core.values.listing import ListQuery


def _queue(key: str, title: str, source: Any, filters: Mapping[str, str]) -> Queue:
    def count(session: Session) -> int:
        found: int = source.count(session, ListQuery(filters=filters))
        return found

    return Queue(f"fund.{key}", title, count, source.kind, filters)


QUEUES: tuple[Queue, ...] = (
    _queue("no_receipt", N_("Donations without a receipt"), DONATIONS, {"state": "no_receipt"}),
    _queue(
        "to_review",
        N_("Donations to review"),
        DONATIONS,
        {"state": DonationState.ARRIVED.value},
    ),
    _queue("to_pay_back", N_("Parts of donations to pay back"), DONATIONS, {"state": "freed"}),
    _queue("changes", N_("Receipts somebody wants void or reversed"), RECEIPTS, {"state": "asked"}),
    _queue(
        "bank_lines", N_("Bank lines to match"), BANK_LINES, {"verdict": LineVerdict.OPEN.value}
    ),
    _queue("pledges", N_("Commitments due"), PLEDGES, {"state": "due"}),
    _queue("stock", N_("Books of receipts to use up"), BOOKS, {"state": "warn"}),
    _queue(
        "grants",
        N_("Uses of funds to decide"),
        GRANTS,
        {"state": GrantState.REQUESTED.value},
    ),
    _queue("qualification", N_("Qualifications that run out"), UNITS, {"expiring": "yes"}),
)
