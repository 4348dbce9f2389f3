"""What a business capability tells the rest of the program about itself.

Lower rooms define these values, each capability fills one, :mod:`core.office` lists them;
so the shell, the command line, the migrations and the verifier know no capability by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: Roles that every new database has: key → title (marked by the office with `N_`).
CLERK = "clerk"
REVIEWER = "reviewer"
SECOND_REVIEWER = "second_reviewer"
APPROVER = "approver"
REGISTRAR = "registrar"
CHECKER = "checker"
ISSUER = "issuer"
ADMINISTRATOR = "admin"
AUDITOR = "auditor"
CASHIER = "cashier"
RECEIPT_ISSUER = "receipt_issuer"
RECEIPT_REVIEWER = "receipt_reviewer"
FUND_MANAGER = "fund_manager"
SECRETARY = "secretary"
SUPERVISOR = "supervisor"
EXPERT = "expert"


@dataclass(frozen=True)
class Permission:
    """One thing a person may be allowed to do.

    Attributes:
        key: `room.verb`.
        title: marked with `N_`.
        roles: keys of the roles that have it in a new database.
    """

    key: str
    title: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeriesSpec:
    """One gap-free series of numbers.

    Attributes:
        key: name of the series.
        title: marked with `N_`.
        pattern: default pattern; fields `{short}` `{code}` `{year}` `{seq}` (with `:06` padding).
    """

    key: str
    title: str
    pattern: str


@dataclass(frozen=True)
class Queue:
    """One queue of the dashboard: `count` in a read session; opening it shows `open_kind` filtered."""

    key: str
    title: str
    count: Callable[[Session], int]
    open_kind: str
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PaperKind:
    """One kind of paper.

    Attributes:
        kind: key of the kind.
        title: marked with `N_`.
        template: name of the template in resources/templates.
        facts: what a signed document of this kind says, for the verifier; by document id.
        status: what the register says of the record today, in words; by record kind and id.
    """

    kind: str
    title: str
    template: str
    facts: Callable[[Session, int], Mapping[str, object]] | None = None
    status: Callable[[Session, str, int], str] | None = None


@dataclass(frozen=True)
class Capability:
    """One folder of the office.

    Attributes:
        key: name of the folder.
        title: marked with `N_`.
        icon: name in resources/icons.
        models: mapped classes.
        permissions: what may be allowed.
        series: numbers it takes.
        papers: papers it writes.
        imports: Excel imports (`core.sheets.ImportKind`).
        queues: queues on the dashboard.
        search_kinds: kinds in the search box → title (`N_`).
        lists: record sources by kind, for tables, exports and the command line.
        cli: module of its command group, or empty.
        seed: puts the tables of values it cannot work without into a database that lacks them;
            called by every upgrade with a session of the owner, so it must do nothing twice.
        hides: records that whoever acts may not see, by table name (`core.database.veil`).
    """

    key: str
    title: str
    icon: str = ""
    models: tuple[type, ...] = ()
    permissions: tuple[Permission, ...] = ()
    series: tuple[SeriesSpec, ...] = ()
    papers: tuple[PaperKind, ...] = ()
    imports: tuple[Any, ...] = ()
    queues: tuple[Queue, ...] = ()
    search_kinds: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Any] = field(default_factory=dict)
    cli: str = ""
    seed: Callable[[Session], object] | None = None
    hides: Callable[[Session], Mapping[str, Collection[int]]] | None = None
