"""A fund in a scratch office, for the benches of donations and receipts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.access import list_accounts, set_roles
from core.database import Database, today
from core.fund.donors import donor_of
from core.fund.setup import UnitContent, register_purpose, register_unit
from core.office import ROLES
from core.parties.service import RegisterPerson, register_person
from core.settings import BEGINNING, put
from core.values.identity import IdKind

DONOR, DONOR_NUMBER = "王喆", "341199198802150119"
PURPOSE = "性能测试"


@dataclass(frozen=True)
class Ground:
    """Ids of what a donation needs."""

    unit: int
    purpose: int
    donor: int


def found_fund(session: Session) -> Ground:
    """A unit that is qualified now, one purpose, one donor."""
    put(session, "fund.own_confirmation", True, BEGINNING)
    year = today(session).year
    unit = register_unit(
        session,
        UnitContent(
            name="性能测试基金会",
            credit_code="53341199MJA990013X",
            qualifications=((year - 1, year + 1, "测试"),),
        ),
    )
    purpose = register_purpose(session, "T", PURPOSE, restricted=False)
    person = register_person(
        session, RegisterPerson(name=DONOR, id_kind=IdKind.RESIDENT, number=DONOR_NUMBER)
    )
    return Ground(unit, purpose, donor_of(session, person.id))


def may_everything(database: Database) -> None:
    """The scratch office has one person, who holds every role while it is measured."""
    with database.write() as session:
        (only,) = list_accounts(session)
        set_roles(session, only.id, only.version, tuple(ROLES))
