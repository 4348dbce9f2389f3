"""What colleagues commit, brought to the GUI thread; the listening has a thread of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

if TYPE_CHECKING:
    from core.colleagues import Heard, Watch
    from core.database import Database


class Colleagues(QObject):
    """Follows the database while somebody is signed in.

    Attributes:
        holder: name of this window in leases.

    Signals:
        changed: the ChangeSet of what others committed.
        rang: something was committed; who edits what may have changed.
    """

    changed = Signal(object)
    rang = Signal()
    _heard = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.holder = uuid4().hex
        self._watch: Watch | None = None
        self._heard.connect(self._on_heard, Qt.ConnectionType.QueuedConnection)

    def follow(self, database: Database) -> None:
        """Listen from now on, until `leave`."""
        from core.colleagues import Watch

        self.leave()
        self._watch = Watch(database, self._hear)
        self._watch.start()

    def leave(self) -> None:
        """Stop listening; the thread has ended when this returns."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def _hear(self, heard: Heard) -> None:
        # In the thread of the watch.
        if shiboken6.isValid(self):
            self._heard.emit(heard)

    @Slot(object)
    def _on_heard(self, heard: Heard) -> None:
        if heard.changes:
            self.changed.emit(heard.changes)
        self.rang.emit()
