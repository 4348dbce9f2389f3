"""Reports as lists: rows that are computed once and then sorted, filtered, shown and exported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from core.fund import reports
from core.fund.states import FORM_TITLES, Form, Way
from core.i18n import N_
from core.values.cells import as_text, term
from core.values.listing import Align, ColumnSpec, FilterSpec, ListQuery

Row = tuple[object, ...]


class ReportList:
    """A report as a `RecordSource`: its rows are computed when its ids are asked for.

    Ids are the places in the report, from 1; `rows` answers from the last computation.
    """

    filters: tuple[FilterSpec, ...] = ()

    def __init__(
        self, kind: str, columns: tuple[ColumnSpec, ...], read: Callable[[Session], Sequence[Row]]
    ) -> None:
        """Build a list that has computed nothing yet.

        Args:
            kind: kind whose changes make it compute again.
            columns: the columns, in order.
            read: computes the rows.
        """
        self.kind = kind
        self.columns = columns
        self._read = read
        self._rows: Sequence[Row] = ()

    def become(self, other: ReportList) -> None:
        """Compute what another list of the same columns computes, from the next question on."""
        self._read = other._read

    def computed(self) -> Sequence[Row]:
        """The rows of the last computation, all of them."""
        return self._rows

    def ids(self, session: Session, query: ListQuery) -> Sequence[int]:
        """Places of the rows that hold the text, in the asked order."""
        rows = self._rows = list(self._read(session))
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

    def rows(self, _session: Session, ids: Sequence[int]) -> dict[int, Row]:
        """The asked rows; places the report does not have are left out."""
        rows = self._rows
        return {place: rows[place - 1] for place in ids if 0 < place <= len(rows)}

    def count(self, session: Session, query: ListQuery) -> int:
        """How many rows hold the text."""
        return len(self.ids(session, query))


def _order(value: object) -> tuple[bool, int, str]:
    """Numbers by size, the rest by its text; nothing stands first."""
    number = getattr(value, "fen", value if isinstance(value, int) else 0)
    return value is not None, int(number), as_text(value)


def ledger(way: Way, year: int) -> ReportList:
    """Every number of a way of receipts in a year, each with its fate."""
    return ReportList(
        "receipt",
        (
            ColumnSpec("number", N_("Number"), 14),
            ColumnSpec("payer", N_("Payer"), 16),
            ColumnSpec("amount", N_("Amount (yuan)"), 9, Align.RIGHT),
            ColumnSpec("issued_on", N_("Day"), 7, Align.CENTRE),
            ColumnSpec("state", N_("State"), 7),
            ColumnSpec("reason", N_("Reason"), 16),
        ),
        lambda session: [
            (one.number, one.payer, one.amount, one.issued_on, one.state, one.reason)
            for one in reports.receipt_ledger(session, way, year)
        ],
    )


def disclosure(first: date, last: date) -> ReportList:
    """Donations of these days as they may be published."""
    return ReportList(
        "donation",
        (
            ColumnSpec("received_on", N_("Arrived on"), 7, Align.CENTRE),
            ColumnSpec("name", N_("Donor"), 18),
            ColumnSpec("gift", N_("Gift"), 12, Align.RIGHT),
            ColumnSpec("purpose", N_("Purpose"), 12),
        ),
        lambda session: [
            (one.received_on, one.name, one.gift, one.purpose)
            for one in reports.disclosure(session, first, last)
        ],
    )


def tallies(first: date, last: date, by: str) -> ReportList:
    """Donations of these days by `month`, `purpose` or `form`, with and without a receipt."""
    titles = {"month": N_("Month"), "purpose": N_("Purpose"), "form": N_("Form")}

    def key(text: str) -> object:
        return term(Form(text), FORM_TITLES) if by == "form" else text

    return ReportList(
        "donation",
        (
            ColumnSpec("key", titles[by], 14),
            ColumnSpec("count", N_("Donations"), 7, Align.RIGHT),
            ColumnSpec("amount", N_("Amount (yuan)"), 10, Align.RIGHT),
            ColumnSpec("receipted", N_("With a receipt"), 10, Align.RIGHT),
            ColumnSpec("unreceipted", N_("Without a receipt"), 10, Align.RIGHT),
        ),
        lambda session: [
            (key(one.key), one.count, one.amount, one.receipted, one.unreceipted)
            for one in reports.tallies(session, first, last, by)
        ],
    )
