"""One action with its form: says what will happen, shows errors beside fields, acts once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal

from core.errors import AppError, StaleRecord
from core.values.forms import FormField
from desktop.support.context import Context
from desktop.widgets.form_dialog import FormDialog

Done = Callable[[object], object]
Failed = Callable[[AppError], object]
#: Starts the action with parsed values; calls exactly one of the two when it is over.
Submit = Callable[[Mapping[str, object], Done, Failed], object]


class ActionDialog(FormDialog):
    """A form dialog that starts its own action.

    Attributes:
        result_value: what the action returned, once it succeeded.

    Signals:
        stale: somebody else saved the record meanwhile; what was typed is still there.
    """

    stale = Signal()

    def __init__(
        self,
        context: Context,
        title: str,
        sentence: str,
        fields: Sequence[FormField],
        submit: Submit,
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(
            title,
            fields,
            dialogs=context.dialogs,
            values=values,
            sentence=sentence,
            accept=title,
        )
        self.setObjectName("actionDialog")
        self.result_value: object = None
        self._start = submit
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self, values: Mapping[str, object]) -> None:
        self._start(values, self._on_done, self._on_failed)

    def _on_done(self, result: object) -> None:
        self.result_value = result
        self.succeed()

    def _on_failed(self, error: AppError) -> None:
        self.fail(error)
        if isinstance(error, StaleRecord):
            self.stale.emit()
