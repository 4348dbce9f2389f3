"""A form drawn from declared fields: label left, field right, error under the field.

Enter moves to the next field, as clerks know it from other software; the letter behind a label
(Alt+letter) jumps to it. Whether the form may be saved, and why not, is one text
(`reason`), shown beside the button by `FormDialog`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from core import messages
from core.errors import FieldError, InputError
from core.i18n import _, listed
from core.values.forms import FormField, parse_form
from core.values.identity import birth_and_sex
from desktop.support.dialogs import Dialogs
from desktop.widgets.fields import FieldEditor, TableEditor, editor
from desktop.widgets.form_row import Row

DRAFT_DELAY_MS = 800
_CELL = re.compile(r"^(?P<name>[^\[]+)\[(?P<line>\d+)\]\.(?P<column>.+)$")
#: Letters for Alt: not S (save) and not those the shell uses.
_LETTERS = "ADEGHIJKLMNOPQRTUVWXYZBCF"

Derivation = Callable[[str], Mapping[str, str]]


class FormView(QWidget):
    """Editors for `FormField` tuples.

    Signals:
        changed: a value changed.
        reason_changed: why the form cannot be saved; empty when it can.
        entered: Enter in the last field.
        draft_changed: the values, some time after the last change, for keeping a draft.
    """

    changed = Signal()
    reason_changed = Signal(str)
    entered = Signal()
    draft_changed = Signal(object)

    def __init__(
        self,
        fields: Sequence[FormField],
        dialogs: Dialogs | None = None,
        values: Mapping[str, object] | None = None,
        secret: Collection[str] = (),
    ) -> None:
        """Build the editors.

        Args:
            fields: the form.
            dialogs: for file fields.
            values: what the form shows first; defaults of the fields hold for the rest.
            secret: names of text fields whose letters are hidden; take them from `values`,
                because parsing would tidy the spaces of a password.
        """
        super().__init__()
        self.fields = tuple(fields)
        self._rows: dict[str, Row] = {}
        self._derived: dict[str, str] = {}
        self._derivations: list[tuple[str, Derivation]] = []
        self._reason = ""
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._grid)
        outer.addStretch(1)
        self._draft = QTimer(self)
        self._draft.setSingleShot(True)
        self._draft.setInterval(DRAFT_DELAY_MS)
        self._draft.timeout.connect(self._on_draft)
        self._build(dialogs or Dialogs(self))
        for name in secret:
            self._rows[name].editor.hide_letters()
        self.set_values({field.name: field.default for field in self.fields} | dict(values or {}))
        self._draft.stop()

    # -- values --------------------------------------------------------------------------

    def values(self) -> dict[str, object]:
        """What was typed, by field name: texts, and lists of lines for tables."""
        return {name: row.editor.value() for name, row in self._rows.items()}

    def set_values(self, values: Mapping[str, object]) -> None:
        """Show values; fields not named keep theirs."""
        for name, value in values.items():
            if name in self._rows:
                self._rows[name].editor.set_value(value)
        for row in self._rows.values():
            row.set_error("")
        self._judge()

    def parsed(self) -> dict[str, object]:
        """The typed values; wrong ones are shown under their fields and raised.

        Raises:
            InputError: every wrong field.
        """
        self.show_errors(None)
        try:
            return parse_form(self.fields, self.values())
        except InputError as error:
            self.show_errors(error)
            raise

    def editor(self, name: str) -> FieldEditor:
        """The editor of a field."""
        return self._rows[name].editor

    def set_field_visible(self, name: str, visible: bool) -> None:
        """Show or hide a field with its label."""
        self._rows[name].set_visible(visible)

    def set_read_only(self, read_only: bool) -> None:
        """Show the values without letting them be changed."""
        for row in self._rows.values():
            row.editor.set_read_only(read_only)

    def derive(self, source: str, function: Derivation) -> None:
        """Fill fields from another one while they hold nothing the person typed.

        Args:
            source: the field that is typed.
            function: its text -> texts of other fields ({} when it says nothing).
        """
        self._derivations.append((source, function))

    # -- errors ----------------------------------------------------------------------------

    def show_errors(self, error: InputError | None) -> list[str]:
        """Put each error under its field and the cursor into the first wrong one.

        Returns the sentences of errors that belong to no field of this form.
        """
        for row in self._rows.values():
            row.set_error("")
        if error is None:
            self._judge()
            return []
        cells: dict[str, dict[tuple[int, int], str]] = {}
        elsewhere = [
            messages.text(wrong) for wrong in error.fields if not self._place(wrong, cells)
        ]
        for name, marks in cells.items():
            table = self._rows[name].editor
            if isinstance(table, TableEditor):
                table.grid.show_errors(marks)
        self._focus_first_wrong()
        self._judge()
        return elsewhere

    def _place(self, wrong: FieldError, cells: dict[str, dict[tuple[int, int], str]]) -> bool:
        sentence = messages.text(wrong)
        match = _CELL.match(wrong.field)
        name = match["name"] if match else wrong.field
        row = self._rows.get(name)
        if row is None:
            return False
        if match:
            names = [column.name for column in row.editor.field.columns]
            number = names.index(match["column"]) if match["column"] in names else 0
            cells.setdefault(name, {})[(int(match["line"]) - 1, number)] = sentence
            title = _(row.editor.field.columns[number].label)
            sentence = _("Line {line}, {column}: {problem}").format(
                line=match["line"], column=title, problem=sentence
            )
        row.add_error(sentence)
        return True

    def _focus_first_wrong(self) -> None:
        for row in self._rows.values():
            if row.error():
                row.editor.focus_widget().setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def errors(self) -> dict[str, str]:
        """The errors shown, by field."""
        return {name: row.error() for name, row in self._rows.items() if row.error()}

    def below(self, name: str) -> str:
        """What stands under a field: its error, the capitals of its amount, or its help."""
        return self._rows[name].below.text()

    def reason(self) -> str:
        """Why the form cannot be saved; empty when it can."""
        return self._reason

    # -- building ------------------------------------------------------------------------------

    def _build(self, dialogs: Dialogs) -> None:
        letters = iter(_LETTERS)
        for number, field in enumerate(self.fields):
            row = Row(field, editor(field, dialogs), next(letters, ""))
            self._rows[field.name] = row
            row.place(self._grid, number * 2)
            row.editor.edited.connect(self._on_edited)
            row.editor.left.connect(self._on_left)
        editors = [row.editor.focus_widget() for row in self._rows.values()]
        for first, second in pairwise(editors):
            QWidget.setTabOrder(first, second)

    # -- reactions -------------------------------------------------------------------------------

    def _sender_row(self) -> Row | None:
        sender: QObject | None = self.sender()
        return next((row for row in self._rows.values() if row.editor is sender), None)

    @Slot()
    def _on_edited(self) -> None:
        row = self._sender_row()
        if row is not None:
            row.set_error("")
            row.show_hint()
            self._run_derivations(row.editor.field.name)
        self._judge()
        self.changed.emit()
        self._draft.start()

    @Slot()
    def _on_left(self) -> None:
        row = self._sender_row()
        if row is not None:
            row.judge()
            self._judge()

    def _run_derivations(self, name: str) -> None:
        for source, function in self._derivations:
            if source != name:
                continue
            for target, text in function(str(self._rows[name].editor.value())).items():
                editor_ = self._rows[target].editor
                if editor_.value() in ("", self._derived.get(target, "")):
                    self._derived[target] = text
                    editor_.set_value(text)

    def _judge(self) -> None:
        missing = [_(r.editor.field.label) for r in self._rows.values() if r.is_missing()]
        wrong = [_(r.editor.field.label) for r in self._rows.values() if r.error()]
        reason = ""
        if wrong:
            reason = _("Please correct: {fields}").format(fields=_listed(wrong))
        elif missing:
            reason = _("Still to fill in: {fields}").format(fields=_listed(missing))
        if reason != self._reason:
            self._reason = reason
            self.reason_changed.emit(reason)

    @Slot()
    def _on_draft(self) -> None:
        self.draft_changed.emit(self.values())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Editors let Enter through only when it did not end a composition of Chinese.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next_field()
            event.accept()
        else:
            super().keyPressEvent(event)

    def next_field(self) -> None:
        """Put the cursor into the next field; after the last one emit `entered`."""
        rows = [row for row in self._rows.values() if not row.editor.isHidden()]
        place = next(
            (n for n, row in enumerate(rows) if row.editor.focus_widget().hasFocus()), len(rows) - 1
        )
        if place + 1 < len(rows):
            rows[place + 1].editor.focus_widget().setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.entered.emit()

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        for row in self._rows.values():
            if not row.editor.isHidden():
                row.editor.focus_widget().setFocus(Qt.FocusReason.TabFocusReason)
                return


def _listed(names: Sequence[str], limit: int = 4) -> str:
    shown = listed(names[:limit])
    return f"{shown} …" if len(names) > limit else shown


def from_identity_number(birth: str, sex: str) -> Derivation:
    """A derivation: an identity number says the birth date and the sex.

    Args:
        birth: name of the field of the birth date.
        sex: name of the field of the sex (男 or 女).
    """

    def derive(number: str) -> Mapping[str, str]:
        known = birth_and_sex(number.strip())
        return {} if known is None else {birth: known[0].isoformat(), sex: known[1]}

    return derive
