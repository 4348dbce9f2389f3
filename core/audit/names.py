"""What tables and columns are called for people who read the log."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from core.i18n import N_, _, language

#: What was done to a row.
ACTIONS = {
    "insert": N_("added"),
    "update": N_("changed"),
    "delete": N_("removed"),
    "move": N_("moved"),
    "bulk insert": N_("many added"),
    "bulk update": N_("many changed"),
    "bulk delete": N_("many removed"),
}


@cache
def _titles() -> Mapping[str, str]:
    import csv
    from importlib.resources import files

    table = files("resources").joinpath("tables", "record_names.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {row["name"]: row["title"] for row in rows}


def record_name(stored: str) -> str:
    """The name of a table or column: Chinese on a Chinese screen, its stored words otherwise."""
    plain = stored.replace("_", " ")
    return plain if language() == "en" else _titles().get(stored, plain)


def action_name(stored: str) -> str:
    """What was done to a row, in the language of the screen."""
    known = ACTIONS.get(stored)
    return _(known) if known else stored
