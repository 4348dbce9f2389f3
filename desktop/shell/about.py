"""About: version, libraries, and where each setting comes from."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core import config
from core.i18n import _
from desktop.widgets.card import brand
from desktop.widgets.section import Section


def configuration() -> list[tuple[str, str]]:
    """Each setting of this machine with its value and where it comes from."""
    settings = config.load()
    default = config.MachineConfig()
    pairs = []
    for name in ("database", "language", "theme", "login", "scale"):
        value = getattr(settings, name)
        variable = config.ENVIRONMENT.get(name, "")
        if variable and os.environ.get(variable):
            origin = variable
        elif value != getattr(default, name):
            origin = _("settings file")
        else:
            origin = _("default")
        pairs.append((name, f"{value or '—'}  ({origin})"))
    pairs.append((_("Settings file"), str(config.config_file())))
    pairs.append((_("Logs"), str(config.log_folder())))
    return pairs


def versions() -> list[tuple[str, str]]:
    """The program and what it is built on."""
    return [
        (_("Lintan"), _installed("lintan")),
        ("Python", platform.python_version()),
        ("Qt", qVersion()),
        ("SQLAlchemy", _installed("SQLAlchemy")),
        (_("System"), platform.platform(terse=True)),
    ]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "—"


class AboutDialog(QDialog):
    """Version, database and configuration."""

    def __init__(self, database: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("About and configuration"))
        program = Section(_("Program"))
        program.set_pairs([*versions(), (_("Database"), database)])
        machine = Section(_("Settings of this computer"))
        machine.set_pairs(configuration())
        close = QPushButton(_("Close"))
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(brand())
        layout.addWidget(program)
        layout.addWidget(machine)
        layout.addLayout(buttons)
        self.resize(self.fontMetrics().averageCharWidth() * 84, self.sizeHint().height())
