"""Keeps what is typed into a long dialog, and offers it again after a crash or a closed window."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core import drafts
from core.drafts import KeptDraft
from core.errors import AppError
from core.i18n import _
from desktop.parts.moments import moment
from desktop.support.context import Context
from desktop.widgets.form_dialog import FormDialog

R = TypeVar("R")
Values = Mapping[str, object]


def forgetting(name: str, save: Callable[[Session, Values], R]) -> Callable[[Session, Values], R]:
    """The same save, which forgets the draft in its transaction: either both or neither."""

    def write(session: Session, values: Values) -> R:
        drafts.drop(session, name)
        return save(session, values)

    return write


class DialogDraft(QObject):
    """The draft of one dialog; it lives as long as the dialog.

    Attributes:
        found: what was typed another time and not saved; offered, never put in unasked.
    """

    def __init__(
        self, dialog: FormDialog, context: Context, name: str, secret: Collection[str] = ()
    ) -> None:
        """Look for a draft, and keep what is typed from now on.

        Args:
            dialog: the dialog; its save is wrapped with `forgetting`.
            context: the page's.
            name: of the form, with the record where one is changed: ``course/7``.
            secret: fields that are never kept.
        """
        super().__init__(dialog)
        self.found: KeptDraft | None = None
        self._dialog, self._context, self._name = dialog, context, name
        self._secret = frozenset(secret)
        dialog.form.draft_changed.connect(self._keep)
        context.jobs.read(
            lambda session: drafts.find(session, name),
            done=self._offer,
            failed=self._left,
            key=f"draft-found-{id(self)}",
        )

    def restore(self) -> None:
        """Put back what was typed another time."""
        if self.found is not None:
            self._dialog.form.set_values(self.found.data)
            self.found = None
            self._dialog.form.changed.emit()

    def _offer(self, found: KeptDraft | None) -> None:
        if found is None or self._dialog.typed:
            return
        self.found = found
        text = _("What you typed on {when} was not saved.")
        self._dialog.banner.show_message(
            "info", text.format(when=moment(found.at)), _("Put it back"), self.restore
        )

    def _keep(self, values: Values) -> None:
        if not self._dialog.isVisible() or not self._dialog.form.isEnabled():
            return
        name = self._name
        kept = {key: value for key, value in values.items() if key not in self._secret}
        self._context.jobs.write(
            lambda session: drafts.keep(session, name, kept),
            failed=self._left,
            key=f"draft-{id(self)}",
        )

    def _left(self, _error: AppError) -> None:
        """The form is still on the screen; the next pause in typing tries again."""
