"""Dialogs of the roster: people of the register, temporary ones, namesakes, scores, evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from core.errors import FieldError, InputError
from core.i18n import N_, _
from core.parties.queries import PartySummary
from core.training.assessing import NewScore, correct_score, enter_score, parse_score
from core.training.detail import CourseDetail, PersonLine
from core.training.evaluation import BEST, hand_in
from core.training.participants import (
    Trainee,
    edit_participant,
    enrol,
    enrol_trainee,
    identify,
)
from core.training.rules import score_text
from core.values.forms import FormField
from desktop.pages.training.course_dialogs import Values, number_of, required_day, text_of
from desktop.pages.training.tab import submit_to
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.party_dialog import PersonDialog
from desktop.support.context import Context

UNIT = FormField("unit", N_("Unit"), help=N_("Empty: the employer in the register."))
POST = FormField("post", N_("Post"))


def enrol_dialog(context: Context, course: CourseDetail) -> PersonDialog:
    """Puts a person of the register on the roster."""

    def put(session: Session, party: PartySummary, values: Values) -> int:
        return enrol(
            session,
            course.id,
            party.id,
            unit=text_of(values, "unit"),
            post=text_of(values, "post"),
        )

    return PersonDialog(
        context,
        _("Enrol"),
        _("Unit and post stand on the papers of the course as they are entered here."),
        (UNIT, POST),
        put,
    )


TRAINEE_FIELDS = (
    FormField("name", N_("Name"), required=True),
    FormField("unit", N_("Unit")),
    POST,
    FormField("phone", N_("Telephone")),
    FormField("number", N_("Identity number")),
    FormField("note", N_("Remarks")),
)


def trainee_of(values: Values) -> Trainee:
    """A person who need not be in the register; without a number the entry is temporary."""
    number = text_of(values, "number")
    return Trainee(
        name=text_of(values, "name"),
        unit=text_of(values, "unit"),
        post=text_of(values, "post"),
        phone=text_of(values, "phone"),
        number=number,
        note=text_of(values, "note"),
        temporary=not number,
    )


def trainee_dialog(context: Context, course: CourseDetail) -> ActionDialog:
    """Puts somebody on the roster who is not in the register."""

    def put(session: Session, values: Values) -> int:
        return enrol_trainee(session, course.id, trainee_of(values))

    return ActionDialog(
        context,
        _("Add a temporary person"),
        _("Without an identity number the entry is temporary and is identified later."),
        TRAINEE_FIELDS,
        submit_to(context, f"trainee-{course.id}", put),
    )


def participant_dialog(context: Context, person: PersonLine) -> ActionDialog:
    """Corrects unit, post and note of a participant."""

    def save(session: Session, values: Values) -> None:
        edit_participant(
            session,
            person.id,
            person.version,
            unit=text_of(values, "unit"),
            post=text_of(values, "post"),
            note=text_of(values, "note"),
        )

    return ActionDialog(
        context,
        _("Edit the participant"),
        _("{name}: papers that were issued keep what they say.").format(name=person.name),
        (FormField("unit", N_("Unit")), POST, FormField("note", N_("Remarks"), "long")),
        submit_to(context, f"participant-{person.id}", save),
        {"unit": person.unit, "post": person.post, "note": person.note},
    )


def identify_dialog(
    context: Context, person: PersonLine, other: PartySummary | None = None
) -> PersonDialog:
    """Says which person of the register a temporary participant is."""

    def say(session: Session, party: PartySummary, values: Values) -> None:
        identify(session, person.id, person.version, party.id, text_of(values, "reason"))

    dialog = PersonDialog(
        context,
        _("Identify"),
        _("{name} and the person chosen become one party; nothing of either is lost.").format(
            name=person.name
        ),
        (FormField("reason", N_("Reason"), "long", required=True),),
        say,
    )
    if other is not None:
        dialog.picker.set_party(other)
    return dialog


# -- scores


def scores_dialog(context: Context, course: CourseDetail, day: date) -> ActionDialog:
    """Enters the next attempt of everybody who has not passed: one line each, by keyboard."""
    waiting = to_score(course)
    columns = (
        FormField("person", N_("No."), "int", required=True),
        FormField("name", N_("Name")),
        FormField("before", N_("So far")),
        FormField("score", N_("Score")),
        FormField("absent", N_("Absent from the test"), help=N_("Any mark: absent from the test.")),
    )
    places = {place: one.id for place, one in enumerate(waiting, start=1)}

    def save(session: Session, values: Values) -> int:
        taken_on = required_day(values, "taken_on")
        lines = values["lines"]
        assert isinstance(lines, list)  # a table
        found = _new_scores(lines, places, taken_on)
        for new in found:
            enter_score(session, new)
        return len(found)

    return ActionDialog(
        context,
        _("Enter scores"),
        _("A line without a score stays open; who passed already is not listed."),
        (
            FormField("taken_on", N_("Day of the test"), "date", required=True),
            FormField("lines", N_("Scores"), "table", columns=columns),
        ),
        submit_to(context, f"scores-{course.id}", save),
        {
            "taken_on": day,
            "lines": [
                {
                    "person": place,
                    "name": one.name,
                    "before": " / ".join(score_text(each.score) or "—" for each in one.scores),
                }
                for place, one in enumerate(waiting, start=1)
            ],
        },
    )


def to_score(course: CourseDetail) -> list[PersonLine]:
    """Who has not passed yet and was not judged to complete."""
    from core.training.states import Result

    least = (course.content.pass_mark or 0) * 10
    return [
        one
        for one in course.people
        if not one.withdrawn_reason
        and one.result is not Result.COMPLETED
        and not (one.scores and one.scores[-1].score is not None and one.scores[-1].score >= least)
    ]


def _new_scores(
    lines: list[dict[str, object]], places: Mapping[int, int], taken_on: date
) -> list[NewScore]:
    found, errors = [], []
    for number, line in enumerate(lines, start=1):
        text, absent = str(line.get("score") or ""), bool(line.get("absent"))
        person = places.get(int(str(line["person"])))
        if person is None:
            errors.append(FieldError(f"lines[{number}].person", "record.not_found"))
            continue
        try:
            score = parse_score(text)
        except InputError as error:
            wrong = error.fields[0]
            errors.append(FieldError(f"lines[{number}].score", wrong.code, wrong.params))
            continue
        if score is not None or absent:
            found.append(NewScore(participant_id=person, score=score, taken_on=taken_on))
    if errors:
        raise InputError(*errors)
    if not found:
        raise InputError.of("lines", "form.required")
    return found


def correction_dialog(context: Context, person: PersonLine) -> ActionDialog:
    """Puts the last score of a participant right, with a reason."""
    last = person.scores[-1]

    def save(session: Session, values: Values) -> None:
        score = parse_score(text_of(values, "score"))
        correct_score(session, last.id, last.version, score, text_of(values, "reason"))

    return ActionDialog(
        context,
        _("Correct the score"),
        _("{name}, test of {day}: before and after stay in the history.").format(
            name=person.name, day=last.taken_on.isoformat()
        ),
        (
            FormField("score", N_("Score"), help=N_("Empty: absent from the test.")),
            FormField("reason", N_("Reason"), "long", required=True),
        ),
        submit_to(context, f"score-{last.id}", save),
        {"score": score_text(last.score)},
    )


# -- evaluation


def evaluation_dialog(
    context: Context, course: CourseDetail, people: list[PersonLine]
) -> ActionDialog:
    """Takes in the form of an attendee; what it says is kept without the name."""
    asked = [one.question for one in course.evaluation.questions]
    marks = tuple((str(mark), str(mark)) for mark in range(BEST, 0, -1))
    fields = (
        FormField(
            "person",
            N_("Handed in by"),
            "choice",
            required=True,
            choices=tuple((str(one.id), f"{one.name}　{one.unit}".strip()) for one in people),
        ),
        *(
            FormField(f"q{number}", question, "choice", choices=marks)
            for number, question in enumerate(asked)
        ),
        FormField("remark", N_("Remarks"), "long"),
    )

    def take(session: Session, values: Values) -> None:
        given = {
            question: number_of({"n": int(text)}, "n")
            for number, question in enumerate(asked)
            if (text := text_of(values, f"q{number}"))
        }
        hand_in(session, int(text_of(values, "person")), given, text_of(values, "remark"))

    return ActionDialog(
        context,
        _("Take in an evaluation form"),
        _("Only that a form was handed in is kept with the name, never what it says. 5 is best."),
        fields,
        submit_to(context, f"evaluation-{course.id}", take),
    )
