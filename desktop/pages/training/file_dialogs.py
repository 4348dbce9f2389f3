"""Dialogs of the course file: photos and materials, papers to prepare; costs and lecture fees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from pathlib import Path

from sqlalchemy.orm import Session

from core.clock import CHINA
from core.documents.service import DocumentSummary
from core.errors import FieldError, InputError
from core.i18n import N_, _
from core.messages import register
from core.training import printing
from core.training.costs import (
    CostContent,
    FeeContent,
    add_cost,
    edit_cost,
    save_fee,
)
from core.training.detail import CostLine, CourseDetail, FeeLine
from core.training.dossier import KeptFile, NewFile, add_file, edit_file
from core.training.hours import Hours
from core.training.states import COST_TITLES, SECTIONS, CostKind
from core.values.dates import parse_date
from core.values.forms import FormField
from core.values.money import Money
from desktop.pages.training.course_dialogs import Values, day_of, text_of
from desktop.pages.training.tab import submit_to
from desktop.pages.training.tones import session_text
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.files import read_file
from desktop.support.context import Context

register({"training.taken_at": N_("Write day and time, for example 2026-10-12 09:30.")})

_SECTION_CHOICES = tuple(
    (str(place), f"{place} {title}") for place, title in enumerate(SECTIONS, start=1)
)
PHOTOS = 8


def taken_of(text: str) -> datetime | None:
    """Day and time of a photo as typed: ``2026-10-12 09:30`` or the day alone.

    Raises:
        InputError: field `taken_at`.
    """
    if not text.strip():
        return None
    day, _blank, clock = text.strip().partition(" ")
    try:
        on = parse_date(day)
        at = time.fromisoformat(clock.strip() or "00:00")
    except (InputError, ValueError) as problem:
        raise InputError(FieldError("taken_at", "training.taken_at")) from problem
    return datetime.combine(on, at, CHINA)


_FILE_FIELDS = (
    FormField(
        "section", N_("Part of the course file"), "choice", required=True, choices=_SECTION_CHOICES
    ),
    FormField("caption", N_("About"), help=N_("A photo needs to say what it shows.")),
    FormField("taken_at", N_("Taken at"), help=N_("Day and time, for example 2026-10-12 09:30.")),
)


def add_file_dialog(context: Context, course: CourseDetail, path: Path) -> ActionDialog:
    """Keeps a file of a course."""
    sessions = tuple(
        (str(one.id), session_text(one)) for one in course.sessions if not one.cancelled_reason
    )

    def add(session: Session, values: Values) -> int:
        held = text_of(values, "session_id")
        new = NewFile(
            section=int(text_of(values, "section")),
            name=path.name,
            data=read_file(path),
            caption=text_of(values, "caption"),
            taken_at=taken_of(text_of(values, "taken_at")),
            session_id=int(held) if held else None,
        )
        return add_file(session, course.id, new)

    picture = path.suffix.lower() in {".jpg", ".jpeg", ".png"}
    return ActionDialog(
        context,
        _("Add a file"),
        path.name,
        (*_FILE_FIELDS, FormField("session_id", N_("Session"), "choice", choices=sessions)),
        submit_to(context, f"course-file-{course.id}", add),
        {"section": str(PHOTOS) if picture else "7"},
    )


def edit_file_dialog(context: Context, kept: KeptFile) -> ActionDialog:
    """Changes where a file stands and what is said of it."""

    def save(session: Session, values: Values) -> None:
        edit_file(
            session,
            kept.id,
            kept.version,
            section=int(text_of(values, "section")),
            caption=text_of(values, "caption"),
            taken_at=taken_of(text_of(values, "taken_at")),
        )

    taken = kept.taken_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if kept.taken_at else ""
    return ActionDialog(
        context,
        _("Edit the file"),
        kept.file.filename,
        _FILE_FIELDS,
        submit_to(context, f"course-file-{kept.id}", save),
        {"section": str(kept.section), "caption": kept.caption, "taken_at": taken},
    )


Print = Callable[[Session, int], DocumentSummary]
#: The papers of a course: title, and what prepares it.
PAPERS: Mapping[str, tuple[str, Print]] = {
    "schedule": (N_("Schedule"), printing.print_schedule),
    "roster": (N_("Roster"), printing.print_roster),
    "trainers": (N_("Trainers"), printing.print_trainers),
    "scores": (N_("Scores"), printing.print_scores),
    "completion": (N_("Completion list"), printing.print_completion),
    "form": (N_("Evaluation form"), printing.print_evaluation_form),
    "evaluation": (N_("Results of the evaluation"), printing.print_evaluation),
    "costs": (N_("Costs"), printing.print_costs),
    "index": (N_("Index of the course file"), printing.print_index),
}


def paper_dialog(context: Context, course: CourseDetail) -> ActionDialog:
    """Prepares a paper of a course; the result is its DocumentSummary."""
    choices = tuple((key, title) for key, (title, _make) in PAPERS.items())

    def make(session: Session, values: Values) -> DocumentSummary:
        return PAPERS[text_of(values, "paper")][1](session, course.id)

    return ActionDialog(
        context,
        _("Prepare a paper"),
        _("The paper says what is recorded now; it is signed and kept with the course."),
        (FormField("paper", N_("Paper"), "choice", required=True, choices=choices),),
        submit_to(context, f"course-paper-{course.id}", make),
    )


# -- money


def cost_dialog(
    context: Context, course: CourseDetail, known: CostLine | None = None
) -> ActionDialog:
    """Enters a line of the cost, or corrects it."""

    def save(session: Session, values: Values) -> None:
        amount = values["amount"]
        assert isinstance(amount, Money)  # required
        content = CostContent(
            kind=CostKind(text_of(values, "kind")),
            item=text_of(values, "item"),
            amount=amount,
            paid_on=day_of(values, "paid_on"),
            voucher=text_of(values, "voucher"),
            note=text_of(values, "note"),
        )
        if known is None:
            add_cost(session, course.id, content)
        else:
            edit_cost(session, known.id, known.version, content)

    kinds = tuple((one.value, title) for one, title in COST_TITLES.items())
    names = ("item", "paid_on", "voucher", "note")
    shown = {name: getattr(known, name) for name in names} if known else {}
    if known:
        shown |= {"kind": known.kind.value, "amount": known.amount.plain}
    return ActionDialog(
        context,
        _("Edit the cost") if known else _("Add a cost"),
        _("Before and after stay in the audit log."),
        (
            FormField("kind", N_("Kind"), "choice", required=True, choices=kinds),
            FormField("item", N_("What for"), required=True),
            FormField("amount", N_("Amount (yuan)"), "money", required=True),
            FormField("paid_on", N_("Paid on"), "date"),
            FormField("voucher", N_("Voucher")),
            FormField("note", N_("Remarks"), "long"),
        ),
        submit_to(context, f"cost-{course.id}", save),
        shown,
    )


def fee_dialog(context: Context, course: CourseDetail, known: FeeLine) -> ActionDialog:
    """Changes the fee of a trainer; tax is withheld by the dated rule."""

    def save(session: Session, values: Values) -> None:
        rate = values["rate"]
        assert isinstance(rate, Money)  # required
        try:
            hours = Hours.parse(text_of(values, "hours"))
        except InputError as error:
            wrong = error.fields[0]
            raise InputError(FieldError("hours", wrong.code, wrong.params)) from error
        content = FeeContent(
            party_id=known.party_id, hours=hours, rate=rate, note=text_of(values, "note")
        )
        save_fee(session, course.id, content, known.version)

    return ActionDialog(
        context,
        _("Edit the fee"),
        _("{name}: tax is withheld by the rule of the course's last day.").format(name=known.name),
        (
            FormField("hours", N_("Credit hours"), required=True),
            FormField("rate", N_("Yuan a credit hour"), "money", required=True),
            FormField("note", N_("Remarks"), "long"),
        ),
        submit_to(context, f"fee-{course.id}", save),
        {"hours": str(known.hours), "rate": known.rate.plain, "note": known.note},
    )


def fee_sheet_dialog(context: Context, course: CourseDetail) -> ActionDialog:
    """Prepares the fee sheet: with masked numbers, or for finance in full with a reason."""

    def make(session: Session, values: Values) -> DocumentSummary:
        return printing.print_fees(
            session,
            course.id,
            finance=bool(values.get("finance")),
            reason=text_of(values, "reason"),
        )

    return ActionDialog(
        context,
        _("Lecture fee sheet"),
        _("Numbers are masked; the copy for finance shows them, and each look is logged."),
        (
            FormField("finance", N_("Copy for finance"), "bool"),
            FormField("reason", N_("Reason"), "long", help=N_("Only for the copy for finance.")),
        ),
        submit_to(context, f"fee-sheet-{course.id}", make),
    )
