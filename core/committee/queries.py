"""Reading the committee: frozen details for pages, command line and papers."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core import history
from core.access.model import Account
from core.attachments import attachments
from core.committee.calls import open_seats
from core.committee.cases import labels
from core.committee.details import (
    CallLine,
    CaseLine,
    CaseView,
    DrawDetail,
    DrawPeople,
    ExpertDetail,
    ExpertLine,
    MeetingDetail,
    MemberLine,
    MyCase,
    OpinionLine,
    PickLine,
    TermLine,
    TieLine,
)
from core.committee.draw_model import Draw, DrawCall, DrawResult
from core.committee.draws import needs_of, picks_of
from core.committee.meeting_model import Meeting, MeetingCase, MeetingMember, Opinion
from core.committee.meetings import agenda, members
from core.committee.model import Expert, ExpertSpecialty, ExpertTie, Membership
from core.committee.operators import DRAW, SUPERVISE, holders
from core.committee.opinions import attendance, names_of, quorum
from core.committee.pool import times_drawn
from core.committee.recusal import DRAW_PAPERS, MEETING_PAPERS, own_expert
from core.committee.rules import age_on
from core.committee.setup import number
from core.committee.states import (
    DrawState,
    MeetingState,
    Presence,
)
from core.database import actor, today
from core.documents.service import papers_of
from core.errors import NotFound
from core.parties.model import Party
from core.parties.queries import summaries, summary

__all__ = [
    "CallLine",
    "CaseLine",
    "CaseView",
    "DrawDetail",
    "DrawPeople",
    "ExpertDetail",
    "ExpertLine",
    "MeetingDetail",
    "MemberLine",
    "MyCase",
    "OpinionLine",
    "PickLine",
    "TermLine",
    "TieLine",
    "account_names",
    "case_view",
    "draw_detail",
    "expert_detail",
    "expert_lines",
    "meeting_detail",
    "my_cases",
    "people",
    "specialties",
]


def expert_detail(session: Session, expert_id: int) -> ExpertDetail:
    """The page of an expert.

    Raises:
        NotFound: no such expert.
    """
    row = session.get(Expert, expert_id)
    if row is None:
        raise NotFound("record.not_found")
    party = session.get_one(Party, row.party_id)
    employer = session.get(Party, party.employer_id) if party.employer_id else None
    account = session.get(Account, row.account_id) if row.account_id else None
    age = age_on(row.born_on, today(session)) if row.born_on else None
    fields = session.scalars(
        select(ExpertSpecialty.name)
        .where(ExpertSpecialty.expert_id == expert_id)
        .order_by(ExpertSpecialty.position)
    )
    return ExpertDetail(
        id=row.id,
        version=row.version,
        party=summary(session, row.party_id),
        employer=employer.name if employer else "",
        code=row.code,
        title=row.title,
        specialties=tuple(fields),
        sex=row.sex,
        born_on=row.born_on,
        age=age,
        age_warn=age is not None and age >= number(session, "age_warn"),
        education=row.education,
        retired=row.retired,
        civil_servant=row.civil_servant,
        nominated_by=row.nominated_by,
        bank=row.bank,
        bank_account=row.bank_mask,
        status=row.status,
        status_reason=row.status_reason,
        note=row.note,
        login=account.login if account else "",
        drawn=times_drawn(session, [row.id]).get(row.id, 0),
        terms=_terms(session, expert_id),
        ties=_ties(session, expert_id),
        attachments=tuple(attachments(session, "expert", expert_id)),
        papers=tuple(papers_of(session, "expert", expert_id)),
        timeline=tuple(history.timeline(session, "expert", expert_id)),
    )


def _terms(session: Session, expert_id: int) -> tuple[TermLine, ...]:
    from core.committee.lists import ending_terms

    rows = session.scalars(
        select(Membership)
        .where(Membership.expert_id == expert_id)
        .order_by(Membership.term_from, Membership.id)
    ).all()
    ending = set(
        session.scalars(
            select(Membership.id).where(
                Membership.id.in_([row.id for row in rows]), ending_terms(session)
            )
        )
    )
    return tuple(
        TermLine(
            id=row.id,
            version=row.version,
            body=row.body,
            post=row.post,
            term_from=row.term_from,
            term_to=row.term_to,
            ended_on=row.ended_on,
            end_reason=row.end_reason,
            letter_number=row.letter_number,
            warn=row.id in ending,
        )
        for row in rows
    )


def _ties(session: Session, expert_id: int) -> tuple[TieLine, ...]:
    rows = session.scalars(
        select(ExpertTie).where(ExpertTie.expert_id == expert_id).order_by(ExpertTie.id)
    ).all()
    parties = summaries(session, [row.party_id for row in rows if row.party_id is not None])
    cases = labels(
        session, {(row.case_kind, row.case_id) for row in rows if row.case_id is not None}
    )
    found = []
    for row in rows:
        case = cases.get((row.case_kind, row.case_id)) if row.case_id is not None else None
        party = parties.get(row.party_id) if row.party_id is not None else None
        found.append(
            TieLine(
                id=row.id,
                version=row.version,
                kind=row.kind,
                to=party.name if party else case.text if case else "",
                party_id=row.party_id,
                case=case,
                relation=row.relation,
                since=row.since,
                until=row.until,
            )
        )
    return tuple(found)


def draw_detail(session: Session, draw_id: int) -> DrawDetail:
    """The page of a draw.

    Raises:
        NotFound: no such draw, or it may not be seen.
    """
    row = session.get(Draw, draw_id)
    if row is None:
        raise NotFound("record.not_found")
    case = labels(session, {(row.record_kind, row.record_id)}).get((row.record_kind, row.record_id))
    if case is None:
        raise NotFound("record.not_found")
    result = session.get(DrawResult, draw_id)
    names = account_names(session, (row.first_id, row.second_id, row.supervisor_id))
    typed = (bool(result and result.first_input), bool(result and result.second_input))
    me = actor(session)
    waiting = row.state is DrawState.FROZEN and row.witnessed_at is not None
    mine_open = (me.account_id == row.first_id and not typed[0]) or (
        me.account_id == row.second_id and not typed[1]
    )
    drawn = result is not None and result.drawn_at is not None
    return DrawDetail(
        id=row.id,
        version=row.version,
        number=row.number,
        case=case,
        state=row.state,
        needed=needs_of(row),
        substitutes=row.substitutes,
        meeting_at=row.meeting_at,
        place=row.place,
        secret_until=row.secret_until,
        first=names.get(row.first_id, ""),
        second=names.get(row.second_id, ""),
        supervisor=names.get(row.supervisor_id, ""),
        first_id=row.first_id,
        second_id=row.second_id,
        supervisor_id=row.supervisor_id,
        asked_out=tuple((one["expert"], one["reason"]) for one in row.asked_out),
        frozen=row.frozen,
        list_digest=row.list_digest,
        frozen_at=row.frozen_at,
        witnessed_at=row.witnessed_at,
        typed=typed,
        may_type=waiting and mine_open and me.may("committee.draw"),
        may_witness=row.state is DrawState.FROZEN
        and row.witnessed_at is None
        and me.account_id == row.supervisor_id,
        drawn_at=result.drawn_at if result else None,
        named=drawn,
        seed=result.seed if result else "",
        picks=_picks(session, row.id),
        open=open_seats(session, row) if drawn else (),
        round=row.round,
        replaces_id=row.replaces_id,
        redraw_reason=row.redraw_reason,
        cancel_reason=row.cancel_reason,
        papers=tuple(papers_of(session, DRAW_PAPERS, row.id)),
        timeline=tuple(history.timeline(session, "committee_draw", row.id)),
    )


def _picks(session: Session, draw_id: int) -> tuple[PickLine, ...]:
    picks = picks_of(session, draw_id)
    people = _people(session, [one.expert_id for one in picks])
    calls: dict[int, list[CallLine]] = {}
    for call in session.scalars(
        select(DrawCall)
        .where(DrawCall.pick_id.in_([one.id for one in picks]))
        .order_by(DrawCall.id)
    ):
        calls.setdefault(call.pick_id, []).append(
            CallLine(
                at=call.at,
                way=call.way,
                reached=call.reached,
                comes=call.comes,
                reason=call.reason,
                caller=call.caller,
            )
        )
    names = {one.id: people[one.expert_id].name for one in picks}
    return tuple(
        PickLine(
            id=one.id,
            position=one.position,
            expert_id=one.expert_id,
            code=people[one.expert_id].code,
            name=people[one.expert_id].name,
            phone=people[one.expert_id].phone,
            seat=one.seat,
            specialty=one.specialty,
            state=one.state,
            reason=one.reason,
            replaces=names.get(one.replaces_id, "") if one.replaces_id else "",
            calls=tuple(calls.get(one.id, ())),
        )
        for one in picks
    )


def _people(session: Session, expert_ids: list[int]) -> dict[int, ExpertLine]:
    employer = aliased(Party)
    rows = session.execute(
        select(Expert.id, Expert.code, Party.name, employer.name, Expert.title, Party.phone)
        .join(Party, Party.id == Expert.party_id)
        .outerjoin(employer, employer.id == Party.employer_id)
        .where(Expert.id.in_(expert_ids))
    )
    return {
        row[0]: ExpertLine(row[0], row[1], row[2], row[3] or "", row[4], row[5]) for row in rows
    }


def expert_lines(session: Session, expert_ids: list[int]) -> dict[int, ExpertLine]:
    """Experts by id as other records name them."""
    return _people(session, expert_ids)


def meeting_detail(session: Session, meeting_id: int) -> MeetingDetail:
    """The page of a meeting.

    Raises:
        NotFound: no such meeting.
    """
    row = session.get(Meeting, meeting_id)
    if row is None:
        raise NotFound("record.not_found")
    invited = members(session, row.id)
    people = _people(session, [one.expert_id for one in invited])
    seen = {one.expert_id for one in invited}
    leader = names_of(session, [row.leader_id]) if row.leader_id in seen and row.leader_id else {}
    return MeetingDetail(
        id=row.id,
        version=row.version,
        number=row.number,
        title=row.title,
        starts_at=row.starts_at,
        place=row.place,
        half_days=row.half_days,
        host=row.host,
        state=row.state,
        leader_id=row.leader_id if leader else None,
        leader=next(iter(leader.values()), ""),
        notes=row.notes,
        cancel_reason=row.cancel_reason,
        members=tuple(
            MemberLine(
                id=one.id,
                expert_id=one.expert_id,
                code=people[one.expert_id].code,
                name=people[one.expert_id].name,
                employer=people[one.expert_id].employer,
                title=people[one.expert_id].title,
                presence=one.presence,
                signed_at=one.signed_at,
                reason=one.reason,
                draw_id=one.draw_id,
            )
            for one in invited
        ),
        cases=_case_lines(session, agenda(session, row.id)),
        papers=tuple(
            papers_of(session, MEETING_PAPERS, row.id)
            + papers_of(session, "committee_meeting", row.id)
        ),
        timeline=tuple(history.timeline(session, "committee_meeting", row.id, [MEETING_PAPERS])),
    )


def _case_lines(session: Session, items: list[MeetingCase]) -> tuple[CaseLine, ...]:
    named = labels(session, {(one.record_kind, one.record_id) for one in items})
    given: dict[int, int] = {}
    for case_id in session.scalars(
        select(Opinion.case_id).where(Opinion.case_id.in_([one.id for one in items]))
    ):
        given[case_id] = given.get(case_id, 0) + 1
    found: list[CaseLine] = []
    for one in items:
        case = named.get((one.record_kind, one.record_id))
        if case is None:
            continue
        there = attendance(session, one)
        found.append(
            CaseLine(
                id=one.id,
                version=one.version,
                case=case,
                # Its place among those that are seen: a gap would tell of the others.
                position=len(found) + 1,
                judging=one.attended if one.result else len(there.judging),
                invited=there.invited,
                recused=one.recused if one.result else there.recused,
                least=quorum(session, there.invited),
                opinions=given.get(one.id, 0),
                result=one.result,
                votes_for=one.votes_for,
                votes_against=one.votes_against,
                abstentions=one.abstentions,
                opinion=one.opinion,
                changes=one.changes,
                dissent=one.dissent,
            )
        )
    return tuple(found)


def case_view(session: Session, meeting_case_id: int) -> CaseView:
    """A case of a meeting with its opinions.

    Raises:
        NotFound: no such case, or it may not be seen.
    """
    item = session.get(MeetingCase, meeting_case_id)
    lines = _case_lines(session, [item]) if item is not None else ()
    if item is None or not lines:
        raise NotFound("record.not_found")
    there = attendance(session, item)
    own = own_expert(session)
    given = {
        row.expert_id: row
        for row in session.scalars(select(Opinion).where(Opinion.case_id == item.id))
    }
    all_seen = actor(session).may("committee.meet") or item.result is not None
    hidden = not all_seen and own is not None and own not in given
    shown = [one for one in there.judging if not hidden or one == own]
    names = names_of(session, list(there.judging))
    return CaseView(
        line=lines[0],
        meeting_id=item.meeting_id,
        own=own if own in there.judging else None,
        opinions=tuple(_opinion_line(one, names[one], given.get(one)) for one in shown),
        others_hidden=hidden,
        recused=_recused_names(session, item) if actor(session).may("committee.meet") else (),
    )


def _opinion_line(expert_id: int, name: str, row: Opinion | None) -> OpinionLine:
    return OpinionLine(
        expert_id=expert_id,
        name=name,
        vote=row.vote if row else None,
        scores=row.scores if row else {},
        remarks=row.remarks if row else {},
        text=row.text if row else "",
        changes=row.changes if row else "",
        dissent=row.dissent if row else "",
        given_at=row.given_at if row else None,
    )


def _recused_names(session: Session, item: MeetingCase) -> tuple[str, ...]:
    from core.committee.model import Recusal

    ids = session.scalars(
        select(Recusal.expert_id).where(
            Recusal.record_kind == item.record_kind, Recusal.record_id == item.record_id
        )
    ).all()
    return tuple(names_of(session, list(ids)).values())


def my_cases(session: Session) -> tuple[MyCase, ...]:
    """The cases that the acting expert judges in meetings that are open now."""
    own = own_expert(session)
    if own is None:
        return ()
    rows = session.execute(
        select(MeetingCase, Meeting)
        .join(Meeting, Meeting.id == MeetingCase.meeting_id)
        .join(MeetingMember, MeetingMember.meeting_id == Meeting.id)
        .where(
            MeetingMember.expert_id == own,
            MeetingMember.presence == Presence.PRESENT,
            Meeting.state == MeetingState.OPEN,
            MeetingCase.result.is_(None),
        )
        .order_by(Meeting.starts_at, MeetingCase.position)
    ).all()
    named = labels(session, {(item.record_kind, item.record_id) for item, _meeting in rows})
    given = set(
        session.scalars(
            select(Opinion.case_id).where(
                Opinion.expert_id == own, Opinion.case_id.in_([item.id for item, _m in rows])
            )
        )
    )
    return tuple(
        MyCase(
            meeting_case_id=item.id,
            meeting=meeting.number,
            starts_at=meeting.starts_at,
            place=meeting.place,
            case=named[item.record_kind, item.record_id],
            given=item.id in given,
        )
        for item, meeting in rows
        if (item.record_kind, item.record_id) in named
    )


def people(session: Session) -> DrawPeople:
    """Who may type in a draw, and who may supervise one."""
    return DrawPeople(holders(session, DRAW), holders(session, SUPERVISE))


def specialties(session: Session) -> tuple[str, ...]:
    """Every specialty there is, by name."""
    return tuple(
        session.scalars(select(ExpertSpecialty.name).distinct().order_by(ExpertSpecialty.name))
    )


def account_names(session: Session, ids: tuple[int, ...]) -> dict[int, str]:
    """Names of accounts by id."""
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return dict(rows.all())
