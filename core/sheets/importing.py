"""Importing a workbook: formal and use-case errors in one run, and all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import AppError, EnvironmentFault, FieldError, InputError
from core.i18n import N_
from core.messages import register
from core.sheets.reading import CellError, HeaderChoice, Row, Workbook, cell_error, read_workbook
from core.sheets.spec import ImportKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

register(
    {
        "sheets.nothing": N_("The workbook has no rows yet; nothing was imported."),
        "sheets.unknown_reference": N_("There is no row “{value}” in the sheet “{sheet}”."),
        "sheets.twice": N_("“{value}” is already in row {row}."),
    }
)


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Attributes:
        kind: key of the import kind.
        path: the file.
        rows: rows that are not blank.
        accepted: rows without an error.
        rejected: rows with an error.
        errors: every error; with one, nothing was imported.
        warnings: what looks odd in rows that are accepted all the same.
        created: kind and id of what the use case made, as it noted them; empty unless imported.
        imported: whether the rows are in the database (False for a dry run, too).
        dry_run: whether this was only a trial.
        ignored: headers that were not used, by sheet.
    """

    kind: str
    path: Path
    rows: int
    accepted: int
    rejected: int
    errors: tuple[CellError, ...] = ()
    warnings: tuple[CellError, ...] = ()
    created: tuple[tuple[str, int], ...] = ()
    imported: bool = False
    dry_run: bool = False
    ignored: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether the workbook had no rows, like an untouched template: not an import."""
        return self.rows == 0 and not self.errors


@dataclass
class Import:
    """What the use case gets: the rows, and a guard that turns its refusals into row errors.

    Attributes:
        session: the write session.
        book: the workbook as read.
        created: the use case notes kind and id of each record it makes here.
        warnings: filled by `warn`.
    """

    session: Session
    book: Workbook
    created: list[tuple[str, int]] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)

    def rows(self, sheet: str) -> list[Row]:
        """The rows of a sheet whose cells could all be read."""
        return [row for row in self.book.rows(sheet) if row.ok]

    @contextmanager
    def row(self, row: Row) -> Iterator[None]:
        """Run the use case of one row; what it refuses is noted at the row and undone.

        Fields of an `InputError` that are column keys mark their cell. Faults of the machine
        (disk, lock) are not the row's and pass through.
        """
        try:
            with self.session.begin_nested():
                yield
        except EnvironmentFault:
            raise
        except AppError as error:
            self.refuse(row, error)

    def refuse(self, row: Row, error: AppError) -> None:
        """Note an error at a row: nothing will be imported."""
        row.errors.extend(self._at(row, error))

    def warn(self, row: Row, error: AppError) -> None:
        """Note something odd at a row, for a person to look at; the row is imported."""
        self.warnings.extend(self._at(row, error))

    def _at(self, row: Row, error: AppError) -> Iterator[CellError]:
        sheet = self.book.sheets[row.sheet]
        fields = error.fields if isinstance(error, InputError) else ()
        for wrong in fields or (FieldError("", error.code, error.params),):
            header = next((c.header for c in sheet.spec.columns if c.key == wrong.field), "")
            yield cell_error(row, sheet.title, header, wrong)

    def unique(self, sheet: str, key: str) -> None:
        """Note every row whose `key` an earlier row has already."""
        seen: dict[str, int] = {}
        for row in self.book.rows(sheet):
            text = row.texts.get(key, "").strip()
            if not text:
                continue
            if text in seen:
                error = InputError.of(key, "sheets.twice", value=text, row=seen[text])
                self.refuse(row, error)
            seen.setdefault(text, row.number)

    def reference(self, sheet: str, key: str, target: str, target_key: str) -> None:
        """Note every row of `sheet` whose `key` names no row of the sheet `target`."""
        known = {row.texts.get(target_key, "").strip() for row in self.book.rows(target)}
        for row in self.book.rows(sheet):
            text = row.texts.get(key, "").strip()
            if text and text not in known:
                error = InputError.of(key, "sheets.unknown_reference", value=text, sheet=target)
                self.refuse(row, error)


def _apply(importing: Import, apply: Callable[[Import], None], *, dry_run: bool) -> bool:
    """Run the use case in a savepoint; True if what it did was kept."""
    try:
        with importing.session.begin_nested():
            apply(importing)
            importing.session.flush()
            if dry_run or importing.book.all_errors:
                _undo()
    except _Undone:
        importing.session.expire_all()
        return False
    return True


class _Undone(Exception):
    """Nothing is wrong; what the use case did is not wanted."""


def _undo() -> None:
    raise _Undone


def import_file(
    session: Session,
    kind: ImportKind,
    path: Path,
    apply: Callable[[Import], None],
    *,
    mapping: HeaderChoice | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Read a workbook and hand its rows to a use case.

    The use case runs even when cells are wrong, on the rows that are right, so that a clerk sees
    everything at once; with any error, and in a dry run, all of it is rolled back.

    Args:
        session: a write session; the caller's transaction stays as it was when nothing is kept.
        kind: what the workbook should contain.
        path: the .xlsx file.
        apply: the use case; wraps each row in `Import.row`.
        mapping: headers chosen by a person.
        dry_run: try everything and keep nothing.

    Raises:
        InputError: field ``"file"``; the file as a whole cannot be read.
    """
    book = read_workbook(kind, path, mapping)
    importing = Import(session, book)
    keep = bool(book.row_count) and _apply(importing, apply, dry_run=dry_run)
    errors = tuple(book.all_errors)
    rejected = sum(not row.ok for sheet in book.sheets.values() for row in sheet.rows)
    return ImportReport(
        kind=kind.key,
        path=path,
        rows=book.row_count,
        accepted=book.row_count - rejected,
        rejected=rejected,
        errors=errors,
        warnings=tuple(importing.warnings),
        created=tuple(importing.created) if keep else (),
        imported=keep,
        dry_run=dry_run,
        ignored={name: sheet.ignored for name, sheet in book.sheets.items() if sheet.ignored},
    )
