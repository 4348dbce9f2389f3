"""A list of records: filter chips above, table, count and sums of the selection below."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.errors import AppError
from core.i18n import N_, _, counted
from core.values.cells import as_text
from core.values.listing import ListQuery, RecordSource
from desktop.support import theme
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.column_fit import ColumnFit
from desktop.widgets.empty import EmptyState
from desktop.widgets.filter_bar import FilterBar
from desktop.widgets.labels import label
from desktop.widgets.pill import paint_pill
from desktop.widgets.record_model import PLACEHOLDER, RecordTableModel
from desktop.widgets.sight import Sight

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: More selected rows than this are counted, not summed.
SUM_LIMIT = 5_000

Tone = Callable[[str], str]


class RecordTable(QWidget):
    """The list of a page.

    Signals:
        current_changed: id of the current record, or None.
        activated: id of the record that was double-clicked or opened with Enter.
        selection_changed: the selected ids.
        empty_action: the button of the empty list was pressed.
        filters_changed: the ListQuery after the person changed a filter.
    """

    current_changed = Signal(object)
    activated = Signal(int)
    selection_changed = Signal(object)
    empty_action = Signal()
    filters_changed = Signal(object)

    def __init__(
        self,
        source: RecordSource,
        context: Context,
        *,
        pills: Mapping[str, Tone] | None = None,
        sums: Sequence[str] = (),
        also: Collection[str] = (),
    ) -> None:
        """Build the list; `reload` or `set_query` fills it.

        Args:
            source: where ids and rows come from.
            context: the page's context.
            pills: column key -> function from the cell's text to a tone, for state columns.
            sums: keys of number columns whose selection is summed in the footer.
            also: further kinds whose changes show in the rows.
        """
        super().__init__()
        self._context = context
        self._sums = tuple(sums)
        self._current: int | None = None
        self._selected: list[int] = []
        self._sum_text = ""
        self._wish: int | None = None
        self._sight: Sight | None = None
        self._has_failed = False
        self.model = RecordTableModel(source, context.jobs, also=also, parent=self)
        self.filter_bar = FilterBar(source.filters)
        self.banner = Banner()
        self.view = _View()
        self._empty = EmptyState(text=_("Nothing here yet."))
        self._stack = QStackedWidget()
        self._footer = label(role="small")
        self._build(pills or {})
        self._connect()

    # -- for the page -------------------------------------------------------------------

    def set_query(self, query: ListQuery) -> None:
        """Show a query; the filter bar shows it too."""
        self.filter_bar.set_filters(query.filters, query.text)
        self.model.set_query(query)

    @property
    def query(self) -> ListQuery:
        """What the list shows."""
        return self.model.query

    def reload(self) -> None:
        """Ask for the list again, off the GUI thread."""
        self.model.reload()

    def select(self, record_id: int) -> None:
        """Make a record the current one, now or as soon as the list has it."""
        row = self.model.row_of(record_id)
        if row is None:
            self._wish = record_id
            return
        self._wish = None
        index = self.model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.view.scrollTo(index)

    def current_id(self) -> int | None:
        """The current record."""
        return self._current

    def selected_ids(self) -> list[int]:
        """The selected records, in the order shown."""
        return list(self._selected)

    def set_empty(self, text: str, action: str = "", icon: str = "list") -> None:
        """What an empty list says, and its button (signal `empty_action`)."""
        old = self._empty
        self._empty = EmptyState(icon, text, action)
        self._empty.triggered.connect(self.empty_action)
        self._stack.removeWidget(old)
        self._stack.addWidget(self._empty)
        old.deleteLater()
        self._show_stack()

    def focus_filter(self) -> None:
        """Put the cursor into the filter."""
        self.filter_bar.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter_bar.box.selectAll()

    # -- building ---------------------------------------------------------------------------

    def _build(self, pills: Mapping[str, Tone]) -> None:
        self.view.setModel(self.model)
        self.view.setObjectName(f"Table_{self.model.source.kind}")
        self.view.setAccessibleName(_("List"))
        for number, column in enumerate(self.model.source.columns):
            if column.key in pills:
                self.view.setItemDelegateForColumn(
                    number, _PillDelegate(pills[column.key], self.view)
                )
        self._widths = ColumnFit(self.view, self.model)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        footer = QHBoxLayout()
        footer.addWidget(self._footer, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.filter_bar)
        layout.addWidget(self.banner)
        layout.addWidget(self._stack, 1)
        layout.addLayout(footer)
        self.setTabOrder(self.filter_bar, self.view)

    def _connect(self) -> None:
        self.model.loaded.connect(self._on_loaded)
        self.model.failed.connect(self._on_failed)
        self.model.modelAboutToBeReset.connect(self._on_before_reset)
        self.model.modelReset.connect(self._on_reset)
        self.model.dataChanged.connect(self._on_rows_changed)
        self.filter_bar.changed.connect(self._on_filters)
        self._empty.triggered.connect(self.empty_action)
        selection = self.view.selectionModel()
        selection.currentRowChanged.connect(self._on_current)
        selection.selectionChanged.connect(self._on_selection)
        self.view.doubleClicked.connect(self._on_activated)
        self.view.entered_record.connect(self._on_activated)
        header = self.view.horizontalHeader()
        header.sectionClicked.connect(self._on_header)

    # -- reactions ------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widths.fit()

    @Slot(str, object)
    def _on_filters(self, text: str, filters: Mapping[str, str]) -> None:
        query = replace(self.model.query, text=text, filters=filters)
        self.model.set_query(query)
        self.filters_changed.emit(query)

    @Slot(int)
    def _on_header(self, section: int) -> None:
        column = self.model.source.columns[section]
        if not column.sortable:
            return
        query = self.model.query
        down = query.sort == column.key and not query.descending
        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self.view.horizontalHeader().setSortIndicatorShown(True)
        self.view.horizontalHeader().setSortIndicator(section, order)
        self.model.sort(section, order)

    @Slot()
    def _on_before_reset(self) -> None:
        refresh = self.model.is_refresh and self._wish is None
        self._sight = Sight.of(self.view, self.model, self._selected) if refresh else None

    @Slot()
    def _on_reset(self) -> None:
        # A reset forgets the selection; the record the person was on is found again by id.
        wanted = self._wish if self._wish is not None else self._current
        row = self.model.row_of(wanted) if wanted is not None else None
        sight, self._sight = self._sight, None
        if sight is not None:
            if row is None:
                self._set_current(None)
            sight.restore(self.view, self.model, wanted)
            self._on_selection()
            return
        if row is not None and wanted is not None:
            self.select(wanted)
        elif self.model.is_partial:
            # It may be further down; that is known when all ids are there.
            self._wish = wanted
            self._show_stack()
            self._show_footer()
        elif self._current is not None:
            self._set_current(None)
        self._selected = [self._current] if self._current is not None else []
        self.selection_changed.emit(self.selected_ids())

    @Slot()
    def _on_loaded(self) -> None:
        if self._has_failed:
            self._has_failed = False
            self.banner.hide()
        if self._wish is not None:
            self.select(self._wish)
        if self._current is not None and self.model.row_of(self._current) is None:
            self._wish = None if self._wish == self._current else self._wish
            self._set_current(None)
        self._show_stack()
        self._show_footer()

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self._has_failed = True
        self.banner.show_error(error, _("Try again"), self.model.reload)

    def _show_stack(self) -> None:
        query = self.model.query
        empty = self.model.is_loaded and not self.model.rowCount()
        asked = bool(query.text or query.filters)
        self._stack.setCurrentWidget(self._empty if empty and not asked else self.view)

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._set_current(self.model.id_at(current.row()) if current.isValid() else None)

    def _set_current(self, record_id: int | None) -> None:
        if record_id != self._current:
            self._current = record_id
            self.current_changed.emit(record_id)

    @Slot()
    def _on_selection(self) -> None:
        ranges = self.view.selectionModel().selection().toList()
        rows = sorted(row for each in ranges for row in range(each.top(), each.bottom() + 1))
        ids = self.model.ids()
        self._selected = [ids[row] for row in rows if row < len(ids)]
        self._sum_text = ""
        self.selection_changed.emit(self.selected_ids())
        self._show_footer()
        if self._sums and 1 < len(self._selected) <= SUM_LIMIT:
            self._context.jobs.read(
                partial(_sums, self.model.source, self._sums, self.selected_ids()),
                done=partial(self._on_sums, self.selected_ids()),
                failed=self._on_failed,
                key=f"sums-{id(self)}",
                latest=True,
            )

    @Slot()
    def _on_rows_changed(self) -> None:
        self._show_footer()

    def _on_sums(self, ids: list[int], sums: Mapping[str, str]) -> None:
        if ids == self._selected:
            headers = {column.key: _(column.header) for column in self.model.source.columns}
            parts = [f"{headers[key]} {total}" for key, total in sums.items()]
            self._sum_text = "   ".join(parts)
            self._show_footer()

    def _show_footer(self) -> None:
        query = self.model.query
        total = f"{self.model.rowCount():,}"
        if not self.model.is_loaded or self.model.is_partial:
            text = _("Loading …")
        elif not self.model.rowCount() and (query.text or query.filters):
            text = _("Nothing matches the filter.")
        elif len(self._selected) > 1:
            text = _("{count} records, {selected} selected").format(
                count=total, selected=f"{len(self._selected):,}"
            )
        else:
            text = counted(self.model.rowCount(), N_("1 record"), N_("{count} records"))
            text = text.format(count=total)
        self._footer.setText(f"{text}   Σ {self._sum_text}" if self._sum_text else text)

    def footer(self) -> str:
        """What the footer says."""
        return self._footer.text()

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        record_id = self.model.id_at(index.row())
        if record_id is not None:
            self.activated.emit(record_id)


class _View(QTableView):
    """The table: whole rows, fixed height, Enter opens, Ctrl+C copies rows as text."""

    entered_record = Signal(QModelIndex)

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setItemDelegate(_RowDelegate(self))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        height = max(theme.current().size("row"), self.fontMetrics().height() + 14)
        rows.setDefaultSectionSize(height)
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setSectionsClickable(True)
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(40)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.entered_record.emit(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        model = self.model()
        if isinstance(model, RecordTableModel):
            rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
            ids = (model.id_at(row) for row in rows)
            cells = (model.cells(record_id) for record_id in ids if record_id is not None)
            text = "\n".join("\t".join(row) for row in cells if row is not None)
            QGuiApplication.clipboard().setText(text)


class _RowDelegate(QStyledItemDelegate):
    """Cells without the dotted focus frame: the whole row is what is current."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus


class _PillDelegate(_RowDelegate):
    """A state column."""

    def __init__(self, tone: Tone, parent: QWidget) -> None:
        super().__init__(parent)
        self._tone = tone

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        text = str(index.data() or "")
        if text in ("", PLACEHOLDER):
            super().paint(painter, option, index)
            return
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""
        bare.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, bare, painter, bare.widget
        )
        rect = QRectF(option.rect).adjusted(8, 0, -8, 0)
        paint_pill(painter, rect, text, self._tone(text))


def _sums(
    source: RecordSource, keys: Sequence[str], ids: Sequence[int], session: Session
) -> dict[str, str]:
    """Exact sums of number columns over the selected records, as display strings."""
    positions = {column.key: number for number, column in enumerate(source.columns)}
    totals = dict.fromkeys(keys, Decimal(0))
    for row in source.rows(session, ids).values():
        for key in keys:
            totals[key] += _number(as_text(row[positions[key]]))
    return {key: f"{total:,}" for key, total in totals.items()}


def _number(cell: str) -> Decimal:
    try:
        return Decimal(cell.replace(",", "").strip() or "0")
    except InvalidOperation:
        return Decimal(0)
