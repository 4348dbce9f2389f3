"""Draws of experts for a case: prepared, frozen, drawn by two people before a third, called.

The two operators type one after the other, from their own accounts; neither sees what the other
typed before the names are drawn. The drawing itself is pure: :mod:`core.committee.drawing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history, numbering
from core.clock import china_date
from core.committee import drawing
from core.committee.cases import label
from core.committee.draw_model import Draw, DrawPick, DrawResult
from core.committee.drawing import Need, Verdict
from core.committee.model import Expert
from core.committee.operators import check_operators
from core.committee.pool import Standing, standing
from core.committee.recusal import record_recusals
from core.committee.setup import number
from core.committee.states import DrawState, PickState, Seat
from core.database import actor, load_for_edit, now, require
from core.errors import FieldError, InputError, NotFound, NotPermitted, RuleViolation
from core.i18n import N_
from core.messages import register

register(
    {
        "committee.needed_missing": N_("Say how many experts are needed, and of which specialty."),
        "committee.needed_odd": N_("{count} experts could vote even; draw an odd number."),
        "committee.needed_few": N_("At least {least} experts are drawn, not {count}."),
        "committee.substitutes": N_("Between none and 20 substitutes are drawn."),
        "committee.meeting_past": N_("The meeting lies in the past."),
        "committee.draw_state": N_("This is not possible now: the draw is “{state}”."),
        "committee.not_mine": N_("Only the two operators of this draw may type."),
        "committee.not_supervisor": N_("Only the supervisor of this draw may do this."),
        "committee.not_witnessed": N_("The supervisor has not confirmed the frozen list yet."),
        "committee.input_short": N_("Type at least {least} characters that nobody can guess."),
        "committee.input_same": N_("The other operator typed the same; type something else."),
        "committee.typed_already": N_("You have typed already."),
        "committee.list_changed": N_(
            "The candidates are no longer those of the frozen list ({who}): cancel this draw and "
            "prepare it again."
        ),
        "committee.draw_unknown": N_("There is no draw {number}."),
        "committee.record_other": N_("The record is not that of draw {number} in this database."),
    }
)

DRAW = "committee_draw"
LEAST_INPUT = 6
_MOST_SUBSTITUTES = 20


@dataclass(frozen=True, kw_only=True)
class DrawContent:
    """A draw as prepared.

    Attributes:
        case: kind and id.
        needed: how many of which specialty; the sum is odd.
        meeting_at: when the experts are needed; their terms and ages are judged by that day.
        first_id, second_id, supervisor_id: accounts of three people.
        secret_until: until when the names are secret; until the meeting unless given.
        asked_out: id of an expert and the reason to leave this one out.
    """

    case: tuple[str, int]
    needed: tuple[Need, ...]
    meeting_at: datetime
    first_id: int
    second_id: int
    supervisor_id: int
    substitutes: int = 2
    place: str = ""
    secret_until: datetime | None = None
    asked_out: tuple[tuple[int, str], ...] = ()


def prepare(session: Session, content: DrawContent) -> int:
    """Prepare a draw; nothing is fixed yet.

    Returns:
        id of the draw.

    Raises:
        NotPermitted: without `committee.draw`.
        NotFound: no such case.
        InputError: every wrong field at once.
    """
    require(session, "committee.draw")
    label(session, content.case)
    _check(session, content, already=0)
    row = Draw(
        state=DrawState.PREPARED, created_by=actor(session).account_id, created_at=now(session)
    )
    _fill(row, content)
    session.add(row)
    session.flush()
    history.record(session, DRAW, row.id, "prepared")
    return row.id


def change(session: Session, draw_id: int, version: int, content: DrawContent) -> None:
    """Save a prepared draw again.

    Raises:
        NotPermitted, InputError: as `prepare`.
        RuleViolation: the list is frozen.
    """
    require(session, "committee.draw")
    row = load_for_edit(session, Draw, draw_id, version)
    require_draw_state(row, DrawState.PREPARED)
    _check(session, content, already=_coming_before(session, row))
    _fill(row, content)
    session.flush()
    history.record(session, DRAW, row.id, "edited")


def preview(session: Session, draw_id: int) -> Standing:
    """Who could be drawn today and who is left out and why, before the list is frozen.

    Raises:
        NotPermitted: without `committee.draw`.
        NotFound: no such draw.
    """
    require(session, "committee.draw")
    return _standing(session, existing_draw(session, draw_id))


def freeze(session: Session, draw_id: int, version: int) -> str:
    """Freeze the candidate list, number the draw, and keep the recusals that come with it.

    Returns:
        the digest of the list, to be told to everybody before anybody types.

    Raises:
        NotPermitted: without `committee.draw`.
        RuleViolation: wrong state, or too few candidates.
    """
    require(session, "committee.draw")
    row = load_for_edit(session, Draw, draw_id, version)
    require_draw_state(row, DrawState.PREPARED)
    found = _standing(session, row)
    taken = numbering.take(session, "draw", record_kind=DRAW, record_id=row.id)
    frozen = _frozen(session, row, taken.text, found)
    record_recusals(session, (row.record_kind, row.record_id), found.conflicts)
    row.number, row.number_id = taken.text, taken.id
    row.frozen, row.list_digest = frozen, drawing.digest(frozen)
    row.frozen_at, row.state = now(session), DrawState.FROZEN
    session.flush()
    session.add(DrawResult(draw_id=row.id))
    session.flush()
    history.record(session, DRAW, row.id, "frozen", data={"digest": row.list_digest})
    return row.list_digest


def witness(session: Session, draw_id: int, version: int) -> None:
    """The supervisor confirms the frozen list; only then may the operators type.

    Raises:
        NotPermitted: without `committee.supervise`, or supervisor of another draw.
        RuleViolation: wrong state.
    """
    require(session, "committee.supervise")
    row = load_for_edit(session, Draw, draw_id, version)
    if row.supervisor_id != actor(session).account_id:
        raise NotPermitted("committee.not_supervisor")
    require_draw_state(row, DrawState.FROZEN)
    row.witnessed_at = row.witnessed_at or now(session)
    session.flush()
    history.record(session, DRAW, row.id, "witnessed", data={"digest": row.list_digest})


def enter_input(session: Session, draw_id: int, text: str) -> bool:
    """An operator's input; with the second one the names are drawn at once.

    Returns:
        whether the names are drawn now.

    Raises:
        NotPermitted: not an operator of this draw.
        InputError: field ``input``: too short, the same as the other's.
        RuleViolation: wrong state, not witnessed, typed already, the candidates have changed.
    """
    require(session, "committee.draw")
    row = existing_draw(session, draw_id, lock=True)
    me = actor(session).account_id
    if me not in {row.first_id, row.second_id}:
        raise NotPermitted("committee.not_mine")
    require_draw_state(row, DrawState.FROZEN)
    if row.witnessed_at is None:
        raise RuleViolation("committee.not_witnessed")
    result = session.get_one(DrawResult, row.id)
    mine, other = ("first_input", "second_input")[:: 1 if me == row.first_id else -1]
    if getattr(result, mine):
        raise RuleViolation("committee.typed_already")
    given = drawing.clean_input(text)
    if len(given) < LEAST_INPUT:
        raise InputError.of("input", "committee.input_short", least=LEAST_INPUT)
    if given == getattr(result, other):
        raise InputError.of("input", "committee.input_same")
    setattr(result, mine, given)
    history.record(session, DRAW, row.id, "typed")
    session.flush()
    if not getattr(result, other):
        return False
    _draw(session, row, result)
    return True


def cancel(session: Session, draw_id: int, version: int, reason: str) -> None:
    """Give up a draw before names were drawn; a number that was taken stays accounted for.

    Raises:
        NotPermitted: without `committee.draw`.
        InputError: without a reason.
        RuleViolation: names are drawn.
    """
    require(session, "committee.draw")
    row = load_for_edit(session, Draw, draw_id, version)
    require_draw_state(row, DrawState.PREPARED, DrawState.FROZEN)
    if not reason.strip():
        raise InputError.of("reason", "committee.reason")
    row.state, row.cancel_reason = DrawState.CANCELLED, reason.strip()
    session.flush()
    if row.number_id is not None:
        numbering.settle(session, row.number_id, numbering.NumberState.VOID, reason)
    history.record(session, DRAW, row.id, "cancelled", reason=row.cancel_reason)


def record_of(session: Session, draw_id: int) -> dict[str, Any]:
    """The whole record of a draw, enough to draw again anywhere.

    Raises:
        NotFound: nothing drawn, or the names are secret still.
    """
    result = session.get(DrawResult, draw_id)
    if result is None or result.record is None:
        raise NotFound("record.not_found")
    found: dict[str, Any] = result.record
    return found


def check_record(session: Session, record: Mapping[str, Any]) -> Verdict:
    """Draw again from a record, and compare it with what this database keeps of the draw.

    Raises:
        InputError: it is no record of a draw.
        NotFound: no such draw here, or its names are secret.
    """
    verdict = drawing.replay(record)
    named = str(record["list"].get("draw", ""))
    row = find_draw(session, named)
    if record_of(session, row.id) != record:
        return Verdict((*verdict.faults, "register"), verdict.result)
    return verdict


def find_draw(session: Session, text: str) -> Draw:
    """The draw of a number, or of an id.

    Raises:
        NotFound: there is none.
    """
    wanted = text.strip()
    found = session.scalar(select(Draw).where(Draw.number == wanted)) if wanted else None
    if found is None and wanted.isdigit():
        found = session.get(Draw, int(wanted))
    if found is None:
        raise NotFound("committee.draw_unknown", number=wanted)
    return found


def picks_of(session: Session, draw_id: int) -> Sequence[DrawPick]:
    """The drawn in their order; none while the names are secret."""
    return session.scalars(
        select(DrawPick).where(DrawPick.draw_id == draw_id).order_by(DrawPick.position)
    ).all()


# ---------------------------------------------------------------------------- inside
def existing_draw(session: Session, draw_id: int, *, lock: bool = False) -> Draw:
    """The draw of an id; with `lock` nobody else changes it meanwhile."""
    row = session.get(Draw, draw_id, with_for_update=lock or None)
    if row is None:
        raise NotFound("record.not_found")
    return row


def require_draw_state(row: Draw, *states: DrawState) -> None:
    """Refuse what the state of a draw does not allow."""
    if row.state not in states:
        raise RuleViolation("committee.draw_state", state=row.state.value)


def _check(session: Session, content: DrawContent, already: int) -> None:
    errors = []
    total = sum(one.count for one in content.needed)
    least = number(session, "least_experts")
    if not content.needed or any(one.count < 1 for one in content.needed):
        errors.append(FieldError("needed", "committee.needed_missing"))
    elif (total + already) % 2 == 0:
        errors.append(FieldError("needed", "committee.needed_odd", {"count": total + already}))
    elif total + already < least:
        few = {"least": least, "count": total + already}
        errors.append(FieldError("needed", "committee.needed_few", few))
    if not 0 <= content.substitutes <= _MOST_SUBSTITUTES:
        errors.append(FieldError("substitutes", "committee.substitutes"))
    if content.meeting_at < now(session):
        errors.append(FieldError("meeting_at", "committee.meeting_past"))
    errors += check_operators(session, content.first_id, content.second_id, content.supervisor_id)
    for expert_id, reason in content.asked_out:
        if session.get(Expert, expert_id) is None or not reason.strip():
            errors.append(FieldError("asked_out", "committee.reason"))
    if errors:
        raise InputError(*errors)


def _fill(row: Draw, content: DrawContent) -> None:
    row.record_kind, row.record_id = content.case
    row.needed = [
        {"specialty": one.specialty.strip(), "count": one.count} for one in content.needed
    ]
    row.substitutes, row.place = content.substitutes, content.place.strip()
    row.meeting_at = content.meeting_at
    row.first_id, row.second_id = content.first_id, content.second_id
    row.supervisor_id = content.supervisor_id
    row.secret_until = content.secret_until or content.meeting_at
    row.asked_out = [
        {"expert": expert_id, "reason": reason.strip()} for expert_id, reason in content.asked_out
    ]


def needs_of(row: Draw) -> tuple[Need, ...]:
    """What a draw needs."""
    return tuple(Need(one["specialty"], one["count"]) for one in row.needed)


def _standing(session: Session, row: Draw) -> Standing:
    asked_out = {one["expert"]: one["reason"] for one in row.asked_out}
    day = china_date(row.meeting_at)
    case = (row.record_kind, row.record_id)
    return standing(session, case, needs_of(row), day, asked_out)


def _frozen(session: Session, row: Draw, text: str, found: Standing) -> dict[str, Any]:
    return drawing.frozen_list(
        draw=text,
        case=label(session, (row.record_kind, row.record_id)).text,
        candidates=found.candidates,
        excluded=found.excluded,
        needed=needs_of(row),
        substitutes=row.substitutes,
    )


def _draw(session: Session, row: Draw, result: DrawResult) -> None:
    """Draw now, if the candidates still are those of the frozen list."""
    _check_unchanged(session, row)
    at = now(session)
    assert row.frozen is not None  # frozen draws have a list
    record = drawing.make_record(row.frozen, at, (result.first_input, result.second_input))
    result.drawn_at, result.seed, result.record = at, record["seed"], record
    chosen = [one["code"] for one in record["result"]]
    rows = session.execute(select(Expert.code, Expert.id).where(Expert.code.in_(chosen)))
    ids = dict(rows.all())
    for one in record["result"]:
        principal = one["seat"] == drawing.PRINCIPAL
        session.add(
            DrawPick(
                draw_id=row.id,
                position=one["order"],
                expert_id=ids[one["code"]],
                seat=Seat(one["seat"]),
                specialty=one["specialty"],
                state=PickState.TO_CALL if principal else PickState.WAITING,
            )
        )
    row.state = DrawState.DRAWN
    session.flush()
    history.record(session, DRAW, row.id, "drawn")


def _check_unchanged(session: Session, row: Draw) -> None:
    assert row.frozen is not None  # frozen draws have a list
    found = _standing(session, row)
    before = {one["code"]: sorted(one["specialties"]) for one in row.frozen["candidates"]}
    after = {one.code: sorted(one.specialties) for one in found.candidates}
    if before != after:
        who = sorted(
            code for code in before.keys() | after.keys() if before.get(code) != after.get(code)
        )
        raise RuleViolation("committee.list_changed", who="、".join(who))


def specialties_of(session: Session, expert_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Specialties by expert, the main one first."""
    from core.committee.model import ExpertSpecialty

    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(ExpertSpecialty.expert_id, ExpertSpecialty.name)
        .where(ExpertSpecialty.expert_id.in_(list(expert_ids)))
        .order_by(ExpertSpecialty.position)
    )
    for expert_id, name in rows:
        found.setdefault(expert_id, []).append(name)
    return {expert_id: tuple(names) for expert_id, names in found.items()}


def _coming_before(session: Session, row: Draw) -> int:
    """Experts of earlier rounds who come: a supplement only fills up."""
    coming, earlier = 0, row.replaces_id
    while earlier is not None:
        before = existing_draw(session, earlier)
        if before.state is not DrawState.REPLACED:
            coming += sum(one.state is PickState.COMING for one in picks_of(session, earlier))
        earlier = before.replaces_id
    return coming
