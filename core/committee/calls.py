"""After the draw: the call log, substitutes in their order, and drawing again 补抽."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import history
from core.committee import drawing
from core.committee.draw_model import Draw, DrawCall, DrawPick
from core.committee.drawing import Need
from core.committee.draws import (
    DRAW,
    existing_draw,
    needs_of,
    picks_of,
    require_draw_state,
    specialties_of,
)
from core.committee.states import DrawState, PickState
from core.database import actor, load_for_edit, now, require
from core.errors import InputError, NotFound, NotPermitted, RuleViolation
from core.i18n import N_
from core.messages import register

register(
    {
        "committee.call_reason": N_("Say why the expert cannot come."),
        "committee.call_way": N_("Say how the expert was called."),
        "committee.not_called": N_("This expert is not to be called now."),
        "committee.seats_filled": N_("Every seat is taken; there is nothing to draw again."),
    }
)


@dataclass(frozen=True, kw_only=True)
class CallContent:
    """A call: how; whether somebody answered; whether the expert comes (None: to be tried again)."""

    way: str
    reached: bool
    comes: bool | None
    reason: str = ""


def log_call(session: Session, pick_id: int, content: CallContent) -> None:
    """Note a call; who cannot come is followed by the next substitute who fits the seat.

    Raises:
        NotPermitted: without `committee.draw`.
        NotFound: no such pick, or the names are secret.
        InputError: no way, or no reason.
        RuleViolation: this one is not to be called now.
    """
    require(session, "committee.draw")
    pick = session.get(DrawPick, pick_id)
    if pick is None:
        raise NotFound("record.not_found")
    row = existing_draw(session, pick.draw_id, lock=True)
    if not content.way.strip():
        raise InputError.of("way", "committee.call_way")
    if content.comes is False and not content.reason.strip():
        raise InputError.of("reason", "committee.call_reason")
    callable_now = pick.state is PickState.TO_CALL or (
        pick.state is PickState.COMING and content.comes is False
    )
    if row.state not in {DrawState.DRAWN, DrawState.SETTLED} or not callable_now:
        raise RuleViolation("committee.not_called")
    session.add(
        DrawCall(
            pick_id=pick.id,
            at=now(session),
            way=content.way.strip(),
            reached=content.reached,
            comes=content.comes,
            reason=content.reason.strip(),
            caller_id=actor(session).account_id,
            caller=actor(session).name,
        )
    )
    _settle_call(session, row, pick, content)
    history.record(session, DRAW, row.id, "called")


def redraw(
    session: Session, draw_id: int, version: int, reason: str, *, whole: bool = False
) -> int:
    """Draw again 补抽: for the seats that stayed empty, or all of them anew; the supervisor allows it.

    Everybody drawn before is left out. It goes through the same steps as the first draw.

    Returns:
        id of the new draw, prepared.

    Raises:
        NotPermitted: without `committee.supervise`, or supervisor of another draw.
        InputError: without a reason.
        RuleViolation: nothing drawn yet, or every seat is taken (and not `whole`).
    """
    require(session, "committee.supervise")
    row = load_for_edit(session, Draw, draw_id, version)
    if row.supervisor_id != actor(session).account_id:
        raise NotPermitted("committee.not_supervisor")
    if not reason.strip():
        raise InputError.of("reason", "committee.reason")
    require_draw_state(row, DrawState.DRAWN, DrawState.SETTLED)
    picks = picks_of(session, row.id)
    wanted = needs_of(row) if whole else _open_seats(row, picks)
    if not wanted:
        raise RuleViolation("committee.seats_filled")
    new = Draw(
        record_kind=row.record_kind,
        record_id=row.record_id,
        needed=[{"specialty": one.specialty, "count": one.count} for one in wanted],
        substitutes=row.substitutes,
        meeting_at=row.meeting_at,
        place=row.place,
        supervisor_id=row.supervisor_id,
        first_id=row.first_id,
        second_id=row.second_id,
        secret_until=row.secret_until,
        asked_out=[
            *row.asked_out,
            *({"expert": one.expert_id, "reason": f"第{row.round}次抽取已抽中"} for one in picks),
        ],
        state=DrawState.PREPARED,
        round=row.round + 1,
        replaces_id=row.id,
        redraw_reason=reason.strip(),
        created_by=actor(session).account_id,
        created_at=now(session),
    )
    row.state = DrawState.REPLACED if whole else DrawState.SETTLED
    session.add(new)
    session.flush()
    history.record(session, DRAW, row.id, "drawn_again", reason=reason.strip())
    history.record(session, DRAW, new.id, "prepared", reason=reason.strip())
    return new.id


def _open_seats(row: Draw, picks: Sequence[DrawPick]) -> tuple[Need, ...]:
    """Seats that nobody has agreed to take yet."""
    coming = [one.specialty for one in picks if one.state is PickState.COMING]
    found = []
    for need in needs_of(row):
        left = need.count - coming.count(need.specialty)
        if left > 0:
            found.append(Need(need.specialty, left))
    return tuple(found)


def open_seats(session: Session, row: Draw) -> tuple[Need, ...]:
    """Seats that nobody has agreed to take yet; all of them while the names are secret."""
    return _open_seats(row, picks_of(session, row.id))


def _settle_call(session: Session, row: Draw, pick: DrawPick, content: CallContent) -> None:
    pick.reason = content.reason.strip()
    if content.comes:
        pick.state = PickState.COMING
    elif content.comes is False:
        pick.state = PickState.DECLINED if content.reached else PickState.UNREACHED
        _call_substitute(session, pick)
    session.flush()
    open_seats = _open_seats(row, picks_of(session, row.id))
    row.state = DrawState.DRAWN if open_seats else DrawState.SETTLED
    session.flush()


def _call_substitute(session: Session, gone: DrawPick) -> None:
    """The next in reserve who fits the seat takes it."""
    waiting = [one for one in picks_of(session, gone.draw_id) if one.state is PickState.WAITING]
    known = specialties_of(session, [one.expert_id for one in waiting])
    for one in waiting:
        if drawing.specialty_fits(known.get(one.expert_id, ()), gone.specialty):
            one.state, one.specialty, one.replaces_id = PickState.TO_CALL, gone.specialty, gone.id
            return
