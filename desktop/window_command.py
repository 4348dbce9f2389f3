"""`lintanctl window FILE`: the desktop on a database, for the demo and for scripts."""

from __future__ import annotations

import argparse
import os
import sys

from core.cli.context import Context
from core.i18n import _


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(
        os.environ.get("DISPLAY")
        or os.environ.get("WAYLAND_DISPLAY")
        or os.environ.get("QT_QPA_PLATFORM")
    )


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    parser.add_argument("file", metavar="FILE", nargs="?", default="", help=_("file or URL"))
    parser.set_defaults(run=_run)


def _run(context: Context, args: argparse.Namespace) -> int:
    if not has_display():
        context.out.line(_("There is no display here; the window was not opened."))
        return 0
    from desktop.app import main

    named = args.file or (context.url if context.named else "")
    return main([named] if named else [])
