"""The first rows of a long list are there before all of its ids are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from core.database import Database
from core.values.listing import ListQuery
from desktop.support.context import Context
from desktop.widgets.record_model import FIRST, PAGE, RecordTableModel
from desktop.widgets.record_table import RecordTable
from tests.gui.conftest import Records

Make = Callable[[int], Database]
MANY = 5 * FIRST


class LongRecords(Records):
    """A list that can tell its first ids by themselves."""

    def first(self, session: Session, query: ListQuery, limit: int) -> Sequence[int]:
        return self.ids(session, query)[:limit]


@pytest.fixture(name="table")
def _table(qtbot: QtBot, context: Context) -> RecordTable:
    widget = RecordTable(LongRecords(), context)
    qtbot.addWidget(widget)
    widget.resize(800, 500)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_that_the_first_rows_come_with_their_cells_and_the_rest_follows(
    qtbot: QtBot, context: Context, make_records: Make
) -> None:
    make_records(MANY)
    model = RecordTableModel(LongRecords(), context.jobs)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    seen: list[tuple[bool, int, bool]] = []

    def note() -> None:
        first = model.id_at(0)
        known = first is not None and model.cells(first) is not None
        seen.append((model.is_partial, model.rowCount(), known))

    filled: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda top, bottom: filled.append((top.row(), bottom.row())))
    model.modelReset.connect(note)
    model.loaded.connect(note)
    with qtbot.waitSignal(model.loaded):
        model.set_query(ListQuery(sort="number"))
    assert seen == [(True, FIRST, True), (False, MANY, True)]
    assert filled == [(0, PAGE - 1)]  # columns are fitted to what the first rows hold
    assert model.id_at(MANY - 1) == MANY
    assert model.row_of(MANY) == MANY - 1
    tester.deleteLater()
    model.deleteLater()


def test_that_the_person_stays_on_a_record_far_down(
    qtbot: QtBot, table: RecordTable, make_records: Make
) -> None:
    make_records(MANY)
    with qtbot.waitSignal(table.model.loaded):
        table.set_query(ListQuery(sort="number"))
    table.select(MANY - 3)
    left: list[object] = []
    table.current_changed.connect(left.append)
    with qtbot.waitSignal(table.model.loaded):
        table.set_query(ListQuery(sort="name"))
    assert table.current_id() == MANY - 3
    assert left == []
    with qtbot.waitSignal(table.model.loaded):
        table.set_query(ListQuery(sort="number", text="nobody is called so"))
    assert table.current_id() is None
