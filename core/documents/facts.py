"""Facts of a paper: frozen as canonical JSON, checked against the template, put into its texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from core.documents import fonts
from core.errors import FieldError, RuleViolation
from core.i18n import N_
from core.messages import register

if TYPE_CHECKING:
    from core.documents.fonts import GlyphWarning
    from core.documents.templates import FactSpec, Template

#: Facts every paper may use without declaring them; `prepare` adds them from the office settings.
COMMON: dict[str, str] = {
    "office_name": "登记机构全称",
    "office_short": "登记机构代字",
    "office_phone": "登记机构电话",
    "office_address": "登记机构地址",
    "ecology_body": "备案机关",
    "registry_body": "不动产登记机构",
    "reconsideration_body": "复议机关",
    "supervision_phone": "监督电话",
    "basis_document": "登记依据文件",
    "basis_clauses": "登记依据条款",
    "contact": "联系人",
    "date": "落款日期",
    "number": "文号或证号",
}

_TOKEN = re.compile(
    r"\{(?P<mark>[?!]?)(?P<name>[a-z][a-z0-9_]*)(?P<filters>(?:\|[a-z_]+)*)\}|\{/\}"
)
_SEGMENT = re.compile(r"\{(?P<mark>[?!])(?P<name>[a-z][a-z0-9_]*)\}(?P<body>.*?)\{/\}", re.DOTALL)


def canonical(facts: Mapping[str, object]) -> str:
    """The one JSON text of the facts: sorted keys, no spaces, UTF-8 as it is.

    Raises ValueError for what JSON does not have or would round (floats).
    """
    return json.dumps(
        _exact(facts), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def _exact(value: object) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): _exact(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(entry) for entry in value]
    if isinstance(value, date):
        return value.isoformat()
    msg = f"a fact is text, a whole number, a flag, a date, a list or a table, not {type(value)}"
    raise ValueError(msg)


def fingerprint(facts: Mapping[str, object]) -> str:
    """SHA-256 of the canonical facts, hexadecimal."""
    return sha256(canonical(facts).encode()).hexdigest()


def names_in(text: str) -> set[str]:
    """The facts a text uses."""
    return {m["name"] for m in _TOKEN.finditer(text) if m["name"]}


def faults_in(text: str) -> str:
    """What of a template text would not be understood: an unknown filter, a lone brace; or nothing."""
    for token in _TOKEN.finditer(text):
        for key in (token["filters"] or "").split("|")[1:]:
            if key not in FILTERS:
                return key
    segments = _SEGMENT.sub(lambda m: m["body"], text)
    rest = _TOKEN.sub(lambda m: m[0] if m["mark"] or m[0] == "{/}" else "", segments)
    return rest if "{" in rest or "}" in rest else ""


def holds(condition: str, facts: Mapping[str, object]) -> bool:
    """Whether a `when` condition is met: empty, a fact that is set, or `!fact` that is not."""
    if not condition:
        return True
    negated = condition.startswith("!")
    return bool(facts.get(condition.lstrip("!"))) is not negated


def fill(text: str, facts: Mapping[str, object]) -> str:
    """Put facts into a text: `{name}`, `{name|filter}`, `{?name}…{/}`, `{!name}…{/}`.

    Raises RuleViolation("documents.missing_fact"): nothing prints a blank or a placeholder.
    """
    chosen = _SEGMENT.sub(
        lambda m: m["body"] if holds(m["mark"].replace("?", "") + m["name"], facts) else "", text
    )
    return _TOKEN.sub(lambda m: _value(m["name"], m["filters"], facts), chosen)


def _value(name: str | None, filters: str, facts: Mapping[str, object]) -> str:
    value = facts.get(name or "")
    if value is None or value == "":
        raise RuleViolation("documents.missing_fact", fact=name)
    for key in filters.split("|")[1:]:
        try:
            value = FILTERS[key](value)
        except ValueError as fault:
            raise RuleViolation("documents.fact_kind", fact=name, kind=key) from fault
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)


def _chinese_date(value: Any) -> str:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return f"{day.year}年{day.month}月{day.day}日"


def _tonnes(value: Any) -> str:
    return f"{value // 100:,}.{value % 100:02}" if isinstance(value, int) else str(value)


def _tonnes_capital(value: Any) -> str:
    from core.values.tonnes import Tonnes

    return Tonnes(int(value)).capitals()


def _money(value: Any) -> str:
    from core.values.money import Money

    return str(Money(int(value)))


def _money_capital(value: Any) -> str:
    from core.values.money import Money

    return Money(int(value)).capitals()


def _mu(value: Any) -> str:
    from core.values.area import Area

    return f"{Area(int(value)).mu:.2f}"


def _hectares(value: Any) -> str:
    from core.values.area import Area

    return f"{Area(int(value)).ha:.4f}"


#: What may stand after `|`. Tonnes are 0.01 t, money 分, areas m², dates ISO.
FILTERS: dict[str, Callable[[Any], str]] = {
    "date": _chinese_date,
    "tonnes": _tonnes,
    "tonnes_capital": _tonnes_capital,
    "money": _money,
    "money_capital": _money_capital,
    "mu": _mu,
    "ha": _hectares,
}


def check(template: Template, facts: Mapping[str, object]) -> list[GlyphWarning]:
    """Refuse facts the template cannot print; return doubtful characters.

    Raises RuleViolation: documents.missing_fact, documents.fact_kind, documents.missing_glyph,
    documents.private_glyph.
    """
    for name, spec in template.facts.items():
        _check_fact(name, spec, facts.get(name))
    doubtful = []
    for text in strings(facts):
        doubtful += fonts.check(text)
    return doubtful


def doubts(facts: Mapping[str, object]) -> list[FieldError]:
    """What prints, but perhaps not as its owner writes it; each text once."""
    found: dict[str, FieldError] = {}
    for text in strings(facts):
        for one in fonts.check(text):
            params = {"text": fonts.clean(text)[:40], "codepoint": one.codepoint}
            found.setdefault(text, FieldError("facts", f"documents.{one.kind}", params))
    return list(found.values())


def _check_fact(name: str, spec: FactSpec, value: object) -> None:
    if value is None or value == "":
        if not spec.optional and spec.kind != "flag":
            raise RuleViolation("documents.missing_fact", fact=f"{spec.title} ({name})")
        return
    if not _fits(spec, value):
        raise RuleViolation("documents.fact_kind", fact=f"{spec.title} ({name})", kind=spec.kind)


def _fits(spec: FactSpec, value: object) -> bool:
    match spec.kind:
        case "rows" | "parcels":
            return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)
        case "list":
            return isinstance(value, list)
        case "flag":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int)
        case _:
            return isinstance(value, str | int | list | date) and not isinstance(value, bool)


def strings(value: object) -> list[str]:
    """Every text inside a fact, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for entry in value.values() for text in strings(entry)]
    if isinstance(value, list | tuple):
        return [text for entry in value for text in strings(entry)]
    return []


register(
    {
        "documents.variation": N_(
            "“{text}” asks for a special form of a character ({codepoint}) and is printed in its "
            "usual form: compare it with the document of the person."
        ),
        "documents.private": N_(
            "“{text}” has a private character ({codepoint}) that other machines draw differently."
        ),
        "documents.missing_fact": N_(
            "The paper needs “{fact}”, which is not set. Fill it in; nothing was printed."
        ),
        "documents.fact_kind": N_("“{fact}” has the wrong kind of value; it should be {kind}."),
    }
)
