"""A whole desktop on real databases, with simple pages in the places of the real ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout
from pytestqt.qtbot import QtBot

from core import config, i18n
from core.clock import FixedClock
from core.office import OfficeSetup, create_database
from desktop.app import Desktop
from desktop.shell.places import Place
from desktop.shell.start import Screen
from desktop.support import window_state
from desktop.support.context import Context
from desktop.support.page import Page
from tests.gui.answers import TODAY, Answers

PASSWORD = "songtao-yunling-77"


class FirstPage(Page):
    key: ClassVar[str] = "first"
    kinds: ClassVar[tuple[str, ...]] = ("application",)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.calls: list[str] = []
        self.field = QLineEdit()
        self.field.setObjectName("FirstField")
        QVBoxLayout(self).addWidget(self.field)
        self.lost = ""

    def activate(self) -> None:
        self.calls.append("activate")

    def open_record(self, kind: str, record_id: int) -> None:
        self.calls.append(f"open {kind} {record_id}")

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        self.calls.append(f"filter {kind} {dict(filters)}")

    def focus_filter(self) -> None:
        self.calls.append("filter")

    def refresh(self) -> None:
        self.calls.append("refresh")

    def new_record(self) -> None:
        self.calls.append("new")

    def edit_record(self) -> None:
        self.calls.append("edit")

    def print_record(self) -> None:
        self.calls.append("print")

    def save(self) -> None:
        self.calls.append("save")

    def escape(self) -> bool:
        self.calls.append("escape")
        return True

    def unsaved(self) -> str:
        return self.lost


class SecondPage(FirstPage):
    key: ClassVar[str] = "second"
    kinds: ClassVar[tuple[str, ...]] = ("party",)


PLACES = (
    Place("first", "First", "dashboard", lambda: FirstPage),
    Place("second", "Second", "parties", lambda: SecondPage),
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, data and logs of this test only."""
    monkeypatch.setenv("LINTAN_HOME", str(tmp_path / "home"))
    window_state.settings().clear()
    return tmp_path


@pytest.fixture(scope="session")
def made_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real office on SQLite, made in another way than by the wizard."""
    file = tmp_path_factory.mktemp("office") / "lintan.db"
    setup = OfficeSetup(name="明光市林业局", short="明", code="341182")
    create_database(f"sqlite:///{file}", setup, "gu", "顾昀", PASSWORD, FixedClock(TODAY))
    return file


@pytest.fixture
def office_file(home: Path, made_office: Path) -> Path:
    """That office, where this machine looks for its database."""
    file = config.data_folder() / "lintan.db"
    file.parent.mkdir(parents=True)
    shutil.copy(made_office, file)
    config.save(config.MachineConfig(login="gu"))
    return file


@pytest.fixture
def desktop(qapp: QApplication, qtbot: QtBot, home: Path, dialogs: Answers) -> Iterator[Desktop]:
    i18n.use("en")
    made = Desktop(qapp, clock=FixedClock(TODAY), dialogs=dialogs, places=PLACES)
    made.window.resize(1366, 768)
    yield made
    qtbot.waitUntil(lambda: not made.jobs.running(), timeout=10_000)
    made.shut_down()
    made.window.close()
    made.window.deleteLater()
    made.deleteLater()


@pytest.fixture
def at(qtbot: QtBot, desktop: Desktop) -> Callable[[Screen], None]:
    """Wait until a screen is shown."""

    def wait(screen: Screen) -> None:
        qtbot.waitUntil(lambda: desktop.start.state.screen is screen, timeout=20_000)
        qtbot.waitUntil(lambda: not desktop.start.state.busy, timeout=10_000)

    return wait


@pytest.fixture
def signed_in(
    qtbot: QtBot, office_file: Path, desktop: Desktop, at: Callable[[Screen], None]
) -> Desktop:
    """A window in which 顾昀 works."""
    desktop.begin()
    at(Screen.SIGN_IN)
    desktop.start.sign_in("gu", PASSWORD)
    at(Screen.WORKING)
    return desktop
