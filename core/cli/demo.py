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
    from core.certificates.states import STATE_TITLES
    from core.cli.sample_office.demo import ACCOUNTS, DATABASE

    out, mark = context.out, {True: "✓", False: "✗"}
    out.table(
        {
            "key": _("Case"),
            "project": _("Project"),
            "state": _("State"),
            "tonnes": _("Tonnes"),
            "certificate": _("Certificate number"),
            "good": "",
        },
        [
            {
                "key": one.key,
                "project": one.project,
                "state": _(STATE_TITLES[one.state]),
                "tonnes": one.tonnes,
                "certificate": one.certificate,
                "good": mark[one.good],
            }
            for one in demo.cases
        ],
    )
    out.table(
        {
            "key": _("Rule case"),
            "what": _("Counter-example"),
            "answer": _("What the program said"),
            "good": "",
        },
        [
            {"key": one.key, "what": one.what, "answer": one.answer, "good": mark[one.good]}
            for one in demo.rules
        ],
    )
    out.table(
        {
            "file": _("File"),
            "title": _("Paper"),
            "number": _("Number"),
            "intact": _("Intact"),
            "trusted": _("Signed by the office"),
            "register": _("Register"),
            "good": "",
        },
        [
            {
                "file": one.file,
                "title": one.title,
                "number": one.number,
                "intact": one.verdict.intact and one.verdict.covers_whole_file,
                "trusted": one.verdict.trusted,
                "register": one.verdict.register,
                "good": mark[one.good],
            }
            for one in demo.papers
        ],
    )
    good = sum(one.good for one in demo.papers)
    out.line(
        _("{good} of {count} papers are good. Database: {database}. Accounts: {accounts}.").format(
            good=good,
            count=len(demo.papers),
            database=demo.folder / DATABASE,
            accounts=demo.folder / ACCOUNTS,
        )
    )
