"""Longer texts, both looks, several scales: nothing is cut, contrast is enough."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core import i18n
from core.errors import EnvironmentFault
from desktop.app import PLACES, Desktop, create_application
from desktop.shell.rail import Rail
from desktop.shell.screens import FaultScreen
from desktop.support import theme
from tests.gui.answers import Answers

STRETCH = 1.6


class Pseudo(gettext.NullTranslations):
    """Every text 60 % longer and bracketed, so that what is not translated shows as well."""

    def gettext(self, message: str) -> str:
        return f"[{message}{'~' * round(len(message) * (STRETCH - 1))}]"


@pytest.fixture
def stretched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_translations", lambda _language: Pseudo())


@pytest.fixture
def window(
    qapp: QApplication, qtbot: QtBot, stretched: None, home: object, dialogs: Answers
) -> Iterator[Desktop]:
    made = Desktop(qapp, dialogs=dialogs, places=PLACES)
    made.window.resize(1366, 768)
    made.window.show()
    yield made
    made.shut_down()
    made.window.close()
    made.window.deleteLater()
    made.deleteLater()


def cut(widget: QWidget) -> list[str]:
    """Buttons too narrow for their text."""
    return [
        button.text()
        for button in widget.findChildren(QPushButton)
        if button.isVisible() and button.width() < button.sizeHint().width()
    ]


def test_that_no_screen_grows_beyond_1366_by_768_or_cuts_a_button(
    qtbot: QtBot, window: Desktop
) -> None:
    start = window.start
    from desktop.shell.start import Screen

    for change in (
        {"screen": Screen.SIGN_IN, "url": "sqlite:////a/lintan.db"},
        {"screen": Screen.FAULT, "error": EnvironmentFault("secrets.locked")},
        {"screen": Screen.FIRST_START, "error": None},
    ):
        start._set(**change)
        QApplication.processEvents()
        hint = window.window.minimumSizeHint()
        assert hint.width() <= 1366, change
        assert hint.height() <= 768, change
        assert cut(window.window) == []


def test_that_every_text_of_the_screens_is_translated(qtbot: QtBot, window: Desktop) -> None:
    from desktop.shell.start import Screen

    window.start._set(screen=Screen.SIGN_IN, url="sqlite:////a/lintan.db")
    texts = [b.text() for b in window.window.sign_in.findChildren(QPushButton)]
    assert texts
    assert all(text.startswith("[") for text in texts if text)


def test_that_the_rail_grows_with_its_titles(qtbot: QtBot, stretched: None) -> None:
    rail = Rail(PLACES)
    qtbot.addWidget(rail)
    rail.show()
    assert rail.sizeHint().width() < 320
    rail.set_badges({"certificates": 1234})


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: QColor, second: QColor) -> float:
    """WCAG 2.1 contrast ratio."""
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_every_text_has_contrast_of_at_least_4_5(name: str) -> None:
    look = theme.load(name)
    grounds = ("window", "surface", "sunken")
    pairs = [(text, ground) for text in ("text", "text_soft", "text_faint") for ground in grounds]
    pairs += [(tone, f"{tone}_soft") for tone in theme.TONES]
    pairs += [(tone, "surface") for tone in theme.TONES]
    pairs += [("on_accent", "accent"), ("text", "selection"), ("text_soft", "selection")]
    low = {
        pair: round(ratio, 2)
        for pair in pairs
        if (ratio := contrast(look.colour(pair[0]), look.colour(pair[1]))) < 4.5
    }
    assert low == {}


def test_that_both_looks_have_the_same_tokens() -> None:
    assert theme.load("light").colours.keys() == theme.load("dark").colours.keys()
    for name in ("light", "dark"):
        assert "$" not in theme.style_sheet(theme.load(name))


def test_that_qt_speaks_chinese_and_fcitx_users_can_type(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, home: object
) -> None:
    import os

    from PySide6.QtCore import QCoreApplication

    from core.config import MachineConfig

    monkeypatch.setenv("QT_IM_MODULE", "fcitx")
    create_application(MachineConfig(theme="light"))
    assert os.environ["QT_IM_MODULE"] == "ibus"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("database.locked", "The database is in use"),
        ("database.in_use", "The database is in use"),
        ("database.disk_full", "The disk is full"),
        ("database.damaged", "The database is damaged"),
        ("database.newer", "The database is newer than this program"),
        ("database.upgrade_needed", "The database is older than this program"),
        ("database.network_share", "The database lies on a network share"),
        ("database.unreachable", "The server cannot be reached"),
        ("database.second_copy", "Lintan is already open"),
        ("database.missing", "The database is not there"),
        ("database.guards", "The database cannot be opened"),
        ("config.unreadable", "The settings of this computer cannot be read"),
        ("access.waiting", "The program cannot go on"),
    ],
)
def test_that_each_fault_of_the_machine_has_a_title_and_a_sentence(
    qtbot: QtBot, code: str, title: str
) -> None:
    import core.office  # noqa: F401 - registers the sentences

    i18n.use("en")
    facts = dict.fromkeys(
        ("path", "revision", "count", "first", "reason", "until", "key", "value"), "x"
    )
    screen = FaultScreen()
    qtbot.addWidget(screen)
    screen.show_fault(EnvironmentFault(code, **facts))
    assert screen.text().startswith(f"{title}\n")
    assert len(screen.text()) > len(title) + 20


def test_that_a_fault_is_plain_text_whatever_its_facts_are(
    qtbot: QtBot, run_dialog: Callable[[QWidget], None]
) -> None:
    i18n.use("en")
    import core.database.files  # noqa: F401 - registers the sentence

    screen = FaultScreen()
    qtbot.addWidget(screen)
    screen.show_fault(EnvironmentFault("database.missing", path="<b>x</b>"))
    assert "<b>x</b>" in screen.text()
