"""What the search box knows about a party: names and codes; of a personal number its tail."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core import search
from core.parties.model import Party, PersonalNumber

PARTY = "party"


def write(session: Session, party: Party) -> None:
    """Put a party into the search index, or renew its line."""
    number = session.get(PersonalNumber, party.id)
    search.index(session, PARTY, party.id, _line(party, number.tail if number else ""))


def write_new(session: Session, parties: Iterable[tuple[Party, str]]) -> None:
    """Put parties that were just entered into the index at once, with the tails of their numbers."""
    search.index_new(session, PARTY, {party.id: _line(party, tail) for party, tail in parties})


def _line(party: Party, tail: str) -> search.SearchLine:
    words = [party.credit_code, party.representative_name, party.phone, tail]
    subtitle = party.organisation_kind.value if party.organisation_kind else party.address
    found = [word for word in words if word]
    return search.SearchLine(party.name, subtitle, found, party.pinyin)


def remove(session: Session, party_id: int) -> None:
    """Take a merged party out of the search index; its new identity stays in it."""
    search.remove(session, PARTY, party_id)
