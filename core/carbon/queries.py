"""Reading parameter sets as a list."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.carbon.model import ParameterSet, ParameterStatus, SpeciesParameterRow
from core.i18n import N_
from core.values.cells import term
from core.values.listing import Align, ColumnSpec, FilterSpec, ListQuery

STATUS_TITLES = {
    ParameterStatus.UNCONFIRMED: N_("Unconfirmed"),
    ParameterStatus.CONFIRMED: N_("Confirmed"),
    ParameterStatus.RETIRED: N_("Retired"),
}


class _ParameterSets:
    """The list of parameter sets (see :class:`core.values.listing.RecordSource`)."""

    kind = "carbon_parameter_set"
    columns = (
        ColumnSpec("name", N_("Version"), 20),
        ColumnSpec("method", N_("Method"), 24, sortable=False),
        ColumnSpec("valid_from", N_("Valid from"), 11, Align.CENTRE),
        ColumnSpec("status", N_("State"), 8, Align.CENTRE, sortable=False),
        ColumnSpec("groups", N_("Species groups"), 8, Align.RIGHT, sortable=False),
        ColumnSpec("confirmed_by", N_("Confirmed by"), 10, sortable=False),
        ColumnSpec("source", N_("Source"), 40, sortable=False),
    )
    filters = (
        FilterSpec(
            "status",
            N_("State"),
            tuple((status.value, title) for status, title in STATUS_TITLES.items()),
        ),
    )

    def ids(self, session: Session, query: ListQuery) -> list[int]:
        """Ids in the order asked for; the newest first unless told otherwise."""
        column = ParameterSet.name if query.sort == "name" else ParameterSet.valid_from
        ascending = bool(query.sort) and not query.descending
        first = column.asc() if ascending else column.desc()
        last = ParameterSet.id.asc() if ascending else ParameterSet.id.desc()
        return list(session.scalars(self._selected(query).order_by(first, last)))

    def count(self, session: Session, query: ListQuery) -> int:
        """How many sets the query finds."""
        found = self._selected(query).subquery()
        return session.scalar(select(func.count()).select_from(found)) or 0

    def rows(self, session: Session, ids: Sequence[int]) -> dict[int, tuple[object, ...]]:
        """Values in column order."""
        sizes = (
            select(SpeciesParameterRow.set_id, func.count())
            .where(SpeciesParameterRow.set_id.in_(list(ids)))
            .group_by(SpeciesParameterRow.set_id)
        )
        groups = {row[0]: row[1] for row in session.execute(sizes)}
        found = session.scalars(select(ParameterSet).where(ParameterSet.id.in_(list(ids))))
        return {
            row.id: (
                row.name,
                row.method,
                row.valid_from,
                term(row.status, STATUS_TITLES),
                groups.get(row.id, 0),
                row.confirmed_by,
                row.source,
            )
            for row in found
        }

    def _selected(self, query: ListQuery) -> Select[int]:
        chosen = select(ParameterSet.id)
        if query.filters.get("status"):
            chosen = chosen.where(ParameterSet.status == ParameterStatus(query.filters["status"]))
        if query.text.strip():
            chosen = chosen.where(ParameterSet.name.contains(query.text.strip(), autoescape=True))
        return chosen


PARAMETER_SETS = _ParameterSets()
