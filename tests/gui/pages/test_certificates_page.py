"""The certificates page: its states, refused input, two clerks at one case, double clicks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton

from core import drafts
from core.certificates.commands import EditApplication
from core.certificates.queries import (
    application_detail,
    application_form,
    application_summary,
)
from core.certificates.states import State
from core.certificates.workflow import advance
from core.database import Database
from core.errors import NotFound
from desktop.pages.certificates.compare_dialog import CompareDialog
from desktop.pages.certificates.form_dialog import ApplicationDialog
from desktop.pages.certificates.page import CertificatesPage
from desktop.parts.action_dialog import ActionDialog
from tests.gui.pages.conftest import Desk
from tests.gui.pages.walking import CASE, PARCEL, fill_application, holder

Shown = Callable[[type[CertificatesPage]], CertificatesPage]
Enter = Callable[[], int]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def enter(desk: Desk, shown: Shown, database: Database) -> Enter:
    """Take a case in through the form of the window; its id."""

    def make() -> int:
        party = holder(database)
        page = shown(CertificatesPage)
        found: list[int] = []

        def fill(dialog: QDialog) -> None:
            form = fill_application(desk, dialog, {party: ""})
            form.save_button.click()
            desk.dialogs.until_closed(form)
            assert form.saved is not None
            found.append(form.saved.id)

        desk.dialogs.acts.append(fill)
        page.new_record()
        desk.settle()
        return found[0]

    return make


def open_case(desk: Desk, page: CertificatesPage, case: int) -> None:
    page.open_record("application", case)
    desk.settle()


def test_that_an_empty_office_says_what_to_do_first(desk: Desk, shown: Shown) -> None:
    page = shown(CertificatesPage)
    desk.dialogs.acts.append(QDialog.reject)
    button = page.tables["application"].findChild(QPushButton, "EmptyAction")
    assert button is not None
    assert button.isVisible()
    button.click()
    desk.settle()
    assert len(desk.dialogs.asked) == 1


def test_that_a_received_case_is_shown_with_its_next_step(
    desk: Desk, shown: Shown, enter: Enter
) -> None:
    case = enter()
    page = shown(CertificatesPage)
    open_case(desk, page, case)
    assert page.pane.title.text() == CASE["project_name"]
    assert page.pane.pill.text() == "已收件"
    assert page.pane.primary.property("step") == "accept"
    assert page.pane.timeline.items()
    assert [paper.title for paper in page.pane.papers.papers()] == ["收件清单"]


def test_that_a_step_that_is_barred_is_grey_and_says_why(
    desk: Desk, shown: Shown, enter: Enter
) -> None:
    case = enter()
    page = shown(CertificatesPage)
    open_case(desk, page, case)
    detail = page.view_model.state.application
    assert detail is not None
    main = next(offer for offer in detail.offers if offer.step.main)
    assert page.pane.primary.isEnabled() == main.permitted
    assert page.pane._note.text() == main.why_not
    assert any("未收到" in text or "材料" in text for text in page.pane.findings.texts())


def test_that_the_sum_of_shares_must_be_one_and_is_said_so(desk: Desk, shown: Shown) -> None:
    database = desk.context.database()
    first = holder(database, "周𬱖", "341199197511200134")
    second = holder(database, "赵𫖯", "341199198206070358")
    page = shown(CertificatesPage)

    def fill(dialog: QDialog) -> None:
        form = fill_application(desk, dialog, {first: "1/2", second: "x"})
        form.save_button.click()
        desk.settle()
        assert form.tabs.currentIndex() == 1
        assert "x" in form.holders._message.text()
        form.holders.model.setData(form.holders.model.index(1, 2), "1/3")
        form.save_button.click()
        desk.dialogs.until_closed(form)

    desk.dialogs.acts.append(fill)
    page.new_record()
    desk.settle()
    assert any("5/6" in text for text in page.pane.findings.texts())


def test_that_a_wrong_cell_of_a_parcel_is_named_by_line_and_column(
    desk: Desk, shown: Shown
) -> None:
    party = holder(desk.context.database())
    page = shown(CertificatesPage)

    def fill(dialog: QDialog) -> None:
        bad = {**PARCEL, "area": "五公顷"}
        form = fill_application(desk, dialog, {party: ""}, parcels=(PARCEL, bad))
        form.save_button.click()
        assert form.tabs.currentIndex() == 2
        problem = form.parcels.errors()["parcels"]
        assert "2" in problem
        assert "面积" in problem

    desk.dialogs.acts.append(fill)
    page.new_record()


def test_that_an_unreadable_boundary_is_named_by_its_line(desk: Desk, shown: Shown) -> None:
    party = holder(desk.context.database())
    page = shown(CertificatesPage)

    def fill(dialog: QDialog) -> None:
        bad = {**PARCEL, "geometry": "POLYGON((1 2, 3"}
        form = fill_application(desk, dialog, {party: ""}, parcels=(bad,))
        form.save_button.click()
        desk.settle()
        assert form.isVisible()
        assert "parcels" in form.parcels.errors()

    desk.dialogs.acts.append(fill)
    page.new_record()


def test_that_rows_copied_in_a_spreadsheet_are_pasted_into_the_parcels(
    desk: Desk, shown: Shown
) -> None:
    page = shown(CertificatesPage)

    def paste(dialog: QDialog) -> None:
        assert isinstance(dialog, ApplicationDialog)
        desk.settle()
        grid = dialog.parcels.editor("parcels").grid  # type: ignore[attr-defined]
        grid.model.paste(0, 0, "岭东坡\t341182100\t张八岭镇\r\n岭西坡\t341182100\t张八岭镇\r\n")
        lines = dialog.parcels.values()["parcels"]
        assert [line["place_name"] for line in lines] == ["岭东坡", "岭西坡"]  # type: ignore[attr-defined]

    desk.dialogs.acts.append(paste)
    page.new_record()


def test_that_boundaries_come_from_a_file_in_the_order_of_the_parcels(
    desk: Desk, shown: Shown, tmp_path: Path
) -> None:
    page = shown(CertificatesPage)
    square = "((39598260 3600892, 39598360 3600892, 39598360 3600992, 39598260 3600892))"
    one = tmp_path / "one.wkt"
    one.write_text(f"POLYGON{square}", "utf-8")

    def read(dialog: QDialog) -> None:
        assert isinstance(dialog, ApplicationDialog)
        desk.settle()
        dialog.parcels.set_values({"parcels": [dict(PARCEL)]})
        desk.dialogs.files.append(one)
        desk.dialogs.texts.append("4527")
        button = dialog.findChild(QPushButton, "boundaries")
        assert button is not None
        button.click()
        desk.settle()
        lines = dialog.parcels.values()["parcels"]
        assert isinstance(lines, list)
        assert lines[0]["geometry"].startswith("SRID=4527;POLYGON")
        dialog.parcels.set_values({"parcels": [dict(PARCEL), dict(PARCEL), dict(PARCEL)]})
        desk.dialogs.files.append(tmp_path / "none.wkt")
        button.click()
        desk.settle()

    desk.dialogs.acts.append(read)
    page.new_record()


def test_that_a_stored_case_is_edited_and_keeps_its_parcel(
    desk: Desk, shown: Shown, enter: Enter, database: Database
) -> None:
    case = enter()
    page = shown(CertificatesPage)
    open_case(desk, page, case)

    def edit(dialog: QDialog) -> None:
        assert isinstance(dialog, ApplicationDialog)
        desk.settle()
        dialog.case.set_values({"phone": "12000000007"})
        dialog.save()
        desk.dialogs.until_closed(dialog)

    with database.read() as session:
        before = application_form(session, case)
    desk.dialogs.acts.append(edit)
    QTest.keyClick(page, Qt.Key.Key_F2)
    page.edit_record()
    desk.settle()
    with database.read() as session:
        after = application_form(session, case)
    assert after.values["phone"] == "12000000007"
    assert after.parcel_ids == before.parcel_ids
    assert after.version > before.version


@pytest.mark.parametrize("keep", [True, False])
def test_that_two_clerks_choose_whose_version_stays(
    desk: Desk, shown: Shown, enter: Enter, database: Database, *, keep: bool
) -> None:
    case = enter()
    page = shown(CertificatesPage)
    open_case(desk, page, case)

    def colleague() -> None:
        with database.write() as session:
            form = application_form(session, case)
            content = _content(form, phone="13900000000")
            from core.certificates.service import edit as save

            save(
                session, EditApplication(application_id=case, version=form.version, content=content)
            )

    def choose(dialog: QDialog) -> None:
        assert isinstance(dialog, CompareDialog)
        button = dialog.findChild(QPushButton, "keepMine" if keep else "takeTheirs")
        assert button is not None
        button.click()

    def edit(dialog: QDialog) -> None:
        assert isinstance(dialog, ApplicationDialog)
        desk.settle()
        colleague()
        dialog.case.set_values({"phone": "12000000007"})
        dialog.save()
        desk.qtbot.waitUntil(lambda: dialog.view_model.state.newest is not None)
        assert not dialog.save_button.isEnabled()
        desk.dialogs.acts.append(choose)
        dialog.compare()
        assert dialog.case.values()["phone"] == ("12000000007" if keep else "13900000000")
        dialog.save()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(edit)
    page.edit_record()
    desk.settle()
    with database.read() as session:
        stored = application_form(session, case).values["phone"]
    assert stored == ("12000000007" if keep else "13900000000")


def _content(form, **changes: object):  # type: ignore[no-untyped-def]  # an ApplicationContent
    from core.values.forms import parse_form
    from desktop.pages.certificates.form_fields import (
        case_fields,
        holder_line,
        parcels_field,
        read_content,
        read_holders,
        read_parcels,
    )
    from desktop.pages.certificates.form_model import stored_lines

    case = parse_form(case_fields((), editing=True), form.values)
    lines = parse_form((parcels_field(["栎类"]),), {"parcels": stored_lines(form)})["parcels"]
    holders = read_holders(
        [holder_line(party, share) for party, share in form.holders], form.ownership
    )
    content = read_content(
        case,
        form.ownership,
        holders,
        read_parcels(lines),  # type: ignore[arg-type]  # parsed lines
        (form.agent, form.measuring_body),
    )
    return replace(content, **changes)  # type: ignore[arg-type]  # fields of the content


def test_that_a_stale_step_is_refused_loaded_again_and_can_be_taken(
    desk: Desk, shown: Shown, enter: Enter, database: Database
) -> None:
    case = enter()
    page = shown(CertificatesPage)
    open_case(desk, page, case)

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        with database.write() as session:
            version = application_summary(session, case).version
            advance(
                session, case, version, "take_paper", {"title": "说明", "copies": 1, "pages": 1}
            )
        dialog.form.set_values({"reason": "申请人撤回"})
        dialog.accept_button.click()
        desk.qtbot.waitUntil(lambda: not dialog.banner.isHidden())
        desk.settle()
        assert dialog.form.values()["reason"] == "申请人撤回"
        assert dialog.banner.kind() == "warning"
        dialog.accept_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(act)
    page.take_step("withdraw")
    desk.settle()
    with database.read() as session:
        assert application_summary(session, case).state is State.WITHDRAWN


def test_that_a_refresh_behind_a_form_does_not_let_it_overwrite_a_colleague(
    desk: Desk, shown: Shown, enter: Enter, database: Database
) -> None:
    case = enter()
    page = shown(CertificatesPage)
    open_case(desk, page, case)

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        before = page.view_model.seen()
        with database.write() as session:
            version = application_summary(session, case).version
            advance(
                session, case, version, "take_paper", {"title": "说明", "copies": 1, "pages": 1}
            )
        desk.qtbot.waitUntil(lambda: page.view_model.seen() != before)
        dialog.form.set_values({"reason": "申请人撤回"})
        dialog.accept_button.click()
        desk.qtbot.waitUntil(lambda: not dialog.banner.isHidden())
        assert dialog.banner.kind() == "warning"

    desk.dialogs.acts.append(act)
    page.take_step("withdraw")
    desk.settle()
    with database.read() as session:
        assert application_summary(session, case).state is not State.WITHDRAWN


def test_that_a_double_click_takes_a_step_once(
    desk: Desk, shown: Shown, enter: Enter, database: Database
) -> None:
    case = enter()
    page = shown(CertificatesPage)
    open_case(desk, page, case)

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values({"title": "现场照片"})
        dialog.accept_button.click()
        dialog.accept_button.click()
        dialog.submit()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(act)
    page.take_step("take_paper")
    desk.settle()
    with database.read() as session:
        events = [entry.event for entry in application_detail(session, case).timeline]
    assert events.count("take_paper") == 1


def test_that_a_double_click_receives_an_application_once(
    desk: Desk, shown: Shown, database: Database
) -> None:
    party = holder(database)
    page = shown(CertificatesPage)

    def fill(dialog: QDialog) -> None:
        form = fill_application(desk, dialog, {party: ""})
        form.save_button.click()
        form.save_button.click()
        form.save()
        desk.dialogs.until_closed(form)

    desk.dialogs.acts.append(fill)
    page.new_record()
    desk.settle()
    assert page.tables["application"].model.rowCount() == 1


def test_that_what_was_typed_is_offered_again_after_a_crash(
    desk: Desk, shown: Shown, database: Database
) -> None:
    party = holder(database)
    page = shown(CertificatesPage)

    def type_and_die(dialog: QDialog) -> None:
        form = fill_application(desk, dialog, {party: ""})

        def kept() -> bool:
            with database.read() as session:
                found = drafts.find(session, "application")
            return found is not None and len(found.data["parcels"]) == 1

        desk.qtbot.waitUntil(kept)
        form.reject()

    def go_on(dialog: QDialog) -> None:
        assert isinstance(dialog, ApplicationDialog)
        desk.settle()
        assert dialog.case.values()["project_name"] == ""
        dialog.banner._action.click()
        assert dialog.case.values()["project_name"] == CASE["project_name"]
        assert [line.name for line in dialog.holders.lines()] == ["陈㛃"]
        dialog.save_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts += [type_and_die, go_on]
    page.new_record()
    page.new_record()
    desk.settle()
    with database.read() as session:
        assert drafts.find(session, "application") is None


def test_that_a_draft_takes_no_number(desk: Desk, shown: Shown, database: Database) -> None:
    party = holder(database)
    page = shown(CertificatesPage)

    def fill(dialog: QDialog) -> None:
        form = fill_application(desk, dialog, {party: ""})
        form.draft_button.click()
        desk.dialogs.until_closed(form)
        assert form.saved is not None
        assert form.saved.receipt_number == ""

    desk.dialogs.acts.append(fill)
    page.new_record()
    desk.settle()
    assert page.pane.primary.property("step") == "receive"


def test_that_a_file_that_is_missing_is_refused_beside_its_field(
    desk: Desk, shown: Shown, enter: Enter, tmp_path: Path
) -> None:
    case = enter()
    page = shown(CertificatesPage)
    open_case(desk, page, case)

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values({"title": "说明", "file": str(tmp_path / "没有.pdf")})
        dialog.accept_button.click()
        assert "没有.pdf" in dialog.form.errors()["file"]

    desk.dialogs.acts.append(act)
    page.take_step("take_paper")


def test_that_a_handed_in_file_can_be_opened(
    desk: Desk, shown: Shown, enter: Enter, tmp_path: Path
) -> None:
    case = enter()
    scan = tmp_path / "林权证.txt"
    scan.write_text("scan", "utf-8")
    page = shown(CertificatesPage)
    open_case(desk, page, case)

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.form.set_values({"title": "林权证", "file": str(scan)})
        dialog.accept_button.click()
        desk.dialogs.until_closed(dialog)

    desk.dialogs.acts.append(act)
    page.take_step("take_paper")
    desk.settle()
    saved = tmp_path / "saved.txt"
    desk.dialogs.files.append(saved)
    page.pane.files._buttons[0].click()
    desk.settle()
    assert saved.read_text("utf-8") == "scan"


def test_that_a_record_that_is_gone_is_a_sentence_not_a_crash(desk: Desk, shown: Shown) -> None:
    page = shown(CertificatesPage)
    page.view_model.select(404)
    desk.settle()
    assert isinstance(page.view_model.state.failure, NotFound)
    assert page.tables["application"].banner.text()


def test_that_a_reader_sees_no_button_that_would_be_refused(
    desk: Desk, shown: Shown, enter: Enter, database: Database
) -> None:
    from tests.databases import open_as

    case = enter()
    with open_as(database, "auditor") as reader:
        desk.sit(reader)
        page = shown(CertificatesPage)
        open_case(desk, page, case)
        assert not page.new_button.isEnabled()
        assert not page.import_button.isEnabled()
        assert not page.pane.primary.isEnabled()
        assert page.pane._note.text()
        desk.settle()
        page.close()
        desk.sit(database)


def test_that_ctrl_enter_opens_the_next_step(desk: Desk, shown: Shown) -> None:
    party = holder(desk.context.database())
    page = shown(CertificatesPage)

    def fill(dialog: QDialog) -> None:
        form = fill_application(desk, dialog, {party: ""})
        form.draft_button.click()
        desk.dialogs.until_closed(form)

    desk.dialogs.acts.append(fill)
    page.new_record()
    desk.settle()
    page.activateWindow()
    desk.qtbot.waitUntil(page.isActiveWindow)
    opened: list[str] = []

    def act(dialog: QDialog) -> None:
        opened.append(dialog.windowTitle())

    desk.dialogs.acts.append(act)
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert opened == ["收件"]
