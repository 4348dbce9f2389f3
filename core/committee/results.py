"""What the committee concluded of a case, for the capability the case belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import china_date
from core.committee.meeting_model import Meeting, MeetingCase, MeetingMember
from core.committee.model import Expert, Recusal
from core.committee.states import CaseResult, MeetingState, Presence
from core.parties.model import Party


@dataclass(frozen=True, kw_only=True)
class CommitteeResult:
    """The conclusion of a meeting about one case, in the terms of the case's own review step.

    Attributes:
        meeting: number of the meeting.
        experts: names of those who judged the case, the leader first.
        recused: how many experts are recused from the case.
    """

    meeting_case_id: int
    meeting: str
    met_on: date
    place: str
    experts: tuple[str, ...]
    recused: int
    result: CaseResult
    votes_for: int
    votes_against: int
    abstentions: int
    opinion: str
    changes: str
    dissent: str


def result_of(session: Session, case: tuple[str, int]) -> CommitteeResult | None:
    """The newest conclusion about a case; None if no meeting has concluded one."""
    found = session.execute(
        select(MeetingCase, Meeting)
        .join(Meeting, Meeting.id == MeetingCase.meeting_id)
        .where(
            MeetingCase.record_kind == case[0],
            MeetingCase.record_id == case[1],
            MeetingCase.result.is_not(None),
        )
        .order_by(MeetingCase.closed_on.desc(), MeetingCase.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    item, meeting = found
    assert item.result is not None  # asked for
    return CommitteeResult(
        meeting_case_id=item.id,
        meeting=meeting.number,
        met_on=china_date(meeting.starts_at),
        place=meeting.place,
        experts=_judges(session, item, meeting),
        recused=item.recused,
        result=item.result,
        votes_for=item.votes_for,
        votes_against=item.votes_against,
        abstentions=item.abstentions,
        opinion=item.opinion,
        changes=item.changes,
        dissent=item.dissent,
    )


def pending_meeting(session: Session, case: tuple[str, int]) -> str:
    """The number of a meeting that has the case on its agenda and has not concluded it, or ''."""
    found = session.scalar(
        select(Meeting.number)
        .join(MeetingCase, MeetingCase.meeting_id == Meeting.id)
        .where(
            MeetingCase.record_kind == case[0],
            MeetingCase.record_id == case[1],
            MeetingCase.result.is_(None),
            Meeting.state.in_((MeetingState.PLANNED, MeetingState.OPEN)),
        )
        .limit(1)
    )
    return found or ""


def _judges(session: Session, item: MeetingCase, meeting: Meeting) -> tuple[str, ...]:
    recused = select(Recusal.expert_id).where(
        Recusal.record_kind == item.record_kind, Recusal.record_id == item.record_id
    )
    rows = session.execute(
        select(MeetingMember.expert_id, Party.name)
        .join(Expert, Expert.id == MeetingMember.expert_id)
        .join(Party, Party.id == Expert.party_id)
        .where(
            MeetingMember.meeting_id == meeting.id,
            MeetingMember.presence == Presence.PRESENT,
            MeetingMember.expert_id.not_in(recused),
        )
        .order_by(MeetingMember.id)
    ).all()
    ordered = sorted(rows, key=lambda row: row.expert_id != meeting.leader_id)
    return tuple(row.name for row in ordered)
