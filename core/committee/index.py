"""What the search box knows of experts: name, number, title, specialties, employer."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import search
from core.committee.model import Expert, ExpertSpecialty
from core.parties.model import Party
from core.values.pinyin import initials


def write(session: Session, expert: Expert) -> None:
    """Put an expert into the index, or renew the line."""
    party = session.get_one(Party, expert.party_id)
    employer = session.get(Party, party.employer_id) if party.employer_id else None
    names = session.scalars(
        select(ExpertSpecialty.name)
        .where(ExpertSpecialty.expert_id == expert.id)
        .order_by(ExpertSpecialty.position)
    ).all()
    unit = employer.name if employer else ""
    line = search.SearchLine(
        title=party.name,
        subtitle=" ".join(part for part in (expert.code, expert.title, unit) if part),
        words=[word for word in (expert.code, expert.title, unit, initials(unit), *names) if word],
        sort=expert.code,
    )
    search.index(session, "expert", expert.id, line)
