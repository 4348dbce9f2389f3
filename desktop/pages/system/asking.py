"""Asking in a dialog before a use case of the system page runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal
from sqlalchemy.orm import Session

from core.errors import AppError
from core.messages import text
from core.values.forms import FormField
from desktop.pages.system.view_model import SystemViewModel
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.support.context import Context

Write = Callable[[Session, Mapping[str, Any]], object]


class Asking(QObject):
    """Asks with a form, writes, and tells what came of it.

    Signals:
        told: kind and sentence for the page's banner.
    """

    told = Signal(str, str)

    def __init__(self, context: Context, view_model: SystemViewModel) -> None:
        super().__init__(view_model)
        self._context = context
        self._view_model = view_model

    def _ask(
        self,
        title: str,
        sentence: str,
        fields: tuple[FormField, ...],
        write: Write,
        values: Mapping[str, object] | None = None,
    ) -> bool:
        def submit(given: Mapping[str, object], done: Done, failed: Failed) -> None:
            self._view_model.write(lambda session: write(session, given), done, failed)

        dialog = ActionDialog(self._context, title, sentence, fields, submit, values)
        for field in fields:
            if "password" in field.name or field.name == "old":
                dialog.form.editor(field.name).hide_letters()
        return self._context.dialogs.exec(dialog)

    def _write(self, action: Callable[[Session], object], sentence: str) -> None:
        def done(_result: object) -> None:
            self.told.emit("good", sentence)

        self._view_model.write(action, done, self._fail)

    def _fail(self, error: AppError) -> None:
        self.told.emit("error", text(error))

    def _today(self) -> str:
        from core.clock import china_date

        return china_date(self._context.clock.now()).isoformat()
