"""The calibration of a printer and tray: whatever it does to a page is undone."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.documents import printers
from core.documents.printers import DOWN, NEAR, RIGHT, Calibration, Point
from core.errors import EnvironmentFault, InputError

_SHIFT = st.floats(-6, 6)
_STRETCH = st.floats(0.985, 1.015)
_PLACES = st.tuples(st.floats(0, 210), st.floats(0, 297))


def printer(shift: Point, stretch: Point, turn: float) -> object:
    """A printer that stretches, then turns, then shifts."""
    angle = math.radians(turn)

    def put(point: Point) -> Point:
        x, y = point[0] * stretch[0], point[1] * stretch[1]
        return (
            math.cos(angle) * x - math.sin(angle) * y + shift[0],
            math.sin(angle) * x + math.cos(angle) * y + shift[1],
        )

    return put


@given(st.tuples(_SHIFT, _SHIFT), st.tuples(_STRETCH, _STRETCH), st.floats(-1.5, 1.5), _PLACES)
def test_that_three_measured_marks_undo_what_the_printer_does(
    shift: Point, stretch: Point, turn: float, place: Point
) -> None:
    put = printer(shift, stretch, turn)
    found = printers.measured(put(NEAR), put(RIGHT), put(DOWN))  # type: ignore[operator]
    arrived = put(found.apply(place))  # type: ignore[operator]
    assert math.dist(arrived, place) < 0.01


@given(_SHIFT, _SHIFT, _PLACES)
def test_that_two_numbers_undo_a_shift(x: float, y: float, place: Point) -> None:
    found = printers.measured((NEAR[0] + x, NEAR[1] + y))
    sent = found.apply(place)
    assert math.dist((sent[0] + x, sent[1] + y), place) < 1e-6


@given(_SHIFT, _SHIFT, _STRETCH, _STRETCH, st.floats(-3, 3), _PLACES)
def test_that_the_pdf_matrix_is_the_same_movement(
    ox: float, oy: float, sx: float, sy: float, turn: float, place: Point
) -> None:
    found = Calibration(ox, oy, sx, sy, turn)
    height, unit = 841.89, 72 / 25.4
    a, b, c, d, e, f = found.matrix(height, unit)
    x, y = place[0] * unit, height - place[1] * unit
    moved = ((a * x + c * y + e) / unit, (height - (b * x + d * y + f)) / unit)
    assert math.dist(moved, found.apply(place)) < 1e-6


def test_that_a_sheet_that_lay_wrongly_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        printers.measured((60.0, 20.0))
    assert caught.value.fields[0].code == "printers.far"


def test_that_each_printer_and_tray_keeps_its_own(tmp_path: Path) -> None:
    path = tmp_path / "set" / "printers.toml"
    first, second = Calibration(1.25, -0.5), Calibration(0, 0, 1.002, 0.998, 0.3)
    printers.keep('HP "2035"', "", first, path)
    printers.keep('HP "2035"', "纸盒 2", second, path)
    assert printers.calibration('HP "2035"', "纸盒 2", path) == second
    assert printers.calibration('HP "2035"', "纸盒 3", path) == first
    assert printers.calibration("another", "", path) == Calibration()
    path.write_text("printer = 3", encoding="utf-8")
    with pytest.raises(EnvironmentFault):
        printers.calibrations(path)
