"""What a list shows, as a workbook: texts stay texts, amounts add up, ready to print."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from core.i18n import _
from core.sheets.files import replacing
from core.values.listing import Align, ColumnSpec, ListQuery, RecordSource, cells

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_CHUNK = 1000
#: An amount as lists show it. More than 15 digits, or a leading zero, is a number of a document.
_AMOUNT = re.compile(r"-?(0|[1-9]\d{0,2}(,\d{3})*|[1-9]\d*)(\.\d{1,4})?")
_MAX_SHEET_ROWS = 1_048_575
_FONT = "微软雅黑"


def export(
    source: RecordSource,
    session: Session,
    query: ListQuery,
    path: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the rows of a list, filtered and ordered as asked, to an .xlsx file.

    Long numbers are text cells; columns of amounts are number cells. No cell is ever a formula,
    whatever a name in the database starts with.

    Args:
        source: the list.
        session: a read session.
        query: filter, search text and order.
        path: the file.
        progress: told (rows written, rows in all); may raise `Cancelled`.

    Returns:
        how many rows were written.

    Raises:
        EnvironmentFault: the file cannot be written; what was there stays.
    """
    ids = list(source.ids(session, query))[:_MAX_SHEET_ROWS]

    def chunks() -> Any:
        for start in range(0, len(ids), _CHUNK):
            part = ids[start : start + _CHUNK]
            found = cells(source, session, part)
            yield from (found[one] for one in part if one in found)
            if progress:
                progress(min(start + _CHUNK, len(ids)), len(ids))

    return write_table(source.columns, chunks(), path, title=source.kind)


def write_table(
    columns: Sequence[ColumnSpec], rows: Any, path: Path, *, title: str, at: datetime | None = None
) -> int:
    """Write display strings as a workbook; see `export`. `at` is the date in its properties."""
    from xlsxwriter import Workbook

    with replacing(path) as temporary, _rows_folder() as rows_folder:
        book = Workbook(
            str(temporary),
            {
                "constant_memory": True,
                "tmpdir": rows_folder,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        book.set_properties({"title": title, "author": "林碳台"} | ({"created": at} if at else {}))
        try:
            count = _write(book.add_worksheet(_sheet_name(title)), columns, rows, _formats(book))
        finally:
            _close(book)  # also when the person stops it: it holds temporary files
    return count


def _rows_folder() -> TemporaryDirectory[str]:
    """Where the rows wait for the workbook; nothing of them is left when the disk is full."""
    return TemporaryDirectory(prefix="lintan-", ignore_cleanup_errors=True)


def _close(book: Any) -> None:
    from xlsxwriter.exceptions import FileCreateError

    try:
        book.close()
    except FileCreateError as fault:
        raise fault.args[0] from None  # the OSError it wraps
    finally:
        # WORKAROUND: xlsxwriter leaves its files open when it cannot write them, and Windows
        # removes no open file.
        for sheet in book.worksheets():
            for handle in (sheet.row_data_fh, sheet.fh):
                with suppress(OSError):
                    if handle is not None:
                        handle.close()


def _write(
    sheet: Any, columns: Sequence[ColumnSpec], rows: Any, formats: dict[str | int, Any]
) -> int:
    _write_head(sheet, columns, formats)
    count = 0
    for row in rows:
        count += 1
        _write_row(sheet, count, columns, row, formats)
    _set_up(sheet, columns, count)
    return count


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "Sheet1"


def _formats(book: Any) -> dict[str | int, Any]:
    base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
    head = {"bold": True, "bg_color": "#DDEBDA", "border": 1, "border_color": "#9BB39A"}
    return {
        "head": book.add_format(base | head | {"align": "center", "text_wrap": True}),
        Align.LEFT: book.add_format(base | {"num_format": "@"}),
        Align.CENTRE: book.add_format(base | {"num_format": "@", "align": "center"}),
        Align.RIGHT: book.add_format(base | {"num_format": "@", "align": "right"}),
        0: book.add_format(base | {"num_format": "#,##0"}),
        2: book.add_format(base | {"num_format": "#,##0.00"}),
        4: book.add_format(base | {"num_format": "#,##0.0000"}),
    }


def _write_head(sheet: Any, columns: Sequence[ColumnSpec], formats: dict[str | int, Any]) -> None:
    sheet.set_row(0, 24)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width_chars * 2 + 2)
        sheet.write_string(0, place, _(column.header), formats["head"])


def _write_row(
    sheet: Any, number: int, columns: Sequence[ColumnSpec], row: Sequence[str], formats: Any
) -> None:
    for place, (column, text) in enumerate(zip(columns, row, strict=True)):
        amount = column.align is Align.RIGHT and _AMOUNT.fullmatch(text)
        if amount and sum(character.isdigit() for character in text) <= 15:
            decimals = len(text.partition(".")[2])
            shown = formats[0 if not decimals else 2 if decimals <= 2 else 4]
            sheet.write_number(number, place, float(text.replace(",", "")), shown)
        elif text:
            sheet.write_string(number, place, text, formats[column.align])
        else:
            sheet.write_blank(number, place, None, formats[column.align])


def _set_up(sheet: Any, columns: Sequence[ColumnSpec], count: int) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(count, 1), max(len(columns) - 1, 0))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C" + "第 &P 页，共 &N 页")
