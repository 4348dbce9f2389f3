"""Dialogs of the system page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
)
from sqlalchemy.orm import Session

from core import messages, numbering
from core.access import AccountSummary, RoleSummary
from core.audit import AuditLine
from core.audit.names import record_name
from core.carbon.service import ParameterSetView
from core.clock import CHINA
from core.errors import AppError
from core.i18n import N_, _
from core.numbering import LedgerLine, NumberState, SeriesState
from core.office import CAPABILITIES
from core.settings.specs import SettingSpec
from core.values.forms import FieldKind, FormField
from desktop.parts.action_dialog import Done, Failed
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

FIRST_YEAR = 2021
KEY_ROLE = int(Qt.ItemDataRole.UserRole) + 1
NUMBER_STATES = {
    NumberState.USED: N_("Used"),
    NumberState.VOID: N_("Void"),
    NumberState.SPOILED: N_("Spoiled"),
    NumberState.LOST: N_("Lost"),
}
RECORDS = {
    "application": N_("Application"),
    "certificate": N_("Certificate"),
    "document": N_("Paper"),
}
_KINDS: Mapping[str, FieldKind] = {"int": "int", "long": "long", "date": "date", "bool": "bool"}

Start = Callable[[object, Done, Failed], object]


def setting_field(spec: SettingSpec) -> FormField:
    """The form field of a setting."""
    return FormField("value", spec.title, _KINDS.get(spec.kind, "text"), help=spec.help)


class SaveDialog(QDialog):
    """A dialog with one Save button that stays open until the save worked."""

    def __init__(self, context: Context, title: str) -> None:
        super().__init__(context.dialogs.parent)
        self.setWindowTitle(title)
        self.start: Start | None = None
        self._saving = False
        self.banner = Banner()
        self.body = QVBoxLayout()
        self.save_button = QPushButton(_("Save"))
        self.save_button.setObjectName("save")
        self.save_button.setProperty("role", "primary")
        self.cancel_button = QPushButton(_("Cancel"))
        for button in (self.save_button, self.cancel_button):
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(self.banner)
        layout.addLayout(self.body, 1)
        layout.addLayout(buttons)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)

    def given(self) -> object:
        """What is saved; a subclass reads its widgets. None when it cannot be read."""
        raise NotImplementedError

    def save(self) -> None:
        """Run the save once."""
        if self._saving or self.start is None:
            return
        given = self.given()
        if given is None:
            return
        self._saving = True
        self.save_button.setEnabled(False)
        self.start(given, self._on_done, self._on_failed)

    def _on_done(self, _result: object) -> None:
        self.accept()

    def _on_failed(self, error: AppError) -> None:
        self._saving = False
        self.save_button.setEnabled(True)
        self.banner.show_message("error", messages.text(error))


def _checklist(
    entries: Sequence[tuple[str, str]], chosen: Sequence[str], name: str
) -> tuple[QListView, QStandardItemModel]:
    model = QStandardItemModel()
    for key, title in entries:
        item = QStandardItem(title)
        item.setData(key, KEY_ROLE)
        item.setCheckable(True)
        item.setEditable(False)
        checked = Qt.CheckState.Checked if key in chosen else Qt.CheckState.Unchecked
        item.setCheckState(checked)
        model.appendRow(item)
    view = QListView()
    view.setObjectName(name)
    view.setModel(model)
    model.setParent(view)
    return view, model


def _checked(model: QStandardItemModel) -> tuple[str, ...]:
    items = (model.item(row) for row in range(model.rowCount()))
    return tuple(
        str(item.data(KEY_ROLE)) for item in items if item.checkState() == Qt.CheckState.Checked
    )


class RolesDialog(SaveDialog):
    """Which roles an account holds."""

    def __init__(
        self, context: Context, account: AccountSummary, roles: Sequence[RoleSummary]
    ) -> None:
        super().__init__(context, _("Roles of {name}").format(name=account.name))
        self.setObjectName("rolesDialog")
        self.resize(420, 420)
        entries = [(role.key, role.title) for role in roles]
        self.list, self.model = _checklist(entries, account.roles, "accountRoles")
        self.body.addWidget(label(_("Rights of several roles add up."), "soft", wrap=True))
        self.body.addWidget(self.list, 1)
        self.list.setFocus()

    def given(self) -> object:
        """The keys of the roles."""
        return _checked(self.model)


@dataclass(frozen=True)
class GivenRole:
    """A role as typed."""

    key: str
    title: str
    permissions: tuple[str, ...]


class RoleDialog(SaveDialog):
    """Title and permissions of a role, grouped as the program declares them."""

    def __init__(self, context: Context, role: RoleSummary | None) -> None:
        super().__init__(context, _("Role") if role else _("New role"))
        self.setObjectName("roleDialog")
        self.resize(560, 600)
        self.key = QLineEdit(role.key if role else "")
        self.key.setObjectName("roleKey")
        self.key.setEnabled(role is None)
        self.title = QLineEdit(role.title if role else "")
        self.title.setObjectName("roleTitle")
        entries = [
            (permission.key, f"{_(room.title)}：{_(permission.title)}")
            for room in CAPABILITIES
            for permission in room.permissions
        ]
        held = tuple(role.permissions) if role else ()
        self.list, self.model = _checklist(entries, held, "permissions")
        for text, widget in (
            (_("&Short name"), self.key),
            (_("&Title"), self.title),
            (_("&Permissions"), self.list),
        ):
            caption = label(text)
            caption.setBuddy(widget)
            self.body.addWidget(caption)
            self.body.addWidget(widget)

    def given(self) -> object:
        """A GivenRole."""
        return GivenRole(self.key.text(), self.title.text(), _checked(self.model))


class JsonDialog(SaveDialog):
    """A structured setting as text; it is read before it is stored."""

    def __init__(self, context: Context, title: str, value: object) -> None:
        super().__init__(context, title)
        self.setObjectName("jsonDialog")
        self.resize(760, 560)
        self.edit = QPlainTextEdit()
        self.edit.setObjectName("json")
        self.edit.setPlainText(json.dumps(value, ensure_ascii=False, indent=2))
        self.body.addWidget(label(_("Valid from today on."), "soft"))
        self.body.addWidget(self.edit, 1)

    def given(self) -> object:
        """The value, or None with the mistake shown."""
        try:
            return json.loads(self.edit.toPlainText())
        except json.JSONDecodeError as error:
            sentence = _("Line {line}, column {column}: this is not valid JSON.")
            self.banner.show_message(
                "error", sentence.format(line=error.lineno, column=error.colno)
            )
            return None


class YearBox(QComboBox):
    """Chooses a year, from the first of the scheme to the next one.

    Signals:
        chosen: the year.
    """

    chosen = Signal(int)

    def __init__(self, year: int) -> None:
        super().__init__()
        self.setObjectName("year")
        self.setAccessibleName(_("Year"))
        for one in range(year + 1, FIRST_YEAR - 1, -1):
            self.addItem(str(one), one)
        self.setCurrentIndex(1)
        self.currentIndexChanged.connect(self._on_index)

    def year(self) -> int:
        """The year chosen."""
        return int(self.currentData())

    def _on_index(self, _index: int) -> None:
        self.chosen.emit(self.year())


class TableDialog(QDialog):
    """A small table to read."""

    def __init__(
        self,
        context: Context,
        title: str,
        headers: Sequence[str] = (),
        rows: Sequence[Sequence[str]] = (),
    ) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("tableDialog")
        self.setWindowTitle(title)
        self.resize(760, 480)
        self.banner = Banner()
        self.model = QStandardItemModel(self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setTabKeyNavigation(False)
        self.view.setShowGrid(False)
        self.view.verticalHeader().hide()
        self.head = QHBoxLayout()
        self.head.addWidget(label(title, "heading", wrap=True), 1)
        close = QPushButton(_("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        self.note = label(role="small", wrap=True)
        foot.addWidget(self.note, 1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addLayout(self.head)
        layout.addWidget(self.banner)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)
        self.set_rows(headers, rows)

    def set_rows(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show these rows."""
        self.model.clear()
        self.model.setHorizontalHeaderLabels(list(headers))
        for row in rows:
            self.model.appendRow([QStandardItem(cell) for cell in row])
        self.view.resizeColumnsToContents()
        self.view.horizontalHeader().setStretchLastSection(True)


class LedgerDialog(TableDialog):
    """Every number of a series and year, and its fate."""

    def __init__(self, context: Context, series: SeriesState, title: str, year: int) -> None:
        super().__init__(context, _("Ledger: {series}").format(series=title))
        self.setObjectName("ledgerDialog")
        self._context = context
        self._series = series
        self.year = YearBox(year)
        self.head.addWidget(self.year)
        self.year.chosen.connect(self._load)
        self._load()

    def _load(self) -> None:
        key, year = self._series.key, self.year.year()

        def read(session: Session) -> tuple[int, list[LedgerLine]]:
            return year, numbering.ledger(session, key, year)

        self._context.jobs.read(
            read, done=self._show, failed=self._failed, key="ledger", latest=True
        )

    def _show(self, found: tuple[int, list[LedgerLine]]) -> None:
        year, lines = found
        if year != self.year.year():
            return
        headers = [_("No."), _("Number"), _("State"), _("Taken"), _("Record"), _("Reason")]
        self.set_rows(
            headers,
            [
                (
                    str(line.sequence),
                    line.text,
                    _(NUMBER_STATES[line.state]),
                    line.taken_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M"),
                    f"{_(RECORDS.get(line.record_kind, line.record_kind))} {line.record_id}",
                    line.reason,
                )
                for line in lines
            ],
        )
        self.note.setText(_("{count} numbers").format(count=len(lines)))

    def _failed(self, error: AppError) -> None:
        self.banner.show_message("error", messages.text(error))


Table = tuple[list[str], list[tuple[str, ...]]]


def parameter_rows(one: ParameterSetView) -> Table:
    """The numbers of a parameter set, digit for digit."""
    headers = [_("Group"), _("Species"), "D (t/m³)", "BEF", "R", "CF"]
    rows: list[tuple[str, ...]] = [
        (
            group,
            one.glosses.get(group, ""),
            str(numbers.wood_density),
            str(numbers.bef),
            str(numbers.root_shoot),
            str(numbers.carbon_fraction),
        )
        for group, numbers in one.parameters.items()
    ]
    return headers, rows


def audit_rows(line: AuditLine) -> Table:
    """Before and after of a line, field by field."""
    names = sorted({*line.before, *line.after})
    rows: list[tuple[str, ...]] = [
        (record_name(name), _shown(line.before.get(name)), _shown(line.after.get(name)))
        for name in names
    ]
    return [_("Field"), _("Before"), _("After")], rows


def _shown(value: object) -> str:
    return "" if value is None else str(value)
