"""A case for tests: parties, parcels and the road of an application, through the real use cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from core.certificates.commands import (
    ApplicationContent,
    ApplicationSummary,
    HolderInput,
    ParcelInput,
    ReceiveApplication,
)
from core.certificates.queries import application_summary, checklist
from core.certificates.service import receive
from core.certificates.states import State
from core.certificates.workflow import advance
from core.clock import FixedClock, china_date
from core.database import Database
from core.documents.model import Document
from core.parcels.rules import NewParcel
from core.parties.model import OrganisationKind
from core.parties.service import (
    RegisterOrganisation,
    RegisterPerson,
    register_organisation,
    register_person,
)
from core.values.area import Area
from core.values.identity import IdKind
from core.values.tonnes import Tonnes
from tests import databases, papers

#: Monday; no public holiday within the next weeks.
START = date(2026, 8, 3)
PERIOD = (date(2021, 1, 1), date(2025, 12, 31))
_numbers = count(1)


def new_parcel(number: int | None = None, **changes: object) -> NewParcel:
    """A parcel of 5.14 ha of oak with keys of its own."""
    key = next(_numbers) if number is None else number
    parcel = NewParcel(
        township_code="341182100",
        township="张八岭镇",
        village_code="236",
        village="岭上村",
        place_name=f"岭东坡{key}",
        compartment="0009",
        sub_compartment=f"{key:05d}",
        data_year=2025,
        estate_unit_no=f"341182100236JE{key % 100000:05d}L00000001",
        right_cert_no=f"皖（2019）明光市不动产权第{9_000_000 + key}号",
        area=Area.from_ha("5.1400"),
        species="麻栎",
        species_group="栎类",
        origin="人工",
        forest_class="商品林",
        forest_category="用材林",
        age_group="幼龄林",
    )
    return replace(parcel, **changes)  # type: ignore[arg-type]


def parcel_input(**changes: object) -> ParcelInput:
    """A parcel of an application that yields 304.44 t."""
    line = ParcelInput(new=new_parcel(), group="栎类", stock_t1="142.89", stock_t2="283.21")
    return replace(line, **changes)  # type: ignore[arg-type]


@dataclass
class Desk:
    """The office at work: one open database per person, one clock for all."""

    database: Database
    clock: FixedClock
    folder: Path
    _open: dict[str, Database] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return china_date(self.clock.now())

    def as_(self, login: str) -> Database:
        if login not in self._open:
            self._open[login] = databases._opened[id(self.database)].open(login)
        return self._open[login]

    def close(self) -> None:
        for opened in self._open.values():
            opened.close()

    def later(self, working_days: int = 1) -> None:
        """Move on to a working day after today."""
        from core.values.workdays import WorkCalendar

        self.clock.set_date(WorkCalendar().add(self.today, working_days))

    # -- parties
    def person(self, name: str = "陈㛃") -> int:
        with self.as_("clerk").write() as session:
            command = RegisterPerson(name=name, id_kind=IdKind.NONE, no_number_reason="样例")
            return register_person(session, command).id

    def organisation(
        self, name: str = "江淮绿测", kind: OrganisationKind = OrganisationKind.COMPANY
    ) -> int:
        with self.as_("clerk").write() as session:
            command = RegisterOrganisation(
                name=name, organisation_kind=kind, no_number_reason="样例"
            )
            return register_organisation(session, command).id

    # -- the case
    def content(self, **changes: object) -> ApplicationContent:
        form = ApplicationContent(
            project_name="岭东坡麻栎林碳汇",
            holders=(HolderInput(party_id=self.person()),),
            parcels=(parcel_input(),),
            period_from=PERIOD[0],
            period_to=PERIOD[1],
            stated_tonnes=Tonnes(30444),
            report_date=date(2026, 6, 30),
        )
        return replace(form, **changes)  # type: ignore[arg-type]

    def receive(self, content: ApplicationContent | None = None, *, complete: bool = True) -> int:
        form = content or self.content()
        with self.as_("clerk").write() as session:
            case = receive(session, ReceiveApplication(content=form)).id
        if complete:
            self.hand_in(case)
        return case

    def hand_in(self, case: int) -> None:
        with self.as_("clerk").read() as session:
            lines = checklist(session, case)
        for line in lines:
            if line.received_on is None:
                self.step(case, "take_paper", key=line.key, pages=2, checked=True)

    def summary(self, case: int) -> ApplicationSummary:
        with self.as_("clerk").read() as session:
            return application_summary(session, case)

    def step(
        self, case: int, step: str, login: str = "", version: int | None = None, **values: object
    ) -> ApplicationSummary:
        who = login or WHO.get(step, "clerk")
        seen = self.summary(case).version if version is None else version
        with self.as_(who).write() as session:
            return advance(session, case, seen, step, values)

    def sign_papers(self, case: int) -> None:
        """Steps 2 and 3 of issuing for the case's papers, as a test office signs them."""
        from core.documents.service import finish, pending, press, work

        with TemporaryDirectory() as folder:
            signer = papers.authority(Path(folder)).signer()
        with self.as_("all").write() as session:
            for paper in pending(session):
                signed = press(work(session, paper.id), signer, papers.NOW)
                finish(session, paper.id, signed, signer)

    def walk(self, case: int, to: State) -> None:
        """Take a received case along the road until it stands in a state."""
        for step, values in road(self):
            if self.summary(case).state is to:
                return
            if step == "sign":
                self.sign_papers(case)
            elif step == "later":
                self.later(values["days"])  # type: ignore[arg-type]
            else:
                self.step(case, step, **values)  # type: ignore[arg-type]  # forms have other names
        assert self.summary(case).state is to

    def documents(self) -> list[str]:
        from sqlalchemy import select

        with self.as_("auditor").read() as session:
            return list(session.scalars(select(Document.kind).order_by(Document.id)))


WHO: Mapping[str, str] = {
    "begin_review": "reviewer",
    "registry_letter": "reviewer",
    "registry_answer": "reviewer",
    "site_visit": "reviewer",
    "pass_preliminary": "reviewer",
    "compute_amount": "reviewer",
    "sign_off_parameters": "approver",
    "examine_amount": "reviewer",
    "record_expert_review": "reviewer",
    "pass_second_review": "second_reviewer",
    "approve": "approver",
    "check_entry": "checker",
    "enter": "registrar",
    "make_certificate": "issuer",
    "issue": "issuer",
    "archive": "issuer",
    "send_back": "approver",
    "answer_finding": "approver",
    "allow_same_person": "approver",
    "refuse": "approver",
}


def road(desk: Desk) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Steps and forms of the whole road, one day after the other."""
    yield "later", {"days": 1}
    yield "accept", {}
    yield "begin_review", {}
    yield "registry_letter", {}
    yield "later", {"days": 3}
    yield "sign", {}
    yield "registry_answer", {"answer": "clear", "answer_number": "自资函1号", "text": "登记无误"}
    yield "pass_preliminary", {"opinion": "权属清楚"}
    yield "compute_amount", {"parameter_set": "AR-CM 常用值 第1版"}
    yield "sign_off_parameters", {"reason": "省级确认前按现行参数"}
    yield "examine_amount", {"opinion": "计算无误"}
    yield "later", {"days": 5}
    yield (
        "record_expert_review",
        {
            "met_on": desk.today,
            "place": "会商室",
            "experts": "秦昉、吕喆、孔翀",
            "result": "pass",
            "votes_for": 3,
            "opinion": "同意通过",
        },
    )
    yield "publish_notice", {"places": "村务公开栏"}
    yield "later", {"days": 8}
    yield "close_notice", {"witness": "李青"}
    yield "pass_second_review", {"opinion": "同意"}
    yield "approve", {"opinion": "同意登记"}
    yield "send_filing", {}
    yield "later", {"days": 3}
    yield "sign", {}
    yield "record_filing", {"filed": True, "filing_number": "环备1号"}
    yield (
        "check_entry",
        {
            "tonnes": "304.44",
            "parcels": 1,
            "holders_agree": True,
            "period_agrees": True,
            "area_agrees": True,
        },
    )
    yield "enter", {}
    yield "make_certificate", {"sheet_serial": f"YZ{next(_numbers):08d}"}
    yield "sign", {}
    yield "issue", {"collector": "陈㛃", "relation": "本人"}
    yield "archive", {"place": "柜3-2", "checker": "宋宇"}


@contextmanager
def desk(database: Database, folder: Path) -> Iterator[Desk]:
    """The desk of a fixture's database, on the first day, with the office's bodies set."""
    from core import settings

    clock = database.clock
    assert isinstance(clock, FixedClock)
    clock.set_date(START)
    bodies = {
        "office.registry_body": "明光市不动产登记中心",
        "office.ecology_body": "滁州市明光市生态环境分局",
        "office.basis_document": "《滁州市林业碳票管理办法（试行）》",
        "office.basis_clauses": "第十条",
        "office.contact": "王芳",
        "office.supervision_phone": "0550-8022001",
    }
    with database.write() as session:
        for key, value in bodies.items():
            settings.put(session, key, value, date(2021, 1, 1))
    opened = Desk(database, clock, folder)
    try:
        yield opened
    finally:
        opened.close()
