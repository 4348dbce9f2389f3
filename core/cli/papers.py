"""Papers: which wait for their signature, signing them, copies, files."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import config
from core.cli.context import Context, find_secret
from core.cli.filters import add_filters, list_records
from core.errors import EnvironmentFault, FieldError, InputError, RuleViolation
from core.files import why, write_whole
from core.i18n import N_, _
from core.messages import register, text
from core.values.cells import Shown

if TYPE_CHECKING:
    from core.documents.sign import Signer

_KEY_OPTION = "--key-password-file"

register(
    {
        "papers.no_key": N_("Name the office's signing key: --key FILE.p12."),
        "papers.unreadable": N_("The file “{path}” cannot be read: {reason}"),
        "papers.facts": N_("“{path}” is not a JSON object with facts: {reason}"),
        "papers.unwritable": N_("The file “{path}” cannot be written: {reason}"),
    }
)


def add(parser: ArgumentParser) -> None:
    """The verbs on papers."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    waiting = verbs.add_parser("list", help=_("papers that wait for a signature, and whose"))
    waiting.add_argument(
        "--all", action="store_true", help=_("every paper ever made, with its id and number")
    )
    add_filters(waiting)
    waiting.set_defaults(run=_list)
    resume = verbs.add_parser("resume", help=_("sign and issue the papers that wait"))
    resume.add_argument("--key", metavar="FILE.p12", help=_("the office's signing key"))
    resume.add_argument("--key-password-file", metavar="FILE", help=_("its passphrase or PIN"))
    resume.add_argument(
        "--pkcs11", metavar="LIBRARY", help=_("sign with a token: the library of its maker")
    )
    resume.add_argument("--token", default="", metavar="LABEL", help=_("which token"))
    resume.add_argument(
        "--codes-key", metavar="FILE.pem", help=_("signs the codes on papers a token signs")
    )
    resume.add_argument(
        "--codes-key-password-file", metavar="FILE", help=_("the passphrase of that key")
    )
    resume.add_argument(
        "--processes", type=int, default=1, metavar="N", help=_("for big batches: so many at once")
    )
    resume.set_defaults(run=_resume)
    stamp = verbs.add_parser("stamp", help=_("fetch the time stamps that stored papers wait for"))
    stamp.set_defaults(run=_stamp)
    used = verbs.add_parser("certificates", help=_("signing certificates in use, and their end"))
    used.set_defaults(run=_certificates)
    retired = verbs.add_parser("retire-certificate", help=_("stop watching one"))
    retired.add_argument(
        "certificate", metavar="ID", type=int, help=_("id of the signing certificate")
    )
    retired.set_defaults(run=_retire)
    copy = verbs.add_parser("copy", help=_("prepare a numbered copy of an issued paper"))
    add_paper(copy)
    copy.add_argument("--purpose", required=True, help=_("what it is for; kept with the paper"))
    copy.set_defaults(run=_copy)
    void = verbs.add_parser(
        "void", help=_("declare an issued paper void, and prepare its void print")
    )
    add_paper(void)
    void.add_argument("--reason", required=True, help=_("kept with the paper"))
    void.set_defaults(run=_void)
    look = verbs.add_parser("preview", help=_("draw a paper from facts, unsigned"))
    look.add_argument("kind", metavar="KIND", help=_("kind of paper"))
    look.add_argument("--facts", metavar="FILE.json", required=True, help=_("what stands in it"))
    look.add_argument("--template", metavar="FILE.toml", help=_("instead of the program's own"))
    look.add_argument("--out", metavar="FILE.pdf", required=True, help=_("where to put it"))
    look.set_defaults(run=_preview)
    _add_template_verbs(verbs)
    from core.cli import printing

    printing.add(verbs)
    save = verbs.add_parser("save", help=_("write an issued paper to a file, byte for byte"))
    add_paper(save)
    save.add_argument("--out", metavar="FILE", required=True, help=_("where to put it"))
    save.set_defaults(run=_save)


def add_paper(parser: ArgumentParser) -> None:
    """The argument that names a paper."""
    parser.add_argument(
        "paper",
        metavar="PAPER",
        help=_("its number as printed, its id (papers list --all), or the text of its code"),
    )


def _add_template_verbs(verbs: Any) -> None:
    shown = verbs.add_parser("template", help=_("write the template in use to a file"))
    shown.add_argument("kind", metavar="KIND", help=_("kind of paper"))
    shown.add_argument("--out", metavar="FILE.toml", required=True, help=_("where to put it"))
    shown.set_defaults(run=_template)
    used = verbs.add_parser("use-template", help=_("use an edited template from now on"))
    used.add_argument("kind", metavar="KIND", help=_("kind of paper"))
    used.add_argument("file", metavar="FILE.toml", help=_("the edited template"))
    used.set_defaults(run=_use_template)


def _list(context: Context, args: Namespace) -> None:
    from core.documents.queries import PAPERS, STATES
    from core.documents.service import doubts, pending
    from core.documents.signatories import TITLES, next_role
    from core.values.cells import term

    if args.all or args.filter or args.text or args.sort:
        list_records(context, args, PAPERS)
        return
    with context.database().read() as session:
        rows = pending(session)
        doubtful = {row.id: _told(doubts(session, row.id)) for row in rows}
    context.out.table(
        {
            "id": _("Paper"),
            "title": _("Title"),
            "number": _("Number"),
            "created_at": _("Prepared"),
            "state": _("State"),
            "signs_next": _("Signs next"),
            "cautions": _("Please look at"),
        },
        [
            {
                "id": row.id,
                "cautions": doubtful[row.id],
                "title": row.title,
                "number": row.number,
                "created_at": row.created_at,
                "state": term(row.state, STATES),
                "signs_next": term(next_role(row.awaits), TITLES),
            }
            for row in rows
        ],
        empty=_("No paper waits for its signature."),
    )


def _resume(context: Context, args: Namespace) -> int:
    from core.documents.service import issue_pending
    from core.documents.signatories import TITLES
    from core.errors import AppError
    from core.values.cells import term

    signer, opened = _chosen_signer(args)
    with context.out.progress(_("Signing")) as report, _pool(args, opened) as pool:
        issued = issue_pending(context.database(), signer, progress=report, pool=pool)
    rows = [
        {
            "id": paper.document_id,
            "kind": paper.kind,
            "number": paper.number,
            "sha256": paper.sha256 or None,
            "signs_next": term(paper.awaits, TITLES) if paper.awaits else None,
            "fault": text(paper.fault) if isinstance(paper.fault, AppError) else None,
        }
        for paper in issued
    ]
    context.out.table(
        {
            "id": _("Paper"),
            "number": _("Number"),
            "sha256": "SHA-256",
            "signs_next": _("Signs next"),
            "fault": _("Not issued"),
        },
        rows,
        empty=_("No paper waits for its signature."),
    )
    return 1 if any(row["fault"] for row in rows) else 0


def _pool(args: Namespace, opened: tuple[Path, str] | None) -> AbstractContextManager[Any]:
    """Processes that sign with the same key file, where several are asked for."""
    if opened is None or args.processes < 2:
        return nullcontext()
    from core.documents.pool import PressPool

    return PressPool(*opened, args.processes)


def _chosen_signer(args: Namespace) -> tuple[Signer, tuple[Path, str] | None]:
    """The token asked for, else the key file named or set on this machine, with its passphrase."""
    if args.pkcs11:
        from core.documents.token import TokenKey, from_token

        name = args.token or Path(args.pkcs11).name
        question = _("PIN of the token {token}: ").format(token=name)
        pin = find_secret(
            f"token@{name}", name, question, args.key_password_file, option=_KEY_OPTION
        )
        signer = from_token(TokenKey(Path(args.pkcs11), args.token), pin)
        return _with_codes(signer, args), None
    path = args.key or config.load().signing_key
    if not path:
        raise RuleViolation("papers.no_key")
    from core.documents.keyfile import key_bytes
    from core.documents.sign import from_pkcs12

    key_bytes(Path(path))
    secret = _passphrase(path, args.key_password_file)
    return from_pkcs12(Path(path), secret), (Path(path), secret)


def _with_codes(signer: Signer, args: Namespace) -> Signer:
    """A token holds no key for the codes: it comes from a file, named or set on this machine."""
    path = args.codes_key or config.load().codes_key
    if not path:
        return signer
    from core.documents.sign import with_codes

    return with_codes(signer, Path(path), _passphrase(path, args.codes_key_password_file))


def _certificates(context: Context, _args: Namespace) -> int:
    from core.documents import watch
    from core.values.cells import term

    with context.database().read() as session:
        rows = [one for one in watch.certificates(session) if not one.retired]
    context.out.table(
        {
            "id": _("Certificate"),
            "name": _("Name"),
            "valid_until": _("Valid until"),
            "days_left": _("Days left"),
            "stage": _("State"),
        },
        [
            {
                "id": one.id,
                "name": one.name,
                "valid_until": one.valid_until,
                "days_left": one.days_left,
                "stage": term(one.stage, watch.STAGES),
            }
            for one in rows
        ],
        empty=_("Nothing was signed yet."),
    )
    return 1 if any(one.stage is watch.Stage.ENDED for one in rows) else 0


def _retire(context: Context, args: Namespace) -> None:
    from core.documents import watch

    with context.database().write() as session:
        watch.retire(session, args.certificate)
    context.out.record({"retired": args.certificate}, {"retired": _("No longer used")})


def _stamp(context: Context, _args: Namespace) -> None:
    from core.documents import stamping

    database = context.database()
    with context.out.progress(_("Time stamps")) as report:
        fetched = stamping.retry(database, report)
    with database.read() as session:
        left = stamping.waiting_count(session)
    context.out.record(
        {"fetched": fetched, "waiting": left},
        {"fetched": _("Fetched"), "waiting": _("Still waiting")},
    )


def signer_of(path: str, password_file: str | None) -> Signer:
    """The signing key in a file, opened with its passphrase (file, keyring, or asked for)."""
    from core.documents.keyfile import key_bytes
    from core.documents.sign import from_pkcs12

    key_bytes(Path(path))  # another kind of file is refused before its passphrase is asked for
    return from_pkcs12(Path(path), _passphrase(path, password_file))


def _passphrase(path: str, password_file: str | None) -> str:
    question = _("Passphrase of {path}: ").format(path=path)
    return find_secret(f"key@{path}", str(path), question, password_file, option=_KEY_OPTION)


def _copy(context: Context, args: Namespace) -> None:
    from core.documents.queries import find
    from core.documents.service import make_copy

    with context.database().write() as session:
        made = make_copy(session, find(session, args.paper), args.purpose)
    context.out.record(
        {"id": made.id, "number": made.number, "copy": made.copy_number, "state": made.state},
        {"id": _("Paper"), "number": _("Number"), "copy": _("Copy number"), "state": _("State")},
    )


def _void(context: Context, args: Namespace) -> None:
    from core.documents.queries import find
    from core.documents.service import void

    with context.database().write() as session:
        made = void(session, find(session, args.paper), args.reason)
    context.out.record(
        {"id": made.id, "number": made.number, "form": made.form, "state": made.state},
        {"id": _("Paper"), "number": _("Number"), "form": _("Form"), "state": _("State")},
    )


def _save(context: Context, args: Namespace) -> None:
    from core.documents.queries import find
    from core.documents.service import bytes_of, log_print

    with context.database().write() as session:
        paper = find(session, args.paper)
        data = bytes_of(session, paper)
        log_print(session, paper, "lintanctl papers save")
    save_file(Path(args.out), data)
    context.out.record({"file": args.out, "bytes": len(data)}, {"file": _("File")})


def _preview(context: Context, args: Namespace) -> None:
    from core.documents.facts import doubts
    from core.documents.render import render
    from core.documents.templates import parse, shipped

    template = (
        parse(_text(args.template), Path(args.template).name)
        if args.template
        else shipped(args.kind)
    )
    try:
        facts = json.loads(_text(args.facts))
    except ValueError as problem:
        raise InputError.of("facts", "papers.facts", path=args.facts, reason=why(problem)) from None
    if not isinstance(facts, dict):
        raise InputError.of("facts", "papers.facts", path=args.facts, reason="{}")
    save_file(Path(args.out), render(template, facts, number=str(facts.get("number", ""))))
    context.out.record(
        {"file": args.out, "cautions": _told(doubts(facts))},
        {"file": _("File"), "cautions": _("Please look at")},
    )


def _told(cautions: Sequence[FieldError]) -> list[Shown]:
    """Cautions: for programs what they are about, for people a sentence each."""
    return [Shown({"code": one.code, **one.params}, text(one)) for one in cautions]


def _template(context: Context, args: Namespace) -> None:
    from core.documents.service import current_template

    with context.database().read() as session:
        template = current_template(session, args.kind)
    save_file(Path(args.out), template.source.encode())
    context.out.record(
        {"file": args.out, "version": template.version},
        {"file": _("File"), "version": _("Version")},
    )


def _use_template(context: Context, args: Namespace) -> None:
    from core.documents.editing import cautions, is_same, save
    from core.documents.service import current_template

    source = _text(args.file)
    with context.database().write() as session:
        before = current_template(session, args.kind)
        unchanged = is_same(before.source, source)
        template = before if unchanged else save(session, args.kind, source)
    context.out.record(
        {
            "kind": template.kind,
            "version": template.version,
            "saved": Shown(
                not unchanged,
                _("No: this very text is in use already.")
                if unchanged
                else _("Yes; for papers prepared from now on."),
            ),
            "cautions": _told(cautions(template)),
        },
        {
            "kind": _("Paper"),
            "version": _("Version"),
            "saved": _("Saved"),
            "cautions": _("Please look at"),
        },
    )


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = why(problem)
        raise InputError.of("file", "papers.unreadable", path=name, reason=reason) from problem


def save_file(path: Path, data: bytes) -> None:
    """Write a result whole or not at all.

    Raises:
        EnvironmentFault: the folder is not there, not writable, or full.
    """
    try:
        write_whole(path, data)
    except OSError as problem:
        raise EnvironmentFault(
            "papers.unwritable", path=str(path), reason=why(problem)
        ) from problem
