"""`lintanctl db move`: an office from a file onto a server, or from a server into a file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from core import config
from core.cli.context import Context
from core.i18n import _

if TYPE_CHECKING:
    from core.maintenance.moving import MoveReport


def add_move(parser: ArgumentParser) -> None:
    """The arguments of `db move`."""
    parser.add_argument(
        "--to",
        metavar="URL|FILE",
        required=True,
        help=_("an empty database on a server, with its owner in the address, or a new file"),
    )
    parser.add_argument(
        "--new-password-file",
        metavar="FILE",
        help=_("where your first password in the new database stands"),
    )
    parser.set_defaults(run=_move)


def _move(context: Context, args: Namespace) -> None:
    from core.maintenance.moving import move

    database = context.database()
    login = context.who()
    secret = context.new_secret(login, args.new_password_file)
    with context.out.progress(_("Moving the office")) as report:
        done = move(
            database,
            context.url_as_person(),
            config.database_url(args.to),
            secret,
            report,
        )
    if context.out.as_json:
        context.out.document(_document(done, login))
    else:
        _tell(context, done, login)


def _document(done: MoveReport, login: str) -> dict[str, object]:
    return {
        "source": done.source,
        "target": done.target,
        "equal": True,
        "tables": [
            {"table": each.table, "rows": each.rows, "checksum": each.checksum}
            for each in done.tables
        ],
        "sums": _sums(done),
        "files": {"count": done.files, "bytes": done.file_bytes},
        "audit": {"lines": done.lines, "head": done.head},
        "accounts": [
            {
                "login": each.login,
                "name": each.name,
                "active": each.active,
                "password_set": each.ready,
            }
            for each in done.accounts
        ],
        "next": _next_steps(done, login),
    }


def _sums(done: MoveReport) -> list[dict[str, object]]:
    """Every sum as the integer both databases added up, and as people read it."""
    from core.database.transfer import FIGURES
    from core.office import metadata

    found = []
    for each in done.tables:
        for name, total in each.sums.items():
            kind = type(metadata().tables[each.table].c[name].type)
            found.append(
                {
                    "table": each.table,
                    "column": name,
                    "sum": total,
                    "unit": FIGURES[kind].unit,
                    "shown": FIGURES[kind].shown(total),
                }
            )
    return found


def _tell(context: Context, done: MoveReport, login: str) -> None:
    out = context.out
    filled = [each for each in done.tables if each.rows]
    out.table(
        {"table": _("Table"), "rows": _("Rows"), "checksum": _("Checksum")},
        [{"table": each.table, "rows": each.rows, "checksum": each.checksum} for each in filled],
    )
    out.line(
        _("{count} further tables are empty in both databases.").format(
            count=len(done.tables) - len(filled)
        )
    )
    out.table(
        {"table": _("Table"), "column": _("Column"), "shown": _("Sum")},
        [each for each in _sums(done) if each["sum"]],
    )
    out.record(
        {
            "source": done.source,
            "target": done.target,
            "rows": sum(each.rows for each in done.tables),
            "files": done.files,
            "bytes": done.file_bytes,
            "lines": done.lines,
            "head": done.head,
        },
        {
            "source": _("Moved from"),
            "target": _("Moved to"),
            "rows": _("Rows"),
            "files": _("Files"),
            "bytes": _("Bytes"),
            "lines": _("Lines of the log"),
            "head": _("Head of the chain"),
        },
    )
    out.line(
        _(
            "Every row, sum and file above was read back from the new database and is the same there."
        )
    )
    for number, step in enumerate(_next_steps(done, login), 1):
        out.line(f"{number}. {step}")


def _next_steps(done: MoveReport, login: str) -> list[str]:
    """What the administrator does now."""
    waiting = [each.login for each in done.accounts if each.active and not each.ready]
    steps = [
        _(
            "Passwords could not be carried over: each kind of database keeps them in a form of "
            "its own. Only “{login}” can log in now, with the new password."
        ).format(login=login)
    ]
    if waiting:
        steps.append(
            _(
                "Give the others a first password, one by one: lintanctl --database {target} "
                "--as {login} account reset-password LOGIN. Still without one: {waiting}."
            ).format(target=done.target, login=login, waiting=", ".join(waiting))
        )
    steps += [
        _("Check the new database: lintanctl --database {target} --as {login} db check").format(
            target=done.target, login=login
        ),
        _(
            "Name the new database on every computer: database = “{target}” in the settings file, "
            "or on the first page after the start."
        ).format(target=done.target),
        _(
            "Put the old database away and work with it no more: what is entered there is not in "
            "the new one."
        ),
    ]
    return steps
