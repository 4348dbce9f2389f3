"""What a new database knows about roles, and what an upgrade adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.model import Account, AccountRole, PermissionKey, Role, RolePermission
from core.access.passwords import check_password, hashed
from core.capability import Permission
from core.database import now


def seed_roles(
    session: Session, titles: Mapping[str, str], permissions: Iterable[Permission]
) -> None:
    """Make the roles and permissions this database has not heard of.

    A permission gets its default roles once; what the administrator changed later stays.

    Args:
        session: a session of the owner of the database.
        titles: key of each built-in role → its title in Chinese.
        permissions: every permission of the program.
    """
    known = set(session.scalars(select(PermissionKey.key)))
    roles = {role.key: role for role in session.scalars(select(Role))}
    for key, title in titles.items():
        if key not in roles:
            roles[key] = Role(key=key, title=title, builtin=True)
            session.add(roles[key])
    new = [permission for permission in permissions if permission.key not in known]
    session.add_all(PermissionKey(key=permission.key) for permission in new)
    session.flush()
    for permission in new:
        for key in permission.roles:
            session.add(RolePermission(role_id=roles[key].id, permission=permission.key))
    session.flush()


def first_account(
    session: Session, login: str, name: str, secret: str, roles: Iterable[str]
) -> int:
    """The first person of a new database.

    Args:
        session: a session of the owner of the database.
        login: short name.
        name: the person's name.
        secret: password.
        roles: keys of roles.

    Raises:
        InputError: login, name or password are wrong.
    """
    from core.access.logins import clean_login, clean_name, make_login_role

    shown = clean_login(login)
    check_password(shown, secret)
    account = Account(login=shown, name=clean_name(name), created_at=now(session))
    if session.info["dialect"] == "postgresql":
        make_login_role(session, shown, secret)
    else:
        account.password_hash = hashed(secret)
    session.add(account)
    session.flush()
    wanted = set(roles)
    for role in session.scalars(select(Role).where(Role.key.in_(wanted))):
        session.add(AccountRole(account_id=account.id, role_id=role.id))
    session.flush()
    return account.id
