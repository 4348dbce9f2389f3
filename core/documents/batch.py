"""Printing many papers in a chosen order, and going on after a jam.

A run knows what was handed to the printer. Only a person knows what came out of it: after sending,
the program asks up to which sheet, logs those, and the rest waits to be sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database import actor, now
from core.documents import overlay, service, stock
from core.documents.batch_model import ItemState, PrintItem, PrintRun
from core.documents.model import Document, DocumentState
from core.documents.printers import Calibration
from core.documents.qr import QrKey
from core.documents.stock_model import SheetState
from core.errors import InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register

PURPOSE = "printed"
OVERLAY = "overlay"


@dataclass(frozen=True)
class Sheet:
    """One paper of a run: its place from 1, what it is, and the numbered sheet it goes on."""

    position: int
    document_id: int
    title: str
    number: str
    serial: str
    state: ItemState


@dataclass(frozen=True)
class Run:
    """A run as pages show it; `next` is the first paper still to come out, 0 when all are out."""

    id: int
    printer: str
    tray: str
    overlay: bool
    sheets: tuple[Sheet, ...]

    @property
    def rest(self) -> tuple[Sheet, ...]:
        """What has not come out yet, in order."""
        return tuple(one for one in self.sheets if one.state is not ItemState.OUT)


def start(
    session: Session, ids: Sequence[int], where: tuple[str, str], *, on_sheets: bool = False
) -> Run:
    """Begin a run of issued papers in this order; `where` is printer and tray.

    `on_sheets` prints data only, on pre-printed sheets.

    Raises:
        InputError: no paper, one twice, or no printer.
        RuleViolation: a paper is not signed, is void, or has nothing to print on a sheet.
    """
    if not ids or len(set(ids)) != len(ids):
        raise InputError.of("papers", "batch.papers")
    if not where[0].strip():
        raise InputError.of("printer", "batch.printer")
    for document_id in ids:
        _require_printable(session, document_id, on_sheets=on_sheets)
    run = PrintRun(
        at=now(session),
        by=actor(session).account_id,
        printer=where[0],
        tray=where[1],
        overlay=on_sheets,
    )
    session.add(run)
    session.flush()
    session.add_all(
        PrintItem(run_id=run.id, position=n, document_id=each, state=ItemState.WAITING)
        for n, each in enumerate(ids, start=1)
    )
    session.flush()
    return read(session, run.id)


def _require_printable(session: Session, document_id: int, *, on_sheets: bool) -> None:
    paper = service.document(session, document_id)
    if paper.state is DocumentState.TO_SIGN:
        raise RuleViolation("documents.not_issued", number=paper.number or paper.title)
    if paper.state is DocumentState.VOID:
        raise RuleViolation("batch.void", number=paper.number or paper.title)
    if on_sheets and not overlay.can_overlay(service.work(session, document_id).template):
        raise RuleViolation("overlay.nothing", title=paper.title)


def read(session: Session, run_id: int) -> Run:
    """A run. Raises NotFound."""
    run = session.get(PrintRun, run_id)
    if run is None:
        raise NotFound("record.not_found")
    rows = session.execute(
        select(PrintItem, Document)
        .join(Document, Document.id == PrintItem.document_id)
        .where(PrintItem.run_id == run_id)
        .order_by(PrintItem.position)
    )
    sheets = tuple(
        Sheet(
            item.position,
            paper.id,
            paper.title,
            paper.number,
            serial_of(session, paper.id),
            item.state,
        )
        for item, paper in rows
    )
    return Run(run.id, run.printer, run.tray, run.overlay, sheets)


def open_runs(session: Session) -> list[int]:
    """Runs that have not come out to the end, oldest first."""
    return list(
        session.scalars(
            select(PrintRun.id).where(PrintRun.ended_at.is_(None)).order_by(PrintRun.id)
        )
    )


def serial_of(session: Session, document_id: int) -> str:
    """The numbered sheet a paper goes on: the one its record is bound to, else the one it names."""
    paper = service.document(session, document_id)
    bound = [
        serial
        for serial, state in stock.sheets_of(session, paper.record_kind, paper.record_id)
        if state is SheetState.USED
    ]
    named = str(service.facts_of(session, document_id).get("sheet_serial", ""))
    return named if named in bound or not bound else bound[-1]


def data_of(
    session: Session,
    run_id: int,
    document_id: int,
    calibration: Calibration,
    qr_key: QrKey | None = None,
) -> bytes:
    """The file to print for a paper of a run: as issued, or its data for a pre-printed sheet."""
    run = session.get_one(PrintRun, run_id)
    if not run.overlay:
        return service.bytes_of(session, document_id)
    return overlay.draw(service.work(session, document_id), calibration, qr_key)


def sent(session: Session, run_id: int, position: int) -> None:
    """Note that the printer took a paper; it may be asked for again until it came out."""
    item = _items(session, run_id)[position - 1]
    if item.state is ItemState.WAITING:
        item.state = ItemState.SENT
        session.flush()


def came_out(session: Session, run_id: int, up_to: int) -> Run:
    """Say that everything up to this place lies in the printer's tray; the rest waits again.

    Each paper that came out gets its line in the print log. Saying it twice logs nothing twice.

    Raises:
        InputError: no such place, or one before what came out earlier.
    """
    run = session.get(PrintRun, run_id, with_for_update=True)
    if run is None:
        raise NotFound("record.not_found")
    items = _items(session, run_id)
    already = sum(item.state is ItemState.OUT for item in items)
    if not already <= up_to <= len(items):
        raise InputError.of("up_to", "batch.up_to", least=already, most=len(items))
    for item in items[already:]:
        if item.position > up_to:
            item.state = ItemState.WAITING
            continue
        item.state = ItemState.OUT
        service.log_print(
            session,
            item.document_id,
            OVERLAY if run.overlay else PURPOSE,
            serial_of(session, item.document_id),
            (run.printer, run.tray),
        )
    if up_to == len(items) and run.ended_at is None:
        run.ended_at = now(session)
    session.flush()
    return read(session, run_id)


def _items(session: Session, run_id: int) -> Sequence[PrintItem]:
    return session.scalars(
        select(PrintItem).where(PrintItem.run_id == run_id).order_by(PrintItem.position)
    ).all()


def open_count(session: Session) -> int:
    """How many runs have not come out to the end."""
    return session.scalar(select(func.count()).where(PrintRun.ended_at.is_(None))) or 0


register(
    {
        "batch.papers": N_("Choose the papers to print, each once."),
        "batch.printer": N_("Choose a printer."),
        "batch.void": N_("{number} is void; print its void print instead."),
        "batch.up_to": N_("Give the number of the last sheet that came out, {least} to {most}."),
    }
)
