"""`lintanctl fund`: units and purposes, use of funds, reports, statements, closing, tax help."""

from __future__ import annotations

import argparse
from typing import Any

from core.cli.context import Context
from core.cli.fund_papers import add_days, add_papers
from core.cli.units import add_unit, unit_of
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register
from core.values.cells import Shown, term
from core.values.dates import parse_date
from core.values.money import Money

REFUSED = 1

register(
    {
        "cli.years": N_("Write qualification years as FIRST-LAST=NOTICE, not “{value}”."),
        "cli.carried": N_("Write what is carried over as YEAR=YUAN, not “{value}”."),
    }
)


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    _add_setup(verbs)
    _add_use(verbs)
    _add_reports(verbs)
    add_papers(verbs)


def _add_setup(verbs: Any) -> None:
    unit = verbs.add_parser("unit", help=_("Enter an issuing unit."))
    unit.add_argument("name")
    unit.add_argument("--credit-code", default="")
    unit.add_argument("--account-name", default="")
    unit.add_argument("--bank", default="")
    unit.add_argument("--account", default="", metavar="NUMBER")
    unit.add_argument("--permit", default="", help=_("public fundraising permit"))
    unit.add_argument("--permit-until", metavar="DATE")
    unit.add_argument("--licence", default="", help=_("number of the licence for receipts"))
    unit.add_argument("--qualified", action="append", default=[], metavar="FIRST-LAST=NOTICE")
    unit.set_defaults(run=_unit)
    reveal = verbs.add_parser("reveal", help=_("Show a unit's account number; this is logged."))
    reveal.add_argument("unit", metavar="NAME")
    reveal.add_argument("--reason", required=True, metavar=_("TEXT"))
    reveal.set_defaults(run=_reveal)
    years = verbs.add_parser("qualify", help=_("Add years in which gifts may be deducted."))
    years.add_argument("unit", metavar="NAME")
    years.add_argument("years", metavar="FIRST-LAST=NOTICE")
    years.set_defaults(run=_qualify)
    purpose = verbs.add_parser("purpose", help=_("Enter a purpose."))
    purpose.add_argument("code")
    purpose.add_argument("name")
    purpose.add_argument("--restricted", action="store_true")
    purpose.set_defaults(run=_purpose)
    campaign = verbs.add_parser("campaign", help=_("Enter a public campaign."))
    campaign.add_argument("name")
    campaign.add_argument("--filed", default="", help=_("number its plan was filed under"))
    campaign.add_argument("--from", dest="first", required=True, metavar="DATE")
    campaign.add_argument("--to", dest="last", metavar="DATE")
    add_unit(campaign)
    campaign.set_defaults(run=_campaign)


def _add_use(verbs: Any) -> None:
    from core.fund.states import Use

    grant = verbs.add_parser("grant", help=_("Ask for money of a purpose."))
    grant.add_argument("--purpose", required=True, metavar="CODE")
    grant.add_argument("--payee", required=True)
    grant.add_argument("--subject", required=True)
    grant.add_argument("--amount", required=True, metavar="YUAN")
    grant.add_argument("--use", choices=[one.value for one in Use], default=Use.OTHER.value)
    grant.set_defaults(run=_grant)
    decide = verbs.add_parser("decide", help=_("Agree to a use of funds and pay, or refuse."))
    decide.add_argument("grant", type=int, metavar="ID")
    decide.add_argument("--refuse", default="", metavar=_("REASON"))
    decide.set_defaults(run=_decide)


def _add_reports(verbs: Any) -> None:
    balances = verbs.add_parser("balances", help=_("What each purpose holds."))
    balances.set_defaults(run=_balances)
    report = verbs.add_parser("report", help=_("Received, with and without receipts."))
    report.add_argument("--by", choices=["month", "purpose", "form"], default="month")
    add_days(report)
    report.set_defaults(run=_report)
    uses = verbs.add_parser("uses", help=_("What money was spent on, with shares."))
    add_days(uses)
    uses.set_defaults(run=_uses)
    check = verbs.add_parser(
        "check", help=_("Whether balances, receipts, numbers and sheets explain each other.")
    )
    check.set_defaults(run=_check)
    tax = verbs.add_parser("tax", help=_("How much may be deducted; a help, not a ruling."))
    tax.add_argument("kind", choices=["enterprise", "individual"])
    tax.add_argument("--year", type=int, required=True)
    tax.add_argument("--base", required=True, metavar="YUAN", help=_("profit or taxable income"))
    tax.add_argument("--gifts", required=True, metavar="YUAN")
    tax.add_argument("--carried", action="append", default=[], metavar="YEAR=YUAN")
    tax.add_argument("--party", type=int, metavar="ID", help=_("also prepare the explanation"))
    tax.set_defaults(run=_tax)


def _unit(context: Context, args: argparse.Namespace) -> None:
    from core.fund.setup import UnitContent, register_unit

    with context.database().write() as session:
        content = UnitContent(
            name=args.name,
            credit_code=args.credit_code,
            licence_number=args.licence,
            account_name=args.account_name,
            bank=args.bank,
            account_number=args.account,
            fundraising_permit=args.permit,
            fundraising_until=parse_date(args.permit_until) if args.permit_until else None,
            qualifications=tuple(_years(text) for text in args.qualified),
        )
        made = register_unit(session, content)
    context.out.record({"unit": made})


def _qualify(context: Context, args: argparse.Namespace) -> None:
    from core.fund.model import IssuingUnit
    from core.fund.setup import add_qualification, unit_id_of

    first, last, notice = _years(args.years)
    with context.database().write() as session:
        unit = unit_id_of(session, args.unit)
        if unit is None:
            raise InputError.of("unit", "fund.unit_unknown", name=args.unit)
        version = session.get_one(IssuingUnit, unit).version
        add_qualification(session, unit, version, (first, last), notice)
    context.out.record({"unit": unit, "years": [first, last]})


def _reveal(context: Context, args: argparse.Namespace) -> None:
    from core.fund.setup import reveal_account

    with context.database().write() as session:
        number = reveal_account(session, unit_of(session, args), args.reason)
    context.out.record({"unit": args.unit, "account_number": number})


def _years(text: str) -> tuple[int, int, str]:
    years, equals, notice = text.partition("=")
    first, dash, last = years.partition("-")
    if not (equals and dash and first.isdigit() and last.isdigit()):
        raise InputError.of("qualified", "cli.years", value=text)
    return int(first), int(last), notice


def _purpose(context: Context, args: argparse.Namespace) -> None:
    from core.fund.setup import register_purpose

    with context.database().write() as session:
        made = register_purpose(session, args.code, args.name, restricted=args.restricted)
    context.out.record({"purpose": made})


def _campaign(context: Context, args: argparse.Namespace) -> None:
    from core.fund.setup import register_campaign

    days = (parse_date(args.first), parse_date(args.last) if args.last else None)
    with context.database().write() as session:
        made = register_campaign(session, unit_of(session, args), args.name, args.filed, days)
    context.out.record({"campaign": made})


def _grant(context: Context, args: argparse.Namespace) -> None:
    from core.fund.grants import GrantContent, request_grant
    from core.fund.setup import purpose_id_of
    from core.fund.states import Use

    with context.database().write() as session:
        content = GrantContent(
            purpose_id=purpose_id_of(session, args.purpose),
            payee=args.payee,
            subject=args.subject,
            amount=Money.parse(args.amount),
            use=Use(args.use),
        )
        made = request_grant(session, content)
    context.out.record({"grant": made})


def _decide(context: Context, args: argparse.Namespace) -> None:
    from core.errors import NotFound
    from core.fund.grants import decide_grant
    from core.fund.model import Grant

    with context.database().write() as session:
        row = session.get(Grant, args.grant)
        if row is None:
            raise NotFound("record.not_found")
        decide_grant(session, row.id, row.version, agree=not args.refuse, reason=args.refuse)
        answer = {"grant": row.id, "state": row.state.value, "amount": row.amount}
    context.out.record(answer)


def _balances(context: Context, _args: argparse.Namespace) -> None:
    from core.fund.reports import balances

    with context.database().read() as session:
        rows = [_fields(one) for one in balances(session)]
    context.out.table(
        {
            "code": _("Code"),
            "name": _("Purpose"),
            "received": _("Received"),
            "used": _("Used"),
            "balance": _("Balance"),
        },
        rows,
    )


def _fields(row: Any) -> dict[str, object]:
    """The fields of a frozen row, values as they are: `asdict` would take Money apart."""
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def _report(context: Context, args: argparse.Namespace) -> None:
    from core.fund.reports import tallies

    with context.database().read() as session:
        found = tallies(session, parse_date(args.first), parse_date(args.last), args.by)
    context.out.table(
        {
            "key": _("What"),
            "count": _("Donations"),
            "amount": _("Amount (yuan)"),
            "receipted": _("With a receipt"),
            "unreceipted": _("Without a receipt"),
        },
        [{**_fields(one), "unreceipted": one.unreceipted} for one in found],
    )


def _uses(context: Context, args: argparse.Namespace) -> None:
    from core.fund.states import USE_TITLES
    from core.fund.uses import uses

    with context.database().read() as session:
        found = uses(session, parse_date(args.first), parse_date(args.last))
    context.out.table(
        {
            "use": _("Use"),
            "count": _("Grants"),
            "amount": _("Amount (yuan)"),
            "percent": _("Share (%)"),
        },
        [{**_fields(one), "use": term(one.use, USE_TITLES)} for one in found],
        empty=_("Nothing was paid in these days."),
    )


def _check(context: Context, _args: argparse.Namespace) -> int | None:
    from core.fund.soundness import faults

    with context.database().read() as session:
        found = faults(session)
    context.out.table(
        {"code": _("Code"), "finding": _("Reason")},
        [{"code": one.code, "finding": Shown(one.params, one.text)} for one in found],
        empty=_("Everything is explained."),
    )
    return REFUSED if found else None


def _tax(context: Context, args: argparse.Namespace) -> None:
    from core.database import today
    from core.fund import tax
    from core.fund.donors import existing_donor
    from core.fund.papers import explain

    base, gifts = Money.parse(args.base, negative=True), Money.parse(args.gifts)
    carried = [_carried(text) for text in args.carried]
    with context.database().write() as session:
        rule = tax.parameters(session, today(session))
        if args.kind == "enterprise":
            found = tax.enterprise(args.year, base, gifts, carried, rule)
        else:
            found = tax.individual(args.year, base, gifts, rule)
        paper = None
        if args.party is not None:
            paper = explain(session, existing_donor(session, args.party), found, base, rule).id
    context.out.record(
        {
            "limit": found.limit,
            "deducted": found.deducted,
            "carried": found.carried,
            "years": [{k: str(v) for k, v in _fields(one).items()} for one in found.lines],
            "paper": paper,
        }
    )


def _carried(text: str) -> tuple[int, Money]:
    year, equals, amount = text.partition("=")
    if not equals or not year.isdigit():
        raise InputError.of("carried", "cli.carried", value=text)
    return int(year), Money.parse(amount)
