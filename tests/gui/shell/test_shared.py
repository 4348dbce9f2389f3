"""A shared database on a real PostgreSQL server, reached through the wizard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot
from sqlalchemy import make_url

from core import config
from core.database import Database
from desktop.app import Desktop
from desktop.pages.first_start.screen import FirstStartScreen
from desktop.shell.start import Screen
from tests.databases import PASSWORD

pytestmark = pytest.mark.postgres


def test_that_a_clerk_signs_in_to_the_server_and_is_offered_it_at_the_next_start(
    qtbot: QtBot, postgres_database: Database, desktop: Desktop, at: Callable[[Screen], None]
) -> None:
    url = make_url(postgres_database.url)
    desktop.begin()
    at(Screen.FIRST_START)
    screen = desktop.window.findChild(FirstStartScreen)
    assert screen is not None
    screen.findChild(QRadioButton, "Kind_shared").setChecked(True)  # type: ignore[union-attr]
    assert screen.next.isEnabled() is False
    screen.where.server.set_values(
        {"host": url.host, "port": str(url.port), "database": url.database}
    )
    screen.go_on()
    at(Screen.SIGN_IN)
    sign_in = desktop.window.sign_in
    sign_in.login.setText("clerk")
    sign_in.password.setText("wrong password")
    sign_in.submit()
    qtbot.waitUntil(sign_in.banner.isVisible, timeout=20_000)
    assert sign_in.banner.text() == "Unknown account or wrong password."
    sign_in.password.setText(PASSWORD)
    sign_in.submit()
    at(Screen.WORKING)
    assert desktop.context.actor.login == "clerk"
    bar = desktop.window.workspace.top_bar  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: bar._office.text() == "明光市林业局")
    assert bar._database.text() == "Shared"
    assert config.load().database.startswith("postgresql://")
    assert config.load().login == "clerk"
    assert PASSWORD not in config.config_file().read_text("utf-8")
    desktop.start.lock()
    desktop.start.unlock(PASSWORD)
    at(Screen.WORKING)
