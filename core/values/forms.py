"""Forms declared once and used by dialogs, the command line and imports."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from core.errors import FieldError, InputError
from core.i18n import N_, listed
from core.messages import register
from core.values.area import Area
from core.values.dates import parse_date
from core.values.money import Money
from core.values.numerals import exact_decimal, plain_text
from core.values.text import require_visible
from core.values.tonnes import Tonnes
from core.values.volume import Volume

register(
    {
        "form.required": N_("This field must be filled in."),
        "form.choice": N_("“{value}” is not one of the choices: {choices}."),
        "form.bool": N_("Write yes or no, not “{value}”."),
        "form.file": N_("There is no file “{value}”."),
        "form.folder": N_("“{value}” is a folder; choose a file in it."),
        "form.table": N_("The lines cannot be read; give a JSON list of objects."),
        "form.unknown": N_("There is no such field in this form."),
    }
)

FieldKind = Literal[
    "text",
    "long",
    "date",
    "int",
    "money",
    "tonnes",
    "area",
    "volume",
    "bool",
    "choice",
    "file",
    "table",
]


@dataclass(frozen=True)
class FormField:
    """One field of a form.

    Attributes:
        name: key of the value.
        label: title, marked with `N_`.
        kind: what the value is; `area` is typed in 公顷, or in 亩 with the unit behind it.
        required: whether it must be filled in.
        choices: pairs of stored value and title (`N_`) of a `choice`.
        help: one sentence below the field (`N_`).
        default: what a new form shows, as typed.
        columns: the fields of one line of a `table`.
    """

    name: str
    label: str
    kind: FieldKind = "text"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    default: str | None = None
    columns: tuple[FormField, ...] = ()


_YES = frozenset({"yes", "true", "1", "是", "y", "√"})
_NO = frozenset({"no", "false", "0", "否", "n", "×"})


def _area(text: str) -> Area:
    return Area.from_mu(text) if plain_text(text).endswith("亩") else Area.from_ha(text)


def _bool(text: str) -> bool:
    word = plain_text(text).lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise InputError.of("", "form.bool", value=text)


def _file(text: str) -> Path:
    path = Path(text)
    if path.is_dir():
        raise InputError.of("", "form.folder", value=path.name)
    if not path.is_file():
        raise InputError.of("", "form.file", value=path.name)
    return path


def _line(text: str) -> str:
    return _visible(" ".join(text.split()))


def _visible(text: str) -> str:
    require_visible("", text)
    return text.strip()


_READERS: Mapping[str, tuple[type, Callable[[str], object]]] = {
    "text": (str, _line),
    "long": (str, _visible),
    "date": (date, parse_date),
    "int": (int, lambda text: int(exact_decimal(text, decimals=0, negative=True))),
    "money": (Money, Money.parse),
    "tonnes": (Tonnes, Tonnes.parse),
    "area": (Area, _area),
    "volume": (Volume, Volume.parse),
    "bool": (bool, _bool),
    "file": (Path, _file),
}


def parse_form(fields: Sequence[FormField], values: Mapping[str, object]) -> dict[str, object]:
    """Turn what was typed into typed values.

    Args:
        fields: the form.
        values: texts by field name; values that already have the type of the field are kept.

    Returns:
        One entry per field; an empty optional field is None (False for `bool`, [] for `table`).

    Raises:
        InputError: every wrong field at once; lines of a table as ``table[2].column`` (from 1).
    """
    parsed: dict[str, object] = {}
    names = {field.name for field in fields}
    errors = [FieldError(name, "form.unknown") for name in values if name not in names]
    for field in fields:
        try:
            parsed[field.name] = _read(field, values.get(field.name))
        except InputError as error:
            errors.extend(_renamed(field.name, wrong) for wrong in error.fields)
    if errors:
        raise InputError(*errors)
    return parsed


_CELL = re.compile(r"\[(\d+)\]\.(.+)")


def labelled(error: InputError, fields: Sequence[FormField]) -> InputError:
    """The error with each field called as the form calls it: ``Papers to correct 2 Problem``."""
    return InputError(*(_labelled(wrong, fields) for wrong in error.fields))


def _labelled(wrong: FieldError, fields: Sequence[FormField]) -> FieldError:
    name, _bracket, cell = wrong.field.partition("[")
    form = next((field for field in fields if field.name == name), None)
    if form is None:
        return replace(
            wrong, label=wrong.label or ((name,) if wrong.code == "form.unknown" else ())
        )
    label = [form.label]
    place = _CELL.fullmatch("[" + cell)
    if place:
        columns = {column.name: column.label for column in form.columns}
        label += [place[1], columns.get(place[2], place[2])]
    return replace(wrong, label=tuple(label))


def _renamed(name: str, wrong: FieldError) -> FieldError:
    # A value's own error names the value, an error inside a table names the line.
    place = name + wrong.field if wrong.field.startswith("[") else name
    return FieldError(place, wrong.code, wrong.params)


def _read(field: FormField, value: object) -> object:
    empty = value is None or (isinstance(value, str) and not value.strip()) or value == []
    if empty:
        if field.required:
            raise InputError.of(field.name, "form.required")
        return {"bool": False, "table": []}.get(field.kind)
    if field.kind == "table":
        return _table(field, value)
    if field.kind == "choice":
        return _choice(field, str(value))
    kept, reader = _READERS[field.kind]
    if isinstance(value, kept) and kept is not str:
        return value
    return reader(str(value))


def _choice(field: FormField, text: str) -> str:
    for stored, title in field.choices:
        if text.strip() in {stored, title}:
            return stored
    known = listed(stored for stored, _title in field.choices)
    raise InputError.of(field.name, "form.choice", value=text, choices=known)


def _table(field: FormField, value: object) -> list[dict[str, object]]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            raise InputError.of(field.name, "form.table") from None
    if not isinstance(value, (list, tuple)) or not all(isinstance(x, Mapping) for x in value):
        raise InputError.of(field.name, "form.table")
    lines: list[dict[str, object]] = []
    errors: list[FieldError] = []
    for number, line in enumerate(value, start=1):
        try:
            lines.append(parse_form(field.columns, line))
        except InputError as error:
            errors += [
                FieldError(f"[{number}].{wrong.field}", wrong.code, wrong.params)
                for wrong in error.fields
            ]
    if errors:
        raise InputError(*errors)
    return lines
