"""What a page is given: the one object through which it reaches the rest of the program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.clock import Clock, SystemClock
from desktop.jobs import JobRunner
from desktop.support.dialogs import Dialogs

if TYPE_CHECKING:
    from core.database import Actor, Database


class Context(QObject):
    """Database, jobs, dialogs and navigation, handed to every page by the composition root.

    Signals:
        changes: a ChangeSet was committed; pages reload what they show.
        opening: (kind, id or None, filters) somebody wants another page; the shell listens.
        notice: (kind, text) for the banner of the window.
    """

    changes = Signal(object)
    opening = Signal(str, object, object)
    notice = Signal(str, str)

    def __init__(
        self,
        jobs: JobRunner,
        dialogs: Dialogs,
        clock: Clock | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.dialogs = dialogs
        self._clock = clock or SystemClock()
        jobs.changed.connect(self.changes)

    def database(self) -> Database:
        """The open database; AppError `desktop.no_database` before somebody signed in."""
        return self.jobs.database()

    @property
    def actor(self) -> Actor:
        """Who is signed in."""
        return self.database().actor

    @property
    def clock(self) -> Clock:
        """Where the program gets the time from."""
        return self._clock

    def may(self, permission: str) -> bool:
        """Whether the person may do this; decides what is shown, never what is allowed."""
        return self.actor.may(permission)

    def open(
        self, kind: str, record_id: int | None = None, filters: Mapping[str, str] | None = None
    ) -> None:
        """Go to the page that shows `kind`, to one record or to a filtered list."""
        self.opening.emit(kind, record_id, dict(filters or {}))

    def notify(self, kind: str, text: str) -> None:
        """Show a line in the window's banner: kind is info, good, warning or error."""
        self.notice.emit(kind, text)
