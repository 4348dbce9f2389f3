"""The main window: keys, rail, search, navigation, jobs strip, crash report, second copy."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from core import access, config, i18n, office, search
from core.errors import EnvironmentFault, RuleViolation
from desktop.app import Desktop
from desktop.jobs import Report, Token
from desktop.pages.dashboard.my_day import MyDayDialog
from desktop.shell.about import AboutDialog, configuration
from desktop.shell.crash import BugDialog
from desktop.shell.idle import IdleWatch
from desktop.shell.single import SingleInstance
from desktop.shell.start import Screen
from desktop.support import theme
from tests import databases
from tests.gui.answers import Answers
from tests.gui.shell.conftest import PASSWORD, FirstPage, SecondPage

At = Callable[[Screen], None]


def first(desktop: Desktop) -> FirstPage:
    page = desktop.window.page()
    assert isinstance(page, FirstPage)
    return page


def workspace(desktop: Desktop):  # type: ignore[no-untyped-def]
    assert desktop.window.workspace is not None
    return desktop.window.workspace


@pytest.mark.parametrize(
    ("key", "modifier", "call"),
    [
        (Qt.Key.Key_N, True, "new"),
        (Qt.Key.Key_F, True, "filter"),
        (Qt.Key.Key_F5, False, "refresh"),
        (Qt.Key.Key_F2, False, "edit"),
        (Qt.Key.Key_P, True, "print"),
        (Qt.Key.Key_S, True, "save"),
        (Qt.Key.Key_Escape, False, "escape"),
    ],
)
def test_that_the_keys_of_every_page_reach_it(
    qtbot: QtBot, signed_in: Desktop, key: Qt.Key, modifier: bool, call: str
) -> None:
    page = first(signed_in)
    page.field.setFocus()
    flags = Qt.KeyboardModifier.ControlModifier if modifier else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(page.field, key, flags)
    assert page.calls[-1] == call


def test_that_ctrl_and_a_figure_goes_to_a_place_and_builds_it_once(
    qtbot: QtBot, signed_in: Desktop
) -> None:
    before = first(signed_in)
    qtbot.keyClick(before.field, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    page = signed_in.window.page()
    assert isinstance(page, SecondPage)
    assert signed_in.window.windowTitle() == "Second - Lintan"
    qtbot.keyClick(page.field, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert signed_in.window.page() is before


def test_that_a_number_of_the_desk_opens_the_filtered_list_and_the_record(
    signed_in: Desktop,
) -> None:
    signed_in.context.open("party", 7)
    assert first(signed_in).calls[-1] == "open party 7"
    signed_in.context.open("application", filters={"state": "notice"})
    assert first(signed_in).calls[-1] == "filter application {'state': 'notice'}"
    assert workspace(signed_in).rail.current() == "first"


def test_that_the_search_finds_by_initials_and_enter_opens(
    qtbot: QtBot, signed_in: Desktop, no_gui_sql: list[str]
) -> None:
    done: list[object] = []
    signed_in.jobs.write(
        lambda session: search.index(
            session, "party", 3, search.SearchLine("明光市苏巷镇", "单位", ["91341182000000001X"])
        ),
        done=done.append,
    )
    qtbot.waitUntil(lambda: bool(done), timeout=20_000)
    box = workspace(signed_in).top_bar.search
    signed_in.window._search()
    box.setText("mgs")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: first(signed_in).calls[-1] == "open party 3", timeout=20_000)
    assert box.text() == ""


def test_that_hits_are_grouped_and_arrows_skip_the_headings(
    qtbot: QtBot, signed_in: Desktop
) -> None:
    from desktop.widgets.search_box import SearchHit

    box = workspace(signed_in).top_bar.search
    signed_in.window.activateWindow()
    qtbot.waitUntil(signed_in.window.isActiveWindow)
    box.setFocus()
    box.blockSignals(True)  # what is typed asks the real index; here the answer is given
    box.setText("x")
    box.blockSignals(False)
    box.show_hits(
        "x",
        [
            SearchHit("party", 1, "Parties", "<b>王</b>"),
            SearchHit("application", 2, "Cases", "A 1"),
        ],
    )
    popup = box._popup
    assert popup.isVisible()
    assert popup.view.currentIndex().row() == 1
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert popup.view.currentIndex().row() == 3
    with qtbot.waitSignal(box.chosen) as caught:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert caught.args == ["application", 2]
    assert not popup.isVisible()


def test_that_badges_count_what_waits_and_say_so_to_a_screen_reader(signed_in: Desktop) -> None:
    rail = workspace(signed_in).rail
    rail.set_badges({"second": 12})
    button = rail.findChild(QToolButton, "Rail_second")
    assert rail.badge("second") == 12
    assert button is not None
    assert button.accessibleName() == "Second, 12 waiting"
    assert rail.badge("first") == 0


def test_that_a_long_job_shows_its_progress_and_can_be_stopped(
    qtbot: QtBot, signed_in: Desktop
) -> None:
    gate, failed = threading.Event(), []

    def work(token: Token, report: Report) -> None:
        report(3, 10)
        while not gate.wait(0.01):
            token.check()

    signed_in.jobs.io(work, title="Signing", failed=failed.append)
    strip = workspace(signed_in).strip
    assert not strip.isVisible()
    qtbot.waitUntil(strip.isVisible)
    stop = strip.findChild(QPushButton, "StopJob")
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(failed))
    qtbot.waitUntil(lambda: not strip.isVisible())
    gate.set()


def test_that_an_error_nobody_took_is_shown_in_the_banner(qtbot: QtBot, signed_in: Desktop) -> None:
    def refuse() -> None:
        raise RuleViolation("desktop.no_database")

    signed_in.jobs.call(refuse)
    banner = workspace(signed_in).banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.text() == "No database is open."
    qtbot.keyClick(first(signed_in).field, Qt.Key.Key_Escape)


def test_that_a_lost_server_turns_the_sign_red_and_its_return_green(
    qtbot: QtBot, signed_in: Desktop
) -> None:
    def lost() -> None:
        raise EnvironmentFault("database.unreachable")

    bar = workspace(signed_in).top_bar
    done: list[object] = []
    # A count under way would turn the sign green again at once.
    qtbot.waitUntil(
        lambda: not (signed_in.jobs.running() or workspace(signed_in)._count.isActive()),
        timeout=20_000,
    )
    signed_in.jobs.call(lost, failed=done.append)
    qtbot.waitUntil(lambda: bar._database.text() == "Not connected")
    workspace(signed_in).count_queues()
    qtbot.waitUntil(lambda: bar._database.text() == "This computer")
    assert first(signed_in).calls[-1] == "refresh"


def test_that_closing_asks_when_work_would_be_lost(signed_in: Desktop, dialogs: Answers) -> None:
    first(signed_in).lost = "a half-typed form"
    dialogs.yes = False
    assert not signed_in.window.close()
    assert "a half-typed form" in dialogs.asked[-1]
    first(signed_in).lost = ""


def test_that_a_bug_in_a_slot_is_reported_once_without_personal_data(
    qtbot: QtBot,
    signed_in: Desktop,
    dialogs: Answers,
    expect_log: Callable[[str], None],
) -> None:
    expect_log("bug")
    watch = signed_in.crash
    shown: list[str] = []
    watch._caught.connect(shown.append)
    try:
        int("王芳 341182199001011234")
    except ValueError as error:
        watch._hook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(dialogs.dialogs))
    assert "ValueError" in shown[0]
    assert "王芳" not in shown[0]
    assert isinstance(dialogs.dialogs[0], BugDialog)
    watch._caught.disconnect(shown.append)


def test_that_the_report_can_be_copied(
    qtbot: QtBot, dialogs: Answers, run_dialog: Callable[[object], None]
) -> None:
    dialog = BugDialog("report text", dialogs)
    run_dialog(dialog)
    qtbot.mouseClick(dialog.findChild(QPushButton, "CopyReport"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "report text"
    report = dialog.findChild(QPlainTextEdit, "Report")
    assert report is not None
    assert report.isReadOnly()


def test_that_the_hooks_are_given_back(signed_in: Desktop) -> None:
    signed_in.crash.install()
    assert sys.excepthook == signed_in.crash._hook
    signed_in.crash.uninstall()
    assert sys.excepthook is sys.__excepthook__
    assert threading.excepthook is threading.__excepthook__


def test_that_a_second_copy_wakes_the_first_and_steps_back(qtbot: QtBot, home: object) -> None:
    single = SingleInstance("sqlite:///x.db")
    with qtbot.waitSignal(single.called), pytest.raises(EnvironmentFault) as caught:
        SingleInstance("sqlite:///x.db")
    assert caught.value.code == "desktop.second_copy"
    other = SingleInstance("sqlite:///other.db")
    other.close()
    single.close()
    again = SingleInstance("sqlite:///x.db")
    again.close()
    for each in (single, other, again):
        each.deleteLater()


def test_that_nobody_touching_anything_locks_and_a_key_puts_it_off(
    qtbot: QtBot, signed_in: Desktop
) -> None:
    watch = IdleWatch(60_000)
    watch.start()
    page = first(signed_in)
    signed_in.window.activateWindow()
    qtbot.waitUntil(signed_in.window.isActiveWindow)
    watch._timer.start(50_000)
    watch._timer.setInterval(60_000)
    handle = signed_in.window.windowHandle()
    watch._on_window(handle)
    QTest.keyClick(handle, Qt.Key.Key_A)
    assert watch._timer.remainingTime() > 55_000
    watch._timer.setInterval(1)
    with qtbot.waitSignal(watch.idle):
        watch.start()
    assert page.isVisible()
    watch.deleteLater()


def test_that_about_says_where_each_setting_comes_from(
    home: object, monkeypatch: pytest.MonkeyPatch, run_dialog: Callable[[object], None]
) -> None:
    i18n.use("en")
    config.save(config.MachineConfig(theme="dark"))
    monkeypatch.setenv("LINTAN_LANG", "en")
    pairs = dict(configuration())
    assert pairs["theme"] == "dark  (settings file)"
    assert pairs["language"] == "en  (LINTAN_LANG)"
    assert pairs["scale"] == "100  (default)"
    run_dialog(AboutDialog("lintan.db"))


def test_that_the_look_can_be_changed_while_working(signed_in: Desktop) -> None:
    signed_in.window.theme_chosen.emit("dark")
    assert theme.current().name == "dark"
    assert config.load().theme == "dark"
    signed_in.window.theme_chosen.emit("light")


def test_that_a_workspace_is_freed_when_the_person_signs_out(
    qtbot: QtBot, signed_in: Desktop, at: At
) -> None:
    page = weakref.ref(first(signed_in))
    space = weakref.ref(workspace(signed_in))
    signed_in.start.sign_out()
    at(Screen.SIGN_IN)
    qtbot.waitUntil(lambda: gc.collect() >= 0 and page() is None and space() is None)


def test_that_tab_goes_from_the_search_to_the_page_in_order(
    qtbot: QtBot, signed_in: Desktop
) -> None:
    signed_in.window.activateWindow()
    qtbot.waitUntil(signed_in.window.isActiveWindow)
    space = workspace(signed_in)
    order = []
    space.rail.findChild(QToolButton, "Rail_first").setFocus()
    for _ in range(6):
        widget = QApplication.focusWidget()
        assert widget is not None
        order.append(widget.objectName())
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert order == [
        "Rail_first",  # arrows go on to the other places, as between tabs
        "Rail_help",
        "SearchBox",
        "PersonMenu",
        "FirstField",
        "Rail_first",
    ]


def test_that_a_shared_database_out_of_reach_turns_the_sign_red(signed_in: Desktop) -> None:
    from desktop.shell.top_bar import Standing

    bar = workspace(signed_in).top_bar
    bar.set_standing(Standing(person="王芳 & <b>", shared=True, connected=False))
    assert bar._database.text() == "Not connected"
    assert bar._person.text() == "王芳 && <b>"


def test_that_the_menu_of_the_person_lists_what_they_did(
    qtbot: QtBot, signed_in: Desktop, dialogs: Answers
) -> None:
    workspace(signed_in).top_bar.my_day_asked.emit()
    assert dialogs.asked == ["What did I do"]
    (dialog,) = dialogs.dialogs
    assert isinstance(dialog, MyDayDialog)
    qtbot.waitUntil(lambda: not signed_in.jobs.running())


def test_that_the_window_hears_a_colleague_until_nobody_is_signed_in(
    qtbot: QtBot, signed_in: Desktop, office_file: Path
) -> None:
    def save(name: str) -> None:
        database = office.open_database(
            f"sqlite:///{office_file}", "gu", PASSWORD, databases.clock()
        )
        with database.write() as session:
            access.create_account(session, name, "王芳", PASSWORD, ())
        database.close()

    heard: list[object] = []
    signed_in.context.changes.connect(heard.append)
    save("wangfang")
    qtbot.waitUntil(lambda: frozenset({("account", None)}) in heard)
    signed_in.start.sign_out()
    assert not [one for one in threading.enumerate() if one.name == "lintan-watch"]


def test_that_plain_lines_stay_plain(qtbot: QtBot) -> None:
    from desktop.widgets.labels import label

    widget = label("<b>王芳</b>")
    qtbot.addWidget(widget)
    assert widget.textFormat() == Qt.TextFormat.PlainText
