"""State and commands of a tab with one record: loaded off the GUI thread, one action at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core.errors import AppError, NotFound
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context

Done = Callable[[object], object]
Failed = Callable[[AppError], object]
D = TypeVar("D")


@dataclass(frozen=True)
class RecordState(Generic[D]):
    """What a tab shows.

    Attributes:
        revealed: numbers in clear by what they are (`number`, `account`), until another record
            is chosen.
        acting: an action is under way; its buttons wait.
    """

    selected: int | None = None
    detail: D | None = None
    revealed: tuple[tuple[str, str], ...] = ()
    acting: bool = False
    failure: AppError | None = None


class RecordViewModel(ViewModel[RecordState[D]], Generic[D]):
    """Shows one record of a list and acts on it.

    Args:
        load: reads the record's detail.
        watched: kinds (tables) whose change may show in the record.
    """

    def __init__(
        self,
        context: Context,
        load: Callable[[Session, int], D],
        watched: frozenset[str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(context, RecordState(), parent)
        self._load = load
        self._watched = watched
        context.changes.connect(self._on_changes)

    def select(self, record_id: int | None) -> None:
        """Show this record in the detail."""
        if record_id == self.state.selected:
            return
        self.change(selected=record_id, detail=None, revealed=(), failure=None)
        self.reload()

    def reload(self) -> None:
        """Load the record shown again."""
        record_id = self.state.selected
        if record_id is None:
            return
        self.context.jobs.read(
            lambda session: (record_id, self._load(session, record_id)),
            done=self._loaded,
            failed=self._failed,
            key=f"record-detail-{id(self)}",
            latest=True,
        )

    def act(
        self, action: Callable[[Session], object], done: Done | None = None,
        failed: Failed | None = None,
    ) -> None:  # fmt: skip
        """Run one use case; while it runs, a second press does nothing."""

        def finished(result: object) -> None:
            self.change(acting=False)
            if done is not None:
                done(result)

        def refused(error: AppError) -> None:
            self.change(acting=False)
            if failed is not None:
                failed(error)
            else:
                self.change(failure=error)

        job = self.context.jobs.write(
            action, done=finished, failed=refused, key=f"record-act-{id(self)}"
        )
        if job is not None:
            self.change(acting=True, failure=None)

    def reveal(self, what: str, action: Callable[[Session], str]) -> None:
        """Show a number in clear until another record is chosen; `action` logs the look."""
        record_id = self.state.selected

        def shown(text: object) -> None:
            if self.state.selected == record_id:
                kept = [pair for pair in self.state.revealed if pair[0] != what]
                self.change(revealed=(*kept, (what, str(text))))

        self.act(action, shown)

    def _loaded(self, found: tuple[int, D]) -> None:
        record_id, detail = found
        if record_id == self.state.selected:
            self.change(detail=detail)

    def _failed(self, error: AppError) -> None:
        if isinstance(error, NotFound):
            # It was removed, or must not be seen any more: nothing of it stays on the screen.
            self.change(detail=None, revealed=())
        self.change(failure=error)

    def _on_changes(self, changes: object) -> None:
        if any(kind in self._watched for kind, _id in changes):  # type: ignore[attr-defined]
            self.reload()
