"""`lintanctl training`: sign-in sheets printed, their scans read, open rows settled."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.cli.context import Context
from core.cli.training import MARKS, half_day, held_at, verb
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register

register({"cli.file_unreadable": N_("The file “{path}” cannot be read: {reason}")})


def add(verbs: Any) -> None:
    """Add the commands of sheets and scans."""
    sheet = verb(verbs, "sheet", _("Prepare the sign-in sheet of a half-day."), _sheet)
    half_day(sheet)
    read = verb(verbs, "read", _("Read a scan of signed sheets and note attendance."), _read, False)
    read.add_argument("file", type=Path, metavar="FILE")
    read.add_argument("--dry-run", action="store_true", help=_("say what it says, note nothing"))
    settle = verb(verbs, "settle", _("Settle a row that a scan left open."), _settle, False)
    settle.add_argument("scan", type=int, metavar="SCAN")
    settle.add_argument("row", type=int)
    settle.add_argument("--mark", choices=MARKS)
    settle.add_argument("--name", default="", help=_("who signed on a free row"))
    settle.add_argument("--unit", default="")
    settle.add_argument("--reason", default="")


def _sheet(context: Context, args: argparse.Namespace) -> None:
    from core.training.sign_in import print_sheet

    with context.database().write() as session:
        made = print_sheet(session, held_at(session, args).id)
    context.out.record({"sheet": made.id, "rows": made.rows, "paper": made.paper.id})


def _read(context: Context, args: argparse.Namespace) -> None:
    from core.training.reading import file_scan, read

    data = read_bytes(args.file)
    with context.out.progress(_("Reading the scan")), context.database().read() as session:
        found = read(session, args.file.name, data)
    if args.dry_run:
        rows = [
            {"sheet": token, "row": one.row, "page": one.page, "verdict": one.verdict}
            for token, sheet in found.sheets.items()
            for one in sorted(sheet.values(), key=lambda each: each.row)
        ]
        context.out.table(
            {
                "sheet": _("Sheet"),
                "row": _("Row"),
                "page": _("Page"),
                "verdict": _("What it says"),
            },
            rows,
        )
        return
    with context.database().write() as session:
        filed = file_scan(session, args.file.name, data, found)
    _tell_filed(context, filed)


def _tell_filed(context: Context, filed: list[Any]) -> None:
    from core.training.reading import REASON_TITLES
    from core.values.cells import Shown

    context.out.table(
        {
            "scan": _("Scan"),
            "present": _("Present"),
            "absent": _("Absent"),
            "kept": _("As before"),
            "open": _("Rows to look at"),
        },
        [
            {
                "scan": one.id,
                "present": len(one.present),
                "absent": len(one.absent),
                "kept": one.kept,
                "open": [
                    Shown(
                        {"row": each.row, "why": each.why},
                        f"{each.row}: {_(REASON_TITLES[each.why])}",
                    )
                    for each in one.open
                ],
            }
            for one in filed
        ],
    )


def read_bytes(path: Path) -> bytes:
    """The bytes of a file a person named.

    Raises:
        InputError: field `file`; it cannot be read.
    """
    from core.files import why

    try:
        return path.read_bytes()
    except OSError as problem:
        raise InputError.of(
            "file", "cli.file_unreadable", path=str(path), reason=why(problem)
        ) from problem


def _settle(context: Context, args: argparse.Namespace) -> None:
    from core.errors import NotFound
    from core.training.attendance import NewMark
    from core.training.participants import Trainee
    from core.training.reading import name_row, settle_row
    from core.training.record_model import SignInScan
    from core.training.states import Mark

    with context.database().write() as session:
        scan = session.get(SignInScan, args.scan)
        if scan is None:
            raise NotFound("record.not_found")
        if args.name:
            trainee = Trainee(name=args.name, unit=args.unit, temporary=True)
            name_row(session, scan.id, scan.version, args.row, trainee)
        else:
            mark = None
            if args.mark:
                mark = NewMark(
                    session_id=0, participant_id=0, mark=Mark(args.mark), reason=args.reason
                )
            settle_row(session, scan.id, scan.version, args.row, mark, args.reason)
        answer = {"scan": scan.id, "open": [row for row, _why in scan.to_look_at]}
    context.out.record(answer, {"open": _("Rows to look at")})
