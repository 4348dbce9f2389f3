"""The queues of the dashboard: terms and ages, draws that wait, opinions to give."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from core.capability import Queue
from core.committee.draw_model import Draw, DrawResult
from core.committee.lists import EXPERTS, MEETINGS
from core.committee.queries import my_cases
from core.committee.states import DrawState, MeetingState
from core.database import actor
from core.i18n import N_
from core.search.lists import RecordList
from core.values.listing import ListQuery


def _of_list(
    key: str, title: str, source: RecordList, filters: Mapping[str, str], permission: str = ""
) -> Queue:
    def count(session: Session) -> int:
        if permission and not actor(session).may(permission):
            return 0
        return source.count(session, ListQuery(filters=filters))

    return Queue(f"committee.{key}", title, count, source.kind, filters)


def _of_count(key: str, title: str, count: Callable[[Session], int], kind: str) -> Queue:
    return Queue(f"committee.{key}", title, count, kind, {})


def _to_type(session: Session) -> int:
    """Draws in which the acting person is the operator who has not typed yet."""
    me = actor(session).account_id
    mine = or_(
        and_(Draw.first_id == me, DrawResult.first_input == ""),
        and_(Draw.second_id == me, DrawResult.second_input == ""),
    )
    return (
        session.scalar(
            select(func.count(Draw.id))
            .join(DrawResult, DrawResult.draw_id == Draw.id)
            .where(Draw.state == DrawState.FROZEN, Draw.witnessed_at.is_not(None), mine)
        )
        or 0
    )


def _to_witness(session: Session) -> int:
    """Frozen lists that wait for the acting supervisor."""
    return (
        session.scalar(
            select(func.count(Draw.id)).where(
                Draw.state == DrawState.FROZEN,
                Draw.witnessed_at.is_(None),
                Draw.supervisor_id == actor(session).account_id,
            )
        )
        or 0
    )


def _to_call(session: Session) -> int:
    """Draws of the acting operator with experts to be called."""
    me = actor(session).account_id
    return (
        session.scalar(
            select(func.count(Draw.id)).where(
                Draw.state == DrawState.DRAWN, or_(Draw.first_id == me, Draw.second_id == me)
            )
        )
        or 0
    )


QUEUES: tuple[Queue, ...] = (
    _of_count(
        "opinions",
        N_("Opinions I have to give"),
        lambda session: sum(not one.given for one in my_cases(session)),
        "committee_meeting",
    ),
    _of_count("to_type", N_("Draws that wait for my input"), _to_type, "committee_draw"),
    _of_count(
        "to_witness", N_("Draws that wait for my confirmation"), _to_witness, "committee_draw"
    ),
    _of_count("to_call", N_("Drawn experts to call"), _to_call, "committee_draw"),
    _of_list(
        "meetings",
        N_("Meetings in session"),
        MEETINGS,
        {"state": MeetingState.OPEN.value},
        "committee.meet",
    ),
    _of_list("terms", N_("Terms that end soon"), EXPERTS, {"due": "term"}, "committee.manage"),
    _of_list("ages", N_("Ages to point out"), EXPERTS, {"due": "age"}, "committee.manage"),
)
