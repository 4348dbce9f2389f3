"""Papers: which wait for their signature, signing them, copies, files."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from core import config
from core.cli.context import Context, find_secret
from core.cli.output import write_bytes
from core.errors import EnvironmentFault, RuleViolation
from core.i18n import N_, _
from core.messages import register, text

register(
    {
        "papers.no_key": N_("Name the office's signing key: --key FILE.p12."),
        "papers.unwritable": N_("The file “{path}” cannot be written: {reason}"),
    }
)


def add(parser: ArgumentParser) -> None:
    """The verbs on papers."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    waiting = verbs.add_parser("list", help=_("papers that wait for their signature"))
    waiting.set_defaults(run=_list)
    resume = verbs.add_parser("resume", help=_("sign and issue the papers that wait"))
    resume.add_argument("--key", metavar="FILE.p12", help=_("the office's signing key"))
    resume.add_argument("--key-password-file", metavar="FILE", help=_("its passphrase"))
    resume.set_defaults(run=_resume)
    copy = verbs.add_parser("copy", help=_("prepare a numbered copy of an issued paper"))
    copy.add_argument("paper", type=int)
    copy.add_argument("--purpose", required=True, help=_("what it is for; kept with the paper"))
    copy.set_defaults(run=_copy)
    save = verbs.add_parser("save", help=_("write an issued paper to a file, byte for byte"))
    save.add_argument("paper", type=int)
    save.add_argument("--out", metavar="FILE", required=True)
    save.set_defaults(run=_save)


def _list(context: Context, _args: Namespace) -> None:
    from core.documents.service import pending

    with context.database().read() as session:
        rows = pending(session)
    context.out.table(
        {
            "id": _("Paper"),
            "title": _("Title"),
            "number": _("Number"),
            "created_at": _("Prepared"),
        },
        [
            {"id": row.id, "title": row.title, "number": row.number, "created_at": row.created_at}
            for row in rows
        ],
        empty=_("No paper waits for its signature."),
    )


def _resume(context: Context, args: Namespace) -> int:
    from core.documents.service import issue_pending
    from core.documents.sign import from_pkcs12
    from core.errors import AppError

    path = args.key or config.load().signing_key
    if not path:
        raise RuleViolation("papers.no_key")
    question = _("Passphrase of {path}: ").format(path=path)
    passphrase = find_secret(f"key@{path}", str(path), question, args.key_password_file)
    signer = from_pkcs12(Path(path), passphrase)
    with context.out.progress(_("Signing")) as report:
        issued = issue_pending(context.database(), signer, progress=report)
    rows = [
        {
            "id": paper.document_id,
            "kind": paper.kind,
            "number": paper.number,
            "sha256": paper.sha256 or None,
            "fault": text(paper.fault) if isinstance(paper.fault, AppError) else None,
        }
        for paper in issued
    ]
    context.out.table(
        {"id": _("Paper"), "number": _("Number"), "sha256": "SHA-256", "fault": _("Not issued")},
        rows,
        empty=_("No paper waits for its signature."),
    )
    return 1 if any(row["fault"] for row in rows) else 0


def _copy(context: Context, args: Namespace) -> None:
    from core.documents.service import make_copy

    with context.database().write() as session:
        made = make_copy(session, args.paper, args.purpose)
    context.out.record(
        {"id": made.id, "number": made.number, "copy": made.copy_number, "state": made.state},
        {"id": _("Paper"), "number": _("Number"), "copy": _("Copy number"), "state": _("State")},
    )


def _save(context: Context, args: Namespace) -> None:
    from core.documents.service import bytes_of, log_print

    with context.database().write() as session:
        data = bytes_of(session, args.paper)
        log_print(session, args.paper, "lintanctl papers save")
    save_file(Path(args.out), data)
    context.out.record({"file": args.out, "bytes": len(data)}, {"file": _("File")})


def save_file(path: Path, data: bytes) -> None:
    """Write a result whole or not at all.

    Raises:
        EnvironmentFault: the folder is not there, not writable, or full.
    """
    try:
        write_bytes(path, data)
    except OSError as problem:
        raise EnvironmentFault(
            "papers.unwritable", path=str(path), reason=problem.strerror or ""
        ) from problem
