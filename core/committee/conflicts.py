"""Conflicts of interest as the database has them: who may not judge what, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from core.committee.cases import case_kind, case_kinds
from core.committee.model import Expert, ExpertTie, Recusal
from core.committee.rules import CaseParty, Conflict, ExpertFacts, Tie, conflicts
from core.committee.setup import number
from core.committee.states import Ground, TieKind
from core.database import today
from core.parties.model import Party


def conflicts_of_case(
    session: Session, case: tuple[str, int], expert_ids: Collection[int]
) -> dict[int, tuple[Conflict, ...]]:
    """The conflicts of experts with one case; experts without one are left out."""
    parties = case_parties(session, case[0], [case[1]]).get(case[1], ())
    recorded = _recorded(session, case, expert_ids)
    day, years = today(session), number(session, "lookback_years")
    found = {}
    for expert_id, facts in expert_facts(session, expert_ids).items():
        reasons = conflicts(facts, case, parties, day, years) + recorded.get(expert_id, ())
        if reasons:
            found[expert_id] = tuple(dict.fromkeys(reasons))
    return found


def conflicting_cases(session: Session, expert_id: int) -> dict[str, frozenset[int]]:
    """The cases an expert is in conflict with, of every kind, by today's facts and the recusals.

    Ties are looked up from the expert's side, so that the size of the register does not matter.
    """
    facts = expert_facts(session, [expert_id]).get(expert_id)
    if facts is None:
        return {}
    day, years = today(session), number(session, "lookback_years")
    near = _near(session, facts)
    found: dict[str, frozenset[int]] = {}
    for kind in case_kinds():
        named = {tie.case[1] for tie in facts.ties if tie.case and tie.case[0] == kind.kind}
        rows = kind.parties().subquery()
        ids = set(session.scalars(select(rows.c[0]).where(rows.c[1].in_(near)).distinct()))
        parties = case_parties(session, kind.kind, ids | named)
        against = {
            case_id
            for case_id in ids | named
            if conflicts(facts, (kind.kind, case_id), parties.get(case_id, ()), day, years)
        }
        against |= _recused_from(session, expert_id, kind.kind)
        found[kind.kind] = frozenset(against)
    return found


def case_parties(
    session: Session, kind: str, case_ids: Collection[int]
) -> dict[int, tuple[CaseParty, ...]]:
    """The parties of cases, merged ones resolved to who they are today."""
    rows = case_kind(kind).parties().subquery()
    named = session.execute(
        select(rows.c[0], rows.c[1], rows.c[2]).where(rows.c[0].in_(list(case_ids)))
    ).all()
    known = _parties(session, {row[1] for row in named})
    found: dict[int, list[CaseParty]] = {}
    for case_id, party_id, part in named:
        one = known.get(party_id)
        if one is not None:
            found.setdefault(case_id, []).append(replace(one, part=part))
    return {case_id: tuple(dict.fromkeys(ones)) for case_id, ones in found.items()}


def expert_facts(session: Session, expert_ids: Collection[int]) -> dict[int, ExpertFacts]:
    """What the rules know of experts."""
    rows = session.execute(
        select(Expert.id, Expert.party_id, Expert.retired).where(Expert.id.in_(list(expert_ids)))
    ).all()
    ties = _ties(session, expert_ids)
    parties = _parties(session, {row.party_id for row in rows})
    return {
        row.id: ExpertFacts(
            party_id=parties[row.party_id].party_id,
            employer_id=parties[row.party_id].employer_id,
            retired=row.retired,
            ties=ties.get(row.id, ()),
        )
        for row in rows
    }


def _ties(session: Session, expert_ids: Collection[int]) -> dict[int, tuple[Tie, ...]]:
    rows = session.scalars(
        select(ExpertTie).where(ExpertTie.expert_id.in_(list(expert_ids))).order_by(ExpertTie.id)
    ).all()
    parties = _parties(session, {row.party_id for row in rows if row.party_id is not None})
    found: dict[int, list[Tie]] = {}
    for row in rows:
        party = parties.get(row.party_id) if row.party_id is not None else None
        # Taking part is an event: it is over on its day unless a later one is known.
        until = row.until or (row.since if row.kind is TieKind.TOOK_PART else None)
        found.setdefault(row.expert_id, []).append(
            Tie(
                kind=row.kind,
                party_id=party.party_id if party else None,
                employer_id=party.employer_id if party else None,
                case=(row.case_kind, row.case_id) if row.case_id is not None else None,
                relation=row.relation,
                until=until,
            )
        )
    return {expert_id: tuple(ones) for expert_id, ones in found.items()}


def _parties(session: Session, party_ids: Collection[int]) -> dict[int, CaseParty]:
    """Parties by the id they were named with; merged ones stand for who they are today."""
    found: dict[int, CaseParty] = {}
    open_ids = {one: one for one in party_ids}
    resolved: dict[int, int] = {}
    while open_ids:
        rows = {
            row.id: row
            for row in session.execute(
                select(
                    Party.id, Party.name, Party.employer_id, Party.representative_id,
                    Party.merged_into_id,
                ).where(Party.id.in_(list(open_ids.values())))
            )
        }  # fmt: skip
        later = {}
        for asked, current in open_ids.items():
            row = rows.get(current)
            if row is None:
                continue
            if row.merged_into_id is not None and row.merged_into_id != asked:
                later[asked] = row.merged_into_id
                continue
            resolved[asked] = row.id
            found[asked] = CaseParty(
                party_id=row.id,
                part="",
                name=row.name,
                employer_id=row.employer_id,
                representative_id=row.representative_id,
            )
        open_ids = later
    return _with_living_employers(session, found)


def _with_living_employers(
    session: Session, found: Mapping[int, CaseParty]
) -> dict[int, CaseParty]:
    """Employers and representatives that were merged stand for who they are today, too."""
    others = {
        one
        for party in found.values()
        for one in (party.employer_id, party.representative_id)
        if one is not None
    }
    merged = dict(
        session.execute(
            select(Party.id, Party.merged_into_id).where(
                Party.id.in_(list(others)), Party.merged_into_id.is_not(None)
            )
        ).all()
    )

    def living(party_id: int | None) -> int | None:
        seen = set()
        while party_id in merged and party_id not in seen:
            seen.add(party_id)
            party_id = merged[party_id]
        return party_id

    return {
        key: replace(
            party,
            employer_id=living(party.employer_id),
            representative_id=living(party.representative_id),
        )
        for key, party in found.items()
    }


def _near(session: Session, facts: ExpertFacts) -> set[int]:
    """Every party that could be in a case the expert is in conflict with."""
    kin = {tie.party_id for tie in facts.ties if tie.kind is TieKind.KIN}
    near = {facts.party_id, facts.employer_id, *(tie.party_id for tie in facts.ties)}
    near |= {tie.employer_id for tie in facts.ties if tie.kind is TieKind.KIN}
    people = {one for one in {facts.party_id, *kin} if one is not None}
    chosen: list[ColumnElement[bool]] = [Party.representative_id.in_(people)]
    if facts.employer_id is not None:
        chosen.append(Party.employer_id == facts.employer_id)
    near |= set(session.scalars(select(Party.id).where(or_(*chosen))))
    known = {one for one in near if one is not None}
    absorbed: Sequence[int] = tuple(known)
    while absorbed:
        absorbed = session.scalars(
            select(Party.id).where(Party.merged_into_id.in_(absorbed), Party.id.not_in(known))
        ).all()
        known |= set(absorbed)
    return known


def _recorded(
    session: Session, case: tuple[str, int], expert_ids: Collection[int]
) -> dict[int, tuple[Conflict, ...]]:
    rows = session.execute(
        select(Recusal.expert_id, Recusal.ground, Recusal.reason).where(
            Recusal.record_kind == case[0],
            Recusal.record_id == case[1],
            Recusal.expert_id.in_(list(expert_ids)),
        )
    )
    return {row.expert_id: (Conflict(Ground(row.ground), row.reason),) for row in rows}


def _recused_from(session: Session, expert_id: int, kind: str) -> set[int]:
    return set(
        session.scalars(
            select(Recusal.record_id).where(
                Recusal.expert_id == expert_id, Recusal.record_kind == kind
            )
        )
    )
