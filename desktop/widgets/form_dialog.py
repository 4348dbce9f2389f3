"""A dialog around a form: sentence of what will happen, form, reason, and one primary button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.errors import AppError, InputError
from core.i18n import _
from core.values.forms import FormField
from desktop.support.dialogs import Dialogs
from desktop.widgets.banner import Banner
from desktop.widgets.form import FormView
from desktop.widgets.labels import label


class FormDialog(QDialog):
    """Edits fields and hands the parsed values to `submit`; stays open until told it worked.

    The page's submit starts a write job and calls `succeed` or `fail` when it is over, so a
    refused save loses nothing that was typed.

    Signals:
        submitted: the parsed values (same as the `submit` callback).
    """

    submitted = Signal(object)

    def __init__(
        self,
        title: str,
        fields: Sequence[FormField],
        *,
        dialogs: Dialogs,
        values: Mapping[str, object] | None = None,
        sentence: str = "",
        accept: str = "",
    ) -> None:
        """Build the dialog.

        Args:
            title: window title and heading.
            fields: the form.
            dialogs: for file fields, and the parent window.
            values: what the form shows first.
            sentence: what will happen, in one sentence.
            accept: the verb on the button.
        """
        super().__init__(dialogs.parent)
        self.setWindowTitle(title)
        self.form = FormView(fields, dialogs, values)
        self.banner = Banner()
        self._sentence = label(sentence, "soft", wrap=True)
        self._sentence.setVisible(bool(sentence))
        self._reason = label(role="small", wrap=True)
        self.accept_button = QPushButton(accept or _("Save"))
        self.accept_button.setObjectName("Accept")
        self.accept_button.setProperty("role", "primary")
        self.accept_button.setDefault(False)
        self.accept_button.setAutoDefault(False)
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setObjectName("Cancel")
        self.cancel_button.setAutoDefault(False)
        self._busy = False
        self._build(title)
        self._dirty = False
        self.form.changed.connect(self._on_changed)
        self.form.reason_changed.connect(self._on_reason)
        self.form.entered.connect(self.accept_button.setFocus)
        self.accept_button.clicked.connect(self.submit)
        self.cancel_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Save, self, self.submit)
        self._on_reason(self.form.reason())
        self.form.focus_first()

    def _build(self, title: str) -> None:
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        holder = QWidget()
        holder.setObjectName("Plain")
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(2, 2, 8, 2)
        inside.addWidget(self.form)
        scroll.setWidget(holder)
        buttons = QHBoxLayout()
        buttons.addWidget(self._reason, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(label(title, "heading", wrap=True))
        layout.addWidget(self._sentence)
        layout.addWidget(self.banner)
        layout.addWidget(scroll, 1)
        layout.addLayout(buttons)
        metrics = self.fontMetrics()
        wide = any(field.kind == "table" for field in self.form.fields)
        width = metrics.averageCharWidth() * (130 if wide else 84)
        height = self.form.sizeHint().height() + 210
        limit = self.screen().availableGeometry().size()
        self.resize(min(width, limit.width() - 60), min(height, limit.height() - 80))

    @property
    def typed(self) -> bool:
        """Whether the person changed anything since the dialog opened."""
        return self._dirty

    @Slot()
    def submit(self) -> None:
        """Parse and hand over; wrong fields are shown."""
        if self._busy:
            return
        try:
            values = self.form.parsed()
        except InputError:
            return
        self._set_busy(True)
        self.submitted.emit(values)

    def succeed(self) -> None:
        """The save worked: close."""
        self._dirty = False
        self._set_busy(False)
        self.accept()

    def fail(self, error: AppError) -> None:
        """The save was refused: say why, keep everything."""
        self._set_busy(False)
        if isinstance(error, InputError):
            elsewhere = self.form.show_errors(error)
            if elsewhere:
                self.banner.show_message("error", "\n".join(elsewhere))
        else:
            self.banner.show_error(error)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.form.setEnabled(not busy)
        self.accept_button.setEnabled(not busy and not self.form.reason())

    @Slot()
    def _on_changed(self) -> None:
        self._dirty = True
        if not self.banner.isHidden():
            self.banner.hide()

    @Slot(str)
    def _on_reason(self, reason: str) -> None:
        self._reason.setText(reason)
        self.accept_button.setEnabled(not reason and not self._busy)

    def reject(self) -> None:
        """Close without saving; what was typed stays in the draft of the page."""
        if not self._busy:
            super().reject()
