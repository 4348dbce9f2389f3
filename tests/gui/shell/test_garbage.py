"""Cycles of widgets are freed in the thread of Qt, whichever thread is busy."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.support.garbage import Collector


class Knot(QWidget):
    """A widget in a cycle, as a closed dialog is."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.fixture
def collector() -> Iterator[Collector]:
    gc.enable()
    made = Collector(interval=10)
    yield made
    made.deleteLater()


def test_that_a_closed_window_is_freed_in_the_thread_of_qt(
    qtbot: QtBot, collector: Collector
) -> None:
    assert not gc.isenabled()
    freed: list[threading.Thread] = []
    weakref.finalize(Knot(), lambda: freed.append(threading.current_thread()))
    stop = threading.Event()

    def allocate() -> None:
        while not stop.is_set():
            [[] for _ in range(1000)]

    busy = threading.Thread(target=allocate)
    busy.start()
    try:
        qtbot.waitUntil(lambda: bool(freed))
    finally:
        stop.set()
        busy.join()
    assert freed == [threading.main_thread()]


def test_that_nothing_is_collected_before_it_is_due(collector: Collector) -> None:
    gc.collect()
    collected = gc.get_stats()[0]["collections"]
    collector.collect()
    assert gc.get_stats()[0]["collections"] == collected
