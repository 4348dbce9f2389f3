"""What the forms of the fund offer: the next sheet in stock, choices, the donor's card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.fund.donors import DonorContent
from core.fund.model import Campaign, Donor, IssuingUnit, Purpose
from core.fund.pledges import PledgeLine, open_pledges
from core.fund.receipt_model import StockBook, StockSheet
from core.parties.queries import PartySummary, resolve, summary


@dataclass(frozen=True, kw_only=True)
class NextSheet:
    """The stock sheet that would be used now, and how many are left in books that are in date."""

    bill_code: str
    book_number: str
    number: str
    left: int


def next_in_stock(session: Session, unit_id: int, today: date) -> NextSheet | None:
    """Looks without taking; whoever issues first gets the sheet."""
    from core.fund.states import SheetState

    usable = (
        StockBook.unit_id == unit_id,
        StockBook.settled_on.is_(None),
        StockBook.use_until >= today,
        StockSheet.state == SheetState.UNUSED,
    )
    rows = select(StockBook.bill_code, StockBook.book_number, StockSheet.number)
    joined = rows.join(StockSheet, StockSheet.book_id == StockBook.id).where(*usable)
    order = (StockBook.received_on, StockBook.id, StockSheet.number)
    first = session.execute(joined.order_by(*order).limit(1)).first()
    if first is None:
        return None
    left = session.scalar(joined.with_only_columns(func.count(), maintain_column_froms=True))
    return NextSheet(
        bill_code=first.bill_code,
        book_number=first.book_number,
        number=first.number,
        left=left or 0,
    )


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a form of the fund lets one choose from: pairs of id and title, as texts."""

    units: tuple[tuple[str, str], ...]
    purposes: tuple[tuple[str, str], ...]
    campaigns: tuple[tuple[str, str], ...]
    today: date


def choices(session: Session, today: date) -> Choices:
    """Units, purposes and campaigns in use."""
    units = session.scalars(select(IssuingUnit).where(IssuingUnit.active).order_by(IssuingUnit.id))
    purposes = session.scalars(select(Purpose).where(Purpose.active).order_by(Purpose.code))
    campaigns = session.scalars(select(Campaign).order_by(Campaign.starts_on.desc(), Campaign.id))
    return Choices(
        units=_pairs((one.id, one.name) for one in units),
        purposes=_pairs((one.id, f"{one.code} {one.name}") for one in purposes),
        campaigns=_pairs((one.id, one.name) for one in campaigns),
        today=today,
    )


def _pairs(rows: Iterable[tuple[int, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(key), title) for key, title in rows)


@dataclass(frozen=True, kw_only=True)
class DonorCard:
    """A party as a giver: what it said as a donor (None before its first gift), open commitments."""

    party: PartySummary
    said: DonorContent | None
    pledges: tuple[PledgeLine, ...]


def donor_card(session: Session, party_id: int) -> DonorCard:
    """What the fund knows of a party.

    Raises:
        NotFound: no such party.
    """
    party = summary(session, resolve(session, party_id))
    row = session.scalar(select(Donor).where(Donor.party_id == party.id))
    if row is None:
        return DonorCard(party=party, said=None, pledges=())
    said = DonorContent(
        consent=row.consent,
        anonymous=row.anonymous,
        receipt_title=row.receipt_title,
        contact_preference=row.contact_preference,
    )
    return DonorCard(party=party, said=said, pledges=tuple(open_pledges(session, row.id)))
