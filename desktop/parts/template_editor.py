"""Editing the text of a paper with a live preview on sample data."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontDatabase, QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy.orm import Session

from core import messages
from core.documents import editing
from core.documents.editing import TemplateVersion
from core.documents.templates import Template, shipped
from core.errors import AppError
from core.i18n import _
from desktop.jobs.runner import Report, Token
from desktop.parts.files import read_file, write_file
from desktop.parts.moments import moment
from desktop.parts.template_parts import PartsForm
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label
from desktop.widgets.pdf import PdfPreview

#: Milliseconds without a key after which the preview is drawn anew.
PAUSE = 400
_FILTER = "TOML (*.toml)"


class TemplateEditor(QDialog):
    """The text at the left, what it prints at the right; saves as a new version."""

    def __init__(self, context: Context, kind: str, source: str) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("templateEditor")
        self._context = context
        self._kind = kind
        self._saved = source
        self.banner = Banner()
        self.text = QPlainTextEdit(source)
        self.text.setObjectName("templateText")
        self.text.setAccessibleName(_("Text of the paper"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.parts = PartsForm(kind)
        self.halves = QTabWidget()
        self.preview = PdfPreview()
        self.long = QCheckBox(_("&Overlong sample data"))
        self.versions = QComboBox()
        self.versions.setAccessibleName(_("Versions"))
        self.save_button = QPushButton(_("Save as a new version"))
        self.save_button.setObjectName("saveTemplate")
        self.save_button.setProperty("role", "primary")
        self.export_button = QPushButton(_("Export…"))
        self.import_button = QPushButton(_("Import…"))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._build()
        self._connect()
        self._load_versions()
        self.parts.set_source(source)
        self.draw()

    def _build(self) -> None:
        title = shipped(self._kind).title
        self.setWindowTitle(_("Text of “{title}”").format(title=title))
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.versions)
        self.halves.addTab(self.parts, _("Parts"))
        self.halves.addTab(self.text, _("Text (TOML)"))
        column.addWidget(self.halves, 1)
        halves = QSplitter()
        halves.addWidget(left)
        halves.addWidget(self.preview)
        halves.setSizes([500, 500])
        close = QPushButton(_("Close"))
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.long)
        buttons.addStretch(1)
        for button in (self.import_button, self.export_button, close, self.save_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        sentence = _(
            "Papers that were made keep their text; a new version holds for papers prepared from "
            "now on. Places and sizes are millimetres and points."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(label(sentence, "soft", wrap=True))
        layout.addWidget(self.banner)
        layout.addWidget(halves, 1)
        layout.addLayout(buttons)
        area = self.screen().availableGeometry()
        self.resize(min(1240, area.width() - 40), min(820, area.height() - 60))

    def _connect(self) -> None:
        self.text.textChanged.connect(self._on_typed)
        self.halves.currentChanged.connect(self._on_tab)
        self.parts.changed.connect(self._on_part)
        self.parts.refused.connect(self._on_refused)
        self._pause.timeout.connect(self.draw)
        self.long.toggled.connect(self.draw)
        self.versions.activated.connect(self._on_version)
        self.save_button.clicked.connect(self.save)
        self.export_button.clicked.connect(self.export)
        self.import_button.clicked.connect(self.import_)

    # -- parts and text

    def _on_tab(self, _place: int) -> None:
        self.parts.set_source(self.text.toPlainText())

    def _on_part(self, source: str) -> None:
        """A change in the form is one step back in the text (Ctrl+Z)."""
        cursor = self.text.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(source)

    def _on_refused(self, sentence: str) -> None:
        self.banner.show_message("warning", sentence)

    def _replace(self, source: str) -> None:
        """Another text takes the place of this one."""
        self.text.setPlainText(source)
        self.parts.set_source(source)

    # -- the preview

    def _on_typed(self) -> None:
        self.save_button.setEnabled(self.text.toPlainText() != self._saved)
        self._pause.start()

    def draw(self) -> None:
        """Draw what the text says now; a text that cannot be used leaves the last picture."""
        self._pause.stop()
        source, long = self.text.toPlainText(), self.long.isChecked()
        self.save_button.setEnabled(source != self._saved)

        def work(_session: Session) -> bytes:
            return editing.draw(source, self._kind, long=long)

        # The lane of readers drops a drawing that a newer text has overtaken.
        self._context.jobs.read(
            work, done=self._drawn, failed=self._failed, key="template-preview", latest=True
        )

    def _drawn(self, data: bytes) -> None:
        self.banner.hide()
        self.preview.set_data(data)

    def _failed(self, error: AppError) -> None:
        self.banner.show_error(error)

    # -- versions

    def _load_versions(self) -> None:
        def load(session: Session) -> list[TemplateVersion]:
            return editing.versions(session, self._kind)

        self._context.jobs.read(load, done=self._show_versions, failed=self._failed)

    def _show_versions(self, found: list[TemplateVersion]) -> None:
        self.versions.clear()
        self.versions.addItem(_("Load another version…"), None)
        self.versions.addItem(_("as shipped with the program"), shipped(self._kind).source)
        for one in found:
            by = _("of the office") if one.by_office else _("of the program")
            name = _("version {number}, {by}, {moment}")
            self.versions.addItem(
                name.format(number=one.version, by=by, moment=moment(one.saved_at)), one.source
            )

    def _on_version(self, place: int) -> None:
        source = self.versions.itemData(place)
        if source is not None:
            self._replace(str(source))
            self.draw()

    # -- keeping

    def save(self) -> None:
        """Save what stands there as the office's next version."""
        source = self.text.toPlainText()

        def write(session: Session) -> Template:
            return editing.save(session, self._kind, source)

        self._context.jobs.write(write, done=self._on_saved, failed=self._failed)

    def _on_saved(self, template: Template) -> None:
        self._saved = template.source
        self._replace(template.source)
        self._load_versions()
        told = [_("Saved as version {number}.").format(number=template.version)]
        odd = [messages.text(one) for one in editing.cautions(template)]
        self.banner.show_message("warning" if odd else "good", "\n".join([*told, *odd]))

    def export(self) -> None:
        """Write the text to a file."""
        path = self._context.dialogs.save_file(_("Export"), f"{self._kind}.toml", _FILTER)
        if path is None:
            return
        data = self.text.toPlainText().encode()

        def write(_token: Token, _report: Report) -> Path:
            write_file(path, data)
            return path

        def written(file: Path) -> None:
            self.banner.show_message("good", _("Saved as {file}.").format(file=file.name))

        self._context.jobs.io(write, done=written, failed=self._failed)

    def import_(self) -> None:
        """Read a text from a file; it is saved only when the person says so."""
        path = self._context.dialogs.open_file(_("Import"), _FILTER)
        if path is not None:
            self._context.jobs.io(partial(_read, path), done=self._read, failed=self._failed)

    def _read(self, data: bytes) -> None:
        self._replace(data.decode("utf-8", "replace"))
        self.draw()

    def reject(self) -> None:
        """Ask before an edited text is lost."""
        changed = self.text.toPlainText() != self._saved
        if not changed or self._context.dialogs.ask(
            _("Close without saving?"), _("The edited text is not saved."), _("Close")
        ):
            super().reject()


def _read(path: Path, _token: Token, _report: Report) -> bytes:
    return read_file(path)
