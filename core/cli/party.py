"""`lintanctl party`: the register of people and organisations."""

from __future__ import annotations

import argparse

from core.cli.context import Context
from core.cli.filters import add_filters, list_records
from core.i18n import _
from core.parties.duplicates import duplicate_pairs
from core.parties.queries import PARTIES, PartySummary, party_detail, resolve
from core.parties.rules import LIKENESS_TITLES
from core.parties.service import merge, not_a_duplicate, reveal_number
from core.values.cells import Shown, term


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    listing = verbs.add_parser("list", help=_("List parties."))
    add_filters(listing)
    listing.set_defaults(run=_list)
    show = verbs.add_parser("show", help=_("Show one party; its number is masked."))
    show.add_argument("id", metavar="ID", type=int, help=_("of the party, as the list has it"))
    show.add_argument(
        "--reveal", metavar=_("REASON"), help=_("show the number in clear; the look is logged")
    )
    show.set_defaults(run=_show)
    duplicates = verbs.add_parser("duplicates", help=_("Parties that may be one, with reasons."))
    duplicates.set_defaults(run=_duplicates)
    verdict = verbs.add_parser("distinct", help=_("Say that two parties are two."))
    verdict.add_argument("first", metavar="FIRST", type=int, help=_("one party"))
    verdict.add_argument("second", metavar="SECOND", type=int, help=_("the other party"))
    verdict.add_argument(
        "--reason", required=True, metavar=_("TEXT"), help=_("kept in the history")
    )
    verdict.set_defaults(run=_distinct)
    joined = verbs.add_parser("merge", help=_("Say that the second party is the first one."))
    joined.add_argument("keep", metavar="KEEP", type=int, help=_("the party that stays"))
    joined.add_argument("merged", metavar="MERGED", type=int, help=_("the party that becomes it"))
    joined.add_argument("--reason", required=True, metavar=_("TEXT"), help=_("kept in the history"))
    joined.set_defaults(run=_merge)


def _list(context: Context, args: argparse.Namespace) -> None:
    list_records(context, args, PARTIES)


def _as_record(party: PartySummary) -> dict[str, object]:
    return {
        "id": party.id,
        "kind": party.kind.value,
        "name": party.name,
        "id_kind": party.id_kind.value,
        "number": party.number,
        "no_number_reason": party.no_number_reason,
        "organisation_kind": party.organisation_kind,
        "representative": party.representative,
        "phone": party.phone,
        "address": party.address,
        "active": party.active,
        "merged_into": party.merged_into_id,
        "version": party.version,
    }


def _show(context: Context, args: argparse.Namespace) -> None:
    database = context.database()
    with database.read() as session:
        detail = party_detail(session, args.id)
        stands_for = resolve(session, args.id)
    record = _as_record(detail.party) | {
        "stands_for": stands_for,
        "roles": list(detail.roles),
        "employer": detail.employer.name if detail.employer else None,
        "qualifications": [
            Shown(line, f"{line.kind} {line.number} {line.valid_from or ''}—{line.valid_to or ''}")
            for line in detail.qualifications
        ],
    }
    if args.reveal is not None:
        with database.write() as session:
            record["number"] = reveal_number(session, args.id, args.reveal)
    context.out.record(record)


def _duplicates(context: Context, _args: argparse.Namespace) -> None:
    with context.database().read() as session:
        pairs = duplicate_pairs(session)
    context.out.table(
        {
            "first": "id",
            "first_name": _("Name"),
            "second": "id",
            "second_name": _("Name"),
            "reasons": _("Reasons"),
        },
        [
            {
                "first": pair.first.id,
                "first_name": pair.first.name,
                "second": pair.second.id,
                "second_name": pair.second.name,
                "reasons": [term(reason, LIKENESS_TITLES) for reason in pair.reasons],
            }
            for pair in pairs
        ],
        empty=_("No two parties look alike."),
    )


def _distinct(context: Context, args: argparse.Namespace) -> None:
    with context.database().write() as session:
        not_a_duplicate(session, args.first, args.second, args.reason)
    context.out.record({"first": args.first, "second": args.second, "verdict": "distinct"})


def _merge(context: Context, args: argparse.Namespace) -> None:
    database = context.database()
    with database.read() as session:
        version = party_detail(session, args.merged).party.version
    with database.write() as session:
        kept = merge(session, args.keep, args.merged, version, args.reason)
    context.out.record(_as_record(kept))
