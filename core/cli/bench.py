"""`lintanctl bench`: ours, the naive way, and the ratio, from one run on this machine."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from core.cli.context import Context
from core.i18n import N_, _
from core.values.comparison import Comparison


@dataclass(frozen=True)
class Bench:
    """A benchmark: what it measures (`N_`), the function, and how many rows without --rows."""

    title: str
    function: str
    rows: int


BENCHES: Mapping[str, Bench] = {
    "overlap": Bench(
        N_("check a new parcel against the stored ones (95th percentile)"),
        "core.parcels.bench:overlap",
        100_000,
    ),
    "list": Bench(
        N_("the first page of certificates"), "core.cli.benches.lists:first_page", 100_000
    ),
    "sort": Bench(
        N_("all certificates in another order"), "core.cli.benches.lists:full_sort", 100_000
    ),
    "papers": Bench(N_("make and sign one certificate"), "core.documents.bench:papers", 1000),
    "receipts": Bench(
        N_("issue, sign and store one receipt"), "core.cli.benches.receipts:receipts", 500
    ),
    "sheets": Bench(N_("read and check a workbook"), "core.sheets.bench:sheets", 20_000),
    "start": Bench(N_("until the window is there"), "desktop.start_bench:start", 5),
}


def add(parser: ArgumentParser) -> None:
    """The benchmark and how many rows."""
    parser.add_argument("name", choices=sorted(BENCHES))
    parser.add_argument("--rows", type=int, metavar="N", help=_("how many rows or repetitions"))
    parser.set_defaults(run=_bench)


def _bench(context: Context, args: Namespace) -> None:
    bench = BENCHES[args.name]
    module, function = bench.function.split(":")
    with context.out.progress(_(bench.title)):
        found: Comparison = getattr(import_module(module), function)(args.rows or bench.rows)
    context.out.record(
        {
            "name": found.name,
            "unit": found.unit,
            "ours": round(found.ours, 3),
            "naive": round(found.naive, 3),
            "ratio": round(found.ratio, 2),
            "details": found.details or None,
        },
        {
            "name": _("Measured"),
            "unit": _("Unit"),
            "ours": _("Ours"),
            "naive": _("The naive way"),
            "ratio": _("Ratio"),
            "details": _("Details"),
        },
    )
