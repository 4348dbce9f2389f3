"""The dashboard: numbers, the lists behind them, what one did today."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog

from core import settings
from core.certificates.figures import TARGET_CERTIFICATES, latest_entries
from core.certificates.steps import STEPS
from core.database import Database
from core.i18n import _
from core.office import CAPABILITIES
from desktop.pages.dashboard.my_day import MyDayDialog
from desktop.pages.dashboard.page import DashboardPage
from tests.gui.pages.conftest import Desk
from tests.gui.pages.walking import Walk

Shown = Callable[[type[DashboardPage]], DashboardPage]


def test_that_an_empty_office_says_what_to_do_first(desk: Desk, shown: Shown) -> None:
    page = shown(DashboardPage)
    assert page._nothing.isVisible()
    assert page._no_latest.isVisible()
    assert not page.figures.isVisible()


def test_that_every_queue_shows_its_count_and_opens_its_list(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    Walk(desk, sqlite_database).receive()
    page = shown(DashboardPage)
    overview = page.view_model.state.overview
    assert overview is not None
    queues = [queue for room in CAPABILITIES for queue in room.queues]
    assert [line.key for line in overview.queues] == [queue.key for queue in queues]
    with sqlite_database.read() as session:
        assert [line.count for line in overview.queues] == [q.count(session) for q in queues]
    opened: list[tuple[str, object, object]] = []

    def note(kind: str, record_id: object, filters: object) -> None:
        opened.append((kind, record_id, filters))

    desk.context.opening.connect(note)
    with sqlite_database.read() as session:
        shown_first = sorted(queues, key=lambda queue: not queue.count(session))
    for button, queue in zip(page._queue_buttons, shown_first, strict=True):
        button.click()
        assert opened[-1] == (queue.open_kind, None, dict(queue.filters))
    assert any(line.count for line in overview.queues)


def test_that_the_list_behind_a_number_has_as_many_rows(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    from core.values.listing import ListQuery

    Walk(desk, sqlite_database).receive()
    with sqlite_database.read() as session:
        for room in CAPABILITIES:
            for queue in room.queues:
                source = next(
                    one.lists[queue.open_kind]
                    for one in CAPABILITIES
                    if queue.open_kind in one.lists
                )
                behind = source.count(session, ListQuery(filters=dict(queue.filters)))
                assert behind == queue.count(session), queue.key


def test_that_figures_reload_when_something_is_saved(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    page = shown(DashboardPage)
    assert not page.figures.isVisible()
    with sqlite_database.write() as session:
        settings.put(session, TARGET_CERTIFICATES, 12)
    desk.settle()
    desk.qtbot.waitUntil(lambda: len(page.figures.marks()) == 1)
    assert page.figures.marks()[0].target == 12
    assert page.figures.isVisible()


def test_that_my_day_lists_what_i_did(desk: Desk, shown: Shown, sqlite_database: Database) -> None:
    walk = Walk(desk, sqlite_database)
    walk.receive()
    walk.step("withdraw", {"reason": "申请人要求"}, "all")
    page = shown(DashboardPage)
    lines: list[tuple[str, ...]] = []

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, MyDayDialog)
        desk.settle()
        lines.extend(dialog.lines())
        dialog.back.click()
        desk.settle()
        assert dialog.lines() == []

    desk.dialogs.acts.append(look)
    page.my_day.click()
    assert not any(line[2].isascii() for line in lines)
    # The right holder was registered and the case withdrawn by this person, not received.
    assert [line[1] for line in lines][-1] == _(STEPS["withdraw"].title)
    assert "岭东坡麻栎林碳汇" in lines[-1][2]
    assert lines[-1][3] == "申请人要求"


def test_that_the_latest_entries_are_listed(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        assert latest_entries(session) == ()
