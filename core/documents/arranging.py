"""A template as parts that a person changes in a form: places, sizes, wording; the text stays TOML.

Each change replaces the lines of one key in the template's text, so that comments and the order of
everything else stay as the office wrote them.
"""

from __future__ import annotations

import json
import re
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.documents.facts import COMMON
from core.documents.templates import (
    FIXED,
    FLOW,
    TemplateError,
    parse,
    type_hints,
)
from core.i18n import N_

Kind = Literal["text", "number", "choice", "check", "place", "lines", "cells"]
_HEADER = re.compile(r"^(\s*)\[\[?([a-z_.]+)\]\]?\s*(?:#.*)?$")
_SECTIONS = ("flow", "pages.fixed", "pages.flow")
_KEY = re.compile(r"^\s*([a-z_]+)\s*=")
#: What separates the cells of a row where a person edits it as one line.
BAR = "｜"

TYPES: Mapping[str, str] = {
    "text": N_("Text"),
    "title": N_("Title of the paper"),
    "subtitle": N_("Line below the title"),
    "heading": N_("Heading"),
    "note": N_("Note"),
    "table": N_("Table"),
    "form": N_("Form"),
    "checks": N_("Boxes to tick"),
    "items": N_("Numbered list"),
    "signatures": N_("Lines to sign on"),
    "signatories": N_("Electronic signatures"),
    "closing": N_("Office and date"),
    "space": N_("Space"),
    "page_break": N_("New page"),
    "sketch": N_("Sketch of the parcels"),
    "overflow": N_("What did not fit"),
    "line": N_("Line"),
    "frame": N_("Border"),
    "qr": N_("QR code"),
    "seal": N_("Place of the seal"),
}
TITLES: Mapping[str, str] = {
    "text": N_("Wording"),
    "caption": N_("Wording"),
    "office": N_("Who issues"),
    "date": N_("Date"),
    "label": N_("Words before"),
    "labels": N_("Words, one line each"),
    "options": N_("Words, one line each"),
    "columns": N_("Columns: heading and width, one line each"),
    "rows": N_("Rows: label and value, one line each"),
    "at": N_("From the left and from above, mm"),
    "width": N_("Width, mm"),
    "height": N_("Height, mm"),
    "before": N_("Space above, mm"),
    "after": N_("Space below, mm"),
    "row_height": N_("Height of a row, mm"),
    "size": N_("Size of letters, points"),
    "leading": N_("Distance of lines, points"),
    "font": N_("Letters"),
    "align": N_("Alignment"),
    "colour": N_("Colour"),
    "indent": N_("Indent, characters"),
    "smallest": N_("Smallest letters, points"),
    "seal": N_("Leave the place of the seal"),
    "title": N_("Heading"),
    "rule": N_("A line in its middle"),
}
#: Words of the template's language as people read them.
WORDS: Mapping[str, str] = {
    "song": N_("Song"),
    "song-bold": N_("Song, bold"),
    "hei": N_("Hei"),
    "kai": N_("Kai"),
    "left": N_("left"),
    "center": N_("centred"),
    "right": N_("right"),
    "justify": N_("both edges"),
    "black": N_("black"),
    "grey": N_("grey"),
    "faint": N_("light grey"),
    "red": N_("red"),
    "green": N_("green"),
}
#: Keys a form does not offer: what the program reads, not what a person sees on the paper.
_HIDDEN = {"type", "when", "signatory", "seed", "emphasis", "heights", "widths", "number"}


@dataclass(frozen=True)
class PartField:
    """Something of a part that can be changed: its key, kind, present value, allowed words.

    `default` is what holds where the text says nothing.
    """

    key: str
    kind: Kind
    value: Any
    choices: tuple[str, ...] = ()
    default: Any = None


@dataclass(frozen=True)
class Part:
    """A block or placed thing: its place in the text from 0, and what it is."""

    place: int
    section: str
    type: str
    words: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class _Span:
    """The lines of a part: header, end (exclusive), section and indent."""

    start: int
    end: int
    section: str
    indent: str


def parts(source: str) -> list[Part]:
    """The parts of a template's text in their order.

    Raises TemplateError when the text is no TOML.
    """
    lines = source.split("\n")
    found = []
    for place, span in enumerate(_spans(lines)):
        values = _values(lines, span)
        words = str(
            next((values[key] for key in ("text", "caption", "title") if key in values), "")
        )
        found.append(Part(place, span.section, str(values.get("type", "")), words, values))
    return found


def fields(part: Part) -> list[PartField]:
    """What of a part a person can change, wording first."""
    cls = (FIXED if part.section == "pages.fixed" else FLOW).get(part.type)
    if cls is None:
        return []
    offered = []
    for key, hint in type_hints(cls).items():
        kind = _kind(key, hint, part.type)
        if kind is None:
            continue
        default = getattr(cls, key, None)
        value = part.values.get(key, default)
        choices = _words(hint) if kind == "choice" else ()
        offered.append(PartField(key, kind, _shown(key, value), choices, default))
    order = list(TITLES)
    return sorted(offered, key=lambda one: order.index(one.key))


def change(source: str, place: int, key: str, value: Any) -> str:
    """The text with one value of one part changed, as a form gives it; an empty choice removes it.

    Raises ValueError for a row with no cell, a width that is no number.
    """
    lines = source.split("\n")
    span = _spans(lines)[place]
    written = _stored(key, value, _values(lines, span).get(key))
    at = _key_span(lines, span, key)
    new = [] if written is None else [f"{span.indent}{key} = {_toml(written, span.indent)}"]
    if at is None:
        where = _key_span(lines, span, "type")
        insert = where[1] if where else span.start + 1
        return "\n".join([*lines[:insert], *new, *lines[insert:]])
    return "\n".join([*lines[: at[0]], *new, *lines[at[1] :]])


def moved(source: str, place: int, by: int) -> str:
    """The text with a flowing part moved up (-1) or down (1) past its neighbour, if it has one."""
    lines = source.split("\n")
    spans = _spans(lines)
    other = place + by
    if not 0 <= other < len(spans) or spans[other].section != spans[place].section:
        return source
    first, second = (spans[n] for n in sorted((place, other)))
    return "\n".join(
        [
            *lines[: first.start],
            *lines[second.start : second.end],
            *lines[first.end : second.start],
            *lines[first.start : first.end],
            *lines[second.end :],
        ]
    )


def facts(source: str, kind: str) -> dict[str, str]:
    """What may stand in braces in the texts: name and Chinese title. Empty for a wrong text."""
    try:
        template = parse(source, f"{kind}.toml")
    except TemplateError:
        return {}
    own = {name: spec.title for name, spec in template.facts.items() if spec.kind != "rows"}
    return own | COMMON


# --- reading -----------------------------------------------------------------------------------


def _spans(lines: Sequence[str]) -> list[_Span]:
    headers = [(n, match) for n, line in enumerate(lines) if (match := _HEADER.match(line))]
    ends = [n for n, _match in headers[1:]] + [len(lines)]
    found = []
    for (start, match), end in zip(headers, ends, strict=True):
        if match[2] not in _SECTIONS:
            continue
        last = end
        while last > start + 1 and _is_between(lines[last - 1]):
            last -= 1
        found.append(_Span(start, last, match[2], match[1]))
    return found


def _is_between(line: str) -> bool:
    """Whether a line belongs to no part: empty, or a comment on what follows."""
    return not line.strip() or line.lstrip().startswith("#")


def _values(lines: Sequence[str], span: _Span) -> dict[str, Any]:
    text = "\n".join(lines[span.start + 1 : span.end])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise TemplateError("template.toml", file="", key="/", detail=str(fault)) from fault


def _key_span(lines: Sequence[str], span: _Span, key: str) -> tuple[int, int] | None:
    """The lines of a key; its value ends where what was read so far is whole TOML."""
    for n in range(span.start + 1, span.end):
        match = _KEY.match(lines[n])
        if match is None or match[1] != key:
            continue
        for end in range(n + 1, span.end + 1):
            try:
                tomllib.loads("\n".join(lines[n:end]))
            except tomllib.TOMLDecodeError:
                continue
            return n, end
    return None


def _kind(key: str, hint: Any, type_: str) -> Kind | None:
    owner = {"rows": "form", "columns": "table"}.get(key, type_)
    if key in _HIDDEN or key not in TITLES or owner != type_:
        return None
    if key == "at":
        return "place"
    if key in {"rows", "columns"}:
        return "cells"
    if key in {"labels", "options"}:
        return "lines"
    if hint is bool:
        return "check"
    if hint is float:
        return "number"
    return "choice" if _words(hint) else "text"


def _words(hint: Any) -> tuple[str, ...]:
    """The words of a literal, also of an optional one."""
    for one in typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,):
        if typing.get_origin(one) is Literal:
            return tuple(map(str, typing.get_args(one)))
    return ()


def _shown(key: str, value: Any) -> Any:
    """A value as a form shows it: lists as lines, cells of a row between bars."""
    if key == "columns":
        return _lines(f"{one['title']}{BAR}{one.get('width', 1):g}" for one in value)
    if key == "options":
        return _lines(str(one["text"]) for one in value)
    if key == "labels":
        return _lines(value)
    if key == "rows":
        return _lines(BAR.join(row) for row in value)
    return value


def _lines(values: Iterable[str]) -> str:
    """One line each; a new line inside a value is written as backslash and n."""
    return "\n".join(one.replace("\n", "\\n") for one in values)


def _stored(key: str, value: Any, before: Any) -> Any:
    """What a form gave, as it stands in the text. None where the key is left out."""
    if key not in {"columns", "options", "labels", "rows"}:
        return None if value is None or value == "" else value
    lines = [one.replace("\\n", "\n") for one in value.split("\n") if one.strip()]
    if key == "columns":
        return _columns(lines, before)
    if key == "options":
        return [{**old, "text": text} for old, text in zip(before, lines, strict=True)]
    return lines if key == "labels" else [line.split(BAR) for line in lines]


def _columns(lines: Sequence[str], before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    made = []
    for old, line in zip(before, lines, strict=True):
        title, _, width = line.partition(BAR)
        made.append({**old, "title": title, "width": float(width or 1)})
    return made


# --- writing -----------------------------------------------------------------------------------


def _toml(value: Any, indent: str) -> str:
    """A TOML literal; lists of tables and of rows take a line for each."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {_toml(one, indent)}" for key, one in value.items())
        return "{ " + inner + " }"
    if any(isinstance(one, Mapping | list) for one in value):
        rows = "".join(f"{indent}  {_toml(one, indent)},\n" for one in value)
        return f"[\n{rows}{indent}]"
    return "[" + ", ".join(_toml(one, indent) for one in value) + "]"
