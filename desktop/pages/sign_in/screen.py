"""The sign-in, and the lock that asks for the password only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from core import config, messages
from core.errors import AppError
from core.i18n import _
from desktop.widgets.banner import Banner
from desktop.widgets.card import CardScreen, brand
from desktop.widgets.labels import label

CHARS = 54


class SignInScreen(CardScreen):
    """Account and password.

    Signals:
        submitted: (login, password, whether to remember it).
        other_asked: another database is wanted.
    """

    submitted = Signal(str, str, bool)
    other_asked = Signal()

    def __init__(self) -> None:
        super().__init__(CHARS)
        self.banner = Banner()
        self.login = QLineEdit()
        self.login.setObjectName("Login")
        self.password = _PasswordEdit()
        self.password.setObjectName("Password")
        self.remember = QCheckBox(_("Remember in the password store of this computer"))
        self.remember.setObjectName("Remember")
        self._note = label(role="small", wrap=True)
        self._database = label(role="small")
        self.button = QPushButton(_("Sign in"))
        self.button.setObjectName("SignIn")
        self.button.setProperty("role", "primary")
        self.other = QPushButton(_("Another database …"))
        self.other.setObjectName("OtherDatabase")
        self.other.setProperty("role", "link")
        self._build()
        self.login.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.submit)
        self.button.clicked.connect(self.submit)
        self.other.clicked.connect(self.other_asked)
        self.login.textChanged.connect(self._judge)
        self.password.textChanged.connect(self._judge)
        self._busy = False
        self._judge()

    def _build(self) -> None:
        self.body.addWidget(brand())
        self.body.addWidget(self.banner)
        for text, field in ((_("&Account"), self.login), (_("&Password"), self.password)):
            title = QLabel(text)
            title.setBuddy(field)
            field.setAccessibleName(text.replace("&", ""))
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(title)
            column.addWidget(field)
            self.body.addLayout(column)
        self.body.addWidget(self.password.caps_note)
        self.body.addWidget(self.remember)
        self.body.addWidget(self._note)
        self.body.addSpacing(4)
        self.body.addWidget(self.button)
        foot = QHBoxLayout()
        foot.addWidget(self._database, 1)
        foot.addWidget(self.other)
        self.body.addLayout(foot)

    def show_database(self, url: str, login: str) -> None:
        """Say which database is opened and who signed in last."""
        file = config.file_of(url)
        self._database.setText(file.name if file is not None else url.rsplit("@", 1)[-1])
        self._database.setToolTip(str(file) if file is not None else url)
        self.login.setText(login)
        self.password.clear()
        (self.password if login else self.login).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_store_fault(self, fault: AppError | None) -> None:
        """Say that passwords cannot be remembered here, and why."""
        self.remember.setVisible(fault is None)
        self._note.setText(messages.text(fault) if fault is not None else "")
        self._note.setVisible(fault is not None)

    def note(self) -> str:
        """What is said about the password store."""
        return self._note.text()

    @Slot(str)
    def fill_password(self, secret: str) -> None:
        """Put a remembered password in; the person still confirms with Enter."""
        self.password.setText(secret)
        self.remember.setChecked(True)
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_error(self, error: AppError | None) -> None:
        """Say why the attempt failed; the password is cleared, the account stays."""
        if error is None:
            self.banner.hide()
            return
        self.banner.show_message("error", messages.text(error))
        self.password.clear()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, busy: bool) -> None:
        """Forbid a second attempt while one is under way."""
        self._busy = busy
        for widget in (self.login, self.password, self.remember):
            widget.setEnabled(not busy)
        self.button.setText(_("Signing in …") if busy else _("Sign in"))
        self._judge()

    @Slot()
    def _judge(self) -> None:
        ready = bool(self.login.text().strip() and self.password.text())
        self.button.setEnabled(ready and not self._busy)

    @Slot()
    def submit(self) -> None:
        """Try to sign in with what is typed."""
        if self.button.isEnabled():
            remember = self.remember.isChecked() and not self.remember.isHidden()
            self.submitted.emit(self.login.text().strip(), self.password.text(), remember)


class LockScreen(CardScreen):
    """Covers the workspace until the password of who is signed in is typed.

    Signals:
        submitted: the password.
        sign_out_asked: somebody else wants to work.
    """

    submitted = Signal(str)
    sign_out_asked = Signal()

    def __init__(self) -> None:
        super().__init__(CHARS)
        self.banner = Banner()
        self._who = label(role="heading", wrap=True)
        self.password = _PasswordEdit()
        self.password.setObjectName("UnlockPassword")
        self.password.setAccessibleName(_("Password"))
        self.password.setPlaceholderText(_("Password"))
        self.button = QPushButton(_("Unlock"))
        self.button.setObjectName("Unlock")
        self.button.setProperty("role", "primary")
        self.other = QPushButton(_("Sign in as somebody else"))
        self.other.setObjectName("SignOut")
        self.other.setProperty("role", "link")
        self.body.addWidget(brand(_("Locked. Nothing you typed is lost.")))
        self.body.addWidget(self._who)
        self.body.addWidget(self.banner)
        self.body.addWidget(self.password)
        self.body.addWidget(self.password.caps_note)
        self.body.addWidget(self.button)
        self.body.addWidget(self.other)
        self.password.returnPressed.connect(self.submit)
        self.button.clicked.connect(self.submit)
        self.other.clicked.connect(self.sign_out_asked)

    def show_person(self, name: str) -> None:
        """Whose workspace is locked."""
        self._who.setText(name)
        self.password.clear()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_error(self, error: AppError | None) -> None:
        """Say why it stays locked."""
        if error is None:
            self.banner.hide()
            return
        self.banner.show_message("error", messages.text(error))
        self.password.clear()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, busy: bool) -> None:
        """Forbid a second attempt while one is under way."""
        self.password.setEnabled(not busy)
        self.button.setEnabled(not busy)

    @Slot()
    def submit(self) -> None:
        """Try the password."""
        if self.password.text() and self.button.isEnabled():
            self.submitted.emit(self.password.text())


class _PasswordEdit(QLineEdit):
    """A password field that says when capitals are typed throughout."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.caps_note = label(_("Caps Lock is on."), "small")
        self.caps_note.setProperty("tone", "warning")
        self.caps_note.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text()
        if len(typed) == 1 and typed.isalpha():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_note.setVisible(typed.isupper() and not shift)
        super().keyPressEvent(event)
