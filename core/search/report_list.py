"""Reports as lists: rows that are computed once and then sorted, filtered, shown and exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from sqlalchemy.orm import Session

from core.values.cells import as_text
from core.values.listing import ColumnSpec, FilterSpec, ListQuery

Row = tuple[object, ...]
#: Kind and id of a record.
Record = tuple[str, int]


class ReportList:
    """A report as a `RecordSource`: its rows are computed when its ids are asked for.

    Ids are the places in the report, from 1; `rows` and `record` answer from the last computation.
    """

    filters: tuple[FilterSpec, ...] = ()

    def __init__(
        self, kind: str, columns: tuple[ColumnSpec, ...], read: Callable[[Session], Sequence[Row]]
    ) -> None:
        """Build a list that has computed nothing yet.

        Args:
            kind: kind whose changes make it compute again.
            columns: the columns, in order.
            read: computes the rows; where the last cell is one more than the columns, it is the
                `Record` that the row is about.
        """
        self.kind = kind
        self.columns = columns
        self._read = read
        self._rows: Sequence[Row] = ()
        self._records: Mapping[int, Record] = {}

    def become(self, other: ReportList) -> None:
        """Compute what another list of the same columns computes, from the next question on."""
        self._read = other._read

    def computed(self) -> Sequence[Row]:
        """The rows of the last computation, all of them."""
        return self._rows

    def record(self, place: int) -> Record | None:
        """The record that a row is about, if it is about one."""
        return self._records.get(place)

    def ids(self, session: Session, query: ListQuery) -> Sequence[int]:
        """Places of the rows that hold the text, in the asked order."""
        rows = self._compute(session)
        wanted = query.text.strip().lower()
        chosen = [
            place
            for place, row in enumerate(rows, start=1)
            if not wanted or any(wanted in as_text(cell).lower() for cell in row)
        ]
        keys = [column.key for column in self.columns]
        if query.sort in keys:
            at = keys.index(query.sort)
            chosen.sort(key=lambda place: _order(rows[place - 1][at]), reverse=query.descending)
        return chosen

    def _compute(self, session: Session) -> Sequence[Row]:
        read, width = self._read(session), len(self.columns)
        found = enumerate(read, start=1)
        self._records = {place: cast("Record", row[width]) for place, row in found if row[width:]}
        self._rows = [row[:width] for row in read]
        return self._rows

    def rows(self, _session: Session, ids: Sequence[int]) -> dict[int, Row]:
        """The asked rows; places the report does not have are left out."""
        rows = self._rows
        return {place: rows[place - 1] for place in ids if 0 < place <= len(rows)}

    def count(self, session: Session, query: ListQuery) -> int:
        """How many rows hold the text."""
        return len(self.ids(session, query))


def _order(value: object) -> tuple[bool, int, str]:
    """Numbers by size, the rest by its text; nothing stands first."""
    number = getattr(value, "fen", getattr(value, "units", value if isinstance(value, int) else 0))
    return value is not None, int(number), as_text(value)
