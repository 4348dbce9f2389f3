"""`lintanctl certificate`: the register, and the certificates as files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.application import (
    section_documents,
    show_section,
    summary_record,
    summary_titles,
)
from core.cli.context import Context
from core.cli.filters import add_filters, list_records
from core.errors import RuleViolation
from core.i18n import N_, _
from core.messages import register

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.certificates.queries import RecordDetail

register(
    {
        "cli.not_made": N_("The certificate {number} has not been made yet; there is no paper."),
        "cli.copy_waits": N_(
            "Copy number {copy} is prepared and waits for its signature (paper {paper}); "
            "sign it with `lintanctl papers resume`, or name the key here with --key."
        ),
    }
)


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    entry = verbs.add_parser("register", help=_("Enter a checked application in the register."))
    entry.add_argument("number", metavar="APPLICATION", help=_("receipt or acceptance number"))
    entry.add_argument(
        "--remarks", default="", metavar="TEXT", help=_("printed on the certificate")
    )
    entry.set_defaults(run=_register)
    listing = verbs.add_parser("list", help=_("List certificates."))
    add_filters(listing)
    listing.set_defaults(run=_list)
    show = verbs.add_parser("show", help=_("What the register says of a certificate today."))
    show.add_argument("number", metavar="NO", help=_("number of the certificate"))
    show.set_defaults(run=_show)
    proof = verbs.add_parser(
        "certify", help=_("Make a paper about what the register said on a day.")
    )
    proof.add_argument("number", metavar="NO", help=_("number of the certificate"))
    proof.add_argument("--inquirer", required=True, metavar="NAME", help=_("who asks"))
    proof.add_argument(
        "--as-of", metavar="DATE", default="", help=_("the day asked about; today unless given")
    )
    proof.set_defaults(run=_certify)
    sheet = verbs.add_parser(
        "change-sheet", help=_("Replace the spoiled sheet a certificate is printed on.")
    )
    sheet.add_argument("number", metavar="NO", help=_("number of the certificate"))
    sheet.add_argument("--serial", required=True, metavar="NO", help=_("the new sheet"))
    sheet.add_argument("--reason", required=True, help=_("kept with the spoiled sheet"))
    sheet.set_defaults(run=_change_sheet)
    out = verbs.add_parser("print", help=_("Write a certificate to a file, byte for byte."))
    out.add_argument("number", metavar="NO", help=_("number of the certificate"))
    out.add_argument("--out", metavar="FILE", required=True, type=Path, help=_("where to put it"))
    out.add_argument("--copy", action="store_true", help=_("a numbered copy instead"))
    out.add_argument("--purpose", default="", metavar="TEXT", help=_("what the copy is for"))
    out.add_argument("--key", metavar="FILE.p12", help=_("the office's signing key, for a copy"))
    out.add_argument("--key-password-file", metavar="FILE", help=_("its passphrase"))
    out.set_defaults(run=_print)


def _register(context: Context, args: argparse.Namespace) -> None:
    from core.certificates.queries import application_summary, find_application
    from core.certificates.service import advance

    with context.database().write() as session:
        application = find_application(session, args.number)
        version = application_summary(session, application).version
        summary = advance(session, application, version, "enter", {"remarks": args.remarks})
    context.out.record(summary_record(summary), summary_titles())


def _list(context: Context, args: argparse.Namespace) -> None:
    from core.certificates.queries import CERTIFICATES

    list_records(context, args, CERTIFICATES)


def _detail(session: Session, number: str) -> RecordDetail:
    from core.certificates.queries import certificate_detail, find_certificate

    return certificate_detail(session, find_certificate(session, number))


def _show(context: Context, args: argparse.Namespace) -> None:
    with context.database().read() as session:
        detail = _detail(session, args.number)
    if context.out.as_json:
        context.out.document(
            {
                "id": detail.id,
                "number": detail.title,
                "holders": detail.subtitle,
                "state": detail.state,
                "sections": section_documents(detail.sections),
                "papers": [
                    {"id": one.id, "kind": one.kind, "number": one.number, "sha256": one.sha256}
                    for one in detail.papers
                ],
            }
        )
        return
    context.out.record({_("Certificate number"): detail.title, _("State"): detail.state})
    for section in detail.sections:
        show_section(context, section)


def _certify(context: Context, args: argparse.Namespace) -> None:
    from core.certificates.queries import find_certificate
    from core.certificates.register import certify
    from core.values.dates import parse_date

    day = parse_date(args.as_of) if args.as_of else None
    with context.database().write() as session:
        certificate = find_certificate(session, args.number)
        paper = certify(session, certificate, args.inquirer, day)
    context.out.record(
        {"number": paper.number, "paper": paper.id, "state": paper.state.value},
        {"number": _("Number"), "paper": _("Paper"), "state": _("State")},
    )


def _change_sheet(context: Context, args: argparse.Namespace) -> None:
    from core.certificates.issuing import change_sheet
    from core.certificates.queries import find_certificate

    with context.database().write() as session:
        change_sheet(session, find_certificate(session, args.number), args.serial, args.reason)
    context.out.record(
        {"number": args.number, "sheet": args.serial, "reason": args.reason},
        {"number": _("Certificate number"), "sheet": _("Sheet"), "reason": _("Reason")},
    )


def _print(context: Context, args: argparse.Namespace) -> None:
    from core.cli.papers import save_file
    from core.documents.service import bytes_of, log_print

    database = context.database()
    with database.read() as session:
        detail = _detail(session, args.number)
    originals = [
        one for one in detail.papers if one.kind == "certificate" and one.original_id is None
    ]
    if not originals:
        raise RuleViolation("cli.not_made", number=detail.title)
    paper = originals[-1].id
    if args.copy:
        paper = _copied(context, args, paper)
    with database.write() as session:
        data = bytes_of(session, paper)
        log_print(session, paper, "lintanctl certificate print")
    save_file(args.out, data)
    context.out.record(
        {
            "number": detail.title,
            "paper": paper,
            "copy": bool(args.copy),
            "file": str(args.out),
            "bytes": len(data),
        },
        {
            "number": _("Certificate number"),
            "paper": _("Paper"),
            "copy": _("Copy"),
            "file": _("File"),
            "bytes": _("Bytes"),
        },
    )


def _copied(context: Context, args: argparse.Namespace, original: int) -> int:
    """Prepare and sign a copy; without a key it waits in the queue of papers.

    Raises:
        RuleViolation: no key was named; the copy is prepared all the same.
    """
    from core.cli.papers import signer_of
    from core.documents.service import issue_pending, make_copy

    database = context.database()
    with database.write() as session:
        copy = make_copy(session, original, args.purpose)
    if not args.key:
        raise RuleViolation("cli.copy_waits", copy=copy.copy_number, paper=copy.id)
    signer = signer_of(args.key, args.key_password_file)
    for issued in issue_pending(database, signer, [copy.id]):
        if issued.fault is not None:
            raise issued.fault
    return copy.id
