"""Reading a statement: file, bank, which column is what, and a look at it before it is stored."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
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

from core.errors import AppError, InputError
from core.fund.bank_desk import StatementPreview
from core.fund.bank_reading import FIELD_TITLES, HEADERS, REQUIRED
from core.i18n import N_, _, counted
from core.messages import text
from desktop.pages.fund.bank_import_model import Imported, StatementModel, StatementState
from desktop.parts.import_wizard import EarlierImports
from desktop.parts.reason import ask_reason
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

FILES = "Excel / CSV (*.xlsx *.xlsm *.csv *.txt)"
#: Lines shown before anything is stored; the count is of all.
SHOWN = 200
#: Errors told at once; the rest is counted.
TOLD = 6


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
        self.earlier = EarlierImports()
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
        self.table.setVisible(not state.shows_earlier)
        self._render_earlier(state)
        why = self._why_not(state)
        self.store_button.setEnabled(not why)
        self.store_button.setToolTip(why)
        if state.failure is not None:
            self.banner.show_error(state.failure)
        elif state.wrong is not None:
            self.banner.show_message("error", _told(state.wrong))
        elif state.undone is not None:
            self.banner.show_message("good", _taken_back(state.undone))
        elif state.preview is not None and state.preview.other:
            self.banner.show_message("warning", _other(state.preview))
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
        if state.preview.other:
            return _("All of it was read as a statement of another bank.")
        if state.preview.known == len(state.preview.credits):
            return _("Every line of this file was read before.")
        return _("Reading …") if state.busy else ""

    @staticmethod
    def _said(found: StatementPreview | None) -> str:
        if found is None:
            return ""
        said = _("{count} credits, {total} yuan; {known} were read before and are left out.")
        said = said.format(count=len(found.credits), total=found.total, known=found.known)
        if not found.left_out:
            return said
        other = counted(
            found.left_out, N_("1 row is no credit."), N_("{count} rows are no credits.")
        )
        return f"{said} {other.format(count=found.left_out)}"

    def _render_earlier(self, state: StatementState) -> None:
        """The statements read before stand where the preview of the next one will be."""
        self.earlier.show_batches(state.earlier)
        self.earlier.setVisible(bool(state.earlier) and state.shows_earlier)
        set_allowed(self.earlier.undo_button, _("Reading …") if state.busy else "")

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

    def _undo(self, statement_id: int) -> None:
        sentence = _(
            "Every line of this statement is removed; refused while one of them is settled."
        )
        reason = ask_reason(self._context, _("Undo this import"), sentence)
        if reason:
            self.view_model.undo(statement_id, reason)

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
        # The first field stands beside the bank.
        for number, key in enumerate(HEADERS, start=1):
            box = QComboBox()
            box.setObjectName(f"column_{key}")
            box.setAccessibleName(_(FIELD_TITLES[key]))
            box.setMinimumContentsLength(10)
            box.currentIndexChanged.connect(partial(self._on_mapped, key))
            self.boxes[key] = box
            title = _(FIELD_TITLES[key]) + (" *" if key in REQUIRED else "")
            self._row(grid, 1 + number // 2, number % 2 * 2, title, box)
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
        layout.addWidget(self.earlier, 1)
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
        self.earlier.undo_asked.connect(self._undo)
        self.cancel_button.clicked.connect(self.reject)
        self.view_model.state_changed.connect(self.render_state)


def _taken_back(count: int) -> str:
    text = counted(
        count,
        N_("The import was taken back: 1 line was removed."),
        N_("The import was taken back: {count} lines were removed."),
    )
    return text.format(count=count)


def _other(found: StatementPreview) -> str:
    text = _(
        "Every line was read as a statement of “{bank}” already. If that was a mistake, undo that "
        "import below first."
    )
    return text.format(bank=found.other)


def _told(error: AppError) -> str:
    """The first few of the rows that cannot be read, and how many there are."""
    if not isinstance(error, InputError):
        return text(error)
    lines = [text(one) for one in error.fields[:TOLD]]
    rest = len(error.fields) - len(lines)
    if rest > 0:
        lines.append(_("… and {count} more").format(count=rest))
    return "\n".join(lines)
