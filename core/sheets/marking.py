"""The workbook back with its errors marked, to be corrected and loaded again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import messages
from core.i18n import N_, _
from core.messages import register
from core.sheets.files import replacing
from core.sheets.importing import ImportReport
from core.sheets.reading import CellError
from core.sheets.spec import ERROR_HEADER, normal_header

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

register({"sheets.whole_sheet": N_("The sheet as a whole: {message}")})

_MARK = "FFC7CE"
_NOTE = "FFEB9C"
_HEADER_ROWS = 10


def write_errors(path_in: Path, report: ImportReport, path_out: Path) -> None:
    """Copy the workbook with every wrong cell coloured and the reasons in a last column.

    Everything else of the workbook stays; marks of an earlier round are taken away. The column of
    reasons is ignored when the corrected file is loaded.

    Args:
        path_in: the workbook that was imported.
        report: what the import said about it.
        path_out: the marked copy; may be the same file.

    Raises:
        EnvironmentFault: the copy cannot be written.
    """
    from openpyxl import load_workbook

    book = load_workbook(path_in, rich_text=True)
    by_sheet: dict[str, list[CellError]] = {}
    for error in report.errors:
        by_sheet.setdefault(error.sheet, []).append(error)
    for sheet in book.worksheets:
        _clear(sheet)
        if sheet.title in by_sheet:
            _mark(sheet, by_sheet[sheet.title])
    with replacing(path_out) as temporary:
        book.save(temporary)


def _header_row(sheet: Worksheet, errors: Sequence[CellError]) -> int:
    wanted = {normal_header(error.column) for error in errors if error.column}
    wanted.add(normal_header(ERROR_HEADER))
    rows = sheet.iter_rows(min_row=1, max_row=_HEADER_ROWS)
    for number, row in enumerate(rows, start=1):
        if any(cell.value is not None and normal_header(cell.value) in wanted for cell in row):
            return number
    return 1


def _clear(sheet: Worksheet) -> None:
    """Take the marks of an earlier round away."""
    from openpyxl.styles import PatternFill

    column = _error_column(sheet)
    if column is None:
        return
    for row in sheet.iter_rows(min_row=1):
        for cell in row:
            if cell.column == column and not _is_header(cell):
                cell.value = None
            if str(cell.fill.fgColor.rgb)[-6:] in {_MARK, _NOTE} and not _is_header(cell):
                cell.fill = PatternFill()


def _is_header(cell: Any) -> bool:
    return cell.value is not None and normal_header(cell.value) == normal_header(ERROR_HEADER)


def _error_column(sheet: Worksheet) -> int | None:
    for row in sheet.iter_rows(min_row=1, max_row=_HEADER_ROWS):
        for place, cell in enumerate(row, start=1):
            if _is_header(cell):
                return place
    return None


def _mark(sheet: Worksheet, errors: Sequence[CellError]) -> None:
    from openpyxl.styles import Alignment, PatternFill

    header_row = _header_row(sheet, errors)
    column = _error_column(sheet) or sheet.max_column + 1
    columns = {
        normal_header(cell.value): place
        for place, cell in enumerate(sheet[header_row], start=1)
        if cell.value is not None
    }
    head = sheet.cell(header_row, column)
    _write_text(head, ERROR_HEADER)
    head.fill = PatternFill("solid", fgColor=_NOTE)
    for row, texts in _reasons(errors, header_row).items():
        note = sheet.cell(row, column)
        _write_text(note, ERROR_HEADER + "：" + texts if row == header_row else texts)
        note.fill = PatternFill("solid", fgColor=_NOTE)
        note.alignment = Alignment(wrap_text=True, vertical="top")
    for error in errors:
        place = columns.get(normal_header(error.column))
        if error.row and place:
            sheet.cell(error.row, place).fill = PatternFill("solid", fgColor=_MARK)
    _set_width(sheet, column)


def _set_width(sheet: Worksheet, column: int) -> None:
    from openpyxl.utils import get_column_letter

    sheet.column_dimensions[get_column_letter(column)].width = 60


def _reasons(errors: Sequence[CellError], header_row: int) -> Mapping[int, str]:
    texts: dict[int, list[str]] = {}
    for error in errors:
        reason = error.message
        if not error.row:
            reason = messages.sentence("sheets.whole_sheet", {"message": reason})
        elif error.column:
            reason = _("{column}: {message}").format(column=error.column, message=reason)
        texts.setdefault(error.row or header_row, []).append(reason)
    return {row: "\n".join(lines) for row, lines in texts.items()}


def _write_text(cell: Any, text: str) -> None:
    """A text that starts with ``=`` stays a text: it repeats what somebody typed."""
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = True
