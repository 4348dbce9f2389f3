"""How long until a page of a long list stands in the real page: rows painted, not only queried."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING

from core.values.comparison import Comparison, milliseconds
from core.values.listing import ListQuery

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from desktop.jobs import JobRunner
    from desktop.widgets.record_table import RecordTable

ROUNDS = 5
#: What is asked of each list, as a person would click.
QUERIES: Mapping[str, Mapping[str, ListQuery]] = {
    "experts": {
        "by number": ListQuery(sort="code"),
        "by name": ListQuery(sort="name"),
        "oldest": ListQuery(sort="age"),
        "civil servants": ListQuery(sort="code", filters={"civil_servant": "yes"}),
        "one specialty": ListQuery(sort="code", filters={"specialty": "样地调查"}),
    },
    "attendance": {
        "newest": ListQuery(sort="held_on", descending=True),
        "oldest": ListQuery(sort="held_on"),
        "absent": ListQuery(filters={"mark": "absent"}),
        "one course": ListQuery(filters={"course": "250"}),
    },
}


def experts(rows: int = 20_000) -> Comparison:
    """Milliseconds from a click to the painted first page of experts, the slowest click."""
    return _measured("experts", rows)


def attendance(rows: int = 200_000) -> Comparison:
    """Milliseconds from a click to the painted first page of attendance, the slowest click."""
    return _measured("attendance", rows)


def _measured(what: str, rows: int) -> Comparison:
    """In a process of its own: a command has no window, and a test has one already."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "desktop.page_bench", what, str(rows)]
    said = json.loads(subprocess.check_output(command, env=environment))
    times: dict[str, float] = said["times"]
    details = ", ".join(f"{name} {took:.1f} ms" for name, took in times.items())
    return Comparison(f"{what}-page", "ms", max(times.values()), said["naive"], details)


def _in_page(what: str, rows: int) -> dict[str, object]:
    from core.cli.benches import experts as many_experts
    from core.cli.benches import training as many_marks
    from core.cli.benches.scratch import scratch_office
    from core.config import MachineConfig
    from desktop.app import create_application
    from desktop.jobs import JobRunner
    from desktop.pages.committee.experts import ExpertsTab
    from desktop.pages.training.people import AttendanceTab
    from desktop.parts.tabs import RecordTab
    from desktop.support.context import Context
    from desktop.support.dialogs import Dialogs

    kinds: Mapping[
        str, tuple[Callable[..., object], Callable[..., object], Callable[[Context], RecordTab]]
    ] = {
        "experts": (many_experts.enrol_many, many_experts.all_objects, ExpertsTab),
        "attendance": (many_marks.note_many, many_marks.all_objects, AttendanceTab),
    }
    filled, naive, tab_type = kinds[what]
    application = create_application(MachineConfig())
    with scratch_office() as database:
        filled(database, rows)
        jobs = JobRunner()
        jobs.use(database)
        context = Context(jobs, Dialogs(None))
        tab = tab_type(context)
        tab.resize(1180, 700)
        tab.show()
        times = _times(application, jobs, tab.table, QUERIES[what])
        with database.read() as session:
            slow = milliseconds(lambda: naive(session), rounds=1)
        tab.close()
        jobs.use(None)
        jobs.shutdown(10)
    return {"times": times, "naive": slow}


def _times(
    application: QApplication, jobs: JobRunner, table: RecordTable, queries: Mapping[str, ListQuery]
) -> dict[str, float]:
    """The best of some rounds for each query."""
    arrived: list[bool] = []

    def arrive() -> None:
        arrived.append(True)

    def settle() -> None:
        while jobs.running():
            application.processEvents()

    def ask(query: ListQuery) -> float:
        arrived.clear()
        start = perf_counter()
        table.set_query(query)
        while not arrived or not _painted(table):
            application.processEvents()
        took = (perf_counter() - start) * 1000
        settle()  # the rest of the ids, which nobody waits for
        return took

    table.model.loaded.connect(arrive)
    table.model.modelReset.connect(arrive)
    settle()
    return {name: min(ask(query) for _round in range(ROUNDS)) for name, query in queries.items()}


def _painted(table: RecordTable) -> bool:
    """Whether every row of the first screen is there."""
    model = table.model
    seen = [model.id_at(row) for row in range(min(20, model.rowCount()))]
    return all(one is not None and model.cells(one) is not None for one in seen)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_in_page(sys.argv[1], int(sys.argv[2]))))
