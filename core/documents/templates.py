"""Paper templates: one TOML file each, read into frozen values with errors a person can act on.

The format is described in docs/templates.md. A template says where things stand; it holds no code.
"""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from core.errors import RuleViolation
from core.i18n import N_
from core.messages import register

Align = Literal["left", "center", "right", "justify"]
Font = Literal["song", "song-bold", "hei", "kai"]
Colour = Literal["black", "grey", "faint", "red", "green"]
#: Who may be asked to sign a paper: 审定人, 登记机构.
Role = Literal["approver", "bureau"]
FactKind = Literal["text", "date", "flag", "list", "rows", "number", "parcels"]


@dataclass(frozen=True)
class FactSpec:
    """A fact the template prints: Chinese title, kind, and for rows the keys of a row."""

    title: str
    kind: FactKind = "text"
    optional: bool = False
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Typography:
    """Keys shared by everything that sets text; zero or empty means the default of the block."""

    font: Font | None = None
    size: float = 0.0
    leading: float = 0.0
    align: Align | None = None
    indent: float = -1.0
    tracking: float = 0.0
    colour: Colour = "black"


@dataclass(frozen=True)
class Text(Typography):
    """A paragraph (`type = "text"`), a title, heading or note, by its defaults.

    A heading stays with at least 25 mm of what follows it.
    """

    type: Literal["text", "title", "subtitle", "heading", "note"] = "text"
    text: str = ""
    when: str = ""
    before: float = 0.0
    after: float = 0.0


@dataclass(frozen=True)
class Column:
    """A table column: key in the row, header, width as a share of the table's width.

    `code` prints the row's text as a small code, to be found and read on a scan.
    """

    key: str
    title: str
    width: float = 1.0
    align: Align = "center"
    code: bool = False


@dataclass(frozen=True)
class Table(Typography):
    """Rows of a fact; the header is repeated on every page. `number` adds a 序号 column."""

    type: Literal["table"] = "table"
    rows: str = ""
    columns: tuple[Column, ...] = ()
    number: bool = True
    min_rows: int = 0
    row_height: float = 8.0
    when: str = ""


@dataclass(frozen=True)
class Form(Typography):
    """Label and value cells by rows. `widths` are shares; the last cell of a row spans the rest.

    `lines` and `smallest` bound a value: it shrinks to `smallest`, then wraps to `lines`, then
    moves to the `overflow` block and the cell says 见附页.
    """

    type: Literal["form"] = "form"
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[float, ...] = (1.0, 3.0)
    row_height: float = 8.0
    heights: tuple[float, ...] = ()
    label_font: Font = "hei"
    label_size: float = 10.5
    smallest: float = 9.0
    lines: int = 0
    emphasis: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True)
class Option:
    """One box to tick: its text, and the fact that ticks it."""

    text: str
    when: str


@dataclass(frozen=True)
class Checks(Typography):
    """A list of boxes, ticked by facts; all are printed."""

    type: Literal["checks"] = "checks"
    options: tuple[Option, ...] = ()
    when: str = ""


@dataclass(frozen=True)
class Items(Typography):
    """A numbered list from a fact of kind list: `label` once, then 1. 2. 3."""

    type: Literal["items"] = "items"
    rows: str = ""
    label: str = ""
    when: str = ""


@dataclass(frozen=True)
class Signatures(Typography):
    """Lines to sign on, `columns` to a row."""

    type: Literal["signatures"] = "signatures"
    labels: tuple[str, ...] = ()
    columns: int = 2
    when: str = ""


@dataclass(frozen=True)
class Signatories(Typography):
    """The fields of those who sign in turn, side by side, each above its title.

    Nothing where the paper has one signature.
    """

    type: Literal["signatories"] = "signatories"
    height: float = 24.0
    when: str = ""


@dataclass(frozen=True)
class Closing(Typography):
    """Who issues, and when; leaves the 45 mm seal space unless `seal = false`."""

    type: Literal["closing"] = "closing"
    office: str = "{office_name}（盖章）"
    date: str = "{date|date}"
    seal: bool = True
    when: str = ""


@dataclass(frozen=True)
class Space:
    """Free height in mm; `rule` draws a line in its middle."""

    type: Literal["space"] = "space"
    height: float = 5.0
    rule: bool = False
    when: str = ""


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a new page."""

    type: Literal["page_break"] = "page_break"
    when: str = ""


@dataclass(frozen=True)
class Sketch:
    """Outlines of parcels with a north arrow and a scale bar."""

    type: Literal["sketch"] = "sketch"
    rows: str = ""
    height: float = 90.0
    when: str = ""


@dataclass(frozen=True)
class Overflow(Typography):
    """Where values that did not fit into their cell are printed in full."""

    type: Literal["overflow"] = "overflow"
    title: str = "（续正面）"


@dataclass(frozen=True)
class Placed:
    """Something at a fixed place: `at` is the upper left corner in mm from that of the page.

    `preprinted` says that pre-printed sheets carry it already, so that overlay printing leaves it
    out; texts without a fact, lines, frames, seals, and labels of forms are left out anyway.
    """

    at: tuple[float, float] = (0.0, 0.0)
    width: float = 0.0
    height: float = 0.0
    when: str = ""
    preprinted: bool = False


@dataclass(frozen=True)
class PlacedText(Placed, Typography):
    """A text in a box; `smallest` lets it shrink to one line, or into `height` where that is set."""

    type: Literal["text"] = "text"
    text: str = ""
    smallest: float = 0.0


@dataclass(frozen=True)
class PlacedForm(Placed, Form):
    """A form in a box: rows are spread over `height`; values that make it higher go to the annex."""

    type: Literal["form"] = "form"


@dataclass(frozen=True)
class PlacedLine(Placed):
    """A line: `width` across or `height` down."""

    type: Literal["line"] = "line"
    stroke: float = 0.4
    colour: Colour = "black"


@dataclass(frozen=True)
class Frame(Placed):
    """The interlaced border, repeatable from `seed`, with a faint tree-ring ground."""

    type: Literal["frame"] = "frame"
    seed: int = 1
    fold: bool = True


@dataclass(frozen=True)
class Qr(Placed):
    """The signed code, `width` mm square."""

    type: Literal["qr"] = "qr"


@dataclass(frozen=True)
class Seal(Placed):
    """The free circle for a seal around the middle of the box, with its caption.

    `signature` prints below it who signed electronically; `signatory` makes the box the field of
    that one of several.
    """

    type: Literal["seal"] = "seal"
    caption: str = ""
    diameter: float = 45.0
    signature: bool = False
    signatory: str = ""


Flow = (
    Text
    | Table
    | Form
    | Checks
    | Items
    | Signatures
    | Signatories
    | Closing
    | Space
    | PageBreak
    | Sketch
    | Overflow
)
Fixed = PlacedText | PlacedForm | PlacedLine | Frame | Qr | Seal


@dataclass(frozen=True)
class Page:
    """A run of pages of one size. `fixed` is drawn on its first page, `flow` runs on."""

    size: Literal["A4", "A4 landscape"] = "A4"
    margins: tuple[float, ...] = (37.0, 26.0, 35.0, 28.0)
    fixed: tuple[Fixed, ...] = ()
    flow: tuple[Flow, ...] = ()
    qr: bool = True
    footer: bool = True
    when: str = ""


@dataclass(frozen=True)
class Signatory:
    """One of those who sign a paper in turn: who, and the title below the signature.

    `when` names the fact (or `!fact`) under which this signature is asked for.
    """

    role: Role
    title: str
    when: str = ""


@dataclass(frozen=True)
class Template:
    """A whole paper. `source` is the TOML text itself, which is kept with every paper made."""

    kind: str
    title: str
    version: int
    facts: dict[str, FactSpec]
    pages: tuple[Page, ...]
    body: Typography = field(default_factory=Typography)
    qr_amount: str = ""
    qr_holder: str = ""
    qr_tail: str = ""
    signatures: tuple[Signatory, ...] = ()
    source: str = ""

    def signatories(self, facts: typing.Mapping[str, object]) -> tuple[Signatory, ...]:
        """Who signs this paper, in order; empty where one signature of the bureau is enough."""
        from core.documents.facts import holds

        asked = tuple(one for one in self.signatures if holds(one.when, facts))
        return asked if len(asked) > 1 else ()


class TemplateError(RuleViolation):
    """A template that cannot be used: file, key, and what is wrong."""


FLOW: dict[str, type] = {
    "text": Text,
    "title": Text,
    "subtitle": Text,
    "heading": Text,
    "note": Text,
    "table": Table,
    "form": Form,
    "checks": Checks,
    "items": Items,
    "signatures": Signatures,
    "signatories": Signatories,
    "closing": Closing,
    "space": Space,
    "page_break": PageBreak,
    "sketch": Sketch,
    "overflow": Overflow,
}
FIXED: dict[str, type] = {
    "text": PlacedText,
    "form": PlacedForm,
    "line": PlacedLine,
    "frame": Frame,
    "qr": Qr,
    "seal": Seal,
}


@dataclass(frozen=True)
class _At:
    """Where in which file we are reading, for the error."""

    file: str
    key: str = ""

    def into(self, key: str | int) -> _At:
        part = f"[{key + 1}]" if isinstance(key, int) else f".{key}" if self.key else key
        return _At(self.file, f"{self.key}{part}")

    def wrong(self, code: str, **params: object) -> TemplateError:
        return TemplateError(f"template.{code}", file=self.file, key=self.key or "/", **params)


def _choice(value: object, hint: Any, at: _At) -> Any:
    allowed = typing.get_args(hint)
    if value not in allowed:
        raise at.wrong("choice", value=value, allowed=", ".join(map(str, allowed)))
    return value


def _scalar(value: object, hint: Any, at: _At) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        raise at.wrong("type", wanted=hint.__name__, value=value)
    return value


def _tuple(value: object, hint: Any, at: _At) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise at.wrong("type", wanted="list", value=value)
    item, *rest = typing.get_args(hint)
    if rest != [...] and len(value) != len(rest) + 1:
        raise at.wrong("length", wanted=len(rest) + 1, value=len(value))
    return tuple(_convert(entry, item, at.into(n)) for n, entry in enumerate(value))


def _convert(value: object, hint: Any, at: _At) -> Any:
    origin = typing.get_origin(hint)
    if hint is Flow or hint is Fixed:
        return _block(value, FLOW if hint is Flow else FIXED, at)
    if origin is Literal:
        return _choice(value, hint, at)
    if origin in (types.UnionType, typing.Union):  # an optional choice
        return _convert(value, typing.get_args(hint)[0], at)
    if origin is tuple:
        return _tuple(value, hint, at)
    if dataclasses.is_dataclass(hint):
        return _table(value, typing.cast("type", hint), at)
    return _scalar(value, hint, at)


def _block(value: object, kinds: dict[str, type], at: _At) -> Any:
    if not isinstance(value, dict):
        raise at.wrong("type", wanted="table", value=value)
    kind = value.get("type")
    if kind not in kinds:
        raise at.into("type").wrong("choice", value=kind, allowed=", ".join(kinds))
    return _table(value, kinds[str(kind)], at)


@cache
def type_hints(cls: type) -> dict[str, Any]:
    """The keys of a block and what each may hold."""
    return typing.get_type_hints(cls)


def _table(value: object, cls: type, at: _At) -> Any:
    if not isinstance(value, dict):
        raise at.wrong("type", wanted="table", value=value)
    hints = type_hints(cls)
    for key in value:
        if key not in hints:
            raise at.into(key).wrong("unknown", allowed=", ".join(sorted(hints)))
    for known in dataclasses.fields(cls):
        required = (
            known.default is dataclasses.MISSING and known.default_factory is dataclasses.MISSING
        )
        if required and known.name not in value:
            raise at.into(known.name).wrong("missing")
    return cls(**{k: _convert(v, hints[k], at.into(k)) for k, v in value.items()})


def _facts(value: object, at: _At) -> dict[str, FactSpec]:
    if not isinstance(value, dict):
        raise at.wrong("type", wanted="table", value=value)
    return {
        name: FactSpec(spec) if isinstance(spec, str) else _table(spec, FactSpec, at.into(name))
        for name, spec in value.items()
    }


@lru_cache(maxsize=128)
def parse(source: str, file: str) -> Template:
    """Read a template. Raises TemplateError (a RuleViolation) that names file, key and fault."""
    at = _At(file)
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as fault:
        raise at.wrong("toml", detail=str(fault)) from fault
    facts = _facts(table.pop("facts", {}), at.into("facts"))
    flow = table.pop("flow", None)
    if flow is not None:
        table["pages"] = [{"flow": flow, **table.pop("page", {})}]
    table.setdefault("pages", [])
    template: Template = _table({**table, "source": source}, _Shape, at)
    _check_names((*template.pages, *template.signatures), facts, at)
    _check_signatures(template.signatures, template.pages, at)
    return Template(**{**vars(template), "facts": facts})


@dataclass(frozen=True)
class _Shape:
    """The keys of a template file, before its facts are known."""

    kind: str
    title: str
    version: int
    pages: tuple[Page, ...]
    body: Typography = field(default_factory=Typography)
    qr_amount: str = ""
    qr_holder: str = ""
    qr_tail: str = ""
    signatures: tuple[Signatory, ...] = ()
    source: str = ""


def texts(value: object) -> typing.Iterator[tuple[str, str]]:
    """Every (field name, string) inside a parsed block."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for known in dataclasses.fields(value):
            inner = getattr(value, known.name)
            if isinstance(inner, str):
                yield known.name, inner
            else:
                yield from texts(inner)
    elif isinstance(value, tuple):
        for entry in value:
            if isinstance(entry, str):
                yield "", entry
            else:
                yield from texts(entry)


def _check_signatures(asked: tuple[Signatory, ...], pages: tuple[Page, ...], at: _At) -> None:
    """Each role signs once, the bureau last, and each has one place on the paper."""
    roles = [one.role for one in asked]
    if roles and (len(set(roles)) < len(roles) or roles[-1] != "bureau"):
        raise at.into("signatures").wrong("signatures")
    placed: list[str] = []
    for page in pages:
        placed += [one.signatory for one in page.fixed if isinstance(one, Seal) and one.signatory]
        placed += [role for one in page.flow if isinstance(one, Signatories) for role in roles]
    if sorted(placed) != sorted(roles):
        raise at.into("signatures").wrong("unplaced", roles=", ".join(roles))


def _check_names(pages: tuple[Page | Signatory, ...], facts: dict[str, FactSpec], at: _At) -> None:
    """Every fact a text uses is declared (or one that every paper has)."""
    from core.documents.facts import COMMON, faults_in, names_in

    known = facts.keys() | COMMON.keys()
    for name, text in texts(pages):
        used = {text.lstrip("!")} if name in {"when", "rows"} and text else names_in(text)
        for fact in sorted(used - known):
            raise at.into("facts").wrong("undeclared", fact=fact, text=text[:40])
        if fault := faults_in(text):
            raise at.wrong("text", fault=fault, text=text[:40])


def folder() -> Path:
    """Where the shipped templates are."""
    import resources

    return Path(resources.__file__).parent / "templates"


@cache
def shipped(kind: str) -> Template:
    """The template that comes with the program. Raises TemplateError("template.none")."""
    path = folder() / f"{kind}.toml"
    if not path.is_file():
        raise TemplateError("template.none", file=path.name, key="/")
    template = parse(path.read_text(encoding="utf-8"), path.name)
    if template.kind != kind:
        raise TemplateError("template.kind", file=path.name, key="kind", value=template.kind)
    return template


def shipped_kinds() -> tuple[str, ...]:
    """Every kind that has a shipped template."""
    return tuple(sorted(path.stem for path in folder().glob("*.toml")))


register(
    {
        "template.toml": N_("Template {file}: not valid TOML: {detail}"),
        "template.type": N_("Template {file}, {key}: needs a {wanted}, has {value!r}."),
        "template.choice": N_("Template {file}, {key}: {value!r} is not one of {allowed}."),
        "template.signatures": N_(
            "Template {file}, {key}: each role signs once, and the bureau signs last."
        ),
        "template.unplaced": N_(
            "Template {file}, {key}: each of {roles} needs one place on the paper (a block "
            "“signatories”, or a seal with “signatory”), and no other role may have one."
        ),
        "template.length": N_("Template {file}, {key}: needs {wanted} values, has {value}."),
        "template.unknown": N_("Template {file}, {key}: unknown key. Known keys: {allowed}."),
        "template.missing": N_("Template {file}, {key}: this key is required."),
        "template.undeclared": N_(
            "Template {file}, {key}: the text “{text}” uses the fact {fact}, which is not declared."
        ),
        "template.text": N_("Template {file}: “{fault}” in the text “{text}” is not understood."),
        "template.none": N_("There is no template {file}."),
        "template.kind": N_("Template {file}: its kind is {value!r}, which is not its file name."),
    }
)
