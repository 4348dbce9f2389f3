"""Passwords: rules, hashes, and how they reach a PostgreSQL server."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.errors import InputError
from core.i18n import N_
from core.messages import register

SHORTEST = 8
LONGEST = 256

register(
    {
        "access.password_short": N_("A password has at least {least} characters."),
        "access.password_long": N_("A password has at most {most} characters."),
        "access.password_login": N_("The password must not be the login."),
        "access.password_same": N_("All characters of the password are the same."),
    }
)


def check_password(login: str, secret: str) -> None:
    """Refuse what anybody would guess first.

    Raises:
        InputError: field ``password``.
    """
    if len(secret) < SHORTEST:
        raise InputError.of("password", "access.password_short", least=SHORTEST)
    if len(secret) > LONGEST:
        raise InputError.of("password", "access.password_long", most=LONGEST)
    if secret.casefold() == login.casefold():
        raise InputError.of("password", "access.password_login")
    if len(set(secret)) == 1:
        raise InputError.of("password", "access.password_same")


def hashed(secret: str) -> str:
    """The argon2id hash of a password, parameters and salt in it (RFC 9106, 64 MiB, 3 passes)."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(secret)


def matches(stored: str, secret: str) -> bool:
    """Whether a password has this hash; an empty or damaged hash matches nothing."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(stored, secret)
    except (VerificationError, InvalidHashError):
        return False


def scram_verifier(session: Session, login: str, secret: str) -> str:
    """What a PostgreSQL server stores: the password itself never reaches it or its logs."""
    connection = session.connection().connection.driver_connection
    verifier: bytes = connection.pgconn.encrypt_password(  # type: ignore[union-attr]  # psycopg
        secret.encode(), login.encode(), b"scram-sha-256"
    )
    return verifier.decode()
