"""Who of the reviewer pool may be drawn for a case on a day, and who may not and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.committee.conflicts import conflicts_of_case
from core.committee.draw_model import Draw, DrawPick, DrawResult
from core.committee.drawing import Candidate, Excluded, Need, specialty_fits
from core.committee.model import Expert, ExpertSpecialty, Membership
from core.committee.rules import Conflict
from core.committee.setup import number
from core.committee.states import Body, ExpertStatus, Ground, PickState
from core.database import now
from core.parties.model import Party

_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Standing:
    """The pool before a draw.

    Attributes:
        candidates, excluded: by code.
        conflicts: the excluded with a conflict of interest, by expert id.
        ids: expert id by code.
    """

    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    conflicts: Mapping[int, tuple[Conflict, ...]]
    ids: Mapping[str, int]


def standing(
    session: Session,
    case: tuple[str, int],
    needed: Sequence[Need],
    day: date,
    asked_out: Mapping[int, str],
) -> Standing:
    """Everybody of the pool whose specialty is asked for: candidates, and who is left out.

    Args:
        session: any session of somebody who may see the case.
        case: kind and id.
        needed: specialties and numbers.
        day: the day of the meeting; terms are judged by it.
        asked_out: reasons by expert to leave somebody out.
    """
    rows = _pool(session, day)
    specialties = _specialties(session, [row.id for row in rows])
    wanted = [
        row
        for row in rows
        if any(specialty_fits(specialties.get(row.id, ()), one.specialty) for one in needed)
    ]
    ids = [row.id for row in wanted]
    against = conflicts_of_case(session, case, ids)
    drawn = times_drawn(session, ids)
    limit = number(session, "draw_limit", day)
    candidates, excluded = [], []
    for row in wanted:
        count = drawn.get(row.id, 0)
        found = _why_not(row, against.get(row.id, ()), (count, limit), asked_out.get(row.id, ""))
        if found is not None:
            ground, reason = found
            excluded.append(
                Excluded(code=row.code, name=row.name, ground=ground.value, reason=reason)
            )
            continue
        candidates.append(
            Candidate(
                code=row.code,
                name=row.name,
                employer=row.employer or "",
                specialties=specialties[row.id],
                drawn=count,
            )
        )
    return Standing(
        tuple(sorted(candidates, key=lambda one: one.code)),
        tuple(sorted(excluded, key=lambda one: one.code)),
        against,
        {row.code: row.id for row in wanted},
    )


def times_drawn(session: Session, expert_ids: Collection[int]) -> dict[int, int]:
    """How often experts were drawn within a year 近一年抽中次数; nothing that is secret still."""
    at = now(session)
    rows = session.execute(
        select(DrawPick.expert_id, func.count())
        .join(DrawResult, DrawResult.draw_id == DrawPick.draw_id)
        .join(Draw, Draw.id == DrawPick.draw_id)
        .where(
            DrawPick.expert_id.in_(list(expert_ids)),
            DrawPick.state != PickState.WAITING,
            Draw.secret_until <= at,
            DrawResult.drawn_at >= at - _YEAR,
        )
        .group_by(DrawPick.expert_id)
    )
    return dict(rows.all())


def _pool(session: Session, day: date) -> Sequence[Any]:
    """Members of the pool, past ones too; `in_term` says whether a term covers the day."""
    employer = aliased(Party)
    in_term = (
        select(Membership.expert_id)
        .where(
            Membership.body == Body.POOL,
            Membership.term_from <= day,
            func.coalesce(Membership.ended_on, Membership.term_to) >= day,
        )
        .scalar_subquery()
    )
    ever = select(Membership.expert_id).where(Membership.body == Body.POOL)
    return session.execute(
        select(
            Expert.id,
            Expert.code,
            Party.name,
            employer.name.label("employer"),
            Expert.status,
            Expert.status_reason,
            Expert.id.in_(in_term).label("in_term"),
        )
        .join(Party, Party.id == Expert.party_id)
        .outerjoin(employer, employer.id == Party.employer_id)
        .where(Expert.id.in_(ever))
        .order_by(Expert.code)
    ).all()


def _specialties(session: Session, expert_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    wanted = set(expert_ids)
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(ExpertSpecialty.expert_id, ExpertSpecialty.name).order_by(
            ExpertSpecialty.expert_id, ExpertSpecialty.position
        )
    )
    for expert_id, name in rows:
        if expert_id in wanted:
            found.setdefault(expert_id, []).append(name)
    return {expert_id: tuple(names) for expert_id, names in found.items()}


def _why_not(
    row: Any, against: Sequence[Conflict], workload: tuple[int, int], asked: str
) -> tuple[Ground, str] | None:
    """Why a member of the pool cannot be drawn; conflicts first, they are the gravest."""
    if against:
        return against[0].ground, "；".join(one.reason for one in against)
    if row.status is not ExpertStatus.ACTIVE:
        return Ground.STATUS, row.status_reason or "未在册"
    if not row.in_term:
        return Ground.TERM, "评审当日不在聘期"
    if asked:
        return Ground.ASKED, asked
    count, limit = workload
    if limit and count >= limit:
        return Ground.LIMIT, f"近一年已抽中{count}次"
    return None
