"""Who may do what: accounts, roles as sets of permissions, passwords.

On SQLite an account has an argon2id hash in the file. On PostgreSQL it is a login role of the
server, the password is the server's (SCRAM), and identity is `session_user`: nothing the program
says can make it another person.
"""

from __future__ import annotations

from core.access.accounts import (
    AccountSummary,
    RoleSummary,
    account_roles,
    change_password,
    close_account,
    create_account,
    current_actor,
    list_accounts,
    list_roles,
    rename_account,
    reopen_account,
    reset_password,
    save_role,
    set_roles,
)
from core.access.login import authenticate
from core.access.seed import first_account, seed_roles

__all__ = [
    "AccountSummary",
    "RoleSummary",
    "account_roles",
    "authenticate",
    "change_password",
    "close_account",
    "create_account",
    "current_actor",
    "first_account",
    "list_accounts",
    "list_roles",
    "rename_account",
    "reopen_account",
    "reset_password",
    "save_role",
    "seed_roles",
    "set_roles",
]
