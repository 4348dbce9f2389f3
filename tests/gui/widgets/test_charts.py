"""Small charts: what they show, how one walks through them, and what they open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.support import theme
from desktop.widgets.charts import (
    BarChart,
    Chart,
    ColumnChart,
    LineChart,
    Mark,
    ShareList,
    percentages,
    ticks,
)

KINDS = (BarChart, ShareList, ColumnChart, LineChart)
MONTHS = tuple(
    Mark(f"2026-{n:02}", (n * 100, 1200 - n * 100), f"{n} 元", key=f"2026-{n:02}")
    for n in range(1, 13)
)


def shown(qtbot: QtBot, chart: Chart, width: int = 420, height: int = 0) -> Chart:
    qtbot.addWidget(chart)
    chart.resize(width, height or chart.sizeHint().height())
    chart.show()
    qtbot.waitExposed(chart)
    return chart


def colours(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


@given(st.lists(st.integers(min_value=0, max_value=10**14), min_size=1, max_size=9))
def test_that_percentages_add_up_to_a_hundred(values: list[int]) -> None:
    tenths = [int(one.removesuffix(" %").replace(".", "")) for one in percentages(values)]
    assert sum(tenths) == (1000 if sum(values) else 0)
    for value, part in zip(values, tenths, strict=True):
        assert abs(part - value * 1000 / max(sum(values), 1)) < 1


@given(st.integers(min_value=0, max_value=10**16))
def test_that_a_scale_has_few_round_steps_and_reaches_the_top(most: int) -> None:
    steps = ticks(most)
    assert steps[0] == 0
    assert 2 <= len(steps) <= 5
    assert steps[-1] >= most
    assert steps[-2] < max(most, 1)
    assert str(steps[1]).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_that_every_chart_draws_its_series_at_every_size(
    qtbot: QtBot, qapp: QApplication, kind: type[Chart], look: str
) -> None:
    before = theme.current().name
    theme.apply(qapp, look)
    try:
        chart = shown(qtbot, kind("按月", series=("已开票", "未开票")))
        blank = len(colours(chart.grab().toImage()))
        chart.set_marks(MONTHS)
        chart.resize(420, max(chart.sizeHint().height(), 180))
        image = chart.grab().toImage()
        assert len(colours(image)) > blank
        assert theme.current().colour("accent").rgb() in colours(image)
        chart.resize(40, 10)
        assert not chart.grab().isNull()
    finally:
        theme.apply(qapp, before)


@pytest.mark.parametrize("kind", KINDS)
def test_that_an_empty_chart_says_so_and_takes_no_focus(qtbot: QtBot, kind: type[Chart]) -> None:
    chart = shown(qtbot, kind("按月", empty="还没有捐赠。"))
    assert chart.accessibleName() == "按月: 还没有捐赠。"
    assert chart.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert chart.current() is None
    assert not chart.grab().isNull()
    qtbot.keyClick(chart, Qt.Key.Key_Return)


@pytest.mark.parametrize("kind", KINDS)
def test_that_arrows_walk_and_enter_opens(qtbot: QtBot, kind: type[Chart]) -> None:
    chart = shown(qtbot, kind())
    chart.set_marks(MONTHS)
    opened: list[str] = []
    chart.opened.connect(opened.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(chart, key)
    qtbot.keyClick(chart, Qt.Key.Key_End)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    qtbot.keyClick(chart, Qt.Key.Key_Space)
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    qtbot.keyClick(chart, Qt.Key.Key_Up)
    qtbot.keyClick(chart, Qt.Key.Key_Enter)
    assert opened == ["2026-03", "2026-12", "2026-01"]
    assert chart.accessibleDescription().startswith("2026-01")


def test_that_a_click_opens_the_mark_under_the_mouse(qtbot: QtBot) -> None:
    chart = shown(qtbot, BarChart())
    chart.set_marks(MONTHS)
    chart.resize(420, chart.sizeHint().height())
    rows = [place.center().toPoint() for place in chart._places()]
    with qtbot.waitSignal(chart.opened) as caught:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=rows[4])
    assert caught.args == ["2026-05"]
    qtbot.mouseMove(chart, rows[1])
    assert chart.cursor().shape() == Qt.CursorShape.PointingHandCursor
    qtbot.mouseMove(chart, QPoint(419, 419))


def test_that_a_mark_without_a_list_opens_nothing(qtbot: QtBot) -> None:
    chart = shown(qtbot, BarChart())
    chart.set_marks([Mark("面积", (3,), "3", target=10)])
    opened: list[str] = []
    chart.opened.connect(opened.append)
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(20, 12))
    assert opened == []


def test_that_a_name_with_markup_stays_text(qtbot: QtBot) -> None:
    chart = shown(qtbot, BarChart())
    chart.set_marks([Mark("<b>王</b>", (1,), "1")])
    chart._hover(0)
    assert "&lt;b&gt;王" in chart.toolTip()
    assert chart.accessibleName() == "<b>王</b> 1"


def test_that_the_keyboard_stays_at_its_mark_when_figures_change(qtbot: QtBot) -> None:
    chart = shown(qtbot, ColumnChart())
    chart.set_marks(MONTHS)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    chart.set_marks(MONTHS[1:])
    assert chart.current() == MONTHS[1]
    chart.set_marks(MONTHS[5:])
    assert chart.current() == MONTHS[5]


def test_that_figures_are_copied_as_lines(qtbot: QtBot) -> None:
    chart = shown(qtbot, ShareList())
    chart.set_marks([Mark("转账", (1,), "1"), Mark("现金", (2,), "2")])
    qtbot.keyClick(chart, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "转账\t1　33.3 %\n现金\t2　66.7 %"


def test_that_tab_passes_through_a_chart(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    chart, button = BarChart(), QPushButton("x")
    layout = QVBoxLayout(box)
    layout.addWidget(chart)
    layout.addWidget(button)
    chart.set_marks(MONTHS)
    box.show()
    qtbot.waitExposed(box)
    box.activateWindow()
    qtbot.waitUntil(box.isActiveWindow)
    chart.setFocus()
    qtbot.waitUntil(chart.hasFocus)
    qtbot.keyClick(chart, Qt.Key.Key_Tab)
    assert button.hasFocus()


def test_that_a_bar_is_measured_against_its_target(qtbot: QtBot) -> None:
    chart = BarChart()
    qtbot.addWidget(chart)
    chart.set_marks([Mark("权证", (3,), "3 / 10 份", 10), Mark("面积", (9,)), Mark("资金", (3,))])
    assert [chart._full(mark) for mark in chart.marks()] == [10, 9, 9]
