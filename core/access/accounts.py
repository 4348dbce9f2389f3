"""Use cases of the administrator, and everybody's own password."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.access.login import actor_of
from core.access.logins import clean_login, clean_name, make_login_role
from core.access.model import MANAGE, Account, AccountRole, PermissionKey, Role, RolePermission
from core.access.passwords import check_password, hashed, matches, scram_verifier
from core.database import Actor, actor, load_for_edit, now, require
from core.errors import InputError, NotFound, NotPermitted, RuleViolation
from core.i18n import N_
from core.messages import register

register(
    {
        "access.login_form": N_(
            "A login has 2 to 31 small letters, digits, “.”, “-” or “_” and begins with a letter."
        ),
        "access.login_taken": N_("There is an account “{login}” already."),
        "access.login_on_server": N_("The database server has a login “{login}” already."),
        "access.login_reserved": N_("The server uses the name “{login}” for itself."),
        "access.name_missing": N_("Enter the name of the person."),
        "access.role_unknown": N_("There is no role “{role}”."),
        "access.role_title": N_("Enter a title for the role."),
        "access.role_exists": N_("There is a role “{role}” already."),
        "access.permission_unknown": N_("There is no permission “{permission}”."),
        "access.old_password": N_("The old password is wrong."),
        "access.last_administrator": N_(
            "Somebody must be able to manage accounts: this is the last open account that can."
        ),
    }
)


@dataclass(frozen=True, kw_only=True)
class AccountSummary:
    """An account as the page of users shows it. `roles` are keys, `role_titles` what is shown."""

    id: int
    version: int
    login: str
    name: str
    active: bool
    roles: tuple[str, ...]
    role_titles: tuple[str, ...]
    created_at: datetime
    locked_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class RoleSummary:
    """A role with its permissions."""

    id: int
    version: int
    key: str
    title: str
    builtin: bool
    permissions: frozenset[str]
    accounts: int


def current_actor(session: Session, known: Actor) -> Actor:
    """The person afresh: what the administrator changed holds from the next action on.

    Raises:
        NotPermitted: `access.closed`.
    """
    account = session.get(Account, known.account_id)
    if account is None:
        raise NotPermitted("access.closed")
    return actor_of(session, account)


def create_account(
    session: Session, login: str, name: str, secret: str, roles: Iterable[str] = ()
) -> AccountSummary:
    """Open an account.

    Args:
        session: a write session.
        login: short name, 2 to 31 of a-z 0-9 . _ -; cannot be changed.
        name: the person's name as papers show it.
        secret: first password.
        roles: keys of roles.

    Raises:
        NotPermitted: without `access.manage`.
        InputError: fields `login`, `name`, `password`, `roles`.
    """
    require(session, MANAGE)
    shown = clean_login(login)
    taken = session.scalar(select(Account.id).where(Account.login == shown))
    if taken is not None:
        raise InputError.of("login", "access.login_taken", login=shown)
    check_password(shown, secret)
    account = Account(login=shown, name=clean_name(name), created_at=now(session))
    if session.info["dialect"] == "postgresql":
        make_login_role(session, shown, secret)
    else:
        account.password_hash = hashed(secret)
    session.add(account)
    session.flush()
    _give(session, account.id, roles)
    return _one(session, account.id)


def set_roles(
    session: Session, account_id: int, version: int, roles: Iterable[str]
) -> AccountSummary:
    """Give an account exactly these roles (keys).

    Raises:
        NotPermitted: without `access.manage`.
        StaleRecord: the account was changed meanwhile.
        RuleViolation: nobody could manage accounts any more.
    """
    require(session, MANAGE)
    account = load_for_edit(session, Account, account_id, version)
    for row in session.scalars(select(AccountRole).where(AccountRole.account_id == account_id)):
        session.delete(row)
    session.flush()
    _give(session, account_id, roles)
    _bump(session, account)
    _keep_an_administrator(session)
    return _one(session, account_id)


def rename_account(session: Session, account_id: int, version: int, name: str) -> AccountSummary:
    """Correct the name of the person; papers already written keep theirs."""
    require(session, MANAGE)
    account = load_for_edit(session, Account, account_id, version)
    account.name = clean_name(name)
    session.flush()
    return _one(session, account_id)


def close_account(session: Session, account_id: int, version: int) -> AccountSummary:
    """Close an account; it stays in the history of everything it did.

    Raises:
        RuleViolation: it is the last that can manage accounts.
    """
    return _set_active(session, account_id, version, active=False)


def reopen_account(session: Session, account_id: int, version: int) -> AccountSummary:
    """Open a closed account again."""
    return _set_active(session, account_id, version, active=True)


def change_password(session: Session, old: str, new: str) -> None:
    """Change one's own password.

    Raises:
        InputError: field `old` or `password`.
    """
    account = session.get_one(Account, actor(session).account_id)
    check_password(account.login, new)
    if session.info["dialect"] == "postgresql":
        # The server knew the old one when this session was opened.
        _set_server_password(session, account.login, new)
        return
    if not matches(account.password_hash, old):
        raise InputError.of("old", "access.old_password")
    account.password_hash = hashed(new)
    session.flush()


def reset_password(session: Session, account_id: int, new: str) -> None:
    """Give somebody a new password, and end the wait after wrong ones.

    Raises:
        NotPermitted: without `access.manage`.
        NotFound: no such account.
        InputError: field `password`.
    """
    require(session, MANAGE)
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound("record.not_found")
    check_password(account.login, new)
    if session.info["dialect"] == "postgresql":
        _set_server_password(session, account.login, new)
    else:
        account.password_hash = hashed(new)
    account.failed = 0
    account.locked_until = None
    session.flush()


def list_accounts(session: Session) -> list[AccountSummary]:
    """All accounts by login."""
    held: dict[int, list[Role]] = {}
    pairs = session.execute(
        select(AccountRole.account_id, Role)
        .join(Role, Role.id == AccountRole.role_id)
        .order_by(Role.id)
    )
    for account_id, role in pairs:
        held.setdefault(account_id, []).append(role)
    return [
        AccountSummary(
            id=row.id,
            version=row.version,
            login=row.login,
            name=row.name,
            active=row.active,
            roles=tuple(role.key for role in held.get(row.id, ())),
            role_titles=tuple(role.title for role in held.get(row.id, ())),
            created_at=row.created_at,
            locked_until=row.locked_until,
        )
        for row in session.scalars(select(Account).order_by(Account.login))
    ]


def account_roles(session: Session, account_id: int) -> tuple[str, ...]:
    """Keys of the roles an account holds."""
    return _one(session, account_id).roles


def list_roles(session: Session) -> list[RoleSummary]:
    """All roles, the built-in ones in their usual order first."""
    given: dict[int, set[str]] = {}
    for row in session.scalars(select(RolePermission)):
        given.setdefault(row.role_id, set()).add(row.permission)
    holders = select(AccountRole.role_id, func.count().label("number"))
    counts: dict[int, int] = {
        row.role_id: row.number for row in session.execute(holders.group_by(AccountRole.role_id))
    }
    return [
        RoleSummary(
            id=row.id,
            version=row.version,
            key=row.key,
            title=row.title,
            builtin=row.builtin,
            permissions=frozenset(given.get(row.id, ())),
            accounts=counts.get(row.id, 0),
        )
        for row in session.scalars(select(Role).order_by(Role.id))
    ]


def save_role(
    session: Session,
    key: str,
    title: str,
    permissions: Iterable[str],
    *,
    role_id: int | None = None,
    version: int = 0,
) -> int:
    """Make a role or change one.

    Args:
        session: a write session.
        key: short name of a new role.
        title: what is shown.
        permissions: exactly these.
        role_id: the role to change; None makes a new one.
        version: the version the form was filled from.

    Raises:
        NotPermitted: without `access.manage`.
        InputError: fields `key`, `title`, `permissions`.
        RuleViolation: nobody could manage accounts any more.
    """
    require(session, MANAGE)
    if not title.strip():
        raise InputError.of("title", "access.role_title")
    role = _role_to_save(session, key, role_id, version)
    role.title = title.strip()
    session.flush()
    _set_permissions(session, role, permissions)
    _keep_an_administrator(session)
    return role.id


def _set_server_password(session: Session, login: str, secret: str) -> None:
    session.execute(
        text("SELECT lintan_set_password(:login, :verifier)"),
        {"login": login, "verifier": scram_verifier(session, login, secret)},
    )


def _set_active(session: Session, account_id: int, version: int, *, active: bool) -> AccountSummary:
    require(session, MANAGE)
    account = load_for_edit(session, Account, account_id, version)
    account.active = active
    session.flush()
    _keep_an_administrator(session)
    if session.info["dialect"] == "postgresql":
        session.execute(
            text("SELECT lintan_set_login(:login, :active)"),
            {"login": account.login, "active": active},
        )
    return _one(session, account_id)


def _role_to_save(session: Session, key: str, role_id: int | None, version: int) -> Role:
    if role_id is not None:
        return load_for_edit(session, Role, role_id, version)
    shown = clean_login(key)
    if session.scalar(select(Role.id).where(Role.key == shown)) is not None:
        raise InputError.of("key", "access.role_exists", role=shown)
    role = Role(key=shown, title="", builtin=False)
    session.add(role)
    return role


def _set_permissions(session: Session, role: Role, permissions: Iterable[str]) -> None:
    wanted = set(permissions)
    known = set(session.scalars(select(PermissionKey.key)))
    for key in wanted - known:
        raise InputError.of("permissions", "access.permission_unknown", permission=key)
    held = {
        row.permission: row
        for row in session.scalars(select(RolePermission).where(RolePermission.role_id == role.id))
    }
    for key in held.keys() - wanted:
        session.delete(held[key])
    for key in wanted - held.keys():
        session.add(RolePermission(role_id=role.id, permission=key))
    _bump(session, role)


def _give(session: Session, account_id: int, roles: Iterable[str]) -> None:
    by_key = {role.key: role for role in session.scalars(select(Role))}
    for key in dict.fromkeys(roles):
        if key not in by_key:
            raise InputError.of("roles", "access.role_unknown", role=key)
        session.add(AccountRole(account_id=account_id, role_id=by_key[key].id))
    session.flush()


def _bump(session: Session, row: Account | Role) -> None:
    """A change of its children counts as a change of the row."""
    from sqlalchemy.orm.attributes import flag_modified

    flag_modified(row, "name" if isinstance(row, Account) else "title")
    session.flush()


def _keep_an_administrator(session: Session) -> None:
    left = session.scalar(
        select(func.count())
        .select_from(Account)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .join(RolePermission, RolePermission.role_id == AccountRole.role_id)
        .where(Account.active.is_(True), RolePermission.permission == MANAGE)
    )
    if not left:
        raise RuleViolation("access.last_administrator")


def _one(session: Session, account_id: int) -> AccountSummary:
    for account in list_accounts(session):
        if account.id == account_id:
            return account
    raise NotFound("record.not_found")
