"""The database from the administrator's side: make, upgrade, look, check, save, move, trust."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from core import config
from core.cli.checks import tell_check
from core.cli.context import Context
from core.cli.moving import add_move
from core.errors import InputError
from core.files import why
from core.i18n import N_, _
from core.messages import register

if TYPE_CHECKING:
    from core.documents.keys import KeySummary

register(
    {
        "cli.set_form": N_("Write a value as KEY=VALUE, not “{value}”."),
        "cli.certificate_file": N_("The certificate “{path}” cannot be read: {reason}"),
    }
)


def add(parser: ArgumentParser) -> None:
    """The verbs on the database."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    _add_init(verbs.add_parser("init", help=_("make the database of a new office")))
    upgrade = verbs.add_parser("upgrade", help=_("bring the database to this program's state"))
    upgrade.add_argument(
        "--backup-done", action="store_true", help=_("on a server: it was saved with pg_dump")
    )
    upgrade.set_defaults(run=_upgrade)
    verbs.add_parser("status", help=_("what the database is; changes nothing")).set_defaults(
        run=_status
    )
    verbs.add_parser("check", help=_("check everything that can be checked")).set_defaults(
        run=_check
    )
    backup = verbs.add_parser("backup", help=_("save everything into one new file, and check it"))
    backup.add_argument("file", metavar="FILE", type=Path, help=_("the copy to write"))
    backup.set_defaults(run=_backup)
    restore = verbs.add_parser("restore", help=_("put a saved file in the place of the database"))
    restore.add_argument("file", metavar="FILE", type=Path, help=_("the copy to read"))
    restore.add_argument("--to", metavar="URL|FILE", help=_("where to; else --database"))
    restore.set_defaults(run=_restore)
    add_move(verbs.add_parser("move", help=_("move the office to another kind of database")))
    trust = verbs.add_parser("trust", help=_("certificates whose papers are trusted"))
    trust.add_argument("file", metavar="ROOT.pem", nargs="?", help=_("one to trust from now on"))
    trust.set_defaults(run=_trust)


def _add_init(parser: ArgumentParser) -> None:
    parser.add_argument("--office", required=True, help=_("name of the office"))
    parser.add_argument("--short", required=True, help=_("its abbreviation; stands in numbers"))
    parser.add_argument("--code", default="", help=_("its division code"))
    parser.add_argument("--admin", required=True, metavar="LOGIN", help=_("first account"))
    parser.add_argument("--admin-name", required=True, help=_("that person's name"))
    parser.add_argument(
        "--new-password-file", metavar="FILE", help=_("where the new password stands")
    )
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help=_("a value of the office, for instance office.phone=0550-8022000"),
    )
    parser.set_defaults(run=_init)


def _init(context: Context, args: Namespace) -> None:
    from core import office

    setup = office.OfficeSetup(
        name=args.office, short=args.short, code=args.code, values=_values(args.set)
    )
    secret = context.new_secret(args.admin, args.new_password_file)
    office.create_database(
        context.url_as_person(), setup, args.admin, args.admin_name, secret, clock=context.clock
    )
    _status(context, args)


def _values(pairs: list[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise InputError.of("set", "cli.set_form", value=pair)
        values[key] = value
    return values


def _status(context: Context, _args: Namespace) -> None:
    from core import maintenance

    context.existing_file()
    found = maintenance.status(context.url_as_person())
    context.out.record(
        {
            "dialect": found.dialect,
            "place": found.place,
            "revision": found.revision,
            "needed": found.needed,
            "current": found.current,
            "size": found.size,
        },
        {
            "dialect": _("Kind"),
            "place": _("Place"),
            "revision": _("Revision"),
            "needed": _("Revision of the program"),
            "current": _("Fits the program"),
            "size": _("Bytes"),
        },
    )


def _upgrade(context: Context, args: Namespace) -> None:
    from core import maintenance

    context.existing_file()
    done = maintenance.upgrade(
        context.url_as_person(), backup_done=args.backup_done, clock=context.clock
    )
    context.out.record(
        {"before": done.before, "after": done.after, "copy": done.copy},
        {"before": _("Before"), "after": _("After"), "copy": _("Copy made before")},
    )


def _check(context: Context, _args: Namespace) -> int:
    from core import maintenance

    found = maintenance.check(context.database())
    tell_check(
        context,
        {
            "good": found.good,
            "storage": found.storage or None,
            "guards": found.guards,
            "lines": found.chain.lines,
            "first_bad": found.chain.first_bad,
            "missing_numbers": [f"{key} {year} {no}" for key, year, no in found.missing_numbers],
            "unnamed_numbers": found.unnamed_numbers,
            "damaged_files": found.damaged_files,
        },
        found.rows,
    )
    return 0 if found.good else 1


def _backup(context: Context, args: Namespace) -> None:
    from core import maintenance

    if context.existing_file() is None:
        saved = maintenance.dump(context.url_as_person(), args.file)
    else:
        saved = maintenance.backup(context.database(), args.file)
    context.out.record(
        {"file": str(saved), "bytes": saved.stat().st_size},
        {"file": _("File"), "bytes": _("Bytes")},
    )


def _restore(context: Context, args: Namespace) -> None:
    from core import maintenance

    target = config.database_url(args.to) if args.to else context.url
    path = maintenance.restore(args.file, target)
    context.out.record({"file": str(path)}, {"file": _("File")})


def _trust(context: Context, args: Namespace) -> None:
    from core.documents import keys

    if args.file is not None:
        try:
            certificate = Path(args.file).read_bytes()
        except OSError as problem:
            raise InputError.of(
                "file", "cli.certificate_file", path=args.file, reason=why(problem)
            ) from problem
        with context.database().write() as session:
            keys.pin_root(session, certificate)
    with context.database().read() as session:
        found = keys.keys(session)
    context.out.table(
        {
            "role": _("Kind"),
            "name": _("Name"),
            "fingerprint": _("Fingerprint"),
            "test": _("Test"),
            "added_at": _("Added"),
        },
        [_key_row(one) for one in found],
    )


def _key_row(key: KeySummary) -> dict[str, object]:
    return {
        "role": key.role,
        "name": key.name,
        "fingerprint": key.fingerprint,
        "test": key.is_test,
        "added_at": key.added_at,
    }
