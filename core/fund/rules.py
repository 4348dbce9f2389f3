"""What bars a receipt: pure rules over plain facts.

Sources: 公益事业捐赠票据使用管理办法（财综〔2024〕1号）第七、八条, 慈善法 第三十八条, 公告2020年第27号
(qualification of the unit), 财税〔2009〕124号 (no proof, no receipt).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.errors import RuleViolation
from core.fund.states import NATURE_TITLES, DonationState, Form, Nature, Way
from core.i18n import N_, _
from core.messages import register, sentence

register(
    {
        "fund.money_missing": N_("{code}: the gift has not arrived yet."),
        "fund.not_reviewed": N_("{code}: a second person has not reviewed it yet."),
        "fund.refunded": N_("{code} was refunded or moved to another donor."),
        "fund.benefit": N_(
            "{code} is no gift free of return ({what}); interest, sponsorship, apportionment or a "
            "benefit in return bars a receipt."
        ),
        "fund.already_receipted": N_("{code} already is in the valid receipt {number}."),
        "fund.unqualified": N_(
            "The unit's qualification for deduction does not cover {year}, the year of the gift "
            "{code}."
        ),
        "fund.no_licence": N_("The unit “{unit}” has no licence for fiscal receipts."),
        "fund.proof_missing": N_(
            "{code}: without proof of value a gift in kind has no amount and no fiscal receipt."
        ),
        "fund.identity_missing": N_("The donor of {code} has no identity number or credit code."),
        "fund.text_missing": N_("The receipt lacks a mandatory text: {what}."),
        "fund.own_off": N_("This office has not chosen to write confirmations of its own."),
        "fund.same_person": N_(
            "{code}: cashier, reviewer and issuer must be three different people."
        ),
        "fund.several_donors": N_("One receipt is for one donor, one unit and one year."),
        "fund.barred": N_("The receipt cannot be issued:\n{reasons}"),
    }
)


class Severity(StrEnum):
    """Whether a finding stops the receipt or is only printed on it."""

    BAR = "bar"
    NOTE = "note"


SEVERITY_TITLES = {Severity.BAR: N_("Bars the receipt"), Severity.NOTE: N_("Printed on it")}


@dataclass(frozen=True)
class Finding:
    """One rule that does not hold: `code` and `params` make the sentence."""

    code: str
    severity: Severity
    params: Mapping[str, object]

    @property
    def text(self) -> str:
        """The sentence, in the language of the screen."""
        return sentence(self.code, self.params)


@dataclass(frozen=True, kw_only=True)
class GiftFacts:
    """What the rules know of one donation.

    Attributes:
        benefit: what is given in return, in words.
        receipt_number: of the valid receipt it is in already, or empty.
        proven: whether every item in kind has its proof (True for money).
        identified: whether the donor has a number, and may be named with it.
        people: accounts of cashier and reviewer.
    """

    code: str
    state: DonationState
    form: Form
    nature: Nature
    benefit: str
    received_on: date
    receipt_number: str
    proven: bool
    identified: bool
    people: tuple[int | None, ...]
    donor_id: int
    unit_id: int


@dataclass(frozen=True, kw_only=True)
class UnitFacts:
    """What the rules know of the issuing unit; `years` are first and last year of qualifications."""

    name: str
    credit_code: str
    licence_number: str
    years: tuple[tuple[int, int], ...]

    def qualified(self, day: date) -> bool:
        """Whether gifts of that day may be deducted."""
        return any(first <= day.year <= last for first, last in self.years)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The receipt that is wanted: way, who would issue it, and what the office has chosen."""

    way: Way
    issuer: int
    own_chosen: bool = True
    warning: str = "。"


def findings(gifts: Iterable[GiftFacts], unit: UnitFacts, wanted: Wanted) -> list[Finding]:
    """Every rule that does not hold, those that stop the receipt first."""
    gifts = list(gifts)
    found = _of_unit(unit, wanted)
    for gift in gifts:
        found += _of_gift(gift, wanted) + _of_proof(gift, unit, wanted)
    if len({(one.donor_id, one.unit_id, one.received_on.year) for one in gifts}) > 1:
        found.append(Finding("fund.several_donors", Severity.BAR, {}))
    return sorted(found, key=lambda one: one.severity is Severity.NOTE)


def refuse(found: Iterable[Finding]) -> None:
    """Raise what stops the receipt, all reasons in one sentence.

    Raises:
        RuleViolation: `fund.barred`.
    """
    barred = [one for one in found if one.severity is Severity.BAR]
    if len(barred) == 1:
        raise RuleViolation(barred[0].code, **barred[0].params)
    if barred:
        raise RuleViolation("fund.barred", reasons="\n".join(one.text for one in barred))


def _of_unit(unit: UnitFacts, wanted: Wanted) -> list[Finding]:
    found = []
    if wanted.way is not Way.OWN and not unit.licence_number:
        found.append(Finding("fund.no_licence", Severity.BAR, {"unit": unit.name}))
    if not unit.credit_code:
        found.append(Finding("fund.text_missing", Severity.BAR, {"what": "收款单位信用代码"}))
    if wanted.way is Way.OWN and not wanted.own_chosen:
        found.append(Finding("fund.own_off", Severity.BAR, {}))
    if wanted.way is Way.OWN and not wanted.warning.strip():
        found.append(Finding("fund.text_missing", Severity.BAR, {"what": "非财政票据说明"}))
    return found


_GONE = frozenset({DonationState.REFUNDED, DonationState.REBOOKED})


def _of_gift(gift: GiftFacts, wanted: Wanted) -> list[Finding]:
    found = []
    code = {"code": gift.code}
    if gift.state is DonationState.REGISTERED:
        found.append(Finding("fund.money_missing", Severity.BAR, code))
    if gift.state is DonationState.ARRIVED:
        found.append(Finding("fund.not_reviewed", Severity.BAR, code))
    if gift.state in _GONE:
        found.append(Finding("fund.refunded", Severity.BAR, code))
    if gift.nature is not Nature.GIFT or gift.benefit.strip():
        what = gift.benefit.strip() or _(NATURE_TITLES[gift.nature])
        found.append(Finding("fund.benefit", Severity.BAR, {**code, "what": what}))
    if gift.receipt_number:
        facts = {**code, "number": gift.receipt_number}
        found.append(Finding("fund.already_receipted", Severity.BAR, facts))
    people = [*(one for one in gift.people if one is not None), wanted.issuer]
    if len(set(people)) < len(people):
        found.append(Finding("fund.same_person", Severity.BAR, code))
    return found


def _of_proof(gift: GiftFacts, unit: UnitFacts, wanted: Wanted) -> list[Finding]:
    """What a fiscal receipt needs; our own letter says instead that it supports no deduction."""
    severity = Severity.NOTE if wanted.way is Way.OWN else Severity.BAR
    found = []
    if not unit.qualified(gift.received_on):
        facts: dict[str, object] = {"code": gift.code, "year": gift.received_on.year}
        found.append(Finding("fund.unqualified", severity, facts))
    if not gift.proven:
        found.append(Finding("fund.proof_missing", severity, {"code": gift.code}))
    if not gift.identified:
        found.append(Finding("fund.identity_missing", severity, {"code": gift.code}))
    return found
