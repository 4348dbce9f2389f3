"""The real pages in the real window on a real office: no query on the GUI thread, nothing kept."""

from __future__ import annotations

import gc
import gettext
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from core import i18n
from core.clock import FixedClock
from desktop.app import PLACES, Desktop
from desktop.shell.start import Screen
from desktop.support.page import Page
from tests.gui.answers import TODAY, Answers
from tests.gui.shell.conftest import PASSWORD


@pytest.fixture
def real(
    qapp: QApplication, qtbot: QtBot, office_file: Path, dialogs: Answers
) -> Iterator[Desktop]:
    made = Desktop(qapp, clock=FixedClock(TODAY), dialogs=dialogs, places=PLACES)
    made.window.resize(1366, 768)
    yield made
    qtbot.waitUntil(lambda: not made.jobs.running(), timeout=20_000)
    made.shut_down()
    made.window.close()
    made.window.deleteLater()
    made.deleteLater()


@pytest.fixture
def work(qtbot: QtBot, real: Desktop) -> Callable[[], None]:
    """Sign in, and wait until the first page is loaded."""

    def go() -> None:
        real.begin()
        qtbot.waitUntil(lambda: real.start.state.screen is Screen.SIGN_IN, timeout=20_000)
        real.start.sign_in("gu", PASSWORD)
        qtbot.waitUntil(lambda: real.start.state.screen is Screen.WORKING, timeout=20_000)
        qtbot.waitUntil(lambda: not real.jobs.running(), timeout=20_000)

    return go


def visit_all(qtbot: QtBot, real: Desktop) -> list[Page]:
    assert real.window.workspace is not None
    pages = []
    for place in PLACES:
        pages.append(real.window.workspace.show_place(place.key))
        qtbot.waitUntil(lambda: not real.jobs.running(), timeout=20_000)
    return pages


def test_that_no_page_queries_on_the_gui_thread(
    qtbot: QtBot, real: Desktop, work: Callable[[], None], no_gui_sql: list[str]
) -> None:
    work()
    visit_all(qtbot, real)
    assert real.window.workspace is not None
    real.window.workspace.refresh()
    qtbot.waitUntil(lambda: not real.jobs.running(), timeout=20_000)


def test_that_all_pages_are_freed_when_the_person_signs_out(
    qtbot: QtBot, real: Desktop, work: Callable[[], None]
) -> None:
    work()
    pages = {type(page).__name__: weakref.ref(page) for page in visit_all(qtbot, real)}
    real.start.sign_out()

    def left() -> list[str]:
        gc.collect()
        return [name for name, page in pages.items() if page() is not None]

    qtbot.waitUntil(lambda: left() == [], timeout=10_000)


class Stretched(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return f"[{message}{'~' * round(len(message) * 0.3)}]"


@pytest.mark.parametrize("language", ["zh_CN", "stretched"])
def test_that_every_page_fits_1366_by_768(
    qtbot: QtBot,
    real: Desktop,
    work: Callable[[], None],
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if language == "stretched":
        monkeypatch.setattr(i18n, "_translations", lambda _language: Stretched())
    work()
    assert real.window.workspace is not None
    for place in PLACES:
        page = real.window.workspace.show_place(place.key)
        qtbot.waitUntil(lambda: not real.jobs.running(), timeout=20_000)
        QApplication.processEvents()
        hint = real.window.minimumSizeHint()
        assert hint.width() <= 1366, place.key
        assert hint.height() <= 768, place.key
        cut = [
            button.text()
            for button in page.findChildren(QPushButton)
            if button.isVisible() and button.width() < button.minimumSizeHint().width()
        ]
        assert cut == [], place.key
