"""What the person did on a day, for the handover and the diary."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtGui import QGuiApplication, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
)
from sqlalchemy.orm import Session

from core.certificates.my_work import WorkLine, done_by
from core.clock import CHINA, china_date
from core.errors import AppError
from core.i18n import N_, _
from desktop.parts.events import event_title
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

_HEADERS = (N_("Time"), N_("What"), N_("Record"), N_("Reason"))


class MyDayDialog(QDialog):
    """The steps of one day, latest last; one day back or forth; copied as text."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("myDayDialog")
        self.setWindowTitle(_("What did I do"))
        self.resize(760, 460)
        self._context = context
        self._day = china_date(context.clock.now())
        self.heading = label(role="heading")
        self.banner = Banner()
        self.model = QStandardItemModel(self)
        self.view = QTableView()
        self.view.setObjectName("myDayTable")
        self.view.setModel(self.model)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().hide()
        self.view.setShowGrid(False)
        self._empty = label(_("Nothing was done on this day."), "soft")
        self.back = QPushButton(icon("left"), _("Day before"))
        self.forth = QPushButton(icon("right"), _("Day after"))
        self.copy = QPushButton(icon("copy"), _("Copy as text"))
        close = QPushButton(_("Close"))
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.back)
        head.addWidget(self.forth)
        foot = QHBoxLayout()
        foot.addWidget(self._empty, 1)
        foot.addWidget(self.copy)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addLayout(head)
        layout.addWidget(self.banner)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)
        self.back.clicked.connect(self._on_back)
        self.forth.clicked.connect(self._on_forth)
        self.copy.clicked.connect(self._on_copy)
        close.clicked.connect(self.accept)
        self._load()

    def lines(self) -> list[tuple[str, ...]]:
        """The rows shown, as texts."""
        columns = range(self.model.columnCount())
        return [
            tuple(self.model.item(row, column).text() for column in columns)
            for row in range(self.model.rowCount())
        ]

    def _load(self) -> None:
        self.heading.setText(self._day.isoformat())
        day, account = self._day, self._context.actor.account_id
        self.forth.setEnabled(day < china_date(self._context.clock.now()))

        def read(session: Session) -> tuple[date, list[WorkLine]]:
            return day, done_by(session, account, day)

        self._context.jobs.read(
            read, done=self._show, failed=self._failed, key="my-day", latest=True
        )

    def _show(self, found: tuple[date, list[WorkLine]]) -> None:
        day, lines = found
        if day != self._day:
            return
        self.model.clear()
        self.model.setHorizontalHeaderLabels([_(header) for header in _HEADERS])
        for line in lines:
            time = line.at.astimezone(CHINA).strftime("%H:%M")
            cells = (time, event_title(line.event), line.record, line.reason)
            self.model.appendRow([QStandardItem(cell) for cell in cells])
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self._empty.setVisible(not lines)
        self.copy.setEnabled(bool(lines))

    def _failed(self, error: AppError) -> None:
        self.banner.show_error(error)

    def _on_back(self) -> None:
        self._day -= timedelta(days=1)
        self._load()

    def _on_forth(self) -> None:
        self._day += timedelta(days=1)
        self._load()

    def _on_copy(self) -> None:
        text = "\n".join("\t".join(line) for line in self.lines())
        QGuiApplication.clipboard().setText(text)
