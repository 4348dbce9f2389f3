"""One row of a form: label, field, hint and the error under the field."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout

from core import messages
from core.errors import InputError
from core.i18n import _
from core.values.area import Area
from core.values.forms import FormField, parse_form
from core.values.money import Money
from core.values.tonnes import Tonnes
from desktop.widgets.fields import FieldEditor
from desktop.widgets.labels import label


class Row:
    """Label, editor, and the line below: error, or hint, or help."""

    def __init__(self, field: FormField, editor_: FieldEditor, letter: str) -> None:
        self.editor = editor_
        star = " *" if field.required else ""
        # "&" in a label would eat a letter; the mnemonic is ours.
        self.label = QLabel(_mnemonic(_(field.label), letter) + star)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setBuddy(editor_.focus_widget())
        self.below = label(role="small", wrap=True)
        self._error = ""
        self._visible = True

    def place(self, grid: QGridLayout, line: int) -> None:
        """Puts label, editor and the line below into the grid."""
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
        self.label.setContentsMargins(0, 6, 0, 0)
        grid.addWidget(self.label, line, 0, top)
        cell = QVBoxLayout()
        cell.setSpacing(2)
        cell.addWidget(self.editor)
        cell.addWidget(self.below)
        grid.addLayout(cell, line, 1)
        # Not earlier: a label without a parent would become a window of its own for a moment.
        self.show_hint()

    def set_visible(self, visible: bool) -> None:
        """Shows or hides the whole row."""
        self._visible = visible
        self.label.setVisible(visible)
        self.editor.setVisible(visible)
        self.below.setVisible(visible and bool(self.below.text()))

    def error(self) -> str:
        """The sentence under the field; empty when nothing is wrong."""
        return self._error

    def add_error(self, sentence: str) -> None:
        """One more sentence under the field."""
        self.set_error(f"{self._error}\n{sentence}" if self._error else sentence)

    def set_error(self, sentence: str) -> None:
        """The sentence under the field; an empty one takes it away."""
        if sentence == self._error:
            return
        self._error = sentence
        self.editor.set_wrong(bool(sentence))
        self.below.setProperty("role", "error" if sentence else "small")
        self.below.style().unpolish(self.below)
        self.below.style().polish(self.below)
        self.show_hint()

    def show_hint(self) -> None:
        """The error, or else what the field says about its value."""
        text = self._error or _hint(self.editor.field, self.editor.value())
        self.below.setText(text)
        self.below.setVisible(self._visible and bool(text))

    def is_missing(self) -> bool:
        """Whether a required field that is shown is empty."""
        value = self.editor.value()
        empty = not value.strip() if isinstance(value, str) else not value
        return self.editor.field.required and empty and self._visible

    def judge(self) -> None:
        """Show what is wrong with this field; an empty one is only counted as missing."""
        value = self.editor.value()
        if not value or (isinstance(value, str) and not value.strip()):
            return
        if self.editor.field.kind == "table":
            return
        try:
            parse_form((self.editor.field,), {self.editor.field.name: value})
        except InputError as error:
            self.set_error(messages.text(error))


def _mnemonic(text: str, letter: str) -> str:
    text = text.replace("&", "&&")
    if not letter:
        return text
    place = text.upper().find(letter)
    if place >= 0 and text.isascii():
        return f"{text[:place]}&{text[place:]}"
    return f"{text}(&{letter})"


def _hint(field: FormField, value: object) -> str:
    """Capitals of an amount, both units of an area, or the field's help."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        if text and field.kind == "money":
            return Money.parse(text).capitals()
        if text and field.kind == "tonnes":
            return Tonnes.parse(text).capitals()
        if text and field.kind == "area":
            area = Area.from_mu(text) if text.endswith("亩") else Area.from_ha(text)
            return _("{mu} mu = {ha} ha").format(mu=area.mu, ha=area.ha)
    except InputError:
        pass
    return _(field.help)
