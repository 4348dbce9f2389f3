"""Meetings: announced, opened, signed in to, closed; with cases on the agenda and recusals kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import history, numbering
from core.committee.cases import label
from core.committee.conflicts import conflicts_of_case
from core.committee.draw_model import Draw, DrawPick, DrawResult
from core.committee.meeting_model import Meeting, MeetingCase, MeetingMember, Opinion
from core.committee.model import Expert
from core.committee.recusal import MEETING_PAPERS, record_recusals, require_whole
from core.committee.states import DrawState, MeetingState, PickState, Presence
from core.database import load_for_edit, now, require
from core.errors import FieldError, InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register

register(
    {
        "committee.meeting_title": N_("Enter what the meeting is about."),
        "committee.meeting_place": N_("Enter where the meeting is."),
        "committee.half_days": N_("A meeting lasts between one and ten half-days."),
        "committee.meeting_state": N_("This is not possible now: the meeting is “{state}”."),
        "committee.member_known": N_("This expert is invited already."),
        "committee.case_known": N_("This case is on the agenda already."),
        "committee.case_judged": N_(
            "This case was judged or has opinions; it stays on the agenda."
        ),
        "committee.draw_open": N_("The draw {number} has seats nobody agreed to take."),
        "committee.draw_other": N_("The draw {number} is for another case than those here."),
        "committee.leader": N_("The leader must be one of the experts who are present."),
        "committee.presence_reason": N_("Say why the expert is away."),
        "committee.member_gave": N_("This expert has given an opinion and was present."),
        "committee.cases_open": N_("These cases have no result yet: {cases}."),
        "committee.nobody": N_("Nobody has signed in."),
        "committee.meeting_unknown": N_("There is no meeting {number}."),
    }
)

MEETING = "committee_meeting"
_RUNNING = (MeetingState.PLANNED, MeetingState.OPEN)


@dataclass(frozen=True, kw_only=True)
class MeetingContent:
    """A meeting as announced. Members come from settled draws, or by hand (the committee itself)."""

    title: str
    starts_at: datetime
    place: str
    half_days: int = 1
    host: str = ""
    expert_ids: tuple[int, ...] = ()
    draw_ids: tuple[int, ...] = ()
    cases: tuple[tuple[str, int], ...] = ()


def plan(session: Session, content: MeetingContent) -> int:
    """Announce a meeting with its members and its agenda.

    Returns:
        id of the meeting.

    Raises:
        NotPermitted: without `committee.meet`.
        InputError: title, place or length wrong.
        NotFound: an expert, a draw or a case that is not there, or may not be seen.
        RuleViolation: a draw with open seats.
    """
    require(session, "committee.meet")
    _check(content)
    row = Meeting(number="", state=MeetingState.PLANNED, created_at=now(session))
    _fill(row, content)
    taken = numbering.take(session, "committee_meeting", record_kind=MEETING, record_id=None)
    row.number, row.number_id = taken.text, taken.id
    session.add(row)
    session.flush()
    numbering.bind(session, taken, row.id)
    history.record(session, MEETING, row.id, "announced")
    for case in content.cases:
        add_case(session, row.id, case)
    for draw_id in content.draw_ids:
        invite_draw(session, row.id, draw_id)
    for expert_id in content.expert_ids:
        invite(session, row.id, expert_id)
    return row.id


def change(session: Session, meeting_id: int, version: int, content: MeetingContent) -> None:
    """Save title, time and place again; members and cases have verbs of their own.

    Raises:
        NotPermitted, InputError: as `plan`.
        RuleViolation: it is over.
    """
    require(session, "committee.meet")
    row = load_for_edit(session, Meeting, meeting_id, version)
    require_meeting_state(row, *_RUNNING)
    _check(content)
    _fill(row, content)
    session.flush()
    history.record(session, MEETING, row.id, "edited")


def invite(session: Session, meeting_id: int, expert_id: int) -> int:
    """Invite an expert by hand; conflicts with the agenda are recorded as recusals.

    Raises:
        NotPermitted: without `committee.meet`.
        NotFound: no such meeting or expert.
        RuleViolation: invited already, the meeting is over, or there is more to it than the
            person may see.
    """
    require(session, "committee.meet")
    row = _running(session, meeting_id)
    require_whole(session, row.id)
    if session.get(Expert, expert_id) is None:
        raise NotFound("record.not_found")
    if expert_id in {one.expert_id for one in members(session, row.id)}:
        raise RuleViolation("committee.member_known")
    return _invite(session, row, expert_id, None)


def invite_draw(session: Session, meeting_id: int, draw_id: int) -> int:
    """Invite everybody a draw named who comes.

    Returns:
        how many were new.

    Raises:
        NotPermitted: without `committee.meet`.
        NotFound: no such draw, or its names are secret still.
        RuleViolation: seats are open.
    """
    require(session, "committee.meet")
    row = _running(session, meeting_id)
    draw, result = session.get(Draw, draw_id), session.get(DrawResult, draw_id)
    if draw is None or result is None:
        raise NotFound("record.not_found")
    if draw.state is not DrawState.SETTLED:
        raise RuleViolation("committee.draw_open", number=draw.number or str(draw.id))
    coming = session.scalars(
        select(DrawPick.expert_id)
        .where(DrawPick.draw_id == draw_id, DrawPick.state == PickState.COMING)
        .order_by(DrawPick.position)
    ).all()
    known = {one.expert_id for one in members(session, row.id)}
    new = [expert_id for expert_id in coming if expert_id not in known]
    for expert_id in new:
        _invite(session, row, expert_id, draw_id)
    return len(new)


def add_case(session: Session, meeting_id: int, case: tuple[str, int]) -> int:
    """Put a case on the agenda; members in conflict with it are recused from it.

    Raises:
        NotPermitted: without `committee.meet`.
        NotFound: no such meeting or case.
        RuleViolation: it is on the agenda already, or the meeting is over.
    """
    require(session, "committee.meet")
    row = _running(session, meeting_id)
    label(session, case)
    known = session.scalar(
        select(MeetingCase.id).where(
            MeetingCase.meeting_id == row.id,
            MeetingCase.record_kind == case[0],
            MeetingCase.record_id == case[1],
        )
    )
    if known is not None:
        raise RuleViolation("committee.case_known")
    last = session.scalar(
        select(func.max(MeetingCase.position)).where(MeetingCase.meeting_id == row.id)
    )
    item = MeetingCase(
        meeting_id=row.id, position=(last or 0) + 1, record_kind=case[0], record_id=case[1]
    )
    session.add(item)
    session.flush()
    _recuse(session, row.id, [case])
    history.record(session, MEETING_PAPERS, row.id, "case_added")
    return item.id


def remove_case(session: Session, meeting_case_id: int) -> None:
    """Take a case off the agenda that nobody has spoken about.

    Raises:
        NotPermitted: without `committee.meet`.
        RuleViolation: it was judged, or has opinions.
    """
    require(session, "committee.meet")
    item = session.get(MeetingCase, meeting_case_id)
    if item is None:
        raise NotFound("record.not_found")
    _running(session, item.meeting_id)
    spoken = session.scalar(select(func.count()).where(Opinion.case_id == item.id))
    if spoken or item.result is not None:
        raise RuleViolation("committee.case_judged")
    session.delete(item)
    session.flush()
    history.record(session, MEETING_PAPERS, item.meeting_id, "case_removed")


def open_meeting(session: Session, meeting_id: int, version: int, leader_id: int) -> None:
    """Open a meeting under its leader 组长, once people have signed in.

    Raises:
        NotPermitted: without `committee.meet`.
        InputError: field `leader`.
        RuleViolation: nobody is there, or it is not planned.
    """
    require(session, "committee.meet")
    row = load_for_edit(session, Meeting, meeting_id, version)
    require_meeting_state(row, *_RUNNING)
    present = {
        one.expert_id for one in members(session, row.id) if one.presence is Presence.PRESENT
    }
    if not present:
        raise RuleViolation("committee.nobody")
    if leader_id not in present:
        raise InputError.of("leader", "committee.leader")
    row.leader_id, row.state = leader_id, MeetingState.OPEN
    _end_secrecy(session, row.id)
    session.flush()
    history.record(session, MEETING, row.id, "opened")


def _end_secrecy(session: Session, meeting_id: int) -> None:
    """Whom a draw named is no secret once they sit in an open meeting.

    Otherwise a meeting held before its set time would lack its members for everybody else, and a
    fee sheet made then would leave them out without a word.
    """
    at = now(session)
    drawn = select(MeetingMember.draw_id).where(MeetingMember.meeting_id == meeting_id)
    for draw in session.scalars(select(Draw).where(Draw.id.in_(drawn), Draw.secret_until > at)):
        draw.secret_until = at


def sign_in(session: Session, member_id: int, presence: Presence, reason: str = "") -> None:
    """Note that a member is present, excused or absent.

    Raises:
        NotPermitted: without `committee.meet`.
        InputError: away without a reason.
        RuleViolation: the meeting is over, or the member has given an opinion in it.
    """
    require(session, "committee.meet")
    member = session.get(MeetingMember, member_id)
    if member is None:
        raise NotFound("record.not_found")
    row = _running(session, member.meeting_id)
    if presence in {Presence.EXCUSED, Presence.ABSENT}:
        if not reason.strip():
            raise InputError.of("reason", "committee.presence_reason")
        if _has_spoken(session, row.id, member.expert_id):
            raise RuleViolation("committee.member_gave")
    member.presence, member.reason = presence, reason.strip()
    member.signed_at = now(session) if presence is Presence.PRESENT else None
    session.flush()
    history.record(session, MEETING_PAPERS, row.id, "signed_in")


def close_meeting(session: Session, meeting_id: int, version: int, notes: str = "") -> None:
    """Close a meeting whose every case has its result; from here on the minutes stand.

    Raises:
        NotPermitted: without `committee.meet`.
        RuleViolation: a case has no result, the meeting was not opened, or there is more to it
            than the person may see.
    """
    require(session, "committee.meet")
    row = load_for_edit(session, Meeting, meeting_id, version)
    require_meeting_state(row, MeetingState.OPEN)
    require_whole(session, row.id)
    waiting = [one for one in agenda(session, row.id) if one.result is None]
    if waiting:
        names = [label(session, (one.record_kind, one.record_id)).text for one in waiting]
        raise RuleViolation("committee.cases_open", cases="、".join(names))
    row.state, row.notes = MeetingState.CLOSED, notes.strip()
    session.flush()
    history.record(session, MEETING, row.id, "closed")


def cancel_meeting(session: Session, meeting_id: int, version: int, reason: str) -> None:
    """Call a meeting off before it was opened; its number stays accounted for.

    Raises:
        NotPermitted: without `committee.meet`.
        InputError: without a reason.
        RuleViolation: it was opened.
    """
    require(session, "committee.meet")
    row = load_for_edit(session, Meeting, meeting_id, version)
    require_meeting_state(row, MeetingState.PLANNED)
    if not reason.strip():
        raise InputError.of("reason", "committee.reason")
    row.state, row.cancel_reason = MeetingState.CANCELLED, reason.strip()
    session.flush()
    numbering.settle(session, row.number_id, numbering.NumberState.VOID, reason)
    history.record(session, MEETING, row.id, "cancelled", reason=row.cancel_reason)


# ---------------------------------------------------------------------------- reading
def find_meeting(session: Session, text: str) -> Meeting:
    """The meeting of a number, or of an id.

    Raises:
        NotFound: there is none.
    """
    wanted = text.strip()
    found = session.scalar(select(Meeting).where(Meeting.number == wanted))
    if found is None and wanted.isdigit():
        found = session.get(Meeting, int(wanted))
    if found is None:
        raise NotFound("committee.meeting_unknown", number=wanted)
    return found


def members(session: Session, meeting_id: int) -> list[MeetingMember]:
    """The invited, in the order of their invitation; nobody whose name is secret."""
    return list(
        session.scalars(
            select(MeetingMember)
            .where(MeetingMember.meeting_id == meeting_id)
            .order_by(MeetingMember.id)
        )
    )


def agenda(session: Session, meeting_id: int) -> list[MeetingCase]:
    """The cases in their order; none the person may not see."""
    return list(
        session.scalars(
            select(MeetingCase)
            .where(MeetingCase.meeting_id == meeting_id)
            .order_by(MeetingCase.position)
        )
    )


def require_meeting_state(row: Meeting, *states: MeetingState) -> None:
    """Refuse what the state of a meeting does not allow."""
    if row.state not in states:
        raise RuleViolation("committee.meeting_state", state=row.state.value)


# ---------------------------------------------------------------------------- inside
def _running(session: Session, meeting_id: int) -> Meeting:
    row = session.get(Meeting, meeting_id)
    if row is None:
        raise NotFound("record.not_found")
    require_meeting_state(row, *_RUNNING)
    return row


def _check(content: MeetingContent) -> None:
    errors = []
    if not content.title.strip():
        errors.append(FieldError("title", "committee.meeting_title"))
    if not content.place.strip():
        errors.append(FieldError("place", "committee.meeting_place"))
    if not 1 <= content.half_days <= 10:
        errors.append(FieldError("half_days", "committee.half_days"))
    if errors:
        raise InputError(*errors)


def _fill(row: Meeting, content: MeetingContent) -> None:
    row.title, row.place = content.title.strip(), content.place.strip()
    row.starts_at, row.half_days = content.starts_at, content.half_days
    row.host = content.host.strip()


def _invite(session: Session, row: Meeting, expert_id: int, draw_id: int | None) -> int:
    member = MeetingMember(
        meeting_id=row.id, expert_id=expert_id, draw_id=draw_id, presence=Presence.INVITED
    )
    session.add(member)
    session.flush()
    _recuse(session, row.id, [(one.record_kind, one.record_id) for one in agenda(session, row.id)])
    history.record(session, MEETING_PAPERS, row.id, "invited")
    return member.id


def _recuse(session: Session, meeting_id: int, cases: list[tuple[str, int]]) -> None:
    invited = [one.expert_id for one in members(session, meeting_id)]
    for case in cases:
        record_recusals(session, case, conflicts_of_case(session, case, invited))


def _has_spoken(session: Session, meeting_id: int, expert_id: int) -> bool:
    found = session.scalar(
        select(func.count())
        .select_from(Opinion)
        .join(MeetingCase, MeetingCase.id == Opinion.case_id)
        .where(MeetingCase.meeting_id == meeting_id, Opinion.expert_id == expert_id)
    )
    return bool(found)
