"""Several people at once: numbers without gap or repeat, one winner per case, land held once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from core import numbering
from core.certificates.commands import ParcelInput, ReceiveApplication
from core.certificates.queries import findings
from core.certificates.register_model import Certificate
from core.certificates.service import receive
from core.certificates.states import State
from core.certificates.workflow import advance
from core.database import Database
from core.errors import AppError, StaleRecord
from tests import databases
from tests.cases import Desk


def _together(desk: Desk, login: str, work: list[Callable[[Database], object]]) -> list[object]:
    """Do everything at the same moment, each in a database of its own; results or errors."""
    start = Barrier(len(work))

    def act(job: Callable[[Database], object]) -> object:
        with databases.open_as(desk.database, login) as database:
            start.wait()
            try:
                return job(database)
            except AppError as error:
                return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(act, work))


def test_that_cases_entered_at_once_get_numbers_without_gap_or_repeat(desk: Desk) -> None:
    cases = [desk.receive() for _ in range(4)]
    for case in cases:
        desk.walk(case, State.ENTRY_CHECKED)

    def enter(case: int) -> Callable[[Database], object]:
        version = desk.summary(case).version

        def job(database: Database) -> object:
            with database.write() as session:
                return advance(session, case, version, "enter").certificate_number

        return job

    numbers = _together(desk, "registrar", [enter(case) for case in cases])
    assert sorted(map(str, numbers)) == [f"明林碳证〔2026〕第{n:06d}号" for n in range(1, 5)]
    with desk.as_("auditor").read() as session:
        assert numbering.missing(session) == []


def test_that_one_of_two_who_take_the_same_step_wins(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.ENTRY_CHECKED)
    version = desk.summary(case).version

    def enter(database: Database) -> object:
        with database.write() as session:
            return advance(session, case, version, "enter")

    results = _together(desk, "registrar", [enter, enter, enter])
    assert sum(isinstance(one, StaleRecord) for one in results) == 2
    with desk.as_("auditor").read() as session:
        assert session.scalar(select(func.count()).select_from(Certificate)) == 1
        assert [one.sequence for one in numbering.ledger(session, "certificate", 2026)] == [1]


def test_that_the_same_land_claimed_at_once_is_seen_by_both(desk: Desk) -> None:
    from core.parcels.service import add_parcel
    from tests.cases import new_parcel

    with desk.as_("clerk").write() as session:
        parcel = add_parcel(session, new_parcel())
    line = ParcelInput(parcel_id=parcel, group="栎类", stock_t1="142.89", stock_t2="283.21")
    contents = [desk.content(parcels=(line,)) for _ in range(2)]

    def take_in(number: int) -> Callable[[Database], object]:
        def job(database: Database) -> object:
            with database.write() as session:
                return receive(session, ReceiveApplication(content=contents[number])).id

        return job

    cases = _together(desk, "clerk", [take_in(0), take_in(1)])
    with desk.as_("auditor").read() as session:
        for case in cases:
            assert isinstance(case, int)
            assert "double_claim" in {one.id for one in findings(session, case)}
