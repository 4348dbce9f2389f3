"""Dialogs of a draw: preparing it, the preview of its list, an operator's input, a call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout
from sqlalchemy.orm import Session

from core.clock import CHINA
from core.committee import calls, draws
from core.committee.calls import CallContent
from core.committee.cases import CaseLabel, waiting_cases
from core.committee.details import DrawDetail, DrawPeople, PickLine
from core.committee.drawing import Need, Verdict
from core.committee.draws import DrawContent
from core.committee.pool import Standing
from core.committee.queries import expert_lines, people, specialties
from core.committee.roster import find_expert
from core.committee.states import GROUND_TITLES, SEAT_TITLES, Ground, Seat
from core.i18n import N_, _, listed
from core.values.forms import FormField
from desktop.parts.acting_tab import submit_to
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.parts.dialog_draft import DialogDraft, forgetting
from desktop.parts.form_values import (
    Values,
    lines_of,
    moment_of,
    number_of,
    required_moment,
    text_of,
)
from desktop.parts.papers import in_groups
from desktop.support.context import Context
from desktop.widgets.labels import label
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable

#: What does not agree in a record, by the word of :class:`Verdict`.
FAULTS = {
    "list": N_("The candidate list is not the frozen one."),
    "seed": N_("The seed does not follow from list, time and inputs."),
    "result": N_("The result is not what was drawn."),
    "register": N_("The register has another record of this draw."),
    "elsewhere": N_("This database has no such draw; only the record itself was checked."),
}


@dataclass(frozen=True)
class DrawChoices:
    """What a draw can be made of; `codes` names the experts left out already."""

    cases: tuple[CaseLabel, ...]
    people: DrawPeople
    specialties: tuple[str, ...]
    codes: dict[int, str]


def load_choices(session: Session, detail: DrawDetail | None = None) -> DrawChoices:
    """The waiting cases, accounts and specialties."""
    out = [expert for expert, _reason in detail.asked_out] if detail else []
    codes = {one.id: one.code for one in expert_lines(session, out).values()}
    return DrawChoices(waiting_cases(session), people(session), specialties(session), codes)


def _key(case: CaseLabel) -> str:
    return f"{case.kind}:{case.id}"


def _fields(found: DrawChoices, known: DrawDetail | None) -> tuple[FormField, ...]:
    cases = (known.case,) if known else found.cases
    operators = tuple((str(one), name) for one, name in found.people.operators)
    supervisors = tuple((str(one), name) for one, name in found.people.supervisors)
    needed = (
        FormField(
            "specialty",
            N_("Specialty"),
            "choice",
            choices=(("", N_("any specialty")), *((one, one) for one in found.specialties)),
        ),
        FormField("count", N_("How many"), "int", required=True),
    )
    left_out = (
        FormField("expert", N_("Number"), required=True),
        FormField("reason", N_("Reason"), required=True),
    )
    return (
        FormField(
            "case",
            N_("Case"),
            "choice",
            required=True,
            choices=tuple((_key(one), one.text) for one in cases),
        ),
        FormField("needed", N_("Experts"), "table", required=True, columns=needed),
        FormField("substitutes", N_("Substitutes"), "int", default="2"),
        FormField(
            "meeting_at", N_("Meeting"), required=True, help=N_("For example 2026-12-01 09:00.")
        ),
        FormField("place", N_("Place")),
        FormField("first", N_("First operator"), "choice", required=True, choices=operators),
        FormField("second", N_("Second operator"), "choice", required=True, choices=operators),
        FormField("supervisor", N_("Supervisor"), "choice", required=True, choices=supervisors),
        FormField(
            "secret_until", N_("Names secret until"), help=N_("Empty: until the meeting begins.")
        ),
        FormField("asked_out", N_("Left out with a reason"), "table", columns=left_out),
    )


def _content(session: Session, values: Values) -> DrawContent:
    kind, _colon, number = text_of(values, "case").partition(":")
    return DrawContent(
        case=(kind, int(number)),
        needed=tuple(
            Need(text_of(line, "specialty"), number_of(line, "count"))
            for line in lines_of(values, "needed")
        ),
        substitutes=number_of(values, "substitutes"),
        meeting_at=required_moment(values, "meeting_at"),
        place=text_of(values, "place"),
        first_id=int(text_of(values, "first")),
        second_id=int(text_of(values, "second")),
        supervisor_id=int(text_of(values, "supervisor")),
        secret_until=moment_of(values, "secret_until"),
        asked_out=tuple(
            (find_expert(session, text_of(line, "expert")).id, text_of(line, "reason"))
            for line in lines_of(values, "asked_out")
        ),
    )


def _values(detail: DrawDetail, found: DrawChoices) -> dict[str, object]:
    moments = {
        name: getattr(detail, name).astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        for name in ("meeting_at", "secret_until")
    }
    return {
        "case": _key(detail.case),
        "needed": [{"specialty": one.specialty, "count": str(one.count)} for one in detail.needed],
        "substitutes": str(detail.substitutes),
        "place": detail.place,
        "first": str(detail.first_id),
        "second": str(detail.second_id),
        "supervisor": str(detail.supervisor_id),
        "asked_out": [
            {"expert": found.codes.get(expert, ""), "reason": reason}
            for expert, reason in detail.asked_out
        ],
        **moments,
    }


def draw_dialog(
    context: Context, found: DrawChoices, known: DrawDetail | None = None
) -> ActionDialog:
    """Prepares a draw for a waiting case, or changes it before its list is frozen."""

    def save(session: Session, values: Values) -> int:
        content = _content(session, values)
        if known is None:
            return draws.prepare(session, content)
        draws.change(session, known.id, known.version, content)
        return known.id

    first: dict[str, object] = {"needed": [{"specialty": "", "count": "3"}]}
    if len(found.cases) == 1:
        first["case"] = _key(found.cases[0])
    name = f"committee_draw/{known.id}" if known else "committee_draw"
    dialog = ActionDialog(
        context,
        _("Edit the draw") if known else _("New draw"),
        _("Two people type before a third; nothing is fixed before the list is frozen."),
        _fields(found, known),
        submit_to(context, "draw", forgetting(name, save)),
        _values(known, found) if known else first,
    )
    DialogDraft(dialog, context, name)
    return dialog


class ListPreview(QDialog):
    """Who could be drawn and who is left out and why; the list is frozen from here."""

    def __init__(self, context: Context, detail: DrawDetail, found: Standing) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("listPreview")
        self.setWindowTitle(_("Candidates"))
        self.candidates = SmallTable(
            _("{count} candidates").format(count=len(found.candidates)), CANDIDATE_HEADERS, rows=9
        )
        self.candidates.show_rows(
            [
                (one.code, one.name, one.employer, "、".join(one.specialties), str(one.drawn))
                for one in found.candidates
            ]
        )
        self.excluded = SmallTable(
            _("{count} left out").format(count=len(found.excluded)), EXCLUDED_HEADERS, rows=7
        )
        self.excluded.show_rows(
            [excluded_row(one.code, one.name, one.ground, one.reason) for one in found.excluded]
        )
        self.freeze_button = QPushButton(_("Freeze this list"))
        self.freeze_button.setObjectName("freezeList")
        self.freeze_button.setProperty("role", "primary")
        self.close_button = QPushButton(_("Close"))
        for button in (self.freeze_button, self.close_button):
            button.setAutoDefault(False)
        self.freeze_button.clicked.connect(self.accept)
        self.close_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.freeze_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(label(detail.case.text, "heading", wrap=True))
        layout.addWidget(
            label(
                _(
                    "Freezing fixes the list under a digest. Whoever changes it afterwards is "
                    "found out, and the draw must be prepared again."
                ),
                "soft",
                wrap=True,
            )
        )
        layout.addWidget(self.candidates)
        layout.addWidget(self.excluded)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.resize(760, 560)
        self.freeze_button.setFocus()


CANDIDATE_HEADERS = (
    N_("Number"), N_("Name"), N_("Employer"), N_("Specialties"), N_("Drawn within a year"),
)  # fmt: skip
EXCLUDED_HEADERS = (N_("Number"), N_("Name"), N_("Ground"), N_("Reason"))


def excluded_row(code: str, name: str, ground: str, reason: str) -> tuple[str, ...]:
    """One who is left out, with the ground in words."""
    return code, name, _(GROUND_TITLES[Ground(ground)]), reason


class InputDialog(ActionDialog):
    """An operator's input, hidden while it is typed; what counts are the letters as typed."""

    def __init__(self, context: Context, detail: DrawDetail) -> None:
        def submit(_values: Values, done: Done, failed: Failed) -> None:
            text = str(self.form.values()["input"])
            context.jobs.write(
                lambda session: draws.enter_input(session, detail.id, text),
                done=done,
                failed=failed,
                key=f"draw-input-{detail.id}",
            )

        field = FormField(
            "input",
            N_("Your input"),
            required=True,
            help=N_("Letters and digits nobody can guess; nobody sees them before the draw."),
        )
        super().__init__(
            context,
            _("Type your input"),
            _("Frozen list of {number}: {digest}").format(
                number=detail.number, digest=in_groups(detail.list_digest)
            ),
            (field,),
            submit,
        )
        self.form.editor("input").hide_letters()


class CallDialog(ActionDialog):
    """A call to one drawn expert; F6 comes, F7 cannot come, F8 not reached, in one key each."""

    OUTCOMES = (
        ("comes", N_("Comes (F6)"), "F6"),
        ("declines", N_("Cannot come (F7)"), "F7"),
        ("away", N_("Not reached, next one (F8)"), "F8"),
        ("again", N_("To be tried again (F9)"), "F9"),
    )

    def __init__(self, context: Context, pick: PickLine) -> None:
        def save(session: Session, values: Values) -> None:
            outcome = text_of(values, "outcome")
            comes = {"comes": True, "declines": False, "away": False}.get(outcome)
            content = CallContent(
                way=text_of(values, "way"),
                reached=outcome in {"comes", "declines"},
                comes=comes,
                reason=text_of(values, "reason"),
            )
            calls.log_call(session, pick.id, content)

        fields = (
            FormField("way", N_("Way"), required=True, default="电话"),
            FormField(
                "outcome",
                N_("Outcome"),
                "choice",
                required=True,
                choices=tuple((key, title) for key, title, _keys in self.OUTCOMES),
                default="comes",
            ),
            FormField("reason", N_("Reason"), help=N_("Needed when the expert cannot come.")),
        )
        super().__init__(
            context,
            _("Note the call"),
            f"{pick.code} {pick.name}　{pick.phone}　{_(SEAT_TITLES[pick.seat])}",
            fields,
            submit_to(context, f"call-{pick.id}", save),
        )
        for key, _title, keys in self.OUTCOMES:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(partial(self._choose, key))

    def _choose(self, outcome: str) -> None:
        self.form.set_values({"outcome": outcome})
        if outcome in {"declines", "away"}:
            self.form.editor("reason").focus_widget().setFocus()
        else:
            self.accept_button.setFocus()


def redraw_dialog(context: Context, detail: DrawDetail) -> ActionDialog:
    """Draws again, for the empty seats or all of them; the result is the id of the new draw."""

    def save(session: Session, values: Values) -> int:
        whole = bool(values.get("whole"))
        return calls.redraw(
            session, detail.id, detail.version, text_of(values, "reason"), whole=whole
        )

    fields = (
        FormField("reason", N_("Reason"), "long", required=True),
        FormField(
            "whole", N_("All seats anew"), "bool", help=N_("Otherwise only the empty seats.")
        ),
    )
    return ActionDialog(
        context,
        _("Draw again"),
        _("Everybody drawn before is left out; the new draw takes the same steps."),
        fields,
        submit_to(context, f"draw-{detail.id}", save),
    )


class VerdictOfRecord(QDialog):
    """What drawing again from a record came to."""

    def __init__(self, context: Context, name: str, verdict: Verdict) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("recordVerdict")
        self.setWindowTitle(_("Drawn again"))
        if verdict.intact:
            said = _("{file}: drawn again, every name comes out alike.").format(file=name)
        else:
            said = listed(_(FAULTS[one]) for one in verdict.faults)
        self.sentence = label(said, "heading" if verdict.intact else "error", wrap=True)
        self.names = SmallTable(
            _("Drawn again"), (_("Place"), _("Number"), _("Seat"), _("Specialty")), rows=12
        )
        self.names.show_rows(
            [
                (str(one.order), one.code, _(SEAT_TITLES[Seat(one.seat)]), one.specialty)
                for one in verdict.result
            ]
        )
        self.close_button = QPushButton(_("Close"))
        self.close_button.clicked.connect(self.accept)
        part = Section()
        part.add(self.sentence)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(part)
        layout.addWidget(self.names)
        layout.addStretch(1)
        layout.addWidget(self.close_button)
        self.resize(560, 420)
        self.close_button.setFocus()
