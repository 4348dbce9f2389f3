"""What each expert says of a case, and what the meeting concludes from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.committee.meeting_model import Meeting, MeetingCase, MeetingMember, Opinion
from core.committee.meetings import require_meeting_state
from core.committee.model import Expert, Recusal
from core.committee.recusal import MEETING_PAPERS, own_expert, require_whole
from core.committee.rules import Tally, tally
from core.committee.setup import criteria, majority, number
from core.committee.states import CaseResult, MeetingState, Presence, Vote
from core.database import actor, load_for_edit, now, require, today
from core.errors import FieldError, InputError, NotFound, NotPermitted, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties.model import Party

register(
    {
        "committee.own_opinion": N_("An expert gives nobody's opinion but the own."),
        "committee.not_present": N_("Only who has signed in gives an opinion."),
        "committee.is_recused": N_("This expert is recused from the case."),
        "committee.closed_already": N_("The meeting has concluded this case."),
        "committee.score_range": N_("“{title}” is scored from 0 to {full}."),
        "committee.criterion_unknown": N_("There is no criterion “{key}”."),
        "committee.changes_missing": N_("Write down the changes that are asked for."),
        "committee.opinion_missing": N_("Write down the reasons of the opinion."),
        "committee.opinions_missing": N_("These experts have given no opinion yet: {names}."),
        "committee.quorum": N_(
            "There is no quorum: {attending} of {invited} judge this case; at least {least} are "
            "needed."
        ),
    }
)


@dataclass(frozen=True, kw_only=True)
class OpinionContent:
    """An opinion sheet as filled in.

    Attributes:
        scores, remarks: points and words by criterion key; both may be left out.
        text: the opinion in words; needed unless the vote is to pass.
        changes: what must be changed, for a pass after changes.
        dissent: a minority opinion that must be kept and printed.
    """

    vote: Vote
    scores: Mapping[str, int] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    changes: str = ""
    dissent: str = ""


@dataclass(frozen=True)
class Attendance:
    """Who may judge a case: experts present and not recused, and how many were invited to."""

    judging: tuple[int, ...]
    invited: int
    recused: int


def give(session: Session, meeting_case_id: int, expert_id: int, content: OpinionContent) -> int:
    """Give or change an opinion, until the case is closed.

    An expert gives the own one; the secretary enters those given on paper.

    Returns:
        id of the opinion.

    Raises:
        NotPermitted: neither `committee.opine` for oneself nor `committee.meet`.
        NotFound: no such case, or it may not be seen.
        RuleViolation: not signed in, recused, or the case is closed.
        InputError: wrong scores, changes or reasons missing.
    """
    _require_speaker(session, expert_id)
    item = _open_case(session, meeting_case_id)
    expert = session.get(Expert, expert_id)
    if expert is None:
        raise NotFound("record.not_found")
    if _is_recused(session, item, expert_id):
        raise RuleViolation("committee.is_recused")
    if expert_id not in attendance(session, item).judging:
        raise RuleViolation("committee.not_present")
    _check(session, content)
    row = session.scalar(
        select(Opinion).where(Opinion.case_id == item.id, Opinion.expert_id == expert_id)
    )
    event = "opinion_changed" if row is not None else "opinion_given"
    if row is None:
        row = Opinion(case_id=item.id, expert_id=expert_id)
        session.add(row)
    row.vote = content.vote
    row.scores = dict(content.scores)
    row.remarks = {key: text.strip() for key, text in content.remarks.items() if text.strip()}
    row.text, row.changes = content.text.strip(), content.changes.strip()
    row.dissent = content.dissent.strip()
    row.given_at, row.given_by = now(session), actor(session).account_id
    session.flush()
    history.record(session, MEETING_PAPERS, item.meeting_id, event)
    return row.id


def close_case(
    session: Session, meeting_case_id: int, version: int, opinion: str, changes: str = ""
) -> Tally:
    """Count the votes and keep what the meeting concludes; dissent is kept with its name.

    The result follows from the votes and the office's majority of the day; nobody types it.

    Args:
        session: a write session.
        meeting_case_id: the item of the agenda.
        version: the version seen.
        opinion: 主要意见 of the meeting.
        changes: the changes asked for; unless given those of the opinions.

    Raises:
        NotPermitted: without `committee.meet`.
        RuleViolation: no quorum, opinions missing, concluded already, or there is more to the
            meeting than the person may see.
        InputError: no opinion, or no changes where it passes after changes.
    """
    require(session, "committee.meet")
    item = load_for_edit(session, MeetingCase, meeting_case_id, version)
    _open_case(session, item.id)
    require_whole(session, item.meeting_id)
    if not opinion.strip():
        raise InputError.of("opinion", "committee.opinion_missing")
    there = attendance(session, item)
    require_quorum(session, there)
    given = _opinions(session, item.id)
    _require_all(session, there, given)
    fraction = majority(session)
    count = tally([given[one].vote for one in there.judging], len(there.judging), fraction)
    wanted = changes.strip() or "；".join(
        dict.fromkeys(given[one].changes for one in there.judging if given[one].changes)
    )
    if count.result is CaseResult.PASS_AFTER_CHANGES and not wanted:
        raise InputError.of("changes", "committee.changes_missing")
    item.result, item.votes_for = count.result, count.votes_for
    item.votes_against, item.abstentions = count.votes_against, count.abstentions
    item.attended, item.recused = len(there.judging), there.recused
    item.majority = f"{fraction[0]}/{fraction[1]}"
    item.opinion = opinion.strip()
    item.changes = wanted if count.result is not CaseResult.PASS else changes.strip()
    item.dissent = _dissent(session, given, count.result)
    item.closed_on, item.closed_by = today(session), actor(session).name
    session.flush()
    history.record(session, MEETING_PAPERS, item.meeting_id, "case_closed")
    history.record(
        session, item.record_kind, item.record_id, "judged", data={"result": count.result.value}
    )
    return count


def attendance(session: Session, item: MeetingCase) -> Attendance:
    """Who judges a case."""
    rows = session.execute(
        select(MeetingMember.expert_id, MeetingMember.presence)
        .where(MeetingMember.meeting_id == item.meeting_id)
        .order_by(MeetingMember.id)
    ).all()
    recused = set(
        session.scalars(
            select(Recusal.expert_id).where(
                Recusal.record_kind == item.record_kind, Recusal.record_id == item.record_id
            )
        )
    )
    able = [row for row in rows if row.expert_id not in recused]
    judging = tuple(row.expert_id for row in able if row.presence is Presence.PRESENT)
    return Attendance(judging, len(able), len(recused))


def quorum(session: Session, invited: int) -> int:
    """How many must judge a case of so many who were invited and are not recused."""
    percent = number(session, "quorum_percent")
    return max(number(session, "quorum_least"), -(-invited * percent // 100))


def require_quorum(session: Session, there: Attendance) -> None:
    """Refuse to conclude without a quorum.

    Raises:
        RuleViolation: `committee.quorum`.
    """
    least = quorum(session, there.invited)
    if len(there.judging) < least:
        raise RuleViolation(
            "committee.quorum", attending=len(there.judging), invited=there.invited, least=least
        )


def _require_speaker(session: Session, expert_id: int) -> None:
    who = actor(session)
    if who.may("committee.meet"):
        return
    require(session, "committee.opine")
    if own_expert(session) != expert_id:
        raise NotPermitted("committee.own_opinion")


def _open_case(session: Session, meeting_case_id: int) -> MeetingCase:
    item = session.get(MeetingCase, meeting_case_id)
    if item is None:
        raise NotFound("record.not_found")
    require_meeting_state(session.get_one(Meeting, item.meeting_id), MeetingState.OPEN)
    if item.result is not None:
        raise RuleViolation("committee.closed_already")
    return item


def _is_recused(session: Session, item: MeetingCase, expert_id: int) -> bool:
    found = session.scalar(
        select(Recusal.id).where(
            Recusal.record_kind == item.record_kind,
            Recusal.record_id == item.record_id,
            Recusal.expert_id == expert_id,
        )
    )
    return found is not None


def _check(session: Session, content: OpinionContent) -> None:
    known = {key: (title, full) for key, title, full in criteria(session)}
    unknown = sorted({*content.scores, *content.remarks} - set(known))
    errors = [
        FieldError(f"scores.{key}", "committee.criterion_unknown", {"key": key}) for key in unknown
    ]
    for key, points in content.scores.items():
        if key in known and not 0 <= points <= known[key][1]:
            told = {"title": known[key][0], "full": known[key][1]}
            errors.append(FieldError(f"scores.{key}", "committee.score_range", told))
    if content.vote is Vote.PASS_AFTER_CHANGES and not content.changes.strip():
        errors.append(FieldError("changes", "committee.changes_missing"))
    if content.vote is Vote.FAIL and not content.text.strip():
        errors.append(FieldError("text", "committee.opinion_missing"))
    if errors:
        raise InputError(*errors)


def _opinions(session: Session, case_id: int) -> dict[int, Opinion]:
    rows = session.scalars(select(Opinion).where(Opinion.case_id == case_id))
    return {row.expert_id: row for row in rows}


def _require_all(session: Session, there: Attendance, given: Mapping[int, Opinion]) -> None:
    silent = [one for one in there.judging if one not in given]
    if silent:
        names = names_of(session, silent)
        raise RuleViolation(
            "committee.opinions_missing", names="、".join(names[one] for one in silent)
        )


def _dissent(session: Session, given: Mapping[int, Opinion], result: CaseResult) -> str:
    """Minority opinions by name: what was said so, and the reasons of who voted against."""
    names = names_of(session, list(given))
    lines = []
    for expert_id, row in given.items():
        against = row.vote is Vote.FAIL and result is not CaseResult.FAIL
        text = row.dissent or (row.text if against else "")
        if text:
            lines.append(f"{names[expert_id]}：{text}")
    return "\n".join(lines)


def names_of(session: Session, expert_ids: list[int]) -> dict[int, str]:
    """Names of experts by id."""
    rows = session.execute(
        select(Expert.id, Party.name)
        .join(Party, Party.id == Expert.party_id)
        .where(Expert.id.in_(expert_ids))
    )
    return dict(rows.all())
