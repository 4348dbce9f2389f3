"""工作台: what waits, what falls due, how far the year has come, what was entered last."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _
from desktop.pages.dashboard.my_day import MyDayDialog
from desktop.pages.dashboard.view_model import (
    DashboardState,
    DashboardViewModel,
    Overview,
    QueueLine,
)
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.support.page import Page
from desktop.widgets.banner import Banner
from desktop.widgets.charts import BarChart, Mark
from desktop.widgets.labels import label, restyle
from desktop.widgets.section import Section

RECORD_ROLE = int(Qt.ItemDataRole.UserRole) + 1


def stretch() -> QWidget:
    """Takes the room that is left, so that a section's content stays at its top."""
    filler = QWidget()
    filler.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
    return filler


class QueueButton(QPushButton):
    """A queue: its number, large, and what it counts. Pressing it opens the list behind it.

    Signals:
        chosen: the QueueLine.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "queue")
        self._line: QueueLine | None = None
        self.clicked.connect(self._on_clicked)

    def show_line(self, line: QueueLine) -> None:
        """Show another queue."""
        self._line = line
        self.setObjectName(f"queue_{line.key}")
        self.setText(f"{line.count:,}　{_(line.title)}".replace("&", "&&"))
        self.setAccessibleName(f"{_(line.title)}: {line.count}")
        self.setProperty("waiting", "true" if line.count else "false")
        restyle(self)

    def _on_clicked(self) -> None:
        if self._line is not None:
            self.chosen.emit(self._line)


class ShortList(QTableView):
    """A few rows of text; Enter or a double click opens the record.

    Signals:
        opened: kind and id of the record.
    """

    opened = Signal(str, int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().hide()
        self.activated.connect(self._on_activated)

    def set_rows(self, rows: list[tuple[tuple[str, ...], str, int]]) -> None:
        """Show rows of (cells, kind, id)."""
        self._model.clear()
        for cells, kind, record_id in rows:
            items = [QStandardItem(cell) for cell in cells]
            for item, cell in zip(items, cells, strict=True):
                item.setToolTip(cell)
            items[0].setData((kind, record_id), RECORD_ROLE)
            self._model.appendRow(items)
        header = self.horizontalHeader()
        for column in range(self._model.columnCount()):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        if self._model.columnCount() > 1:
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    def _on_activated(self, index: QModelIndex) -> None:
        kind, record_id = index.siblingAtColumn(0).data(RECORD_ROLE)
        if record_id:
            self.opened.emit(kind, record_id)


class DashboardPage(Page):
    """The first page a clerk sees in the morning."""

    key: ClassVar[str] = "dashboard"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.view_model = DashboardViewModel(context, self)
        self.day = label(role="title")
        self.my_day = QPushButton(icon("history"), _("What did I do today"))
        self.my_day.setObjectName("myDay")
        self.banner = Banner()
        self.queues = Section(_("To do"))
        self._queue_box = QGridLayout()
        self._queue_buttons: list[QueueButton] = []
        self._nothing = label(_("Nothing waits. Start with a new application (Ctrl+N)."), "soft")
        self.expiring = ShortList("expiring")
        self.year = Section(_("This year"))
        self.figures = BarChart()
        self._no_targets = label(
            _("Set the targets of the year under System, Office settings."), "small", wrap=True
        )
        self.latest = ShortList("latest")
        self._no_expiring = label(_("Nothing ends in the next 60 days."), "soft")
        self._no_latest = label(_("Nothing is registered yet."), "soft")
        self._build()
        self._connect()
        self.render(self.view_model.state)
        self.view_model.reload()

    # -- rendering

    def render(self, state: DashboardState) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        name = self.context.actor.name
        self.day.setText(f"{name}　{self.view_model.today()}")
        if state.failure is not None:
            self.banner.show_error(state.failure, _("Try again"), self.view_model.reload)
        else:
            self.banner.hide()
        if state.overview is not None:
            self._render_queues(state.overview)
            self._render_lists(state.overview)

    def _render_queues(self, found: Overview) -> None:
        while len(self._queue_buttons) < len(found.queues):
            button = QueueButton()
            button.chosen.connect(self._open_queue)
            place = len(self._queue_buttons)
            self._queue_box.addWidget(button, place // 2, place % 2)
            self._queue_buttons.append(button)
        # What waits comes first: with every capability the list is longer than the window.
        lines = sorted(found.queues, key=lambda line: not line.count)
        for button, line in zip(self._queue_buttons, lines, strict=True):
            button.show_line(line)
        self._nothing.setVisible(not any(line.count for line in found.queues))

    def _render_lists(self, found: Overview) -> None:
        ending = (*self.view_model.warnings(), *found.expiring)
        self.expiring.set_rows(
            [
                ((item.day.isoformat(), item.subject, _(item.title)), item.kind, item.record_id)
                for item in ending
            ]
        )
        self.expiring.setVisible(bool(ending))
        self._no_expiring.setVisible(not ending)
        aimed = [figure for figure in found.figures if figure.target]
        self.figures.set_marks([Mark(_(f.title), (f.value,), f.text, f.target) for f in aimed])
        self.figures.setVisible(bool(aimed))
        self.year.set_pairs([(_(f.title), f.text) for f in found.figures if not f.target])
        self._no_targets.setVisible(not aimed)
        self.latest.set_rows(
            [
                (
                    (
                        entry.number,
                        entry.holders,
                        _("{tonnes} t").format(tonnes=entry.tonnes),
                        entry.entered_on.isoformat(),
                    ),
                    "register_entry",
                    entry.id,
                )
                for entry in found.latest
            ]
        )
        self.latest.setVisible(bool(found.latest))
        self._no_latest.setVisible(not found.latest)

    # -- what the person does

    def _open_queue(self, line: QueueLine) -> None:
        self.context.open(line.kind, None, line.filters)

    def _open_record(self, kind: str, record_id: int) -> None:
        self.context.open(kind, record_id)

    def _open_my_day(self) -> None:
        self.context.dialogs.exec(MyDayDialog(self.context))

    # -- what the shell asks

    def activate(self) -> None:
        """Numbers may be from yesterday."""
        self.view_model.reload()

    def refresh(self) -> None:
        """F5."""
        self.view_model.reload()

    def new_record(self) -> None:
        """Ctrl+N: a new application is entered on its own page."""
        self.context.open("application", None, {"new": "1"})

    # -- building

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.day, 1)
        head.addWidget(self.my_day)
        holder = QWidget()
        holder.setLayout(self._queue_box)
        self._queue_box.setContentsMargins(0, 0, 0, 0)
        self.queues.add(holder)
        self.queues.add(self._nothing)
        ends = Section(_("Ending soon"))
        ends.add(self.expiring)
        ends.add(self._no_expiring)
        self.year.add(self.figures)
        self.year.add(self._no_targets)
        self.year.add(stretch())
        self.queues.add(stretch())
        last = Section(_("Latest entries of the register"))
        last.add(self.latest)
        last.add(self._no_latest)
        grid = QGridLayout()
        grid.setSpacing(12)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.queues, 0, 0)
        grid.addWidget(self.year, 0, 1)
        grid.addWidget(ends, 1, 1)
        grid.addWidget(last, 1, 0)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.setRowStretch(1, 1)
        plain = QWidget()
        plain.setObjectName("Plain")
        plain.setLayout(grid)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(plain)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.banner)
        layout.addWidget(scroll, 1)

    def _connect(self) -> None:
        self.my_day.clicked.connect(self._open_my_day)
        self.expiring.opened.connect(self._open_record)
        self.latest.opened.connect(self._open_record)
        self.view_model.state_changed.connect(self.render)
