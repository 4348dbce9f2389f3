"""Money of a course: what was planned and spent, who teaches for which fee, tax withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history, settings
from core.database import load_for_edit, require
from core.errors import FieldError, InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties.model import Party, PartyKind
from core.parties.queries import resolve
from core.settings.pay import tax_rule
from core.training.courses import COURSE, held_sessions, needed, open_course
from core.training.hours import Hours, total
from core.training.model import Course
from core.training.record_model import CourseCost, LectureFee, Trainer
from core.training.states import CostKind
from core.values.identity import mask
from core.values.money import Money
from core.values.withholding import withheld

register(
    {
        "training.item_missing": N_("Say what the money is for."),
        "training.amount_zero": N_("Enter an amount above zero."),
        "training.fee_hours": N_("Enter how many credit hours are paid."),
        "training.fee_servant": N_("{name} is a serving civil servant; no lecture fee is paid."),
        "training.no_account": N_("No account is recorded for {name}."),
    }
)

TRAINER = "trainer"


@dataclass(frozen=True, kw_only=True)
class CostContent:
    """A line of the cost of a course."""

    kind: CostKind
    item: str
    amount: Money
    paid_on: date | None = None
    voucher: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TrainerContent:
    """What is known of a trainer. `account_number=None` keeps the account as it is."""

    title: str = ""
    specialty: str = ""
    unit: str = ""
    civil_servant: bool = False
    bank: str = ""
    account_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class FeeContent:
    """A lecture fee: hours paid, and yuan a credit hour before tax."""

    party_id: int
    hours: Hours
    rate: Money
    note: str = ""


def add_cost(session: Session, course_id: int, content: CostContent) -> int:
    """Enter a line of the cost.

    Returns:
        its id.

    Raises:
        NotPermitted: without `training.fee`.
        InputError: no item, or no amount.
        RuleViolation: the course is filed or called off.
    """
    require(session, "training.fee")
    open_course(session, course_id)
    _check(content)
    row = CourseCost(course_id=course_id)
    _fill(row, content)
    session.add(row)
    session.flush()
    data = {"item": row.item, "amount": row.amount.plain, "kind": row.kind.value}
    history.record(session, COURSE, course_id, "cost_added", data=data)
    return row.id


def _check(content: CostContent) -> None:
    errors = []
    if not content.item.strip():
        errors.append(FieldError("item", "training.item_missing"))
    if content.amount <= Money(0):
        errors.append(FieldError("amount", "training.amount_zero"))
    if errors:
        raise InputError(*errors)


def _fill(row: CourseCost, content: CostContent) -> None:
    row.kind, row.amount, row.paid_on = content.kind, content.amount, content.paid_on
    row.item = " ".join(content.item.split())
    row.voucher, row.note = content.voucher.strip(), content.note.strip()


def edit_cost(session: Session, cost_id: int, version: int, content: CostContent) -> None:
    """Correct a line of the cost; before and after stay in the audit log.

    Raises:
        NotPermitted: without `training.fee`.
        InputError: no item, or no amount.
        RuleViolation: the course is filed or called off.
    """
    require(session, "training.fee")
    row = load_for_edit(session, CourseCost, cost_id, version)
    open_course(session, row.course_id)
    _check(content)
    _fill(row, content)
    history.record(session, COURSE, row.course_id, "cost_edited", data={"item": row.item})
    session.flush()


def remove_cost(session: Session, cost_id: int, version: int, reason: str) -> None:
    """Take a line out of the cost; the audit log keeps it.

    Raises:
        NotPermitted: without `training.fee`.
        InputError: no reason.
        RuleViolation: the course is filed or called off.
    """
    require(session, "training.fee")
    row = load_for_edit(session, CourseCost, cost_id, version)
    open_course(session, row.course_id)
    data = {"item": row.item, "amount": row.amount.plain}
    history.record(session, COURSE, row.course_id, "cost_removed", reason=needed(reason), data=data)
    session.delete(row)
    session.flush()


def costs_of(session: Session, course_id: int) -> list[CourseCost]:
    """The lines of the cost: planned before spent, in the order they were entered."""
    rows = session.scalars(select(CourseCost).where(CourseCost.course_id == course_id))
    return sorted(rows, key=lambda one: (one.kind is CostKind.ACTUAL, one.id))


def sum_of(lines: Sequence[CourseCost], kind: CostKind) -> Money:
    """The sum of the lines of a kind."""
    return sum((one.amount for one in lines if one.kind is kind), Money(0))


# --- trainers --------------------------------------------------------------------------------


def save_trainer(
    session: Session, party_id: int, content: TrainerContent, version: int | None = None
) -> int:
    """Make a person of the register a trainer, or change what is known of one.

    Args:
        session: a write session.
        party_id: an expert or a guest.
        content: the form.
        version: of the trainer as the person saw it; None where there is none yet.

    Returns:
        id of the trainer.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: not a person.
        StaleRecord: somebody else saved it.
    """
    require(session, "training.manage")
    party = session.get(Party, resolve(session, party_id))
    if party is None or party.kind is not PartyKind.PERSON:
        raise InputError.of("party_id", "training.not_a_person")
    row = trainer_of(session, party.id)
    if row is not None and version is not None:
        row = load_for_edit(session, Trainer, row.id, version)
    if row is None:
        row = Trainer(party_id=party.id)
    row.title, row.specialty = content.title.strip(), content.specialty.strip()
    row.unit, row.bank = " ".join(content.unit.split()), content.bank.strip()
    row.civil_servant = content.civil_servant
    if content.account_number is not None:
        row.account_number = "".join(content.account_number.split())
        row.account_mask = mask(row.account_number) if row.account_number else ""
    session.add(row)
    session.flush()
    history.record(session, TRAINER, row.id, "saved")
    return row.id


def trainer_of(session: Session, party_id: int) -> Trainer | None:
    """What is known of a party as a trainer."""
    return session.scalar(select(Trainer).where(Trainer.party_id == party_id))


def reveal_account(session: Session, trainer_id: int, reason: str) -> str:
    """A trainer's account in clear, for who may see it; leaves a line in the history.

    Raises:
        NotPermitted: without `training.reveal`.
        InputError: no reason.
        NotFound: no trainer, or no account.
    """
    require(session, "training.reveal")
    row = session.get(Trainer, trainer_id)
    if row is None:
        raise NotFound("record.not_found")
    why = needed(reason)
    if not row.account_number:
        name = session.get_one(Party, row.party_id).name
        raise NotFound("training.no_account", name=name)
    history.record(session, TRAINER, row.id, "account_revealed", reason=why)
    return row.account_number


# --- lecture fees ----------------------------------------------------------------------------


def propose_fees(session: Session, course_id: int) -> list[FeeContent]:
    """Fees of all who teach, from their hours and the office's rate for their title.

    A half-day counts with its credit hours. Serving civil servants are left out.
    """
    course = session.get_one(Course, course_id)
    rates = settings.get(session, "training.lecture_rates", course.starts_on)
    taught: dict[int, list[Hours]] = {}
    for one in held_sessions(session, course_id):
        if one.trainer_id is not None:
            taught.setdefault(one.trainer_id, []).append(one.hours)
    lowest = min(rates.values(), default=0)
    found = []
    for party_id, hours in taught.items():
        known = trainer_of(session, party_id)
        if known is not None and known.civil_servant:
            continue
        yuan = rates.get(known.title, lowest) if known else lowest
        found.append(FeeContent(party_id=party_id, hours=total(hours), rate=Money(yuan * 100)))
    return found


def save_fee(
    session: Session, course_id: int, content: FeeContent, version: int | None = None
) -> int:
    """Enter the fee of a trainer of a course, or change it; tax is withheld by the dated rule.

    Returns:
        id of the fee.

    Raises:
        NotPermitted: without `training.fee`.
        InputError: no hours, or a rate below zero.
        RuleViolation: a serving civil servant, or the course is filed or called off.
    """
    require(session, "training.fee")
    course = open_course(session, course_id)
    servant = _payable(session, content)
    gross = fee(content.hours, content.rate)
    tax = withheld(gross, tax_rule(session, course.ends_on))
    row = session.scalar(
        select(LectureFee).where(
            LectureFee.course_id == course_id, LectureFee.party_id == content.party_id
        )
    )
    if row is not None and version is not None:
        row = load_for_edit(session, LectureFee, row.id, version)
    if row is None:
        row = LectureFee(course_id=course_id, party_id=content.party_id)
    row.hours, row.rate, row.note = content.hours, content.rate, content.note.strip()
    row.gross, row.tax, row.civil_servant = gross, tax, servant
    session.add(row)
    session.flush()
    data = {"party": content.party_id, "gross": row.gross.plain}
    history.record(session, COURSE, course_id, "fee_saved", data=data)
    return row.id


def _payable(session: Session, content: FeeContent) -> bool:
    """Whether the trainer is a serving civil servant, who stands on the sheet without a fee."""
    if content.hours <= Hours(0):
        raise InputError.of("hours", "training.fee_hours")
    if content.rate < Money(0):
        raise InputError.of("rate", "training.amount_zero")
    known = trainer_of(session, content.party_id)
    servant = known is not None and known.civil_servant
    if servant and content.rate > Money(0):
        name = session.get_one(Party, content.party_id).name
        raise RuleViolation("training.fee_servant", name=name)
    return servant


def fee(hours: Hours, rate: Money) -> Money:
    """Hours times rate, exact, rounded half up to 分 once."""
    return Money(int((Fraction(hours.units * rate.fen, 100) + Fraction(1, 2)) // 1))


def fees_of(session: Session, course_id: int) -> list[LectureFee]:
    """The fees of a course in the order they were entered."""
    query = select(LectureFee).where(LectureFee.course_id == course_id)
    return list(session.scalars(query.order_by(LectureFee.id)))
