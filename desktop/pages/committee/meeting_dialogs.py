"""Dialogs of a meeting: announcing, inviting, attendance, opening, closing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.clock import CHINA
from core.committee import meetings
from core.committee.cases import CaseLabel, waiting_cases
from core.committee.details import MeetingDetail, MemberLine
from core.committee.lists import DRAWS
from core.committee.meetings import MeetingContent
from core.committee.roster import find_expert
from core.committee.states import PRESENCE_TITLES, DrawState, Presence
from core.i18n import N_, _
from core.values.cells import as_text
from core.values.forms import FormField
from core.values.listing import ListQuery
from desktop.parts.acting_tab import submit_to
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.dialog_draft import DialogDraft, forgetting
from desktop.parts.form_values import Values, number_of, required_moment, text_of
from desktop.support.context import Context

#: The newest settled draws a meeting can invite from.
MOST_DRAWS = 50


@dataclass(frozen=True)
class MeetingChoices:
    """Cases that wait, and settled draws by id with number and case."""

    cases: tuple[CaseLabel, ...]
    draws: tuple[tuple[int, str], ...]


def load_choices(session: Session) -> MeetingChoices:
    """What a meeting can be made of."""
    query = ListQuery(filters={"state": DrawState.SETTLED.value})
    ids = list(DRAWS.ids(session, query))[:MOST_DRAWS]
    rows = DRAWS.rows(session, ids)
    draws = tuple(
        (one, "　".join(as_text(value) for value in rows[one][:2])) for one in ids if one in rows
    )
    return MeetingChoices(waiting_cases(session), draws)


FIELDS = (
    FormField("title", N_("Subject"), required=True, default="林业碳汇项目评审会"),
    FormField("starts_at", N_("Begins"), required=True, help=N_("For example 2026-12-01 09:00.")),
    FormField("place", N_("Place"), required=True),
    FormField("half_days", N_("Half-days"), "int", required=True, default="1"),
    FormField("host", N_("Chaired by")),
)


def _content(values: Values, **lists: tuple[object, ...]) -> MeetingContent:
    return MeetingContent(
        title=text_of(values, "title"),
        starts_at=required_moment(values, "starts_at"),
        place=text_of(values, "place"),
        half_days=number_of(values, "half_days"),
        host=text_of(values, "host"),
        **lists,  # type: ignore[arg-type]  # ids and cases by the names of the content
    )


def _case_field(cases: tuple[CaseLabel, ...], *, required: bool) -> FormField:
    choices = tuple((f"{one.kind}:{one.id}", one.text) for one in cases)
    return FormField("case", N_("Case"), "choice", required=required, choices=choices)


def _draw_field(found: MeetingChoices, *, required: bool) -> FormField:
    choices = tuple((str(one), text) for one, text in found.draws)
    return FormField("draw", N_("Draw"), "choice", required=required, choices=choices)


def _case(text: str) -> tuple[str, int]:
    kind, _colon, number = text.partition(":")
    return kind, int(number)


def _experts(session: Session, values: Values) -> tuple[int, ...]:
    codes = text_of(values, "experts").replace("，", "、").replace(",", "、").split("、")
    return tuple(find_expert(session, one).id for one in codes if one.strip())


def new_meeting_dialog(context: Context, found: MeetingChoices) -> ActionDialog:
    """Announces a meeting; the result is its id."""

    def save(session: Session, values: Values) -> int:
        case, draw = text_of(values, "case"), text_of(values, "draw")
        content = _content(
            values,
            cases=(_case(case),) if case else (),
            draw_ids=(int(draw),) if draw else (),
            expert_ids=_experts(session, values),
        )
        return meetings.plan(session, content)

    fields = (
        *FIELDS,
        _case_field(found.cases, required=False),
        _draw_field(found, required=False),
        FormField(
            "experts", N_("Experts by hand"), help=N_("Numbers like E01、E02; usually a draw.")
        ),
    )
    dialog = ActionDialog(
        context,
        _("New meeting"),
        _("Further cases and draws are added afterwards; conflicts are kept as recusals."),
        fields,
        submit_to(context, "meeting", forgetting("committee_meeting", save)),
    )
    DialogDraft(dialog, context, "committee_meeting")
    return dialog


def edit_meeting_dialog(context: Context, detail: MeetingDetail) -> ActionDialog:
    """Changes subject, time and place."""

    def save(session: Session, values: Values) -> None:
        meetings.change(session, detail.id, detail.version, _content(values))

    values = {
        "title": detail.title,
        "starts_at": detail.starts_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M"),
        "place": detail.place,
        "half_days": str(detail.half_days),
        "host": detail.host,
    }
    submit = submit_to(context, f"meeting-{detail.id}", save)
    return ActionDialog(context, _("Edit the meeting"), detail.number, FIELDS, submit, values)


def case_dialog(context: Context, detail: MeetingDetail, found: MeetingChoices) -> ActionDialog:
    """Puts a case on the agenda."""

    def save(session: Session, values: Values) -> None:
        meetings.add_case(session, detail.id, _case(text_of(values, "case")))

    known = {(one.case.kind, one.case.id) for one in detail.cases}
    cases = tuple(one for one in found.cases if (one.kind, one.id) not in known)
    return ActionDialog(
        context,
        _("Add a case"),
        _("Members in conflict with it are recused from it at once."),
        (_case_field(cases, required=True),),
        submit_to(context, f"meeting-{detail.id}", save),
    )


def invite_draw_dialog(
    context: Context, detail: MeetingDetail, found: MeetingChoices
) -> ActionDialog:
    """Invites everybody a draw named who comes; the result is how many were new."""

    def save(session: Session, values: Values) -> int:
        return meetings.invite_draw(session, detail.id, int(text_of(values, "draw")))

    return ActionDialog(
        context,
        _("Invite a draw"),
        _("Everybody who agreed to come is invited."),
        (_draw_field(found, required=True),),
        submit_to(context, f"meeting-{detail.id}", save),
    )


def invite_dialog(context: Context, detail: MeetingDetail) -> ActionDialog:
    """Invites an expert by hand."""

    def save(session: Session, values: Values) -> int:
        expert = find_expert(session, text_of(values, "expert"))
        return meetings.invite(session, detail.id, expert.id)

    return ActionDialog(
        context,
        _("Invite an expert"),
        _("By hand, as for the committee itself; reviewers are drawn."),
        (FormField("expert", N_("Number"), required=True),),
        submit_to(context, f"meeting-{detail.id}", save),
    )


def away_dialog(context: Context, member: MemberLine) -> ActionDialog:
    """Notes that a member is excused or absent."""

    def save(session: Session, values: Values) -> None:
        presence = Presence(text_of(values, "presence"))
        meetings.sign_in(session, member.id, presence, text_of(values, "reason"))

    kinds = (Presence.EXCUSED, Presence.ABSENT)
    fields = (
        FormField(
            "presence",
            N_("Attendance"),
            "choice",
            required=True,
            choices=tuple((one.value, PRESENCE_TITLES[one]) for one in kinds),
            default=Presence.EXCUSED.value,
        ),
        FormField("reason", N_("Reason"), required=True),
    )
    submit = submit_to(context, f"member-{member.id}", save)
    return ActionDialog(context, _("Not present"), member.name, fields, submit)


def open_dialog(context: Context, detail: MeetingDetail) -> ActionDialog:
    """Opens a meeting under its leader."""

    def save(session: Session, values: Values) -> None:
        leader = int(text_of(values, "leader"))
        meetings.open_meeting(session, detail.id, detail.version, leader)

    there = [one for one in detail.members if one.presence is Presence.PRESENT]
    field = FormField(
        "leader",
        N_("Leader"),
        "choice",
        required=True,
        choices=tuple((str(one.expert_id), f"{one.code} {one.name}") for one in there),
    )
    return ActionDialog(
        context,
        _("Open the meeting"),
        _("{count} of {invited} experts have signed in.").format(
            count=len(there), invited=len(detail.members)
        ),
        (field,),
        submit_to(context, f"meeting-{detail.id}", save),
        {"leader": str(there[0].expert_id)} if there else None,
    )


def close_dialog(context: Context, detail: MeetingDetail) -> ActionDialog:
    """Closes a meeting; from here on its minutes stand."""

    def save(session: Session, values: Values) -> None:
        meetings.close_meeting(session, detail.id, detail.version, text_of(values, "notes"))

    return ActionDialog(
        context,
        _("Close the meeting"),
        _("Results and attendance stand from here on; fees can be paid."),
        (FormField("notes", N_("Notes"), "long"),),
        submit_to(context, f"meeting-{detail.id}", save),
    )
