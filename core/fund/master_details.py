"""One purpose, use of funds, campaign or unit as its pane shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import attachments, history
from core.attachments import AttachmentSummary
from core.database import today
from core.documents.service import DocumentSummary, papers_of
from core.errors import NotFound
from core.fund.face import people
from core.fund.masters import CAMPAIGN, GRANT, PURPOSE, UNIT
from core.fund.model import (
    Campaign,
    Donation,
    FundEntry,
    Grant,
    IssuingUnit,
    Purpose,
    UnitQualification,
)
from core.fund.reports import COUNTED
from core.fund.states import GrantState, Use
from core.history import TimelineEntry
from core.values.money import Money

#: Movements of a purpose shown in its pane; the rest is in the reports.
MOST_ENTRIES = 30


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    """One movement of a purpose with the balance after it."""

    booked_on: date
    kind: str
    amount: Money
    balance: Money
    record_kind: str
    record_id: int


@dataclass(frozen=True, kw_only=True)
class PurposeDetail:
    """A purpose with its latest movements, the newest first."""

    id: int
    code: str
    name: str
    restricted: bool
    active: bool
    received: Money
    used: Money
    asked: Money
    balance: Money
    entries: tuple[EntryLine, ...]
    timeline: tuple[TimelineEntry, ...]


def purpose_detail(session: Session, purpose_id: int) -> PurposeDetail:
    """One purpose; `asked` is what open requests would take.

    Raises:
        NotFound: no such purpose.
    """
    row = session.get(Purpose, purpose_id)
    if row is None:
        raise NotFound("record.not_found")
    entries = session.scalars(
        select(FundEntry).where(FundEntry.purpose_id == purpose_id).order_by(FundEntry.id.desc())
    ).all()
    used = sum((-one.amount for one in entries if one.kind == "grant"), Money(0))
    open_ = session.scalars(
        select(Grant.amount).where(
            Grant.purpose_id == purpose_id, Grant.state == GrantState.REQUESTED
        )
    )
    return PurposeDetail(
        id=row.id,
        code=row.code,
        name=row.name,
        restricted=row.restricted,
        active=row.active,
        received=row.balance + used,
        used=used,
        asked=sum(open_, Money(0)),
        balance=row.balance,
        entries=tuple(
            EntryLine(
                booked_on=one.booked_on,
                kind=one.kind,
                amount=one.amount,
                balance=one.balance,
                record_kind=one.record_kind,
                record_id=one.record_id,
            )
            for one in entries[:MOST_ENTRIES]
        ),
        timeline=tuple(history.timeline(session, PURPOSE, purpose_id)),
    )


@dataclass(frozen=True, kw_only=True)
class GrantDetail:
    """A use of funds as the pane shows it."""

    id: int
    version: int
    purpose_id: int
    purpose: str
    balance: Money
    payee: str
    subject: str
    amount: Money
    state: GrantState
    requested_by: int
    requester: str
    requested_on: date
    decider: str
    decided_on: date | None
    reason: str
    use: Use
    timeline: tuple[TimelineEntry, ...]
    papers: tuple[DocumentSummary, ...]
    files: tuple[AttachmentSummary, ...]


def grant_detail(session: Session, grant_id: int) -> GrantDetail:
    """One use of funds.

    Raises:
        NotFound: no such request.
    """
    row = session.get(Grant, grant_id)
    if row is None:
        raise NotFound("record.not_found")
    purpose = session.get_one(Purpose, row.purpose_id)
    names = people(session, [row.requested_by, row.decided_by])
    return GrantDetail(
        id=row.id,
        version=row.version,
        purpose_id=row.purpose_id,
        purpose=purpose.name,
        balance=purpose.balance,
        payee=row.payee,
        subject=row.subject,
        amount=row.amount,
        state=row.state,
        requested_by=row.requested_by,
        requester=names.get(row.requested_by, ""),
        requested_on=row.requested_on,
        decider=names.get(row.decided_by or 0, ""),
        decided_on=row.decided_on,
        reason=row.reason,
        use=row.use,
        timeline=tuple(history.timeline(session, GRANT, grant_id)),
        papers=tuple(papers_of(session, GRANT, grant_id)),
        files=tuple(attachments.attachments(session, GRANT, grant_id)),
    )


@dataclass(frozen=True, kw_only=True)
class CampaignDetail:
    """A public campaign and what came in under it."""

    id: int
    unit_id: int
    unit: str
    name: str
    filing_number: str
    starts_on: date
    ends_on: date | None
    donations: int
    amount: Money
    timeline: tuple[TimelineEntry, ...]


def campaign_detail(session: Session, campaign_id: int) -> CampaignDetail:
    """One campaign.

    Raises:
        NotFound: no such campaign.
    """
    row = session.get(Campaign, campaign_id)
    if row is None:
        raise NotFound("record.not_found")
    amounts = session.scalars(
        select(Donation.amount).where(
            Donation.campaign_id == campaign_id, Donation.state.in_(COUNTED)
        )
    ).all()
    return CampaignDetail(
        id=row.id,
        unit_id=row.unit_id,
        unit=session.get_one(IssuingUnit, row.unit_id).name,
        name=row.name,
        filing_number=row.filing_number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        donations=len(amounts),
        amount=sum((one for one in amounts if one is not None), Money(0)),
        timeline=tuple(history.timeline(session, CAMPAIGN, campaign_id)),
    )


@dataclass(frozen=True, kw_only=True)
class UnitDetail:
    """An issuing unit; its account is masked.

    Attributes:
        qualifications: first year, last year and notice.
        qualified: whether gifts of today may be deducted.
    """

    id: int
    version: int
    name: str
    credit_code: str
    licence_number: str
    fundraising_permit: str
    fundraising_until: date | None
    account_name: str
    bank: str
    account_mask: str
    active: bool
    qualifications: tuple[tuple[int, int, str], ...]
    qualified: bool
    timeline: tuple[TimelineEntry, ...]


def unit_detail(session: Session, unit_id: int) -> UnitDetail:
    """One issuing unit.

    Raises:
        NotFound: no such unit.
    """
    row = session.get(IssuingUnit, unit_id)
    if row is None:
        raise NotFound("record.not_found")
    lines = session.scalars(
        select(UnitQualification)
        .where(UnitQualification.unit_id == unit_id)
        .order_by(UnitQualification.first_year, UnitQualification.id)
    ).all()
    year = today(session).year
    return UnitDetail(
        id=row.id,
        version=row.version,
        name=row.name,
        credit_code=row.credit_code,
        licence_number=row.licence_number,
        fundraising_permit=row.fundraising_permit,
        fundraising_until=row.fundraising_until,
        account_name=row.account_name,
        bank=row.bank,
        account_mask=row.account_mask,
        active=row.active,
        qualifications=tuple((one.first_year, one.last_year, one.notice) for one in lines),
        qualified=any(one.first_year <= year <= one.last_year for one in lines),
        timeline=tuple(history.timeline(session, UNIT, unit_id)),
    )
