"""One donation, one receipt, one commitment as the pages show them: frozen, numbers masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import attachments, history, settings
from core.attachments import AttachmentSummary
from core.documents.service import DocumentSummary, papers_of
from core.errors import NotFound
from core.fund.changes import remaining
from core.fund.donation_input import DonationContent
from core.fund.donations import DONATION, content_of
from core.fund.donors import DonorFacts, donor_facts, each_donor_facts
from core.fund.face import NO_AMOUNT, NO_TOTAL, people
from core.fund.model import Campaign, Donation, IssuingUnit, Purpose
from core.fund.pledges import PledgeLine, pledge_line
from core.fund.receipt_model import Receipt, ReceiptChange, ReceiptLine, StockBook, StockSheet
from core.fund.receipts import RECEIPT
from core.fund.states import ChangeKind, DonationState, ReceiptState, Way
from core.history import TimelineEntry
from core.values.money import Money


@dataclass(frozen=True, kw_only=True)
class ReceiptLink:
    """A receipt as another record names it; `text` is `code-number` for fiscal receipts."""

    id: int
    text: str
    way: Way
    state: ReceiptState


@dataclass(frozen=True, kw_only=True)
class DonationLink:
    """A donation as another record names it."""

    id: int
    version: int
    code: str
    donor_id: int
    donor: str
    unit_id: int
    received_on: date
    amount: Money | None
    state: DonationState

    @property
    def year(self) -> int:
        """The year of the gift, which is the year of its receipt's joint group."""
        return self.received_on.year


@dataclass(frozen=True, kw_only=True)
class UnitLine:
    """An issuing unit with its account masked."""

    id: int
    name: str
    bank: str
    account_mask: str


@dataclass(frozen=True, kw_only=True)
class DonationDetail:
    """Everything about a donation.

    Attributes:
        content: as its form shows it.
        cashier, reviewer: names; the ids say who may not take the next step.
        receipts: every receipt it ever was in, the latest first.
        freed: what a reversal in part took out of its receipt and nobody has paid back.
        moved_to, moved_from: its other half after a re-booking.
        papers: its own (donation certificates) and those of its receipts.
    """

    id: int
    version: int
    code: str
    state: DonationState
    content: DonationContent
    donor: DonorFacts
    unit: UnitLine
    purpose: str
    campaign: str
    pledge: PledgeLine | None
    recorded_at: datetime
    cashier_id: int | None
    reviewer_id: int | None
    cashier: str
    reviewer: str
    receipts: tuple[ReceiptLink, ...]
    freed: Money
    moved_to: DonationLink | None
    moved_from: DonationLink | None
    timeline: tuple[TimelineEntry, ...]
    papers: tuple[DocumentSummary, ...]
    files: tuple[AttachmentSummary, ...]

    @property
    def amount_text(self) -> str:
        """The amount in figures, or a dash for goods without a value."""
        return str(self.content.amount) if self.content.amount is not None else NO_AMOUNT

    @property
    def capitals(self) -> str:
        """The amount in capitals, or the words for goods without a value."""
        amount = self.content.amount
        return amount.capitals() if amount is not None else NO_TOTAL


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """An open request to declare a receipt void or to reverse it."""

    kind: ChangeKind
    reason: str
    copies: str
    used: bool
    part: Money | None
    red_code: str
    red_number: str
    requested_by: int
    requested_name: str
    requested_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReceiptDetail:
    """Everything about a receipt.

    Attributes:
        facts: what its face says.
        left: what it still says after its red ones.
        may_part: whether the office lets a part of it be reversed.
        reds, reverses: its red counterparts, or the receipt this red one reverses.
        follows, followed_by: before and after a re-issue.
        request: what waits for the second person.
        book, use_until: of a stock sheet.
        document_id: our own letter.
    """

    id: int
    version: int
    number: str
    way: Way
    bill_code: str
    check_code: str
    title: str
    amount: Money | None
    issued_on: date
    state: ReceiptState
    unit: UnitLine
    donor: DonorFacts
    facts: Mapping[str, Any]
    cashier: str
    reviewer: str
    issuer: str
    issuer_id: int
    donations: tuple[DonationLink, ...]
    left: Money | None
    may_part: bool
    reds: tuple[ReceiptLink, ...]
    reverses: ReceiptLink | None
    follows: ReceiptLink | None
    followed_by: ReceiptLink | None
    request: ChangeLine | None
    book: str
    use_until: date | None
    document_id: int | None
    timeline: tuple[TimelineEntry, ...]
    papers: tuple[DocumentSummary, ...]
    files: tuple[AttachmentSummary, ...]

    @property
    def text(self) -> str:
        """Code and number of a fiscal receipt, or the number of our own."""
        return f"{self.bill_code}-{self.number}" if self.bill_code else self.number

    @property
    def amount_text(self) -> str:
        """The amount in figures, or a dash."""
        return str(self.amount) if self.amount is not None else NO_AMOUNT

    @property
    def capitals(self) -> str:
        """The amount in capitals, or the words for goods without a value."""
        return self.amount.capitals() if self.amount is not None else NO_TOTAL


def donation_detail(session: Session, donation_id: int) -> DonationDetail:
    """One donation.

    Raises:
        NotFound: no such donation.
    """
    row = session.get(Donation, donation_id)
    if row is None:
        raise NotFound("record.not_found")
    names = people(session, [row.cashier_id, row.reviewer_id])
    receipts = _receipts_of(session, row.id)
    papers = papers_of(session, DONATION, row.id)
    for one in reversed(receipts):
        papers += papers_of(session, RECEIPT, one.id)
    campaign = session.get(Campaign, row.campaign_id) if row.campaign_id else None
    after = session.scalar(select(Donation.id).where(Donation.rebooked_from_id == row.id))
    return DonationDetail(
        id=row.id,
        version=row.version,
        code=row.code,
        state=row.state,
        content=content_of(session, row),
        donor=donor_facts(session, row.donor_id),
        unit=_unit(session, row.unit_id),
        purpose=session.get_one(Purpose, row.purpose_id).name,
        campaign=campaign.name if campaign else "",
        pledge=pledge_line(session, row.pledge_id) if row.pledge_id else None,
        recorded_at=row.recorded_at,
        cashier_id=row.cashier_id,
        reviewer_id=row.reviewer_id,
        cashier=names.get(row.cashier_id or 0, ""),
        reviewer=names.get(row.reviewer_id or 0, ""),
        receipts=receipts,
        freed=row.freed,
        moved_to=_linked(session, after),
        moved_from=_linked(session, row.rebooked_from_id),
        timeline=tuple(history.timeline(session, DONATION, row.id)),
        papers=tuple(papers),
        files=tuple(attachments.attachments(session, DONATION, row.id)),
    )


def _unit(session: Session, unit_id: int) -> UnitLine:
    unit = session.get_one(IssuingUnit, unit_id)
    return UnitLine(id=unit.id, name=unit.name, bank=unit.bank, account_mask=unit.account_mask)


def _link(receipt: Receipt) -> ReceiptLink:
    text = f"{receipt.bill_code}-{receipt.number}" if receipt.bill_code else receipt.number
    return ReceiptLink(id=receipt.id, text=text, way=receipt.way, state=receipt.state)


def _receipts_of(session: Session, donation_id: int) -> tuple[ReceiptLink, ...]:
    rows = session.scalars(
        select(Receipt)
        .join(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .where(ReceiptLine.donation_id == donation_id)
        .order_by(Receipt.id.desc())
    )
    return tuple(_link(one) for one in rows)


def donation_links(session: Session, ids: Iterable[int]) -> list[DonationLink]:
    """The donations of these ids by code; unknown ids are left out."""
    rows = session.scalars(
        select(Donation)
        .where(Donation.id.in_(list(ids)))
        .order_by(Donation.received_on, Donation.id)
    ).all()
    donors = each_donor_facts(session, {row.donor_id for row in rows})
    return [
        DonationLink(
            id=row.id,
            version=row.version,
            code=row.code,
            donor_id=row.donor_id,
            donor=donors[row.donor_id].name,
            unit_id=row.unit_id,
            received_on=row.received_on,
            amount=row.amount,
            state=row.state,
        )
        for row in rows
    ]


def _linked(session: Session, donation_id: int | None) -> DonationLink | None:
    found = donation_links(session, [donation_id]) if donation_id else []
    return found[0] if found else None


def receipt_detail(session: Session, receipt_id: int) -> ReceiptDetail:
    """One receipt.

    Raises:
        NotFound: no such receipt.
    """
    row = session.get(Receipt, receipt_id)
    if row is None:
        raise NotFound("record.not_found")
    names = people(session, [row.cashier_id, row.reviewer_id, row.issuer_id])
    lines = select(ReceiptLine.donation_id).where(ReceiptLine.receipt_id == row.id)
    sheet = session.execute(
        select(StockBook.book_number, StockBook.use_until)
        .join(StockSheet, StockSheet.book_id == StockBook.id)
        .where(StockSheet.receipt_id == row.id)
    ).first()
    return ReceiptDetail(
        id=row.id,
        version=row.version,
        number=row.number,
        way=row.way,
        bill_code=row.bill_code,
        check_code=row.check_code,
        title=row.title,
        amount=row.amount,
        issued_on=row.issued_on,
        state=row.state,
        unit=_unit(session, row.unit_id),
        donor=donor_facts(session, row.donor_id),
        facts=dict(row.facts),
        cashier=names.get(row.cashier_id, ""),
        reviewer=names.get(row.reviewer_id, ""),
        issuer=names.get(row.issuer_id, ""),
        issuer_id=row.issuer_id,
        donations=tuple(donation_links(session, session.scalars(lines))),
        left=remaining(session, row),
        may_part=row.way is Way.OFFICIAL and bool(settings.get(session, "fund.partial_reversal")),
        reds=tuple(
            _link(one)
            for one in session.scalars(
                select(Receipt).where(Receipt.negative_of_id == row.id).order_by(Receipt.id)
            )
        ),
        reverses=_other(session, select(Receipt).where(Receipt.id == row.negative_of_id)),
        follows=_other(session, select(Receipt).where(Receipt.id == row.replaces_id)),
        followed_by=_other(session, select(Receipt).where(Receipt.replaces_id == row.id)),
        request=_request(session, row.id),
        book=sheet.book_number if sheet else "",
        use_until=sheet.use_until if sheet else None,
        document_id=row.document_id,
        timeline=tuple(history.timeline(session, RECEIPT, row.id)),
        papers=tuple(papers_of(session, RECEIPT, row.id)),
        files=tuple(attachments.attachments(session, RECEIPT, row.id)),
    )


def _other(session: Session, chosen: Any) -> ReceiptLink | None:
    found = session.scalars(chosen).first()
    return _link(found) if found is not None else None


def _request(session: Session, receipt_id: int) -> ChangeLine | None:
    row = session.scalar(
        select(ReceiptChange).where(
            ReceiptChange.receipt_id == receipt_id, ReceiptChange.decided_at.is_(None)
        )
    )
    if row is None:
        return None
    return ChangeLine(
        kind=row.kind,
        reason=row.reason,
        copies=row.copies,
        used=row.used,
        part=row.part,
        red_code=row.red_code,
        red_number=row.red_number,
        requested_by=row.requested_by,
        requested_name=row.requested_name,
        requested_at=row.requested_at,
    )


def in_groups(links: Sequence[DonationLink], *, joint: bool) -> list[tuple[DonationLink, ...]]:
    """The receipts of a batch: one for each donation, or one per donor, unit and year."""
    if not joint:
        return [(one,) for one in links]
    groups: dict[tuple[int, int, int], list[DonationLink]] = {}
    for one in links:
        groups.setdefault((one.donor_id, one.unit_id, one.year), []).append(one)
    return [tuple(group) for group in groups.values()]
