"""Which donation a credit is: pure rules over names, amounts, days and account tails.

Nothing but name, amount and day together is sure; everything else is proposed to a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.i18n import N_
from core.values.money import Money
from core.values.pinyin import sort_key

#: Money may be booked a few days after it was announced.
DAYS = 7
#: What banks and counters print for a character they do not have.
_LOST = re.compile(r"[?？□�〓*]")
_INTEREST = re.compile(r"结息|利息|息费|派息")
_RETURN = re.compile(r"冠名|赞助|广告|宣传费|会费|服务费|货款")
_SUFFIX = re.compile(r"[（(][^（）()]*[）)]$")


class Reason(StrEnum):
    """Why a donation is proposed, or why a credit is no gift."""

    NAME = "name"
    LEARNED = "learned"
    AMOUNT = "amount"
    DAY = "day"
    NEAR_DAY = "near_day"
    TAIL = "tail"
    REFERENCE = "reference"
    LOST_CHARACTER = "lost_character"
    HOMOPHONE = "homophone"
    OTHER_PAYER = "other_payer"
    INTEREST = "interest"
    SPONSORSHIP = "sponsorship"


REASON_TITLES = {
    Reason.NAME: N_("same name"),
    Reason.LEARNED: N_("payer known for this donor"),
    Reason.AMOUNT: N_("same amount"),
    Reason.DAY: N_("same day"),
    Reason.NEAR_DAY: N_("a few days apart"),
    Reason.TAIL: N_("same account tail"),
    Reason.REFERENCE: N_("same reference"),
    Reason.LOST_CHARACTER: N_("a rare character was lost in the statement"),
    Reason.HOMOPHONE: N_("the name sounds the same but is written differently"),
    Reason.OTHER_PAYER: N_("paid by somebody else (a trade union?): confirm the receipt's title"),
    Reason.INTEREST: N_("interest, no gift: no receipt"),
    Reason.SPONSORSHIP: N_("looks like sponsorship with something in return: no receipt"),
}


@dataclass(frozen=True)
class Gift:
    """A donation as matching sees it; `learned` are payer names confirmed for its donor before."""

    id: int
    name: str
    amount: Money
    received_on: date
    tail: str = ""
    reference: str = ""
    learned: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Line:
    """A credit as matching sees it."""

    traded_on: date
    credit: Money
    payer_name: str
    payer_tail: str
    memo: str
    reference: str = ""


@dataclass(frozen=True)
class Proposal:
    """What a credit probably is; `sure` may be taken without a look, `gift_id` None is no gift."""

    gift_id: int | None
    sure: bool
    reasons: tuple[Reason, ...]


def propose(line: Line, gifts: Sequence[Gift]) -> Proposal | None:
    """The likeliest meaning of a credit, or None when nothing speaks for any."""
    odd = not_a_gift(line)
    if odd is not None:
        return Proposal(None, sure=False, reasons=(odd,))
    return next(iter(rank(line, gifts)), None)


def rank(line: Line, gifts: Sequence[Gift]) -> list[Proposal]:
    """Every donation a credit may be, the likeliest first; only the first may be sure."""
    ranked = []
    for gift in gifts:
        reasons = _reasons(line, gift)
        if reasons:
            ranked.append(
                (_weight(reasons), -abs((line.traded_on - gift.received_on).days), gift, reasons)
            )
    ranked.sort(key=lambda one: (one[0], one[1], -one[2].id), reverse=True)
    found = []
    for number, (weight, _days, gift, reasons) in enumerate(ranked):
        alone = number == 0 and (len(ranked) == 1 or ranked[1][0] < weight)
        named = Reason.NAME in reasons or Reason.LEARNED in reasons
        sure = alone and named and Reason.DAY in reasons
        found.append(Proposal(gift.id, sure=sure, reasons=reasons))
    return found


def not_a_gift(line: Line) -> Reason | None:
    """Interest and what pays for something in return; the memo tells."""
    if _INTEREST.search(line.memo):
        return Reason.INTEREST
    return Reason.SPONSORSHIP if _RETURN.search(line.memo) else None


_WEIGHTS = {
    Reason.REFERENCE: 64,
    Reason.NAME: 32,
    Reason.LEARNED: 32,
    Reason.LOST_CHARACTER: 16,
    Reason.HOMOPHONE: 16,
    Reason.OTHER_PAYER: 8,
    Reason.TAIL: 4,
    Reason.DAY: 2,
    Reason.NEAR_DAY: 1,
    Reason.AMOUNT: 0,
}


def _weight(reasons: Sequence[Reason]) -> int:
    return sum(_WEIGHTS[one] for one in reasons)


def _reasons(line: Line, gift: Gift) -> tuple[Reason, ...]:
    """Empty unless the amount is the same and the days are near."""
    days = abs((line.traded_on - gift.received_on).days)
    if line.credit != gift.amount or days > DAYS:
        return ()
    found = [Reason.AMOUNT, Reason.DAY if days == 0 else Reason.NEAR_DAY]
    name = _name_reason(line.payer_name, gift)
    if name is not None:
        found.append(name)
    if line.payer_tail and line.payer_tail == gift.tail:
        found.append(Reason.TAIL)
    if line.reference and line.reference == gift.reference:
        found.append(Reason.REFERENCE)
    enough = name is not None or Reason.TAIL in found or Reason.REFERENCE in found
    return tuple(found) if enough else ()


def _name_reason(payer: str, gift: Gift) -> Reason | None:
    payer, name = _plain(payer), _plain(gift.name)
    if payer == name:
        return Reason.NAME
    if payer in gift.learned:
        return Reason.LEARNED
    if _LOST.search(payer) and _fits(payer, name):
        return Reason.LOST_CHARACTER
    if payer and len(payer) == len(name) and sort_key(payer) == sort_key(name):
        return Reason.HOMOPHONE
    bare = _SUFFIX.sub("", name)
    return Reason.OTHER_PAYER if len(bare) >= 4 and payer.startswith(bare) else None


def _plain(name: str) -> str:
    return "".join(name.split())


def _fits(payer: str, name: str) -> bool:
    """Whether the name is the payer's with characters for the marks (one mark, one or two bytes)."""
    pattern = "".join(
        ".{1,2}" if _LOST.fullmatch(character) else re.escape(character) for character in payer
    )
    return re.fullmatch(pattern, name) is not None
