"""碳汇权证: applications, certificates and the register, with the case at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import (
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from core.certificates.commands import ApplicationSummary
from core.certificates.queries import APPLICATIONS, CERTIFICATES, ENTRIES
from core.certificates.sheets import APPLICATIONS_IMPORTER
from core.certificates.states import EDITABLE
from core.certificates.workflow import StepOffer
from core.documents.service import DocumentSummary
from core.errors import AppError, StaleRecord
from core.i18n import N_, _
from core.values.listing import ListQuery
from desktop.pages.certificates.detail import CERTIFY, CasePane, tone_of_title
from desktop.pages.certificates.form_dialog import ApplicationDialog
from desktop.pages.certificates.inquiry import inquiry_dialog
from desktop.pages.certificates.sheet import sheet_dialog
from desktop.pages.certificates.step_dialog import step_dialog
from desktop.pages.certificates.view_model import (
    APPLICATION,
    CERTIFICATE,
    ENTRY,
    KINDS,
    CertificatesState,
    CertificatesViewModel,
)
from desktop.parts.editing import EditorsLine
from desktop.parts.export import export_list
from desktop.parts.import_wizard import ImportWizard
from desktop.parts.list_detail import ListDetail
from desktop.parts.papers import PaperDesk
from desktop.parts.saved_views import SavedViews
from desktop.parts.signing import SignedReport, SigningDesk
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.support.page import Page
from desktop.widgets.compact_bar import CompactBar
from desktop.widgets.record_table import RecordTable

TITLES = {
    APPLICATION: N_("Applications"),
    CERTIFICATE: N_("Certificates of the register"),
    ENTRY: N_("Entries of the register"),
}
SOURCES = {APPLICATION: APPLICATIONS, CERTIFICATE: CERTIFICATES, ENTRY: ENTRIES}
#: Sheet of the workbook -> the column that says which application a row belongs to.
CASES = {"申请": "key", "权利人": "application", "地块": "application"}


class CertificatesPage(Page):
    """The daily page of the clerk."""

    key: ClassVar[str] = "certificates"
    kinds: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.view_model = CertificatesViewModel(context, self)
        self.desk = PaperDesk(context, self)
        self.signing = SigningDesk.of(context)
        self.tabs = QTabBar()
        self.tabs.setObjectName("certificateTabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.stack = QStackedWidget()
        self.tables = {kind: self._table(kind) for kind in KINDS}
        self.new_button = self._button("newApplication", _("New application…"), "plus")
        self.new_button.setProperty("role", "primary")
        self.new_button.setIcon(icon("plus", "on_accent"))
        self.import_button = self._button("importApplications", _("Import…"), "import")
        self.export_button = self._button("exportList", _("Export…"), "export")
        self.pane = CasePane()
        self.editors = EditorsLine.below_title(context, self.pane)
        self._build()
        self._connect()
        self.render(self.view_model.state)
        for table in self.tables.values():
            table.set_query(ListQuery())

    # -- rendering

    def render(self, state: CertificatesState) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        self.tabs.setCurrentIndex(KINDS.index(state.kind))
        self.stack.setCurrentIndex(KINDS.index(state.kind))
        self.new_button.setEnabled(state.may_receive)
        self.import_button.setEnabled(state.may_receive)
        shown = state.application or state.record
        self.pane.set_empty(empty=shown is None)
        self.editors.show_record(state.kind, state.selected if shown is not None else None)
        if state.failure is not None:
            banner = self.pane.banner if shown is not None else self._front().banner
            banner.show_error(state.failure, _("Try again"), self.view_model.reload)
        if state.application is not None:
            self.pane.show_application(
                state.application, acting=state.acting, chosen=self.take_step
            )
        elif state.record is not None:
            rights = {
                "sheet": self.context.may("certificates.make"),
                CERTIFY: self.context.may("certificates.query"),
            }
            self.pane.show_record(state.record, rights=rights, chosen=self.take_step)

    def _front(self) -> RecordTable:
        return self.tables[self.view_model.state.kind]

    # -- what the person does

    def new_record(self) -> None:
        """Ctrl+N: take an application in."""
        if not self.view_model.state.may_receive:
            return
        dialog = ApplicationDialog(self.context)
        if self.context.dialogs.exec(dialog) and dialog.saved is not None:
            self._show_received(dialog.saved)

    def _show_received(self, summary: ApplicationSummary) -> None:
        self.open_record(APPLICATION, summary.id)
        number = summary.receipt_number or _("draft")
        text = _("{project} was stored ({number}).")
        self.pane.banner.show_message(
            "good", text.format(project=summary.project_name, number=number)
        )
        self._sign(summary.documents)

    def edit_record(self) -> None:
        """F2: edit the application shown, while its content may still change."""
        detail = self.view_model.state.application
        if detail is None:
            return
        if not detail.editable:
            if detail.summary.state not in EDITABLE:
                text = _("What experts and public have seen cannot be edited; send it back first.")
                self.pane.banner.show_message("info", text)
            return
        self.context.dialogs.exec(ApplicationDialog(self.context, detail.summary.id))

    def take_step(self, key: str) -> None:
        """Open the form of a step; `edit` opens the application's form."""
        if key == "edit":
            self.edit_record()
            return
        record = self.view_model.state.record
        if key == "case":
            if record is not None:
                self.open_record(APPLICATION, record.application_id)
            return
        if key == "sheet":
            if record is not None:
                self._replace_sheet(record.certificate_id)
            return
        if key == CERTIFY:
            if record is not None:
                self._certify(record.certificate_id)
            return
        detail = self.view_model.state.application
        if detail is None:
            return
        offer = next((one for one in detail.offers if one.step.key == key), None)
        if offer is not None and offer.permitted:
            self.context.dialogs.exec(step_dialog(self.view_model, offer, self._show_taken))

    def _replace_sheet(self, certificate_id: int) -> None:
        dialog = sheet_dialog(self.context, certificate_id)
        if self.context.dialogs.exec(dialog) and dialog.result_value is not None:
            self.pane.banner.show_message("good", _("The sheet was replaced; print the paper."))

    def _certify(self, certificate_id: int) -> None:
        dialog = inquiry_dialog(self.context, certificate_id)
        self.context.dialogs.exec(dialog)
        paper = dialog.result_value
        if isinstance(paper, DocumentSummary):
            text = _("“{title}” was made ({number}).")
            self._show_done(text.format(title=paper.title, number=paper.number))
            self._sign((paper.id,))

    def _show_taken(self, offer: StepOffer, summary: ApplicationSummary) -> None:
        text = _("“{step}” is done.").format(step=_(offer.step.title))
        self.pane.banner.show_message("good", text)
        self._sign(summary.documents)

    def _sign(self, documents: Sequence[int]) -> None:
        """Sign the papers a step made at once; without an open certificate they wait, visibly."""
        if not documents or not self.context.may("papers.sign"):
            return
        if self.signing.is_open:
            self.signing.sign(documents)
            return
        text = _("{count} papers wait for their signature; their numbers are kept.")
        self.pane.banner.show_message(
            "info",
            text.format(count=len(documents)),
            _("Sign now"),
            partial(self.signing.sign, documents),
        )

    def _on_primary(self) -> None:
        self.take_step(str(self.pane.primary.property("step") or ""))

    def _on_signed(self, report: SignedReport) -> None:
        if report.faults:
            self.pane.banner.show_error(report.faults[0])
        elif report.signed:
            text = _("{count} papers were signed.")
            self.pane.banner.show_message("good", text.format(count=report.signed))

    def _show_failure(self, error: AppError) -> None:
        if not isinstance(error, StaleRecord):
            self.pane.banner.show_error(error)

    def _show_done(self, text: str) -> None:
        self.pane.banner.show_message("good", text)

    def _import(self) -> None:
        self.context.dialogs.exec(ImportWizard(self.context, APPLICATIONS_IMPORTER, CASES))

    def _export(self) -> None:
        kind = self.view_model.state.kind
        export_list(self.context, SOURCES[kind], self._front().query, _(TITLES[kind]))

    def _on_tab(self, place: int) -> None:
        kind = KINDS[place]
        self.view_model.show_list(kind)
        self.view_model.select(self.tables[kind].current_id())

    def _on_current(self, kind: str, record_id: int | None) -> None:
        if kind == self.view_model.state.kind:
            self.view_model.select(record_id)

    # -- what the shell asks

    def open_record(self, kind: str, record_id: int) -> None:
        """Show one record in its list."""
        self.view_model.show_list(kind)
        self.tables[kind].set_query(ListQuery())
        self.tables[kind].select(record_id)
        self.view_model.select(record_id)

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show a filtered list; `new` opens the form of a new application."""
        self.view_model.show_list(kind)
        rest = {key: value for key, value in filters.items() if key != "new"}
        self.tables[kind].set_query(ListQuery(filters=rest))
        if "new" in filters:
            self.new_record()

    def focus_filter(self) -> None:
        """Ctrl+F."""
        self._front().focus_filter()

    def refresh(self) -> None:
        """F5."""
        self._front().reload()
        self.view_model.reload()

    def print_record(self) -> None:
        """Ctrl+P: the newest paper of the record shown."""
        shown = self.view_model.state.application or self.view_model.state.record
        issued = [paper for paper in shown.papers if paper.sha256] if shown else []
        if issued:
            self.desk.print(issued[-1].id)

    # -- building

    def _table(self, kind: str) -> RecordTable:
        source = SOURCES[kind]
        columns = {column.key for column in source.columns}
        table = RecordTable(
            source,
            self.context,
            pills={key: tone_of_title for key in ("state", "status") if key in columns},
            sums=[key for key in ("tonnes",) if key in columns],
            also=KINDS,
        )
        if kind == APPLICATION:
            table.set_empty(
                _(
                    "No application yet. Take the first one in, or import a measuring body's workbook."
                ),
                _("New application…"),
                "certificate",
            )
            table.empty_action.connect(self.new_record)
        else:
            table.set_empty(_("Nothing is registered yet."), "", "certificate")
        table.filter_bar.add_widget(SavedViews(table, self.context))
        table.current_changed.connect(partial(self._on_current, kind))
        return table

    @staticmethod
    def _button(name: str, text: str, icon_name: str) -> QPushButton:
        button = QPushButton(icon(icon_name), text)
        button.setObjectName(name)
        return button

    def _build(self) -> None:
        bar = CompactBar(self.tabs, [self.new_button], [self.import_button, self.export_button])
        for kind, table in self.tables.items():
            self.tabs.addTab(_(TITLES[kind]))
            self.tabs.setTabToolTip(self.tabs.count() - 1, _(TITLES[kind]))
            self.stack.addWidget(table)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(bar)
        column.addWidget(self.stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ListDetail("certificates", left, self.pane))

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab)
        self.new_button.clicked.connect(self.new_record)
        self.import_button.clicked.connect(self._import)
        self.export_button.clicked.connect(self._export)
        self.pane.primary.clicked.connect(self._on_primary)
        papers = self.pane.papers
        papers.opened.connect(self.desk.open)
        papers.printed.connect(self.desk.print)
        papers.verified.connect(self.desk.verify)
        papers.saved.connect(self.desk.save)
        self.desk.failed.connect(self._show_failure)
        self.desk.done.connect(self._show_done)
        self.pane.files.opened.connect(self.desk.open_file)
        self.signing.finished.connect(self._on_signed)
        self.signing.failed.connect(self._show_failure)
        self.view_model.state_changed.connect(self.render)
