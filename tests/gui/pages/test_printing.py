"""Printing from the page of papers: a recording spooler takes what a printer would."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog
from sqlalchemy import select

from core.database import Database
from core.documents import batch, keys, printers, service
from core.documents.authority import TestAuthority, create_test_office
from core.documents.model import DocumentPrint
from desktop.pages.documents.page import DocumentsPage
from desktop.parts.calibration import CalibrationDialog
from desktop.parts.print_desk import CameOutDialog
from desktop.parts.printing import PrintDialog
from tests import papers
from tests.databases import NOW
from tests.gui.pages.conftest import Desk

Shown = Callable[[type[DocumentsPage]], DocumentsPage]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the spooler of Linux and macOS")


@pytest.fixture
def issued(tmp_path: Path, sqlite_database: Database) -> list[int]:
    """Three signed letters and a signed certificate."""
    made: TestAuthority = create_test_office(
        tmp_path / "trust", papers.OFFICE, passphrase="x", now=NOW
    )
    with sqlite_database.write() as session:
        keys.pin_authority(session, made, papers.OFFICE)
        ids = [
            service.prepare(
                session, kind=kind, record_kind="application", record_id=7, facts=facts
            ).id
            for kind, facts in (
                *[("acceptance", papers.LETTER)] * 3,
                ("certificate", papers.certificate()),
            )
        ]
    service.issue_pending(sqlite_database, made.signer())
    return ids


def choose(**wanted: object) -> Callable[[QDialog], None]:
    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, PrintDialog)
        assert [dialog.tray.itemText(n) for n in range(dialog.tray.count())][1:] == [
            "Auto",
            "Tray1",
            "Tray2",
        ]
        dialog.tray.setCurrentText(str(wanted.get("tray", "")))
        dialog.on_sheets.setChecked(bool(wanted.get("on_sheets")))
        dialog.accept()

    return act


def up_to(number: int) -> Callable[[QDialog], None]:
    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, CameOutDialog)
        dialog.up_to.setCurrentText(str(number))
        dialog.accept()

    return act


def log(database: Database) -> list[tuple[int, str, str]]:
    with database.read() as session:
        rows = session.scalars(select(DocumentPrint).order_by(DocumentPrint.id))
        return [(row.document_id, row.printer, row.tray) for row in rows]


def test_that_a_batch_jams_and_goes_on(
    desk: Desk, shown: Shown, issued: list[int], spooler: Path, sqlite_database: Database
) -> None:
    page = shown(DocumentsPage)
    order = [issued[2], issued[0], issued[1]]
    desk.dialogs.acts += [choose(tray="Tray2"), up_to(1), up_to(3)]
    page.desk.printing.print(order)
    desk.settle()
    desk.qtbot.waitUntil(lambda: len(log(sqlite_database)) == 3, timeout=15_000)
    desk.settle()
    assert log(sqlite_database) == [(each, "HP_2035", "Tray2") for each in order]
    taken = [path.read_bytes() for path in sorted((spooler / "taken").iterdir())]
    with sqlite_database.read() as session:
        data = [service.bytes_of(session, each) for each in order]
        assert batch.open_runs(session) == []
    assert taken == [*data, *data[1:]]
    asked = (spooler / "asked").read_text(encoding="utf-8").splitlines()
    assert all("InputSlot=Tray2" in line and "print-scaling=none" in line for line in asked)


def test_that_a_stopped_run_is_offered_again(
    desk: Desk, shown: Shown, issued: list[int], spooler: Path, sqlite_database: Database
) -> None:
    (spooler / "jammed").write_text("1", encoding="ascii")
    page = shown(DocumentsPage)
    desk.dialogs.acts.append(choose())
    page.desk.printing.print(issued[:2])
    desk.settle()
    desk.qtbot.waitUntil(page.go_on.isVisible, timeout=15_000)
    assert log(sqlite_database) == []
    (spooler / "jammed").unlink()
    desk.dialogs.acts += [up_to(1), up_to(2)]
    page.go_on.click()
    desk.settle()
    desk.qtbot.waitUntil(lambda: len(log(sqlite_database)) == 2, timeout=15_000)
    desk.settle()
    assert [each for each, _printer, _tray in log(sqlite_database)] == issued[:2]
    assert page.go_on.isHidden()


def test_that_only_the_data_goes_onto_a_sheet_as_calibrated(
    desk: Desk, shown: Shown, issued: list[int], spooler: Path, sqlite_database: Database
) -> None:
    page = shown(DocumentsPage)

    def calibrate(dialog: QDialog) -> None:
        assert isinstance(dialog, CalibrationDialog)
        dialog.near.left.setText("60.0")
        dialog.save()
        assert dialog.banner.text()  # too far: the sheet lay wrongly
        dialog.near.left.setText("21.5")
        dialog.near.above.setText("19")
        dialog.sheet.click()
        dialog.save()

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, PrintDialog)
        dialog.tray.setCurrentText("Tray1")
        desk.dialogs.acts.append(calibrate)
        dialog.calibrate.click()
        choose(tray="Tray1", on_sheets=True)(dialog)

    desk.dialogs.acts.append(act)
    page.desk.printing.print([issued[3]])
    desk.settle()
    desk.qtbot.waitUntil(lambda: len(log(sqlite_database)) == 1, timeout=15_000)
    desk.qtbot.waitUntil(lambda: len(list((spooler / "taken").iterdir())) == 2, timeout=15_000)
    desk.settle()
    found = printers.calibration("HP_2035", "Tray1")
    assert (found.offset_x, found.offset_y) == pytest.approx((-1.5, 1.0))
    sheet, data = [path.read_bytes() for path in sorted((spooler / "taken").iterdir())]
    assert b"/ByteRange" not in sheet + data
    assert log(sqlite_database) == [(issued[3], "HP_2035", "Tray1")]
    printers.file().unlink()
