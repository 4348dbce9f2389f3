"""What tests of the desktop need: a real database, a runner that ends, and no SQL on the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from core.clock import FixedClock
from core.database import Actor, Database, Hooks
from core.values.listing import Align, ColumnSpec, FilterSpec, ListQuery
from db.engine import create_engine_for
from desktop.jobs import JobRunner
from desktop.support import theme
from desktop.support.context import Context
from desktop.support.dialogs import Dialogs
from tests.gui.answers import TODAY, Answers

STATES = ("issued", "notice", "draft")
#: Milliseconds after which a wait is given up: only a hung test meets it, however slow the machine.
PATIENCE = 60_000


class PatientBot(QtBot):
    """Waits on conditions; how long that takes is no part of any rule here."""

    def waitUntil(  # noqa: N802 - pytest-qt's name
        self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE
    ) -> None:
        super().waitUntil(callback, timeout=max(timeout, PATIENCE))

    def waitSignal(  # noqa: N802 - pytest-qt's name
        self, signal: Any, *, timeout: int = PATIENCE, **how: Any
    ) -> Any:
        return super().waitSignal(signal, timeout=max(timeout, PATIENCE), **how)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's robot with more patience than its five seconds."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, "light")


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    assert runner.shutdown(PATIENCE // 1000) == []
    runner.deleteLater()


@pytest.fixture
def dialogs() -> Answers:
    return Answers()


@pytest.fixture
def context(jobs: JobRunner, dialogs: Dialogs) -> Iterator[Context]:
    made = Context(jobs, dialogs, FixedClock(TODAY))
    yield made
    made.deleteLater()


class Records:
    """A list over a real table, as the capabilities write theirs."""

    kind = "record"
    columns = (
        ColumnSpec("number", "Number", 14),
        ColumnSpec("name", "Name", 12),
        ColumnSpec("tonnes", "Tonnes", 9, Align.RIGHT),
        ColumnSpec("state", "State", 8, Align.CENTRE, sortable=False),
    )
    filters = (FilterSpec("state", "State", (("issued", "Issued"), ("notice", "Notice"))),)

    def _where(self, query: ListQuery) -> tuple[str, dict[str, Any]]:
        parts, values = ["1 = 1"], dict(query.filters)
        if query.text:
            parts.append("name LIKE :text")
            values["text"] = f"%{query.text}%"
        parts += [f"{key} = :{key}" for key in query.filters]
        return " AND ".join(parts), values

    def ids(self, session: Session, query: ListQuery) -> Sequence[int]:
        where, values = self._where(query)
        order = {"": "id", "number": "id", "name": "name", "tonnes": "tonnes"}[query.sort]
        down = "DESC" if query.descending else "ASC"
        sql = f"SELECT id FROM record WHERE {where} ORDER BY {order} {down}, id"
        return list(session.scalars(text(sql), values))

    def rows(self, session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        sql = text("SELECT id, name, tonnes, state FROM record WHERE id = :id")
        found = (session.execute(sql, {"id": each}).first() for each in ids)
        return {
            row.id: (f"N{row.id:06}", row.name, f"{row.tonnes / 100:,.2f}", row.state)
            for row in found
            if row is not None
        }

    def count(self, session: Session, query: ListQuery) -> int:
        where, values = self._where(query)
        return session.scalars(text(f"SELECT count(*) FROM record WHERE {where}"), values).one()


@pytest.fixture
def source() -> Records:
    return Records()


@pytest.fixture
def make_records(tmp_path: Path, jobs: JobRunner) -> Iterator[Callable[[int], Database]]:
    """Open a real SQLite file with so many records, and give it to the runner."""
    opened: list[Database] = []

    def make(count: int) -> Database:
        engine = create_engine_for(f"sqlite:///{tmp_path / 'records.db'}")
        # On another thread: `no_gui_sql` watches this one.
        filling = threading.Thread(target=_fill, args=(engine, count))
        filling.start()
        filling.join()
        actor = Actor(1, "wangfang", "王芳", frozenset({"record.write"}))
        database = Database(
            engine, actor=actor, clock=FixedClock(TODAY), hooks=Hooks(actor=lambda _s, known: known)
        )
        opened.append(database)
        jobs.use(database)
        return database

    yield make
    jobs.use(None)
    for database in opened:
        database.close()


def _fill(engine: Engine, count: int) -> None:
    names = ("王芳", "李<b>青</b>", "赵明", "Ünal·阿不都")
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE record (id INTEGER PRIMARY KEY, name TEXT, tonnes INT, state TEXT)")
        )
        rows = [
            {"id": n, "name": f"{names[n % 4]}{n}", "tonnes": n * 7, "state": STATES[n % 3]}
            for n in range(1, count + 1)
        ]
        if rows:
            sql = "INSERT INTO record VALUES (:id, :name, :tonnes, :state)"
            connection.execute(text(sql), rows)


@pytest.fixture
def no_gui_sql() -> Iterator[list[str]]:
    """Collects SQL that the GUI thread executes; there must be none."""
    seen: list[str] = []

    def watch(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if threading.current_thread() is threading.main_thread():
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", watch)
    yield seen
    event.remove(Engine, "before_cursor_execute", watch)
    assert seen == [], "the GUI thread queried"


@pytest.fixture
def idle(qtbot: QtBot, jobs: JobRunner) -> Callable[[], None]:
    """Wait until no job is under way."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not jobs.running(), timeout=10_000)

    return wait


@pytest.fixture
def run_dialog(qtbot: QtBot) -> Iterator[Callable[[QDialog], None]]:
    """Show a dialog without blocking and free it afterwards."""
    shown: list[QDialog] = []

    def show(dialog: QDialog) -> None:
        shown.append(dialog)
        dialog.show()
        qtbot.waitExposed(dialog)
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)

    yield show
    for dialog in shown:
        dialog.close()
        dialog.deleteLater()
