"""One value, told to people as text and to programs as data.

Lists, pages and answers of the command line hold values; `as_text` is what a table, a workbook
and a terminal show, in the language of the screen, `as_data` what stands in a JSON document,
which is the same in every language: stored words, ISO dates, exact decimal numbers as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import TypeVar

from core.clock import CHINA
from core.i18n import _
from core.values.area import Area
from core.values.money import Money
from core.values.tonnes import Tonnes
from core.values.volume import Volume

Word = TypeVar("Word", bound=Enum | str)


@dataclass(frozen=True)
class Shown:
    """A value that people read otherwise than its kind usually is.

    Attributes:
        value: for programs.
        text: for people, in the language of the screen.
    """

    value: object
    text: str


def term(word: Word, titles: Mapping[Word, str]) -> Shown:
    """A word of the program with its title (`N_`) from a table of titles."""
    return Shown(word, _(titles[word]))


def as_data(value: object) -> object:
    """A value as JSON can hold it, the same in every language.

    Money (in 元), Tonnes and Volume (in m³) become exact decimal numbers as text, areas all three
    units, dates and instants (UTC) their ISO form, words what is stored, dataclasses objects.
    """
    match value:
        case Shown():
            return as_data(value.value)
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case Money() | Tonnes() | Volume():
            return value.plain
        case Area():
            return {"m2": value.m2, "mu": f"{value.mu:.2f}", "ha": f"{value.ha:.4f}"}
        case datetime():
            return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
        case date():
            return value.isoformat()
    return _collection(value)


def _collection(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): as_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_data(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((as_data(item) for item in value), key=str)
    if is_dataclass(value) and not isinstance(value, type):
        if type(value).__str__ is not object.__str__:
            return str(value)
        # Not asdict: it would take apart amounts inside.
        return {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
    return str(value)


def as_text(value: object) -> str:
    """A value as people read it: nothing for None, areas in 亩, instants in the time of China."""
    match value:
        case Shown():
            return value.text
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case Enum():
            return str(value.value)
        case Area():
            return f"{value.mu:,}"
        case datetime():
            return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case list() | tuple():
            return "、".join(as_text(item) for item in value)
    return str(value)
