"""Overlay printing: only data, at the places of the signed paper, moved as the printer needs it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from core.database import Database
from core.documents import batch, overlay, qr, service, stock
from core.documents.batch_model import ItemState
from core.documents.model import DocumentPrint
from core.documents.printers import Calibration
from core.documents.service import DocumentSummary, Work
from core.documents.sign import Signer
from core.errors import InputError, RuleViolation
from tests import papers

Run = Callable[..., str]
Words = dict[str, tuple[float, float]]


def issue(database: Database, signer: Signer, kind: str = "certificate") -> DocumentSummary:
    facts = papers.certificate() if kind == "certificate" else papers.LETTER
    with database.write() as session:
        paper = service.prepare(
            session, kind=kind, record_kind="application", record_id=7, facts=facts
        )
    (issued,) = service.issue_pending(database, signer)
    assert issued.fault is None
    return paper


def words(run: Run, data: bytes, folder: Path) -> Words:
    """First place of every word of page one, in mm from the upper left corner."""
    path = folder / "print.pdf"
    path.write_bytes(data)
    page = run("pdftotext", "-bbox", "-l", "1", path, "-")
    found: Words = {}
    for x, y, word in re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]+)</word>', page):
        found.setdefault(word, (float(x) / 72 * 25.4, float(y) / 72 * 25.4))
    return found


def taken(database: Database, document_id: int) -> Work:
    with database.read() as session:
        return service.work(session, document_id)


def test_that_data_stands_where_the_signed_paper_has_it_and_nothing_else(
    sqlite_database: Database, signer: Signer, run: Run, tmp_path: Path
) -> None:
    paper = issue(sqlite_database, signer)
    with sqlite_database.read() as session:
        signed = words(run, service.bytes_of(session, paper.id), tmp_path)
    data = overlay.draw(taken(sqlite_database, paper.id), Calibration())
    printed = words(run, data, tmp_path)
    assert printed
    for word, place in printed.items():
        assert place == pytest.approx(signed[word], abs=0.05), word
    text = "".join(printed)
    assert "5,195.54" in text
    assert papers.NUMBER in text
    for label in ("权利人", "林业碳汇权证", "登记机构", "扫码核验", "备案机关"):
        assert any(label in word for word in signed), label
        assert not any(word.startswith(label) for word in printed), label
    assert "/ByteRange" not in data.decode("latin-1")


def test_that_the_calibration_moves_every_word(
    sqlite_database: Database, signer: Signer, run: Run, tmp_path: Path
) -> None:
    work = taken(sqlite_database, issue(sqlite_database, signer).id)
    plain = words(run, overlay.draw(work, Calibration()), tmp_path)
    moved = words(run, overlay.draw(work, Calibration(1.5, -0.8, 1.002, 0.998, 0.0)), tmp_path)
    assert plain.keys() == moved.keys()
    for word, (x, y) in plain.items():
        assert moved[word] == pytest.approx((x * 1.002 + 1.5, y * 0.998 - 0.8), abs=0.1), word


def test_that_the_printed_code_is_the_offices_own(
    sqlite_database: Database, signer: Signer, run: Run, tmp_path: Path
) -> None:
    assert signer.qr is not None
    work = taken(sqlite_database, issue(sqlite_database, signer).id)
    path = tmp_path / "data.pdf"
    path.write_bytes(overlay.draw(work, Calibration(), signer.qr))
    run("pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", path, tmp_path / "data")
    (code,) = zxingcpp.read_barcodes(Image.open(tmp_path / "data.png"))
    found = qr.decode(code.text, (signer.qr.public,))
    assert found.trusted
    assert found.facts.number == papers.NUMBER


def test_that_a_letter_is_not_printed_on_sheets(sqlite_database: Database, signer: Signer) -> None:
    work = taken(sqlite_database, issue(sqlite_database, signer, "acceptance").id)
    with pytest.raises(RuleViolation) as caught:
        overlay.draw(work, Calibration())
    assert caught.value.code == "overlay.nothing"


def test_that_the_calibration_sheet_has_its_marks_at_their_places(run: Run, tmp_path: Path) -> None:
    data = overlay.calibration_sheet("HP 2035", "纸盒2", papers.NOW, Calibration())
    path = tmp_path / "calibration.pdf"
    path.write_bytes(data)
    run("qpdf", "--check", path)
    run("pdftoppm", "-r", "254", "-gray", "-png", "-singlefile", path, tmp_path / "calibration")
    picture = Image.open(tmp_path / "calibration.png").convert("L")
    for x, y in ((20, 20), (190, 20), (20, 277)):
        around = [picture.getpixel((x * 10 + dx, y * 10 + dy)) for dx in (-1, 0) for dy in (-1, 0)]
        assert min(around) < 80
        assert picture.getpixel((x * 10 + 12, y * 10 + 12)) > 200


# --- batches -----------------------------------------------------------------------------------


def test_that_a_batch_goes_on_after_a_jam(database: Database, signer: Signer) -> None:
    ids = [issue(database, signer, "acceptance").id for _ in range(5)]
    order = [ids[2], ids[0], ids[4], ids[1], ids[3]]
    with database.write() as session:
        run = batch.start(session, order, ("HP 2035", "纸盒 2"))
        for one in run.sheets:
            batch.sent(session, run.id, one.position)
    with database.write() as session:
        left = batch.came_out(session, run.id, 3)
        assert [one.document_id for one in left.rest] == order[3:]
        assert {one.state for one in left.rest} == {ItemState.WAITING}
        assert batch.open_runs(session) == [run.id]
    with database.write() as session:
        batch.came_out(session, run.id, 3)  # asked twice, logged once
        with pytest.raises(InputError):
            batch.came_out(session, run.id, 2)
        assert batch.data_of(session, run.id, order[3], Calibration()) == service.bytes_of(
            session, order[3]
        )
        assert batch.came_out(session, run.id, 5).rest == ()
        assert batch.open_runs(session) == []
        log = session.scalars(select(DocumentPrint).order_by(DocumentPrint.id)).all()
        assert [row.document_id for row in log] == order
        assert {(row.printer, row.tray) for row in log} == {("HP 2035", "纸盒 2")}
        assert {row.by for row in log} == {database.actor.account_id}


def test_that_what_is_not_signed_or_void_is_not_printed(
    sqlite_database: Database, signer: Signer
) -> None:
    paper = issue(sqlite_database, signer, "acceptance")
    with sqlite_database.write() as session:
        waiting = service.void(session, paper.id, "错印")
        for document_id, code in ((waiting.id, "documents.not_issued"), (paper.id, "batch.void")):
            with pytest.raises(RuleViolation) as caught:
                batch.start(session, [document_id], ("HP", ""))
            assert caught.value.code == code


def test_that_the_print_log_names_the_sheet_of_an_overlay(
    sqlite_database: Database, signer: Signer
) -> None:
    paper = issue(sqlite_database, signer)
    with sqlite_database.write() as session:
        stock.receive(session, stock.CERTIFICATE, stock.Sheets.parse("YZ01", "YZ09"))
        stock.use(session, stock.CERTIFICATE, "YZ04", ("application", 7))
        run = batch.start(session, [paper.id], ("HP", "2"), on_sheets=True)
        assert [one.serial for one in run.sheets] == ["YZ04"]
        assert b"/ByteRange" not in batch.data_of(session, run.id, paper.id, Calibration())
        batch.came_out(session, run.id, 1)
        (row,) = session.scalars(select(DocumentPrint))
        assert (row.sheet_serial, row.purpose) == ("YZ04", batch.OVERLAY)
