"""The job runner: nothing lost, nothing doubled, nothing on the wrong thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.database import Database
from core.errors import AppError, Cancelled, EnvironmentFault, RuleViolation
from desktop.jobs import JobRunner, Report, Token


class Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.values: list[object] = []
        self.errors: list[AppError] = []
        self.threads: set[str] = set()

    def take(self, value: object) -> None:
        self.values.append(value)
        self.threads.add(threading.current_thread().name)

    def fail(self, error: AppError) -> None:
        self.errors.append(error)


def number(value: int) -> int:
    return value


def test_that_no_result_of_500_quick_jobs_is_lost(qtbot: QtBot, jobs: JobRunner) -> None:
    receiver = Receiver()
    for n in range(500):
        jobs.call(partial(number, n), done=receiver.take)
    qtbot.waitUntil(lambda: len(receiver.values) == 500, timeout=20_000)
    assert sorted(receiver.values) == list(range(500))  # type: ignore[type-var]
    assert receiver.threads == {"MainThread"}
    assert jobs.running() == []


def test_that_write_jobs_run_one_after_the_other(
    qtbot: QtBot, jobs: JobRunner, make_records: Callable[[int], Database]
) -> None:
    make_records(1)
    running, most = 0, 0
    lock = threading.Lock()

    def add(session: Session) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        session.execute(text("UPDATE record SET tonnes = tonnes + 1"))
        with lock:
            running -= 1
        return 1

    receiver = Receiver()
    for _ in range(50):
        jobs.write(add, done=receiver.take)
    qtbot.waitUntil(lambda: len(receiver.values) == 50, timeout=20_000)
    with jobs.database().read() as session:
        assert session.scalars(text("SELECT tonnes FROM record")).one() == 7 + 50
    assert most == 1


def test_that_a_second_job_of_the_same_key_is_refused(qtbot: QtBot, jobs: JobRunner) -> None:
    gate, receiver = threading.Event(), Receiver()
    assert jobs.call(gate.wait, done=receiver.take, key="save") is not None
    assert jobs.call(gate.wait, done=receiver.take, key="save") is None
    assert jobs.call(partial(number, 7), done=receiver.take, key="other") is not None
    gate.set()
    qtbot.waitUntil(lambda: len(receiver.values) == 2)
    assert jobs.call(partial(number, 8), done=receiver.take, key="save") is not None
    qtbot.waitUntil(lambda: 8 in receiver.values)


def test_that_only_the_latest_query_of_a_key_is_delivered(
    qtbot: QtBot, jobs: JobRunner, make_records: Callable[[int], Database]
) -> None:
    make_records(1)
    gate, receiver = threading.Event(), Receiver()

    def query(value: int, _session: Session) -> int:
        gate.wait(10)
        return value

    for n in range(5):
        jobs.read(partial(query, n), done=receiver.take, key="list", latest=True)
    gate.set()
    qtbot.waitUntil(lambda: not jobs.running())
    assert receiver.values == [4]


def test_that_a_result_for_a_destroyed_receiver_is_dropped(qtbot: QtBot, jobs: JobRunner) -> None:
    gate, receiver = threading.Event(), Receiver()
    taken = receiver.values
    jobs.call(gate.wait, done=receiver.take, failed=receiver.fail)
    shiboken6.delete(receiver)
    gate.set()
    qtbot.waitUntil(lambda: not jobs.running())
    assert taken == []


def test_that_an_app_error_reaches_failed_and_a_lonely_one_the_window(
    qtbot: QtBot, jobs: JobRunner
) -> None:
    receiver, window = Receiver(), Receiver()
    jobs.unhandled.connect(window.fail)

    def refuse() -> None:
        raise RuleViolation("cancelled")

    jobs.call(refuse, failed=receiver.fail)
    jobs.call(refuse)
    qtbot.waitUntil(lambda: bool(receiver.errors) and bool(window.errors))
    assert isinstance(receiver.errors[0], RuleViolation)
    assert isinstance(window.errors[0], RuleViolation)
    jobs.unhandled.disconnect(window.fail)


def test_that_a_bug_is_logged_without_its_message_and_leaves_the_page_usable(
    qtbot: QtBot,
    jobs: JobRunner,
    expect_log: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    expect_log("bug in job")
    receiver, bugs = Receiver(), Receiver()
    jobs.bug.connect(bugs.take)

    def divide() -> float:
        msg = "王芳 341182199001011234"
        raise ZeroDivisionError(msg)

    jobs.call(divide, failed=receiver.fail, key="x")
    qtbot.waitUntil(lambda: bool(receiver.errors))
    assert receiver.errors[0].code == "desktop.bug"
    assert isinstance(bugs.values[0], ZeroDivisionError)
    assert "ZeroDivisionError" in caplog.text
    assert "王芳" not in caplog.text
    jobs.bug.disconnect(bugs.take)


def test_that_a_cancelled_job_stops_between_two_units(qtbot: QtBot, jobs: JobRunner) -> None:
    begun, receiver, units = threading.Event(), Receiver(), []

    def work(token: Token, report: Report) -> None:
        for n in range(1_000_000):
            token.check()
            units.append(n)
            report(n, 1_000_000)
            begun.set()

    job = jobs.io(work, failed=receiver.fail, done=receiver.take)
    assert job is not None
    begun.wait(5)
    job.cancel()
    qtbot.waitUntil(lambda: bool(receiver.errors))
    assert isinstance(receiver.errors[0], Cancelled)
    assert len(units) < 1_000_000
    assert receiver.values == []


def test_that_progress_comes_at_most_ten_times_a_second_and_the_end_always(
    qtbot: QtBot, jobs: JobRunner
) -> None:
    seen: list[tuple[int, int]] = []
    receiver = Receiver()

    def work(_token: Token, report: Report) -> None:
        for n in range(1, 20_001):
            report(n, 20_000)

    jobs.io(
        work, progress=lambda done, total, _text: seen.append((done, total)), done=receiver.take
    )
    qtbot.waitUntil(lambda: bool(receiver.values))
    assert seen[-1] == (20_000, 20_000)
    assert len(seen) < 200


def test_that_a_failed_write_leaves_nothing(
    qtbot: QtBot, jobs: JobRunner, make_records: Callable[[int], Database]
) -> None:
    make_records(1)
    receiver = Receiver()

    def half(session: Session) -> None:
        session.execute(text("DELETE FROM record"))
        raise EnvironmentFault("cancelled")

    jobs.write(half, failed=receiver.fail)
    qtbot.waitUntil(lambda: bool(receiver.errors))
    with jobs.database().read() as session:
        assert session.scalars(text("SELECT count(*) FROM record")).one() == 1


def test_that_shutdown_names_what_is_still_running(qapp: object) -> None:
    runner, gate, begun = JobRunner(), threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        gate.wait(10)

    runner.call(hang, title="Printing")
    begun.wait(5)
    assert runner.shutdown(0.05) == ["Printing"]
    assert runner.call(hang) is None
    gate.set()
    runner.deleteLater()


def test_that_without_a_database_a_read_fails_in_words(qtbot: QtBot, jobs: JobRunner) -> None:
    receiver = Receiver()
    jobs.read(lambda session: 1, failed=receiver.fail)
    qtbot.waitUntil(lambda: bool(receiver.errors))
    assert receiver.errors[0].code == "desktop.no_database"
