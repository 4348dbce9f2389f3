"""The job runner.

Lanes: `write` has one thread, so the program never competes with itself for the write lock;
`read` has two; `io` has several, for files, printers, keyrings and signing.
Every callback is stored before the job is handed to its lane: connecting to a handle
afterwards lost results of quick jobs. Results cross to the GUI thread through one queued
signal of the runner, so callbacks always run there, and a result whose receiver is a
destroyed QObject is dropped.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from core import messages
from core.errors import AppError, Cancelled, EnvironmentFault
from core.i18n import N_
from desktop.jobs.colleagues import Colleagues

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.database import ChangeSet, Database

T = TypeVar("T")
log = logging.getLogger(__name__)

PROGRESS_INTERVAL = 0.1
SHUTDOWN_SECONDS = 3.0

messages.register(
    {
        "desktop.bug": N_("The program made a mistake here. Nothing was saved; please try again."),
        "desktop.no_database": N_("No database is open."),
    }
)


class Lane(StrEnum):
    """Where a job runs."""

    WRITE = "write"
    READ = "read"
    IO = "io"


_THREADS = {Lane.WRITE: 1, Lane.READ: 2, Lane.IO: 4}


class Token:
    """Says whether the person asked to stop; checked by the job between units of work."""

    def __init__(self) -> None:
        self._stop = Event()

    def cancel(self) -> None:
        """Ask the job to stop at the next unit."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether the job was asked to stop."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise `Cancelled` when the job was asked to stop."""
        if self._stop.is_set():
            raise Cancelled


class Report(Protocol):
    """What a long job calls after each unit: how many are done, of how many, doing what."""

    def __call__(self, done: int, total: int, text: str = "") -> None:
        """Tell the progress; may be called as often as one likes."""
        ...


@dataclass(frozen=True)
class _Callbacks:
    done: Callable[[Any], object] | None = None
    failed: Callable[[AppError], object] | None = None
    progress: Callable[[int, int, str], object] | None = None


class Job(QObject):
    """The handle of one piece of work. It lives on the GUI thread and belongs to the runner."""

    progressed = Signal(int, int, str)
    ended = Signal()

    def __init__(self, lane: Lane, title: str, key: str | None, callbacks: _Callbacks) -> None:
        super().__init__()
        self.lane = lane
        self.title = title
        self.key = key
        self.token = Token()
        self.started_at = time.monotonic()
        self.dropped = False
        self.callbacks = callbacks

    def cancel(self) -> None:
        """Ask the job to stop; it ends with `Cancelled` at its next unit."""
        self.token.cancel()


@dataclass(frozen=True)
class _Outcome:
    value: object = None
    error: BaseException | None = None
    progress: tuple[int, int, str] | None = field(default=None)


class JobRunner(QObject):
    """Runs work in lanes and brings the results to the GUI thread.

    Signals:
        started: a Job was accepted.
        ended: a Job is over, its callbacks have run.
        faulted: an EnvironmentFault of any job, whoever else is told.
        unhandled: an AppError nobody asked for (no `failed` given): for the window's banner.
        bug: an exception that is no AppError, with the title of the job.
        changed: the ChangeSet of a commit on any thread, or of a colleague.

    Attributes:
        colleagues: follows what others commit, once it is asked to.
    """

    started = Signal(object)
    ended = Signal(object)
    faulted = Signal(object)
    unhandled = Signal(object)
    bug = Signal(object, str)
    changed = Signal(object)
    _posted = Signal(object, object)
    _committed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._database: Database | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._jobs: dict[Job, Future[None]] = {}
        self._closed = False
        self._lanes = {
            lane: ThreadPoolExecutor(threads, thread_name_prefix=f"lintan-{lane}")
            for lane, threads in _THREADS.items()
        }
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)
        self._committed.connect(self._on_committed, Qt.ConnectionType.QueuedConnection)
        self.colleagues = Colleagues(self)
        self.colleagues.changed.connect(self.changed)

    # -- the database -------------------------------------------------------------

    def use(self, database: Database | None) -> None:
        """Work on this database from now on (None: no database)."""
        self.colleagues.leave()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._database = database
        if database is not None:
            self._unsubscribe = database.on_commit(self._on_commit)

    def database(self) -> Database:
        """The open database; AppError `desktop.no_database` when there is none."""
        if self._database is None:
            raise AppError("desktop.no_database")
        return self._database

    def _on_commit(self, changes: ChangeSet) -> None:
        if not self._closed:
            self._committed.emit(changes)

    @Slot(object)
    def _on_committed(self, changes: object) -> None:
        self.changed.emit(changes)

    # -- submitting ----------------------------------------------------------------

    def read(
        self,
        fn: Callable[[Session], T],
        *,
        done: Callable[[T], object] | None = None,
        failed: Callable[[AppError], object] | None = None,
        key: str | None = None,
        latest: bool = False,
    ) -> Job | None:
        """Run `fn(session)` in a read transaction; `done` gets its result on the GUI thread.

        With `latest` a running job of the same key is dropped (its result is not delivered);
        without it the new one is. Returns None when the new one was dropped.
        """

        def work(token: Token, _report: Report) -> T:
            with self.database().read() as session:
                token.check()
                return fn(session)

        if latest and key is not None:
            self._drop(key)
        return self._submit(Lane.READ, work, "", key, _Callbacks(done, failed))

    def write(
        self,
        fn: Callable[[Session], T],
        *,
        done: Callable[[T], object] | None = None,
        failed: Callable[[AppError], object] | None = None,
        key: str | None = None,
        title: str = "",
    ) -> Job | None:
        """Run `fn(session)` in one write transaction: committed when it returns, else nothing."""

        def work(token: Token, _report: Report) -> T:
            token.check()
            with self.database().write() as session:
                return fn(session)

        return self._submit(Lane.WRITE, work, title, key, _Callbacks(done, failed))

    def io(
        self,
        fn: Callable[[Token, Report], T],
        *,
        done: Callable[[T], object] | None = None,
        failed: Callable[[AppError], object] | None = None,
        progress: Callable[[int, int, str], object] | None = None,
        title: str = "",
        key: str | None = None,
    ) -> Job | None:
        """Run `fn(token, report)` beside the database: files, signing, printing, keyrings."""
        return self._submit(Lane.IO, fn, title, key, _Callbacks(done, failed, progress))

    def call(
        self,
        fn: Callable[[], T],
        *,
        done: Callable[[T], object] | None = None,
        failed: Callable[[AppError], object] | None = None,
        key: str | None = None,
        title: str = "",
    ) -> Job | None:
        """Run `fn()` in the io lane: for one call that cannot be stopped half-way."""

        def work(_token: Token, _report: Report) -> T:
            return fn()

        return self._submit(Lane.IO, work, title, key, _Callbacks(done, failed))

    def running(self, key: str | None = None) -> list[Job]:
        """The jobs not yet over, all or those of one key."""
        return [job for job in self._jobs if key is None or job.key == key]

    def _drop(self, key: str) -> None:
        for job in self.running(key):
            job.dropped = True
            job.key = None
            job.cancel()

    def _submit(
        self,
        lane: Lane,
        fn: Callable[[Token, Report], Any],
        title: str,
        key: str | None,
        callbacks: _Callbacks,
    ) -> Job | None:
        if self._closed or (key is not None and self.running(key)):
            return None
        job = Job(lane, title, key, callbacks)
        job.setParent(self)
        # The slot is taken before the thread starts: a quick job may be over at once.
        self._jobs[job] = Future()
        self._jobs[job] = self._lanes[lane].submit(self._run, job, fn)
        self.started.emit(job)
        return job

    # -- on the lane's thread --------------------------------------------------------

    def _run(self, job: Job, fn: Callable[[Token, Report], Any]) -> None:
        try:
            job.token.check()
            outcome = _Outcome(value=fn(job.token, self._throttled(job)))
        except AppError as error:
            outcome = _Outcome(error=error)
        except Exception as error:  # noqa: BLE001 - seam 1 of 3: a bug in a job must reach the person
            outcome = _Outcome(error=error)
        self._post(job, outcome)

    def _throttled(self, job: Job) -> Report:
        last = 0.0

        def report(done: int, total: int, text: str = "") -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= PROGRESS_INTERVAL or done >= total:
                last = now
                self._post(job, _Outcome(progress=(done, total, text)))

        return report

    def _post(self, job: Job, outcome: _Outcome) -> None:
        if not self._closed and shiboken6.isValid(self):
            self._posted.emit(job, outcome)

    # -- back on the GUI thread --------------------------------------------------------

    @Slot(object, object)
    def _on_posted(self, job: Job, outcome: _Outcome) -> None:
        if outcome.progress is not None:
            self._deliver_progress(job, outcome.progress)
            return
        self._jobs.pop(job, None)
        if not job.dropped:
            self._deliver(job, outcome)
        job.ended.emit()
        self.ended.emit(job)
        job.deleteLater()

    def _deliver_progress(self, job: Job, progress: tuple[int, int, str]) -> None:
        job.progressed.emit(*progress)
        if _alive(job.callbacks.progress):
            job.callbacks.progress(*progress)

    def _deliver(self, job: Job, outcome: _Outcome) -> None:
        error = outcome.error
        if error is None:
            if _alive(job.callbacks.done):
                job.callbacks.done(outcome.value)
            return
        if not isinstance(error, AppError):
            self._log_bug(job, error)
            self.bug.emit(error, job.title)
            error = AppError("desktop.bug")
            if job.callbacks.failed is None:
                return
        if isinstance(error, EnvironmentFault):
            self.faulted.emit(error)
        if job.callbacks.failed is None:
            if not isinstance(error, Cancelled):
                self.unhandled.emit(error)
        elif _alive(job.callbacks.failed):
            job.callbacks.failed(error)

    def _log_bug(self, job: Job, error: BaseException) -> None:
        from core.cli.report import describe

        log.error("bug in job %s\n%s", job.key or job.lane, describe(error))

    # -- the end ------------------------------------------------------------------------

    def shutdown(self, seconds: float = SHUTDOWN_SECONDS) -> list[str]:
        """Cancel everything, wait up to `seconds`, and name what is still running."""
        for job in self._jobs:
            job.cancel()
        for lane in self._lanes.values():
            lane.shutdown(wait=False, cancel_futures=True)
        wait(self._jobs.values(), timeout=seconds)
        self._closed = True
        self.use(None)
        return [job.title or job.lane for job, future in self._jobs.items() if not future.done()]


def _alive(callback: Callable[..., Any] | None) -> TypeGuard[Callable[..., Any]]:
    """Whether there is a receiver: given, and not a method of a destroyed QObject."""
    if callback is None:
        return False
    inner = callback.func if isinstance(callback, partial) else callback
    owner = getattr(inner, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)
