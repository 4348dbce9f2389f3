"""`lintanctl committee`: experts, their terms and ties, meetings, opinions and fees."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.cli import committee_fees
from core.cli.context import Context
from core.cli.filters import add_filters, list_records
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from core.committee.details import ExpertDetail, MeetingDetail
    from core.committee.opinions import OpinionContent
    from core.documents.service import DocumentSummary

register(
    {
        "cli.score": N_("Write points as CRITERION=NUMBER, not “{value}”."),
        "cli.case_unknown": N_("The case {case} is not on the agenda of this meeting."),
        "cli.member_unknown": N_("The expert {code} is not invited to this meeting."),
    }
)


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    for name, text, run in (
        ("list", _("List experts."), _list),
        ("meetings", _("List meetings."), _meetings),
        ("fees", _("List fee sheets."), _fees),
    ):
        listing = verbs.add_parser(name, help=text)
        add_filters(listing)
        listing.set_defaults(run=run)
    _add_roster(verbs)
    _add_meeting(verbs)
    committee_fees.add(verbs)


def _verb(verbs: Any, name: str, text: str, run: Any, what: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text)
    parser.add_argument("record", metavar=what)
    parser.set_defaults(run=run)
    return parser


def _add_roster(verbs: Any) -> None:
    from core.committee.states import Body, ExpertStatus, Post, TieKind

    _verb(verbs, "show", _("Show an expert."), _show, "CODE")
    enrol = verbs.add_parser("enrol", help=_("Make a person of the register an expert."))
    enrol.add_argument("--party", type=int, required=True, metavar="ID")
    enrol.add_argument("--code", required=True, help=_("number of the expert, like E01"))
    enrol.add_argument("--title", required=True, help=_("professional title"))
    enrol.add_argument("--specialty", action="append", required=True, help=_("the main one first"))
    enrol.add_argument("--born", metavar="DATE")
    enrol.add_argument("--retired", action="store_true")
    enrol.add_argument("--civil-servant", action="store_true")
    enrol.add_argument("--bank", default="")
    enrol.add_argument("--bank-account", default="")
    enrol.set_defaults(run=_enrol)
    appoint = _verb(verbs, "appoint", _("Give a term in a body."), _appoint, "CODE")
    appoint.add_argument("--body", required=True, choices=[one.value for one in Body])
    appoint.add_argument("--post", required=True, choices=[one.value for one in Post])
    appoint.add_argument("--from", dest="first", required=True, metavar="DATE")
    appoint.add_argument("--to", dest="last", metavar="DATE")
    status = _verb(verbs, "status", _("Suspend, let go, take back."), _status, "CODE")
    status.add_argument("--to", required=True, choices=[one.value for one in ExpertStatus])
    status.add_argument("--reason", required=True, metavar=_("TEXT"))
    tie = _verb(verbs, "tie", _("Note what ties an expert to a party or a case."), _tie, "CODE")
    tie.add_argument("--kind", required=True, choices=[one.value for one in TieKind])
    tie.add_argument("--party", type=int, metavar="ID")
    tie.add_argument("--case", metavar="CASE")
    tie.add_argument("--relation", default="", metavar=_("TEXT"))
    tie.add_argument("--since", metavar="DATE")
    tie.add_argument("--until", metavar="DATE")
    link = _verb(verbs, "link", _("Link an expert with an account."), _link, "CODE")
    link.add_argument("--login", default="", help=_("none ends the link"))
    _verb(verbs, "conflicts", _("Who may not judge a case, and why."), _conflicts, "CASE")
    letters = verbs.add_parser("letters", help=_("Prepare letters of appointment in batch."))
    letters.add_argument("experts", nargs="+", metavar="CODE")
    letters.set_defaults(run=_letters)


def _add_meeting(verbs: Any) -> None:
    from core.committee.states import Vote

    _verb(verbs, "meeting", _("Show a meeting."), _meeting, "NUMBER")
    plan = verbs.add_parser("plan", help=_("Announce a meeting."))
    plan.add_argument("--title", required=True)
    plan.add_argument("--at", required=True, metavar="'DATE TIME'")
    plan.add_argument("--place", required=True)
    plan.add_argument("--half-days", type=int, default=1, metavar="N")
    plan.add_argument("--case", action="append", default=[], metavar="CASE")
    plan.add_argument("--draw", action="append", default=[], metavar="NUMBER")
    plan.add_argument("--expert", action="append", default=[], metavar="CODE")
    plan.set_defaults(run=_plan)
    sign = _verb(verbs, "sign-in", _("Note who is there."), _sign_in, "NUMBER")
    sign.add_argument("expert", metavar="CODE")
    sign.add_argument("--away", default="", metavar=_("REASON"), help=_("excused, with a reason"))
    opened = _verb(verbs, "open", _("Open a meeting under its leader."), _open, "NUMBER")
    opened.add_argument("--leader", required=True, metavar="CODE")
    opinion = _verb(verbs, "opinion", _("Give an expert's opinion of a case."), _opinion, "NUMBER")
    opinion.add_argument("case", metavar="CASE")
    opinion.add_argument("expert", metavar="CODE")
    opinion.add_argument("--vote", required=True, choices=[one.value for one in Vote])
    opinion.add_argument("--score", action="append", default=[], metavar="CRITERION=NUMBER")
    for name in ("text", "changes", "dissent"):
        opinion.add_argument(f"--{name}", default="", metavar=_("TEXT"))
    conclude = _verb(verbs, "conclude", _("Count the votes of a case."), _conclude, "NUMBER")
    conclude.add_argument("case", metavar="CASE")
    conclude.add_argument("--opinion", required=True, metavar=_("TEXT"))
    conclude.add_argument("--changes", default="", metavar=_("TEXT"))
    close = _verb(verbs, "close", _("Close a meeting; its minutes stand."), _close, "NUMBER")
    close.add_argument("--notes", default="", metavar=_("TEXT"))
    papers = _verb(verbs, "papers", _("Prepare papers of a meeting."), _papers, "NUMBER")
    papers.add_argument(
        "--kind",
        action="append",
        required=True,
        choices=["sign_in", "undertakings", "opinions", "minutes"],
    )


# ---------------------------------------------------------------------------- experts
def _list(context: Context, args: argparse.Namespace) -> None:
    from core.committee.lists import EXPERTS

    list_records(context, args, EXPERTS)


def _meetings(context: Context, args: argparse.Namespace) -> None:
    from core.committee.lists import MEETINGS

    list_records(context, args, MEETINGS)


def _fees(context: Context, args: argparse.Namespace) -> None:
    from core.committee.lists import FEE_SHEETS

    list_records(context, args, FEE_SHEETS)


def _expert_record(one: ExpertDetail) -> dict[str, object]:
    return {
        "id": one.id,
        "code": one.code,
        "name": one.party.name,
        "employer": one.employer,
        "title": one.title,
        "specialties": list(one.specialties),
        "born_on": one.born_on,
        "age": one.age,
        "age_warn": one.age_warn,
        "retired": one.retired,
        "civil_servant": one.civil_servant,
        "bank": one.bank,
        "bank_account": one.bank_account,
        "status": one.status.value,
        "login": one.login,
        "drawn": one.drawn,
        "terms": [
            {
                "id": term.id,
                "body": term.body.value,
                "post": term.post.value,
                "from": term.term_from,
                "to": term.term_to,
                "ended_on": term.ended_on,
                "letter": term.letter_number,
                "warn": term.warn,
            }
            for term in one.terms
        ],
        "ties": [
            {
                "id": tie.id,
                "kind": tie.kind.value,
                "to": tie.to,
                "relation": tie.relation,
                "since": tie.since,
                "until": tie.until,
            }
            for tie in one.ties
        ],
        "version": one.version,
    }


def _tell_expert(context: Context, session: Session, expert_id: int) -> None:
    from core.committee.queries import expert_detail

    context.out.record(_expert_record(expert_detail(session, expert_id)))


def _show(context: Context, args: argparse.Namespace) -> None:
    from core.committee.roster import find_expert

    with context.database().read() as session:
        _tell_expert(context, session, find_expert(session, args.record).id)


def _day(text: str | None) -> Any:
    from core.values.dates import parse_date

    return parse_date(text) if text else None


def _enrol(context: Context, args: argparse.Namespace) -> None:
    from core.committee.roster import ExpertContent, enrol

    content = ExpertContent(
        code=args.code,
        title=args.title,
        specialties=tuple(args.specialty),
        born_on=_day(args.born),
        retired=args.retired,
        civil_servant=args.civil_servant,
        bank=args.bank,
        bank_account=args.bank_account,
    )
    with context.database().write() as session:
        _tell_expert(context, session, enrol(session, args.party, content))


def _appoint(context: Context, args: argparse.Namespace) -> None:
    from core.committee.roster import TermContent, appoint, find_expert
    from core.committee.states import Body, Post

    content = TermContent(
        body=Body(args.body),
        post=Post(args.post),
        term_from=_day(args.first),
        term_to=_day(args.last),
    )
    with context.database().write() as session:
        expert = find_expert(session, args.record)
        appoint(session, expert.id, content)
        _tell_expert(context, session, expert.id)


def _status(context: Context, args: argparse.Namespace) -> None:
    from core.committee.roster import find_expert, set_status
    from core.committee.states import ExpertStatus

    with context.database().write() as session:
        row = find_expert(session, args.record)
        set_status(session, row.id, row.version, ExpertStatus(args.to), args.reason)
        _tell_expert(context, session, row.id)


def _tie(context: Context, args: argparse.Namespace) -> None:
    from core.committee.cases import find_case
    from core.committee.roster import TieContent, add_tie, find_expert
    from core.committee.states import TieKind

    with context.database().write() as session:
        row = find_expert(session, args.record)
        content = TieContent(
            kind=TieKind(args.kind),
            party_id=args.party,
            case=find_case(session, args.case) if args.case else None,
            relation=args.relation,
            since=_day(args.since),
            until=_day(args.until),
        )
        add_tie(session, row.id, content)
        _tell_expert(context, session, row.id)


def _link(context: Context, args: argparse.Namespace) -> None:
    from core.committee.roster import find_expert, link_account

    with context.database().write() as session:
        row = find_expert(session, args.record)
        link_account(session, row.id, row.version, args.login)
        _tell_expert(context, session, row.id)


def _conflicts(context: Context, args: argparse.Namespace) -> None:
    from sqlalchemy import select

    from core.committee.cases import find_case
    from core.committee.conflicts import conflicts_of_case
    from core.committee.model import Expert
    from core.committee.queries import expert_lines
    from core.committee.states import GROUND_TITLES
    from core.values.cells import term

    with context.database().read() as session:
        case = find_case(session, args.record)
        found = conflicts_of_case(session, case, session.scalars(select(Expert.id)).all())
        people = expert_lines(session, list(found))
    rows = [
        {
            "code": people[expert_id].code,
            "name": people[expert_id].name,
            "ground": term(one.ground, GROUND_TITLES),
            "reason": one.reason,
        }
        for expert_id, reasons in found.items()
        for one in reasons
    ]
    columns = {
        "code": _("Number"),
        "name": _("Name"),
        "ground": _("Ground"),
        "reason": _("Reason"),
    }
    context.out.table(columns, sorted(rows, key=lambda row: str(row["code"])))


def _letters(context: Context, args: argparse.Namespace) -> None:
    from core.committee.papers import appointment_letters
    from core.committee.queries import expert_detail
    from core.committee.roster import find_expert

    with context.database().write() as session:
        terms = [
            term.id
            for code in args.experts
            for term in expert_detail(session, find_expert(session, code).id).terms
            if not term.letter_number and term.ended_on is None
        ]
        _tell_papers(context, appointment_letters(session, terms))


def _tell_papers(context: Context, made: Iterable[DocumentSummary]) -> None:
    columns = {"id": "id", "kind": _("Paper"), "number": _("Number"), "state": _("State")}
    context.out.table(
        columns,
        [
            {"id": one.id, "kind": one.kind, "number": one.number, "state": one.state.value}
            for one in made
        ],
    )


# ---------------------------------------------------------------------------- meetings
def _meeting_record(one: MeetingDetail) -> dict[str, object]:
    return {
        "id": one.id,
        "number": one.number,
        "title": one.title,
        "starts_at": one.starts_at,
        "place": one.place,
        "half_days": one.half_days,
        "state": one.state.value,
        "leader": one.leader,
        "members": [
            {
                "code": member.code,
                "name": member.name,
                "presence": member.presence.value,
                "reason": member.reason,
            }
            for member in one.members
        ],
        "cases": [
            {
                "id": line.id,
                "case": line.case.text,
                "judging": line.judging,
                "recused": line.recused,
                "opinions": line.opinions,
                "result": line.result.value if line.result else None,
                "votes": [line.votes_for, line.votes_against, line.abstentions],
                "opinion": line.opinion,
                "changes": line.changes,
                "dissent": line.dissent,
            }
            for line in one.cases
        ],
        "version": one.version,
    }


def _tell_meeting(context: Context, session: Session, meeting_id: int) -> None:
    from core.committee.queries import meeting_detail

    context.out.record(_meeting_record(meeting_detail(session, meeting_id)))


def _meeting(context: Context, args: argparse.Namespace) -> None:
    from core.committee.meetings import find_meeting

    with context.database().read() as session:
        _tell_meeting(context, session, find_meeting(session, args.record).id)


def _plan(context: Context, args: argparse.Namespace) -> None:
    from core.cli.draw import instant
    from core.committee.cases import find_case
    from core.committee.draws import find_draw
    from core.committee.meetings import MeetingContent, plan
    from core.committee.roster import find_expert

    with context.database().write() as session:
        content = MeetingContent(
            title=args.title,
            starts_at=instant(args.at, "at"),
            place=args.place,
            half_days=args.half_days,
            expert_ids=tuple(find_expert(session, code).id for code in args.expert),
            draw_ids=tuple(find_draw(session, number).id for number in args.draw),
            cases=tuple(find_case(session, number) for number in args.case),
        )
        _tell_meeting(context, session, plan(session, content))


def _sign_in(context: Context, args: argparse.Namespace) -> None:
    from core.committee.meetings import find_meeting, sign_in
    from core.committee.queries import meeting_detail
    from core.committee.states import Presence

    with context.database().write() as session:
        row = find_meeting(session, args.record)
        invited = {one.code: one.id for one in meeting_detail(session, row.id).members}
        if args.expert not in invited:
            raise InputError.of("expert", "cli.member_unknown", code=args.expert)
        presence = Presence.EXCUSED if args.away else Presence.PRESENT
        sign_in(session, invited[args.expert], presence, args.away)
        _tell_meeting(context, session, row.id)


def _open(context: Context, args: argparse.Namespace) -> None:
    from core.committee.meetings import find_meeting, open_meeting
    from core.committee.roster import find_expert

    with context.database().write() as session:
        row = find_meeting(session, args.record)
        leader = find_expert(session, args.leader).id
        open_meeting(session, row.id, row.version, leader)
        _tell_meeting(context, session, row.id)


def _case_on(session: Session, meeting_id: int, text: str) -> tuple[int, int]:
    """Id and version of the item of the agenda with that case."""
    from core.committee.cases import find_case
    from core.committee.queries import meeting_detail

    case = find_case(session, text)
    for line in meeting_detail(session, meeting_id).cases:
        if (line.case.kind, line.case.id) == case:
            return line.id, line.version
    raise InputError.of("case", "cli.case_unknown", case=text)


def _opinion(context: Context, args: argparse.Namespace) -> None:
    from core.committee.meetings import find_meeting
    from core.committee.opinions import give
    from core.committee.roster import find_expert

    with context.database().write() as session:
        row = find_meeting(session, args.record)
        item, _version = _case_on(session, row.id, args.case)
        give(session, item, find_expert(session, args.expert).id, _said(args))
        _tell_meeting(context, session, row.id)


def _said(args: argparse.Namespace) -> OpinionContent:
    from core.committee.opinions import OpinionContent
    from core.committee.states import Vote

    scores = {}
    for text in args.score:
        key, equals, points = text.partition("=")
        if not equals or not points.strip().isdigit():
            raise InputError.of("score", "cli.score", value=text)
        scores[key.strip()] = int(points)
    return OpinionContent(
        vote=Vote(args.vote),
        scores=scores,
        text=args.text,
        changes=args.changes,
        dissent=args.dissent,
    )


def _conclude(context: Context, args: argparse.Namespace) -> None:
    from core.committee.meetings import find_meeting
    from core.committee.opinions import close_case

    with context.database().write() as session:
        row = find_meeting(session, args.record)
        item, version = _case_on(session, row.id, args.case)
        close_case(session, item, version, args.opinion, args.changes)
        _tell_meeting(context, session, row.id)


def _close(context: Context, args: argparse.Namespace) -> None:
    from core.committee.meetings import close_meeting, find_meeting

    with context.database().write() as session:
        row = find_meeting(session, args.record)
        close_meeting(session, row.id, row.version, args.notes)
        _tell_meeting(context, session, row.id)


def _papers(context: Context, args: argparse.Namespace) -> None:
    from core.committee import papers
    from core.committee.meetings import find_meeting

    made: list[DocumentSummary] = []
    with context.database().write() as session:
        row = find_meeting(session, args.record)
        for kind in args.kind:
            if kind == "sign_in":
                made.append(papers.sign_in_sheet(session, row.id))
            elif kind == "minutes":
                made.append(papers.minutes(session, row.id))
            elif kind == "undertakings":
                made += papers.undertakings(session, row.id)
            else:
                made += papers.opinion_sheets(session, row.id)
    _tell_papers(context, made)
