"""Walking a case in the window: one person after the other, every step through its dialog."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from PySide6.QtWidgets import QDialog

from core import settings
from core.certificates.commands import ApplicationSummary
from core.certificates.queries import ApplicationDetail, checklist
from core.certificates.steps import STEPS
from core.database import Database
from core.documents import keys
from core.documents.authority import create_test_office
from core.office import permissions
from core.parties.queries import summary
from core.parties.service import RegisterPerson, register_person
from core.values.identity import IdKind
from desktop.pages.certificates.form_dialog import ApplicationDialog
from desktop.pages.certificates.page import CertificatesPage
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.signing import SigningDesk
from tests.databases import open_as
from tests.gui.pages.conftest import Desk

#: Who takes which step: three different people decide, another one checks the entry.
ROLES = ("clerk", "reviewer", "second_reviewer", "approver", "checker", "registrar", "issuer")

#: What the letters of a case name.
BODIES = {
    "office.registry_body": "明光市不动产登记中心",
    "office.ecology_body": "滁州市明光市生态环境分局",
    "office.basis_document": "《滁州市林业碳汇工作方案》",
    "office.address": "明光市样例路1号",
    "office.contact": "王芳",
    "office.supervision_phone": "0550-8022001",
}
OPINION = {"opinion": "材料齐全，同意。"}
CASE = {
    "received_on": "2026-08-06",
    "project_name": "岭东坡麻栎林碳汇",
    "period_from": "2021-01-01",
    "period_to": "20251231",
    "stated_tonnes": "304.44",
    "method": "蓄积量变化法",
}
PARCEL = {
    "place_name": "岭东坡",
    "township_code": "341182100",
    "township": "张八岭镇",
    "village_code": "236",
    "village": "岭上村",
    "compartment": "0009",
    "sub_compartment": "00006",
    "data_year": "2025",
    "area": "5.1400",
    "species": "麻栎",
    "group": "栎类",
    "stock_t1": "142.89",
    "stock_t2": "283.21",
    "estate_unit_no": "341182100236JE00014L00000001",
    "right_cert_no": "皖（2019）明光市不动产权第9900014号",
    "origin": "人工",
    "forest_class": "商品林",
    "forest_category": "用材林",
    "age_group": "幼龄林",
}


def holder(database: Database, name: str = "陈㛃", number: str = "341199196803120422") -> int:
    """A right holder in the register."""
    command = RegisterPerson(name=name, id_kind=IdKind.RESIDENT, number=number)
    with database.write() as session:
        return register_person(session, command).id


def fill_application(
    desk: Desk,
    dialog: QDialog,
    holders: Mapping[int, str],
    *,
    case: Mapping[str, str] = CASE,
    parcels: tuple[Mapping[str, str], ...] = (PARCEL,),
) -> ApplicationDialog:
    """Fill the form of a new application; `holders` are party id -> share."""
    assert isinstance(dialog, ApplicationDialog)
    desk.settle()
    # Filling in what nobody can see would prove nothing.
    for tab, form in enumerate((dialog.case, dialog.ownership, dialog.parcels)):
        dialog.tabs.setCurrentIndex(tab)
        assert form.isVisible(), f"the form of tab {tab} is not in the dialog"
    dialog.tabs.setCurrentIndex(0)
    dialog.case.set_values(case)
    if len(holders) > 1:
        dialog.ownership.set_values({"ownership": "shares"})
    with desk.context.database().read() as session:
        for party_id in holders:
            dialog.holders.picker.set_party(summary(session, party_id))
    for row, share in enumerate(holders.values()):
        if share:
            dialog.holders.model.setData(dialog.holders.model.index(row, 2), share)
    dialog.parcels.set_values({"parcels": [dict(parcel) for parcel in parcels]})
    return dialog


class Walk:
    """One case, taken from person to person."""

    def __init__(self, desk: Desk, everybody: Database) -> None:
        self.desk = desk
        self.everybody = everybody
        self.page: CertificatesPage | None = None
        self.case_id = 0

    @staticmethod
    def role_of(step: str) -> str:
        """The first role that may take a step."""
        wanted = STEPS[step].permission
        roles = next(one.roles for one in permissions() if one.key == wanted)
        return next(role for role in ROLES if role in roles)

    def receive(self) -> ApplicationSummary:
        """The clerk takes the case in."""
        party = holder(self.everybody)
        saved: list[ApplicationSummary] = []
        with open_as(self.everybody, "clerk") as database:
            page = self._sit(database)

            def fill(dialog: QDialog) -> None:
                form = fill_application(self.desk, dialog, {party: ""})
                assert form.save_button.isEnabled(), form._reason.text()
                form.save_button.click()
                self.desk.dialogs.until_closed(form)
                assert form.saved is not None
                saved.append(form.saved)

            self.desk.dialogs.acts.append(fill)
            page.new_button.click()
            self._leave()
        self.case_id = saved[0].id
        return saved[0]

    def papers(self, scan: Path) -> None:
        """The clerk ticks off every paper of the checklist, each with its scan."""
        with self.everybody.read() as session:
            lines = [line for line in checklist(session, self.case_id) if not line.received_on]
        for line in lines:
            self.step(
                "take_paper",
                {"key": line.key, "original": True, "checked": True, "file": str(scan)},
            )

    def step(
        self, key: str, values: Mapping[str, object] | None = None, role: str = ""
    ) -> ApplicationDetail:
        """Whoever may takes a step: opens its dialog, fills it in, presses its button."""
        with open_as(self.everybody, role or self.role_of(key)) as database:
            page = self._sit(database)
            detail = self._open(page)
            offer = next((one for one in detail.offers if one.step.key == key), None)
            assert offer is not None, (key, [one.step.key for one in detail.offers])
            assert offer.permitted, (key, offer.why_not)

            def act(dialog: QDialog) -> None:
                assert isinstance(dialog, ActionDialog)
                dialog.form.set_values(values or {})
                assert dialog.accept_button.isEnabled(), dialog.form.reason()
                dialog.accept_button.click()
                self.desk.qtbot.waitUntil(
                    lambda: not dialog.isVisible() or not dialog.banner.isHidden(), timeout=10_000
                )
                problem = dialog.banner.text() or str(dialog.form.errors())
                assert not dialog.isVisible(), problem

            self.desk.dialogs.acts.append(act)
            if offer.step.main:
                assert page.pane.primary.isEnabled()
                page.pane.primary.click()
            else:
                page.take_step(key)
            assert not self.desk.dialogs.acts
            self.desk.settle()
            after = page.view_model.state.application
            assert after is not None
            self._leave()
        return after

    def move_to(self, day: date) -> None:
        """Let the time pass."""
        self.desk.clock.set_date(day)
        self.everybody.clock.set_date(day)  # type: ignore[attr-defined]  # a FixedClock

    def _sit(self, database: Database) -> CertificatesPage:
        self.desk.sit(database)
        self.page = self.desk.show(CertificatesPage(self.desk.context))
        return self.page

    def _open(self, page: CertificatesPage) -> ApplicationDetail:
        page.open_record("application", self.case_id)
        self.desk.settle()
        detail = page.view_model.state.application
        assert detail is not None
        return detail

    def _leave(self) -> None:
        self.desk.settle()
        if self.page is not None:
            self.page.close()
            self.page.deleteLater()
            self.page = None
        self.desk.sit(self.everybody)


def received(desk: Desk, database: Database, folder: Path) -> Walk:
    """A walk at its start: a received case with all its papers, in an office that signs."""
    office = create_test_office(
        folder / "trust", "明光市林业局", now=datetime(2026, 8, 1, tzinfo=UTC)
    )
    with database.write() as session:
        keys.pin_authority(session, office, "明光市林业局")
        for key, value in BODIES.items():
            settings.put(session, key, value, date(2026, 1, 1))
    SigningDesk.of(desk.context).use(office.signer())
    scan = folder / "扫描件.pdf"
    scan.write_bytes(b"%PDF-1.4\n% scan\n%%EOF\n")
    walk = Walk(desk, database)
    walk.move_to(date(2026, 8, 6))
    assert walk.receive().receipt_number
    walk.papers(scan)
    return walk
