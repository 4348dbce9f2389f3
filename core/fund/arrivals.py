"""The moment the money is there: what the bank says of it is noted with the arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from core.database import load_for_edit, require, today
from core.errors import InputError
from core.fund.donations import arrive, review
from core.fund.model import Donation
from core.fund.states import DonationState


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What is known of an arrival: value date (day of the goods), and the bank's words."""

    received_on: date
    bank_reference: str = ""
    payer_name: str = ""
    payer_tail: str = ""


def note_arrival(session: Session, donation_id: int, version: int, seen: Arrival) -> None:
    """Write down how a donation arrived, and that it did.

    Raises:
        NotPermitted: without `fund.record`.
        InputError: field `received_on`; a day in the future.
        RuleViolation: it arrived before, was refunded, ...
        StaleRecord: somebody changed it since `version`.
    """
    require(session, "fund.record")
    if seen.received_on > today(session):
        raise InputError.of("received_on", "fund.future", day=seen.received_on)
    row = load_for_edit(session, Donation, donation_id, version)
    if row.state is DonationState.REGISTERED:
        row.received_on = seen.received_on
        row.bank_reference = " ".join(seen.bank_reference.split())
        row.payer_name = " ".join(seen.payer_name.split())
        row.payer_tail = seen.payer_tail.strip()
        session.flush()
    arrive(session, row.id, row.version)


def review_each(session: Session, donations: Sequence[tuple[int, int]]) -> int:
    """Review several donations (id, version), all of them or none; how many.

    Raises:
        NotPermitted, RuleViolation, StaleRecord: as `core.fund.donations.review`.
    """
    require(session, "fund.review")
    for donation_id, version in sorted(donations):
        review(session, donation_id, version)
    return len(donations)


def arrive_each(session: Session, donations: Sequence[tuple[int, int]]) -> int:
    """Note the arrival of several donations as they were announced, all of them or none.

    Raises:
        NotPermitted, RuleViolation, StaleRecord: as `core.fund.donations.arrive`.
    """
    require(session, "fund.record")
    for donation_id, version in sorted(donations):
        arrive(session, donation_id, version)
    return len(donations)
