"""The window is there within a second, and nothing heavy was loaded for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import EnvironmentFault
from desktop.shell.single import SingleInstance

HEAVY = {
    "sqlalchemy", "alembic", "psycopg", "reportlab", "pyhanko", "cryptography", "openpyxl",
    "xlsxwriter", "python_calamine", "keyring", "argon2", "pyproj", "shapely", "pypinyin", "PIL",
    "stdnum", "chinese_calendar", "numpy", "rich", "zxingcpp",
}  # fmt: skip

SCRIPT = """
import json, sys, time
import desktop.app as app
imported = sorted({name.split(".")[0] for name in sys.modules})
from core import config
application = app.create_application(config.MachineConfig())
started = app.Desktop(application)
started.window.show()
application.processEvents()
assert started.window.isVisible()
shown = sorted({name.split(".")[0] for name in sys.modules})
print(json.dumps({"imported": imported, "shown": shown}))
started.shut_down()
"""


def run(home: Path) -> dict[str, object]:
    environment = os.environ | {"LINTAN_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    text = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(text.stdout)
    return found


def test_that_the_window_shows_and_loads_nothing_heavy(tmp_path: Path) -> None:
    run(tmp_path)  # the first run compiles
    found = run(tmp_path)
    assert HEAVY.isdisjoint(found["imported"])  # type: ignore[arg-type]
    assert HEAVY.isdisjoint(found["shown"])  # type: ignore[arg-type]


def test_that_the_constants_of_old_pythons_are_never_used_up(tmp_path: Path) -> None:
    script = (
        "import desktop, sys\n"
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        "application = QApplication([])\n"
        "widget = QWidget()\n"
        "for _ in range(200_000): widget.setEnabled(True); widget.isVisible()\n"
        "print(sys.getrefcount(None) > 1_000_000 or sys.version_info >= (3, 12))"
    )
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "LINTAN_HOME": str(tmp_path)}
    text = subprocess.check_output([sys.executable, "-c", script], env=environment, text=True)
    assert text.strip() == "True"


MAIN = """
import sys
import desktop
from desktop import app
from core import config
from PySide6.QtCore import QTimer
application = app.create_application(config.MachineConfig(theme="light"))
def leave():
    windows = [each for each in application.topLevelWidgets() if each.isVisible()]
    if not windows or windows[0].start_screen() not in sys.argv[1:2]:
        QTimer.singleShot(20, leave)
        return
    print(windows[0].windowTitle(), flush=True)
    windows[0].close()
QTimer.singleShot(0, leave)
sys.exit(app.main(sys.argv[2:]))
"""

HOLD = """
import desktop
from PySide6.QtWidgets import QApplication
from desktop.shell.single import SingleInstance
application = QApplication([])
held = SingleInstance("sqlite:///held.db")
print("held", flush=True)
application.exec()
"""


def environment(home: Path) -> dict[str, str]:
    return os.environ | {"LINTAN_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.parametrize(
    ("settings", "screen"),
    [("", "first_start"), ("nonsense = 1\n", "fault"), ("database = 1", "fault")],
)
def test_that_the_program_starts_and_ends_in_order_whatever_its_settings_say(
    tmp_path: Path, settings: str, screen: str
) -> None:
    if settings:
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "lintan.toml").write_text(settings, "utf-8")
    command = [sys.executable, "-W", "error", "-c", MAIN, screen]
    done = subprocess.run(
        command,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    noise = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert (done.returncode, done.stdout.strip(), noise) == (0, "林碳台", [])
    assert (tmp_path / "log" / "lintan.log").read_text("utf-8") == ""


def test_that_a_killed_program_does_not_keep_the_next_one_out(qapp: object, tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], env=environment(tmp_path), stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "held"
    with pytest.raises(EnvironmentFault):
        SingleInstance("sqlite:///held.db")
    holder.kill()
    holder.wait(10)
    holder.stdout.close()
    again = SingleInstance("sqlite:///held.db")
    again.close()
    again.deleteLater()
