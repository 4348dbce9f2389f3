"""Parting a workbook: the cases that can be imported, and those to be corrected first.

A case may spread over several sheets (an application, its holders, its parcels); with one wrong
row the whole case stays behind, or half of it would be imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from core.sheets.files import replacing
from core.sheets.importing import ImportReport
from core.sheets.marking import write_errors
from core.sheets.reading import HeaderChoice, Workbook, read_workbook
from core.sheets.spec import ImportKind

#: Sheet -> key of the column that says which case a row belongs to.
CaseColumns = Mapping[str, str]


def wrong_cases(book: Workbook, report: ImportReport, cases: CaseColumns) -> dict[str, set[int]]:
    """Rows, by sheet of the specification, that belong to a case with an error."""
    titles = {sheet.title: name for name, sheet in book.sheets.items()}
    bad_rows = {(titles.get(error.sheet, error.sheet), error.row) for error in report.errors}
    bad_cases = {
        row.texts.get(cases[name], "").strip()
        for name in book.sheets
        if name in cases
        for row in book.rows(name)
        if (name, row.number) in bad_rows
    }
    return {
        name: {
            row.number
            for row in book.rows(name)
            if (name, row.number) in bad_rows
            or (name in cases and row.texts.get(cases[name], "").strip() in bad_cases)
        }
        for name in book.sheets
    }


def split(
    kind: ImportKind,
    report: ImportReport,
    files: tuple[Path, Path],
    cases: CaseColumns | None = None,
    mapping: HeaderChoice | None = None,
) -> int:
    """Write two workbooks: what can be imported, and what is to be corrected, marked.

    Args:
        kind: what the workbook contains.
        report: the errors of a trial run.
        files: the good one and the one with the errors.
        cases: which column names the case, for workbooks of several sheets.
        mapping: headers chosen by a person.

    Returns:
        How many rows the good workbook has.

    Raises:
        EnvironmentFault: a file cannot be written.
    """
    good, bad = files
    book = read_workbook(kind, report.path, mapping)
    wrong = wrong_cases(book, report, cases or {})
    right = {name: {row.number for row in book.rows(name)} - wrong[name] for name in book.sheets}
    _without(report.path, good, book, wrong)
    marked = replace(report, errors=report.errors)
    with replacing(bad) as temporary:
        write_errors(report.path, marked, temporary)
        _without(temporary, temporary, book, right)
    return sum(len(rows) for rows in right.values())


def _without(source: Path, target: Path, book: Workbook, rows: Mapping[str, set[int]]) -> None:
    """Copy a workbook without some rows, from the last to the first: numbers above stay true."""
    from openpyxl import load_workbook

    workbook = load_workbook(source, rich_text=True)
    for name, numbers in rows.items():
        sheet = workbook[book.sheets[name].title]
        for number in sorted(numbers, reverse=True):
            sheet.delete_rows(number)
    with replacing(target) as temporary:
        workbook.save(temporary)
