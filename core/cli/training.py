"""`lintanctl training`: courses, rosters, attendance and scans, completion, certificates."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.cli.context import Context
from core.cli.filters import add_filters, list_records
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register
from core.values.dates import parse_date

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.training.model import Attendance, Course, CourseSession

register(
    {
        "cli.requirement": N_("Write what is asked for as percent=80 or hours=16, not “{value}”."),
        "cli.no_session": N_("The course has no session on {day}, {half_day}."),
        "cli.no_mark": N_("Nothing is noted of {name} at this session."),
    }
)

HALF_DAYS = ("morning", "afternoon", "evening")
MARKS = ("present", "late", "early", "leave", "absent", "made_up")


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    _add_lists(verbs)
    _add_courses(verbs)
    _add_attendance(verbs)
    _add_completion(verbs)
    from core.cli import training_file, training_scans

    training_scans.add(verbs)
    training_file.add(verbs)


def verb(verbs: Any, name: str, title: str, run: Any, course: bool = True) -> Any:
    """A command of the group; most begin with the course they are about."""
    parser = verbs.add_parser(name, help=title)
    if course:
        parser.add_argument("course", metavar="COURSE", help=_("file number or id of the course"))
    parser.set_defaults(run=run)
    return parser


def _add_lists(verbs: Any) -> None:
    for name, title in (
        ("list", _("Courses.")),
        ("people", _("Participants of courses.")),
        ("attendance", _("Attendance marks.")),
        ("certificates", _("Completion certificates.")),
        ("completion", _("Completion lists.")),
        ("scans", _("Scans of sign-in sheets.")),
        ("trainers", _("Trainers.")),
    ):
        shown = verb(verbs, name, title, _list, course=False)
        add_filters(shown)
        shown.set_defaults(what=name)
    verb(verbs, "show", _("Everybody on the roster, and where each stands."), _show)
    verb(verbs, "hints", _("Who on the roster may be somebody else in the register."), _hints)


def _add_courses(verbs: Any) -> None:
    plan = verb(verbs, "plan", _("Enter a course."), _plan, course=False)
    plan.add_argument("name")
    plan.add_argument("--organizer", required=True)
    plan.add_argument("--from", dest="first", required=True, metavar="DATE")
    plan.add_argument("--to", dest="last", required=True, metavar="DATE")
    plan.add_argument("--kind", default="")
    plan.add_argument("--topic", default="")
    plan.add_argument(
        "--category", choices=["general", "professional", "other"], default="professional"
    )
    plan.add_argument("--place", default="")
    plan.add_argument("--planned", type=int, default=0, metavar="N")
    plan.add_argument("--requires", default="", metavar="percent=80", help=_("or hours=16"))
    plan.add_argument("--assessed", action="store_true")
    plan.add_argument("--paper", choices=["none", "certificate", "proof"], default="none")
    plan.add_argument("--valid-months", type=int, default=0, metavar="N")
    plan.add_argument("--plan-number", default="", help=_("number of the annual plan"))
    session = verb(verbs, "session", _("Enter a half-day of a course."), _session)
    half_day(session)
    session.add_argument("--topic", required=True)
    session.add_argument("--minutes", type=int, required=True)
    session.add_argument("--trainer", type=int, metavar="PARTY")
    session.add_argument("--place", default="")
    enrol = verb(verbs, "enrol", _("Put somebody on the roster."), _enrol)
    enrol.add_argument("--party", type=int, metavar="ID", help=_("a person of the register"))
    enrol.add_argument("--name", default="", help=_("or somebody new"))
    enrol.add_argument("--unit", default="")
    enrol.add_argument("--post", default="")
    enrol.add_argument("--phone", default="")
    enrol.add_argument("--temporary", action="store_true")
    same = verb(verbs, "identify", _("Say who a temporary participant is."), _identify)
    same.add_argument("name")
    same.add_argument("--party", type=int, required=True, metavar="ID")
    same.add_argument("--reason", required=True)
    verb(verbs, "close", _("File a course; nothing of it changes afterwards."), _close)


def half_day(parser: Any) -> None:
    """Add the day and its part to the arguments."""
    parser.add_argument("day", metavar="DATE")
    parser.add_argument("half_day", choices=HALF_DAYS)


def _add_attendance(verbs: Any) -> None:
    mark = verb(verbs, "mark", _("Note attendance of somebody."), _mark)
    half_day(mark)
    mark.add_argument("name")
    mark.add_argument("mark", choices=MARKS)
    mark.add_argument("--minutes", type=int, default=0, metavar="N", help=_("minutes missed"))
    mark.add_argument("--reason", default="")
    confirm = verb(verbs, "confirm", _("Confirm a late signature as the second person."), _confirm)
    half_day(confirm)
    confirm.add_argument("name")
    confirm.add_argument("--refuse", default="", metavar=_("REASON"))
    score = verb(verbs, "score", _("Note the outcome of a test; “-” is absent."), _score)
    score.add_argument("name")
    score.add_argument("score")
    score.add_argument("--on", dest="day", required=True, metavar="DATE")


def _add_completion(verbs: Any) -> None:
    verb(verbs, "judge", _("Prepare the list of who completes."), _judge)
    verb(verbs, "approve", _("Approve the list that waits, as another person."), _approve)
    back = verb(verbs, "return", _("Send the list that waits back."), _return)
    back.add_argument("--reason", required=True)
    issue = verb(verbs, "issue", _("Make the certificates of a course."), _issue)
    issue.add_argument("--only", default="", metavar="NAME", help=_("only for this person"))
    revoke = verb(verbs, "revoke", _("Revoke a certificate."), _revoke, course=False)
    revoke.add_argument("number")
    revoke.add_argument("--reason", required=True)


# --- courses ---------------------------------------------------------------------------------


def find(session: Session, args: argparse.Namespace) -> Course:
    """The course a command names."""
    from core.training.courses import find_course

    return find_course(session, args.course)


def _list(context: Context, args: argparse.Namespace) -> None:
    from core.training import lists

    source = {
        "list": lists.COURSES,
        "people": lists.PARTICIPANTS,
        "attendance": lists.ATTENDANCE,
        "certificates": lists.CERTIFICATES,
        "completion": lists.COMPLETION_LISTS,
        "scans": lists.SCANS,
        "trainers": lists.TRAINERS,
    }[args.what]
    list_records(context, args, source)


def _show(context: Context, args: argparse.Namespace) -> None:
    from core.messages import sentence
    from core.training.completion import judge
    from core.training.rules import percent_text, score_text
    from core.training.states import RESULT_TITLES
    from core.values.cells import Shown, term

    with context.database().read() as session:
        found = judge(session, find(session, args))
    rows = [
        {
            "name": one.name,
            "unit": one.unit,
            "attended": Shown(
                [one.standing.attended, one.standing.sessions],
                f"{one.standing.attended}/{one.standing.sessions}",
            ),
            "share": percent_text(one.standing.share),
            "hours": str(one.standing.hours),
            "score": score_text(one.standing.score),
            "completes": one.standing.completed,
            "missing": [
                Shown(each.code, sentence(each.code, each.facts)) for each in one.standing.missing
            ],
            "result": term(one.result, RESULT_TITLES),
        }
        for one in found
    ]
    context.out.table(
        {
            "name": _("Name"),
            "unit": _("Unit"),
            "attended": _("Sessions"),
            "share": _("Share"),
            "hours": _("Credit hours"),
            "score": _("Score"),
            "completes": _("Completes"),
            "missing": _("Missing"),
            "result": _("Result"),
        },
        rows,
    )


def _hints(context: Context, args: argparse.Namespace) -> None:
    from core.parties.rules import LIKENESS_TITLES
    from core.training.participants import hints
    from core.values.cells import term

    with context.database().read() as session:
        found = hints(session, find(session, args).id)
    context.out.table(
        {
            "name": _("Name"),
            "party": _("Party"),
            "other": _("May be"),
            "other_party": _("Party"),
            "reasons": _("Why"),
        },
        [
            {
                "name": one.name,
                "party": one.party_id,
                "other": one.other.name,
                "other_party": one.other.id,
                "reasons": [term(reason, LIKENESS_TITLES) for reason in one.reasons],
            }
            for one in found
        ],
    )


def _plan(context: Context, args: argparse.Namespace) -> None:
    from core.training.courses import CourseContent, cautions, plan
    from core.training.model import Course
    from core.training.states import Category, PaperAtEnd

    requirement, required = _requirement(args.requires)
    content = CourseContent(
        name=args.name,
        organizer=args.organizer,
        starts_on=parse_date(args.first),
        ends_on=parse_date(args.last),
        kind=args.kind,
        topic=args.topic,
        category=Category(args.category),
        place=args.place,
        planned=args.planned,
        requirement=requirement,
        required=required,
        assessed=args.assessed,
        paper=PaperAtEnd(args.paper),
        valid_months=args.valid_months,
        plan=args.plan_number,
    )
    with context.database().write() as session:
        made = plan(session, content)
        number = session.get_one(Course, made).number
    words = cautions(content)
    context.out.record({"course": made, "number": number, "words": list(words)})


def _requirement(text: str) -> tuple[Any, int]:
    from core.training.hours import Hours
    from core.training.states import Requirement

    if not text:
        return Requirement.NONE, 0
    kind, equals, value = text.partition("=")
    if equals and kind == "hours":
        return Requirement.HOURS, Hours.parse(value).units
    if equals and kind == "percent" and value.isascii() and value.isdigit():
        return Requirement.PERCENT, int(value)
    raise InputError.of("requires", "cli.requirement", value=text)


def _session(context: Context, args: argparse.Namespace) -> None:
    from core.training.courses import SessionContent, add_session
    from core.training.model import CourseSession
    from core.training.states import HalfDay

    content = SessionContent(
        held_on=parse_date(args.day),
        half_day=HalfDay(args.half_day),
        topic=args.topic,
        minutes=args.minutes,
        trainer_id=args.trainer,
        place=args.place,
    )
    with context.database().write() as session:
        course = find(session, args)
        made = add_session(session, course.id, course.version, content)
        hours = session.get_one(CourseSession, made).hours
    context.out.record({"session": made, "hours": str(hours)})


def _enrol(context: Context, args: argparse.Namespace) -> None:
    from core.training.participants import Trainee, enrol, enrol_trainee, hints

    with context.database().write() as session:
        course = find(session, args)
        if args.party is not None:
            made = enrol(session, course.id, args.party, unit=args.unit, post=args.post)
        else:
            trainee = Trainee(
                name=args.name,
                unit=args.unit,
                post=args.post,
                phone=args.phone,
                temporary=args.temporary,
            )
            made = enrol_trainee(session, course.id, trainee)
        alike = [one.other.name for one in hints(session, course.id) if one.participant_id == made]
    context.out.record({"participant": made, "may_be": alike}, {"may_be": _("May be")})


def _identify(context: Context, args: argparse.Namespace) -> None:
    from core.training.participants import find_participant, identify

    with context.database().write() as session:
        person = find_participant(session, find(session, args).id, args.name)
        identify(session, person.id, person.version, args.party, args.reason)
        answer = {"participant": person.id, "party": args.party}
    context.out.record(answer)


def _close(context: Context, args: argparse.Namespace) -> None:
    from core.training.courses import close

    with context.database().write() as session:
        course = find(session, args)
        close(session, course.id, course.version)
        answer = {"course": course.id, "state": course.state}
    context.out.record(answer)


# --- attendance ------------------------------------------------------------------------------


def held_at(session: Session, args: argparse.Namespace) -> CourseSession:
    """The half-day a command names."""
    from core.training.courses import held_sessions

    day = parse_date(args.day)
    for one in held_sessions(session, find(session, args).id):
        if one.held_on == day and one.half_day.value == args.half_day:
            return one
    raise InputError.of("day", "cli.no_session", day=day.isoformat(), half_day=args.half_day)


def _mark(context: Context, args: argparse.Namespace) -> None:
    from core.training.attendance import NewMark, note
    from core.training.participants import find_participant
    from core.training.states import Mark

    with context.database().write() as session:
        held = held_at(session, args)
        person = find_participant(session, held.course_id, args.name)
        mark = NewMark(
            session_id=held.id,
            participant_id=person.id,
            mark=Mark(args.mark),
            minutes=args.minutes,
            reason=args.reason,
        )
        (made,) = note(session, [mark])
    context.out.record({"attendance": made, "mark": Mark(args.mark)})


def _confirm(context: Context, args: argparse.Namespace) -> None:
    from core.training.attendance import confirm_make_up, refuse_make_up

    with context.database().write() as session:
        row = _mark_of(session, args)
        if args.refuse:
            refuse_make_up(session, row.id, row.version, args.refuse)
        else:
            confirm_make_up(session, row.id, row.version)
        answer = {"attendance": row.id, "mark": row.mark}
    context.out.record(answer)


def _mark_of(session: Session, args: argparse.Namespace) -> Attendance:
    from sqlalchemy import select

    from core.training.model import Attendance
    from core.training.participants import find_participant

    held = held_at(session, args)
    person = find_participant(session, held.course_id, args.name)
    row = session.scalar(
        select(Attendance).where(
            Attendance.session_id == held.id, Attendance.participant_id == person.id
        )
    )
    if row is None:
        raise InputError.of("name", "cli.no_mark", name=args.name)
    return row


def _score(context: Context, args: argparse.Namespace) -> None:
    from core.training.assessing import NewScore, enter_score, parse_score
    from core.training.participants import find_participant

    score = None if args.score.strip() == "-" else parse_score(args.score)
    with context.database().write() as session:
        person = find_participant(session, find(session, args).id, args.name)
        new = NewScore(participant_id=person.id, score=score, taken_on=parse_date(args.day))
        made = enter_score(session, new)
    context.out.record({"assessment": made})


# --- completion ------------------------------------------------------------------------------


def _judge(context: Context, args: argparse.Namespace) -> None:
    from core.training.completion import lines_of, prepare_list

    with context.database().write() as session:
        course = find(session, args)
        made = prepare_list(session, course.id, course.version)
        lines = lines_of(session, made)
        answer = {
            "list": made,
            "people": len(lines),
            "complete": sum(one.completed for one in lines),
        }
    context.out.record(answer)


def _waiting(session: Session, args: argparse.Namespace) -> tuple[int, int]:
    from core.errors import NotFound
    from core.training.completion import lists_of
    from core.training.states import ListState

    for one in lists_of(session, find(session, args).id):
        if one.state is ListState.PREPARED:
            return one.id, one.version
    raise NotFound("record.not_found")


def _approve(context: Context, args: argparse.Namespace) -> None:
    from core.training.completion import approve_list

    with context.database().write() as session:
        list_id, version = _waiting(session, args)
        approve_list(session, list_id, version)
    context.out.record({"list": list_id, "state": "approved"})


def _return(context: Context, args: argparse.Namespace) -> None:
    from core.training.completion import return_list

    with context.database().write() as session:
        list_id, version = _waiting(session, args)
        return_list(session, list_id, version, args.reason)
    context.out.record({"list": list_id, "state": "returned"})


def _issue(context: Context, args: argparse.Namespace) -> None:
    from core.training.certifying import issue
    from core.training.participants import find_participant

    with context.database().write() as session:
        course = find(session, args)
        chosen = [find_participant(session, course.id, args.only).id] if args.only else []
        made = issue(session, course.id, chosen)
    context.out.table(
        {"number": _("Number"), "name": _("Name"), "paper": _("Paper")},
        [{"number": one.number, "name": one.name, "paper": one.paper.id} for one in made],
    )


def _revoke(context: Context, args: argparse.Namespace) -> None:
    from core.training.certifying import find_certificate, revoke

    with context.database().write() as session:
        row = find_certificate(session, args.number)
        revoke(session, row.id, row.version, args.reason)
        answer = {"number": row.number, "state": row.state}
    context.out.record(answer)
