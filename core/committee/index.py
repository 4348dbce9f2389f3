"""What the search box knows of experts: name, number, title, specialties, employer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core import search
from core.committee.model import Expert, ExpertSpecialty
from core.parties.model import Party
from core.values.pinyin import initials

_CHUNK = 5000


def write(session: Session, expert: Expert) -> None:
    """Put an expert into the index, or renew the line."""
    search.index(session, "expert", expert.id, _lines(session, [expert])[expert.id])


def write_new(session: Session, experts: Sequence[Expert]) -> None:
    """Put experts who were just enrolled into the index at once."""
    for start in range(0, len(experts), _CHUNK):
        search.index_new(session, "expert", _lines(session, experts[start : start + _CHUNK]))


def _lines(session: Session, experts: Sequence[Expert]) -> dict[int, search.SearchLine]:
    employer = aliased(Party)
    ids = [one.id for one in experts]
    people = {
        row[0]: (row[1], row[2] or "")
        for row in session.execute(
            select(Expert.id, Party.name, employer.name)
            .join(Party, Party.id == Expert.party_id)
            .outerjoin(employer, employer.id == Party.employer_id)
            .where(Expert.id.in_(ids))
        )
    }
    fields: dict[int, list[str]] = {}
    for expert_id, name in session.execute(
        select(ExpertSpecialty.expert_id, ExpertSpecialty.name)
        .where(ExpertSpecialty.expert_id.in_(ids))
        .order_by(ExpertSpecialty.position)
    ):
        fields.setdefault(expert_id, []).append(name)
    found = {}
    for one in experts:
        name, unit = people[one.id]
        words = (one.code, one.title, unit, initials(unit), *fields.get(one.id, ()))
        found[one.id] = search.SearchLine(
            title=name,
            subtitle=" ".join(part for part in (one.code, one.title, unit) if part),
            words=[word for word in words if word],
            sort=one.code,
        )
    return found
