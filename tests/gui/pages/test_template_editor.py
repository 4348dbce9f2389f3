"""The editor of texts: what is typed is drawn, saved as a version, exported and imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog

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
