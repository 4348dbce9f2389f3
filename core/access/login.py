"""Telling who somebody is when the database is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.access.model import Account, AccountRole, RolePermission
from core.access.passwords import hashed, matches
from core.clock import CHINA, Clock
from core.database import Actor
from core.errors import EnvironmentFault, NotPermitted
from core.i18n import N_
from core.messages import register
from db.engine import reading

#: Wrong passwords that are free; each further one doubles the wait.
FREE_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)

register(
    {
        "access.waiting": N_(
            "Too many wrong passwords. The next attempt is possible at {until}; "
            "the administrator can set a new password."
        ),
        "access.closed": N_("This account is closed. Ask the administrator."),
        "access.no_account": N_(
            "The server knows this login, but this database has no account for it."
        ),
    }
)


def authenticate(engine: Engine, login: str, secret: str, clock: Clock) -> Actor:
    """Who this is.

    Args:
        engine: on PostgreSQL already connected as this login: the server checked the password.
        login: short name.
        secret: password.
        clock: for the waits after wrong passwords.

    Raises:
        NotPermitted: `access.wrong_password` (unknown or wrong, not said which), `access.closed`,
            `access.no_account`.
        EnvironmentFault: `access.waiting`, with the time of day.
    """
    if engine.dialect.name == "sqlite":
        _check_secret(engine, login, secret, clock.now())
    with Session(reading(engine)) as session:
        found = session.scalar(select(Account).where(Account.login == login))
        if found is None:
            raise NotPermitted("access.no_account")
        return actor_of(session, found)


def actor_of(session: Session, account: Account) -> Actor:
    """The account with its permissions as they stand.

    Raises:
        NotPermitted: `access.closed`.
    """
    if not account.active:
        raise NotPermitted("access.closed")
    keys = session.scalars(
        select(RolePermission.permission)
        .join(AccountRole, AccountRole.role_id == RolePermission.role_id)
        .where(AccountRole.account_id == account.id)
    )
    return Actor(account.id, account.login, account.name, frozenset(keys))


@dataclass(frozen=True)
class _Stored:
    account_id: int
    password_hash: str


def _check_secret(engine: Engine, login: str, secret: str, now: datetime) -> None:
    stored = _stored(engine, login, now)
    if stored is None:
        # As long as a real check, so that the time does not tell which logins exist.
        hashed(secret)
        raise NotPermitted("access.wrong_password")
    good = matches(stored.password_hash, secret)
    _note_attempt(engine, stored.account_id, good=good, now=now)
    if not good:
        raise NotPermitted("access.wrong_password")


def _stored(engine: Engine, login: str, now: datetime) -> _Stored | None:
    with Session(reading(engine)) as session:
        account = session.scalar(select(Account).where(Account.login == login))
        if account is None:
            return None
        if account.locked_until is not None and account.locked_until > now:
            until = account.locked_until.astimezone(CHINA).strftime("%H:%M:%S")
            raise EnvironmentFault("access.waiting", until=until)
        return _Stored(account.id, account.password_hash)


def _note_attempt(engine: Engine, account_id: int, *, good: bool, now: datetime) -> None:
    with Session(engine) as session, session.begin():
        account = session.get_one(Account, account_id)
        if good and not account.failed:
            return
        account.failed = 0 if good else account.failed + 1
        over = account.failed - FREE_ATTEMPTS
        wait = min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT) if over >= 0 else None
        account.locked_until = now + wait if wait else None
