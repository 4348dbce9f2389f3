"""Scans in the window: what cannot be read is refused, what contradicts a mark is decided."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from core.training import attendance
from core.training.attendance import NewMark
from core.training.scanning import find_codes
from core.training.states import Mark, Source
from desktop.pages.training.open_rows import OpenRowsDialog
from desktop.pages.training.scans import ScansTab
from tests import training
from tests.gui.pages.classroom import Classroom


def test_that_a_picture_without_codes_is_refused_and_nothing_is_filed(
    classroom: Classroom, tmp_path: Path
) -> None:
    blank = tmp_path / "空白.png"
    Image.new("L", (600, 800), 255).save(blank)
    front = classroom.sit("clerk").show_tab("scans")
    assert isinstance(front, ScansTab)
    classroom.desk.dialogs.files.append(blank)
    front.new_record()
    classroom.desk.settle()
    assert front.table.banner.isVisible()
    assert "空白.png" in front.table.banner.text()
    assert classroom.detail().scans == ()
    front = classroom.sit("checker").show_tab("scans")
    assert isinstance(front, ScansTab)
    assert not front.read_button.isEnabled()
    assert front.read_button.toolTip()


def test_that_a_signature_against_a_mark_is_decided_with_a_reason(
    classroom: Classroom, tmp_path: Path
) -> None:
    school = classroom.school
    held, people = school.sessions[0], school.people
    leave = NewMark(session_id=held, participant_id=people[2], mark=Mark.LEAVE, reason="公差")
    school.do("clerk", attendance.note, [leave])
    sheet = training.printed(school, held)
    for page in sheet.pages:
        for code in find_codes(page):
            if code.row in {1, 3, 11}:
                training.sign(page, code, sheet.layout, code.row)
    scan = tmp_path / "上午.pdf"
    scan.write_bytes(training.as_pdf([training.scanned(page) for page in sheet.pages]))

    def decide(dialog: QDialog) -> None:
        assert isinstance(dialog, OpenRowsDialog)
        assert dialog.table.ids() == [3, 11]
        assert dialog.table.chosen() == 3
        classroom.because("本人到场，有带班人证明")
        QTest.keyClick(dialog, Qt.Key.Key_1)
        classroom.desk.qtbot.waitUntil(lambda: dialog.table.ids() == [11])
        assert not dialog.present.isEnabled()  # nobody stands on a free row
        classroom.because("污渍")
        dialog.nothing.click()
        classroom.desk.qtbot.waitUntil(lambda: dialog.table.ids() == [])
        dialog.close_button.click()

    front = classroom.sit("clerk").show_tab("scans")
    assert isinstance(front, ScansTab)
    classroom.desk.dialogs.acts.append(decide)
    classroom.desk.dialogs.files.append(scan)
    front.read_button.click()
    classroom.desk.qtbot.waitUntil(lambda: not classroom.desk.dialogs.acts)
    classroom.desk.settle()
    detail = classroom.detail()
    mark = detail.people[2].marks[held]
    assert (mark.mark, mark.source) == (Mark.PRESENT, Source.SCAN)
    (kept,) = detail.scans
    assert kept.open == ()
    classroom.page.open_record("sign_in_scan", kept.id)  # type: ignore[union-attr]  # somebody sits
    classroom.desk.settle()
    assert len(front.pane.rows.rows()) == sheet.rows
    # The same file again is refused: nothing is marked twice.
    classroom.desk.dialogs.files.append(scan)
    front.read_button.click()
    classroom.desk.settle()
    assert front.pane.banner.isVisible()
    assert len(classroom.detail().scans) == 1
