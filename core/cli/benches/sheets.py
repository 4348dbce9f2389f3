"""Reading a workbook of parties: our reader with all its checks, against openpyxl alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

from core.parties.capability import CAPABILITY
from core.sheets.reading import read_workbook
from core.sheets.spec import ImportKind
from core.values.comparison import Comparison, milliseconds


def sheets(rows: int = 20_000) -> Comparison:
    """Milliseconds to read and check a workbook of so many rows."""
    kind: ImportKind = CAPABILITY.imports[0].kind
    with tempfile.TemporaryDirectory(prefix="lintan-bench-") as folder:
        path = Path(folder) / "parties.xlsx"
        _write(kind, path, rows)
        return Comparison(
            "sheets", "ms",
            milliseconds(lambda: read_workbook(kind, path), rounds=2),
            milliseconds(lambda: _openpyxl(path), rounds=1),
        )  # fmt: skip


def _write(kind: ImportKind, path: Path, rows: int) -> None:
    from xlsxwriter import Workbook

    sheet = kind.sheets[0]
    with Workbook(str(path), {"constant_memory": True}) as book:
        page = book.add_worksheet(sheet.name)
        page.write_row(0, 0, [column.header for column in sheet.columns])
        for row in range(1, rows + 1):
            page.write_row(row, 0, [f"{column.header}{row}" for column in sheet.columns])


def _openpyxl(path: Path) -> int:
    from openpyxl import load_workbook

    book = load_workbook(path)
    return sum(1 for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell)
