"""Reading a workbook: which sheets and columns it has, and every cell as a typed value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core import messages
from core.errors import FieldError, InputError
from core.i18n import N_
from core.messages import register
from core.sheets.cells import Cell, is_blank, read_cell, shown
from core.sheets.package import check_package, find_flaws, readable, sheet_files
from core.sheets.spec import (
    HELP_SHEET,
    ImportKind,
    SheetColumn,
    SheetSpec,
    header_names,
    normal_header,
)

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

register(
    {
        "sheets.sheet_missing": N_("The workbook has no sheet “{sheet}”; it has: {found}."),
        "sheets.column_missing": N_(
            "The sheet has no column “{header}”; its first row has: {found}."
        ),
        "sheets.column_twice": N_("The sheet has the column “{header}” twice."),
        "sheets.too_many_rows": N_(
            "The sheet has {count} rows; at most {limit} can be loaded at once."
        ),
        "sheets.too_wide": N_(
            "The sheet uses {count} columns; clear what is outside of the table."
        ),
    }
)

#: A title and remarks may stand above the headers.
_HEADER_ROWS = 10
_MAX_COLUMNS = 500


@dataclass(frozen=True)
class CellError:
    """What is wrong where.

    Attributes:
        sheet: name of the sheet in the file.
        row: row number as the spreadsheet shows it; 0 for the sheet as a whole.
        column: header of the column; empty for the row as a whole.
        value: what the cell shows. May be personal: for the screen, never for a log.
        code: message code.
        params: facts for the sentence.
    """

    sheet: str
    row: int
    column: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The reason, in the language of the screen."""
        return messages.sentence(self.code, self.params)


@dataclass
class Row:
    """One row.

    Attributes:
        sheet: name of the sheet in the specification.
        number: row number as the spreadsheet shows it.
        values: typed values by column key; a wrong cell has none.
        texts: every cell as a person sees it, by column key.
        errors: what is wrong in it.
    """

    sheet: str
    number: int
    values: dict[str, object]
    texts: dict[str, str]
    errors: list[CellError] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every cell could be read."""
        return not self.errors


@dataclass
class ReadSheet:
    """One sheet of a workbook.

    Attributes:
        spec: what it should look like.
        title: its name in the file.
        header_row: row number of the headers.
        columns: spreadsheet column number (from 1) by column key.
        rows: the rows that are not blank.
        ignored: headers that belong to no column.
    """

    spec: SheetSpec
    title: str
    header_row: int
    columns: Mapping[str, int]
    rows: list[Row]
    ignored: tuple[str, ...] = ()


@dataclass
class Workbook:
    """A workbook as read. `errors` are those of the file as a whole and of its sheets."""

    kind: ImportKind
    path: Path
    sheets: dict[str, ReadSheet]
    errors: list[CellError] = field(default_factory=list)

    def rows(self, sheet: str) -> list[Row]:
        """The rows of a sheet of the specification; none where an optional sheet is missing."""
        found = self.sheets.get(sheet)
        return found.rows if found else []

    @property
    def all_errors(self) -> list[CellError]:
        """Every error, in the order of sheets and rows."""
        rows = [row for sheet in self.sheets.values() for row in sheet.rows]
        return self.errors + [error for row in rows for error in row.errors]

    @property
    def row_count(self) -> int:
        """How many rows are not blank."""
        return sum(len(sheet.rows) for sheet in self.sheets.values())

    def has(self, sheet: str, key: str, text: str) -> bool:
        """Whether any row, wrong ones included, shows `text` in a column.

        A row that refers to a row with another error must not be reported as lost.
        """
        return any(row.texts.get(key, "").strip() == text.strip() for row in self.rows(sheet))


#: Headers chosen by a person: sheet name of the specification -> column key -> header in the file.
HeaderChoice = Mapping[str, Mapping[str, str]]


def read_workbook(kind: ImportKind, path: Path, mapping: HeaderChoice | None = None) -> Workbook:
    """Read a workbook; columns are found by their headers, in any order.

    Args:
        kind: what it should contain.
        path: the .xlsx file.
        mapping: headers chosen by a person, where they differ from the specification.

    Raises:
        InputError: field ``"file"``; the file as a whole cannot be read (damaged, encrypted, too
            large, another format, macros, formulas without results).
    """
    book = _open(path)
    workbook = Workbook(kind, path, {})
    with readable(path):
        files = dict(sheet_files(path))
    for spec in kind.sheets:
        title = _find_sheet(kind, spec, book)
        if title is None:
            if not spec.optional:
                found = "、".join(book.sheet_names)
                workbook.errors.append(
                    CellError(spec.name, 0, "", "", "sheets.sheet_missing",
                              {"sheet": spec.name, "found": found})
                )  # fmt: skip
            continue
        failed = _flaws(path, title, files)
        with readable(path):
            sheet = book.get_sheet_by_name(title)
        _read_sheet(workbook, spec, (sheet, failed), (mapping or {}).get(spec.name, {}))
    return workbook


@dataclass(frozen=True)
class SheetHeaders:
    """For a person who maps columns: the headers of one sheet, and what was recognised.

    Attributes:
        spec: what the sheet should look like.
        title: the sheet's name in the file, or None if it has none.
        headers: texts of its header row, in order.
        proposed: header by column key, where recognised.
    """

    spec: SheetSpec
    title: str | None
    headers: tuple[str, ...]
    proposed: Mapping[str, str]


def read_headers(kind: ImportKind, path: Path) -> list[SheetHeaders]:
    """The headers of every sheet, to be mapped by a person. Raises as `read_workbook`."""
    book = _open(path)
    found = []
    for spec in kind.sheets:
        title = _find_sheet(kind, spec, book)
        if title is None:
            found.append(SheetHeaders(spec, None, (), {}))
            continue
        with readable(path):
            sheet = book.get_sheet_by_name(title)
            cells = [list(row) for row in sheet.to_python(skip_empty_area=True, nrows=_HEADER_ROWS)]
        row = cells[_header_row(spec, cells, {})] if cells else []
        texts = [shown(cell).strip() for cell in row]
        at = _columns(spec, texts, {})
        proposed = {key: texts[place] for key, place in at.items()}
        found.append(SheetHeaders(spec, title, tuple(text for text in texts if text), proposed))
    return found


def _open(path: Path) -> CalamineWorkbook:
    from python_calamine import load_workbook

    check_package(path)
    with readable(path):
        return load_workbook(path)


def _find_sheet(kind: ImportKind, spec: SheetSpec, book: CalamineWorkbook) -> str | None:
    for name in book.sheet_names:
        if normal_header(name) == normal_header(spec.name):
            return name
    others = [name for name in book.sheet_names if name.strip() != HELP_SHEET]
    # A workbook of one sheet is meant whatever its sheet is called ("Sheet1").
    return others[0] if len(kind.sheets) == 1 and len(others) == 1 else None


def _flaws(path: Path, title: str, files: Mapping[str, str]) -> Mapping[str, str]:
    """The cells of a sheet that show an error; refuses formulas without results."""
    if title not in files:
        return {}
    with readable(path):
        flaws = find_flaws(path, files[title])
    if flaws.formula:
        raise InputError.of(
            "file", "sheets.formulas", name=path.name, sheet=title, cell=flaws.formula
        )
    return flaws.failed


def _read_sheet(
    workbook: Workbook,
    spec: SheetSpec,
    source: tuple[CalamineSheet, Mapping[str, str]],
    chosen: Mapping[str, str],
) -> None:
    sheet, failed = source
    title, limit = sheet.name, workbook.kind.max_rows
    if sheet.width > _MAX_COLUMNS:
        workbook.errors.append(_of_sheet(title, "too_wide", count=sheet.width))
        return
    if sheet.height > limit + _HEADER_ROWS:
        flaw = _of_sheet(title, "too_many_rows", count=sheet.height, limit=limit)
        workbook.errors.append(flaw)
        return
    cells = _cells(workbook.path, sheet, failed)
    top, left = sheet.start or (0, 0)
    at_row = _header_row(spec, cells, chosen)
    texts = [shown(cell).strip() for cell in cells[at_row]] if cells else []
    at = _columns(spec, texts, chosen)
    workbook.errors.extend(_header_errors(spec, title, texts, chosen))
    known = set(at.values())
    ignored = tuple(text for place, text in enumerate(texts) if text and place not in known)
    rows = [] if _lacks_columns(spec, at) else _rows(spec, title, (cells, at_row, top), at)
    places = {key: place + left + 1 for key, place in at.items()}
    workbook.sheets[spec.name] = ReadSheet(spec, title, top + at_row + 1, places, rows, ignored)


def _of_sheet(title: str, code: str, column: str = "", **facts: object) -> CellError:
    return CellError(title, 0, column, "", f"sheets.{code}", facts)


def _header_errors(
    spec: SheetSpec, title: str, texts: Sequence[str], chosen: Mapping[str, str]
) -> Iterator[CellError]:
    found = "、".join(text for text in texts if text)
    for column in spec.columns:
        wanted = _wanted(column, chosen)
        count = sum(normal_header(text) in wanted for text in texts if text)
        if count > 1:
            yield _of_sheet(title, "column_twice", column.header, header=column.header)
        if column.required and not count:
            yield _of_sheet(
                title, "column_missing", column.header, header=column.header, found=found
            )


def _lacks_columns(spec: SheetSpec, at: Mapping[str, int]) -> bool:
    return any(column.required and column.key not in at for column in spec.columns)


def _cells(path: Path, sheet: CalamineSheet, failed: Mapping[str, str]) -> Sequence[Sequence[Cell]]:
    with readable(path):
        cells: list[list[Cell]] = list(map(_cells_of, sheet.to_python(skip_empty_area=True)))
    top, left = sheet.start or (0, 0)
    for reference, text in failed.items():
        row, column = _position(reference)
        if 0 <= row - top < len(cells) and 0 <= column - left < len(cells[row - top]):
            cells[row - top][column - left] = text
    return cells


def _cells_of(row: Sequence[Cell]) -> list[Cell]:
    return list(row)


def _position(reference: str) -> tuple[int, int]:
    """Row and column of a cell like AB12, from 0."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1


def _wanted(column: SheetColumn, chosen: Mapping[str, str]) -> set[str]:
    return {normal_header(chosen[column.key])} if column.key in chosen else header_names(column)


def _header_row(spec: SheetSpec, cells: Sequence[Sequence[Cell]], chosen: Mapping[str, str]) -> int:
    """The row, among the first ten, that has most of the expected headers."""
    scores = [
        len(_columns(spec, [shown(cell).strip() for cell in row], chosen))
        for row in cells[:_HEADER_ROWS]
    ]
    return scores.index(max(scores)) if scores else 0


def _columns(spec: SheetSpec, texts: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    at: dict[str, int] = {}
    for column in spec.columns:
        wanted = _wanted(column, chosen)
        for place, text in enumerate(texts):
            if text and normal_header(text) in wanted:
                at[column.key] = place
                break
    return at


def _rows(
    spec: SheetSpec,
    title: str,
    table: tuple[Sequence[Sequence[Cell]], int, int],
    at: Mapping[str, int],
) -> list[Row]:
    cells, at_row, top = table
    rows = []
    for offset, line in enumerate(cells[at_row + 1 :], start=at_row + 1):
        if all(is_blank(line[place]) for place in at.values()):
            continue
        rows.append(_row(spec, title, top + offset + 1, {key: line[p] for key, p in at.items()}))
    return rows


def _row(spec: SheetSpec, title: str, number: int, cells: Mapping[str, Cell]) -> Row:
    row = Row(spec.name, number, {}, {key: shown(cell) for key, cell in cells.items()})
    for column in spec.columns:
        if column.key not in cells:
            row.values[column.key] = None
            continue
        try:
            row.values[column.key] = read_cell(column, cells[column.key])
        except InputError as error:
            row.errors.append(cell_error(row, title, column.header, error.fields[0]))
    return row


def cell_error(row: Row, title: str, header: str, wrong: FieldError) -> CellError:
    """An error at one cell of a row (or at the row, where `header` is empty)."""
    value = row.texts.get(wrong.field, "")
    return CellError(title, row.number, header, value, wrong.code, wrong.params)
