"""`lintanctl bench`: ours, the naive way, and the ratio, from one run on this machine."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from core import config
from core.cli.context import Context
from core.errors import InputError
from core.i18n import N_, _
from core.messages import register
from core.values.comparison import Comparison

register({"cli.bench_on_server": N_("The benchmark “{name}” is measured without a server.")})


@dataclass(frozen=True)
class Bench:
    """A benchmark: what it measures (`N_`), the function, and how many rows without --rows.

    `on_server`: the function takes the URL of a PostgreSQL database as `url`, and works there in
    a scratch schema.
    """

    title: str
    function: str
    rows: int
    on_server: bool = False


BENCHES: Mapping[str, Bench] = {
    "overlap": Bench(
        N_("check a new parcel against the stored ones (95th percentile)"),
        "core.parcels.bench:overlap",
        100_000,
        on_server=True,
    ),
    "list": Bench(
        N_("the first page of certificates"), "core.cli.benches.lists:first_page", 100_000
    ),
    "sort": Bench(
        N_("all certificates in another order"), "core.cli.benches.lists:full_sort", 100_000
    ),
    "experts": Bench(N_("the first page of experts"), "core.cli.benches.experts:experts", 20_000),
    "papers": Bench(N_("make and sign one certificate"), "core.documents.bench:papers", 1000),
    "receipts": Bench(
        N_("issue, sign and store one receipt"), "core.cli.benches.receipts:receipts", 500
    ),
    "donations": Bench(
        N_("import one donation from a workbook"),
        "core.cli.benches.donations:donations",
        10_000,
    ),
    "sheets": Bench(N_("read and check a workbook"), "core.sheets.bench:sheets", 20_000),
    "training": Bench(
        N_("the slowest page of attendance"), "core.cli.benches.training:attendance", 200_000
    ),
    "experts-page": Bench(
        N_("the slowest page of experts, in the window"), "desktop.page_bench:experts", 20_000
    ),
    "training-page": Bench(
        N_("the slowest page of attendance, in the window"),
        "desktop.page_bench:attendance",
        200_000,
    ),
    "start": Bench(N_("until the window is there"), "desktop.start_bench:start", 5),
}


def add(parser: ArgumentParser) -> None:
    """The benchmark and how many rows."""
    parser.add_argument("name", choices=sorted(BENCHES), help=_("what to measure"))
    parser.add_argument("--rows", type=int, metavar="N", help=_("how many rows or repetitions"))
    parser.add_argument(
        "--server",
        metavar="URL",
        help=_("measure in a scratch schema of this PostgreSQL database (overlap only)"),
    )
    parser.set_defaults(run=_bench)


def _bench(context: Context, args: Namespace) -> None:
    bench = BENCHES[args.name]
    if args.server and not bench.on_server:
        raise InputError.of("server", "cli.bench_on_server", name=args.name)
    place = {"url": config.database_url(args.server)} if args.server else {}
    module, function = bench.function.split(":")
    with context.out.progress(_(bench.title)):
        measure = getattr(import_module(module), function)
        found: Comparison = measure(args.rows or bench.rows, **place)
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
