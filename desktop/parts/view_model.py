"""The base of every view model: one frozen state, one signal, QtCore only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.support.context import Context

S = TypeVar("S")


class ViewModel(QObject, Generic[S]):
    """Owns one frozen state; commands are methods; `state_changed` is emitted on real change.

    The states every page passes: empty -> loading -> ready, ready -> saving -> ready (or ready
    with errors), ready -> loading when somebody changed what is shown, failed from anywhere
    with `refresh` as the way back.
    """

    state_changed = Signal(object)

    def __init__(self, context: Context, state: S, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._state = state

    @property
    def state(self) -> S:
        """What the page shows."""
        return self._state

    def change(self, **changes: Any) -> None:
        """Replace fields of the state and tell the page if anything really changed."""
        state = replace(self._state, **changes)  # type: ignore[type-var]  # a frozen dataclass
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)
