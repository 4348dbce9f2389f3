"""`lintanctl receipt`: issue in three ways, void, reverse, print; the stock and its numbers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.context import Context
from core.cli.filters import add_filters, list_records
from core.cli.receipt_stock import add_stock, way_names
from core.errors import EnvironmentFault, FieldError, InputError, RuleViolation
from core.files import why
from core.i18n import N_, _
from core.messages import register
from core.values.cells import Shown, term

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.fund.official_receipts import Official
    from core.fund.receipt_model import Receipt

REFUSED = 1

register(
    {
        "cli.file_differs": N_(
            "The file seems to say “{read}”, not “{typed}”; look at it, then add --file-differs."
        ),
        "cli.no_paper": N_(
            "{number} is an official e-receipt; its own file is kept with the record, nothing is "
            "printed here."
        ),
    }
)


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    listing = verbs.add_parser("list", help=_("List receipts."))
    add_filters(listing)
    listing.set_defaults(run=_list)
    _add_issue(verbs)
    _add_read(verbs)
    _add_changes(verbs)
    out = verbs.add_parser(
        "print", help=_("Write a receipt to a file: signed, or the texts for the stock sheet.")
    )
    out.add_argument("number", metavar="NO")
    out.add_argument("--out", required=True, type=Path, metavar="FILE.pdf")
    out.add_argument("--list", action="store_true", help=_("the list that goes with it, instead"))
    out.add_argument("--printer", default="", help=_("its name on this machine"))
    out.add_argument("--tray", default="", help=_("the tray the sheets lie in"))
    out.set_defaults(run=_print)
    add_stock(verbs)


def _add_issue(verbs: Any) -> None:
    check = verbs.add_parser("check", help=_("What bars a receipt for these donations."))
    check.add_argument("codes", nargs="+", metavar="CODE")
    check.add_argument("--way", choices=way_names(), required=True)
    check.set_defaults(run=_check)
    issue = verbs.add_parser("issue", help=_("Issue a receipt for donations of one donor."))
    issue.add_argument("codes", nargs="*", metavar="CODE")
    issue.add_argument(
        "--party", type=int, metavar="ID", help=_("all gifts of a donor that wait for a receipt")
    )
    issue.add_argument("--year", type=int, help=_("only those of a year: the annual receipt"))
    issue.add_argument("--way", choices=way_names(), required=True)
    issue.add_argument("--each", action="store_true", help=_("a receipt of its own for each"))
    issue.add_argument("--title", default="", help=_("payer as printed, if not the donor's name"))
    issue.add_argument("--replaces", default="", metavar="NO", help=_("the receipt it follows"))
    _add_official(issue)
    issue.add_argument(
        "--file-differs",
        action="store_true",
        help=_("issue although the file seems to say something else"),
    )
    issue.set_defaults(run=_issue)


def _add_official(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bill-code", default="", help=_("of an official e-receipt: 8 digits"))
    parser.add_argument("--bill-number", default="", help=_("10 digits"))
    parser.add_argument("--check-code", default="", help=_("6 characters, case matters"))
    parser.add_argument("--on", metavar="DATE", help=_("its date"))
    parser.add_argument("--amount", metavar="YUAN", help=_("its amount, compared"))
    parser.add_argument("--file", type=Path, metavar="PDF|OFD", help=_("its file, kept"))


def _add_read(verbs: Any) -> None:
    read = verbs.add_parser(
        "read", help=_("What the file of an e-receipt seems to say; compare it with the paper.")
    )
    read.add_argument("file", type=Path, metavar="PDF|OFD")
    read.set_defaults(run=_read)


def _add_changes(verbs: Any) -> None:
    void = verbs.add_parser("void", help=_("Ask for a receipt to be declared void."))
    void.add_argument("number", metavar="NO")
    void.add_argument("--reason", required=True, metavar=_("TEXT"))
    void.add_argument(
        "--copies", default="", help=_("copies that are back: 存根、收据、记账 (stock)")
    )
    void.set_defaults(run=_void)
    reverse = verbs.add_parser("reverse", help=_("Ask for an e-receipt to be reversed."))
    reverse.add_argument("number", metavar="NO")
    reverse.add_argument("--reason", required=True, metavar=_("TEXT"))
    reverse.add_argument("--used", action="store_true", help=_("the donor booked it already"))
    reverse.add_argument(
        "--part", metavar="YUAN", help=_("only so much of it, where the office allows that")
    )
    reverse.add_argument("--donation", metavar="CODE", help=_("the gift the part is taken from"))
    _add_official(reverse)
    reverse.set_defaults(run=_reverse)
    decide = verbs.add_parser("decide", help=_("The second person agrees to void or reverse."))
    decide.add_argument("number", metavar="NO")
    decide.add_argument("--refuse", action="store_true", help=_("refuse instead"))
    decide.set_defaults(run=_decide)


def _list(context: Context, args: argparse.Namespace) -> None:
    from core.fund.lists import RECEIPTS

    list_records(context, args, RECEIPTS)


def _check(context: Context, args: argparse.Namespace) -> int | None:
    from core.fund.donations import find_donation
    from core.fund.judging import check
    from core.fund.rules import SEVERITY_TITLES, Severity
    from core.fund.states import Way

    with context.database().read() as session:
        ids = [find_donation(session, code).id for code in args.codes]
        found = check(session, ids, Way(args.way))
    context.out.table(
        {"severity": _("Kind"), "finding": _("Reason")},
        [
            {
                "code": one.code,
                "severity": term(one.severity, SEVERITY_TITLES),
                "finding": Shown(one.params, one.text),
            }
            for one in found
        ],
        empty=_("Nothing bars the receipt."),
    )
    return REFUSED if any(one.severity is Severity.BAR for one in found) else None


def _official(args: argparse.Namespace, today: Any) -> Official:
    from core.fund.official_receipts import Official
    from core.values.dates import parse_date
    from core.values.money import Money

    data = b""
    if args.file is not None:
        try:
            data = args.file.read_bytes()
        except OSError as problem:
            raise EnvironmentFault(
                "papers.unreadable", path=str(args.file), reason=why(problem)
            ) from problem
    return Official(
        bill_code=args.bill_code,
        number=args.bill_number,
        check_code=args.check_code,
        issued_on=parse_date(args.on) if args.on else today,
        amount=Money.parse(args.amount, negative=True) if args.amount else None,
        filename=args.file.name if args.file else "",
        data=data,
    )


def read_bytes(path: Path) -> bytes:
    """The bytes of a file somebody named.

    Raises:
        EnvironmentFault: it cannot be read, with why.
    """
    try:
        return path.read_bytes()
    except OSError as problem:
        raise EnvironmentFault(
            "papers.unreadable", path=str(path), reason=why(problem)
        ) from problem


def _read(context: Context, args: argparse.Namespace) -> None:
    from core.fund.ereceipt import read_file

    found = read_file(read_bytes(args.file), args.file.name)
    context.out.record({name: getattr(found, name) for name in found.__dataclass_fields__}, _FIELDS)


_FIELDS = {
    "bill_code": N_("Code"),
    "number": N_("Receipt No."),
    "check_code": N_("Check code"),
    "issued_on": N_("Issued on"),
    "amount": N_("Amount (yuan)"),
    "payer": N_("Payer"),
}


def _compare(official: Official) -> None:
    """Refuse what the file seems to contradict, until a person says that the typing is right."""
    from core.fund.ereceipt import differences, read_file

    if not official.data:
        return
    found = differences(official, read_file(official.data, official.filename))
    if found:
        raise InputError(
            *(
                FieldError(one.field, "cli.file_differs", {"read": one.read, "typed": one.typed})
                for one in found
            )
        )


def _issue(context: Context, args: argparse.Namespace) -> None:
    from core.database import today
    from core.fund.donations import find_donation
    from core.fund.donors import existing_donor
    from core.fund.receipts import IssueReceipt, issue, issue_each, waiting_gifts
    from core.fund.states import Way

    way = Way(args.way)
    with context.database().write() as session:
        rows = [find_donation(session, code) for code in args.codes]
        chosen = tuple((row.id, row.version) for row in rows)
        if args.party is not None:
            chosen += waiting_gifts(session, existing_donor(session, args.party), args.year)
        if args.each:
            made = issue_each(session, chosen, way)
        else:
            official = _official(args, today(session)) if way is Way.OFFICIAL else None
            if official is not None and not args.file_differs:
                _compare(official)
            command = IssueReceipt(
                donations=chosen,
                way=way,
                title=args.title,
                official=official,
                replaces=args.replaces,
            )
            made = [issue(session, command)]
        answers = [_as_record(session, one) for one in made]
    context.out.document(answers) if context.out.as_json else _tell(context, answers)


def _tell(context: Context, answers: list[dict[str, object]]) -> None:
    titles = {"number": _("Receipt No."), "title": _("Payer"), "amount": _("Amount (yuan)")}
    context.out.table(titles, answers)


def _as_record(session: Session, receipt_id: int) -> dict[str, object]:
    from core.fund.receipt_model import Receipt

    row = session.get_one(Receipt, receipt_id)
    return {
        "id": row.id,
        "way": row.way.value,
        "bill_code": row.bill_code,
        "number": row.number,
        "title": row.title,
        "amount": row.amount,
        "state": row.state.value,
        "issued_on": row.issued_on,
        "paper": row.document_id,
        "version": row.version,
    }


def _change(context: Context, number: str, work: Any) -> None:
    from core.fund.receipts import find_receipt

    with context.database().write() as session:
        row = find_receipt(session, number)
        work(session, row)
        answer = _as_record(session, row.id)
    context.out.record(answer)


def _void(context: Context, args: argparse.Namespace) -> None:
    from core.fund.changes import ChangeReceipt, request_change
    from core.fund.states import ChangeKind

    copies = tuple(one.strip() for one in args.copies.replace(",", "、").split("、") if one.strip())

    def work(session: Session, row: Receipt) -> None:
        command = ChangeReceipt(
            receipt_id=row.id,
            version=row.version,
            kind=ChangeKind.VOID,
            reason=args.reason,
            copies=copies,
        )
        request_change(session, command)

    _change(context, args.number, work)


def _reverse(context: Context, args: argparse.Namespace) -> None:
    from core.database import today
    from core.fund.changes import ChangeReceipt, request_change
    from core.fund.donations import find_donation
    from core.fund.states import ChangeKind
    from core.values.money import Money

    def work(session: Session, row: Receipt) -> None:
        command = ChangeReceipt(
            receipt_id=row.id,
            version=row.version,
            kind=ChangeKind.REVERSE,
            reason=args.reason,
            used=args.used,
            red=_official(args, today(session)),
            part=Money.parse(args.part) if args.part else None,
            donation_id=find_donation(session, args.donation).id if args.donation else None,
        )
        request_change(session, command)

    _change(context, args.number, work)


def _decide(context: Context, args: argparse.Namespace) -> None:
    from core.fund.changes import decide_change

    def work(session: Session, row: Receipt) -> None:
        decide_change(session, row.id, row.version, agree=not args.refuse)

    _change(context, args.number, work)


def _print(context: Context, args: argparse.Namespace) -> None:
    from core import history
    from core.cli.papers import save_file
    from core.documents.printers import calibration
    from core.documents.service import bytes_of
    from core.fund.enclosures import list_of
    from core.fund.overlays import overlay
    from core.fund.receipts import RECEIPT, find_receipt
    from core.fund.states import Way

    with context.database().write() as session:
        row = find_receipt(session, args.number)
        enclosed = list_of(session, row.id) if args.list else None
        if enclosed is not None:
            data = bytes_of(session, enclosed)
        elif row.way is Way.OFFICIAL:
            raise RuleViolation("cli.no_paper", number=row.number)
        elif row.way is Way.STOCK:
            data = overlay(session, args.number, calibration(args.printer, args.tray))
        else:
            assert row.document_id is not None
            data = bytes_of(session, row.document_id)
        history.record(session, RECEIPT, row.id, "printed", data={"printer": args.printer})
    save_file(args.out, data)
    context.out.record({"file": str(args.out), "bytes": len(data)})
