"""What is hidden from whom: cases from recused experts, drawn names from all but three people.

The account of an expert is linked with the expert (`Expert.account_id`); by that link and today's
facts the cases are found that this person may learn nothing of. Nothing has to be kept up to date.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import and_, func, not_, or_, select
from sqlalchemy.orm import Session

from core import history
from core.committee.cases import case_kinds
from core.committee.conflicts import conflicting_cases
from core.committee.draw_model import Draw
from core.committee.meeting_model import FeeLine, MeetingCase, MeetingMember
from core.committee.model import Expert, Recusal
from core.committee.rules import Conflict
from core.committee.states import DrawState
from core.database import actor, now, today
from core.database.veil import lifted
from core.errors import RuleViolation
from core.i18n import N_
from core.messages import register

register(
    {
        "committee.not_whole": N_(
            "Part of this meeting is not for you to see; somebody else has to do this."
        ),
    }
)

#: Papers and events of a meeting that tell of its cases or members are kept under this kind, so
#: that they can be hidden while the meeting is not.
MEETING_PAPERS = "committee_meeting_papers"
#: Papers of a draw that name the drawn.
DRAW_PAPERS = "committee_draw_result"
_NAMED = (DrawState.DRAWN, DrawState.SETTLED, DrawState.REPLACED)


def own_expert(session: Session) -> int | None:
    """The expert the acting person is, if any."""
    return session.scalar(select(Expert.id).where(Expert.account_id == actor(session).account_id))


def hides(session: Session) -> Mapping[str, Collection[int]]:
    """What the acting person may not see (see :mod:`core.database.veil`)."""
    found: dict[str, Collection[int]] = {DRAW_PAPERS: secret_draws(session)}
    expert_id = own_expert(session)
    if expert_id is None:
        return found
    cases = conflicting_cases(session, expert_id)
    for kind in case_kinds():
        ids = cases.get(kind.kind, frozenset())
        if ids:
            found[kind.kind] = ids
            found.update(kind.belongings(session, ids))
    found |= _of_committee(session, cases, secret=found[DRAW_PAPERS])
    return found


def secret_draws(session: Session) -> frozenset[int]:
    """Draws whose names the acting person may not know yet."""
    me = actor(session).account_id
    insider = or_(Draw.first_id == me, Draw.second_id == me, Draw.supervisor_id == me)
    return frozenset(
        session.scalars(
            select(Draw.id).where(
                Draw.secret_until > now(session), Draw.state.in_(_NAMED), not_(insider)
            )
        )
    )


def _of_committee(
    session: Session, cases: Mapping[str, frozenset[int]], secret: Collection[int]
) -> dict[str, Collection[int]]:
    """Draws of hidden cases, meetings about nothing else and their pay, papers of the others."""
    of_draw = [
        and_(Draw.record_kind == kind, Draw.record_id.in_(ids))
        for kind, ids in cases.items()
        if ids
    ]
    if not of_draw:
        return {}
    of_case = [
        and_(MeetingCase.record_kind == kind, MeetingCase.record_id.in_(ids))
        for kind, ids in cases.items()
        if ids
    ]
    draws = session.scalars(select(Draw.id).where(or_(*of_draw))).all()
    meetings = set(session.scalars(select(MeetingCase.meeting_id).where(or_(*of_case))))
    shown = session.scalars(
        select(MeetingCase.meeting_id).where(
            MeetingCase.meeting_id.in_(meetings), not_(or_(*of_case))
        )
    )
    # An agenda that seems empty would tell that there is a case.
    hidden = meetings - set(shown)
    paid = select(FeeLine.sheet_id).where(FeeLine.meeting_id.in_(hidden))
    return {
        "committee_draw": draws,
        DRAW_PAPERS: frozenset(draws) | frozenset(secret),
        "committee_meeting": hidden,
        "committee_fee_sheet": session.scalars(paid.distinct()).all(),
        MEETING_PAPERS: meetings,
    }


def require_whole(session: Session, meeting_id: int) -> None:
    """Refuse what would come out wrong, or betray itself, for who may not see all of a meeting.

    Minutes without a case, a quorum without a member and a fee sheet without a name are worse than
    none; and whoever is refused to invite somebody twice would learn who was drawn.

    Raises:
        RuleViolation: `committee.not_whole`.
    """

    def size() -> tuple[int, ...]:
        return tuple(
            session.scalar(select(func.count(one.id)).where(one.meeting_id == meeting_id)) or 0
            for one in (MeetingCase, MeetingMember)
        )

    seen = size()
    with lifted(session):
        whole = size()
    if seen != whole:
        raise RuleViolation("committee.not_whole")


def record_recusals(
    session: Session, case: tuple[str, int], found: Mapping[int, tuple[Conflict, ...]]
) -> int:
    """Keep recusals 回避登记 for good, also when what they rest on changes later.

    Returns:
        how many were new.
    """
    known = set(
        session.scalars(
            select(Recusal.expert_id).where(
                Recusal.record_kind == case[0], Recusal.record_id == case[1]
            )
        )
    )
    new = [expert_id for expert_id in found if expert_id not in known]
    for expert_id in new:
        reasons = found[expert_id]
        session.add(
            Recusal(
                expert_id=expert_id,
                record_kind=case[0],
                record_id=case[1],
                ground=reasons[0].ground.value,
                reason="；".join(one.reason for one in reasons),
                recorded_on=today(session),
                recorded_by=actor(session).name,
            )
        )
        # The expert's own timeline says nothing of the case.
        history.record(session, "expert", expert_id, "recused")
    session.flush()
    return len(new)
