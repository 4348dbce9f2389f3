"""`lintanctl draw`: prepare, freeze, run and replay draws of experts."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.context import Context
from core.cli.draw_output import tell_draw, tell_verdict
from core.cli.filters import add_filters, list_records
from core.errors import InputError
from core.files import write_whole
from core.i18n import N_, _
from core.messages import register

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.committee.drawing import Need
    from core.committee.draws import DrawContent

register(
    {
        "cli.need": N_(
            "Write what is needed as SPECIALTY=NUMBER, or only a number, not “{value}”."
        ),
        "cli.out_reason": N_("Write whom to leave out as CODE=REASON, not “{value}”."),
        "cli.instant": N_("Write day and time as 2026-11-28 09:00, not “{value}”."),
        "cli.account_unknown": N_("There is no account “{login}”."),
        "cli.no_input": N_("Type the input (--input-file FILE or -)."),
        "cli.pick_unknown": N_("{code} is not among the drawn, or the names are secret."),
    }
)

REFUSED = 1


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    listing = verbs.add_parser("list", help=_("List draws."))
    add_filters(listing)
    listing.set_defaults(run=_list)
    _verb(verbs, "show", _("Show a draw; names only to whom they may be known."), _show)
    _add_prepare(verbs)
    _verb(verbs, "preview", _("Who could be drawn today, and who is left out and why."), _preview)
    _verb(verbs, "freeze", _("Freeze the candidate list; tells its digest."), _freeze)
    _verb(verbs, "witness", _("The supervisor confirms the frozen list."), _witness)
    run = _verb(verbs, "run", _("An operator's input; the second one draws."), _run)
    run.add_argument(
        "--input", default="", metavar=_("TEXT"), help=_("seen by others: prefer a file")
    )
    run.add_argument("--input-file", metavar="FILE", help=_("where the input stands; - is typed"))
    record = _verb(verbs, "record", _("Save the record of a draw as JSON."), _record)
    record.add_argument("--out", type=Path, required=True, metavar="FILE")
    replay = verbs.add_parser(
        "replay", help=_("Draw again from a record (JSON, its PDF, or the code printed on it).")
    )
    replay.add_argument("record", type=Path, metavar="RECORD")
    replay.set_defaults(run=_replay)
    call = _verb(verbs, "call", _("Note a call to a drawn expert."), _call)
    call.add_argument("expert", metavar="CODE")
    call.add_argument("--way", default="电话", help=_("how"))
    answer = call.add_mutually_exclusive_group(required=True)
    answer.add_argument("--comes", action="store_true", help=_("the expert comes"))
    answer.add_argument("--declines", metavar=_("REASON"), help=_("the expert cannot come"))
    answer.add_argument(
        "--unreached", metavar=_("REASON"), help=_("given up; the next one is called")
    )
    answer.add_argument("--again", action="store_true", help=_("not reached, to be tried again"))
    again = _verb(verbs, "redraw", _("Draw again for empty seats, or all (--whole)."), _redraw)
    again.add_argument("--reason", required=True, metavar=_("TEXT"))
    again.add_argument("--whole", action="store_true", help=_("nobody drawn before counts"))
    cancel = _verb(verbs, "cancel", _("Give up a draw before names are drawn."), _cancel)
    cancel.add_argument("--reason", required=True, metavar=_("TEXT"))
    _verb(verbs, "print", _("Prepare the record as a paper, to be signed."), _print)


def _verb(verbs: Any, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text)
    parser.add_argument("draw", metavar="NUMBER")
    parser.set_defaults(run=run)
    return parser


def _add_prepare(verbs: Any) -> None:
    prepare = verbs.add_parser("prepare", help=_("Prepare a draw for a case."))
    prepare.add_argument("case", metavar="CASE", help=_("number of the case"))
    prepare.add_argument(
        "--need", action="append", required=True, metavar="SPECIALTY=NUMBER",
        help=_("how many of which specialty; a number alone is any"),
    )  # fmt: skip
    prepare.add_argument("--substitutes", type=int, default=2, metavar="N")
    prepare.add_argument("--meeting", required=True, metavar="'DATE TIME'")
    prepare.add_argument("--place", default="")
    prepare.add_argument("--first", required=True, metavar="LOGIN", help=_("operator"))
    prepare.add_argument("--second", required=True, metavar="LOGIN", help=_("the other operator"))
    prepare.add_argument("--supervisor", required=True, metavar="LOGIN")
    prepare.add_argument("--secret-until", metavar="'DATE TIME'")
    prepare.add_argument(
        "--leave-out", action="append", default=[], metavar="CODE=REASON", help=_("an expert")
    )
    prepare.set_defaults(run=_prepare)


def _list(context: Context, args: argparse.Namespace) -> None:
    from core.committee.lists import DRAWS

    list_records(context, args, DRAWS)


def _show(context: Context, args: argparse.Namespace) -> None:
    from core.committee.draws import find_draw

    with context.database().read() as session:
        tell_draw(context, session, find_draw(session, args.draw).id)


def _prepare(context: Context, args: argparse.Namespace) -> None:
    from core.committee.draws import prepare

    with context.database().write() as session:
        made = prepare(session, _content(session, args))
        tell_draw(context, session, made)


def _content(session: Session, args: argparse.Namespace) -> DrawContent:
    from core.committee.cases import find_case
    from core.committee.draws import DrawContent

    until = instant(args.secret_until, "secret_until") if args.secret_until else None
    return DrawContent(
        case=find_case(session, args.case),
        needed=tuple(_need(text) for text in args.need),
        meeting_at=instant(args.meeting, "meeting"),
        first_id=_account(session, args.first),
        second_id=_account(session, args.second),
        supervisor_id=_account(session, args.supervisor),
        substitutes=args.substitutes,
        place=args.place,
        secret_until=until,
        asked_out=tuple(_left_out(session, text) for text in args.leave_out),
    )


def _need(text: str) -> Need:
    from core.committee.drawing import Need

    specialty, equals, count = text.rpartition("=")
    if not count.strip().isdigit() or (not equals and specialty):
        raise InputError.of("need", "cli.need", value=text)
    return Need(specialty.strip(), int(count))


def _left_out(session: Session, text: str) -> tuple[int, str]:
    from core.committee.roster import find_expert

    code, equals, reason = text.partition("=")
    if not equals or not reason.strip():
        raise InputError.of("leave_out", "cli.out_reason", value=text)
    return find_expert(session, code).id, reason.strip()


def instant(text: str, field: str) -> datetime:
    """A day and a time of day in China.

    Raises:
        InputError: the field; not of the form.
    """
    from datetime import datetime

    from core.clock import CHINA

    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
    except ValueError:
        raise InputError.of(field, "cli.instant", value=text) from None


def _account(session: Session, login: str) -> int:
    from sqlalchemy import select

    from core.access.model import Account

    found = session.scalar(select(Account.id).where(Account.login == login))
    if found is None:
        raise InputError.of("account", "cli.account_unknown", login=login)
    return found


def _preview(context: Context, args: argparse.Namespace) -> None:
    from core.committee.draws import find_draw, preview
    from core.committee.states import GROUND_TITLES, Ground
    from core.values.cells import term

    with context.database().read() as session:
        found = preview(session, find_draw(session, args.draw).id)
    rows: list[dict[str, object]] = [
        {
            "code": one.code,
            "name": one.name,
            "specialties": list(one.specialties),
            "drawn": one.drawn,
            "ground": None,
            "reason": "",
        }
        for one in found.candidates
    ]
    rows += [
        {
            "code": one.code,
            "name": one.name,
            "specialties": [],
            "drawn": None,
            "ground": term(Ground(one.ground), GROUND_TITLES),
            "reason": one.reason,
        }
        for one in found.excluded
    ]
    columns = {
        "code": _("Number"),
        "name": _("Name"),
        "specialties": _("Specialties"),
        "drawn": _("Drawn within a year"),
        "ground": _("Left out"),
        "reason": _("Reason"),
    }
    context.out.table(columns, rows)


def _freeze(context: Context, args: argparse.Namespace) -> None:
    from core.committee.draws import find_draw, freeze

    with context.database().write() as session:
        row = find_draw(session, args.draw)
        freeze(session, row.id, row.version)
        tell_draw(context, session, row.id)


def _witness(context: Context, args: argparse.Namespace) -> None:
    from core.committee.draws import find_draw, witness

    with context.database().write() as session:
        row = find_draw(session, args.draw)
        witness(session, row.id, row.version)
        tell_draw(context, session, row.id)


def _run(context: Context, args: argparse.Namespace) -> None:
    from core.committee.draws import enter_input, find_draw

    text = args.input or _typed(context, args.input_file)
    with context.database().write() as session:
        row = find_draw(session, args.draw)
        enter_input(session, row.id, text)
        tell_draw(context, session, row.id)


def _typed(context: Context, file: str | None) -> str:
    from core.cli.context import find_secret

    if file is None:
        raise InputError.of("input", "cli.no_input")
    login = context.who()
    return find_secret(f"draw-input-{login}", login, _("Input: "), None if file == "-" else file)


def _record(context: Context, args: argparse.Namespace) -> None:
    from core.committee.draws import find_draw, record_of
    from core.committee.records import record_text

    with context.database().read() as session:
        row = find_draw(session, args.draw)
        record = record_of(session, row.id)
        number = row.number
    write_whole(args.out, record_text(record).encode())
    context.out.record({"draw": number, "file": str(args.out), "seed": record["seed"]})


def _replay(context: Context, args: argparse.Namespace) -> int:
    from core.committee.drawing import replay
    from core.committee.draws import check_record
    from core.committee.records import read_record

    record = read_record(args.record)
    if context.named:
        with context.database().read() as session:
            verdict = check_record(session, record)
    else:
        verdict = replay(record)
    tell_verdict(context, record, verdict)
    return 0 if verdict.intact else REFUSED


def _call(context: Context, args: argparse.Namespace) -> None:
    from core.committee.calls import CallContent, log_call
    from core.committee.draws import find_draw
    from core.committee.queries import draw_detail

    reason = args.declines or args.unreached or ""
    content = CallContent(
        way=args.way,
        reached=bool(args.comes or args.declines),
        comes=None if args.again else bool(args.comes),
        reason=reason,
    )
    with context.database().write() as session:
        row = find_draw(session, args.draw)
        picks = {one.code: one.id for one in draw_detail(session, row.id).picks}
        if args.expert not in picks:
            raise InputError.of("expert", "cli.pick_unknown", code=args.expert)
        log_call(session, picks[args.expert], content)
        tell_draw(context, session, row.id)


def _redraw(context: Context, args: argparse.Namespace) -> None:
    from core.committee.calls import redraw
    from core.committee.draws import find_draw

    with context.database().write() as session:
        row = find_draw(session, args.draw)
        made = redraw(session, row.id, row.version, args.reason, whole=args.whole)
        tell_draw(context, session, made)


def _cancel(context: Context, args: argparse.Namespace) -> None:
    from core.committee.draws import cancel, find_draw

    with context.database().write() as session:
        row = find_draw(session, args.draw)
        cancel(session, row.id, row.version, args.reason)
        tell_draw(context, session, row.id)


def _print(context: Context, args: argparse.Namespace) -> None:
    from core.committee.draws import find_draw
    from core.committee.papers import draw_record_paper

    with context.database().write() as session:
        made = draw_record_paper(session, find_draw(session, args.draw).id)
    context.out.record({"document": made.id, "kind": made.kind, "state": made.state.value})
