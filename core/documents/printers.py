"""How a printer and tray shift what is printed: measured once, kept on this machine, never in a template.

A printer puts the point p of a page at M·p + t; what we send it is pre-distorted by the inverse.
Lengths are mm from the upper left corner of the page, y downwards; angles are degrees, clockwise.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from core import config
from core.errors import EnvironmentFault, InputError
from core.files import write_whole
from core.i18n import N_
from core.messages import register

Point = tuple[float, float]
#: Marks of the calibration sheet, mm from the upper left corner of A4 upright.
NEAR: Point = (20.0, 20.0)
RIGHT: Point = (190.0, 20.0)
DOWN: Point = (20.0, 277.0)
#: What a printer may be off before the sheet must lie wrongly in the tray.
_FARTHEST, _STRETCH, _TURN = 25.0, 0.05, 5.0


@dataclass(frozen=True)
class Calibration:
    """What is done to a page before it is sent: turned, scaled, then shifted."""

    offset_x: float = 0.0
    offset_y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    rotation: float = 0.0

    def apply(self, point: Point) -> Point:
        """Where a point of the page is sent to."""
        cos, sin = self._turn()
        x, y = point
        return (
            self.scale_x * (cos * x - sin * y) + self.offset_x,
            self.scale_y * (sin * x + cos * y) + self.offset_y,
        )

    def matrix(self, height: float, unit: float) -> tuple[float, float, float, float, float, float]:
        """The same as a PDF matrix (a b c d e f) for a page of this height; `unit` is 1 mm in it."""
        cos, sin = self._turn()
        sx, sy = self.scale_x, self.scale_y
        return (
            sx * cos,
            -sy * sin,
            sx * sin,
            sy * cos,
            unit * self.offset_x - sx * sin * height,
            height - sy * cos * height - unit * self.offset_y,
        )

    def _turn(self) -> tuple[float, float]:
        angle = math.radians(self.rotation)
        return math.cos(angle), math.sin(angle)


def measured(near: Point, right: Point | None = None, down: Point | None = None) -> Calibration:
    """The calibration for marks found at these places.

    The two numbers of the near mark give the shift; both other marks give turn and scale too.

    Raises:
        InputError: a mark is so far away that the sheet lay wrongly in the tray.
    """
    if right is None or down is None:
        turn, sx, sy = 0.0, 1.0, 1.0
    else:
        across, along = RIGHT[0] - NEAR[0], DOWN[1] - NEAR[1]
        turn = -math.degrees(math.atan2(right[1] - near[1], right[0] - near[0]))
        sx = across / math.dist(near, right)
        sy = along / math.dist(near, down)
    bare = Calibration(0.0, 0.0, sx, sy, turn)
    # T(p) = D·R·p + o has to send NEAR to where the printer needs it; with printer(q) = N·q + t,
    # N the inverse of D·R, that is o = -D·R·t and t = near - N·NEAR, so o = NEAR - D·R·near.
    turned = bare.apply(near)
    found = Calibration(NEAR[0] - turned[0], NEAR[1] - turned[1], sx, sy, turn)
    _check(found)
    return found


def _check(found: Calibration) -> None:
    if (
        max(abs(found.offset_x), abs(found.offset_y)) > _FARTHEST
        or max(abs(found.scale_x - 1), abs(found.scale_y - 1)) > _STRETCH
        or abs(found.rotation) > _TURN
    ):
        raise InputError.of("near", "printers.far")


# --- kept on this machine --------------------------------------------------------------------


def file() -> Path:
    """Where the calibrations of this machine stand."""
    return config.config_folder() / "printers.toml"


def calibrations(path: Path | None = None) -> dict[tuple[str, str], Calibration]:
    """Every calibration by printer and tray.

    Raises:
        EnvironmentFault: the file is damaged.
    """
    path = path or file()
    try:
        with path.open("rb") as opened:
            rows = tomllib.load(opened).get("printer", [])
        return {(str(row.pop("name")), str(row.pop("tray"))): _read(row) for row in rows}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise EnvironmentFault("printers.unreadable", path=str(path)) from fault


def _read(row: Mapping[str, object]) -> Calibration:
    return Calibration(**{key: float(str(value)) for key, value in row.items()})


def calibration(printer: str, tray: str = "", path: Path | None = None) -> Calibration:
    """The calibration of a printer and tray; of the printer without a tray; or none needed."""
    found = calibrations(path)
    return found.get((printer, tray)) or found.get((printer, "")) or Calibration()


def keep(printer: str, tray: str, found: Calibration, path: Path | None = None) -> None:
    """Keep the calibration of a printer and tray on this machine.

    Raises:
        InputError: the printer has no name.
        EnvironmentFault: the folder cannot be written.
    """
    if not printer.strip():
        raise InputError.of("printer", "printers.name")
    path = path or file()
    known = {**calibrations(path), (printer, tray): found}
    lines = []
    for (name, drawer), one in sorted(known.items()):
        lines += ["[[printer]]", f"name = {_text(name)}", f"tray = {_text(drawer)}"]
        lines += [f"{key} = {value:.6f}" for key, value in asdict(one).items()] + [""]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, "\n".join(lines).encode())
    except OSError as fault:
        raise EnvironmentFault("config.unwritable", path=str(path)) from fault


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


register(
    {
        "printers.far": N_(
            "The marks are too far from their places: check the paper in the tray, that nothing "
            "was fitted to the page, and that millimetres were measured."
        ),
        "printers.unreadable": N_("The file of printers “{path}” cannot be read; remove it."),
        "printers.name": N_("Choose the printer that was measured."),
    }
)
