"""Papers of a meeting: sign-in sheet, undertakings, opinion sheets, minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import china_date
from core.committee.cases import label
from core.committee.details import MeetingDetail
from core.committee.meeting_model import Meeting, MeetingCase, Opinion
from core.committee.meetings import agenda
from core.committee.model import Expert, Recusal
from core.committee.opinions import attendance
from core.committee.paper_parts import instant_chinese, put
from core.committee.queries import expert_lines, meeting_detail
from core.committee.recusal import MEETING_PAPERS, require_whole
from core.committee.rules import total_score
from core.committee.setup import criteria, majority
from core.committee.states import GROUND_CHINESE, RESULT_CHINESE, Ground, Presence, Vote
from core.database import actor, require
from core.documents.service import DocumentSummary
from core.errors import NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties.model import Party
from core.values.dates import chinese_date

register(
    {
        "committee.no_members": N_("Nobody is invited yet."),
        "committee.no_agenda": N_("There is no case on the agenda."),
    }
)

_EMPTY_ROWS = 5
_PRESENCE_CHINESE = {
    Presence.INVITED: "未签到",
    Presence.EXCUSED: "请假",
    Presence.ABSENT: "缺席",
}


def sign_in_sheet(session: Session, meeting_id: int) -> DocumentSummary:
    """The sign-in sheet of a meeting, with empty rows for applicants and staff.

    Raises:
        NotPermitted: without `committee.meet`.
        RuleViolation: nobody is invited.
    """
    require(session, "committee.meet")
    require_whole(session, meeting_id)
    detail = meeting_detail(session, meeting_id)
    if not detail.members:
        raise RuleViolation("committee.no_members")
    empty = {"name": "", "employer": "", "title": "", "part": "", "signature": ""}
    people = [
        empty | {"name": one.name, "employer": one.employer, "title": one.title, "part": "专家"}
        for one in detail.members
    ]
    facts: dict[str, object] = {
        "subject": detail.title,
        "meeting": _when_where(detail),
        "people": [*people, *([empty] * _EMPTY_ROWS)],
    }
    return put(
        session, "committee_sign_in", (MEETING_PAPERS, meeting_id), facts, number=detail.number
    )


def undertakings(session: Session, meeting_id: int) -> tuple[DocumentSummary, ...]:
    """An undertaking for every member, naming the cases this member judges and no others.

    Raises:
        NotPermitted: without `committee.meet`.
        RuleViolation: nobody invited, or nothing on the agenda.
    """
    require(session, "committee.meet")
    require_whole(session, meeting_id)
    detail = meeting_detail(session, meeting_id)
    if not detail.members:
        raise RuleViolation("committee.no_members")
    if not detail.cases:
        raise RuleViolation("committee.no_agenda")
    barred = _barred(session, meeting_id)
    made = []
    for one in detail.members:
        judged = [line.case.text for line in detail.cases if (line.id, one.expert_id) not in barred]
        if judged:
            facts: dict[str, object] = {
                "expert_name": one.name,
                "employer": one.employer,
                "cases": judged,
                "meeting": f"{detail.title}（{detail.number}），{_when_where(detail)}",
            }
            made.append(put(session, "expert_undertaking", (MEETING_PAPERS, meeting_id), facts))
    return tuple(made)


def opinion_sheets(session: Session, meeting_id: int) -> tuple[DocumentSummary, ...]:
    """A sheet for each expert and case: filled in where an opinion was given, else to be written.

    Raises:
        NotPermitted: without `committee.meet`.
        RuleViolation: nothing on the agenda.
    """
    require(session, "committee.meet")
    meeting = session.get(Meeting, meeting_id)
    if meeting is None:
        raise NotFound("record.not_found")
    require_whole(session, meeting_id)
    items = agenda(session, meeting_id)
    if not items:
        raise RuleViolation("committee.no_agenda")
    made = []
    for item in items:
        judging = attendance(session, item).judging
        people = expert_lines(session, list(judging))
        given = {
            row.expert_id: row
            for row in session.scalars(select(Opinion).where(Opinion.case_id == item.id))
        }
        for expert_id in judging:
            facts = _sheet_facts(session, (meeting, item), given.get(expert_id))
            one = people[expert_id]
            facts |= {
                "expert_name": one.name, "employer": one.employer, "expert_title": one.title
            }  # fmt: skip
            made.append(put(session, "opinion_sheet", (item.record_kind, item.record_id), facts))
    return tuple(made)


def _sheet_facts(
    session: Session, place: tuple[Meeting, MeetingCase], row: Opinion | None
) -> dict[str, object]:
    meeting, item = place
    case = label(session, (item.record_kind, item.record_id))
    known = criteria(session, china_date(meeting.starts_at))
    scores: Mapping[str, int] = row.scores if row else {}
    remarks: Mapping[str, str] = row.remarks if row else {}
    points, full = total_score(scores, {key: mark for key, _title, mark in known})
    vote = row.vote if row else None
    return {
        "case": case.text,
        "applicant": case.applicant,
        "measuring_body": case.measuring_body,
        "meeting": f"{meeting.title}（{meeting.number}）",
        "met_on": china_date(meeting.starts_at).isoformat(),
        "criteria": [
            {
                "title": title,
                "full": str(mark),
                "points": str(scores[key]) if key in scores else "",
                "remark": remarks.get(key, ""),
            }
            for key, title, mark in known
        ],
        "total": f"{points}／{full}分" if scores else "",
        "opinion": row.text if row else "",
        "changes": row.changes if row else "",
        "dissent": row.dissent if row else "",
        "vote_pass": vote is Vote.PASS,
        "vote_changes": vote is Vote.PASS_AFTER_CHANGES,
        "vote_fail": vote is Vote.FAIL,
        "vote_abstain": vote is Vote.ABSTAIN,
    }


def minutes(session: Session, meeting_id: int) -> DocumentSummary:
    """The minutes of a meeting: cases with their results, recusals without cases.

    Raises:
        NotPermitted: without `committee.meet`.
        RuleViolation: nothing on the agenda.
    """
    require(session, "committee.meet")
    require_whole(session, meeting_id)
    detail = meeting_detail(session, meeting_id)
    if not detail.cases:
        raise RuleViolation("committee.no_agenda")
    present = [one for one in detail.members if one.presence is Presence.PRESENT]
    above, under = majority(session, china_date(detail.starts_at))
    facts: dict[str, object] = {
        "subject": detail.title,
        "meeting": _when_where(detail),
        "host": detail.host,
        "leader": detail.leader,
        "invited": str(len(detail.members)),
        "present": str(len(present)),
        "experts": [one.name for one in present],
        "away": [
            {
                "name": one.name,
                "presence": _PRESENCE_CHINESE[one.presence],
                "reason": one.reason,
            }
            for one in detail.members
            if one.presence is not Presence.PRESENT
        ],
        "cases": [_minute(one) for one in detail.cases],
        "recusals": _recusal_rows(session, meeting_id),
        "rule": f"到会有表决权专家的{above}/{under}以上同意",
        "notes": detail.notes,
        "recorder": actor(session).name,
    }
    return put(
        session, "committee_minutes", (MEETING_PAPERS, meeting_id), facts, number=detail.number
    )


def _minute(line: Any) -> dict[str, str]:
    said = [
        line.opinion,
        f"修改要求：{line.changes}" if line.changes else "",
        f"少数意见：{line.dissent}" if line.dissent else "",
    ]
    return {
        "case": line.case.text,
        "attended": f"{line.judging}／{line.recused}",
        "votes": f"{line.votes_for}／{line.votes_against}／{line.abstentions}"
        if line.result
        else "——",
        "result": RESULT_CHINESE[line.result] if line.result else "未作结论",
        "opinion": "\n".join(part for part in said if part),
    }


def _barred(session: Session, meeting_id: int) -> set[tuple[int, int]]:
    rows = session.execute(
        select(MeetingCase.id, Recusal.expert_id)
        .join(
            Recusal,
            (Recusal.record_kind == MeetingCase.record_kind)
            & (Recusal.record_id == MeetingCase.record_id),
        )
        .where(MeetingCase.meeting_id == meeting_id)
    )
    return set(rows.all())


def _recusal_rows(session: Session, meeting_id: int) -> list[dict[str, str]]:
    rows = session.execute(
        select(Recusal.recorded_on, Party.name, Recusal.ground, Recusal.recorded_by)
        .join(Expert, Expert.id == Recusal.expert_id)
        .join(Party, Party.id == Expert.party_id)
        .join(
            MeetingCase,
            (Recusal.record_kind == MeetingCase.record_kind)
            & (Recusal.record_id == MeetingCase.record_id),
        )
        .where(MeetingCase.meeting_id == meeting_id)
        .order_by(Recusal.id)
    )
    return [
        {
            "day": chinese_date(day),
            "name": name,
            "ground": GROUND_CHINESE[Ground(ground)],
            "by": by,
        }
        for day, name, ground, by in rows
    ]


def _when_where(detail: MeetingDetail) -> str:
    return f"{instant_chinese(detail.starts_at)}　{detail.place}"
