"""Reading and writing dated values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import require, today
from core.settings.model import EDIT, CalendarDay, Setting
from core.settings.office import Office
from core.settings.specs import loaded, spec_of, specs, stored
from core.values.workdays import WorkCalendar

#: The day first values hold from, before any paper of this office.
BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True)
class SettingLine:
    """A value and the day it holds from."""

    valid_from: date
    value: Any


@dataclass(frozen=True)
class CalendarEntry:
    """A day of the office's own calendar."""

    day: date
    is_workday: bool
    note: str


def get(session: Session, key: str, on: date | None = None) -> Any:
    """The value of a setting on a day (today unless given), or its default.

    Raises:
        InputError: `settings.unknown`.
    """
    spec = spec_of(key)
    day = on or today(session)

    def look() -> Any:
        row = session.scalar(
            select(Setting)
            .where(Setting.key == key, Setting.valid_from <= day)
            .order_by(Setting.valid_from.desc())
            .limit(1)
        )
        return row.value if row else spec.default

    return loaded(spec, _once(session, (key, day), look) if spec.kind != "json" else look())


def _once(session: Session, key: object, look: Callable[[], Any]) -> Any:
    """A value looked up once per session: a batch asks thousands of times for the same ones.

    Whoever sets a value gives up the memory for the rest of the session.
    """
    memory: dict[object, Any] | None = session.info.setdefault("settings_seen", {})
    if memory is None:
        return look()
    if key not in memory:
        memory[key] = look()
    return memory[key]


def timeline(session: Session, key: str) -> list[SettingLine]:
    """All values of a setting, past and future, by their first day."""
    spec = spec_of(key)
    rows = session.scalars(select(Setting).where(Setting.key == key).order_by(Setting.valid_from))
    return [SettingLine(row.valid_from, loaded(spec, row.value)) for row in rows]


def put(session: Session, key: str, value: object, valid_from: date | None = None) -> None:
    """Set a value from a day on (today unless given); the same day again replaces it.

    Raises:
        NotPermitted: without `settings.edit`.
        InputError: field is the key of the setting.
    """
    require(session, EDIT)
    plain = stored(spec_of(key), value)
    day = valid_from or today(session)
    row = session.scalar(select(Setting).where(Setting.key == key, Setting.valid_from == day))
    if row is None:
        session.add(Setting(key=key, valid_from=day, value=plain))
    else:
        row.value = plain
    session.flush()
    session.info["settings_seen"] = None


def office(session: Session, on: date | None = None) -> Office:
    """The office on a day (today unless given)."""
    day = on or today(session)

    def look() -> Office:
        chosen = (
            select(Setting)
            .where(Setting.key.startswith("office."), Setting.valid_from <= day)
            .order_by(Setting.valid_from)
        )
        values = {spec.key: spec.default for spec in specs() if spec.group == "office"}
        values |= {row.key: row.value for row in session.scalars(chosen)}
        return Office(**{field.name: values[f"office.{field.name}"] for field in fields(Office)})

    found: Office = _once(session, ("office", day), look)
    return found


def letters(session: Session) -> tuple[str, str]:
    """Abbreviation and code of the office today, for numbers."""
    found = office(session)
    return found.short, found.code


def calendar(session: Session) -> WorkCalendar:
    """The office's working days: the published holidays with its own table above them."""
    rows = session.execute(select(CalendarDay.day, CalendarDay.is_workday))
    return WorkCalendar({row.day: row.is_workday for row in rows})


def calendar_days(session: Session, year: int) -> list[CalendarEntry]:
    """The office's own entries of a year."""
    chosen = (
        select(CalendarDay)
        .where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(CalendarDay.day)
    )
    return [CalendarEntry(row.day, row.is_workday, row.note) for row in session.scalars(chosen)]


def set_calendar_day(session: Session, day: date, *, is_workday: bool, note: str = "") -> None:
    """Say that the office works, or not, on a day, whatever the published holidays say.

    Raises:
        NotPermitted: without `settings.edit`.
    """
    require(session, EDIT)
    row = session.get(CalendarDay, day)
    if row is None:
        row = CalendarDay(day=day)
        session.add(row)
    row.is_workday = is_workday
    row.note = note.strip()
    session.flush()


def remove_calendar_day(session: Session, day: date) -> None:
    """Let the published holidays decide about a day again.

    Raises:
        NotPermitted: without `settings.edit`.
    """
    require(session, EDIT)
    row = session.get(CalendarDay, day)
    if row is not None:
        session.delete(row)
        session.flush()
