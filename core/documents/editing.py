"""The office edits the texts of its papers: versions, sample data, saving as a new version.

Every version ever used or saved stays; a paper keeps the text it was made from, so an edit changes
only papers prepared afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.documents import service
from core.documents.facts import COMMON
from core.documents.model import PaperTemplate
from core.documents.templates import (
    FactSpec,
    Template,
    parse,
    shipped,
    shipped_kinds,
    texts,
)
from core.errors import FieldError

_VERSION = re.compile(r"^version\s*=\s*\d+\s*$", re.MULTILINE)
#: A name of 40 characters and rare ones: what a text must still hold.
_LONG = "明光市白米山农民林业专业合作社联合社及其全体成员共同共有林地管理委员会㛃𬱖䶮犇堃喆"


Caution = Callable[[str], Sequence[FieldError]]
_CAUTIONS: dict[str, Caution] = {}


@dataclass(frozen=True)
class TemplateLine:
    """A kind of paper in the list: its title, the version in use, and whether the office made it."""

    kind: str
    title: str
    version: int
    by_office: bool
    saved_at: datetime | None


@dataclass(frozen=True)
class TemplateVersion:
    """One text of a kind that was used or saved."""

    id: int
    version: int
    by_office: bool
    saved_at: datetime
    source: str


def kinds(session: Session) -> list[TemplateLine]:
    """Every kind of paper with the version in use, by kind."""
    newest = (
        select(func.max(PaperTemplate.id))
        .where(PaperTemplate.by_office)
        .group_by(PaperTemplate.kind)
    )
    rows = session.scalars(select(PaperTemplate).where(PaperTemplate.id.in_(newest)))
    own = {row.kind: row for row in rows}
    lines = []
    for kind in shipped_kinds():
        row = own.get(kind)
        version = row.revision if row else shipped(kind).version
        saved_at = row.saved_at if row else None
        lines.append(TemplateLine(kind, shipped(kind).title, version, row is not None, saved_at))
    return lines


def versions(session: Session, kind: str) -> list[TemplateVersion]:
    """Every text of a kind that was used or saved, the newest first."""
    rows = session.scalars(
        select(PaperTemplate).where(PaperTemplate.kind == kind).order_by(PaperTemplate.id.desc())
    )
    return [
        TemplateVersion(row.id, row.revision, row.by_office, row.saved_at, row.source)
        for row in rows
    ]


def is_same(source: str, other: str) -> bool:
    """Whether two texts of a template differ in nothing but their version number."""
    first, second = (_VERSION.sub("", one.replace("\r\n", "\n"), 1) for one in (source, other))
    return first == second


def save(session: Session, kind: str, source: str) -> Template:
    """Keep a text as the office's next version of a kind; papers prepared from now on use it.

    The version number in the text is set, whatever it says. Raises TemplateError when the text
    cannot be used or its sample cannot be printed, NotPermitted without `papers.templates`.
    """
    parse(source, f"{kind}.toml")
    highest = session.scalar(
        select(func.max(PaperTemplate.revision)).where(PaperTemplate.kind == kind)
    )
    following = max(highest or 0, shipped(kind).version) + 1
    numbered = _VERSION.sub(f"version = {following}", source, count=1)
    draw(numbered, kind)
    return service.save_template(session, kind, numbered)


def add_caution(kind: str, check: Caution) -> None:
    """Declare what is pointed out when a text of a kind is saved; it is saved all the same.

    Args:
        kind: of the paper.
        check: the words of a template → what is odd about them.
    """
    _CAUTIONS[kind] = check


def cautions(template: Template) -> list[FieldError]:
    """What is odd about the words of a template, for whoever saved it."""
    check = _CAUTIONS.get(template.kind)
    words = [template.title, *(text for _key, text in texts(template.pages))]
    return list(check("\n".join(words))) if check else []


def draw(source: str, kind: str, *, long: bool = False) -> bytes:
    """An unsigned preview of a text on sample data, with 培训样张 across it.

    Raises TemplateError (what is wrong, where), RuleViolation for a character without a glyph.
    """
    from core.documents.layout import Marks
    from core.documents.render import render

    template = parse(source, f"{kind}.toml")
    facts = sample_facts(template, long=long)
    number = str(facts["number"])
    return render(template, facts, watermark=Marks(sample=True), number=number)


def sample_facts(template: Template, *, long: bool = False) -> dict[str, Any]:
    """Invented facts of the kinds a template declares; `long` ones test how far it stretches."""
    facts: dict[str, Any] = dict(COMMON)
    facts |= {"date": "2026-11-25", "number": "样林碳〔2026〕第000001号"}
    for name, spec in template.facts.items():
        facts[name] = _sample(spec, long=long)
    return facts


def _sample(spec: FactSpec, *, long: bool) -> Any:
    title = re.split("[，（；]", spec.title)[0]
    rows = 60 if long else 3
    match spec.kind:
        case "date":
            return "2026-11-22"
        case "flag":
            return True
        case "number":
            return 123_456_789 if long else 123_456
        case "list":
            return [f"{title}{n}" for n in range(1, (12 if long else 2) + 1)]
        case "rows":
            words = {column: _LONG[:12] if long else column for column in spec.columns}
            return [words for _ in range(rows)]
        case "parcels":
            return [_parcel(spec, n) for n in range(rows)]
        case _:
            return _LONG if long else f"{title}样例"


def _parcel(spec: FactSpec, n: int) -> dict[str, Any]:
    x, y = 1500 * (n % 8), 1500 * (n // 8)
    ring = [[x, y], [x + 1200, y + 200], [x + 1000, y + 1100], [x + 100, y + 900], [x, y]]
    texts = {column: str(n + 1) for column in spec.columns if column != "rings"}
    return {**texts, "label": str(n + 1), "rings": [ring]}
