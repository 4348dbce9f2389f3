"""Lists of records: sorted, filtered and counted in SQL; ids come first, rows by their ids.

Every capability declares its lists as values of :class:`RecordList`; what a filter means is said
with the conditions below or with a function of the capability's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlalchemy.orm import Session

from core.errors import InputError
from core.i18n import N_, listed
from core.search.service import find
from core.values.listing import ColumnSpec, FilterSpec, ListQuery

#: What a filter's value means in SQL. Raises InputError for a value it does not know.
Condition = Callable[[Session, str], ColumnElement[bool]]
#: What is looked for in the records of a list, for a text.
TextCondition = Callable[[str], ColumnElement[bool]]

YES_NO = (("yes", N_("Yes")), ("no", N_("No")))
#: From how many hits on the search index is no longer asked and the whole list is read.
_PROBE = 1000
_YEARS = range(1900, 9999)


def _rest(row: Any) -> tuple[object, ...]:
    return tuple(row[1:])


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordList:
    """A list of records (see :class:`core.values.listing.RecordSource`).

    Attributes:
        kind: table name of the root record.
        columns: shown columns; the key of a sortable one is in `orders`.
        key: id column.
        orders: SQL expressions by column key; the first is the standard one.
        texts: columns a text is looked for in, or what a text means.
        fetch: selects id and what a row shows.
        cells: turns a fetched row into values (:mod:`core.values.cells`), by default what follows
            the id.
        shown: turns all fetched rows into values by id, where that needs a query of its own;
            stands for `cells`.
        conditions: what each filter means.
        offers: title and choices of each filter, or what gives them.
        base: selects the ids alone, so that a long list is read off an index; by default `fetch`.
        joins: what `base` needs before it can be ordered by a column of another table.
        standard: key of the order when none is asked for, else the first.
        descending: whether the standard order starts with the newest.
        searched: kind in the search index for pinyin initials, and the id column to compare.
    """

    kind: str
    columns: tuple[ColumnSpec, ...]
    key: ColumnElement[int]
    orders: Mapping[str, ColumnElement[Any]]
    texts: Sequence[ColumnElement[str]] | TextCondition
    fetch: Select[*tuple[Any, ...]]
    cells: Callable[[Any], tuple[object, ...]] = _rest
    shown: Callable[[Session, Sequence[Any]], Mapping[int, tuple[object, ...]]] | None = None
    conditions: Mapping[str, Condition]
    offers: tuple[FilterSpec, ...] | Callable[[], tuple[FilterSpec, ...]] = ()
    base: Select[int] | None = None
    joins: Mapping[str, Callable[[Select[int]], Select[int]]] = field(default_factory=dict)
    standard: str = ""
    descending: bool = True
    searched: tuple[str, ColumnElement[int]] | None = None

    @property
    def filters(self) -> tuple[FilterSpec, ...]:
        """The filters above the list."""
        return self.offers() if callable(self.offers) else self.offers

    def ids(self, session: Session, query: ListQuery) -> Sequence[int]:
        """All ids in the asked order; equal rows by id."""
        return session.scalars(self._ordered(session, query)).all()

    def first(self, session: Session, query: ListQuery, limit: int) -> Sequence[int]:
        """The first ids in the asked order, for the first page of a long list."""
        return session.scalars(self._ordered(session, query).limit(limit)).all()

    def count(self, session: Session, query: ListQuery) -> int:
        """How many records the query has."""
        counted = self._chosen(session, query).with_only_columns(
            func.count(self.key), maintain_column_froms=True
        )
        return session.scalar(counted) or 0

    def rows(self, session: Session, ids: Sequence[int]) -> Mapping[int, tuple[object, ...]]:
        """Values of the asked records; unknown ids are left out."""
        found = session.execute(self.fetch.where(self.key.in_(list(ids)))).all()
        if self.shown is not None:
            return self.shown(session, found)
        return {row[0]: self.cells(row) for row in found}

    def _ordered(self, session: Session, query: ListQuery) -> Select[int]:
        sort, descending = query.sort, query.descending
        if sort not in self.orders:
            sort, descending = self.standard or next(iter(self.orders)), self.descending
        order = self.orders[sort]
        chosen = self._chosen(session, query)
        if sort in self.joins:
            chosen = self.joins[sort](chosen)
        keys = (order.desc(), self.key.desc()) if descending else (order.asc(), self.key.asc())
        return chosen.order_by(*keys)

    def _chosen(self, session: Session, query: ListQuery) -> Select[int]:
        base = self.base
        if base is None:
            base = self.fetch.with_only_columns(self.key, maintain_column_froms=True)
        found = [
            self.conditions[name](session, value)
            for name, value in query.filters.items()
            if value and name in self.conditions
        ]
        text = query.text.strip()
        if text:
            found.append(self._text(session, text))
        return base.where(*found)

    def _text(self, session: Session, text: str) -> ColumnElement[bool]:
        if self.searched is not None and text.isascii() and text.isalpha():
            kind, column = self.searched
            hits = find(session, text, kinds=(kind,), limit=_PROBE)
            return column.in_([hit.record_id for hit in hits])
        return self.texts(text) if callable(self.texts) else contains(*self.texts)(text)


def choices(titles: Mapping[Any, str]) -> tuple[tuple[str, str], ...]:
    """The choices of a filter by words: stored value and title."""
    return tuple((one.value, title) for one, title in titles.items())


def contains(*columns: Any) -> TextCondition:
    """A text is looked for as a part of any of these columns."""
    return lambda text: or_(*(one.contains(text, autoescape=True) for one in columns))


def word_of(words: type[StrEnum], value: str) -> StrEnum:
    """A filter's value as a stored word.

    Raises:
        InputError: field ``filter``; there is no such word.
    """
    try:
        return words(value)
    except ValueError:
        known = listed(words)
        raise InputError.of("filter", "form.choice", value=value, choices=known) from None


def year_number(value: str) -> int:
    """A filter's value as a year.

    Raises:
        InputError: field ``year``; it is none.
    """
    if not (value.isascii() and value.isdigit() and int(value) in _YEARS):
        raise InputError.of("year", "values.number_format", value=value)
    return int(value)


def equals(column: Any, words: type[StrEnum] | None = None) -> Condition:
    """A filter by a stored word, or by any text where there is no list of words."""

    def condition(_session: Session, value: str) -> ColumnElement[bool]:
        return column == (word_of(words, value) if words else value)  # type: ignore[no-any-return]

    return condition


def id_of(column: Any) -> Condition:
    """A filter by the id of another record."""

    def condition(_session: Session, value: str) -> ColumnElement[bool]:
        if not (value.isascii() and value.isdigit()):
            raise InputError.of("filter", "values.number_format", value=value)
        return column == int(value)  # type: ignore[no-any-return]  # an SQL expression

    return condition


def year_of(column: Any) -> Condition:
    """A filter by the year of a day."""

    def condition(_session: Session, value: str) -> ColumnElement[bool]:
        year = year_number(value)
        return and_(column >= date(year, 1, 1), column < date(year + 1, 1, 1))

    return condition
