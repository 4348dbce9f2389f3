"""Pure rules of courses: credit hours, who completes and why not, words a paper must not carry.

Hours are whole hundredths and shares are fractions of whole numbers of half-days: nothing is
rounded but the credit of a half-day, down, by the step of the course.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.errors import FieldError
from core.i18n import N_
from core.messages import register
from core.training.hours import Hours, total
from core.training.states import Mark, Requirement

register(
    {
        "training.hours_short": N_("{found} credit hours of the required {required}"),
        "training.percent_short": N_("{attended} of {sessions} sessions, less than {required}%"),
        "training.not_assessed": N_("no assessment noted"),
        "training.absent_from_test": N_("absent from the test"),
        "training.failed": N_("assessment failed with {score} of {required}"),
        "training.unmarked": N_("attendance not noted for {count} sessions"),
        "training.make_up_open": N_("a late signature waits for the second person"),
        "training.words": N_("“{word}” must not stand on a training certificate."),
    }
)

#: Marks that count as having been there; a late signature only once it is confirmed.
ATTENDED = frozenset({Mark.PRESENT, Mark.LATE, Mark.EARLY, Mark.MADE_UP})
#: Words a training certificate must not carry (texts.md 23).
WORDS = ("中华人民共和国", "全国", "国家", "职业资格", "执业", "上岗")
EMBLEM = "国徽"
#: Words that contain one of them and mean something else, the small print of texts.md 23 among them.
_HARMLESS = (
    "不作为职业资格、执业或上岗凭证",
    "国家储备林",
    "国家核证自愿减排量",
    "国家公园",
    "国家级公益林",
)


@dataclass(frozen=True)
class CreditRule:
    """How minutes become credit hours.

    Attributes:
        minutes_per_hour: 45 or 50.
        step: the smallest part of an hour that is credited; less is dropped.
        cap: the most a half-day gives.
    """

    minutes_per_hour: int
    step: Hours
    cap: Hours

    def credit(self, minutes: int) -> Hours:
        """Credit of one half-day of so many minutes, rounded down to whole steps."""
        exact = Fraction(minutes * 100, self.minutes_per_hour)
        steps = exact // self.step.units
        return min(Hours(int(steps) * self.step.units), self.cap)


@dataclass(frozen=True)
class Held:
    """A session that was held: its id and the credit it gives."""

    id: int
    hours: Hours


@dataclass(frozen=True)
class Attended:
    """What was noted of a person at a session; `missed` in minutes."""

    mark: Mark
    missed: int = 0
    confirmed: bool = True


@dataclass(frozen=True)
class Test:
    """An attempt at the assessment; no score where the person was absent."""

    __test__ = False  # pytest: this is no test class

    score: int | None


@dataclass(frozen=True, kw_only=True)
class CompletionRule:
    """What a course asks for.

    Attributes:
        required: units of 0.01 h or whole percent, by `requirement`.
        pass_mark: tenths of a point; None where nothing is assessed.
        missed_limit: minutes of a half-day that may be missed; 0 for any.
    """

    requirement: Requirement
    required: int
    pass_mark: int | None = None
    missed_limit: int = 0


@dataclass(frozen=True)
class Missing:
    """One thing that is missing: a code with its facts."""

    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Standing:
    """Where a person stands in a course.

    Attributes:
        hours: earned.
        attended: half-days that count.
        sessions: all that were held.
        score: of the last attempt, in tenths.
        missing: why the course is not completed; empty where it is.
    """

    hours: Hours
    attended: int
    sessions: int
    score: int | None
    missing: tuple[Missing, ...]

    @property
    def completed(self) -> bool:
        """Whether everything asked for is there."""
        return not self.missing

    @property
    def share(self) -> Fraction:
        """Half-days attended, as an exact share of all; 1 where there were none."""
        return Fraction(self.attended, self.sessions) if self.sessions else Fraction(1)


def counts(noted: Attended | None, rule: CompletionRule) -> bool:
    """Whether a half-day counts as attended."""
    if noted is None or noted.mark not in ATTENDED or not noted.confirmed:
        return False
    return not rule.missed_limit or noted.missed <= rule.missed_limit


def standing(
    rule: CompletionRule,
    sessions: Sequence[Held],
    noted: Mapping[int, Attended],
    tests: Sequence[Test],
) -> Standing:
    """Judge one person over all sessions of the course, whether they are past or not.

    Args:
        rule: what is asked for.
        sessions: every session that was not cancelled.
        noted: attendance by session.
        tests: attempts in order; the last one counts.
    """
    there = [one for one in sessions if counts(noted.get(one.id), rule)]
    hours = total(one.hours for one in there)
    missing = [
        *_attendance(rule, hours, len(there), len(sessions)),
        *_unsettled(sessions, noted),
        *_assessment(rule, tests),
    ]
    score = tests[-1].score if tests else None
    return Standing(hours, len(there), len(sessions), score, tuple(missing))


def _attendance(
    rule: CompletionRule, hours: Hours, attended: int, sessions: int
) -> Iterable[Missing]:
    if rule.requirement is Requirement.HOURS and hours.units < rule.required:
        facts: dict[str, object] = {"found": str(hours), "required": str(Hours(rule.required))}
        yield Missing("training.hours_short", facts)
    if rule.requirement is Requirement.PERCENT and attended * 100 < rule.required * sessions:
        facts = {"attended": attended, "sessions": sessions, "required": rule.required}
        yield Missing("training.percent_short", facts)


def _unsettled(sessions: Sequence[Held], noted: Mapping[int, Attended]) -> Iterable[Missing]:
    unmarked = sum(one.id not in noted for one in sessions)
    if unmarked:
        yield Missing("training.unmarked", {"count": unmarked})
    if any(not one.confirmed for one in noted.values()):
        yield Missing("training.make_up_open", {})


def _assessment(rule: CompletionRule, tests: Sequence[Test]) -> Iterable[Missing]:
    if rule.pass_mark is None:
        return
    if not tests:
        yield Missing("training.not_assessed", {})
    elif tests[-1].score is None:
        yield Missing("training.absent_from_test", {})
    elif tests[-1].score < rule.pass_mark:
        facts = {"score": score_text(tests[-1].score), "required": score_text(rule.pass_mark)}
        yield Missing("training.failed", facts)


def score_text(tenths: int | None) -> str:
    """A score as written: 88, 88.5; nothing for none."""
    if tenths is None:
        return ""
    whole, part = divmod(tenths, 10)
    return f"{whole}.{part}" if part else str(whole)


def score_of(number: Decimal) -> int:
    """A score in points as tenths."""
    return int(number * 10)


def percent_text(share: Fraction) -> str:
    """A share in percent, rounded half up to one digit for people; 80.0 is written 80%."""
    tenths = (share * 1000 + Fraction(1, 2)) // 1
    return f"{score_text(int(tenths))}%"


def forbidden_words(text: str) -> tuple[str, ...]:
    """The words of a text that must not stand on a training certificate (texts.md 23).

    A word may be part of another that means something else: 国家储备林 is not 国家.
    """
    bare = re.sub("|".join(_HARMLESS), "", text)
    return tuple(word for word in (*WORDS, EMBLEM) if word in bare)


def certificate_cautions(text: str) -> list[FieldError]:
    """What is odd about the words of a certificate's template, for whoever saves it."""
    return [
        FieldError("source", "training.words", {"word": word}) for word in forbidden_words(text)
    ]
