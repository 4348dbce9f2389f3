"""A field that holds one party: typed by name, initials or ID tail, chosen from what is found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy.orm import Session

from core.i18n import _
from core.parties.queries import PARTIES, PartySummary, summaries
from core.values.listing import ListQuery
from desktop.parts.party_form import PartyFormDialog
from desktop.support.context import Context
from desktop.widgets.form_dialog import FormDialog
from desktop.widgets.labels import label

SHOWN = 12
TYPING_PAUSE_MS = 180


def caption(party: PartySummary) -> str:
    """How a party is told apart from its namesakes: name and masked number."""
    return f"{party.name}  {party.number}".strip()


class PartyPicker(QWidget):
    """Chooses a party of the register, or enters a new one on the spot.

    Signals:
        chosen: the PartySummary, or None when the text no longer names one.
    """

    chosen = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._party: PartySummary | None = None
        self._found: list[PartySummary] = []
        self.edit = QLineEdit(self)
        self.edit.setObjectName("partyEdit")
        self.edit.setPlaceholderText(_("Name, initials or last four of the number"))
        self.edit.setClearButtonEnabled(True)
        self.new_button = QPushButton(_("New party…"), self)
        self.new_button.setObjectName("newParty")
        self.new_button.setAutoDefault(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.new_button)
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(SHOWN)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.edit.setCompleter(completer)
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self.edit.textEdited.connect(self._on_edited)
        completer.activated[QModelIndex].connect(self._on_picked)  # type: ignore[index]  # Qt overload
        self.new_button.clicked.connect(self.enter_new)
        self.setFocusProxy(self.edit)

    def party(self) -> PartySummary | None:
        """The party chosen."""
        return self._party

    def set_party(self, party: PartySummary | None) -> None:
        """Show a party without asking the register."""
        self._party = party
        self.edit.setText(caption(party) if party else "")
        self.edit.setCursorPosition(0)
        self.edit.setToolTip("")
        self.chosen.emit(party)

    def enter_new(self) -> None:
        """Enter a party that is not in the register yet."""
        dialog = PartyFormDialog(self._context, name="" if self._party else self.edit.text())
        if self._context.dialogs.exec(dialog) and dialog.saved is not None:
            self.set_party(dialog.saved)

    def _on_edited(self) -> None:
        if self._party is not None:
            self._party = None
            self.chosen.emit(None)
        self._pause.start()

    def _look(self) -> None:
        query = ListQuery(text=self.edit.text().strip())
        if not query.text:
            return

        def find(session: Session) -> list[PartySummary]:
            ids = list(PARTIES.ids(session, query))[:SHOWN]
            known = summaries(session, ids)
            return [known[party_id] for party_id in ids if party_id in known]

        key = f"party-picker-{id(self)}"
        self._context.jobs.read(find, done=self._on_found, key=key, latest=True)

    def _on_found(self, found: Sequence[PartySummary]) -> None:
        self._found = list(found)
        self._names.setStringList([caption(party) for party in found])
        if self.edit.hasFocus():
            self.edit.completer().complete()

    def _on_picked(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._found):
            # The completer writes its own text after this slot; ours has the last word.
            party = self._found[index.row()]
            QTimer.singleShot(0, self, lambda: self.set_party(party))


def put_above_form(dialog: FormDialog, picker: PartyPicker, title: str) -> None:
    """Put a picker under its caption between the sentence of a dialog and its form."""
    row = QWidget()
    inside = QVBoxLayout(row)
    inside.setContentsMargins(0, 0, 0, 0)
    above = label(title)
    above.setBuddy(picker)
    inside.addWidget(above)
    inside.addWidget(picker)
    layout = dialog.layout()
    assert isinstance(layout, QVBoxLayout)  # of FormDialog
    layout.insertWidget(3, row)
    picker.edit.setFocus()
