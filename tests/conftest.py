"""What holds for every test: nothing of this machine is touched, and nothing is left behind.

- HOME, the data folder, settings and the keyring are scratch ones; Qt draws off screen.
- Only this machine can be reached (PostgreSQL on the loopback), nothing beyond it.
- Warnings are errors (pyproject.toml). So is a log line at WARNING or above that the test did not
  announce with `expect_log`, a thread that outlives its test, and a window nobody closed.
- `--long` runs what is sampled otherwise.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import socket
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.database import Database
    from tests.databases import Server

_SCRATCH = tempfile.TemporaryDirectory(prefix="lintan-tests-")


def _move_home(home: Path) -> None:
    """Point everything that depends on the person or the screen to a scratch folder."""
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        os.environ[name] = str(home)
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    os.environ["LINTAN_HOME"] = str(home / "lintan")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["PYTHON_KEYRING_BACKEND"] = "tests.keyring_double.MemoryKeyring"
    for name in ("LINTAN_DATABASE", "LINTAN_LANG", "LINTAN_LOGIN", "LINTAN_THEME", "LANGUAGE"):
        os.environ.pop(name, None)


# Before anything is imported that looks at HOME.
_move_home(Path(_SCRATCH.name))

import hypothesis  # noqa: E402
import pytest  # noqa: E402

# Before PySide6: it keeps True and None alive on Python 3.11 (see desktop/__init__.py).
import desktop  # noqa: E402, F401

hypothesis.settings.register_profile("sampled", deadline=None, max_examples=60)
hypothesis.settings.register_profile("long", deadline=None, max_examples=2000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run complete what is sampled otherwise")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile("long" if config.getoption("--long") else "sampled")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the complete runs to --long; their sampled twins always run."""
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def long_run(request: pytest.FixtureRequest) -> bool:
    """Whether this is the complete run."""
    return bool(request.config.getoption("--long"))


# ------------------------------------------------------------------------------ log lines
#: psycopg sends many rows in a pipeline and notes, depending on when the answer comes, that the
#: server ended it; what the server refused is raised all the same, and that is what tests see.
_ENDED_PIPELINE = r"psycopg: error ignored terminating .*pipeline aborted"


class _Witness(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[logging.LogRecord] = []
        self.expected: list[str] = [_ENDED_PIPELINE]

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record)

    def unexpected(self) -> list[str]:
        lines = [f"{each.levelname} {each.name}: {each.getMessage()}" for each in self.seen]
        return [line for line in lines if not any(re.search(p, line) for p in self.expected)]


@pytest.fixture(autouse=True)
def _log_witness() -> Iterator[_Witness]:
    witness = _Witness()
    root = logging.getLogger()
    root.addHandler(witness)
    yield witness
    root.removeHandler(witness)
    if lines := witness.unexpected():
        pytest.fail("unexpected log lines:\n" + "\n".join(lines))


@pytest.fixture
def expect_log(_log_witness: _Witness) -> Callable[[str], None]:
    """Announce a log line at WARNING or above by a regular expression."""
    return _log_witness.expected.append


# ------------------------------------------------------------------------------ threads
@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [
        thread
        for thread in set(threading.enumerate()) - before
        # A Qt thread that once ran Python stays listed as a dummy after its end.
        if not isinstance(thread, threading._DummyThread)
    ]
    for thread in left:
        thread.join(5)
    if alive := [thread.name for thread in left if thread.is_alive()]:
        pytest.fail(f"threads outlive their test: {', '.join(alive)}")


# ------------------------------------------------------------------------------ windows
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Collect only what the test itself makes: the rest of the session is large and takes a second.

    Closed dialogs without a parent are cyclic garbage. Collected in the middle of a job, in its
    thread, they took the process with them: they are collected at the end, in the thread of Qt.
    """
    if "qapp" in getattr(item, "fixturenames", ()):
        gc.freeze()
        gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """After everything of the test is torn down, no window and no pool job may be left."""
    result = yield
    if "qapp" in getattr(item, "fixturenames", ()):
        try:
            _check_windows()
        finally:
            gc.enable()
    return result


def _check_windows() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool
    from PySide6.QtWidgets import QApplication

    pool = QThreadPool.globalInstance()
    busy = not pool.waitForDone(5000)
    for _ in range(3):  # closing a window may delete others later
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    left = [f"{type(each).__name__} {each.objectName()}" for each in QApplication.topLevelWidgets()]
    for window in QApplication.topLevelWidgets():
        window.close()
        window.deleteLater()  # one leak is reported once, not by every later test
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if left:
        pytest.fail("windows outlive their test: " + ", ".join(sorted(left)))
    if busy:
        pytest.fail("the global thread pool is still busy")


# ------------------------------------------------------------------------------ network
@pytest.fixture(autouse=True, scope="session")
def _this_machine_only() -> Iterator[None]:
    """Refuse connections to other machines."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0]) if isinstance(address, tuple) else str(address)
            if host not in {"127.0.0.1", "::1", "localhost"}:
                raise PermissionError(f"tests do not reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


# ------------------------------------------------------------------------------ language
@pytest.fixture(autouse=True)
def _language_of_the_program() -> Iterator[None]:
    """Each test starts in the default language and may change it."""
    from core import i18n

    i18n.use(i18n.DEFAULT_LANGUAGE)
    yield
    i18n.use(i18n.DEFAULT_LANGUAGE)


# ------------------------------------------------------------------------------ databases
@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests import databases

    return databases.sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A real PostgreSQL server of this process (see tests/databases.py)."""
    from tests import databases

    with databases.postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: Server) -> str:
    from tests import databases

    return databases.postgres_template(postgres_server)


@pytest.fixture
def sqlite_database(_sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A new office in a file, opened as `all`."""
    from tests import databases

    opened = databases.open_all(databases.clone_sqlite(_sqlite_template, tmp_path))
    yield opened
    databases.close(opened)


@pytest.fixture
def postgres_database(postgres_server: Server, _postgres_template: str) -> Iterator[Database]:
    """A new office on a server, opened as `all`."""
    from tests import databases

    with databases.clone_postgres(postgres_server, _postgres_template) as name:
        opened = databases.open_all(postgres_server.url_without_person(name))
        yield opened
        databases.close(opened)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """A new office on each kind of database, opened as `all`."""
    kind = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    opened: Database = request.getfixturevalue(kind)
    return opened
