"""Names people log in with: cleaned, checked, and made on the server."""

from __future__ import annotations

import re

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.access.passwords import scram_verifier
from core.errors import InputError

_LOGIN = re.compile(r"[a-z][a-z0-9_.-]{1,30}")


def clean_login(login: str) -> str:
    """The login in its only form.

    Raises:
        InputError: field `login`.
    """
    shown = login.strip().lower()
    if not _LOGIN.fullmatch(shown):
        raise InputError.of("login", "access.login_form")
    if shown.startswith(("pg_", "lintan_")) or shown in {"postgres", "public", "none"}:
        raise InputError.of("login", "access.login_reserved", login=shown)
    return shown


def clean_name(name: str) -> str:
    """The person's name without doubled blanks.

    Raises:
        InputError: field `name`.
    """
    shown = " ".join(name.split())
    if not shown:
        raise InputError.of("name", "access.name_missing")
    return shown


def make_login_role(session: Session, login: str, secret: str) -> None:
    """Make the login role of an account on the server; the server checks who asks."""
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :login")
    if session.scalar(known, {"login": login}):
        raise InputError.of("login", "access.login_on_server", login=login)
    session.execute(
        text("SELECT lintan_create_login(:login, :verifier)"),
        {"login": login, "verifier": scram_verifier(session, login, secret)},
    )
