"""The scenes of `lintanctl screens`: how each page and dialog is reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QDialog

from core.certificates.sheets import APPLICATIONS_IMPORTER
from core.sheets.template import write_template
from desktop.pages.certificates.detail import CERTIFY
from desktop.pages.certificates.form_dialog import ApplicationDialog
from desktop.pages.certificates.page import CertificatesPage
from desktop.pages.certificates.view_model import APPLICATION, CERTIFICATE, ENTRY
from desktop.pages.dashboard.page import DashboardPage
from desktop.pages.documents.page import DocumentsPage
from desktop.pages.parties.page import PartiesPage
from desktop.pages.system.page import SystemPage
from desktop.parts.import_wizard import ImportWizard
from desktop.parts.party_form import PartyFormDialog
from desktop.pictures import Scene, Stage, caught, place
from desktop.scenes_committee import SCENES as COMMITTEE_SCENES
from desktop.scenes_fund import SCENES as FUND_SCENES
from desktop.scenes_fund_desk import SCENES as FUND_DESK_SCENES
from desktop.scenes_papers import SCENES as PAPER_SCENES
from desktop.scenes_training import SCENES as TRAINING_SCENES

# -- 工作台


def dashboard(stage: Stage) -> None:
    """The first page in the morning."""
    place(stage, DashboardPage)
    stage.shoot()


def my_day(stage: Stage) -> None:
    """What did I do today."""
    caught(stage, place(stage, DashboardPage).my_day.click)


# -- 碳汇权证


def case(state: str) -> Callable[[Stage], CertificatesPage]:
    """Shows the first application of a state."""

    def show(stage: Stage) -> CertificatesPage:
        page = place(stage, CertificatesPage)
        page.apply_filters(APPLICATION, {"state": state} if state else {})
        stage.settle()
        page.tables[APPLICATION].view.selectRow(0)
        stage.settle()
        return page

    return show


def case_scene(state: str) -> Scene:
    """The page with an application of a state chosen."""

    def scene(stage: Stage) -> None:
        case(state)(stage)
        stage.shoot()

    return scene


def record_scene(kind: str) -> Scene:
    """The page with the first certificate or entry chosen."""

    def scene(stage: Stage) -> None:
        page = place(stage, CertificatesPage)
        page.apply_filters(kind, {})
        stage.settle()
        page.tables[kind].view.selectRow(0)
        stage.shoot()

    return scene


def inquiry(stage: Stage) -> None:
    """Asking what the register says."""
    page = place(stage, CertificatesPage)
    page.apply_filters(ENTRY, {})
    stage.settle()
    page.tables[ENTRY].view.selectRow(0)
    stage.settle()
    caught(stage, lambda: page.take_step(CERTIFY))


def step_scene(state: str, step: str) -> Scene:
    """The form of a step."""

    def scene(stage: Stage) -> None:
        page = case(state)(stage)
        caught(stage, lambda: page.take_step(step))

    return scene


def application_form(tab: int) -> Scene:
    """The form of a new application, on one of its tabs."""

    def scene(stage: Stage) -> None:
        def show(dialog: QDialog) -> None:
            assert isinstance(dialog, ApplicationDialog)
            dialog.tabs.setCurrentIndex(tab)

        caught(stage, place(stage, CertificatesPage).new_record, show)

    return scene


def application_edit(tab: int) -> Scene:
    """The form of a stored application, on one of its tabs."""

    def scene(stage: Stage) -> None:
        def show(dialog: QDialog) -> None:
            assert isinstance(dialog, ApplicationDialog)
            dialog.tabs.setCurrentIndex(tab)

        caught(stage, case("correction")(stage).edit_record, show)

    return scene


def certificate_paper(stage: Stage) -> None:
    """The preview of a signed certificate."""
    page = place(stage, CertificatesPage)
    page.apply_filters(CERTIFICATE, {})
    stage.settle()
    table = page.tables[CERTIFICATE]
    for row in range(table.model.rowCount()):
        table.view.selectRow(row)
        stage.settle()
        record = page.view_model.state.record
        if record is not None and record.papers:
            caught(stage, partial(page.desk.open, record.papers[0].id))
            return


def application_import(stage: Stage) -> None:
    """The import wizard with a workbook full of mistakes."""
    bad = stage.order.database.with_name("measuring-body.xlsx")
    wrong_workbook(bad)

    def walk(dialog: QDialog) -> None:
        assert isinstance(dialog, ImportWizard)
        stage.shoot(dialog, "-file")
        dialog.view_model.choose(bad)
        stage.settle()
        stage.shoot(dialog, "-columns")
        dialog.next_button.click()
        stage.settle()

    caught(stage, place(stage, CertificatesPage).import_button.click, walk)


def wrong_workbook(path: Path) -> None:
    """The template with one application whose numbers a spreadsheet damaged."""
    from openpyxl import load_workbook

    write_template(APPLICATIONS_IMPORTER.kind, path)
    book = load_workbook(path)
    wrong: tuple[tuple[str, dict[str, str | float]], ...] = (
        ("申请", {"申请序号": "1", "项目名称": "岭东坡麻栎林碳汇", "监测期起": "2021-13-01"}),
        ("权利人", {"申请序号": "1", "类别": "个人", "姓名或名称": "陈㛃", "证件号码": 3.41199e17}),
        ("地块", {"申请序号": "2", "乡镇代码": "34118", "乡镇": "张八岭镇", "面积（公顷）": "五"}),
    )
    for name, cells in wrong:
        sheet = book[name]
        headers = [str(cell.value).rstrip("*") for cell in sheet[1]]
        for header, value in cells.items():
            sheet.cell(2, headers.index(header) + 1, value)
    book.save(path)


# -- 文件与签章


def documents(stage: Stage) -> None:
    """All papers, one chosen."""
    page = place(stage, DocumentsPage)
    page.apply_filters("document", {})
    stage.settle()
    page.table.view.selectRow(0)
    stage.shoot()


def document_verdict(stage: Stage) -> None:
    """The verdicts on a file that was dropped."""
    page = place(stage, DocumentsPage)
    good = min((stage.order.office / "papers").glob("*certificate.pdf"))
    caught(stage, lambda: page.verify_file(good))


def document_forged(stage: Stage) -> None:
    """The verdicts on a copy with one byte changed."""
    page = place(stage, DocumentsPage)
    good = min((stage.order.office / "papers").glob("*certificate.pdf"))
    data = bytearray(good.read_bytes())
    data[len(data) // 2] ^= 1
    forged = stage.order.database.with_name("forged.pdf")
    forged.write_bytes(bytes(data))
    caught(stage, lambda: page.verify_file(forged))


def document_print(stage: Stage) -> None:
    """Choosing a printer."""
    page = place(stage, DocumentsPage)
    page.table.view.selectRow(0)
    stage.settle()
    caught(stage, page.print_record)


# -- 主体库


def parties(stage: Stage) -> None:
    """The register with a party chosen."""
    page = place(stage, PartiesPage)
    page.table.view.selectRow(0)
    stage.shoot()


def party_person(stage: Stage) -> None:
    """A number with a digit missing."""

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        dialog.form.set_values({"name": "陈㛃", "number": "34119919680312004"})
        stage.settle()

    caught(stage, place(stage, PartiesPage).new_record, fill)


def party_organisation(stage: Stage) -> None:
    """An organisation that is there already."""

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, PartyFormDialog)
        dialog.organisation.click()
        dialog.form.set_values({"name": "滁州市老嘉山国有林场", "number": "12341199990000017U"})
        stage.settle()

    caught(stage, place(stage, PartiesPage).new_record, fill)


def party_edit(stage: Stage) -> None:
    """Editing a party."""
    page = place(stage, PartiesPage)
    page.table.view.selectRow(1)
    stage.settle()
    caught(stage, page.edit_record)


def party_duplicates(stage: Stage) -> None:
    """Pairs that look alike."""
    caught(stage, place(stage, PartiesPage).duplicates_button.click)


def party_merge(stage: Stage) -> None:
    """Merging a party into another."""
    page = place(stage, PartiesPage)
    page.table.view.selectRow(0)
    stage.settle()
    caught(stage, lambda: page.take("merge"))


def party_reveal(stage: Stage) -> None:
    """Asking why a number is wanted in clear."""
    page = place(stage, PartiesPage)
    page.table.view.selectRow(0)
    stage.settle()
    caught(stage, page.reveal)


def party_import(stage: Stage) -> None:
    """The import wizard of parties."""
    caught(stage, place(stage, PartiesPage).import_button.click)


# -- 系统


def section(key: str) -> Scene:
    """A section of the system page."""

    def scene(stage: Stage) -> None:
        place(stage, SystemPage).open_section(key)
        stage.shoot()

    return scene


def system_dialog(key: str, action: str, row: int = 0) -> Scene:
    """A dialog of the system page, on a row of its section."""

    def scene(stage: Stage) -> None:
        page = place(stage, SystemPage)
        page.open_section(key)
        stage.settle()
        page.table.selectRow(row)
        caught(stage, lambda: page.act(action))

    return scene


SCENES: Mapping[str, Scene] = {
    "dashboard": dashboard,
    "my-day": my_day,
    "certificates": case_scene(""),
    "case-notice": case_scene("notice"),
    "case-refused": case_scene("refused"),
    "case-accepted": case_scene("accepted"),
    "certificate-record": record_scene(CERTIFICATE),
    "entry-record": record_scene(ENTRY),
    "certificate-paper": certificate_paper,
    "application-new": application_form(0),
    "application-holders": application_form(1),
    "application-parcels": application_form(2),
    "application-papers": application_form(3),
    "entry-inquiry": inquiry,
    "application-edit": application_edit(0),
    "application-edit-holders": application_edit(1),
    "application-edit-parcels": application_edit(2),
    "application-import": application_import,
    "step-supplement": step_scene("preliminary", "request_supplement"),
    "step-begin": step_scene("accepted", "begin_review"),
    "step-preliminary": step_scene("preliminary", "pass_preliminary"),
    "step-expert": step_scene("expert_review", "record_expert_review"),
    "step-objection": step_scene("notice", "receive_objection"),
    "step-filing": step_scene("approved", "send_filing"),
    "step-make": step_scene("entered", "make_certificate"),
    "step-delivery": step_scene("notice", "record_delivery"),
    "step-paper": step_scene("correction", "take_paper"),
    "step-refuse": step_scene("preliminary", "refuse"),
    **FUND_SCENES,
    **FUND_DESK_SCENES,
    **COMMITTEE_SCENES,
    **TRAINING_SCENES,
    "documents": documents,
    "document-verdict": document_verdict,
    "document-forged": document_forged,
    "document-print": document_print,
    **PAPER_SCENES,
    "parties": parties,
    "party-person": party_person,
    "party-organisation": party_organisation,
    "party-edit": party_edit,
    "party-duplicates": party_duplicates,
    "party-merge": party_merge,
    "party-reveal": party_reveal,
    "party-import": party_import,
    "system": section("settings"),
    "system-accounts": section("accounts"),
    "system-roles": section("roles"),
    "system-numbering": section("numbering"),
    "system-calendar": section("calendar"),
    "system-parameters": section("parameters"),
    "system-audit": section("audit"),
    "system-backup": section("backup"),
    "system-setting": system_dialog("settings", "change"),
    "system-account-new": system_dialog("accounts", "new"),
    "system-account-roles": system_dialog("accounts", "roles"),
    "system-account-password": system_dialog("accounts", "mine"),
    "system-role": system_dialog("roles", "edit"),
    "system-ledger": system_dialog("numbering", "ledger"),
    "system-pattern": system_dialog("numbering", "pattern"),
    "system-calendar-day": system_dialog("calendar", "add"),
    "system-parameter-set": system_dialog("parameters", "show"),
    "system-audit-line": system_dialog("audit", "line"),
}
