"""An action on a party of the register: the picker above the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from sqlalchemy.orm import Session

from core.errors import InputError
from core.i18n import N_, _
from core.parties.queries import PartySummary
from core.values.forms import FormField
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.parts.party_picker import PartyPicker, put_above_form
from desktop.support.context import Context


class PartyDialog(ActionDialog):
    """Nothing happens before a party is chosen; subclasses say which part it plays."""

    part: ClassVar[str]
    asking: ClassVar[str]
    #: Field and code of the refusal.
    missing: ClassVar[tuple[str, str]]

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
                failed(InputError.of(*self.missing))
                return
            context.jobs.write(
                lambda session: action(session, party, typed),
                done=done,
                failed=failed,
                key=f"party-action-{id(self)}",
            )

        super().__init__(context, title, sentence, fields, submit, values)
        self.picker = PartyPicker(context)
        put_above_form(self, self.picker, _(self.part) + " *")
        self.picker.chosen.connect(self._on_party)
        self.form.reason_changed.connect(self._on_party)
        self._on_party()

    def _on_party(self, _party: object = None) -> None:
        if self.picker.party() is None:
            self._on_reason(_(self.asking))
        else:
            self._on_reason(self.form.reason())


class PersonDialog(PartyDialog):
    """An action on a person."""

    part = N_("&Person")
    asking = N_("Choose the person.")
    missing = ("party_id", "training.not_a_person")
