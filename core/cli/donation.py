"""`lintanctl donation`: what was given, whether it is there, and how it is put right."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.context import Context
from core.cli.filters import add_filters, list_records
from core.cli.units import add_unit, unit_of
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.fund.donation_input import Item
    from core.fund.model import Donation
    from core.values.money import Money

register(
    {
        "cli.item": N_("Write an item as NAME;QUANTITY;UNIT;PRICE;PROOF;BASIS, not “{value}”."),
        "cli.member": N_("Write a giver as NAME=YUAN, not “{value}”."),
    }
)


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    listing = verbs.add_parser("list", help=_("List donations."))
    add_filters(listing)
    listing.set_defaults(run=_list)
    show = _verb(verbs, "show", _("Show one donation."), _show)
    show.set_defaults(run=_show)
    _add_record(verbs)
    _verb(verbs, "arrive", _("The money is on the account: the purpose is credited."), _arrive)
    _verb(verbs, "review", _("A second person agrees to a receipt."), _review)
    refund = _verb(verbs, "refund", _("Pay a donation back."), _refund)
    refund.add_argument("--reason", required=True, metavar=_("TEXT"))
    amount = _verb(verbs, "correct", _("Put the amount right while nothing is issued."), _correct)
    amount.add_argument("--amount", required=True, metavar="YUAN")
    amount.add_argument("--reason", required=True, metavar=_("TEXT"))
    _add_donor(verbs)
    pledge = verbs.add_parser("pledge", help=_("Enter a commitment; gifts pay it in instalments."))
    pledge.add_argument("--party", type=int, required=True, metavar="ID", help=_("who promises"))
    pledge.add_argument("--amount", required=True, metavar="YUAN")
    pledge.add_argument("--purpose", required=True, metavar="CODE")
    pledge.add_argument("--agreement", default="", help=_("number of the agreement"))
    pledge.add_argument("--due", metavar="DATE")
    pledge.set_defaults(run=_pledge)
    move = _verb(verbs, "move", _("Move a donation to another donor, traced."), _move)
    move.add_argument("--party", type=int, required=True, metavar="ID", help=_("the right donor"))
    move.add_argument("--reason", required=True, metavar=_("TEXT"))


def _add_donor(verbs: Any) -> None:
    from core.fund.states import Consent

    donor = verbs.add_parser("donor", help=_("What a donor allows and wants."))
    donor.add_argument("party", type=int, metavar="ID")
    donor.add_argument("--consent", choices=[one.value for one in Consent], required=True)
    donor.add_argument("--anonymous", action="store_true")
    donor.add_argument("--title", default="", help=_("name on receipts, if not the party's own"))
    donor.add_argument("--contact", default="", help=_("how the donor wants to hear of us"))
    donor.set_defaults(run=_donor)
    files = _verb(verbs, "attach", _("Keep a file with a donation: agreement, proof."), _attach)
    files.add_argument("file", type=Path)
    files.add_argument("--role", default="proof", choices=["agreement", "proof", "slip", "other"])


def _verb(verbs: Any, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text)
    parser.add_argument("code", metavar="CODE")
    parser.set_defaults(run=run)
    return parser


def _add_record(verbs: Any) -> None:
    from core.fund.states import Consent, Form, Nature

    record = verbs.add_parser("record", help=_("Note a donation."))
    record.add_argument("--party", type=int, required=True, metavar="ID", help=_("who gives"))
    record.add_argument("--amount", metavar="YUAN", help=_("none for goods without proof"))
    record.add_argument("--on", required=True, metavar="DATE", help=_("value date"))
    record.add_argument("--purpose", required=True, metavar="CODE")
    forms = [one.value for one in Form]
    record.add_argument("--form", choices=forms, default=Form.TRANSFER.value)
    record.add_argument(
        "--item",
        action="append",
        default=[],
        metavar="NAME;QUANTITY;UNIT;PRICE;PROOF;BASIS",
        help=_("goods or a right; the price only with its proof"),
    )
    record.add_argument(
        "--member", action="append", default=[], metavar="NAME=YUAN", help=_("one of the givers")
    )
    record.add_argument("--pledge", type=int, metavar="ID", help=_("the commitment it pays"))
    record.add_argument("--campaign", default="", metavar="NAME", help=_("the campaign it is for"))
    record.add_argument("--nature", choices=[one.value for one in Nature], default="gift")
    record.add_argument("--agreement", default="", help=_("number of the agreement"))
    record.add_argument("--payer", default="", help=_("name on the account it came from"))
    record.add_argument("--tail", default="", help=_("last digits of that account"))
    add_unit(record)
    record.add_argument("--reference", default="", help=_("reference of the bank"))
    record.add_argument("--code", default="", help=_("number of the donation; else the next one"))
    record.add_argument("--benefit", default="", help=_("what the donor gets in return"))
    record.add_argument("--anonymous", action="store_true")
    record.add_argument("--restricted", action="store_true")
    record.add_argument("--note", default="")
    record.add_argument(
        "--consent",
        choices=[one.value for one in Consent],
        help=_("what the donor allows to be published"),
    )
    record.set_defaults(run=_record)


def _list(context: Context, args: argparse.Namespace) -> None:
    from core.fund.lists import DONATIONS

    list_records(context, args, DONATIONS)


def _as_record(session: Session, row: Donation) -> dict[str, object]:
    from core.fund.donations import receipt_number
    from core.fund.donors import donor_facts

    donor = donor_facts(session, row.donor_id)
    return {
        "id": row.id,
        "code": row.code,
        "donor": donor.name,
        "number": donor.id_text,
        "form": row.form.value,
        "nature": row.nature.value,
        "received_on": row.received_on,
        "amount": row.amount,
        "state": row.state.value,
        "receipt": receipt_number(session, row),
        "bank_reference": row.bank_reference,
        "benefit": row.benefit,
        "note": row.note,
        "version": row.version,
    }


def _show(context: Context, args: argparse.Namespace) -> None:
    from core.fund.donations import find_donation

    with context.database().read() as session:
        record = _as_record(session, find_donation(session, args.code))
    context.out.record(record)


def _record(context: Context, args: argparse.Namespace) -> None:
    from core.fund.donation_input import DonationContent, value_of
    from core.fund.donations import find_donation, record
    from core.fund.donors import DonorContent, donor_of
    from core.fund.setup import campaign_id_of, purpose_id_of
    from core.fund.states import Consent, Form, Nature
    from core.values.dates import parse_date
    from core.values.money import Money

    said = DonorContent(consent=Consent(args.consent)) if args.consent else None
    items = tuple(_item(text) for text in args.item)
    amount = Money.parse(args.amount) if args.amount else None
    if amount is None and not Form(args.form).is_money:
        amount = value_of(items)
    with context.database().write() as session:
        content = DonationContent(
            donor_id=donor_of(session, args.party, said),
            unit_id=unit_of(session, args),
            purpose_id=purpose_id_of(session, args.purpose),
            form=Form(args.form),
            received_on=parse_date(args.on),
            amount=amount,
            items=items,
            members=tuple(_member(text) for text in args.member),
            pledge_id=args.pledge,
            campaign_id=campaign_id_of(session, args.campaign) if args.campaign else None,
            nature=Nature(args.nature),
            agreement=args.agreement,
            payer_name=args.payer,
            payer_tail=args.tail,
            code=args.code,
            anonymous=args.anonymous,
            restricted=args.restricted,
            bank_reference=args.reference,
            benefit=args.benefit,
            note=args.note,
        )
        made = record(session, content)
        answer = _as_record(session, find_donation(session, str(made)))
    context.out.record(answer)


def _item(text: str) -> Item:
    from core.fund.donation_input import Item
    from core.values.money import Money
    from core.values.numerals import exact_decimal

    parts = [part.strip() for part in text.replace("；", ";").split(";")] + [""] * 5
    if not parts[0] or not parts[1]:
        raise InputError.of("item", "cli.item", value=text)
    return Item(
        name=parts[0],
        quantity=exact_decimal(parts[1], decimals=6),
        unit=parts[2],
        unit_price=Money.parse(parts[3]) if parts[3] else None,
        proof=parts[4],
        basis=parts[5],
    )


def _member(text: str) -> tuple[str, Money]:
    from core.values.money import Money

    name, equals, amount = text.partition("=")
    if not equals:
        raise InputError.of("member", "cli.member", value=text)
    return name.strip(), Money.parse(amount)


def _donor(context: Context, args: argparse.Namespace) -> None:
    from core.fund.donors import DonorContent, donor_facts, donor_of
    from core.fund.states import Consent

    content = DonorContent(
        consent=Consent(args.consent),
        anonymous=args.anonymous,
        receipt_title=args.title,
        contact_preference=args.contact,
    )
    with context.database().write() as session:
        found = donor_facts(session, donor_of(session, args.party, content))
    context.out.record(
        {
            "party": found.party_id,
            "name": found.name,
            "title": found.title,
            "consent": found.consent.value,
            "anonymous": found.anonymous,
        }
    )


def _attach(context: Context, args: argparse.Namespace) -> None:
    from core import attachments
    from core.cli.receipt import read_bytes
    from core.database import require
    from core.fund.donations import DONATION, find_donation

    data = read_bytes(args.file)
    with context.database().write() as session:
        require(session, "fund.record")
        row = find_donation(session, args.code)
        made = attachments.attach(session, DONATION, row.id, args.role, args.file.name, data)
    context.out.record({"code": args.code, "file": made.filename, "sha256": made.sha256})


def _pledge(context: Context, args: argparse.Namespace) -> None:
    from core.fund.donors import PledgeContent, donor_of, outstanding, promise
    from core.fund.setup import purpose_id_of
    from core.values.dates import parse_date
    from core.values.money import Money

    with context.database().write() as session:
        content = PledgeContent(
            donor_id=donor_of(session, args.party),
            purpose_id=purpose_id_of(session, args.purpose),
            amount=Money.parse(args.amount),
            agreement=args.agreement,
            due_on=parse_date(args.due) if args.due else None,
        )
        made = promise(session, content)
        answer = {"pledge": made, "outstanding": outstanding(session, made)}
    context.out.record(answer)


def _change(context: Context, code: str, work: Any) -> None:
    """Do something with a donation as it is now, and show it."""
    from core.fund.donations import find_donation

    with context.database().write() as session:
        row = find_donation(session, code)
        other = work(session, row)
        answer = _as_record(session, find_donation(session, str(other)) if other else row)
    context.out.record(answer)


def _arrive(context: Context, args: argparse.Namespace) -> None:
    from core.fund.donations import arrive

    _change(context, args.code, lambda session, row: arrive(session, row.id, row.version))


def _review(context: Context, args: argparse.Namespace) -> None:
    from core.fund.donations import review

    _change(context, args.code, lambda session, row: review(session, row.id, row.version))


def _refund(context: Context, args: argparse.Namespace) -> None:
    from core.fund.donations import refund

    _change(
        context, args.code, lambda session, row: refund(session, row.id, row.version, args.reason)
    )


def _correct(context: Context, args: argparse.Namespace) -> None:
    from dataclasses import replace

    from core.fund.donations import content_of, correct
    from core.values.money import Money

    def work(session: Session, row: Donation) -> None:
        content = replace(content_of(session, row), amount=Money.parse(args.amount))
        correct(session, row.id, row.version, content, args.reason)

    _change(context, args.code, work)


def _move(context: Context, args: argparse.Namespace) -> None:
    from core.fund.donations import rebook
    from core.fund.donors import existing_donor

    def work(session: Session, row: Donation) -> int:
        donor = existing_donor(session, args.party)
        return rebook(session, row.id, row.version, donor, args.reason)

    _change(context, args.code, work)
