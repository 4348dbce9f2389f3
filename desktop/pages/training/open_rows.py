"""The rows of a scanned sign-in sheet that somebody must look at, settled one after the other."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout
from sqlalchemy.orm import Session

from core.errors import AppError
from core.i18n import N_, _
from core.training.attendance import NewMark
from core.training.reading import REASON_TITLES, name_row, settle_row
from core.training.record_details import ScanDetail, ScanRow, scan_detail
from core.training.states import MARK_TITLES, VERDICT_TITLES, Mark
from core.values.forms import FormField
from desktop.pages.training.attendance_dialog import REASON
from desktop.pages.training.course_dialogs import Values, number_of, text_of
from desktop.pages.training.people_dialogs import TRAINEE_FIELDS, trainee_of
from desktop.pages.training.tab import submit_to
from desktop.pages.training.tones import half_day
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.choice_table import ChoiceTable
from desktop.parts.papers import PaperDesk
from desktop.parts.reason import ask_reason
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

HEADERS = (N_("Row"), N_("Name"), N_("On the scan"), N_("Noted so far"), N_("To look at"))


def row_texts(one: ScanRow) -> tuple[str, ...]:
    """A row of a sheet as tables show it."""
    return (
        str(one.row),
        one.name or _("(free row)"),
        _(VERDICT_TITLES[one.verdict]),
        _(MARK_TITLES[one.mark]) if one.mark is not None else "",
        _(REASON_TITLES[one.why]) if one.why else "",
    )


class OpenRowsDialog(QDialog):
    """Each row is settled with a mark, with a name, or with nothing and a reason."""

    def __init__(self, context: Context, scan: ScanDetail) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("openRowsDialog")
        self.setWindowTitle(_("Rows to look at"))
        self._context = context
        self.scan = scan
        self.banner = Banner()
        self.table = ChoiceTable(
            _("Rows to look at"),
            [_(one) for one in HEADERS],
            empty=_("Every row is settled."),
            rows=12,
        )
        self.present = self._button("rowPresent", _("Present (1)"))
        self.absent = self._button("rowAbsent", _("Absent (5)"))
        self.other = self._button("rowOther", _("Another mark…"))
        self.name = self._button("rowName", _("Name the person…"))
        self.nothing = self._button("rowNothing", _("No signature…"))
        self.file_button = self._button("rowScan", _("Open the scan"))
        self.desk = PaperDesk(context, self)
        self.close_button = self._button("closeRows", _("Close"))
        self._build()
        self._connect()
        self._show()

    # -- what the person does

    def settle(self, mark: Mark) -> None:
        """Note a mark for the row chosen; a reason is asked for where something is noted already."""
        row = self._row()
        if row is None or row.participant_id is None:
            return
        reason = ""
        if row.mark not in (None, mark):
            reason = ask_reason(
                self._context,
                _(MARK_TITLES[mark]),
                _("{name} was noted as “{mark}”.").format(
                    name=row.name, mark=_(MARK_TITLES[row.mark]) if row.mark else ""
                ),
            )
            if not reason:
                return
        new = NewMark(
            session_id=self.scan.session_id,
            participant_id=row.participant_id,
            mark=mark,
            reason=reason,
        )
        self._run(row, new, "")

    def leave_out(self) -> None:
        """The ink is no signature: nothing is noted, with a reason."""
        row = self._row()
        if row is None:
            return
        sentence = _("Nothing is noted for row {row}; the scan stays with the course.")
        reason = ask_reason(self._context, _("No signature"), sentence.format(row=row.row))
        if reason:
            self._run(row, None, reason)

    def _run(self, row: ScanRow, mark: NewMark | None, reason: str) -> None:
        scan = self.scan
        self._context.jobs.write(
            lambda session: settle_row(session, scan.id, scan.version, row.row, mark, reason),
            done=self._reload,
            failed=self._failed,
            key=f"settle-{scan.id}",
        )

    def ask_other(self) -> None:
        """Note late, left early, leave or a late signature, with minutes and reason."""
        row, scan = self._row(), self.scan
        if row is None:
            return

        def save(session: Session, values: Values) -> None:
            new = NewMark(
                session_id=scan.session_id,
                participant_id=row.participant_id or 0,
                mark=Mark(text_of(values, "mark")),
                minutes=number_of(values, "minutes"),
                reason=text_of(values, "reason"),
            )
            settle_row(session, scan.id, scan.version, row.row, new)

        marks = tuple((one.value, title) for one, title in MARK_TITLES.items())
        fields = (
            FormField("mark", N_("Attendance"), "choice", required=True, choices=marks),
            FormField("minutes", N_("Minutes missed"), "int"),
            FormField(REASON.name, REASON.label, "long"),
        )
        dialog = ActionDialog(
            self._context,
            _("Another mark"),
            _("Row {row}: {name}").format(row=row.row, name=row.name),
            fields,
            submit_to(self._context, f"settle-{scan.id}", save),
        )
        if self._context.dialogs.exec(dialog):
            self._reload()

    def ask_name(self) -> None:
        """Say who signed on a free row; the person joins the roster."""
        row, scan = self._row(), self.scan
        if row is None:
            return

        def save(session: Session, values: Values) -> int:
            return name_row(session, scan.id, scan.version, row.row, trainee_of(values))

        dialog = ActionDialog(
            self._context,
            _("Name the person"),
            _("Row {row}: the person joins the roster and is noted as present.").format(
                row=row.row
            ),
            TRAINEE_FIELDS,
            submit_to(self._context, f"settle-{scan.id}", save),
        )
        if self._context.dialogs.exec(dialog):
            self._reload()

    def open_scan(self) -> None:
        """Look at the page itself."""
        if self.scan.file is not None:
            self.desk.open_file(self.scan.file)

    # -- private

    def _row(self) -> ScanRow | None:
        chosen = self.table.chosen()
        return next((one for one in self.scan.open if one.row == chosen), None)

    def _reload(self, _result: object = None) -> None:
        scan_id = self.scan.id
        self._context.jobs.read(
            lambda session: scan_detail(session, scan_id),
            done=self._loaded,
            failed=self._failed,
            key=f"open-rows-{id(self)}",
            latest=True,
        )

    def _loaded(self, scan: ScanDetail) -> None:
        self.scan = scan
        self.banner.hide()
        self._show()

    def _failed(self, error: AppError) -> None:
        self.banner.show_error(error)

    def _show(self) -> None:
        self.table.show_lines([(one.row, row_texts(one)) for one in self.scan.open])
        ids = self.table.ids()
        if ids and self.table.chosen() is None:
            self.table.choose(ids[0])
        self._allow()

    def _allow(self) -> None:
        row = self._row()
        named = row is not None and row.participant_id is not None
        for button in (self.present, self.absent, self.other):
            button.setEnabled(named)
        self.name.setEnabled(row is not None and not named)
        self.nothing.setEnabled(row is not None)

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    def _connect(self) -> None:
        self.present.clicked.connect(partial(self.settle, Mark.PRESENT))
        self.absent.clicked.connect(partial(self.settle, Mark.ABSENT))
        self.other.clicked.connect(self.ask_other)
        self.name.clicked.connect(self.ask_name)
        self.nothing.clicked.connect(self.leave_out)
        self.file_button.clicked.connect(self.open_scan)
        self.desk.failed.connect(self._failed)
        self.close_button.clicked.connect(self.accept)
        for keys, button in (("1", self.present), ("5", self.absent)):
            QShortcut(QKeySequence(keys), self).activated.connect(button.click)
        self.table.view.clicked.connect(self._on_row)
        self.table.view.activated.connect(self._on_row)

    def _on_row(self, _index: object) -> None:
        self._allow()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        for one in (self.present, self.absent, self.other, self.name, self.nothing):
            buttons.addWidget(one)
        buttons.addStretch(1)
        buttons.addWidget(self.file_button)
        buttons.addWidget(self.close_button)
        self.file_button.setEnabled(self.scan.file is not None)
        scan = self.scan
        head = f"{scan.number}　{half_day(scan.held_on, scan.half_day)}　{scan.topic}"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(label(head, "heading", wrap=True))
        layout.addWidget(
            label(
                _("What a person noted before is never overwritten by a scan; decide here."),
                "soft",
                wrap=True,
            )
        )
        layout.addWidget(self.banner)
        layout.addWidget(self.table)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.resize(760, 520)
        self.table.view.setFocus()
