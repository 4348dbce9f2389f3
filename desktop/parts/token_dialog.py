"""Choosing a signing token: the maker's library, the token in its slots, the PIN, the codes' key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core import config
from core.documents import token
from core.documents.token import TokenKey, TokenSeen
from core.errors import AppError
from core.i18n import _
from desktop.jobs.runner import Report, Token
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label


@dataclass(frozen=True)
class TokenChoice:
    """What the person chose.

    `codes` is the key file for the codes on papers with its passphrase; without one, papers signed
    by the token carry no code. `remember` keeps PIN and passphrase in the system's password store.
    """

    key: TokenKey
    pin: str
    codes: tuple[Path, str] | None
    remember: bool


class TokenDialog(QDialog):
    """Finds the tokens of a library off the GUI thread, and asks for the PIN of one."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("tokenDialog")
        self.setWindowTitle(_("Sign with a token"))
        self.setMinimumWidth(520)
        self._context = context
        stored = config.load()
        self._wanted = stored.token_serial
        self.banner = Banner()
        self.library = QComboBox()
        self.library.setObjectName("tokenLibrary")
        self.library.setEditable(True)
        known = [str(path) for path in token.libraries()]
        first = [stored.token_library] if stored.token_library else []
        self.library.addItems(list(dict.fromkeys([*first, *known])))
        self.browse = QPushButton(_("Choose…"))
        self.look = QPushButton(_("Look for tokens"))
        self.look.setObjectName("lookForTokens")
        self.tokens = QComboBox()
        self.tokens.setObjectName("tokens")
        self.pin = self._secret("tokenPin")
        self.codes = QLineEdit(stored.codes_key or self._beside(stored.signing_key))
        self.codes.setObjectName("codesKey")
        self.browse_codes = QPushButton(_("Choose…"))
        self.codes_secret = self._secret("codesSecret")
        self.remember = QCheckBox(_("&Remember in the password store of this computer"))
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._build()
        self._connect()
        self._judge()
        if self.library.currentText():
            self.search()

    @staticmethod
    def _secret(name: str) -> QLineEdit:
        box = QLineEdit()
        box.setObjectName(name)
        box.setEchoMode(QLineEdit.EchoMode.Password)
        return box

    @staticmethod
    def _beside(signing_key: str) -> str:
        """The codes' key of the office's key file, where there is one."""
        path = Path(signing_key).with_suffix(".qr.pem") if signing_key else None
        return str(path) if path is not None and path.is_file() else ""

    def choice(self) -> TokenChoice:
        """What stands in the dialog; a token must be chosen."""
        seen = self.tokens.currentData()
        assert isinstance(seen, TokenSeen)
        key = TokenKey(Path(self.library.currentText()), seen.label, serial=seen.serial)
        path = self.codes.text().strip()
        codes = (Path(path), self.codes_secret.text()) if path else None
        return TokenChoice(key, self.pin.text(), codes, self.remember.isChecked())

    def search(self) -> None:
        """Look into the slots of the library."""
        library = Path(self.library.currentText())

        def work(_token: Token, _report: Report) -> list[TokenSeen]:
            return token.tokens(library)

        self.look.setEnabled(False)
        self._context.jobs.io(work, done=self._found, failed=self._failed, key="find-tokens")

    def _found(self, seen: list[TokenSeen]) -> None:
        self.look.setEnabled(True)
        self.banner.hide()
        self.tokens.clear()
        for one in seen:
            words = _("{label} (slot {slot}, number {serial})")
            self.tokens.addItem(
                words.format(label=one.label, slot=one.slot, serial=one.serial), one
            )
            if one.serial == self._wanted:
                self.tokens.setCurrentIndex(self.tokens.count() - 1)
        if not seen:
            self.banner.show_message("warning", _("No token is plugged in."))
        self._judge()

    def _failed(self, error: AppError) -> None:
        self.look.setEnabled(True)
        self.tokens.clear()
        self.banner.show_error(error)
        self._judge()

    def _judge(self) -> None:
        ready = self.tokens.currentData() is not None and bool(self.pin.text())
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)

    def _choose_library(self) -> None:
        path = self._context.dialogs.open_file(
            _("Library of the token"), "PKCS#11 (*.so *.dll *.dylib)"
        )
        if path is not None:
            self.library.setEditText(str(path))
            self.search()

    def _choose_codes(self) -> None:
        path = self._context.dialogs.open_file(_("Key file of the codes"), "PEM (*.pem)")
        if path is not None:
            self.codes.setText(str(path))

    # -- building

    def _build(self) -> None:
        sentence = _(
            "The key stays on the token. The codes on papers are signed with the office's own key "
            "file; without it they are left out."
        )
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(_("Library"), self._row(self.library, self.browse, self.look))
        form.addRow(_("Token"), self.tokens)
        form.addRow(_("PIN"), self.pin)
        form.addRow(_("Key file of the codes"), self._row(self.codes, self.browse_codes))
        form.addRow(_("Its passphrase"), self.codes_secret)
        form.addRow("", self.remember)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(label(sentence, "soft", wrap=True))
        layout.addWidget(self.banner)
        layout.addLayout(form)
        layout.addWidget(self.buttons, 0, Qt.AlignmentFlag.AlignRight)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)  # grows with the banner

    @staticmethod
    def _row(field: QWidget, *buttons: QPushButton) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(field, 1)
        for button in buttons:
            button.setAutoDefault(False)
            row.addWidget(button)
        return holder

    def _connect(self) -> None:
        self.look.clicked.connect(self.search)
        self.browse.clicked.connect(self._choose_library)
        self.browse_codes.clicked.connect(self._choose_codes)
        self.pin.textChanged.connect(self._judge)
        self.tokens.currentIndexChanged.connect(self._judge)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
