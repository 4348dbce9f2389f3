"""Papers on the certificates page: of the register, and handed in with an application."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from core.certificates.queries import APPLICATIONS, ENTRIES, application_detail, checklist
from core.certificates.states import State
from core.database import Database
from core.values.listing import ListQuery
from desktop.pages.certificates.page import CertificatesPage
from desktop.parts.action_dialog import ActionDialog
from tests.cases import desk as case_desk
from tests.gui.pages.conftest import Desk
from tests.gui.pages.walking import fill_application, holder

Shown = Callable[[type[CertificatesPage]], CertificatesPage]


def test_that_a_paper_about_the_register_is_made_from_its_entry(
    desk: Desk, shown: Shown, sqlite_database: Database, tmp_path: Path
) -> None:
    with case_desk(sqlite_database, tmp_path) as at:
        case = at.receive()
        at.walk(case, State.ENTERED)
        with sqlite_database.read() as session:
            (entry,) = ENTRIES.ids(session, ListQuery())
        page = shown(CertificatesPage)
        page.open_record("register_entry", entry)
        desk.settle()

        def ask(dialog: QDialog) -> None:
            assert isinstance(dialog, ActionDialog)
            dialog.form.set_values({"inquirer": "明光农商银行"})
            dialog.accept_button.click()
            desk.dialogs.until_closed(dialog)

        desk.dialogs.acts.append(ask)
        page.take_step("certify")
        desk.settle()
        record = page.view_model.state.record
        assert record is not None
        (paper,) = (one for one in record.papers if one.kind == "register_result")
        assert paper.number.endswith("〔2026〕1号")


def test_that_papers_are_ticked_off_with_their_scans_in_the_form(
    desk: Desk, shown: Shown, sqlite_database: Database, tmp_path: Path
) -> None:
    party = holder(sqlite_database)
    scan = tmp_path / "身份证明.pdf"
    scan.write_bytes(b"%PDF-1.7 scan")
    page = shown(CertificatesPage)

    def fill(dialog: QDialog) -> None:
        form = fill_application(desk, dialog, {party: ""})
        model = form.papers.model
        form.papers.view.setCurrentIndex(model.index(1, 0))
        desk.dialogs.files.append(scan)
        form.papers.file_button.click()
        model.setData(
            model.index(1, 1), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole
        )
        assert model.setData(model.index(1, 3), "2")
        assert not model.setData(model.index(1, 3), "二")
        model.setData(
            model.index(0, 0), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole
        )
        scan.rename(scan.with_suffix(".moved"))
        form.save_button.click()
        desk.settle()
        assert form.tabs.currentIndex() == 3
        assert "身份证明.pdf" in form.papers._told.text()
        scan.with_suffix(".moved").rename(scan)
        form.save_button.click()
        desk.dialogs.until_closed(form)

    desk.dialogs.acts.append(fill)
    page.new_record()
    desk.settle()
    with sqlite_database.read() as session:
        (case,) = APPLICATIONS.ids(session, ListQuery())
        lines = {line.key: line for line in checklist(session, case)}
        files = application_detail(session, case).files
    came = {key for key, line in lines.items() if line.received_on}
    assert came == {"application", "identity"}
    identity = lines["identity"]
    assert (identity.original, identity.pages, identity.filename) == (True, 2, scan.name)
    assert [one.sha256 for one in files] == [identity.sha256]
