"""What the dialog that reads a statement knows: the file, its columns, the statements before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core.errors import AppError, InputError
from core.fund.bank_desk import Bank, StatementPreview, banks, looked_at, preview_statement
from core.fund.statements import (
    BANK_STATEMENT,
    StatementSummary,
    import_statement,
    statements,
    undo_statement,
)
from core.i18n import _
from core.sheets.batch import BatchSummary
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context


@dataclass(frozen=True)
class Imported:
    """What was stored."""

    filename: str
    new: int
    known: int


@dataclass(frozen=True)
class StatementState:
    """What the dialog shows.

    Attributes:
        given: what the person mapped.
        wrong: why the file cannot be read.
        earlier: the statements read before.
        undone: how many lines the undoing of one of them removed.
    """

    banks: tuple[Bank, ...] = ()
    path: Path | None = None
    bank: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    preview: StatementPreview | None = None
    wrong: AppError | None = None
    failure: AppError | None = None
    busy: bool = False
    imported: Imported | None = None
    earlier: tuple[BatchSummary, ...] = ()
    undone: int | None = None

    @property
    def shows_earlier(self) -> bool:
        """Whether the statements read before are of more use than the lines of the file."""
        return self.path is None or (self.preview is not None and bool(self.preview.other))


class StatementModel(ViewModel[StatementState]):
    """Looks at the file after every change; stores it once."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, StatementState(), parent)
        self.load()

    def load(self) -> None:
        """Load the banks known and the statements read before."""
        jobs = self.context.jobs
        jobs.read(banks, done=self._on_banks, failed=self._on_failed, key="bank-names")
        jobs.read(
            lambda session: tuple(map(_as_batch, statements(session))),
            done=self._on_earlier,
            failed=self._on_failed,
            key="bank-statements",
        )

    def choose(self, path: Path) -> None:
        """Look at another file."""
        self.change(path=path, given={}, preview=None, wrong=None, failure=None, undone=None)
        self._look()

    def undo(self, statement_id: int, reason: str) -> None:
        """Take a statement that was read back, while none of its lines is settled."""

        def undone(count: int) -> None:
            self.change(busy=False, undone=count)
            self.load()
            self._look()

        self.change(busy=True, failure=None, undone=None)
        self.context.jobs.write(
            lambda session: undo_statement(session, statement_id, reason),
            done=undone,
            failed=self._on_failed,
            key="bank-import",
            title=_("Undo an import"),
        )

    def name_bank(self, name: str) -> None:
        """Say whose statement it is; its remembered columns are used."""
        if name != self.state.bank:
            self.change(bank=name, given={})
            self._look()

    def map_column(self, key: str, header: str) -> None:
        """Say which column a field is; an empty header means that there is none."""
        self.change(given={**self.state.given, key: header})
        self._look()

    def store(self) -> None:
        """Store what is not known yet."""
        state = self.state
        if state.path is None or state.preview is None or state.busy:
            return
        path, bank, given, preview = state.path, state.bank, dict(state.given), state.preview

        def stored(lines: list[int]) -> None:
            made = Imported(path.name, len(lines), len(preview.credits) - len(lines))
            self.change(busy=False, imported=made)

        self.change(busy=True, failure=None)
        self.context.jobs.write(
            lambda session: import_statement(session, bank, path, given),
            done=stored,
            failed=self._on_failed,
            key="bank-import",
            title=_("Reading the statement"),
        )

    # -- private

    def _look(self) -> None:
        state = self.state
        if state.path is None:
            return
        path, bank, given = state.path, state.bank, dict(state.given)

        def look(session: Session) -> tuple[StatementPreview | None, AppError | None]:
            try:
                found = looked_at(session, bank, path, given)
            except InputError as error:
                return None, error
            try:
                return preview_statement(session, bank, path, given), None
            except InputError as error:
                return found, error

        self.context.jobs.read(
            look, done=self._looked, failed=self._on_failed, key="bank-look", latest=True
        )

    def _looked(self, found: tuple[StatementPreview | None, AppError | None]) -> None:
        self.change(preview=found[0], wrong=found[1])

    def _on_banks(self, found: Sequence[Bank]) -> None:
        self.change(banks=tuple(found))
        if len(found) == 1 and not self.state.bank:
            self.name_bank(found[0].name)

    def _on_earlier(self, found: tuple[BatchSummary, ...]) -> None:
        self.change(earlier=found)

    def _on_failed(self, error: AppError) -> None:
        self.change(failure=error, busy=False)


def _as_batch(one: StatementSummary) -> BatchSummary:
    """A statement as the list of earlier imports shows it."""
    return BatchSummary(
        id=one.id,
        kind=BANK_STATEMENT,
        filename=f"{one.filename}　{one.bank}",
        rows=one.credits,
        records=one.lines,
        imported_by=one.imported_by,
        imported_at=one.imported_at,
        undone_by=one.undone_by,
        undone_at=one.undone_at,
    )
