"""The window is there within a second, and nothing heavy was loaded for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

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
print(json.dumps({"cpu": time.process_time(), "imported": imported, "shown": shown}))
started.shut_down()
"""


def run(home: Path) -> dict[str, object]:
    environment = os.environ | {"LINTAN_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    text = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(text.stdout)
    return found


def test_that_the_window_shows_in_a_second_and_loads_nothing_heavy(tmp_path: Path) -> None:
    run(tmp_path)  # the first run compiles
    found = run(tmp_path)
    assert HEAVY.isdisjoint(found["imported"])  # type: ignore[arg-type]
    assert HEAVY.isdisjoint(found["shown"])  # type: ignore[arg-type]
    # Seconds of the processor from the start of Python on: other programs do not count.
    assert float(str(found["cpu"])) < 1.0


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
