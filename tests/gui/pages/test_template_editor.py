"""The editor of texts: what is typed is drawn, saved as a version, exported and imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QPlainTextEdit

from core.database import Database
from core.documents.service import current_template
from core.documents.templates import shipped
from desktop.pages.system.page import SystemPage
from desktop.parts.template_editor import TemplateEditor
from tests.gui.pages.conftest import Desk

Shown = Callable[[type[SystemPage]], SystemPage]


def test_that_a_text_is_edited_with_a_live_preview(
    desk: Desk, shown: Shown, sqlite_database: Database, tmp_path: Path
) -> None:
    page = shown(SystemPage)
    page.open_section("templates")
    desk.settle()
    keys = [row.key for row in page._rows]
    page.table.selectRow(keys.index("acceptance"))
    file = tmp_path / "text.toml"
    drawn: list[int] = []

    def edit(dialog: QDialog) -> None:
        assert isinstance(dialog, TemplateEditor)
        dialog.preview.page_count_changed.connect(drawn.append)
        desk.qtbot.waitUntil(lambda: dialog.preview.page_count() > 0, timeout=15_000)
        source = dialog.text.toPlainText()
        assert not dialog.save_button.isEnabled()
        dialog.text.setPlainText(source.replace('kind = "acceptance"', "kind = "))
        desk.qtbot.waitUntil(dialog.banner.isVisible, timeout=15_000)
        count = len(drawn)
        dialog.text.setPlainText(source.replace("受理", "收下"))
        desk.qtbot.waitUntil(lambda: len(drawn) > count, timeout=15_000)
        dialog.save_button.click()
        desk.qtbot.waitUntil(lambda: "version = 2" in dialog.text.toPlainText(), timeout=15_000)
        desk.dialogs.files.append(file)
        dialog.export_button.click()
        desk.qtbot.waitUntil(file.exists, timeout=15_000)
        desk.dialogs.files.append(file)
        file.write_text(shipped("acceptance").source, encoding="utf-8")
        dialog.import_button.click()
        desk.qtbot.waitUntil(lambda: "version = 1" in dialog.text.toPlainText(), timeout=15_000)
        desk.settle()
        dialog.reject()

    desk.dialogs.acts.append(edit)
    page.act("edit")
    desk.settle()
    desk.qtbot.waitUntil(lambda: not desk.dialogs.acts, timeout=15_000)
    desk.settle()
    assert drawn
    assert min(drawn) > 0
    with sqlite_database.read() as session:
        assert "收下" in current_template(session, "acceptance").source


def test_that_a_clerk_changes_a_sentence_and_moves_a_line_without_toml(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    page = shown(SystemPage)
    page.open_section("templates")
    desk.settle()
    page.table.selectRow([row.key for row in page._rows].index("certificate"))
    seen: list[str] = []

    def edit(dialog: QDialog) -> None:
        assert isinstance(dialog, TemplateEditor)
        form = dialog.parts
        form.choose(form.place_of("扫码核验"))
        left = form.findChild(QDoubleSpinBox, "part_at_left")
        words = form.findChild(QPlainTextEdit, "part_text")
        assert left is not None
        assert words is not None
        assert left.value() == 61.0
        left.setValue(63.5)
        words.moveCursor(QTextCursor.MoveOperation.Start)
        form.facts.activated.emit(form.facts.findData("office_name"))
        words.insertPlainText("出具，")
        seen.append(dialog.text.toPlainText())
        # The text and the form are two views of one thing: what is undone there is seen here.
        dialog.halves.setCurrentIndex(1)
        dialog.text.undo()
        dialog.halves.setCurrentIndex(0)
        assert form.place_of("{office_name}扫码核验") >= 0
        dialog.text.redo()
        dialog.halves.setCurrentIndex(1)
        dialog.halves.setCurrentIndex(0)
        desk.qtbot.waitUntil(lambda: dialog.preview.page_count() > 0)
        dialog.save_button.click()
        desk.qtbot.waitUntil(lambda: "version = 2" in dialog.text.toPlainText())
        desk.settle()
        dialog.reject()

    desk.dialogs.acts.append(edit)
    page.act("edit")
    desk.settle()
    desk.qtbot.waitUntil(lambda: not desk.dialogs.acts)
    desk.settle()
    assert "at = [63.5, 171]" in seen[0]
    assert seen[0].count("#") == shipped("certificate").source.count("#")
    with sqlite_database.read() as session:
        assert "{office_name}出具，扫码核验" in current_template(session, "certificate").source


def test_that_what_cannot_be_is_told_and_changes_nothing(desk: Desk, shown: Shown) -> None:
    page = shown(SystemPage)
    page.open_section("templates")
    desk.settle()
    page.table.selectRow([row.key for row in page._rows].index("receipt_checklist"))

    def edit(dialog: QDialog) -> None:
        assert isinstance(dialog, TemplateEditor)
        before = dialog.text.toPlainText()
        form = dialog.parts
        form.choose([part.type for part in form._parts].index("table"))
        columns = form.findChild(QPlainTextEdit, "part_columns")
        assert columns is not None
        columns.setPlainText("一列")
        assert dialog.banner.isVisible()
        assert dialog.text.toPlainText() == before
        count = len(form._parts)
        form.choose(0)
        form.down.click()
        assert form.list.currentIndex().row() == 1
        form.up.click()
        assert dialog.text.toPlainText() == before
        assert len(form._parts) == count
        dialog.reject()

    desk.dialogs.acts.append(edit)
    page.act("edit")
    desk.settle()
    desk.qtbot.waitUntil(lambda: not desk.dialogs.acts)
