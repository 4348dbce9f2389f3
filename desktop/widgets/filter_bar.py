"""The search field and the filter chips above a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy, QToolButton, QWidget

from core.i18n import _
from core.values.listing import FilterSpec
from desktop.support.icons import icon
from desktop.widgets.flow import FlowLayout
from desktop.widgets.labels import restyle

TYPING_DELAY_MS = 200


class FilterBar(QWidget):
    """Emits `changed(text, filters)` after a pause in typing or when a chip is set."""

    changed = Signal(str, object)

    def __init__(self, filters: Sequence[FilterSpec]) -> None:
        super().__init__()
        self._specs = {spec.key: spec for spec in filters}
        self._chosen: dict[str, str] = {}
        self.box = QLineEdit()
        self.box.setObjectName("FilterText")
        self.box.setPlaceholderText(_("Filter (Ctrl+F)"))
        self.box.setAccessibleName(_("Filter"))
        self.box.setClearButtonEnabled(True)
        self.box.addAction(icon("filter", "text_faint"), QLineEdit.ActionPosition.LeadingPosition)
        self.box.textChanged.connect(self._on_typed)
        # Composing Chinese fires no textChanged, so a pause is the only thing waited for.
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_DELAY_MS)
        self._pause.timeout.connect(self._emit)
        self._layout = FlowLayout()
        self.setLayout(self._layout)
        self._layout.addWidget(self.box)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._chips = {spec.key: self._chip(spec) for spec in filters}
        for key in self._chips:
            self._show_choice(key)
        self.box.returnPressed.connect(self._emit)

    def text(self) -> str:
        """What is typed."""
        return self.box.text()

    def filters(self) -> Mapping[str, str]:
        """The filters set."""
        return dict(self._chosen)

    def set_filters(self, filters: Mapping[str, str], text: str = "") -> None:
        """Set filters and text without emitting."""
        self._chosen = {key: value for key, value in filters.items() if value}
        self.box.blockSignals(True)
        self.box.setText(text)
        self.box.blockSignals(False)
        for key in self._chips:
            self._show_choice(key)

    def add_widget(self, widget: QWidget) -> None:
        """Put a widget (a button of the page) at the right end."""
        self._layout.addWidget(widget)

    def _chip(self, spec: FilterSpec) -> QToolButton:
        chip = QToolButton()
        chip.setObjectName(f"Filter_{spec.key}")
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(chip)
        group = QActionGroup(menu)
        for value, title in (("", _("All")), *((v, _(t)) for v, t in spec.choices)):
            action = menu.addAction(title.replace("&", "&&"))
            action.setCheckable(True)
            action.setData(value)
            group.addAction(action)
            action.triggered.connect(partial(self._choose, spec.key, value))
        chip.setMenu(menu)
        self._layout.addWidget(chip)
        return chip

    def _choose(self, key: str, value: str, _checked: bool = False) -> None:
        if value:
            self._chosen[key] = value
        else:
            self._chosen.pop(key, None)
        self._show_choice(key)
        self._emit()

    def _show_choice(self, key: str) -> None:
        spec, chip = self._specs[key], self._chips[key]
        value = self._chosen.get(key, "")
        title = dict(spec.choices).get(value, value)
        shown = f"{_(spec.title)}: {_(title)}" if value else _(spec.title)
        chip.setText(f"{shown} ▾".replace("&", "&&"))
        chip.setChecked(bool(value))
        # A filter that only links set has nothing to choose from: shown while it is on.
        chip.setVisible(bool(spec.choices or value))
        for action in chip.menu().actions():
            action.setChecked(action.data() == value)
        restyle(chip)

    @Slot()
    def _on_typed(self) -> None:
        self._pause.start()

    @Slot()
    def _emit(self) -> None:
        self._pause.stop()
        self.changed.emit(self.text(), self.filters())
