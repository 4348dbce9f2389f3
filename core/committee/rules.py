"""Pure rules: conflicts of interest, the result of a vote, withheld tax, reminders of age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.committee.states import (
    GROUND_CHINESE,
    CaseResult,
    Ground,
    TieKind,
    Vote,
)


@dataclass(frozen=True, kw_only=True)
class CaseParty:
    """A party of a case.

    Attributes:
        party_id: resolved to who it is today.
        part: what it is in the case, in Chinese (权利人, 监测核算机构 ...).
        name: as reasons name it.
        employer_id: whom it works for, if it is a person.
        representative_id: its legal representative as a party, if known.
    """

    party_id: int
    part: str
    name: str
    employer_id: int | None = None
    representative_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Tie:
    """A tie of an expert (:class:`core.committee.model.ExpertTie`), parties resolved.

    `employer_id` is whom the party of the tie works for: a relative's employer.
    """

    kind: TieKind
    party_id: int | None = None
    employer_id: int | None = None
    case: tuple[str, int] | None = None
    relation: str = ""
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class ExpertFacts:
    """What the rules know of an expert. `retired` makes the employer a former one."""

    party_id: int
    employer_id: int | None = None
    retired: bool = False
    ties: tuple[Tie, ...] = field(default=())


@dataclass(frozen=True)
class Conflict:
    """One reason why an expert may not judge a case."""

    ground: Ground
    reason: str


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier (1 March for 29 February)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


def conflicts(
    expert: ExpertFacts,
    case: tuple[str, int],
    parties: Sequence[CaseParty],
    day: date,
    lookback_years: int,
) -> tuple[Conflict, ...]:
    """Every conflict of an expert with a case, each with its reason in Chinese.

    Args:
        expert: who.
        case: kind and id.
        parties: applicants, holders, agents, measuring bodies ...
        day: ties that ended more than `lookback_years` before it no longer count.
        lookback_years: of `committee.lookback_years`.
    """
    found = []
    since = years_before(day, lookback_years)
    for party in parties:
        found += _by_party(expert, party)
    for tie in expert.ties:
        if tie.until is None or tie.until >= since:
            found += _by_tie(tie, case, parties)
    return tuple(dict.fromkeys(found))


def _by_party(expert: ExpertFacts, party: CaseParty) -> list[Conflict]:
    whom = f"{party.part}{party.name}"
    found = []
    if party.party_id == expert.party_id:
        found.append(Conflict(Ground.SELF, f"本人为{party.part}"))
    if party.representative_id == expert.party_id:
        found.append(Conflict(Ground.EMPLOYED, f"担任{whom}的负责人"))
    if expert.employer_id is not None and expert.employer_id == party.party_id:
        word = "退休前任职于" if expert.retired else "任职于"
        found.append(Conflict(Ground.EMPLOYED, f"{word}{whom}"))
    if expert.employer_id is not None and expert.employer_id == party.employer_id:
        found.append(Conflict(Ground.EMPLOYED, f"与{whom}同一单位"))
    return found


def _by_tie(tie: Tie, case: tuple[str, int], parties: Sequence[CaseParty]) -> list[Conflict]:
    ground = Ground(tie.kind.value)
    word = f"（{tie.relation}）" if tie.relation else ""
    if tie.case == case:
        return [Conflict(ground, f"{_CASE_WORDS[tie.kind]}{word}")]
    if tie.party_id is None:
        return []
    found = []
    for party in parties:
        whom = f"{party.part}{party.name}"
        if tie.party_id == party.party_id:
            found.append(Conflict(ground, f"{_PARTY_WORDS[tie.kind].format(whom=whom)}{word}"))
        elif tie.kind is TieKind.KIN and (
            tie.party_id == party.representative_id or tie.employer_id == party.party_id
        ):
            found.append(Conflict(ground, f"亲属任职于{whom}{word}"))
    return found


_CASE_WORDS = {
    TieKind.EMPLOYED: "与本事项当事人有任职关系",
    TieKind.PAID: "受聘于本事项",
    TieKind.KIN: "与本事项当事人有亲属关系",
    TieKind.TOOK_PART: "曾参与本事项",
    TieKind.DECLARED: "自行申请回避",
}
_PARTY_WORDS = {
    TieKind.EMPLOYED: "曾任职于{whom}",
    TieKind.PAID: "受聘于{whom}",
    TieKind.KIN: "与{whom}有亲属关系",
    TieKind.TOOK_PART: "曾参与{whom}的项目",
    TieKind.DECLARED: "就{whom}自行申请回避",
}


def ground_words(found: Iterable[Conflict]) -> str:
    """The kinds of grounds, for a register that says nothing of the case."""
    return "、".join(dict.fromkeys(GROUND_CHINESE[one.ground] for one in found))


# ---------------------------------------------------------------------------- votes
@dataclass(frozen=True)
class Tally:
    """A counted vote: for (with or without changes), against, abstentions, and what it comes to."""

    votes_for: int
    votes_against: int
    abstentions: int
    result: CaseResult


def tally(votes: Sequence[Vote], attending: int, majority: tuple[int, int]) -> Tally:
    """Count the votes of one case.

    It passes when those who pass it without changes are at least the fraction `majority` of the
    attending; after changes, when they are together with those who ask for changes; else it fails.

    Args:
        votes: one for each expert who gave an opinion.
        attending: how many attended and judged the case; abstentions and silence count as such.
        majority: numerator and denominator of the fraction (2, 3).
    """
    passed = votes.count(Vote.PASS)
    changed = votes.count(Vote.PASS_AFTER_CHANGES)
    above, under = majority
    if attending and passed * under >= above * attending:
        result = CaseResult.PASS
    elif attending and (passed + changed) * under >= above * attending:
        result = CaseResult.PASS_AFTER_CHANGES
    else:
        result = CaseResult.FAIL
    against = votes.count(Vote.FAIL)
    return Tally(passed + changed, against, attending - passed - changed - against, result)


# ---------------------------------------------------------------------------- people
def age_on(born_on: date, day: date) -> int:
    """Full years on a day (who is born on 29 February has the birthday on 1 March)."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def total_score(scores: Mapping[str, int], full: Mapping[str, int]) -> tuple[int, int]:
    """Points given and full marks of the criteria that were scored."""
    known = [key for key in scores if key in full]
    return sum(scores[key] for key in known), sum(full[key] for key in known)
