"""Reading a statement: file, bank, which column is what, and a look at it before it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy.orm import Session

from core.errors import AppError, InputError
from core.fund.bank import import_statement
from core.fund.bank_desk import Bank, StatementPreview, banks, looked_at, preview_statement
from core.fund.bank_reading import HEADERS, REQUIRED
from core.i18n import N_, _
from core.messages import text
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

FILES = "Excel / CSV (*.xlsx *.xlsm *.csv *.txt)"
#: Lines shown before anything is stored; the count is of all.
SHOWN = 200
#: Errors told at once; the rest is counted.
TOLD = 6
FIELD_TITLES = {
    "trade_date": N_("Date"),
    "credit": N_("Credit (money in)"),
    "payer_name": N_("Payer"),
    "payer_account": N_("Payer's account"),
    "memo": N_("Memo"),
    "reference": N_("Reference"),
    "direction": N_("In or out"),
}


@dataclass(frozen=True)
class Imported:
    """What was stored."""

    filename: str
    new: int
    known: int


@dataclass(frozen=True)
class StatementState:
    """What the dialog shows; `given` is what the person mapped, `wrong` why it cannot be read."""

    banks: tuple[Bank, ...] = ()
    path: Path | None = None
    bank: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    preview: StatementPreview | None = None
    wrong: AppError | None = None
    failure: AppError | None = None
    busy: bool = False
    imported: Imported | None = None


class StatementModel(ViewModel[StatementState]):
    """Looks at the file after every change; stores it once."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, StatementState(), parent)
        context.jobs.read(banks, done=self._on_banks, failed=self._on_failed, key="bank-names")

    def choose(self, path: Path) -> None:
        """Look at another file."""
        self.change(path=path, given={}, preview=None, wrong=None, failure=None)
        self._look()

    def name_bank(self, name: str) -> None:
        """Say whose statement it is; its remembered columns are used."""
        if name != self.state.bank:
            self.change(bank=name, given={})
            self._look()

    def map_column(self, key: str, header: str) -> None:
        """Say which column a field is; an empty header means that there is none."""
        self.change(given={**self.state.given, key: header})
        self._look()

    def store(self) -> None:
        """Store what is not known yet."""
        state = self.state
        if state.path is None or state.preview is None or state.busy:
            return
        path, bank, given, preview = state.path, state.bank, dict(state.given), state.preview

        def stored(lines: list[int]) -> None:
            made = Imported(path.name, len(lines), len(preview.credits) - len(lines))
            self.change(busy=False, imported=made)

        self.change(busy=True, failure=None)
        self.context.jobs.write(
            lambda session: import_statement(session, bank, path, given),
            done=stored,
            failed=self._on_failed,
            key="bank-import",
            title=_("Reading the statement"),
        )

    # -- private

    def _look(self) -> None:
        state = self.state
        if state.path is None:
            return
        path, bank, given = state.path, state.bank, dict(state.given)

        def look(session: Session) -> tuple[StatementPreview | None, AppError | None]:
            try:
                found = looked_at(session, bank, path, given)
            except InputError as error:
                return None, error
            try:
                return preview_statement(session, bank, path, given), None
            except InputError as error:
                return found, error

        self.context.jobs.read(
            look, done=self._looked, failed=self._on_failed, key="bank-look", latest=True
        )

    def _looked(self, found: tuple[StatementPreview | None, AppError | None]) -> None:
        self.change(preview=found[0], wrong=found[1])

    def _on_banks(self, found: Sequence[Bank]) -> None:
        self.change(banks=tuple(found))
        if len(found) == 1 and not self.state.bank:
            self.name_bank(found[0].name)

    def _on_failed(self, error: AppError) -> None:
        self.change(failure=error, busy=False)


class StatementDialog(QDialog):
    """One statement from file to stored lines; nothing is written before the last button."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("statementDialog")
        self.setWindowTitle(_("Import a statement"))
        self.setAcceptDrops(True)
        self._context = context
        self.view_model = StatementModel(context, self)
        self.file_button = QPushButton(icon("folder"), _("Choose the file…"))
        self.file_button.setObjectName("chooseStatement")
        self.file_button.setAutoDefault(False)
        self.file_name = label(role="soft", wrap=True)
        self.bank = QComboBox()
        self.bank.setObjectName("bankName")
        self.bank.setEditable(True)
        self.bank.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.bank.setAccessibleName(_("Bank"))
        self.boxes: dict[str, QComboBox] = {}
        self.banner = Banner()
        self.model = QStandardItemModel(self)
        self.table = QTableView()
        self.summary = label(role="soft", wrap=True)
        self.store_button = QPushButton(_("Import"))
        self.store_button.setObjectName("storeStatement")
        self.store_button.setProperty("role", "primary")
        self.store_button.setAutoDefault(False)
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self._headers: tuple[str, ...] | None = None
        self._build()
        self._connect()
        self.render_state(self.view_model.state)

    @property
    def imported(self) -> Imported | None:
        """What was stored."""
        return self.view_model.state.imported

    # -- rendering

    def render_state(self, state: StatementState) -> None:
        """Show a state; the only code that touches the widgets."""
        if state.imported is not None:
            self.accept()
            return
        self._render_banks(state)
        self.file_name.setText(
            state.path.name if state.path else _("Drop it here, or choose it: .xlsx or .csv.")
        )
        self._render_columns(state)
        self._render_lines(state.preview)
        why = self._why_not(state)
        self.store_button.setEnabled(not why)
        self.store_button.setToolTip(why)
        if state.failure is not None:
            self.banner.show_error(state.failure)
        elif state.wrong is not None:
            self.banner.show_message("error", _told(state.wrong))
        else:
            self.banner.hide()
        self.summary.setText(why or self._said(state.preview))

    @staticmethod
    def _why_not(state: StatementState) -> str:
        if state.path is None:
            return _("Choose the file of the bank.")
        if not state.bank.strip():
            return _("Say which bank it is from; its columns are remembered by this name.")
        if state.wrong is not None or state.preview is None:
            return _("Say which column is what, until every line can be read.")
        if state.preview.known == len(state.preview.credits):
            return _("Every line of this file was read before.")
        return _("Reading …") if state.busy else ""

    @staticmethod
    def _said(found: StatementPreview | None) -> str:
        if found is None:
            return ""
        said = _("{count} credits, {total} yuan; {known} were read before and are left out.")
        return said.format(count=len(found.credits), total=found.total, known=found.known)

    def _render_banks(self, state: StatementState) -> None:
        names = [one.name for one in state.banks]
        if [self.bank.itemText(n) for n in range(self.bank.count())] != names:
            typed = self.bank.currentText()
            self.bank.blockSignals(True)
            self.bank.clear()
            self.bank.addItems(names)
            self.bank.setCurrentText(typed)
            self.bank.blockSignals(False)
        editor = self.bank.lineEdit()
        if state.bank and (editor is None or not editor.hasFocus()):
            self.bank.setCurrentText(state.bank)

    def _render_columns(self, state: StatementState) -> None:
        headers = state.preview.headers if state.preview else ()
        mapping = state.preview.mapping if state.preview else {}
        for key, box in self.boxes.items():
            box.blockSignals(True)
            if headers != self._headers:
                box.clear()
                box.addItem(_("— not in the file —"), "")
                for header in headers:
                    box.addItem(header, header)
            box.setCurrentIndex(max(box.findData(mapping.get(key, "")), 0))
            box.setEnabled(bool(headers))
            box.blockSignals(False)
        self._headers = headers

    def _render_lines(self, found: StatementPreview | None) -> None:
        self.model.clear()
        titles = (_("Date"), _("Amount (yuan)"), _("Payer"), _("Account tail"), _("Memo"))
        self.model.setHorizontalHeaderLabels(list(titles))
        for one in found.credits[:SHOWN] if found else ():
            cells = (
                one.traded_on.isoformat(),
                str(one.credit),
                one.payer_name,
                one.payer_tail,
                one.memo,
            )
            items = [QStandardItem(cell) for cell in cells]
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            items[1].setTextAlignment(right)
            self.model.appendRow(items)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)

    # -- what the person does

    def _choose(self) -> None:
        path = self._context.dialogs.open_file(_("Import a statement"), FILES)
        if path is not None:
            self.view_model.choose(path)

    def _on_mapped(self, key: str, _place: int) -> None:
        self.view_model.map_column(key, str(self.boxes[key].currentData() or ""))

    def _on_bank(self, name: str) -> None:
        self.view_model.name_bank(name.strip())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One local file."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at the file that was dropped."""
        event.acceptProposedAction()
        self.view_model.choose(Path(event.mimeData().urls()[0].toLocalFile()))

    # -- building

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        file_row = QHBoxLayout()
        file_row.addWidget(self.file_button)
        file_row.addWidget(self.file_name, 1)
        grid.addWidget(label(_("File")), 0, 0)
        grid.addLayout(file_row, 0, 1, 1, 3)
        self._row(grid, 1, 0, _("Bank *"), self.bank)
        for number, key in enumerate(HEADERS):
            box = QComboBox()
            box.setObjectName(f"column_{key}")
            box.setAccessibleName(_(FIELD_TITLES[key]))
            box.setMinimumContentsLength(10)
            box.currentIndexChanged.connect(partial(self._on_mapped, key))
            self.boxes[key] = box
            title = _(FIELD_TITLES[key]) + (" *" if key in REQUIRED else "")
            self._row(grid, 2 + number // 2, number % 2 * 2, title, box)
        self.table.setModel(self.model)
        self.table.setObjectName("statementPreview")
        self.table.setAccessibleName(_("Preview"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self.summary, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.store_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(label(_("Import a statement"), "heading"))
        layout.addLayout(grid)
        layout.addWidget(self.banner)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        limit = self.screen().availableGeometry().size()
        self.resize(min(820, limit.width() - 60), min(560, limit.height() - 80))

    @staticmethod
    def _row(grid: QGridLayout, row: int, column: int, title: str, widget: QWidget) -> None:
        name = label(title)
        name.setBuddy(widget)
        grid.addWidget(name, row, column)
        grid.addWidget(widget, row, column + 1)

    def _connect(self) -> None:
        self.file_button.clicked.connect(self._choose)
        self.bank.currentTextChanged.connect(self._on_bank)
        self.store_button.clicked.connect(self.view_model.store)
        self.cancel_button.clicked.connect(self.reject)
        self.view_model.state_changed.connect(self.render_state)


def _told(error: AppError) -> str:
    """The first few of the rows that cannot be read, and how many there are."""
    if not isinstance(error, InputError):
        return text(error)
    lines = [text(one) for one in error.fields[:TOLD]]
    rest = len(error.fields) - len(lines)
    if rest > 0:
        lines.append(_("… and {count} more").format(count=rest))
    return "\n".join(lines)
