"""From the empty window to the workspace: which screen is shown, and why.

States and arrows: `opening` → `first_start` | `sign_in` | `fault`; `first_start` → `working`;
`sign_in` → `working`; `working` ⇄ `locked`; `working` and `locked` → `sign_in` (signed out);
`fault` → `opening` (try again) or `first_start` (another database).
The window is visible before any of this begins; everything here runs in the io lane.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core import config
from core.clock import Clock
from core.errors import AppError, EnvironmentFault
from desktop.jobs import JobRunner
from desktop.support import secrets

if TYPE_CHECKING:
    from core.database import Database


class Screen(StrEnum):
    """What fills the window."""

    OPENING = "opening"
    FIRST_START = "first_start"
    SIGN_IN = "sign_in"
    WORKING = "working"
    LOCKED = "locked"
    FAULT = "fault"


@dataclass(frozen=True)
class StartState:
    """What the start knows.

    Attributes:
        screen: what is shown.
        url: the database.
        login: who signed in last, or is signed in.
        busy: whether an attempt is under way.
        error: why the last attempt failed.
        store_fault: why there is no password store, when there is none.
    """

    screen: Screen = Screen.OPENING
    url: str = ""
    login: str = ""
    busy: bool = False
    error: AppError | None = None
    store_fault: AppError | None = None


@dataclass(frozen=True)
class _Found:
    url: str
    login: str
    new: bool
    secret: str | None = None
    store_fault: EnvironmentFault | None = None


class Start(QObject):
    """View model of start, sign-in, lock and faults.

    Signals:
        state_changed: the StartState.
        remembered: a secret from the password store, for the field; never kept in the state.
        opened: the Database a person signed in to.
        closed: nobody is signed in any more.
    """

    state_changed = Signal(object)
    remembered = Signal(str)
    opened = Signal(object)
    closed = Signal()

    def __init__(self, jobs: JobRunner, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._clock = clock
        self._given = ""
        self._keep: str | None = None
        self._database: Database | None = None
        self.state = StartState()

    def _set(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    # -- opening -------------------------------------------------------------------------

    def begin(self, url: str = "") -> None:
        """Look for the database of this machine, or the one given for this run."""
        self._given = url
        self._set(screen=Screen.OPENING, error=None)
        self._jobs.call(
            partial(_look, url), done=self._on_found, failed=self._on_fault, key="start-look"
        )

    @Slot(str)
    def use(self, database: str) -> None:
        """Take another database, from now on at every start."""
        self._keep = database
        self.begin(database)

    @Slot()
    def retry(self) -> None:
        """Try again after a fault."""
        self.begin(self._given)

    @Slot()
    def choose(self) -> None:
        """Go to the first start to name another database."""
        self._set(screen=Screen.FIRST_START, error=None)

    def _on_found(self, found: _Found) -> None:
        self._set(
            screen=Screen.FIRST_START if found.new else Screen.SIGN_IN,
            url=found.url,
            login=found.login,
            store_fault=found.store_fault,
            busy=False,
        )
        if found.secret:
            self.remembered.emit(found.secret)

    def _on_fault(self, error: AppError) -> None:
        self._set(screen=Screen.FAULT, error=error, busy=False)

    # -- signing in --------------------------------------------------------------------------

    def sign_in(self, login: str, secret: str, *, remember: bool = False) -> None:
        """Open the database as a person."""
        self._set(busy=True, error=None)
        self._jobs.call(
            partial(_sign_in, self.state.url, login, secret, self._clock, self._keep),
            done=partial(self._on_opened, login),
            failed=self._on_refused,
            key="start-sign-in",
        )
        if remember:
            # Beside the sign-in: a store that hangs must not keep anybody from working.
            self._jobs.call(partial(_remember, login, self.state.url, secret))

    @Slot(object, str)
    def adopt(self, database: Database, login: str) -> None:
        """Take a database that is open already (first start, pictures, tests)."""
        self._set(url=database.url)
        self._on_opened(login, database)

    def _on_opened(self, login: str, database: Database) -> None:
        self._database = database
        self._jobs.use(database)
        self._jobs.colleagues.follow(database)
        self._set(screen=Screen.WORKING, login=login, busy=False, error=None)
        self.opened.emit(database)

    def _on_refused(self, error: AppError) -> None:
        blocking = isinstance(error, EnvironmentFault) and error.code.startswith("database.")
        self._set(screen=Screen.FAULT if blocking else Screen.SIGN_IN, error=error, busy=False)

    # -- lock and end ----------------------------------------------------------------------------

    @Slot()
    def lock(self) -> None:
        """Hide the workspace until the person types the password again."""
        if self.state.screen is Screen.WORKING:
            self._set(screen=Screen.LOCKED, error=None)

    def unlock(self, secret: str) -> None:
        """Check the password of who is signed in and show the workspace as it was."""
        self._set(busy=True, error=None)
        self._jobs.call(
            partial(_check, self.state.url, self.state.login, secret, self._clock),
            done=self._on_unlocked,
            failed=self._on_still_locked,
            key="start-unlock",
        )

    def _on_unlocked(self, _nothing: None) -> None:
        self._set(screen=Screen.WORKING, busy=False, error=None)

    def _on_still_locked(self, error: AppError) -> None:
        self._set(busy=False, error=error)

    @Slot()
    def sign_out(self) -> None:
        """Close the database; the sign-in is shown again."""
        self.close()
        self._set(screen=Screen.SIGN_IN, error=None, busy=False)

    def close(self) -> None:
        """Close the database."""
        self._jobs.use(None)
        if self._database is not None:
            self._database.close()
            self._database = None
            self.closed.emit()


# -- in the io lane --------------------------------------------------------------------------------


def secret_name(login: str, url: str) -> str:
    """The name under which the password of an account of a database is kept."""
    return f"{login}@{url}"


def _look(given: str) -> _Found:
    settings = config.load()
    url = config.database_url(given or None)
    file = config.file_of(url)
    if file is not None and not file.exists() and not (given or settings.database):
        return _Found(url, "", new=True)
    if file is not None:
        from core.database.files import check_file

        check_file(file)
    secret: str | None = None
    fault: EnvironmentFault | None = None
    try:
        secret = secrets.load(secret_name(settings.login, url)) if settings.login else None
    except EnvironmentFault as error:
        fault = error
    return _Found(url, settings.login, new=False, secret=secret, store_fault=fault)


def _sign_in(url: str, login: str, secret: str, clock: Clock, keep: str | None) -> Database:
    from core import office

    database = office.open_database(url, login, secret, clock, window=True)
    settings = config.load()
    wanted = replace(settings, login=login)
    if keep is not None:
        wanted = replace(wanted, database=keep)
    if wanted != settings:
        config.save(wanted)
    return database


def _remember(login: str, url: str, secret: str) -> None:
    secrets.save(secret_name(login, url), secret)


def _check(url: str, login: str, secret: str, clock: Clock) -> None:
    from core import office

    office.open_database(url, login, secret, clock).close()
