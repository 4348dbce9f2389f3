"""Preview of the exact PDF that is stored; QtPdf is loaded when the first preview opens."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.i18n import _
from desktop.support.icons import icon
from desktop.widgets.labels import label

ZOOM_STEP = 1.25


class PdfPreview(QWidget):
    """All pages of a PDF, one below the other.

    Signals:
        page_count_changed: how many pages were read (0: the bytes are no readable PDF).
    """

    page_count_changed = Signal(int)

    def __init__(self, data: bytes = b"") -> None:
        super().__init__()
        # Imported here: QtPdf adds 60 ms to the start and few visits need it.
        from PySide6.QtPdf import QPdfDocument
        from PySide6.QtPdfWidgets import QPdfView

        self._buffer = QBuffer(self)
        self._document = QPdfDocument(self)
        self._view = QPdfView(self)
        self._view.setPageMode(QPdfView.PageMode.MultiPage)
        self._view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self._view.setDocument(self._document)
        self._view.setAccessibleName(_("Preview of the paper"))
        self._fit = QPdfView.ZoomMode.FitToWidth
        self._custom = QPdfView.ZoomMode.Custom
        self._pages = label(role="small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view, 1)
        layout.addLayout(self._tools())
        if data:
            self.set_data(data)

    def set_data(self, data: bytes) -> None:
        """Show another PDF."""
        self._document.close()
        self._buffer.close()
        self._buffer.setData(QByteArray(data))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.load(self._buffer)
        count = self._document.pageCount()
        text = _("{count} pages").format(count=count) if count else _("This is no readable PDF.")
        self._pages.setText(text)
        self.page_count_changed.emit(count)

    def page_count(self) -> int:
        """Pages of the PDF shown."""
        return max(self._document.pageCount(), 0)

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self._pages, 1)
        for text, name, slot in (
            ("−", _("Smaller"), self.zoom_out),
            ("+", _("Larger"), self.zoom_in),
            ("↔", _("Fit to width"), self.zoom_fit),
        ):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.clicked.connect(slot)
            row.addWidget(button)
        return row

    def zoom_in(self) -> None:
        """Larger."""
        self._zoom(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Smaller."""
        self._zoom(1 / ZOOM_STEP)

    def zoom_fit(self) -> None:
        """Fit the width."""
        self._view.setZoomMode(self._fit)

    def _zoom(self, factor: float) -> None:
        self._view.setZoomMode(self._custom)
        self._view.setZoomFactor(min(max(self._view.zoomFactor() * factor, 0.2), 5.0))


class PdfDialog(QDialog):
    """A paper in its own window, with print and save.

    Signals:
        printed, saved: the button was pressed.
    """

    printed = Signal()
    saved = Signal()

    def __init__(self, title: str, data: bytes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.preview = PdfPreview(data)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for text, name, signal in (
            (_("Save a copy"), "export", self.saved),
            (_("Print"), "print", self.printed),
        ):
            button = QPushButton(icon(name), text)
            button.setObjectName(f"Pdf_{name}")
            button.setIconSize(QSize(16, 16))
            button.setAutoDefault(False)
            button.clicked.connect(signal)
            buttons.addWidget(button)
        close = QPushButton(_("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        buttons.addWidget(close)
        QShortcut(QKeySequence.StandardKey.Print, self, self.printed.emit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(self.preview, 1)
        layout.addLayout(buttons)
        area = self.screen().availableGeometry()
        self.resize(min(820, area.width() - 40), min(900, area.height() - 60))
