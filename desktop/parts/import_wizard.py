"""The import wizard: file, columns, preview with every bad cell, result."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.i18n import N_, _, counted, listed
from core.sheets.batch import BatchSummary, Importer, twin_facts
from core.sheets.importing import ImportReport
from core.sheets.reading import CellError, SheetHeaders
from core.sheets.splitting import CaseColumns
from desktop.parts.import_model import ImportState, ImportViewModel, Stage
from desktop.parts.moments import moment
from desktop.parts.reason import ask_reason
from desktop.support import theme
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

EXCEL = "Excel (*.xlsx)"
SHOWN_ERRORS = 1_000


def _dress(table: QTableView, model: QStandardItemModel) -> None:
    """The look of a small table to read."""
    table.setModel(model)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.verticalHeader().hide()


class EarlierImports(QWidget):
    """The imports that were made before, each of which may be undone.

    Signals:
        undo_asked: id of the import.
    """

    undo_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._batches: tuple[BatchSummary, ...] = ()
        self.model = QStandardItemModel(self)
        self.view = QTableView()
        self.view.setObjectName("earlierImports")
        _dress(self.view, self.model)
        self.undo_button = QPushButton(_("Undo this import…"))
        self.undo_button.setObjectName("undoEarlier")
        self.undo_button.setAutoDefault(False)
        self.undo_button.clicked.connect(self._on_undo)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(self.undo_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(_("Imports made earlier"), "section"))
        layout.addWidget(self.view)
        layout.addLayout(below)

    def show_batches(self, batches: tuple[BatchSummary, ...]) -> None:
        """Show these imports; nothing is shown when there is none."""
        self.setVisible(bool(batches))
        if batches == self._batches:
            return
        self._batches = batches
        self.model.clear()
        headers = (_("When"), _("File"), _("Rows"), _("Records"), _("By"), _("Undone"))
        self.model.setHorizontalHeaderLabels(list(headers))
        for batch in batches:
            cells = (
                moment(batch.imported_at),
                batch.filename,
                str(batch.rows),
                str(batch.records),
                batch.imported_by,
                f"{moment(batch.undone_at)} {batch.undone_by}".strip(),
            )
            self.model.appendRow([QStandardItem(cell) for cell in cells])
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.view.selectRow(0)

    def _on_undo(self) -> None:
        place = self.view.currentIndex().row()
        if 0 <= place < len(self._batches):
            self.undo_asked.emit(self._batches[place].id)


class ImportWizard(QDialog):
    """One import from start to end; nothing is written before the last button."""

    def __init__(
        self, context: Context, importer: Importer, cases: CaseColumns | None = None
    ) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("importWizard")
        self.setWindowTitle(_("Import: {what}").format(what=_(importer.kind.title)))
        self.resize(880, 600)
        self._context = context
        self.view_model = ImportViewModel(context, importer, cases, self)
        self._combos: dict[tuple[str, str], QComboBox] = {}
        self._shown_headers: tuple[SheetHeaders, ...] = ()
        self.steps = label(role="small")
        self.banner = Banner()
        self.stack = QStackedWidget()
        self.template_button = QPushButton(icon("save"), _("Save the empty template…"))
        self.template_button.setObjectName("template")
        self.file_button = QPushButton(icon("folder", "on_accent"), _("Choose the workbook…"))
        self.file_button.setObjectName("chooseFile")
        self.file_button.setProperty("role", "primary")
        self.earlier = EarlierImports()
        self.columns_form = QFormLayout()
        self.errors = QStandardItemModel(self)
        self.table = QTableView()
        self.summary = label(role="heading", wrap=True)
        self.outcome = label(role="heading", wrap=True)
        self.result_note = label(role="soft", wrap=True)
        self.undo_button = QPushButton(_("Undo this import…"))
        self.undo_button.setObjectName("undo")
        self.back_button = QPushButton(_("Back"))
        self.next_button = QPushButton()
        self.next_button.setObjectName("next")
        self.next_button.setProperty("role", "primary")
        self.skip_button = QPushButton(_("Import the right rows only…"))
        self.skip_button.setObjectName("skip")
        self.close_button = QPushButton(_("Cancel"))
        self._busy = label(role="small")
        self._build()
        self._connect()
        self.show_state(self.view_model.state)
        self.view_model.load_earlier()

    # -- rendering

    def show_state(self, state: ImportState) -> None:
        """Show a state of the view model."""
        names = (_("1 File"), _("2 Columns"), _("3 Preview"), _("4 Result"))
        self.steps.setText(
            "　›　".join(f"【{n}】" if i == state.stage else n for i, n in enumerate(names))
        )
        self.stack.setCurrentIndex(state.stage)
        if state.failure is not None:
            self.banner.show_error(state.failure)
        elif state.template is not None:
            text = _("The template was saved as {file}.").format(file=state.template.name)
            self.banner.show_message("good", text)
        else:
            self.banner.hide()
        self.earlier.show_batches(state.earlier)
        if state.headers is not self._shown_headers:
            self._show_columns(state.headers)
        if state.report is not None:
            self._show_report(state.report)
        self._show_result(state)
        self._show_buttons(state)

    def _show_columns(self, headers: tuple[SheetHeaders, ...]) -> None:
        self._shown_headers = headers
        while self.columns_form.rowCount():
            self.columns_form.removeRow(0)
        self._combos = {}
        mapping = self.view_model.state.mapping
        for sheet in headers:
            title = label(sheet.spec.name, "section")
            found = sheet.title is not None
            state = label("" if found else _("The workbook has no such sheet."), "error")
            self.columns_form.addRow(title, state)
            for column in sheet.spec.columns if found else ():
                box = QComboBox()
                box.setObjectName(f"column_{sheet.spec.name}_{column.key}")
                box.addItem(_("— not in the workbook —"), "")
                for text in sheet.headers:
                    box.addItem(text, text)
                chosen = mapping.get(sheet.spec.name, {}).get(column.key, "")
                box.setCurrentIndex(max(box.findData(chosen), 0))
                box.currentIndexChanged.connect(self._on_mapped)
                self._combos[sheet.spec.name, column.key] = box
                star = " *" if column.required else ""
                self.columns_form.addRow(label(column.header + star), box)

    def _show_report(self, report: ImportReport) -> None:
        twin = self.view_model.state.twin
        warning = f"\n{_twin(twin)}" if twin is not None else ""
        self.summary.setText(f"{self._summary(report)}{warning}")
        self.errors.clear()
        headers = (_("Sheet"), _("Row"), _("Column"), _("Value"), _("What is wrong"))
        self.errors.setHorizontalHeaderLabels(list(headers))
        look = theme.current()
        found = [(e, "error_soft") for e in report.errors]
        found += [(e, "warning_soft") for e in report.warnings]
        for error, colour in found[:SHOWN_ERRORS]:
            items = [QStandardItem(cell) for cell in _cells(error)]
            for item in items:
                item.setToolTip(item.text())
            items[3].setBackground(look.colour(colour))
            self.errors.appendRow(items)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)

    @staticmethod
    def _summary(report: ImportReport) -> str:
        if report.empty:
            return _("The workbook has no rows yet; nothing was imported.")
        if not report.errors:
            text = _("{rows} rows, all in order. {warnings} notes.")
            return text.format(rows=report.rows, warnings=len(report.warnings))
        text = _("{rows} rows: {right} in order, {wrong} with errors. Nothing is imported yet.")
        return text.format(rows=report.rows, right=report.accepted, wrong=report.rejected)

    def _show_result(self, state: ImportState) -> None:
        self.undo_button.setVisible(state.batch_id is not None)
        if state.undone is not None:
            text = counted(
                state.undone,
                N_("The import was taken back: 1 record was removed."),
                N_("The import was taken back: {count} records were removed."),
            )
            self.outcome.setText(text.format(count=state.undone))
        elif state.batch_id is not None and state.report is not None:
            text = _("{rows} rows were imported: {count} records.")
            self.outcome.setText(
                text.format(rows=state.report.rows, count=len(state.report.created))
            )
        else:
            self.outcome.setText(_("Nothing was imported."))
        left = state.left_out
        note = _("The rows that were left out are in {file}; correct them and import it again.")
        self.result_note.setText(note.format(file=left.name) if left else "")

    def _show_buttons(self, state: ImportState) -> None:
        busy = bool(state.busy)
        report = state.report
        clean = report is not None and not report.errors and not report.empty
        self.template_button.setEnabled(not busy)
        self.file_button.setEnabled(not busy)
        self.back_button.setVisible(state.stage in {Stage.COLUMNS, Stage.PREVIEW})
        self.back_button.setEnabled(not busy)
        self.next_button.setVisible(state.stage in {Stage.COLUMNS, Stage.PREVIEW})
        self.next_button.setText(
            _("Check") if state.stage == Stage.COLUMNS else _("Import everything")
        )
        missing = self.view_model.missing_columns() if state.stage == Stage.COLUMNS else []
        ready = not missing if state.stage == Stage.COLUMNS else clean
        self.next_button.setEnabled(ready and not busy)
        some = report is not None and bool(report.errors) and report.accepted > 0
        self.skip_button.setVisible(state.stage == Stage.PREVIEW and some)
        self.skip_button.setEnabled(not busy)
        self.close_button.setText(_("Close") if state.stage == Stage.RESULT else _("Cancel"))
        hint = _("Choose headers for: {names}").format(names=listed(missing)) if missing else ""
        self._busy.setText(state.busy or hint)

    # -- what the person does

    def _on_template(self) -> None:
        kind = self.view_model.importer.kind
        name = f"{_(kind.title)}.xlsx"
        path = self._context.dialogs.save_file(_("Save the template"), name, EXCEL)
        if path is not None:
            self.view_model.save_template(path)

    def _on_file(self) -> None:
        path = self._context.dialogs.open_file(_("Choose the workbook"), EXCEL)
        if path is not None:
            self.view_model.choose(path)

    def _on_mapped(self) -> None:
        box = self.sender()
        for (sheet, key), combo in self._combos.items():
            if combo is box:
                self.view_model.map_column(sheet, key, str(combo.currentData() or ""))

    def _on_next(self) -> None:
        if self.view_model.state.stage == Stage.COLUMNS:
            self.view_model.try_out()
        elif (twin := self.view_model.state.twin) is None:
            self.view_model.do_import()
        elif self._context.dialogs.ask(
            _("Import it once more?"), _twin(twin), _("Import everything again")
        ):
            self.view_model.do_import(again=True)

    def _on_skip(self) -> None:
        source = self.view_model.state.path
        if source is None:
            return
        name = _("{name} to correct.xlsx").format(name=source.stem)
        path = self._context.dialogs.save_file(
            _("Where to put the rows that are left out"), str(source.parent / name), EXCEL
        )
        if path is not None:
            self.view_model.import_right_rows(Path(path))

    def _on_undo(self) -> None:
        self._undo(None)

    def _undo(self, batch_id: int | None) -> None:
        sentence = _("Everything this import made is removed, or nothing if something uses it.")
        reason = ask_reason(self._context, _("Undo this import"), sentence)
        if reason:
            self.view_model.undo(reason, batch_id)

    # -- building

    def _build(self) -> None:
        self.table.setObjectName("importErrors")
        _dress(self.table, self.errors)
        for page in (self._file_page(), self._columns_page(), self._preview_page()):
            self.stack.addWidget(page)
        self.stack.addWidget(self._result_page())
        buttons = QHBoxLayout()
        buttons.addWidget(self._busy, 1)
        for button in (self.close_button, self.back_button, self.skip_button, self.next_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(self.steps)
        layout.addWidget(self.banner)
        layout.addWidget(self.stack, 1)
        layout.addLayout(buttons)

    def _file_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        text = _(
            "Send the empty template to whoever fills it in, then choose the filled workbook. "
            "Nothing is written before you have seen every row checked."
        )
        column.addWidget(label(text, "soft", wrap=True))
        row = QHBoxLayout()
        row.addWidget(self.template_button)
        row.addWidget(self.file_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        column.addWidget(self.earlier)
        column.addStretch(1)
        return page

    def _columns_page(self) -> QWidget:
        inside = QWidget()
        inside.setObjectName("Plain")
        inside.setLayout(self.columns_form)
        page = QScrollArea()
        page.setWidgetResizable(True)
        page.setWidget(inside)
        return page

    def _preview_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.summary)
        column.addWidget(self.table, 1)
        return page

    def _result_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        column.addWidget(self.outcome)
        column.addWidget(self.result_note)
        row = QHBoxLayout()
        row.addWidget(self.undo_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(2)
        return page

    def _connect(self) -> None:
        self.view_model.state_changed.connect(self.show_state)
        self.template_button.clicked.connect(self._on_template)
        self.file_button.clicked.connect(self._on_file)
        self.next_button.clicked.connect(self._on_next)
        self.back_button.clicked.connect(self.view_model.back)
        self.skip_button.clicked.connect(self._on_skip)
        self.undo_button.clicked.connect(self._on_undo)
        self.earlier.undo_asked.connect(self._undo)
        self.close_button.clicked.connect(self.accept)


def _twin(batch: BatchSummary) -> str:
    text = _("This very workbook was imported on {day} by {by} (import {batch}).")
    return text.format_map(twin_facts(batch))


def _cells(error: CellError) -> tuple[str, ...]:
    row = str(error.row) if error.row else ""
    return error.sheet, row, error.column, error.value, error.message
