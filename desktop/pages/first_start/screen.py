"""The first-start wizard: three screens in a card."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core import messages
from core.errors import AppError, InputError
from core.i18n import N_, _
from desktop.pages.first_start.making import Signing, SigningKind
from desktop.pages.first_start.view_model import (
    ACCOUNT_FIELDS,
    OFFICE_FIELDS,
    SECRET_FIELDS,
    SERVER_FIELDS,
    FirstStartState,
    FirstStartViewModel,
    Kind,
    Step,
)
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.card import CardScreen, brand
from desktop.widgets.form import FormView
from desktop.widgets.labels import ElidedLabel, label

CHARS = 96
BODY_LINES = 25
#: Height of the window around the wizard's pages: brand, heads, buttons, margins.
AROUND = 270

_STEPS = ((Step.WHERE, N_("Database")), (Step.OFFICE, N_("Office")), (Step.ACCOUNT, N_("Account")))


class FirstStartScreen(CardScreen):
    """Where → office → account and certificate."""

    def __init__(self, context: Context) -> None:
        super().__init__(CHARS)
        self.view_model = FirstStartViewModel(context.jobs, context.clock, self)
        self.banner = Banner()
        self.where = _Where(context)
        self.office = _Office(context)
        self.account = _Account(context)
        self.making = _Making()
        self._heads = [label(f"{n}  {_(title)}") for n, (_step, title) in enumerate(_STEPS, 1)]
        self._pages = QStackedWidget()
        self.back = QPushButton(_("Back"))
        self.back.setObjectName("Back")
        self.next = QPushButton(_("Next"))
        self.next.setObjectName("Next")
        self.next.setProperty("role", "primary")
        self._reason = label(role="small", wrap=True)
        self._build()
        self._connect()
        self.render_state(self.view_model.state)

    def _build(self) -> None:
        heads = QHBoxLayout()
        heads.setSpacing(24)
        for head in self._heads:
            heads.addWidget(head)
        heads.addStretch(1)
        for page in (self.where, self.office, self.account, self.making):
            self._pages.addWidget(_scrolled(page))
        for button in (self.back, self.next):
            # Enter led here from field to field; outside a dialog Qt presses buttons by Space only.
            for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                pressed = QShortcut(QKeySequence(key), button)
                pressed.setContext(Qt.ShortcutContext.WidgetShortcut)
                pressed.activated.connect(button.click)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back)
        buttons.addWidget(self._reason, 1)
        buttons.addWidget(self.next)
        self.body.addWidget(brand())
        self.body.addLayout(heads)
        self.body.addWidget(self.banner)
        self.body.addWidget(self._pages)
        self.body.addLayout(buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        lines = self.fontMetrics().lineSpacing() * BODY_LINES
        self._pages.setFixedHeight(max(min(lines, self.height() - AROUND), 160))

    def _connect(self) -> None:
        self.view_model.state_changed.connect(self.render_state)
        self.back.clicked.connect(self.view_model.back)
        self.next.clicked.connect(self.go_on)
        self.making.stop_asked.connect(self.view_model.stop)
        self.where.chosen.connect(self._on_kind)
        self.where.file_chosen.connect(self.view_model.use_file)
        for page in (self.where, self.office, self.account):
            page.changed.connect(self._judge)
            page.entered.connect(self.next.setFocus)

    @Slot(object)
    def render_state(self, state: FirstStartState) -> None:
        """Show a state."""
        pages = {
            Step.WHERE: self.where,
            Step.OFFICE: self.office,
            Step.ACCOUNT: self.account,
            Step.MAKING: self.making,
        }
        page = pages[state.step]
        self.where.show_state(state)
        self.making.show_progress(state)
        number = list(pages).index(state.step)
        if self._pages.currentIndex() != number:
            self._pages.setCurrentIndex(number)
            page.begin()
        for (step, _title), head in zip(_STEPS, self._heads, strict=True):
            head.setProperty("role", "section" if step is state.step else "soft")
            head.setProperty("tone", "good" if step is state.step else "")
            head.style().unpolish(head)
            head.style().polish(head)
        self.back.setVisible(state.step in (Step.OFFICE, Step.ACCOUNT))
        self.next.setVisible(state.step is not Step.MAKING)
        self._show_error(page, state.error)
        self._judge()

    def _show_error(self, page: _Step, error: AppError | None) -> None:
        self.banner.hide()
        if isinstance(error, InputError):
            elsewhere = page.show_errors(error)
            if elsewhere:
                self.banner.show_message("error", "\n".join(elsewhere))
        elif error is not None:
            self.banner.show_error(error)

    @Slot()
    def _judge(self) -> None:
        state = self.view_model.state
        page = {Step.WHERE: self.where, Step.OFFICE: self.office}.get(state.step, self.account)
        reason = page.reason()
        self._reason.setText(reason)
        self.next.setEnabled(not reason)
        titles = {
            Kind.OPEN: _("Open"),
            Kind.SHARED: _("Connect"),
            Kind.SAMPLE: _("Build the sample office"),
        }
        at_start = state.step is Step.WHERE
        last = _("Create the office") if state.step is Step.ACCOUNT else _("Next")
        self.next.setText(titles.get(state.kind, last) if at_start else last)

    @Slot(str)
    def _on_kind(self, kind: str) -> None:
        self.view_model.choose(Kind(kind))

    @Slot()
    def go_on(self) -> None:
        """The primary button: read this screen and go on."""
        model = self.view_model
        try:
            if model.state.step is Step.WHERE:
                self._leave_where()
            elif model.state.step is Step.OFFICE:
                model.begin_account(self.office.form.parsed())
            else:
                self.account.form.parsed()
                model.make(self.account.form.values(), self.account.signing())
        except InputError:
            self._judge()

    def _leave_where(self) -> None:
        kind = self.view_model.state.kind
        if kind is Kind.SHARED:
            self.view_model.use_server(self.where.server.parsed())
        elif kind is Kind.SAMPLE:
            self.view_model.make_sample()
        else:
            self.view_model.begin_office()


def _scrolled(page: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    page.setObjectName("Plain")
    scroll.setWidget(page)
    return scroll


class _Step(QWidget):
    """One screen of the wizard."""

    changed = Signal()
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(2, 4, 12, 4)
        self.column.setSpacing(8)

    def begin(self) -> None:
        """The screen came to the front."""

    def reason(self) -> str:
        """Why one cannot go on."""
        return ""

    def show_errors(self, error: InputError) -> list[str]:
        """Show errors at their fields; returns the sentences of the others."""
        return [messages.text(field) for field in error.fields]

    def radio(self, title: str, text: str, name: str) -> QRadioButton:
        """A choice with a sentence below it."""
        button = QRadioButton(title)
        button.setObjectName(name)
        self.column.addWidget(button)
        note = label(text, "small", wrap=True)
        note.setContentsMargins(26, 0, 0, 4)
        self.column.addWidget(note)
        return button


class _Where(_Step):
    chosen = Signal(str)
    file_chosen = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._dialogs = context.dialogs
        self._group = QButtonGroup(self)
        self._kind = Kind.LOCAL
        texts = {
            Kind.LOCAL: (_("New office on this computer"), _("One person at a time works on it.")),
            Kind.SHARED: (
                _("Shared database of the office (PostgreSQL)"),
                _("Several people work at once. The administrator has set it up with lintanctl."),
            ),
            Kind.OPEN: (
                _("Open a database that is here already"),
                _("A file, for example a copy."),
            ),
            Kind.SAMPLE: (
                _("Sample office to try things out"),
                _("Invented people and land. Every paper is marked as a training sample."),
            ),
        }
        for kind, (title, text) in texts.items():
            button = self.radio(title, text, f"Kind_{kind}")
            button.toggled.connect(partial(self._on_toggled, kind))
            self._group.addButton(button)
        self._file = ElidedLabel(size="font_s")
        self._browse = QPushButton(_("Browse …"))
        self._browse.setObjectName("BrowseDatabase")
        self._browse.clicked.connect(self._on_browse)
        self._file_row = QWidget()
        row = QHBoxLayout(self._file_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(_("File"), "soft"))
        row.addWidget(self._file, 1)
        row.addWidget(self._browse)
        self.server = FormView(SERVER_FIELDS, context.dialogs)
        self.server.changed.connect(self.changed)
        self.server.entered.connect(self.entered)
        self.column.addWidget(self._file_row)
        self.column.addWidget(self.server)
        self.column.addStretch(1)

    def show_state(self, state: FirstStartState) -> None:
        """Show which kind is chosen, and the file."""
        self._kind = state.kind
        buttons = dict(
            zip(
                (Kind.LOCAL, Kind.SHARED, Kind.OPEN, Kind.SAMPLE),
                self._group.buttons(),
                strict=True,
            )
        )
        if not buttons[state.kind].isChecked():
            buttons[state.kind].setChecked(True)
        self._file.setText(state.file)
        self._file_row.setVisible(state.kind is not Kind.SHARED)
        self.server.setVisible(state.kind is Kind.SHARED)

    def begin(self) -> None:
        button = self._group.checkedButton()
        if button is not None:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def reason(self) -> str:
        return self.server.reason() if self._kind is Kind.SHARED else ""

    def _on_toggled(self, kind: Kind, checked: bool) -> None:
        if checked:
            self.chosen.emit(kind.value)

    @Slot()
    def _on_browse(self) -> None:
        names = _("Lintan database (*.db)")
        if self._kind is Kind.OPEN:
            path = self._dialogs.open_file(_("Database"), names)
        else:
            path = self._dialogs.save_file(_("Database"), self._file.text(), names)
        if path is not None:
            self.file_chosen.emit(path)


class _Office(_Step):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self.form = FormView(OFFICE_FIELDS, context.dialogs)
        self.form.changed.connect(self.changed)
        self.form.entered.connect(self.entered)
        text = _("Papers carry these names. They can be changed later, from a day on.")
        self.column.addWidget(label(text, "soft", wrap=True))
        self.column.addWidget(self.form)

    def begin(self) -> None:
        self.form.focus_first()

    def reason(self) -> str:
        return self.form.reason()

    def show_errors(self, error: InputError) -> list[str]:
        return self.form.show_errors(error)


class _Account(_Step):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._dialogs = context.dialogs
        self.form = FormView(ACCOUNT_FIELDS, context.dialogs, secret=SECRET_FIELDS)
        self.passphrase = QLineEdit()
        self.passphrase.setObjectName("Passphrase")
        self.passphrase.setAccessibleName(_("Passphrase"))
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._file: Path | None = None
        self._file_text = ElidedLabel(size="font_s")
        self._browse = QPushButton(_("Browse …"))
        self._browse.setObjectName("BrowseCertificate")
        self.column.addWidget(self.form)
        self.column.addWidget(label(_("Signing certificate of the office"), "section"))
        self.test = self.radio(
            _("Create an office test certificate"),
            _(
                "For trying out. It says 测试 in its name and on every paper; nobody outside "
                "trusts it. Replace it by a certificate of a licensed authority before real use."
            ),
            "Signing_test",
        )
        self.file = self.radio(
            _("Use a certificate file (.p12, .pfx)"),
            _("From a licensed electronic certification authority. The file stays where it is."),
            "Signing_file",
        )
        self._file_row = QWidget()
        row = QHBoxLayout(self._file_row)
        row.setContentsMargins(26, 0, 0, 0)
        row.addWidget(self._file_text, 1)
        row.addWidget(self._browse)
        row.addWidget(label(_("Passphrase"), "soft"))
        row.addWidget(self.passphrase)
        self.column.addWidget(self._file_row)
        self.later = self.radio(
            _("Later"), _("Papers can be prepared; they wait until they can be signed."), "Later"
        )
        self.column.addStretch(1)
        self.test.setChecked(True)
        self._connect()
        self._on_signing()

    def _connect(self) -> None:
        self.form.changed.connect(self.changed)
        self.form.entered.connect(self.entered)
        self.passphrase.returnPressed.connect(self.entered)
        for button in (self.test, self.file, self.later):
            button.toggled.connect(self._on_signing)
        self._browse.clicked.connect(self._on_browse)

    def begin(self) -> None:
        self.form.focus_first()

    def signing(self) -> Signing:
        """What is chosen."""
        if self.file.isChecked():
            return Signing(SigningKind.FILE, self._file, self.passphrase.text())
        return Signing(SigningKind.TEST if self.test.isChecked() else SigningKind.LATER)

    def reason(self) -> str:
        if self.form.reason():
            return self.form.reason()
        if self.file.isChecked() and self._file is None:
            return _("Still to fill in: {fields}").format(fields=_("Certificate file"))
        return ""

    def show_errors(self, error: InputError) -> list[str]:
        return self.form.show_errors(error)

    @Slot()
    def _on_signing(self) -> None:
        self._file_row.setVisible(self.file.isChecked())
        self.changed.emit()

    @Slot()
    def _on_browse(self) -> None:
        path = self._dialogs.open_file(_("Certificate file"), "PKCS#12 (*.p12 *.pfx)")
        if path is not None:
            self._file = path
            self._file_text.setText(path.name)
            self.changed.emit()


class _Making(_Step):
    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = label(role="soft", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self.stop = QPushButton(_("Stop"))
        self.stop.setObjectName("StopMaking")
        self.stop.clicked.connect(self.stop_asked)
        self.column.addStretch(1)
        self.column.addWidget(label(_("Making the office …"), "heading"))
        self.column.addWidget(self._bar)
        self.column.addWidget(self._text)
        self.column.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(2)

    def show_progress(self, state: FirstStartState) -> None:
        """Say what is being done, and how far it is."""
        self._text.setText(state.doing)
        self._bar.setRange(0, state.total)
        self._bar.setValue(state.done)
        self.stop.setVisible(state.kind is Kind.SAMPLE)
