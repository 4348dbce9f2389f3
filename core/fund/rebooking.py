"""Moving a donation to a party of the register, which becomes a donor by it if it was none."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.database import require
from core.fund.donations import rebook
from core.fund.model import Donor
from core.fund.states import Consent
from core.parties.queries import resolve, summary


def rebook_to_party(
    session: Session, donation_id: int, version: int, party_id: int, reason: str
) -> int:
    """Move a donation to another party; nothing may be published of a new donor before it agrees.

    Returns:
        id of the new donation.

    Raises:
        NotPermitted: without `fund.rebook`.
        NotFound: no such party.
        RuleViolation, InputError, StaleRecord: as `core.fund.donations.rebook`.
    """
    require(session, "fund.rebook")
    party = summary(session, resolve(session, party_id))
    donor = session.scalar(select(Donor.id).where(Donor.party_id == party.id))
    if donor is None:
        row = Donor(party_id=party.id, consent=Consent.NONE)
        session.add(row)
        session.flush()
        donor = row.id
        history.record(session, "party", party.id, "donor_recorded")
    return rebook(session, donation_id, version, donor, reason)
