"""An action on a person of the register: the picker above the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from core.errors import InputError
from core.i18n import _
from core.parties.queries import PartySummary
from core.values.forms import FormField
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.parts.party_picker import PartyPicker
from desktop.support.context import Context
from desktop.widgets.labels import label


class PersonDialog(ActionDialog):
    """Nothing happens before a person is chosen."""

    def __init__(
        self,
        context: Context,
        title: str,
        sentence: str,
        fields: Sequence[FormField],
        action: Callable[[Session, PartySummary, Mapping[str, object]], object],
        values: Mapping[str, object] | None = None,
    ) -> None:
        def submit(typed: Mapping[str, object], done: Done, failed: Failed) -> None:
            party = self.picker.party()
            if party is None:
                failed(InputError.of("party_id", "training.not_a_person"))
                return
            context.jobs.write(
                lambda session: action(session, party, typed),
                done=done,
                failed=failed,
                key=f"person-action-{id(self)}",
            )

        super().__init__(context, title, sentence, fields, submit, values)
        self.picker = PartyPicker(context)
        self._put_picker()
        self.picker.chosen.connect(self._on_person)
        self.form.reason_changed.connect(self._on_person)
        self._on_person()

    def _put_picker(self) -> None:
        row = QWidget()
        inside = QVBoxLayout(row)
        inside.setContentsMargins(0, 0, 0, 0)
        caption = label(_("&Person") + " *")
        caption.setBuddy(self.picker)
        inside.addWidget(caption)
        inside.addWidget(self.picker)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)  # of FormDialog
        layout.insertWidget(3, row)
        self.picker.edit.setFocus()

    def _on_person(self, _party: object = None) -> None:
        if self.picker.party() is None:
            self._on_reason(_("Choose the person."))
        else:
            self._on_reason(self.form.reason())
