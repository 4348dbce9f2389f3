"""The strip at the bottom: what is being done, how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton

from core.i18n import _
from desktop.jobs import Job, JobRunner
from desktop.widgets.labels import ElidedLabel, label

#: Shorter jobs show nothing: a strip that blinks frightens more than it tells.
SHOW_AFTER_MS = 600


class JobsStrip(QFrame):
    """Shows the oldest running job that has a title, and how many more there are."""

    def __init__(self, jobs: JobRunner) -> None:
        super().__init__()
        self.setObjectName("JobsStrip")
        self._jobs = jobs
        self._shown: Job | None = None
        self._title = ElidedLabel()
        self._more: QLabel = label(role="small")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(220)
        self._text: QLabel = label(role="small")
        self._stop = QPushButton(_("Stop"))
        self._stop.setObjectName("StopJob")
        self._stop.clicked.connect(self._on_stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 12, 4)
        layout.setSpacing(12)
        layout.addWidget(self._title, 1)
        layout.addWidget(self._more)
        layout.addWidget(self._text)
        layout.addWidget(self._bar)
        layout.addWidget(self._stop)
        self.hide()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(SHOW_AFTER_MS)
        self._wait.timeout.connect(self._render)
        jobs.started.connect(self._on_started)
        jobs.ended.connect(self._on_ended)

    def titled(self) -> list[Job]:
        """The running jobs that have a title."""
        return [job for job in self._jobs.running() if job.title]

    @Slot(object)
    def _on_started(self, job: Job) -> None:
        if job.title and not self._wait.isActive() and self.isHidden():
            self._wait.start()

    @Slot(object)
    def _on_ended(self, _job: Job) -> None:
        if not self.isHidden():
            self._render()

    @Slot()
    def _render(self) -> None:
        running = self.titled()
        self.setVisible(bool(running))
        if not running:
            self._shown = None
            return
        job = running[0]
        if job is not self._shown:
            self._shown = job
            self._bar.setRange(0, 0)
            self._text.clear()
            job.progressed.connect(self._on_progress)
        self._title.setText(job.title)
        more = len(running) - 1
        self._more.setText(_("and {count} more").format(count=more) if more else "")
        self._stop.setEnabled(not job.token.cancelled)

    @Slot(int, int, str)
    def _on_progress(self, done: int, total: int, text: str) -> None:
        if self.sender() is self._shown:
            self._bar.setRange(0, total)
            self._bar.setValue(done)
            self._text.setText(text or f"{done:,} / {total:,}")

    @Slot()
    def _on_stop(self) -> None:
        if self._shown is not None:
            self._shown.cancel()
            self._stop.setEnabled(False)
            self._text.setText(_("Stopping …"))
