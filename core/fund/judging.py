"""Judging receipts before they are issued: what the rules look at, read for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import settings
from core.database import actor
from core.errors import InputError, NotFound
from core.fund import face
from core.fund.donations import receipt_number
from core.fund.donors import CHUNK, DonorFacts, donor_facts, each_donor_facts
from core.fund.model import Donation, DonationMember, IssuingUnit, Purpose
from core.fund.receipt_model import Receipt
from core.fund.rules import Finding, GiftFacts, UnitFacts, Wanted, findings
from core.fund.setup import unit_facts
from core.fund.states import Way
from core.i18n import N_
from core.messages import register

register({"fund.nothing_chosen": N_("Choose at least one donation.")})


def check(session: Session, donation_ids: Sequence[int], way: Way) -> list[Finding]:
    """The rule list before issue, judged for the person who asks as its issuer.

    Raises:
        InputError: no donation chosen.
        NotFound: no such donation.
    """
    return check_each(session, [donation_ids], way)[0]


def check_each(
    session: Session, receipts: Sequence[Sequence[int]], way: Way
) -> list[list[Finding]]:
    """The rule lists of many receipts, each given by the ids of its donations.

    What the rules look at is read for `CHUNK` donations at a time.

    Raises:
        InputError: a receipt without a donation.
        NotFound: no such donation.
    """
    if not all(receipts):
        raise InputError.of("donations", "fund.nothing_chosen")
    ids = [one for each in receipts for one in each]
    rows: dict[int, Donation] = {}
    for start in range(0, len(ids), CHUNK):
        chosen = select(Donation).where(Donation.id.in_(ids[start : start + CHUNK]))
        rows |= {one.id: one for one in session.scalars(chosen)}
    if not rows.keys() >= set(ids):
        raise NotFound("record.not_found")
    desk = Desk(session)
    desk.know(list(rows.values()))
    return [judge(desk, [rows[one] for one in each], way) for each in receipts]


@dataclass
class Desk:
    """What issuing looks up of donors, units and people, each once per batch.

    For one transaction that changes none of them; `collected` are gifts with a list of givers.
    """

    session: Session
    donors: dict[int, DonorFacts] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    units: dict[int, UnitFacts] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    collected: set[int] | None = None
    _held: list[object] = field(default_factory=list)

    def donor(self, donor_id: int) -> DonorFacts:
        """A donor as receipts name it."""
        if donor_id not in self.donors:
            self.donors[donor_id] = donor_facts(self.session, donor_id)
        return self.donors[donor_id]

    def unit(self, unit_id: int) -> UnitFacts:
        """What the rules know of a unit."""
        if unit_id not in self.units:
            # The rows are held, so that the session does not read them again for each face.
            self._held.append(self.session.get_one(IssuingUnit, unit_id))
            self._held += self.session.scalars(select(Purpose)).all()
            self.units[unit_id] = unit_facts(self.session, unit_id)
        return self.units[unit_id]

    def name(self, account_id: int | None) -> str:
        """Who an account is, or nothing."""
        if account_id is not None and account_id not in self.names:
            self.names |= face.people(self.session, [account_id])
        return self.names.get(account_id or 0, "")

    def number(self, row: Donation) -> str:
        """The number of the valid receipt a donation is in, or nothing."""
        if row.receipt_id is not None and row.receipt_id not in self.numbers:
            self.numbers[row.receipt_id] = receipt_number(self.session, row)
        return self.numbers.get(row.receipt_id or 0, "")

    def know(self, rows: Sequence[Donation]) -> None:
        """Look up at once who gave many gifts and which receipts they are in."""
        self.donors |= each_donor_facts(self.session, {one.donor_id for one in rows})
        ids = sorted({one.receipt_id for one in rows if one.receipt_id is not None})
        for start in range(0, len(ids), CHUNK):
            chosen = select(Receipt.id, Receipt.number).where(
                Receipt.id.in_(ids[start : start + CHUNK])
            )
            self.numbers |= {row.id: row.number for row in self.session.execute(chosen)}

    def gather(self, donation_ids: Sequence[int]) -> None:
        """Look up at once which of many gifts are collected ones."""
        found = select(DonationMember.donation_id).where(
            DonationMember.donation_id.in_(donation_ids)
        )
        self.collected = set(self.session.scalars(found))

    def members(self, rows: Sequence[Donation]) -> list[dict[str, str]]:
        """The givers of collected gifts."""
        if self.collected is not None and not any(one.id in self.collected for one in rows):
            return []
        return face.members_of(self.session, rows)


def judge(desk: Desk, rows: Sequence[Donation], way: Way) -> list[Finding]:
    """What the rules find about one receipt."""
    session = desk.session
    wanted = Wanted(
        way=way,
        issuer=actor(session).account_id,
        own_chosen=bool(settings.get(session, "fund.own_confirmation")),
        warning=str(settings.get(session, "fund.warning")),
    )
    gifts = [_gift(desk, one, way) for one in rows]
    return findings(gifts, desk.unit(rows[0].unit_id), wanted)


def _gift(desk: Desk, row: Donation, way: Way) -> GiftFacts:
    donor = desk.donor(row.donor_id)
    hidden = way is Way.OWN and (donor.anonymous or row.anonymous)
    return GiftFacts(
        code=row.code,
        state=row.state,
        form=row.form,
        nature=row.nature,
        benefit=row.benefit,
        received_on=row.received_on,
        receipt_number=desk.number(row),
        # An amount in kind is only ever kept with its proof (donations.check_content).
        proven=row.form.is_money or row.amount is not None,
        identified=donor.identified and not hidden,
        people=(row.cashier_id, row.reviewer_id),
        donor_id=row.donor_id,
        unit_id=row.unit_id,
    )
