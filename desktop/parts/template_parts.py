"""The parts of a template in a form: what is printed, where, how large; nobody needs the TOML."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.documents import arranging
from core.documents.arranging import TITLES, TYPES, WORDS, Part, PartField
from core.documents.templates import TemplateError
from core.i18n import _
from desktop.support.icons import icon
from desktop.widgets.labels import label

#: Lines of a text field.
_LOW, _HIGH = 4, 8
_WIDEST = 1000.0


class PartsForm(QWidget):
    """A list of the parts, and the fields of the chosen one.

    Signals:
        changed: the template's text with a change made in the form.
        refused: a sentence: what was typed cannot be.
    """

    changed = Signal(str)
    refused = Signal(str)

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.setObjectName("templateParts")
        self._kind = kind
        self._source = ""
        self._parts: list[Part] = []
        self._model = QStringListModel(self)
        self.list = QListView()
        self.list.setObjectName("partsOfTemplate")
        self.list.setAccessibleName(_("Parts of the paper"))
        self.list.setModel(self._model)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.up = QPushButton(icon("up"), _("Up"))
        self.down = QPushButton(icon("down"), _("Down"))
        self.facts = QComboBox()
        self.facts.setObjectName("factsOfTemplate")
        self.facts.setAccessibleName(_("Put in a fact"))
        self.editors: dict[str, QWidget] = {}
        self._text: QPlainTextEdit | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._build()
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.up.clicked.connect(partial(self._move, -1))
        self.down.clicked.connect(partial(self._move, 1))
        self.facts.activated.connect(self._put_in_fact)

    def set_source(self, source: str) -> None:
        """Show the parts of a text; one that cannot be read leaves the last ones."""
        if source == self._source:
            return
        try:
            self._parts = arranging.parts(source)
        except TemplateError:
            return
        self._source = source
        row = self.list.currentIndex().row()
        self._model.setStringList([_line(part) for part in self._parts])
        self.facts.clear()
        self.facts.addItem(_("Put in a fact…"), "")
        for name, title in arranging.facts(source, self._kind).items():
            self.facts.addItem(f"{title}　{{{name}}}", name)
        self.choose(row if 0 <= row < len(self._parts) else 0)

    def choose(self, row: int) -> None:
        """Show the fields of a part."""
        self.list.setCurrentIndex(self._model.index(row))
        self._show(row)

    def place_of(self, words: str) -> int:
        """The first part whose wording holds these words; -1 for none."""
        found = [part.place for part in self._parts if words in part.words]
        return found[0] if found else -1

    # -- the fields

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self._show(index.row())

    def _show(self, row: int) -> None:
        holder = QWidget()
        form = QFormLayout(holder)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self.editors, self._text = {}, None
        if 0 <= row < len(self._parts):
            for field in arranging.fields(self._parts[row]):
                editor = self._editor(field)
                editor.setObjectName(f"part_{field.key}")
                self.editors[field.key] = editor
                form.addRow(_(TITLES[field.key]), editor)
            if not self.editors:
                form.addRow(label(_("Nothing to change here."), "soft"))
        self.facts.setEnabled(self._text is not None)
        self._area.setWidget(holder)

    def _editor(self, field: PartField) -> QWidget:
        match field.kind:
            case "number":
                return self._number(field.value, field, lambda value: value)
            case "place":
                return self._place(field)
            case "choice":
                return self._choice(field)
            case "check":
                box = QCheckBox()
                box.setChecked(bool(field.value))
                box.toggled.connect(partial(self._change, field))
                return box
            case _:
                return self._words(field)

    def _number(self, value: float, field: PartField, whole: Any) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setDecimals(1)
        box.setSingleStep(0.5)
        least = field.default if isinstance(field.default, float) else 0.0
        box.setRange(min(0.0, least), _WIDEST)
        if field.kind == "number" and least <= 0:
            box.setSpecialValueText(_("as usual"))
        box.setValue(float(value))

        def typed(number: float) -> None:
            self._change(field, whole(number))

        box.valueChanged.connect(typed)
        return box

    def _place(self, field: PartField) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        boxes: list[QDoubleSpinBox] = []

        def both(_value: float) -> list[float]:
            return [box.value() for box in boxes]

        for name, value in zip(("left", "above"), field.value, strict=True):
            box = self._number(value, field, both)
            box.setObjectName(f"part_at_{name}")
            boxes.append(box)
            row.addWidget(box)
        return holder

    def _choice(self, field: PartField) -> QComboBox:
        box = QComboBox()
        box.addItem(_("as usual"), "")
        for word in field.choices:
            box.addItem(_(WORDS.get(word, word)), word)
        box.setCurrentIndex(max(0, box.findData(field.value or "")))

        def chosen(place: int) -> None:
            self._change(field, box.itemData(place))

        box.activated.connect(chosen)
        return box

    def _words(self, field: PartField) -> QPlainTextEdit:
        box = QPlainTextEdit(str(field.value or ""))
        lines = _HIGH if field.kind in {"cells", "lines"} else _LOW
        box.setFixedHeight(box.fontMetrics().lineSpacing() * lines + 12)
        box.setTabChangesFocus(True)
        if field.kind == "cells":
            box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        if self._text is None:
            self._text = box

        def typed() -> None:
            self._change(field, box.toPlainText())

        box.textChanged.connect(typed)
        return box

    def _change(self, field: PartField, value: Any) -> None:
        row = self.list.currentIndex().row()
        kept = None if field.kind in {"number", "check"} and value == field.default else value
        try:
            source = arranging.change(self._source, row, field.key, kept)
        except ValueError:
            self.refused.emit(
                _("Keep the lines as they are: one for each column or row, with ｜ between.")
            )
            return
        self._take(source)

    def _take(self, source: str) -> None:
        self._source = source
        self._parts = arranging.parts(source)
        for row, part in enumerate(self._parts):
            index = self._model.index(row)
            if self._model.data(index) != _line(part):
                self._model.setData(index, _line(part))
        self.changed.emit(source)

    def _move(self, by: int) -> None:
        row = self.list.currentIndex().row()
        source = arranging.moved(self._source, row, by)
        if source != self._source:
            self._take(source)
            self.choose(row + by)

    def _put_in_fact(self, place: int) -> None:
        name = self.facts.itemData(place)
        if name and self._text is not None:
            self._text.insertPlainText(f"{{{name}}}")
        self.facts.setCurrentIndex(0)

    # -- building

    def _build(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.up, self.down):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addWidget(self.facts, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.list, 2)
        layout.addLayout(buttons)
        layout.addWidget(self._area, 3)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


def _line(part: Part) -> str:
    """A part in the list: what it is, and how it begins."""
    title = _(TYPES[part.type]) if part.type in TYPES else part.type
    words = " ".join(part.words.split())
    return f"{title}：{words}" if words else title
