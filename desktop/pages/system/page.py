"""系统: a list of sections at the left, the chosen one at the right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QModelIndex, QStringListModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _
from desktop.pages.system.actions import Actions
from desktop.pages.system.dialogs import YearBox
from desktop.pages.system.sections import BY_KEY, SECTIONS, Action, Row, SystemSection
from desktop.pages.system.view_model import SystemState, SystemViewModel
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.support.page import Page
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

WIDEST = 360


class SystemPage(Page):
    """Settings and accounts of the office."""

    key: ClassVar[str] = "system"
    kinds: ClassVar[tuple[str, ...]] = ("setting", "account", "carbon_parameter_set")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.view_model = SystemViewModel(context, self)
        self.actions_ = Actions(context, self.view_model)
        self._shown: SystemSection | None = None
        self._rows: tuple[Row, ...] = ()
        self._buttons: dict[str, QPushButton] = {}
        self.sections = QListView()
        self.sections.setObjectName("sections")
        self.sections.setModel(QStringListModel([_(s.title) for s in SECTIONS], self))
        self.sections.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.sections.setFixedWidth(170)
        self.title = label(role="title")
        self.help = label(role="soft", wrap=True)
        self.banner = Banner()
        self.year = YearBox(self.view_model.state.year)
        self.filter = QLineEdit()
        self.filter.setObjectName("FilterText")
        self.filter.setPlaceholderText(_("Filter (Ctrl+F)"))
        self.filter.setClearButtonEnabled(True)
        self._button_row = QHBoxLayout()
        self.model = QStandardItemModel(self)
        self.table = QTableView()
        self.note = label(role="small", wrap=True)
        self._build()
        self._connect()
        self.render(self.view_model.state)
        self.sections.setCurrentIndex(self.sections.model().index(0, 0))

    # -- rendering

    def render(self, state: SystemState) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        section = BY_KEY[state.section]
        if section is not self._shown:
            self._show_section(section)
        if state.failure is not None:
            self.banner.show_error(state.failure, _("Try again"), self.view_model.reload)
        if state.listing is None:
            self.note.setText(_("Loading …"))
            self._fill(())
        else:
            self.note.setText(state.listing.note)
            self._fill(state.listing.rows)

    def _show_section(self, section: SystemSection) -> None:
        self._shown = section
        self.title.setText(_(section.title))
        self.help.setText(_(section.help))
        self.year.setVisible(section.by_year)
        self.banner.hide()
        self.filter.clear()
        self.model.clear()
        while self._button_row.count():
            item = self._button_row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._buttons = {}
        for action in section.actions:
            self._buttons[action.key] = self._button(action)
            self._button_row.addWidget(self._buttons[action.key])
        self._button_row.addStretch(1)

    def _button(self, action: Action) -> QPushButton:
        button = QPushButton(_(action.title))
        if action.icon:
            button.setIcon(icon(action.icon))
        button.setObjectName(f"system_{action.key}")
        button.setProperty("action", action.key)
        if action.permission and not self.context.may(action.permission):
            button.setEnabled(False)
            button.setToolTip(_("Your account may not do this."))
        button.clicked.connect(self._on_button)
        return button

    def _fill(self, rows: tuple[Row, ...]) -> None:
        wanted = self.filter.text().strip().lower()
        kept = tuple(
            row for row in rows if not wanted or any(wanted in c.lower() for c in row.cells)
        )
        chosen = self.current()
        self._rows = kept
        self.model.clear()
        if self._shown is not None:
            self.model.setHorizontalHeaderLabels([_(header) for header in self._shown.headers])
        for row in kept:
            items = [QStandardItem(cell) for cell in row.cells]
            for item, cell in zip(items, row.cells, strict=True):
                item.setToolTip(cell)
            self.model.appendRow(items)
        self._size_columns()
        keys = [row.key for row in kept]
        if chosen is not None and chosen.key in keys:
            self.table.selectRow(keys.index(chosen.key))
        self._enable()

    def _size_columns(self) -> None:
        header = self.table.horizontalHeader()
        self.table.resizeColumnsToContents()
        for column in range(self.model.columnCount()):
            header.resizeSection(column, min(header.sectionSize(column) + 16, WIDEST))

    def _enable(self) -> None:
        if self._shown is None:
            return
        row = self.current()
        for action in self._shown.actions:
            may = not action.permission or self.context.may(action.permission)
            self._buttons[action.key].setEnabled(may and (row is not None or not action.on_row))

    def current(self) -> Row | None:
        """The chosen line."""
        place = self.table.currentIndex().row()
        return self._rows[place] if 0 <= place < len(self._rows) else None

    # -- what the person does

    def _on_section(self, index: QModelIndex, _was: QModelIndex) -> None:
        self.view_model.show_section(SECTIONS[index.row()].key)

    def _on_button(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.act(str(sender.property("action")))

    def act(self, action: str) -> None:
        """Press the button of an action."""
        if self._shown is not None and self._buttons[action].isEnabled():
            self.actions_.run(self._shown.key, action, self.current())

    def _on_activated(self, _index: QModelIndex) -> None:
        first = next((a for a in (self._shown.actions if self._shown else ()) if a.on_row), None)
        if first is not None:
            self.act(first.key)

    def _on_filter(self) -> None:
        listing = self.view_model.state.listing
        self._fill(listing.rows if listing else ())

    def _on_selected(self) -> None:
        self._enable()

    def _on_told(self, kind: str, text: str) -> None:
        self.banner.show_message(kind, text)

    # -- what the shell asks

    def open_section(self, key: str) -> None:
        """Bring a section to the front."""
        place = [section.key for section in SECTIONS].index(key)
        self.sections.setCurrentIndex(self.sections.model().index(place, 0))

    def open_record(self, kind: str, record_id: int) -> None:
        """Show the section a record belongs to."""
        sections = {"setting": "settings", "account": "accounts"}
        self.open_section(sections.get(kind, "parameters"))

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show the section of a kind."""
        self.open_record(kind, 0)

    def focus_filter(self) -> None:
        """Ctrl+F."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        """F5."""
        self.view_model.reload()

    def new_record(self) -> None:
        """Ctrl+N: what the section can add."""
        for key in ("new", "add"):
            if key in self._buttons:
                self.act(key)
                return

    def edit_record(self) -> None:
        """F2: the first action on the chosen line."""
        self._on_activated(QModelIndex())

    # -- building

    def _build(self) -> None:
        self.table.setObjectName("systemTable")
        self.table.setModel(self.model)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.year)
        head.addWidget(self.filter)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.help)
        column.addWidget(self.banner)
        column.addLayout(self._button_row)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addWidget(self.sections)
        layout.addWidget(right, 1)

    def _connect(self) -> None:
        self.sections.selectionModel().currentChanged.connect(self._on_section)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.activated.connect(self._on_activated)
        self.year.chosen.connect(self.view_model.choose_year)
        self.filter.textChanged.connect(self._on_filter)
        self.actions_.told.connect(self._on_told)
        self.view_model.state_changed.connect(self.render)
