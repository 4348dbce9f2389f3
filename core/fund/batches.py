"""Receipts for many donations: each by itself, so that one that is barred stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from core import history
from core.database import require
from core.documents.model import DocumentState
from core.documents.service import papers_of
from core.errors import AppError, NotFound, NotPermitted
from core.fund.judging import Desk
from core.fund.receipt_model import Receipt
from core.fund.receipts import RECEIPT, IssueReceipt, issue


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one receipt of a batch: made, or refused with the reason.

    Attributes:
        donations: ids of the donations it is for.
        documents: papers that wait for their signature: our own letter, the list of givers.
    """

    donations: tuple[int, ...]
    receipt_id: int | None = None
    documents: tuple[int, ...] = ()
    fault: AppError | None = None


def issue_batch(session: Session, commands: Sequence[IssueReceipt], request: UUID) -> list[Outcome]:
    """Issue one receipt per command, each in a savepoint of its own.

    A command repeated with the same request id gives the receipt made the first time, whatever
    the order and the size of the chunks.

    Raises:
        NotPermitted: without `fund.issue`; nothing was done.
    """
    require(session, "fund.issue")
    desk = Desk(session)
    desk.gather([gift for one in commands for gift, _version in one.donations])
    return [_one(desk, one, request) for one in commands]


def _one(desk: Desk, command: IssueReceipt, request: UUID) -> Outcome:
    session = desk.session
    ids = tuple(sorted(donation_id for donation_id, _version in command.donations))
    own = uuid5(request, "-".join(map(str, ids)))
    try:
        with session.begin_nested():
            receipt_id = issue(session, command, own, desk)
    except NotPermitted:
        raise
    except AppError as fault:
        return Outcome(donations=ids, fault=fault)
    papers = papers_of(session, RECEIPT, receipt_id)
    documents = tuple(one.id for one in papers if one.state is DocumentState.TO_SIGN)
    return Outcome(donations=ids, receipt_id=receipt_id, documents=documents)


def log_printed(session: Session, receipt_id: int, where: tuple[str, str]) -> None:
    """Note that a receipt came out of a printer on its genuine sheet; `where` is printer and tray.

    Raises:
        NotPermitted: without `fund.issue`.
        NotFound: no such receipt.
    """
    require(session, "fund.issue")
    if session.get(Receipt, receipt_id) is None:
        raise NotFound("record.not_found")
    facts = {"printer": where[0], "tray": where[1]}
    history.record(session, RECEIPT, receipt_id, "printed", data=facts)
    session.flush()
