"""How a case moves: taking a step, standing and running clocks, due dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from core import history, settings
from core.certificates.clocks import Stop, last_day
from core.certificates.model import Application, ClockStop, StepTaken
from core.certificates.schemes import Scheme, scheme
from core.certificates.states import CLOCKED, DEAD, REGISTERED, State, StopKind
from core.certificates.step import Step
from core.database import actor, now, today
from core.values.area import Area
from core.values.money import Money
from core.values.tonnes import Tonnes

APPLICATION = "application"
#: Stations where others have the case: the clock stands still as long as it is there.
_STANDING = {State.EXPERT_REVIEW: StopKind.EXPERT_REVIEW, State.NOTICE: StopKind.NOTICE}


def scheme_of(session: Session, application: Application) -> Scheme:
    """The scheme chosen at receipt, as it stood on that day."""
    return scheme(session, application.scheme, application.received_on)


@dataclass(frozen=True)
class Outcome:
    """What a step came to. `to` overrides the step's own target; `data` is kept with the step."""

    to: State | None = None
    reason: str = ""
    data: Mapping[str, object] | None = None
    documents: tuple[int, ...] = ()


def text(value: object) -> Any:
    """A value of a form as JSON keeps it: exact, readable, without file paths."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Tonnes | Money):
        return value.plain
    if isinstance(value, Area):
        return value.m2
    if isinstance(value, Path):
        return value.name
    if isinstance(value, Mapping):
        return {str(key): text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [text(item) for item in value]
    return str(value)


def touch(application: Application) -> None:
    """Count the version up although only a child changed: a stale form must not pass."""
    flag_modified(application, "state")


def record(session: Session, application: Application, step: Step, outcome: Outcome) -> None:
    """Write down a step, move the case and reckon its due dates anew."""
    who, instant, day = actor(session), now(session), today(session)
    before = application.state
    after = outcome.to or before
    taken = func.coalesce(func.max(StepTaken.sequence), 0)
    count = session.scalar(select(taken).where(StepTaken.application_id == application.id))
    session.add(
        StepTaken(
            application_id=application.id,
            sequence=(count or 0) + 1,
            step=step.key,
            from_state=before,
            to_state=after,
            account_id=who.account_id,
            actor_name=who.name,
            at=instant,
            on_date=day,
            due=application.step_due,
            reason=outcome.reason,
            data=text(outcome.data or {}),
        )
    )
    history.record(
        session,
        APPLICATION,
        application.id,
        step.key,
        reason=outcome.reason,
        data={"from": before.value, "to": after.value, "documents": list(outcome.documents)},
    )
    if after is not before:
        _arrive(session, application, before, after, day)
    touch(application)
    session.flush()
    reckon(session, application)


def _arrive(
    session: Session, application: Application, before: State, after: State, day: date
) -> None:
    application.state = after
    # The limit of an answer runs from the day of receipt, even if it is typed in later.
    application.state_since = application.received_on if before is State.DRAFT else day
    if before in _STANDING:
        end_stop(session, application, _STANDING[before], day)
    if after in _STANDING:
        start_stop(session, application, _STANDING[after], day)
    if after in DEAD | REGISTERED:
        for kind in StopKind:
            end_stop(session, application, kind, day)
        application.supplement_open = False


def start_stop(
    session: Session,
    application: Application,
    kind: StopKind,
    day: date,
    ended_on: date | None = None,
) -> None:
    """Let the clock stand still from `day` on, or for given days."""
    session.add(
        ClockStop(application_id=application.id, kind=kind, started_on=day, ended_on=ended_on)
    )


def end_stop(session: Session, application: Application, kind: StopKind, day: date) -> None:
    """Let the clock run on after `day`; nothing happens if it did not stand for that reason."""
    session.flush()
    standing = select(ClockStop).where(
        ClockStop.application_id == application.id,
        ClockStop.kind == kind,
        ClockStop.ended_on.is_(None),
    )
    for stop in session.scalars(standing):
        stop.ended_on = max(day, stop.started_on)


def stops(session: Session, application_id: int) -> tuple[Stop, ...]:
    """Every time that does not count for a case."""
    rows = session.scalars(
        select(ClockStop).where(ClockStop.application_id == application_id).order_by(ClockStop.id)
    )
    return tuple(Stop(row.started_on, row.ended_on) for row in rows)


def reckon(session: Session, application: Application) -> None:
    """Set the due dates of the present step and of the whole treatment."""
    session.flush()
    chosen = scheme_of(session, application)
    standing = stops(session, application.id)
    calendar = settings.calendar(session)
    limit = chosen.limits.get(application.state)
    if application.state is State.CORRECTION:
        # The applicant's limit: when it is over the papers go back.
        application.step_due = application.correction_deadline
    elif application.state in CLOCKED and limit is not None:
        application.step_due = last_day(calendar, application.state_since, limit, standing)
    else:
        application.step_due = None
    running = application.accepted_on is not None and application.state not in DEAD | REGISTERED
    application.due = (
        last_day(calendar, application.accepted_on, chosen.total_days, standing)
        if running and application.accepted_on is not None
        else None
    )
    session.flush()
