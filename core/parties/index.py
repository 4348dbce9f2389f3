"""What the search box knows about a party: names and codes; of a personal number its tail."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core import search
from core.parties.model import Party, PersonalNumber

PARTY = "party"


def write(session: Session, party: Party) -> None:
    """Put a party into the search index, or renew its line."""
    number = session.get(PersonalNumber, party.id)
    shown = number.tail if number else ""
    words = [party.credit_code, party.representative_name, party.phone, shown]
    subtitle = party.organisation_kind.value if party.organisation_kind else party.address
    search.index(
        session,
        PARTY,
        party.id,
        search.SearchLine(party.name, subtitle, [word for word in words if word], party.pinyin),
    )


def remove(session: Session, party_id: int) -> None:
    """Take a merged party out of the search index; its new identity stays in it."""
    search.remove(session, PARTY, party_id)
