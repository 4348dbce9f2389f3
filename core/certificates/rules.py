"""The rules a case is judged by before approval: pure functions over frozen facts.

Every rule has an id, a text, a severity and the step from which it is asked. `block` cannot be
talked away; `reason` needs a reason from the reviewer and is kept with the name; `warn` informs.
Sources: the office's working rules in the design pages; 民法典 and 不动产登记暂行条例 practice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.certificates.states import ROUTE, Ownership, State
from core.i18n import N_, _, chinese
from core.values.area import Area
from core.values.tonnes import Tonnes
from db.types import canonical_json


class Severity(StrEnum):
    """What a finding means for the case."""

    BLOCK = "block"
    REASON = "reason"
    WARN = "warn"


SEVERITY_TITLES: Mapping[Severity, str] = {
    Severity.BLOCK: N_("Blocks"),
    Severity.REASON: N_("Needs a reason"),
    Severity.WARN: N_("For notice"),
}


@dataclass(frozen=True, kw_only=True)
class ConflictFacts:
    """Another live claim that touches a parcel's land and period."""

    other: str
    by: str
    overlap: Area | None
    block: bool


@dataclass(frozen=True, kw_only=True)
class ParcelFacts:
    """A parcel as the rules see it. `rate` is t CO2e per hectare and year, None if not computed."""

    key: str
    name: str
    in_county: bool
    area: Area
    computed_area: Area | None
    group: str
    by_hand: bool
    has_volumes: bool
    manual_tonnes: Tonnes | None
    report_page: str
    rate: Fraction | None
    term_until: date | None
    mortgaged: bool
    conflicts: tuple[ConflictFacts, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Who had a duty: the account and the name."""

    account_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """Everything the rules look at, on one day.

    Attributes:
        dates: every date that must not lie in the future, with what it is (`N_`).
        amount_current: the newest calculation fits the present parcels; None before there is one.
        signed_off_by: who took an unconfirmed parameter set upon themselves.
        registry_answer: ``clear`` and so on (see `Consultation`); empty before the answer.
        registry_other_land: the parcels changed after the title registry was asked.
        disturbances: what site visits found within the monitoring period (`N_`).
        expert_result: of the newest review; empty before.
        unanswered: it is overdue and not accepted yet.
        hands: who took each step, by step key (the newest one counts).
    """

    state: State
    today: date
    parcels: tuple[ParcelFacts, ...]
    shares: tuple[Fraction, ...] = (Fraction(1),)
    ownership: Ownership = Ownership.SOLE
    dates: tuple[tuple[str, date], ...] = ()
    missing_papers: tuple[str, ...] = ()
    mortgagee_paper: bool = False
    valid_until: date | None = None
    other_cases: tuple[str, ...] = ()
    amount_current: bool | None = None
    tonnes: Tonnes | None = None
    stated_tonnes: Tonnes | None = None
    parameters_confirmed: bool = True
    signed_off_by: str = ""
    registry_needed: bool = True
    registry_answer: str = ""
    registry_other_land: bool = False
    disturbances: tuple[str, ...] = ()
    expert_needed: bool = True
    expert_result: str = ""
    notice_needed: bool = True
    notice_last_day: date | None = None
    notice_closed: bool = False
    open_objections: int = 0
    upheld_objections: int = 0
    found_elsewhere: bool = False
    overdue_since: date | None = None
    unanswered: bool = False
    calendar_unknown: int | None = None
    hands: Mapping[str, Hands] = field(default_factory=dict)
    same_person_allowed: bool = False
    area_tolerance_permille: int = 10
    rate_low: int = 1
    rate_high: int = 20


#: What a rule found: subject (parcel key, or empty) and the facts for its text.
Hits = Iterable[tuple[str, Mapping[str, object]]]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: stable name; reasons are kept under it.
        severity: what a hit means.
        text: English sentence with the facts as placeholders (`N_`).
        check: the hits in a case.
        since: the state from which the rule is asked.
        gates: steps besides approval and entry that a blocking hit stops.
    """

    id: str
    severity: Severity
    text: str
    check: Callable[[CaseFacts], Hits]
    since: State = State.DRAFT
    gates: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A hit of a rule.

    Attributes:
        id: of the rule.
        key: `id` or `id:subject`; a reason is given under it.
        severity: what it means.
        params: the facts, as text.
        answered: the reason that was given for exactly these facts, and by whom; or empty.
    """

    id: str
    key: str
    severity: Severity
    params: Mapping[str, str]
    answered: str = ""
    answered_by: str = ""

    @property
    def text(self) -> str:
        """The sentence in the language of the screen."""
        return self._sentence(_)

    @property
    def chinese(self) -> str:
        """The sentence in Chinese, for papers."""
        return self._sentence(chinese)

    def _sentence(self, translate: Callable[[str], str]) -> str:
        # Facts are kept in one language so that a reason holds whatever the screen speaks.
        shown = {
            name: translate(value) if name in {"what", "by", "answer"} else value
            for name, value in self.params.items()
        }
        return translate(RULES[self.id].text).format_map(shown)

    @property
    def facts(self) -> str:
        """Canonical text of the facts: a reason holds only while they stay the same."""
        return canonical_json(dict(self.params))

    @property
    def settled(self) -> bool:
        """Whether it no longer stands in the way."""
        return self.severity is Severity.WARN or (
            self.severity is Severity.REASON and bool(self.answered)
        )


def _notice_unfinished(case: CaseFacts) -> Hits:
    if case.notice_needed and not case.notice_closed:
        day = case.notice_last_day
        yield "", {"day": day or "—"}


def _objection_open(case: CaseFacts) -> Hits:
    if case.open_objections:
        yield "", {"count": case.open_objections}


def _objection_upheld(case: CaseFacts) -> Hits:
    if case.upheld_objections:
        yield "", {"count": case.upheld_objections}


def _papers_missing(case: CaseFacts) -> Hits:
    if case.missing_papers:
        yield "", {"papers": "、".join(case.missing_papers)}


def _mortgagee_paper(case: CaseFacts) -> Hits:
    if case.mortgagee_paper:
        return
    named = [parcel.name for parcel in case.parcels if parcel.mortgaged]
    if named:
        yield "", {"parcels": "、".join(named)}
    elif case.registry_answer == "mortgaged":
        yield "", {"parcels": "、".join(parcel.name for parcel in case.parcels)}


def _future_date(case: CaseFacts) -> Hits:
    for what, day in case.dates:
        if day > case.today:
            yield what, {"what": what, "day": day}


def _shares(case: CaseFacts) -> Hits:
    total = sum(case.shares, Fraction(0))
    if case.ownership is Ownership.SHARES and total != 1:
        yield "", {"total": total}


def _sole_holder(case: CaseFacts) -> Hits:
    if case.ownership is Ownership.SOLE and len(case.shares) != 1:
        yield "", {"count": len(case.shares)}


def _double_claim(case: CaseFacts) -> Hits:
    for parcel in case.parcels:
        for conflict in parcel.conflicts:
            if conflict.block:
                overlap = "—" if conflict.overlap is None else f"{conflict.overlap.mu:.2f}"
                facts = {"parcel": parcel.name, "other": conflict.other}
                facts |= {"by": conflict.by, "overlap": overlap}
                yield f"{parcel.key}/{conflict.other}", facts


def _compare_maps(case: CaseFacts) -> Hits:
    for parcel in case.parcels:
        for conflict in parcel.conflicts:
            if not conflict.block:
                yield (
                    f"{parcel.key}/{conflict.other}",
                    {
                        "parcel": parcel.name,
                        "other": conflict.other,
                        "by": conflict.by,
                    },
                )


def _area_mismatch(case: CaseFacts) -> Hits:
    for parcel in case.parcels:
        if parcel.computed_area is None or not parcel.area.m2:
            continue
        difference = abs(parcel.area.m2 - parcel.computed_area.m2)
        if difference * 1000 > case.area_tolerance_permille * parcel.area.m2:
            percent = Decimal(difference * 100) / Decimal(parcel.area.m2)
            yield (
                parcel.key,
                {
                    "parcel": parcel.name,
                    "stated": parcel.area.ha,
                    "computed": parcel.computed_area.ha,
                    "percent": f"{percent:.2f}",
                },
            )


def _rates(
    case: CaseFacts, wrong: Callable[[Fraction], bool]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    for parcel in case.parcels:
        if parcel.rate is not None and wrong(parcel.rate):
            rate = f"{Decimal(parcel.rate.numerator) / Decimal(parcel.rate.denominator):.2f}"
            facts = {"parcel": parcel.name, "rate": rate}
            yield parcel.key, {**facts, "low": case.rate_low, "high": case.rate_high}


def _rate_high(case: CaseFacts) -> Hits:
    return _rates(case, lambda rate: rate > case.rate_high)


def _rate_low(case: CaseFacts) -> Hits:
    return _rates(case, lambda rate: rate < case.rate_low)


def _bamboo_by_volume(case: CaseFacts) -> Hits:
    for parcel in case.parcels:
        if parcel.by_hand and (parcel.manual_tonnes is None or not parcel.report_page):
            yield parcel.key, {"parcel": parcel.name, "group": parcel.group}


def _group_missing(case: CaseFacts) -> Hits:
    for parcel in case.parcels:
        if not parcel.group and parcel.manual_tonnes is None:
            yield parcel.key, {"parcel": parcel.name}


def _volumes_missing(case: CaseFacts) -> Hits:
    for parcel in case.parcels:
        by_volume = bool(parcel.group) and not parcel.by_hand and parcel.manual_tonnes is None
        if by_volume and not parcel.has_volumes:
            yield parcel.key, {"parcel": parcel.name}


def _validity(case: CaseFacts) -> Hits:
    if case.valid_until is None:
        return
    for parcel in case.parcels:
        if parcel.term_until is not None and case.valid_until > parcel.term_until:
            facts = {"valid": case.valid_until, "term": parcel.term_until}
            yield parcel.key, {"parcel": parcel.name, **facts}


def _other_case(case: CaseFacts) -> Hits:
    for other in case.other_cases:
        yield other, {"other": other}


def _outside(case: CaseFacts) -> Hits:
    for parcel in case.parcels:
        if not parcel.in_county:
            yield parcel.key, {"parcel": parcel.name}


def _amount_stale(case: CaseFacts) -> Hits:
    if case.amount_current is not True:
        yield "", {}


def _amount_not_positive(case: CaseFacts) -> Hits:
    if case.tonnes is not None and case.tonnes.units <= 0:
        yield "", {"tonnes": case.tonnes.plain}


def _unconfirmed(case: CaseFacts) -> Hits:
    if not case.parameters_confirmed and not case.signed_off_by:
        yield "", {}


def _signed_off(case: CaseFacts) -> Hits:
    if not case.parameters_confirmed and case.signed_off_by:
        yield "", {"name": case.signed_off_by}


def _stated_differs(case: CaseFacts) -> Hits:
    if case.tonnes is not None and case.stated_tonnes not in {None, case.tonnes}:
        assert case.stated_tonnes is not None
        yield "", {"stated": case.stated_tonnes.plain, "computed": case.tonnes.plain}


def _registry_silent(case: CaseFacts) -> Hits:
    if case.registry_needed and not case.registry_answer:
        yield "", {}


_BARS = {"seized": N_("a seizure"), "objection": N_("an objection")}


def _registry_bars(case: CaseFacts) -> Hits:
    if case.registry_answer in _BARS:
        yield "", {"answer": _BARS[case.registry_answer]}


def _registry_mismatch(case: CaseFacts) -> Hits:
    if case.registry_answer == "mismatch":
        yield "", {}


def _experts_missing(case: CaseFacts) -> Hits:
    if case.expert_needed and case.expert_result not in {"pass", "pass_after_changes"}:
        yield "", {}


def _expert_changes(case: CaseFacts) -> Hits:
    if case.expert_result == "pass_after_changes":
        yield "", {}


def _found_elsewhere(case: CaseFacts) -> Hits:
    if case.found_elsewhere:
        yield "", {}


_DUTIES = ("pass_preliminary", "pass_second_review", "approve")


def same_hands(case: CaseFacts) -> dict[str, int]:
    """Names that hold more than one of 初审, 复审 and 审定, with how many."""
    taken = [case.hands[step] for step in _DUTIES if step in case.hands]
    ids = [hand.account_id for hand in taken]
    return {
        hand.name: ids.count(hand.account_id) for hand in taken if ids.count(hand.account_id) > 1
    }


def _duties_together(case: CaseFacts) -> Hits:
    if not case.same_person_allowed:
        for name in same_hands(case):
            yield name, {"name": name}


def _duties_allowed(case: CaseFacts) -> Hits:
    if case.same_person_allowed:
        for name in same_hands(case):
            yield name, {"name": name}


def _overdue(case: CaseFacts) -> Hits:
    if case.overdue_since is not None and not case.unanswered:
        yield "", {"day": case.overdue_since}


def _counts_as_accepted(case: CaseFacts) -> Hits:
    if case.overdue_since is not None and case.unanswered:
        yield "", {"day": case.overdue_since}


def _registry_other_land(case: CaseFacts) -> Hits:
    if case.registry_other_land:
        yield "", {}


def _disturbed(case: CaseFacts) -> Hits:
    for what in case.disturbances:
        yield what, {"what": what}


def _calendar_unknown(case: CaseFacts) -> Hits:
    if case.calendar_unknown is not None:
        yield "", {"year": case.calendar_unknown}


_ACCEPT = frozenset({"accept"})
_AMOUNT = frozenset({"examine_amount"})
_BLOCK, _NEEDS, _WARN = Severity.BLOCK, Severity.REASON, Severity.WARN

_ALL = (
    Rule("outside_county", _BLOCK, N_("{parcel} does not lie in this office's county."), _outside, gates=_ACCEPT),
    Rule("papers_missing", _BLOCK, N_("Papers are missing: {papers}."), _papers_missing, gates=_ACCEPT),
    Rule("shares_not_one", _BLOCK, N_("The holders' shares add up to {total}, not to 1."), _shares, gates=_ACCEPT),
    Rule("sole_holder", _BLOCK, N_("Sole ownership has one holder; this case has {count}."), _sole_holder, gates=_ACCEPT),
    Rule("future_date", _BLOCK, N_("{what}: {day} lies in the future."), _future_date, gates=_ACCEPT),
    Rule(
        "mortgagee_paper",
        _BLOCK,
        N_("The forest right is mortgaged ({parcels}); the mortgagee's knowledge or consent is missing."),
        _mortgagee_paper,
    ),
    Rule(
        "double_claim",
        _BLOCK,
        N_("{parcel}: the same land is claimed by {other} in an overlapping monitoring period (by {by}; overlap in mu: {overlap})."),
        _double_claim,
    ),
    Rule(
        "compare_maps",
        _WARN,
        N_("{parcel}: the sub-compartment number also stands in {other}, of another data year; compare the maps."),
        _compare_maps,
    ),
    Rule(
        "area_mismatch",
        _NEEDS,
        N_("{parcel}: stated {stated} ha, computed from the boundary {computed} ha; {percent} % apart."),
        _area_mismatch,
    ),
    Rule("group_missing", _BLOCK, N_("{parcel}: assign a parameter group; none is taken by itself."), _group_missing, State.AMOUNT, _AMOUNT),
    Rule("bamboo_by_volume", _BLOCK, N_("{parcel}: {group} is not computed from stock volume; enter the report's amount and page."), _bamboo_by_volume, State.AMOUNT, _AMOUNT),
    Rule("volumes_missing", _BLOCK, N_("{parcel}: a stock volume is missing."), _volumes_missing, State.AMOUNT, _AMOUNT),
    Rule("rate_high", _BLOCK, N_("{parcel}: {rate} t per hectare and year is above {high}; check the stock volumes."), _rate_high, gates=_AMOUNT),
    Rule("rate_low", _NEEDS, N_("{parcel}: {rate} t per hectare and year is below {low}."), _rate_low),
    Rule("amount_stale", _BLOCK, N_("There is no calculation for the parcels as they are now; compute the amount."), _amount_stale, State.AMOUNT, _AMOUNT),
    Rule("amount_not_positive", _BLOCK, N_("The amount is {tonnes} t; there is nothing to register."), _amount_not_positive, gates=_AMOUNT),
    Rule("parameters_unconfirmed", _BLOCK, N_("The parameter set is unconfirmed; somebody must sign it off by name."), _unconfirmed, State.AMOUNT, _AMOUNT),
    Rule("parameters_signed_off", _WARN, N_("The parameter set is unconfirmed; signed off by {name}."), _signed_off),
    Rule("stated_differs", _NEEDS, N_("The report states {stated} t; computed are {computed} t."), _stated_differs),
    Rule("registry_silent", _BLOCK, N_("The title registry has not answered."), _registry_silent, State.PRELIMINARY, frozenset({"pass_preliminary"})),
    Rule("registry_bars", _BLOCK, N_("The title registry reports {answer}."), _registry_bars),
    Rule("registry_mismatch", _NEEDS, N_("The title registry's record does not agree with the application."), _registry_mismatch),
    Rule("registry_other_land", _BLOCK, N_("The title registry was asked about other parcels; write to it again."), _registry_other_land),
    Rule("disturbed", _NEEDS, N_("{what} within the monitoring period: measure again, and say how it was done."), _disturbed),
    Rule("experts_missing", _BLOCK, N_("The experts have not passed the case."), _experts_missing, State.EXPERT_REVIEW),
    Rule("expert_changes", _NEEDS, N_("The experts passed the case after changes; say how they were made."), _expert_changes),
    Rule("notice_unfinished", _BLOCK, N_("The public notice is not finished (last day: {day})."), _notice_unfinished, State.NOTICE),
    Rule("objection_open", _BLOCK, N_("{count} objections have not been answered."), _objection_open, gates=frozenset({"close_notice"})),
    Rule("objection_upheld", _BLOCK, N_("{count} objections were upheld; send back and publish again, or refuse."), _objection_upheld),
    Rule("other_case", _NEEDS, N_("Another application under the same right certificate is open: {other}."), _other_case),
    Rule("found_elsewhere", _BLOCK, N_("The ecology office found the amount in another mechanism."), _found_elsewhere),
    Rule("validity_beyond_term", _NEEDS, N_("{parcel}: the certificate would be valid until {valid}, the land-use term ends {term}."), _validity),
    Rule("duties_together", _BLOCK, N_("{name} has more than one of preliminary review, second review and approval."), _duties_together),
    Rule("duties_allowed", _WARN, N_("Small-office exception: {name} has more than one of the three duties."), _duties_allowed),
    Rule("overdue", _WARN, N_("The limit of this step ended on {day}."), _overdue),
    Rule("counts_as_accepted", _WARN, N_("Not answered by {day}: the application would count as accepted."), _counts_as_accepted),
    Rule("calendar_unknown", _WARN, N_("The holidays of {year} are not published; due dates may move."), _calendar_unknown),
)  # fmt: skip
RULES: Mapping[str, Rule] = {rule.id: rule for rule in _ALL}

_ORDER = {state: place for place, state in enumerate((State.DRAFT, State.CORRECTION, *ROUTE))}


def judge(case: CaseFacts, *, all_steps: bool = False) -> tuple[Finding, ...]:
    """Every finding of the rules that are asked in the case's state, blocking ones first.

    With `all_steps` those of later states are asked too: what will stand in the way one day.
    """
    place = len(_ORDER) if all_steps else _ORDER.get(case.state, len(_ORDER))
    findings = [
        Finding(
            id=rule.id,
            key=f"{rule.id}:{subject}" if subject else rule.id,
            severity=rule.severity,
            params={name: str(value) for name, value in params.items()},
        )
        for rule in RULES.values()
        if _ORDER[rule.since] <= place
        for subject, params in rule.check(case)
    ]
    rank = list(Severity)
    return tuple(sorted(findings, key=lambda finding: rank.index(finding.severity)))


def barring(findings: Iterable[Finding], step: str) -> tuple[Finding, ...]:
    """The findings that stop a step: approval and entry by anything unsettled, others by gates."""
    if step in {"approve", "enter"}:
        return tuple(finding for finding in findings if not finding.settled)
    return tuple(
        finding
        for finding in findings
        if finding.severity is Severity.BLOCK and step in RULES[finding.id].gates
    )
