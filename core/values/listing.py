"""What a list is: its columns declared once, shared by table, Excel, print and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from core.values.cells import as_text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Align(StrEnum):
    """How cells of a column stand."""

    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"


@dataclass(frozen=True)
class ColumnSpec:
    """One column of a list.

    Attributes:
        key: name of the column in queries.
        header: title, marked with `N_`; whoever shows it translates it.
        width_chars: width in ideographs.
        align: amounts stand right, states in the middle.
        sortable: whether the source has an index for it.
    """

    key: str
    header: str
    width_chars: int = 10
    align: Align = Align.LEFT
    sortable: bool = True


@dataclass(frozen=True)
class FilterSpec:
    """One filter above a list: `choices` are pairs of stored value and title (`N_`)."""

    key: str
    title: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ListQuery:
    """What a person asked a list for."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False


class RecordSource(Protocol):
    """A list of records: ordered ids from SQL, rows fetched in pages by id."""

    @property
    def kind(self) -> str:
        """Table name of the root record: the kind in change sets."""
        ...

    @property
    def columns(self) -> tuple[ColumnSpec, ...]:
        """The columns, in order."""
        ...

    @property
    def filters(self) -> tuple[FilterSpec, ...]:
        """The filters, in order."""
        ...

    def ids(self, session: Session, query: ListQuery) -> Sequence[int]:
        """All ids in the asked order."""
        ...

    def rows(self, session: Session, ids: Sequence[int]) -> Mapping[int, tuple[object, ...]]:
        """Values of the asked rows, in column order; unknown ids are left out.

        See :mod:`core.values.cells` for what a value may be.
        """
        ...

    def count(self, session: Session, query: ListQuery) -> int:
        """How many records the query has."""
        ...


@runtime_checkable
class FirstSource(Protocol):
    """A list that can tell its first ids without reading all of them."""

    def first(self, session: Session, query: ListQuery, limit: int) -> Sequence[int]:
        """The first ids in the asked order."""
        ...


def cells(source: RecordSource, session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """What people read in the asked rows, in column order; unknown ids are left out."""
    found = source.rows(session, ids)
    return {key: tuple(as_text(value) for value in row) for key, row in found.items()}
