"""Patterns of numbers: `{short}碳证〔{year}〕第{seq:06}号`."""

from __future__ import annotations

import re

from core.errors import InputError
from core.i18n import N_
from core.messages import register

register(
    {
        "numbering.field_unknown": N_(
            "“{field}” cannot stand in a number; use {{short}}, {{code}}, {{year}} "
            "and {{seq}} or {{seq:06}}."
        ),
        "numbering.no_sequence": N_("A number needs {{seq}}, its running number."),
        "numbering.no_year": N_(
            "A number needs {{year}}: the running number starts anew each year."
        ),
        "numbering.brace": N_("A brace of the pattern is not closed."),
    }
)

_FIELD = re.compile(r"\{([^{}]*)\}")
_SEQUENCE = re.compile(r"seq(?::0?(\d))?")
_PLAIN = frozenset({"short", "code", "year"})


def check_pattern(pattern: str) -> str:
    """The pattern without blanks around it.

    Raises:
        InputError: field ``pattern``; an unknown field, no running number or no year in it.
    """
    shown = pattern.strip()
    fields = _FIELD.findall(shown)
    if _FIELD.sub("", shown).strip("{}") != _FIELD.sub("", shown) or "{" in _FIELD.sub("", shown):
        raise InputError.of("pattern", "numbering.brace")
    for name in fields:
        if name not in _PLAIN and not _SEQUENCE.fullmatch(name):
            raise InputError.of("pattern", "numbering.field_unknown", field=name)
    if sum(bool(_SEQUENCE.fullmatch(name)) for name in fields) != 1:
        raise InputError.of("pattern", "numbering.no_sequence")
    if "year" not in fields:
        raise InputError.of("pattern", "numbering.no_year")
    return shown


def render(pattern: str, *, short: str, code: str, year: int, sequence: int) -> str:
    """The text of a number. A sequence longer than its padding is written in full."""
    plain = {"short": short, "code": code, "year": str(year)}

    def field(found: re.Match[str]) -> str:
        name = found[1]
        if name in plain:
            return plain[name]
        width = _SEQUENCE.fullmatch(name)
        return str(sequence).zfill(int(width[1] or 0)) if width else found[0]

    return _FIELD.sub(field, pattern)
