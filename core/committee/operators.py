"""Who may operate a draw and who may supervise it: three people, none of whom could be drawn."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.model import Account, AccountRole, RolePermission
from core.committee.model import Expert, Membership
from core.committee.states import Body
from core.errors import FieldError
from core.i18n import N_
from core.messages import register

register(
    {
        "committee.three_people": N_(
            "The two operators and the supervisor are three different people."
        ),
        "committee.not_operator": N_("The account of {name} may not {what}."),
        "committee.operator_drawn": N_("{name} is in the pool and could be drawn oneself."),
    }
)

DRAW, SUPERVISE = "committee.draw", "committee.supervise"


def holders(session: Session, permission: str) -> tuple[tuple[int, str], ...]:
    """Ids and names of the active accounts with a permission."""
    rows = session.execute(
        select(Account.id, Account.name)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .join(RolePermission, RolePermission.role_id == AccountRole.role_id)
        .where(RolePermission.permission == permission, Account.active.is_(True))
        .order_by(Account.id)
        .distinct()
    )
    return tuple(rows.all())


def check_operators(
    session: Session, first: int, second: int, supervisor: int
) -> Iterator[FieldError]:
    """What is wrong with the three: the same person, no right, or a member of the pool.

    A draw with somebody who cannot type or confirm would stand still after its list is frozen.
    """
    if len({first, second, supervisor}) < 3:
        yield FieldError("supervisor", "committee.three_people")
    pool = set(
        session.scalars(
            select(Expert.account_id)
            .join(Membership, Membership.expert_id == Expert.id)
            .where(Expert.account_id.is_not(None), Membership.body == Body.POOL)
        )
    )
    may = {one: {key for key, _name in holders(session, one)} for one in (DRAW, SUPERVISE)}
    for field, account_id, permission in (
        ("first", first, DRAW),
        ("second", second, DRAW),
        ("supervisor", supervisor, SUPERVISE),
    ):
        account = session.get(Account, account_id)
        if account is None or not account.active:
            yield FieldError(field, "record.not_found")
        elif account_id not in may[permission]:
            told = {"name": account.name, "what": permission}
            yield FieldError(field, "committee.not_operator", told)
        elif account_id in pool:
            yield FieldError(field, "committee.operator_drawn", {"name": account.name})
