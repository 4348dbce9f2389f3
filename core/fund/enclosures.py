"""The list that goes with a fiscal receipt: its givers, or more gifts than its lines hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from core.documents.service import papers_of, prepare
from core.errors import NotFound
from core.fund.face import lines_of
from core.fund.model import Donation
from core.fund.receipt_model import Receipt
from core.fund.states import WAY_CHINESE, Way
from core.i18n import N_
from core.messages import register

register({"fund.no_list": N_("No list goes with this receipt.")})

KIND = "donation_list"
#: Lines between heading and total of the genuine three-copy sheet.
SHEET_LINES = 8
_SHARED = ("payer", "payer_id", "total", "total_capital", "unit_name", "reviewer", "issuer")


def needs_list(facts: Mapping[str, Any]) -> bool:
    """Whether a fiscal receipt with this face needs its list."""
    return bool(facts.get("members")) or len(facts["items"]) > SHEET_LINES


def prepare_list(session: Session, receipt: Receipt, rows: Sequence[Donation]) -> None:
    """Prepare the list of a fiscal receipt; our own letter has it inside."""
    said: Mapping[str, Any] = receipt.facts
    if receipt.way is Way.OWN or not needs_list(said):
        return
    facts: dict[str, object] = {key: said[key] for key in _SHARED if said.get(key)}
    facts |= {
        "number": f"{receipt.bill_code}-{receipt.number}",
        "receipt_kind": WAY_CHINESE[receipt.way],
        "issued_on": receipt.issued_on,
    }
    if said.get("members"):
        facts["members"] = said["members"]
    if len(said["items"]) > SHEET_LINES:
        facts["items"] = [
            {
                "received_on": row.received_on.isoformat(),
                "project": line["project"],
                "quantity": f"{line['quantity']}{line['unit']}",
                "amount": line["amount"],
            }
            for row in rows
            for line in lines_of(session, row)
        ]
    prepare(session, kind=KIND, record_kind="receipt", record_id=receipt.id, facts=facts)


def list_of(session: Session, receipt_id: int) -> int:
    """Id of the list that goes with a receipt.

    Raises:
        NotFound: `fund.no_list`.
    """
    for paper in papers_of(session, "receipt", receipt_id):
        if paper.kind == KIND and paper.original_id is None:
            return paper.id
    raise NotFound("fund.no_list")


def sheet_lines(facts: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """The lines printed on the sheet: all of them, or one that names the list."""
    items: list[Mapping[str, str]] = facts["items"]
    if len(items) <= SHEET_LINES:
        return items
    return [
        {
            "code": items[0]["code"],
            "project": f"捐赠（明细见清单，共{len(items)}笔）",
            "unit": "笔",
            "quantity": str(len(items)),
            "standard": "——",
            "amount": str(facts["total"]),
        }
    ]
