"""A person at a page: a real database, the real page, dialogs that are worked on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.clock import FixedClock
from core.database import Database
from desktop.jobs import JobRunner
from desktop.support.context import Context
from desktop.support.page import Page
from tests.databases import clock
from tests.gui.pages.acting import ActingDialogs

P = TypeVar("P", bound=Page)


def _quiet(_done: int, _total: int, _text: str = "") -> None:
    """Nobody watches."""


@pytest.fixture(scope="session")
def sample_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office, built once: database, passwords, papers, trust."""
    from core.cli.sample_office.demo import build_demo

    folder = tmp_path_factory.mktemp("office") / "demo"
    build_demo(folder, 1, _quiet)
    return folder


@pytest.fixture
def sample_database(sample_office: Path, tmp_path: Path) -> Path:
    """A copy of the sample office's database, to write to."""
    copy = tmp_path / "demo.db"
    shutil.copyfile(sample_office / "demo.db", copy)
    return copy


@dataclass
class Desk:
    """One person at the desktop."""

    context: Context
    dialogs: ActingDialogs
    qtbot: QtBot
    clock: FixedClock

    @property
    def jobs(self) -> JobRunner:
        return self.context.jobs

    def sit(self, database: Database) -> None:
        """Another person signs in; pages are built anew after this."""
        self.jobs.use(database)

    def show(self, page: P) -> P:
        """Put a page on the screen."""
        page.resize(1180, 700)
        page.show()
        self.settle()
        return page

    def settle(self) -> None:
        """Wait until no job is under way and the lists have what they asked for."""
        for _wave in range(3):
            self.qtbot.waitUntil(lambda: not self.jobs.running(), timeout=15_000)
            QApplication.processEvents()


@pytest.fixture
def desk(qtbot: QtBot, jobs: JobRunner, sqlite_database: Database) -> Iterator[Desk]:
    """A person with every role at an empty office."""
    dialogs = ActingDialogs(qtbot)
    now = clock()
    context = Context(jobs, dialogs, now)
    jobs.use(sqlite_database)
    yield Desk(context, dialogs, qtbot, now)
    qtbot.waitUntil(lambda: not jobs.running(), timeout=15_000)
    jobs.use(None)
    context.deleteLater()


@pytest.fixture
def shown(desk: Desk) -> Iterator[Callable[[type[P]], P]]:
    """Build a page for the person at the desk and free it afterwards."""
    pages: list[Page] = []

    def build(kind: type[P]) -> P:
        page = kind(desk.context)
        pages.append(page)
        return desk.show(page)

    yield build
    desk.settle()
    for page in pages:
        page.close()
        page.deleteLater()
