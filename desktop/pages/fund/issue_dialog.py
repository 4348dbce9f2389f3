"""Issuing receipts: the way, what the rules say before anything is issued, one button."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core import messages
from core.errors import AppError, InputError
from core.fund.details import DonationLink
from core.fund.ereceipt import Fields
from core.fund.states import WAY_TITLES, Way
from core.i18n import N_, _, counted
from core.values.forms import FormField
from core.values.money import Money
from desktop.pages.fund.findings import FindingsList
from desktop.pages.fund.issue_model import IssueReport, IssueState, IssueViewModel
from desktop.pages.fund.official_form import OfficialForm
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.form import FormView
from desktop.widgets.labels import label
from desktop.widgets.small_table import SmallTable

#: Donations named one by one; more are only counted.
NAMED = 200

TITLE = FormField(
    "title",
    N_("Payer on the receipt"),
    help=N_("Empty: the donor's title. Another name only with the donor's consent."),
)


class IssueDialog(QDialog):
    """Issues one receipt or many. `report` says what came of it once it is over."""

    def __init__(
        self,
        context: Context,
        links: list[DonationLink],
        way: Way | None = None,
        replaces: str = "",
    ) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("issueDialog")
        self.setWindowTitle(_("Issue again") if replaces else _("Issue receipts"))
        self.report: IssueReport | None = None
        self._context = context
        self._replaces = replaces
        self.view_model = IssueViewModel(context, links, way, self)
        self.banner = Banner()
        self._sum = label(role="heading", wrap=True)
        self.way = QComboBox()
        self.way.setObjectName("way")
        self.joint = QCheckBox(_("&One receipt per donor and year"))
        self.joint.setObjectName("joint")
        self.title = FormView(
            (
                FormField(
                    "title",
                    N_("Payer on the receipt"),
                    help=N_(
                        "Empty: the donor's title. Another name only with the donor's consent."
                    ),
                ),
            )
        )
        self.official = OfficialForm(context.dialogs)
        self.donations = SmallTable(
            _("Donations"), (_("Donation"), _("Donor"), _("Received on"), _("Amount (yuan)")), 5
        )
        self.findings = FindingsList()
        self._sheet = label(role="soft", wrap=True)
        self._sheet.setObjectName("nextSheet")
        self._reason = label(role="small", wrap=True)
        self._reason.setObjectName("reason")
        self.issue_button = QPushButton()
        self.issue_button.setObjectName("issue")
        self.issue_button.setProperty("role", "primary")
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setObjectName("cancel")
        for button in (self.issue_button, self.cancel_button):
            # Enter in a field must neither issue nor give up.
            button.setAutoDefault(False)
        self._build(links)
        self._connect()
        self.view_model.load()
        self.show_state(self.view_model.state)

    # -- rendering

    def show_state(self, state: IssueState) -> None:
        """Show a state of the view model."""
        if state.report is not None:
            self.report = state.report
            self.accept()
            return
        self._show_ways(state)
        self.joint.setChecked(state.joint)
        wanted = len(state.groups)
        self.official.setVisible(state.way is Way.OFFICIAL and wanted == 1)
        self.title.setVisible(wanted == 1)
        self._show_sheet(state)
        self.findings.show_judged(state.judged)
        if state.failure is not None:
            self._show_failure(state.failure)
        self._show_reason()

    def _show_ways(self, state: IssueState) -> None:
        self.way.blockSignals(True)
        if self.way.count() != len(state.ways):
            self.way.clear()
            for way in state.ways:
                self.way.addItem(_(WAY_TITLES[way]), way.value)
        if state.way is not None:
            self.way.setCurrentIndex(self.way.findData(state.way.value))
        self.way.blockSignals(False)

    def _show_sheet(self, state: IssueState) -> None:
        self._sheet.setVisible(state.way is Way.STOCK and state.judged is not None)
        if state.sheet is None:
            self._sheet.setText(_("There is no unused sheet in a book that is in date."))
            return
        text = _("Next sheet: {code}-{number} of book {book}; {left} sheets are left.")
        self._sheet.setText(
            text.format(
                code=state.sheet.bill_code,
                number=state.sheet.number,
                book=state.sheet.book_number,
                left=state.sheet.left,
            )
        )

    def _show_failure(self, error: AppError) -> None:
        if not isinstance(error, InputError):
            self.banner.show_error(error)
            return
        elsewhere = self.official.show_errors(error)
        if elsewhere:
            self.banner.show_message("error", "\n".join(elsewhere))

    def _show_reason(self) -> None:
        state = self.view_model.state
        reason = self._why_not(state)
        count = len(state.possible)
        text = _("Issue {count} receipts").format(count=count) if count > 1 else _("Issue")
        self.issue_button.setText(text)
        self.issue_button.setEnabled(not reason)
        barred = len(state.judged or ()) - count
        note = _("{count} receipts are barred and left out.").format(count=barred) if barred else ""
        self._reason.setText(reason or note)

    def _why_not(self, state: IssueState) -> str:
        if state.issuing:
            return _("Issuing …")
        if state.judged is None:
            return _("The rules are looking …")
        if not state.possible:
            return _("Nothing can be issued; the list above says why.")
        wanted = len(state.groups)
        if state.way is Way.OFFICIAL and wanted > 1:
            return _("Official e-receipts are recorded one by one, each with its file.")
        if state.way is Way.OFFICIAL:
            return self.official.reason()
        if state.way is Way.STOCK and state.sheet is None:
            return _("There is no unused sheet in a book that is in date.")
        if state.way is Way.STOCK and state.sheet and state.sheet.left < len(state.possible):
            return _("Only {left} sheets are left.").format(left=state.sheet.left)
        return ""

    # -- what the person does

    def issue(self) -> None:
        """Issue what nothing bars."""
        state = self.view_model.state
        if self._why_not(state):
            return
        official, file = None, None
        if state.way is Way.OFFICIAL:
            try:
                official, file = self.official.official()
            except InputError:
                self._show_reason()
                return
            told = self.official.otherwise(official)
            if told and not self._insists(told):
                return
        title = str(self.title.values()["title"]) if len(state.groups) == 1 else ""
        self.banner.hide()
        self.view_model.issue(title, official, file, self._replaces)

    def _on_way(self, _place: int) -> None:
        self.view_model.choose(way=Way(self.way.currentData()))

    def _on_joint(self, chosen: bool) -> None:
        self.view_model.choose(joint=chosen)

    def _insists(self, told: list[str]) -> bool:
        """Whether the person issues what was typed although the file says otherwise."""
        return self._context.dialogs.ask(
            _("The file says otherwise"), "\n".join(told), _("Issue as typed")
        )

    def _on_official(self) -> None:
        self._show_reason()

    def _on_fields(self, found: Fields) -> None:
        if self.official.show_read(found):
            self.banner.show_message("good", _("The file was read; compare it with the paper."))
        else:
            text = _("Not everything could be read from the file; type the rest.")
            self.banner.show_message("info", text)
        self._show_reason()

    def _on_file_failed(self, error: AppError) -> None:
        fields = error.fields if isinstance(error, InputError) else ()
        text = "\n".join(messages.text(one) for one in fields) or messages.text(error)
        self.banner.show_message("warning", text)

    def reject(self) -> None:
        """Close without issuing; a run that has begun is not abandoned."""
        if not self.view_model.state.issuing:
            super().reject()

    # -- building

    def _build(self, links: list[DonationLink]) -> None:
        amounts = [one.amount for one in links if one.amount is not None]
        total = sum(amounts, Money(0))
        text = counted(
            len(links), N_("1 donation, {total} yuan"), N_("{count} donations, {total} yuan")
        )
        self._sum.setText(text.format(count=len(links), total=total))
        self.donations.show_rows(
            [
                (one.code, one.donor, one.received_on.isoformat(), _amount(one))
                for one in links[:NAMED]
            ]
        )
        self.joint.setVisible(len(links) > 1)
        choice = QFormLayout()
        choice.addRow(_("&Way"), self.way)
        choice.addRow("", self.joint)
        if self._replaces:
            choice.addRow(_("Follows"), label(self._replaces))
        holder = QWidget()
        holder.setObjectName("Plain")
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(2, 2, 8, 2)
        inside.setSpacing(8)
        for part in (self.donations, self.findings, self._sheet, self.official, self.title):
            inside.addWidget(part)
        inside.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(holder)
        buttons = QHBoxLayout()
        buttons.addWidget(self._reason, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.issue_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        layout.addWidget(self._sum)
        layout.addWidget(self.banner)
        layout.addLayout(choice)
        layout.addWidget(scroll, 1)
        layout.addLayout(buttons)
        self._order()
        limit = self.screen().availableGeometry().size()
        self.resize(min(760, limit.width() - 40), min(660, limit.height() - 60))

    def _order(self) -> None:
        """Tab goes from the way through the fields to the buttons, in the order they stand."""
        chain: list[QWidget] = [self.way, self.joint, self.donations.view]
        for form in (self.official, self.title):
            chain += [form.editor(field.name).focus_widget() for field in form.fields]
        chain += [self.cancel_button, self.issue_button]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)

    def _connect(self) -> None:
        self.view_model.state_changed.connect(self.show_state)
        self.view_model.fields_read.connect(self._on_fields)
        self.view_model.file_failed.connect(self._on_file_failed)
        self.way.currentIndexChanged.connect(self._on_way)
        self.joint.toggled.connect(self._on_joint)
        self.official.changed.connect(self._on_official)
        self.official.file_chosen.connect(self.view_model.read_file)
        self.official.reason_changed.connect(self._show_reason)
        self.official.entered.connect(self.issue_button.setFocus)
        self.issue_button.clicked.connect(self.issue)
        self.cancel_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Save, self, self.issue)
        self.way.setFocus()


def _amount(link: DonationLink) -> str:
    return str(link.amount) if link.amount is not None else "——"
