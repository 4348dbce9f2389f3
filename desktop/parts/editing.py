"""Who else is editing: a line above a form and in a detail. It warns, it never blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QBoxLayout, QDialog, QLabel
from sqlalchemy.orm import Session

from core import colleagues
from core.colleagues import BEAT_SECONDS, Editor
from core.errors import AppError
from core.i18n import _, listed
from desktop.parts.detail_pane import DetailPane
from desktop.support.context import Context
from desktop.widgets.labels import label

Record = tuple[str, int]
D = TypeVar("D", bound=QDialog)


class EditorsLine(QLabel):
    """Names of others who have a form of a record open; hidden while there is nobody."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("editorsLine")
        self.setProperty("tone", "warning")
        self.setTextFormat(label().textFormat())
        self.setWordWrap(True)
        self.hide()
        self._context = context
        self._record: Record | None = None
        self._beat = QTimer(self)
        self._beat.setInterval(BEAT_SECONDS * 1000)
        self._beat.timeout.connect(self.look)
        context.jobs.colleagues.rang.connect(self.look)

    @classmethod
    def below_title(cls, context: Context, pane: DetailPane) -> EditorsLine:
        """The line of a detail; looks again whenever the detail comes into sight."""
        made = cls(context)
        pane.put_notice(made)
        pane.appeared.connect(made.look)
        return made

    def show_record(self, kind: str, record_id: int | None) -> None:
        """Tell of this record from now on; None for no record."""
        record = None if record_id is None else (kind, record_id)
        if record == self._record:
            return
        self._record = record
        self._show(())
        if record is None:
            self._beat.stop()
        else:
            self._beat.start()
            self.look()

    @Slot()
    def look(self) -> None:
        """Ask again, off the GUI thread; nobody is asked about what is out of sight."""
        parent, record = self.parentWidget(), self._record
        if record is None or parent is None or not parent.isVisible():
            return
        holder = self._context.jobs.colleagues.holder

        def read(session: Session) -> tuple[Record, tuple[Editor, ...]]:
            return record, colleagues.editors(session, *record, holder)

        self._context.jobs.read(
            read, done=self._found, failed=_quiet, key=f"editors-{id(self)}", latest=True
        )

    def _found(self, found: tuple[Record, tuple[Editor, ...]]) -> None:
        record, others = found
        if record == self._record:
            self._show(others)

    def _show(self, others: Sequence[Editor]) -> None:
        names = [_("you, in another window") if one.is_me else one.name for one in others]
        text = _("{names} is editing this now.").format(names=listed(names)) if names else ""
        self.setText(text)
        self.setVisible(bool(names))


class EditingLine(EditorsLine):
    """The line above an open form; while it is open, others see the name of who edits."""

    def __init__(self, context: Context, record: Record, dialog: QDialog) -> None:
        super().__init__(context)
        self._lease = record
        layout = dialog.layout()
        assert isinstance(layout, QBoxLayout)  # every form of ours stands in a column
        layout.insertWidget(0, self)
        self._beat.timeout.disconnect(self.look)
        self._beat.timeout.connect(self.renew)
        dialog.finished.connect(self.end)
        self._record = record
        self._beat.start()
        self.renew()

    @Slot()
    def renew(self) -> None:
        """Say that the form is open; the answer names the others."""
        record, holder = self._lease, self._context.jobs.colleagues.holder

        def write(session: Session) -> tuple[Record, tuple[Editor, ...]]:
            return record, colleagues.take(session, *record, holder)

        self._context.jobs.write(write, done=self._found, failed=_quiet, key=f"lease-{id(self)}")

    @Slot()
    def end(self) -> None:
        """The form was closed, saved or not."""
        record, holder = self._lease, self._context.jobs.colleagues.holder
        self.show_record(record[0], None)
        self._context.jobs.write(
            lambda session: colleagues.release(session, *record, holder), failed=_quiet
        )


def editing(context: Context, dialog: D, kind: str, record_id: int) -> D:
    """Let others see that this dialog edits a record, and the person who else does.

    Returns:
        the dialog.
    """
    EditingLine(context, (kind, record_id), dialog)
    return dialog


def _quiet(_error: AppError) -> None:
    """A courtesy that does not work disturbs nobody; saving tells what is wrong."""
