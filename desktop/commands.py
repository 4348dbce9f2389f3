"""Command groups that need the desktop; lintanctl finds them by the entry point `lintan.commands`."""

from __future__ import annotations

from collections.abc import Mapping

from core.cli.groups import Group
from core.i18n import N_


def groups() -> Mapping[str, Group]:
    """The groups by name; their modules load only when asked for."""
    return {
        "screens": Group(N_("Pictures of every page and dialog."), "desktop.screens_command"),
        "window": Group(N_("Open the desktop on a database."), "desktop.window_command"),
    }
