"""Reading and writing large workbooks, against openpyxl as its manual says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from core.i18n import N_
from core.sheets.export import write_table
from core.sheets.reading import read_workbook
from core.sheets.spec import ImportKind, SheetColumn, SheetSpec
from core.values.comparison import Comparison
from core.values.listing import Align, ColumnSpec

_COLUMNS = (
    SheetColumn(key="name", header="权利人", required=True),
    SheetColumn(key="number", header="证件号码", kind="code"),
    SheetColumn(key="township", header="乡镇"),
    SheetColumn(key="village", header="村"),
    SheetColumn(key="place", header="小地名"),
    SheetColumn(key="compartment", header="林班", kind="digits", digits=4),
    SheetColumn(key="sub_compartment", header="小班", kind="digits", digits=5),
    SheetColumn(key="year", header="数据年度", kind="int"),
    SheetColumn(key="unit", header="不动产单元号", kind="code"),
    SheetColumn(key="certificate", header="林权证号", kind="code"),
    SheetColumn(key="area", header="面积（公顷）", kind="area_ha", required=True),
    SheetColumn(key="species", header="树种"),
    SheetColumn(key="origin", header="起源", kind="choice", choices=(("n", "天然"), ("p", "人工"))),
    SheetColumn(key="before", header="期初蓄积", kind="volume"),
    SheetColumn(key="after", header="期末蓄积", kind="volume"),
    SheetColumn(key="from", header="起", kind="date"),
    SheetColumn(key="to", header="止", kind="date"),
    SheetColumn(key="phone", header="电话", kind="phone"),
    SheetColumn(key="address", header="地址"),
    SheetColumn(key="note", header="备注"),
)
_KIND = ImportKind(
    key="bench",
    title=N_("Measurement"),
    sheets=(SheetSpec(name="bench", columns=_COLUMNS),),
    max_rows=1_000_000,
)
_LIST = tuple(
    ColumnSpec(column.key, column.header, 10, _align, sortable=False)
    for column in _COLUMNS
    for _align in [Align.RIGHT if column.kind in {"area_ha", "volume"} else Align.LEFT]
)


def sheets(rows: int = 20_000) -> Comparison:
    """Seconds to read a workbook of `rows` rows and 20 columns.

    Ours reads every cell into its type and checks it; the naive way only gets the values.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.xlsx"
        write_table(_LIST, _rows(rows), path, title="bench")
        ours = _seconds(lambda: _read(path, rows))
        naive = _seconds(lambda: _read_naive(path))
    details = f"{rows} rows, {len(_COLUMNS)} columns, typed and checked"
    return Comparison("sheets", "s", ours, naive, details)


def exports(rows: int = 20_000) -> Comparison:
    """Seconds to write such a workbook, styled and ready to print; openpyxl writes bare values."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.xlsx"
        ours = _seconds(lambda: write_table(_LIST, _rows(rows), path, title="bench"))
        naive = _seconds(lambda: _write_naive(rows, path))
    return Comparison("exports", "s", ours, naive, f"{rows} rows, {len(_COLUMNS)} columns")


def _seconds(work: Any) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _rows(rows: int) -> Iterator[tuple[str, ...]]:
    for one in range(rows):
        yield (
            f"权利人{one % 977}",
            f"341182196803{one % 10_000:04d}22",
            "三界镇",
            f"村{one % 31}",
            "大横山北坡",
            f"{one % 10_000:04d}",
            f"{one % 100_000:05d}",
            "2025",
            f"341182101901GE{one % 100_000:05d}L{one:08d}",
            f"皖（2019）明光市不动产权第{one:07d}号",
            f"{one % 90 + 1}.{one % 10_000:04d}",
            "麻栎",
            "天然" if one % 2 else "人工",
            f"{one % 5000}.25",
            f"{one % 5000 + 900}.75",
            "2021-01-01",
            "2025-12-31",
            f"120{one % 100_000_000:08d}",
            "安徽省滁州市明光市",
            "",
        )


def _read(path: Path, rows: int) -> None:
    book = read_workbook(_KIND, path)
    if book.all_errors or book.row_count != rows:
        raise AssertionError


def _read_naive(path: Path) -> None:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    list(book.worksheets[0].iter_rows(values_only=True))
    book.close()


def _write_naive(rows: int, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("bench")
    sheet.append([column.header for column in _COLUMNS])
    for row in _rows(rows):
        sheet.append(row)
    book.save(path)
