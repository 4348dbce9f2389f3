"""The parcels of an application: a grid to type or paste into, and boundaries from files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core import messages
from core.errors import AppError
from core.i18n import _
from desktop.pages.certificates.form_fields import parcels_field, total_area
from desktop.pages.certificates.form_model import ApplicationFormViewModel
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.widgets.banner import Banner
from desktop.widgets.fields import TableEditor
from desktop.widgets.form import FormView
from desktop.widgets.labels import label

GRID_HEIGHT = 360
FILES = "GeoJSON, WKT, Shapefile (*.geojson *.json *.wkt *.zip *.shp)"


class ParcelsEdit(QWidget):
    """The tab of parcels.

    Signals:
        edited: a line changed.
    """

    edited = Signal()

    def __init__(
        self, context: Context, view_model: ApplicationFormViewModel, groups: Sequence[str]
    ) -> None:
        super().__init__()
        self._context = context
        self._view_model = view_model
        self.form = FormView((parcels_field(groups),), context.dialogs)
        self.form.editor("parcels").setMinimumHeight(GRID_HEIGHT)
        self.banner = Banner()
        self.boundary_button = QPushButton(icon("map"), _("Boundaries from a file…"))
        self.boundary_button.setObjectName("boundaries")
        self.boundary_button.setAutoDefault(False)
        self._land = label(role="small")
        below = QHBoxLayout()
        below.addWidget(self._land, 1)
        below.addWidget(self.boundary_button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.banner)
        layout.addWidget(self.form, 1)
        layout.addLayout(below)
        self.form.changed.connect(self._on_changed)
        self.boundary_button.clicked.connect(self._choose)
        view_model.boundaries.connect(self._put)
        view_model.boundaries_failed.connect(self._fail)
        view_model.boundaries_unplaced.connect(self._ask_system)

    def lines(self) -> list[dict[str, str]]:
        """The lines as typed."""
        editor = self.form.editor("parcels")
        return editor.value() if isinstance(editor, TableEditor) else []

    def set_lines(self, lines: Sequence[dict[str, str]]) -> None:
        """Show these parcels."""
        self.form.set_values({"parcels": list(lines)})
        self._on_changed()

    def _on_changed(self) -> None:
        self._land.setText(total_area([line.get("area", "") for line in self.lines()]))
        self.edited.emit()

    def _choose(self) -> None:
        path = self._context.dialogs.open_file(_("Boundaries"), FILES)
        if path is not None:
            self._view_model.read_boundaries(path)

    def _ask_system(self, path: Path) -> None:
        text = _("The file does not say its coordinate system. EPSG code (4490, 4527, 4528 …):")
        given = self._context.dialogs.text(_("Coordinate system"), text, "4527")
        if given and given.strip().isdigit():
            self._view_model.read_boundaries(path, int(given))

    def _put(self, boundaries: tuple[str, ...]) -> None:
        """One boundary goes to the line the cursor is on; several go to all lines in order."""
        lines = self.lines()
        editor = self.form.editor("parcels")
        row = editor.grid.view.currentIndex().row() if isinstance(editor, TableEditor) else -1
        if len(boundaries) == 1 and 0 <= row < len(lines):
            lines[row]["geometry"] = boundaries[0]
        elif len(boundaries) == len(lines):
            for line, boundary in zip(lines, boundaries, strict=True):
                line["geometry"] = boundary
        else:
            text = _(
                "The file has {found} boundaries and the form {lines} parcels. Put the cursor on a "
                "parcel for one boundary, or enter all parcels in the order of the file."
            )
            self.banner.show_message(
                "warning", text.format(found=len(boundaries), lines=len(lines))
            )
            return
        self.set_lines(lines)
        text = _("{count} boundaries were put in.")
        self.banner.show_message("good", text.format(count=len(boundaries)))

    def _fail(self, error: AppError) -> None:
        self.banner.show_message("error", messages.text(error))
