"""What the Excel groups share: which kinds there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import InputError
from core.i18n import N_, listed
from core.messages import register

if TYPE_CHECKING:
    from core.sheets.batch import Importer
    from core.values.listing import RecordSource

register({"cli.kind_unknown": N_("There is no kind “{kind}”; there are: {known}.")})


def importers() -> tuple[Importer, ...]:
    """Every Excel import of the office."""
    from core.office import CAPABILITIES

    return tuple(importer for capability in CAPABILITIES for importer in capability.imports)


def importer(kind: str) -> Importer:
    """The import of that name.

    Raises:
        InputError: there is none; names those there are.
    """
    known = importers()
    for one in known:
        if one.kind.key == kind:
            return one
    names = listed(one.kind.key for one in known)
    raise InputError.of("kind", "cli.kind_unknown", kind=kind, known=names)


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def listing(kind: str) -> RecordSource:
    """The list of that name, in the plural (parties) or as its records are called (party).

    Raises:
        InputError: there is none; names those there are.
    """
    from core.office import CAPABILITIES

    lists: dict[str, RecordSource] = {
        name: source for capability in CAPABILITIES for name, source in capability.lists.items()
    }
    for name, source in lists.items():
        if kind in {name, _plural(name)}:
            return source
    known = listed(_plural(name) for name in lists)
    raise InputError.of("kind", "cli.kind_unknown", kind=kind, known=known)
