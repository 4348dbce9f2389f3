"""Accounts, roles and passwords, for the administrator; and one's own password for everybody."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from core.cli.context import Context
from core.errors import NotFound
from core.i18n import N_, _
from core.messages import register

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.access.accounts import AccountSummary

register({"cli.no_account": N_("There is no account “{login}”.")})


def add(parser: ArgumentParser) -> None:
    """The verbs on accounts."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    verbs.add_parser("list", help=_("all accounts with their roles")).set_defaults(run=_list)
    verbs.add_parser("roles", help=_("all roles with their permissions")).set_defaults(run=_roles)
    create = _with_login(verbs.add_parser("create", help=_("open an account")))
    create.add_argument("--name", required=True, help=_("the person's name, as papers show it"))
    create.add_argument("--roles", default="", help=_("keys of roles, with commas between them"))
    _new_password(create)
    create.set_defaults(run=_create)
    roles = _with_login(
        verbs.add_parser("set-roles", help=_("give an account exactly these roles"))
    )
    roles.add_argument("roles", metavar="ROLE,…", help=_("keys of roles, with commas between them"))
    roles.set_defaults(run=_set_roles)
    close = _with_login(verbs.add_parser("close", help=_("close an account; its history stays")))
    close.set_defaults(run=_close)
    reopen = _with_login(verbs.add_parser("reopen", help=_("open a closed account again")))
    reopen.set_defaults(run=_reopen)
    reset = _with_login(verbs.add_parser("reset-password", help=_("give somebody a new password")))
    _new_password(reset)
    reset.set_defaults(run=_reset)
    own = verbs.add_parser("password", help=_("change one's own password"))
    _new_password(own)
    own.set_defaults(run=_own_password)


def _with_login(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("account", metavar="LOGIN", help=_("login of the account"))
    return parser


def _new_password(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--new-password-file", metavar="FILE", help=_("where the new password stands")
    )


def _list(context: Context, _args: Namespace) -> None:
    from core.access.accounts import list_accounts

    with context.database().read() as session:
        rows = [_row(account) for account in list_accounts(session)]
    context.out.table(_titles(), rows)


def _roles(context: Context, _args: Namespace) -> None:
    from core.access.accounts import list_roles

    with context.database().read() as session:
        found = list_roles(session)
    context.out.table(
        {
            "key": _("Role"),
            "title": _("Title"),
            "accounts": _("Accounts"),
            "permissions": _("Permissions"),
        },
        [
            {
                "key": role.key,
                "title": role.title,
                "accounts": role.accounts,
                "permissions": sorted(role.permissions),
            }
            for role in found
        ],
    )


def _create(context: Context, args: Namespace) -> None:
    from core.access.accounts import create_account

    secret = context.new_secret(args.account, args.new_password_file)
    with context.database().write() as session:
        made = create_account(session, args.account, args.name, secret, _keys(args.roles))
    context.out.record(_row(made), _titles())


def _set_roles(context: Context, args: Namespace) -> None:
    from core.access.accounts import set_roles

    with context.database().write() as session:
        found = _named(session, args.account)
        changed = set_roles(session, found.id, found.version, _keys(args.roles))
    context.out.record(_row(changed), _titles())


def _close(context: Context, args: Namespace) -> None:
    from core.access.accounts import close_account

    with context.database().write() as session:
        found = _named(session, args.account)
        changed = close_account(session, found.id, found.version)
    context.out.record(_row(changed), _titles())


def _reopen(context: Context, args: Namespace) -> None:
    from core.access.accounts import reopen_account

    with context.database().write() as session:
        found = _named(session, args.account)
        changed = reopen_account(session, found.id, found.version)
    context.out.record(_row(changed), _titles())


def _reset(context: Context, args: Namespace) -> None:
    from core.access.accounts import reset_password

    secret = context.new_secret(args.account, args.new_password_file)
    with context.database().write() as session:
        found = _named(session, args.account)
        reset_password(session, found.id, secret)
    context.out.record(_row(found), _titles())


def _own_password(context: Context, args: Namespace) -> None:
    from core.access.accounts import change_password

    login = context.who()
    old = context.secret(login)
    new = context.new_secret(login, args.new_password_file)
    with context.database().write() as session:
        change_password(session, old, new)
    context.out.record({"login": login}, {"login": _("Login")})


def _named(session: Session, login: str) -> AccountSummary:
    from core.access.accounts import list_accounts

    for account in list_accounts(session):
        if account.login == login:
            return account
    raise NotFound("cli.no_account", login=login)


def _keys(roles: str) -> list[str]:
    return [key.strip() for key in roles.split(",") if key.strip()]


def _row(account: AccountSummary) -> dict[str, object]:
    return {
        "login": account.login,
        "name": account.name,
        "roles": list(account.roles),
        "active": account.active,
        "locked_until": account.locked_until,
    }


def _titles() -> dict[str, str]:
    return {
        "login": _("Login"),
        "name": _("Name"),
        "roles": _("Roles"),
        "active": _("In use"),
        "locked_until": _("Locked until"),
    }
