"""Numbers: without gaps, without repeats, never without their record; on both databases."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from sqlalchemy import text

from core import access, history, numbering, settings
from core.database import Database
from core.errors import AppError, InputError, RuleViolation
from core.numbering import NumberState
from tests import databases

KEY = databases.SERIES.key


@pytest.fixture
def office_with_series(database: Database) -> Database:
    with database.write() as session:
        numbering.seed(session, [databases.SERIES])
    return database


def take(database: Database, year: int | None = None) -> numbering.TakenNumber:
    with database.write() as session:
        return numbering.take(session, KEY, record_kind="account", record_id=1, year=year)


def test_that_numbers_follow_each_other(office_with_series: Database) -> None:
    texts = [take(office_with_series).text for _ in range(3)]
    assert texts == [f"明林试〔2026〕第000{n}号" for n in (1, 2, 3)]


def test_that_each_year_starts_anew(office_with_series: Database) -> None:
    assert take(office_with_series).sequence == 1
    assert take(office_with_series, 2025).text == "明林试〔2025〕第0001号"
    assert take(office_with_series).sequence == 2


def test_that_a_failed_action_burns_no_number(office_with_series: Database) -> None:
    take(office_with_series)
    with pytest.raises(ZeroDivisionError), office_with_series.write() as session:
        numbering.take(session, KEY, record_kind="account", record_id=1)
        raise ZeroDivisionError
    assert take(office_with_series).sequence == 2
    with office_with_series.read() as session:
        assert numbering.missing(session) == []
        assert numbering.unnamed(session) == []


def test_that_a_savepoint_taken_back_burns_no_number(office_with_series: Database) -> None:
    with office_with_series.write() as session:
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            numbering.take(session, KEY, record_kind="account", record_id=1)
            raise ZeroDivisionError
        taken = numbering.take(session, KEY, record_kind="account", record_id=1)
    assert taken.sequence == 1
    with office_with_series.read() as session:
        assert numbering.missing(session) == []


@pytest.mark.parametrize(("kind", "record"), [("account", None), ("account", 4711), ("nothing", 1)])
def test_that_a_number_without_its_record_is_not_committed(
    office_with_series: Database, kind: str, record: int | None
) -> None:
    with pytest.raises(RuleViolation) as caught, office_with_series.write() as session:
        numbering.take(session, KEY, record_kind=kind, record_id=record)
    assert caught.value.code == "numbering.no_record"
    assert take(office_with_series).sequence == 1


def test_that_a_record_may_need_its_number_first(office_with_series: Database) -> None:
    with office_with_series.write() as session:
        taken = numbering.take(session, KEY, record_kind="account", record_id=None)
        made = access.create_account(session, "wang", "王芳", databases.PASSWORD)
        numbering.bind(session, taken, made.id)
    with office_with_series.read() as session:
        line = numbering.ledger(session, KEY, 2026)[0]
    assert (line.text, line.record_id, line.state) == (taken.text, made.id, NumberState.USED)
    with pytest.raises(RuleViolation) as caught, office_with_series.write() as session:
        numbering.bind(session, taken, 1)
    assert caught.value.code == "numbering.bound"


def test_that_the_fate_of_a_number_needs_a_reason_and_comes_once(
    office_with_series: Database,
) -> None:
    taken = take(office_with_series)
    with pytest.raises(InputError), office_with_series.write() as session:
        numbering.settle(session, taken.id, NumberState.VOID, "  ")
    with office_with_series.write() as session:
        numbering.settle(session, taken.id, NumberState.VOID, "打印错误")
    with pytest.raises(RuleViolation) as caught, office_with_series.write() as session:
        numbering.settle(session, taken.id, NumberState.LOST, "遗失")
    assert caught.value.code == "numbering.settled"
    assert take(office_with_series).sequence == 2
    with office_with_series.read() as session:
        fates = [(line.sequence, line.state) for line in numbering.ledger(session, KEY, 2026)]
    assert fates == [(1, NumberState.VOID), (2, NumberState.USED)]


def test_that_a_new_pattern_leaves_old_numbers_alone(office_with_series: Database) -> None:
    first = take(office_with_series)
    with office_with_series.write() as session:
        row = next(one for one in numbering.series(session) if one.key == KEY)
        numbering.set_pattern(session, KEY, row.version, "{code}-{year}-{seq:3}")
    second = take(office_with_series)
    assert second.text == "341182-2026-002"
    with office_with_series.read() as session:
        assert [line.text for line in numbering.ledger(session, KEY, 2026)] == [
            first.text,
            second.text,
        ]


def test_that_a_renamed_office_goes_on_counting(office_with_series: Database) -> None:
    take(office_with_series)
    with office_with_series.write() as session:
        settings.put(session, "office.short", "明自然")
    assert take(office_with_series).text == "明自然试〔2026〕第0002号"


def test_that_an_unknown_series_is_refused(office_with_series: Database) -> None:
    with pytest.raises(RuleViolation) as caught, office_with_series.write() as session:
        numbering.take(session, "nothing", record_kind="account", record_id=1)
    assert caught.value.code == "numbering.unknown_series"


def test_that_many_clients_get_every_number_once(office_with_series: Database) -> None:
    url = databases.url_of(office_with_series)
    seen: list[int] = []
    problems: list[BaseException] = []

    def act(client: Database, *, fail: bool) -> None:
        with client.write() as session:
            taken = numbering.take(session, KEY, record_kind="account", record_id=1)
            if fail:
                raise ZeroDivisionError
        seen.append(taken.sequence)

    def work() -> None:
        client = databases.Opened(url, databases.clock()).open()
        try:
            for turn in range(10):
                with suppress(ZeroDivisionError):
                    act(client, fail=turn % 4 == 3)
        except AppError as problem:  # pragma: no cover - told below
            problems.append(problem)
        finally:
            client.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not problems
    assert sorted(seen) == list(range(1, 33))
    with office_with_series.read() as session:
        assert numbering.missing(session) == []


@pytest.mark.postgres
def test_that_the_server_itself_refuses_a_number_without_record(
    postgres_database: Database,
) -> None:
    """Even when a person calls the server's function by hand, the number is not lost."""
    with postgres_database.write() as session:
        numbering.seed(session, [databases.SERIES])
    with pytest.raises(RuleViolation) as caught, postgres_database.write() as session:
        session.execute(text(f"SELECT lintan_take_number('{KEY}', '341182', 2026, now())"))
    assert caught.value.code == "database.number_without_record"
    with postgres_database.write() as session:
        history.record(session, "account", 1, "x")
        taken = numbering.take(session, KEY, record_kind="account", record_id=1)
    assert taken.sequence == 1
