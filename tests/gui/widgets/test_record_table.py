"""Lists: ids in SQL order, rows off the GUI thread, changes shown, 100,000 rows usable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from core.database import Database
from core.values.listing import FilterSpec, ListQuery
from desktop.support.context import Context
from desktop.widgets.filter_bar import FilterBar
from desktop.widgets.record_model import PAGE, PLACEHOLDER, RecordTableModel
from desktop.widgets.record_table import RecordTable
from tests.gui.conftest import Records

Make = Callable[[int], Database]


def shown(table: RecordTable, row: int) -> list[str]:
    model = table.model
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


@pytest.fixture
def table(qtbot: QtBot, context: Context, source: Records) -> RecordTable:
    widget = RecordTable(
        source,
        context,
        pills={"state": lambda text: "good" if text else "neutral"},
        sums=("tonnes",),
    )
    qtbot.addWidget(widget)
    widget.resize(800, 500)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def load(qtbot: QtBot, table: RecordTable, query: ListQuery | None = None) -> None:
    with qtbot.waitSignal(table.model.loaded, timeout=20_000):
        table.set_query(query or ListQuery())


def wait_row(qtbot: QtBot, table: RecordTable, row: int) -> list[str]:
    qtbot.waitUntil(lambda: shown(table, row)[0] != PLACEHOLDER)
    return shown(table, row)


def test_that_the_model_keeps_qts_contract(
    qtbot: QtBot, context: Context, source: Records, make_records: Make
) -> None:
    database = make_records(300)
    model = RecordTableModel(source, context.jobs)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    with qtbot.waitSignal(model.loaded):
        model.reload()
    model.index(0, 0).data()
    qtbot.waitUntil(lambda: model.index(0, 0).data() == "N000001")
    with qtbot.waitSignal(model.loaded):
        model.sort(1, Qt.SortOrder.DescendingOrder)
    with database.write() as session:
        session.execute(text("DELETE FROM record WHERE id < 100"))
        session.info["changes"].add(("record", None))
    qtbot.waitUntil(lambda: model.rowCount() == 201)
    tester.deleteLater()
    model.deleteLater()


def test_that_a_row_shows_a_placeholder_until_it_was_fetched(
    qtbot: QtBot, table: RecordTable, make_records: Make, no_gui_sql: list[str]
) -> None:
    make_records(500)
    load(qtbot, table)
    assert shown(table, 400) == [PLACEHOLDER] * 4
    assert wait_row(qtbot, table, 400) == ["N000401", "李<b>青</b>401", "28.07", "draft"]


def test_that_sorting_and_filtering_happen_in_sql(
    qtbot: QtBot, table: RecordTable, make_records: Make, no_gui_sql: list[str]
) -> None:
    make_records(500)
    load(qtbot, table, ListQuery(sort="tonnes", descending=True))
    assert wait_row(qtbot, table, 0)[0] == "N000500"
    load(qtbot, table, ListQuery(text="王芳", filters={"state": "issued"}))
    assert table.model.rowCount() == 41
    assert table.filter_bar.text() == "王芳"
    assert table.footer() == "41 records"


def test_that_typing_in_the_filter_narrows_the_list(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    make_records(50)
    load(qtbot, table)
    table.focus_filter()
    with qtbot.waitSignal(table.filters_changed):
        qtbot.keyClicks(table.filter_bar.box, "49")
    qtbot.waitUntil(lambda: table.model.rowCount() == 1)


def test_that_a_changed_row_is_shown_anew_and_the_old_one_until_then(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    database = make_records(10)
    load(qtbot, table)
    wait_row(qtbot, table, 2)
    table.select(3)
    with database.write() as session:
        session.execute(text("UPDATE record SET name = '新名' WHERE id = 3"))
        session.info["changes"].add(("record", 3))
    assert shown(table, 2)[1] == "赵明3".replace("赵明", "Ünal·阿不都")
    qtbot.waitUntil(lambda: shown(table, 2)[1] == "新名")
    assert table.current_id() == 3


def test_that_the_current_record_is_found_again_after_sorting(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    make_records(200)
    load(qtbot, table)
    table.select(20)
    load(qtbot, table, ListQuery(sort="tonnes", descending=True))
    assert table.current_id() == 20
    assert table.view.currentIndex().row() == 180
    load(qtbot, table, ListQuery(text="nothing like it"))
    assert table.current_id() is None
    assert table.footer() == "Nothing matches the filter."


def test_that_a_record_wished_for_is_selected_when_the_list_has_it(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    make_records(200)
    table.select(150)
    with qtbot.waitSignal(table.current_changed) as caught:
        table.reload()
    assert caught.args == [150]


def test_that_the_selection_is_counted_and_summed_exactly(
    qtbot: QtBot, table: RecordTable, make_records: Make, no_gui_sql: list[str]
) -> None:
    make_records(100)
    load(qtbot, table)
    flags = QItemSelectionModel.SelectionFlag
    for row in (0, 1, 2):
        table.view.selectionModel().select(table.model.index(row, 0), flags.Select | flags.Rows)
    assert table.selected_ids() == [1, 2, 3]
    qtbot.waitUntil(lambda: "Σ" in table.footer())
    assert table.footer() == "100 records, 3 selected   Σ Tonnes 0.42"


def test_that_enter_opens_the_current_record_and_ctrl_c_copies_it(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    make_records(10)
    load(qtbot, table)
    wait_row(qtbot, table, 4)
    table.select(5)
    with qtbot.waitSignal(table.activated) as caught:
        qtbot.keyClick(table.view, Qt.Key.Key_Return)
    assert caught.args == [5]
    qtbot.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "N000005\t李<b>青</b>5\t0.35\tdraft"


def test_that_columns_are_as_wide_as_their_texts_and_only_long_ones_give_way(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    database = make_records(10)
    with database.write() as session:
        session.execute(text("UPDATE record SET name = :name"), {"name": "很长的名称" * 12})
    table.resize(900, 400)
    load(qtbot, table)
    number, _name, tonnes, _state = wait_row(qtbot, table, 0)
    header, metrics = table.view.horizontalHeader(), table.view.fontMetrics()
    qtbot.waitUntil(lambda: header.sectionSize(1) > 300)
    wide = header.sectionSize(1)
    table.resize(500, 400)
    assert header.sectionSize(1) < wide
    assert header.length() <= table.view.viewport().width() + 1
    assert header.sectionSize(0) >= metrics.horizontalAdvance(number) + 16
    assert header.sectionSize(2) >= metrics.horizontalAdvance(tonnes) + 16
    table.resize(200, 400)
    assert header.sectionSize(0) >= metrics.horizontalAdvance(number) + 16
    table.resize(900, 400)
    assert header.sectionSize(1) == wide


def test_that_chips_go_on_in_a_second_line_and_the_text_takes_the_rest(qtbot: QtBot) -> None:
    specs = tuple(FilterSpec(f"f{n}", f"Filter {n}", (("a", "A"),)) for n in range(6))
    bar = FilterBar(specs)
    qtbot.addWidget(bar)
    bar.resize(1200, bar.heightForWidth(1200))
    bar.show()
    one_line = bar.heightForWidth(1200)
    assert bar.box.width() > 400
    assert bar.heightForWidth(420) > one_line
    bar.resize(420, bar.heightForWidth(420))
    qtbot.waitUntil(lambda: bar.findChild(QToolButton, "Filter_f5").y() > 20)
    for chip in bar.findChildren(QToolButton):
        if chip.objectName().startswith("Filter_"):
            assert chip.width() >= chip.sizeHint().width()


def test_that_an_empty_list_says_what_to_do_first(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    make_records(0)
    table.set_empty("Nothing yet.", "New…")
    load(qtbot, table)
    button = table.findChild(QPushButton, "EmptyAction")
    assert button.isVisible()
    with qtbot.waitSignal(table.empty_action):
        button.click()


def test_that_a_list_that_cannot_be_read_offers_to_try_again(
    qtbot: QtBot,
    table: RecordTable,
    make_records: Make,
    expect_log: Callable[[str], None],
) -> None:
    expect_log("bug in job")
    database = make_records(3)
    with database.write() as session:
        session.execute(text("ALTER TABLE record RENAME TO hidden"))
    with qtbot.waitSignal(table.model.failed):
        table.reload()
    assert table.banner.isVisible()
    with database.write() as session:
        session.execute(text("ALTER TABLE hidden RENAME TO record"))
    retry = table.banner.findChild(QPushButton, "BannerAction")
    with qtbot.waitSignal(table.model.loaded):
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    assert not table.banner.isVisible()
    assert table.model.rowCount() == 3


def test_that_100000_rows_open_scroll_and_sort_off_the_gui_thread(
    qtbot: QtBot, table: RecordTable, make_records: Make, no_gui_sql: list[str]
) -> None:
    make_records(100_000)
    load(qtbot, table)
    assert table.model.rowCount() == 100_000
    table.view.scrollToBottom()
    assert wait_row(qtbot, table, 99_999)[0] == "N100000"
    load(qtbot, table, ListQuery(sort="name"))
    # Nothing of the 100,000 rows is asked for but the pages around what was visible.
    fetched = sum(table.model.cells(one) is not None for one in table.model.ids())
    assert 0 < fetched <= 10 * PAGE


def test_that_a_list_of_a_freed_page_is_freed(
    qtbot: QtBot, context: Context, source: Records, make_records: Make, idle: Callable[[], None]
) -> None:
    import gc
    import weakref

    make_records(20)
    widget = RecordTable(source, context)
    widget.reload()
    idle()
    gone = weakref.ref(widget)
    model = weakref.ref(widget.model)
    widget.deleteLater()
    del widget
    qtbot.waitUntil(lambda: gc.collect() >= 0 and gone() is None and model() is None)


def test_that_a_refresh_moves_nothing_under_the_eye(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    database = make_records(300)
    load(qtbot, table)
    flags = QItemSelectionModel.SelectionFlag
    table.select(150)
    for row in (151, 152, 160):
        index = table.model.index(row, 0)
        table.view.selectionModel().select(index, flags.Select | flags.Rows)
    table.view.verticalScrollBar().setValue(145)
    chosen = table.selected_ids()
    assert chosen == [150, 152, 153, 161]
    top = table.model.id_at(table.view.rowAt(0))
    table.banner.show_message("good", "Signed.")
    with database.write() as session:
        session.execute(text("DELETE FROM record WHERE id IN (3, 4, 153)"))
        session.info["changes"].add(("record", None))
    qtbot.waitUntil(lambda: table.model.rowCount() == 297)
    assert table.model.id_at(table.view.rowAt(0)) == top
    assert table.selected_ids() == [150, 152, 161]
    assert table.current_id() == 150
    assert table.banner.text() == "Signed."
    assert table.banner.isVisible()


def test_that_the_next_row_takes_the_place_of_a_top_row_that_went(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    database = make_records(300)
    load(qtbot, table)
    table.view.doItemsLayout()
    table.view.verticalScrollBar().setValue(145)
    assert table.model.id_at(table.view.rowAt(0)) == 146
    with database.write() as session:
        session.execute(text("DELETE FROM record WHERE id IN (146, 147)"))
        session.info["changes"].add(("record", None))
    qtbot.waitUntil(lambda: table.model.rowCount() == 298)
    assert table.model.id_at(table.view.rowAt(0)) == 148


def test_that_a_list_at_its_beginning_shows_a_new_first_row(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    database = make_records(300)
    load(qtbot, table, ListQuery(sort="number", descending=True))
    with database.write() as session:
        session.execute(
            text("INSERT INTO record SELECT 301, name, tonnes, state FROM record LIMIT 1")
        )
        session.info["changes"].add(("record", None))
    qtbot.waitUntil(lambda: table.model.rowCount() == 301)
    assert table.model.id_at(table.view.rowAt(0)) == 301


def test_that_the_end_of_a_list_stays_in_sight_when_rows_come_in_front(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    database = make_records(300)
    load(qtbot, table, ListQuery(sort="number", descending=True))
    table.view.doItemsLayout()
    table.view.scrollToBottom()
    top = table.model.id_at(table.view.rowAt(0))
    assert top is not None
    assert top < 100
    with database.write() as session:
        for number in (301, 302, 303):
            session.execute(
                text("INSERT INTO record SELECT :id, name, tonnes, state FROM record LIMIT 1"),
                {"id": number},
            )
        session.info["changes"].add(("record", None))
    qtbot.waitUntil(lambda: table.model.rowCount() == 303)
    assert table.model.id_at(table.view.rowAt(0)) == top
