"""What drivers raise, as facts about the machine with a sentence each.

Codes of the drivers decide, never their prose; only the name of a broken guard is read from a
message, because SQLite has no other place for it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core.errors import AppError, EnvironmentFault, NotPermitted, RuleViolation
from core.i18n import N_
from core.messages import register

register(
    {
        "database.locked": N_(
            "The database is busy: another program has been writing for too long. "
            "Nothing was saved; try again."
        ),
        "database.disk_full": N_(
            "The disk of the database is full. Nothing was saved; make room and try again."
        ),
        "database.read_only": N_(
            "The database may only be read: the file or its folder is write-protected."
        ),
        "database.damaged": N_(
            "The database file is damaged. Stop working with it and restore the last backup "
            "(lintanctl db restore)."
        ),
        "database.not_a_database": N_("This file is not a database of Lintan."),
        "database.cannot_open": N_(
            "The database file cannot be opened: it is missing, or this account may not read it "
            "or write in its folder."
        ),
        "database.io": N_(
            "The disk of the database reports an error. Nothing was saved; "
            "check the disk before you go on."
        ),
        "database.unreachable": N_(
            "The database server does not answer. Nothing was saved; check the network "
            "and whether the server is running, then try again."
        ),
        "database.no_such_database": N_("The server has no database of this name."),
        "database.too_many": N_("The database server has no free connection; try again later."),
        "access.wrong_password": N_("Unknown account or wrong password."),
        "access.refused_by_database": N_("The database server refused this to your account."),
        "database.frozen": N_(
            "This record was issued and can no longer be changed (table “{table}”)."
        ),
        "database.append_only": N_("Lines of “{table}” are only added, never changed or removed."),
        "database.guarded": N_("Your account may not change “{table}”."),
        "database.number_without_record": N_(
            "A number would be lost: it was taken but names no record. Nothing was saved."
        ),
    }
)

_SQLITE = {
    sqlite3.SQLITE_BUSY: "database.locked",
    sqlite3.SQLITE_LOCKED: "database.locked",
    sqlite3.SQLITE_FULL: "database.disk_full",
    sqlite3.SQLITE_READONLY: "database.read_only",
    sqlite3.SQLITE_CORRUPT: "database.damaged",
    sqlite3.SQLITE_NOTADB: "database.not_a_database",
    sqlite3.SQLITE_CANTOPEN: "database.cannot_open",
    sqlite3.SQLITE_PERM: "database.cannot_open",
    sqlite3.SQLITE_IOERR: "database.io",
    # Not a block is left for the index of the write-ahead log, which readers need too.
    sqlite3.SQLITE_IOERR_SHMSIZE: "database.disk_full",
}

#: By SQLSTATE, the longest prefix first.
_POSTGRES = {
    "53100": "database.disk_full",
    "53300": "database.too_many",
    "55P03": "database.locked",
    "40P01": "database.locked",
    "40001": "database.locked",
    "25006": "database.read_only",
    "3D000": "database.no_such_database",
    "58030": "database.io",
    "XX001": "database.damaged",
    "XX002": "database.damaged",
    "57P": "database.unreachable",
    "08": "database.unreachable",
}
_POSTGRES_REFUSALS = {
    "28P01": "access.wrong_password",
    "28000": "access.wrong_password",
    "42501": "access.refused_by_database",
}

#: What triggers say: `lintan.frozen certificate`.
_GUARD = re.compile(r"lintan\.(frozen|append_only|guarded|number_without_record)(?: (\w+))?")


@contextmanager
def told() -> Iterator[None]:
    """Turn errors of SQLAlchemy and of the sqlite3 driver into facts about the machine."""
    try:
        yield
    except SQLAlchemyError as problem:
        fault = translate(problem)
        if fault is None:
            raise
        raise fault from problem
    except sqlite3.Error as problem:
        fault = translate_driver(problem)
        if fault is None:
            raise
        raise fault from problem


def translate(problem: SQLAlchemyError) -> AppError | None:
    """The fact behind an error of SQLAlchemy, or None when it is a bug of the program."""
    if not isinstance(problem, DBAPIError) or problem.orig is None:
        return None
    return translate_driver(problem.orig)


def translate_driver(orig: BaseException) -> AppError | None:
    """The fact behind an error of sqlite3 or psycopg, or None when it is a bug of the program."""
    guard = _GUARD.search(str(orig))
    if guard:
        return RuleViolation(f"database.{guard[1]}", table=guard[2] or "")
    if isinstance(orig, sqlite3.Error):
        extended = getattr(orig, "sqlite_errorcode", 0)
        code = _SQLITE.get(extended) or _SQLITE.get(extended & 0xFF)
        return EnvironmentFault(code) if code else None
    return _postgres(orig)


def _postgres(orig: BaseException) -> AppError | None:
    state = getattr(orig, "sqlstate", None)
    if state is None:
        return _unconnected(orig)
    if state in _POSTGRES_REFUSALS:
        return NotPermitted(_POSTGRES_REFUSALS[state])
    for prefix, code in _POSTGRES.items():
        if state.startswith(prefix):
            return EnvironmentFault(code)
    return None


def _unconnected(orig: BaseException) -> AppError | None:
    """Errors while connecting carry no SQLSTATE; libpq's text carries the server's own line."""
    import psycopg

    if not isinstance(orig, psycopg.OperationalError):
        return None
    text = str(orig)
    if re.search(r'database "[^"]*" does not exist', text):
        return EnvironmentFault("database.no_such_database")
    if re.search(r"too many (connections|clients)|remaining connection slots", text):
        return EnvironmentFault("database.too_many")
    if re.search(
        r'authentication failed|role "[^"]*" does not exist|is not permitted to log', text
    ):
        return NotPermitted("access.wrong_password")
    if re.search(r"permission denied for database", text):
        return NotPermitted("access.refused_by_database")
    return EnvironmentFault("database.unreachable")
