"""`lintanctl training`, the rest: files, evaluation, money, papers, figures, one course one file."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.context import Context
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register
from core.values.dates import parse_date
from core.values.money import Money

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.documents.service import DocumentSummary

register(
    {
        "cli.moment": N_("Write the time as 2026-10-12T09:30, not “{value}”."),
        "cli.answers": N_("Give {count} answers, one for each question: {questions}."),
    }
)

#: Papers of a course by what they are called here.
PAPERS = (
    "schedule", "roster", "trainers", "scores", "completion", "form", "evaluation", "costs", "fees", "index",
)  # fmt: skip


def add(verbs: Any) -> None:
    """Add the commands of the course file."""
    from core.cli.training import verb

    _add_keeping(verbs, verb)
    _add_money(verbs, verb)
    paper = verb(verbs, "print", _("Prepare a paper of a course."), _print)
    paper.add_argument("paper", choices=PAPERS)
    paper.add_argument("--finance", default="", metavar=_("REASON"), help=_("numbers in full"))
    export = verb(verbs, "export", _("Write the file of a course to a folder."), _export)
    export.add_argument("folder", type=Path, metavar="DIR")
    ledger = verb(verbs, "ledger", _("The courses of a year."), _ledger, course=False)
    ledger.add_argument("year", type=int)
    ledger.add_argument("--print", action="store_true", dest="paper", help=_("prepare the paper"))
    figures = verb(verbs, "statistics", _("Figures by unit, year or topic."), _figures, False)
    figures.add_argument("--from", dest="first", required=True, metavar="DATE")
    figures.add_argument("--to", dest="last", required=True, metavar="DATE")
    figures.add_argument("--by", choices=["unit", "year", "topic"], default="unit")
    transcript = verb(verbs, "transcript", _("A person's hours over years."), _transcript, False)
    transcript.add_argument("party", type=int, metavar="PARTY")
    transcript.add_argument("--from", dest="first", type=int, required=True, metavar="YEAR")
    transcript.add_argument("--to", dest="last", type=int, required=True, metavar="YEAR")
    transcript.add_argument(
        "--print", action="store_true", dest="paper", help=_("prepare the paper")
    )


def _add_keeping(verbs: Any, verb: Callable[..., Any]) -> None:
    keep = verb(verbs, "keep", _("Keep a file of a course."), _keep)
    keep.add_argument("file", type=Path, metavar="FILE")
    keep.add_argument("--section", type=int, required=True, metavar="1-13")
    keep.add_argument("--caption", default="")
    keep.add_argument("--taken", default="", metavar="TIME", help=_("when a photo was taken"))
    form = verb(verbs, "evaluate", _("Take in the form of an attendee."), _evaluate)
    form.add_argument("name")
    form.add_argument("marks", type=int, nargs="+", metavar="1-5")
    form.add_argument("--remark", default="")
    verb(verbs, "results", _("Results of the evaluation."), _results)


def _add_money(verbs: Any, verb: Callable[..., Any]) -> None:
    cost = verb(verbs, "cost", _("Enter a line of the cost."), _cost)
    cost.add_argument("item")
    cost.add_argument("amount", metavar="YUAN")
    cost.add_argument("--budget", action="store_true", help=_("planned, not spent"))
    cost.add_argument("--paid", default="", metavar="DATE")
    cost.add_argument("--voucher", default="")
    trainer = verb(verbs, "trainer", _("Enter what is known of a trainer."), _trainer, False)
    trainer.add_argument("party", type=int, metavar="PARTY")
    trainer.add_argument("--title", default="")
    trainer.add_argument("--unit", default="")
    trainer.add_argument("--specialty", default="")
    trainer.add_argument("--civil-servant", action="store_true")
    trainer.add_argument("--bank", default="")
    trainer.add_argument("--account", default=None)
    fee = verb(verbs, "fee", _("Enter the lecture fee of a trainer."), _fee)
    fee.add_argument("party", type=int, metavar="PARTY")
    fee.add_argument("hours")
    fee.add_argument("rate", metavar="YUAN", help=_("for a credit hour, before tax"))


def _keep(context: Context, args: argparse.Namespace) -> None:
    from datetime import datetime

    from core.cli.training import find
    from core.cli.training_scans import read_bytes
    from core.clock import CHINA
    from core.training.dossier import NewFile, add_file

    taken = None
    if args.taken:
        try:
            taken = datetime.fromisoformat(args.taken)
        except ValueError:
            raise InputError.of("taken", "cli.moment", value=args.taken) from None
        taken = taken if taken.tzinfo else taken.replace(tzinfo=CHINA)
    new = NewFile(
        section=args.section,
        name=args.file.name,
        data=read_bytes(args.file),
        caption=args.caption,
        taken_at=taken,
    )
    with context.database().write() as session:
        made = add_file(session, find(session, args).id, new)
    context.out.record({"file": made})


def _evaluate(context: Context, args: argparse.Namespace) -> None:
    from core.cli.training import find
    from core.training.evaluation import hand_in, questions
    from core.training.participants import find_participant

    with context.database().write() as session:
        course = find(session, args)
        asked = questions(session, course)
        if len(asked) != len(args.marks):
            facts = {"count": len(asked), "questions": "、".join(asked)}
            raise InputError.of("marks", "cli.answers", **facts)
        person = find_participant(session, course.id, args.name)
        hand_in(session, person.id, dict(zip(asked, args.marks, strict=True)), args.remark)
        answer = {"participant": person.id}
    context.out.record(answer)


def _results(context: Context, args: argparse.Namespace) -> None:
    from core.cli.training import find
    from core.training.evaluation import results
    from core.training.rules import percent_text

    with context.database().read() as session:
        found = results(session, find(session, args).id)
    context.out.table(
        {
            "question": _("Question"),
            "counts": _("5, 4, 3, 2, 1"),
            "satisfaction": _("Satisfaction"),
        },
        [
            {
                "question": one.question,
                "counts": list(one.counts),
                "satisfaction": percent_text(one.satisfaction),
            }
            for one in found.questions
        ],
    )


def _cost(context: Context, args: argparse.Namespace) -> None:
    from core.cli.training import find
    from core.training.costs import CostContent, add_cost
    from core.training.states import CostKind

    content = CostContent(
        kind=CostKind.BUDGET if args.budget else CostKind.ACTUAL,
        item=args.item,
        amount=Money.parse(args.amount),
        paid_on=parse_date(args.paid) if args.paid else None,
        voucher=args.voucher,
    )
    with context.database().write() as session:
        made = add_cost(session, find(session, args).id, content)
    context.out.record({"cost": made})


def _trainer(context: Context, args: argparse.Namespace) -> None:
    from core.training.costs import TrainerContent, save_trainer

    content = TrainerContent(
        title=args.title,
        unit=args.unit,
        specialty=args.specialty,
        civil_servant=args.civil_servant,
        bank=args.bank,
        account_number=args.account,
    )
    with context.database().write() as session:
        made = save_trainer(session, args.party, content)
    context.out.record({"trainer": made})


def _fee(context: Context, args: argparse.Namespace) -> None:
    from core.cli.training import find
    from core.training.costs import FeeContent, save_fee
    from core.training.hours import Hours
    from core.training.record_model import LectureFee

    content = FeeContent(
        party_id=args.party, hours=Hours.parse(args.hours), rate=Money.parse(args.rate)
    )
    with context.database().write() as session:
        row = session.get_one(LectureFee, save_fee(session, find(session, args).id, content))
        answer = {"fee": row.id, "gross": row.gross, "tax": row.tax, "net": row.gross - row.tax}
    context.out.record(answer)


def _print(context: Context, args: argparse.Namespace) -> None:
    from core.cli.training import find

    with context.database().write() as session:
        made = _paper(session, args, find(session, args).id)
    _told(context, made)


def _paper(session: Session, args: argparse.Namespace, course: int) -> DocumentSummary:
    from core.training import printing

    if args.paper == "fees":
        finance = bool(args.finance)
        return printing.print_fees(session, course, finance=finance, reason=args.finance)
    work: dict[str, Callable[[Session, int], DocumentSummary]] = {
        "schedule": printing.print_schedule,
        "roster": printing.print_roster,
        "trainers": printing.print_trainers,
        "scores": printing.print_scores,
        "completion": printing.print_completion,
        "form": printing.print_evaluation_form,
        "evaluation": printing.print_evaluation,
        "costs": printing.print_costs,
        "index": printing.print_index,
    }
    return work[args.paper](session, course)


def _told(context: Context, made: DocumentSummary) -> None:
    context.out.record({"paper": made.id, "title": made.title, "state": made.state})


def _export(context: Context, args: argparse.Namespace) -> None:
    from core.cli.training import find
    from core.training.folder import export_course

    with (
        context.out.progress(_("Writing the file of the course")) as report,
        context.database().read() as session,
    ):
        made = export_course(session, find(session, args).id, args.folder, report)
    context.out.record({"folder": str(made.folder), "files": made.files})


def _ledger(context: Context, args: argparse.Namespace) -> None:
    from core.training.printing import print_ledger
    from core.training.reports import ledger
    from core.training.rules import percent_text

    if args.paper:
        with context.database().write() as session:
            made = print_ledger(session, args.year)
        _told(context, made)
        return
    with context.database().read() as session:
        rows = ledger(session, args.year)
    context.out.table(
        {
            "number": _("File number"),
            "name": _("Course"),
            "first": _("From"),
            "last": _("To"),
            "expected": _("Expected"),
            "came": _("Came"),
            "hours": _("Credit hours"),
            "attendance": _("Attendance"),
            "completed": _("Completed"),
            "certificates": _("Certificates"),
            "spent": _("Spent (yuan)"),
            "satisfaction": _("Satisfaction"),
        },
        [
            {
                "number": one.number,
                "name": one.name,
                "first": one.first,
                "last": one.last,
                "expected": one.expected,
                "came": one.came,
                "hours": str(one.hours),
                "attendance": percent_text(one.attendance),
                "completed": one.completed,
                "certificates": one.certificates,
                "spent": one.spent,
                "satisfaction": None
                if one.satisfaction is None
                else percent_text(one.satisfaction),
            }
            for one in rows
        ],
    )


def _figures(context: Context, args: argparse.Namespace) -> None:
    from core.training.reports import statistics

    first, last = parse_date(args.first), parse_date(args.last)
    with context.database().read() as session:
        rows = statistics(session, first, last, args.by)
    context.out.table(
        {
            "key": _("What"),
            "courses": _("Courses"),
            "people": _("People"),
            "hours": _("Credit hours"),
            "completed": _("Completed"),
            "certificates": _("Certificates"),
        },
        [
            {
                "key": one.key,
                "courses": one.courses,
                "people": one.people,
                "hours": str(one.hours),
                "completed": one.completed,
                "certificates": one.certificates,
            }
            for one in rows
        ],
    )


def _transcript(context: Context, args: argparse.Namespace) -> None:
    from core.training.printing import print_transcript
    from core.training.reports import transcript
    from core.training.states import CATEGORY_TITLES, RESULT_TITLES
    from core.values.cells import term

    if args.paper:
        with context.database().write() as session:
            made = print_transcript(session, args.party, args.first, args.last)
        _told(context, made)
        return
    with context.database().read() as session:
        found = transcript(session, args.party, args.first, args.last)
    context.out.table(
        {
            "year": _("Year"),
            "course": _("Course"),
            "first": _("From"),
            "hours": _("Credit hours"),
            "category": _("Category"),
            "result": _("Result"),
            "number": _("Certificate"),
        },
        [
            {
                "year": one.year,
                "course": one.course,
                "first": one.first,
                "hours": str(one.hours),
                "category": term(one.category, CATEGORY_TITLES),
                "result": term(one.result, RESULT_TITLES),
                "number": one.number,
            }
            for one in found.lines
        ],
    )
