"""Values of the office with the day they hold from, and its calendar.

Nothing that a law, a plan or a habit may change is a constant: names, limits, patterns, schemes.
A decision of a day is judged by the values of that day, however often they changed since.
"""

from __future__ import annotations

from core.settings.office import Office
from core.settings.service import (
    BEGINNING,
    CalendarEntry,
    SettingLine,
    calendar,
    calendar_days,
    get,
    letters,
    office,
    put,
    remove_calendar_day,
    set_calendar_day,
    timeline,
)
from core.settings.specs import SettingKind, SettingSpec, declare, specs

__all__ = [
    "BEGINNING",
    "CalendarEntry",
    "Office",
    "SettingKind",
    "SettingLine",
    "SettingSpec",
    "calendar",
    "calendar_days",
    "declare",
    "get",
    "letters",
    "office",
    "put",
    "remove_calendar_day",
    "set_calendar_day",
    "specs",
    "timeline",
]
