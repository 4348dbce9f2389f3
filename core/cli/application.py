"""`lintanctl application`: list cases, show one, and take its steps."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.context import Context
from core.cli.filters import add_filters, list_records
from core.errors import FieldError, InputError
from core.files import why
from core.i18n import N_, _
from core.messages import register
from core.values.cells import Shown, term

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.certificates.commands import ApplicationSummary
    from core.certificates.detail import ApplicationDetail
    from core.certificates.rules import Finding
    from core.certificates.workflow import StepOffer
    from core.values.forms import FormField
    from core.values.sections import Section

register(
    {
        "cli.value_form": N_("Write a value as NAME=VALUE, not “{value}”."),
        "cli.values_file": N_("“{path}” is not a JSON object of values: {reason}"),
        "cli.no_reason_field": N_("The step “{step}” asks for no reason; use --set NAME=VALUE."),
        "cli.attachment": N_("The file “{path}” cannot be read: {reason}"),
    }
)

#: Where `--reason` goes: the first of these fields that the step has.
_REASONS = ("reason", "opinion", "conclusion", "answer", "note")


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    listing = verbs.add_parser("list", help=_("List applications."))
    add_filters(listing)
    listing.set_defaults(run=_list)
    show = verbs.add_parser("show", help=_("Show one application and what may be done next."))
    show.add_argument("number", metavar="NO", help=_("receipt, acceptance or certificate number"))
    show.set_defaults(run=_show)
    steps = verbs.add_parser("steps", help=_("The possible steps with their fields."))
    steps.add_argument("number", metavar="NO", help=_("receipt, acceptance or certificate number"))
    steps.set_defaults(run=_steps)
    step = verbs.add_parser("advance", help=_("Take a step."))
    step.add_argument("number", metavar="NO", help=_("receipt, acceptance or certificate number"))
    step.add_argument("--to", required=True, metavar="STEP", help=_("key of the step"))
    step.add_argument("--reason", metavar="TEXT", help=_("reason, opinion or note of the step"))
    step.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help=_("a field of the step")
    )
    step.add_argument(
        "--values", metavar="FILE.json", type=Path, help=_("fields of the step, as a JSON object")
    )
    step.add_argument(
        "--attach",
        action="append",
        default=[],
        metavar="FILE",
        type=Path,
        help=_("a file kept with its hash; may be repeated"),
    )
    step.set_defaults(run=_advance)


def _list(context: Context, args: argparse.Namespace) -> None:
    from core.certificates.queries import APPLICATIONS

    list_records(context, args, APPLICATIONS)


def summary_record(summary: ApplicationSummary) -> dict[str, object]:
    """An application as JSON names its parts."""
    from core.certificates.states import KIND_TITLES, STATE_TITLES

    return {
        "id": summary.id,
        "version": summary.version,
        "kind": term(summary.kind, KIND_TITLES),
        "state": term(summary.state, STATE_TITLES),
        "receipt_number": summary.receipt_number,
        "acceptance_number": summary.acceptance_number,
        "holders": summary.holders,
        "project_name": summary.project_name,
        "received_on": summary.received_on,
        "tonnes": summary.tonnes.plain if summary.tonnes else None,
        "due": summary.due,
        "step_due": summary.step_due,
        "certificate_number": summary.certificate_number or None,
    }


def summary_titles() -> Mapping[str, str]:
    """What people read for the parts of :func:`summary_record`."""
    return {
        "id": _("Number in the database"),
        "version": _("Version"),
        "kind": _("Kind"),
        "state": _("State"),
        "receipt_number": _("Receipt number"),
        "acceptance_number": _("Acceptance number"),
        "holders": _("Right holders"),
        "project_name": _("Project"),
        "received_on": _("Received"),
        "tonnes": _("Tonnes"),
        "due": _("Due"),
        "step_due": _("Step due"),
        "certificate_number": _("Certificate number"),
        "papers": _("Papers"),
    }


def _show(context: Context, args: argparse.Namespace) -> None:
    from core.certificates.queries import application_detail, find_application

    with context.database().read() as session:
        detail = application_detail(session, find_application(session, args.number))
    if context.out.as_json:
        context.out.document(_as_document(detail))
        return
    out = context.out
    out.record(
        {
            _("Number"): detail.summary.acceptance_number or detail.summary.receipt_number,
            _("Project"): detail.title,
            _("State"): detail.state_title,
            _("Due"): detail.step_due or detail.due,
        }
    )
    for section in detail.sections:
        show_section(context, section)
    if detail.findings:
        out.line(_("— Findings —"))
        out.table(
            {
                "severity": _("Severity"),
                "finding": _("Finding"),
                "answered": _("Reason given"),
            },
            [_finding(one) for one in detail.findings],
        )
    out.line(_("— Possible steps —"))
    out.table(
        {"key": _("Key"), "title": _("Step"), "permitted": _("Permitted"), "why_not": _("Why not")},
        [_offer(one) for one in detail.offers],
    )


def show_section(context: Context, section: Section) -> None:
    """Print a section of a page: its pairs, then its table."""
    context.out.line(f"— {section.title} —")
    if section.pairs:
        context.out.record(dict(section.pairs))
    if section.headers:
        names = {str(at): title for at, title in enumerate(section.headers)}
        context.out.table(names, [dict(zip(names, row, strict=True)) for row in section.rows])


def section_documents(sections: Sequence[Section]) -> dict[str, object]:
    """Sections as JSON, by key."""
    return {section.key: section.data for section in sections}


def _finding(one: Finding) -> dict[str, object]:
    from core.certificates.rules import SEVERITY_TITLES

    return {
        "id": one.id,
        "key": one.key,
        "severity": term(one.severity, SEVERITY_TITLES),
        "finding": Shown(one.params, one.text),
        "settled": one.settled,
        "answered": one.answered,
    }


def _offer(one: StepOffer) -> dict[str, object]:
    return {
        "key": one.step.key,
        "title": Shown(one.step.title, _(one.step.title)),
        "main": one.step.main,
        "permitted": one.permitted,
        "why_not": list(one.reasons),
    }


def _as_document(detail: ApplicationDetail) -> dict[str, object]:
    return summary_record(detail.summary) | {
        "overdue": detail.overdue,
        "warning": detail.warning,
        "sections": section_documents(detail.sections),
        "findings": [_finding(one) for one in detail.findings],
        "steps": [_offer(one) for one in detail.offers],
        "papers": [
            {
                "id": one.id,
                "kind": one.kind,
                "title": one.title,
                "number": one.number,
                "state": one.state.value,
                "sha256": one.sha256,
            }
            for one in detail.papers
        ],
        "files": [
            {"role": one.role, "filename": one.filename, "sha256": one.sha256}
            for one in detail.files
        ],
        "timeline": [
            {"at": one.at, "who": one.actor_name, "event": one.event, "reason": one.reason}
            for one in detail.timeline
        ],
    }


def _steps(context: Context, args: argparse.Namespace) -> None:
    from core.certificates.queries import available_steps, find_application

    with context.database().read() as session:
        offered = available_steps(session, find_application(session, args.number))
    context.out.table(
        {
            "key": _("Key"),
            "title": _("Step"),
            "permitted": _("Permitted"),
            "fields": _("Fields"),
            "why_not": _("Why not"),
        },
        [
            _offer(one) | {"fields": [field_shown(each) for each in one.step.fields]}
            for one in offered
        ],
    )


def field_shown(field: FormField) -> Shown:
    """A field of a step: what to type, and for programs its name, kind and choices.

    Labels and titles are in the words of the source there: the same in every language.
    """
    mark = "*" if field.required else ""
    choices = "|".join(_choice(stored, _(title)) for stored, title in field.choices)
    facts = {
        "name": field.name,
        "label": field.label,
        "kind": field.kind,
        "required": field.required,
        "default": field.default,
        "choices": [{"value": stored, "title": title} for stored, title in field.choices],
        "columns": [each.name for each in field.columns],
    }
    return Shown(facts, f"{field.name}{mark} ({choices or field.kind}) {_(field.label)}")


def _choice(stored: str, title: str) -> str:
    """62=公示 明林碳公〔2026〕第12号: what to type, and what it is where that is not the same."""
    return f"{stored}={title}" if title and title != stored else stored


def _advance(context: Context, args: argparse.Namespace) -> None:
    from core import attachments
    from core.certificates.queries import application_summary, find_application
    from core.certificates.service import advance

    with context.database().write() as session:
        application = find_application(session, args.number)
        fields = _fields(session, application, args.to)
        values, rest = step_values(args, fields)
        for path in rest:
            attachments.attach(session, "application", application, args.to, path.name, _read(path))
        version = application_summary(session, application).version
        try:
            summary = advance(session, application, version, args.to, values)
        except InputError:
            context.out.hint = _(
                "Give a field with --set NAME=VALUE, a file with --attach FILE. The names: "
                "lintanctl application steps {number}"
            ).format(number=args.number)
            raise
    context.out.record(
        summary_record(summary) | {"papers": list(summary.documents)}, summary_titles()
    )


def _fields(session: Session, application: int, step: str) -> Sequence[FormField]:
    from core.certificates.queries import available_steps
    from core.certificates.workflow import known_step

    known = known_step(step).fields
    offered = available_steps(session, application)
    return next((one.step.fields for one in offered if one.step.key == step), known)


def step_values(
    args: argparse.Namespace, fields: Sequence[FormField]
) -> tuple[dict[str, object], list[Path]]:
    """The values of a step from the command line, and the files its form has no field for.

    Defaults of the form hold where nothing is given, as in a dialog.

    Raises:
        InputError: a value that cannot be read, a reason where none is asked for.
    """
    names = [field.name for field in fields]
    values: dict[str, object] = {
        field.name: field.default for field in fields if field.default is not None
    }
    if args.values is not None:
        values |= _from_file(args.values)
    errors = []
    for text in args.set:
        name, equals, value = text.partition("=")
        if not equals:
            errors.append(FieldError("set", "cli.value_form", {"value": text}))
        values[name] = value
    if args.reason is not None:
        place = next((name for name in _REASONS if name in names), None)
        if place is None:
            errors.append(FieldError("reason", "cli.no_reason_field", {"step": args.to}))
        else:
            values[place] = args.reason
    if errors:
        raise InputError(*errors)
    files = list(args.attach)
    if files and "file" in names:
        values["file"] = files.pop(0)
    return values, files


def _from_file(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        reason = why(problem)
        raise InputError.of("values", "cli.values_file", path=str(path), reason=reason) from problem
    if not isinstance(found, dict):
        raise InputError.of("values", "cli.values_file", path=str(path), reason="{}")
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        reason = why(problem)
        raise InputError.of("attach", "cli.attachment", path=str(path), reason=reason) from problem
