"""The item model of every list: ordered ids from SQL, rows fetched when they are painted.

Nothing here queries on the GUI thread. A row that is not in the cache is shown as a
placeholder and fetched by the read lane with its neighbours; a row that changed is shown as it
was until the new one is there. Sorting, filtering and counting happen in SQL: a proxy sort of
100,000 rows took 11 s, the same order from SQL 40 ms.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor

from core.errors import AppError
from core.i18n import _
from core.values.listing import Align, FirstSource, ListQuery, RecordSource, cells
from desktop.jobs import JobRunner
from desktop.support import theme

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.database import ChangeSet

log = logging.getLogger(__name__)

IdRole = int(Qt.ItemDataRole.UserRole) + 1
PLACEHOLDER = "…"
PAGE = 60
#: Ids that are shown before all of a long list are there; a screen holds fewer.
FIRST = 2 * PAGE
CACHE_ROWS = 20_000
RELOAD_DELAY_MS = 30

_ALIGN = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    Align.CENTRE: Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
}
_numbers = count()

Index = QModelIndex | QPersistentModelIndex


class RecordTableModel(QAbstractTableModel):
    """Rows of a `RecordSource`.

    Signals:
        loaded: the ids of the query are there.
        failed: the query failed, with the AppError.
    """

    loaded = Signal()
    failed = Signal(object)

    def __init__(
        self,
        source: RecordSource,
        jobs: JobRunner,
        *,
        also: Collection[str] = (),
        parent: QObject | None = None,
    ) -> None:
        """Build an empty model; `reload` or `set_query` fills it.

        Args:
            source: where ids and rows come from.
            jobs: the runner whose read lane is used.
            also: further kinds whose changes show in the rows.
            parent: the owner.
        """
        super().__init__(parent)
        self.source = source
        self._jobs = jobs
        self._kinds = {source.kind, *also}
        self._key = f"table-{next(_numbers)}-{source.kind}"
        self._query = ListQuery()
        self._ids: Sequence[int] = ()
        self._positions: dict[int, int] | None = None
        self._rows: dict[int, tuple[str, ...]] = {}
        self._stale: set[int] = set()
        self._wanted: set[int] = set()
        self._fetching = False
        self._figures = theme.font(tabular=True)
        self.is_loaded = False
        #: Whether only the first rows of a long list are there yet.
        self.is_partial = False
        #: Whether the reset under way shows the same query again, as it is now.
        self.is_refresh = False
        self._shown_query: ListQuery | None = None
        self._fetch_timer = _single_shot(self, 0, self._fetch)
        self._reload_timer = _single_shot(self, RELOAD_DELAY_MS, self.reload)
        jobs.changed.connect(self._on_changes)

    # -- the query --------------------------------------------------------------------

    @property
    def query(self) -> ListQuery:
        """What the list shows."""
        return self._query

    def set_query(self, query: ListQuery) -> None:
        """Show another query; loads off the GUI thread.

        Of a long list the first rows are shown at once, the rest of its ids follow.
        """
        self._query = query
        if not isinstance(self.source, FirstSource):
            self.reload()
            return
        self._jobs.read(
            partial(_first, self.source, self.source, query),
            done=self._on_first,
            failed=self._on_failed,
            key=self._key,
            latest=True,
        )

    @Slot()
    def reload(self) -> None:
        """Ask for the ids again; rows are shown as they were until the new ones are there."""
        self._jobs.read(
            partial(_ids, self.source, self._query),
            done=self._on_ids,
            failed=self._on_failed,
            key=self._key,
            latest=True,
        )

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column, in SQL."""
        key = self.source.columns[column].key if column >= 0 else ""
        self.set_query(
            replace(self._query, sort=key, descending=order == Qt.SortOrder.DescendingOrder)
        )

    def _on_first(self, found: tuple[Sequence[int], dict[int, tuple[str, ...]]]) -> None:
        ids, rows = found
        self._stale.update(self._rows)
        self._rows.update(rows)
        self._stale.difference_update(rows)
        if len(ids) < FIRST:
            self._show_ids(ids)
        else:
            self._reset(ids, is_partial=True)
            self.reload()
        # Whoever fits columns to what the rows hold waits for this.
        self._repaint(list(rows))

    def _on_ids(self, ids: Sequence[int]) -> None:
        before = len(self._ids)
        if self.is_partial and ids[:before] == self._ids:
            self.beginInsertRows(QModelIndex(), before, len(ids) - 1)
            self._ids = ids
            self._positions = None
            self.is_partial, self.is_loaded = False, True
            self.endInsertRows()
            self.loaded.emit()
            return
        self._stale.update(self._rows)
        self._show_ids(ids)

    def _show_ids(self, ids: Sequence[int]) -> None:
        self.is_loaded = True
        if ids == self._ids:
            self.is_partial = False
            self._shown_query = self._query
            self._repaint_all()
        else:
            self._reset(ids, is_partial=False)
        self.loaded.emit()

    def _reset(self, ids: Sequence[int], *, is_partial: bool) -> None:
        self.is_refresh = not is_partial and self._query == self._shown_query
        self._shown_query = self._query
        self.beginResetModel()
        self._ids = ids
        self._positions = None
        self.is_partial = is_partial
        self.endResetModel()

    def _on_failed(self, error: AppError) -> None:
        self.failed.emit(error)

    @Slot(object)
    def _on_changes(self, changes: ChangeSet) -> None:
        touched = {record_id for kind, record_id in changes if kind in self._kinds}
        if touched:
            everything = None in touched
            self._stale.update(key for key in self._rows if everything or key in touched)
            # A burst of commits (an import) reloads once.
            self._reload_timer.start()

    def _repaint_all(self) -> None:
        if self._ids:
            last = self.index(len(self._ids) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # -- ids and positions --------------------------------------------------------------

    def ids(self) -> Sequence[int]:
        """The ids in the order shown."""
        return self._ids

    def id_at(self, row: int) -> int | None:
        """The id of a row."""
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, record_id: int) -> int | None:
        """The row of an id; None when the list does not have it."""
        if self._positions is None:
            self._positions = {known: row for row, known in enumerate(self._ids)}
        return self._positions.get(record_id)

    def cells(self, record_id: int) -> tuple[str, ...] | None:
        """The cells of a row when they were fetched."""
        return self._rows.get(record_id)

    # -- fetching rows ----------------------------------------------------------------------

    def _want(self, row: int) -> None:
        start = row - row % PAGE
        for record_id in self._ids[start : start + PAGE]:
            if record_id not in self._rows or record_id in self._stale:
                self._wanted.add(record_id)
        if self._wanted and not self._fetch_timer.isActive():
            self._fetch_timer.start()

    @Slot()
    def _fetch(self) -> None:
        if self._fetching or not self._wanted:
            return
        ids = list(self._wanted)
        self._wanted.clear()
        self._fetching = True
        job = self._jobs.read(
            partial(_fetch_rows, self.source, ids),
            done=partial(self._on_rows, ids),
            failed=self._on_rows_failed,
        )
        if job is None:
            self._fetching = False

    def _on_rows(self, asked: list[int], rows: dict[int, tuple[str, ...]]) -> None:
        self._fetching = False
        if len(self._rows) > CACHE_ROWS:
            self._rows.clear()
            self._stale.clear()
        self._rows.update(rows)
        self._stale.difference_update(asked)
        for record_id in set(asked) - rows.keys():
            # Gone since the ids were read; the next reload takes the line away.
            self._rows[record_id] = tuple("" for _column in self.source.columns)
        self._repaint(asked)
        self._fetch()

    def _on_rows_failed(self, error: AppError) -> None:
        self._fetching = False
        self.failed.emit(error)

    def _repaint(self, ids: list[int]) -> None:
        rows = [row for row in map(self.row_of, ids) if row is not None]
        if rows:
            last = self.index(max(rows), self.columnCount() - 1)
            self.dataChanged.emit(self.index(min(rows), 0), last)

    # -- QAbstractTableModel ------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt
        return 0 if parent.isValid() else len(self.source.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        try:
            return self._data(index, role)
        except Exception as error:  # noqa: BLE001 - seam 2 of 3: Qt cannot carry an exception through painting
            log.error("cell of %s failed: %s", self.source.kind, type(error).__name__)  # noqa: TRY400
            return None

    def _data(self, index: Index, role: int) -> Any:
        if not index.isValid():
            return None
        record_id = self._ids[index.row()]
        if role == IdRole:
            return record_id
        column = self.source.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[column.align]
        if role == Qt.ItemDataRole.FontRole:
            return self._figures if column.align is Align.RIGHT else None
        row = self._rows.get(record_id)
        if role == Qt.ItemDataRole.ForegroundRole:
            return None if row is not None else QColor(theme.current().colours["text_faint"])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if row is None or record_id in self._stale:
                self._want(index.row())
            return row[index.column()] if row is not None else PLACEHOLDER
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        column = self.source.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return _(column.header)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[column.align]
        return None


def _first(
    source: RecordSource, fast: FirstSource, query: ListQuery, session: Session
) -> tuple[Sequence[int], dict[int, tuple[str, ...]]]:
    """The ids of the first rows, and the cells of the first page."""
    ids = fast.first(session, query, FIRST)
    return ids, cells(source, session, ids[:PAGE])


def _ids(source: RecordSource, query: ListQuery, session: Session) -> Sequence[int]:
    return source.ids(session, query)


def _fetch_rows(
    source: RecordSource, ids: Sequence[int], session: Session
) -> dict[int, tuple[str, ...]]:
    return cells(source, session, ids)


def _single_shot(parent: QObject, milliseconds: int, slot: Any) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
