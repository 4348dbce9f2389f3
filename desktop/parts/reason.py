"""Asking why: a reason is mandatory and kept with the record."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from core.i18n import _
from desktop.support.context import Context
from desktop.widgets.labels import label


class ReasonDialog(QDialog):
    """One sentence that says what will happen, and a field for the reason."""

    def __init__(self, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reasonDialog")
        self.setWindowTitle(title)
        self.setMinimumWidth(420)
        self.edit = QPlainTextEdit()
        self.edit.setObjectName("reason")
        self.edit.setTabChangesFocus(True)
        self.edit.setAccessibleName(_("Reason"))
        self.edit.setFixedHeight(self.fontMetrics().lineSpacing() * 4)
        caption = label(_("&Reason"))
        caption.setBuddy(self.edit)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText(title)
        self._ok.setProperty("role", "primary")
        self._why = label(_("Give a reason; it is kept with the record."), "small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(label(sentence, wrap=True))
        layout.addWidget(caption)
        layout.addWidget(self.edit)
        layout.addWidget(self._why)
        layout.addWidget(self.buttons)
        self.edit.textChanged.connect(self._on_typed)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._on_typed()
        self.edit.setFocus()

    @property
    def reason(self) -> str:
        """What was typed."""
        return self.edit.toPlainText().strip()

    def _on_typed(self) -> None:
        self._ok.setEnabled(bool(self.reason))
        self._why.setVisible(not self.reason)


def ask_reason(context: Context, title: str, sentence: str) -> str:
    """The reason given, or an empty text when the person gave up."""
    dialog = ReasonDialog(title, sentence, context.dialogs.parent)
    return dialog.reason if context.dialogs.exec(dialog) else ""
