"""Values of a form by name, with the type the use case wants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from core.clock import CHINA
from core.errors import InputError
from core.i18n import N_
from core.messages import register

Values = Mapping[str, object]
register({"form.moment": N_("Write day and time, for example 2026-12-01 09:00.")})


def text_of(values: Values, name: str) -> str:
    """A text of a form; empty for none."""
    return str(values.get(name) or "")


def number_of(values: Values, name: str) -> int:
    """A whole number of a form; 0 for none."""
    found = values.get(name)
    return found if isinstance(found, int) else 0


def day_of(values: Values, name: str) -> date | None:
    """A day of a form."""
    found = values.get(name)
    return found if isinstance(found, date) else None


def required_day(values: Values, name: str) -> date:
    """A day the form requires."""
    found = values[name]
    assert isinstance(found, date)  # required
    return found


def moment_of(values: Values, name: str) -> datetime | None:
    """A moment in China as typed: ``2026-12-01 09:00``.

    Raises:
        InputError: field `name`.
    """
    text = text_of(values, name).replace("：", ":").replace("T", " ").strip()
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
    except ValueError as problem:
        raise InputError.of(name, "form.moment") from problem


def required_moment(values: Values, name: str) -> datetime:
    """A moment the form requires.

    Raises:
        InputError: field `name`.
    """
    found = moment_of(values, name)
    if found is None:
        raise InputError.of(name, "form.moment")
    return found


def lines_of(values: Values, name: str) -> list[dict[str, object]]:
    """The lines of a table of a form."""
    found = values.get(name)
    return found if isinstance(found, list) else []
