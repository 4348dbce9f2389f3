"""`lintanctl screens`: every page and dialog on the sample office, as pictures to look at."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from core.cli.context import Context
from core.errors import InputError
from core.i18n import LANGUAGES, N_, _, language
from core.messages import register

register(
    {
        "screens.size": N_("Write the size as WIDTHxHEIGHT, like 1366x768, not “{value}”."),
        "screens.platform": N_("The window system was chosen already; start the command afresh."),
    }
)
SMALLEST, LARGEST = 600, 8000


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help=_("where to put it"))
    parser.add_argument(
        "--lang", dest="screen_language", choices=LANGUAGES, help=_("language of the screen")
    )
    parser.add_argument(
        "--scale",
        choices=("1.0", "1.25", "1.5", "2.0"),
        default="1.0",
        help=_("scale of the screen"),
    )
    parser.add_argument("--size", metavar="WxH", default="1366x768", help=_("pixels of the screen"))
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help=_("colours"))
    parser.add_argument(
        "--only", metavar="WORD", default="", help=_("pictures with this in the name")
    )
    parser.add_argument(
        "--from", dest="office", metavar="DIR", type=Path, help=_("a sample office made earlier")
    )
    parser.set_defaults(run=_run)


def parse_size(text: str) -> tuple[int, int]:
    """Width and height in pixels.

    Raises:
        InputError: field ``size``.
    """
    found = re.fullmatch(r"(\d{3,4})x(\d{3,4})", text.strip().lower())
    if found is None or not all(SMALLEST <= int(side) <= LARGEST for side in found.groups()):
        raise InputError.of("size", "screens.size", value=text)
    return int(found[1]), int(found[2])


def prepare_screen(folder: Path, size: tuple[int, int], scale: float) -> None:
    """Describe the off-screen screen to Qt; before the application exists.

    The size is that of the panel: at 150 % fewer logical pixels fit on it.
    """
    screen = {
        "name": "panel",
        "x": 0,
        "y": 0,
        "width": size[0],
        "height": size[1],
        "logicalDpi": 96,
        "logicalBaseDpi": 96,
        "dpr": 1,
    }
    description = folder / "screen.json"
    description.write_text(json.dumps({"screens": [screen]}), "utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={description}"
    os.environ["QT_SCALE_FACTOR"] = str(scale)
    # Column widths and window positions of this person are not part of the pictures.
    os.environ["LINTAN_HOME"] = str(folder / "home")
    os.environ["XDG_CONFIG_HOME"] = str(folder / "config")


def _run(context: Context, args: argparse.Namespace) -> None:
    size = parse_size(args.size)
    if "PySide6.QtWidgets" in sys.modules:
        from PySide6.QtWidgets import QApplication

        if QApplication.instance() is not None:
            raise InputError.of("size", "screens.platform")
    with tempfile.TemporaryDirectory(prefix="lintan-screens-") as scratch:
        folder = Path(scratch)
        office = args.office or _build_office(context, folder / "office")
        copy = folder / "demo.db"
        shutil.copyfile(office / "demo.db", copy)
        prepare_screen(folder, size, float(args.scale))
        from desktop.pictures import Order, take_pictures

        order = Order(
            database=copy,
            office=office,
            out=args.out,
            language=args.screen_language or language(),
            theme=args.theme,
            size=(round(size[0] / float(args.scale)), round(size[1] / float(args.scale))),
            only=args.only,
        )
        with context.out.progress(_("Taking pictures")) as report:
            made = take_pictures(order, report)
    context.out.table({"file": _("File")}, [{"file": path} for path in made])


def _build_office(context: Context, folder: Path) -> Path:
    from core.cli.sample_office.demo import build_demo

    with context.out.progress(_("Building the sample office")) as report:
        build_demo(folder, 1, report)
    return folder
