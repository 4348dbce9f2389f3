"""Suggesting that two parties are one. A person decides; the program only gives reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.parties.model import NotADuplicate, Party, PersonalNumber
from core.parties.queries import PartySummary, summaries
from core.parties.rules import ENTRY_THRESHOLD, PAIR_THRESHOLD, Likeness, clean_name, weight
from core.values.identity import normalise, tail

#: Groups larger than this share a common value (a village telephone), not an identity.
_LARGEST_GROUP = 20
#: More hits of one kind than this help nobody.
_MOST = 100


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A party that may be the one being entered, with the reasons; stronger first."""

    party: PartySummary
    reasons: tuple[Likeness, ...]


@dataclass(frozen=True, kw_only=True)
class DuplicatePair:
    """Two parties of the register that may be one; no verdict yet."""

    first: PartySummary
    second: PartySummary
    reasons: tuple[Likeness, ...]


def suggest_duplicates(
    session: Session, name: str, number: str = "", *, phone: str = "", ignore: int | None = None
) -> list[Suggestion]:
    """Who in the register may be the party about to be entered.

    Args:
        session: a read or write session.
        name: the name as typed.
        number: the identity number or credit code, if any.
        phone: the telephone, if any.
        ignore: the party being edited; verdicts "not a duplicate" about it are respected.

    Returns:
        At most 20 suggestions, the strongest first.
    """
    name = clean_name(name)
    if not name:
        return []
    reasons: dict[int, set[Likeness]] = defaultdict(set)
    for likeness, found in _alike_parties(name, normalise(number), phone.strip()):
        living = select(Party.id).where(
            Party.id.in_(found.limit(_MOST)), Party.merged_into_id.is_(None)
        )
        for party_id in session.scalars(living):
            reasons[party_id].add(likeness)
    if ignore is not None:
        for party_id in {ignore, *_decided(session, ignore)}:
            reasons.pop(party_id, None)
    return _suggestions(session, {one: _without_echo(found) for one, found in reasons.items()})


def _alike_parties(name: str, number: str, phone: str) -> Iterable[tuple[Likeness, Select[int]]]:
    """One query for each likeness, each answered by an index of its own."""
    from core.values.pinyin import sort_key

    yield Likeness.SAME_NAME, select(Party.id).where(Party.name == name)
    yield Likeness.SAME_SOUND, select(Party.id).where(Party.pinyin == sort_key(name))
    yield Likeness.REPRESENTATIVE, select(Party.id).where(Party.representative_name == name)
    if number:
        own = select(PersonalNumber.party_id)
        yield Likeness.SAME_NUMBER, own.where(PersonalNumber.value == number)
        yield Likeness.SAME_NUMBER, select(Party.id).where(Party.credit_code == number)
        yield Likeness.SAME_TAIL, own.where(PersonalNumber.tail == tail(number))
    if phone:
        yield Likeness.SAME_PHONE, select(Party.id).where(Party.phone == phone)


def _suggestions(session: Session, reasons: Mapping[int, set[Likeness]]) -> list[Suggestion]:
    strong = {
        party_id: tuple(sorted(found))
        for party_id, found in reasons.items()
        if weight(found) >= ENTRY_THRESHOLD
    }
    order = sorted(strong, key=lambda party_id: (-weight(strong[party_id]), party_id))[:20]
    parties = summaries(session, order)
    return [Suggestion(party=parties[party_id], reasons=strong[party_id]) for party_id in order]


def _decided(session: Session, party_id: int) -> set[int]:
    query = select(NotADuplicate.first_id, NotADuplicate.second_id).where(
        or_(NotADuplicate.first_id == party_id, NotADuplicate.second_id == party_id)
    )
    return {other for pair in session.execute(query) for other in pair if other != party_id}


def duplicate_pairs(session: Session, limit: int = 200) -> list[DuplicatePair]:
    """Pairs of living parties that look alike and have no verdict, the strongest first."""
    found: dict[tuple[int, int], set[Likeness]] = defaultdict(set)
    for likeness, column in (
        (Likeness.SAME_NUMBER, Party.credit_code),
        (Likeness.SAME_NAME, Party.name),
        (Likeness.SAME_SOUND, Party.pinyin),
        (Likeness.SAME_PHONE, Party.phone),
        (Likeness.SAME_NUMBER, PersonalNumber.value),
        (Likeness.SAME_TAIL, PersonalNumber.tail),
    ):
        for pair in _alike(session, column):
            found[pair].add(likeness)
    for pair in session.execute(select(NotADuplicate.first_id, NotADuplicate.second_id)):
        found.pop((pair[0], pair[1]), None)
    strong = {
        pair: tuple(sorted(_without_echo(reasons)))
        for pair, reasons in found.items()
        if weight(_without_echo(reasons)) >= PAIR_THRESHOLD
    }
    order = sorted(strong, key=lambda pair: (-weight(strong[pair]), pair))[:limit]
    parties = summaries(session, {party_id for pair in order for party_id in pair})
    return [
        DuplicatePair(first=parties[low], second=parties[high], reasons=strong[low, high])
        for low, high in order
    ]


def _without_echo(reasons: set[Likeness]) -> set[Likeness]:
    """The same name sounds the same, the same number ends the same: count each once."""
    echoes = set()
    if Likeness.SAME_NAME in reasons:
        echoes.add(Likeness.SAME_SOUND)
    if Likeness.SAME_NUMBER in reasons:
        echoes.add(Likeness.SAME_TAIL)
    return reasons - echoes


def _alike(session: Session, column: InstrumentedAttribute[str]) -> Iterable[tuple[int, int]]:
    """Pairs of living parties with the same non-empty value in a column.

    Two parties whose numbers are known and differ are two, whatever they are called.
    """
    number = func.coalesce(PersonalNumber.value, Party.credit_code)
    living = (
        select(Party.id, column.label("value"), number.label("number"))
        .outerjoin(PersonalNumber, PersonalNumber.party_id == Party.id)
        .where(Party.merged_into_id.is_(None), column != "")
        .subquery()
    )
    shared = (
        select(living.c.value)
        .group_by(living.c.value)
        .having(func.count().between(2, _LARGEST_GROUP))
        .subquery()
    )
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    query = select(living.c.value, living.c.id, living.c.number)
    for value, party_id, known in session.execute(
        query.join(shared, shared.c.value == living.c.value)
    ):
        groups[value].append((party_id, known))
    for members in groups.values():
        for (low, one), (high, other) in combinations(sorted(members), 2):
            if not (one and other and one != other):
                yield low, high
