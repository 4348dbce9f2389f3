"""The fees of experts: a part of `lintanctl committee`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.context import Context
from core.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from core.committee.fees import FeeRow


def add(verbs: Any) -> None:
    """Add the commands of fees."""
    for name, text, run in (
        ("fee-preview", _("What experts would get for meetings."), _fee_preview),
        ("fee-sheet", _("Make a fee sheet of closed meetings."), _fee_sheet),
    ):
        parser = verbs.add_parser(name, help=text)
        parser.add_argument("meetings", nargs="+", metavar="NUMBER")
        parser.add_argument("--paid-on", metavar="DATE")
        parser.set_defaults(run=run)
    void = _verb(verbs, "fee-void", _("Declare a fee sheet void."), _fee_void)
    void.add_argument("--reason", required=True, metavar=_("TEXT"))
    export = _verb(
        verbs, "fee-export", _("The finance copy with full numbers; logged."), _fee_export
    )
    export.add_argument("--out", type=Path, required=True, metavar="FILE.xlsx")
    export.add_argument("--reason", required=True, metavar=_("TEXT"))


def _verb(verbs: Any, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text)
    parser.add_argument("record", metavar="ID")
    parser.set_defaults(run=run)
    return parser


def _day(text: str | None) -> date | None:
    from core.values.dates import parse_date

    return parse_date(text) if text else None


def _ids(session: Session, numbers: Sequence[str]) -> list[int]:
    from core.committee.meetings import find_meeting

    return [find_meeting(session, number).id for number in numbers]


def _tell_fees(context: Context, rows: Iterable[FeeRow]) -> None:
    columns = {
        "code": _("Number"),
        "name": _("Name"),
        "half_days": _("Half-days"),
        "gross": _("Gross (yuan)"),
        "tax": _("Tax withheld (yuan)"),
        "net": _("Net (yuan)"),
        "note": _("Note"),
    }
    context.out.table(columns, [{key: getattr(row, key) for key in columns} for row in rows])


def _fee_preview(context: Context, args: argparse.Namespace) -> None:
    from core.committee.fees import preview_fees

    with context.database().read() as session:
        rows = preview_fees(session, _ids(session, args.meetings), _day(args.paid_on))
    _tell_fees(context, rows)


def _fee_sheet(context: Context, args: argparse.Namespace) -> None:
    from core.committee.fees import make_sheet
    from core.committee.meeting_model import FeeSheet

    with context.database().write() as session:
        made = make_sheet(session, _ids(session, args.meetings), _day(args.paid_on))
        row = session.get_one(FeeSheet, made)
        answer = {
            "id": row.id,
            "number": row.number,
            "gross": row.gross,
            "tax": row.tax,
            "net": row.net,
        }
    context.out.record(answer)


def _fee_void(context: Context, args: argparse.Namespace) -> None:
    from core.committee.fees import find_sheet, void_sheet

    with context.database().write() as session:
        row = find_sheet(session, args.record)
        void_sheet(session, row.id, row.version, args.reason)
        number = row.number
    context.out.record({"number": number, "state": "void"})


def _fee_export(context: Context, args: argparse.Namespace) -> None:
    from core.committee.fees import finance_workbook, find_sheet

    with context.database().write() as session:
        row = find_sheet(session, args.record)
        finance_workbook(session, row.id, args.out, args.reason)
        number = row.number
    context.out.record({"number": number, "file": str(args.out)})
