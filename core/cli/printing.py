"""Verbs of `lintanctl papers` for pre-printed sheets: the data alone, and calibrating a printer."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from core.cli.context import Context
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register

register({"papers.mark": N_("Write a place as X,Y in millimetres, not “{value}”.")})


def add(verbs: Any) -> None:
    """The verbs."""
    data = verbs.add_parser("overlay", help=_("write the data of a paper for a pre-printed sheet"))
    from core.cli.papers import add_paper

    add_paper(data)
    _printer(data)
    data.add_argument("--key", metavar="FILE.p12", help=_("prints the code too, signed anew"))
    data.add_argument("--key-password-file", metavar="FILE", help=_("its passphrase"))
    data.add_argument("--out", metavar="FILE.pdf", required=True, help=_("where to put it"))
    data.set_defaults(run=_overlay)
    sheet = verbs.add_parser("calibration-sheet", help=_("write the sheet to measure a printer by"))
    _printer(sheet)
    sheet.add_argument("--out", metavar="FILE.pdf", required=True, help=_("where to put it"))
    sheet.set_defaults(run=_sheet)
    keep = verbs.add_parser("calibrate", help=_("keep what was measured on that sheet"))
    _printer(keep)
    keep.add_argument("--near", metavar="X,Y", required=True, help=_("mark A, from left and top"))
    keep.add_argument("--right", metavar="X,Y", help=_("mark B"))
    keep.add_argument("--down", metavar="X,Y", help=_("mark C"))
    keep.set_defaults(run=_calibrate)


def _printer(parser: Any) -> None:
    parser.add_argument("--printer", default="", help=_("its name on this machine"))
    parser.add_argument("--tray", default="", help=_("the tray the sheets lie in"))


def _overlay(context: Context, args: Namespace) -> None:
    from core.cli.papers import save_file, signer_of
    from core.documents import overlay, printers
    from core.documents.queries import find
    from core.documents.service import log_print, work

    qr_key = signer_of(args.key, args.key_password_file).qr if args.key else None
    with context.database().write() as session:
        paper = find(session, args.paper)
        data = overlay.draw(
            work(session, paper), printers.calibration(args.printer, args.tray), qr_key
        )
        log_print(session, paper, "lintanctl papers overlay", where=(args.printer, args.tray))
    save_file(Path(args.out), data)
    context.out.record({"file": args.out, "bytes": len(data)}, {"file": _("File")})


def _sheet(context: Context, args: Namespace) -> None:
    from core.cli.papers import save_file
    from core.documents import overlay, printers

    used = printers.calibration(args.printer, args.tray)
    data = overlay.calibration_sheet(args.printer, args.tray, context.clock.now(), used)
    save_file(Path(args.out), data)
    context.out.record({"file": args.out}, {"file": _("File")})


def _calibrate(context: Context, args: Namespace) -> None:
    from dataclasses import asdict

    from core.documents import printers

    right = _point(args.right, "right") if args.right else None
    down = _point(args.down, "down") if args.down else None
    found = printers.measured(_point(args.near, "near"), right, down)
    printers.keep(args.printer, args.tray, found)
    context.out.record(
        {"printer": args.printer, "tray": args.tray, **asdict(found)},
        {
            "printer": _("Printer"),
            "tray": _("Tray"),
            "offset_x": _("Right by mm"),
            "offset_y": _("Down by mm"),
            "scale_x": _("Width times"),
            "scale_y": _("Height times"),
            "rotation": _("Turned by degrees"),
        },
    )


def _point(text: str, field: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        raise InputError.of(field, "papers.mark", value=text) from None
    return x, y
