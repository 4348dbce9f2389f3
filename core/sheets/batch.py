"""Remembering what an import made, so that the whole of it can be taken back.

An import may be undone while nothing depends on what it made: then its records are removed, all
or none. The batch itself, the audit log and the histories stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import ForeignKey, UniqueConstraint, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import china_date
from core.database import actor, now, require
from core.errors import InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.sheets.importing import Import, ImportReport, import_file
from core.sheets.reading import HeaderChoice
from core.sheets.spec import ImportKind
from db.base import Base
from db.types import intpk

register(
    {
        "sheets.batch_undone": N_("This import was already undone."),
        "sheets.in_use": N_(
            "The import cannot be undone: “{title}” is used by another record. Nothing was removed."
        ),
        "sheets.changed_since": N_(
            "The import cannot be undone: “{title}” was changed after it. Nothing was removed."
        ),
        "sheets.imported_before": N_(
            "This very workbook was imported on {day} by {by} (import {batch}); importing it again "
            "makes everything twice. Undo that import first, or say that you mean it (--again)."
        ),
        "sheets.undo_reason": N_("Say why the import is undone."),
    }
)


class ImportBatch(Base):
    """One workbook that was imported; `undone_at` is None while its records stand."""

    __tablename__ = "import_batch"
    __table_args__ = ({"info": {"audited": True}},)

    id: Mapped[intpk]
    kind: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    rows: Mapped[int]
    imported_by: Mapped[str]
    imported_at: Mapped[datetime]
    undone_by: Mapped[str] = mapped_column(default="")
    undone_at: Mapped[datetime | None]
    undo_reason: Mapped[str] = mapped_column(default="")


class ImportedRecord(Base):
    """A record that a batch made."""

    __tablename__ = "import_record"
    __table_args__ = (
        UniqueConstraint("record_kind", "record_id"),
        {"info": {"audited": True, "append_only": True, "root": ("import_batch", "batch_id")}},
    )

    id: Mapped[intpk]
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), index=True)
    record_kind: Mapped[str]
    record_id: Mapped[int]


@dataclass(frozen=True, kw_only=True)
class Importer:
    """One kind of import with everything that belongs to it.

    Attributes:
        kind: what the workbook looks like.
        apply: the use case; notes in `Import.created` what it makes.
        remove: takes one record back, or raises RuleViolation; `{kind: function}`.
        permission: who may import and undo.
    """

    kind: ImportKind
    apply: Callable[[Import], None]
    remove: dict[str, Callable[[Session, int], None]]
    permission: str


@dataclass(frozen=True, kw_only=True)
class BatchSummary:
    """An import that was made."""

    id: int
    kind: str
    filename: str
    rows: int
    records: int
    imported_by: str
    imported_at: datetime
    undone_by: str
    undone_at: datetime | None


def run_import(
    session: Session,
    importer: Importer,
    path: Path,
    *,
    mapping: HeaderChoice | None = None,
    dry_run: bool = False,
    again: bool = False,
) -> tuple[ImportReport, int | None]:
    """Import a workbook and remember what it made.

    With `again` also one that was imported before, and not undone since.

    Returns:
        The report, and the id of the batch (None when nothing was kept).

    Raises:
        NotPermitted: without the importer's permission.
        InputError: field ``file``; the workbook as a whole cannot be read.
        RuleViolation: the same file was imported before.
    """
    require(session, importer.permission)
    before = None if dry_run or again else imported_before(session, importer.kind.key, path)
    if before is not None:
        raise RuleViolation("sheets.imported_before", **twin_facts(before))
    report = import_file(
        session, importer.kind, path, importer.apply, mapping=mapping, dry_run=dry_run
    )
    if not report.imported:
        return report, None
    batch = ImportBatch(
        kind=importer.kind.key,
        filename=path.name,
        sha256=sha256(path.read_bytes()).hexdigest(),
        rows=report.rows,
        imported_by=actor(session).name,
        imported_at=now(session),
    )
    session.add(batch)
    session.flush()
    # What the records say is in the log line by line; that they are of one batch needs no more.
    made = [
        {"batch_id": batch.id, "record_kind": kind, "record_id": record_id}
        for kind, record_id in report.created
    ]
    if made:
        session.execute(insert(ImportedRecord), made)
    return report, batch.id


def imported_before(session: Session, kind: str, path: Path) -> BatchSummary | None:
    """The last import of this very file that still stands; None too for a file not to be read."""
    if not path.is_file():
        return None
    digest = sha256(path.read_bytes()).hexdigest()
    query = select(ImportBatch).where(
        ImportBatch.kind == kind, ImportBatch.sha256 == digest, ImportBatch.undone_at.is_(None)
    )
    found = session.scalars(query.order_by(ImportBatch.id.desc()).limit(1)).first()
    return _summary(found, 0) if found is not None else None


def twin_facts(batch: BatchSummary) -> dict[str, object]:
    """When and by whom a file was imported, for sentences."""
    day = china_date(batch.imported_at).isoformat()
    return {"day": day, "by": batch.imported_by, "batch": batch.id}


def _summary(batch: ImportBatch, records: int) -> BatchSummary:
    return BatchSummary(
        id=batch.id,
        kind=batch.kind,
        filename=batch.filename,
        rows=batch.rows,
        records=records,
        imported_by=batch.imported_by,
        imported_at=batch.imported_at,
        undone_by=batch.undone_by,
        undone_at=batch.undone_at,
    )


def batches(session: Session, kind: str = "") -> list[BatchSummary]:
    """Imports that were made, the newest first."""
    query = select(ImportBatch).order_by(ImportBatch.id.desc())
    if kind:
        query = query.where(ImportBatch.kind == kind)
    counts = select(ImportedRecord.batch_id, func.count()).group_by(ImportedRecord.batch_id)
    counted = {row[0]: row[1] for row in session.execute(counts)}
    return [_summary(batch, counted.get(batch.id, 0)) for batch in session.scalars(query)]


def undo_import(session: Session, importers: Sequence[Importer], batch_id: int, reason: str) -> int:
    """Take back everything an import made, or nothing.

    Returns:
        How many records were removed.

    Raises:
        NotFound: no such import.
        NotPermitted: without the importer's permission.
        InputError: no reason.
        RuleViolation: already undone, or something depends on a record or changed it.
    """
    batch = session.get(ImportBatch, batch_id)
    importer = next((one for one in importers if batch and one.kind.key == batch.kind), None)
    if batch is None or importer is None:
        raise NotFound("record.not_found")
    require(session, importer.permission)
    if batch.undone_at is not None:
        raise RuleViolation("sheets.batch_undone")
    if not reason.strip():
        raise InputError.of("reason", "sheets.undo_reason")
    query = select(ImportedRecord).where(ImportedRecord.batch_id == batch_id)
    records = session.scalars(query.order_by(ImportedRecord.id.desc())).all()
    for record in records:
        importer.remove[record.record_kind](session, record.record_id)
    batch.undone_by = actor(session).name
    batch.undone_at = now(session)
    batch.undo_reason = reason.strip()
    session.flush()
    return len(records)


def delete_unused(session: Session, row: object, title: str) -> None:
    """Delete a row that nothing refers to.

    Raises:
        RuleViolation: another record refers to it.
    """
    try:
        with session.begin_nested():
            session.delete(row)
    except IntegrityError as error:
        raise RuleViolation("sheets.in_use", title=title) from error
