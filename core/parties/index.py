"""What the search box knows about a party: names and codes, never a personal number."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core import search
from core.parties.model import Party

PARTY = "party"


def write(session: Session, party: Party) -> None:
    """Put a party into the search index, or renew its line."""
    words = [party.credit_code, party.representative_name, party.phone]
    subtitle = party.organisation_kind.value if party.organisation_kind else party.address
    search.index(
        session,
        PARTY,
        party.id,
        party.name,
        subtitle,
        [word for word in words if word],
        party.pinyin,
    )


def remove(session: Session, party_id: int) -> None:
    """Take a merged party out of the search index; its new identity stays in it."""
    search.remove(session, PARTY, party_id)
