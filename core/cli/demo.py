"""`lintanctl demo`: the sample office and its whole life, with every paper signed and judged."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.context import Context
from core.i18n import _

if TYPE_CHECKING:
    from core.cli.sample_office.demo import Demo

REFUSED = 1
_MARK = {True: "✓", False: "✗"}


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the group's arguments."""
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help=_("where to put it"))
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help=_("seed of the sample passwords")
    )
    parser.set_defaults(run=_run)


def _run(context: Context, args: argparse.Namespace) -> int | None:
    from core.cli.sample_office.demo import build_demo

    with context.out.progress(_("Building the sample office")) as report:
        demo = build_demo(args.out, args.seed, report)
    if context.out.as_json:
        context.out.document(demo.paper_list())
    else:
        _tell(context, demo)
    return None if demo.good else REFUSED


def _tell(context: Context, demo: Demo) -> None:
    from core.cli.sample_office.demo import ACCOUNTS, DATABASE

    _tell_cases(context, demo)
    columns = {
        "key": _("Rule case"),
        "what": _("Counter-example"),
        "answer": _("What the program said"),
        "good": "",
    }
    rows = [
        {"key": one.key, "what": one.what, "answer": one.answer, "good": _MARK[one.good]}
        for one in demo.rules
    ]
    context.out.table(columns, rows)
    _tell_chapters(context, demo)
    _tell_papers(context, demo)
    good = sum(one.good for one in demo.papers)
    context.out.line(
        _("{good} of {count} papers are good. Database: {database}. Accounts: {accounts}.").format(
            good=good,
            count=len(demo.papers),
            database=demo.folder / DATABASE,
            accounts=demo.folder / ACCOUNTS,
        )
    )


def _tell_cases(context: Context, demo: Demo) -> None:
    from core.certificates.states import STATE_TITLES

    columns = {
        "key": _("Case"),
        "project": _("Project"),
        "state": _("State"),
        "tonnes": _("Tonnes"),
        "certificate": _("Certificate number"),
        "good": "",
    }
    rows = [
        {
            "key": one.key,
            "project": one.project,
            "state": _(STATE_TITLES[one.state]),
            "tonnes": one.tonnes,
            "certificate": one.certificate,
            "good": _MARK[one.good],
        }
        for one in demo.cases
    ]
    context.out.table(columns, rows)


def _tell_chapters(context: Context, demo: Demo) -> None:
    for title, rows in demo.chapters:
        columns = {
            "key": _(title),
            "what": _("What"),
            "wanted": _("Wanted"),
            "found": _("Found"),
            "good": "",
        }
        context.out.table(
            columns,
            [
                {
                    "key": one.key,
                    "what": one.what,
                    "wanted": one.wanted,
                    "found": one.found,
                    "good": _MARK[one.good],
                }
                for one in rows
            ],
        )


def _tell_papers(context: Context, demo: Demo) -> None:
    columns = {
        "file": _("File"),
        "title": _("Paper"),
        "number": _("Number"),
        "intact": _("Intact"),
        "trusted": _("Signed by the office"),
        "register": _("Register"),
        "good": "",
    }
    rows = [
        {
            "file": one.file,
            "title": one.title,
            "number": one.number,
            "intact": one.verdict.intact and one.verdict.covers_whole_file,
            "trusted": one.verdict.trusted,
            "register": one.verdict.register == "matches",
            "good": _MARK[one.good],
        }
        for one in demo.papers
    ]
    context.out.table(columns, rows)
