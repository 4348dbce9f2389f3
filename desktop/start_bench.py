"""How long until the window is there: as it is, against loading everything first."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from core.values.comparison import Comparison

_SHOW = """
from time import perf_counter
start = perf_counter()
{before}
import desktop.app as app
from core import config
application = app.create_application(config.MachineConfig())
desktop = app.Desktop(application)
desktop.window.show()
application.processEvents()
print((perf_counter() - start) * 1000)
desktop.shut_down()
"""
_EVERYTHING = (
    "import sqlalchemy.orm, alembic.command, reportlab.pdfgen.canvas, pyhanko.sign.signers, "
    "openpyxl, pyproj, shapely, pypinyin, keyring, PIL.Image"
)


def start(rows: int = 5) -> Comparison:
    """Milliseconds from the first import to a painted window, the best of `rows` warm starts."""
    return Comparison("start", "ms", _best("", rows), _best(_EVERYTHING, rows))


def _best(before: str, times: int) -> float:
    with tempfile.TemporaryDirectory(prefix="lintan-bench-") as home:
        environment = os.environ | {"LINTAN_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, "-c", _SHOW.format(before=before)]
        return min(
            float(subprocess.check_output(command, env=environment)) for _ in range(times + 1)
        )
