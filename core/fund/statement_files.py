"""The rows of a bank's file: a workbook, or a text of any encoding and separator banks use."""

from __future__ import annotations

import codecs
import csv
import io
from datetime import date, datetime
from pathlib import Path

from core.errors import InputError
from core.i18n import N_
from core.messages import register

register(
    {
        "fund.bank_file": N_("There is no file “{name}”, or it cannot be read."),
        "fund.bank_encoding": N_("“{name}” is neither UTF-8 nor GBK; save it again as UTF-8."),
        "fund.bank_table": N_(
            "“{name}” is no table of comma-separated values; save it as .xlsx and choose that file."
        ),
    }
)

#: Titles may stand above the table: the separator is looked for in as many lines.
_HEAD_LINES = 15
_SEPARATORS = ",\t;"
#: How workbooks (new and old ones) and web pages begin.
_NO_TEXT = (b"PK", b"\xd0\xcf\x11\xe0", b"<")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def rows_of(path: Path) -> list[list[str]]:
    """Every row of a file as texts; what it is is told by its content, not by its name.

    Raises:
        InputError: field `file`; it is not there, no table, too large, protected, damaged.
    """
    from core.sheets.package import check_package

    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError:
        raise InputError.of("file", "fund.bank_file", name=path.name) from None
    if head.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(_NO_TEXT):
        check_package(path)
        return _workbook(path)
    return _text(path)


def _text(path: Path) -> list[list[str]]:
    from core.sheets.package import check_size

    check_size(path)
    text = _decoded(path)
    head = text.split("\n", _HEAD_LINES)[:_HEAD_LINES]
    separator = max(_SEPARATORS, key=lambda one: max(line.count(one) for line in head))
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return list(rows)
    except csv.Error:
        # No table at all, or a quotation mark without its end that would swallow rows.
        raise InputError.of("file", "fund.bank_table", name=path.name) from None


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError:
        raise InputError.of("file", "fund.bank_file", name=path.name) from None
    encodings = ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError.of("file", "fund.bank_encoding", name=path.name)


def _workbook(path: Path) -> list[list[str]]:
    from python_calamine import load_workbook

    from core.sheets.package import readable

    with readable(path):
        book = load_workbook(path)
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(cell: object) -> str:
    from core.sheets.cells import number_text

    match cell:
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float() if abs(cell) >= 1e15:
            # Its last digits are gone: it must not look whole.
            return f"{cell:e}"
        case float() | int():
            return number_text(cell)
        case _:
            return str(cell)
