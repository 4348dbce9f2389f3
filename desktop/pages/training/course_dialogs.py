"""Dialogs of a course: its form with what a certificate must not say, and its sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

from sqlalchemy.orm import Session

from core.i18n import N_, _, listed
from core.training.courses import (
    CourseContent,
    SessionContent,
    add_session,
    cautions,
    edit,
    edit_session,
    plan,
)
from core.training.detail import CourseDetail, SessionLine
from core.training.hours import Hours
from core.training.states import (
    CATEGORY_TITLES,
    HALF_DAY_TITLES,
    PAPER_TITLES,
    REQUIREMENT_TITLES,
    Category,
    HalfDay,
    PaperAtEnd,
    Requirement,
)
from core.values.forms import FormField
from desktop.pages.training.tab import submit_to
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.dialog_draft import DialogDraft, forgetting
from desktop.support.context import Context
from desktop.widgets.banner import Banner

Values = Mapping[str, object]
#: Minutes of a half-day as offices plan it.
USUAL_MINUTES = 180


def text_of(values: Values, name: str) -> str:
    """A text of a form; empty for none."""
    return str(values.get(name) or "")


def day_of(values: Values, name: str) -> date | None:
    """A day of a form."""
    found = values.get(name)
    return found if isinstance(found, date) else None


def required_day(values: Values, name: str) -> date:
    """A day the form requires."""
    found = values[name]
    assert isinstance(found, date)  # required
    return found


def number_of(values: Values, name: str) -> int:
    """A whole number of a form; 0 for none."""
    found = values.get(name)
    return found if isinstance(found, int) else 0


COURSE_FIELDS = (
    FormField("name", N_("Course"), required=True),
    FormField("organizer", N_("Organizer"), required=True),
    FormField("kind", N_("Kind")),
    FormField("topic", N_("Topic"), help=N_("Statistics are counted by it.")),
    FormField(
        "category",
        N_("Credit category"),
        "choice",
        required=True,
        choices=tuple((one.value, title) for one, title in CATEGORY_TITLES.items()),
        default=Category.PROFESSIONAL.value,
    ),
    FormField("starts_on", N_("First day"), "date", required=True),
    FormField("ends_on", N_("Last day"), "date", required=True),
    FormField("place", N_("Place")),
    FormField("planned", N_("Planned participants"), "int"),
    FormField(
        "requirement",
        N_("Attendance asked for"),
        "choice",
        required=True,
        choices=tuple((one.value, title) for one, title in REQUIREMENT_TITLES.items()),
        default=Requirement.NONE.value,
        help=N_("It is counted over all sessions of the course."),
    ),
    FormField("required", N_("How much"), help=N_("Credit hours, or whole percent.")),
    FormField("assessed", N_("Ends with an assessment"), "bool"),
    FormField(
        "pass_mark", N_("Pass mark"), "int", help=N_("Empty: the usual pass mark of the office.")
    ),
    FormField(
        "paper",
        N_("Paper at the end"),
        "choice",
        required=True,
        choices=tuple((one.value, title) for one, title in PAPER_TITLES.items()),
        default=PaperAtEnd.NONE.value,
    ),
    FormField("valid_months", N_("Certificates hold (months)"), "int", help=N_("Empty: for good.")),
    FormField("plan", N_("Plan or approval")),
    FormField("summary", N_("Summary"), "long"),
)


def course_content(values: Values) -> CourseContent:
    """A course as the form holds it.

    Raises:
        InputError: field `required`; no number.
    """
    requirement = Requirement(text_of(values, "requirement"))
    mark = values.get("pass_mark")
    return CourseContent(
        name=text_of(values, "name"),
        organizer=text_of(values, "organizer"),
        starts_on=required_day(values, "starts_on"),
        ends_on=required_day(values, "ends_on"),
        kind=text_of(values, "kind"),
        topic=text_of(values, "topic"),
        category=Category(text_of(values, "category")),
        place=text_of(values, "place"),
        planned=number_of(values, "planned"),
        requirement=requirement,
        required=_required(requirement, text_of(values, "required")),
        assessed=bool(values.get("assessed")),
        pass_mark=mark if isinstance(mark, int) else None,
        paper=PaperAtEnd(text_of(values, "paper")),
        valid_months=number_of(values, "valid_months"),
        plan=text_of(values, "plan"),
        summary=text_of(values, "summary"),
    )


def _required(requirement: Requirement, text: str) -> int:
    from core.errors import FieldError, InputError
    from core.values.numerals import exact_decimal

    if requirement is Requirement.NONE or not text.strip():
        return 0
    try:
        if requirement is Requirement.HOURS:
            return Hours.parse(text).units
        return int(exact_decimal(text, decimals=0))
    except InputError as error:
        wrong = error.fields[0]
        raise InputError(FieldError("required", wrong.code, wrong.params)) from error


def course_values(content: CourseContent) -> dict[str, object]:
    """A course as its form shows it."""
    values: dict[str, object] = {
        field.name: getattr(content, field.name) for field in COURSE_FIELDS
    }
    values["required"] = required_text(content)
    for name in ("category", "requirement", "paper"):
        values[name] = getattr(content, name).value
    for name in ("planned", "valid_months"):
        values[name] = values[name] or None
    return values


def required_text(content: CourseContent) -> str:
    """How much attendance is asked for, as typed."""
    if content.requirement is Requirement.NONE:
        return ""
    hours = content.requirement is Requirement.HOURS
    return str(Hours(content.required)) if hours else str(content.required)


class CourseDialog(ActionDialog):
    """The form of a course; words its certificates must not carry are told before it is saved."""

    def __init__(
        self, context: Context, known: CourseDetail | None, values: Mapping[str, object]
    ) -> None:
        request = uuid4()
        name = f"course/{known.id}" if known else "course"

        def save(session: Session, typed: Values) -> int:
            content = course_content(typed)
            if known is None:
                return plan(session, content, request)
            edit(session, known.id, known.version, content)
            return known.id

        super().__init__(
            context,
            _("Edit the course") if known else _("New course"),
            _("Who completes is judged by what is entered here, over all sessions."),
            COURSE_FIELDS,
            submit_to(context, "course", forgetting(name, save)),
            values,
        )
        self.setObjectName("courseDialog")
        self.draft = DialogDraft(self, context, name)
        self.cautions = Banner()
        self.cautions.setObjectName("courseCautions")
        layout = self.layout()
        assert layout is not None  # of FormDialog
        layout.insertWidget(3, self.cautions)  # type: ignore[attr-defined]  # a box layout
        self.form.changed.connect(self._look)
        self._look()

    def _look(self) -> None:
        values = self.form.values()
        asked = values["requirement"] != Requirement.NONE.value
        self.form.set_field_visible("required", asked)
        self.form.set_field_visible("pass_mark", values["assessed"] == "yes")
        self.form.set_field_visible("valid_months", values["paper"] != PaperAtEnd.NONE.value)
        words = self.words()
        if not words:
            self.cautions.hide()
            return
        text = _("These words must not stand on its certificates: {words}. Change the name.")
        self.cautions.show_message("warning", text.format(words=listed(words)))

    def words(self) -> tuple[str, ...]:
        """Words of the name that its certificates must not carry."""
        values = self.form.values()
        paper = PaperAtEnd(str(values["paper"] or PaperAtEnd.NONE.value))
        some_day = date(2000, 1, 1)  # the words do not depend on it
        return cautions(
            CourseContent(
                name=str(values["name"]),
                organizer="",
                starts_on=some_day,
                ends_on=some_day,
                paper=paper,
            )
        )


def course_dialog(context: Context, known: CourseDetail | None = None) -> CourseDialog:
    """Plans a course, or changes it."""
    values = course_values(known.content) if known else {}
    return CourseDialog(context, known, values)


def session_dialog(
    context: Context,
    course: CourseDetail,
    trainers: tuple[tuple[str, str], ...],
    known: SessionLine | None = None,
) -> ActionDialog:
    """Enters a half-day of a course, or changes it; the result is its id."""

    def save(session: Session, values: Values) -> int:
        trainer = text_of(values, "trainer_id")
        content = SessionContent(
            held_on=required_day(values, "held_on"),
            half_day=HalfDay(text_of(values, "half_day")),
            topic=text_of(values, "topic"),
            minutes=number_of(values, "minutes"),
            trainer_id=int(trainer) if trainer else None,
            place=text_of(values, "place"),
        )
        if known is None:
            return add_session(session, course.id, course.version, content)
        edit_session(session, known.id, known.version, content)
        return known.id

    sentence = _("{minutes} minutes are one credit hour, at most {cap} hours a half-day.")
    return ActionDialog(
        context,
        _("Edit the session") if known else _("Add a session"),
        sentence.format(minutes=course.minutes_per_hour, cap=course.half_day_cap),
        _session_fields(trainers),
        submit_to(context, f"session-{course.id}", save),
        _session_values(course, known),
    )


def _session_fields(trainers: tuple[tuple[str, str], ...]) -> tuple[FormField, ...]:
    halves = tuple((one.value, title) for one, title in HALF_DAY_TITLES.items())
    return (
        FormField("held_on", N_("Day"), "date", required=True),
        FormField("half_day", N_("Half-day"), "choice", required=True, choices=halves),
        FormField("topic", N_("Topic"), required=True),
        FormField("minutes", N_("Minutes"), "int", required=True),
        FormField(
            "trainer_id",
            N_("Trainer"),
            "choice",
            choices=trainers,
            help=N_("Experts and guests are entered in “Trainers”."),
        ),
        FormField("place", N_("Place"), help=N_("Empty: the place of the course.")),
    )


def _session_values(course: CourseDetail, known: SessionLine | None) -> dict[str, object]:
    if known is not None:
        return {
            "held_on": known.held_on,
            "half_day": known.half_day.value,
            "topic": known.topic,
            "minutes": known.minutes,
            "trainer_id": str(known.trainer_id or ""),
            "place": known.place,
        }
    taken = {(one.held_on, one.half_day) for one in course.sessions if not one.cancelled_reason}
    day, half = _next_half_day(course, taken)
    return {"held_on": day, "half_day": half.value, "minutes": USUAL_MINUTES}


def _next_half_day(course: CourseDetail, taken: set[tuple[date, HalfDay]]) -> tuple[date, HalfDay]:
    """The first half-day of the course's days on which nothing is held yet."""
    from datetime import timedelta

    days = (course.content.ends_on - course.content.starts_on).days + 1
    for offset in range(days):
        for half in (HalfDay.MORNING, HalfDay.AFTERNOON):
            day = course.content.starts_on + timedelta(days=offset)
            if (day, half) not in taken:
                return day, half
    return course.content.ends_on, HalfDay.EVENING
