"""Collects cyclic garbage in the thread of Qt, and only there.

Python collects in whichever thread happens to allocate. A closed dialog is a cycle of widgets and
bound methods: collected by a worker in the middle of a job, its C++ parts die in the wrong thread
and can take the process with them.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

#: Milliseconds between two looks; a full collection comes at most every hundredth.
INTERVAL = 500


class Collector(QObject):
    """Stands for Python's automatic collection as long as the desktop runs."""

    def __init__(self, parent: QObject | None = None, *, interval: int = INTERVAL) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(interval)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation that is due, by Python's own thresholds."""
        due = [
            generation
            for generation, (count, most) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if count > most
        ]
        if due:
            gc.collect(due[-1])
