"""The check of the log in the window sees rows that were changed past it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from core.config import file_of
from core.database import Database
from desktop.pages.system.page import SystemPage
from tests import databases
from tests.gui.pages.conftest import Desk


def test_that_a_row_changed_past_the_log_is_shown_by_its_place(
    desk: Desk,
    shown: Callable[[type[SystemPage]], SystemPage],
    sqlite_database: Database,
) -> None:
    file = file_of(databases.url_of(sqlite_database))
    assert file is not None
    with closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE account SET name = '某某某' WHERE login = 'clerk'")
        other.commit()
    page = shown(SystemPage)
    page.open_section("audit")
    desk.settle()
    page.act("check")
    desk.settle()
    assert page.banner.kind() == "error"
    assert "某某某" not in page.banner.text()
    assert "1" in page.banner.text()
