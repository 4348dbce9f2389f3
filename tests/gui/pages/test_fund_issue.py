"""Issuing in the window: rules first, once, the three ways, rare and long names."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QDialog, QWidget
from sqlalchemy import func, select

from core.cli.sample_office import scans
from core.documents import service
from core.fund.details import receipt_detail
from core.fund.donors import DonorContent, donor_of
from core.fund.receipt_model import Receipt
from core.fund.receipts import find_receipt
from core.fund.states import DonationState, Way
from core.parties.model import OrganisationKind
from core.parties.service import (
    RegisterOrganisation,
    RegisterPerson,
    register_organisation,
    register_person,
)
from core.values.identity import IdKind
from desktop.pages.fund.issue_dialog import IssueDialog
from desktop.parts.printing import PrintDialog
from tests.gui.pages.counter import Counter

#: Two characters beyond the basic plane, and a company whose name fills its line.
RARE = "𬱖𫖯"
LONG = "滁州市皖东样例林业生态建设投资发展集团有限责任公司明光市张八岭镇分公司筹备处样例"


# -- issuing


def test_that_the_rules_speak_before_anything_is_issued(counter: Counter) -> None:
    code = counter.fund.give("D03", benefit="冠名")
    tab = counter.donations("receipt_issuer", counter.fund.donation(code)[0])

    def look(dialog: IssueDialog) -> None:
        texts = dialog.findings.texts()
        assert len(texts) == 2  # not arrived, something in return
        assert all(code in text for text in texts)
        assert not dialog.issue_button.isEnabled()
        assert dialog._reason.text()
        counter.choose_way(dialog, Way.STOCK)
        assert not dialog.issue_button.isEnabled()

    counter.issuing(look, closes=False)
    tab.issue_selected()
    counter.desk.settle()
    with counter.fund.as_("auditor").read() as session:
        assert session.scalar(select(func.count()).select_from(Receipt)) == 0


def test_that_a_batch_issues_what_nothing_bars_once(counter: Counter) -> None:
    good = [counter.fund.ready("D03", "100.00"), counter.fund.ready("D04", "0.01")]
    barred = counter.fund.give("D01")
    tab = counter.donations("receipt_issuer")
    tab.table.view.selectAll()
    counter.desk.settle()

    def press(dialog: IssueDialog) -> None:
        assert "2" in dialog.issue_button.text()
        assert any(barred in text for text in dialog.findings.texts())
        for _press in range(3):
            dialog.issue()

    counter.issuing(press)
    tab.issue_button.click()
    counter.desk.settle()
    counter.desk.settle()
    assert [counter.detail(code).state for code in good] == [DonationState.RECEIPTED] * 2
    assert counter.detail(barred).state is DonationState.REGISTERED
    with counter.fund.as_("auditor").read() as session:
        receipts = session.scalars(select(Receipt).order_by(Receipt.id)).all()
        assert len(receipts) == 2
        assert service.pending_count(session) == 0  # both letters were signed


def test_that_a_year_of_gifts_makes_one_receipt(counter: Counter) -> None:
    codes = [counter.fund.ready("D03", amount) for amount in ("100.00", "200.00", "300.01")]
    tab = counter.donations("receipt_issuer", counter.fund.donation(codes[0])[0])

    def press(dialog: IssueDialog) -> None:
        assert dialog.joint.isChecked()
        assert len(dialog.donations.rows()) == 3
        dialog.issue_button.click()

    counter.issuing(press)
    tab.take("year")
    counter.desk.settle()
    with counter.fund.as_("auditor").read() as session:
        receipt = session.scalars(select(Receipt)).one()
        assert str(receipt.amount) == "600.01"
        found = receipt_detail(session, receipt.id)
    assert sorted(one.code for one in found.donations) == sorted(codes)


def test_that_rare_and_long_names_and_one_fen_reach_the_paper(counter: Counter) -> None:
    assert len(LONG) == 40
    with counter.fund.as_("cashier").write() as session:
        person = register_person(
            session, RegisterPerson(name=RARE, id_kind=IdKind.NONE, no_number_reason="未提供")
        )
        company = register_organisation(
            session,
            RegisterOrganisation(
                name=LONG,
                organisation_kind=OrganisationKind.COMPANY,
                credit_code="",
                no_number_reason="筹建",
            ),
        )
        donors = [donor_of(session, one.id, DonorContent()) for one in (person, company)]
    counter.fund.donors |= {"rare": donors[0], "long": donors[1]}
    codes = [counter.fund.ready("rare", "0.01"), counter.fund.ready("long", "0.01")]
    tab = counter.donations("receipt_issuer")
    tab.table.view.selectAll()
    counter.desk.settle()
    counter.issuing(lambda dialog: dialog.issue_button.click())
    tab.issue_selected()
    counter.desk.settle()
    counter.desk.settle()
    for code, name in zip(codes, (RARE, LONG), strict=True):
        tab.open_record("donation", counter.fund.donation(code)[0])
        counter.desk.settle()
        detail = tab.view_model.state.detail
        assert detail is not None
        assert detail.donor.name == name
        assert name in tab.pane.subtitle.text()
        assert not cut(tab.pane)
        with counter.fund.as_("auditor").read() as session:
            data = service.bytes_of(session, detail.papers[-1].id)
        text = printed(data)
        assert name in text
        assert "人民币壹分" in text


def printed(data: bytes) -> str:
    """What poppler reads in a paper, without the breaks of its lines."""
    done = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True
    )
    return "".join(done.stdout.decode("utf-8").split())


def cut(pane: QWidget) -> list[str]:
    """Labels of a pane that are wider than it."""
    from PySide6.QtWidgets import QLabel

    return [
        one.text()
        for one in pane.findChildren(QLabel)
        if one.isVisible() and one.width() > pane.width()
    ]


def test_that_the_fields_of_an_e_receipt_are_read_from_its_file(
    counter: Counter, tmp_path: Path
) -> None:
    code = counter.fund.ready("D03", "1409.50")
    file = tmp_path / "票据.pdf"
    lines = (
        ("票据代码", "34050126"),
        ("票据号码", "0000817620"),
        ("校验码", "bngFFX"),
        ("开票日期", "2026年11月24日"),
        ("金额合计（小写）", "￥1,409.50"),
    )
    file.write_bytes(scans.form("公益事业捐赠票据（电子）", lines))
    tab = counter.donations("receipt_issuer", counter.fund.donation(code)[0])

    def record(dialog: IssueDialog) -> None:
        counter.choose_way(dialog, Way.OFFICIAL)
        assert not dialog.issue_button.isEnabled()
        dialog.official.editor("file").set_value(str(file))
        counter.desk.qtbot.waitUntil(dialog.issue_button.isEnabled)
        values = dialog.official.values()
        assert (values["number"], values["check_code"]) == ("0000817620", "bngFFX")
        dialog.official.set_values({"amount": "1409.51"})
        counter.desk.dialogs.yes = False
        dialog.issue_button.click()
        assert "1409.51" in counter.desk.dialogs.asked[-1]  # the file says otherwise
        counter.desk.dialogs.yes = True
        dialog.issue_button.click()
        counter.desk.settle()
        assert "amount" in dialog.official.errors()  # and so does the donation
        dialog.official.set_values({"amount": "1409.50"})
        dialog.issue_button.click()

    counter.issuing(record)
    tab.next_step()
    counter.desk.settle()
    with counter.fund.as_("auditor").read() as session:
        receipt = receipt_detail(session, find_receipt(session, "34050126-0000817620").id)
    assert [one.filename for one in receipt.files] == ["票据.pdf"]
    assert receipt.issued_on == date(2026, 11, 24)


def test_that_a_sheet_of_stock_is_printed_over_and_logged(counter: Counter, spooler: Path) -> None:
    codes = [counter.fund.ready("D03"), counter.fund.ready("D04")]
    tab = counter.donations("receipt_issuer")
    tab.table.view.selectAll()
    counter.desk.settle()

    def press(dialog: IssueDialog) -> None:
        counter.choose_way(dialog, Way.STOCK)
        assert "0000000001" in dialog._sheet.text()
        dialog.issue_button.click()

    counter.issuing(press)
    tab.issue_selected()
    counter.desk.settle()
    first = counter.detail(codes[0]).receipts[0]
    receipts = counter.receipts("receipt_issuer", first.id)

    def choose(dialog: QDialog) -> None:
        assert isinstance(dialog, PrintDialog)
        assert dialog.on_sheets.isChecked()
        dialog.tray.setCurrentText("Tray2")
        dialog.accept()

    counter.desk.dialogs.acts.append(choose)
    receipts.print_record()
    counter.desk.settle()
    taken = sorted((spooler / "taken").iterdir())
    assert len(taken) == 1
    assert "人民币壹佰元整" in printed(taken[0].read_bytes())

    def printed_in() -> str:
        detail = receipts.view_model.state.detail
        assert detail is not None
        return str(detail.timeline[-1].data.get("tray", ""))

    counter.desk.qtbot.waitUntil(lambda: printed_in() == "Tray2")
