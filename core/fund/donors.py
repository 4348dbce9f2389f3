"""Donors: parties that give, what they allow to be published, what they promised."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import history
from core.database import require, today
from core.errors import InputError, NotFound
from core.fund.model import Donation, Donor, Pledge
from core.fund.states import Consent, DonationState
from core.i18n import N_
from core.messages import register
from core.parties.queries import (
    PartySummary,
    add_role,
    resolve,
    resolve_each,
    summaries,
    summary,
)
from core.values.identity import CHINESE_NAMES
from core.values.money import Money

register(
    {
        "fund.amount_zero": N_("Enter an amount above zero."),
        "fund.pledge_cancelled": N_("This commitment was cancelled: {reason}"),
    }
)

#: How a donor who wants no name is shown to others.
NAMELESS = "爱心人士"
#: Records asked for at once.
CHUNK = 500

add_role("donor", N_("Donor"), lambda: select(Donor.party_id))


@dataclass(frozen=True, kw_only=True)
class DonorFacts:
    """A donor as receipts and lists name it; `number` is masked for a person."""

    id: int
    party_id: int
    name: str
    title: str
    id_text: str
    number_tail: str
    identified: bool
    anonymous: bool
    consent: Consent
    phone: str


@dataclass(frozen=True, kw_only=True)
class DonorContent:
    """What a donor says about being named and reached."""

    consent: Consent = Consent.NONE
    anonymous: bool = False
    receipt_title: str = ""
    contact_preference: str = ""


def donor_of(session: Session, party_id: int, content: DonorContent | None = None) -> int:
    """The donor of a party, entered now unless there is one; `content` replaces what it said.

    Returns:
        id of the donor.

    Raises:
        NotPermitted: without `fund.record`.
        NotFound: no such party.
    """
    require(session, "fund.record")
    party_id = resolve(session, party_id)
    summary(session, party_id)
    donor = session.scalar(select(Donor).where(Donor.party_id == party_id))
    if donor is not None and content is None:
        return donor.id
    said = content or DonorContent()
    if donor is None:
        donor = Donor(party_id=party_id)
        session.add(donor)
    donor.consent = said.consent
    donor.anonymous = said.anonymous
    donor.receipt_title = said.receipt_title.strip()
    donor.contact_preference = said.contact_preference.strip()
    session.flush()
    history.record(session, "party", party_id, "donor_recorded", data={"consent": said.consent})
    return donor.id


def donor_facts(session: Session, donor_id: int) -> DonorFacts:
    """How a donor is named; a party merged into another one stands for it.

    Raises:
        NotFound: no such donor.
    """
    return each_donor_facts(session, [donor_id])[donor_id]


def each_donor_facts(session: Session, donor_ids: Collection[int]) -> dict[int, DonorFacts]:
    """How many donors are named, by their ids; a few questions for every `CHUNK` of them.

    Raises:
        NotFound: one of them is no donor.
    """
    found: dict[int, DonorFacts] = {}
    ids = sorted(set(donor_ids))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        donors = session.scalars(select(Donor).where(Donor.id.in_(chunk))).all()
        stands = resolve_each(session, [one.party_id for one in donors])
        parties = summaries(session, stands.values())
        found |= {one.id: _facts(one, parties[stands[one.party_id]]) for one in donors}
    if len(found) < len(ids):
        raise NotFound("record.not_found")
    return found


def _facts(donor: Donor, party: PartySummary) -> DonorFacts:
    number = f"{CHINESE_NAMES[party.id_kind]} {party.number}" if party.number else ""
    return DonorFacts(
        id=donor.id,
        party_id=party.id,
        name=party.name,
        title=donor.receipt_title or party.name,
        id_text=number,
        number_tail=party.number[-4:],
        identified=bool(party.number),
        anonymous=donor.anonymous,
        consent=donor.consent,
        phone=party.phone,
    )


def shown_name(facts: DonorFacts, *, anonymous: bool = False) -> str:
    """The name for people outside the office."""
    hidden = anonymous or facts.anonymous or facts.consent is Consent.NONE
    return NAMELESS if hidden else facts.name


@dataclass(frozen=True, kw_only=True)
class PledgeContent:
    """A commitment as entered."""

    donor_id: int
    purpose_id: int
    amount: Money
    agreement: str = ""
    due_on: date | None = None


def promise(session: Session, content: PledgeContent) -> int:
    """Enter a commitment 认捐; donations that name it are its instalments.

    Raises:
        NotPermitted: without `fund.record`.
        InputError: field `amount`.
    """
    require(session, "fund.record")
    if content.amount <= Money(0):
        raise InputError.of("amount", "fund.amount_zero")
    pledge = Pledge(
        donor_id=content.donor_id,
        purpose_id=content.purpose_id,
        amount=content.amount,
        agreement=content.agreement.strip(),
        due_on=content.due_on,
        promised_on=today(session),
    )
    session.add(pledge)
    session.flush()
    history.record(session, "fund_pledge", pledge.id, "promised")
    return pledge.id


def outstanding(session: Session, pledge_id: int) -> Money:
    """What of a commitment has not arrived yet; never below zero.

    Raises:
        NotFound: no such commitment.
    """
    pledge = session.get(Pledge, pledge_id)
    if pledge is None:
        raise NotFound("record.not_found")
    here = (DonationState.ARRIVED, DonationState.REVIEWED, DonationState.RECEIPTED)
    paid = session.scalar(
        select(func.sum(Donation.amount)).where(
            Donation.pledge_id == pledge_id, Donation.state.in_(here)
        )
    )
    got = paid if isinstance(paid, Money) else Money(int(paid or 0))
    return max(pledge.amount - got, Money(0))


def existing_donor(session: Session, party_id: int) -> int:
    """The donor of a party that has given before or was entered as one.

    Raises:
        InputError: field `donor`.
    """
    found = session.scalar(select(Donor.id).where(Donor.party_id == resolve(session, party_id)))
    if found is None:
        raise InputError.of("donor", "fund.donor_unknown")
    return found
