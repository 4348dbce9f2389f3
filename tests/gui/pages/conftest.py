"""A person at a page: a real database, the real page, dialogs that are worked on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

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
from tests.sample import built_once

if TYPE_CHECKING:
    from tests.gui.pages.classroom import Classroom
    from tests.gui.pages.councilroom import CouncilRoom
    from tests.gui.pages.counter import Counter

P = TypeVar("P", bound=Page)
OFFICE = "明光市林业局"
# One job at a time, as a spooler takes them: two at once would take the same number.
_LP = """#!/bin/sh
exec 9>{folder}/lock && flock 9
n=$(ls {folder}/taken | wc -l)
[ -e {folder}/jammed ] && [ "$n" -ge "$(cat {folder}/jammed)" ] && echo "out of paper" >&2 && exit 1
for last; do :; done
cp "$last" {folder}/taken/$(printf %03d "$n").pdf
echo "$@" >> {folder}/asked
"""


@pytest.fixture(scope="session")
def sample_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office: database, passwords, papers, trust."""
    return built_once(tmp_path_factory).folder


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


@pytest.fixture
def counter(desk: Desk, sqlite_database: Database, tmp_path: Path) -> Iterator[Counter]:
    """A fund with its signing certificate open on this machine."""
    from core.documents import keys
    from core.documents.authority import create_test_office
    from desktop.parts.signing import SigningDesk
    from tests import fund as funds
    from tests.gui.pages.counter import Counter

    office = create_test_office(tmp_path / "trust", OFFICE, now=datetime(2026, 8, 1, tzinfo=UTC))
    with sqlite_database.write() as session:
        keys.pin_authority(session, office, OFFICE)
    SigningDesk.of(desk.context).use(office.signer())
    with funds.fund(sqlite_database) as fund:
        made = Counter(desk, fund)
        yield made
        made.leave()
        desk.sit(sqlite_database)


@pytest.fixture
def spooler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A printer named HP with two trays; what it took lies in `taken`, options in `asked`."""
    folder = tmp_path / "spooler"
    (folder / "taken").mkdir(parents=True)
    programs = {
        "lp": _LP.format(folder=folder),
        "lpstat": "#!/bin/sh\necho HP_2035\n",
        "lpoptions": "#!/bin/sh\necho 'InputSlot/Tray: *Auto Tray1 Tray2'\n",
    }
    for name, body in programs.items():
        (folder / name).write_text(body, encoding="utf-8")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def classroom(desk: Desk, sqlite_database: Database, tmp_path: Path) -> Iterator[Classroom]:
    """A course with its signing certificate open on this machine."""
    from core.documents import keys
    from core.documents.authority import create_test_office
    from desktop.parts.signing import SigningDesk
    from tests import training
    from tests.gui.pages.classroom import Classroom

    office = create_test_office(tmp_path / "trust", OFFICE, now=datetime(2026, 8, 1, tzinfo=UTC))
    with sqlite_database.write() as session:
        keys.pin_authority(session, office, OFFICE)
    SigningDesk.of(desk.context).use(office.signer())
    with training.school(sqlite_database) as school:
        made = Classroom(desk, school)
        yield made
        made.leave()
        desk.sit(sqlite_database)


@pytest.fixture
def council(desk: Desk, sqlite_database: Database, tmp_path: Path) -> Iterator[CouncilRoom]:
    """The committee with the experts of the sample data and an open signing certificate."""
    from core.documents import keys
    from core.documents.authority import create_test_office
    from desktop.parts.signing import SigningDesk
    from tests.committee import room
    from tests.gui.pages.councilroom import CouncilRoom

    office = create_test_office(tmp_path / "trust", OFFICE, now=datetime(2026, 8, 1, tzinfo=UTC))
    with sqlite_database.write() as session:
        keys.pin_authority(session, office, OFFICE)
    SigningDesk.of(desk.context).use(office.signer())
    with room(sqlite_database, tmp_path) as opened:
        made = CouncilRoom(desk, opened)
        yield made
        made.leave()
        desk.sit(sqlite_database)
